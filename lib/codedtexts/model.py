"""Coded interviews as tables: segments, codes, sources, and what was not carried over."""

import uuid
from collections import Counter
from dataclasses import dataclass, field

import pandas as pd

from codedtexts import offsets

SEGMENTS = ["source", "start", "end", "text", "code", "coder", "code_id"]
CODES = ["id", "code", "name", "parent", "description", "colour"]
SOURCES = ["source", "id", "name", "length", "offsets", "text"]
LOSSES = ["kind", "n", "where"]


@dataclass(frozen=True)
class Interviews:
    """Coded interviews.

    Attributes
    ----------
    segments : pandas.DataFrame
        One row per coding, in order of source, start, end: source, start, end (code points of the text,
        half-open; NA where the file holds no positions), text, code, coder (empty where not kept), code_id.
    codes : pandas.DataFrame
        id (GUID), code (as in segments: the name, with those above it where names repeat), name, parent (id
        or empty), description, colour.
    sources : pandas.DataFrame
        source (as in segments), id, name, length (characters), offsets (how positions were read), text, and
        one column per attribute of the case.
    losses : pandas.DataFrame
        What the file holds and these tables do not: kind, n, where.
    """

    segments: pd.DataFrame
    codes: pd.DataFrame
    sources: pd.DataFrame
    losses: pd.DataFrame


@dataclass
class Source:
    """One text while it is being read: selections as they stand in the file."""

    id: str
    name: str
    text: str = ""
    bom: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    selections: list[tuple] = field(default_factory=list)  # start, end, quote or None, code id, coder


@dataclass
class Draft:
    """A file while it is being read."""

    where: str
    codes: list[dict] = field(default_factory=list)  # id, name, parent, description, colour
    sources: list[Source] = field(default_factory=list)
    losses: Counter = field(default_factory=Counter)  # (kind, where) -> n
    expected: str | None = None  # the convention that decides a tie
    stated: str | None = None  # the convention, where it is known
    quoted: bool = True  # quotations are promised; otherwise names that may be quotations

    def lose(self, kind: str, n: int = 1, where: str = "") -> None:
        """Count something that is not carried over."""
        if n:
            self.losses[kind, where] += n


