"""From a draft to the four tables: every coding in its text, every name a name of its own."""

import numpy as np
import pandas as pd

from codedtexts.codebook import code_table
from codedtexts.model import (
    LOSS_COLUMNS,
    SEGMENT_COLUMNS,
    SOURCE_COLUMNS,
    UNKNOWN_CODE,
    UNUSABLE,
    Draft,
    Interviews,
    Selection,
    Source,
    distinct,
    listed,
)
from codedtexts.offsets import Passages, Placed, is_quotation, place
from expect import visible

CLIPPED = "coding that lies partly outside its text: clipped"
OUTSIDE = "coding outside its text: left out"
EMPTY = "coding without a character: left out"
BACKWARDS = "coding that ends before it begins: left out"
OF_DOCUMENT = "coding of a whole document: read as all of its text"
OTHER_QUOTATION = "coding whose quotation in the file differs from the text there"
DOUBTFUL = "coding in a file whose positions seldom fall between words: check them"
FEWEST_ENDS, SELDOM = 10, 0.4  # ends of selections, and the share of them between words


def finish(draft: Draft) -> Interviews:
    """Place every selection in its text and turn the draft into tables.

    Raises
    ------
    ValueError
        If two ways to read the positions fit equally well and disagree.
    """
    _spell_out(draft)
    codes = code_table(draft)
    labels = dict(zip(codes["id"], codes["code"], strict=True))
    names = distinct([source.name for source in draft.sources], [source.id for source in draft.sources])
    frames = [
        _codings(draft, source, name, labels) for source, name in zip(draft.sources, names, strict=True)
    ]
    conventions = _place_all(draft, names, frames)
    rows = []
    for source, name, frame, convention in zip(draft.sources, names, frames, conventions, strict=True):
        fixed = (name, source.id, source.name, "; ".join(source.cases), len(source.text), convention)
        row = dict(zip(SOURCE_COLUMNS, (*fixed, source.memo, source.text), strict=True))
        rows.append(row | _attributes(source))
        if not frame["coder"].all() and any(each["coder"].any() for each in frames):
            draft.lose("coding without a named coder", int((frame["coder"] == "").sum()), name)
    sources = pd.DataFrame(rows, columns=None if rows else SOURCE_COLUMNS).fillna("")
    return Interviews(_segments(frames), codes, sources.astype({"length": "int64"}), loss_table(draft))


def _spell_out(draft: Draft) -> None:
    """Spell out control characters in names, which no table, drawing or terminal can show."""
    draft.codes = [
        code._replace(name=_legible(code.name), label=_legible(code.label), groups=_legible(code.groups))
        for code in draft.codes
    ]
    for source in draft.sources:
        source.name, source.cases = _legible(source.name), [_legible(case) for case in source.cases]
        source.attributes = {
            _legible(key): _legible(value, "\n\t\r") for key, value in source.attributes.items()
        }
        source.selections = [
            selection
            if selection.coder.isprintable()
            else selection._replace(coder=_legible(selection.coder))
            for selection in source.selections
        ]


def _legible(name: object, keep: str = "\n\t") -> str:
    return "" if name is None else visible(name, keep)


def loss_table(draft: Draft) -> pd.DataFrame:
    """Return what is lost: codings first, then by what it is and where."""
    order = sorted(
        (draft.losses | draft.earlier).items(),
        key=lambda loss: (not loss[0][0].startswith("coding"), loss[0]),
    )
    rows = [(kind, n, where) for (kind, where), n in order]
    return pd.DataFrame(rows, columns=LOSS_COLUMNS).astype({"n": "int64"})


def _segments(frames: list[pd.DataFrame]) -> pd.DataFrame:
    empty = pd.DataFrame({column: pd.Series(dtype=object) for column in SEGMENT_COLUMNS})
    segments = pd.concat([frame for frame in frames if len(frame)] or [empty], ignore_index=True)
    kind = "Int64" if segments[["start", "end"]].isna().to_numpy().any() else "int64"
    return segments.astype({"start": kind, "end": kind})[SEGMENT_COLUMNS]


def _attributes(source: Source) -> dict[str, str]:
    """Return the attributes under names that no other column has."""
    return {
        f"{key} (attribute)" if key in SOURCE_COLUMNS else key: value
        for key, value in source.attributes.items()
    }


def _codings(draft: Draft, source: Source, name: str, labels: dict[str, str]) -> pd.DataFrame:
    """Return the codings of a source that have a code of the code book and a pair of positions or none."""
    frame = pd.DataFrame(source.selections, columns=Selection._fields).astype(
        {"start": "Int64", "end": "Int64", "number": object, "whole": bool, "coder": object}
    )
    frame["number"] = np.where(frame["number"] == "", (frame.index + 1).astype(str), frame["number"])
    frame = _kept(draft, frame, frame["code_id"].isin(labels), UNKNOWN_CODE, name)
    frame = _kept(draft, frame, frame["start"].isna() == frame["end"].isna(), UNUSABLE, name)
    draft.lose(OF_DOCUMENT, int(frame["whole"].sum()), name)
    frame.loc[frame["whole"], ["start", "end"]] = 0, len(source.text)
    return frame.assign(
        source=name, code=frame["code_id"].map(labels), text=frame["quote"].astype(object).fillna("")
    )


