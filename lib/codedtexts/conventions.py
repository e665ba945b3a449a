"""How programs count positions in a text, and what their positions are in code points.

A position may count code points, UTF-16 units or UTF-8 bytes; it may count the byte order mark or not; a
Windows line end counts as two or as one, also where the text has bare line feeds (XML turns every line end
inside it into one); the end is the first character outside or the last one inside.
"""

import itertools
from typing import NamedTuple

import numpy as np

UNITS = ("code points", "UTF-16 units", "UTF-8 bytes")
CRLF_AS_ONE, LF_AS_TWO = ", CRLF as one", ", LF as two"
WIDER = {"code points": (), "UTF-16 units": (0xFFFF,), "UTF-8 bytes": (0x7F, 0x7FF, 0xFFFF)}  # one more above


class Convention(NamedTuple):
    """A way to count positions."""

    unit: str = "code points"
    inclusive: bool = False
    line_ends: str = ""
    mark: bool = False  # whether the byte order mark counts

    def __str__(self) -> str:
        end = "inclusive" if self.inclusive else "half-open"
        return f"{self.unit}, {end}{self.line_ends}{', byte order mark counted' if self.mark else ''}"


class Points:
    """The characters of a text as code points, and what about them makes a difference for positions."""

    def __init__(self, text: str, *, bom: bool = False):
        self.points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        self.bom = bom
        self.astral = not text.isascii() and bool((self.points > 0xFFFF).any())
        self.crlf = "\r\n" in text
        self.bare_feeds = "\n" in text and "\r" not in text

    def line_ends(self) -> list[str]:
        """Return the ways to count its line ends that differ, the simplest first."""
        return ["", *[CRLF_AS_ONE] * self.crlf, *[LF_AS_TWO] * self.bare_feeds]

    def effective(self, convention: Convention, *, unit: bool = True) -> Convention:
        """Return the convention without what makes no difference in this text (`unit`: nor the unit)."""
        same = unit and convention.unit == "UTF-16 units" and not self.astral
        return Convention(
            "code points" if same else convention.unit,
            convention.inclusive,
            convention.line_ends if convention.line_ends in self.line_ends() else "",
            convention.mark and self.bom,
        )

    def at(self, places: np.ndarray) -> np.ndarray:
        """Return the characters at places, blanks outside the text; those above 0xFFFF as that."""
        if not len(self.points):
            return np.full(len(places), 32)
        inside = (places >= 0) & (places < len(self.points))
        return np.where(inside, np.minimum(self.points[np.clip(places, 0, len(self.points) - 1)], 0xFFFF), 32)

    def edges(self, convention: Convention) -> np.ndarray | None:
        """Return the position before every character and at the end, None where these are code points."""
        limits = WIDER[convention.unit]
        folded, doubled = convention.line_ends == CRLF_AS_ONE, convention.line_ends == LF_AS_TWO
        if not limits and not folded and not doubled:
            return None
        widths = np.ones(len(self.points), dtype=np.int64)
        for limit in limits:
            widths += self.points > limit
        if folded:
            widths[1:][(self.points[:-1] == 13) & (self.points[1:] == 10)] = 0
        if doubled:
            widths += self.points == 10
        return np.concatenate([[0], np.cumsum(widths)])


class Positions(NamedTuple):
    """Positions in code points, half-open, within the text; `fits` says which needed no correction."""

    start: np.ndarray
    end: np.ndarray
    fits: np.ndarray


def every_convention(units: tuple[str, ...], stated: str) -> list[Convention]:
    """Return the conventions whose names begin as stated, the simplest first, line feeds as two last.

    Examples
    --------
    >>> [str(each) for each in every_convention(UNITS[:1], "code points, inclusive")][0]
    'code points, inclusive'
    """
    every = itertools.starmap(
        Convention, itertools.product(units, (False, True), ("", CRLF_AS_ONE, LF_AS_TWO), (False, True))
    )
    chosen = [each for each in every if begins(str(each), stated)]
    return sorted(chosen, key=lambda each: (each.line_ends == LF_AS_TWO, each.mark, each.inclusive))


def begins(convention: str, wanted: str) -> bool:
    """Return whether a convention begins as wanted; line feeds as two only where nothing else is said."""
    return convention.startswith(wanted) and (
        LF_AS_TWO in wanted or LF_AS_TWO not in convention or "," not in wanted
    )


def read_positions(points: Points, start: np.ndarray, end: np.ndarray, convention: Convention) -> Positions:
    """Return positions of a convention in code points, clipped to the text.

    Examples
    --------
    >>> points = Points("😀 een")
    >>> read_positions(points, np.array([3]), np.array([9]), Convention("UTF-16 units"))
    Positions(start=array([2]), end=array([5]), fits=array([False]))
    """
    edges, size = points.edges(convention), len(points.points)
    mark = (3 if convention.unit == "UTF-8 bytes" else 1) if convention.mark and points.bom else 0
    first, last = start - mark, end + convention.inclusive - mark
    if edges is None:
        inside = (first >= 0) & (last <= size)
        return Positions(np.clip(first, 0, size), np.clip(last, 0, size), inside & (first <= last))
    begin, begin_fits = _code_points(edges, first, side=-1)
    finish, finish_fits = _code_points(edges, last, side=1)
    return Positions(begin, finish, begin_fits & finish_fits & (first <= last))


def _code_points(edges: np.ndarray, offsets: np.ndarray, *, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return offsets as code points, and which are between two characters; others go outwards."""
    inside = np.clip(offsets, 0, edges[-1])
    at = np.searchsorted(edges, inside, side="right") - 1
    whole = edges[at] == inside
    return at + ((side > 0) & ~whole), whole & (inside == offsets)
