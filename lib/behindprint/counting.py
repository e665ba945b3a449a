"""How many frequency tables print a row, counted without listing them; or between which numbers that lies."""

import itertools
import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from behindprint.existence import is_possible
from behindprint.rows import LISTED_AT_MOST, PrintedRow, Windows, list_tables
from behindprint.weights import weight_exponents

OPERATIONS_AT_MOST = 4_500_000_000  # additions and multiplications of a count: some seconds
CELLS_AT_ONCE = 60_000_000  # numbers that a count keeps: half a GB
SUMS_COUNTED = 10_000  # sums of scores; a row with more is not counted
COMBINATIONS_AT_MOST = 500  # of counts that printed shares leave
ROUNDED = 1e-9  # relative error of a count in floating point: under ten million additions one after another


@dataclass(frozen=True)
class TableCount:
    """The number of frequency tables: exactly if `low` equals `high`, else it lies between them.

    `method` is counted, listed, or bounded: too many to count here.
    """

    low: int
    high: int
    method: str


def count_frequency_tables(mean: str, sd: str | None, n: int, **reading) -> int:
    """Count the frequency tables that print a mean and SD, without building them.

    Parameters
    ----------
    mean, sd, n, **reading
        As in `rows.PrintedRow`; `options`, `ddof` and `rounding` are required.

    Returns
    -------
    int
        The exact number of tables, equal to `len(frequency_tables(...))`.

    Raises
    ------
    ValueError
        As in `rows.PrintedRow`, or if the set is too large to count: `table_count` bounds it.

    Examples
    --------
    >>> count_frequency_tables("2,7", "1,9", 130, options=range(1, 6), ddof=1, rounding="either")
    5359
    """
    count = table_count(PrintedRow(mean, sd, n, **reading))
    if count.low < count.high:
        raise ValueError(
            f"n = {n}, options: expected a set small enough to count; found one between {count.low:.3g} and "
            f"{count.high:.3g} tables (table_count bounds it)"
        )
    return count.low


def table_count(row: PrintedRow) -> TableCount:
    """Count the frequency tables that print a row, or bound their number where that would take too long.

    Parameters
    ----------
    row : PrintedRow
        Any row.

    Returns
    -------
    TableCount
        `low`, `high` (equal when exact) and `method`.

    Notes
    -----
    Split the scores at one near the mean.  To its right, let H[D] hold the number of ways in which N
    respondents can have deviations that add to D and squares that add to D + 2y, as a matrix over
    (N, y).  Allowing one more score at distance v gives H[D] += H[D - v] moved by (1, v(v-1)/2): the
    coin-change recurrence, in which only the last v matrices are kept.  The left side is the same
    with distances.  The two sides meet where D_right - D_left is the printed sum, the squares add up
    into the window, and all who remain have the middle score.  Counts that could pass 2^62 are in floating
    point, with a bound on the error.

    Upper bound: for all x_e in (0, 1), as x_e = u z^e q^(e^2), each table has weight u^n z^S q^Q in
    prod 1 / (1 - x_e); any u, z, q give a bound, and `weights` finds good ones.  Lower bound: whatever some
    respondents choose outside a block of scores, the others have a table within it (`squares`), so each
    choice counts.
    """
    if len(row.sums) > SUMS_COUNTED:
        return TableCount(int(is_possible(row)), math.comb(row.n + len(row.offsets) - 1, row.n), "bounded")
    limits = row.limits()
    if limits != [[]]:
        return _limited(row, limits)
    return _bounded(row, row.offsets, row.n, row.windows)


def _limited(row: PrintedRow, limits) -> TableCount:
    """Count under limits: a product over counts of single scores, or a list."""
    single = len(limits) == 1 and all(len(positions) == 1 for positions, _, _ in limits[0])
    choices = [range(low, high + 1) for _, low, high in limits[0]] if single else []
    if not single or math.prod(map(len, choices)) > COMBINATIONS_AT_MOST:
        try:
            tables = len(list_tables(row, LISTED_AT_MOST))
            return TableCount(tables, tables, "listed")
        except ValueError:
            return TableCount(
                int(is_possible(row)), _bounded(row, row.offsets, row.n, row.windows).high, "bounded"
            )
    fixed = [row.offsets[positions[0]] for positions, _, _ in limits[0]]
    free = tuple(e for e in row.offsets if e not in fixed)
    parts = []
    for counts in itertools.product(*choices):
        taken = [sum(c * e**p for c, e in zip(counts, fixed, strict=True)) for p in (0, 1, 2)]
        windows = {s - taken[1]: (a - taken[2], b - taken[2]) for s, (a, b) in row.windows.items()}
        parts.append(_bounded(row, free, row.n - taken[0], windows))
    method = "bounded" if any(part.method == "bounded" for part in parts) else "counted"
    return TableCount(sum(part.low for part in parts), sum(part.high for part in parts), method)


