"""Data that print the published numbers, drawn by chance: answers to an item, totals and items of a scale.

A drawn dataset is an illustration of what can be behind the numbers, never a finding.  The frequency
table of an item can be drawn uniformly from the exact set.  The totals of a scale are not uniform over
their set, and how a total is spread over the items is chance too.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from behindprint.reported import Interval, Reported, Rounding, check_ddof
from behindprint.rows import frequency_tables, square_windows

STARTS = 50  # random starts that are tried for the totals of a scale


def largest_frequency_tables(
    mean: str,
    sd: str,
    n: int,
    *,
    options: Iterable[int],
    ddof: int,
    rounding: Rounding,
    decimal: str = ",",
    name: str = "row",
) -> np.ndarray:
    """List the frequency tables of the largest number of answers, at most n, that print a mean and SD.

    Parameters
    ----------
    mean, sd, n, options, ddof, rounding, decimal
        As in `rows.PrintedRow`.
    name : str
        What a message calls the row.

    Returns
    -------
    numpy.ndarray of int64, shape (m, k)
        As `rows.frequency_tables`; at least one.

    Raises
    ------
    ValueError
        As in `rows.frequency_tables`, or if no number of answers from 2 to n prints the row.

    Examples
    --------
    >>> choices = dict(options=range(1, 6), ddof=1, rounding="either")
    >>> int(largest_frequency_tables("3,72", "0,71", 60, **choices)[0].sum())
    54
    """
    options = tuple(options)
    for answered in range(n, 1, -1):
        tables = frequency_tables(
            mean, sd, answered, options=options, ddof=ddof, rounding=rounding, decimal=decimal
        )
        if len(tables):
            return tables
    raise ValueError(f"{name}: expected numbers that 2 to {n} answers print; found {mean} / {sd}")


def shuffled_answers(
    options: Iterable[int], table: np.ndarray, n: int, *, rng: np.random.Generator
) -> pd.arrays.IntegerArray:
    """Return the answers of a frequency table in random order, missing for the rest of n respondents.

    Parameters
    ----------
    options : iterable of int, length k
        Response options.
    table : numpy.ndarray of int, shape (k,)
        How many chose each; together at most n.
    n : int
        Number of respondents.
    rng : numpy.random.Generator
        The only source of chance.

    Returns
    -------
    pandas.arrays.IntegerArray of length n

    Raises
    ------
    ValueError
        If the table has more than n answers.

    Examples
    --------
    >>> answers = shuffled_answers((1, 2), np.array([1, 2]), 4, rng=np.random.default_rng(0))
    >>> pd.Series(answers).sort_values().tolist()
    [1, 2, 2, <NA>]
    """
    if table.sum() > n:
        raise ValueError(f"table: expected at most {n} answers; found {table.sum()}")
    answers = np.zeros(n, dtype=np.int64)
    answers[: table.sum()] = np.repeat(tuple(options), table)
    missing = np.arange(n) >= table.sum()
    return pd.arrays.IntegerArray(answers, missing).take(rng.permutation(n))


@dataclass(frozen=True)
class PrintedScale:
    """The printed mean and SD of a scale score, the mean of the answers to several items; checked when made.

    Parameters
    ----------
    mean, sd : str
        As printed.
    items : int
        Number of items; everyone answered all of them.
    options : tuple of int
        Response options of each item: consecutive whole numbers, ascending.
    ddof : {1, 0}
        1 for a sample SD, 0 for a population SD.
    group_means : tuple of str
        Printed means of one or two groups that everyone is in, by ascending code; empty when none is printed.
    decimal : {",", "."}
        The decimal sign of the document.
    name : str
        What a message calls the scale.

    Raises
    ------
    ValueError
        If there is no item, the options are not consecutive, or ddof is not 0 or 1.
    """

    mean: str
    sd: str
    items: int
    options: tuple[int, ...]
    ddof: int
    group_means: tuple[str, ...] = ()
    decimal: str = ","
    name: str = "scale"

    def __post_init__(self) -> None:
        check_ddof(self.ddof)
        if self.items < 1:
            raise ValueError(f"{self.name}: items: expected at least 1; found {self.items!r}")
        if len(self.options) < 2 or np.any(np.diff(self.options) != 1):
            raise ValueError(
                f"{self.name}: options: expected consecutive whole numbers; found {self.options}"
            )

    @property
    def ends(self) -> tuple[int, int]:
        """The lowest and highest possible total."""
        return self.items * self.options[0], self.items * self.options[-1]


def draw_totals(scale: PrintedScale, groups: np.ndarray, *, rng: np.random.Generator) -> np.ndarray:
    """Draw a total per respondent, so that the totals print the mean and SD of a scale and its group means.

    Parameters
    ----------
    scale : PrintedScale
        The printed numbers.
    groups : numpy.ndarray of int, shape (n,)
        The group of each respondent; as many groups as the scale has group means, one when it has none.
    rng : numpy.random.Generator
        The only source of chance.

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        Sums of the answers to all items.

    Raises
    ------
    ValueError
        If the groups are not as many as the group means.
    RuntimeError
        If no totals are found: the numbers contradict each other, or `STARTS` random starts lead nowhere.

    Notes
    -----
    The totals print the numbers whichever way halves are rounded.  Each start has about the right spread and
    exactly the right sums; then pairs within a group move a point from one respondent to the other until the
    sum of squares is right too.

    Examples
    --------
    >>> scale = PrintedScale("3,40", "0,50", items=4, options=(1, 2, 3, 4, 5), ddof=1)
    >>> totals = draw_totals(scale, np.ones(50, dtype=int), rng=np.random.default_rng(1))
    >>> f"{totals.mean() / 4:.2f} {totals.std(ddof=1) / 4:.2f}"
    '3.40 0.50'
    """
    codes, sizes = np.unique(groups, return_counts=True)
    if len(codes) != max(len(scale.group_means), 1) or len(codes) > 2:
        raise ValueError(
            f"groups: expected as many as group means, one or two; found {len(codes)} and {scale.group_means}"
        )
    goals = _goals(scale, sizes)
    spread = float(scale.items * Reported(scale.sd, scale.decimal).value)
    for _ in range(STARTS if goals else 0):
        sums, squares = goals[rng.integers(len(goals))]
        totals = np.empty(len(groups), dtype=np.int64)
        for code, size, total in zip(codes, sizes.tolist(), sums, strict=True):
            near = np.rint(rng.normal(total / size, spread, size))
            near = near.clip(*scale.ends).astype(np.int64)
            totals[groups == code] = _moved_to_sum(near, total, scale.ends, rng)
        totals = _moved_to_squares(totals, groups, squares[rng.integers(len(squares))], scale.ends, rng)
        if totals is not None:
            return totals
    raise RuntimeError(
        f"{scale.name}: expected totals of {scale.items} items that print {scale.mean} / {scale.sd} and "
        f"group means {list(scale.group_means)} among {sizes.tolist()} respondents; "
        f"found none in {STARTS} starts"
    )


def _goals(scale: PrintedScale, sizes: np.ndarray) -> list[tuple[tuple[int, ...], range]]:
    """Return the group sums that print the means, each with the sums of squares that print the SD.

    A sum of squares is even or odd as the sum is, hence the step of two.
    """
    k, n = scale.items, int(sizes.sum())
    sd = _inside(scale.sd, scale.decimal)
    widened = Interval(k * sd.low, k * sd.high, False, False)
    means = [_inside(mean, scale.decimal) for mean in scale.group_means or [scale.mean]]
    ranges = [mean.whole_numbers(k * int(size)) for mean, size in zip(means, sizes, strict=True)]
    low, high = _inside(scale.mean, scale.decimal).whole_numbers(k * n)
    ends = [(scale.ends[0] * size, scale.ends[1] * size) for size in sizes.tolist()]
    ranges = [(max(a, c), min(b, d)) for (a, b), (c, d) in zip(ranges, ends, strict=True)]
    goals = []
    for first in range(ranges[0][0], ranges[0][1] + 1):
        for total in range(low, high + 1):
            sums = (first, total - first)[: len(sizes)]
            if sum(sums) == total and ranges[-1][0] <= sums[-1] <= ranges[-1][1]:
                least, most = square_windows(total, widened, n, scale.ddof)
                goals.append((sums, range(least + (least - total) % 2, most + 1, 2)))
    return [(sums, squares) for sums, squares in goals if len(squares)]


def _inside(printed: str, decimal: str) -> Interval:
    """Return the values that print as this number under every rounding of halves: no half at the ends."""
    number = Reported(printed, decimal)
    return Interval(number.low, number.high, False, False)


def _moved_to_sum(totals: np.ndarray, goal: int, ends: tuple[int, int], rng: np.random.Generator):
    """Return the totals with random ones moved by one, until they add up to the goal."""
    while gap := goal - int(totals.sum()):
        free = np.flatnonzero(totals < ends[1] if gap > 0 else totals > ends[0])
        chosen = rng.choice(free, size=min(abs(gap), len(free)), replace=False)
        totals[chosen] += np.sign(gap)
    return totals


def _moved_to_squares(totals, groups, goal: int, ends: tuple[int, int], rng: np.random.Generator):
    """Return the totals with the wanted sum of squares and the same group sums; None if no move helps.

    Moving a point to i from j changes the sum of squares by 2 (T_i - T_j + 1).  Only moves that bring it
    closer and do not pass the goal are made, so the gap shrinks by two or more at every step.
    """
    pairs = (groups[:, None] == groups) & ~np.eye(len(groups), dtype=bool)
    while gap := goal - int((totals**2).sum()):
        change = 2 * (totals[:, None] - totals + 1)
        closer = (change * np.sign(gap) > 0) & (abs(change) <= abs(gap))
        moves = np.argwhere(pairs & closer & (totals < ends[1])[:, None] & (totals > ends[0]))
        if len(moves) == 0:
            return None
        up, down = moves[rng.integers(len(moves))]
        totals[up] += 1
        totals[down] -= 1
    return totals


def draw_items(scale: PrintedScale, totals: np.ndarray, *, rng: np.random.Generator) -> np.ndarray:
    """Draw answers to the items of a scale that add up to each respondent's total.

    Parameters
    ----------
    scale : PrintedScale
        Gives the number of items and their options; its printed numbers are not used.
    totals : numpy.ndarray of int, shape (n,)
        As from `draw_totals`.
    rng : numpy.random.Generator
        The only source of chance.

    Returns
    -------
    numpy.ndarray of int64, shape (n, items)
        Response options.

    Examples
    --------
    >>> scale = PrintedScale("3,0", "1,0", items=3, options=(1, 2, 3, 4, 5), ddof=1)
    >>> draw_items(scale, np.array([3, 9, 15]), rng=np.random.default_rng(1)).sum(axis=1).tolist()
    [3, 9, 15]
    """
    steps = scale.options[-1] - scale.options[0]  # each item can be raised this often: choose which raises
    order = rng.random((len(totals), scale.items * steps)).argsort(axis=1).argsort(axis=1)
    raised = order < (totals - scale.ends[0])[:, None]
    return scale.options[0] + raised.reshape(len(totals), scale.items, steps).sum(axis=2)
