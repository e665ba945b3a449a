"""Summarise coded interviews: codes by group, codes that go together, saturation.

Segments and interviews are different things to count and are never added up: the name of a column says which
of them it counts.
"""

from typing import Literal, get_args

import numpy as np
import pandas as pd

from expect import check_between, check_columns, check_one_of, check_sizes, settled

CodeLevel = Literal["top", "second"]
Within = Literal["overlap", "interview"]


def roll_up(segments: pd.DataFrame, codes: pd.DataFrame, *, level: CodeLevel = "top") -> pd.DataFrame:
    """Replace the code of every segment by the one above it at the top of the tree, or a level lower.

    A single root under which all codes hang says nothing: the top is then the level below it.

    Parameters
    ----------
    segments : pandas.DataFrame
        Column `code`, as in `codes`.
    codes : pandas.DataFrame
        Columns `id`, `code` (its name in segments) and `parent` (an id, empty at the top).
    level : {"top", "second"}
        The level; a code that stands higher keeps its own name.

    Returns
    -------
    pandas.DataFrame
        The segments with their new codes, without the duplicates that this makes.

    Raises
    ------
    ValueError
        If a column is absent, a code or parent is unknown, or parents form a circle.

    Examples
    --------
    >>> codes = pd.DataFrame({"id": ["1", "2"], "code": ["a", "b"], "parent": ["", "1"]})
    >>> codes.loc[2] = ["3", "c", ""]
    >>> roll_up(pd.DataFrame({"code": ["b", "a"]}), codes)["code"].tolist()
    ['a']
    """
    check_columns("segments", segments, ["code"])
    check_columns("codes", codes, ["id", "code", "parent"])
    check_one_of("level", level, get_args(CodeLevel))
    names = dict(zip(codes["id"], codes["code"], strict=True))
    named = codes["parent"].fillna("").map(lambda parent: names.get(parent, parent))
    parents = dict(zip(codes["code"], named, strict=True))
    paths = {code: _path(code, parents) for code in {*codes["code"], *segments["code"]}}
    at = _first_level_of_several(paths) + (level == "second")
    rolled = segments.assign(code=segments["code"].map(lambda code: paths[code][: at + 1][-1]))
    return rolled.drop_duplicates([c for c in rolled if c not in ("code_id", "memo")], ignore_index=True)


def _first_level_of_several(paths: dict[str, list[str]]) -> int:
    deepest = max((len(path) for path in paths.values()), default=0)
    for level in range(deepest):
        if len({path[level] for path in paths.values() if len(path) > level}) > 1:
            return level
    return 0


def _path(code: str, parents: dict[str, str]) -> list[str]:
    """Return a code with those above it, the topmost first."""
    passed = []
    while code not in parents or parents[code]:
        if code not in parents or code in passed:
            problem = "a circle of parents" if code in passed else f"unknown code {code!r}"
            raise ValueError(f"codes: expected every code to have a topmost parent; found {problem}")
        passed.append(code)
        code = parents[code]
    return [code, *reversed(passed)]


