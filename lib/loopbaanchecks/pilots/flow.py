"""The weekly flow of each centre: who is reached, who enrols, who is guided, who takes which step.

Each week a centre reaches some who were not reached before, a share of whom enrol on the spot; guidance takes
hours, of which a week has a limited number; candidates who were guided may take four steps of career
behaviour and then a career step.  All numbers are parameters; none is in the code.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from loopbaanchecks.pilots.parameters import (
    AMOUNTS,
    PROBABILITIES,
    STEPS,
    Parameters,
    check_flow_parameters,
    delay_names,
)
from loopbaanchecks.pilots.segments import SEGMENTS

ROWS = 100_000  # centre-pilots at a time: keeps the arrays small; the draws depend on it


def _rates(v: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return share, weekly reach and uptake; each of shape (segments, ...)."""
    shares = [v[f"share_{name}"] for name in SEGMENTS[:-1]]
    reach = [v["reach_per_week"] * (1 + v["module_lift"] * v[f"modules_{name}"]) for name in SEGMENTS]
    ratios = [np.ones_like(v["uptake"]), *(v[f"uptake_ratio_{name}"] for name in SEGMENTS[1:])]
    share = np.array([*shares, np.maximum(1 - sum(shares), 0)])
    return share, np.minimum(np.array(reach), 1), np.minimum(v["uptake"] * np.array(ratios), 1)


def _broadcast(parameters: Parameters, size: int) -> dict[str, np.ndarray]:
    names = (*PROBABILITIES, *AMOUNTS, *delay_names(parameters))
    try:
        return {name: np.broadcast_to(np.asarray(parameters[name], float), (size,)) for name in names}
    except ValueError:
        lengths = {
            name: np.size(parameters[name]) for name in names if np.size(parameters[name]) not in (1, size)
        }
        raise ValueError(
            f"parameters: expected numbers or arrays of length {size}; found {lengths}"
        ) from None


def _weeks(v: Mapping[str, np.ndarray], delay: str) -> np.ndarray:
    return np.floor(np.maximum(v["end_weeks"] - v[delay], 0) + 1e-9).astype(int)


