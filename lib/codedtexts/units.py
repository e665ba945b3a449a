"""From codings of text to ratings of units: interviews, paragraphs, or characters.

Codings are half-open spans.  Characters that are all coded alike are one run, weighted by its length.
"""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd

from expect import check_columns, check_one_of

Unit = Literal["interview", "paragraph", "character"]
Passage = Literal["interview", "paragraph"]
Uncoded = Literal["as_category", "leave_out"]


def text_units(sources: pd.DataFrame, *, unit: Passage) -> pd.DataFrame:
    r"""Cut texts into interviews or paragraphs, on which coders can be compared.

    Parameters
    ----------
    sources : pandas.DataFrame
        Columns `source` and `text`.
    unit : {"interview", "paragraph"}
        A paragraph is a line with more than white space.

    Returns
    -------
    pandas.DataFrame
        `source`, `start`, `end`: code points, half-open, without white space at the ends.

    Raises
    ------
    ValueError
        If a column is absent or the unit is unknown.

    Examples
    --------
    >>> texts = pd.DataFrame({"source": ["i"], "text": ["Één.\n\n Twee. "]})
    >>> text_units(texts, unit="paragraph").to_numpy().tolist()
    [['i', 0, 4], ['i', 7, 12]]
    """
    check_columns("sources", sources, ["source", "text"])
    check_one_of("unit", unit, get_args(Passage))
    rows = []
    for source, text in sources[["source", "text"]].itertuples(index=False):
        at = 0
        for line in [text] if unit == "interview" else text.splitlines(keepends=True):
            if bare := line.strip():
                start = at + line.index(bare)
                rows.append((source, start, start + len(bare)))
            at += len(line)
    return pd.DataFrame(rows, columns=["source", "start", "end"])


def _covered(segments: pd.DataFrame, units: pd.DataFrame) -> np.ndarray:
    covered, spans = np.zeros(len(units), dtype=bool), dict(list(segments.groupby("source")))
    for source, rows in units.reset_index(drop=True).groupby("source"):
        if source in spans:
            begun = np.searchsorted(np.sort(spans[source]["start"]), rows["end"], side="left")
            ended = np.searchsorted(np.sort(spans[source]["end"]), rows["start"], side="right")
            covered[rows.index] = begun > ended
    return covered


def _check_spans(segments: pd.DataFrame, units: pd.DataFrame, code: str, coders: Sequence[str]) -> None:
    check_columns("segments", segments, ["source", "start", "end", "code", "coder"])
    check_columns("units", units, ["source", "start", "end"])
    for name, frame in (("segments", segments), ("units", units)):
        wrong = frame[~((frame["start"] >= 0) & (frame["start"] < frame["end"]))]
        if len(wrong):
            source, start, end = wrong[["source", "start", "end"]].iloc[0]
            raise ValueError(f"{name}: expected 0 <= start < end; found {start} to {end} in {source!r}")
    if isinstance(coders, str) or len(coders) < 2 or len(set(coders)) < len(coders):
        raise ValueError(f"coders: expected two or more different names; found {coders!r}")
    if code not in set(segments["code"]):
        raise ValueError(f"code: expected a code of the segments; found {code!r}")


def span_ratings(
    segments: pd.DataFrame,
    units: pd.DataFrame,
    *,
    code: str,
    coders: Sequence[str],
    assigned: pd.DataFrame | None,
    uncoded: Uncoded,
) -> pd.DataFrame:
    """Rate units of text as with (1) or without (0) a code, per coder.

    Parameters
    ----------
    segments : pandas.DataFrame
        Columns `source`, `start`, `end` (half-open), `code`, `coder`; all codes, not only this one.
    units : pandas.DataFrame
        Columns `source`, `start`, `end`: whole interviews or paragraphs.
    code : str
        A unit has the code if at least one of its characters has.
    coders : sequence of str
        Whose codings to compare, two or more.
    assigned : pandas.DataFrame or None
        Columns `source`, `coder`: who coded which source; all other ratings are missing.  With None, a coder
        without any segment in a source has not coded it.
    uncoded : {"as_category", "leave_out"}
        Whether units to which none of these coders gave any code count as agreement on 0, or are left out.
        Units with other codes only are 0 either way.

    Returns
    -------
    pandas.DataFrame
        One column per coder, 1, 0 or NaN; indexed by `source`, `start`, `end`.

    Raises
    ------
    ValueError
        If a column is absent, a span is empty, the code is not in the segments, coders are fewer than two or
        repeated, or `uncoded` is unknown.

    Examples
    --------
    >>> segments = pd.DataFrame([("i", 2, 9, "c", "A"), ("i", 7, 8, "c", "B")])
    >>> segments.columns = ["source", "start", "end", "code", "coder"]
    >>> units = pd.DataFrame({"source": ["i", "i"], "start": [0, 6], "end": [5, 12]})
    >>> span_ratings(
    ...     segments, units, code="c", coders=["A", "B"], assigned=None, uncoded="as_category"
    ... ).to_numpy().tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """
    check_one_of("uncoded", uncoded, get_args(Uncoded))
    _check_spans(segments, units, code, coders)
    theirs = segments[segments["coder"].isin(coders)]
    who = theirs if assigned is None else assigned
    check_columns("assigned", who, ["source", "coder"])
    columns = {}
    for coder in coders:
        has_code = _covered(theirs[(theirs["coder"] == coder) & (theirs["code"] == code)], units)
        has_read = units["source"].isin(who.loc[who["coder"] == coder, "source"])
        columns[coder] = np.where(has_read, has_code, np.nan)
    ratings = pd.DataFrame(columns, index=pd.MultiIndex.from_frame(units[["source", "start", "end"]]))
    return ratings if uncoded == "as_category" else ratings[_covered(theirs, units)]