def _bounded(row: PrintedRow, offsets: tuple[int, ...], n: int, windows: Windows) -> TableCount:
    """Count tables of n respondents over some offsets whose S and Q lie in the windows, or bound that."""
    if n < 0 or not windows:
        return TableCount(0, 0, "counted")
    if not offsets:
        fits = sum(n == 0 and s == 0 and low <= 0 <= high for s, (low, high) in windows.items())
        return TableCount(fits, fits, "counted")
    mean = sum(windows) / len(windows) / max(n, 1)
    centre = min(offsets, key=lambda e: abs(e - mean))
    moved = {}
    for s, (low, high) in windows.items():
        shift = n * centre**2 - 2 * centre * s
        moved[s - n * centre] = (low + shift, high + shift)
    plan = _Plan(
        [e - centre for e in offsets if e > centre], [centre - e for e in offsets if e < centre], n, moved
    )
    most = _upper(np.array(offsets) - centre, n, moved)
    if plan.steps > OPERATIONS_AT_MOST or plan.cells > CELLS_AT_ONCE:
        least = _lower(row, n, moved, centre) if offsets == row.offsets else 0
        return TableCount(least, most, "bounded")
    return plan.count(np.int64 if most < 2**62 else np.float64)


@dataclass(frozen=True)
class _Plan:
    """A count: distances of the scores to the right and left of the centre, and windows measured from it."""

    right: list[int]
    left: list[int]
    n: int
    windows: Windows

    @property
    def reaches(self) -> tuple[int, int]:
        """Bounds of D + the sum of squares on both sides."""
        most = max(high for _, high in self.windows.values())
        return most + max(self.windows), most - min(self.windows)

    @property
    def steps(self) -> int:
        """About how many additions and multiplications it takes."""
        sides = [
            _shapes(d, self.n, reach) for d, reach in zip((self.right, self.left), self.reaches, strict=True)
        ]
        each = (len(self.right) + 2, len(self.left) + 4 * len(self.windows))
        return sum(cost * sum(a * b for a, b in side) for cost, side in zip(each, sides, strict=True))

    @property
    def cells(self) -> int:
        """How many numbers are kept at a time."""
        spread = max(self.windows) - min(self.windows)
        kept = (sum(self.right), sum(self.left) + spread)
        sides = zip((self.right, self.left), self.reaches, kept, strict=True)
        return sum(number * max(a * b for a, b in _shapes(d, self.n, reach)) for d, reach, number in sides)

    def count(self, kind: type) -> TableCount:
        """Count with numbers of a kind: int64, or float64 with its error."""
        right = _half(self.right, self.n, self.reaches[0], kind)
        left = _half(self.left, self.n, self.reaches[1], kind)
        total, summed = _meet(left, right, self.n, self.windows)
        if kind is np.int64:
            return TableCount(int(total), int(total), "counted")
        error = ROUNDED * float(summed)
        return TableCount(max(math.floor(total - error), 0), math.ceil(total + error), "counted")


