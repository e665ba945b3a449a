"""Whether any data print a row at all."""

from functools import lru_cache

import numpy as np

from behindprint.extremes import optimum
from behindprint.rows import Options, PrintedRow

CELLS_AT_MOST = 400_000_000  # cells of the coin-change table: about 0.8 GB


@lru_cache(maxsize=4)
def _fewest(offsets: Options, x_max: int, y_max: int) -> np.ndarray:
    """Return the fewest respondents above the lowest option that reach each (x, y).

    x = sum e f and y = sum e (e - 1) / 2 f, with e the distance from the lowest option, are S and Q in
    other coordinates.  A respondent at the lowest option adds nothing to either, so n respondents reach
    (x, y) if and only if at most n of them, above the lowest option, do: the coin-change problem, solved
    once for every n.
    """
    if (x_max + 1) * (y_max + 1) > CELLS_AT_MOST:
        raise ValueError(
            f"n, options: expected at most {CELLS_AT_MOST:,} sums of answers and squares, or the row is too "
            f"large to check exactly; found {(x_max + 1) * (y_max + 1):,}"
        )
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
    """Return `_fewest` for all that n respondents can reach; n is rounded up, to use the table again."""
    upto = -(-n // 50) * 50
    widest = options[-1] - options[0]
    offsets = tuple(v - options[0] for v in options[1:])
    return _fewest(offsets, upto * widest, upto * widest * (widest - 1) // 2)


def is_possible(row: PrintedRow) -> bool:
    """Say whether any frequency table prints the row."""
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


def sums_that_fit(options: Options, n: int, sums: np.ndarray, windows) -> np.ndarray:
    """Return for each sum 1 if n respondents can have it with a sum of squares in its window, else 0."""
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
