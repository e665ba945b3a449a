"""Whole counts behind printed percentages: every combination that rounds to them."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np

from behindprint.reported import Reported, Rounding, check_rounding
from expect import check_sizes

SOLUTIONS_AT_MOST = 1_000_000  # that `counts_behind_percentages` lists


def _count_ranges(
    percentages: Sequence[str], n: int, rounding: Rounding, decimal: str
) -> list[tuple[int, int]]:
    """Return the lowest and highest count out of n that prints each percentage (low > high: none)."""
    check_rounding(rounding)
    if isinstance(percentages, str) or not len(percentages):
        raise ValueError(f"percentages: expected a list of one or more texts; found {percentages!r}")
    check_sizes(n)
    intervals = [Reported(printed, decimal).interval(rounding) for printed in percentages]
    ranges = [interval.whole_numbers(Fraction(int(n), 100)) for interval in intervals]
    return [(max(low, 0), min(high, int(n))) for low, high in ranges]


def counts_behind_percentages(
    percentages: Sequence[str], n: int, *, rounding: Rounding, exhaustive: bool = True, decimal: str = ","
) -> np.ndarray:
    """List every set of whole counts out of n that prints these percentages.

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
        respondent may be in several or in none (multiple answers, categories that are not printed).

    Returns
    -------
    numpy.ndarray of int64, shape (solutions, categories)
        In lexicographic order; no rows when no counts print these percentages.

    Raises
    ------
    ValueError
        If a text is not a number in that notation, n is not a whole number of at least 1, or there are
        more than `SOLUTIONS_AT_MOST` sets of counts.

    Examples
    --------
    >>> counts_behind_percentages(["29", "51", "20"], 41, rounding="half_up")
    array([[12, 21,  8]])
    """
    ranges = _count_ranges(percentages, n, rounding, decimal)
    counts, left = np.zeros((1, 0), dtype=np.int64), np.array([int(n)])
    for i, (low, high) in enumerate(ranges):
        rest = ranges[i + 1 :]
        lowest, highest = np.full(len(left), low), np.full(len(left), high)
        if exhaustive:  # what is left must fit the other categories, so that every start has an end
            lowest = np.maximum(low, left - sum(most for _, most in rest))
            highest = np.minimum(high, left - sum(least for least, _ in rest))
        times = np.maximum(highest - lowest + 1, 0)
        if times.sum() > SOLUTIONS_AT_MOST:
            raise ValueError(
                f"percentages: expected at most {SOLUTIONS_AT_MOST:,} solutions; more than that print "
                f"{list(percentages)} at n = {n}"
            )
        which = np.repeat(np.arange(len(left)), times)
        count = np.arange(len(which)) - np.repeat(np.cumsum(times) - times, times) + lowest[which]
        counts, left = np.column_stack([counts[which], count]), left[which] - count
    return counts


def sizes_behind_percentages(
    percentages: Sequence[str],
    sizes: Iterable[int],
    *,
    rounding: Rounding,
    exhaustive: bool = True,
    decimal: str = ",",
) -> list[int]:
    """Find the numbers of respondents at which some counts print the percentages.

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
        As in `counts_behind_percentages`, but for the number of solutions: none is listed.

    Examples
    --------
    >>> sizes_behind_percentages(["29,3", "70,7"], range(35, 60), rounding="half_up")
    [41, 58]
    """
    fitting = []
    for n in sizes:
        ranges = _count_ranges(percentages, n, rounding, decimal)
        each = all(low <= high for low, high in ranges)
        together = sum(low for low, _ in ranges) <= n <= sum(high for _, high in ranges)
        if each and (together or not exhaustive):
            fitting.append(int(n))
    return fitting
