"""Coded interviews: the four tables, and the draft that every reader fills in first."""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from codedtexts.offsets import choose, is_quotation
from expect import visible

SEGMENT_COLUMNS = ["source", "start", "end", "text", "code", "coder", "code_id"]
CODE_COLUMNS = ["id", "code", "name", "parent", "description", "colour"]
SOURCE_COLUMNS = ["source", "id", "name", "length", "offsets", "text"]
LOSS_COLUMNS = ["kind", "n", "where"]


@dataclass(frozen=True)
class Interviews:
    """Coded interviews as four tables.

    Attributes
    ----------
    segments : pandas.DataFrame
        One row per coding, sorted within each source: `source`, `start`, `end` (code points of the text,
        half-open; NA where the file has no positions), `text`, `code`, `coder` (empty where the file names
        none), `code_id`.
    codes : pandas.DataFrame
        `id` (GUID), `code` (as in `segments`: the name, preceded by its parents where names repeat), `name`,
        `parent` (id, or empty), `description`, `colour`.
    sources : pandas.DataFrame
        `source` (as in `segments`), `id`, `name`, `length` (characters), `offsets` (how positions were read),
        `text`, and one column per attribute of the source or its case.
    losses : pandas.DataFrame
        What the file holds and these tables do not: `kind`, `n`, `where`.
    """

    segments: pd.DataFrame
    codes: pd.DataFrame
    sources: pd.DataFrame
    losses: pd.DataFrame


class Code(NamedTuple):
    """One code; `parent` is an id, empty at the top."""

    id: str
    name: str
    parent: str = ""
    description: str = ""
    colour: str = ""


class Selection(NamedTuple):
    """One coding as the file has it: positions of any convention, and the quotation if there is one."""

    start: int | None
    end: int | None
    quote: str | None
    code_id: str
    coder: str


@dataclass
class Source:
    """One text with its codings."""

    id: str
    name: str
    text: str = ""
    bom: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    selections: list[Selection] = field(default_factory=list)


@dataclass
class Draft:
    """What a reader takes from a file, before positions are placed in the texts."""

    where: str  # the file, named in errors
    codes: list[Code] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    losses: Counter = field(default_factory=Counter)  # (kind, where) -> n
    expected: str | None = None  # the convention of positions that decides a tie
    stated: str | None = None  # the convention, where it is known
    quoted: bool = True  # whether quotations are quotations for certain, or names that may be quotations

    def lose(self, kind: str, n: int = 1, where: str = "") -> None:
        """Count what is not carried over."""
        if n:
            self.losses[kind, where] += n


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


def finish(draft: Draft) -> Interviews:
    """Place every selection in its text and turn the draft into tables.

    Raises
    ------
    ValueError
        If a code id repeats, a coding names an unknown code, or positions do not fit their text.
    """
    _spell_out(draft)
    codes = _codes(draft)
    labels = dict(zip(codes["id"], codes["code"], strict=True))
    names = _distinct([source.name for source in draft.sources], [source.id for source in draft.sources])
    placed, rows = [], []
    for source, name in zip(draft.sources, names, strict=True):
        segments, convention = _placed(draft, source, name, labels)
        placed.append(segments)
        fixed = (name, source.id, source.name, len(source.text), convention, source.text)
        rows.append(dict(zip(SOURCE_COLUMNS, fixed, strict=True)) | _attributes(source))
    sources = (
        pd.DataFrame(rows, columns=None if rows else SOURCE_COLUMNS).fillna("").astype({"length": "int64"})
    )
    return Interviews(_segments(placed), codes, sources, _losses(draft))


def _spell_out(draft: Draft) -> None:
    """Spell out control characters in names, which no table, drawing or terminal can show."""
    draft.codes = [code._replace(name=_legible(code.name)) for code in draft.codes]
    for source in draft.sources:
        source.name = _legible(source.name)
        source.attributes = {
            _legible(key): _legible(value, "\n\t\r") for key, value in source.attributes.items()
        }
        source.selections = [
            selection._replace(coder=_legible(selection.coder)) for selection in source.selections
        ]


def _legible(name: object, keep: str = "\n\t") -> str:
    return "" if name is None else visible(name, keep)


def _segments(placed: list[pd.DataFrame]) -> pd.DataFrame:
    empty = pd.DataFrame({column: pd.Series(dtype=object) for column in SEGMENT_COLUMNS})
    segments = pd.concat([frame for frame in placed if len(frame)] or [empty], ignore_index=True)
    kind = "Int64" if segments[["start", "end"]].isna().to_numpy().any() else "int64"
    return segments.astype({"start": kind, "end": kind})[SEGMENT_COLUMNS]


