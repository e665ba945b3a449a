"""The career-centre pilots as a model: who is who, the weekly flow per centre, what measuring could show.

Workers fall into four segments by a decision table.  Each week a centre reaches some who were not reached
before, a share of whom enrol on the spot; guidance takes hours, of which a week has so many; whoever was
guided may take four steps of career behaviour and then a career step.  No number is in here: all come in.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from behindprint.effects import effect_with_power
from expect import check_columns, check_one_of, settled
from loopbaanchecks.pilots.intercepts import fit_intercepts

CONDITIONS = ("satisfied", "considering", "acting", "must_leave", "self_steering")
SEGMENTS = ("willer", "moeter", "self_steering", "other")
STEPS = ("recognise", "solutions", "support", "realise", "career_step")
PROBABILITIES = (
    *(f"share_{segment}" for segment in SEGMENTS[:-1]),
    "reach_per_week",
    "uptake",
    *(f"step_{step}" for step in STEPS),
)
AMOUNTS = (
    "workforce_persons",
    "module_lift",
    *(f"modules_{segment}" for segment in SEGMENTS),
    *(f"uptake_ratio_{segment}" for segment in SEGMENTS[1:]),
    "end_weeks",
    "hours_per_week",
    "hours_per_candidate",
)
LEVERS = ("reach_per_week", "uptake", "end_weeks", "hours_per_week")
ROWS = 100_000  # centre-pilots at a time: keeps the arrays small, does not change what they mean

Parameters = Mapping[str, float | np.ndarray]
Reading = Literal["per_centre", "total"]


def check_decision_table(table: pd.DataFrame) -> None:
    """Raise unless every combination of the conditions meets exactly one rule.

    Parameters
    ----------
    table : DataFrame
        One rule per row: a column per name in `CONDITIONS` (yes, no, or - for either) and `segment`.

    Raises
    ------
    ValueError
        If a column misses, a cell or segment is unknown, or a combination meets no rule or several.
    """
    check_columns("decision table", table, [*CONDITIONS, "segment"])
    for column, known in [*((name, ("yes", "no", "-")) for name in CONDITIONS), ("segment", SEGMENTS)]:
        for row, value in table[column].items():
            check_one_of(f"decision table, {column}, row {row}", value, known)
    hits = _matches(table).sum(axis=0)
    if (hits != 1).any():
        code = int(np.argmax(hits != 1))
        case = ", ".join(
            f"{name}={word}" for name, word in zip(CONDITIONS, _combinations()[code], strict=True)
        )
        raise ValueError(f"decision table, {case}: expected exactly one rule; found {hits[code]}")


def _combinations() -> list[tuple[str, ...]]:
    """Return every combination of the conditions; its place is the number that the yeses spell in binary."""
    return list(itertools.product(("no", "yes"), repeat=len(CONDITIONS)))


def _matches(table: pd.DataFrame) -> np.ndarray:
    """Return which rule (row) meets which combination (column); bool."""
    rules = table[list(CONDITIONS)].to_numpy(dtype=object)[:, None, :]
    return ((rules == np.array(_combinations(), dtype=object)) | (rules == "-")).all(axis=2)


def classify(workers: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    """Sort workers into segments by the decision table.

    Parameters
    ----------
    workers : DataFrame
        One worker per row; a boolean column without gaps per name in `CONDITIONS`.
    table : DataFrame
        As for `check_decision_table`.

    Returns
    -------
    Series
        `segment`, one of `SEGMENTS`, with the index of `workers`.

    Raises
    ------
    ValueError
        If the table is not sound, or a column of `workers` is missing, not boolean or has a gap.

    Examples
    --------
    >>> rules = [("-", "-", "-", "yes", "no", "moeter"), ("-", "-", "-", "yes", "yes", "self_steering"),
    ...          ("no", "yes", "no", "no", "-", "willer"), ("yes", "-", "-", "no", "-", "other"),
    ...          ("no", "no", "-", "no", "-", "other"), ("no", "yes", "yes", "no", "-", "self_steering")]
    >>> table = pd.DataFrame(rules, columns=[*CONDITIONS, "segment"])
    >>> classify(pd.DataFrame([[False, True, False, False, False]], columns=list(CONDITIONS)), table).tolist()
    ['willer']
    """
    check_decision_table(table)
    check_columns("workers", workers, CONDITIONS)
    code = np.zeros(len(workers), dtype=int)
    for name in CONDITIONS:
        gaps = workers[name].isna()
        if gaps.any():
            raise ValueError(
                f"workers, column {name}, row {workers.index[gaps][0]}: expected true or false; found a gap"
            )
        if not pd.api.types.is_bool_dtype(workers[name]):
            raise ValueError(f"workers, column {name}: expected true or false; found {workers[name].dtype}")
        code = 2 * code + workers[name].to_numpy(dtype=int)
    segment = table["segment"].to_numpy(dtype=object)[_matches(table).argmax(axis=0)]
    return pd.Series(segment[code], index=workers.index, name="segment", dtype="str")


def modules_by_segment(modules: pd.DataFrame, chosen: Sequence[str]) -> dict[str, float]:
    """Count the chosen product sheets that speak to each segment.

    Parameters
    ----------
    modules : DataFrame
        Columns `id` and `reaches`: segments separated by semicolons, or empty.
    chosen : sequence of str
        Ids of sheets.

    Returns
    -------
    dict
        `modules_<segment>` -> number of sheets, as `simulate` wants it.

    Raises
    ------
    ValueError
        If an id is unknown or chosen twice.
    """
    odd = [name for name in chosen if name not in set(modules["id"]) or list(chosen).count(name) > 1]
    if odd:
        raise ValueError(f"chosen: expected each once, of {', '.join(modules['id'])}; found {odd[0]!r}")
    texts = modules.loc[modules["id"].isin(list(chosen)), "reaches"]
    words = [word for text in texts for word in str(text).split(";")]
    return {f"modules_{segment}": float(words.count(segment)) for segment in SEGMENTS}


def draw_parameters(
    table: pd.DataFrame, *, rng: np.random.Generator, pilots: int, spread: Literal["point", "uniform"]
) -> dict[str, np.ndarray]:
    """Give every pilot its parameters: the values, or each uniform between its low and high.

    Parameters
    ----------
    table : DataFrame
        Columns `name`, `value`, `low`, `high`, in the unit that the name says.
    rng : Generator
        Not used when `spread` is point.
    pilots : int
        Number of draws.
    spread : {"point", "uniform"}
        Where the numbers come from.

    Returns
    -------
    dict
        Name -> float array of length `pilots`.

    Raises
    ------
    ValueError
        If `spread` is unknown, or a value does not lie between its low and high.
    """
    if spread not in ("point", "uniform"):
        raise ValueError(f"spread: expected point or uniform; found {spread!r}")
    numbers = table.set_index("name")[["low", "value", "high"]].astype(float)
    odd = ~((numbers["low"] <= numbers["value"]) & (numbers["value"] <= numbers["high"]))
    if odd.any():
        row = numbers[odd].iloc[0]
        raise ValueError(f"parameters, {row.name}: expected low <= value <= high; found {row.tolist()}")
    if spread == "point":
        return {name: np.full(pilots, row["value"]) for name, row in numbers.iterrows()}
    return {name: rng.uniform(row["low"], row["high"], pilots) for name, row in numbers.iterrows()}


def _delays(parameters: Parameters) -> list[str]:
    """Return the names of the start delays, one per centre: `delay_weeks_1`, `delay_weeks_2`, ..."""
    found = [name for name in parameters if re.fullmatch(r"delay_weeks_\d+", name)]
    return sorted(found, key=lambda name: int(name.rpartition("_")[2]))


def check_parameters(parameters: Parameters) -> None:
    """Raise unless the numbers of the flow are all there and possible.

    Parameters
    ----------
    parameters : mapping
        Name -> number or array: the names in `PROBABILITIES` and `AMOUNTS`, and `delay_weeks_1`, ... with
        one per centre.  Others are let be.

    Raises
    ------
    ValueError
        If a name is missing, a number out of range, or the shares together exceed one.
    """
    delays = _delays(parameters)
    missing = [name for name in (*PROBABILITIES, *AMOUNTS) if name not in parameters]
    if missing or not delays:
        raise ValueError(f"parameters: expected also {', '.join(missing or ['delay_weeks_1'])}; not found")
    for name in (*PROBABILITIES, *AMOUNTS, *delays):
        values = np.atleast_1d(np.asarray(parameters[name], dtype=float))
        top = 1.0 if name in PROBABILITIES else np.inf
        odd = ~((values >= 0) & (values <= top))
        odd |= np.isinf(values) & (name != "hours_per_week")
        odd |= (values == 0) & (name == "hours_per_candidate")
        if odd.any():
            wanted = "from 0 to 1" if top == 1 else "finite, zero or more (hours_per_candidate: more)"
            raise ValueError(
                f"parameters, {name}: expected {wanted}; found {values[odd][0]}, place {odd.argmax()}"
            )
    total = np.max(sum(np.asarray(parameters[f"share_{name}"], dtype=float) for name in SEGMENTS[:-1]))
    if total > 1 + 1e-9:
        raise ValueError(f"parameters, share_*: expected a sum of at most 1; found {total}")


def _rates(v: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return share, weekly reach and uptake; each with shape (segments, ...)."""
    shares = [v[f"share_{name}"] for name in SEGMENTS[:-1]]
    reach = [v["reach_per_week"] * (1 + v["module_lift"] * v[f"modules_{name}"]) for name in SEGMENTS]
    ratios = [np.ones_like(v["uptake"]), *(v[f"uptake_ratio_{name}"] for name in SEGMENTS[1:])]
    share = np.array([*shares, np.maximum(1 - sum(shares), 0)])
    return share, np.minimum(np.array(reach), 1), np.minimum(v["uptake"] * np.array(ratios), 1)


