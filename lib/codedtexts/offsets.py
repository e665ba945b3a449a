"""Where a coding begins and ends: programs count differently, so every convention is tried on the text.

A position may count code points, UTF-16 units or UTF-8 bytes; it may count the byte order mark or not; a
Windows line end counts as two or as one, also where the text has bare line feeds (XML turns every line end
inside it into one); the end is the first character outside or the last one inside.  A convention is possible
when every position falls between two characters.  Among the possible ones, stored quotations decide, then
whole words.
"""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

UNITS = ("code points", "UTF-16 units", "UTF-8 bytes")
CRLF_AS_ONE, LF_AS_TWO = ", CRLF as one", ", LF as two"


class Choice(NamedTuple):
    """Positions in code points, half-open, and the convention they were read with."""

    start: np.ndarray
    end: np.ndarray
    convention: str


class Tie(ValueError):
    """Two conventions fit a text equally well and cut it differently."""


class _Convention(NamedTuple):
    inclusive: bool
    mark: bool  # whether the byte order mark counts
    line_ends: str
    unit: str

    def __str__(self) -> str:
        end = "inclusive" if self.inclusive else "half-open"
        return f"{self.unit}, {end}{self.line_ends}{', byte order mark counted' if self.mark else ''}"


def choose(
    text: str,
    start: Sequence[int],
    end: Sequence[int],
    *,
    quotes: Sequence[str | None] | None = None,
    bom: bool = False,
    expected: str | None = None,
    stated: str | None = None,
    where: str = "offsets",
) -> Choice:
    """Choose the convention under which positions give back the stored quotations, or cut a text at words.

    Parameters
    ----------
    text : str
        Without its byte order mark.
    start, end : sequence of int
        As the file has them.
    quotes : sequence of str or None, optional
        The text of each selection where the file keeps it; a final ... stands for the rest.
    bom : bool
        Whether the file began with a byte order mark.
    expected : str, optional
        Beginning of the name of the convention that decides a tie, such as "UTF-16 units, half-open".
    stated : str, optional
        The same for a convention that is known, so that there is nothing to choose.
    where : str
        Named in errors.

    Returns
    -------
    Choice
        Arrays of int64, as long as `start`, and the name of the convention.

    Raises
    ------
    Tie
        If the best two disagree and neither is the expected one.
    ValueError
        If no convention keeps every selection within the text.

    Examples
    --------
    >>> choose("😀 een gesprek", [7], [14]).convention
    'UTF-16 units, half-open'
    >>> choice = choose("😀 een gesprek", [6], [13])
    >>> choice.start.tolist(), choice.end.tolist(), choice.convention
    ([6], [13], 'code points, half-open')
    """
    start, end = np.asarray(start, dtype=np.int64), np.asarray(end, dtype=np.int64)
    if not len(start):
        return Choice(start, end, "no codings")
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    possible = _readings(points, start, end, _conventions(points, bom, stated or "", expected or ""))
    if not possible:
        raise ValueError(f"{where}: {_outside(points, start, end)}")
    if len(possible) == 1 or stated:
        return possible[0]
    scores = [(_quoted(text, choice, quotes), _whole_words(points, choice)) for choice in possible]
    best = [choice for choice, score in zip(possible, scores, strict=True) if score == max(scores)]
    preferred = [choice for choice in best if expected and _begins(choice.convention, expected)]
    if len(best) > 1 and not preferred:
        raise Tie(_tie(best, where))
    return (preferred or best)[0]


def is_quotation(quote: str, text: str) -> bool:
    """Return whether a quotation is this text but for white space, or its beginning when it ends in dots.

    Examples
    --------
    >>> is_quotation("een ges...", "een  gesprek"), is_quotation("b", "a")
    (True, False)
    """
    short, text = " ".join(quote.split()), " ".join(text.split())
    cut = short.removesuffix("...").removesuffix("…").rstrip()
    return text == short or (cut != short and cut != "" and text.startswith(cut))


def _conventions(points: np.ndarray, bom: bool, stated: str, expected: str) -> list[_Convention]:
    """Return the conventions to try: the expected first, then the simplest, line feeds as two last."""
    line_ends = [""]
    if ((points[:-1] == 13) & (points[1:] == 10)).any():
        line_ends.append(CRLF_AS_ONE)
    elif 10 in points and 13 not in points:
        line_ends.append(LF_AS_TWO)
    every = itertools.starmap(
        _Convention, itertools.product((False, True), (False, True)[: 1 + bom], line_ends, UNITS)
    )
    return sorted(
        (each for each in every if not stated or _begins(str(each), stated)),
        key=lambda each: (each.line_ends == LF_AS_TWO, not (expected and _begins(str(each), expected))),
    )