def _kept(draft: Draft, frame: pd.DataFrame, keep: pd.Series, kind: str, name: str) -> pd.DataFrame:
    """Return the codings to keep; count the others with the source and the number of their selection."""
    lost = frame[~keep]
    if len(lost):
        draft.lose(kind, len(lost), f"{name}: {listed([_called(row) for row in lost.itertuples()])}")
    return frame[keep]


def _called(row) -> str:
    return (
        row.number if pd.isna(row.start) or pd.isna(row.end) else f"{row.number} ({row.start} to {row.end})"
    )


def _place_all(draft: Draft, names: list[str], frames: list[pd.DataFrame]) -> list[str]:
    """Place the codings of all sources, in the frames; return the convention of each source."""
    told = [
        "no codings" if not len(frame) else "no text: not checked" if not source.text else "no positions"
        for source, frame in zip(draft.sources, frames, strict=True)
    ]
    placeable = [frame["start"].notna() & ~frame["whole"] for frame in frames]
    with_text = [
        at for at, source in enumerate(draft.sources) if source.text and frames[at]["start"].notna().any()
    ]
    texts = [_passages(draft.sources[at], names[at], frames[at][placeable[at]]) for at in with_text]
    placed = place(
        texts,
        known=draft.known,
        units=draft.units,
        stated=draft.stated,
        full_quotes=draft.full_quotes,
        where=draft.where,
    )
    for at, choice in zip(with_text, placed, strict=True):
        told[at] = choice.convention
        frames[at] = _placed(draft, draft.sources[at], frames[at], placeable[at], choice)
    for at, source in enumerate(draft.sources):
        if not source.text:
            forwards = frames[at]["start"].isna() | (frames[at]["start"] < frames[at]["end"])
            frames[at] = _kept(draft, frames[at], forwards, BACKWARDS, names[at])
        frames[at] = frames[at].sort_values(["start", "end", "code", "coder"], kind="stable")
    _doubt(draft, placed)
    return told


def _passages(source: Source, name: str, frame: pd.DataFrame) -> Passages:
    quotes = None if frame["quote"].isna().all() else list(frame["quote"])
    start, end = (frame[key].to_numpy(dtype="int64") for key in ("start", "end"))
    return Passages(name, source.text, start, end, quotes, source.bom)


def _placed(
    draft: Draft, source: Source, frame: pd.DataFrame, placeable: pd.Series, choice: Placed
) -> pd.DataFrame:
    """Return the codings of a source with positions in its text; count those that needed a correction."""
    name, raw = frame["source"].iloc[0], frame[placeable]
    filled = choice.start < choice.end
    inside = (raw["end"] >= raw["start"]).to_numpy(dtype=bool)
    _kept(draft, raw, pd.Series(choice.fits | ~filled | ~inside, raw.index), CLIPPED, name)
    _kept(draft, raw, pd.Series(inside, raw.index), BACKWARDS, name)
    empty = filled | ~inside | (raw["start"] != raw["end"]).to_numpy(dtype=bool)
    _kept(draft, raw, pd.Series(empty, raw.index), EMPTY, name)
    _kept(draft, raw, pd.Series(filled | ~inside | ~empty, raw.index), OUTSIDE, name)
    frame = frame.copy()
    frame.loc[placeable, "start"], frame.loc[placeable, "end"] = choice.start, choice.end
    keep = ~placeable
    keep[placeable] = filled & inside
    frame = frame[keep]
    spans = frame[frame["start"].notna()]
    texts = [source.text[start:end] for start, end in zip(spans["start"], spans["end"], strict=True)]
    _count_other_quotations(draft, spans, texts, name)
    frame.loc[spans.index, "text"] = pd.Series(texts, index=spans.index, dtype=object)
    return frame


def _count_other_quotations(draft: Draft, spans: pd.DataFrame, texts: list[str], name: str) -> None:
    """Count the quotations in the file that are not what the text has there, or the names of selections."""
    quoted = [isinstance(quote, str) and quote != "" for quote in spans["quote"]]
    differ = [
        has and not is_quotation(quote, text, full=draft.full_quotes)
        for has, text, quote in zip(quoted, texts, spans["quote"], strict=True)
    ]
    if not draft.full_quotes and sum(differ) * 2 > sum(quoted):
        draft.lose("name of a selection", sum(differ), name)
    else:
        _kept(draft, spans, ~pd.Series(differ, spans.index, dtype=bool), OTHER_QUOTATION, name)


def _doubt(draft: Draft, placed: list[Placed]) -> None:
    """Say so when the positions of a file seldom begin or end where words do."""
    ends, between = (sum(getattr(each, name) for each in placed) for name in ("n_ends", "n_between"))
    if ends >= FEWEST_ENDS and between < SELDOM * ends:
        draft.lose(DOUBTFUL, ends // 2, f"{between} of {ends} ends")
