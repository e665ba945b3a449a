"""Several groups and everyone together: what their printed rows leave of the overall mean and SD, and of F.

Group i has n_i members, a mean m_i in its rounding interval and a sum of squares within of (n_i - ddof)
SD_i^2. Overall, the mean is the weighted mean and the sum of squares is that within all groups plus that
between them, sum n_i (m_i - m)^2.  Means and SDs vary freely in their intervals, so the extremes follow
exactly, in fractions. Scores are taken as any numbers: response options can only narrow the bounds.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from behindprint.reported import Interval, Reported, Rounding, check_ddof
from expect import check_sizes

GROUPS_AT_MOST = 16  # the largest spread between means is found among all ends of their intervals

Pair = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class PrintedGroup:
    """The printed n, mean and SD of one group; without an SD only the means are compared."""

    n: int
    mean: str
    sd: str | None = None


@dataclass(frozen=True)
class PooledBounds:
    """Lowest and highest values over all data that print the groups: fractions, ends included.

    `mean` overall; `variance` overall, with divisor n - ddof; `f` the one-way F.  `variance` and `f` are
    None where an SD is not printed, the upper end of F where the groups may have no spread.
    """

    n: int
    mean: Pair
    between: Pair
    variance: Pair | None
    f: tuple[Fraction | None, Fraction | None] | None


def pooled_bounds(
    groups: Sequence[PrintedGroup], *, ddof: int, rounding: Rounding, decimal: str = ","
) -> PooledBounds:
    """Bound the overall mean, variance and one-way F of several groups, exactly.

    Parameters
    ----------
    groups : sequence of PrintedGroup
        Two or more; everyone is in one of them.
    ddof, rounding, decimal
        As in `rows.PrintedRow`; the same divisor in every group and overall.

    Returns
    -------
    PooledBounds

    Raises
    ------
    ValueError
        For fewer than two groups or more than `GROUPS_AT_MOST`, a group of fewer than two, a negative SD,
        or a text that is not a number in that notation.

    Examples
    --------
    >>> printed = [(20, "3,4", "0,8"), (25, "3,7", "0,9"), (15, "4,1", "0,7")]
    >>> groups = [PrintedGroup(*row) for row in printed]
    >>> found = pooled_bounds(groups, ddof=1, rounding="half_up")
    >>> [round(float(end), 2) for end in (*found.mean, *found.f)]
    [3.65, 3.75, 2.03, 4.65]
    """
    check_ddof(ddof)
    if not 2 <= len(groups) <= GROUPS_AT_MOST:
        raise ValueError(f"groups: expected 2 to {GROUPS_AT_MOST}; found {len(groups)}")
    check_sizes([group.n for group in groups], name="n of a group", least=2)
    sizes = [int(group.n) for group in groups]
    n = sum(sizes)
    means = [Reported(group.mean, decimal).interval(rounding) for group in groups]
    mean = tuple(
        sum(size * getattr(interval, end) for size, interval in zip(sizes, means, strict=True)) / n
        for end in ("low", "high")
    )
    between = _least_between(sizes, means), _most_between(sizes, means)
    within = _within(groups, ddof, rounding, decimal)
    if within is None:
        return PooledBounds(n, mean, between, None, None)
    variance = tuple((b + w) / (n - ddof) for b, w in zip(between, within, strict=True))
    factor = Fraction(n - len(groups), len(groups) - 1)
    low = factor * between[0] / within[1] if within[1] else None
    high = factor * between[1] / within[0] if within[0] else None
    return PooledBounds(n, mean, between, variance, (low, high))


def _within(groups: Sequence[PrintedGroup], ddof: int, rounding: Rounding, decimal: str) -> Pair | None:
    """Return the lowest and highest sum of squares within the groups; None where an SD is not printed."""
    if any(group.sd is None for group in groups):
        return None
    total = [Fraction(0), Fraction(0)]
    for group in groups:
        number = Reported(group.sd, decimal)
        if number.value < 0:
            raise ValueError(f"sd: expected a number of zero or more; found {group.sd!r}")
        variance = number.interval(rounding).squared()
        total[0] += (group.n - ddof) * variance.low
        total[1] += (group.n - ddof) * variance.high
    return total[0], total[1]


def _spread(sizes: Sequence[int], means: Sequence[Fraction]) -> Fraction:
    middle = sum(size * mean for size, mean in zip(sizes, means, strict=True)) / sum(sizes)
    return sum(size * (mean - middle) ** 2 for size, mean in zip(sizes, means, strict=True))


def _most_between(sizes: Sequence[int], means: Sequence[Interval]) -> Fraction:
    """Return the largest sum of squares between means: convex in them, so at ends of their intervals."""
    return max(_spread(sizes, ends) for ends in itertools.product(*((i.low, i.high) for i in means)))


def _least_between(sizes: Sequence[int], means: Sequence[Interval]) -> Fraction:
    """Return the smallest: every mean as near as it can be to a middle m, for the best m.

    The sum of n_i times the squared distance from m to interval i is convex and quadratic between the ends
    of the intervals, so its minimum is at an end or where its derivative is zero between two ends.
    """
    ends = sorted({end for i in means for end in (i.low, i.high)})
    tried = list(ends)
    for a, b in itertools.pairwise(ends):
        middle = (a + b) / 2
        outside = [
            (size, i.low if i.low > middle else i.high)
            for size, i in zip(sizes, means, strict=True)
            if not i.low <= middle <= i.high
        ]
        if outside:
            m = sum(size * end for size, end in outside) / Fraction(sum(size for size, _ in outside))
            tried += [m] if a <= m <= b else []
    return min(_spread(sizes, [min(max(m, i.low), i.high) for i in means]) for m in tried)


@dataclass(frozen=True)
class PooledVerdict:
    """Whether overall numbers are possible beside those of the groups; None for what is not printed."""

    n: bool | None
    mean: bool | None
    sd: bool | None
    f: bool | None


def check_overall(
    groups: Sequence[PrintedGroup],
    *,
    ddof: int,
    rounding: Rounding,
    decimal: str = ",",
    n: int | None = None,
    mean: str | None = None,
    sd: str | None = None,
    f: str | None = None,
) -> PooledVerdict:
    """Say whether overall numbers and a one-way F can be printed beside the rows of the groups.

    Parameters
    ----------
    groups, ddof, rounding, decimal
        As in `pooled_bounds`.
    n, mean, sd, f
        The overall numbers as printed; those that are left out are not judged.

    Returns
    -------
    PooledVerdict

    Examples
    --------
    >>> two = [PrintedGroup(28, "4,0", "0,5"), PrintedGroup(69, "4,3", "0,6")]
    >>> check_overall(two, ddof=1, rounding="either", n=97, mean="4,25", sd="0,58", f="5,41")
    PooledVerdict(n=True, mean=True, sd=True, f=True)
    """
    bounds = pooled_bounds(groups, ddof=ddof, rounding=rounding, decimal=decimal)

    def meets(printed: str | None, ends: Pair | None, squared: bool = False) -> bool | None:
        if printed is None or ends is None:
            return None
        interval = Reported(printed, decimal).interval(rounding)
        interval = interval.squared() if squared else interval
        low, high = ends
        return (high is None or interval.low <= high) and (low is None or interval.high >= low)

    spread = bounds.variance
    if spread is None and sd is not None:  # without SDs of groups, all that is known is that between them
        spread = bounds.between[0] / (bounds.n - ddof), None
    return PooledVerdict(
        None if n is None else n == bounds.n,
        meets(mean, bounds.mean),
        meets(sd, spread, squared=True),
        meets(f, bounds.f),
    )
