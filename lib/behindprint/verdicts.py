"""Whether these numbers can have been printed: the verdict on a row, and its power.

A row is consistent when the set of frequency tables behind it (`rows`) is not empty.  A coin-change table
that serves every n decides that (`existence`), independent of listing and counting; the tests hold the
three together.

Sources: Brown and Heathers (2017) for the mean alone (GRIM), doi 10.1177/1948550616673876; Anaya (2016),
doi 10.7287/peerj.preprints.2400v1, for the SD (GRIMMER), whose shortcuts are not used here because they
can flag numbers that real answers print.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
import pandas as pd

from behindprint.counting import count_frequency_tables
from behindprint.existence import is_possible, sums_that_fit
from behindprint.reported import Interval, Reported, Rounding
from behindprint.rows import Options, PrintedRow, Shares, square_windows

PRINTED_AT_MOST = 100_000  # printed pairs that `power` looks at


@dataclass(frozen=True)
class Verdict:
    """The outcome of checking one row, and how much it says.

    `word` is consistent or contradicted; `power` is the share of random printed pairs that this check
    would have caught; `mean_alone` says whether any whole sum of answers prints the mean (GRIM).
    """

    word: str
    power: float
    mean_alone: bool
    row: PrintedRow


def verdict(
    mean: str,
    sd: str,
    n: int,
    *,
    options: Iterable[int],
    ddof: int,
    rounding: Rounding,
    shares: Shares | None = None,
    decimal: str = ",",
) -> Verdict:
    """Decide exactly whether any set of answers prints a mean and SD.

    Parameters
    ----------
    mean, sd, n, options, ddof, rounding, shares, decimal
        As in `rows.PrintedRow`.

    Returns
    -------
    Verdict
        `word` (consistent, contradicted), `power` (0-1, see `power`), `mean_alone`, `row`.

    Raises
    ------
    ValueError
        As in `rows.PrintedRow`, or if the row is too large to check exactly.

    Examples
    --------
    >>> choices = dict(options=range(1, 6), ddof=1, rounding="either")
    >>> verdict("3,72", "0,71", 60, **choices).word, verdict("3,72", "0,71", 61, **choices).word
    ('contradicted', 'consistent')
    """
    row = PrintedRow(mean, sd, n, options, ddof, rounding, shares, decimal)
    low, high = Reported(mean, decimal).interval(rounding).whole_numbers(n)
    mean_alone = max(low, n * row.options[0]) <= min(high, n * row.options[-1])
    word = "consistent" if is_possible(row) else "contradicted"
    return Verdict(word, power(row), mean_alone, row)


def power(row: PrintedRow, *, width: str = "0.1") -> float:
    """Return the share of random printed pairs near this SD that no data could print.

    A random pair is any mean that the scale can print with any SD within `width` of the printed one, as far
    as answers between the lowest and highest option, whole or not, can have both; each equally likely.  So
    often would the check have caught a number that came from nowhere.

    Parameters
    ----------
    row : PrintedRow
        The row; its mean and shares are not used.
    width : str
        Half the width of the band of SDs.

    Returns
    -------
    float
        0-1; 0 means that no pair can fail the check, so that passing it says nothing.  NaN when so many
        decimals are printed that there are more than `PRINTED_AT_MOST` pairs.

    Examples
    --------
    >>> choices = dict(options=range(1, 6), ddof=1, rounding="either")
    >>> [round(power(PrintedRow("3,72", sd, 60, **choices)), 2) for sd in ("0,71", "1,20")]
    [0.75, 0.58]
    """
    decimals = (Reported(row.mean, row.decimal).decimals, Reported(row.sd, row.decimal).decimals)
    steps = int(Fraction(width) * 10 ** decimals[1])
    centre = int(Reported(row.sd, row.decimal).value * 10 ** decimals[1])
    band = range(max(centre - steps, 0), centre + steps + 1)
    if len(band) * (row.options[-1] - row.options[0]) * 10 ** decimals[0] > PRINTED_AT_MOST:
        return math.nan
    caught = [_caught(row.options, row.n, row.ddof, row.rounding, decimals, sd) for sd in band]
    pairs = sum(total for _, total in caught)
    return sum(flagged for flagged, _ in caught) / pairs if pairs else 0.0


@lru_cache(maxsize=4096)
def _caught(options: Options, n: int, ddof: int, rounding: Rounding, decimals, sd: int) -> tuple[int, int]:
    """Return how many printed means are impossible beside one printed SD, and how many there are."""
    places, sd_places = decimals
    interval = Reported.of_units(sd, sd_places).interval(rounding)
    sums = np.arange(n * options[0], n * options[-1] + 1).astype(object)
    fits = sums_that_fit(options, n, sums, square_windows(sums, interval, n, ddof))
    fits = np.concatenate([[0], np.cumsum(fits)])
    flagged = total = 0
    for mean in range(options[0] * 10**places, options[-1] * 10**places + 1):
        if not _within_reach(Fraction(mean, 10**places), interval, options, Fraction(n, n - ddof)):
            continue
        low, high = Reported.of_units(mean, places).interval(rounding).whole_numbers(n)
        low, high = max(low, n * options[0]), min(high, n * options[-1])
        total += 1
        flagged += bool(low > high or fits[high - sums[0] + 1] == fits[low - sums[0]])
    return flagged, total


def _within_reach(mean: Fraction, sd: Interval, options: Options, inflation: Fraction) -> bool:
    """Say whether answers between the ends of the scale, whole or not, could have this SD."""
    most = (mean - options[0]) * (options[-1] - mean) * inflation
    return max(sd.low, Fraction(0)) ** 2 <= most


def check_rows(
    rows: pd.DataFrame, n: int, *, ddof: int, rounding: Rounding, decimal: str = ","
) -> pd.DataFrame:
    """Find for every printed row the verdict, its power and the number of frequency tables behind it.

    Parameters
    ----------
    rows : pandas.DataFrame
        `mean`, `sd` (text as printed) and `options` (tuple of int).
    n : int
        Number of respondents who answered.
    ddof, rounding, decimal
        As in `rows.PrintedRow`.

    Returns
    -------
    pandas.DataFrame
        Index of `rows`; `verdict` (consistent, contradicted), `power` (0-1), `tables` (count).

    Raises
    ------
    ValueError
        As in `verdict`.
    """
    outcomes = []
    for row in rows.itertuples():
        choices = {"options": row.options, "ddof": ddof, "rounding": rounding, "decimal": decimal}
        outcome = verdict(row.mean, row.sd, n, **choices)
        count = count_frequency_tables(row.mean, row.sd, n, **choices)
        outcomes.append((outcome.word, outcome.power, count))
    return pd.DataFrame(outcomes, columns=["verdict", "power", "tables"], index=rows.index)
