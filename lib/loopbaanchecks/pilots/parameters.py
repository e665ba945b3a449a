"""The parameters of the flow: their names, their ranges, drawing them, and whether they are possible."""

import re
from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from expect import check_columns
from loopbaanchecks.pilots.segments import SEGMENTS

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

Parameters = Mapping[str, float | np.ndarray]


def ranges_by_name(table: pd.DataFrame) -> pd.DataFrame:
    """Return low, value and high of each parameter by its name.

    Parameters
    ----------
    table : DataFrame
        Columns `name`, `value`, `low`, `high`.

    Returns
    -------
    DataFrame
        Index `name`; float columns `low`, `value`, `high`.

    Raises
    ------
    ValueError
        If a column is absent, or a value does not lie between its low and high.
    """
    check_columns("parameters", table, ["name", "value", "low", "high"])
    numbers = table.set_index("name")[["low", "value", "high"]].astype(float)
    odd = ~((numbers["low"] <= numbers["value"]) & (numbers["value"] <= numbers["high"]))
    if odd.any():
        row = numbers[odd].iloc[0]
        raise ValueError(f"parameters, {row.name}: expected low <= value <= high; found {row.tolist()}")
    return numbers


def draw_parameters(
    table: pd.DataFrame, *, rng: np.random.Generator, pilots: int, spread: Literal["point", "uniform"]
) -> dict[str, np.ndarray]:
    """Draw the parameters of every pilot: the values, or uniform between low and high.

    Parameters
    ----------
    table : DataFrame
        Columns `name`, `value`, `low`, `high`, in the unit that the name says.
    rng : Generator
        The only source of chance; not used when `spread` is point.
    pilots : int
        Number of draws.
    spread : {"point", "uniform"}
        `point`: every pilot gets the values.

    Returns
    -------
    dict
        Name -> float array of length `pilots`.

    Raises
    ------
    ValueError
        As `ranges_by_name`; if `spread` is unknown.
    """
    if spread not in ("point", "uniform"):
        raise ValueError(f"spread: expected point or uniform; found {spread!r}")
    numbers = ranges_by_name(table)
    if spread == "point":
        return {name: np.full(pilots, row["value"]) for name, row in numbers.iterrows()}
    return {name: rng.uniform(row["low"], row["high"], pilots) for name, row in numbers.iterrows()}


def delay_names(parameters: Parameters) -> list[str]:
    """Return the names of the start delays, one per centre: `delay_weeks_1`, `delay_weeks_2`, ..."""
    names = [name for name in parameters if re.fullmatch(r"delay_weeks_\d+", name)]
    return sorted(names, key=lambda name: int(name.rpartition("_")[2]))


def check_flow_parameters(parameters: Parameters) -> None:
    """Raise unless every parameter of the flow is there and possible.

    Parameters
    ----------
    parameters : mapping
        Name -> number or array: the names in `PROBABILITIES` and `AMOUNTS`, and `delay_weeks_1`, ..., one
        per centre.  Other names are ignored.

    Raises
    ------
    ValueError
        If a name is absent, a number is out of range, or the shares add up to more than one.
    """
    delays = delay_names(parameters)
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
                f"parameters, {name}: expected {wanted}; found {values[odd][0]}, position {odd.argmax()}"
            )
    total = np.max(sum(np.asarray(parameters[f"share_{name}"], dtype=float) for name in SEGMENTS[:-1]))
    if total > 1 + 1e-9:
        raise ValueError(f"parameters, share_*: expected a sum of at most 1; found {total}")
