"""The exact set of frequency tables behind one printed row: listed, counted, optimised over.

A survey item with whole-number response options, answered by n respondents, is fully described by
its frequency table f: how many respondents chose each option.  Print shows three facts about it,

    n = sum f,    S = sum v f  (through the mean),    Q = sum v^2 f  (through the SD),

the last two rounded.  So the sum S must be one of a few whole numbers, and for each of them the sum
of squares Q must lie in a window of whole numbers.  All arithmetic is on integers and fractions.

Source: Wilner, Wood and Simons (2018), Complete recovery of values in Diophantine systems (CORVIDS),
doi 10.31234/osf.io/7shr8, for the idea of recovering every table; the algorithms here are others.
"""

import itertools
import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import NotRequired, TypedDict, Unpack

import numpy as np
from scipy.optimize import Bounds as Box
from scipy.optimize import LinearConstraint, milp

from behindprint.reported import Interval, Reported, Rounding, check_rounding

LISTED_AT_MOST = 5_000_000  # frequency tables that `frequency_tables` is willing to build

Windows = dict[int, tuple[int, int]]  # sum S -> lowest and highest sum of squares Q
Options = tuple[int, ...]


class Choices(TypedDict):
    """What must be said beside a printed mean, SD and n before anything can be known.

    `options`: the response options as whole numbers; `ddof`: 1 for a sample SD (SPSS), 0 for a
    population SD; `rounding`: one of `reported.ROUNDING_RULES`; `shares`: printed percentages, each
    for one option or a tuple of options, such as `{5: "46", (4, 5): "71,1"}`; `decimal`: decimal sign.
    """

    options: Sequence[int]
    ddof: int
    rounding: Rounding
    shares: NotRequired[Mapping[int | tuple[int, ...], str] | None]
    decimal: NotRequired[str]


@dataclass(frozen=True)
class PrintedRow:
    """One printed row with the choices that give it meaning; checked when made.

    Raises
    ------
    ValueError
        For fewer than two options, a repeated option, n not above ddof, a negative SD, an unknown
        rounding rule, or a share for something that is not a response option.
    """

    mean: str
    sd: str
    n: int
    options: Options
    ddof: int
    rounding: Rounding
    shares: tuple[tuple[Options, str], ...] = ()
    decimal: str = ","
    windows: Windows = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        check_rounding(self.rounding)
        if len(self.options) < 2 or list(self.options) != sorted(set(self.options)):
            raise ValueError(f"options: expected two or more different whole numbers; found {self.options}")
        if self.ddof not in (0, 1):
            raise ValueError(f"ddof: expected 1 (sample SD) or 0 (population SD); found {self.ddof!r}")
        if isinstance(self.n, bool) or self.n != int(self.n) or self.n <= self.ddof:
            raise ValueError(f"n: expected a whole number above ddof = {self.ddof}; found {self.n!r}")
        for name in ("mean", "sd"):
            try:
                Reported(getattr(self, name), self.decimal)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        if Reported(self.sd, self.decimal).value < 0:
            raise ValueError(f"sd: expected a number of zero or more; found {self.sd!r}")
        for group, printed in self.shares:
            if not set(group) <= set(self.options) or len(set(group)) != len(group):
                raise ValueError(f"shares: expected options among {self.options}; found {group}: {printed!r}")
        object.__setattr__(self, "windows", _windows(self))

    def share_limits(self) -> list[tuple[list[int], int, int]]:
        """Return positions of the options, lowest and highest count for every printed share."""
        limits = []
        for group, printed in self.shares:
            interval = Reported(printed, self.decimal).interval(self.rounding)
            low, high = whole_numbers(interval, Fraction(self.n, 100))
            limits.append(([self.options.index(v) for v in group], max(low, 0), min(high, self.n)))
        return limits


def printed_row(mean: str, sd: str, n: int, **choices: Unpack[Choices]) -> PrintedRow:
    """Return the checked row for a printed mean, SD and n; see `Choices` for the keywords."""
    given = dict(choices)
    shares = given.pop("shares", None) or {}
    options = tuple(sorted(int(v) for v in given.pop("options")))
    groups = [(k if isinstance(k, tuple) else (k,), v) for k, v in shares.items()]
    return PrintedRow(mean, sd, n, options, shares=tuple(groups), **given)


def whole_numbers(interval: Interval, scale: Fraction | int) -> tuple[int, int]:
    """Return the lowest and highest whole number in `scale` times an interval."""
    low, high = interval.low * scale, interval.high * scale
    lowest = math.ceil(low) if interval.low_included else math.floor(low) + 1
    highest = math.floor(high) if interval.high_included else math.ceil(high) - 1
    return lowest, highest


