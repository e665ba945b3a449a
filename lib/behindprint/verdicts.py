"""Could these numbers have been printed?  The verdict on a row, its power, and what would mend it.

A row is consistent when the set of frequency tables behind it (`frequencies`) is not empty.  Whether
it is empty is decided by a coin-change table that serves every n at once, independent of listing and
counting; the tests hold the three together.

Sources: Brown and Heathers (2017) for the mean alone (GRIM), doi 10.1177/1948550616673876; Anaya (2016),
doi 10.7287/peerj.preprints.2400v1, for the SD (GRIMMER), whose shortcuts are not used here because they
can flag numbers that real answers print.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Unpack

import numpy as np
import pandas as pd

from behindprint.reported import Interval, Reported, Rounding
from behindprint.rows import (
    Bounds,
    Choices,
    Options,
    PrintedRow,
    bounds,
    count_frequency_tables,
    frequency_tables,
    median_bounds,
    optimum,
    printed_row,
    square_windows,
    whole_numbers,
)

__all__ = [
    "Bounds",
    "PrintedRow",
    "Verdict",
    "bound_rows",
    "bounds",
    "check_rows",
    "count_frequency_tables",
    "fit_rows",
    "frequency_tables",
    "median_bounds",
    "possible_sizes",
    "power",
    "printed_row",
    "repairs",
    "verdict",
]

CELLS_AT_MOST = 400_000_000  # cells of the coin-change table: about 0.8 GB


@lru_cache(maxsize=4)
def _fewest(offsets: Options, x_max: int, y_max: int) -> np.ndarray:
    """Return the fewest respondents off the lowest option that reach each (x, y).

    x = sum e f and y = sum e (e - 1) / 2 f, with e the distance from the lowest option, are S and Q in
    other coordinates.  A respondent at the lowest option adds nothing to either, so (x, y) is
    reachable with n respondents if and only if it is reachable with at most n others: the coin-change
    problem, solved once for every n.
    """
    if (x_max + 1) * (y_max + 1) > CELLS_AT_MOST:
        raise ValueError(f"n times the width of the options is too large to check exactly (x {x_max:,})")
    never = np.iinfo(np.uint16).max
    fewest = np.full((x_max + 1, y_max + 1), never, dtype=np.uint16)
    fewest[0, 0] = 0
    for x in range(1, x_max + 1):
        for e in offsets:
            rise = e * (e - 1) // 2
            if e <= x and rise <= y_max:
                source = fewest[x - e, : y_max + 1 - rise]
                better = np.where(source < never, source + np.uint16(1), never)
                np.minimum(fewest[x, rise:], better, out=fewest[x, rise:])
    fewest.setflags(write=False)
    return fewest


def _grid(options: Options, n: int) -> np.ndarray:
    """Return `_fewest` for everything that up to n respondents can reach (n rounded up, to reuse it)."""
    upto = -(-n // 50) * 50
    widest = options[-1] - options[0]
    offsets = tuple(v - options[0] for v in options[1:])
    return _fewest(offsets, upto * widest, upto * widest * (widest - 1) // 2)


def _exists(row: PrintedRow) -> bool:
    """Return whether any frequency table prints the row."""
    if row.shares:
        return any(optimum(row, s, np.zeros(len(row.options))) is not None for s in row.windows)
    if not row.windows:
        return False
    fewest = _grid(row.options, row.n)
    first = row.options[0]
    for s, (low, high) in row.windows.items():
        x = s - row.n * first
        shift = row.n * first**2 - 2 * first * s - x
        a, b = max(-(-(low + shift) // 2), 0), (high + shift) // 2
        if a <= b and (fewest[x, a : b + 1] <= row.n).any():
            return True
    return False


@dataclass(frozen=True)
class Verdict:
    """The outcome of checking one row: the word, and how much the word is worth.

    `word` is consistent or contradicted; `power` the share of random printed pairs that this check
    would have flagged; `mean_alone` whether some sum prints the mean (GRIM).
    """

    word: str
    power: float
    mean_alone: bool
    row: PrintedRow


def verdict(mean: str, sd: str, n: int, **choices: Unpack[Choices]) -> Verdict:
    """Decide exactly whether any set of answers prints a mean and SD.

    Parameters
    ----------
    mean, sd, n, **choices
        As for `frequency_tables`.

    Returns
    -------
    Verdict
        `word` (consistent, contradicted), `power` (0-1, see `power`), `mean_alone`, `row`.

    Raises
    ------
    ValueError
        If the row is malformed.

    Examples
    --------
    >>> choices = dict(options=range(1, 6), ddof=1, rounding="either")
    >>> verdict("4,15", "0,72", 97, **choices).word, verdict("4,15", "0,72", 98, **choices).word
    ('contradicted', 'consistent')
    """
    row = printed_row(mean, sd, n, **choices)
    reported = Reported(mean, row.decimal)
    low, high = whole_numbers(reported.interval(row.rounding), n)
    mean_alone = max(low, n * row.options[0]) <= min(high, n * row.options[-1])
    word = "consistent" if _exists(row) else "contradicted"
    return Verdict(word, power(row), mean_alone, row)


def power(row: PrintedRow, *, width: str = "0.1") -> float:
    """Return the share of random printed pairs near this SD that no dataset could print.

    A random pair is any mean that the scale can print, with any SD within `width` of the printed
    one, that answers of any kind between the lowest and highest option could have; each equally
    likely.  This is how often the check would have caught a number that came from nowhere.

    Parameters
    ----------
    row : PrintedRow
        The row; its mean is not used, its shares neither.
    width : str
        Half the width of the band of SDs.

    Returns
    -------
    float
        0-1; 0 means that the check cannot fail, so that passing it says nothing.
    """
    decimals = (Reported(row.mean, row.decimal).decimals, Reported(row.sd, row.decimal).decimals)
    steps = int(Fraction(width) * 10 ** decimals[1])
    centre = int(Reported(row.sd, row.decimal).value * 10 ** decimals[1])
    band = range(max(centre - steps, 0), centre + steps + 1)
    caught = [_caught(row.options, row.n, row.ddof, row.rounding, decimals, sd) for sd in band]
    pairs = sum(total for _, total in caught)
    return sum(flagged for flagged, _ in caught) / pairs if pairs else 0.0


@lru_cache(maxsize=4096)
def _caught(options: Options, n: int, ddof: int, rounding: Rounding, decimals, sd: int) -> tuple[int, int]:
    """Return how many printed means are impossible beside one printed SD, and how many there are."""
    places, sd_places = decimals
    interval = Reported(_printed(sd, sd_places)).interval(rounding)
    sums = np.arange(n * options[0], n * options[-1] + 1).astype(object)
    fits = _reachable(options, n, sums, square_windows(sums, interval, n, ddof))
    fits = np.concatenate([[0], np.cumsum(fits)])
    flagged = total = 0
    for mean in range(options[0] * 10**places, options[-1] * 10**places + 1):
        if not _within_reach(Fraction(mean, 10**places), interval, options, Fraction(n, n - ddof)):
            continue
        low, high = whole_numbers(Reported(_printed(mean, places)).interval(rounding), n)
        low, high = max(low, n * options[0]), min(high, n * options[-1])
        total += 1
        flagged += bool(low > high or fits[high - sums[0] + 1] == fits[low - sums[0]])
    return flagged, total


def _printed(number: int, places: int) -> str:
    """Return a number of units in the last place as print shows it: 415 with 2 places is "4,15"."""
    sign, digits = "-" if number < 0 else "", f"{abs(number):0{places + 1}d}"
    return sign + (f"{digits[:-places]},{digits[-places:]}" if places else digits)


def _within_reach(mean: Fraction, sd: Interval, options: Options, inflation: Fraction) -> bool:
    """Return whether answers between the ends of the scale, whole or not, could have this SD."""
    most = (mean - options[0]) * (options[-1] - mean) * inflation
    return max(sd.low, Fraction(0)) ** 2 <= most


def _reachable(options: Options, n: int, sums: np.ndarray, windows) -> np.ndarray:
    """Return for each sum whether n respondents can have a sum of squares in its window."""
    first = options[0]
    fits = np.zeros(len(sums), dtype=np.int64)
    fewest = _grid(options, n)
    x = sums - n * first
    shift = n * first**2 - 2 * first * sums - x
    low = np.maximum(-(-(windows[0] + shift) // 2), 0)
    high = np.minimum((windows[1] + shift) // 2, fewest.shape[1] - 1)
    for i, (row, a, b) in enumerate(zip(x, low, high, strict=True)):
        fits[i] = a <= b and (fewest[row, a : b + 1] <= n).any()
    return fits


def repairs(mean: str, sd: str, n: int, *, sizes: Iterable[int], **choices: Unpack[Choices]) -> pd.DataFrame:
    """Return the smallest changes under which a printed row becomes possible.

    Parameters
    ----------
    mean, sd, n, **choices
        As for `frequency_tables`; without shares.
    sizes : iterable of int
        The numbers of respondents to try.

    Returns
    -------
    pandas.DataFrame
        `change` (n, mean, sd), `mean`, `sd`, `n`, `steps`: the nearest fitting n below and above, and
        the nearest last digit of the mean, or of the SD, below and above.  No rows when nothing needs
        repair; steps are respondents or units in the last digit, ten at most.

    Raises
    ------
    ValueError
        If the row is malformed.
    """
    row = printed_row(mean, sd, n, **choices)
    if _exists(row):
        return pd.DataFrame(columns=["change", "mean", "sd", "n", "steps"])
    others = sorted((size for size in sizes if size > row.ddof), key=lambda size: abs(size - n))
    tries = [("n", mean, sd, size, size - n) for size in others]
    for steps in range(1, 11):
        for signed in (-steps, steps):
            tries.append(("mean", _moved(mean, signed, row.decimal), sd, n, signed))
            tries.append(("sd", mean, _moved(sd, signed, row.decimal), n, signed))
    found: dict[tuple[str, bool], tuple] = {}
    for change, new_mean, new_sd, size, steps in tries:
        side = (change, steps > 0)
        if side in found or new_sd.startswith("-"):
            continue
        if _exists(printed_row(new_mean, new_sd, size, **choices)):
            found[side] = (change, new_mean, new_sd, size, steps)
    rows = sorted(found.values(), key=lambda r: (("n", "mean", "sd").index(r[0]), abs(r[4])))
    return pd.DataFrame(rows, columns=["change", "mean", "sd", "n", "steps"])


def _moved(printed: str, steps: int, decimal: str) -> str:
    """Return a printed number with its last digit moved by some steps."""
    number = Reported(printed, decimal)
    return _printed(int(number.value * 10**number.decimals) + steps, number.decimals).replace(",", decimal)


def possible_sizes(
    rows: Iterable[tuple[str, str]], sizes: Iterable[int], **choices: Unpack[Choices]
) -> pd.DataFrame:
    """Find at which numbers of respondents each row, and all rows together, can be printed.

    Parameters
    ----------
    rows : iterable of (mean, sd)
        As printed; all with the same options.
    sizes : iterable of int
        The numbers of respondents to try.
    **choices
        As for `frequency_tables`.

    Returns
    -------
    pandas.DataFrame of bool
        One row per size (index `n`), one column per printed row (0, 1, ...), and `all`.
    """
    rows, sizes = list(rows), [int(size) for size in sizes]
    fits = {
        i: [_exists(printed_row(mean, sd, size, **choices)) for size in sizes]
        for i, (mean, sd) in enumerate(rows)
    }
    frame = pd.DataFrame(fits, index=pd.Index(sizes, name="n"), dtype=bool)
    frame["all"] = frame.all(axis=1)
    return frame


# --- whole tables of rows --------------------------------------------------------------------


def check_rows(rows: pd.DataFrame, n: int, *, ddof: int, rounding: Rounding) -> pd.DataFrame:
    """Give every printed row its verdict, its power and the size of its set.

    Parameters
    ----------
    rows : pandas.DataFrame
        `mean`, `sd` (text as printed) and `options` (tuple of int).
    n : int
        Number of respondents who answered.
    ddof, rounding
        As in `Choices`.

    Returns
    -------
    pandas.DataFrame
        Index of `rows`; `verdict` (consistent, contradicted), `power` (0-1), `tables` (count).
    """
    found = []
    for row in rows.itertuples():
        choices = {"options": row.options, "ddof": ddof, "rounding": rounding}
        outcome = verdict(row.mean, row.sd, n, **choices)
        count = count_frequency_tables(row.mean, row.sd, n, **choices)
        found.append((outcome.word, outcome.power, count))
    return pd.DataFrame(found, columns=["verdict", "power", "tables"], index=rows.index)


def fit_rows(rows: pd.DataFrame, sizes: Iterable[int], *, ddof: int, rounding: Rounding) -> pd.DataFrame:
    """Find for every printed row at which numbers of respondents it is possible.

    Parameters
    ----------
    rows : pandas.DataFrame
        `mean`, `sd` and `options`, as in `check_rows`.
    sizes : iterable of int
        The numbers of respondents to try.
    ddof, rounding
        As in `Choices`.

    Returns
    -------
    pandas.DataFrame of bool
        One row per printed row (index of `rows`), one column per size.
    """
    sizes, parts = list(sizes), []
    for options, group in rows.groupby("options"):
        pairs = zip(group["mean"], group["sd"], strict=True)
        fits = possible_sizes(pairs, sizes, options=options, ddof=ddof, rounding=rounding)
        parts.append(fits.drop(columns="all").T.set_axis(group.index, axis=0))
    return pd.concat(parts).loc[rows.index]


def bound_rows(rows: pd.DataFrame, n: int, *, ddof: int, rounding: Rounding) -> pd.DataFrame:
    """Give the exact bounds of the top-two share, the bottom-two share and the median of every row.

    Parameters
    ----------
    rows : pandas.DataFrame
        `mean`, `sd` and `options`, as in `check_rows`, and `table`.
    n : int
        Number of respondents who answered.
    ddof, rounding
        As in `Choices`.

    Returns
    -------
    pandas.DataFrame
        Index of those `rows` that are possible at n; `high_low`, `high_high` (share that chose one of the
        two highest options), `low_low`, `low_high` (the two lowest), `median_low`, `median_high`, and
        `certainly_above`, `certainly_below`: with how many rows of its table the top-two share is
        certainly larger, or smaller.
    """
    found = {}
    for row in rows.itertuples():
        given = {"options": row.options, "ddof": ddof, "rounding": rounding}
        top, bottom = (dict.fromkeys(two, 1) for two in (row.options[-2:], row.options[:2]))
        pairs = [bounds(row.mean, row.sd, n, weights=w, **given) for w in (top, bottom)]
        pairs.append(median_bounds(row.mean, row.sd, n, **given))
        if pairs[0] is not None:
            found[row.Index] = [float(end) for b in pairs for end in (b.low, b.high)]
    columns = [f"{what}_{end}" for what in ("high", "low", "median") for end in ("low", "high")]
    frame = pd.DataFrame.from_dict(found, orient="index", columns=columns)
    tables = rows.loc[frame.index, "table"]
    for table in tables.unique():
        low, high = frame.loc[tables == table, ["high_low", "high_high"]].to_numpy().T
        frame.loc[tables == table, "certainly_above"] = (low[:, None] > high).sum(axis=1)
        frame.loc[tables == table, "certainly_below"] = (high[:, None] < low).sum(axis=1)
    return frame
