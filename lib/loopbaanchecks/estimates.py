"""Sampling figures, intervals, counts behind percentages, and what printed group means imply."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.proportion import proportion_confint

from loopbaanchecks.reported import Interval, Reported, Rounding, check_rounding

VECTORS_AT_MOST = 1_000_000  # count vectors that `counts_behind_percentages` is willing to list
PROPORTION_METHODS = ("wilson", "agresti_coull", "beta", "jeffreys", "normal")


def _check_between(**values: float) -> None:
    """Raise unless every number lies strictly between 0 and 1."""
    for name, value in values.items():
        if not 0 < value < 1:
            raise ValueError(f"{name}: expected a number between 0 and 1; found {value!r}")


def _check_share(share: float) -> None:
    """Raise unless a share is 0 to 1."""
    if not 0 <= share <= 1:
        raise ValueError(f"share: expected 0 to 1; found {share!r}")


def _check_sizes(n, population: int | None = None, *, name: str = "n", least: int = 1) -> None:
    """Raise unless every n is a whole number from `least` to the population, if there is one."""
    if population is not None:
        _check_sizes(population, name="population")
    sizes = np.asarray(n, dtype=float)
    most = math.inf if population is None else population
    if not ((sizes >= least) & (sizes <= most) & (sizes % 1 == 0)).all():
        upto = "" if population is None else f", at most the population of {population}"
        raise ValueError(f"{name}: expected whole numbers of at least {least}{upto}; found {n!r}")


def _z(confidence: float) -> float:
    """Return the two-sided standard normal quantile of a confidence level."""
    return float(stats.norm.ppf((1 + confidence) / 2))


def required_sample_size(
    margin: float, *, confidence: float, population: int | None = None, share: float = 0.5
) -> int:
    """Return the number of respondents that gives a margin of error.

    Parameters
    ----------
    margin : float
        Half the width of the interval, as a proportion (0.05 for five percentage points).
    confidence : float
        Confidence level, between 0 and 1.
    population : int, optional
        Population size; None for one without end.
    share : float
        The share to be estimated, 0-1; 0.5 is the least favourable.

    Returns
    -------
    int
        Smallest whole number, 1 or more, at which `margin_of_error` is no larger than the margin.

    Raises
    ------
    ValueError
        If margin or confidence is not between 0 and 1, the share not 0-1, or the population not a
        whole number of at least 1.

    Notes
    -----
    Source: Cochran (1977), Sampling Techniques, 3rd edition, section 4.4: n0 = z^2 p (1 - p) / d^2 and
    n = n0 / (1 + (n0 - 1) / N).  Checked against the table of Krejcie and Morgan (1970).

    Examples
    --------
    >>> required_sample_size(0.05, confidence=0.95, population=3000)
    341
    """
    _check_between(margin=margin, confidence=confidence)
    _check_share(share)
    size = _z(confidence) ** 2 * share * (1 - share) / margin**2
    if population is not None:
        _check_sizes(population, name="population")
        size = population * (size / (size + (population - 1))) if size else 0
    return max(math.ceil(size), 1)


def margin_of_error(n: int, *, confidence: float, population: int | None = None, share: float = 0.5) -> float:
    """Return half the width of the normal interval of a share, for a simple random sample.

    Parameters
    ----------
    n : int
        Number of respondents.
    confidence, population, share
        As in `required_sample_size`.

    Returns
    -------
    float
        Proportion; 0 when everyone responded.

    Raises
    ------
    ValueError
        If confidence is not between 0 and 1, the share not 0-1, or n not a whole number from 1 to the
        population.

    Notes
    -----
    Source: Cochran (1977), eq. 3.8: z sqrt(p (1 - p) / n) sqrt((N - n) / (N - 1)), with p known.

    Examples
    --------
    >>> round(100 * margin_of_error(97, confidence=0.95, population=3000), 2)
    9.79
    """
    _check_between(confidence=confidence)
    _check_share(share)
    _check_sizes(n, population)
    left = 1.0 if population is None else (population - n) / max(population - 1, 1)
    return _z(confidence) * math.sqrt(share * (1 - share) / n * left)


def _aligned(*given) -> tuple[list[np.ndarray], pd.Index | None]:
    """Return numbers as float arrays of one length, and the index that the Series among them share."""
    series = [values for values in given if isinstance(values, pd.Series)]
    if any(not one.index.equals(series[0].index) for one in series):
        raise ValueError("expected Series with the same index; found different ones")
    arrays = np.broadcast_arrays(*(np.atleast_1d(np.asarray(values, dtype=float)) for values in given))
    return list(arrays), series[0].index if series else None


def mean_interval(mean, sd, n, *, confidence: float, population: int | None = None) -> pd.DataFrame:
    """Return t intervals of means from their mean, sample SD and n.

    Parameters
    ----------
    mean, sd : float, array-like or Series of float
        Means and sample standard deviations (divisor n - 1).
    n : int, array-like or Series of int
        Number of respondents behind each; at least two.
    confidence, population
        As in `required_sample_size`.

    Returns
    -------
    pandas.DataFrame
        `estimate`, `ci_low`, `ci_high`, `n`, `method`, one row per mean; the index of the Series given.

    Raises
    ------
    ValueError
        If confidence is not between 0 and 1, n not a whole number from 2 to the population, or Series
        have different indexes.

    Notes
    -----
    Source: Cochran (1977), eq. 2.20: t(n - 1) s / sqrt(n) sqrt(1 - n / N).  The correction of a mean with its
    sample SD is 1 - n / N; (N - n) / (N - 1) belongs to a known population variance.
    Checked against R 4.2.2 (t.test) and survey 4.1.1 (svymean): tests/reference/sampling.csv.

    Examples
    --------
    >>> mean_interval([4.25, 4.01], [0.58, 0.59], 97, confidence=0.95, population=3000).round(3)
       estimate  ci_low  ci_high   n                method
    0      4.25   4.135    4.365  97  t, finite population
    1      4.01   3.893    4.127  97  t, finite population
    """
    _check_between(confidence=confidence)
    _check_sizes(n, population, least=2)
    (mean, sd, n), index = _aligned(mean, sd, n)
    left = 1.0 if population is None else 1 - n / population
    half = stats.t.ppf((1 + confidence) / 2, n - 1) * sd * np.sqrt(left / n)
    columns = {"estimate": mean, "ci_low": mean - half, "ci_high": mean + half, "n": n.astype(int)}
    return pd.DataFrame(columns, index=index).assign(method=_named("t", population))


def _named(method: str, population: int | None) -> str:
    """Return the name of a method, with its correction."""
    return method if population is None else f"{method}, finite population"


def proportion_interval(
    count, n, *, confidence: float, method: str, population: int | None = None
) -> pd.DataFrame:
    """Return confidence intervals of proportions, through statsmodels.

    Parameters
    ----------
    count, n : int, array-like or Series of int
        How many, out of how many respondents.
    confidence, population
        As in `required_sample_size`.
    method : str
        One of `PROPORTION_METHODS`, as in statsmodels' `proportion_confint`; beta is Clopper-Pearson.

    Returns
    -------
    pandas.DataFrame
        `count`, `estimate`, `ci_low`, `ci_high` (proportions), `n`, `method`; the index of the Series given.

    Raises
    ------
    ValueError
        If the method is unknown, confidence is not between 0 and 1, a count is not a whole number from 0
        to n, n not a whole number from 1 to the population, or Series have different indexes.

    Notes
    -----
    Source: with a population, the interval at the effective sample size n (N - 1) / (N - n), which has the
    variance of a draw without replacement (Cochran 1977, eq. 3.8; effective sizes: Korn and Graubard 1998,
    Survey Methodology 24).  For wilson that is exactly the inverse of the score test.
    Checked against R 4.2.2 (prop.test, binom.test, uniroot on the score): tests/reference/sampling.csv.

    Examples
    --------
    >>> proportion_interval([26, 46, 25], 97, confidence=0.95, method="wilson").round(3)
       count  estimate  ci_low  ci_high   n  method
    0     26     0.268   0.190    0.364  97  wilson
    1     46     0.474   0.378    0.573  97  wilson
    2     25     0.258   0.181    0.353  97  wilson
    """
    _check_between(confidence=confidence)
    if method not in PROPORTION_METHODS:
        raise ValueError(f"method: expected one of {', '.join(PROPORTION_METHODS)}; found {method!r}")
    _check_sizes(n, population)
    _check_sizes(count, name="count", least=0)
    (count, n), index = _aligned(count, n)
    if (count > n).any():
        raise ValueError(f"count: expected at most n; found {count[count > n]} of {n[count > n]}")
    share, everyone = count / n, n == population
    effective = n if population is None else n * (population - 1) / np.where(everyone, 1, population - n)
    effective = np.where(everyone, n, effective)
    low, high = proportion_confint(share * effective, effective, alpha=1 - confidence, method=method)
    ends = {"ci_low": np.where(everyone, share, low), "ci_high": np.where(everyone, share, high)}
    columns = {"count": count.astype(int), "estimate": share, **ends, "n": n.astype(int)}
    return pd.DataFrame(columns, index=index).assign(method=_named(method, population))


# --- whole counts behind printed percentages --------------------------------------------------


def _count_ranges(
    percentages: Sequence[str], n: int, rounding: Rounding, decimal: str
) -> list[tuple[int, int]]:
    """Return the lowest and highest count out of n that prints each percentage (low > high: none)."""
    check_rounding(rounding)
    if isinstance(percentages, str) or not len(percentages):
        raise ValueError(f"percentages: expected a list of one or more texts; found {percentages!r}")
    _check_sizes(n)
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
        rest = ranges[i + 1 :] if exhaustive else [(0, 0)]
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


def item_table(
    responses: pd.DataFrame, *, items: Sequence[str], confidence: float, ddof: int
) -> pd.DataFrame:
    """Return n, mean, SD and interval per item of respondent-level data.

    Parameters
    ----------
    responses : pandas.DataFrame
        One respondent per row; numbers, missing answers as NaN or NA.
    items : sequence of str
        Columns to describe.
    confidence : float
        Confidence level of the t interval of the mean.
    ddof : int
        1 for the sample SD (SPSS), 0 for the population SD.  The interval rests on the sample SD.

    Returns
    -------
    pandas.DataFrame
        One row per item: `item`, `n`, `n_missing`, `mean`, `sd`, `ci_low`, `ci_high`; NaN where n is too
        small.

    Raises
    ------
    ValueError
        If an item is not a column or not numeric, ddof is not 0 or 1, or confidence not between 0 and 1.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [1, 2, 3, None]})
    >>> item_table(frame, items=["a"], confidence=0.95, ddof=1).round(2)
      item  n  n_missing  mean   sd  ci_low  ci_high
    0    a  3          1   2.0  1.0   -0.48     4.48
    """
    if ddof not in (0, 1):
        raise ValueError(f"ddof: expected 1 (sample SD) or 0 (population SD); found {ddof!r}")
    if absent := [item for item in items if item not in responses]:
        raise ValueError(f"items: expected columns of the responses; not found: {', '.join(absent)}")
    if text := [item for item in items if not pd.api.types.is_numeric_dtype(responses[item])]:
        raise ValueError(f"items: expected numbers; found another type in: {', '.join(text)}")
    answers = responses[list(items)].astype("Float64")
    n, mean = answers.count().astype(int), answers.mean().astype(float)
    interval = mean_interval(mean, answers.std(ddof=1).astype(float), n.clip(lower=2), confidence=confidence)
    frame = pd.DataFrame({"n": n, "n_missing": len(answers) - n, "mean": mean})
    frame["sd"] = answers.std(ddof=ddof).astype(float)
    return frame.join(interval[["ci_low", "ci_high"]]).rename_axis("item").reset_index()


# --- two groups, from print alone -------------------------------------------------------------


@dataclass(frozen=True)
class Subgroups:
    """Printed means of two groups beside the printed mean and SD of everyone; all as printed text.

    `n1`, `n2` are the group sizes; everyone is in one of the two groups and answered.
    """

    mean: str
    sd: str
    mean1: str
    mean2: str
    n1: int
    n2: int


@dataclass(frozen=True)
class GroupMeans:
    """What the printed numbers leave of the group means: exact, each end included or not.

    `weighted_mean` is the overall mean by the group means alone; `mean1`, `mean2` and `difference` (second
    minus first) are None when no dataset prints all the numbers; `sum_of_squares` is (n - ddof) SD^2.
    """

    weighted_mean: Interval
    sum_of_squares: Interval
    mean1: Interval | None = None
    mean2: Interval | None = None
    difference: Interval | None = None

    @property
    def possible(self) -> bool:
        """Whether any dataset prints all these numbers."""
        return self.difference is not None


Side = tuple[Fraction, Fraction, Interval]  # (u, v, interval): u mean1 + v mean2 lies in the interval
Point = tuple[Fraction, Fraction]


def group_means(printed: Subgroups, *, ddof: int, rounding: Rounding, decimal: str = ",") -> GroupMeans:
    """Return exact bounds of the group means and their difference, by print alone.

    Parameters
    ----------
    printed : Subgroups
        The printed numbers and the group sizes.
    ddof : int
        Of the printed SD: 1 or 0.
    rounding, decimal
        As in `reported.Reported`.

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
    >>> found = group_means(Subgroups("4,25", "0,58", "4,0", "4,3", 28, 69), ddof=1, rounding="half_up")
    >>> found.possible, found.difference.low, found.difference.high
    (True, Fraction(1261, 4600), Fraction(291, 800))
    """
    _check_sizes([printed.n1, printed.n2], name="n1, n2", least=2)
    if ddof not in (0, 1):
        raise ValueError(f"ddof: expected 1 (sample SD) or 0 (population SD); found {ddof!r}")
    if Reported(printed.sd, decimal).value < 0:
        raise ValueError(f"sd: expected a number of zero or more; found {printed.sd!r}")
    texts = (printed.mean1, printed.mean2, printed.mean, printed.sd)
    first, second, overall, sd = (Reported(text, decimal).interval(rounding) for text in texts)
    n = printed.n1 + printed.n2
    w = Fraction(printed.n1, n)
    low, high = ((n - ddof) * max(end, Fraction(0)) ** 2 for end in (sd.low, sd.high))
    squares = Interval(low, high, sd.low_included or sd.low < 0, sd.high_included)
    reach = _root(high / (n * w * (1 - w)))
    reach = Interval(-reach, reach, sd.high_included, sd.high_included)
    zero, one = Fraction(0), Fraction(1)
    sides = [(one, zero, first), (zero, one, second), (w, 1 - w, overall), (-one, one, reach)]
    weighted = _extent(w, 1 - w, sides[:2])
    found = [_extent(*side[:2], sides) for side in (sides[0], sides[1], sides[3])]
    return GroupMeans(weighted, squares, *found)


def _root(square: Fraction) -> Fraction:
    """Return the square root of a fraction: exact if rational, else rounded up at the sixtieth decimal."""
    scaled = square.numerator * square.denominator * 10**120
    root = math.isqrt(scaled)
    return Fraction(root + (root**2 < scaled), square.denominator * 10**60)


def _extent(u: Fraction, v: Fraction, sides: list[Side]) -> Interval | None:
    """Return the range of u mean1 + v mean2 over the polygon, or None when the polygon is empty."""

    def fits(point: Point) -> bool:
        return all(p * point[0] + q * point[1] in interval for p, q, interval in sides)

    corners = _corners(sides)
    if not corners or not fits(_middle(corners)):
        return None
    points = corners + [_middle(pair) for pair in itertools.combinations(corners, 2)]
    values = [u * a + v * b for a, b in points]
    low, high = min(values), max(values)
    attained = {value for value, point in zip(values, points, strict=True) if fits(point)}
    return Interval(low, high, low in attained, high in attained)


def _middle(points: Sequence[Point]) -> Point:
    """Return the mean of some points."""
    return sum(a for a, _ in points) / len(points), sum(b for _, b in points) / len(points)


def _corners(sides: list[Side]) -> list[Point]:
    """Return the corners of a polygon, no two of whose sides are parallel, its sides counted in."""
    found = set()
    for (p, q, one), (r, s, other) in itertools.combinations(sides, 2):
        for c, d in itertools.product((one.low, one.high), (other.low, other.high)):
            found.add(((c * s - d * q) / (p * s - r * q), (p * d - r * c) / (p * s - r * q)))
    return sorted((a, b) for a, b in found if all(i.low <= p * a + q * b <= i.high for p, q, i in sides))


def subgroup_difference_bounds(
    printed: Subgroups, *, ddof: int, rounding: Rounding, confidence: float, decimal: str = ","
) -> pd.DataFrame:
    """Return what holds for the two groups in every dataset that prints these numbers.

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
        `p` (two-sided), `margin` (half the width of the interval of the difference).  All but the first
        are NaN when no dataset prints these numbers.

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
    Checked against R 4.2.2 (t.test, lm on Student's sleep data): tests/reference/sampling.csv; and
    against datasets that print the numbers, in the tests.

    Examples
    --------
    >>> told = Subgroups("4,25", "0,58", "4,0", "4,3", 28, 69)
    >>> found = subgroup_difference_bounds(told, ddof=1, rounding="half_up", confidence=0.95)
    >>> found.loc[["difference", "t"]].round(3).values.tolist()
    [[0.274, 0.364], [2.129, 2.933]]
    """
    _check_between(confidence=confidence)
    means = group_means(printed, ddof=ddof, rounding=rounding, decimal=decimal)
    names = ("weighted_mean", "mean1", "mean2", "difference")
    intervals = {name: getattr(means, name) for name in names}
    bounds = {name: (float(i.low), float(i.high)) if i else (np.nan, np.nan) for name, i in intervals.items()}
    bounds |= _test_bounds(means, printed.n1, printed.n2, confidence)
    return pd.DataFrame.from_dict(bounds, orient="index", columns=["low", "high"]).rename_axis("quantity")


def _test_bounds(means: GroupMeans, n1: int, n2: int, confidence: float) -> dict[str, tuple[float, float]]:
    """Return the bounds of pooled SD, d, t, p and margin from those of the difference and the SD."""
    if not means.possible:
        return dict.fromkeys(("pooled_sd", "cohen_d", "t", "p", "margin"), (np.nan, np.nan))
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
    return {"pooled_sd": spread, "cohen_d": d, "t": t, "p": (min(p), max(p)), "margin": margin}


def detectable_difference(n1: int, n2: int, sd: float = 1.0, *, alpha: float, power: float) -> float:
    """Return the smallest difference that a two-sided t test finds with a given power.

    Parameters
    ----------
    n1, n2 : int
        Group sizes; at least two.
    sd : float
        SD within groups; with 1 the result is Cohen's d.
    alpha, power : float
        Level of the test and wanted power, between 0 and 1; the power above the level.

    Returns
    -------
    float
        In the unit of `sd`, through statsmodels' TTestIndPower.

    Raises
    ------
    ValueError
        If a group has fewer than two members, the SD is not above 0, or alpha < power does not hold
        between 0 and 1.

    Notes
    -----
    Checked against R 4.2.2 (power.t.test with strict = TRUE, and pt with noncentrality for unequal
    groups): tests/reference/sampling.csv.

    Examples
    --------
    >>> round(detectable_difference(28, 69, alpha=0.05, power=0.8), 2)
    0.63
    """
    _check_sizes([n1, n2], name="n1, n2", least=2)
    _check_between(alpha=alpha, power=power)
    if not (sd > 0 and alpha < power):
        raise ValueError(f"expected sd above 0 and power above alpha; found {sd!r}, {power!r} and {alpha!r}")
    return sd * float(TTestIndPower().solve_power(nobs1=n1, alpha=alpha, power=power, ratio=n2 / n1))