def square_windows(sums, sd: Interval, n: int, ddof: int):
    """Return lowest and highest Q for each sum S, from SD^2 = (n Q - S^2) / (n (n - ddof)).

    Works on one integer or on an object array of Python integers alike, so nothing overflows.
    """
    low, high = max(sd.low, Fraction(0)), sd.high
    low_included = sd.low_included or sd.low < 0
    edges = []
    for end in (low, high):
        a, b = end.numerator**2, end.denominator**2
        edges.append((a * n * (n - ddof) + b * sums * sums, b * n))
    (top, bottom), (top2, bottom2) = edges
    lowest = -((-top) // bottom) if low_included else top // bottom + 1
    highest = top2 // bottom2 if sd.high_included else -((-top2) // bottom2) - 1
    return lowest, highest


def _windows(row: PrintedRow) -> Windows:
    """Return the sums that print the mean, each with the window of Q that prints the SD."""
    mean = Reported(row.mean, row.decimal).interval(row.rounding)
    sd = Reported(row.sd, row.decimal).interval(row.rounding)
    low, high = whole_numbers(mean, row.n)
    low, high = max(low, row.n * row.options[0]), min(high, row.n * row.options[-1])
    windows = {s: square_windows(s, sd, row.n, row.ddof) for s in range(low, high + 1)}
    return {s: (a, b) for s, (a, b) in windows.items() if a <= b}


# --- listing the set -------------------------------------------------------------------------


def frequency_tables(mean: str, sd: str, n: int, **choices: Unpack[Choices]) -> np.ndarray:
    """List every frequency table that prints a mean and SD.

    Parameters
    ----------
    mean, sd : str
        As printed, such as `"4,15"` and `"0,72"`.
    n : int
        Number of respondents who answered.
    **choices
        `options`, `ddof`, `rounding` (all required), `shares`, `decimal`: see `Choices`.

    Returns
    -------
    numpy.ndarray of int64, shape (m, k)
        One frequency table per row, one response option per column, in lexicographic order;
        m = 0 when no dataset prints these numbers.  Read-only.

    Raises
    ------
    ValueError
        If the row is malformed, or the set is larger than `LISTED_AT_MOST` (use
        `count_frequency_tables` and `bounds`, which need no list).

    Notes
    -----
    Checked against closure-core (Rust): 5,359 tables for mean 2.7, SD 1.9, n 130, options 1-5, and four
    more in tests/reference; and against brute force over all tables of small n in the tests.

    Examples
    --------
    >>> frequency_tables("1,19", "0,39", 97, options=(1, 2), ddof=1, rounding="half_up")
    array([[79, 18]])
    """
    return _listed(printed_row(mean, sd, n, **choices), LISTED_AT_MOST)


@lru_cache(maxsize=128)
def _listed(row: PrintedRow, at_most: int) -> np.ndarray:
    """List the set breadth-first, one option at a time, from the outermost option inwards.

    Values are taken from an option near the mean, so that Q is small and prunes early: an option at
    distance d can hold at most Q / d^2 respondents.
    """
    centre = _nearest(row.options, row)
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


def _nearest(options: Options, row: PrintedRow) -> int:
    """Return the response option nearest to the printed mean."""
    mean = Reported(row.mean, row.decimal).value
    return min(options, key=lambda v: abs(v - mean))


@dataclass
class _Partial:
    """Frequency tables with some options filled in, and what the other options must still supply."""

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
        """Give one option every count that the options left inside can still complete."""
        d = option - self.centre
        most = np.minimum(self.n, self.high // d**2) if d else self.n
        times = np.maximum(most + 1, 0)
        if times.sum() > 4 * at_most:  # partial tables, before those that cannot be completed go
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
        """Return where options from `first` to `last` can still supply n, S and Q.

        The smallest Q has everyone at the two whole numbers around the mean, the largest everyone
        at the two ends.
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


# --- counting the set ------------------------------------------------------------------------


def count_frequency_tables(mean: str, sd: str, n: int, **choices: Unpack[Choices]) -> int:
    """Count the frequency tables that print a mean and SD, without building them.

    Parameters
    ----------
    mean, sd, n, **choices
        As for `frequency_tables`.  Options 0-10 and n = 500 take some twenty seconds.

    Returns
    -------
    int
        The exact number of tables, equal to `len(frequency_tables(...))`.

    Raises
    ------
    ValueError
        If the row is malformed, or so large that a count could pass 2^63.

    Notes
    -----
    Split the options at one near the mean.  To its right, let H[D] hold the number of ways in which N
    respondents can have deviations that add to D and squares that add to D + 2y, as a matrix over
    (N, y).  Allowing one more option at distance v gives H[D] += H[D - v] moved by (1, v(v-1)/2): the
    coin-change recurrence, in which only the last v matrices are kept.  The left side is the same
    with distances.  The two sides meet where D_right - D_left is the printed sum, the squares add up
    into the window, and whoever remains chose the middle option.

    Examples
    --------
    >>> count_frequency_tables("2,7", "1,9", 130, options=range(1, 6), ddof=1, rounding="either")
    5359
    """
    row = printed_row(mean, sd, n, **choices)
    limits = row.share_limits()
    if any(len(positions) > 1 for positions, _, _ in limits):
        return len(_listed(row, LISTED_AT_MOST))
    if math.comb(n + len(row.options) - 2, len(row.options) - 2) >= 2**63:
        raise ValueError(f"n = {n} with {len(row.options)} options is too large to count in 64 bits")
    fixed = [row.options[positions[0]] for positions, _, _ in limits]
    free = tuple(v for v in row.options if v not in fixed)
    total = 0
    for counts in itertools.product(*(range(low, high + 1) for _, low, high in limits)):
        taken = [sum(c * v**p for c, v in zip(counts, fixed, strict=True)) for p in (0, 1, 2)]
        windows = {s - taken[1]: (a - taken[2], b - taken[2]) for s, (a, b) in row.windows.items()}
        total += _count(free, n - taken[0], windows)
    return total


def _count(options: Options, n: int, windows: Windows) -> int:
    """Count tables of n respondents over `options` whose S and Q lie in the windows."""
    if n < 0 or not windows:
        return 0
    if not options:
        return sum(n == 0 and s == 0 and low <= 0 <= high for s, (low, high) in windows.items())
    mean = sum(windows) / len(windows) / max(n, 1)
    centre = min(options, key=lambda v: abs(v - mean))
    moved = {}
    for s, (low, high) in windows.items():
        shift = n * centre**2 - 2 * centre * s
        moved[s - n * centre] = (low + shift, high + shift)
    most = max(high for _, high in moved.values())
    right = _half([v - centre for v in options if v > centre], n, most + max(moved))
    left = _half([centre - v for v in options if v < centre], n, most - min(moved))
    return _meet(left, right, n, moved)


def _half(distances: Sequence[int], n: int, reach: int) -> Iterator[np.ndarray]:
    """Yield for D = 0, 1, 2, ... the number of ways as a matrix over (N, y); see the notes above.

    `reach` bounds D + y: beyond (reach - 2 D) / 2 a matrix has nothing that the other side can meet.
    """
    widest = max(distances, default=1)
    kept = [deque(maxlen=v) for v in distances]
    for d in range(reach // 2 + 1):
        shape = (min(n, d) + 1, min((widest - 1) * d // 2, (reach - 2 * d) // 2) + 1)
        ways = np.zeros(shape, dtype=np.int64)
        ways[0, 0] = d == 0
        for v, before in zip(distances, kept, strict=True):
            ways = ways.copy()
            if len(before) == v:
                rise = v * (v - 1) // 2
                target = ways[1:, rise:]
                source = before[0][: target.shape[0], : target.shape[1]]
                target[: source.shape[0], : source.shape[1]] += source
            before.append(ways)
        yield ways


def _meet(left: Iterator, right: Iterator, n: int, windows: Windows) -> int:
    """Add up the pairs of left and right sides that together fit n, S and Q."""
    slices: dict[int, np.ndarray] = {}
    left = enumerate(left)
    total = 0
    for d_right, ways in enumerate(right):
        while len(slices) == 0 or max(slices) < d_right - min(windows):
            d, matrix = next(left, (None, None))
            if d is None:
                break
            slices[d] = matrix
        below = np.pad(ways.cumsum(axis=0).cumsum(axis=1), ((0, 0), (1, 0)))
        for s, (low, high) in windows.items():
            if (d_left := d_right - s) in slices:
                spent = d_left + d_right
                window = (-((spent - low) // 2), (high - spent) // 2)
                total += _pairs(slices[d_left], below, n, window)
        for d in [d for d in slices if d <= d_right - max(windows)]:
            if len(slices) > 1:
                del slices[d]
    return total


def _pairs(left: np.ndarray, below: np.ndarray, n: int, window: tuple[int, int]) -> int:
    """Sum left[N, y] times the right ways with N' <= n - N and y + y' in the window."""
    low, high = window
    rows = np.minimum(n - np.arange(min(left.shape[0], n + 1)), below.shape[0] - 1)
    y = np.arange(left.shape[1])
    upper = np.clip(high - y + 1, 0, below.shape[1] - 1)
    lower = np.clip(low - y, 0, below.shape[1] - 1)
    ways = below[np.ix_(rows, upper)] - below[np.ix_(rows, lower)]
    return int((left[: len(rows)] * np.maximum(ways, 0)).sum())


# --- optimising over the set -----------------------------------------------------------------


@dataclass(frozen=True)
class Bounds:
    """Exact lowest and highest value of a statistic over the set, and how they were found."""

    low: Fraction
    high: Fraction
    method: str


def bounds(
    mean: str,
    sd: str,
    n: int,
    *,
    weights: Mapping[int, int],
    list_at_most: int = 200_000,
    **choices: Unpack[Choices],
) -> Bounds | None:
    """Return the exact extremes of a linear statistic over every dataset that prints a row.

    Parameters
    ----------
    mean, sd, n, **choices
        As for `frequency_tables`.
    weights : mapping of int to int
        Weight per response option; options left out weigh nothing.  The statistic is the weighted
        sum of the shares: `{4: 1, 5: 1}` is the share that answers 4 or 5.
    list_at_most : int
        Up to about this many tables the set is listed; beyond, integer programming (scipy's `milp`)
        finds the extremes and every optimum is verified in whole numbers.

    Returns
    -------
    Bounds or None
        `low`, `high` (fractions of n) and `method` (listed, milp); None if no dataset fits.

    Raises
    ------
    ValueError
        For a weight on something that is not an option, or a malformed row.
    RuntimeError
        If the solver stops without a proven optimum.

    Examples
    --------
    >>> bounds("1,19", "0,39", 97, weights={2: 1}, options=(1, 2), ddof=1, rounding="half_up").low
    Fraction(18, 97)
    """
    row = printed_row(mean, sd, n, **choices)
    if unknown := set(weights) - set(row.options):
        raise ValueError(f"weights: expected options among {row.options}; found {sorted(unknown)}")
    weight = np.array([weights.get(v, 0) for v in row.options], dtype=np.int64)
    try:
        values, method = _listed(row, list_at_most) @ weight, "listed"
    except ValueError:
        ends = [optimum(row, s, sign * weight) for s in row.windows for sign in (1, -1)]
        values, method = np.array([f @ weight for f in ends if f is not None]), "milp"
    if len(values) == 0:
        return None
    return Bounds(Fraction(int(values.min()), n), Fraction(int(values.max()), n), method)


def median_bounds(mean: str, sd: str, n: int, **choices: Unpack[Choices]) -> Bounds | None:
    """Return the exact lowest and highest median over every dataset that prints a row.

    Parameters
    ----------
    mean, sd, n, **choices
        As for `frequency_tables`; the set must be small enough to list.

    Returns
    -------
    Bounds or None
        `low`, `high` in scale points; for even n the median is the midpoint of the middle two.
    """
    row = printed_row(mean, sd, n, **choices)
    tables = _listed(row, LISTED_AT_MOST)
    if len(tables) == 0:
        return None
    cumulative = tables.cumsum(axis=1)
    options = np.array(row.options)
    middle = [(cumulative < rank).sum(axis=1) for rank in ((n + 1) // 2, n // 2 + 1)]
    doubled = options[middle[0]] + options[middle[1]]
    return Bounds(Fraction(int(doubled.min()), 2), Fraction(int(doubled.max()), 2), "listed")


def optimum(row: PrintedRow, s: int, weight: np.ndarray) -> np.ndarray | None:
    """Return a frequency table with sum `s` that minimises the weight, or None if there is none."""
    values = np.array(row.options)
    centre = _nearest(row.options, row)
    low, high = row.windows[s]
    shift = row.n * centre**2 - 2 * centre * s
    parts = [
        (np.ones(len(values)), row.n, row.n),
        (values - centre, s - row.n * centre, s - row.n * centre),
        ((values - centre) ** 2, low + shift, high + shift),
    ]
    for positions, least, most in row.share_limits():
        parts.append((np.isin(np.arange(len(values)), positions).astype(float), least, most))
    matrix, lower, upper = (np.array(part, dtype=float) for part in zip(*parts, strict=True))
    answer = milp(
        weight.astype(float),
        constraints=LinearConstraint(matrix, lower, upper),
        integrality=np.ones(len(values)),
        bounds=Box(0, row.n),
        options={"mip_rel_gap": 0},
    )
    if answer.status == 2:
        return None
    if answer.status != 0:
        raise RuntimeError(f"no proven optimum for {row}: {answer.message}")
    table = np.rint(answer.x).astype(np.int64)
    if not all(a <= int(np.rint(m).astype(np.int64) @ table) <= b for m, a, b in parts):
        raise RuntimeError(f"the solver's answer {table} does not print {row}")
    return table