def guid(text: str) -> str:
    """Return a GUID as it is compared: lower case, without braces; made from any other text.

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
    """Place every selection in its text and lay the draft out as tables.

    Raises
    ------
    ValueError
        If an id repeats, a coding names an unknown code, or positions do not fit their text.
    """
    codes = _codes(draft)
    labels = dict(zip(codes["id"], codes["code"], strict=True))
    names = _unique([source.name for source in draft.sources], [source.id for source in draft.sources])
    rows, kept = [], []
    for source, name in zip(draft.sources, names, strict=True):
        segments, convention = _place(draft, source, name, labels)
        rows.append(segments)
        fixed = (name, source.id, source.name, len(source.text), convention, source.text)
        kept.append(dict(zip(SOURCES, fixed, strict=True)) | _attributes(source))
    empty = pd.DataFrame({column: pd.Series(dtype=object) for column in SEGMENTS})
    segments = pd.concat([frame for frame in rows if len(frame)] or [empty], ignore_index=True)
    whole = not segments[["start", "end"]].isna().to_numpy().any()
    kind = "int64" if whole else "Int64"
    segments = segments.astype({"start": kind, "end": kind})
    return Interviews(segments[SEGMENTS], codes, _sources(kept), _losses(draft))


def _sources(kept: list[dict]) -> pd.DataFrame:
    """Return the table of sources, empty text where a case says nothing."""
    frame = pd.DataFrame(kept, columns=None if kept else SOURCES)
    return frame.fillna("").astype({"length": "int64"})


def _losses(draft: Draft) -> pd.DataFrame:
    """Return the table of what is not carried over, sorted."""
    rows = [(kind, n, where) for (kind, where), n in sorted(draft.losses.items())]
    return pd.DataFrame(rows, columns=LOSSES).astype({"n": "int64"})


def _attributes(source: Source) -> dict[str, str]:
    """Return the attributes of a case under names that no other column has."""
    return {
        f"{key} (attribute)" if key in SOURCES else key: value for key, value in source.attributes.items()
    }


def _codes(draft: Draft) -> pd.DataFrame:
    """Return the table of codes, a repeated name with those above it in front."""
    frame = pd.DataFrame(draft.codes, columns=["id", "name", "parent", "description", "colour"]).fillna("")
    twice = frame.loc[frame["id"].duplicated(), "id"]
    if len(twice):
        raise ValueError(f"{draft.where}: expected every code id once; found {twice.iloc[0]} more than once")
    above = {row.id: (row.parent, row.name) for row in frame.itertuples(index=False)}
    repeated = set(frame.loc[frame["name"].duplicated(), "name"])
    named = [
        _path(row.id, above, draft.where) if row.name in repeated else row.name
        for row in frame.itertuples(index=False)
    ]
    return frame.assign(code=_unique(named, list(frame["id"])))[CODES].astype(object)


def _path(code: str, above: dict[str, tuple[str, str]], where: str) -> str:
    """Return the names from the top down to a code."""
    names, seen = [], set()
    while code in above:
        if code in seen:
            raise ValueError(f"{where}: expected codes above codes; found {code} above itself")
        seen.add(code)
        code, name = above[code]
        names.append(name)
    return " > ".join(reversed(names))


def _unique(names: list[str], ids: list[str]) -> list[str]:
    """Return names, the ones that still repeat with their id behind them."""
    count = Counter(names)
    return [f"{name} [{id_}]" if count[name] > 1 else name for name, id_ in zip(names, ids, strict=True)]


def _place(draft: Draft, source: Source, name: str, labels: dict[str, str]) -> tuple[pd.DataFrame, str]:
    """Return the segments of one source and the convention of its positions."""
    where = f"{draft.where}: source {name!r}"
    frame = pd.DataFrame(source.selections, columns=["start", "end", "quote", "code_id", "coder"])
    strange = frame[~frame["code_id"].isin(labels)]
    if len(strange):
        found = f"{strange['code_id'].iloc[0]!r} at selection {strange.index[0] + 1}"
        raise ValueError(f"{where}: expected a code of the code book; found {found}")
    frame = frame.assign(source=name, code=frame["code_id"].map(labels))
    if not len(frame) or not source.text:
        return _unplaced(frame, where), "no codings" if not len(frame) else "no text: not checked"
    found = offsets.choose(
        source.text,
        frame["start"].astype("int64"),
        frame["end"].astype("int64"),
        quotes=None if frame["quote"].isna().all() else list(frame["quote"]),
        bom=source.bom,
        expected=draft.expected,
        stated=draft.stated,
        where=where,
    )
    texts = [source.text[start:end] for start, end in zip(found.start, found.end, strict=True)]
    _compare(draft, source, texts, frame["quote"], name)
    frame = frame.assign(start=found.start, end=found.end, text=texts)
    filled = frame[frame["start"] < frame["end"]]
    draft.lose("selection without a character", len(frame) - len(filled), name)
    return filled.sort_values(["start", "end", "code", "coder"], kind="stable"), found.convention


def _unplaced(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    """Return segments of a source whose text is not in the file: positions and quotations as they stand."""
    given = frame["start"].notna()
    if (given & frame["end"].notna() & (frame["start"] >= frame["end"])).any():
        raise ValueError(f"{where}: expected start before end; found the opposite")
    return frame.assign(text=frame["quote"].fillna("").astype(object))


def _compare(draft: Draft, source: Source, texts: list[str], quotes: pd.Series, name: str) -> None:
    """Count the quotations in the file that the text does not give back."""
    differ = [
        not offsets.same_words(text, quote)
        for text, quote in zip(texts, quotes, strict=True)
        if isinstance(quote, str) and quote
    ]
    names = not draft.quoted and sum(differ) * 2 > len(differ)
    kind = "name of a selection" if names else "quotation that differs from the text"
    draft.lose(kind, sum(differ), name)
