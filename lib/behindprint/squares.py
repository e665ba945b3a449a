"""Which sums of squares n answers with a given sum can have: decided in whole numbers, without a list.

Options are taken as 0, 1, ..., w.  For n answers with sum s and sum of squares q let z = w s - q,
the sum of e (w - e): zero exactly if everyone is at an end of the scale.  Then

1. q has the parity of s, and q is at least that of answers as equal as can be.
2. Leave out answers at an end (z stays) until leaving out another would make q too small.  Integers of any
   size with the sums that are left lie between 0 and w: one outside would, with the others as equal as can
   be, give a smaller z.  And five or more integers of any size reach every sum with every q that has the
   parity and is large enough (one of them can be chosen so that Cauchy's lemma, which follows from Gauss on
   three squares, gives the other four).
3. With four left z is at most w^2.  So z >= w^2 settles it: the row is possible.
4. Below that, answers at an end can be left out one by one; without any, the scale is two steps narrower.
   This search ends: z < w^2 leaves at most w + 1 answers inside the scale.

The tests hold this against all tables of small n.  Options with gaps have a coin-change table instead.

Source: Cauchy (1815), Demonstration du theoreme general de Fermat sur les nombres polygones.
"""

from functools import lru_cache

import numpy as np

CELLS_AT_MOST = 400_000_000  # cells of the coin-change table: about 0.8 GB
WIDEST = 120  # scale with a table of smallest sums: half a second
FEW = 8  # answers that are searched without the table
PEOPLE_TABLED = 1 << 10  # more than are inside the scale at z below width^2
NEVER = 1 << 30
STATES_AT_MOST = 3_000_000  # of the search in step 4: about a quarter of a GB

State = tuple[int, int, int, int]  # width, n, s, z


def smallest_squares(n, sums):
    """Return the smallest sum of squares of n integers with these sums; arrays or integers."""
    floor = sums // n
    return n * floor**2 + (sums - n * floor) * (2 * floor + 1)


@lru_cache(maxsize=1 << 16)
def reaches(width: int, n: int, s: int, z: int) -> bool:
    """Say whether n answers on 0, 1, ..., width have sum s and sum of e (width - e) equal to z.

    Examples
    --------
    >>> reaches(4, 3, 6, 8), reaches(4, 3, 6, 6)  # squares 16, and 18: 0, 3, 3
    (False, True)
    """
    if (width * s - z - s) % 2:
        return False
    waiting, seen = [(width, n, s, z)], set()
    while waiting:
        state = waiting.pop()
        if state not in seen:
            seen.add(state)
            if len(seen) > STATES_AT_MOST:
                raise ValueError(
                    f"options, n: {n} answers on {width + 1} options are too many to decide here"
                )
            outcome = _smaller(state)
            if outcome is True:
                return True
            waiting += outcome or ()
    return False


