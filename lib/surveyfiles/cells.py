"""Survey files as they stand: cells, question texts and missing codes, before any codebook.

One reader per kind of file, chosen by the extension and checked against the first bytes. Nothing is
interpreted here: text stays text, so that `survey.py` can decide decimal signs and codes per column.
Rows are numbered as in the file: a spreadsheet row (headers counted), or a case number in SPSS files.
"""

import csv
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat

from surveyfiles.answers import plain, rows_named

KINDS = {".sav": "SPSS file", ".zsav": "SPSS file", ".xlsx": "Excel workbook"} | dict.fromkeys(
    (".csv", ".tsv", ".txt"), "text table"
)
SIGNATURES = {
    b"$FL2": "SPSS file",
    b"$FL3": "SPSS file",
    b"PK\x03\x04": "Excel workbook",
    b"\xd0\xcf\x11\xe0": "encrypted workbook or old .xls file; save it as .xlsx without a password",
    b"%PDF": "PDF document",
    b"\x1f\x8b": "gzip archive",
    b"SAVE": "SAS or other binary file",
    b"<stata_dta>": "Stata file",
    b"PAR1": "Parquet file",
    b"{\\rtf": "rich text document",
}
ENCRYPTED = b"ENCRYPTEDSAV"
UNCOUNTED = b"\xff" * 4  # where an SPSS file states its number of cases
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
UNCOMPUTED = rb'<c r="([A-Z]+\d+)"[^>]*><f[^>]*(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>'


class SurveyError(ValueError):
    """A survey file that cannot be used as it is; the message says where and why."""