def _broadcast(parameters: Parameters, size: int) -> dict[str, np.ndarray]:
    """Return the numbers of the flow as float arrays of one length."""
    names = (*PROBABILITIES, *AMOUNTS, *_delays(parameters))
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
    """Return the whole weeks between start and end of a centre; int."""
    return np.floor(np.maximum(v["end_weeks"] - v[delay], 0) + 1e-9).astype(int)


def simulate(parameters: Parameters, *, rng: np.random.Generator, pilots: int) -> pd.DataFrame:
    """Simulate the flow of every centre from start to end, many pilots at once.

    Parameters
    ----------
    parameters : mapping
        As for `check_parameters`; arrays have one number per pilot.
    rng : Generator
        The only source of chance.
    pilots : int
        Number of pilots; each has as many centres as there are start delays.

    Returns
    -------
    DataFrame
        One row per pilot and centre: `pilot`, `centre`, `weeks`, `workforce_persons`, `reached_persons`,
        `enrolled_persons`, `enrolled_<segment>_persons`, `guidance_hours`, `guided_persons`,
        `waiting_persons` (enrolled, not guided to the end), a column per step of `STEPS`, `evidence`.

    Raises
    ------
    ValueError
        As `check_parameters`; if an array has another length, or `pilots` is below 1.

    Notes
    -----
    Reaching someone takes a geometric number of weeks; enrolment follows at once or never.  So the numbers
    reached and enrolled are binomial, and the week of enrolment is drawn per candidate (truncated geometric,
    by inversion).  Hours serve whoever waits, across segments; a week's unused hours are lost.
    Checked against `expected` (closed form) and a person-by-person loop in the tests.
    """
    v = _prepare(parameters, pilots)
    step = max(ROWS // len(_delays(parameters)), 1)
    parts = [_pilots(v, slice(start, start + step), rng)[0] for start in range(0, pilots, step)]
    return _tidy(pd.concat(parts, ignore_index=True))


def simulate_weeks(parameters: Parameters, *, rng: np.random.Generator, pilots: int) -> pd.DataFrame:
    """Simulate as `simulate` and return every week: for timelines, not for millions.

    Parameters
    ----------
    parameters, rng, pilots
        As for `simulate`.

    Returns
    -------
    DataFrame
        One row per pilot, centre and week that the centre is open: `pilot`, `centre`, `week` (1 is the
        first of that centre), `calendar_weeks` (end of the week, counted from the planned start),
        `reached_persons`, `enrolled_persons`, `guidance_hours`, `backlog_hours`, `evidence`.

    Raises
    ------
    ValueError
        As `simulate`.
    """
    v = _prepare(parameters, pilots)
    frame, flow = _pilots(v, slice(0, pilots), rng, weekly=True)
    length = flow["enrolled_persons"].shape[0]
    weeks = pd.DataFrame({name: np.ravel(matrix) for name, matrix in flow.items()})
    weeks.insert(0, "week", np.repeat(np.arange(1, length + 1), len(frame)))
    rows = frame.loc[np.tile(np.arange(len(frame)), length), ["pilot", "centre", "weeks"]].reset_index(
        drop=True
    )
    delays = np.concatenate([v[name] for name in _delays(v)])
    weeks["calendar_weeks"] = weeks["week"] + np.tile(delays, length)
    long = pd.concat([rows, weeks], axis=1)
    return _tidy(long[long["week"] <= long["weeks"]].drop(columns="weeks"))


def _prepare(parameters: Parameters, pilots: int) -> dict[str, np.ndarray]:
    """Check the numbers and give every pilot its own."""
    if pilots < 1:
        raise ValueError(f"pilots: expected 1 or more; found {pilots}")
    check_parameters(parameters)
    return _broadcast(parameters, pilots)


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Order by pilot and centre, and mark as simulated."""
    keys = [name for name in ("pilot", "centre", "week") if name in frame]
    frame = frame.sort_values(keys, kind="stable", ignore_index=True)
    mark = pd.Categorical.from_codes(np.zeros(len(frame), dtype=np.int8), categories=["simulated"])
    return frame.assign(evidence=mark)


def _pilots(
    v: Mapping[str, np.ndarray], which: slice, rng: np.random.Generator, *, weekly: bool = False
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Run some pilots, all centres; rows are centre by centre."""
    delays = _delays(v)
    part = {name: np.tile(array[which], len(delays)) for name, array in v.items()}
    weeks = np.concatenate([_weeks(v, name)[which] for name in delays])
    share, reach, uptake = _rates(part)
    workforce = np.rint(part["workforce_persons"]).astype(int)
    sizes = rng.multinomial(workforce, _chance(share).T).T
    reached = rng.binomial(sizes, _chance(1 - (1 - reach) ** weeks))
    enrolled = rng.binomial(reached, _chance(uptake))
    arrivals = sum(_by_week(n, r, weeks, rng) for n, r in zip(enrolled, reach, strict=True))
    used, backlog = _serve(arrivals, part, weeks)
    pilot = np.arange(len(v["uptake"]))[which]
    columns = {
        "pilot": np.tile(pilot, len(delays)),
        "centre": np.repeat(np.arange(1, len(delays) + 1), len(pilot)),
    }
    columns |= {"weeks": weeks, "workforce_persons": workforce, "reached_persons": reached.sum(axis=0)}
    columns["enrolled_persons"] = enrolled.sum(axis=0)
    columns |= {f"enrolled_{name}_persons": n for name, n in zip(SEGMENTS, enrolled, strict=True)}
    columns["guidance_hours"] = used.sum(axis=0)
    guided = np.floor(columns["guidance_hours"] / part["hours_per_candidate"] + 1e-9).astype(int)
    columns["guided_persons"] = guided
    columns["waiting_persons"] = columns["enrolled_persons"] - guided
    for name in STEPS:
        guided = columns[f"{name}_persons"] = rng.binomial(guided, _chance(part[f"step_{name}"]))
    if not weekly:
        return pd.DataFrame(columns), {}
    others = sum(_by_week(n, r, weeks, rng) for n, r in zip(reached - enrolled, reach, strict=True))
    flow = {"reached_persons": arrivals + others, "enrolled_persons": arrivals}
    return pd.DataFrame(columns), flow | {"guidance_hours": used, "backlog_hours": backlog}


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


def _serve(
    arrivals: np.ndarray, v: Mapping[str, np.ndarray], weeks: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return hours given and hours still waiting at the end of each week; shapes as `arrivals`."""
    used, backlog = np.zeros(arrivals.shape), np.zeros(arrivals.shape)
    waiting = np.zeros(len(weeks))
    for week, new in enumerate(arrivals):
        waiting = waiting + new * v["hours_per_candidate"]
        used[week] = np.minimum(waiting, np.where(week < weeks, v["hours_per_week"], 0))
        waiting = backlog[week] = waiting - used[week]
    return used, backlog


def expected(parameters: Parameters) -> pd.DataFrame:
    """Return the expected flow per centre, in closed form; guidance as a fluid.

    Parameters
    ----------
    parameters : mapping
        As for `check_parameters`, one number each.

    Returns
    -------
    DataFrame
        One row per centre: `centre`, `weeks`, `reached_persons`, `enrolled_persons`, `guidance_hours`,
        `guided_persons`, `evidence`.  Enrolment is exactly binomial with this mean.  The last two are what
        an even stream would get: never less than the mean of `simulate`, where hours are lost to chance.

    Raises
    ------
    ValueError
        As `check_parameters`; if a parameter is an array.
    """
    v = _prepare(parameters, 1)
    flows = [_expected_flow(v, delay) for delay in _delays(v)]
    rows = [(centre, *(array[0] for array in flow)) for centre, flow in enumerate(flows, start=1)]
    names = ["centre", "weeks", "reached_persons", "enrolled_persons", "guidance_hours", "guided_persons"]
    return pd.DataFrame(rows, columns=names).assign(evidence="simulated")


def _expected_flow(v: Mapping[str, np.ndarray], delay: str) -> tuple[np.ndarray, ...]:
    """Return weeks, reached, enrolled, hours and guided of one centre; each with one number per pilot."""
    share, reach, uptake = _rates(v)
    weeks = _weeks(v, delay)
    week = np.arange(weeks.max(initial=0))[:, None]
    open_now = week < weeks
    first = [
        v["workforce_persons"] * n * r * (1 - r) ** week * open_now for n, r in zip(share, reach, strict=True)
    ]
    arrivals = sum(n * taken for n, taken in zip(first, uptake, strict=True))
    hours = _serve(arrivals, v, weeks)[0].sum(axis=0)
    return weeks, sum(first).sum(axis=0), arrivals.sum(axis=0), hours, hours / v["hours_per_candidate"]


def expected_totals(parameters: Parameters, *, pilots: int) -> pd.DataFrame:
    """Return the expected flow of all centres together, for many pilots at once.

    Parameters
    ----------
    parameters : mapping
        As for `check_parameters`; arrays have one number per pilot.
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
    flows = [_expected_flow(v, delay) for delay in _delays(v)]
    names = {"reached_persons": 1, "enrolled_persons": 2, "guided_persons": 4}
    totals = pd.DataFrame({name: sum(flow[place] for flow in flows) for name, place in names.items()})
    steps = np.prod([v[f"step_{name}"] for name in STEPS[:-1]], axis=0)
    return totals.assign(helped_persons=totals["guided_persons"] * steps, evidence="simulated")


def helped_persons(parameters: Parameters, pilots: int) -> np.ndarray:
    """Return `helped_persons` of `expected_totals`: the outcome that sensitivity is about."""
    return expected_totals(parameters, pilots=pilots)["helped_persons"].to_numpy()


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
        As for `check_parameters`, one number each; the three of the grid are replaced.
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
        As `check_parameters`; if the reading is unknown or the target not ordered.

    Notes
    -----
    Enrolment per centre is binomial, so the sum has mean sum(N p) and variance sum(N p (1 - p)); the
    probability is normal with continuity correction, checked against `simulate` in the tests.
    """
    _check_target(target, reading)
    grid = [axis.ravel() for axis in np.meshgrid(reach, uptake, workforce, indexing="ij")]
    names = ("reach_per_week", "uptake", "workforce_persons")
    v = _prepare({**parameters, **dict(zip(names, grid, strict=True))}, len(grid[0]))
    share, weekly, taken = _rates(v)
    chances = [(share * (1 - (1 - weekly) ** _weeks(v, name)) * taken).sum(axis=0) for name in _delays(v)]
    mean, variance = (sum(grid[2] * f for f in (chances, [p * (1 - p) for p in chances])[i]) for i in (0, 1))
    parts = len(chances) if reading == "per_centre" else 1
    sd = np.sqrt(np.maximum(variance, np.finfo(float).tiny))
    low, high = (
        stats.norm.cdf((parts * end + half - mean) / sd)
        for end, half in zip(target, (-0.5, 0.5), strict=True)
    )
    frame = pd.DataFrame(dict(zip(names, grid, strict=True)))
    frame["expected_persons"] = mean / parts
    frame["reproduces"] = settled(frame["expected_persons"]).between(*target)
    return frame.assign(probability=high - low, reading=reading, evidence="simulated")


def _check_target(target: tuple[float, float], reading: str) -> None:
    """Raise unless the target is a range and the reading a known one."""
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
    """Return how far each lever alone must go for all centres together to make a target.

    Parameters
    ----------
    parameters : mapping
        As for `check_parameters`, one number each.
    target : float
        Persons, all centres together.
    limits : mapping
        Lever (a name in `LEVERS`) -> the furthest it can go.
    quantity : {"enrolled", "guided"}
        What must make the target, by `expected`.

    Returns
    -------
    DataFrame
        One row per lever: `lever`, `now`, `needed` (NaN when out of reach), `persons_now`,
        `persons_at_limit`, `feasible`, `evidence`.

    Raises
    ------
    ValueError
        As `check_parameters`; if a lever or the quantity is unknown, or a limit is below the present value.
    """
    if quantity not in ("enrolled", "guided"):
        raise ValueError(f"quantity: expected enrolled or guided; found {quantity!r}")

    def persons(lever: str, value: float) -> float:
        return settled(expected({**parameters, lever: value})[f"{quantity}_persons"].sum())

    rows = []
    for lever, limit in limits.items():
        check_one_of("limits", lever, LEVERS)
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


@dataclass(frozen=True)
class Measurements:
    """How candidates are measured: equally spaced waves, the same change for everyone.

    `attrition` is the share that drops out before each next wave and stays away; `correlation` that between
    two waves of one candidate, the same for every pair; `alpha` the two-sided level.
    """

    waves: int
    attrition: float
    correlation: float
    alpha: float

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.waves < 2:
            raise ValueError(f"waves: expected 2 or more; found {self.waves}")
        for name, top in (("attrition", 1), ("correlation", 1), ("alpha", 1)):
            value = getattr(self, name)
            if not 0 <= value < top or (name == "alpha" and value == 0):
                raise ValueError(f"{name}: expected a share from 0 up to, not including, 1; found {value}")


def _precision(candidates: float, design: Measurements) -> tuple[float, float]:
    """Return standard error of the change over all waves, in SDs of one wave, and degrees of freedom."""
    times = np.linspace(0, 1, design.waves)
    stay = (1 - design.attrition) ** np.arange(design.waves)
    last = candidates * (stay - np.append(stay[1:], 0))  # candidates whose last wave is this one
    information = np.zeros((2, 2))
    for length, number in enumerate(last, start=1):
        x = np.column_stack([np.ones(length), times[:length]])
        v = design.correlation + (1 - design.correlation) * np.eye(length)
        information += number * x.T @ np.linalg.solve(v, x)
    freedom = candidates * (stay.sum() - 1) - 1
    if freedom < 1:
        raise ValueError(f"candidates: expected enough for one degree of freedom; found {candidates}")
    return float(np.sqrt(np.linalg.inv(information)[1, 1])), float(freedom)


def change_power(change_sd: float, *, candidates: int, design: Measurements) -> float:
    """Return the chance that a change over all waves is found significant; closed form.

    Parameters
    ----------
    change_sd : float
        From the first to the last wave, in standard deviations of one wave.
    candidates : int
        Measured at the first wave.
    design : Measurements
        How they are measured.

    Returns
    -------
    float
        Power of the two-sided test.

    Raises
    ------
    ValueError
        If there are too few candidates.

    Notes
    -----
    Random intercept per candidate; generalised least squares over the dropout patterns gives the standard
    error, the noncentral t distribution the power, with observations - candidates - 1 degrees of
    freedom.  Checked against `simulated_power` and, without attrition, the closed form of two waves.
    """
    error, freedom = _precision(candidates, design)
    limit, shift = stats.t.isf(design.alpha / 2, freedom), abs(change_sd) / error
    other_side = np.nan_to_num(stats.nct.cdf(-limit, freedom, shift))  # NaN here and there below 1e-20
    return float(stats.nct.sf(limit, freedom, shift) + other_side)


def detectable_effect(candidates: Sequence[int], *, design: Measurements, power: float) -> pd.DataFrame:
    """Return the smallest change that so many candidates can show; closed form.

    Parameters
    ----------
    candidates : sequence of int
        Measured at the first wave: of one centre, or of all together.
    design : Measurements
        How they are measured.
    power : float
        Chance of finding the change that is wanted.

    Returns
    -------
    DataFrame
        One row per number: `candidates`, `completing_persons` (expected at the last wave),
        `standard_error_sd`, `detectable_change_sd`, `evidence`.

    Raises
    ------
    ValueError
        If there are too few candidates, or the power does not lie between alpha and 1.

    Examples
    --------
    >>> design = Measurements(waves=3, attrition=0.1, correlation=0.5, alpha=0.05)
    >>> detectable_effect([25, 100], design=design, power=0.8)["detectable_change_sd"].round(2).tolist()
    [0.62, 0.3]
    """
    if not design.alpha < power < 1:
        raise ValueError(f"power: expected between alpha ({design.alpha}) and 1; found {power}")
    rows = []
    for number in candidates:
        error, _ = _precision(number, design)
        change = effect_with_power(partial(change_power, candidates=number, design=design), power)
        done = number * (1 - design.attrition) ** (design.waves - 1)
        rows.append((number, done, error, change))
    names = ["candidates", "completing_persons", "standard_error_sd", "detectable_change_sd"]
    return pd.DataFrame(rows, columns=names).assign(evidence="simulated")


def simulated_power(
    change_sd: float, *, candidates: int, design: Measurements, rng: np.random.Generator, simulations: int
) -> dict[str, float]:
    """Return the same chance as `change_power`, by fitting a mixed model to made-up candidates.

    Parameters
    ----------
    change_sd, candidates, design
        As for `change_power`.
    rng : Generator
        The only source of chance.
    simulations : int
        Number of studies made up.

    Returns
    -------
    dict
        `power`, its `simulation_error` (standard error) and `simulations`.

    Raises
    ------
    ValueError
        If `simulations` is below 1.
    """
    if simulations < 1:
        raise ValueError(f"simulations: expected 1 or more; found {simulations}")
    p = np.array([_p_value(change_sd, candidates, design, rng) for _ in range(simulations)])
    found = float(np.mean(p < design.alpha))
    error = float(np.sqrt(found * (1 - found) / simulations))
    return {"power": found, "simulation_error": error, "simulations": simulations}


def _p_value(change_sd: float, candidates: int, design: Measurements, rng: np.random.Generator) -> float:
    """Return p of the change in one made-up study, by REML with random intercepts."""
    times = np.linspace(0, 1, design.waves)
    own = rng.normal(0, np.sqrt(design.correlation), (candidates, 1))
    answers = (
        own + change_sd * times + rng.normal(0, np.sqrt(1 - design.correlation), (candidates, design.waves))
    )
    stays = rng.random((candidates, design.waves)) >= design.attrition
    stays[:, 0] = True
    seen = np.logical_and.accumulate(stays, axis=1)
    who, wave = np.nonzero(seen)
    design = np.column_stack([np.ones(len(who)), times[wave]])
    fit = fit_intercepts(answers[seen], design, [who])
    return float(2 * stats.t.sf(abs(fit.estimate[1] / fit.standard_error[1]), len(who) - candidates - 1))
