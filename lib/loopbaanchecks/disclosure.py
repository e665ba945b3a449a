"""What may leave the building: small counts hidden, with as many others as it takes to keep them hidden.

Counts of people are cells, tied by sums: who answered and who did not are all together.  Hiding only the
small cells is not enough: anyone can subtract what is shown from a total and have them back.  So further
cells are hidden until every small one, shown or not, could be anything over a range as wide as the minimum.
A `Ledger` remembers what a run has shown: tables are hidden together, not each by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from expect import check_sizes

CLOSE = 1e-6  # bounds are whole numbers; the solver is off by less
DETOUR = 1000  # how much sooner a cell is hidden than a total of the same size
SEARCHED = 60  # cells: of more, no search for those that could be shown after all

Key = tuple[str, frozenset[str]]  # what is counted, and the conditions that hold for all who are counted
Sum = tuple[Key, tuple[Key, ...]]  # a total and its parts
EVERYONE: Key = ("n", frozenset())


@dataclass(frozen=True)
class Counts:
    """Counts of people, and the sums that tie them.

    Parameters
    ----------
    known : mapping of Key to int
        Every cell, also those that nobody is shown.
    sums : sequence of Sum
        Totals and their parts; all have a value.
    shown : set of Key
        Cells that are to be shown.
    public : set of Key
        Cells that others can work out from what is not counted here; where they may not, they are hidden.
    """

    known: Mapping[Key, int]
    sums: Sequence[Sum] = ()
    shown: frozenset[Key] = frozenset()
    public: frozenset[Key] = frozenset()


@dataclass
class Ledger:
    """What a run has shown, and what it has kept to itself.

    Parameters
    ----------
    minimum : int
        Smallest count that may be shown; zero is always shown, and 1 hides nothing.

    Raises
    ------
    ValueError
        If `minimum` is below 1.

    Examples
    --------
    >>> all_, here, gone = EVERYONE, ("n", frozenset({"wave=2"})), ("n_missing", frozenset({"wave=2"}))
    >>> counts = Counts({all_: 28, here: 26, gone: 2}, [(all_, (here, gone))], frozenset({here, gone}))
    >>> sorted(what for what, _ in Ledger(5).release("attrition", counts))
    ['n', 'n_missing']
    """

    minimum: int
    releases: dict[str, tuple[Counts, frozenset[Key]]] = field(default_factory=dict)

    def __post_init__(self):
        check_sizes(self.minimum, name="minimum")

    def known_beside(self, name: str) -> dict[Key, int]:
        """Return every cell of the other tables, also those that nobody is shown."""
        others = [counts for other, (counts, _) in self.releases.items() if other != name]
        return {key: n for counts in others for key, n in counts.known.items()}

    def release(self, name: str, counts: Counts) -> frozenset[Key]:
        """Decide which cells of a table stay hidden, and remember it.

        Parameters
        ----------
        name : str
            Of the table: the same again has the same outcome, another under this name replaces it.
        counts : Counts
            Its cells and sums; one with a key of an earlier table is the same cell.

        Returns
        -------
        frozenset of Key
            Those of `counts.shown` that may not be shown.

        Notes
        -----
        Rule: given all that is shown in the run, and that counts are whole and not negative, a small cell can
        have values at least `minimum` apart.  For each small cell a linear programme finds the cheapest cells
        to hide with it (cost: their size, totals last; what an earlier table shows cannot be hidden any
        more); of few cells, those that turn out not to be needed are shown again, largest first.  Everybody
        together is taken as known.  The rule does not cover what people in a small cell know of themselves,
        nor that a zero says something of everyone.

        Source: Fischetti and Salazar (2001), Management Science 47(7), for cells, costs and protection.
        """
        others = [release for other, release in self.releases.items() if other != name]
        own = _own_keys(name, counts.known, [earlier for earlier, _ in others])
        shown = {own[key]: key for key in counts.shown}
        if not self._is_again(name, {key: counts.known[given] for key, given in shown.items()}):
            self.releases[name] = self._decided(others, _renamed(counts, own))
        return frozenset(key for new, key in shown.items() if new in self.releases[name][1])

    def _is_again(self, name: str, shown: Mapping[Key, int]) -> bool:
        """Say whether a table was released before: all of it, or without what was hidden then."""
        if name not in self.releases:
            return False
        before, hidden = self.releases[name]
        same = all(before.known.get(key) == n for key, n in shown.items())
        return same and before.shown - hidden <= shown.keys() <= before.shown

    def _decided(self, others: Sequence[tuple[Counts, frozenset[Key]]], counts: Counts):
        values = {key: n for earlier, _ in others for key, n in earlier.known.items()} | counts.known
        sums = [part for earlier, _ in others for part in earlier.sums] + list(counts.sums)
        sums += nested(values, sums)
        seen = {key for earlier, hidden in others for key in (earlier.shown | earlier.public) - hidden}
        kept = {key for _, hidden in others for key in hidden}
        wanted = counts.shown | counts.public
        hidden = find_hidden(values, sums, seen | {EVERYONE}, wanted - kept, self.minimum)
        return counts, wanted & (hidden | kept)


def _own_keys(name: str, values: Mapping[Key, int], earlier: Sequence[Counts]) -> dict[Key, Key]:
    """Return every key as it is in the ledger: with another value elsewhere it is a cell of its own."""
    odd = {key for key, n in values.items() for other in earlier if other.known.get(key, n) != n}
    return {key: (key[0], key[1] | {f"table={name}"}) if key in odd else key for key in values}


def _renamed(counts: Counts, own: Mapping[Key, Key]) -> Counts:
    sums = tuple((own[total], tuple(own[key] for key in parts)) for total, parts in counts.sums)
    values = {own[key]: n for key, n in counts.known.items()}
    shown, public = (frozenset(own[key] for key in keys) for keys in (counts.shown, counts.public))
    return Counts(values, sums, shown, public)


def nested(values: dict[Key, int | None], sums: Sequence[Sum]) -> list[Sum]:
    """Return what follows from conditions alone: who meets more of them are some of those who meet fewer.

    Parameters
    ----------
    values : dict of Key to int or None
        None is not known.  Gets the cells that are left over: who meets the fewer conditions only.
    sums : sequence of Sum
        Where a base is a part of everyone already, that is not repeated.

    Returns
    -------
    list of Sum
        For each base the smallest sets that hold it.
    """
    bases = [key for key in values if key[0] == EVERYONE[0]]
    split = {part for total, parts in sums if total == EVERYONE for part in parts}
    found = []
    for inner in bases:
        around = [key for key in bases if key[1] < inner[1] and _fits(values[inner], values[key])]
        for outer in around:
            closest = not any(outer[1] < other[1] for other in around)
            if closest and not (outer == EVERYONE and inner in split):
                rest = ("rest", inner[1] | {f"in={sorted(outer[1])}"})
                unknown = None in (values[outer], values[inner])
                values[rest] = None if unknown else values[outer] - values[inner]
                found.append((outer, (inner, rest)))
    return found


def _fits(inner: int | None, outer: int | None) -> bool:
    return inner is None or outer is None or inner <= outer


def find_hidden(
    values: Mapping[Key, int],
    sums: Sequence[Sum],
    seen: set[Key],
    wanted: frozenset[Key],
    minimum: int,
) -> set[Key]:
    """Return the cells that stay hidden when `seen` is known and `wanted` would be shown as well.

    Parameters
    ----------
    values, sums
        As in `Counts`.
    seen : set of Key
        Cells that everyone knows.
    wanted : set of Key
        Cells to be shown; all others are hidden.
    minimum : int
        As for `Ledger`.

    Returns
    -------
    set of Key
    """
    free = [key for key in values if key not in seen]
    counts = np.array([values[key] for key in free], dtype=float)
    place = {key: number for number, key in enumerate(free)}
    rows = _tied(sums, place)
    matrix = _matrix(rows, len(free))
    small = (counts >= 1) & (counts < minimum)
    hidden = small | np.array([key not in wanted for key in free], dtype=bool)
    cost = counts + 1
    cost[[place[total] for total, _ in sums if total in place]] *= DETOUR
    _, part = connected_components(abs(matrix).T @ abs(matrix), directed=False)
    for number in np.unique(part[small]):
        inside = np.flatnonzero(part == number)
        own = matrix[:, inside]
        own = own[np.diff(own.indptr) > 0]
        hidden[inside] = _protected(counts[inside], own, hidden[inside], cost[inside], minimum)
    return {key for key, away in zip(free, hidden, strict=True) if away}


def find_small(values: Mapping[Key, int | None], sums: Sequence[Sum], minimum: int) -> dict[Key, tuple]:
    """Return the unknown cells that what is known makes small for certain.

    Parameters
    ----------
    values : mapping of Key to int or None
        None is not known.
    sums : sequence of Sum
    minimum : int
        As for `Ledger`.

    Returns
    -------
    dict of Key to (float, float)
        The least and greatest value of each cell that is above zero and below the minimum whatever it is.
    """
    free = [key for key, n in values.items() if n is None]
    place = {key: number for number, key in enumerate(free)}
    tied = [part for part in dict.fromkeys(sums) if any(key in place for key in (part[0], *part[1]))]
    matrix = _matrix(_tied(tied, place), len(free))
    right = np.array(
        [_known(total, values) - sum(_known(key, values) for key in parts) for total, parts in tied]
    )
    _, part = connected_components(abs(matrix).T @ abs(matrix), directed=False) if free else (0, [])
    found = {}
    for number in range(max(part, default=-1) + 1):
        inside = np.flatnonzero(part == number)
        own = matrix[:, inside]
        rows = np.diff(own.indptr) > 0
        for at, cell in enumerate(inside):
            ends = _ends(at, own[rows], right[rows])
            if ends[0] >= 1 and ends[1] < minimum:
                found[free[cell]] = ends
    return found


def _known(key: Key, values: Mapping[Key, int | None]) -> int:
    return values[key] or 0


def _tied(sums: Sequence[Sum], place: Mapping[Key, int]) -> list[dict[int, int]]:
    """Return per sum its cells that are not known: parts count 1, the total -1."""
    rows = []
    for total, parts in dict.fromkeys(sums):
        row = {place[key]: 1 for key in parts if key in place}
        rows.append(row | ({place[total]: -1} if total in place else {}))
    return [row for row in rows if row]


def _matrix(rows: Sequence[Mapping[int, int]], width: int) -> csr_array:
    cells = [(number, cell, sign) for number, row in enumerate(rows) for cell, sign in row.items()]
    at, cell, sign = np.array(cells, dtype=int).reshape(-1, 3).T
    return csr_array((sign.astype(float), (at, cell)), shape=(len(rows), width))


def _protected(
    counts: np.ndarray, sums: csr_array, hidden: np.ndarray, cost: np.ndarray, minimum: int
) -> np.ndarray:
    """Return the hidden cells with all that has to be hidden with them; bool."""
    small = (counts >= 1) & (counts < minimum)
    first, hidden = hidden, hidden.copy()
    for cell in np.flatnonzero(small):
        moved = _companions(cell, counts, sums, np.where(hidden, 0, cost), minimum)
        hidden |= True if moved is None else moved  # nothing shown here can keep it safe
    extra = np.flatnonzero(hidden & ~first)
    for cell in sorted(extra, key=lambda cell: -cost[cell]) if len(counts) <= SEARCHED else ():
        fewer = hidden.copy()
        fewer[cell] = False
        ends = [cell_range(other, counts, fewer, sums) for other in np.flatnonzero(small)]
        if all(high - low >= minimum for low, high in ends):
            hidden = fewer
    return hidden


def _companions(
    cell: int, counts: np.ndarray, sums: csr_array, cost: np.ndarray, minimum: int
) -> np.ndarray | None:
    """Return the cheapest cells that, when hidden, let a cell be greater by the minimum, or None."""
    size = len(counts)
    up = np.column_stack([np.zeros(size), np.full(size, np.inf)])
    down = np.column_stack([np.zeros(size), counts])
    up[cell], down[cell] = minimum, 0
    both = csr_array(np.hstack([sums.toarray(), -sums.toarray()]))
    solution = linprog(
        np.tile(cost, 2), A_eq=both, b_eq=np.zeros(sums.shape[0]), bounds=np.vstack([up, down])
    )
    if solution.status != 0:
        return None
    moves = solution.x.reshape(2, size)
    return np.abs(moves[0] - moves[1]) > CLOSE


def cell_range(cell: int, counts: np.ndarray, hidden: np.ndarray, sums: csr_array) -> tuple[float, float]:
    """Return the least and greatest value of a hidden cell that fits all cells that are shown.

    Parameters
    ----------
    cell : int
        Which one.
    counts : ndarray
        All cells; the values of hidden ones do not matter, but for what is known of their sums.
    hidden : ndarray of bool
    sums : sparse array, shape (sums, cells)
        1 for a part, -1 for the total; every row is zero for the true counts.

    Returns
    -------
    (float, float)
    """
    right = sums @ counts - sums[:, ~hidden] @ counts[~hidden]  # of what is known
    return _ends(int(hidden[:cell].sum()), sums[:, hidden], right)


def _ends(cell: int, sums: csr_array, right: np.ndarray) -> tuple[float, float]:
    """Return the least and greatest value of a cell, of those of which the sums are known."""
    wanted, ends = np.zeros(sums.shape[1]), []
    wanted[cell] = 1
    for sign in (1, -1):
        solution = linprog(sign * wanted, A_eq=sums, b_eq=right)
        ends.append(sign * float(round(solution.fun)) + 0.0 if solution.status == 0 else sign * -np.inf)
    return ends[0], ends[1]
