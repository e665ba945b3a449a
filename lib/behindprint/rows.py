"""The exact set of frequency tables behind one printed row: what it must fit, and all of it listed.

A survey item with whole-number response options, answered by n respondents, is fully described by
its frequency table f: how many respondents chose each option.  Print tells three things about it,

    n = sum f,    S = sum v f  (through the mean),    Q = sum v^2 f  (through the SD),

the last two rounded.  So the sum S must be one of a few whole numbers, and for each of them the sum
of squares Q must lie in a window of whole numbers.  All arithmetic is on integers and fractions.

Source: Wilner, Wood and Simons (2018), Complete recovery of values in Diophantine systems (CORVIDS),
doi 10.31234/osf.io/7shr8, for the idea of recovering every table; the algorithms here are others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

import numpy as np

from behindprint.reported import Interval, Reported, Rounding, check_ddof, check_rounding

LISTED_AT_MOST = 5_000_000  # frequency tables that `frequency_tables` lists
SUMS_AT_MOST = 100_000  # sums of answers that print one mean

Windows = dict[int, tuple[int, int]]  # sum S -> lowest and highest sum of squares Q
Options = tuple[int, ...]
Shares = Mapping[int | Options, str]


@dataclass(frozen=True)
class PrintedRow:
    """One printed mean and SD, with the choices that give them meaning; checked when made.

    Parameters
    ----------
    mean, sd : str
        As printed, such as `"3,72"` and `"0,71"`.
    n : int
        Number of respondents who answered.
    options : iterable of int
        The response options; kept in ascending order.
    ddof : {1, 0}
        1 for a sample SD (SPSS), 0 for a population SD.
    rounding : str
        One of `ROUNDING_RULES`; `either` accepts what any way of rounding halves accepts.
    shares : mapping, optional
        Printed percentages, each of one option or of a tuple of options: `{5: "12", (4, 5): "33,3"}`;
        kept as pairs.
    decimal : {",", "."}
        The decimal sign of the document.

    Raises
    ------
    ValueError
        For fewer than two options, an option that is repeated or not whole, n not above ddof, a negative
        SD, an unknown rounding rule, a share of something that is not a response option, or more than
        `SUMS_AT_MOST` sums of answers that print the mean.
    """

    mean: str
    sd: str
    n: int
    options: Iterable[int]
    ddof: int
    rounding: Rounding
    shares: Shares | tuple[tuple[Options, str], ...] | None = None
    decimal: str = ","
    windows: Windows = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        check_rounding(self.rounding)
        check_ddof(self.ddof)
        object.__setattr__(self, "options", _ascending(self.options))
        if isinstance(self.n, bool) or self.n != int(self.n) or self.n <= self.ddof:
            raise ValueError(f"n: expected a whole number above ddof = {self.ddof}; found {self.n!r}")
        for name in ("mean", "sd"):
            try:
                Reported(getattr(self, name), self.decimal)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        if Reported(self.sd, self.decimal).value < 0:
            raise ValueError(f"sd: expected a number of zero or more; found {self.sd!r}")
        pairs = self.shares.items() if isinstance(self.shares, Mapping) else self.shares or ()
        shares = tuple((key if isinstance(key, tuple) else (key,), printed) for key, printed in pairs)
        for group, printed in shares:
            if not set(group) <= set(self.options) or len(set(group)) != len(group):
                raise ValueError(f"shares: expected options among {self.options}; found {group}: {printed!r}")
        object.__setattr__(self, "shares", shares)
        object.__setattr__(self, "windows", _windows(self))

    def share_limits(self) -> list[tuple[list[int], int, int]]:
        """Return positions of the options, lowest and highest count for every printed share."""
        limits = []
        for group, printed in self.shares:
            interval = Reported(printed, self.decimal).interval(self.rounding)
            low, high = interval.whole_numbers(Fraction(self.n, 100))
            limits.append(([self.options.index(v) for v in group], max(low, 0), min(high, self.n)))
        return limits

    def nearest(self) -> int:
        """Return the response option nearest to the mean."""
        mean = Reported(self.mean, self.decimal).value
        return min(self.options, key=lambda v: abs(v - mean))


def _ascending(options: Iterable[int]) -> Options:
    options = sorted(options)
    if len(options) < 2 or len(set(options)) < len(options) or any(v != int(v) for v in options):
        raise ValueError(f"options: expected two or more different whole numbers; found {tuple(options)}")
    return tuple(int(v) for v in options)


def square_windows(sums, sd: Interval, n: int, ddof: int):
    """Return the lowest and highest Q for each sum S, from SD^2 = (n Q - S^2) / (n (n - ddof)).

    `sums` is one integer, or an object array of Python integers: nothing overflows.
    """
    variance, edges = sd.squared(), []
    for end in (variance.low, variance.high):
        a, b = end.numerator, end.denominator
        edges.append((a * n * (n - ddof) + b * sums * sums, b * n))
    (top, bottom), (top2, bottom2) = edges
    lowest = -((-top) // bottom) if variance.low_included else top // bottom + 1
    highest = top2 // bottom2 if variance.high_included else -((-top2) // bottom2) - 1
    return lowest, highest


def _windows(row: PrintedRow) -> Windows:
    """Return the sums that print the mean, each with the window of Q that prints the SD.

    Answers between a and b have Q <= (a + b) S - n a b: an SD beyond the scale leaves no window.
    """
    mean = Reported(row.mean, row.decimal).interval(row.rounding)
    sd = Reported(row.sd, row.decimal).interval(row.rounding)
    low, high = mean.whole_numbers(row.n)
    least, most = row.options[0], row.options[-1]
    low, high = max(low, row.n * least), min(high, row.n * most)
    if high - low >= SUMS_AT_MOST:
        raise ValueError(
            f"n: expected at most {SUMS_AT_MOST:,} sums of answers that print the mean, or the row is too "
            f"large to check exactly; found {high - low + 1:,} with n = {row.n}"
        )
    squares = {s: square_windows(s, sd, row.n, row.ddof) for s in range(low, high + 1)}
    windows = {s: (a, min(b, (least + most) * s - row.n * least * most)) for s, (a, b) in squares.items()}
    return {s: (a, b) for s, (a, b) in windows.items() if a <= b}


def frequency_tables(
    mean: str,
    sd: str,
    n: int,
    *,
    options: Iterable[int],
    ddof: int,
    rounding: Rounding,
    shares: Shares | None = None,
    decimal: str = ",",
) -> np.ndarray:
    """List every frequency table that prints a mean and SD.

    Parameters
    ----------
    mean, sd, n, options, ddof, rounding, shares, decimal
        As in `PrintedRow`.

    Returns
    -------
    numpy.ndarray of int64, shape (m, k)
        One frequency table per row, one response option per column, in lexicographic order;
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
    return list_tables(PrintedRow(mean, sd, n, options, ddof, rounding, shares, decimal), LISTED_AT_MOST)


