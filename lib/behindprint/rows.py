"""The exact set of frequency tables behind one printed row: what it must fit, and all of it listed.

Answers on a scale of whole numbers, given by n respondents, are fully described by their frequency table f:
how many respondents have each score.  Print tells three things about it,

    n = sum f,    S = sum e f  (through the mean),    Q = sum e^2 f  (through the SD),

the last two rounded.  So the sum S must be one of a few whole numbers, and for each of them the sum
of squares Q must lie in a window of whole numbers.  Whatever else print gives (`constraints`) narrows the
windows, or bounds how many have some of the scores.  Scores are counted in steps from the lowest one, so that
halves, negative numbers, tens, and the mean of several items are the same problem.  All arithmetic is on
integers and fractions.

Source: Wilner, Wood and Simons (2018), Complete recovery of values in Diophantine systems (CORVIDS),
doi 10.31234/osf.io/7shr8, for the idea of recovering every table; the algorithms here are others.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache, reduce
from itertools import product

import numpy as np

from behindprint.constraints import Constraint, Limits, square_windows
from behindprint.reported import Reported, Rounding, check_ddof, check_rounding
from behindprint.squares import smallest_squares

LISTED_AT_MOST = 5_000_000  # frequency tables that `frequency_tables` lists
SUMS_AT_MOST = 10_000_000  # sums of scores that are tried
SCORES_AT_MOST = 100_000  # scores of a scale

Windows = dict[int, tuple[int, int]]  # sum S -> lowest and highest sum of squares Q
Score = int | Fraction
Options = tuple[Score, ...]
Shares = Mapping[Score | Options, str]


@dataclass(frozen=True)
class PrintedRow:
    """One printed mean and SD, with the choices that give them meaning; checked when made.

    Parameters
    ----------
    mean : str
        As printed, such as `"3,72"`.
    sd : str or None
        As printed, such as `"0,71"`; None when print has none.
    n : int
        Number of respondents who answered.
    options : iterable of int or Fraction, or None
        The response options of an item; kept in ascending order.  None for whole numbers of any size: they
        are then as far from the mean as the SD lets them be.
    ddof : {1, 0}
        1 for a sample SD (SPSS), 0 for a population SD.
    rounding : str
        One of `ROUNDING_RULES`; `either` accepts what any way of rounding halves accepts.
    shares : mapping, optional
        Printed percentages, each of one score or of a tuple of scores: `{5: "12", (4, 5): "33,3"}`;
        kept as pairs.
    decimal : {",", "."}
        The decimal sign of the document.
    items : int
        The score of a respondent is the mean of this many items, all answered.
    also : tuple of Constraint
        What else print gives: see `constraints`.
    minimum_answered : int, optional
        Items that a respondent must have answered; the score is then the mean of the answered ones.

    Attributes
    ----------
    scores : tuple of int or Fraction
        All scores a respondent can have, ascending; the options themselves for one item.
    offsets : tuple of int
        The scores in steps of `unit` from the lowest.
    sums : range
        The sums of offsets that print the mean.

    Raises
    ------
    ValueError
        For fewer than two options, an option that is repeated or not a number, n not above ddof, a negative
        SD, an unknown rounding rule, a share of something that is not a score, fewer than one item, or no
        options where there is no SD.
    """

    mean: str
    sd: str | None
    n: int
    options: Iterable[Score] | None
    ddof: int
    rounding: Rounding
    shares: Shares | tuple[tuple[Options, str], ...] | None = None
    decimal: str = ","
    items: int = 1
    also: tuple[Constraint, ...] = ()
    minimum_answered: int | None = None
    unit: Fraction = field(init=False, compare=False, repr=False)
    offsets: tuple[int, ...] = field(init=False, compare=False, repr=False)
    origin: Fraction = field(init=False, compare=False, repr=False)
    sums: range = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        check_rounding(self.rounding)
        check_ddof(self.ddof)
        _check_whole("n", self.n, f"above ddof = {self.ddof}", self.ddof + 1)
        _check_whole("items", self.items, "of at least 1", 1)
        for name, text in (("mean", self.mean), ("sd", self.sd)):
            try:
                value = 0 if text is None and name == "sd" else Reported(text, self.decimal).value
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
            if name == "sd" and value < 0:
                raise ValueError(f"sd: expected a number of zero or more; found {text!r}")
        if self.options is not None:
            object.__setattr__(self, "options", _ascending(self.options))
        for name, value in zip(("origin", "unit", "offsets"), self._grid(), strict=True):
            object.__setattr__(self, name, value)
        interval = Reported(self.mean, self.decimal).interval(self.rounding)
        low, high = interval.moved(-self.origin).whole_numbers(self.n / self.unit)
        low, high = max(low, 0), min(high, self.n * self.offsets[-1])
        object.__setattr__(self, "sums", range(low, high + 1))
        object.__setattr__(self, "shares", self._pairs())

    def _pairs(self) -> tuple[tuple[Options, str], ...]:
        pairs = self.shares.items() if isinstance(self.shares, Mapping) else self.shares or ()
        shares = tuple((key if isinstance(key, tuple) else (key,), printed) for key, printed in pairs)
        for group, printed in shares:
            if not set(group) <= set(self.scores) or len(set(group)) != len(group):
                raise ValueError(f"shares: expected options among {self.scores}; found {group}: {printed!r}")
        return shares

    def _grid(self) -> tuple[Fraction, Fraction, tuple[int, ...]]:
        """Return the lowest score, the step between scores, and the scores in steps from the lowest."""
        if self.options is None:
            return self._whole_numbers()
        steps = [Fraction(option) - self.options[0] for option in self.options]
        unit = reduce(_common_divisor, steps)
        one = tuple(int(step / unit) for step in steps)
        least = self.items if self.minimum_answered is None else self.minimum_answered
        if not 1 <= least <= self.items:
            raise ValueError(f"minimum_answered: expected 1 to {self.items}, the items; found {least!r}")
        common = math.lcm(*range(least, self.items + 1))
        if one[-1] * common > SCORES_AT_MOST:
            raise ValueError(f"options, items: expected at most {SCORES_AT_MOST:,} scores; found more")
        totals = {t * common // k for k in range(least, self.items + 1) for t in _totals(one, k)}
        return Fraction(self.options[0]), unit / common, tuple(sorted(totals))

    def _whole_numbers(self) -> tuple[Fraction, Fraction, tuple[int, ...]]:
        """Return the grid of scores that one respondent can have beside the mean and SD.

        With n - 1 others at the same score, (score - mean)^2 is at most (n - 1) / n of the sum of squares.
        """
        if self.sd is None:
            raise ValueError("options: expected response options where no SD is printed; found none")
        mean, sd = (Reported(text, self.decimal).interval(self.rounding) for text in (self.mean, self.sd))
        reach = (self.n - self.ddof) * sd.high**2 * Fraction(self.n - 1, self.n) * self.items**2
        reach = math.isqrt(math.floor(reach)) + 1
        low = math.floor(mean.low * self.items) - reach
        high = math.ceil(mean.high * self.items) + reach
        if high - low > SCORES_AT_MOST:
            raise ValueError(f"options: expected a scale, or an SD with {SCORES_AT_MOST:,} scores at most")
        return Fraction(low, self.items), Fraction(1, self.items), tuple(range(high - low + 1))

    @cached_property
    def scores(self) -> Options:
        """All scores that a respondent can have, ascending."""
        values = (self.origin + self.unit * offset for offset in self.offsets)
        return tuple(int(value) if value.denominator == 1 else value for value in values)

    @cached_property
    def windows(self) -> Windows:
        """The sums of offsets that print the mean, each with the window of squares that prints the rest."""
        if len(self.sums) > SUMS_AT_MOST:
            raise ValueError(f"n: expected at most {SUMS_AT_MOST:,} sums that print the mean; found more")
        sums = self.integers(self.sums)
        low, high = self.square_windows(sums)
        return {int(s): (int(a), int(b)) for s, a, b in zip(sums, low, high, strict=True) if a <= b}

    def integers(self, values: range) -> np.ndarray:
        """Return whole numbers as an array whose squares, n times, do not overflow."""
        small = self.n * max(self.offsets[-1], 2) ** 2 < 2**61
        return np.arange(values.start, values.stop, dtype=np.int64 if small else object)

    def square_windows(self, sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and highest sum of squared offsets beside each sum, by all that is printed."""
        low, high = smallest_squares(self.n, sums), self.offsets[-1] * sums
        if self.sd is not None:
            sd = Reported(self.sd, self.decimal).interval(self.rounding).times(1 / self.unit)
            least, most = square_windows(sums, sd, self.n, self.ddof)
            low, high = np.maximum(low, least), np.minimum(high, most)
        for least, most in self._further:
            at = [s - self.sums.start for s in sums]
            low, high = np.maximum(low, least[at]), np.minimum(high, most[at])
        return low, high

    @cached_property
    def _further(self) -> list[tuple[np.ndarray, np.ndarray]]:
        windows = [constraint.square_windows(self) for constraint in self.also]
        return [np.array(pairs, dtype=object).reshape(-1, 2).T for pairs in windows if pairs is not None]

    def limits(self) -> list[Limits]:
        """Return limits on how many have some scores, in alternatives of which one must be kept."""
        choices = [constraint.alternatives(self) for constraint in self.also]
        return [sum(each, self._share_limits()) for each in product(*choices)]

    def _share_limits(self) -> Limits:
        limits = []
        for group, printed in self.shares:
            interval = Reported(printed, self.decimal).interval(self.rounding)
            low, high = interval.whole_numbers(Fraction(self.n, 100))
            limits.append(([self.scores.index(v) for v in group], max(low, 0), min(high, self.n)))
        return limits

    def centre(self) -> int:
        """Return the offset nearest to the mean."""
        mean = (Reported(self.mean, self.decimal).value - self.origin) / self.unit
        return min(self.offsets, key=lambda e: abs(e - mean))


