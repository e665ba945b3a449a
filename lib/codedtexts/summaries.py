"""Coded interviews summarised: codes by group, codes that go together, saturation, the joint display.

Segments, interviews and findings are three different things to count, and are never added up: every count
says in its column name which of them it counts.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from codedtexts.agreement import Unit, character_ratings, span_ratings
from expect import check_between, check_columns, check_one_of, check_sizes, settled

Within = Literal["overlap", "interview"]


# --- findings as published --------------------------------------------------------------------------


# --- coded interviews -------------------------------------------------------------------------------


def roll_up(segments: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Replace the code of every segment by its uppermost parent.

    Parameters
    ----------
    segments : pandas.DataFrame
        Column `code`, as in `codes`.
    codes : pandas.DataFrame
        Columns `id`, `code` (what segments call it) and `parent` (an id, empty for an uppermost code).

    Returns
    -------
    pandas.DataFrame
        The segments with other codes, without the duplicates that this gives.

    Raises
    ------
    ValueError
        If a column is absent, a code or parent is unknown, or parents run in a circle.

    Examples
    --------
    >>> codes = pd.DataFrame({"id": ["1", "2"], "code": ["a", "b"], "parent": ["", "1"]})
    >>> roll_up(pd.DataFrame({"code": ["b", "a"]}), codes)["code"].tolist()
    ['a']
    """
    check_columns("segments", segments, ["code"])
    check_columns("codes", codes, ["id", "code", "parent"])
    called = dict(zip(codes["id"], codes["code"], strict=True))
    above = codes["parent"].fillna("").map(lambda parent: called.get(parent, parent))
    parents, top = dict(zip(codes["code"], above, strict=True)), {}
    for code in segments["code"].unique():
        at, passed = code, []
        while at not in parents or parents[at]:
            if at not in parents or at in passed:
                problem = "a circle of parents" if at in passed else f"unknown code {at!r}"
                raise ValueError(f"codes: expected every code to have an uppermost parent; found {problem}")
            passed.append(at)
            at = parents[at]
        top[code] = at
    rolled = segments.assign(code=segments["code"].map(top))
    return rolled.drop_duplicates([c for c in rolled if c != "code_id"], ignore_index=True)


