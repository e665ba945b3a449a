"""A career centre's own file: one row per candidate and measurement, checked against its codebook.

Everything that does not fit is listed at once, by line of the file; no candidate is named.  Where a code
should be, what looks like a name, an e-mail address or a citizen service number is refused and not repeated.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from expect import TextTable, check_columns, check_problems, check_table, plain, read_file, rows_named
from loopbaanchecks.pilots.cohort import Candidates, wave_gaps
from loopbaanchecks.study import read_resource
from surveyfiles import MISSING_MARKS, shown

WORDS = {"yes": True, "ja": True, "no": False, "nee": False}
DATE_FORMS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y")
CANDIDATE_CODE = re.compile(
    r"(?:[a-z]{1,4}[-_.])?[a-z]{0,4}[-_.]?\d{1,6}|(?=.*\d)(?=.*[a-f])[0-9a-f-]{8,40}", re.I
)
PLAIN_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
DTYPES = {"integer": "Int64", "number": "Float64", "yesno": "boolean", "date": "datetime64[s]"}
DATE_ORDER = {"measurement_date": "enrolment_date", "end_date": "enrolment_date"}
OTHERWISE = {
    "comma": "decimal comma, as other numbers of the file have",
    "point": "decimal point in a file separated by commas",
}

Record = tuple[int, list[str]]  # line of the file, cells


def read_codebook() -> pd.DataFrame:
    """Read the columns that a centre's file has: `variable`, `type`, `options`, `required`, labels, note."""
    return read_resource("tno_2007-candidates")


def read_candidates(path: str | Path, *, today: date | None = None) -> Candidates:
    """Read the candidates of one or more centres.

    Parameters
    ----------
    path : str or Path
        CSV with commas, semicolons or tabs, in UTF-8, UTF-16 or windows-1252; one row per candidate and
        measurement, columns in any order.  One decimal sign per file, and no decimal comma between commas;
        dates with the year first, or day, month, year.
    today : date, optional
        No date may be later; the day itself when left out.

    Returns
    -------
    Candidates
        `measurements`, `gaps` (wave 1 and 3 without 2: kept), `details`, evidence `observed`.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is empty or does not fit: all problems at once, with lines; never with candidates.
    """
    path = Path(path)
    book = read_codebook()
    header, rows, details = _read_rows(path, book)
    fitting = [(line, row) for line, row in rows if len(row) == len(header)]
    problems = _width_problems(header, rows, details["delimiter"])
    if wrong := _column_problems(header, book):
        check_problems(path.name, wrong + problems)
    cells = _cells(header, fitting)
    details["decimal sign"] = _decimal(cells, book, details["delimiter"])
    frame, unfit = _typed(cells, book, details["decimal sign"])
    problems += unfit + _order_problems(frame, today or date.today())
    check_problems(path.name, problems)
    frame = frame.drop(columns="line").sort_values(["centre", "candidate", "wave"], ignore_index=True)
    return Candidates(frame, wave_gaps(frame), details, "observed")


def write_candidates(measurements: pd.DataFrame | None, path: str | Path) -> None:
    """Write measurements as `read_candidates` reads them; without any, write an empty file to fill in.

    Parameters
    ----------
    measurements : DataFrame or None
        As in `Candidates`.
    path : str or Path
        Ends in .csv; semicolons, decimal commas and a byte order mark, as a Dutch Excel has it.

    Raises
    ------
    ValueError
        If the path does not end in .csv, there is a file already, or a column is absent.
    """
    path = Path(path)
    names = read_codebook()["variable"].tolist()
    if path.suffix.lower() != ".csv":
        raise ValueError(f"{path.name}: expected a name that ends in .csv; found {path.suffix!r}")
    if path.exists():
        raise ValueError(f"{path.name}: expected a new file; found one that would be overwritten")
    frame = pd.DataFrame(columns=names) if measurements is None else measurements
    check_columns("measurements", frame, names)
    frame = frame[names].copy()
    for name in frame.select_dtypes("boolean"):
        frame[name] = frame[name].map({True: "yes", False: "no"})
    for name in frame.select_dtypes("Float64"):
        frame[name] = frame[name].astype("str").str.replace(".", ",", regex=False)
    frame.to_csv(path, sep=";", index=False, encoding="utf-8-sig", date_format="%Y-%m-%d")


def report_lines(candidates: Candidates, name: str) -> list[str]:
    """Return how a file was read, as lines of text without any candidate."""
    frame, gaps = candidates.measurements, candidates.gaps
    details = "; ".join(f"{key}: {value}" for key, value in candidates.details.items())
    waves = frame["wave"].value_counts().sort_index()
    empty = frame.drop(columns="end_date").isna().sum()
    return [
        f"{name}: {details}",
        f"{len(frame)} measurements of {frame['candidate'].nunique()} candidates "
        f"in {frame['centre'].nunique()} centres",
        *(f"wave {wave}: {n} measured" for wave, n in waves.items()),
        *(f"no answer to {column}: {n}" for column, n in empty.items() if n),
        *(
            f"gap, kept: {n} without wave {wave} but with a later one"
            for wave, n in gaps["wave"].value_counts().sort_index().items()
        ),
    ]