def _smaller(state: State) -> bool | list[State]:
    """Decide a state, or return the smaller ones of which one must be possible; see the top."""
    width, n, s, z = state
    if not 0 <= z <= _largest(width, n, s):
        return False
    if n == 0 or width <= 1:
        return z == 0
    if z >= width**2 or z == 0:
        return z > 0 or s % width == 0
    if z < width - 1 or 2 * z < width * min(s % width, -s % width):
        return False  # one answer inside adds width - 1 or more to z, and width / 2 for each step from an end
    if width <= WIDEST and n > FEW:
        near = min(s, n * width - s)
        smallest = int(_smallest_sums(width)[z, near % width])
        inside, people = divmod(smallest, PEOPLE_TABLED)
        if smallest >= NEVER:
            return False
        if inside > near or width * people - inside <= n * width - near:
            return inside <= near
    if n > width + 1:
        lasts = range(max(0, -((width * (width + 1) - s) // width)), min(n - width - 1, s // width) + 1)
        return [(width, width + 1, s - width * last, z) for last in lasts]
    fewer = [(width, n - 1, left, z) for left in (s, s - width) if z <= _largest(width, n - 1, left)]
    return (n >= 5 and not fewer) or [(width - 2, n, s - n, z - n * (width - 1)), *fewer]


@lru_cache(maxsize=8)
def _smallest_sums(width: int) -> np.ndarray:
    """Return for each z below width^2 and remainder by width the smallest sum of answers inside the scale.

    Times `PEOPLE_TABLED`, plus how many they are: the fewest with that sum.
    An answer at e inside adds e (width - e), at least width - 1, to z: so many z are filled at a time.
    """
    sums = np.full((width**2 + width, width), NEVER, dtype=np.int32)
    sums[0, 0] = 0
    for first in range(width - 1, width**2, width - 1):
        block = sums[first : first + width - 1]
        for e in range(1, width):
            start = first - e * (width - e)
            source = sums[max(start, 0) : max(start + width - 1, 0)]
            if len(source):
                target = block[len(block) - len(source) :] if start < 0 else block
                np.minimum(
                    target, np.roll(source, e, axis=1)[: len(target)] + (e * PEOPLE_TABLED + 1), out=target
                )
    return sums


def _largest(width: int, n: int, s: int) -> int:
    """Return the largest z of n answers with sum s; below zero if no answers have that sum."""
    if not 0 <= s <= n * width:
        return -1
    return width * s - smallest_squares(n, s) if n else 0


@lru_cache(maxsize=4)
def _fewest(offsets: tuple[int, ...], x_max: int, y_max: int) -> np.ndarray:
    """Return the fewest respondents above the lowest option that reach each (x, y); for options with gaps.

    x = sum e f and y = sum e (e - 1) / 2 f, with e the distance from the lowest option, are S and Q in
    other coordinates.  A respondent at the lowest option adds nothing to either, so n respondents reach
    (x, y) if and only if at most n of them, above the lowest option, do: the coin-change problem.
    """
    if (x_max + 1) * (y_max + 1) > CELLS_AT_MOST:
        raise ValueError(
            f"n, options: expected at most {CELLS_AT_MOST:,} sums of answers and squares for options with "
            f"gaps, or the row is too large to check exactly; found {(x_max + 1) * (y_max + 1):,}"
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


def sums_that_fit(offsets: tuple[int, ...], n: int, sums: np.ndarray, windows) -> np.ndarray:
    """Return for each sum whether n respondents can have it with a sum of squares in its window.

    Parameters
    ----------
    offsets : tuple of int
        Options from 0 to the width of the scale, without a common divisor.
    n : int
        Number of respondents.
    sums : numpy.ndarray of int, shape (m,)
        Sums of offsets; of any size (dtype object) where 64 bits are not enough.
    windows : pair of numpy.ndarray, shape (m,)
        Lowest and highest sum of squares.

    Returns
    -------
    numpy.ndarray of bool, shape (m,)

    Raises
    ------
    ValueError
        If this is too large to decide.
    """
    width = offsets[-1]
    least = np.maximum(windows[0], smallest_squares(n, sums))
    least = least + (least - sums) % 2
    most = np.minimum(windows[1], width * sums)
    open_ = ((least <= most) & (sums >= 0) & (sums <= n * width)).astype(bool)
    fits = (open_ & (least <= width * (sums - width))).astype(bool)
    for i in np.flatnonzero(open_ & ~fits):
        s = int(sums[i])
        z = range(width * s - int(least[i]), width * s - int(most[i]) - 1, -2)
        near = min(s, n * width - s)
        enough = z[0] <= n * width - near  # answers at one end
        if enough and n > FEW and 1 < width <= WIDEST:
            smallest = _smallest_sums(width)[z[-1] : z[0] + 1 : 2, near % width]
            fits[i] = ((smallest < NEVER) & (smallest // PEOPLE_TABLED <= near)).any()
        else:
            fits[i] = any(reaches(width, n, s, each) for each in z)
    return _fit_with_gaps(offsets, n, sums, least, most, fits) if len(offsets) <= width else fits


def _fit_with_gaps(offsets, n: int, sums, least, most, open_) -> np.ndarray:
    """Decide the open sums for options with gaps, from the end of the scale that is nearest."""
    fits, width = open_.copy(), offsets[-1]
    if not open_.any():
        return fits
    sums, least, most = ([int(x) for x in part[open_]] for part in (sums, least, most))
    if 2 * sum(sums) > n * width * len(sums):
        offsets = tuple(width - e for e in reversed(offsets))
        least, most = (
            [n * width**2 - 2 * width * s + q for s, q in zip(sums, end, strict=True)]
            for end in (least, most)
        )
        sums = [n * width - s for s in sums]
    reach = max((q - s) // 2 for s, q in zip(sums, most, strict=True))
    fewest = _fewest(offsets[1:], _rounded(max(sums), 64), _rounded(reach, 1024))
    ends = zip(sums, least, most, strict=True)
    fits[open_] = [(fewest[s, (low - s) // 2 : (high - s) // 2 + 1] <= n).any() for s, low, high in ends]
    return fits


def _rounded(value: int, to: int) -> int:
    """Return a size rounded up, so that a table serves rows of nearly the same size."""
    return -(-value // to) * to
