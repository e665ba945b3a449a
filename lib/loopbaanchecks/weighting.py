"""Weighted means and standard deviations beside unweighted ones.

A weight counts as in SPSS: as often as it says the respondent is there.  No standard error, interval or test
is given: those of SPSS take weights for numbers of people, and those of a sampling design need the design
(strata, clusters, how the weights were made), which a survey file does not hold.
"""

import numpy as np
import pandas as pd
from statsmodels.stats.weightstats import DescrStatsW

from expect import check_one_of

METHOD = "weights as frequencies: sum(w x) / sum(w); SD over sum(w) - ddof; no variance of the design"


def weighted_rows(
    rows: pd.DataFrame, responses: pd.DataFrame, weights: pd.Series, *, ddof: int
) -> pd.DataFrame:
    """Compute means and SDs, weighted and unweighted, over the same respondents.

    Parameters
    ----------
    rows : pandas.DataFrame
        Column `item`: columns of the responses; one that is not there has no answers.
    responses : pandas.DataFrame
        Numeric columns, one respondent per row, missing as NA.
    weights : pandas.Series
        By the index of `responses`, zero or more; who has zero is left out.
    ddof : {0, 1}
        The SD divides by n - ddof, or by the sum of the weights - ddof.

    Returns
    -------
    pandas.DataFrame
        Index of `rows`; `n` (respondents, unweighted: what disclosure is judged by), `n_missing`,
        `weight_sum`, `n_effective` (Kish: the sum squared over the sum of squares), `mean_unweighted`,
        `sd_unweighted`, `mean_weighted`, `sd_weighted` (NaN without answers, or a divisor of zero or less),
        `method`.

    Raises
    ------
    ValueError
        If a respondent has no weight, or one below zero.

    Notes
    -----
    Through `statsmodels.stats.weightstats.DescrStatsW`.  Checked against PSPP 1.6.2, DESCRIPTIVES with and
    without WEIGHT: tests/study/test_weighting.py.

    Examples
    --------
    >>> answers = pd.DataFrame({"a": [1, 3, None]})
    >>> rows = pd.DataFrame({"item": ["a"]})
    >>> done = weighted_rows(rows, answers, pd.Series([3.0, 1.0, 2.0]), ddof=1)
    >>> done[["n", "weight_sum", "mean_unweighted", "mean_weighted", "sd_weighted"]].to_dict("records")
    [{'n': 2, 'weight_sum': 4.0, 'mean_unweighted': 2.0, 'mean_weighted': 1.5, 'sd_weighted': 1.0}]
    """
    check_one_of("ddof", ddof, (0, 1))
    numbers = weights.reindex(responses.index).to_numpy(dtype=float, na_value=np.nan)
    if not (numbers >= 0).all():
        odd = numbers[~(numbers >= 0)][0]
        raise ValueError(f"weights: expected a number of zero or more for every respondent; found {odd}")
    inside, counted = responses[numbers > 0], numbers[numbers > 0]
    nobody = pd.Series(pd.NA, index=inside.index, dtype="Float64")
    moments = [_moments(inside.get(item, nobody), counted, ddof) for item in rows["item"]]
    columns = ["n", "n_missing", "weight_sum", "n_effective"]
    columns += ["mean_unweighted", "sd_unweighted", "mean_weighted", "sd_weighted"]
    return pd.DataFrame(moments, columns=columns, index=rows.index).assign(method=METHOD)


def _moments(answers: pd.Series, weights: np.ndarray, ddof: int) -> dict[str, float]:
    values = answers.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    here = ~np.isnan(values)
    values, weights = values[here], weights[here]
    total = float(weights.sum())
    row = {"n": len(values), "n_missing": int((~here).sum()), "weight_sum": total}
    row["n_effective"] = total**2 / float((weights**2).sum()) if len(values) else 0.0
    for name, counted in (("unweighted", np.ones_like(weights)), ("weighted", weights)):
        known = DescrStatsW(values, weights=counted, ddof=ddof) if len(values) else None
        spread = known is not None and counted.sum() > ddof
        row[f"mean_{name}"] = float(known.mean) if known else np.nan
        row[f"sd_{name}"] = float(known.std) if spread else np.nan
    return row
