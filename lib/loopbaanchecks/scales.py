"""Scales: scores of respondents, Cronbach's alpha and corrected item-total correlations.

Alpha and item-total correlations describe how items hang together.  Printed means and standard deviations
do not tell that, so both are for observed answers, never for simulated ones.
"""

import itertools
import math

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from expect import check_between


def score_scales(responses: pd.DataFrame, scales: pd.DataFrame, *, minimum_answered: int) -> pd.DataFrame:
    """Score scales as the mean of the answered items.

    Parameters
    ----------
    responses : pandas.DataFrame
        Numeric items, one row per respondent, missing as NA.
    scales : pandas.DataFrame
        Columns `scale` and `item`, one row per item of a scale.
    minimum_answered : int
        Items that a respondent must have answered to get a score; fewer give NA.

    Returns
    -------
    pandas.DataFrame
        One Float64 column per scale, in the order of `scales`; the index of `responses`.

    Raises
    ------
    ValueError
        If an item is not in the responses or listed twice, `minimum_answered` is below 1, or a scale has
        fewer items than that.

    Examples
    --------
    >>> answers = pd.DataFrame({"a": [1, 2, None], "b": [3, None, None]}, dtype="Int64")
    >>> scales = pd.DataFrame({"scale": ["s", "s"], "item": ["a", "b"]})
    >>> score_scales(answers, scales, minimum_answered=1)["s"].tolist()
    [2.0, 2.0, <NA>]
    """
    absent = sorted(set(scales["item"]) - set(responses.columns))
    if absent:
        raise ValueError(f"scales: expected items of the responses; found {', '.join(absent)}")
    twice = scales[scales.duplicated(["scale", "item"])]
    if len(twice):
        raise ValueError(f"scales: expected every item once per scale; found {twice['item'].iloc[0]!r} twice")
    if minimum_answered < 1:
        raise ValueError(f"minimum_answered: expected at least 1; found {minimum_answered}")
    scores = {}
    for name, group in scales.groupby("scale", sort=False):
        if len(group) < minimum_answered:
            raise ValueError(
                f"minimum_answered: expected at most {len(group)}, the items of {name}; "
                f"found {minimum_answered}"
            )
        items = responses[list(group["item"])].astype("Float64")
        scores[name] = items.mean(axis=1).where(items.notna().sum(axis=1) >= minimum_answered)
    return pd.DataFrame(scores, index=responses.index, dtype="Float64")


def cronbach_alpha(items: pd.DataFrame) -> pd.DataFrame:
    """Compute Cronbach's alpha over the respondents who answered every item.

    Parameters
    ----------
    items : pandas.DataFrame
        Numeric items of one scale, at least two columns, missing as NA.

    Returns
    -------
    pandas.DataFrame
        One row: `estimate` (NaN with fewer than two complete respondents or no spread in the total), `n`
        (complete respondents), `n_missing` (the others), `n_items`, `method`.

    Raises
    ------
    ValueError
        If there are fewer than two items, or one is not numeric.

    Notes
    -----
    alpha = k / (k - 1) · (1 - sum of item variances / variance of the total), after Cronbach (1951),
    Psychometrika 16. Checked against PSPP 1.6.2, RELIABILITY: tests/reference/pspp.csv.

    Examples
    --------
    >>> answers = pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 3, 2, 4]})
    >>> cronbach_alpha(answers)[["estimate", "n"]].round(6).to_dict("records")
    [{'estimate': 0.888889, 'n': 4}]
    """
    complete, left_out = _complete(items)
    k = complete.shape[1]
    estimate = np.nan
    total = complete.sum(axis=1)
    if _varies(total):
        share = complete.var(axis=0, ddof=1).sum() / total.var(ddof=1)
        estimate = float(k / (k - 1) * (1 - share))
    row = {"estimate": estimate, "n": len(complete), "n_missing": left_out, "n_items": k}
    return pd.DataFrame([row | {"method": "Cronbach's alpha, listwise"}])