def codebook_lines() -> list[str]:
    """Return what each column of the file is for, as lines of text."""
    must = {"filled": "in every row", "first": "at wave 1", "column": "may be empty", "no": "may be absent"}
    book = read_codebook()
    kind = book["options"].str.replace(";", " or ").where(book["options"] != "", book["type"])
    words = book["variable"] + ": " + book["label_en"]
    return list(words + " (" + kind + "; " + book["required"].map(must) + ")")


# --- cells --------------------------------------------------------------------------------------


def _read_rows(path: Path, book: pd.DataFrame) -> tuple[list[str], list[Record], dict[str, str]]:
    """Return the header, the rows below it with their lines, and how the file was read."""
    table = TextTable(read_file(path, path.name), path.name)
    rows = [(line, row) for line, row in table.records() if re.search(r"[^\s;,]", "".join(row))]
    if not rows:
        raise ValueError(f"{path.name}: expected a header and measurements; found an empty file")
    header = [plain(cell) for cell in rows[0][1]]
    if not set(book["variable"]) & set(header):
        raise ValueError(
            f"{path.name}: expected columns {', '.join(book['variable'])}; found none of them in the first "
            "row (not repeated here: it may name people)"
        )
    if len(rows) == 1:
        raise ValueError(f"{path.name}: expected measurements; found a header and nothing below it")
    check_table(path.name, len(rows), len(header))
    return header, rows[1:], table.details


def _cells(header: list[str], rows: list[Record]) -> pd.DataFrame:
    cells = pd.DataFrame([row for _, row in rows], columns=header, dtype="str")
    return cells.apply(lambda column: column.str.strip()).assign(line=[line for line, _ in rows])


def _width_problems(header: list[str], rows: list[Record], delimiter: str) -> list[str]:
    odd = [line for line, row in rows if len(row) != len(header)]
    more = any(len(row) > len(header) for _, row in rows)
    hint = " (a decimal comma? write a point, or separate by semicolons)" if more and delimiter == "," else ""
    where = rows_named(odd, "line")
    sentence = f"expected {len(header)} cells in a row, as in the header; found others{hint} in {where}"
    return [sentence] if odd else []


def _column_problems(header: list[str], book: pd.DataFrame) -> list[str]:
    known, needed = list(book["variable"]), book.loc[book["required"] != "no", "variable"]
    problems = []
    if absent := [name for name in needed if name not in header]:
        problems.append(f"columns: expected also {', '.join(absent)}; not found")
    if unknown := [shown(name) or "(no name)" for name in header if name not in known]:
        problems.append(f"columns: expected only columns of the template; found also {', '.join(unknown)}")
    if twice := sorted({name for name in header if name in known and header.count(name) > 1}):
        problems.append(f"columns: expected each once; found more of {', '.join(twice)}")
    return problems


# --- values -------------------------------------------------------------------------------------


def _decimal(cells: pd.DataFrame, book: pd.DataFrame, delimiter: str) -> str:
    """Return the decimal sign: a point beside commas, else a comma as soon as one number has it."""
    names = [name for name in book.loc[book["type"] == "number", "variable"] if name in cells]
    commas = cells[names].apply(lambda column: column.str.fullmatch(r"-?\d+,\d+")).to_numpy(dtype=bool).any()
    return "comma" if delimiter != "," and commas else "point"


def _typed(cells: pd.DataFrame, book: pd.DataFrame, decimal: str) -> tuple[pd.DataFrame, list[str]]:
    """Return the frame with types, gaps where a cell does not fit, and what does not fit."""
    frame, problems = pd.DataFrame({"line": cells["line"]}), []
    first = np.ones(len(cells), dtype=bool)
    for row in book.itertuples():
        column = cells.get(row.variable, pd.Series("", index=cells.index, dtype="str"))
        empty = column.str.casefold().isin(["", *MISSING_MARKS])
        read = _reader(row, decimal)
        pairs = [(None, "") if gone else read(cell) for cell, gone in zip(column, empty, strict=True)]
        rules = np.array([rule for _, rule in pairs], dtype=object)
        if row.required == "filled":
            rules[empty] = "expected an answer"
        if row.required == "first":
            rules[empty & first] = "expected an answer at wave 1"
        frame[row.variable] = pd.Series([value for value, _ in pairs], dtype=DTYPES.get(row.type, "str"))
        first = (frame["wave"] == 1).fillna(False).to_numpy() if row.variable == "wave" else first
        problems += _sentences(row.variable, rules, column, cells["line"], secret=row.type == "code")
    return frame, problems


