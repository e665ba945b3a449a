"""Where a coding begins and ends: vendors count differently, so every convention is tried on the text.

A position may count code points, UTF-16 units or UTF-8 bytes; the byte order mark or not; a Windows line
end as two or as one, also where the text has bare line feeds (XML turns every line end inside it into one);
the end is the first character outside or the last one inside.  A convention is
possible when every position falls between two characters; among those, stored quotations decide, then
whole words.
"""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

UNITS = ("code points", "UTF-16 units", "UTF-8 bytes")
ENDS = ("", ", CRLF as one", ", LF as two")


class Choice(NamedTuple):
    """Positions in code points, half-open, and the convention that they were read with."""

    start: np.ndarray
    end: np.ndarray
    convention: str


class Tie(ValueError):
    """Two conventions fit a text equally well and cut it differently."""


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
    """Choose the convention under which positions cut a text at words, or give back the stored quotations.

    Parameters
    ----------
    text : str
        Without its byte order mark.
    start, end : sequence of int
        As they stand in the file.
    quotes : sequence of str or None, optional
        The text of each selection where the file keeps it; an ending in ... stands for the rest.
    bom : bool
        Whether the file began with a byte order mark.
    expected : str, optional
        Beginning of the name of the convention that decides a tie, such as "UTF-16 units, half-open".
    stated : str, optional
        The same for a convention that is known and not to be chosen, such as that of our own files.
    where : str
        Named in errors.

    Returns
    -------
    Choice
        Arrays of int64, as long as `start`, and the name of the convention.

    Raises
    ------
    Tie
        If the best two disagree and the expected one is not among them.
    ValueError
        If no convention keeps every selection within the text.

    Examples
    --------
    >>> choose("😀 een gesprek", [7], [14]).convention
    'UTF-16 units, half-open'
    >>> found = choose("😀 een gesprek", [6], [13])
    >>> found.start.tolist(), found.end.tolist(), found.convention
    ([6], [13], 'code points, half-open')
    """
    start, end = np.asarray(start, dtype=np.int64), np.asarray(end, dtype=np.int64)
    if not len(start):
        return Choice(start, end, "no codings")
    points = _points(text)
    found = _candidates(points, start, end, bom=bom, stated=stated or "", expected=expected or "")
    if not found:
        raise ValueError(f"{where}: {_outside(points, start, end)}")
    if len(found) == 1 or stated:
        return found[0]
    scores = [(_quoted(text, choice, quotes), _whole_words(points, choice)) for choice in found]
    best = [choice for choice, score in zip(found, scores, strict=True) if score == max(scores)]
    preferred = [choice for choice in best if expected and _is(choice.convention, expected)]
    if len(best) > 1 and not preferred:
        raise Tie(_tie(text, best, where))
    return (preferred or best)[0]


def _points(text: str) -> np.ndarray:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _conventions(points: np.ndarray, *, bom: bool, stated: str, expected: str) -> list[tuple]:
    """Return the conventions to try: the expected first, then the simplest, line feeds as two last."""
    pair = bool(((points[:-1] == 13) & (points[1:] == 10)).any())
    ends = ENDS[:2] if pair else ENDS[::2] if 10 in points and 13 not in points else ENDS[:1]
    flags = itertools.product((False, True), (False, True)[: 1 + bom], ends, range(3))
    named = [(*flag, _name(*flag)) for flag in flags]
    fitting = [each for each in named if not stated or _is(each[-1], stated)]
    return sorted(fitting, key=lambda each: (ENDS[2] in each[-1], not (expected and _is(each[-1], expected))))


def _is(convention: str, wanted: str) -> bool:
    """Return whether a convention begins as wanted; line feeds as two only where that is said."""
    return convention.startswith(wanted) and (ENDS[2] in wanted or ENDS[2] not in convention)