def _shapes(distances: Sequence[int], n: int, reach: int) -> list[tuple[int, int]]:
    """Return the size of each matrix of `_half`."""
    widest = max(distances, default=1)
    return [
        (min(n, d) + 1, min((widest - 1) * d // 2, (reach - 2 * d) // 2) + 1) for d in range(reach // 2 + 1)
    ]


def _half(distances: Sequence[int], n: int, reach: int, kind: type) -> Iterator[np.ndarray]:
    """Yield for D = 0, 1, 2, ... the number of ways as a matrix over (N, y); see the notes above.

    `reach` bounds D + y: beyond (reach - 2 D) / 2 a matrix has nothing that the other side can meet.
    """
    kept = [deque(maxlen=v) for v in distances]
    for d, shape in enumerate(_shapes(distances, n, reach)):
        ways = np.zeros(shape, dtype=kind)
        ways[0, 0] = d == 0
        for v, before in zip(distances, kept, strict=True):
            if len(before) == v:
                rise = v * (v - 1) // 2
                ways = ways.copy()
                target = ways[1:, rise:]
                source = before[0][: target.shape[0], : target.shape[1]]
                target[: source.shape[0], : source.shape[1]] += source
            before.append(ways)
        yield ways


def _meet(left: Iterator, right: Iterator, n: int, windows: Windows):
    """Add up the pairs of both sides that together fit n, S and Q; also what was subtracted from."""
    slices: dict[int, np.ndarray] = {}
    left = enumerate(left)
    total = summed = 0
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
                upper = _pairs(slices[d_left], below, n, (high - spent) // 2 + 1)
                total += upper - _pairs(slices[d_left], below, n, -((spent - low) // 2))
                summed += upper
        for d in [d for d in slices if d <= d_right - max(windows)]:
            if len(slices) > 1:
                del slices[d]
    return total, summed


def _pairs(left: np.ndarray, below: np.ndarray, n: int, end: int):
    """Sum left[N, y] times the right ways with N' <= n - N and y + y' < end."""
    left, last, widest = left[: n + 1, : max(end, 0)], below.shape[0] - 1, below.shape[1] - 1
    apart = max(n - last, 0)  # for N below it, all of the right side has few enough respondents
    free, bound = left[: apart + 1].sum(axis=0), left[apart + 1 :]
    rows = below[n - apart - 1 :: -1] if n - apart >= 1 else below[:0]
    rows = rows[: len(bound)]
    flat = max(end - widest, 0)  # for y below it, all of the right side has small enough squares
    total = free[:flat].sum() * below[min(n, last), widest]
    total += (bound[:, :flat].sum(axis=1) * rows[:, widest]).sum()
    first = end - flat
    if first > 0 and left.shape[1] > flat:
        columns = below[:, first::-1][:, : left.shape[1] - flat]
        total += (free[flat:] * columns[min(n, last)]).sum()
        inner = rows[:, first::-1][:, : left.shape[1] - flat]
        total += np.einsum("ij,ij->", bound[:, flat:], inner)
    return total


# --- bounds of what is too large to count ---------------------------------------------------------------


def _upper(distances: np.ndarray, n: int, windows: Windows) -> int:
    """Bound the number of tables from above; see the notes of `table_count`."""
    trivial = math.comb(n + len(distances) - 1, len(distances) - 1)
    windows = {s: (max(low, 0), high) for s, (low, high) in windows.items() if high >= max(low, 0)}
    if trivial < 2**62 or not windows or n == 0:
        return trivial
    s = np.array(list(windows), dtype=float)
    low, high = np.array(list(windows.values()), dtype=float).T
    pairs = (high - low) // 2 + 1
    squares = min(max((low + high).mean() / 2, 1.0), n * float(np.max(distances**2)))
    targets = np.array([n, s.mean(), squares])
    a, b, c = weight_exponents(distances, targets)[0]
    x = a + b * distances + c * distances**2
    each = np.log(pairs) - b * s + np.maximum(-c * low, -c * high)
    digits = float(-np.log(-np.expm1(x)).sum() - n * a + np.logaddexp.reduce(each)) / math.log(10) + 1e-6
    whole = math.floor(digits)
    return min(trivial, math.ceil(10 ** (digits - whole) * 1000 + 1) * 10**whole // 1000 + 1)


def _lower(row: PrintedRow, n: int, windows: Windows, centre: int) -> int:
    """Bound the number of tables from below; see the notes of `table_count`."""
    best = int(is_possible(row))
    if len(row.offsets) <= row.offsets[-1]:
        return best
    ends = row.offsets[-1] - centre, centre
    for s, (low, high) in sorted(windows.items(), key=lambda window: abs(window[0]))[:3]:
        squares = high - (high - s) % 2
        if squares < max(low, 0):
            continue
        for block in range(1, min(ends) + 1):
            for reach in {block + 1, (block + min(ends)) // 2, min(ends)} - {block}:
                people = _free(n, abs(s), squares, block, reach)
                if people > 0:
                    best = max(best, math.comb(people + 2 * (reach - block), people))
    return best


def _free(n: int, s: int, squares: int, block: int, reach: int) -> int:
    """Return how many may be anywhere from `block` to `reach` from the centre, the others within the block.

    Whatever they choose, the others have squares enough, z of at least (2 block)^2, and so a table.
    """

    def fits(people: int) -> bool:
        left, sums = n - people, s + people * reach
        enough = (squares - people * reach**2) * left * 4 >= 4 * sums**2 + n * left
        return left > 0 and enough and left * block**2 - squares >= 4 * block**2

    low, high = 0, n
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low if fits(low) else 0
