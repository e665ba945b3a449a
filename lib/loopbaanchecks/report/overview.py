"""The overview of a run: one page that says what was studied, what holds, and where to read on.

It reads what the notebooks left in results/<run>/ (pages, headlines, numbers) and lays the claims ledger
beside it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from expect import check_columns
from loopbaanchecks.claims.checks import VERDICTS
from loopbaanchecks.claims.ledger import evaluate
from loopbaanchecks.language import LANGUAGES
from loopbaanchecks.paths import ROOT
from loopbaanchecks.report.rendering import TEMPLATE, write_page
from loopbaanchecks.report.report import EVIDENCE
from loopbaanchecks.report.summary import (
    OBSERVED,
    find_headlines,
    find_numbers,
    find_sentences,
    finished,
    has_publication,
    write_summary,
)
from loopbaanchecks.report.tallies import JUDGED, claim_rows, reasons, tally, weakness
from loopbaanchecks.study import Study, read_vocabulary
from strictruns import card_rule

LEDGER_COLUMNS = (
    *("id", "document", "list", "section", "locator", "paraphrase_nl", "paraphrase_en", "read_as_nl"),
    *("read_as_en", "kind", "printed", "unit", "place_1", "place_2", "assumption_nl", "assumption_en"),
    *("reason_nl", "reason_en", "remark_nl", "remark_en", "same_defect_as", "verdict", "recalculated"),
    *("power", "why_nl", "why_en", "evidence"),
)
SHOWN_COLUMNS = {
    "claims": ("claim", "verdict", "why", "printed", "recalculated", "power", "evidence"),
    "pointed": ("claim", "verdict", "why", "evidence"),
}


def write_index(folder: str | Path, ledger: pd.DataFrame | None = None) -> list[Path]:
    """Write the overview of one run in every language that its reports have.

    Parameters
    ----------
    folder : str or Path
        results/<run>, with a folder per notebook that holds `report.<language>.html` and, where the notebook
        has any, `headlines.<language>.json`.
    ledger : pandas.DataFrame, optional
        One row per claim, with `LEDGER_COLUMNS`; `power` is 0-1 or missing. When left out: the one that a
        notebook of the run wrote (`tables/ledger.csv`), which counts in a survey file, or else the claims
        decided from print.

    Returns
    -------
    list of Path
        Per language index.<language>.html and, after a run of all notebooks, the summary of two pages.

    Raises
    ------
    ValueError
        If the ledger lacks a column, repeats an id, or has a verdict or mark that is not known; or if the
        folder holds no report.
    """
    folder = Path(folder)
    ledger = read_ledger(folder) if ledger is None else ledger
    check_ledger(ledger)
    languages = [k for k in LANGUAGES if any(folder.glob(f"*/report.{k}.html"))]
    if not languages:
        raise ValueError(f"{folder.name}: expected reports such as 01_name/report.nl.html; found none")
    return [path for language in languages for path in _write(folder, ledger, language, languages)]


def read_ledger(folder: Path) -> pd.DataFrame:
    """Return the claims ledger that a notebook of the run wrote, or else the claims decided from print."""
    for path in sorted(folder.glob("[!.]*/tables/ledger.csv")):
        ledger = pd.read_csv(path, dtype="str", keep_default_na=False)
        return ledger.assign(power=pd.to_numeric(ledger["power"]))
    return evaluate(Study())


def check_ledger(ledger: pd.DataFrame) -> None:
    """Raise unless a frame is a claims ledger that the page can show; see `write_index`."""
    check_columns("ledger", ledger, LEDGER_COLUMNS)
    if (twice := ledger["id"][ledger["id"].duplicated()]).any():
        raise ValueError(f"ledger: expected every id once; {', '.join(twice.astype(str))} repeated")
    for column, allowed in (("verdict", VERDICTS), ("evidence", EVIDENCE)):
        if other := sorted(set(ledger[column]) - set(allowed)):
            raise ValueError(f"ledger: {column}: expected one of {', '.join(allowed)}; found {other}")


def _write(folder: Path, ledger: pd.DataFrame, language: str, languages: Sequence[str]) -> list[Path]:
    words = read_vocabulary()[language].to_dict()
    numbers = find_numbers(folder, ledger, language)
    headlines = find_headlines(folder, language)
    published = any(map(has_publication, finished(folder, f"report.{language}.html")))
    facts = {
        "language": language,
        "others": [other for other in languages if other != language],
        "reports": find_reports(folder, language),
        "headlines": headlines,
        "published": published,
        "own_data": [one for one in headlines if one["evidence"] == OBSERVED],
        "next": find_sentences(r"overview\.next\.\d+", numbers, language),
        "reasons": reasons(ledger[ledger["list"] == "claims"], language),
        "open": numbers["claims.not_checkable"]["value"],
        "rerun": rerun(folder),
        "citations": citations(),
    }
    summary = write_summary(folder, numbers, facts)
    own = {
        "title": words["overview.title"] if published else facts["reports"][0]["title"],
        "summary": summary[-1].name if summary else "",
        **_first_screen(numbers if published else {}, facts["own_data"], language),
        "workbook": f"claims.{language}.xlsx",
        **_counted(ledger),
        "claims": claim_rows(ledger[ledger["list"] == "claims"], language, words),
        "references": claim_rows(ledger[ledger["list"] == "references"], language, words),
    }
    path = folder / f"index.{language}.html"
    write_page(path, "overview.html.j2", facts | own, styles=_styles(words), script="ledger.js" * published)
    return [path, *summary]


def _first_screen(numbers: Mapping[str, Any], own_data: Sequence[Mapping], language: str) -> dict[str, list]:
    """Return the sentences and key figures that the page begins with: what a file of the user gives first."""
    if not numbers:
        return {"lead": list(own_data), "in_figures": []}
    asking = "|use" * (not own_data)  # for the data, of who has none
    lead = find_sentences(rf"overview\.lead\.(what|stands|partly|surprise{asking})", numbers, language)
    figures = find_sentences(r"overview\.figure\.\d+", numbers, language)
    return {"lead": [*own_data, *lead], "in_figures": figures}


def _styles(words: Mapping[str, str]) -> list[str]:
    """Return what the page adds to the style of all pages; a label in a cell is a `b` with its class."""
    marks = re.sub(
        r"\.evidence(?:-(\w+))?(?= \{)",
        lambda m: f"{m[0]}, td b{(m[1] and '.' + m[1]) or ''}",
        (TEMPLATE / "marks.css").read_text(encoding="utf8"),
    )
    cards = [
        card_rule(f"#{table}", tuple(words[f"column.{column}"] for column in columns))
        for table, columns in SHOWN_COLUMNS.items()
    ]
    return [marks, "overview.css", f"@media screen and (max-width: 600px) {{\n{''.join(cards)}}}\n"]


def _counted(ledger: pd.DataFrame) -> dict[str, Any]:
    pointed = ledger.loc[ledger["list"] == "references", "verdict"].value_counts()
    ledger = ledger[ledger["list"] == "claims"]
    return {
        "columns": SHOWN_COLUMNS,
        "evidence": EVIDENCE,
        "verdicts": JUDGED,
        "pointed": {verdict: int(pointed[verdict]) for verdict in VERDICTS if verdict in pointed},
        "tally": tally(ledger),
        "weak": weakness(ledger),
        "filters": {
            column: list(ledger[column].value_counts().index) for column in ("document", "kind", "verdict")
        },
    }


# -- what the notebooks left -----------------------------------------------------------------


def find_reports(folder: Path, language: str) -> list[dict[str, str]]:
    """Return the reports of a run in their order.

    Parameters
    ----------
    folder : Path
        results/<run>.
    language : {"nl", "en"}
        Which page of each report.

    Returns
    -------
    list of dict
        `name` (of the notebook), `href` (relative to the folder), `title`, `question` and `answer` (the
        paragraphs of the first cell that begin with these words in bold; empty where there are none),
        `checked` (whether what was made of a file of people was looked through; empty without such a file).
    """
    return [
        {"name": path.parent.name, "href": f"{path.parent.name}/{path.name}", **_opening(path, language)}
        | {"checked": _checked(path.parent, language)}
        for path in finished(folder, f"report.{language}.html")
    ]


def _checked(folder: Path, language: str) -> str:
    record, check = folder / "run.json", folder / "check.json"
    if not (record.is_file() and json.loads(record.read_text(encoding="utf8")).get("files")):
        return ""
    passed = json.loads(check.read_text(encoding="utf8"))["passed"] if check.is_file() else None
    key = {True: "passed", False: "held", None: "not"}[passed]
    return read_vocabulary().loc[f"overview.checked.{key}", language]


def _opening(path: Path, language: str) -> dict[str, str]:
    from bs4 import BeautifulSoup

    page, words = BeautifulSoup(path.read_text(encoding="utf8"), features="html.parser"), read_vocabulary()
    opening = {"title": page.h1.get_text(" ", strip=True), "question": "", "answer": ""}
    for key in ("question", "answer"):
        for start in page.find_all(
            "strong", string=re.compile(rf"^{words.loc[f'overview.{key}', language]}\W?$"), limit=1
        ):
            opening[key] = start.parent.get_text("", strip=False).removeprefix(start.get_text()).strip()
    return opening


# -- how to cite and rerun -------------------------------------------------------------------


def citations() -> list[str]:
    """Return how to cite the compendium and then each document, from CITATION.cff."""
    import yaml

    about = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf8"))
    own = about | {"year": str(about["date-released"])[:4], "number": f"version {about['version']}"}
    return [_citation(work) for work in (own, *about["references"])]


def _citation(work: Mapping[str, Any]) -> str:
    names = []
    for author in work["authors"]:
        family = " ".join(filter(None, [author.get("name-particle"), author.get("family-names")]))
        names.append(author.get("name") or f"{author['given-names'][0]}. {family}")
    number = f" ({work['number']})" if "number" in work else ""
    house = f" {work['institution']['name']}." if "institution" in work else ""
    return f"{', '.join(names)} ({work['year']}). {work['title']}{number}.{house}"


def rerun(folder: Path) -> list[str]:
    """Return the commands that give the reports of a run again."""
    records = [json.loads(path.read_text(encoding="utf8")) for path in sorted(folder.glob("[!.]*/run.json"))]
    if all(not record["overridden"] for record in records):
        return [
            "make reproduce" if folder.name == "default" else f"loopbaanchecks reproduce --run {folder.name}"
        ]
    return [f"{record['rerun']} --run {folder.name}" for record in records if "rerun" in record]
