"""Agreement between coders: percent, kappa, alpha and AC1, per code and overall, also per character.

The core form is an array units × coders with a list of categories, missing as NA, and a weight per unit.
Codings of text come in as half-open spans and are laid out over units of text: interviews, paragraphs, or
runs of characters that are all coded alike, weighted by their length.  Every statistic is a function of
sums over units, so a bootstrap over interviews adds up sums per interview and never revisits the units.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd

from expect import check_between, check_columns, check_one_of, check_sizes

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Statistic = Literal["percent_agreement", "cohen_kappa", "fleiss_kappa", "krippendorff_alpha", "gwet_ac1"]
Uncoded = Literal["as_category", "leave_out"]
Unit = Literal["interview", "paragraph", "character"]
SUMS_AT_ONCE = 4_000_000  # numbers held while resampling


# --- ratings as positions of the categories, -1 for missing ----------------------------------------


def spread_ratings(ratings: pd.DataFrame) -> pd.DataFrame:
    """Lay long ratings (`unit`, `coder`, `value`; one row each) out as units × coders.

    Returns
    -------
    pandas.DataFrame
        Units and coders in order of appearance; NA where a coder gave no rating.

    Raises
    ------
    ValueError
        If a column is absent, or a coder rated a unit twice.

    Examples
    --------
    >>> long = pd.DataFrame({"unit": ["u", "u", "v"], "coder": ["A", "B", "B"], "value": [1, 0, 1]})
    >>> spread_ratings(long)["B"].to_dict()
    {'u': 0.0, 'v': 1.0}
    """
    check_columns("ratings", ratings, ["unit", "coder", "value"])
    twice = ratings[ratings.duplicated(["unit", "coder"])]
    if len(twice):
        unit, coder = twice[["unit", "coder"]].iloc[0]
        raise ValueError(f"ratings: expected one per unit and coder; found more of {coder} on {unit}")
    wide = ratings.pivot(index="unit", columns="coder", values="value")
    return wide.reindex(index=ratings["unit"].unique(), columns=ratings["coder"].unique())


def _positions(ratings, categories: Sequence, statistic: Statistic) -> np.ndarray:
    """Return the position of every rating in the categories, -1 for missing (units × coders)."""
    index = pd.Index(list(categories), dtype=object)
    if len(index) < 2 or not index.is_unique or index.hasnans:
        raise ValueError(f"categories: expected two or more different values; found {list(categories)!r}")
    frame = pd.DataFrame(ratings)
    coders = frame.shape[1]
    if coders < 2 or (statistic == "cohen_kappa" and coders != 2):
        expected = "two coders" if statistic == "cohen_kappa" else "two or more coders"
        raise ValueError(f"ratings: expected {expected} as columns for {statistic}; found {coders}")
    given = frame.to_numpy(dtype=object)
    positions = index.get_indexer(given.ravel()).reshape(given.shape)
    strange = (positions < 0) & frame.notna().to_numpy()
    if strange.any():
        row, column = np.argwhere(strange)[0]
        raise ValueError(
            f"ratings: expected one of {list(categories)!r}; found {given[row, column]!r} "
            f"at unit {frame.index[row]}, coder {frame.columns[column]}"
        )
    return positions


def _weights(weights, units: int) -> np.ndarray:
    """Return a weight per unit, 1 when none are given."""
    given = np.ones(units) if weights is None else np.asarray(weights, dtype=float)
    if given.shape != (units,):
        raise ValueError(f"weights: expected one for each of the {units} units; found shape {given.shape}")
    check_sizes(given, name="weights", least=0)
    return given


# --- sums over units, and the estimates that follow from them --------------------------------------


def _agreement_sums(positions: np.ndarray, weights: np.ndarray, k: int) -> np.ndarray:
    """Return the sum of shares of agreeing pairs, the number of paired units, and shares per category."""
    counts = (positions[:, :, None] == np.arange(k)).sum(axis=1).astype(float)
    m = counts.sum(axis=1)
    agreeing = (counts * (counts - 1)).sum(axis=1) / np.where(m > 1, m * (m - 1), 1)
    shares = counts / np.maximum(m, 1)[:, None]
    return np.concatenate([[weights @ agreeing, weights @ (m > 1)], weights @ shares])


def _coincidence_sums(positions: np.ndarray, weights: np.ndarray, k: int) -> np.ndarray:
    """Return Krippendorff's coincidences o_ck, flat."""
    counts = (positions[:, :, None] == np.arange(k)).sum(axis=1).astype(float)
    m = counts.sum(axis=1)
    counts, scale = counts[m > 1], (weights[m > 1] / (m[m > 1] - 1))[:, None]
    return ((counts * scale).T @ counts - np.diag((counts * scale).sum(axis=0))).ravel()


