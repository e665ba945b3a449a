"""Data that print the published numbers, drawn by chance: answers to an item, totals and items of a scale.

A drawn dataset is an illustration of what can be behind the numbers, never a finding.  The frequency
table of an item and the tables of the totals of a scale are uniform over their exact sets; how a total is
spread over the items is chance too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from behindprint.constraints import square_windows
from behindprint.reported import Interval, Reported, Rounding, check_ddof
from behindprint.rows import frequency_tables
from behindprint.squares import sums_that_fit
from behindprint.weights import weight_exponents

DRAWS_AT_MOST = 200_000  # that are tried for the totals of a scale
DRAWS_AT_ONCE = 512  # of them at a time


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
        Printed means of one or two groups that everyone is in, by ascending code; empty when none is
        printed.
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
        If no totals are found: the numbers contradict each other, or `DRAWS_AT_MOST` draws hold none.

    Notes
    -----
    The totals print the numbers whichever way halves are rounded.  Every set of frequency tables of
    totals, one per group, that prints them is equally likely.  Tables with the right sizes and sums are
    drawn by a weight q^Q that makes the sum of squares Q right about as often as it can be (`weights`); of
    those with a right Q, each is kept with the probability that makes all equally likely.

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
    totals = np.empty(len(groups), dtype=np.int64)
    for code, table in zip(codes, draw_total_tables(scale, sizes, rng=rng), strict=True):
        scores = np.repeat(np.arange(scale.ends[0], scale.ends[1] + 1), table)
        totals[groups == code] = rng.permutation(scores)
    return totals


def draw_total_tables(scale: PrintedScale, sizes: np.ndarray, *, rng: np.random.Generator) -> np.ndarray:
    """Draw a frequency table of totals for each group, uniformly from all that print a scale.

    Parameters
    ----------
    scale, rng
        As in `draw_totals`.
    sizes : numpy.ndarray of int, shape (groups,)
        Members of each group.

    Returns
    -------
    numpy.ndarray of int64, shape (groups, k)
        How many have each total, from the lowest to the highest.

    Raises
    ------
    RuntimeError
        As in `draw_totals`.
    """
    urn = _urn(scale, tuple(sizes.tolist()))
    for _ in range(DRAWS_AT_MOST // DRAWS_AT_ONCE if urn else 0):
        tables = urn.draw(rng)
        if len(tables):
            return tables[0]
    tried = f"in {DRAWS_AT_MOST:,} draws" if urn else "at all: the numbers contradict each other"
    raise RuntimeError(
        f"{scale.name}: expected totals of {scale.items} items that print {scale.mean} / {scale.sd} and "
        f"group means {list(scale.group_means)} among {sizes.tolist()} respondents; "
        f"found none {tried}"
    )


@dataclass(frozen=True)
class _Urn:
    """What tables of totals are drawn from; totals are counted from the end of the scale nearest to the mean.

    `goals`: the sums of the groups -> the sums of squares of all, around `centre`; `q`: the logarithm of
    the weight of one square; `ways`: for each group the weight of all tables by position of the last
    total, n and sum.
    """

    sizes: tuple[int, ...]
    upward: bool
    centre: int
    goals: dict[tuple[int, ...], range]
    q: float
    ways: tuple[np.ndarray, ...]

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """Return the tables (m, groups, k) that some draws gave."""
        weights = [
            float(np.prod([ways[-1, -1, s] for ways, s in zip(self.ways, sums, strict=True)]))
            for sums in self.goals
        ]
        chosen = rng.choice(len(weights), size=DRAWS_AT_ONCE, p=np.array(weights) / sum(weights))
        sums = np.array(list(self.goals))[chosen]
        walks = [_walk(ways, sums[:, group], rng) for group, ways in enumerate(self.ways)]
        tables = np.stack(walks, axis=1)
        squares = tables.sum(axis=1) @ (np.arange(tables.shape[2]) - self.centre) ** 2
        low, high = np.array([(goal[0], goal[-1]) for goal in self.goals.values()])[chosen].T
        ends = [end for goal in self.goals.values() for end in (goal[0], goal[-1])]
        chance = np.exp(min(self.q * end for end in ends) - self.q * squares)
        kept = (squares >= low) & (squares <= high) & (rng.random(DRAWS_AT_ONCE) < chance)
        return tables[kept] if self.upward else tables[kept][:, :, ::-1]


def _walk(ways: np.ndarray, sums: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw tables by their weight: from the last total down, one more respondent at it or on to the next."""
    k = len(ways) - 1
    tables = np.zeros((len(sums), k), dtype=np.int64)
    position, n, s = np.full(len(sums), k), np.full(len(sums), ways.shape[1] - 1), sums.copy()
    everyone = np.arange(len(sums))
    while (position > 0).any():
        going = position > 0
        on = rng.random(len(sums)) * ways[position, n, s] < ways[position - going, n, s]
        more = going & ~on
        tables[everyone[more], position[more] - 1] += 1
        n, s = n - more, s - more * (position - 1)
        position = position - (going & on)
    return tables