def code_counts(segments: pd.DataFrame, sources: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """Count segments and interviews per code and group of interviews.

    Parameters
    ----------
    segments : pandas.DataFrame
        Columns `source`, `start`, `end`, `code`; the same span coded by two coders is one segment.
    sources : pandas.DataFrame
        Columns `source` and the one named by `by`.
    by : str
        Attribute of the interview, such as group.

    Returns
    -------
    pandas.DataFrame
        One row per code × group, also for zeros: `code`, `by`, `segments`, `interviews` (with the code) and
        `interviews_of` (all of the group).

    Raises
    ------
    ValueError
        If a column is absent, or a segment is of an unknown source.

    Examples
    --------
    >>> spans = pd.DataFrame({"source": ["i", "i"], "start": [0, 3], "end": [2, 5], "code": ["c", "c"]})
    >>> people = pd.DataFrame({"source": ["i", "j"], "group": ["g", "g"]})
    >>> code_counts(spans, people, by="group").to_numpy().tolist()
    [['c', 'g', 2, 1, 2]]
    """
    check_columns("segments", segments, ["source", "start", "end", "code"])
    check_columns("sources", sources, ["source", by])
    group = sources.set_index("source")[by]
    if strange := sorted(set(segments["source"]) - set(group.index)):
        raise ValueError(f"segments: expected a known source; found {strange[0]!r}")
    spans = segments[["source", "start", "end", "code"]].drop_duplicates()
    spans = spans.assign(**{by: spans["source"].map(group)})
    index = pd.MultiIndex.from_product([sorted(spans["code"].unique()), group.unique()], names=["code", by])
    counts = spans.groupby(["code", by])["source"].agg(segments="size", interviews="nunique")
    counts = counts.reindex(index, fill_value=0).reset_index()
    return counts.assign(interviews_of=counts[by].map(group.value_counts()))


def co_occurrence(segments: pd.DataFrame, *, within: Within) -> pd.DataFrame:
    """Count the interviews in which two codes go together.

    Parameters
    ----------
    segments : pandas.DataFrame
        Columns `source`, `start`, `end` (half-open), `code`; by whichever coder.  Segments without positions
        count for an interview and overlap with nothing.
    within : {"overlap", "interview"}
        What going together is: sharing a character, or being in the same interview.

    Returns
    -------
    pandas.DataFrame
        One row per pair of codes (in order of name): `first`, `second`, `interviews` (with both, together),
        `interviews_either` (with one of them), `share` (the first of these over the second; Jaccard).

    Raises
    ------
    ValueError
        If a column is absent or `within` is unknown.

    Examples
    --------
    >>> spans = pd.DataFrame({"source": ["i", "i"], "start": [0, 4], "end": [5, 9], "code": ["a", "b"]})
    >>> co_occurrence(spans, within="overlap").to_numpy().tolist()
    [['a', 'b', 1, 1, 1.0]]
    """
    check_columns("segments", segments, ["source", "start", "end", "code"])
    check_one_of("within", within, get_args(Within))
    names = sorted(segments["code"].unique())
    together = np.zeros((len(names), len(names)), dtype=int)
    present = np.zeros((segments["source"].nunique(), len(names)), dtype=bool)
    for i, (_, spans) in enumerate(segments.groupby("source")):
        codes = np.searchsorted(names, spans["code"])
        present[i, codes] = True
        if within == "overlap":
            placed = spans["start"].notna().to_numpy()
            covers = _coverage(codes[placed], spans[placed].astype({"start": int, "end": int}), len(names))
            together += covers @ covers.T > 0
        else:
            together += np.outer(present[i], present[i])
    first, second = np.triu_indices(len(names), 1)
    either = (present[:, first] | present[:, second]).sum(axis=0)
    both = together[first, second]
    pairs = {"first": np.take(names, first), "second": np.take(names, second), "interviews": both}
    return pd.DataFrame(pairs | {"interviews_either": either, "share": both / np.maximum(either, 1)})


def _coverage(codes: np.ndarray, spans: pd.DataFrame, n_codes: int) -> np.ndarray:
    """Return codes × stretches of text between ends of spans: 1 where the code is on it, else 0."""
    ends = np.unique(spans[["start", "end"]])
    steps = np.zeros((n_codes, len(ends)))
    np.add.at(steps, (codes, np.searchsorted(ends, spans["start"])), 1)
    np.add.at(steps, (codes, np.searchsorted(ends, spans["end"])), -1)
    return (steps.cumsum(axis=1) > 0).astype(float)


def saturation(
    segments: pd.DataFrame,
    sources: pd.DataFrame,
    *,
    orders: int,
    confidence: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return how many codes are found after 1, 2, ... interviews, over the orders they could be read in.

    Parameters
    ----------
    segments : pandas.DataFrame
        Columns `source`, `code`.
    sources : pandas.DataFrame
        Column `source`: all interviews, in the order they were held; some may have no code.
    orders : int
        Random orders that the interval comes from.
    confidence : float
        Share of orders inside it, 0-1.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        One row per number of `interviews`: `as_held` (codes so far in the given order), `expected` (exact
        mean over all orders), `new` (expected codes that this interview adds), `low`, `high` (percentiles
        over the random orders).

    Raises
    ------
    ValueError
        If a column is absent, there is no interview, a segment is of an unknown one, orders is no whole
        number of at least 1, or confidence is not between 0 and 1.

    Notes
    -----
    Source: Colwell, Mao and Chang (2004), doi 10.1890/03-0557, equation 5 (sample-based rarefaction): a code
    that c of N interviews have is missed by k of them with the hypergeometric probability of none.
    Checked against vegan's specaccum (tests/reference/saturation.R) and against all orders of few interviews.

    Examples
    --------
    >>> spans = pd.DataFrame({"source": ["i", "j", "j"], "code": ["a", "a", "b"]})
    >>> people = pd.DataFrame({"source": ["i", "j"]})
    >>> choices = {"orders": 99, "confidence": 0.95, "rng": np.random.default_rng(1)}
    >>> saturation(spans, people, **choices)["expected"].tolist()
    [1.5, 2.0]
    """
    check_columns("segments", segments, ["source", "code"])
    check_columns("sources", sources, ["source"])
    check_sizes(orders, name="orders")
    check_between(confidence=confidence)
    if sources.empty:
        raise ValueError("sources: expected one interview or more; found none")
    if strange := sorted(set(segments["source"]) - set(sources["source"])):
        raise ValueError(f"segments: expected a known source; found {strange[0]!r}")
    coded = pd.crosstab(segments["source"], segments["code"])
    has = coded.reindex(sources["source"], fill_value=0).to_numpy() > 0
    n, k = len(has), np.arange(1, len(has) + 1)
    missed = stats.hypergeom.pmf(0, n, has.sum(axis=0)[:, None], k)
    expected = settled((1 - missed).sum(axis=0))  # all of them at the last interview, not 1e-15 fewer
    shuffled = [np.logical_or.accumulate(has[rng.permutation(n)]).sum(axis=1) for _ in range(orders)]
    low, high = np.quantile(shuffled, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    curve = {"interviews": k, "as_held": np.logical_or.accumulate(has).sum(axis=1), "expected": expected}
    return pd.DataFrame(curve | {"new": np.diff(expected, prepend=0), "low": low, "high": high})


# --- units that coders are compared on --------------------------------------------------------------


def text_units(sources: pd.DataFrame, *, unit: Literal["interview", "paragraph"]) -> pd.DataFrame:
    r"""Cut texts into the units that coders are compared on.

    Parameters
    ----------
    sources : pandas.DataFrame
        Columns `source` and `text`.
    unit : {"interview", "paragraph"}
        A paragraph is a line that holds more than white space.

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
    if unit not in ("interview", "paragraph"):
        raise ValueError(f"unit: expected one of interview, paragraph; found {unit!r}")
    rows = []
    for source, text in sources[["source", "text"]].itertuples(index=False):
        at = 0
        for line in [text] if unit == "interview" else text.splitlines(keepends=True):
            if bare := line.strip():
                start = at + line.index(bare)
                rows.append((source, start, start + len(bare)))
            at += len(line)
    return pd.DataFrame(rows, columns=["source", "start", "end"])


def ratings_by_code(
    segments: pd.DataFrame,
    sources: pd.DataFrame,
    *,
    unit: Unit,
    coders: Sequence[str],
    uncoded: str,
) -> Mapping[str, pd.DataFrame]:
    """Rate every unit for every code, for `agreement.agreement_table`.

    Parameters
    ----------
    segments : pandas.DataFrame
        Columns `source`, `start`, `end`, `code`, `coder`; those without positions are left out.
    sources : pandas.DataFrame
        Columns `source`, `text`.  Interviews that fewer than two of the coders coded are left out.
    unit : {"interview", "paragraph", "character"}
        What is compared.
    coders : sequence of str
        Whose codings, two or more.
    uncoded : {"as_category", "leave_out"}
        What becomes of units without any code: agreement on absence, or left out.

    Returns
    -------
    dict of str to pandas.DataFrame
        Code to ratings, as `agreement.span_ratings` returns them.

    Raises
    ------
    ValueError
        As in `agreement.span_ratings`; or if no interview has codings of two of the coders.

    Examples
    --------
    >>> spans = {"source": ["i", "i"], "start": [0, 0], "end": [3, 3], "code": ["c", "c"], "coder": [*"AB"]}
    >>> texts = pd.DataFrame({"source": ["i"], "text": ["Ja. Nee."]})
    >>> choices = {"unit": "interview", "coders": ["A", "B"], "uncoded": "as_category"}
    >>> ratings_by_code(pd.DataFrame(spans), texts, **choices)["c"].to_numpy().tolist()
    [[1.0, 1.0]]
    """
    check_columns("segments", segments, ["source", "start", "end", "code", "coder"])
    check_columns("sources", sources, ["source", "text"])
    theirs = segments[segments["coder"].isin(coders) & segments["start"].notna()]
    theirs = theirs.astype({"start": "int64", "end": "int64"})
    readers = theirs.groupby("source")["coder"].nunique()
    both = readers.index[readers > 1]
    if both.empty:
        raise ValueError(f"segments: expected an interview coded by two of {', '.join(coders)}; found none")
    theirs, texts = theirs[theirs["source"].isin(both)], sources[sources["source"].isin(both)]
    lengths = texts.assign(length=texts["text"].str.len())
    choices = {"coders": coders, "assigned": None, "uncoded": uncoded}
    rated = {}
    for code in sorted(theirs["code"].unique()):
        if unit == "character":
            rated[code] = character_ratings(theirs, lengths, code=code, **choices)
        else:
            rated[code] = span_ratings(theirs, text_units(texts, unit=unit), code=code, **choices)
    return rated
