"""Printed rows on the command line: one row, or a table in and a folder of results out.

What is found is `behindprint`'s; here it is read from files, put in words and written.
"""

import itertools
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pandas as pd

from behindprint import PrintedRow, share_bounds, table_count
from behindprint.existence import is_possible
from behindprint.fitting import mended
from behindprint.verdicts import Verdict, decide_row
from expect import read_sheets, read_table, rows_named, settled
from loopbaanchecks.rows_page import rows_page

SIZES_WITHIN = 20  # respondents more or fewer that repairs and sizes try
SHARES_AT_MOST = 21  # scores; in a longer scale each share says little and costs a search
SHARED_SUMS = 500  # sums that print the mean; with more the shares are not bounded
PRINTED_COLUMNS = ("mean", "sd", "t", "against", "ci_low", "ci_high", "median", "q1", "q3")


def read_printed_rows(path: Path, *, decimal: str, places: int | None) -> pd.DataFrame:
    """Read a table of printed rows.

    Parameters
    ----------
    path : pathlib.Path
        CSV or .xlsx; the columns are those of `behindprint.checking.printed_rows`, and `label` and `group`.
    decimal : {",", "."}
        The decimal sign of the document.
    places : int or None
        Decimals of every mean and SD; restores zeros that a spreadsheet dropped.

    Returns
    -------
    pandas.DataFrame
        Text; the index plus 2 is the row in the file.

    Raises
    ------
    ValueError
        If the file cannot be read, or an .xlsx file holds means or SDs as numbers and `places` is not given.
    """
    rows = read_table(path, "a table of printed rows, with a column mean")
    numbers = _cells_with_numbers(path)
    if numbers and places is None:
        raise ValueError(
            f"{path}: expected means and SDs as text, or --places with their decimals; found numbers in "
            f"{rows_named(numbers)}, from which a spreadsheet drops the last zeros"
        )
    for name in [name for name in PRINTED_COLUMNS if name in rows]:
        if numbers:
            rows[name] = rows[name].str.replace(".", decimal, regex=False)
        if places is not None and name in ("mean", "sd"):
            rows[name] = [_padded(text, decimal, places) for text in rows[name]]
    return rows


def _cells_with_numbers(path: Path) -> list[int]:
    """Return the rows of a workbook in which something printed is a number instead of text."""
    if path.suffix.lower() != ".xlsx":
        return []
    cells = next((cells for _, cells in read_sheets(path) if cells), {})
    header = cells.pop(min(cells))
    places = [i for i, name in enumerate(header) if name in PRINTED_COLUMNS]
    return [
        number
        for number, row in cells.items()
        if any(isinstance(row[i], float) and row[i] % 1 for i in places if i < len(row))
        or any(isinstance(row[i], float) for i in places[:2] if i < len(row))
    ]


def _padded(text: str, decimal: str, places: int) -> str:
    whole, _, digits = text.strip().partition(decimal)
    return f"{whole}{decimal}{digits.ljust(places, '0')}" if whole and places else text


def shares_of(row: PrintedRow) -> pd.DataFrame:
    """Return the bounds of every share; none for a scale of many scores."""
    if len(row.offsets) > SHARES_AT_MOST or len(row.sums) > SHARED_SUMS:
        return pd.DataFrame(columns=["score", "low", "high"])
    return share_bounds(row)


def sizes_near(row: PrintedRow) -> range:
    """Return the numbers of respondents that are tried for a row."""
    return range(max(row.ddof + 1, row.n - SIZES_WITHIN), row.n + SIZES_WITHIN + 1)


def examine(row: PrintedRow) -> Iterator[tuple[str, object]]:
    """Yield what is found of one row, name by name, what costs least first.

    Parameters
    ----------
    row : PrintedRow
        The row.

    Yields
    ------
    tuple of str and object
        `verdict`, `reason`, `mean_alone`, `power`, `tables` (None when only bounded), `tables_low`,
        `tables_high`, `shares` (list of score, low, high), `repairs` (list of change, mean, sd, n,
        steps).  A row that is too large has only a verdict (not_checkable) and a reason.
    """
    try:
        outcome: Verdict = decide_row(row)
    except ValueError as error:
        yield from (("verdict", "not_checkable"), ("reason", str(error)))
        return
    yield from (("verdict", outcome.word), ("reason", outcome.reason), ("mean_alone", outcome.mean_alone))
    yield "power", None if math.isnan(power := outcome.power) else settled(power)
    possible = outcome.word == "consistent"
    count = table_count(row) if possible else None
    low, high = (count.low, count.high) if count else (0, 0)
    yield from (("tables", low if low == high else None), ("tables_low", low), ("tables_high", high))
    shares = shares_of(row) if possible else pd.DataFrame()
    yield "shares", shares.to_dict("records")
    yield "repairs", mended(row, sizes_near(row)).to_dict("records")


