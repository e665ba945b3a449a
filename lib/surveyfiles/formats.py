"""The cells of a survey file as they stand: SPSS files, delimited text, Excel workbooks.

Delimited text has one header row, or those of Qualtrics or LimeSurvey.  Of a workbook the first sheet that
holds something is read; its first filled row is the header.
"""

import json
import re
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

from expect import TextTable, plain, read_file, read_sheets, rows_named
from surveyfiles.kinds import SurveyError, SurveyFile, as_survey_error, find_kind, unique_names
from surveyfiles.spss import UNCOUNTED, check_spss

DATES = re.compile(r"(DATETIME|YMDHMS|[AESJ]?DATE)\d")
SPSS_EPOCH = np.datetime64("1582-10-14T00:00:00", "s")
QUALTRICS = {"startdate", "enddate", "recordeddate", "responseid", "responseset", "distributionchannel"}
QUALTRICS_TEXTS = {"start date", "end date", "recorded date", "response id", "responseid", "responseset"}
LIMESURVEY = {"submitdate", "lastpage", "startlanguage", "seed", "datestamp", "response id"} | {
    "date submitted",
    "last page",
    "start language",
    "laatste pagina",
    "starttaal",
}


def read_survey_file(path: str | Path) -> SurveyFile:
    """Read the cells of a survey file as they stand, before any codebook.

    Parameters
    ----------
    path : str or Path
        A .sav, .zsav, .csv, .tsv, .txt or .xlsx file.

    Returns
    -------
    SurveyFile
        Cells, labels and missing codes as the file has them.

    Raises
    ------
    SurveyError
        If the file is missing, empty, encrypted, truncated, malformed or not what its extension says.
    """
    path = Path(path)
    with as_survey_error():
        file = BY_KIND[find_kind(path)](path)
    if not len(file.cells):
        raise SurveyError(f"{path.name}: expected records; found a header and nothing below it")
    return file


def read_spss(path: Path) -> SurveyFile:
    """Read a .sav or .zsav file with its labels and user-missing values."""
    head = check_spss(path)
    cells, meta = _spss_cells(path)
    if not all(isinstance(name, str) for name in cells):
        raise SurveyError(f"{path.name}: expected a whole SPSS file; found a variable without a legible name")
    for name, spelled in meta.original_variable_types.items():
        if DATES.match(spelled or "") and cells[name].dtype == float:
            cells[name] = _dates(cells[name])
    uncounted = "the file does not say how many cases it has: whether it was cut off cannot be seen"
    return SurveyFile(
        path,
        "zsav" if head.compression == 2 else "sav",
        cells,
        np.arange(1, len(cells) + 1),
        labels={name: label for name, label in meta.column_names_to_labels.items() if label},
        value_labels=meta.variable_value_labels,
        missing_ranges=meta.missing_ranges,
        details={"encoding": meta.file_encoding or "not stated", "header rows": "none"}
        | ({"file label": meta.file_label.strip()} if (meta.file_label or "").strip() else {}),
        notes=(uncounted,) if head.cases == UNCOUNTED else (),
    )


def _spss_cells(path: Path) -> tuple[pd.DataFrame, object]:
    """Return cells and metadata; a second try as windows-1252 when the text is not in the stated encoding."""
    options = {"user_missing": True, "disable_datetime_conversion": True}
    try:
        try:
            return pyreadstat.read_sav(path, **options)
        except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
            if "encod" not in str(error).lower() and "convert" not in str(error).lower():
                raise
            cells, meta = pyreadstat.read_sav(path, encoding="WINDOWS-1252", **options)
            meta.file_encoding = (
                "WINDOWS-1252 (decided: the text is not in the encoding that the file states)"
            )
            return cells, meta
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError) as error:
        reason = str(error).rstrip(".")
        raise SurveyError(
            f"{path.name}: expected a whole SPSS file; found one that is cut off or damaged ({reason})"
        ) from error


def _dates(seconds: pd.Series) -> pd.Series:
    """Return SPSS seconds as ISO text: no year is too far for it."""
    moments = pd.Series(pd.NA, index=seconds.index, dtype="str")
    known = seconds.notna()
    stamps = SPSS_EPOCH + seconds[known].to_numpy().astype("timedelta64[s]")
    moments[known] = np.datetime_as_string(stamps)
    return moments


def read_text(path: Path) -> SurveyFile:
    """Read a delimited text table."""
    table = TextTable(read_file(path, path.name), path.name)
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
    dated = [name for name in cells if cells[name].str.startswith("1980-01-01").any()]
    return (f"1980-01-01 means anonymised by LimeSurvey: {', '.join(dated)}",) if dated else ()


def read_workbook(path: Path) -> SurveyFile:
    """Read a workbook."""
    sheets = read_sheets(path, path.name)
    title, rows = next(((title, rows) for title, rows in sheets if rows), ("", {}))
    if not rows:
        raise SurveyError(f"{path.name}: expected a survey; found only empty sheets")
    top = min(rows)
    width = max(i + 1 for i, cell in enumerate(rows[top]) if cell is not None)
    names, repeated = unique_names(
        [" ".join(str(cell if cell is not None else "").split()) for cell in rows[top][:width]]
    )
    records = {number: rows.get(number, ()) for number in range(top + 1, max(rows) + 1)}
    wide = [n for n, record in records.items() if any(cell is not None for cell in record[width:])]
    if wide:
        raise SurveyError(
            f"{path.name}: expected {width} columns, as in the header; "
            f"found a value right of it in {rows_named(wide)}"
        )
    filled = [[*record[:width], *[None] * (width - len(record))] for record in records.values()]
    cells = pd.DataFrame(filled, columns=names, dtype=object)
    return SurveyFile(
        path,
        "xlsx",
        cells,
        np.array(list(records), dtype=int),
        labels={name: name for name in names},
        details={"sheet": f"{title} (of {len(sheets)})", "header rows": "1"},
        duplicates=repeated,
    )


BY_KIND = {"SPSS file": read_spss, "Excel workbook": read_workbook, "text table": read_text}