@lru_cache(maxsize=128)
def list_tables(row: PrintedRow, at_most: int) -> np.ndarray:
    """List the set; raise if it may hold more than `at_most` tables.

    The list grows breadth-first, one option at a time, from the outermost option inwards.
    Values are measured from an option near the mean, so that Q is small and prunes early: an option at
    distance d can hold at most Q / d^2 respondents.
    """
    centre = row.nearest()
    partial = _Partial.start(row, centre)
    inner = list(row.options)
    while len(inner) > 2:
        outermost = max((inner[0], inner[-1]), key=lambda v: abs(v - centre))
        inner.remove(outermost)
        partial = partial.extend(outermost, inner, at_most)
    tables = partial.close(*inner)
    for positions, low, high in row.share_limits():
        count = tables[:, positions].sum(axis=1)
        tables = tables[(count >= low) & (count <= high)]
    tables = tables[np.lexsort(tables.T[::-1])].astype(np.int64)
    tables.setflags(write=False)
    return tables


@dataclass
class _Partial:
    """Frequency tables with some options filled in, and what the other options must supply."""

    options: Options
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
        tables = np.zeros((len(sums), len(row.options)), dtype=np.int32)
        left = np.full(len(sums), row.n, dtype=np.int64)
        return cls(row.options, centre, tables, left, sums - row.n * centre, low + shift, high + shift)

    def extend(self, option: int, inner: Sequence[int], at_most: int) -> "_Partial":
        """Give one option every count that the remaining options can complete."""
        d = option - self.centre
        most = np.minimum(self.n, self.high // d**2) if d else self.n
        times = np.maximum(most + 1, 0)
        if times.sum() > 4 * at_most:  # partial tables, some of which cannot be completed
            raise ValueError(
                f"more than {at_most:,} frequency tables may print these numbers at options "
                f"{self.options}: use count_frequency_tables or bounds, which need no list"
            )
        which = np.repeat(np.arange(len(times)), times)
        count = np.arange(len(which)) - np.repeat(np.cumsum(times) - times, times)
        grown = self._take(which, option, count)
        return grown._keep(grown._can_be_completed(inner[0] - self.centre, inner[-1] - self.centre))

    def _take(self, which: np.ndarray, option: int, count: np.ndarray) -> "_Partial":
        d = option - self.centre
        tables = self.tables[which]
        tables[:, self.options.index(option)] = count
        left, s = self.n[which] - count, self.s[which] - d * count
        squares = d**2 * count
        low, high = self.low[which] - squares, self.high[which] - squares
        return _Partial(self.options, self.centre, tables, left, s, low, high)

    def _keep(self, mask: np.ndarray) -> "_Partial":
        parts = (getattr(self, name)[mask] for name in ("tables", "n", "s", "low", "high"))
        return _Partial(self.options, self.centre, *parts)

    def _can_be_completed(self, first: int, last: int) -> np.ndarray:
        """Return where options from `first` to `last` can supply the n, S and Q that remain.

        Q is smallest with everyone at the two whole numbers around the mean, largest with everyone at the
        two ends.
        """
        floor = self.s // np.maximum(self.n, 1)
        smallest = self.n * floor**2 + (self.s - self.n * floor) * (2 * floor + 1)
        largest = (first + last) * self.s - first * last * self.n
        inside = (self.n * first <= self.s) & (self.s <= self.n * last)
        return inside & (smallest <= self.high) & (largest >= self.low)

    def close(self, a: int, b: int) -> np.ndarray:
        """Fill the last two options, whose counts follow from n and S, and keep what fits Q."""
        over = self.s - (a - self.centre) * self.n
        of_b = over // (b - a)
        squares = (a - self.centre) ** 2 * (self.n - of_b) + (b - self.centre) ** 2 * of_b
        fits = (over % (b - a) == 0) & (of_b >= 0) & (of_b <= self.n)
        fits &= (squares >= self.low) & (squares <= self.high)
        tables = self.tables[fits]
        tables[:, self.options.index(a)] = (self.n - of_b)[fits]
        tables[:, self.options.index(b)] = of_b[fits]
        return tables