def find_verdict(row: PrintedRow) -> str:
    """Return the word of a verdict: consistent, contradicted, or not_checkable (too large)."""
    return dict(itertools.islice(examine(row), 1))["verdict"]


def sizes_that_fit(rows: Sequence[PrintedRow], groups: Sequence[str]) -> pd.DataFrame:
    """Find for every group at which numbers of respondents its rows are possible.

    Parameters
    ----------
    rows : sequence of PrintedRow
        The rows of a table.
    groups : sequence of str
        The group of each row: rows of the same respondents.

    Returns
    -------
    pandas.DataFrame
        `group`, `n`, `rows` (in the group), `fit` (how many are possible at n).
    """
    lines = []
    for group in dict.fromkeys(groups):
        inside = [row for row, name in zip(rows, groups, strict=True) if name == group]
        for n in range(
            min(sizes_near(row).start for row in inside), max(sizes_near(row).stop for row in inside)
        ):
            lines.append((group, n, len(inside), sum(_fits(replace(row, n=n)) for row in inside)))
    return pd.DataFrame(lines, columns=["group", "n", "rows", "fit"])


def _fits(row: PrintedRow) -> bool:
    try:
        return is_possible(row)
    except ValueError:
        return False


def plain_values(value: object) -> object:
    """Return a value as JSON holds it: fractions as numbers, NaN as null.

    Examples
    --------
    >>> plain_values({"low": Fraction(1, 3), "power": float("nan")})
    {'low': 0.3333333333, 'power': None}
    """
    if isinstance(value, dict):
        return {str(key): plain_values(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_values(item) for item in value]
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else settled(float(value))
    if isinstance(value, float):
        return None if math.isnan(value) else value
    return value.item() if hasattr(value, "item") else value


def as_said(row: PrintedRow) -> dict[str, object]:
    """Return what print says of a row, and the choices that give it meaning."""
    scale = None if row.options is None else [row.options[0], row.options[-1]]
    names = ("mean", "sd", "n", "items", "minimum_answered", "ddof", "rounding", "decimal")
    said = {name: getattr(row, name) for name in names}
    return said | {"scale": scale, "scores": len(row.offsets)}


def to_json(found: object) -> str:
    """Return what was found as JSON text."""
    return json.dumps(plain_values(found), ensure_ascii=False, indent=1)


def lines_of(row: PrintedRow, name: str, found: Mapping[str, object]) -> Iterator[str]:
    """Yield the lines for a terminal that something found of one row gives; see `examine`."""
    value = found[name]
    if name == "verdict":
        yield f"verdict           {value}"
    elif name == "reason" and value:
        yield f"why               {value}"
    elif name == "mean_alone":
        yield f"mean alone        {'possible' if value else 'impossible'}"
    elif name == "power":
        numbers = "means" if row.sd is None else "pairs near this SD"
        said = "not computed" if value is None else f"{value:.0%} of random {numbers} would be flagged"
        yield f"power             {said}"
    elif name == "tables_high":
        yield count_line(found["tables_low"], value)
    elif name == "shares":
        for share in value:
            label = f"share {share['score']}"
            yield f"{label:<17} {float(share['low']):.1%} to {float(share['high']):.1%}"
    elif name == "repairs":
        for change in value:
            numbers = [f"{part} {change[part]}" for part in ("mean", "sd", "n") if change[part] is not None]
            yield f"would fit         {', '.join(numbers)} ({change['change']} {change['steps']:+d})"


def count_line(low: int, high: int) -> str:
    """Return the line with the number of tables.

    Examples
    --------
    >>> count_line(5359, 5359), count_line(10**25, 10**30)
    ('frequency tables  5,359', 'frequency tables  not counted; between 1e+25 and 1e+30')
    """
    if low == high:
        return f"frequency tables  {low:,}"
    if high - low < high / 10**6:
        return f"frequency tables  about {_short(low)}, to a millionth"
    return f"frequency tables  not counted; between {_short(low)} and {_short(high)}"


def _short(number: int) -> str:
    """Return a whole number of any size in a few characters."""
    if number < 10**7:
        return f"{number:,}"
    digits = str(number)
    return f"{digits[0]}.{digits[1:4]}".rstrip("0").rstrip(".") + f"e+{len(digits) - 1}"


def write_results(
    folder: Path,
    frame: pd.DataFrame,
    rows: Sequence[PrintedRow],
    labels: Sequence[str],
    found: Sequence[Mapping[str, object]],
) -> list[Path]:
    """Write what is found of a table: CSV, JSON and a page with figures.

    Parameters
    ----------
    folder : pathlib.Path
        Made if it is not there; files of these names are replaced.
    frame : pandas.DataFrame
        The table as read.
    rows, labels, found : sequences of one length
        The rows, what they are called, and what `examine` gave of each.

    Returns
    -------
    list of pathlib.Path
        rows.csv, shares.csv, repairs.csv, sizes.csv, rows.json, rows.html.
    """
    groups = frame["group"].tolist() if "group" in frame else [""] * len(rows)
    single = [name for name in FOUND if name not in LISTS]
    results = frame.assign(
        **{name: pd.Series([each.get(name) for each in found], frame.index, object) for name in single}
    )
    parts = {name: _list_of(name, labels, found) for name in LISTS}
    sizes = sizes_that_fit(rows, groups)
    objects = zip(labels, rows, found, strict=True)
    texts = {"rows.csv": _csv(results), "sizes.csv": _csv(sizes)}
    texts |= {
        f"{name}.csv": _csv(part.assign(row=frame.index[part["row"]] + 2)) for name, part in parts.items()
    }
    texts["rows.json"] = to_json(
        [{"label": label} | as_said(row) | dict(each) for label, row, each in objects]
    )
    texts["rows.html"] = rows_page(
        "Printed rows", _shown(rows, labels, groups, found), parts["shares"], sizes
    )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf8", newline="\n")
    return [folder / name for name in texts]


def _list_of(name: str, labels: Sequence[str], found: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Return shares or repairs of all rows below each other."""
    lines = [
        {"row": i, "label": labels[i]} | line for i, each in enumerate(found) for line in each.get(name, [])
    ]
    return pd.DataFrame(lines, columns=["row", "label", *LISTS[name]])


FOUND = (
    "verdict",
    "reason",
    "mean_alone",
    "power",
    "tables",
    "tables_low",
    "tables_high",
    "shares",
    "repairs",
)
LISTS = {"shares": ["score", "low", "high"], "repairs": ["change", "mean", "sd", "n", "steps"]}


def _csv(frame: pd.DataFrame) -> str:
    """Return a frame as CSV, in which nothing begins as a formula does unless it is a number."""
    shown = frame.map(lambda value: "" if value is None else plain_values(value))
    text = shown.map(lambda v: f"'{v}" if isinstance(v, str) and FORMULA_STARTS.match(v) else v)
    return text.to_csv(index=False, lineterminator="\n")


FORMULA_STARTS = re.compile(r"[=+@\t\r]|-(?!\d+(?:[.,]\d+)?$)")


def _shown(rows: Sequence[PrintedRow], labels: Sequence[str], groups: Sequence[str], found) -> pd.DataFrame:
    """Return the rows as the page shows them."""
    lines = []
    for row, label, group, each in zip(rows, labels, groups, found, strict=True):
        scale = "whole numbers" if row.options is None else f"{row.options[0]} to {row.options[-1]}"
        scale += f", mean of {row.items} items" if row.items > 1 else ""
        count = "" if each.get("tables_high") is None else count_line(each["tables_low"], each["tables_high"])
        changes = [f"{c['change']} {c[c['change']]}" for c in each.get("repairs", [])]
        lines.append(
            {"label": label, "group": group, "mean": row.mean, "sd": row.sd or "", "n": row.n, "scale": scale}
            | {
                "verdict": each["verdict"],
                "power": each.get("power"),
                "tables": count.partition("  ")[2].strip(),
            }
            | {"reason": each["reason"], "repairs": " or ".join(changes)}
        )
    return pd.DataFrame(lines).astype({"power": float})