def _check_whole(name: str, value: object, what: str, least: int) -> None:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or value < least:
        raise ValueError(f"{name}: expected a whole number {what}; found {value!r}")


def _ascending(options: Iterable[Score]) -> Options:
    options = sorted(options)
    exact = all(isinstance(v, int | Fraction | np.integer) for v in options)
    if not exact or len(options) < 2 or len(set(options)) < len(options):
        raise ValueError(
            f"options: expected two or more different whole numbers; found {tuple(options)} "
            "(a step that is not whole is a Fraction)"
        )
    return tuple(v if isinstance(v, Fraction) and v.denominator > 1 else int(v) for v in options)


def _totals(options: tuple[int, ...], items: int) -> Iterable[int]:
    """Return every sum of answers to some items."""
    if len(options) > options[-1]:
        return range(items * options[-1] + 1)
    totals = {0}
    for _ in range(items):
        totals = {total + option for total in totals for option in options}
    return totals


def _common_divisor(a: Fraction, b: Fraction) -> Fraction:
    """Return the largest step of which both are multiples."""
    bottom = a.denominator * b.denominator
    return Fraction(math.gcd(int(a * bottom), int(b * bottom)), bottom)


def frequency_tables(mean: str, sd: str | None, n: int, **reading) -> np.ndarray:
    """List every frequency table that prints a mean and SD.

    Parameters
    ----------
    mean, sd, n, **reading
        As in `PrintedRow`; `options`, `ddof` and `rounding` are required.

    Returns
    -------
    numpy.ndarray of int64, shape (m, k)
        One frequency table per row, one score per column, in lexicographic order;
        m = 0 when no dataset prints these numbers.  Read-only.

    Raises
    ------
    ValueError
        As in `PrintedRow`, or if the set is larger than `LISTED_AT_MOST` (use `count_frequency_tables` and
        `bounds`, which need no list).

    Notes
    -----
    Checked against closure-core (Rust): 5,359 tables for mean 2.7, SD 1.9, n 130, options 1-5, and four
    more in tests/reference/closure_counts.csv; and in the tests against all tables of small n.

    Examples
    --------
    >>> frequency_tables("1,20", "0,41", 30, options=(1, 2), ddof=1, rounding="half_up")
    array([[24,  6]])
    """
    return list_tables(PrintedRow(mean, sd, n, **reading), LISTED_AT_MOST)


