"""What print gives beside a mean: as windows of the sum of squares, or limits on how many have some scores.

`square_windows` is that of an SD.  A test of the mean against a value (`MeanTest`), and a confidence
interval of the mean (`MeanInterval`), give the SD back; a median and quartiles (`Quantiles`) bound how
many are below. Each is one more condition on the same frequency tables.  Quantiles of Student's t are
computed numbers: their windows are a billionth wider than computed, so that no table is lost by a last bit.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, product
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import stats

from behindprint.reported import Interval, Reported
from expect import check_between, check_one_of

if TYPE_CHECKING:
    from behindprint.rows import PrintedRow

Limits = list[tuple[list[int], int, int]]  # positions of scores, lowest and highest number of respondents
Spread = tuple[Fraction, Fraction | None]  # lowest and highest sum of squared deviations; None: any
LOOSER = Fraction(1, 10**9)
NONE = Fraction(1), Fraction(0)  # a lowest value above the highest: no sum of squares
QUARTILES = ("any", "weighted", "linear", "hinges", "halves")


class Constraint(Protocol):
    """One more thing that print gives about a row."""

    def square_windows(self, row: "PrintedRow") -> list[tuple[int, int]] | None:
        """Return for each of the row's sums the lowest and highest sum of squares; None: any."""

    def alternatives(self, row: "PrintedRow") -> list[Limits]:
        """Return limits on frequency tables, of which one set must be kept."""


