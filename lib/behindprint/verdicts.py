"""Whether these numbers can have been printed: the verdict on a row, and its power.

A row is consistent when the set of frequency tables behind it (`rows`) is not empty.  That is decided in
whole numbers (`squares`), independent of listing and counting; the tests hold the three together.

Sources: Brown and Heathers (2017) for the mean alone (GRIM), doi 10.1177/1948550616673876; Anaya (2016),
doi 10.7287/peerj.preprints.2400v1, for the SD (GRIMMER), whose shortcuts are not used here because they
can flag numbers that real answers print.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import numpy as np

from behindprint.constraints import square_windows
from behindprint.existence import is_possible
from behindprint.reported import Interval, Reported, Rounding
from behindprint.rows import PrintedRow
from behindprint.squares import smallest_squares, sums_that_fit

SDS_AT_MOST = 201  # printed SDs of a band; of more decimals, as many evenly spaced ones
MEANS_AT_MOST = 2001  # printed means, where each is decided by itself
POWER_UPTO = 100_000  # sums of all answers; in larger samples power is not computed


@dataclass(frozen=True)
class Verdict:
    """The outcome of checking one row, and why.

    `word` is consistent or contradicted; `mean_alone` says whether any whole sum of answers prints the mean
    (GRIM); `reason` is one sentence on what does not fit, empty for a consistent row.
    """

    word: str
    mean_alone: bool
    reason: str
    row: PrintedRow

    @property
    def power(self) -> float:
        """The share of random printed pairs that this check would have caught: see `power`."""
        return power(self.row)


def verdict(mean: str, sd: str | None, n: int, **reading) -> Verdict:
    """Decide exactly whether any set of answers prints a mean and SD.

    Parameters
    ----------
    mean, sd, n, **reading
        As in `rows.PrintedRow`; `options`, `ddof` and `rounding` are required.

    Returns
    -------
    Verdict
        `word` (consistent, contradicted), `mean_alone`, `reason`, `row`; `power` (0-1) is computed when it is
        asked for.

    Raises
    ------
    ValueError
        As in `rows.PrintedRow`, or if the row is too large to check exactly.

    Examples
    --------
    >>> choices = dict(options=range(1, 6), ddof=1, rounding="either")
    >>> verdict("3,72", "0,71", 60, **choices).word, verdict("3,72", "0,71", 61, **choices).word
    ('contradicted', 'consistent')
    >>> verdict("5,72", "0,71", 60, **choices).reason
    'the mean 5,72 lies outside the scale, which runs from 1 to 5'
    """
    return decide_row(PrintedRow(mean, sd, n, **reading))


def decide_row(row: PrintedRow) -> Verdict:
    """Return the verdict on a row that is there already."""
    possible = is_possible(row)
    word = "consistent" if possible else "contradicted"
    return Verdict(word, len(row.sums) > 0, "" if possible else _reason(row), row)


def _reason(row: PrintedRow) -> str:
    """Say in one sentence what does not fit."""
    ends, mean = (row.scores[0], row.scores[-1]), Reported(row.mean, row.decimal)
    interval = mean.interval(row.rounding)
    if interval.high < ends[0] or interval.low > ends[1]:
        return f"the mean {row.mean} lies outside the scale, which runs from {ends[0]} to {ends[1]}"
    if not row.sums:
        return f"no sum of {row.n} answers prints the mean {row.mean}"
    sums = row.integers(row.sums)
    if row.sd is not None:
        sd = Reported(row.sd, row.decimal).interval(row.rounding).times(1 / row.unit)
        low, high = square_windows(sums, sd, row.n, row.ddof)
        if (low > row.offsets[-1] * sums).all():
            return f"the SD {row.sd} is larger than answers from {ends[0]} to {ends[1]} can have at this mean"
        if (high < smallest_squares(row.n, sums)).all():
            return f"the SD {row.sd} is smaller than whole answers can have at this mean"
        if replace(row, also=(), shares=()) != row and is_possible(replace(row, also=(), shares=())):
            return "data print the mean and the SD, but none prints the rest as well"
    return f"no {row.n} answers have squares that print the rest beside the mean {row.mean}"


def power(row: PrintedRow, *, width: str = "0.1") -> float:
    """Return the share of random printed pairs near this SD that no data could print.

    A random pair is any mean that the scale can print with any SD within `width` of the printed one, as far
    as answers between the lowest and highest option, whole or not, can have both; each equally likely.  So
    often would the check have caught a number that came from nowhere.  Without an SD it is the share of
    means that no data could print beside the rest.

    Parameters
    ----------
    row : PrintedRow
        The row; beside an SD its mean, shares and further statistics are not used.
    width : str
        Half the width of the band of SDs.

    Returns
    -------
    float
        0-1; 0 means that no pair can fail the check, so that passing it says nothing.  NaN for a sample that
        is too large to compute it, where it is next to nothing.

    Examples
    --------
    >>> choices = dict(options=range(1, 6), ddof=1, rounding="either")
    >>> [round(power(PrintedRow("3,72", sd, 60, **choices)), 2) for sd in ("0,71", "1,20")]
    [0.75, 0.58]
    """
    if row.n * row.offsets[-1] > POWER_UPTO:
        return float("nan")
    if row.sd is None:
        return _power_of_means(row)
    sd = Reported(row.sd, row.decimal)
    steps, centre = int(Fraction(width) / sd.unit), int(sd.value / sd.unit)
    low, high = max(centre - steps, 0), centre + steps + 1
    band = range(low, high, -(-(high - low) // SDS_AT_MOST))
    scale = (row.origin, row.unit, row.offsets)
    places = (Reported(row.mean, row.decimal).decimals, sd.decimals)
    caught = [_caught(scale, row.n, row.ddof, row.rounding, places, units) for units in band]
    pairs = sum(total for _, total in caught)
    return sum(flagged for flagged, _ in caught) / pairs if pairs else 0.0


def _power_of_means(row: PrintedRow) -> float:
    scale = (row.origin, row.unit, row.offsets)
    mean = Reported(row.mean, row.decimal)
    low, high = _printed_means(scale, row.n, mean.decimals, row.rounding)
    if not row.also and not row.shares:
        total = int(high[-1]) - int(low[0]) + 1
        return 1 - _covered(low, high, int(low[0]), int(high[-1])) / total
    first, end = int(low[0]), int(high[-1]) + 1
    means = range(first, end, -(-(end - first) // MEANS_AT_MOST))
    printed = (Reported.of_units(units, mean.decimals, row.decimal).printed for units in means)
    return sum(not is_possible(replace(row, mean=text)) for text in printed) / len(means)


@lru_cache(maxsize=64)
def _printed_means(scale, n: int, places: int, rounding: Rounding) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and highest mean, in units of its last digit, that each sum of offsets prints."""
    origin, unit, offsets = scale
    bottom = 2 * n * origin.denominator * unit.denominator
    first, step = int(bottom * origin * 10**places), int(bottom * unit * 10**places) // n
    size = abs(first) + step * n * offsets[-1] + bottom
    sums = np.arange(n * offsets[-1] + 1, dtype=np.int64 if size < 2**61 else object)
    tops = first + step * sums
    up, down = (tops + bottom // 2) // bottom, -((bottom // 2 - tops) // bottom)
    negative = tops < 0
    if rounding == "truncated":
        whole = np.where(negative, -(-tops // bottom), tops // bottom)
        return whole, whole
    if rounding == "either":
        return down, up
    away = np.where(negative, down, up)
    toward = np.where(negative, up, down)
    chosen = {"half_up": away, "half_down": toward, "half_even": np.where(up % 2 == 0, up, down)}[rounding]
    return chosen, chosen


def _covered(low: np.ndarray, high: np.ndarray, least: int, most: int) -> int:
    """Count the whole numbers from `least` to `most` in intervals whose ends rise."""
    low, high = np.maximum(low, least), np.minimum(high, most)
    low, high = low[low <= high], high[low <= high]
    before = np.concatenate([[least - 1], high[:-1]]) if len(high) else high
    return int(np.maximum(high - np.maximum(low, before + 1) + 1, 0).sum())


@lru_cache(maxsize=4096)
def _caught(
    scale, n: int, ddof: int, rounding: Rounding, places: tuple[int, int], sd: int
) -> tuple[int, int]:
    """Return how many printed means are impossible beside one printed SD, and how many there are."""
    _, unit, offsets = scale
    interval = Reported.of_units(sd, places[1]).interval(rounding)
    least, most = _within_reach(scale, 10 ** places[0], interval, Fraction(n, n - ddof))
    if most < least:
        return 0, 0
    low, high = _printed_means(scale, n, places[0], rounding)
    near = np.flatnonzero((low <= most) & (high >= least))
    sums = near if n * offsets[-1] ** 2 < 2**61 else near.astype(object)
    fits = sums_that_fit(offsets, n, sums, square_windows(sums, interval.times(1 / unit), n, ddof))
    total = most - least + 1
    return total - _covered(low[near[fits]], high[near[fits]], least, most), total


def _within_reach(scale, steps: int, sd: Interval, inflation: Fraction) -> tuple[int, int]:
    """Return the lowest and highest mean, in units, beside which answers on the scale could have this SD."""
    origin, unit, offsets = scale
    first, last = origin, origin + unit * offsets[-1]
    least = max(sd.low, Fraction(0)) ** 2

    def reached(units: int) -> bool:
        mean = Fraction(units, steps)
        return (mean - first) * (last - mean) * inflation >= least

    low, high = -((-first * steps) // 1), (last * steps) // 1
    top = int((first + last) * steps / 2)
    top = next((units for units in (top, top + 1) if low <= units <= high and reached(units)), None)
    if top is None:
        return 0, -1
    return _last(lambda units: reached(-units), -top, -int(low), -1), _last(reached, top, int(high), 1)


def _last(holds, start: int, stop: int, sign: int) -> int:
    """Return the last whole number from `start` up to `stop` that holds, times the sign."""
    while start < stop:
        middle = (start + stop + 1) // 2
        start, stop = (middle, stop) if holds(middle) else (start, middle - 1)
    return sign * start
