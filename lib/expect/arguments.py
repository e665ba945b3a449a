"""Arguments that fit: each check raises "expected ...; found ...", or returns None."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd


def check_between(**values: float) -> None:
    """Raise unless every number lies strictly between 0 and 1."""
    for name, value in values.items():
        if not 0 < value < 1:
            raise ValueError(f"{name}: expected a number between 0 and 1; found {value!r}")


def check_columns(name: str, frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise unless a frame has the columns; `name` is what the message calls it."""
    if absent := [column for column in columns if column not in frame]:
        raise ValueError(f"{name}: expected columns {', '.join(columns)}; not found: {', '.join(absent)}")


def check_sizes(n, population: int | None = None, *, name: str = "n", least: int = 1) -> None:
    """Raise unless every n is a whole number from `least` to the population, if there is one."""
    if population is not None:
        check_sizes(population, name="population")
    sizes = np.asarray(n, dtype=float)
    most = math.inf if population is None else population
    if not ((sizes >= least) & (sizes <= most) & (sizes % 1 == 0)).all():
        upto = "" if population is None else f", at most the population of {population}"
        raise ValueError(f"{name}: expected whole numbers of at least {least}{upto}; found {n!r}")
