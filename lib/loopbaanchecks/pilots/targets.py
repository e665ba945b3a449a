"""Which numbers reach a target: those that reproduce an enrolment, and how far a lever must go."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from expect import settled
from loopbaanchecks.pilots.flow import enrolment_chances, expected
from loopbaanchecks.pilots.parameters import Parameters

LEVERS = ("reach_per_week", "uptake", "end_weeks", "hours_per_week")

Reading = Literal["per_centre", "total"]


def calibrate(
    parameters: Parameters,
    *,
    reach: Sequence[float],
    uptake: Sequence[float],
    workforce: Sequence[float],
    target: tuple[float, float],
    reading: Reading,
) -> pd.DataFrame:
    """Find where on a grid the model reproduces a range of enrolment.

    Parameters
    ----------
    parameters : mapping
        As for `check_flow_parameters`, one number each; the three of the grid are replaced.
    reach, uptake, workforce : sequence of float
        Values of `reach_per_week`, `uptake` and `workforce_persons` (per centre).
    target : (float, float)
        Low and high, both included; persons.
    reading : {"per_centre", "total"}
        Whether the target is the mean of the centres or their sum.

    Returns
    -------
    DataFrame
        One row per combination: the three values, `expected_persons` (in that reading), `reproduces`
        (expectation within the target), `probability` of an enrolment within the target, `reading`,
        `evidence`.

    Raises
    ------
    ValueError
        As `check_flow_parameters`; if the reading is unknown or the target not ordered.

    Notes
    -----
    Enrolment per centre is binomial, so the sum has mean sum(N p) and variance sum(N p (1 - p)); the
    probability is normal with continuity correction, checked against `simulate` in the tests.
    """
    _check_target(target, reading)
    grid = [axis.ravel() for axis in np.meshgrid(reach, uptake, workforce, indexing="ij")]
    values = dict(zip(("reach_per_week", "uptake", "workforce_persons"), grid, strict=True))
    chances = enrolment_chances({**parameters, **values}, pilots=len(grid[0]))
    mean = sum(grid[2] * p for p in chances)
    variance = sum(grid[2] * (p * (1 - p)) for p in chances)
    parts = len(chances) if reading == "per_centre" else 1
    sd = np.sqrt(np.maximum(variance, np.finfo(float).tiny))
    low, high = (
        stats.norm.cdf((parts * end + half - mean) / sd)
        for end, half in zip(target, (-0.5, 0.5), strict=True)
    )
    frame = pd.DataFrame(values)
    frame["expected_persons"] = mean / parts
    frame["reproduces"] = settled(frame["expected_persons"]).between(*target)
    return frame.assign(probability=high - low, reading=reading, evidence="simulated")


def _check_target(target: tuple[float, float], reading: str) -> None:
    if reading not in ("per_centre", "total"):
        raise ValueError(f"reading: expected per_centre or total; found {reading!r}")
    if not 0 <= target[0] <= target[1]:
        raise ValueError(f"target: expected 0 <= low <= high; found {target}")


def required(
    parameters: Parameters,
    *,
    target: float,
    limits: Mapping[str, float],
    quantity: Literal["enrolled", "guided"],
) -> pd.DataFrame:
    """Return how far each lever alone must go for all centres together to reach a target.

    Parameters
    ----------
    parameters : mapping
        As for `check_flow_parameters`, one number each.
    target : float
        Persons, in all centres together.
    limits : mapping
        Lever (a name in `LEVERS`) -> the furthest it can go.
    quantity : {"enrolled", "guided"}
        Which persons are counted, by `expected`.

    Returns
    -------
    DataFrame
        One row per lever: `lever`, `now`, `needed` (NaN when out of reach), `persons_now`,
        `persons_at_limit`, `feasible`, `evidence`.

    Raises
    ------
    ValueError
        As `check_flow_parameters`; if a lever or the quantity is unknown, or a limit is below the present
        value.
    """
    if quantity not in ("enrolled", "guided"):
        raise ValueError(f"quantity: expected enrolled or guided; found {quantity!r}")

    def persons(lever: str, value: float) -> float:
        return settled(expected({**parameters, lever: value})[f"{quantity}_persons"].sum())

    rows = []
    for lever, limit in limits.items():
        if lever not in LEVERS:
            raise ValueError(f"limits: expected one of {', '.join(LEVERS)}; found {lever!r}")
        now = float(np.squeeze(parameters[lever]))
        if limit < now:
            raise ValueError(f"limits, {lever}: expected {now} (its present value) or more; found {limit}")
        low, high, most = 0.0, float(limit), persons(lever, limit)
        if persons(lever, low) >= target:
            high = low
        while most >= target and high - low > 1e-6 * limit:
            middle = (low + high) / 2
            low, high = (low, middle) if persons(lever, middle) >= target else (middle, high)
        rows.append(
            (lever, now, high if most >= target else np.nan, persons(lever, now), most, most >= target)
        )
    names = ["lever", "now", "needed", "persons_now", "persons_at_limit", "feasible"]
    return pd.DataFrame(rows, columns=names).assign(evidence="simulated")
