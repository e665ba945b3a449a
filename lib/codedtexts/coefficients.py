"""Agreement between coders as one number: percent, kappa, alpha, AC1.

Ratings are an array units × coders with a list of categories, missing as NA, and a weight per unit.  Every
coefficient is a function of sums over units, so that a bootstrap over interviews adds up the sums of each
interview and never revisits the units.
"""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
import pandas as pd

from codedtexts.closeness import Closeness, closeness_weights
from expect import check_one_of, check_sizes

Level = Literal["nominal", "ordinal", "interval", "ratio"]
CoefficientName = Literal[
    "percent_agreement",
    "cohen_kappa",
    "fleiss_kappa",
    "krippendorff_alpha",
    "gwet_ac1",
    "brennan_prediger",
]


class Coefficient(NamedTuple):
    """A statistic in two steps: sums over units, and the estimate from (sums of) those."""

    sums: Callable[[np.ndarray, np.ndarray, int], np.ndarray]
    estimate: Callable[[np.ndarray], np.ndarray]


def positions(ratings, categories: Sequence, statistic: CoefficientName) -> np.ndarray:
    """Return the position of every rating in the categories, -1 for missing (units × coders).

    Raises
    ------
    ValueError
        If a rating is not one of the categories, these are fewer than two or repeated, or the statistic is
        not for this many coders.
    """
    index = pd.Index(list(categories), dtype=object)
    if len(index) < 2 or not index.is_unique or index.hasnans:
        raise ValueError(f"categories: expected two or more different values; found {list(categories)!r}")
    frame = pd.DataFrame(ratings)
    coders = frame.shape[1]
    if coders < 2 or (statistic == "cohen_kappa" and coders != 2):
        expected = "two coders" if statistic == "cohen_kappa" else "two or more coders"
        raise ValueError(f"ratings: expected {expected} as columns for {statistic}; found {coders}")
    values = frame.to_numpy(dtype=object)
    places = index.get_indexer(values.ravel()).reshape(values.shape)
    unknown = (places < 0) & frame.notna().to_numpy()
    if unknown.any():
        row, column = np.argwhere(unknown)[0]
        raise ValueError(
            f"ratings: expected one of {list(categories)!r}; found {values[row, column]!r} "
            f"at unit {frame.index[row]}, coder {frame.columns[column]}"
        )
    return places


def unit_weights(weights, units: int) -> np.ndarray:
    """Return a weight for every unit, 1 where there are none.

    Raises
    ------
    ValueError
        If weights are not whole numbers of 0 or more, one per unit.
    """
    weights = np.ones(units) if weights is None else np.asarray(weights, dtype=float)
    if weights.shape != (units,):
        raise ValueError(f"weights: expected one for each of the {units} units; found shape {weights.shape}")
    check_sizes(weights, name="weights", least=0)
    return weights


def coefficient(
    statistic: CoefficientName,
    categories: Sequence,
    level: Level | None,
    closeness: Closeness = "identity",
) -> Coefficient:
    """Return a statistic by its name; only Krippendorff's alpha has a level, and only it has no closeness.

    Raises
    ------
    ValueError
        If the statistic is unknown, or the categories do not suit the level or the weights.
    """
    check_one_of("statistic", statistic, get_args(CoefficientName))
    if statistic == "krippendorff_alpha":
        values = _numbers(categories, level)
        return Coefficient(_coincidence_sums, lambda sums: _krippendorff(sums, values, level))
    near = closeness_weights(categories, closeness)
    if statistic == "cohen_kappa":
        return Coefficient(_crossing_sums, lambda sums: _cohen(sums, near))
    estimate = {
        "percent_agreement": lambda sums: _percent(sums),
        "fleiss_kappa": lambda sums: _fleiss(sums, near),
        "gwet_ac1": lambda sums: _gwet(sums, near),
        "brennan_prediger": lambda sums: _above_chance(sums, near.sum() / near.size),
    }[statistic]
    return Coefficient(lambda places, weights, k: _agreement_sums(places, weights, near), estimate)


def _numbers(categories: Sequence, level: Level | None) -> np.ndarray:
    """Return the categories as numbers where the level needs them, else their order."""
    check_one_of("level", level, get_args(Level))
    if level in ("nominal", "ordinal"):
        return np.arange(len(categories), dtype=float)
    numeric = all(isinstance(value, int | float | np.number) for value in categories)
    if not numeric or (level == "ratio" and min(categories) < 0):
        kind = "numbers" if level == "interval" else "numbers of 0 or more"
        raise ValueError(f"categories: expected {kind} at level {level}; found {list(categories)!r}")
    return np.asarray(categories, dtype=float)


# --- sums over units, and the estimates that follow from them --------------------------------------