def character_ratings(
    segments: pd.DataFrame,
    sources: pd.DataFrame,
    *,
    code: str,
    coders: Sequence[str],
    assigned: pd.DataFrame | None,
    uncoded: Uncoded,
) -> pd.DataFrame:
    """Rate every character of the texts, in runs of characters that are coded alike.

    Parameters
    ----------
    segments, code, coders, assigned, uncoded
        As in `span_ratings`.
    sources : pandas.DataFrame
        Columns `source` and `length`, the number of characters of its text.

    Returns
    -------
    pandas.DataFrame
        As `span_ratings`, one row per run, whose weight is its length: see `run_lengths`.

    Raises
    ------
    ValueError
        As `span_ratings` does, or if a source is repeated, or a segment is outside its text or of an unknown
        source.

    Examples
    --------
    >>> segments = pd.DataFrame([("i", 2, 6, "c", "A"), ("i", 4, 8, "c", "B")])
    >>> segments.columns = ["source", "start", "end", "code", "coder"]
    >>> sources = pd.DataFrame({"source": ["i"], "length": [20]})
    >>> ratings = character_ratings(
    ...     segments, sources, code="c", coders=["A", "B"], assigned=None, uncoded="as_category"
    ... )
    >>> ratings.to_numpy().tolist(), run_lengths(ratings).tolist()
    ([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]], [2, 2, 2, 2, 12])
    """
    check_columns("sources", sources, ["source", "length"])
    check_columns("segments", segments, ["source", "start", "end", "code", "coder"])
    if sources["source"].duplicated().any():
        raise ValueError(f"sources: expected each once; found {sources['source'].mode()[0]!r} repeatedly")
    length = segments["source"].map(sources.set_index("source")["length"])
    outside = segments[~(segments["end"] <= length)]
    if len(outside):
        source, end = outside[["source", "end"]].iloc[0]
        raise ValueError(f"segments: expected ends within a known text; found {end} in {source!r}")
    theirs = segments[segments["coder"].isin(coders)]
    ends = [theirs[["source", "start"]], theirs[["source", "end"]]]
    ends += [sources[["source", "length"]], sources[["source"]].assign(start=0)]
    cuts = pd.concat([frame.set_axis(["source", "start"], axis=1) for frame in ends]).drop_duplicates()
    cuts = cuts.sort_values(["source", "start"], ignore_index=True)
    runs = cuts.assign(end=cuts.groupby("source")["start"].shift(-1)).dropna(subset="end")
    runs = runs.astype({"end": "int64"})
    return span_ratings(segments, runs, code=code, coders=coders, assigned=assigned, uncoded=uncoded)


def run_lengths(ratings: pd.DataFrame) -> np.ndarray:
    """Return the number of characters in each row of `character_ratings`."""
    index = ratings.index
    return (index.get_level_values("end") - index.get_level_values("start")).to_numpy()


def ratings_by_code(
    segments: pd.DataFrame,
    sources: pd.DataFrame,
    *,
    unit: Unit,
    coders: Sequence[str],
    uncoded: Uncoded,
) -> dict[str, pd.DataFrame]:
    """Rate every unit for every code, as `agreement_table` wants it.

    Parameters
    ----------
    segments : pandas.DataFrame
        Columns `source`, `start`, `end`, `code`, `coder`; those without positions are left out.
    sources : pandas.DataFrame
        Columns `source`, `text`.  Interviews that fewer than two of the coders coded are left out.
    unit : {"interview", "paragraph", "character"}
        What the coders are compared on.
    coders : sequence of str
        Whose codings to compare, two or more.
    uncoded : {"as_category", "leave_out"}
        Whether units without any code count as agreement on absence, or are left out.

    Returns
    -------
    dict of str to pandas.DataFrame
        Code to ratings, as `span_ratings` or `character_ratings` returns them.

    Raises
    ------
    ValueError
        As `span_ratings` does, or if no interview has codings of two of the coders.

    Examples
    --------
    >>> segments = pd.DataFrame([("i", 0, 3, "c", "A"), ("i", 0, 3, "c", "B")])
    >>> segments.columns = ["source", "start", "end", "code", "coder"]
    >>> sources = pd.DataFrame({"source": ["i"], "text": ["Ja. Nee."]})
    >>> ratings = ratings_by_code(
    ...     segments, sources, unit="interview", coders=["A", "B"], uncoded="as_category"
    ... )
    >>> ratings["c"].to_numpy().tolist()
    [[1.0, 1.0]]
    """
    check_columns("segments", segments, ["source", "start", "end", "code", "coder"])
    check_columns("sources", sources, ["source", "text"])
    theirs = segments[segments["coder"].isin(coders) & segments["start"].notna()]
    theirs = theirs.astype({"start": "int64", "end": "int64"})
    n_coders = theirs.groupby("source")["coder"].nunique()
    shared = n_coders.index[n_coders > 1]
    if shared.empty:
        raise ValueError(f"segments: expected an interview coded by two of {', '.join(coders)}; found none")
    theirs, sources = theirs[theirs["source"].isin(shared)], sources[sources["source"].isin(shared)]
    if unit == "character":
        rate, texts = character_ratings, sources.assign(length=sources["text"].str.len())
    else:
        rate, texts = span_ratings, text_units(sources, unit=unit)
    return {
        code: rate(theirs, texts, code=code, coders=coders, assigned=None, uncoded=uncoded)
        for code in sorted(theirs["code"].unique())
    }
