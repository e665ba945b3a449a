"""The cells of a survey file as they stand: SPSS files, delimited text, Excel workbooks.

A table has one header row, or those of Qualtrics, LimeSurvey or SurveyMonkey.
"""

import json
from collections.abc import Collection
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from expect import TextTable, plain, read_file
from surveyfiles.kinds import SurveyError, SurveyFile, as_survey_error, find_kind, unique_names
from surveyfiles.sav import read_spss
from surveyfiles.sheets import TOP, find_header, is_header, read_workbook
from surveyfiles.wording import seen

QUALTRICS = {"startdate", "enddate", "recordeddate", "responseid", "responseset", "distributionchannel"}
QUALTRICS_TEXTS = {"start date", "end date", "recorded date", "response id", "responseid", "responseset"}
LIMESURVEY = {"submitdate", "lastpage", "startlanguage", "seed", "datestamp", "response id"} | {
    "date submitted",
    "last page",
    "start language",
    "laatste pagina",
    "starttaal",
}
SURVEYMONKEY = {"respondent id", "collector id", "respondent-id", "collector-id", "verzamelaar-id"}
ANSWER = {"", "response", "open-ended response", "antwoord", "reactie", "open antwoord"}


def read_survey_file(
    path: str | Path, *, sheet: str = "", header_row: int = 0, known: Collection[str] = ()
) -> SurveyFile:
    """Read the cells of a survey file as they stand, before any codebook.

    Parameters
    ----------
    path : str or Path
        A .sav, .zsav, .csv, .tsv, .txt or .xlsx file.
    sheet : str
        Title of the sheet of a workbook; found when left out.
    header_row : int
        Row of the header in a workbook or text table; found when left out (0).
    known : collection of str
        Plain names and labels to know a header by.

    Returns
    -------
    SurveyFile
        Cells, labels and missing codes as the file has them, without invisible characters.

    Raises
    ------
    SurveyError
        If the file is missing, empty, encrypted, truncated, malformed or not what its extension says, or
        has no such sheet or row.
    """
    path, known = Path(path), frozenset(known)
    with as_survey_error():
        kind = find_kind(path)
        if sheet and kind != "Excel workbook":
            raise SurveyError(f"{path.name}: sheet: expected an Excel workbook; found {kind}")
        if kind == "SPSS file":
            file = read_spss(path)
        elif kind == "Excel workbook":
            file = read_workbook(path, read_header, sheet=sheet, header_row=header_row, known=known)
        else:
            file = read_text(path, header_row=header_row, known=known)
    if not len(file.cells):
        raise SurveyError(f"{path.name}: expected records; found a header and nothing below it")
    return file.without_unseen()


def read_text(path: Path, *, header_row: int = 0, known: Collection[str] = ()) -> SurveyFile:
    """Read a delimited text table."""
    table = TextTable(read_file(path, path.name), path.name)
    first = [record for _, record in islice(table.records(), max(TOP, header_row + 3))]
    top = header_row - table.above if header_row else _top(first, known)
    if not 1 <= top <= len(first):
        raise SurveyError(f"{path.name}: header_row: expected a row of the file; found {header_row}")
    kind, names, labels, height = read_header(first[top - 1 : top + 2])
    if height == 1 and len(first) > top and is_header(first[top], known):
        labels, height = [*first[top], *[""] * len(names)][: len(names)], 2
    cells = table.cells(top - 1 + height)
    names, repeated = unique_names(names)
    cells.columns = names
    return SurveyFile(
        path,
        kind,
        cells,
        np.arange(len(cells)) + table.above + top + height,
        labels=dict(zip(names, labels, strict=True)),
        details=table.details
        | {"header rows": str(height)}
        | ({"header in row": str(top + table.above)} if top > 1 else {}),
        duplicates=repeated,
        notes=_anonymised(cells) if kind == "limesurvey" else (),
    )


def _top(records: list[list[str]], known: Collection[str]) -> int:
    """Return which record is the header: the first, unless another holds more of the known names."""
    if records and _kind(records[:3])[0] != "csv":
        return 1
    rows = {i: tuple(cell or None for cell in record) for i, record in enumerate(records, 1) if any(record)}
    return find_header(rows, known) if known and rows else 1


def read_header(head: list[list[str]]) -> tuple[str, list[str], list[str], int]:
    """Return what the first rows of a table say.

    Parameters
    ----------
    head : list of lists of str
        Up to three rows, the header first.

    Returns
    -------
    str
        `qualtrics`, `limesurvey`, `surveymonkey` or `csv`.
    list of str, list of str
        Names and questions of the columns.
    int
        Rows that the header takes.
    """
    kind, height = _kind(head)
    names = [" ".join(seen(name).split()) for name in head[0]]
    if kind == "surveymonkey":
        names = _joined(names, [" ".join(seen(item).split()) for item in head[1]])
        return kind, names, names, height
    return kind, names, head[1] if height > 1 else head[0], height


def _kind(head: list[list[str]]) -> tuple[str, int]:
    first = {plain(seen(cell)) for cell in head[0]}
    second = {plain(cell) for cell in head[1]} if len(head) > 1 else set()
    if len(head) > 2 and _import_ids(head[2]):
        return "qualtrics", 3
    if len(QUALTRICS_TEXTS & second) > 1:
        return "qualtrics", 2
    if len(QUALTRICS & first) > 2:
        return "qualtrics", 1
    if len(SURVEYMONKEY & first) > 1 and head[1:] and not head[1][0].strip() and len(second) > 1:
        return "surveymonkey", 2
    return ("limesurvey" if len(LIMESURVEY & first) > 1 else "csv"), 1


def _joined(questions: list[str], items: list[str]) -> list[str]:
    """Return the names of SurveyMonkey's columns: a question stands above the first of its items only."""
    names, last = [], ""
    for question, item in zip(questions, items, strict=True):
        last = question or last
        names.append(last if plain(item) in ANSWER else f"{last} - {item}")
    return names


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
    dated = [name for name in cells if cells[name].str.startswith("1980-01-01").any()]
    return (f"1980-01-01 means anonymised by LimeSurvey: {', '.join(dated)}",) if dated else ()
