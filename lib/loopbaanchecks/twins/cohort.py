"""Simulated candidates, for trying out what a centre's own data can show.

Segments, steps, dropout, correlation and change are as in the parameters of the pilot model, most of them
assumptions; the rest is drawn at random.  Nothing in it is a finding.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from expect import check_sizes
from loopbaanchecks.pilots import CONDITIONS, SEGMENTS, STEPS, Candidates, classify, wave_gaps

SCALE = (1.0, 5.0)  # of the simulated scores; they start around its middle
WIDTHS = 6  # standard deviations in the width of that scale
CENTRE = 0.05  # of the variance of a score lies between centres
STARTS = 0.5  # part of the time that a centre is open in which candidates enrol


def simulated_candidates(
    parameters: Mapping[str, float],
    rules: pd.DataFrame,
    *,
    centres: Sequence[str],
    candidates_per_centre: int,
    start: date,
    rng: np.random.Generator,
) -> Candidates:
    """Draw a simulated cohort of candidates, measured in waves.

    Parameters
    ----------
    parameters : mapping of str to float
        Values of tno_2007/parameters.csv: `share_*`, `uptake_ratio_*`, `step_*`, `waves`, `attrition`,
        `correlation`, `change_sd`, `end_weeks`, `hours_per_candidate`.
    rules : DataFrame
        Decision table, as for `pilots.classify`.
    centres : sequence of str
        Names of the centres, each once.
    candidates_per_centre : int
        Number of candidates in each.
    start : date
        When the centres open.
    rng : Generator
        The only source of chance.

    Returns
    -------
    Candidates
        As if read from a file, with evidence `simulated`.

    Raises
    ------
    ValueError
        If a parameter is absent, no centre is named or one is named twice, or there are no candidates.

    Notes
    -----
    A score is the middle of its scale, plus what belongs to centre, candidate and wave; two scores of a
    candidate correlate as `correlation` says before they are cut off at the ends of the scale and rounded
    to tenths.  The change is linear and complete at the last wave.  Steps follow one another; the later
    the wave, the more of those a candidate will ever take have been taken.
    """
    _check_drawing(parameters, centres, candidates_per_centre)
    people = _people(parameters, rules, centres, candidates_per_centre, start, rng)
    waves = int(parameters["waves"])
    stays = rng.random((len(people), waves - 1)) >= parameters["attrition"]
    last = 1 + np.logical_and.accumulate(stays, axis=1).sum(axis=1)
    scores = _scores(parameters, people["place"].to_numpy(), len(centres), rng)
    person, wave = np.nonzero(np.arange(1, waves + 1) <= last[:, None])
    rows = people.iloc[person].reset_index(drop=True)
    rows["wave"] = pd.array(wave + 1, dtype="Int64")
    rows["self_management"] = pd.array(scores[person, wave], dtype="Float64")
    rows["ended"] = last[person] == waves
    rows = _over_time(rows, wave / (waves - 1), parameters["end_weeks"] * STARTS * 7)
    return Candidates(rows, wave_gaps(rows), {"source": "made up, not observed"}, "simulated")


def _over_time(rows: pd.DataFrame, part: np.ndarray, days: float) -> pd.DataFrame:
    """Add what depends on the part of the time that has passed (0-1)."""
    passed = pd.to_timedelta(np.round(part * days), unit="D")
    rows["measurement_date"] = rows["enrolment_date"] + passed
    latest = rows.groupby("candidate")["measurement_date"].transform("max")
    rows["end_date"] = latest.where(rows["ended"])
    taken = np.floor(part * rows["steps"].to_numpy() + 1e-9)
    for number, step in enumerate(STEPS, 1):
        rows[step] = pd.array(taken >= number, dtype="boolean")
    rows["guidance_hours"] = pd.array(np.round(part * rows["hours"], 1), dtype="Float64")
    dates = ["enrolment_date", "measurement_date", "end_date"]
    rows = rows.astype(dict.fromkeys(dates, "datetime64[s]"))
    last = ["self_management", "guidance_hours"]
    return rows[["candidate", "centre", "wave", *dates, *CONDITIONS, *STEPS, *last]]


def _check_drawing(parameters: Mapping[str, float], centres: Sequence[str], each: int) -> None:
    wanted = [f"share_{name}" for name in SEGMENTS[:-1]] + [f"uptake_ratio_{name}" for name in SEGMENTS[1:]]
    wanted += [f"step_{name}" for name in STEPS] + ["waves", "attrition", "correlation", "change_sd"]
    absent = [name for name in (*wanted, "end_weeks", "hours_per_candidate") if name not in parameters]
    if absent:
        raise ValueError(f"parameters: expected also {', '.join(absent)}; not found")
    check_sizes(each, name="candidates_per_centre")
    check_sizes(parameters["waves"], name="waves", least=2)
    if not centres or len(set(centres)) < len(centres):
        raise ValueError(f"centres: expected names, each once; found {list(centres)}")


def _people(
    parameters: Mapping[str, float],
    rules: pd.DataFrame,
    centres: Sequence[str],
    each: int,
    start: date,
    rng: np.random.Generator,
) -> pd.DataFrame:
    n = len(centres) * each
    share = [parameters[f"share_{name}"] for name in SEGMENTS[:-1]]
    ratio = [1.0, *(parameters[f"uptake_ratio_{name}"] for name in SEGMENTS[1:])]
    weight = np.array([*share, 1 - sum(share)]) * ratio
    grid = np.indices((2,) * len(CONDITIONS)).reshape(len(CONDITIONS), -1).T.astype(bool)
    segment = classify(pd.DataFrame(grid, columns=list(CONDITIONS)), rules).to_numpy()
    drawn = rng.choice(SEGMENTS, n, p=weight / weight.sum())
    kinds = np.array([rng.choice(np.flatnonzero(segment == name)) for name in drawn])
    going = rng.random((n, len(STEPS))) < [parameters[f"step_{name}"] for name in STEPS]
    day = np.floor(rng.random(n) * parameters["end_weeks"] * STARTS * 7)
    people = pd.DataFrame(grid[kinds], columns=list(CONDITIONS)).astype("boolean")
    people["place"] = np.repeat(np.arange(len(centres)), each)
    people["candidate"] = [f"K{number:03d}" for number in range(1, n + 1)]
    people["centre"] = np.asarray(centres, dtype=object)[people["place"]]
    people = people.astype({"candidate": "str", "centre": "str"})
    people["enrolment_date"] = (pd.Timestamp(start) + pd.to_timedelta(day, unit="D")).as_unit("s")
    people["steps"] = np.logical_and.accumulate(going, axis=1).sum(axis=1)
    return people.assign(hours=rng.gamma(4, parameters["hours_per_candidate"] / 4, n))


def _scores(
    parameters: Mapping[str, float], place: np.ndarray, centres: int, rng: np.random.Generator
) -> np.ndarray:
    low, high = SCALE
    between = min(CENTRE, parameters["correlation"])
    own = rng.normal(0, np.sqrt(between), centres)[place]
    own += rng.normal(0, np.sqrt(parameters["correlation"] - between), len(place))
    waves = int(parameters["waves"])
    rest = rng.normal(0, np.sqrt(1 - parameters["correlation"]), (len(place), waves))
    score = own[:, None] + parameters["change_sd"] * np.linspace(0, 1, waves) + rest
    return np.clip((low + high) / 2 + (high - low) / WIDTHS * score, low, high).round(1)