def _agreement_sums(positions: np.ndarray, weights: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Return the sum of shares of agreeing pairs, the number of paired units, and shares per category."""
    counts = (positions[:, :, None] == np.arange(len(near))).sum(axis=1).astype(float)
    m = counts.sum(axis=1)
    agreeing = (counts * (counts @ near - 1)).sum(axis=1) / np.where(m > 1, m * (m - 1), 1)
    shares = counts / np.maximum(m, 1)[:, None]
    return np.concatenate([[weights @ agreeing, weights @ (m > 1)], weights @ shares])


def _coincidence_sums(positions: np.ndarray, weights: np.ndarray, k: int) -> np.ndarray:
    """Return Krippendorff's coincidences o_ck, flat."""
    counts = (positions[:, :, None] == np.arange(k)).sum(axis=1).astype(float)
    m = counts.sum(axis=1)
    counts, scale = counts[m > 1], (weights[m > 1] / (m[m > 1] - 1))[:, None]
    return ((counts * scale).T @ counts - np.diag((counts * scale).sum(axis=0))).ravel()


def _crossing_sums(positions: np.ndarray, weights: np.ndarray, k: int) -> np.ndarray:
    """Return the table of the first coder by the second, flat."""
    both = (positions >= 0).all(axis=1)
    cells = positions[both, 0] * k + positions[both, 1]
    return np.bincount(cells, weights[both], minlength=k * k).astype(float)


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Divide, with NaN where the denominator is 0."""
    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    out = np.full(numerator.shape, np.nan)
    return np.divide(numerator, denominator, out=out, where=denominator != 0)


def _square(sums: np.ndarray) -> np.ndarray:
    """Return flat sums as categories × categories."""
    k = round(sums.shape[-1] ** 0.5)
    return sums.reshape(*sums.shape[:-1], k, k)


def _percent(sums: np.ndarray) -> np.ndarray:
    return _ratio(sums[..., 0], sums[..., 1])


def _above_chance(sums: np.ndarray, chance: np.ndarray | float) -> np.ndarray:
    """Return (p_a - p_e) / (1 - p_e)."""
    return _ratio(_percent(sums) - chance, 1 - np.asarray(chance))


def _fleiss(sums: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Return (P - P_e) / (1 - P_e), P_e from the mean shares."""
    shares = _ratio(sums[..., 2:], sums[..., 2:].sum(axis=-1, keepdims=True))
    several = (shares > 0).sum(axis=-1) > 1  # rounding may keep 1 - P_e from being 0
    return _above_chance(sums, np.where(several, ((shares @ near) * shares).sum(axis=-1), 1))


def _gwet(sums: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Return (p_a - p_e) / (1 - p_e), p_e from the mean shares."""
    shares, k = _ratio(sums[..., 2:], sums[..., 2:].sum(axis=-1, keepdims=True)), len(near)
    return _above_chance(sums, near.sum() / (k * (k - 1)) * (shares * (1 - shares)).sum(axis=-1))


def _cohen(sums: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Return (p_o - p_e) / (1 - p_e), both times n squared."""
    table = _square(sums)
    n = table.sum(axis=(-2, -1))
    chance = ((table.sum(axis=-1) @ near) * table.sum(axis=-2)).sum(axis=-1)
    return _ratio(n * (table * near).sum(axis=(-2, -1)) - chance, n * n - chance)


def distances(margins: np.ndarray, values: np.ndarray, level: Level) -> np.ndarray:
    """Return Krippendorff's delta squared between categories; between their middle ranks when ordinal."""
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "ordinal":
        ranks = margins.cumsum(axis=-1) - margins / 2
        return (ranks[..., :, None] - ranks[..., None, :]) ** 2
    size = values[:, None] + values if level == "ratio" else np.ones((len(values), len(values)))
    return ((values[:, None] - values) / np.where(size == 0, 1, size)) ** 2


def _krippendorff(sums: np.ndarray, values: np.ndarray, level: Level) -> np.ndarray:
    """Return 1 - D_o / D_e."""
    table = _square(sums)
    margins = table.sum(axis=-1)
    away = distances(margins, values, level)
    observed = (table * away).sum(axis=(-2, -1)) * (margins.sum(axis=-1) - 1)
    expected = (margins[..., :, None] * margins[..., None, :] * away).sum(axis=(-2, -1))
    return 1 - _ratio(observed, expected)


def _estimate(
    statistic: CoefficientName,
    ratings,
    categories,
    weights,
    *,
    level: Level | None = None,
    closeness: Closeness = "identity",
) -> float:
    places = positions(ratings, categories, statistic)
    chosen = coefficient(statistic, categories, level, closeness)
    return float(chosen.estimate(chosen.sums(places, unit_weights(weights, len(places)), len(categories))))


def percent_agreement(
    ratings, *, categories: Sequence, weights=None, closeness: Closeness = "identity"
) -> float:
    """Return the mean over units of the share of pairs of coders that agree.

    Parameters
    ----------
    ratings : array-like or pandas.DataFrame, shape (units, coders)
        Values from the categories; NaN, None or NA where missing.
    categories : sequence
        Every value a coder could give, used or not.
    weights : array-like of int, shape (units,), optional
        How many times each unit counts (for runs of text: their characters); by default once.
    closeness : str, optional
        Credit for near agreement, see `closeness_weights`; by default only the same category counts.

    Returns
    -------
    float
        0-1; NaN if no unit has two ratings.  Units with one rating are left out.

    Raises
    ------
    ValueError
        If a rating is not one of the categories, categories are fewer than two or repeated, coders are
        fewer than two, or weights are not whole numbers of 0 or more, one per unit.

    Examples
    --------
    >>> percent_agreement([[1, 1], [0, 1], [1, None]], categories=[0, 1])
    0.5
    """
    return _estimate("percent_agreement", ratings, categories, weights, closeness=closeness)


def cohen_kappa(ratings, *, categories: Sequence, weights=None, closeness: Closeness = "identity") -> float:
    """Return Cohen's kappa of two coders; parameters and errors as in `percent_agreement`.

    Units with one rating are left out, from the margins too.  NaN if both coders gave one and the same
    category throughout, or share no unit.  Raises ValueError unless there are exactly two coders.

    Notes
    -----
    Source: Cohen (1960), doi 10.1177/001316446002000104: kappa = (p_o - p_e) / (1 - p_e) with
    p_e = sum_k p_k+ p_+k.  Checked against R psych 2.2.9 (tests/reference/agreement.csv) and statsmodels.

    Examples
    --------
    >>> cohen_kappa([[1, 1], [0, 1], [0, 0], [0, 0]], categories=[0, 1])
    0.5
    """
    return _estimate("cohen_kappa", ratings, categories, weights, closeness=closeness)


def fleiss_kappa(ratings, *, categories: Sequence, weights=None, closeness: Closeness = "identity") -> float:
    """Return Fleiss' kappa of two or more coders; parameters and errors as in `percent_agreement`.

    Units with one rating count towards the shares of the categories, not towards observed agreement.
    NaN if all ratings are one category, or no unit has two.

    Notes
    -----
    Source: Fleiss (1971), doi 10.1037/h0031619: kappa = (P - P_e) / (1 - P_e), P_e = sum_j p_j^2; with
    missing ratings as Gwet (2014), Handbook of inter-rater reliability, 4th edition.
    Checked against statsmodels and irrCAC 0.4.4 (Python): tests/reference/agreement.csv.

    Examples
    --------
    >>> round(fleiss_kappa([[1, 1, 1], [0, 0, 1], [0, 0, 0]], categories=[0, 1]), 4)
    0.55
    """
    return _estimate("fleiss_kappa", ratings, categories, weights, closeness=closeness)


def krippendorff_alpha(ratings, *, categories: Sequence, level: Level, weights=None) -> float:
    """Return Krippendorff's alpha of two or more coders; parameters and errors as in `percent_agreement`.

    At level ordinal the categories are in their order; at levels interval and ratio they are numbers (ratio:
    of 0 or more), or it raises ValueError.  Units with one rating are left out altogether.  NaN if all paired
    ratings are one category, or no unit has two.

    Notes
    -----
    Source: Krippendorff (2011), Computing Krippendorff's alpha-reliability:
    alpha = 1 - (n - 1) sum o_ck d2_ck / sum n_c n_k d2_ck with coincidences o_ck over units.
    Checked against krippendorff 0.9.0 (Python): tests/reference/agreement.csv.

    Examples
    --------
    >>> round(krippendorff_alpha([[1, 1], [1, 2], [3, 3]], categories=[1, 2, 3], level="interval"), 4)
    0.8276
    """
    return _estimate("krippendorff_alpha", ratings, categories, weights, level=level)


def gwet_ac1(ratings, *, categories: Sequence, weights=None, closeness: Closeness = "identity") -> float:
    """Return Gwet's AC1 of two or more coders; parameters and errors as in `percent_agreement`.

    With a closeness it is AC2.  The number of categories changes it, even if one is never used.  Units with
    one rating count towards the shares of the categories, not towards observed agreement.  NaN if no unit has
    two.

    Notes
    -----
    Source: Gwet (2008), doi 10.1348/000711006X126600: AC1 = (p_a - p_e) / (1 - p_e),
    p_e = sum_k p_k (1 - p_k) / (q - 1).  Checked against irrCAC 0.4.4 (Python): tests/reference.

    Examples
    --------
    >>> gwet_ac1([[1, 1], [1, 1], [1, None]], categories=[0, 1])
    1.0
    """
    return _estimate("gwet_ac1", ratings, categories, weights, closeness=closeness)


def brennan_prediger(
    ratings, *, categories: Sequence, weights=None, closeness: Closeness = "identity"
) -> float:
    """Return Brennan and Prediger's coefficient; parameters and errors as in `percent_agreement`.

    By chance every category is equally likely.  NaN if no unit has two ratings.

    Notes
    -----
    Source: Brennan and Prediger (1981), doi 10.1177/001316448104100307: (p_a - 1/q) / (1 - 1/q).  Checked
    against irrCAC 0.4.4 (Python): tests/reference.

    Examples
    --------
    >>> brennan_prediger([[1, 1], [0, 0], [1, 0], [0, 0]], categories=[0, 1])
    0.5
    """
    return _estimate("brennan_prediger", ratings, categories, weights, closeness=closeness)