def _crossing_sums(positions: np.ndarray, weights: np.ndarray, k: int) -> np.ndarray:
    """Return the table of the first coder by the second, flat."""
    both = (positions >= 0).all(axis=1)
    cells = positions[both, 0] * k + positions[both, 1]
    return np.bincount(cells, weights[both], minlength=k * k).astype(float)


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Divide, with NaN where the divisor is 0."""
    above, below = np.broadcast_arrays(above, below)
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0)


def _square(sums: np.ndarray) -> np.ndarray:
    """Give flat sums their categories × categories shape back."""
    k = round(sums.shape[-1] ** 0.5)
    return sums.reshape(*sums.shape[:-1], k, k)


def _percent(sums: np.ndarray) -> np.ndarray:
    """Return the mean share of agreeing pairs."""
    return _ratio(sums[..., 0], sums[..., 1])


def _fleiss(sums: np.ndarray) -> np.ndarray:
    """Return (P - P_e) / (1 - P_e), P_e from the mean shares."""
    shares = _ratio(sums[..., 2:], sums[..., 2:].sum(axis=-1, keepdims=True))
    several = (shares > 0).sum(axis=-1) > 1  # rounding may keep 1 - P_e from being 0
    chance = np.where(several, (shares**2).sum(axis=-1), 1)
    return _ratio(_percent(sums) - chance, 1 - chance)


def _gwet(sums: np.ndarray) -> np.ndarray:
    """Return (p_a - p_e) / (1 - p_e), p_e from the mean shares."""
    shares = _ratio(sums[..., 2:], sums[..., 2:].sum(axis=-1, keepdims=True))
    chance = (shares * (1 - shares)).sum(axis=-1) / (shares.shape[-1] - 1)
    return _ratio(_percent(sums) - chance, 1 - chance)


def _cohen(sums: np.ndarray) -> np.ndarray:
    """Return (p_o - p_e) / (1 - p_e), both times n squared."""
    table = _square(sums)
    n = table.sum(axis=(-2, -1))
    chance = (table.sum(axis=-1) * table.sum(axis=-2)).sum(axis=-1)
    return _ratio(n * np.trace(table, axis1=-2, axis2=-1) - chance, n * n - chance)


def _distances(margins: np.ndarray, values: np.ndarray, level: Level) -> np.ndarray:
    """Return delta squared between categories; between their middle ranks when ordinal."""
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "ordinal":
        ranks = margins.cumsum(axis=-1) - margins / 2
        return (ranks[..., :, None] - ranks[..., None, :]) ** 2
    size = values[:, None] + values if level == "ratio" else np.ones((len(values), len(values)))
    return ((values[:, None] - values) / np.where(size == 0, 1, size)) ** 2


def _krippendorff(sums: np.ndarray, values: np.ndarray, level: Level) -> np.ndarray:
    """Return 1 - D_o / D_e."""
    table = _square(sums)
    margins = table.sum(axis=-1)
    distances = _distances(margins, values, level)
    observed = (table * distances).sum(axis=(-2, -1)) * (margins.sum(axis=-1) - 1)
    expected = (margins[..., :, None] * margins[..., None, :] * distances).sum(axis=(-2, -1))
    return 1 - _ratio(observed, expected)


def _values(categories: Sequence, level: Level | None) -> np.ndarray:
    """Return the categories as numbers where the level needs them, else their positions."""
    check_one_of("level", level, get_args(Level))
    if level in ("nominal", "ordinal"):
        return np.arange(len(categories), dtype=float)
    numeric = all(isinstance(value, int | float | np.number) for value in categories)
    if not numeric or (level == "ratio" and min(categories) < 0):
        kind = "numbers" if level == "interval" else "numbers of 0 or more"
        raise ValueError(f"categories: expected {kind} at level {level}; found {list(categories)!r}")
    return np.asarray(categories, dtype=float)


def _formulas(statistic: Statistic, categories: Sequence, level: Level | None) -> tuple[Callable, Callable]:
    """Return the sums over units and the estimate from them."""
    check_one_of("statistic", statistic, get_args(Statistic))
    if statistic == "krippendorff_alpha":
        values = _values(categories, level)
        return _coincidence_sums, lambda sums: _krippendorff(sums, values, level)
    return {
        "percent_agreement": (_agreement_sums, _percent),
        "cohen_kappa": (_crossing_sums, _cohen),
        "fleiss_kappa": (_agreement_sums, _fleiss),
        "gwet_ac1": (_agreement_sums, _gwet),
    }[statistic]


def _estimate(statistic: Statistic, ratings, categories, weights, level: Level | None = None) -> float:
    """Return one statistic of one set of ratings."""
    positions = _positions(ratings, categories, statistic)
    sums, estimate = _formulas(statistic, categories, level)
    return float(estimate(sums(positions, _weights(weights, len(positions)), len(categories))))


def percent_agreement(ratings, *, categories: Sequence, weights=None) -> float:
    """Return the mean over units of the share of pairs of coders that agree.

    Parameters
    ----------
    ratings : array-like or pandas.DataFrame, shape (units, coders)
        Values from the categories; missing as NaN, None or NA.
    categories : sequence
        Every value a coder could give, used or not.
    weights : array-like of int, shape (units,), optional
        How many times each unit counts (characters, for runs of text); 1 when not given.

    Returns
    -------
    float
        0–1; NaN when no unit has two ratings.  Units with one rating are left out.

    Raises
    ------
    ValueError
        If a rating is not one of the categories, categories are fewer than two or repeated, coders are
        fewer than two, or weights are not whole numbers of 0 or more, one per unit.

    Examples
    --------
    >>> percent_agreement([[1, 1], [0, 1], [1, None]], categories=[0, 1])
    0.5
    """
    return _estimate("percent_agreement", ratings, categories, weights)


def cohen_kappa(ratings, *, categories: Sequence, weights=None) -> float:
    """Return Cohen's kappa of two coders; parameters and errors as in `percent_agreement`.

    Units with one rating are left out, also from the margins.  NaN when both coders gave one and the
    same category throughout, or share no unit.  Raises ValueError unless there are exactly two coders.

    Notes
    -----
    Source: Cohen (1960), doi 10.1177/001316446002000104: kappa = (p_o - p_e) / (1 - p_e) with
    p_e = sum_k p_k+ p_+k.  Checked against R psych 2.2.9 (tests/reference/agreement.csv) and statsmodels.

    Examples
    --------
    >>> cohen_kappa([[1, 1], [0, 1], [0, 0], [0, 0]], categories=[0, 1])
    0.5
    """
    return _estimate("cohen_kappa", ratings, categories, weights)


def fleiss_kappa(ratings, *, categories: Sequence, weights=None) -> float:
    """Return Fleiss' kappa of two or more coders; parameters and errors as in `percent_agreement`.

    Units with one rating count towards the shares of the categories, not towards observed agreement.
    NaN when all ratings are one category, or no unit has two.

    Notes
    -----
    Source: Fleiss (1971), doi 10.1037/h0031619: kappa = (P - P_e) / (1 - P_e), P_e = sum_j p_j^2; with
    missing ratings as Gwet (2014), Handbook of inter-rater reliability, 4th edition.
    Checked against statsmodels and irrCAC 0.4.4 (Python): tests/reference/agreement.csv.

    Examples
    --------
    >>> round(fleiss_kappa([[1, 1, 1], [0, 0, 1], [0, 0, 0]], categories=[0, 1]), 4)
    0.55
    """
    return _estimate("fleiss_kappa", ratings, categories, weights)


def krippendorff_alpha(ratings, *, categories: Sequence, level: Level, weights=None) -> float:
    """Return Krippendorff's alpha of two or more coders; parameters and errors as in `percent_agreement`.

    Categories stand in their order when the level is ordinal, and are numbers when it is interval or
    ratio (of 0 or more); else ValueError.  Units with one rating are left out altogether.  NaN when all
    paired ratings are one category, or no unit has two.

    Notes
    -----
    Source: Krippendorff (2011), Computing Krippendorff's alpha-reliability:
    alpha = 1 - (n - 1) sum o_ck d2_ck / sum n_c n_k d2_ck with coincidences o_ck over units.
    Checked against krippendorff 0.9.0 (Python): tests/reference/agreement.csv.

    Examples
    --------
    >>> round(krippendorff_alpha([[1, 1], [1, 2], [3, 3]], categories=[1, 2, 3], level="interval"), 4)
    0.8276
    """
    return _estimate("krippendorff_alpha", ratings, categories, weights, level)


def gwet_ac1(ratings, *, categories: Sequence, weights=None) -> float:
    """Return Gwet's AC1 of two or more coders; parameters and errors as in `percent_agreement`.

    The number of categories changes AC1, also when one is never used.  Units with one rating count
    towards the shares of the categories, not towards observed agreement.  NaN when no unit has two.

    Notes
    -----
    Source: Gwet (2008), doi 10.1348/000711006X126600: AC1 = (p_a - p_e) / (1 - p_e),
    p_e = sum_k p_k (1 - p_k) / (q - 1).  Checked against irrCAC 0.4.4 (Python): tests/reference.

    Examples
    --------
    >>> gwet_ac1([[1, 1], [1, 1], [1, None]], categories=[0, 1])
    1.0
    """
    return _estimate("gwet_ac1", ratings, categories, weights)


# --- from spans of text to ratings ------------------------------------------------------------------


def _covered(segments: pd.DataFrame, units: pd.DataFrame) -> np.ndarray:
    """Return for every unit whether a segment shares a character with it."""
    covered, spans = np.zeros(len(units), dtype=bool), dict(list(segments.groupby("source")))
    for source, rows in units.reset_index(drop=True).groupby("source"):
        if source in spans:
            begun = np.searchsorted(np.sort(spans[source]["start"]), rows["end"], side="left")
            ended = np.searchsorted(np.sort(spans[source]["end"]), rows["start"], side="right")
            covered[rows.index] = begun > ended
    return covered


def _check_spans(segments: pd.DataFrame, units: pd.DataFrame, code: str, coders: Sequence[str]) -> None:
    """Raise unless codings and units can be laid over each other."""
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
        A unit has the code when at least one of its characters has.
    coders : sequence of str
        Whose codings to compare, two or more.
    assigned : pandas.DataFrame or None
        Columns `source`, `coder`: who coded which source; other ratings are missing.  None: a coder
        without any segment in a source has not coded it.
    uncoded : {"as_category", "leave_out"}
        What becomes of units to which none of these coders gave any code at all: agreement on 0, or left
        out.  Units with other codes only are 0 in both.

    Returns
    -------
    pandas.DataFrame
        One column per coder, 1, 0 or NaN; indexed by `source`, `start`, `end`.

    Raises
    ------
    ValueError
        If a column is absent, a span is empty, the code is not in the segments, coders are fewer than
        two or repeated, or `uncoded` is unknown.

    Examples
    --------
    >>> spans = {"source": ["i", "i"], "start": [2, 7], "end": [9, 8], "code": ["c", "c"], "coder": [*"AB"]}
    >>> texts = pd.DataFrame({"source": ["i", "i"], "start": [0, 6], "end": [5, 12]})
    >>> choices = {"code": "c", "coders": ["A", "B"], "assigned": None, "uncoded": "as_category"}
    >>> span_ratings(pd.DataFrame(spans), texts, **choices).to_numpy().tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """
    check_one_of("uncoded", uncoded, get_args(Uncoded))
    _check_spans(segments, units, code, coders)
    theirs = segments[segments["coder"].isin(coders)]
    who = theirs if assigned is None else assigned
    check_columns("assigned", who, ["source", "coder"])
    columns = {}
    for coder in coders:
        given = _covered(theirs[(theirs["coder"] == coder) & (theirs["code"] == code)], units)
        read = units["source"].isin(who.loc[who["coder"] == coder, "source"])
        columns[coder] = np.where(read, given, np.nan)
    ratings = pd.DataFrame(columns, index=pd.MultiIndex.from_frame(units[["source", "start", "end"]]))
    return ratings if uncoded == "as_category" else ratings[_covered(theirs, units)]