def _sentences(
    name: str, rules: np.ndarray, column: pd.Series, lines: pd.Series, *, secret: bool
) -> list[str]:
    problems = []
    for rule in dict.fromkeys(rule for rule in rules if rule):
        broken = rules == rule
        values = list(dict.fromkeys(shown(value) for value in column[broken]))
        found = ", ".join(map(repr, values[:3])) + (", …" if len(values) > 3 else "")
        found = "something else (not repeated here)" if secret and any(values) else found
        found = "none" if not any(values) else found
        problems.append(f"{name}: {rule}; found {found} in {rows_named(lines[broken], 'line')}")
    return problems


def _reader(row, decimal: str) -> Callable[[str], tuple[object, str]]:
    """Return the function that reads one filled cell: its value, and the rule it breaks or ""."""
    bounds = tuple(map(float, row.options.split("-"))) if row.type in ("integer", "number") else ()

    def read_number(cell: str) -> tuple[object, str]:
        if PLAIN_NUMBER.fullmatch(cell) and {"comma": ".", "point": ","}[decimal] in cell:
            return None, f"expected a {OTHERWISE[decimal]}"
        if not PLAIN_NUMBER.fullmatch(cell) or (row.type == "integer" and not cell.isdecimal()):
            return None, f"expected a {'whole ' if row.type == 'integer' else ''}number"
        value = float(cell.replace(",", "."))
        if not bounds[0] <= value <= bounds[1]:
            return None, f"expected {bounds[0]:g} to {bounds[1]:g}"
        return (int(value) if row.type == "integer" else value), ""

    return {"code": _read_code, "text": _read_text, "yesno": _read_word, "date": _read_date}.get(
        row.type, read_number
    )


def _read_code(cell: str) -> tuple[object, str]:
    """Read a code of a candidate; what may point to a person is refused."""
    digits = [int(sign) for sign in cell if sign.isdecimal()]
    if len(digits) in (8, 9) and cell.replace(".", "").isdecimal():
        digits = [0] * (9 - len(digits)) + digits
        weights = [*range(9, 1, -1), -1]  # the check of a citizen service number
        if sum(w * d for w, d in zip(weights, digits, strict=True)) % 11 == 0:
            return None, "personal data: expected a code, no citizen service number"
    if not CANDIDATE_CODE.fullmatch(cell):
        return (
            None,
            "personal data: expected a code of at most four letters and six digits, no name or address",
        )
    return cell, ""


def _read_text(cell: str) -> tuple[object, str]:
    return (None, "personal data: expected a name of a centre") if "@" in cell else (cell, "")


def _read_word(cell: str) -> tuple[object, str]:
    value = WORDS.get(plain(cell))
    return (value, "") if value is not None else (None, "expected yes or no")


def _read_date(cell: str) -> tuple[object, str]:
    for form in DATE_FORMS:
        try:
            return datetime.strptime(cell, form), ""
        except ValueError:
            continue
    return None, "expected a day that exists, as 2006-06-14 or 14-06-2006"


# --- rows compared ---------------------------------------------------------------------


def _order_problems(frame: pd.DataFrame, today: date) -> list[str]:
    """Return what contradicts itself between cells or rows; a missing answer contradicts nothing."""
    problems = []
    for name in ("enrolment_date", "measurement_date", "end_date"):
        late = frame[name] > pd.Timestamp(today)
        problems += _sentence(frame, late, f"{name}: expected no day after today; found a later one")
    for name, start in DATE_ORDER.items():
        early = frame[name] < frame[start]
        problems += _sentence(frame, early, f"{name}: expected no day before {start}; found an earlier one")
    spellings = frame.groupby(frame["centre"].map(plain))["centre"].transform("nunique") > 1
    problems += _sentence(frame, spellings, "centre: expected one spelling of a name; found more")
    people = frame.dropna(subset="candidate")
    for name in ("centre", "enrolment_date", "end_date"):
        several = people.groupby("candidate")[name].transform("nunique") > 1
        problems += _sentence(people, several, f"{name}: expected one per candidate; found more")
    keyed = people.dropna(subset="wave")
    double = keyed.duplicated(["candidate", "wave"], keep=False)
    problems += _sentence(keyed, double, "candidate and wave: expected each pair once; found it again")
    dated = keyed[~double].dropna(subset="measurement_date").sort_values(["candidate", "wave"])
    same = dated["candidate"] == dated["candidate"].shift()
    back = same & (dated["measurement_date"] <= dated["measurement_date"].shift())
    return problems + _sentence(
        dated, back, "wave: expected a later day than the wave before; found the same or an earlier one"
    )


def _sentence(frame: pd.DataFrame, broken: pd.Series, sentence: str) -> list[str]:
    broken = broken.fillna(False).astype(bool)
    return [f"{sentence} in {rows_named(frame.loc[broken, 'line'], 'line')}"] if broken.any() else []