@lru_cache(maxsize=16)
def _urn(scale: PrintedScale, sizes: tuple[int, ...]) -> _Urn | None:
    """Return what the totals of a scale are drawn from; None if no totals print it."""
    goals = _goals(scale, np.array(sizes))
    if not goals:
        return None
    n, (lowest, highest) = sum(sizes), scale.ends
    middle = round(sum(goals[0][0]) / n)
    upward = 2 * middle <= lowest + highest
    end = lowest if upward else highest
    turned = {}
    for sums, squares in goals:
        shift = n * middle**2 - 2 * middle * sum(sums)
        moved = tuple(abs(s - end * size) for s, size in zip(sums, sizes, strict=True))
        turned[moved] = range(squares.start + shift, squares.stop + shift, 2)
    centre = abs(middle - end)
    distances = np.arange(highest - lowest + 1) - centre
    total = np.mean([sum(sums) for sums in turned]) - n * centre
    squares = np.mean([goal[0] for goal in turned.values()])
    q = float(weight_exponents(distances, np.array([n, total, squares]))[0, 2])
    weights = np.exp(q * (distances**2 - squares / n))
    most = np.max(list(turned), axis=0)
    ways = tuple(_ways(weights, size, upto) for size, upto in zip(sizes, most.tolist(), strict=True))
    return _Urn(sizes, upward, centre, turned, q, ways)


def _ways(weights: np.ndarray, n: int, most: int) -> np.ndarray:
    """Return the weight of all tables over the first totals, by how many totals, n and sum: coin change."""
    ways = np.zeros((len(weights) + 1, n + 1, most + 1))
    ways[0, 0, 0] = 1.0
    for total, weight in enumerate(weights):
        ways[total + 1] = ways[total]
        for people in range(1, n + 1):
            fewer = ways[total + 1, people - 1, : max(most + 1 - total, 0)]
            ways[total + 1, people, total:][: len(fewer)] += weight * fewer
    return ways


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
    options = tuple(range(scale.ends[1] - scale.ends[0] + 1))
    kept = [(sums, squares) for sums, squares in goals if len(squares)]
    totals = np.array([sum(sums) - n * scale.ends[0] for sums, _ in kept], dtype=np.int64)
    shift = n * scale.ends[0] ** 2 - 2 * scale.ends[0] * np.array(
        [sum(sums) for sums, _ in kept], dtype=np.int64
    )
    ends = [np.array([end(squares) for _, squares in kept], dtype=np.int64) + shift for end in (min, max)]
    fits = sums_that_fit(options, n, totals, ends)
    return [goal for goal, fit in zip(kept, fits, strict=True) if fit]


def _inside(printed: str, decimal: str) -> Interval:
    """Return the values that print as this number under every rounding of halves: no half at the ends."""
    number = Reported(printed, decimal)
    return Interval(number.low, number.high, False, False)


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