def character_ratings(
    segments: pd.DataFrame, sources: pd.DataFrame, *, coders: Sequence[str], **choices
) -> pd.DataFrame:
    """Rate every character of the texts, in runs of characters that are coded alike.

    Parameters
    ----------
    segments, coders, **choices
        As in `span_ratings`; the choices are code, assigned and uncoded, all required.
    sources : pandas.DataFrame
        Columns `source` and `length`, the number of characters of its text.

    Returns
    -------
    pandas.DataFrame
        As `span_ratings`, one row per run; `run_lengths` of it are the weights.

    Raises
    ------
    ValueError
        As in `span_ratings`, or if a source is repeated, or a segment is outside the text or of an
        unknown source.

    Examples
    --------
    >>> spans = {"source": ["i", "i"], "start": [2, 4], "end": [6, 8], "code": ["c", "c"], "coder": [*"AB"]}
    >>> texts = pd.DataFrame({"source": ["i"], "length": [20]})
    >>> choices = {"code": "c", "coders": ["A", "B"], "assigned": None, "uncoded": "as_category"}
    >>> ratings = character_ratings(pd.DataFrame(spans), texts, **choices)
    >>> round(cohen_kappa(ratings, categories=[0, 1], weights=run_lengths(ratings)), 3)
    0.375
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
    ends = [theirs[["source", "start"]], theirs[["source", "end"]], sources[["source", "length"]]]
    ends += [sources[["source"]].assign(at=0)]
    cuts = pd.concat([frame.set_axis(["source", "start"], axis=1) for frame in ends]).drop_duplicates()
    cuts = cuts.sort_values(["source", "start"], ignore_index=True)
    runs = cuts.assign(end=cuts.groupby("source")["start"].shift(-1)).dropna(subset="end")
    return span_ratings(segments, runs.astype({"end": "int64"}), coders=coders, **choices)


def run_lengths(ratings: pd.DataFrame) -> np.ndarray:
    """Return the number of characters of every row of `character_ratings`."""
    index = ratings.index
    return (index.get_level_values("end") - index.get_level_values("start")).to_numpy()


# --- intervals over interviews, and the table -------------------------------------------------------


def _percentiles(
    sums: np.ndarray, estimate: Callable, *, resamples: int, confidence: float, rng: np.random.Generator
) -> tuple[float, float, str]:
    """Return the percentile interval over resampled clusters (rows of sums), and how it was made."""
    sums = sums[(sums != 0).any(axis=1)]
    clusters = len(sums)
    if clusters < 2:
        return np.nan, np.nan, f"no interval from {clusters} interviews"
    draws = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples)
    parts = np.array_split(draws, -(-resamples * sums.shape[1] // SUMS_AT_ONCE))
    values = np.concatenate([estimate(part @ sums) for part in parts])
    undefined = np.isnan(values)
    made = f"percentile, {resamples} resamples of {clusters} interviews, {undefined.sum()} undefined"
    if undefined.all():
        return np.nan, np.nan, made
    low, high = np.quantile(values[~undefined], [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high), made


def bootstrap_interval(
    ratings,
    *,
    statistic: Statistic,
    categories: Sequence,
    clusters,
    resamples: int,
    confidence: float,
    rng: np.random.Generator,
    level: Level | None = None,
    weights=None,
) -> pd.DataFrame:
    """Return a statistic with a bootstrap interval over interviews.

    Parameters
    ----------
    ratings, categories, weights
        As in `percent_agreement`.
    statistic : {"percent_agreement", "cohen_kappa", "fleiss_kappa", "krippendorff_alpha", "gwet_ac1"}
        Name of the function that gives the estimate.
    clusters : array-like, shape (units,)
        The interview of each unit.  Interviews are resampled whole, with replacement; those that add
        nothing to the statistic (mostly: no two ratings) are not resampled.
    resamples : int
        Number of resamples.
    confidence : float
        Confidence level of the percentile interval.
    rng : numpy.random.Generator
        Source of randomness.
    level : str, optional
        As in `krippendorff_alpha`, which needs it.

    Returns
    -------
    pandas.DataFrame
        One row: `estimate`, `ci_low`, `ci_high` (NaN from fewer than two interviews), `n` (units with two
        or more ratings; characters when weighted), `n_missing` (the other units), `method`, which counts
        the resamples in which the statistic is undefined: they are left out of the interval.

    Raises
    ------
    ValueError
        As in the statistic, or if there is not a cluster for every unit, resamples is not a whole number
        of at least 1, or confidence is not between 0 and 1.

    Notes
    -----
    Source: Field and Welsh (2007), doi 10.1111/j.1467-9868.2007.00593.x (cluster bootstrap); Efron and
    Tibshirani (1993), chapter 13 (percentiles).  With a dozen interviews it is somewhat too narrow.

    Examples
    --------
    >>> ratings, rng = [[1, 1], [0, 0], [1, 0], [0, 0]], np.random.default_rng(1)
    >>> choices = {"statistic": "percent_agreement", "categories": [0, 1], "clusters": [1, 2, 3, 4]}
    >>> bootstrap_interval(ratings, **choices, resamples=999, confidence=0.95, rng=rng)["estimate"].item()
    0.75
    """
    check_between(confidence=confidence)
    check_sizes(resamples, name="resamples")
    sums, estimate = _formulas(statistic, categories, level)
    positions, k = _positions(ratings, categories, statistic), len(categories)
    weights, labels = _weights(weights, len(positions)), pd.Series(clusters)
    if len(labels) != len(weights) or labels.isna().any():
        raise ValueError(f"clusters: expected one for each of the {len(weights)} units; found others")
    rows = pd.Series(range(len(labels))).groupby(labels.to_numpy()).indices.values()
    each = np.array([sums(positions[at], weights[at], k) for at in rows or [[]]])
    low, high, made = _percentiles(each, estimate, resamples=resamples, confidence=confidence, rng=rng)
    paired = (positions >= 0).sum(axis=1) > 1
    row = {"estimate": float(estimate(each.sum(axis=0))), "ci_low": low, "ci_high": high}
    row |= {"n": int(weights @ paired), "n_missing": int(weights @ ~paired)}
    named = f"{statistic}, {level}" if statistic == "krippendorff_alpha" else statistic
    return pd.DataFrame([row | {"method": f"{named}; {made}"}])


def agreement_table(ratings_by_code: Mapping[str, pd.DataFrame], *, unit: Unit, **choices) -> pd.DataFrame:
    """Return every statistic per code and overall, with intervals over interviews.

    Parameters
    ----------
    ratings_by_code : mapping of str to pandas.DataFrame
        Per code the ratings of `span_ratings` or `character_ratings`: units × the same coders, indexed
        by `source`, `start`, `end`.
    unit : {"interview", "paragraph", "character"}
        What the rows are.  Only characters are weighted, by the length of their run.
    **choices
        categories, level (of alpha), resamples, confidence and rng, as in `bootstrap_interval`.

    Returns
    -------
    pandas.DataFrame
        One row per code and statistic: `code` (NA for overall, which comes last), `unit`, `statistic`,
        `estimate`, `ci_low`, `ci_high`, `n`, `n_missing`, `method`.  Overall takes every unit under every
        code as a unit of its own, so n adds up over codes.  No Cohen's kappa for more than two coders.

    Raises
    ------
    ValueError
        As in `bootstrap_interval`, or if there is no code, the unit is unknown, the coders differ between
        codes, or the index is not `source`, `start`, `end`.

    Examples
    --------
    >>> at = pd.MultiIndex.from_tuples([("i", 0, 5), ("j", 0, 9)], names=["source", "start", "end"])
    >>> ratings = pd.DataFrame({"A": [1, 0], "B": [1, 1]}, index=at)
    >>> choices = {"level": "nominal", "resamples": 99, "confidence": 0.95, "rng": np.random.default_rng(1)}
    >>> table = agreement_table({"c": ratings}, unit="interview", categories=[0, 1], **choices)
    >>> table[["statistic", "estimate", "n"]].to_numpy()[:2].tolist()
    [['percent_agreement', 0.5, 2], ['cohen_kappa', 0.0, 2]]
    """
    check_one_of("unit", unit, get_args(Unit))
    if not ratings_by_code:
        raise ValueError("ratings_by_code: expected one code or more; found none")
    coders = list(next(iter(ratings_by_code.values())).columns)
    for code, ratings in ratings_by_code.items():
        for what, expected, found in (
            ("coders", coders, list(ratings.columns)),
            ("index", ["source", "start", "end"], list(ratings.index.names)),
        ):
            if found != expected:
                raise ValueError(f"{code}: expected {what} {expected}; found {found}")
    rows = []
    for code, ratings in [*ratings_by_code.items(), (None, pd.concat(ratings_by_code.values()))]:
        given = {"weights": run_lengths(ratings)} if unit == "character" else {}
        given["clusters"] = ratings.index.get_level_values("source")
        for statistic in get_args(Statistic):
            if statistic != "cohen_kappa" or len(coders) == 2:
                row = bootstrap_interval(ratings, statistic=statistic, **given, **choices)
                rows.append(row.assign(code=code, unit=unit, statistic=statistic))
    table = pd.concat(rows, ignore_index=True).astype({"code": "string"})
    return table[["code", "unit", "statistic", *table.columns[:6]]]