def _begins(convention: str, wanted: str) -> bool:
    """Return whether a convention begins as wanted; line feeds as two only where that is said."""
    return convention.startswith(wanted) and (LF_AS_TWO in wanted or LF_AS_TWO not in convention)


def _readings(
    points: np.ndarray, start: np.ndarray, end: np.ndarray, conventions: list[_Convention]
) -> list[Choice]:
    """Return what the possible conventions make of the positions, each result once."""
    choices, seen = [], set()
    for convention in conventions:
        widths = _widths(points, convention.unit, convention.line_ends)
        mark = (3 if convention.unit == "UTF-8 bytes" else 1) if convention.mark else 0
        first = _code_points(widths, start - mark)
        last = _code_points(widths, end + convention.inclusive - mark)
        if first is None or last is None or (first > last).any():
            continue
        key = first.tobytes(), last.tobytes()
        if key not in seen:
            seen.add(key)
            choices.append(Choice(first, last, str(convention)))
    return choices


def _widths(points: np.ndarray, unit: str, line_ends: str = "") -> np.ndarray:
    limits = {"code points": (), "UTF-16 units": (0xFFFF,), "UTF-8 bytes": (0x7F, 0x7FF, 0xFFFF)}[unit]
    widths = np.ones(len(points), dtype=np.int64)
    for limit in limits:
        widths += points > limit
    if line_ends == CRLF_AS_ONE:
        widths[1:][(points[:-1] == 13) & (points[1:] == 10)] = 0
    if line_ends == LF_AS_TWO:
        widths += points == 10
    return widths


def _code_points(widths: np.ndarray, offsets: np.ndarray) -> np.ndarray | None:
    """Return offsets as code points, None when one is not between two characters of the text."""
    edges = np.concatenate([[0], np.cumsum(widths)])
    at = np.searchsorted(edges, offsets, side="right") - 1
    if (offsets < 0).any() or (edges[at] != offsets).any():
        return None
    return at.astype(np.int64)


def _quoted(text: str, choice: Choice, quotes: Sequence[str | None] | None) -> float:
    """Return the share of stored quotations that a choice gives back, 0 without any."""
    quotes = [None] * len(choice.end) if quotes is None else quotes
    same = [
        is_quotation(quote, text[start:end])
        for start, end, quote in zip(choice.start, choice.end, quotes, strict=True)
        if quote
    ]
    return sum(same) / len(same) if same else 0.0


def _whole_words(points: np.ndarray, choice: Choice) -> float:
    """Return the share of ends that neither cut a word nor touch white space; half for whole lines."""
    known, which = np.unique(points, return_inverse=True)
    letter = np.array([chr(point).isalnum() for point in known], dtype=bool)[which]
    blank = np.array([chr(point).isspace() for point in known], dtype=bool)[which]
    inner = np.concatenate([[False], letter[:-1] & letter[1:], [False]])
    filled = choice.start < choice.end
    first, last = choice.start[filled], choice.end[filled] - 1
    newline = np.isin(points, (10, 13))
    good = (~inner[first] & ~blank[first]).sum() + (~inner[last + 1] & ~blank[last]).sum()
    return float(good + newline[last].sum() / 2) / (2 * len(choice.start))


def _outside(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> str:
    """Say which selection cannot be placed, however generously it is read."""
    total = int(_widths(points, "UTF-8 bytes", LF_AS_TWO).sum()) + 3
    wrong = np.flatnonzero((start < 0) | (end > total) | (start > end))
    at = wrong[0] if len(wrong) else np.argmax(end)
    return (
        f"selection {at + 1}: expected positions within its {len(points)} characters, start before end; "
        f"found {start[at]} to {end[at]}"
    )


def _tie(best: list[Choice], where: str) -> str:
    """Say which conventions tie, and on which selection they disagree."""
    first, second = best[:2]
    at = int(np.argmax((first.start != second.start) | (first.end != second.end)))
    spans = [f"{choice.convention}: {choice.start[at]} to {choice.end[at]}" for choice in (first, second)]
    return (
        f"{where}: expected one way to read the positions; found several that fit equally well and disagree "
        f"on selection {at + 1} ({'; '.join(spans)}); say which with offsets="
    )