def simulate(parameters: Parameters, *, rng: np.random.Generator, pilots: int) -> pd.DataFrame:
    """Simulate the flow of every centre from start to end, many pilots at once.

    Parameters
    ----------
    parameters : mapping
        As for `check_flow_parameters`; arrays have one number per pilot.
    rng : Generator
        The only source of chance.
    pilots : int
        Number of pilots; each has as many centres as there are start delays.

    Returns
    -------
    DataFrame
        One row per pilot and centre: `pilot`, `centre`, `weeks`, `workforce_persons`, `reached_persons`,
        `enrolled_persons`, `enrolled_<segment>_persons`, `guidance_hours`, `guided_persons`,
        `waiting_persons` (enrolled, guidance not completed), a column per step of `STEPS`, `evidence`.

    Raises
    ------
    ValueError
        As `check_flow_parameters`; if an array has another length, or `pilots` is below 1.

    Notes
    -----
    Reaching someone takes a geometric number of weeks; enrolment follows at once or never.  So the numbers
    reached and enrolled are binomial, and the week of enrolment is drawn per candidate (truncated geometric,
    by inversion).  Hours go to all who wait, of any segment; a week's unused hours are lost.
    Checked against `expected` (closed form) and a person-by-person loop in the tests.
    """
    v = _prepare(parameters, pilots)
    step = max(ROWS // len(delay_names(parameters)), 1)
    parts = [_pilots(v, slice(start, start + step), rng) for start in range(0, pilots, step)]
    frame = pd.concat(parts).sort_values(["pilot", "centre"], kind="stable", ignore_index=True)
    mark = pd.Categorical.from_codes(np.zeros(len(frame), dtype=np.int8), categories=["simulated"])
    return frame.assign(evidence=mark)


def _prepare(parameters: Parameters, pilots: int) -> dict[str, np.ndarray]:
    if pilots < 1:
        raise ValueError(f"pilots: expected 1 or more; found {pilots}")
    check_flow_parameters(parameters)
    return _broadcast(parameters, pilots)


def _pilots(v: Mapping[str, np.ndarray], which: slice, rng: np.random.Generator) -> pd.DataFrame:
    delays = delay_names(v)
    part = {name: np.tile(array[which], len(delays)) for name, array in v.items()}
    weeks = np.concatenate([_weeks(v, name)[which] for name in delays])
    share, reach, uptake = _rates(part)
    workforce = np.rint(part["workforce_persons"]).astype(int)
    sizes = rng.multinomial(workforce, _chance(share).T).T
    reached = rng.binomial(sizes, _chance(1 - (1 - reach) ** weeks))
    enrolled = rng.binomial(reached, _chance(uptake))
    arrivals = sum(_by_week(n, r, weeks, rng) for n, r in zip(enrolled, reach, strict=True))
    hours = _hours_used(arrivals, part, weeks)
    pilot = np.arange(len(v["uptake"]))[which]
    columns = {
        "pilot": np.tile(pilot, len(delays)),
        "centre": np.repeat(np.arange(1, len(delays) + 1), len(pilot)),
    }
    columns |= {"weeks": weeks, "workforce_persons": workforce, "reached_persons": reached.sum(axis=0)}
    columns["enrolled_persons"] = enrolled.sum(axis=0)
    columns |= {f"enrolled_{name}_persons": n for name, n in zip(SEGMENTS, enrolled, strict=True)}
    columns["guidance_hours"] = hours
    guided = np.floor(columns["guidance_hours"] / part["hours_per_candidate"] + 1e-9).astype(int)
    columns["guided_persons"] = guided
    columns["waiting_persons"] = columns["enrolled_persons"] - guided
    for name in STEPS:
        guided = columns[f"{name}_persons"] = rng.binomial(guided, _chance(part[f"step_{name}"]))
    return pd.DataFrame(columns)


def _chance(share: np.ndarray) -> np.ndarray:
    """Return chances to twelve decimals: numpy draws in another way above 0.5, or where n p reaches 30."""
    return np.round(share, 12)


def _by_week(
    persons: np.ndarray, reach: np.ndarray, weeks: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Spread persons over the weeks in which they are reached; shape (longest, rows)."""
    with np.errstate(divide="ignore"):
        scale = np.log1p(-reach)
    row = np.repeat(np.arange(len(persons)), persons)
    within = (1 - (1 - reach) ** weeks)[row]
    week = np.floor(np.log1p(-rng.random(len(row)) * within) / scale[row]).astype(int)
    week = np.minimum(week, weeks[row] - 1)
    longest = int(weeks.max(initial=0))
    return np.bincount(week * len(persons) + row, minlength=longest * len(persons)).reshape(
        longest, len(persons)
    )


def _hours_used(arrivals: np.ndarray, v: Mapping[str, np.ndarray], weeks: np.ndarray) -> np.ndarray:
    """Return the hours that guidance took in all weeks together, per row; what a week leaves over is lost."""
    used = np.zeros(arrivals.shape)
    waiting = np.zeros(len(weeks))
    for week, new in enumerate(arrivals):
        waiting = waiting + new * v["hours_per_candidate"]
        used[week] = np.minimum(waiting, np.where(week < weeks, v["hours_per_week"], 0))
        waiting = waiting - used[week]
    return used.sum(axis=0)


def enrolment_chances(parameters: Parameters, *, pilots: int) -> np.ndarray:
    """Return the chance that a worker enrols before the end.

    Parameters
    ----------
    parameters, pilots
        As for `simulate`.

    Returns
    -------
    ndarray of shape (centres, pilots)
        Chances, 0 to 1.
    """
    v = _prepare(parameters, pilots)
    share, reach, uptake = _rates(v)
    return np.array(
        [(share * (1 - (1 - reach) ** _weeks(v, name)) * uptake).sum(axis=0) for name in delay_names(v)]
    )


def expected(parameters: Parameters) -> pd.DataFrame:
    """Return the expected flow per centre, in closed form; guidance flows evenly.

    Parameters
    ----------
    parameters : mapping
        As for `check_flow_parameters`, one number each.

    Returns
    -------
    DataFrame
        One row per centre: `centre`, `weeks`, `reached_persons`, `enrolled_persons`, `guidance_hours`,
        `guided_persons`, `evidence`.  Enrolment is binomial with exactly this mean.  Hours and persons guided
        are those of an even stream: never less than the mean of `simulate`, where chance leaves hours unused.

    Raises
    ------
    ValueError
        As `check_flow_parameters`; if a parameter is an array.
    """
    v = _prepare(parameters, 1)
    flows = [_expected_flow(v, delay) for delay in delay_names(v)]
    rows = [(centre, *(array[0] for array in flow)) for centre, flow in enumerate(flows, start=1)]
    names = ["centre", "weeks", "reached_persons", "enrolled_persons", "guidance_hours", "guided_persons"]
    return pd.DataFrame(rows, columns=names).assign(evidence="simulated")


def _expected_flow(v: Mapping[str, np.ndarray], delay: str) -> tuple[np.ndarray, ...]:
    """Return weeks, reached, enrolled, hours and guided of one centre; one number per pilot in each."""
    share, reach, uptake = _rates(v)
    weeks = _weeks(v, delay)
    week = np.arange(weeks.max(initial=0))[:, None]
    open_now = week < weeks
    first = [
        v["workforce_persons"] * n * r * (1 - r) ** week * open_now for n, r in zip(share, reach, strict=True)
    ]
    arrivals = sum(n * taken for n, taken in zip(first, uptake, strict=True))
    hours = _hours_used(arrivals, v, weeks)
    return weeks, sum(first).sum(axis=0), arrivals.sum(axis=0), hours, hours / v["hours_per_candidate"]


def expected_totals(parameters: Parameters, *, pilots: int) -> pd.DataFrame:
    """Return the expected flow of all centres together, for many pilots at once.

    Parameters
    ----------
    parameters : mapping
        As for `check_flow_parameters`; arrays have one number per pilot.
    pilots : int
        Number of pilots.

    Returns
    -------
    DataFrame
        One row per pilot: `reached_persons`, `enrolled_persons`, `guided_persons`, `helped_persons` (guided
        and expected to take all four steps of career behaviour), `evidence`.  As `expected`, summed.

    Raises
    ------
    ValueError
        As `simulate`.
    """
    v = _prepare(parameters, pilots)
    flows = [_expected_flow(v, delay) for delay in delay_names(v)]
    names = {"reached_persons": 1, "enrolled_persons": 2, "guided_persons": 4}
    totals = pd.DataFrame({name: sum(flow[i] for flow in flows) for name, i in names.items()})
    steps = np.prod([v[f"step_{name}"] for name in STEPS[:-1]], axis=0)
    return totals.assign(helped_persons=totals["guided_persons"] * steps, evidence="simulated")


def helped_persons(parameters: Parameters, pilots: int) -> np.ndarray:
    """Return `helped_persons` of `expected_totals`: the model for `sobol_indices` and others."""
    return expected_totals(parameters, pilots=pilots)["helped_persons"].to_numpy()
