"""The ledger of claims as a workbook, for who wants to sort and filter it or keep it with the reports."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from loopbaanchecks.language import LANGUAGES
from loopbaanchecks.report.overview import read_ledger
from loopbaanchecks.report.summary import finished, has_publication
from loopbaanchecks.report.tables import write_workbook
from loopbaanchecks.report.tallies import claim_rows
from loopbaanchecks.study import read_vocabulary

SHEETS = {"claims": "overview.ledger", "references": "overview.references"}  # list -> name of its sheet
BOOK_COLUMNS = (
    *("id", "document", "section", "claim", "read_as", "kind", "printed", "unit", "recalculated"),
    *("verdict", "power", "why", "evidence"),
)
WORDED = {"document": "overview.document.", "kind": "kind.", "unit": "unit.", "verdict": "", "evidence": ""}


def write_claims(folder: Path) -> list[Path]:
    """Write the ledger of a run in every language that its reports have, a row per claim.

    Parameters
    ----------
    folder : Path
        results/<run>, see `overview.read_ledger`.

    Returns
    -------
    list of Path
        claims.<language>.xlsx, one per language, with a sheet for claims and one for references; none where
        no report has its sections on the publication.
    """
    ledger, written = read_ledger(folder), []
    for language in (key for key in LANGUAGES if any(folder.glob(f"*/report.{key}.html"))):
        words, path = read_vocabulary()[language].to_dict(), folder / f"claims.{language}.xlsx"
        if not any(map(has_publication, finished(folder, f"report.{language}.html"))):
            path.unlink(missing_ok=True)  # of an older run
            continue
        rows = {kind: claim_rows(ledger[ledger["list"] == kind], language, words) for kind in SHEETS}
        write_workbook(path, {words[SHEETS[kind]]: _frame(rows[kind], words) for kind in SHEETS})
        written.append(path)
    return written


def _frame(rows: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> pd.DataFrame:
    """Put the claims of one list in a table, in words."""
    named = [row | {"claim": row["paraphrase"], "section": row["place"]} for row in rows]
    frame = pd.DataFrame(named, columns=list(BOOK_COLUMNS))
    for column, start in WORDED.items():
        frame[column] = [words.get(f"{start}{key}", key) for key in frame[column]]
    return frame.rename(columns=lambda name: words.get(f"column.{name}") or words[f"overview.{name}"])
