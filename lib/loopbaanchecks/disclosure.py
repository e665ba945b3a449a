"""What may leave the building: small counts hidden, with as many others as it takes to keep them hidden.

A table of counts and its totals is a set of cells tied by sums.  Hiding only the small cells is not enough:
anyone can subtract what is shown from a total and have them back.  So further cells are hidden until no
hidden cell can be worked out, and every small one could be anything over a range as wide as the minimum.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array

from expect import check_sizes

CLOSE = 1e-6  # bounds are whole numbers (sums of a two-way table); the solver is off by less
DETOUR = 1000  # how much sooner a cell is hidden than a total of the same size


@dataclass(frozen=True)
class Suppressed:
    """A table that may be shown, and how much it hides.

    Parameters
    ----------
    frame : pandas.DataFrame
        The counts with their totals, Int64; hidden cells are NA.
    n_primary : int
        Cells, totals included, hidden because they are small.
    n_complementary : int
        Cells, totals included, hidden to keep those from being worked out.
    """

    frame: pd.DataFrame
    n_primary: int
    n_complementary: int


def is_small(counts: pd.DataFrame | pd.Series, *, minimum: int) -> pd.DataFrame | pd.Series:
    """Say which counts are above zero and below the minimum.

    Parameters
    ----------
    counts : DataFrame or Series
        Numbers of people.
    minimum : int
        Smallest number that may be shown; zero is always shown.

    Returns
    -------
    DataFrame or Series of bool
        True for 1 to `minimum` - 1; a gap is not small.

    Raises
    ------
    ValueError
        If `minimum` is below 1.

    Examples
    --------
    >>> is_small(pd.Series([0, 1, 4, 5]), minimum=5).tolist()
    [False, True, True, False]
    """
    check_sizes(minimum, name="minimum")
    return ((counts >= 1) & (counts < minimum)).fillna(False).astype(bool)


def suppress(table: pd.DataFrame, *, minimum: int, total: str = "total") -> Suppressed:
    """Hide the small counts of a table, and what would give them away.

    Parameters
    ----------
    table : DataFrame
        Whole numbers of people, zero or more, without gaps; rows and columns with unique names.  A row or
        column named as `total` holds totals; what is missing of them is added, unless there is one row
        (or column) only.
    minimum : int
        Smallest count that may be shown; zero is always shown, and 1 hides nothing.
    total : str
        Name of the totals.

    Returns
    -------
    Suppressed
        The table with totals and gaps, and numbers of hidden cells.

    Raises
    ------
    ValueError
        If `minimum` is below 1, a name occurs twice, a cell is not a whole number of zero or more, or a
        given total is not the sum of its cells.

    Notes
    -----
    Rule: given all that is shown, and that counts are whole and not negative, a small hidden cell can have
    values at least `minimum` apart, and no hidden cell has only one possible value.  For each small cell a
    linear programme finds the cheapest cells to hide with it (cost: their size, totals last), after which
    cells that turn out not to be needed are shown again, largest first.  Not the least possible number of
    hidden cells, but none can be shown without breaking the rule.  Totals are hidden only when the cells do
    not suffice.  Two tables with people in common can undo each other: put them in one.  The rule
    does not cover what people in a small cell know of themselves, nor that a zero says something of everyone.

    Source: Fischetti and Salazar (2001), Management Science 47(7), for cells, costs and protection levels.

    Examples
    --------
    >>> counts = pd.DataFrame({"yes": [2, 9, 12], "no": [11, 8, 30]}, index=["A", "B", "C"])
    >>> done = suppress(counts, minimum=5)
    >>> done.frame
            yes    no  total
    A      <NA>  <NA>     13
    B      <NA>  <NA>     17
    C        12    30     42
    total    23    49     72
    >>> done.n_primary, done.n_complementary
    (1, 3)
    """
    check_sizes(minimum, name="minimum")
    _check_counts(table)
    whole = _with_totals(table.astype("Int64"), total)
    counts = whole.to_numpy(dtype=float).ravel()
    sums = _sums(whole, total)
    small = (counts >= 1) & (counts < minimum)
    hidden = small.copy()
    cost = counts + 1
    cost[_is_total(whole, total)] *= DETOUR
    for cell in np.flatnonzero(small):
        hidden |= _companions(cell, counts, sums, np.where(hidden, 0, cost), minimum)
    hidden = _needed(hidden, small, counts, sums, cost, minimum)
    frame = whole.mask(hidden.reshape(whole.shape))
    return Suppressed(frame, int(small.sum()), int((hidden & ~small).sum()))


def _check_counts(table: pd.DataFrame) -> None:
    for what, names in (("rows", table.index), ("columns", table.columns)):
        if names.has_duplicates:
            raise ValueError(
                f"table, {what}: expected unique names; found {names[names.duplicated()][0]!r} twice"
            )
    for name in table:
        numbers = pd.to_numeric(table[name], errors="coerce").astype("Float64")
        odd = numbers.isna() | (numbers < 0) | (numbers % 1 != 0)
        if odd.any():
            value, row = table.loc[odd, name].iloc[0], table.index[odd][0]
            raise ValueError(
                f"table, row {row}, column {name}: expected a whole number of zero or more; found {value}"
            )


def _with_totals(table: pd.DataFrame, total: str) -> pd.DataFrame:
    """Return the table with a total column and row, after a check of those it had."""
    for what, lines in (("row", table), ("column", table.T)):
        inside = lines.drop(columns=total, errors="ignore").sum(axis=1)
        if total in lines and (odd := inside != lines[total]).any():
            name = lines.index[odd][0]
            stated = lines.loc[name, total]
            raise ValueError(
                f"table, {what} {name}: expected {inside[name]} as {total}, the sum; found {stated}"
            )
    if total not in table.columns and table.shape[1] > 1:
        table = table.assign(**{total: table.sum(axis=1)})
    if total not in table.index and len(table) > 1:
        table = pd.concat([table, table.sum().to_frame(total).T])
    return table.astype("Int64")


def _is_total(table: pd.DataFrame, total: str) -> np.ndarray:
    return ((table.index == total)[:, None] | (table.columns == total)).ravel()


def _sums(table: pd.DataFrame, total: str) -> csr_array:
    """Return the sums that tie the cells, one per row of the matrix: cells minus their total is zero."""
    cells = np.arange(table.size).reshape(table.shape)
    lines = [(cells[row], table.columns == total) for row in range(len(table)) if total in table.columns]
    lines += [(cells[:, k], table.index == total) for k in range(table.shape[1]) if total in table.index]
    matrix = np.zeros((len(lines), table.size))
    for number, (line, sign) in enumerate(lines):
        matrix[number, line] = np.where(sign, -1, 1)
    return csr_array(matrix)


def _companions(cell: int, counts: np.ndarray, sums: csr_array, cost: np.ndarray, minimum: int) -> np.ndarray:
    """Return the cheapest cells that, when hidden, let a cell be greater by the minimum; bool."""
    size = len(counts)
    up = np.column_stack([np.zeros(size), np.full(size, np.inf)])
    down = np.column_stack([np.zeros(size), counts])
    up[cell], down[cell] = minimum, 0
    both = csr_array(np.hstack([sums.toarray(), -sums.toarray()]))
    solution = linprog(
        np.tile(cost, 2), A_eq=both, b_eq=np.zeros(sums.shape[0]), bounds=np.vstack([up, down])
    )
    moves = solution.x.reshape(2, size)
    return np.abs(moves[0] - moves[1]) > CLOSE


def _range(cell: int, counts: np.ndarray, hidden: np.ndarray, sums: csr_array) -> tuple[float, float]:
    known = sums[:, ~hidden] @ counts[~hidden]
    wanted = np.zeros(int(hidden.sum()))
    wanted[int(hidden[:cell].sum())] = 1
    ends = []
    for sign in (1, -1):
        solution = linprog(sign * wanted, A_eq=sums[:, hidden], b_eq=-known)
        ends.append(sign * float(round(solution.fun)) + 0.0 if solution.status == 0 else sign * -np.inf)
    return ends[0], ends[1]


def _needed(
    hidden: np.ndarray,
    small: np.ndarray,
    counts: np.ndarray,
    sums: csr_array,
    cost: np.ndarray,
    minimum: int,
) -> np.ndarray:
    """Return the hidden cells without those, dearest first, that can be shown without breaking the rule."""
    for cell in sorted(np.flatnonzero(hidden & ~small), key=lambda cell: -cost[cell]):
        if not hidden[cell]:
            continue
        fewer = hidden.copy()
        fewer[cell] = False
        ends = {other: _range(other, counts, fewer, sums) for other in np.flatnonzero(fewer & small)}
        if all(high - low >= minimum for low, high in ends.values()):
            others = np.flatnonzero(fewer & ~small)
            exact = [other for other in others if np.ptp(_range(other, counts, fewer, sums)) == 0]
            fewer[exact] = False  # what can be worked out anyway hides nothing
            hidden = fewer
    return hidden