def code_counts(segments: pd.DataFrame, sources: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """Count segments and interviews per code and group of interviews.

    Parameters
    ----------
    segments : pandas.DataFrame
        Columns `source`, `start`, `end`, `code`; a span that two coders code alike is one segment.
    sources : pandas.DataFrame
        Columns `source` and the one that `by` names; interviews of one `case`, if there is such a column,
        count once: they are with the same person.
    by : str
        Attribute of the interview, such as its group.

    Returns
    -------
    pandas.DataFrame
        One row per code × group, zeros included: `code`, `by`, `segments`, `interviews` (with the code) and
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
    _check_known(segments, sources)
    spans = segments[["source", "start", "end", "code"]].drop_duplicates()
    who = people_of(sources)
    spans = spans.assign(**{by: spans["source"].map(group)}, person=spans["source"].map(who))
    index = pd.MultiIndex.from_product([sorted(spans["code"].unique()), group.unique()], names=["code", by])
    counts = spans.groupby(["code", by])["person"].agg(segments="size", interviews="nunique")
    counts = counts.reindex(index, fill_value=0).reset_index()
    people = pd.DataFrame({by: group, "person": who}).drop_duplicates()[by].value_counts()
    return counts.assign(interviews_of=counts[by].map(people))


def people_of(sources: pd.DataFrame) -> pd.Series:
    """Return by source who speaks: its case, or the interview itself where there is none.

    Examples
    --------
    >>> people_of(pd.DataFrame({"source": ["i", "j", "k"], "case": ["A", "A", ""]})).tolist()
    ['A', 'A', 'k']
    """
    names = sources.set_index("source", drop=False)["case" if "case" in sources else "source"]
    return names.where(names != "", names.index.to_series())


def _check_known(segments: pd.DataFrame, sources: pd.DataFrame) -> None:
    if unknown := sorted(set(segments["source"]) - set(sources["source"])):
        raise ValueError(f"segments: expected a known source; found {unknown[0]!r}")


def document_list(segments: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Return the interviews with their length, codings, coders and the share of their text that has a code.

    Parameters
    ----------
    segments : pandas.DataFrame
        Columns `source`, `start`, `end`, `code`, `coder`.
    sources : pandas.DataFrame
        Columns `source` and `length`.

    Returns
    -------
    pandas.DataFrame
        One row per interview: `source`, `length` (characters), `segments`, `codes`, `coders`, `share_coded`
        (0-1; NA without a text or positions).

    Examples
    --------
    >>> spans = pd.DataFrame({"source": ["i"] * 2, "start": [0, 3], "end": [5, 6], "code": ["a", "b"]})
    >>> people = pd.DataFrame({"source": ["i", "j"], "length": [12, 9]})
    >>> document_list(spans.assign(coder="A"), people)["share_coded"].tolist()
    [0.5, 0.0]
    """
    check_columns("segments", segments, ["source", "start", "end", "code", "coder"])
    check_columns("sources", sources, ["source", "length"])
    _check_known(segments, sources)
    named = segments.assign(coder=segments["coder"].where(segments["coder"] != ""))
    counts = named.groupby("source").agg(
        segments=("code", "size"), codes=("code", "nunique"), coders=("coder", "nunique")
    )
    listed = sources[["source", "length"]].join(counts, on="source")
    listed = listed.fillna({"segments": 0, "codes": 0, "coders": 0})
    listed = listed.astype(dict.fromkeys(["segments", "codes", "coders"], "int64"))
    placed = segments.groupby("source")["start"].agg(lambda start: start.notna().all())
    covered = listed["source"].map(_coded_characters(segments)).fillna(0)
    known = listed["source"].map(placed).fillna(True).astype(bool) & (listed["length"] > 0)
    return listed.assign(share_coded=(covered / listed["length"].where(known)).astype(float))


def _coded_characters(segments: pd.DataFrame) -> pd.Series:
    """Return by source how many characters have a code."""
    spans = segments.dropna(subset=["start", "end"]).sort_values(["source", "start", "end"])
    before = spans.groupby("source")["end"].cummax().groupby(spans["source"]).shift(fill_value=0)
    new = (spans["end"] - spans["start"].where(spans["start"] > before, before)).clip(lower=0)
    return new.groupby(spans["source"]).sum()


def co_occurrence(segments: pd.DataFrame, *, within: Within) -> pd.DataFrame:
    """Count the interviews in which two codes go together.

    Parameters
    ----------
    segments : pandas.DataFrame
        Columns `source`, `start`, `end` (half-open), `code`; of all coders alike.  Segments without positions
        go together if they have the same `passage`, where there is such a column.
    within : {"overlap", "interview"}
        Whether two codes go together if they share a character, or if they are in the same interview.

    Returns
    -------
    pandas.DataFrame
        One row per pair of codes (in order of name): `first`, `second`, `interviews` (with both, together),
        `interviews_either` (with one or both), `share` (the former over the latter: Jaccard; NA where
        interviews that have both do not say whether they go together, as positions are lacking).

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
    unknown = np.zeros((len(names), len(names)), dtype=bool)
    present = np.zeros((segments["source"].nunique(), len(names)), dtype=bool)
    for i, (_, spans) in enumerate(segments.groupby("source")):
        codes = np.searchsorted(names, spans["code"])
        present[i, codes] = True
        if within == "overlap":
            placed = spans["start"].notna().to_numpy()
            covers = _coverage(codes[placed], spans[placed].astype({"start": int, "end": int}), len(names))
            shown = (covers @ covers.T > 0) | _in_one_passage(codes[~placed], spans[~placed], len(names))
            together += shown
            nowhere = np.isin(np.arange(len(names)), codes[~placed])
            unknown |= (nowhere[:, None] | nowhere) & np.outer(present[i], present[i]) & ~shown
        else:
            together += np.outer(present[i], present[i])
    first, second = np.triu_indices(len(names), 1)
    either = (present[:, first] | present[:, second]).sum(axis=0)
    both = together[first, second]
    pairs = {"first": np.take(names, first), "second": np.take(names, second), "interviews": both}
    share = np.where(unknown[first, second], np.nan, both / np.maximum(either, 1))
    return pd.DataFrame(pairs | {"interviews_either": either, "share": share})


def _in_one_passage(codes: np.ndarray, spans: pd.DataFrame, n_codes: int) -> np.ndarray:
    """Return codes × codes: whether two stand at one passage, which the file names."""
    same = np.zeros((n_codes, n_codes), dtype=bool)
    if "passage" in spans:
        for passage, rows in spans.reset_index(drop=True).groupby("passage").indices.items():
            if passage != "":
                same[np.ix_(codes[rows], codes[rows])] = True
    return same


def _coverage(codes: np.ndarray, spans: pd.DataFrame, n_codes: int) -> np.ndarray:
    """Return codes × stretches of text between ends of spans: 1 where the stretch has the code, else 0."""
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
    """Return how many codes there are after 1, 2, ... interviews, over the orders in which to read them.

    Parameters
    ----------
    segments : pandas.DataFrame
        Columns `source`, `code`.
    sources : pandas.DataFrame
        Column `source`: all interviews in the order in which they were held, including those without a code.
    orders : int
        Number of random orders behind the interval.
    confidence : float
        Share of these orders within the interval, 0-1.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        One row per number of `interviews`: `as_held` (codes so far in the order of the sources), `expected`
        (exact mean over all orders), `new` (codes that this interview is expected to add), `low`, `high`
        (percentiles over the random orders).

    Raises
    ------
    ValueError
        If a column is absent, there is no interview, a segment is of an unknown one, orders is not a whole
        number of at least 1, or confidence is not between 0 and 1.

    Notes
    -----
    Source: Colwell, Mao and Chang (2004), doi 10.1890/03-0557, equation 5 (sample-based rarefaction): a code
    that c of N interviews have is missed by k of them with the hypergeometric probability of 0.
    Checked against vegan's specaccum (tests/reference/saturation.R) and against all orders of few interviews.

    Examples
    --------
    >>> segments = pd.DataFrame({"source": ["i", "j", "j"], "code": ["a", "a", "b"]})
    >>> sources, rng = pd.DataFrame({"source": ["i", "j"]}), np.random.default_rng(1)
    >>> saturation(segments, sources, orders=99, confidence=0.95, rng=rng)["expected"].tolist()
    [1.5, 2.0]
    """
    from scipy.stats import hypergeom  # slow to import, and only this function needs it

    check_columns("segments", segments, ["source", "code"])
    check_columns("sources", sources, ["source"])
    check_sizes(orders, name="orders")
    check_between(confidence=confidence)
    if sources.empty:
        raise ValueError("sources: expected one interview or more; found none")
    _check_known(segments, sources)
    coded = pd.crosstab(segments["source"], segments["code"])
    has = coded.reindex(sources["source"], fill_value=0).to_numpy() > 0
    n, k = len(has), np.arange(1, len(has) + 1)
    missed = hypergeom.pmf(0, n, has.sum(axis=0)[:, None], k)
    expected = settled((1 - missed).sum(axis=0))  # all of them at the last interview, not 1e-15 fewer
    shuffled = [np.logical_or.accumulate(has[rng.permutation(n)]).sum(axis=1) for _ in range(orders)]
    low, high = np.quantile(shuffled, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    curve = {"interviews": k, "as_held": np.logical_or.accumulate(has).sum(axis=1), "expected": expected}
    return pd.DataFrame(curve | {"new": np.diff(expected, prepend=0), "low": low, "high": high})