@dataclass(frozen=True)
class SurveyFile:
    """The cells of a survey file and how the file was understood.

    Parameters
    ----------
    path : Path
        Where it was read.
    format : str
        `sav`, `zsav`, `csv`, `qualtrics`, `limesurvey` or `xlsx`.
    cells : pandas.DataFrame
        One column per file variable, names made unique (`Q5.1`, `Q5.2`); text or float, never coerced.
    rows : numpy.ndarray of int
        Number of each record in the file.
    labels : mapping of str to str
        Question text per file variable, where the file has one.
    value_labels, missing_ranges : mapping
        Labels of values, and user-missing values or ranges (`{"lo": …, "hi": …}`), per file variable.
    details : mapping of str to str
        What was decided: encoding, delimiter, header rows, sheet.
    duplicates : mapping of str to list of str
        Names that occur more than once, with the unique names they were given.
    notes : tuple of str
        What a reader of the report has to know besides.
    """

    path: Path
    format: str
    cells: pd.DataFrame
    rows: np.ndarray
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping] = field(default_factory=dict)
    missing_ranges: Mapping[str, list] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)
    duplicates: Mapping[str, list[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def read_survey_file(path: str | Path) -> SurveyFile:
    """Read the cells of a survey file.

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
    _check_kind(path)
    read = {"SPSS file": _read_spss, "Excel workbook": _read_workbook, "text table": _read_text}
    file = read[KINDS[path.suffix.lower()]](path)
    if not len(file.cells):
        raise SurveyError(f"{path.name}: expected records; found a header and nothing below it")
    return file


def _check_kind(path: Path) -> None:
    """Raise unless the file exists, holds something, and is what its extension says."""
    expected = KINDS.get(path.suffix.lower())
    if expected is None:
        known = ", ".join(KINDS)
        raise SurveyError(f"{path.name}: expected one of {known}; found the extension {path.suffix!r}")
    if not path.is_file():
        raise SurveyError(f"{path.name}: expected a file; found none in {path.parent}")
    with path.open("rb") as stream:
        head = stream.read(512)
    if not head.strip():
        raise SurveyError(f"{path.name}: expected a survey; found an empty file")
    found = _kind(head)
    if found != expected:
        raise SurveyError(f"{path.name}: expected {_a(expected)} by its extension; found {_a(found)}")


def _a(kind: str) -> str:
    """Return a kind of file with its article."""
    return f"{'an' if kind[0] in 'AEIOUaeiou' or kind.startswith('SPSS') else 'a'} {kind}"


def _kind(head: bytes) -> str:
    """Return what the first bytes of a file say it is."""
    if ENCRYPTED in head[:24]:
        return "encrypted SPSS file; remove its password in SPSS first"
    for signature, kind in SIGNATURES.items():
        if head.startswith(signature):
            return kind
    if head.lstrip(b"\xef\xbb\xbf \r\n\t")[:5].lower() in (b"<html", b"<!doc", b"<?xml"):
        return "web page or XML document"
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or _wide(head) is not None
    return "text table" if wide or b"\0" not in head else "binary file of unknown kind"


def _wide(head: bytes) -> str | None:
    """Return the UTF-16 variant of text without a byte order mark, or None."""
    even, odd = head[:400:2], head[1:400:2]
    if odd.count(0) > 0.8 * len(odd) and not even.count(0):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > 0.8 * len(even) and not odd.count(0) else None


def _unique(names: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Return unique column names, and which names occurred more than once (case ignored)."""
    filled = [name or f"column {i + 1}" for i, name in enumerate(names)]
    places: dict[str, list[int]] = {}
    for i, name in enumerate(filled):
        places.setdefault(plain(name), []).append(i)
    repeated = {}
    for group in (group for group in places.values() if len(group) > 1):
        base = filled[group[0]]
        for number, i in enumerate(group, 1):
            filled[i] = f"{filled[i]}.{number}"
        repeated[base] = [filled[i] for i in group]
    return filled, repeated


# SPSS


def _read_spss(path: Path) -> SurveyFile:
    """Read a .sav or .zsav file with its labels and user-missing values."""
    cells, meta = _spss_cells(path)
    for name, spelled in meta.original_variable_types.items():
        if DATES.match(spelled) and cells[name].dtype == float:
            cells[name] = _dates(cells[name])
    with path.open("rb") as stream:
        head = stream.read(84)
    uncounted = "the file does not say how many cases it has: whether it was cut off cannot be seen"
    return SurveyFile(
        path,
        "zsav" if head.startswith(b"$FL3") else "sav",
        cells,
        np.arange(1, len(cells) + 1),
        labels={name: label for name, label in meta.column_names_to_labels.items() if label},
        value_labels=meta.variable_value_labels,
        missing_ranges=meta.missing_ranges,
        details={"encoding": meta.file_encoding or "not stated", "header rows": "none"}
        | ({"file label": meta.file_label.strip()} if (meta.file_label or "").strip() else {}),
        notes=(uncounted,) if head[80:84] == UNCOUNTED else (),
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


# text tables


def _read_text(path: Path) -> SurveyFile:
    """Read a delimited text table, with one header row or those of Qualtrics or LimeSurvey."""
    text, encoding = decoded(path)
    if "\0" in text:
        raise SurveyError(f"{path.name}: expected text; found a zero byte in it: the file is damaged")
    stated = re.match(r"sep=(.)\r?\n", text)
    stream = StringIO(text[stated.end() :] if stated else text, newline="")
    delimiter = stated[1] if stated else _delimiter(stream, path.name)
    head, starts = _head(stream, delimiter, path.name)
    kind, height = _header(head)
    skipped = height + bool(stated)
    cells = _text_cells(stream, starts[height], delimiter, path.name, skipped, len(head[0]))
    names, repeated = _unique([" ".join(name.split()) for name in head[0]])
    cells.columns = names
    details = {"encoding": encoding, "delimiter": {"\t": "tab"}.get(delimiter, delimiter)}
    return SurveyFile(
        path,
        kind,
        cells,
        np.arange(skipped + 1, skipped + 1 + len(cells)),
        labels=dict(zip(names, head[1] if height > 1 else head[0], strict=False)),
        details=details | {"header rows": str(height)},
        duplicates=repeated,
        notes=_anonymised(cells) if kind == "limesurvey" else (),
    )


def decoded(path: Path) -> tuple[str, str]:
    """Return the text of a file and its encoding with how it was decided."""
    raw = path.read_bytes()
    marks = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
    mark = next((mark for mark in marks if raw.startswith(mark)), b"")
    wide = None if mark else _wide(raw[:400])
    tries = (
        [(marks[mark], "byte order mark")] if mark else [("utf-8", "valid"), ("windows-1252", "not UTF-8")]
    )
    for encoding, basis in [(wide, "every other byte is zero")] if wide else tries:
        try:
            return raw[len(mark) :].decode(encoding), f"{encoding} ({basis})"
        except UnicodeDecodeError as error:
            last = error
    raise SurveyError(
        f"{path.name}: expected text in UTF-8, UTF-16 or windows-1252; "
        f"found byte {last.start + 1} that fits none"
    )


def _records(stream: StringIO, delimiter: str, name: str):
    """Yield the records of a text table; a quote that never closes is one sentence."""
    number = 0
    try:
        for number, record in enumerate(csv.reader(stream, delimiter=delimiter, strict=True), 1):  # noqa: B007
            yield record
    except csv.Error as error:
        raise SurveyError(
            f"{name}: expected quotes in pairs; found a quote that is not closed or not escaped in record "
            f"{number + 1} ({error})"
        ) from error


def _delimiter(stream: StringIO, name: str) -> str:
    """Return the delimiter that cuts the first records into the most columns of equal number."""
    found = {}
    for delimiter in ",;\t":
        stream.seek(0)
        try:
            records = [r for _, r in zip(range(20), _records(stream, delimiter, name), strict=False) if r]
        except SurveyError:
            continue
        widths = [len(record) for record in records]
        found[delimiter] = (sum(width == widths[0] for width in widths) / len(widths), widths[0])
    usable = {d: (share, width) for d, (share, width) in found.items() if width > 1}
    if not found:
        stream.seek(0)
        list(_records(stream, ",", name))
    return max(usable, key=usable.get) if usable else ","


def _head(stream: StringIO, delimiter: str, name: str) -> tuple[list[list[str]], list[int]]:
    """Return the first three records and where each record starts, and where the fourth does."""
    stream.seek(0)
    head, starts = [], [0]
    for _, record in zip(range(3), _records(stream, delimiter, name), strict=False):
        head.append(record)
        starts.append(stream.tell())
    return head, starts


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


def _text_cells(
    stream: StringIO, start: int, delimiter: str, name: str, above: int, width: int
) -> pd.DataFrame:
    """Return the records below the header as text, once each has as many cells as the header."""
    stream.seek(start)
    widths = np.fromiter((len(r) for r in _records(stream, delimiter, name)), dtype=np.int32)
    wrong = np.flatnonzero((widths != width) & (widths > 0))
    if len(wrong):
        found = f"{widths[wrong[0]]} in {rows_named(wrong + above + 1)}"
        raise SurveyError(f"{name}: expected {width} cells in every row, as in the header; found {found}")
    if not len(widths):
        return pd.DataFrame(columns=range(width), dtype="str")
    stream.seek(start)
    options = {"keep_default_na": False, "na_filter": False, "skip_blank_lines": False}
    cells = pd.read_csv(stream, sep=delimiter, header=None, names=range(width), dtype="str", **options)
    if len(cells) != len(widths):
        raise SurveyError(f"{name}: expected {len(widths)} records; found {len(cells)} on a second reading")
    return cells


def _anonymised(cells: pd.DataFrame) -> tuple[str, ...]:
    """Return a note about the dates LimeSurvey wrote in place of real ones."""
    dated = [name for name in cells if cells[name].str.startswith("1980-01-01").any()]
    return (f"1980-01-01 means anonymised by LimeSurvey: {', '.join(dated)}",) if dated else ()


# Excel


def _read_workbook(path: Path) -> SurveyFile:
    """Read the first sheet that holds something; its first filled row is the header."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheets = [(sheet.title, _sheet_rows(sheet)) for sheet in book.worksheets]
        book.close()
    except (zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        raise SurveyError(
            f"{path.name}: expected a whole Excel workbook; found one that is cut off or damaged ({error})"
        ) from error
    _check_formulas(path)
    filled = [(title, rows) for title, rows in sheets if rows]
    if not filled:
        raise SurveyError(f"{path.name}: expected a survey; found only empty sheets")
    title, rows = filled[0]
    top = min(rows)
    width = max(i + 1 for i, cell in enumerate(rows[top]) if cell is not None)
    names, repeated = _unique([" ".join(str(c if c is not None else "").split()) for c in rows[top][:width]])
    records = [rows.get(number, ()) for number in range(top + 1, max(rows) + 1)]
    _check_width(path.name, records, width, top)
    cells = pd.DataFrame(
        [[*r[:width], *[None] * (width - len(r))] for r in records], columns=names, dtype=object
    )
    return SurveyFile(
        path,
        "xlsx",
        cells,
        np.arange(top + 1, top + 1 + len(cells)),
        labels={name: name for name in names},
        details={"sheet": f"{title} (of {len(sheets)})", "header rows": "1"},
        duplicates=repeated,
    )


def _sheet_rows(sheet) -> dict[int, tuple]:
    """Return the rows of a sheet that hold something, by their number."""
    rows = enumerate(sheet.iter_rows(values_only=True), 1)
    return {n: tuple(map(_cell, row)) for n, row in rows if any(cell is not None for cell in row)}


def _cell(value: object) -> object:
    """Return a workbook cell as float or text, or None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    return float(value) if isinstance(value, int | float) else str(value)


def _check_width(name: str, records: list[tuple], width: int, top: int) -> None:
    """Raise if a row holds a value to the right of the header."""
    wide = [i for i, record in enumerate(records) if any(cell is not None for cell in record[width:])]
    if wide:
        where = rows_named(np.array(wide) + top + 1)
        raise SurveyError(
            f"{name}: expected {width} columns, as in the header; found a value right of it in {where}"
        )


def _check_formulas(path: Path) -> None:
    """Raise if the workbook holds formulas that were never calculated: they would read as empty."""
    with zipfile.ZipFile(path) as archive:
        for name in sorted(n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")):
            found = [place.decode() for place in re.findall(UNCOMPUTED, archive.read(name))]
            if found:
                raise SurveyError(
                    f"{path.name}: expected values; found formulas never calculated in "
                    f"{', '.join(found[:10])}; open and save it in a spreadsheet program first"
                )


# writing


def write_survey(
    responses: pd.DataFrame, path: str | Path, *, codebook: pd.DataFrame, language: str, decimal: str = "."
) -> None:
    """Write responses as .sav, .zsav or .csv, with the labels of the codebook where the format has them.

    Parameters
    ----------
    responses : pandas.DataFrame
        Codebook variables; numbers as Int64 or Float64, missing as NA.
    path : str or Path
        The extension decides the format. A .csv is UTF-8; its delimiter is `;` beside a decimal comma.
    codebook : pandas.DataFrame
        Columns `variable`, `label_nl`, `label_en`, `options`, `options_nl`, `options_en`.
    language : {"nl", "en"}
        Language of the labels.
    decimal : {".", ","}
        Decimal sign of a .csv.

    Raises
    ------
    SurveyError
        If the extension is none of the three.
    """
    path = Path(path)
    if path.suffix == ".csv":
        delimiter = ";" if decimal == "," else ","
        responses.to_csv(path, index=False, sep=delimiter, decimal=decimal, lineterminator="\n")
        return
    if path.suffix not in (".sav", ".zsav"):
        raise SurveyError(f"{path.name}: expected .sav, .zsav or .csv; found {path.suffix!r}")
    known = codebook[codebook["variable"].isin(responses.columns)].set_index("variable")
    coded = known[known["options"] != ""]
    numeric = {c: responses[c].astype("float64") for c in responses if responses[c].dtype.kind in "iufb"}
    pyreadstat.write_sav(
        responses.assign(**numeric),
        path,
        compress=path.suffix == ".zsav",
        column_labels=known[f"label_{language}"].to_dict(),
        variable_value_labels={row.Index: dict(_labelled(row, language)) for row in coded.itertuples()},
        variable_measure=dict.fromkeys(coded.index, "ordinal"),
        variable_format=dict.fromkeys(coded.index, "F8.0"),
    )


def _labelled(row, language: str):
    """Return pairs of code and label of one row of the codebook."""
    codes = [float(code) for code in row.options.split(";")]
    return zip(codes, getattr(row, f"options_{language}").split(";"), strict=False)
