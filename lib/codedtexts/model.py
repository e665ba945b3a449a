"""Coded interviews: the four tables, and the draft that every reader fills in first."""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from codedtexts.conventions import UNITS

SEGMENT_COLUMNS = ["source", "start", "end", "text", "code", "coder", "memo", "passage", "code_id"]
CODE_COLUMNS = ["id", "code", "name", "parent", "description", "colour", "groups"]
SOURCE_COLUMNS = ["source", "id", "name", "case", "length", "offsets", "memo", "text"]
LOSS_COLUMNS = ["kind", "n", "where"]
CODE_POINTS = "code points, half-open"
UNUSABLE = "coding with a position that cannot be used: left out"
UNKNOWN_CODE = "coding of a code that is not in the code book: left out"
PART_OF_A_TEXT = "case that is a part of a text: name and values left out"
NO_TEXT = "coding of a source without text: left out"


@dataclass(frozen=True)
class Interviews:
    """Coded interviews as four tables.

    Attributes
    ----------
    segments : pandas.DataFrame
        One row per coding, sorted within each source: `source`, `start`, `end` (code points of the text,
        half-open; NA where the file has no positions), `text`, `code`, `coder` (empty where the file names
        none), `memo`, `passage` (the same for codings of one highlight; empty where the file does not say),
        `code_id`.
    codes : pandas.DataFrame
        `id` (GUID), `code` (as in `segments`: the name, preceded by its parents where names repeat), `name`,
        `parent` (id, or empty; parents come first), `description` (and memo), `colour`, `groups` (names of
        groups of codes, separated by semicolons).
    sources : pandas.DataFrame
        `source` (as in `segments`), `id`, `name`, `case` (who speaks: cases, with semicolons between),
        `length` (characters), `offsets` (how positions were read), `memo`, `text`, and one column per
        attribute of the source or its cases.
    losses : pandas.DataFrame
        What the file holds and these tables do not, or not as it was: `kind`, `n`, `where`; codings first.
    """

    segments: pd.DataFrame
    codes: pd.DataFrame
    sources: pd.DataFrame
    losses: pd.DataFrame


class Code(NamedTuple):
    """One code; `parent` is an id, empty at the top; `label` is what segments call it, if that is known."""

    id: str
    name: str
    parent: str = ""
    description: str = ""
    colour: str = ""
    groups: str = ""
    label: str = ""


class Selection(NamedTuple):
    """One coding as the file has it: positions of any convention, and the quotation if there is one."""

    start: int | None
    end: int | None
    quote: str | None
    code_id: str
    coder: str
    memo: str = ""
    number: str = ""  # which selection of the file, for a message
    passage: str = ""
    whole: bool = False  # a coding of the whole text


@dataclass
class Source:
    """One text with its codings."""

    id: str
    name: str
    text: str = ""
    bom: bool = False
    memo: str = ""
    cases: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    selections: list[Selection] = field(default_factory=list)

    def add_attribute(self, name: str, value: str) -> None:
        """Add the value of an attribute; different values of several cases stand beside each other."""
        values = [part for part in [*self.attributes.get(name, "").split("; "), value] if part]
        self.attributes[name] = "; ".join(dict.fromkeys(values))

    def add_case(self, name: str, values: dict[str, str]) -> None:
        """Add a person, or whatever the case is, who speaks in all of this text."""
        if name and name not in self.cases:
            self.cases.append(name)
        for key, value in values.items():
            self.add_attribute(key, value)


@dataclass
class Draft:
    """What a reader takes from a file, before positions are placed in the texts."""

    where: str  # the file, named in errors
    codes: list[Code] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    losses: Counter = field(default_factory=Counter)  # (kind, where) -> n
    earlier: Counter = field(default_factory=Counter)  # the same, as an earlier conversion left them behind
    known: str = CODE_POINTS  # the convention of the format
    stated: str = ""  # the convention, where the researcher or the file says it
    units: tuple[str, ...] = UNITS  # what positions of the format can count
    full_quotes: bool = True  # whether quotations are whole, or may be short names of what they quote

    def lose(self, kind: str, n: int = 1, where: str = "") -> None:
        """Count what is not carried over."""
        if n:
            self.losses[kind, where] += n


@lru_cache(maxsize=10_000)
def guid(text: str) -> str:
    """Return a GUID in lower case without braces; from any other text, make one.

    Examples
    --------
    >>> guid("{6F9619FF-8B86-D011-B42D-00C04FC964FF}"), guid("code:1") == guid("code:1")
    ('6f9619ff-8b86-d011-b42d-00c04fc964ff', True)
    """
    bare = text.strip().strip("{}").lower()
    try:
        return str(uuid.UUID(bare)) if len(bare) == 36 else str(uuid.uuid5(uuid.NAMESPACE_OID, text))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, text))


def distinct(names: list[str], ids: list[str]) -> list[str]:
    """Return the names, each that repeats followed by the beginning of its id, or by all of it.

    Examples
    --------
    >>> distinct(["Anna", "Bram", "Anna"], ["11111111-a", "2", "33333333-b"])
    ['Anna [11111111]', 'Bram', 'Anna [33333333]']
    """
    count = Counter(names)
    short = Counter(zip(names, (id_[:8] for id_ in ids), strict=True))
    return [
        name if count[name] == 1 else f"{name} [{id_[:8] if short[name, id_[:8]] == 1 else id_}]"
        for name, id_ in zip(names, ids, strict=True)
    ]


def listed(numbers: list[str], most: int = 5) -> str:
    """Return which selections, the first few by number.

    Examples
    --------
    >>> listed(["3", "4"]), listed(["1", "2", "3"], most=2)
    ('selections 3, 4', 'selections 1, 2 and 1 more')
    """
    rest = f" and {len(numbers) - most} more" if len(numbers) > most else ""
    return f"selection{'s' * (len(numbers) > 1)} {', '.join(numbers[:most])}{rest}"