def _candidates(points: np.ndarray, start: np.ndarray, end: np.ndarray, **choices) -> list[Choice]:
    """Return the possible conventions, each reading of the text once."""
    second = np.zeros(len(points), dtype=bool)
    second[1:] = (points[:-1] == 13) & (points[1:] == 10)
    found, seen = [], set()
    for inclusive, mark, ends, unit, name in _conventions(points, **choices):
        widths = _widths(points, unit)
        widths = np.where(second, 0, widths) if ends == ENDS[1] else widths
        widths = widths + (points == 10) if ends == ENDS[2] else widths
        shift = (1, 1, 3)[unit] if mark else 0
        spans = _positions(widths, start - shift), _positions(widths, end + inclusive - shift)
        if any(span is None for span in spans) or (spans[0] > spans[1]).any():
            continue
        key = spans[0].tobytes(), spans[1].tobytes()
        if key not in seen:
            seen.add(key)
            found.append(Choice(*spans, name))
    return found


def _name(inclusive: bool, mark: bool, ends: str, unit: int) -> str:
    """Return the name of a convention."""
    extra = ends + (", byte order mark counted" if mark else "")
    return f"{UNITS[unit]}, {'inclusive' if inclusive else 'half-open'}{extra}"


def _widths(points: np.ndarray, unit: int) -> np.ndarray:
    """Return how many units each character takes."""
    limits = ((), (0xFFFF,), (0x7F, 0x7FF, 0xFFFF))[unit]
    return (
        1 + sum((points > limit).astype(np.int64) for limit in limits) + np.zeros(len(points), dtype=np.int64)
    )


def _positions(widths: np.ndarray, offsets: np.ndarray) -> np.ndarray | None:
    """Return code points for offsets, None when one is not between two characters of the text."""
    edges = np.concatenate([[0], np.cumsum(widths)])
    at = np.searchsorted(edges, offsets, side="right") - 1
    if (offsets < 0).any() or (edges[at] != offsets).any():
        return None
    return at.astype(np.int64)


def _quoted(text: str, choice: Choice, quotes: Sequence[str | None] | None) -> float:
    """Return the share of stored quotations that a choice gives back, 0 without any."""
    if quotes is None:
        return 0.0
    same = [
        same_words(text[start:end], quote)
        for start, end, quote in zip(choice.start, choice.end, quotes, strict=True)
        if quote
    ]
    return sum(same) / len(same) if same else 0.0


def same_words(text: str, quote: str) -> bool:
    """Return whether a quotation is this text, blanks aside, or its beginning when it ends in dots.

    Examples
    --------
    >>> same_words("een  gesprek", "een ges..."), same_words("a", "b")
    (True, False)
    """
    short, text = " ".join(quote.split()), " ".join(text.split())
    cut = short.removesuffix("...").removesuffix("…").rstrip()
    return text == short or (cut != short and cut != "" and text.startswith(cut))


def _whole_words(points: np.ndarray, choice: Choice) -> float:
    """Return the share of ends that cut no word and touch no blank; half for whole lines with their end."""
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
    """Say which selection cannot be placed, read as generously as possible."""
    total = int(_widths(points, 2).sum() + (points == 10).sum()) + 3
    wrong = np.flatnonzero((start < 0) | (end > total) | (start > end))
    at = wrong[0] if len(wrong) else np.argmax(end)
    return (
        f"selection {at + 1}: expected positions within its {len(points)} characters, start before end; "
        f"found {start[at]} to {end[at]}"
    )


def _tie(text: str, best: list[Choice], where: str) -> str:
    """Say which conventions tie, and on which selection they disagree."""
    one, two = best[:2]
    at = int(np.argmax((one.start != two.start) | (one.end != two.end)))
    lengths = [f"{choice.convention}: {choice.start[at]} to {choice.end[at]}" for choice in (one, two)]
    return (
        f"{where}: expected one way to read the positions; found several that fit equally well and disagree "
        f"on selection {at + 1} ({'; '.join(lengths)}); say which with offsets="
    )
