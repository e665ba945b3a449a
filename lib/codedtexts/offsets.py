"""Where codings begin and end: the convention of a file, from all its texts together.

Every format has a convention that is known or prescribed.  It is given up for another one only on strong
evidence: stored quotations that the other gives back and it does not, or many ends of selections that are
ends of words under the other only.  One bad position, or some careless selections, decide nothing.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from codedtexts.conventions import (
    UNITS,
    Convention,
    Points,
    Positions,
    every_convention,
    read_positions,
)

QUOTED_CHARACTERS = 8  # shorter quotations are found anywhere
SHORT_NAME = 40  # characters from which a name that begins the span is the span cut short
ENOUGH, TIMES = 5, 3  # ends that an unexpected convention puts right, beyond three for each that it breaks
INCLUSIVE_ENOUGH, INCLUSIVE_TIMES = 20, 19  # no program is known to write the last character inside
MOST_QUOTES = 2000  # quotations compared


class Passages(NamedTuple):
    """One text with positions as a file has them."""

    name: str
    text: str
    start: np.ndarray
    end: np.ndarray
    quotes: Sequence[str | None] | None = None
    bom: bool = False


class Placed(NamedTuple):
    """The positions of one text in code points, half-open; `fits` says which needed no correction."""

    start: np.ndarray
    end: np.ndarray
    fits: np.ndarray
    convention: str
    n_ends: int  # first and last characters, and how many of them are those of a word or line
    n_between: int


class Tie(ValueError):
    """Two unexpected conventions fit the texts equally well and cut them differently."""


class _Tried(NamedTuple):
    """A convention with what it makes of every text."""

    convention: Convention
    texts: list["_Read"]

    def ends(self) -> np.ndarray:
        """Return for every first and last character whether it is that of a word or line: 1, else 0."""
        return np.concatenate([read.ends.ravel() for read in self.texts])


class _Read(NamedTuple):
    """One text under one convention."""

    reading: Positions
    ends: np.ndarray
    key: int  # the same for readings that are the same


def place(
    texts: Sequence[Passages],
    *,
    known: str,
    units: tuple[str, ...] = UNITS,
    stated: str = "",
    full_quotes: bool = False,
    where: str = "offsets",
) -> list[Placed]:
    """Choose how positions count, from all texts together, and place them.

    Parameters
    ----------
    texts : sequence of Passages
        Texts without their byte order marks; positions and, where the file keeps them, quotations or names.
    known : str
        The convention of the format, such as "code points, half-open".
    units : tuple of str
        What positions in this format can count.
    stated : str
        Beginning of the name of the convention where the researcher says it; it then replaces the known one.
    full_quotes : bool
        Whether quotations are whole; otherwise one of 40 characters or more may be the beginning of its span.
    where : str
        Named in errors.

    Returns
    -------
    list of Placed
        For each text arrays as long as its positions.  A position outside the text is clipped to it and one
        inside a character moved outwards; `fits` is False there.

    Raises
    ------
    Tie
        If two other conventions are as much better than the known one, and disagree.
    ValueError
        If no convention begins as stated.

    Examples
    --------
    >>> text, span = "😀 een gesprek over werk", np.array([[3], [14]])
    >>> [placed] = place([Passages("a", text, *span, ["een gesprek"])], known="code points, half-open")
    >>> placed.start.tolist(), placed.end.tolist(), placed.convention
    ([2], [13], 'UTF-16 units, half-open')
    """
    candidates = every_convention(UNITS if stated else units, stated)
    if not candidates:
        raise ValueError(f"{where}: expected a convention of positions as offsets; found {stated!r}")
    first = candidates[0] if stated else next(each for each in candidates if str(each) == known)
    read = [_read(passage, [first, *candidates]) for passage in texts]
    best = _better(_distinct([first, *candidates], read), _Quotes(texts, full_quotes), where)
    return [_with_own_line_ends(passage, best.convention, full_quotes) for passage in texts]


def _read(passage: Passages, conventions: Sequence[Convention]) -> dict[Convention, _Read]:
    """Return what conventions make of one text; those that cannot differ in it share one result."""
    points = Points(passage.text, bom=passage.bom)
    results, found = {}, {}
    for convention in conventions:
        effective = points.effective(convention)
        if effective not in results:
            reading = read_positions(points, passage.start, passage.end, effective)
            key = hash(b"".join(array.tobytes() for array in reading))
            results[effective] = _Read(reading, _ends(reading, points), key)
        found[convention] = results[effective]
    return found


def _distinct(conventions: Sequence[Convention], read: list[dict[Convention, _Read]]) -> list[_Tried]:
    """Return the conventions that read the positions differently, the first of those that read alike."""
    tried = {}
    for convention in conventions:
        texts = [found[convention] for found in read]
        tried.setdefault(tuple(each.key for each in texts), _Tried(convention, texts))
    return list(tried.values())


def _better(tried: list[_Tried], quotes: "_Quotes", where: str) -> _Tried:
    """Return the first convention, or the one that is better on strong evidence."""
    known, *others = tried
    gains = [_gain(known, other, quotes) for other in others]
    if not any(gains):
        return known
    best = [other for other, gain in zip(others, gains, strict=True) if gain == max(gains)]
    if len(best) > 1:
        raise Tie(_tie(best, quotes.texts, where))
    return best[0]


def _gain(known: _Tried, other: _Tried, quotes: "_Quotes") -> tuple[int, ...]:
    """Return how many more quotations and ends another convention has right; nothing without strong evidence.

    Quotations decide where there are any that differ.
    """
    change = other.ends().astype(int) - known.ends()
    ends = int((change > 0).sum()), int((change < 0).sum())
    right, wrong = quotes.compared(known, other)
    if right or wrong:
        return (right - wrong, ends[0] - ends[1]) if right > TIMES * wrong else ()
    inside = other.convention.inclusive and not known.convention.inclusive
    enough, times = (INCLUSIVE_ENOUGH, INCLUSIVE_TIMES) if inside else (ENOUGH, TIMES)
    return (0, ends[0] - ends[1]) if ends[0] >= enough + times * ends[1] else ()


class _Quotes:
    """The quotations of all texts that are long enough to say something."""

    def __init__(self, texts: Sequence[Passages], full: bool):
        self.texts, self.full = texts, full
        every = [
            (at, row)
            for at, passage in enumerate(texts)
            for row, quote in enumerate(passage.quotes or ())
            if isinstance(quote, str) and len(quote) >= QUOTED_CHARACTERS
        ]
        step = max(1, len(every) // MOST_QUOTES)
        self.rows = every[::step]

    def compared(self, known: _Tried, other: _Tried) -> tuple[int, int]:
        """Return how many quotations only the other convention gives back, and how many only the known."""
        right = wrong = 0
        for at, row in self.rows:
            spans = [(read.start[row], read.end[row]) for read in (known.texts[at][0], other.texts[at][0])]
            if spans[0] == spans[1]:
                continue
            text, quote = self.texts[at].text, self.texts[at].quotes[row]
            before, after = (is_quotation(quote, text[slice(*span)], full=self.full) for span in spans)
            right += after and not before
            wrong += before and not after
        return right, wrong


def is_quotation(quote: str, text: str, *, full: bool = False) -> bool:
    """Return whether a quotation is this text but for white space, or its beginning.

    It may be the beginning when it ends in dots or, unless quotations are whole (`full`), has forty
    characters or more.

    Examples
    --------
    >>> is_quotation("een ges...", "een  gesprek"), is_quotation("b", "a")
    (True, False)
    """
    if quote == text:
        return True
    short, text = " ".join(quote.split()), " ".join(text.split())
    cut = short.removesuffix("...").removesuffix("…").rstrip()
    if cut == short and (full or len(quote) < SHORT_NAME):
        return text == short
    return cut != "" and text.startswith(cut)


def _letters() -> tuple[np.ndarray, np.ndarray]:
    """Return for every code point of two bytes whether it is a letter or digit, and whether it is blank."""
    every = [chr(point) for point in range(0x10000)]
    return (
        np.array([character.isalnum() for character in every]),
        np.array([character.isspace() for character in every]),
    )


LETTER, BLANK = _letters()


def _ends(reading: Positions, points: Points) -> np.ndarray:
    """Return for every first and last character whether it is that of a word or line (2 × positions)."""
    filled = reading.fits & (reading.start < reading.end)
    first, last = reading.start, reading.end - 1
    before, begin, finish, after = (points.at(place) for place in (first - 1, first, last, last + 1))
    line = (finish == 10) | (finish == 13)
    begins = filled & ~BLANK[begin] & ~(LETTER[before] & LETTER[begin])
    return np.array([begins, filled & (line | ~BLANK[finish]) & ~(LETTER[finish] & LETTER[after])])


def _with_own_line_ends(passage: Passages, chosen: Convention, full: bool) -> Placed:
    """Return the positions in one text, with other line ends where this text alone says so strongly.

    How line ends count is a property of a text as it was stored, not of the program.
    """
    points = Points(passage.text, bom=passage.bom)
    variants = [chosen._replace(line_ends=each) for each in points.line_ends()]
    tried = _distinct([chosen, *variants], [_read(passage, [chosen, *variants])])
    quotes, best = _Quotes([passage], full), tried[0]
    for other in tried[1:]:
        best = other if _gain(best, other, quotes) else best
    read = best.texts[0]
    named = str(points.effective(best.convention, unit=False))
    return Placed(*read.reading, named, read.ends.size, int(read.ends.sum()))


def _tie(best: list[_Tried], texts: Sequence[Passages], where: str) -> str:
    """Say which conventions tie, and on which selection they disagree."""
    first, second = best[:2]
    at = next(at for at in range(len(texts)) if first.texts[at].key != second.texts[at].key)
    one, other = first.texts[at].reading, second.texts[at].reading
    row = np.flatnonzero((one.start != other.start) | (one.end != other.end) | (one.fits != other.fits))[0]
    return (
        f"{where}: source {texts[at].name!r}: expected one way to read the positions; found two that fit "
        f"equally well and disagree on selection {row + 1} ({first.convention}: {one.start[row]} to "
        f"{one.end[row]}; {second.convention}: {other.start[row]} to {other.end[row]}); say which with "
        "offsets"
    )
