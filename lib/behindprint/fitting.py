"""What would fit: the numbers of respondents and the last digits at which a printed row is possible."""

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from behindprint.existence import is_possible
from behindprint.reported import Reported, Rounding
from behindprint.rows import PrintedRow

STEPS_AT_MOST = 10  # units in the last digit that `repairs` tries
CHANGES = ("n", "mean", "sd")


def repairs(mean: str, sd: str | None, n: int, *, sizes: Iterable[int], **reading) -> pd.DataFrame:
    """Find the smallest changes that make a printed row possible.

    Parameters
    ----------
    mean, sd, n, **reading
        As in `rows.PrintedRow`; `options`, `ddof` and `rounding` are required.
    sizes : iterable of int
        The numbers of respondents to try.

    Returns
    -------
    pandas.DataFrame
        `change` (n, mean, sd), `mean`, `sd`, `n`, `steps`: the nearest possible n below and above, and the
        nearest possible mean or SD below and above; `steps` are respondents, or units in the last digit (at
        most `STEPS_AT_MOST`).  No rows when the row is possible as printed.

    Raises
    ------
    ValueError
        As in `verdicts.verdict`.

    Examples
    --------
    >>> choices = dict(options=range(1, 6), ddof=1, rounding="either")
    >>> repairs("3,72", "0,71", 60, sizes=range(50, 70), **choices)[["change", "mean", "n"]].head(3)
      change  mean   n
    0      n  3,72  61
    1      n  3,72  54
    2   mean  3,73  60
    """
    return mended(PrintedRow(mean, sd, n, **reading), sizes)


def mended(row: PrintedRow, sizes: Iterable[int]) -> pd.DataFrame:
    """Return the `repairs` of a row that is there already."""
    nearest: dict[tuple[str, bool], tuple] = {}
    for change, steps, changed in [] if is_possible(row) else _changed(row, sizes):
        side = change, steps > 0
        if side not in nearest and is_possible(changed):
            nearest[side] = change, changed.mean, changed.sd, changed.n, steps
    changes = sorted(nearest.values(), key=lambda line: (CHANGES.index(line[0]), abs(line[4])))
    return pd.DataFrame(changes, columns=["change", "mean", "sd", "n", "steps"])


def _changed(row: PrintedRow, sizes: Iterable[int]):
    """Yield what changes, by how much, and the changed row; small changes first."""
    for size in sorted(sizes, key=lambda size: abs(size - row.n)):
        if size > row.ddof:
            yield "n", size - row.n, replace(row, n=size)
    mean = Reported(row.mean, row.decimal)
    sd = None if row.sd is None else Reported(row.sd, row.decimal)
    for size in range(1, STEPS_AT_MOST + 1):
        for steps in (-size, size):
            yield "mean", steps, replace(row, mean=mean.moved(steps).printed)
            if sd and (other := sd.moved(steps)).value >= 0:
                yield "sd", steps, replace(row, sd=other.printed)


def possible_sizes(rows: Iterable[tuple[str, str]], sizes: Iterable[int], **reading) -> pd.DataFrame:
    """Find at which numbers of respondents each row, and all rows together, can be printed.

    Parameters
    ----------
    rows : iterable of (mean, sd)
        As printed.
    sizes : iterable of int
        The numbers of respondents to try.
    **reading
        As in `rows.PrintedRow`; the same for all rows.

    Returns
    -------
    pandas.DataFrame of bool
        One row per size (index `n`), one column per printed row (0, 1, ...), and `all`.

    Raises
    ------
    ValueError
        As in `verdicts.verdict`.

    Examples
    --------
    >>> choices = dict(options=range(1, 6), ddof=1, rounding="either")
    >>> possible_sizes([("3,72", "0,71")], range(59, 63), **choices)["all"].tolist()
    [False, False, True, False]
    """
    sizes, rows = [int(size) for size in sizes], list(rows)
    reading["options"] = tuple(reading["options"])
    fits = {
        i: [is_possible(PrintedRow(mean, sd, size, **reading)) for size in sizes]
        for i, (mean, sd) in enumerate(rows)
    }
    frame = pd.DataFrame(fits, index=pd.Index(sizes, name="n"), dtype=bool)
    return frame.assign(all=frame.all(axis=1))


def fit_rows(
    rows: pd.DataFrame, sizes: Iterable[int], *, ddof: int, rounding: Rounding, decimal: str = ","
) -> pd.DataFrame:
    """Find for every printed row at which numbers of respondents it is possible.

    Parameters
    ----------
    rows : pandas.DataFrame
        `mean`, `sd` (text as printed) and `options` (tuple of int).
    sizes : iterable of int
        The numbers of respondents to try.
    ddof, rounding, decimal
        As in `rows.PrintedRow`.

    Returns
    -------
    pandas.DataFrame of bool
        One row per printed row (index of `rows`), one column per size.

    Raises
    ------
    ValueError
        As in `verdicts.verdict`.
    """
    sizes = [int(size) for size in sizes]
    fits = [
        [
            is_possible(PrintedRow(row.mean, row.sd, n, row.options, ddof, rounding, decimal=decimal))
            for n in sizes
        ]
        for row in rows.itertuples()
    ]
    return pd.DataFrame(fits, index=rows.index, columns=pd.Index(sizes, name="n"), dtype=bool)


def fit_items(
    rows: pd.DataFrame, n: int, items: Iterable[int], *, ddof: int, rounding: Rounding, decimal: str = ","
) -> pd.DataFrame:
    """Find for every printed scale of how many items it can be the mean, if n answered them all.

    Parameters
    ----------
    rows : pandas.DataFrame
        `mean`, `sd` (text as printed) and `options` (tuple of int) of each item.
    n : int
        Number of respondents.
    items : iterable of int
        The numbers of items to try.
    ddof, rounding, decimal
        As in `rows.PrintedRow`.

    Returns
    -------
    pandas.DataFrame of bool
        One row per printed row (index of `rows`), one column per number of items.

    Raises
    ------
    ValueError
        As in `verdicts.verdict`.
    """
    items = [int(k) for k in items]
    fits = [
        [
            is_possible(
                PrintedRow(row.mean, row.sd, n, row.options, ddof, rounding, decimal=decimal, items=k)
            )
            for k in items
        ]
        for row in rows.itertuples()
    ]
    return pd.DataFrame(fits, index=rows.index, columns=pd.Index(items, name="items"), dtype=bool)
