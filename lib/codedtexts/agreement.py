"""Agreement per code and overall, with intervals over interviews."""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import get_args

import numpy as np
import pandas as pd

from codedtexts.closedform import closed_form_interval
from codedtexts.closeness import Closeness
from codedtexts.coefficients import (
    CoefficientName,
    Level,
    coefficient,
    cohen_kappa,
    positions,
    unit_weights,
)
from codedtexts.units import Unit, run_lengths
from expect import check_between, check_one_of, check_sizes

SUMS_AT_ONCE = 4_000_000  # numbers held while resampling


def _percentiles(
    sums: np.ndarray, estimate: Callable, *, resamples: int, confidence: float, rng: np.random.Generator
) -> tuple[float, float, str]:
    """Return the percentile interval over resampled interviews (rows of sums), and how it was made."""
    sums = sums[(sums != 0).any(axis=1)]
    n = len(sums)
    if n < 2:
        return np.nan, np.nan, f"no interval from {n} interviews"
    draws = rng.multinomial(n, np.full(n, 1 / n), size=resamples)
    parts = np.array_split(draws, -(-resamples * sums.shape[1] // SUMS_AT_ONCE))
    values = np.concatenate([estimate(part @ sums) for part in parts])
    undefined = np.isnan(values)
    method = f"percentile, {resamples} resamples of {n} interviews, {undefined.sum()} undefined"
    if undefined.all():
        return np.nan, np.nan, method
    low, high = np.quantile(values[~undefined], [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high), method


def bootstrap_interval(
    ratings,
    *,
    statistic: CoefficientName,
    categories: Sequence,
    clusters,
    resamples: int,
    confidence: float,
    rng: np.random.Generator,
    level: Level | None = None,
    weights=None,
    closeness: Closeness = "identity",
) -> pd.DataFrame:
    """Return a statistic with a bootstrap interval over interviews.

    Parameters
    ----------
    ratings, categories, weights, closeness
        As in `percent_agreement`.
    statistic : str
        The function of `codedtexts` that gives the estimate, such as "gwet_ac1".
    clusters : array-like, shape (units,)
        The interview of each unit.  Interviews are resampled whole, with replacement; those that add
        nothing to the statistic (mostly because no unit has two ratings) are not resampled.
    resamples : int
        Number of resamples.
    confidence : float
        Confidence level of the percentile interval.
    rng : numpy.random.Generator
        Source of randomness.
    level : str, optional
        As in `krippendorff_alpha`, which needs it.

    Returns
    -------
    pandas.DataFrame
        One row: `estimate`, `ci_low`, `ci_high` (NaN from fewer than two interviews), `n` (units with two
        or more ratings; characters if weighted), `n_missing` (the other units), `method`, which counts the
        resamples in which the statistic is undefined: these are left out of the interval.

    Raises
    ------
    ValueError
        As the statistic does, or if a unit has no cluster, resamples is not a whole number of at least 1, or
        confidence is not between 0 and 1.

    Notes
    -----
    Source: Field and Welsh (2007), doi 10.1111/j.1467-9868.2007.00593.x (cluster bootstrap); Efron and
    Tibshirani (1993), chapter 13 (percentiles).  With a dozen interviews it is somewhat too narrow.

    Examples
    --------
    >>> bootstrap_interval(
    ...     [[1, 1], [0, 0], [1, 0], [0, 0]], statistic="percent_agreement", categories=[0, 1],
    ...     clusters=["a", "b", "c", "d"], resamples=999, confidence=0.95, rng=np.random.default_rng(1),
    ... )["estimate"].item()
    0.75
    """
    check_between(confidence=confidence)
    check_sizes(resamples, name="resamples")
    chosen = coefficient(statistic, categories, level, closeness)
    places, k = positions(ratings, categories, statistic), len(categories)
    weights, labels = unit_weights(weights, len(places)), pd.Series(clusters)
    if len(labels) != len(weights) or labels.isna().any():
        raise ValueError(f"clusters: expected one for each of the {len(weights)} units; found others")
    interviews = pd.Series(range(len(labels))).groupby(labels.to_numpy()).indices.values()
    sums = np.array([chosen.sums(places[rows], weights[rows], k) for rows in interviews or [[]]])
    low, high, method = _percentiles(
        sums, chosen.estimate, resamples=resamples, confidence=confidence, rng=rng
    )
    paired = (places >= 0).sum(axis=1) > 1
    row = {"estimate": float(chosen.estimate(sums.sum(axis=0))), "ci_low": low, "ci_high": high}
    row |= {"n": int(weights @ paired), "n_missing": int(weights @ ~paired)}
    name = f"{statistic}, {level}" if statistic == "krippendorff_alpha" else statistic
    name += "" if closeness == "identity" else f", {closeness} weights"
    return pd.DataFrame([row | {"method": f"{name}; {method}"}])


def agreement_table(
    ratings_by_code: Mapping[str, pd.DataFrame],
    *,
    unit: Unit,
    categories: Sequence,
    level: Level,
    resamples: int,
    confidence: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return every statistic per code and overall, with intervals over interviews.

    Parameters
    ----------
    ratings_by_code : mapping of str to pandas.DataFrame
        For each code the ratings that `codedtexts.ratings_by_code` returns: units × the same coders, indexed
        by `source`, `start`, `end`.
    unit : {"interview", "paragraph", "character"}
        What the rows are.  Only characters are weighted, by the length of their run.
    categories, level, resamples, confidence, rng
        As in `bootstrap_interval`; the level is that of Krippendorff's alpha.

    Returns
    -------
    pandas.DataFrame
        One row per code and statistic: `code` (NA for overall, which comes last), `unit`, `statistic`,
        `estimate`, `ci_low`, `ci_high`, `closed_low`, `closed_high` (over units, in closed form; NA for
        characters), `n`, `n_missing`, `method`.  Overall counts every unit once for every code, so n adds up
        over codes.  With more than two coders there is no Cohen's kappa: see `pairwise_kappa`.

    Raises
    ------
    ValueError
        As `bootstrap_interval` does, or if there is no code, the unit is unknown, the coders differ between
        codes, or the index is not `source`, `start`, `end`.

    Examples
    --------
    >>> at = pd.MultiIndex.from_tuples([("i", 0, 5), ("j", 0, 9)], names=["source", "start", "end"])
    >>> ratings = pd.DataFrame({"A": [1, 0], "B": [1, 1]}, index=at)
    >>> table = agreement_table(
    ...     {"c": ratings}, unit="interview", categories=[0, 1], level="nominal", resamples=99,
    ...     confidence=0.95, rng=np.random.default_rng(1),
    ... )
    >>> table[["statistic", "estimate", "n"]].to_numpy()[:2].tolist()
    [['percent_agreement', 0.5, 2], ['cohen_kappa', 0.0, 2]]
    """
    check_one_of("unit", unit, get_args(Unit))
    _check_alike(ratings_by_code)
    rows = []
    for code, ratings in [*ratings_by_code.items(), (None, pd.concat(ratings_by_code.values()))]:
        for statistic in get_args(CoefficientName):
            if statistic == "cohen_kappa" and ratings.shape[1] != 2:
                continue
            row = bootstrap_interval(
                ratings,
                statistic=statistic,
                categories=categories,
                clusters=ratings.index.get_level_values("source"),
                resamples=resamples,
                confidence=confidence,
                rng=rng,
                level=level,
                weights=run_lengths(ratings) if unit == "character" else None,
            )
            low, high = _closed(ratings, statistic, unit, categories, level, confidence)
            row = row.assign(code=code, unit=unit, statistic=statistic, closed_low=low, closed_high=high)
            rows.append(row)
    table = pd.concat(rows, ignore_index=True).astype({"code": "string"})
    bounds = ["ci_low", "ci_high", "closed_low", "closed_high"]
    return table[["code", "unit", "statistic", "estimate", *bounds, "n", "n_missing", "method"]]


def _closed(ratings, statistic, unit, categories, level, confidence) -> tuple[float, float]:
    if unit == "character":
        return np.nan, np.nan
    level = level if statistic == "krippendorff_alpha" else None
    found = closed_form_interval(
        ratings, statistic=statistic, categories=categories, confidence=confidence, level=level
    )
    return found["ci_low"].item(), found["ci_high"].item()


def pairwise_kappa(ratings_by_code: Mapping[str, pd.DataFrame], *, categories: Sequence) -> pd.DataFrame:
    """Return Cohen's kappa of every two coders, per code.

    Parameters
    ----------
    ratings_by_code, categories
        As in `agreement_table`.

    Returns
    -------
    pandas.DataFrame
        One row per code and pair: `code`, `first`, `second`, `estimate` (NaN without variation), `n` (units
        that both rated).

    Examples
    --------
    >>> ratings = pd.DataFrame({"A": [1, 0, 1], "B": [1, 0, 0], "C": [1, 0, 1]})
    >>> pairwise_kappa({"c": ratings}, categories=[0, 1])["estimate"].round(2).tolist()
    [0.4, 1.0, 0.4]
    """
    rows = []
    for code, ratings in ratings_by_code.items():
        for first, second in combinations(ratings.columns, 2):
            pair = ratings[[first, second]].dropna()
            kappa = cohen_kappa(pair, categories=categories) if len(pair) else np.nan
            rows.append((code, first, second, kappa, len(pair)))
    return pd.DataFrame(rows, columns=["code", "first", "second", "estimate", "n"])


def disagreements(ratings_by_code: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the units that the coders rated differently, with the rating of each.

    Parameters
    ----------
    ratings_by_code : mapping of str to pandas.DataFrame
        As in `agreement_table`.

    Returns
    -------
    pandas.DataFrame
        `code`, `source`, `start`, `end`, and a column per coder (NaN where a coder did not rate the unit).

    Examples
    --------
    >>> at = pd.MultiIndex.from_tuples([("i", 0, 5), ("i", 6, 9)], names=["source", "start", "end"])
    >>> disagreements({"c": pd.DataFrame({"A": [1, 0], "B": [1, 1]}, index=at)}).to_numpy().tolist()
    [['c', 'i', 6, 9, 0, 1]]
    """
    differ = {
        code: ratings[ratings.max(axis=1) > ratings.min(axis=1)] for code, ratings in ratings_by_code.items()
    }
    return pd.concat(differ, names=["code"]).reset_index()


def _check_alike(ratings_by_code: Mapping[str, pd.DataFrame]) -> None:
    """Raise unless every code has ratings of the same coders, indexed by spans."""
    if not ratings_by_code:
        raise ValueError("ratings_by_code: expected one code or more; found none")
    coders = list(next(iter(ratings_by_code.values())).columns)
    for code, ratings in ratings_by_code.items():
        if list(ratings.columns) != coders:
            raise ValueError(f"{code}: expected coders {coders}; found {list(ratings.columns)}")
        if list(ratings.index.names) != ["source", "start", "end"]:
            raise ValueError(
                f"{code}: expected index ['source', 'start', 'end']; found {list(ratings.index.names)}"
            )
