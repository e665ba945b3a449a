"""Whether any data print a row at all."""

import numpy as np

from behindprint.extremes import optimum
from behindprint.rows import SUMS_AT_MOST, PrintedRow
from behindprint.squares import sums_that_fit

TRIED_AT_ONCE = 1 << 14  # sums that are tried together


def is_possible(row: PrintedRow) -> bool:
    """Say whether any frequency table prints the row."""
    if row.limits() != [[]]:
        return any(optimum(row, s, np.zeros(len(row.offsets))) is not None for s in row.windows)
    middle = len(row.sums) // 2
    order = [row.sums[middle : middle + TRIED_AT_ONCE]]  # most rows are settled by the sums next to the mean
    order += [row.sums[i : i + TRIED_AT_ONCE] for i in range(0, len(row.sums), TRIED_AT_ONCE)]
    tried = 0
    for sums in order:
        if tried > SUMS_AT_MOST:
            raise ValueError(
                f"n: more than {SUMS_AT_MOST:,} sums print the mean {row.mean}, too many to try: the row is "
                "too large to check exactly"
            )
        tried += len(sums)
        sums = row.integers(sums)
        if len(sums) and sums_that_fit(row.offsets, row.n, sums, row.square_windows(sums)).any():
            return True
    return False
