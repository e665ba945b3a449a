"""Which assumption of a model matters most: variance shares (Sobol) and one parameter at a time (tornado)."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from SALib.analyze import sobol as analyse
from SALib.sample import sobol as sample

from expect import check_between, settled
from loopbaanchecks.pilots.parameters import ranges_by_name

Model = Callable[[Mapping[str, np.ndarray], int], np.ndarray]


def _moving(numbers: pd.DataFrame) -> pd.DataFrame:
    moving = numbers[numbers["low"] < numbers["high"]]
    if moving.empty:
        raise ValueError("parameters: expected at least one with low < high; found none")
    return moving


def sobol_indices(
    table: pd.DataFrame, model: Model, *, samples: int, confidence: float, seed: int
) -> pd.DataFrame:
    """Return how much of the variance of an outcome each parameter accounts for.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `name`, `value`, `low`, `high`; each parameter is uniform between its ends, and stays at its
        value where they are equal.
    model : callable
        (name -> array, number of rows) -> array: the outcome without chance, one number per row.
    samples : int
        Base samples, a power of 2; the model runs samples * (moving parameters + 2) times.
    confidence : float
        Level of the bootstrap intervals.
    seed : int
        Of the samples and the bootstrap.

    Returns
    -------
    pandas.DataFrame
        One row per moving parameter, largest total first: `name`, `first` (share of the variance by itself),
        `first_margin`, `total` (with all interactions), `total_margin` (half widths of the intervals).

    Raises
    ------
    ValueError
        If a column is absent, low and high are not in order, nothing moves, `samples` is not a power of 2,
        or the outcome does not vary.

    Notes
    -----
    Source: Saltelli et al. (2010), doi 10.1016/j.cpc.2009.09.018, through SALib.
    Checked against the closed form for the function of Ishigami and Homma (1990) in the tests.

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["a", "b"], "value": 0.5, "low": 0.0, "high": [1.0, 2.0]})
    >>> shares = sobol_indices(
    ...     table, lambda v, rows: v["a"] + v["b"], samples=512, confidence=0.95, seed=1
    ... )
    >>> shares.set_index("name")["first"].round(2).to_dict()
    {'b': 0.8, 'a': 0.2}
    """
    check_between(confidence=confidence)
    if samples < 2 or samples & (samples - 1):
        raise ValueError(f"samples: expected a power of 2; found {samples}")
    numbers = ranges_by_name(table)
    moving = _moving(numbers)
    problem = {
        "num_vars": len(moving),
        "names": list(moving.index),
        "bounds": moving[["low", "high"]].to_numpy(),
    }
    draws = sample.sample(problem, samples, calc_second_order=False, seed=seed)
    values = {name: np.full(len(draws), value) for name, value in numbers["value"].items()}
    values |= {name: draws[:, i] for i, name in enumerate(moving.index)}
    outcome = settled(model(values, len(draws)))
    if np.ptp(outcome) == 0:
        raise ValueError("model: expected an outcome that varies; found one value only")
    indices = analyse.analyze(problem, outcome, calc_second_order=False, conf_level=confidence, seed=seed)
    columns = {"first": "S1", "first_margin": "S1_conf", "total": "ST", "total_margin": "ST_conf"}
    frame = pd.DataFrame(
        {"name": moving.index, **{name: settled(indices[key]) for name, key in columns.items()}}
    )
    return frame.sort_values("total", ascending=False, kind="stable", ignore_index=True)


def one_at_a_time(table: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return the outcome at both ends of each parameter, the others at their value.

    Parameters
    ----------
    table, model
        As in `sobol_indices`.

    Returns
    -------
    pandas.DataFrame
        One row per moving parameter, widest first: `name`, `low`, `high` (its ends), `outcome_low`,
        `outcome_high` (at those ends), `outcome` (at all values).

    Raises
    ------
    ValueError
        As in `sobol_indices`, for the table.

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["a", "b"], "value": 0.5, "low": 0.0, "high": [1.0, 2.0]})
    >>> ends = one_at_a_time(table, lambda v, rows: v["a"] * v["b"])
    >>> ends[["name", "outcome_low", "outcome_high"]].values.tolist()
    [['b', 0.0, 1.0], ['a', 0.0, 0.5]]
    """
    numbers = ranges_by_name(table)
    moving = _moving(numbers)
    rows = 2 * len(moving) + 1
    values = {name: np.full(rows, value) for name, value in numbers["value"].items()}
    for i, (name, row) in enumerate(moving.iterrows()):
        values[name][2 * i : 2 * i + 2] = row["low"], row["high"]
    outcome = settled(model(values, rows))
    frame = moving[["low", "high"]].rename_axis("name").reset_index()
    frame = frame.assign(outcome_low=outcome[:-1:2], outcome_high=outcome[1::2], outcome=outcome[-1])
    width = settled((frame["outcome_high"] - frame["outcome_low"]).abs())
    return frame.loc[width.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)
