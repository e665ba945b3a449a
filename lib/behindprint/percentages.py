"""Whole counts behind printed percentages: every combination that rounds to them."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from behindprint.reported import Reported, Rounding, check_rounding
from expect import check_sizes

VECTORS_AT_MOST = 1_000_000  # count vectors that `counts_behind_percentages` is willing to list


def _aligned(*given) -> tuple[list[np.ndarray], pd.Index | None]:
    """Return numbers as float arrays of one length, and the index that the Series among them share."""
    series = [values for values in given if isinstance(values, pd.Series)]
    if any(not one.index.equals(series[0].index) for one in series):
        raise ValueError("expected Series with the same index; found different ones")
    arrays = np.broadcast_arrays(*(np.atleast_1d(np.asarray(values, dtype=float)) for values in given))
    return list(arrays), series[0].index if series else None


def _count_ranges(
    percentages: Sequence[str], n: int, rounding: Rounding, decimal: str
) -> list[tuple[int, int]]:
    """Return the lowest and highest count out of n that prints each percentage (low > high: none)."""
    check_rounding(rounding)
    if isinstance(percentages, str) or not len(percentages):
        raise ValueError(f"percentages: expected a list of one or more texts; found {percentages!r}")
    check_sizes(n)
    n, ranges = int(n), []
    for printed in percentages:
        interval = Reported(printed, decimal).interval(rounding)
        low, high = interval.low * n / 100, interval.high * n / 100
        lowest = math.ceil(low) if interval.low_included else math.floor(low) + 1
        highest = math.floor(high) if interval.high_included else math.ceil(high) - 1
        ranges.append((max(lowest, 0), min(highest, n)))
    return ranges


def counts_behind_percentages(
    percentages: Sequence[str], n: int, *, rounding: Rounding, exhaustive: bool = True, decimal: str = ","
) -> np.ndarray:
    """Return every set of whole counts out of n whose percentages print as given.

    Parameters
    ----------
    percentages : sequence of str
        As printed, without the percent sign.
    n : int
        Number of respondents.
    rounding, decimal
        As in `reported.Reported`.
    exhaustive : bool
        True when everyone is in exactly one category, so that counts add up to n; False when a
        respondent may be in several or in none (multiple answers, categories left out).

    Returns
    -------
    numpy.ndarray of int64, shape (solutions, categories)
        In lexicographic order; no rows when no counts print these percentages.

    Raises
    ------
    ValueError
        If a text is not a number in that notation, n is not a whole number of at least 1, or there are
        more than `VECTORS_AT_MOST` solutions.

    Examples
    --------
    >>> counts_behind_percentages(["27", "47", "26"], 97, rounding="half_up")
    array([[26, 46, 25]])
    """
    ranges = _count_ranges(percentages, n, rounding, decimal)
    found, left = np.zeros((1, 0), dtype=np.int64), np.array([int(n)])
    for i, (low, high) in enumerate(ranges):
        rest = ranges[i + 1 :]
        lowest, highest = np.full(len(left), low), np.full(len(left), high)
        if exhaustive:  # what is left must fit the other categories: so no branch ends dead
            lowest = np.maximum(low, left - sum(most for _, most in rest))
            highest = np.minimum(high, left - sum(least for least, _ in rest))
        times = np.maximum(highest - lowest + 1, 0)
        if times.sum() > VECTORS_AT_MOST:
            raise ValueError(
                f"percentages: expected at most {VECTORS_AT_MOST:,} solutions; more than that print "
                f"{list(percentages)} at n = {n}"
            )
        which = np.repeat(np.arange(len(left)), times)
        count = np.arange(len(which)) - np.repeat(np.cumsum(times) - times, times) + lowest[which]
        found, left = np.column_stack([found[which], count]), left[which] - count
    return found


def sizes_behind_percentages(
    percentages: Sequence[str],
    sizes: Iterable[int],
    *,
    rounding: Rounding,
    exhaustive: bool = True,
    decimal: str = ",",
) -> list[int]:
    """Return the numbers of respondents at which some counts print the percentages.

    Parameters
    ----------
    percentages, rounding, exhaustive, decimal
        As in `counts_behind_percentages`.
    sizes : iterable of int
        The numbers to try.

    Returns
    -------
    list of int
        In the order of `sizes`.

    Raises
    ------
    ValueError
        As in `counts_behind_percentages`, except for many solutions: none is listed.

    Examples
    --------
    >>> sizes_behind_percentages(["71,1", "28,9"], range(90, 100), rounding="half_up")
    [90, 97]
    """
    fitting = []
    for n in sizes:
        ranges = _count_ranges(percentages, n, rounding, decimal)
        each = all(low <= high for low, high in ranges)
        together = sum(low for low, _ in ranges) <= n <= sum(high for _, high in ranges)
        if each and (together or not exhaustive):
            fitting.append(int(n))
    return fitting
