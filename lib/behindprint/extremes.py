"""The exact lowest and highest value of a statistic over all data that print a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy.optimize import Bounds as Box
from scipy.optimize import LinearConstraint, milp

from behindprint.constraints import Limits
from behindprint.reported import Rounding
from behindprint.rows import LISTED_AT_MOST, PrintedRow, Score, list_tables
from behindprint.squares import sums_that_fit

LIST_AT_MOST = 200_000  # tables; to find extremes in more, integer programming is faster


@dataclass(frozen=True)
class Bounds:
    """The exact lowest and highest value of a statistic, and how they were found."""

    low: Fraction
    high: Fraction
    method: str


def bounds(
    mean: str,
    sd: str | None,
    n: int,
    *,
    weights: Mapping[Score, int],
    list_at_most: int = LIST_AT_MOST,
    **reading,
) -> Bounds | None:
    """Find the exact extremes of a weighted sum of shares over all data that print a row.

    Parameters
    ----------
    mean, sd, n, **reading
        As in `rows.PrintedRow`; `options`, `ddof` and `rounding` are required.
    weights : mapping of score to int
        Weight per response option (score); one that is left out has weight zero.  `{4: 1, 5: 1}` is the share
        that answers 4 or 5.
    list_at_most : int
        A set of up to about this many tables is listed; in a larger one, integer programming (scipy's
        `milp`) finds the extremes, and each is verified in whole numbers.

    Returns
    -------
    Bounds or None
        `low`, `high` (fractions of n) and `method` (listed, milp); None if no data print the row.

    Raises
    ------
    ValueError
        As in `rows.PrintedRow`, or for a weight on something that is not an option.
    RuntimeError
        If the solver stops without a proven optimum.

    Examples
    --------
    >>> bounds("1,20", "0,41", 30, weights={2: 1}, options=(1, 2), ddof=1, rounding="half_up").low
    Fraction(1, 5)
    """
    row = PrintedRow(mean, sd, n, **reading)
    return _linear(row, weights, list_at_most)


def _linear(row: PrintedRow, weights: Mapping[Score, int], list_at_most: int) -> Bounds | None:
    if unknown := set(weights) - set(row.scores):
        raise ValueError(f"weights: expected options among {row.scores}; found {sorted(unknown)}")
    weight = np.array([weights.get(v, 0) for v in row.scores], dtype=np.int64)
    try:
        values, method = list_tables(row, list_at_most) @ weight, "listed"
    except ValueError:
        ends = [optimum(row, s, sign * weight) for s in row.windows for sign in (1, -1)]
        values, method = np.array([f @ weight for f in ends if f is not None]), "milp"
    if len(values) == 0:
        return None
    return Bounds(Fraction(int(values.min()), row.n), Fraction(int(values.max()), row.n), method)


def median_bounds(mean: str, sd: str | None, n: int, **reading) -> Bounds | None:
    """Find the exact lowest and highest median over all data that print a row.

    Parameters
    ----------
    mean, sd, n, **reading
        As in `rows.PrintedRow`; the set must be small enough to list.

    Returns
    -------
    Bounds or None
        `low`, `high` in points of the scale; for even n the median is the midpoint of the middle two.

    Raises
    ------
    ValueError
        As in `rows.frequency_tables`.

    Examples
    --------
    >>> median_bounds("3,72", "0,71", 61, options=range(1, 6), ddof=1, rounding="half_up").low
    Fraction(4, 1)
    """
    return _median(PrintedRow(mean, sd, n, **reading))


def _median(row: PrintedRow) -> Bounds | None:
    tables = list_tables(row, LISTED_AT_MOST)
    if len(tables) == 0:
        return None
    cumulative = tables.cumsum(axis=1)
    offsets = np.array(row.offsets)
    middle = [(cumulative < rank).sum(axis=1) for rank in ((row.n + 1) // 2, row.n // 2 + 1)]
    doubled = offsets[middle[0]] + offsets[middle[1]]
    ends = (row.origin + row.unit * Fraction(int(end), 2) for end in (doubled.min(), doubled.max()))
    return Bounds(*ends, "listed")


def bound_rows(
    rows: pd.DataFrame, n: int, *, ddof: int, rounding: Rounding, decimal: str = ","
) -> pd.DataFrame:
    """Bound the top-two share, the bottom-two share and the median of every row, exactly.

    Parameters
    ----------
    rows : pandas.DataFrame
        `mean`, `sd` (text as printed), `options` (tuple of int) and `table`.
    n : int
        Number of respondents who answered.
    ddof, rounding, decimal
        As in `rows.PrintedRow`.

    Returns
    -------
    pandas.DataFrame
        Index of the `rows` that are possible at n; `high_low`, `high_high` (share that chose one of the two
        highest options), `low_low`, `low_high` (the two lowest), `median_low`, `median_high`, and
        `certainly_above`, `certainly_below`: in how many rows of the same table the top-two share is
        certainly smaller, or larger.

    Raises
    ------
    ValueError
        As in `rows.frequency_tables`.
    RuntimeError
        As in `bounds`.
    """
    extremes = {}
    for row in rows.itertuples():
        printed = PrintedRow(row.mean, row.sd, n, row.options, ddof, rounding, decimal=decimal)
        top, bottom = (dict.fromkeys(two, 1) for two in (printed.scores[-2:], printed.scores[:2]))
        if (high := _linear(printed, top, LIST_AT_MOST)) is not None:
            trio = high, _linear(printed, bottom, LIST_AT_MOST), _median(printed)
            extremes[row.Index] = [float(end) for pair in trio for end in (pair.low, pair.high)]
    columns = [f"{what}_{end}" for what in ("high", "low", "median") for end in ("low", "high")]
    frame = pd.DataFrame.from_dict(extremes, orient="index", columns=columns)
    tables = rows.loc[frame.index, "table"]
    for table in tables.unique():
        low, high = frame.loc[tables == table, ["high_low", "high_high"]].to_numpy().T
        frame.loc[tables == table, "certainly_above"] = (low[:, None] > high).sum(axis=1)
        frame.loc[tables == table, "certainly_below"] = (high[:, None] < low).sum(axis=1)
    return frame


def share_bounds(row: PrintedRow) -> pd.DataFrame:
    """Find the exact lowest and highest share of every score over all data that print a row.

    Parameters
    ----------
    row : PrintedRow
        A possible row.

    Returns
    -------
    pandas.DataFrame
        One row per score: `score`, `low`, `high` (fractions of n).

    Notes
    -----
    A set that is too large to list needs no solver for the highest share: so many can have a score as leave
    n, S and Q that the others reach (`squares`); fewer can then have it too.

    Examples
    --------
    >>> row = PrintedRow("3,72", "0,71", 61, range(1, 6), ddof=1, rounding="half_up")
    >>> share_bounds(row)["high"].tolist()[0]
    Fraction(3, 61)
    """
    try:
        tables = list_tables(row, LIST_AT_MOST)
        ends = [(int(count.min()), int(count.max())) for count in tables.T]
    except ValueError:
        ends = [_ends(row, position) for position in range(len(row.offsets))]
    shares = [
        (score, *(Fraction(end, row.n) for end in pair)) for score, pair in zip(row.scores, ends, strict=True)
    ]
    return pd.DataFrame(shares, columns=["score", "low", "high"])


def _ends(row: PrintedRow, position: int) -> tuple[int, int]:
    """Return how many at least and at most have a score."""
    weight = (np.arange(len(row.offsets)) == position).astype(np.int64)
    least = row.n
    for s in sorted(row.windows, key=lambda s: abs(2 * s - row.sums.start - row.sums.stop)):
        table = optimum(row, s, weight)
        least = least if table is None else min(least, int(table[position]))
        if least == 0:
            break
    if row.limits() != [[]] or len(row.offsets) <= row.offsets[-1]:
        tables = (optimum(row, s, -weight) for s in row.windows)
        return least, max(int(table[position]) for table in tables if table is not None)
    return least, _most(row, row.offsets[position])


def _most(row: PrintedRow, offset: int) -> int:
    """Return the largest number of respondents at an offset that leaves the others a table."""
    sums = row.integers(row.sums)
    windows = row.square_windows(sums)
    low, high = 0, row.n
    while low < high:
        taken = (low + high + 1) // 2
        left = [sums - taken * offset, *(end - taken * offset**2 for end in windows)]
        if taken == row.n:
            fits = ((left[0] == 0) & (left[1] <= 0) & (left[2] >= 0)).any()
        else:
            fits = sums_that_fit(row.offsets, row.n - taken, left[0], left[1:]).any()
        low, high = (taken, high) if fits else (low, taken - 1)
    return low


def optimum(row: PrintedRow, s: int, weight: np.ndarray) -> np.ndarray | None:
    """Return a frequency table with sum `s` that minimises the weight; None if no table prints the row."""
    tables = [_solved(row, s, weight, limits) for limits in row.limits()]
    return min(
        (table for table in tables if table is not None), key=lambda table: table @ weight, default=None
    )


def _solved(row: PrintedRow, s: int, weight: np.ndarray, limits: Limits) -> np.ndarray | None:
    values = np.array(row.offsets)
    centre = row.centre()
    low, high = row.windows[s]
    shift = row.n * centre**2 - 2 * centre * s
    parts = [
        (np.ones(len(values)), row.n, row.n),
        (values - centre, s - row.n * centre, s - row.n * centre),
        ((values - centre) ** 2, low + shift, high + shift),
    ]
    for positions, least, most in limits:
        if least > most:
            return None
        parts.append((np.isin(np.arange(len(values)), positions).astype(float), least, most))
    matrix, lower, upper = (np.array(part, dtype=float) for part in zip(*parts, strict=True))
    answer = milp(
        weight.astype(float),
        constraints=LinearConstraint(matrix, lower, upper),
        integrality=np.ones(len(values)),
        bounds=Box(0, row.n),
        options={"mip_rel_gap": 0},
    )
    if answer.status == 2:
        return None
    if answer.status != 0:
        raise RuntimeError(f"no proven optimum for {row}: {answer.message}")
    table = np.rint(answer.x).astype(np.int64)
    if not all(a <= int(np.rint(m).astype(np.int64) @ table) <= b for m, a, b in parts):
        raise RuntimeError(f"the solver's answer {table} does not print {row}")
    return table
