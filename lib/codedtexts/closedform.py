"""Intervals in closed form, beside those from resampling: units as if they were drawn one by one."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from codedtexts.closeness import Closeness, closeness_weights
from codedtexts.coefficients import CoefficientName, Level, coefficient, distances, positions
from expect import check_between


def closed_form_interval(
    ratings,
    *,
    statistic: CoefficientName,
    categories: Sequence,
    confidence: float,
    level: Level | None = None,
    closeness: Closeness = "identity",
) -> pd.DataFrame:
    """Return a coefficient with its standard error and interval over units.

    Parameters
    ----------
    ratings, categories, closeness
        As in `percent_agreement`.
    statistic : str
        As in `bootstrap_interval`.
    confidence : float
        Confidence level, 0-1.
    level : str, optional
        As in `krippendorff_alpha`, which needs it.

    Returns
    -------
    pandas.DataFrame
        One row: `estimate`, `se`, `ci_low`, `ci_high` (NaN without variation or from fewer than two units),
        `n` (units with a rating; for alpha and kappa those with two).

    Raises
    ------
    ValueError
        As the statistic does, or if confidence is not between 0 and 1.

    Notes
    -----
    Source: Gwet (2014), Handbook of inter-rater reliability, 4th edition, chapter 5, and Fleiss, Cohen and
    Everitt (1969), doi 10.1037/h0028106, for Cohen's kappa, with n - 1: the variance of linearised values per
    unit, and Student's t.  Units of one interview are alike, so that with paragraphs these intervals are too
    narrow: those of `bootstrap_interval` resample whole interviews.  Checked against irrCAC 0.4.4
    (Python) and statsmodels.

    Examples
    --------
    >>> row = closed_form_interval([[1, 1], [0, 0], [1, 0], [0, 0], [1, 1]], statistic="cohen_kappa",
    ...     categories=[0, 1], confidence=0.95)
    >>> row.round(3).to_numpy().tolist()
    [[0.615, 0.355, -0.37, 1.0, 5.0]]
    """
    from scipy.stats import t  # slow to import, and only this function needs it

    check_between(confidence=confidence)
    chosen = coefficient(statistic, categories, level, closeness)
    places, k = positions(ratings, categories, statistic), len(categories)
    rated = (places >= 0).sum(axis=1)
    places = places[rated > (statistic in ("krippendorff_alpha", "cohen_kappa"))]
    n, weights = len(places), np.ones(len(places))
    estimate = float(chosen.estimate(chosen.sums(places, weights, k)))
    row = {"estimate": estimate, "se": np.nan, "ci_low": np.nan, "ci_high": np.nan, "n": n}
    if n > 1 and not np.isnan(estimate):
        with np.errstate(divide="ignore", invalid="ignore"):
            values = _linearised(statistic, places, estimate, categories, level, closeness)
        se = float(np.sqrt((values**2).sum() / (n * (n - 1))))
        reach = float(t.ppf((1 + confidence) / 2, n - 1)) * se
        row |= {"se": se, "ci_low": max(estimate - reach, -1.0), "ci_high": min(estimate + reach, 1.0)}
    return pd.DataFrame([row])


def _linearised(statistic, places, estimate, categories, level, closeness) -> np.ndarray:
    """Return what each unit adds to the deviation of a coefficient."""
    k = len(categories)
    if statistic == "krippendorff_alpha":
        return _alpha_values(places, k, categories, level)
    weights = closeness_weights(categories, closeness)
    if statistic == "cohen_kappa":
        return _cohen_values(places, k, weights)
    counts = _counts(places, k)
    m = counts.sum(axis=1)
    paired = m > 1
    agreeing = (counts * (counts @ weights - 1)).sum(axis=1) / np.where(paired, m * (m - 1), 1)
    shares = (counts / m[:, None]).mean(axis=0)
    chance, slope = _chance(statistic, shares, weights, k)
    n_paired = len(m) / paired.sum()
    of_unit = n_paired * (agreeing - chance) * paired / (1 - chance)
    return (
        of_unit
        - estimate
        - 2
        * (1 - estimate)
        * ((counts @ slope) / m - chance)
        / (1 - chance)
        * (statistic not in ("percent_agreement", "brennan_prediger"))
    )


def _counts(places: np.ndarray, k: int) -> np.ndarray:
    return (places[:, :, None] == np.arange(k)).sum(axis=1).astype(float)


def _chance(statistic: str, shares: np.ndarray, weights: np.ndarray, k: int) -> tuple[float, np.ndarray]:
    """Return agreement by chance, and what a rating of each category adds to it."""
    if statistic == "gwet_ac1":
        scale = weights.sum() / (k * (k - 1))
        return float(scale * (shares * (1 - shares)).sum()), scale * (1 - shares)
    if statistic == "fleiss_kappa":
        return float(shares @ weights @ shares), (weights @ shares + weights.T @ shares) / 2
    chance = weights.sum() / k**2 if statistic == "brennan_prediger" else 0.0
    return float(chance), np.zeros(k)


def _cohen_values(places: np.ndarray, k: int, weights: np.ndarray) -> np.ndarray:
    first, second = places.T
    rows, columns = (np.bincount(each, minlength=k) / len(places) for each in (first, second))
    chance = rows @ weights @ columns
    observed = weights[first, second].mean()
    near = (weights @ columns)[first] + (rows @ weights)[second]
    change = (weights[first, second] - observed) * (1 - chance) - (1 - observed) * (near - 2 * chance)
    return change / (1 - chance) ** 2


def _alpha_values(places, k: int, categories: Sequence, level: Level) -> np.ndarray:
    """Return the values of Krippendorff's alpha: its distances as weights, without its correction for n."""
    counts = _counts(places, k)
    m = counts.sum(axis=1)
    total, mean = m.sum(), m.mean()
    shares = counts.sum(axis=0) / total
    away = distances(shares * total, np.asarray(categories, dtype=object), level)
    weights = 1 - away / away.max()
    agreeing = (counts * (counts @ weights - 1)).sum(axis=1) / (m - 1)
    agreed, chance = agreeing.sum() / total, shares @ weights @ shares
    of_unit = (agreeing - agreed * m) / mean + agreed - chance
    by_chance = (counts @ (weights @ shares)) / mean - chance * m / mean
    alpha = (agreed - chance) / (1 - chance)
    return of_unit / (1 - chance) - alpha - 2 * (1 - alpha) * by_chance / (1 - chance)
