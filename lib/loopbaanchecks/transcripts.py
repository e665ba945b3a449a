"""Coded interviews in one shape, whatever program they come from, and the checks that hold for all."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from loopbaanchecks.estimates import check_columns

SEGMENTS = ("source", "start", "end", "text", "code", "coder")
CODES = ("id", "name", "parent", "description", "colour")
SOURCES = ("id", "name", "text", "offsets")
LOSSES = ("kind", "n", "where")


@dataclass(frozen=True)
class Interviews:
    """Coded interviews.

    Parameters
    ----------
    segments : pandas.DataFrame
        One coding per row: `source` and `code` (ids), `start`, `end` (code points in the text, half-open),
        `text` (that part of the text), `coder` ("" when unknown).
    codes : pandas.DataFrame
        `id`, `name`, `parent` (id, or ""), `description`, `colour`.
    sources : pandas.DataFrame
        `id`, `name`, `text`, `offsets` (how the file counts positions, in words), then one column per case
        attribute, such as group or education ("" when unknown).
    losses : pandas.DataFrame
        What the file holds and is not carried over: `kind`, `n`, `where` (the first place).
    """

    segments: pd.DataFrame
    codes: pd.DataFrame
    sources: pd.DataFrame
    losses: pd.DataFrame


def assembled(
    segments: pd.DataFrame,
    codes: pd.DataFrame,
    sources: pd.DataFrame,
    losses: Iterable[tuple[str, str]],
    *,
    path: str | Path,
) -> Interviews:
    """Check what a reader found and put it into its final shape.

    Parameters
    ----------
    segments, codes, sources : pandas.DataFrame
        As in `Interviews`; `text` of segments is filled in, `offsets` may be absent.
    losses : iterable of (kind, where)
        One pair per thing not carried over; they are counted by kind.
    path : str or Path
        The file, for messages.

    Returns
    -------
    Interviews
        Segments in order of source, start, end, code and coder, without exact duplicates.

    Raises
    ------
    ValueError
        If a column is absent, an id stands twice, a segment is of an unknown source or code, or lies outside
        its text; names file, source and positions.
    """
    name = Path(path).name
    check_columns(f"{name}, segments", segments, [c for c in SEGMENTS if c != "text"])
    check_columns(f"{name}, codes", codes, CODES)
    check_columns(f"{name}, sources", sources, ["id", "name", "text"])
    for what, frame in (("codes", codes), ("sources", sources)):
        if len(twice := frame.loc[frame["id"].duplicated(), "id"]):
            raise ValueError(f"{name}, {what}: expected every id once; found {twice.iloc[0]!r} twice")
    _check_segments(segments, codes, sources, name)
    place = {source: i for i, source in enumerate(sources["id"])}
    kept = segments[[c for c in SEGMENTS if c != "text"]].drop_duplicates()
    keys = kept.assign(source=kept["source"].map(place))
    order = keys.sort_values(["source", "start", "end", "code", "coder"], kind="stable").index
    kept = kept.loc[order].reset_index(drop=True).astype({"start": "int64", "end": "int64"})
    texts = dict(zip(sources["id"], sources["text"], strict=True))
    spans = zip(kept["source"], kept["start"], kept["end"], strict=True)
    kept.insert(3, "text", pd.Series([texts[s][a:b] for s, a, b in spans], dtype="str"))
    sources = sources if "offsets" in sources else sources.assign(offsets="")
    rest = [c for c in sources if c not in SOURCES]
    return Interviews(
        kept,
        codes[list(CODES)].reset_index(drop=True),
        sources[[*SOURCES, *rest]].reset_index(drop=True),
        counted_losses(losses),
    )


def _check_segments(segments, codes, sources, name: str) -> None:
    """Raise unless every segment is of a known source and code and lies within its text."""
    for column, frame in (("source", sources), ("code", codes)):
        if len(strange := segments.loc[~segments[column].isin(frame["id"]), column]):
            raise ValueError(
                f"{name}: expected a known {column} for every segment; found {strange.iloc[0]!r}"
            )
    length = segments["source"].map(dict(zip(sources["id"], sources["text"].str.len(), strict=True)))
    wrong = segments[
        ~((segments["start"] >= 0) & (segments["start"] < segments["end"]) & (segments["end"] <= length))
    ]
    if len(wrong):
        at = wrong.iloc[0]
        named = sources.set_index("id").loc[at["source"], "name"]
        raise ValueError(
            f"{name}, source {named!r}: expected 0 <= start < end <= {length[wrong.index[0]]}; "
            f"found {at['start']} to {at['end']}"
        )


def counted_losses(losses: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """Count what was not carried over by kind, with the first place of each."""
    frame = pd.DataFrame(list(losses), columns=["kind", "where"], dtype="str")
    counts = frame.groupby("kind", sort=False)["where"].agg(n="size", where="first").reset_index()
    return counts[list(LOSSES)].astype({"kind": "str", "n": "int64", "where": "str"})