def corrected_item_total(items: pd.DataFrame) -> pd.DataFrame:
    """Correlate each item with the sum of the other items, over the respondents who answered all.

    Parameters
    ----------
    items
        As in `cronbach_alpha`.

    Returns
    -------
    pandas.DataFrame
        One row per item: `item`, `estimate` (Pearson; NaN where the item or the rest does not vary),
        `n` (complete respondents), `n_missing`, `method`.

    Raises
    ------
    ValueError
        As in `cronbach_alpha`.

    Notes
    -----
    Checked against PSPP 1.6.2, RELIABILITY /SUMMARY=TOTAL: tests/reference/pspp.csv.

    Examples
    --------
    >>> answers = pd.DataFrame({"a": [1, 2, 3], "b": [2, 4, 6], "c": [1, 1, 1]})
    >>> corrected_item_total(answers)["estimate"].round(6).tolist()
    [1.0, 1.0, nan]
    """
    complete, left_out = _complete(items)
    total = complete.sum(axis=1)
    rows = [
        {"item": name, "estimate": _correlation(column, total - column)}
        for name, column in zip(items.columns, complete.T, strict=True)
    ]
    counts = {"n": len(complete), "n_missing": left_out, "method": "corrected item-total, listwise"}
    return pd.DataFrame(rows).assign(**counts)


def scale_relations(first: pd.DataFrame, second: pd.DataFrame, *, confidence: float) -> pd.DataFrame:
    """Relate every column of one frame to every column of another by Spearman's rank correlation.

    Parameters
    ----------
    first, second : pandas.DataFrame
        Numeric columns over the same respondents, missing as NA; a pair uses who has both.
    confidence : float
        Simultaneous confidence level: each interval is at 1 - (1 - confidence) / number of pairs.

    Returns
    -------
    pandas.DataFrame
        One row per pair: `first`, `second`, `estimate`, `ci_low`, `ci_high`, `n`, `p`, `p_holm` (corrected
        for the number of pairs that could be tested), `method`.  NaN if a column does not vary or n < 4.

    Raises
    ------
    ValueError
        If the frames do not have the same index, or confidence is not between 0 and 1.

    Notes
    -----
    Interval by Fisher's z with standard error sqrt((1 + r^2 / 2) / (n - 3)): Bonett and Wright (2000),
    doi 10.1007/BF02294183.  Holm's correction through statsmodels.
    Checked against R 4.2.2 (cor.test, p.adjust): tests/reference/relations.csv.

    Examples
    --------
    >>> answers = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [2, 1, 4, 3, 5]})
    >>> scale_relations(answers[["a"]], answers[["b"]], confidence=0.95)["estimate"].round(2).item()
    0.8
    """
    if not first.index.equals(second.index):
        raise ValueError("second: expected the respondents of first, in the same order; found others")
    check_between(confidence=confidence)
    pairs = list(itertools.product(first.columns, second.columns))
    z = stats.norm.ppf(1 - (1 - confidence) / len(pairs) / 2) if pairs else 0.0
    rows = [(a, b, *_spearman(first[a], second[b], z)) for a, b in pairs]
    columns = ["first", "second", "estimate", "ci_low", "ci_high", "n", "p"]
    frame = pd.DataFrame(rows, columns=columns).assign(p_holm=np.nan, method="Spearman, simultaneous")
    tested = frame["p"].notna()
    if tested.any():
        frame.loc[tested, "p_holm"] = multipletests(frame.loc[tested, "p"], method="holm")[1]
    return frame


def _spearman(first: pd.Series, second: pd.Series, z: float) -> tuple[float, float, float, int, float]:
    """Return rho, the ends of its interval, n and p over the respondents with both."""
    both = pd.DataFrame({"a": first, "b": second}).astype("Float64").dropna().astype(float)
    if len(both) < 4 or not (_varies(both["a"].to_numpy()) and _varies(both["b"].to_numpy())):
        return (math.nan, math.nan, math.nan, len(both), math.nan)
    test = stats.spearmanr(both["a"], both["b"])
    rho = float(test.statistic)
    half = z * math.sqrt((1 + rho**2 / 2) / (len(both) - 3))
    middle = math.atanh(min(max(rho, -1 + 1e-12), 1 - 1e-12))
    return rho, math.tanh(middle - half), math.tanh(middle + half), len(both), float(test.pvalue)


def _complete(items: pd.DataFrame) -> tuple[np.ndarray, int]:
    """Return the complete rows as floats and the number of rows left out."""
    if items.shape[1] < 2:
        raise ValueError(f"items: expected at least two columns; found {items.shape[1]}")
    text = [str(name) for name in items if not pd.api.types.is_numeric_dtype(items[name])]
    if text:
        raise ValueError(f"items: expected numbers; found text in {', '.join(text)}")
    values = items.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    answered = ~np.isnan(values).any(axis=1)
    return values[answered], int((~answered).sum())


def _varies(values: np.ndarray) -> bool:
    """Say whether values differ at all: the computed variance of equal values need not be zero."""
    return len(values) > 1 and bool((values != values[0]).any())


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    if not (_varies(first) and _varies(second)):
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])
