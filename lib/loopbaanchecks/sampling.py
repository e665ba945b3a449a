"""Sampling figures, and confidence intervals of means and proportions."""

import math

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from expect import check_between, check_one_of, check_sizes, settled

PROPORTION_METHODS = ("wilson", "agresti_coull", "beta", "jeffreys", "normal")


def _check_share(share: float) -> None:
    if not 0 <= share <= 1:
        raise ValueError(f"share: expected 0 to 1; found {share!r}")


def _z(confidence: float) -> float:
    """Return the two-sided standard normal quantile of a confidence level."""
    return float(stats.norm.ppf((1 + confidence) / 2))


def _aligned(*values) -> tuple[list[np.ndarray], pd.Index | None]:
    """Return numbers as float arrays of one length, and the index that the Series among them share."""
    series = [value for value in values if isinstance(value, pd.Series)]
    if any(not other.index.equals(series[0].index) for other in series):
        raise ValueError("expected Series with the same index; found different ones")
    arrays = np.broadcast_arrays(*(np.atleast_1d(np.asarray(value, dtype=float)) for value in values))
    return list(arrays), series[0].index if series else None


def _method_name(method: str, population: int | None) -> str:
    return method if population is None else f"{method}, finite population"


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
        Population size; None for an unlimited population.
    share : float
        The share to be estimated, 0-1; 0.5 needs the most respondents.

    Returns
    -------
    int
        The smallest whole number, 1 or more, for which `margin_of_error` is no larger than the margin.

    Raises
    ------
    ValueError
        If margin or confidence is not between 0 and 1, the share is not 0-1, or the population is not a
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
    check_between(margin=margin, confidence=confidence)
    _check_share(share)
    size = _z(confidence) ** 2 * share * (1 - share) / margin**2
    if population is not None:
        check_sizes(population, name="population")
        size = population * (size / (size + (population - 1))) if size else 0
    return max(math.ceil(settled(size)), 1)


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
        If confidence is not between 0 and 1, the share is not 0-1, or n is not a whole number from 1 to the
        population.

    Notes
    -----
    Source: Cochran (1977), eq. 3.8: z sqrt(p (1 - p) / n) sqrt((N - n) / (N - 1)), with p known.

    Examples
    --------
    >>> round(100 * margin_of_error(97, confidence=0.95, population=3000), 2)
    9.79
    """
    check_between(confidence=confidence)
    _check_share(share)
    check_sizes(n, population)
    left = 1.0 if population is None else (population - n) / max(population - 1, 1)
    return _z(confidence) * math.sqrt(share * (1 - share) / n * left)


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
        `estimate`, `ci_low`, `ci_high`, `n`, `method`, one row per mean; the index of the Series, if any.

    Raises
    ------
    ValueError
        If confidence is not between 0 and 1, n is not a whole number from 2 to the population, or Series
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
    check_between(confidence=confidence)
    check_sizes(n, population, least=2)
    (mean, sd, n), index = _aligned(mean, sd, n)
    left = 1.0 if population is None else 1 - n / population
    half = stats.t.ppf((1 + confidence) / 2, n - 1) * sd * np.sqrt(left / n)
    columns = {"estimate": mean, "ci_low": mean - half, "ci_high": mean + half, "n": n.astype(int)}
    return pd.DataFrame(columns, index=index).assign(method=_method_name("t", population))


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
        `count`, `estimate`, `ci_low`, `ci_high` (proportions), `n`, `method`; the index of the Series.

    Raises
    ------
    ValueError
        If the method is unknown, confidence is not between 0 and 1, a count is not a whole number from 0
        to n, n is not a whole number from 1 to the population, or Series have different indexes.

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
    check_between(confidence=confidence)
    check_one_of("method", method, PROPORTION_METHODS)
    check_sizes(n, population)
    check_sizes(count, name="count", least=0)
    (count, n), index = _aligned(count, n)
    if (count > n).any():
        most = (count > n).nonzero()[0][0]
        raise ValueError(f"count: expected at most n; found {count[most]:.0f} of {n[most]:.0f}")
    share, everyone = count / n, n == population
    effective = n if population is None else n * (population - 1) / np.where(everyone, 1, population - n)
    effective = np.where(everyone, n, effective)
    low, high = proportion_confint(share * effective, effective, alpha=1 - confidence, method=method)
    ends = {"ci_low": np.where(everyone, share, low), "ci_high": np.where(everyone, share, high)}
    columns = {"count": count.astype(int), "estimate": share, **ends, "n": n.astype(int)}
    return pd.DataFrame(columns, index=index).assign(method=_method_name(method, population))
