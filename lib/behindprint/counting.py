"""How many frequency tables print a row, counted without listing them."""

import itertools
import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from behindprint.reported import Rounding
from behindprint.rows import LISTED_AT_MOST, Options, PrintedRow, Shares, Windows, list_tables


def count_frequency_tables(
    mean: str,
    sd: str,
    n: int,
    *,
    options: Iterable[int],
    ddof: int,
    rounding: Rounding,
    shares: Shares | None = None,
    decimal: str = ",",
) -> int:
    """Count the frequency tables that print a mean and SD, without building them.

    Parameters
    ----------
    mean, sd, n, options, ddof, rounding, shares, decimal
        As in `rows.PrintedRow`.  Options 0-10 with n = 500 take some twenty seconds.

    Returns
    -------
    int
        The exact number of tables, equal to `len(frequency_tables(...))`.

    Raises
    ------
    ValueError
        As in `rows.PrintedRow`, or if a count could pass 2^63.

    Notes
    -----
    Split the options at one near the mean.  To its right, let H[D] hold the number of ways in which N
    respondents can have deviations that add to D and squares that add to D + 2y, as a matrix over
    (N, y).  Allowing one more option at distance v gives H[D] += H[D - v] moved by (1, v(v-1)/2): the
    coin-change recurrence, in which only the last v matrices are kept.  The left side is the same
    with distances.  The two sides meet where D_right - D_left is the printed sum, the squares add up
    into the window, and all who remain chose the middle option.

    Examples
    --------
    >>> count_frequency_tables("2,7", "1,9", 130, options=range(1, 6), ddof=1, rounding="either")
    5359
    """
    row = PrintedRow(mean, sd, n, options, ddof, rounding, shares, decimal)
    limits = row.share_limits()
    if any(len(positions) > 1 for positions, _, _ in limits):
        return len(list_tables(row, LISTED_AT_MOST))
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
