"""Two groups from print alone: how far apart they can be in data that print their means, the mean and SD.

The group means lie in their rounding intervals and average to the overall mean.  The SD gives the total
sum of squares, the group means give the part between groups, and the rest is within groups.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import stats

from behindprint.reported import Interval, Reported, Rounding, check_ddof
from expect import check_between, check_sizes

SHARES = 4001  # shares of the spread in the first group that Welch bounds are searched over


@dataclass(frozen=True)
class Subgroups:
    """The printed means of two groups, and the printed mean and SD of everyone; as text.

    `n1`, `n2` are the group sizes; everyone answered and is in one of the two groups.
    """

    mean: str
    sd: str
    mean1: str
    mean2: str
    n1: int
    n2: int


@dataclass(frozen=True)
class GroupMeans:
    """The values that the group means can have: exact intervals, each end included or not.

    `weighted_mean` is the overall mean that the group means alone give; `sum_of_squares` is (n - ddof) SD^2;
    `mean1`, `mean2` and `difference` (second minus first) are None when no data print all the numbers.
    """

    weighted_mean: Interval
    sum_of_squares: Interval
    mean1: Interval | None = None
    mean2: Interval | None = None
    difference: Interval | None = None

    @property
    def possible(self) -> bool:
        """Whether any data print all the numbers."""
        return self.difference is not None


Side = tuple[Fraction, Fraction, Interval]  # (u, v, interval): u mean1 + v mean2 lies in the interval
Point = tuple[Fraction, Fraction]


def group_means(printed: Subgroups, *, ddof: int, rounding: Rounding, decimal: str = ",") -> GroupMeans:
    """Bound the group means and their difference, exactly.

    Parameters
    ----------
    printed : Subgroups
        The printed numbers and the group sizes.
    ddof : int
        1 for a sample SD, 0 for a population SD.
    rounding, decimal
        As in `rows.PrintedRow`.

    Returns
    -------
    GroupMeans
        Intervals of fractions; `possible` is False when the numbers contradict each other.

    Raises
    ------
    ValueError
        If a group has fewer than two members, ddof is not 0 or 1, the SD is negative, or a text is not a
        number in that notation.

    Notes
    -----
    (mean1, mean2) lies in the rounding intervals of both, their weighted mean in that of the overall mean,
    and the sum of squares between groups, n1 n2 / n difference^2, is at most that of all: a polygon with
    rational corners (the root in the last side is taken at sixty decimals, upward).  A linear quantity has
    its extremes at corners; an end is attained if a corner, or the middle of an edge, that reaches it
    lies within every open side.  The set is empty exactly if the middle of the corners lies outside it.

    Examples
    --------
    >>> means = group_means(Subgroups("3,60", "0,80", "3,4", "3,7", 20, 40), ddof=1, rounding="half_up")
    >>> means.possible, means.difference.low, means.difference.high
    (True, Fraction(87, 400), Fraction(153, 400))
    """
    check_sizes([printed.n1, printed.n2], name="n1, n2", least=2)
    check_ddof(ddof)
    if Reported(printed.sd, decimal).value < 0:
        raise ValueError(f"sd: expected a number of zero or more; found {printed.sd!r}")
    texts = (printed.mean1, printed.mean2, printed.mean, printed.sd)
    first, second, overall, sd = (Reported(text, decimal).interval(rounding) for text in texts)
    n = printed.n1 + printed.n2
    w = Fraction(printed.n1, n)
    variance = sd.squared()
    squares = replace(variance, low=(n - ddof) * variance.low, high=(n - ddof) * variance.high)
    reach = _root(squares.high / (n * w * (1 - w)))
    reach = Interval(-reach, reach, sd.high_included, sd.high_included)
    zero, one = Fraction(0), Fraction(1)
    sides = [(one, zero, first), (zero, one, second), (w, 1 - w, overall), (-one, one, reach)]
    weighted = _extent(w, 1 - w, sides[:2])
    extents = [_extent(*side[:2], sides) for side in (sides[0], sides[1], sides[3])]
    return GroupMeans(weighted, squares, *extents)


def _root(square: Fraction) -> Fraction:
    """Return the square root of a fraction: exact if rational, else rounded up at the sixtieth decimal."""
    scaled = square.numerator * square.denominator * 10**120
    root = math.isqrt(scaled)
    return Fraction(root + (root**2 < scaled), square.denominator * 10**60)


def _extent(u: Fraction, v: Fraction, sides: list[Side]) -> Interval | None:
    """Return the range of u mean1 + v mean2 over the polygon, or None when the polygon is empty."""

    def fits(point: Point) -> bool:
        return all(p * point[0] + q * point[1] in interval for p, q, interval in sides)

    corners = _polygon_corners(sides)
    if not corners or not fits(_middle(corners)):
        return None
    points = corners + [_middle(pair) for pair in itertools.combinations(corners, 2)]
    values = [u * a + v * b for a, b in points]
    low, high = min(values), max(values)
    attained = {value for value, point in zip(values, points, strict=True) if fits(point)}
    return Interval(low, high, low in attained, high in attained)


def _middle(points: Sequence[Point]) -> Point:
    return sum(a for a, _ in points) / len(points), sum(b for _, b in points) / len(points)


def _polygon_corners(sides: list[Side]) -> list[Point]:
    """Return the corners of a polygon whose sides all belong to it and are not parallel."""
    crossings = set()
    for (p, q, first), (r, s, second) in itertools.combinations(sides, 2):
        for c, d in itertools.product((first.low, first.high), (second.low, second.high)):
            crossings.add(((c * s - d * q) / (p * s - r * q), (p * d - r * c) / (p * s - r * q)))
    return sorted((a, b) for a, b in crossings if all(i.low <= p * a + q * b <= i.high for p, q, i in sides))


def subgroup_difference_bounds(
    printed: Subgroups, *, ddof: int, rounding: Rounding, confidence: float, decimal: str = ","
) -> pd.DataFrame:
    """Bound the difference between two groups, its effect size and its tests, over all data that print this.

    Parameters
    ----------
    printed, ddof, rounding, decimal
        As in `group_means`.
    confidence : float
        Confidence level of the interval of the difference.

    Returns
    -------
    pandas.DataFrame
        Indexed by quantity, columns `low`, `high` (float): `weighted_mean` (by the group means alone),
        `mean1`, `mean2`, `difference` (second minus first), `pooled_sd` (within groups), `cohen_d`, `t`,
        `p` (two-sided), `margin` (half the width of the interval of the difference), `welch_t`, `welch_p`
        (groups of unequal spread).  All but the first are NaN when no data print these numbers.

    Raises
    ------
    ValueError
        As in `group_means`, or if confidence is not between 0 and 1.

    Notes
    -----
    With D the difference, T = (n - ddof) SD^2 and k = n1 n2 / n, the sum of squares within groups is
    T - k D^2, so for D > 0 the t statistic with pooled variance and n - 2 degrees of freedom has
    t^2 = (n - 2) k D^2 / (T - k D^2) = (n - 2) / (T / (k D^2) - 1):
    rising in |D| and falling in the SD.  D and T vary freely where k D^2 <= T, so the extremes are
    those of D with those of T.  d = t / sqrt(k); p falls in |t|.  Bounds are closed: where rounding
    excludes an end (`group_means` says so) they are approached, not reached.  Scores are taken as any
    numbers: response options can only narrow the bounds.
    Welch's t needs the spread of each group, which is not printed: any share f of the sum of squares within
    groups may be in the first.  Its squared standard error is linear in f, so the extremes of t are at f = 0
    and 1; p also depends on f through the degrees of freedom and is searched over a grid of f.
    Checked against R 4.2.2 (t.test, lm on Student's sleep data): tests/reference/sampling.csv; and
    against datasets that print the numbers, in the tests.

    Examples
    --------
    >>> printed = Subgroups("3,60", "0,80", "3,4", "3,7", 20, 40)
    >>> limits = subgroup_difference_bounds(printed, ddof=1, rounding="half_up", confidence=0.95)
    >>> limits.loc[["difference", "t"]].round(3).values.tolist()
    [[0.218, 0.382], [0.986, 1.789]]
    """
    check_between(confidence=confidence)
    means = group_means(printed, ddof=ddof, rounding=rounding, decimal=decimal)
    names = ("weighted_mean", "mean1", "mean2", "difference")
    intervals = {name: getattr(means, name) for name in names}
    bounds = {name: (float(i.low), float(i.high)) if i else (np.nan, np.nan) for name, i in intervals.items()}
    bounds |= _test_bounds(means, printed.n1, printed.n2, confidence)
    return pd.DataFrame.from_dict(bounds, orient="index", columns=["low", "high"]).rename_axis("quantity")


def _test_bounds(means: GroupMeans, n1: int, n2: int, confidence: float) -> dict[str, tuple[float, float]]:
    if not means.possible:
        names = ("pooled_sd", "cohen_d", "t", "p", "margin", "welch_t", "welch_p")
        return dict.fromkeys(names, (np.nan, np.nan))
    k, df = Fraction(n1 * n2, n1 + n2), n1 + n2 - 2
    least, most, total = means.difference.low, means.difference.high, means.sum_of_squares

    def pooled(difference: Fraction, squares: Fraction) -> float:
        return math.sqrt(max(squares - k * difference**2, 0) / df)

    def ratio(difference: Fraction, squares: Fraction) -> float:
        sd = pooled(difference, squares)
        return float(difference) / sd if sd else math.copysign(math.inf, difference) if difference else 0.0

    near = Fraction(0) if least <= 0 <= most else min(least, most, key=abs)
    spread = pooled(max(least, most, key=abs), total.low), pooled(near, total.high)
    d = (
        ratio(least, total.low if least < 0 else total.high),
        ratio(most, total.low if most > 0 else total.high),
    )
    t = (d[0] * math.sqrt(k), d[1] * math.sqrt(k))
    p = [2 * float(stats.t.sf(abs(value), df)) for value in (*t, *([0.0] if near == 0 else []))]
    width = float(stats.t.ppf((1 + confidence) / 2, df)) / math.sqrt(k)
    margin = (width * spread[0], width * spread[1])
    limits = {"pooled_sd": spread, "cohen_d": d, "t": t, "p": (min(p), max(p)), "margin": margin}
    return limits | _welch_bounds(d, near == 0, n1, n2)


def _welch_bounds(d: tuple[float, float], crosses: bool, n1: int, n2: int) -> dict[str, tuple[float, float]]:
    """Return the bounds of Welch's t and p from those of d; `crosses`: the difference may be zero."""
    shares = np.linspace(0, 1, SHARES)
    parts = shares / (n1 * (n1 - 1)), (1 - shares) / (n2 * (n2 - 1))
    error = np.sqrt((n1 + n2 - 2) * sum(parts))  # in units of the pooled SD
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (n1 - 1) + parts[1] ** 2 / (n2 - 1))
    t = (
        d[0] / (error.min() if d[0] < 0 else error.max()),
        d[1] / (error.min() if d[1] > 0 else error.max()),
    )
    p = [2 * stats.t.sf(abs(value) / error, freedom) for value in d]
    high = 1.0 if crosses else float(np.max(p))
    return {"welch_t": t, "welch_p": (float(np.min(p)), high)}
