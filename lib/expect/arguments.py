"""Arguments that fit: each check raises "expected ...; found ...", or returns None."""

import math
from collections.abc import Iterable, Sequence

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


def check_one_of(name: str, value: object, choices: Iterable[object]) -> None:
    """Raise unless a value is one of the choices; `name` is what the message calls it."""
    if value not in (known := list(choices)):
        raise ValueError(f"{name}: expected one of {', '.join(map(str, known))}; found {value!r}")


def check_problems(where: str, problems: Sequence[str], error: type[ValueError] = ValueError) -> None:
    """Raise one error that lists every problem, each on its own line; nothing when there are none."""
    if len(problems) == 1:
        raise error(f"{where}: {problems[0]}")
    if problems:
        raise error("\n  ".join([f"{where}: {len(problems)} problems", *problems]))


def check_sizes(n, population: int | None = None, *, name: str = "n", least: int = 1) -> None:
    """Raise unless every n is a whole number from `least` to the population, if there is one."""
    if population is not None:
        check_sizes(population, name="population")
    sizes = np.asarray(n, dtype=float)
    most = math.inf if population is None else population
    if not ((sizes >= least) & (sizes <= most) & (sizes % 1 == 0)).all():
        upto = "" if population is None else f", at most the population of {population}"
        raise ValueError(f"{name}: expected whole numbers of at least {least}{upto}; found {n!r}")


def rows_named(rows: Iterable[int], word: str = "row") -> str:
    """Return row numbers for a message: the first ten in order, and how many there are.

    Examples
    --------
    >>> rows_named(range(2, 14)), rows_named([7], "line")
    ('rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, … (12 rows)', 'line 7')
    """
    numbers = sorted({int(row) for row in rows})
    shown = ", ".join(map(str, numbers[:10])) + (", …" if len(numbers) > 10 else "")
    return f"{word} {shown}" if len(numbers) == 1 else f"{word}s {shown} ({len(numbers)} {word}s)"