def _losses(draft: Draft) -> pd.DataFrame:
    rows = [(kind, n, where) for (kind, where), n in sorted(draft.losses.items())]
    return pd.DataFrame(rows, columns=LOSS_COLUMNS).astype({"n": "int64"})


def _attributes(source: Source) -> dict[str, str]:
    """Return the attributes under names that no other column has."""
    return {
        f"{key} (attribute)" if key in SOURCE_COLUMNS else key: value
        for key, value in source.attributes.items()
    }


def _codes(draft: Draft) -> pd.DataFrame:
    """Return the table of codes; a repeated name is preceded by its parents."""
    frame = pd.DataFrame(draft.codes, columns=Code._fields).fillna("")
    twice = frame.loc[frame["id"].duplicated(), "id"]
    if len(twice):
        raise ValueError(f"{draft.where}: expected every code id once; found {twice.iloc[0]} more than once")
    parents = {row.id: (row.parent, row.name) for row in frame.itertuples(index=False)}
    repeated = set(frame.loc[frame["name"].duplicated(), "name"])
    named = [
        _names_from_the_top(row.id, parents, draft.where) if row.name in repeated else row.name
        for row in frame.itertuples(index=False)
    ]
    return frame.assign(code=_distinct(named, list(frame["id"])))[CODE_COLUMNS].astype(object)


def _names_from_the_top(code: str, parents: dict[str, tuple[str, str]], where: str) -> str:
    names, seen = [], set()
    while code in parents:
        if code in seen:
            raise ValueError(f"{where}: expected a tree of codes; found {code} above itself")
        seen.add(code)
        code, name = parents[code]
        names.append(name)
    return " > ".join(reversed(names))


def _distinct(names: list[str], ids: list[str]) -> list[str]:
    """Return the names, each that repeats followed by its id."""
    count = Counter(names)
    return [f"{name} [{id_}]" if count[name] > 1 else name for name, id_ in zip(names, ids, strict=True)]


def _placed(draft: Draft, source: Source, name: str, labels: dict[str, str]) -> tuple[pd.DataFrame, str]:
    where = f"{draft.where}: source {name!r}"
    frame = pd.DataFrame(source.selections, columns=Selection._fields)
    unknown = frame[~frame["code_id"].isin(labels)]
    if len(unknown):
        code, selection = unknown["code_id"].iloc[0], unknown.index[0] + 1
        raise ValueError(
            f"{where}: expected a code of the code book; found {code!r} at selection {selection}"
        )
    frame = frame.assign(source=name, code=frame["code_id"].map(labels))
    if not len(frame) or not source.text:
        return _unplaced(frame, where), "no codings" if not len(frame) else "no text: not checked"
    choice = choose(
        source.text,
        frame["start"].astype("int64"),
        frame["end"].astype("int64"),
        quotes=None if frame["quote"].isna().all() else list(frame["quote"]),
        bom=source.bom,
        expected=draft.expected,
        stated=draft.stated,
        where=where,
    )
    texts = [source.text[start:end] for start, end in zip(choice.start, choice.end, strict=True)]
    _count_other_quotations(draft, texts, frame["quote"], name)
    frame = frame.assign(start=choice.start, end=choice.end, text=texts)
    filled = frame[frame["start"] < frame["end"]]
    draft.lose("selection without a character", len(frame) - len(filled), name)
    return filled.sort_values(["start", "end", "code", "coder"], kind="stable"), choice.convention


def _unplaced(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    """Return the segments of a source without text: positions and quotations as the file has them."""
    placed = frame["start"].notna() & frame["end"].notna()
    if (placed & (frame["start"] >= frame["end"])).any():
        raise ValueError(f"{where}: expected start before end; found the opposite")
    return frame.assign(text=frame["quote"].fillna("").astype(object))


def _count_other_quotations(draft: Draft, texts: list[str], quotes: pd.Series, name: str) -> None:
    """Count the quotations in the file that are not what the text has there."""
    differ = [
        not is_quotation(quote, text)
        for text, quote in zip(texts, quotes, strict=True)
        if isinstance(quote, str) and quote
    ]
    names = not draft.quoted and sum(differ) * 2 > len(differ)
    kind = "name of a selection" if names else "quotation that differs from the text"
    draft.lose(kind, sum(differ), name)
