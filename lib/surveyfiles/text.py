"""Survey files in delimited text: one header row, or those of Qualtrics or LimeSurvey."""

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from expect import TextTable, plain
from surveyfiles.kinds import SurveyFile, unique_names

QUALTRICS = {"startdate", "enddate", "recordeddate", "responseid", "responseset", "distributionchannel"}
QUALTRICS_TEXTS = {"start date", "end date", "recorded date", "response id", "responseid", "responseset"}
LIMESURVEY = {"submitdate", "lastpage", "startlanguage", "seed", "datestamp", "response id"} | {
    "date submitted",
    "last page",
    "start language",
    "laatste pagina",
    "starttaal",
}


def read_text(path: Path) -> SurveyFile:
    """Read a delimited text table."""
    table = TextTable(path.read_bytes(), path.name)
    head = [record for _, record in islice(table.records(), 3)]
    kind, height = _header(head)
    cells = table.cells(height)
    names, repeated = unique_names([" ".join(name.split()) for name in head[0]])
    cells.columns = names
    return SurveyFile(
        path,
        kind,
        cells,
        np.arange(len(cells)) + table.above + height + 1,
        labels=dict(zip(names, head[1] if height > 1 else head[0], strict=False)),
        details=table.details | {"header rows": str(height)},
        duplicates=repeated,
        notes=_anonymised(cells) if kind == "limesurvey" else (),
    )


def _header(head: list[list[str]]) -> tuple[str, int]:
    """Return what made the table and how many header rows it has."""
    first = {plain(cell) for cell in head[0]}
    if len(head) > 2 and _import_ids(head[2]):
        return "qualtrics", 3
    if len(head) > 1 and len(QUALTRICS_TEXTS & {plain(cell) for cell in head[1]}) > 1:
        return "qualtrics", 2
    if len(QUALTRICS & first) > 2:
        return "qualtrics", 1
    return ("limesurvey" if len(LIMESURVEY & first) > 1 else "csv"), 1


def _import_ids(record: list[str]) -> bool:
    """Say whether a record is the third header row of Qualtrics: JSON, or the same quoted by Python."""
    for cell in record[:3]:
        try:
            found = json.loads(cell.replace("'", '"'))
        except json.JSONDecodeError:
            continue
        if isinstance(found, dict) and "ImportId" in found:
            return True
    return False


def _anonymised(cells: pd.DataFrame) -> tuple[str, ...]:
    """Return a note about the dates LimeSurvey wrote in place of real ones."""
    dated = [name for name in cells if cells[name].str.startswith("1980-01-01").any()]
    return (f"1980-01-01 means anonymised by LimeSurvey: {', '.join(dated)}",) if dated else ()