@lru_cache(maxsize=128)
def list_tables(row: PrintedRow, at_most: int) -> np.ndarray:
    """List the set; raise if it may hold more than `at_most` tables.

    The list grows breadth-first, one score at a time, from the outermost score inwards.
    Scores are measured from one near the mean, so that Q is small and prunes early: a score at
    distance d can hold at most Q / d^2 respondents.
    """
    if len(row.sums) > at_most:
        raise ValueError(f"{len(row.sums):,} sums print the mean: too many for a list")
    centre = row.centre()
    partial = _Partial.start(row, centre)
    inner = list(row.offsets)
    while len(inner) > 2:
        outermost = max((inner[0], inner[-1]), key=lambda e: abs(e - centre))
        inner.remove(outermost)
        partial = partial.extend(outermost, inner, at_most)
    tables = partial.close(*inner)
    kept = np.zeros(len(tables), dtype=bool)
    for limits in row.limits():
        each = np.ones(len(tables), dtype=bool)
        for positions, low, high in limits:
            count = tables[:, positions].sum(axis=1)
            each &= (count >= low) & (count <= high)
        kept |= each
    tables = tables[kept]
    tables = tables[np.lexsort(tables.T[::-1])].astype(np.int64)
    tables.setflags(write=False)
    return tables


@dataclass
class _Partial:
    """Frequency tables with some scores filled in, and what the other scores must supply."""

    offsets: tuple[int, ...]
    centre: int
    tables: np.ndarray  # (m, k) counts so far
    n: np.ndarray  # respondents left
    s: np.ndarray  # sum left, measured from the centre
    low: np.ndarray  # lowest and
    high: np.ndarray  # highest sum of squares left, measured from the centre

    @classmethod
    def start(cls, row: PrintedRow, centre: int) -> "_Partial":
        sums = np.array(list(row.windows), dtype=np.int64)
        low, high = np.array(list(row.windows.values()), dtype=np.int64).reshape(-1, 2).T
        shift = row.n * centre**2 - 2 * centre * sums
        tables = np.zeros((len(sums), len(row.offsets)), dtype=np.int32)
        left = np.full(len(sums), row.n, dtype=np.int64)
        return cls(row.offsets, centre, tables, left, sums - row.n * centre, low + shift, high + shift)

    def extend(self, offset: int, inner: Sequence[int], at_most: int) -> "_Partial":
        """Give one score every count that the remaining scores can complete."""
        d = offset - self.centre
        most = np.minimum(self.n, self.high // d**2) if d else self.n
        times = np.maximum(most + 1, 0)
        if times.sum() * len(self.offsets) > 20 * at_most:  # partial tables; some cannot be completed
            raise ValueError(
                f"more than {at_most:,} frequency tables may print these numbers on {len(self.offsets)} "
                "options: use count_frequency_tables or bounds, which need no list"
            )
        which = np.repeat(np.arange(len(times)), times)
        count = np.arange(len(which)) - np.repeat(np.cumsum(times) - times, times)
        grown = self._take(which, offset, count)
        return grown._keep(grown._can_be_completed(inner[0] - self.centre, inner[-1] - self.centre))

    def _take(self, which: np.ndarray, offset: int, count: np.ndarray) -> "_Partial":
        d = offset - self.centre
        tables = self.tables[which]
        tables[:, self.offsets.index(offset)] = count
        left, s = self.n[which] - count, self.s[which] - d * count
        squares = d**2 * count
        low, high = self.low[which] - squares, self.high[which] - squares
        return _Partial(self.offsets, self.centre, tables, left, s, low, high)

    def _keep(self, mask: np.ndarray) -> "_Partial":
        parts = (getattr(self, name)[mask] for name in ("tables", "n", "s", "low", "high"))
        return _Partial(self.offsets, self.centre, *parts)

    def _can_be_completed(self, first: int, last: int) -> np.ndarray:
        """Return where scores from `first` to `last` can supply the n, S and Q that remain.

        Q is smallest with everyone at the two whole numbers around the mean, largest with everyone at the
        two ends.
        """
        smallest = smallest_squares(np.maximum(self.n, 1), self.s) * (self.n > 0)
        largest = (first + last) * self.s - first * last * self.n
        inside = (self.n * first <= self.s) & (self.s <= self.n * last)
        return inside & (smallest <= self.high) & (largest >= self.low)

    def close(self, a: int, b: int) -> np.ndarray:
        """Fill the last two scores, whose counts follow from n and S, and keep what fits Q."""
        over = self.s - (a - self.centre) * self.n
        of_b = over // (b - a)
        squares = (a - self.centre) ** 2 * (self.n - of_b) + (b - self.centre) ** 2 * of_b
        fits = (over % (b - a) == 0) & (of_b >= 0) & (of_b <= self.n)
        fits &= (squares >= self.low) & (squares <= self.high)
        tables = self.tables[fits]
        tables[:, self.offsets.index(a)] = (self.n - of_b)[fits]
        tables[:, self.offsets.index(b)] = of_b[fits]
        return tables