def square_windows(sums, sd: Interval, n: int, ddof: int):
    """Return the lowest and highest Q for each sum S, from SD^2 = (n Q - S^2) / (n (n - ddof)).

    `sums` is one integer or an array; larger numbers than 64 bits hold become Python integers.
    """
    variance, edges = sd.squared(), []
    for end in (variance.low, variance.high):
        a, b = end.numerator, end.denominator
        if isinstance(sums, np.ndarray) and a * n * n + b * int(np.abs(sums).max(initial=0)) ** 2 >= 2**62:
            sums = sums.astype(object)
        edges.append((a * n * (n - ddof) + b * sums * sums, b * n))
    (top, bottom), (top2, bottom2) = edges
    lowest = -((-top) // bottom) if variance.low_included else top // bottom + 1
    highest = top2 // bottom2 if variance.high_included else -((-top2) // bottom2) - 1
    return lowest, highest


def _windows(row: "PrintedRow", spread: Callable[[Fraction], Spread]) -> list[tuple[int, int]]:
    """Return the window of Q of each sum, where `spread` takes a mean, in units of the scale."""
    windows = []
    for s in row.sums:
        least, most = spread(row.origin + row.unit * Fraction(s, row.n))
        share, upto = Fraction(s * s, row.n), row.offsets[-1] * s
        low = math.ceil(least / row.unit**2 + share)
        windows.append((low, upto if most is None else math.floor(most / row.unit**2 + share)))
    return windows


def _t_between(p: str, n: int, sides: int, decimal: str, rounding) -> tuple[Fraction, Fraction | None]:
    """Return the lowest and highest |t| with n - 1 degrees of freedom that print a p value, `<` included."""
    sign, text = (p[0], p[1:].strip()) if p[:1] in "<>" else ("", p)
    interval = Reported(text, decimal).interval(rounding)
    least, most = (interval.low, interval.high) if not sign else (interval.high, interval.high)
    least, most = (
        (Fraction(0), most) if sign == "<" else (least, Fraction(1)) if sign == ">" else (least, most)
    )
    high = None if least <= 0 else Fraction(float(stats.t.isf(float(least) / sides, n - 1))) * (1 + LOOSER)
    low = Fraction(float(stats.t.isf(min(float(most) / sides, 0.5), n - 1))) * (1 - LOOSER)
    return max(low, Fraction(0)), high


class _OfSquares:
    """What bounds the squares alone."""

    def alternatives(self, row: "PrintedRow") -> list[Limits]:
        """Return no limits."""
        return [[]]


@dataclass(frozen=True)
class MeanTest(_OfSquares):
    """A t test of the mean against a value, whose SD has n - 1: its t, its p, or both.

    Parameters
    ----------
    t, p : str, optional
        As printed; p may begin with < or >.  The sign of t is not used.
    against : str
        The value that the mean is tested against.
    sides : {2, 1}
        Of the p value.
    """

    t: str | None = None
    p: str | None = None
    against: str = "0"
    sides: int = 2

    def square_windows(self, row: "PrintedRow") -> list[tuple[int, int]]:
        """Return the windows that t^2 = n (n - 1) (mean - against)^2 / sum of squared deviations leaves."""
        check_one_of("sides", self.sides, (1, 2))
        value, least, most = Reported(self.against, row.decimal).value, Fraction(0), None
        if self.t is not None:
            interval = Reported(self.t.lstrip("-"), row.decimal).interval(row.rounding)
            least, most = max(interval.low, Fraction(0)), interval.high
        if self.p is not None:
            low, high = _t_between(self.p, row.n, self.sides, row.decimal, row.rounding)
            least, most = max(least, low), min(filter(None, (most, high)), default=None)
        factor = row.n * (row.n - 1)

        def spread(mean: Fraction) -> Spread:
            squared = factor * (mean - value) ** 2
            if squared == 0 and least > 0:  # t is zero whatever the spread
                return NONE
            return squared / most**2 if most else Fraction(0), squared / least**2 if least else None

        return _windows(row, spread)


@dataclass(frozen=True)
class MeanInterval(_OfSquares):
    """A confidence interval of the mean, by Student's t with n - 1 degrees of freedom.

    Parameters
    ----------
    low, high : str
        As printed.
    confidence : float
        Its level.
    """

    low: str
    high: str
    confidence: float = 0.95

    def square_windows(self, row: "PrintedRow") -> list[tuple[int, int]]:
        """Return the windows that half the width of the interval leaves."""
        check_between(confidence=self.confidence)
        ends = [Reported(end, row.decimal).interval(row.rounding) for end in (self.low, self.high)]
        quantile = Fraction(float(stats.t.ppf((1 + self.confidence) / 2, row.n - 1)))
        factor = row.n * (row.n - 1)

        def spread(mean: Fraction) -> Spread:
            least = max(mean - ends[0].high, ends[1].low - mean, Fraction(0))
            most = min(mean - ends[0].low, ends[1].high - mean)
            if most < least:
                return NONE
            widest, narrowest = quantile * (1 + LOOSER), quantile * (1 - LOOSER)
            return factor * (least / widest) ** 2, factor * (most / narrowest) ** 2

        return _windows(row, spread)


@dataclass(frozen=True)
class Quantiles:
    """A median, and quartiles by one of the rules in use.

    Parameters
    ----------
    median, lower, upper : str, optional
        As printed: the median and the quartiles.
    rule : str
        How quartiles were found: `weighted` (at (n + 1) p, as SPSS), `linear` (at (n - 1) p + 1, as Excel
        and R), `hinges` (medians of the halves, the middle answer in both), `halves` (in neither), or
        `any` of these. A median is the same by all.
    """

    median: str | None = None
    lower: str | None = None
    upper: str | None = None
    rule: str = "any"

    def square_windows(self, row: "PrintedRow") -> None:
        """Return None: a quantile leaves the squares open."""
        check_one_of("rule", self.rule, QUARTILES)

    def alternatives(self, row: "PrintedRow") -> list[Limits]:
        """Return limits for every rule and every pair of scores that print the quantiles."""
        check_one_of("rule", self.rule, QUARTILES)
        found: list[Limits] = []
        for rule in QUARTILES[1:] if self.rule == "any" and (self.lower or self.upper) else (self.rule,):
            lower = _place(rule, row.n)
            places = (
                (self.median, Fraction(row.n + 1, 2)),
                (self.lower, lower),
                (self.upper, row.n + 1 - lower),
            )
            each = [_pairs(row, text, place) for text, place in places if text is not None]
            for limits in product(*each):
                if (together := list(chain.from_iterable(limits))) not in found:
                    found.append(together)
        return found


def _place(rule: str, n: int) -> Fraction:
    """Return the place of the lower quartile among n answers in order, from 1."""
    place = {
        "weighted": Fraction(n + 1, 4),
        "linear": Fraction(n + 3, 4),
        "hinges": Fraction((n + 1) // 2 + 1, 2),
        "halves": Fraction(n // 2 + 1, 2),
    }.get(rule, Fraction(n + 1, 4))
    return max(place, Fraction(1))


def _pairs(row: "PrintedRow", printed: str, place: Fraction) -> list[Limits]:
    """Return limits for each pair of scores around a place whose weighted mean prints the quantile."""
    interval = Reported(printed, row.decimal).interval(row.rounding)
    k = min(math.floor(place), row.n)
    weight, scores = place - k, [Fraction(score) for score in row.scores]
    if weight == 0 or k == row.n:
        return [_at(i, k, row.n) for i, score in enumerate(scores) if score in interval]
    return [
        _at(i, k, row.n) + _at(j, k + 1, row.n)
        for i, a in enumerate(scores)
        for j, b in enumerate(scores[i:], i)
        if (1 - weight) * a + weight * b in interval
    ]


def _at(position: int, place: int, n: int) -> Limits:
    """Return the limits that say which score the answer at a place in the order has."""
    return [(list(range(position)), 0, place - 1), (list(range(position + 1)), place, n)]
