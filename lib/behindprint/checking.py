"""Whole tables of printed rows: read from a frame, decided, counted, bounded."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from behindprint.constraints import Constraint, MeanInterval, MeanTest, Quantiles
from behindprint.counting import TableCount, table_count
from behindprint.reported import Rounding
from behindprint.rows import SCORES_AT_MOST, Options, PrintedRow
from behindprint.verdicts import decide_row
from expect import check_columns, check_problems

OPTION_NUMBER = r"-?\d+(?:[.,]\d+)?"
SPAN = re.compile(
    rf"({OPTION_NUMBER})\s*(?:\.\.|-|–|to|tot|t/m)\s*({OPTION_NUMBER})(?:\s*(?::|step|stap)\s*({OPTION_NUMBER}))?"
)
WHOLE = ("none", "whole")  # what `options` says for whole numbers of any size
TEST_COLUMNS = {"t": "t", "p": "p", "against": "against"}
QUARTERS = {"median": "median", "q1": "lower", "q3": "upper", "quartiles": "rule"}
SHARE = re.compile(r"(?:share|%)\s*(.+)")


def parse_options(text: str) -> Options | None:
    """Return response options from text; None for whole numbers of any size.

    Parameters
    ----------
    text : str
        `1-5`, `-2..2`, `0..10:0.5` (in steps), `1,2,4` (a list; with `;` where a comma is a decimal sign),
        or `none`.

    Raises
    ------
    ValueError
        If it is none of these, does not rise, or has too many scores.

    Examples
    --------
    >>> parse_options("-2..2"), parse_options("1, 2, 4"), parse_options("0..1:0.5")
    ((-2, -1, 0, 1, 2), (1, 2, 4), (0, Fraction(1, 2), 1))
    """
    text = str(text).strip()
    if text.lower() in WHOLE:
        return None
    if span := SPAN.fullmatch(text):
        first, last, step = (_exact(part or "1") for part in span.groups())
        count = (last - first) / step if step > 0 else Fraction(-1)
        if count >= SCORES_AT_MOST:
            raise ValueError(f"options: expected at most {SCORES_AT_MOST:,} scores; found {text!r}")
        options = [first + i * step for i in range(int(count) + 1)] if count.denominator == 1 else []
    else:
        parts = re.split(r"\s*;\s*" if ";" in text else r"\s*,\s*", text)
        options = (
            [_exact(part) for part in parts]
            if all(re.fullmatch(OPTION_NUMBER, part) for part in parts)
            else []
        )
    if len(options) < 2 or options != sorted(set(options)):
        raise ValueError(
            f"expected rising whole numbers, such as 1-5, -2..2 or 0,1,2, or steps such as 0..10:0.5; "
            f"found {text!r}"
        )
    return tuple(int(v) if v.denominator == 1 else v for v in options)


def _exact(text: str) -> Fraction:
    return Fraction(text.replace(",", "."))


@dataclass(frozen=True)
class Defaults:
    """What holds for rows that do not say it themselves."""

    rounding: Rounding
    ddof: int | None = None
    n: int | None = None
    options: Options | None = ()
    decimal: str = ","


def printed_rows(rows: pd.DataFrame, defaults: Defaults) -> list[PrintedRow]:
    """Return the rows of a table as `PrintedRow`.

    Parameters
    ----------
    rows : pandas.DataFrame
        `mean`; and where print has it `sd`, `n`, `options` (a tuple, or text as `parse_options` takes it)
        or `low` and `high` (and `step`), `items`, `minimum_answered`, `ddof`, `t`, `p` and `against` (a
        test of the mean), `ci_low`, `ci_high` and `confidence`, `median`, `q1`, `q3` and `quartiles`
        (their rule), and `share 5` or `share 4;5` (a percentage).  Text as printed; an empty
        cell says nothing.
    defaults : Defaults
        For what a row does not say.

    Raises
    ------
    ValueError
        Everything that does not fit, by row, counted from 1.
    """
    check_columns("rows", rows, ["mean"])
    named = [str(name) for name in rows.columns]
    read, problems = [], []
    for number, cells in enumerate(rows.itertuples(index=False, name=None), 1):
        said = {name: cell for name, cell in zip(named, cells, strict=True) if not _is_empty(cell)}
        try:
            read.append(printed_row(said, defaults))
        except (ValueError, TypeError) as error:
            problems.append(f"row {number}: {error}")
    check_problems("rows", problems)
    return read


def _is_empty(cell: object) -> bool:
    return (
        cell is None
        or (isinstance(cell, str) and not cell.strip())
        or (not isinstance(cell, tuple | list) and pd.isna(cell))
    )


def printed_row(said: Mapping[str, object], defaults: Defaults) -> PrintedRow:
    """Return one row from what print says of it, by the names of `printed_rows`."""
    decimal = defaults.decimal
    text = {name: cell.strip() if isinstance(cell, str) else cell for name, cell in said.items()}
    if "mean" not in text:
        raise ValueError("mean: expected a number as printed; found an empty cell")
    shares = {}
    for name in text:
        if share := SHARE.fullmatch(name):
            options = parse_options(share[1]) if re.search(r"[;,]|\.\.", share[1]) else (_exact(share[1]),)
            shares[tuple(int(v) if v == int(v) else v for v in options)] = str(text[name]).rstrip(" %")
    row = PrintedRow(
        mean=text["mean"],
        sd=text.get("sd"),
        n=_whole("n", text.get("n", defaults.n)),
        options=_scale(text, defaults),
        ddof=_whole("ddof", text.get("ddof", defaults.ddof)),
        rounding=defaults.rounding,
        shares=shares,
        decimal=decimal,
        items=_whole("items", text.get("items", 1)),
        minimum_answered=_whole("minimum_answered", text["minimum_answered"])
        if "minimum_answered" in text
        else None,
        also=tuple(_further(text)),
    )
    for constraint in row.also:  # so that what cannot be read is refused with its row
        constraint.square_windows(row)
        constraint.alternatives(row)
    return row


def _scale(text: Mapping[str, object], defaults: Defaults) -> Options | None:
    if "options" in text:
        options = text["options"]
        return tuple(options) if isinstance(options, tuple | list) else parse_options(options)
    if "low" in text or "high" in text:
        ends = "..".join(str(text.get(name, "")) for name in ("low", "high"))
        return parse_options(f"{ends}:{text['step']}" if "step" in text else ends)
    if defaults.options == ():
        raise ValueError(
            "options: expected response options, or low and high (`none`: any whole number); found none"
        )
    return defaults.options


def _further(text: Mapping[str, object]) -> Iterator[Constraint]:
    if "t" in text or "p" in text:
        yield MeanTest(**{TEST_COLUMNS[name]: text[name] for name in TEST_COLUMNS if name in text})
    if "ci_low" in text or "ci_high" in text:
        if not {"ci_low", "ci_high"} <= set(text):
            raise ValueError("ci_low, ci_high: expected both; found one")
        level = float(str(text.get("confidence", "0.95")).replace(",", "."))
        yield MeanInterval(text["ci_low"], text["ci_high"], level)
    if set(QUARTERS) & set(text) - {"quartiles"}:
        yield Quantiles(**{QUARTERS[name]: text[name] for name in QUARTERS if name in text})


def _whole(name: str, value: object) -> int:
    if value is None:
        raise ValueError(f"{name}: expected a whole number in the table or for all rows; found none")
    if isinstance(value, str) and re.fullmatch(r"\d+", value):
        return int(value)
    if isinstance(value, float) and value == int(value):
        return int(value)
    if isinstance(value, str):
        raise ValueError(f"{name}: expected a whole number; found {value!r}")
    return value


def check_rows(
    rows: pd.DataFrame,
    n: int | None = None,
    *,
    ddof: int | None = None,
    rounding: Rounding,
    decimal: str = ",",
    options: Options | None = (),
) -> pd.DataFrame:
    """Find for every printed row the verdict, its power and the number of frequency tables behind it.

    Parameters
    ----------
    rows : pandas.DataFrame
        `mean`, `sd`, `options` and more, as in `printed_rows`.
    n, ddof, options
        For rows without a column or cell of that name.
    rounding, decimal
        As in `rows.PrintedRow`.

    Returns
    -------
    pandas.DataFrame
        Index of `rows`; `verdict` (consistent, contradicted, or not_checkable: too large), `power` (0-1),
        `tables` (count; NA when only bounded), `tables_low`, `tables_high` and `reason`.

    Raises
    ------
    ValueError
        As in `printed_rows`.

    Examples
    --------
    >>> rows = pd.DataFrame({"mean": ["3,72", "3,8"], "sd": ["0,71", None], "n": [60, 41], "options": "1-5"})
    >>> check_rows(rows, ddof=1, rounding="either")[["verdict", "tables"]].values.tolist()
    [['contradicted', 0], ['consistent', 4343]]
    """
    read = printed_rows(rows, Defaults(rounding, ddof, n, options, decimal))
    checked = pd.DataFrame([check_row(row) for row in read], index=rows.index, columns=list(CHECKED))
    small = checked["tables"].notna().all() and (checked["tables_high"] < 2**63).all()
    return checked.astype({"power": float} | ({"tables": "int64"} if small else {}))


CHECKED = ("verdict", "power", "tables", "tables_low", "tables_high", "reason")


def check_row(row: PrintedRow) -> dict[str, object]:
    """Return what `check_rows` says of one row."""
    try:
        outcome = decide_row(row)
    except ValueError as error:
        return dict.fromkeys(CHECKED) | {
            "verdict": "not_checkable",
            "reason": str(error),
            "power": float("nan"),
        }
    count = TableCount(0, 0, "decided")
    if outcome.word == "consistent":
        count = table_count(row)
    exact = count.low if count.low == count.high else None
    ends = {"tables": exact, "tables_low": count.low, "tables_high": count.high}
    return {"verdict": outcome.word, "power": outcome.power, **ends, "reason": outcome.reason}
