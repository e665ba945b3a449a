"""Agreement between coders: published values, other software, brute force over pairs, spans, bootstrap."""

import csv
import importlib.util
import itertools
import math
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats import inter_rater

from codedtexts.agreement import (
    agreement_table,
    bootstrap_interval,
    character_ratings,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent_agreement,
    run_lengths,
    span_ratings,
    spread_ratings,
)

REFERENCE = Path(__file__).parents[1] / "reference"
ROWS = list(csv.DictReader((REFERENCE / "agreement.csv").open(encoding="utf8")))
SPEC = importlib.util.spec_from_file_location("reference_agreement", REFERENCE / "agreement.py")
GENERATOR = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(GENERATOR)
CASES = GENERATOR.cases()
FIVE = [1, 2, 3, 4, 5]
STATISTICS = {
    "percent_agreement": percent_agreement,
    "cohen_kappa": cohen_kappa,
    "fleiss_kappa": fleiss_kappa,
    "krippendorff_alpha": krippendorff_alpha,
    "gwet_ac1": gwet_ac1,
}
LEVELS = ["nominal", "ordinal", "interval", "ratio"]
BINARY = {"categories": [0, 1], "confidence": 0.95, "resamples": 500}


def used(units):
    """Categories that occur."""
    return sorted({value for unit in units for value in unit if value is not None})


# --- values of others ---------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['case']}-{row['statistic']}-{row['level']}")
def test_other_software_gives_the_same(row):
    units = CASES[row["case"]]
    level = {"level": row["level"]} if row["level"] else {}
    found = STATISTICS[row["statistic"]](units, categories=used(units), **level)
    assert found == pytest.approx(float(row["value"]), abs=1e-10)


def test_published_values_to_their_digits():
    canonical, table, fleiss = CASES["canonical"], CASES["table3"], CASES["fleiss1971"]
    alphas = [krippendorff_alpha(canonical, categories=FIVE, level=level) for level in LEVELS]
    assert [f"{alpha:.4f}" for alpha in alphas] == ["0.7434", "0.8154", "0.8491", "0.7974"]
    assert f"{gwet_ac1(canonical, categories=FIVE):.5f}" == "0.77544"
    assert f"{fleiss_kappa(canonical, categories=FIVE):.5f}" == "0.76117"
    assert f"{cohen_kappa(table, categories=[1, 2, 3]):.7f}" == "0.7964094"
    assert f"{gwet_ac1(table, categories=[1, 2, 3]):.7f}" == "0.8493305"
    assert f"{krippendorff_alpha(table, categories=[1, 2, 3], level='nominal'):.7f}" == "0.7972585"
    assert f"{fleiss_kappa(fleiss, categories=FIVE):.5f}" == "0.43024"


def test_statsmodels_gives_the_same():
    rng = np.random.default_rng(3)
    for _ in range(20):
        ratings = rng.integers(0, 4, (30, 2))
        table = np.histogram2d(*ratings.T, bins=[np.arange(5)] * 2)[0]
        expected = inter_rater.cohens_kappa(table, return_results=False)
        assert cohen_kappa(ratings, categories=range(4)) == pytest.approx(expected)
        several = rng.integers(0, 4, (30, 5))
        counts, _ = inter_rater.aggregate_raters(several, n_cat=4)
        assert fleiss_kappa(several, categories=range(4)) == pytest.approx(inter_rater.fleiss_kappa(counts))


# --- definitions by pairs ------------------------------------------------------------------------


def ratings_of(coders, missing=True):
    """Units × coders in categories 0–3."""
    value = st.one_of(st.none(), st.integers(0, 3)) if missing else st.integers(0, 3)
    return st.lists(st.lists(value, min_size=coders, max_size=coders), min_size=1, max_size=9)


def alpha_by_pairs(units, level):
    """Mean distance within units over mean distance between all paired values."""
    units = [[v for v in unit if v is not None] for unit in units]
    units = [unit for unit in units if len(unit) > 1]
    values = [v for unit in units for v in unit]

    def apart(a, b):
        low, high = sorted((a, b))
        between = sum(low <= v <= high for v in values) - (values.count(a) + values.count(b)) / 2
        ratio = 0 if a == b else (a - b) / (a + b)
        return {"nominal": a != b, "ordinal": (a != b) * between, "interval": a - b, "ratio": ratio}[
            level
        ] ** 2

    within = sum(sum(apart(*pair) for pair in itertools.permutations(u, 2)) / (len(u) - 1) for u in units)
    among = sum(apart(*pair) for pair in itertools.permutations(values, 2))
    return math.nan if among == 0 else 1 - within / len(values) / (among / len(values) / (len(values) - 1))


@given(ratings_of(3), st.sampled_from(LEVELS))
def test_alpha_is_its_definition_by_pairs(units, level):
    found = krippendorff_alpha(units, categories=range(4), level=level)
    assert found == pytest.approx(alpha_by_pairs(units, level), nan_ok=True, abs=1e-9)


@given(ratings_of(3))
def test_percent_is_the_mean_share_of_agreeing_pairs(units):
    pairs = [list(itertools.combinations([v for v in u if v is not None], 2)) for u in units]
    shares = [np.mean([a == b for a, b in found]) for found in pairs if found]
    expected = np.mean(shares) if shares else math.nan
    assert percent_agreement(units, categories=range(4)) == pytest.approx(expected, nan_ok=True)


def everything(units, weights=None):
    """Every statistic that does not depend on the names of the categories."""
    given = {"categories": range(4), "weights": weights}
    found = [percent_agreement(units, **given), fleiss_kappa(units, **given), gwet_ac1(units, **given)]
    found.append(krippendorff_alpha(units, level="nominal", **given))
    return found + ([cohen_kappa(units, **given)] if len(units[0]) == 2 else [])


@given(ratings_of(2), st.permutations(range(4)))
def test_names_of_categories_and_order_of_coders_do_not_matter(units, names):
    renamed = [[None if v is None else names[v] for v in unit[::-1]] for unit in units]
    assert everything(renamed) == pytest.approx(everything(units), nan_ok=True, abs=1e-9)


@given(ratings_of(2), st.data())
def test_weights_are_repeated_units(units, data):
    weights = data.draw(st.lists(st.integers(0, 4), min_size=len(units), max_size=len(units)))
    repeated = [unit for unit, times in zip(units, weights, strict=True) for _ in range(times)]
    if repeated:
        expected = everything(repeated)
        assert everything(units, weights) == pytest.approx(expected, nan_ok=True, abs=1e-9)


@given(ratings_of(3))
def test_doubling_all_units_changes_only_the_correction_in_alpha(units):
    once, twice = everything(units), everything(units + units)
    assert twice[:3] == pytest.approx(once[:3], nan_ok=True, abs=1e-9)
    n = sum(len(u) for u in ([v for v in unit if v is not None] for unit in units) if len(u) > 1)
    if not math.isnan(once[3]):
        assert (1 - twice[3]) / (2 * n - 1) * (n - 1) == pytest.approx((1 - once[3]) / 2 * 1, abs=1e-9)


# --- edges ------------------------------------------------------------------------------------------


def test_units_with_one_rating():
    units, single = [[1, 1], [0, 1], [0, 0]], [[1, None]]
    more = units + single
    for statistic in (percent_agreement, cohen_kappa):
        assert statistic(more, categories=[0, 1]) == statistic(units, categories=[0, 1])
    alphas = [krippendorff_alpha(r, categories=[0, 1], level="nominal") for r in (units, more)]
    assert alphas[0] == alphas[1]
    for statistic in (fleiss_kappa, gwet_ac1):
        assert statistic(more, categories=[0, 1]) != statistic(units, categories=[0, 1])


def test_without_variation_chance_corrected_is_undefined_except_ac1():
    units = [[1, 1, 1], [1, 1, 1], [1, 1, 1]]
    assert percent_agreement(units, categories=[0, 1]) == gwet_ac1(units, categories=[0, 1]) == 1
    assert math.isnan(fleiss_kappa(units, categories=[0, 1]))
    assert math.isnan(cohen_kappa([[1, 1]] * 3, categories=[0, 1]))
    for level in LEVELS:
        assert math.isnan(krippendorff_alpha(units, categories=[0, 1], level=level))


@pytest.mark.parametrize("units", [[[None, 1], [0, None]], [[None, None]], np.zeros((0, 2))])
def test_without_pairs_everything_is_undefined(units):
    for name, statistic in STATISTICS.items():
        level = {"level": "nominal"} if name == "krippendorff_alpha" else {}
        assert math.isnan(statistic(units, categories=[0, 1], **level))


def test_text_pandas_and_missing_kinds():
    frame = pd.DataFrame({"A": ["yes", "no", None, "no"], "B": ["yes", "yes", "no", pd.NA]})
    assert percent_agreement(frame, categories=["no", "yes"]) == 0.5
    assert krippendorff_alpha(frame, categories=["no", "yes"], level="ordinal") == pytest.approx(0)


RAISES = {
    "two or more different values; found [1, 1]": {"categories": [1, 1]},
    "two or more different values; found [1]": {"categories": [1]},
    "expected one of [0, 2]; found 1 at unit 0, coder 1": {"categories": [0, 2]},
    "two or more coders as columns for gwet_ac1; found 1": {"ratings": [[1], [0]]},
    "one for each of the 2 units; found shape (1,)": {"weights": [1]},
    "weights: expected whole numbers": {"weights": [1.5, 1]},
}


@pytest.mark.parametrize("message", RAISES)
def test_wrong_ratings_are_refused(message):
    choices = {"ratings": [[0, 1], [0, 0]], "categories": [0, 1]} | RAISES[message]
    with pytest.raises(ValueError) as error:  # noqa: PT011
        gwet_ac1(choices.pop("ratings"), **choices)
    assert message in str(error.value)


def test_wrong_levels_and_coders_are_refused():
    with pytest.raises(ValueError, match="expected two coders as columns for cohen_kappa; found 3"):
        cohen_kappa([[0, 1, 1]], categories=[0, 1])
    with pytest.raises(ValueError, match="level: expected one of nominal"):
        krippendorff_alpha([[0, 1]], categories=[0, 1], level="metric")
    with pytest.raises(ValueError, match="expected numbers at level interval"):
        krippendorff_alpha([["a", "b"]], categories=["a", "b"], level="interval")
    with pytest.raises(ValueError, match="numbers of 0 or more at level ratio"):
        krippendorff_alpha([[-1, 1]], categories=[-1, 1], level="ratio")


def test_long_ratings_are_spread():
    long = pd.DataFrame({"unit": [2, 1, 2], "coder": ["B", "A", "A"], "value": ["x", "y", "x"]})
    wide = spread_ratings(long)
    assert list(wide.index) == [2, 1] and list(wide.columns) == ["B", "A"]
    assert wide.isna().to_numpy().tolist() == [[False, False], [True, False]]
    with pytest.raises(ValueError, match="found more of B on 2"):
        spread_ratings(pd.concat([long, long[:1]]))
    with pytest.raises(ValueError, match="not found: value"):
        spread_ratings(long[["unit", "coder"]])


# --- spans ------------------------------------------------------------------------------------------

SOURCES = pd.DataFrame({"source": ["i", "j"], "length": [30, 20]})
SEGMENT = st.tuples(
    st.sampled_from("ij"),
    st.integers(0, 18),
    st.integers(1, 9),
    st.sampled_from("cd"),
    st.sampled_from("ABC"),
)


def framed(spans):
    """Segments from (source, start, length, code, coder)."""
    frame = pd.DataFrame(spans, columns=["source", "start", "end", "code", "coder"])
    frame["end"] = (frame["start"] + frame["end"]).clip(upper=20)
    return frame


def expanded(segments, uncoded):
    """Ratings of A and B of code c, one row per character, by the definition."""
    rows = []
    for source, length in SOURCES.itertuples(index=False):
        mine = segments[(segments["source"] == source) & segments["coder"].isin(["A", "B"])]
        for at in range(length):
            here = mine[(mine["start"] <= at) & (at < mine["end"])]
            if len(here) or uncoded == "as_category":
                coded = {c: ((here["coder"] == c) & (here["code"] == "c")).any() for c in "AB"}
                rows.append([int(coded[c]) if (mine["coder"] == c).any() else None for c in "AB"])
    return rows


@given(st.lists(SEGMENT, min_size=1, max_size=8), st.sampled_from(["as_category", "leave_out"]))
def test_weighted_runs_equal_expanded_characters(spans, uncoded):
    segments = framed([*spans, ("i", 3, 4, "c", "A")])
    choices = {"code": "c", "coders": ["A", "B"], "assigned": None, "uncoded": uncoded}
    runs = character_ratings(segments, SOURCES, **choices)
    found = everything(runs.to_numpy().tolist(), run_lengths(runs))
    assert found == pytest.approx(everything(expanded(segments, uncoded)), nan_ok=True, abs=1e-9)


def test_assigned_coders_and_uncoded_text():
    segments = framed([("i", 0, 10, "c", "A"), ("i", 5, 10, "d", "B")])
    choices = {"code": "c", "coders": ["A", "B"], "uncoded": "as_category"}
    both = pd.DataFrame({"source": ["i", "i", "j", "j"], "coder": [*"ABAB"]})
    by_segments = character_ratings(segments, SOURCES, assigned=None, **choices)
    by_list = character_ratings(segments, SOURCES, assigned=both, **choices)
    assert by_segments.loc["j"].isna().all(axis=None) and (by_list.loc["j"] == 0).all(axis=None)
    left = character_ratings(segments, SOURCES, assigned=both, **(choices | {"uncoded": "leave_out"}))
    assert run_lengths(left).sum() == 15 and run_lengths(by_list).sum() == 50
    assert left.to_numpy().tolist() == [[1, 0], [1, 0], [0, 0]]


def test_wrong_spans_are_refused():
    segments, units = (
        framed([("i", 0, 5, "c", "A")]),
        SOURCES.rename(columns={"length": "end"}).assign(start=0),
    )
    good = {"code": "c", "coders": ["A", "B"], "assigned": None, "uncoded": "as_category"}
    for message, change in {
        "uncoded: expected one of as_category, leave_out; found 'x'": {"uncoded": "x"},
        "coders: expected two or more different names; found 'AB'": {"coders": "AB"},
        "coders: expected two or more different names; found \\['A', 'A'\\]": {"coders": ["A", "A"]},
        "code: expected a code of the segments; found 'x'": {"code": "x"},
        "assigned: expected columns source, coder; not found: coder": {"assigned": units},
    }.items():
        with pytest.raises(ValueError, match=message):
            span_ratings(segments, units, **(good | change))
    with pytest.raises(ValueError, match="units: expected 0 <= start < end; found 0 to 0 in 'i'"):
        span_ratings(segments, units.assign(end=0), **good)
    with pytest.raises(ValueError, match="segments: expected 0 <= start < end; found 5 to 5 in 'i'"):
        character_ratings(segments.assign(start=5), SOURCES, **good)
    with pytest.raises(ValueError, match="ends within a known text; found 31 in 'i'"):
        character_ratings(segments.assign(end=31), SOURCES, **good)
    with pytest.raises(ValueError, match="ends within a known text; found 5 in 'z'"):
        character_ratings(segments.assign(source="z"), SOURCES, **good)
    with pytest.raises(ValueError, match="expected each once; found 'i' repeatedly"):
        character_ratings(segments, pd.concat([SOURCES, SOURCES[:1]]), **good)


# --- intervals --------------------------------------------------------------------------------------


def simulated(rng, interviews, units=20, share=0.8):
    """Two coders who agree with a known chance; the interview of each unit."""
    first = rng.integers(0, 2, interviews * units)
    second = np.where(rng.random(len(first)) < share, first, 1 - first)
    return np.column_stack([first, second]), np.repeat(np.arange(interviews), units)


def test_bootstrap_is_reproducible_and_equals_resampling_by_hand():
    ratings, clusters = simulated(np.random.default_rng(1), 6)
    for name in STATISTICS:
        choices = {**BINARY, "statistic": name, "clusters": clusters, "level": "nominal"}
        first, second = (bootstrap_interval(ratings, rng=np.random.default_rng(2), **choices) for _ in "12")
        pd.testing.assert_frame_equal(first, second)
        level = {"level": "nominal"} if name == "krippendorff_alpha" else {}
        values = []
        for draw in np.random.default_rng(2).multinomial(6, [1 / 6] * 6, size=500)[:500]:
            again = np.concatenate([ratings[clusters == c] for c in np.repeat(range(6), draw)])
            values.append(STATISTICS[name](again, categories=[0, 1], **level))
        expected = np.quantile(values, [0.025, 0.975])
        assert first[["ci_low", "ci_high"]].to_numpy()[0] == pytest.approx(expected)
        assert first["estimate"].item() == STATISTICS[name](ratings, categories=[0, 1], **level)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    rng, held = np.random.default_rng(7), 0
    for _ in range(200):
        ratings, clusters = simulated(rng, 28, units=10)
        found = bootstrap_interval(ratings, statistic="cohen_kappa", clusters=clusters, rng=rng, **BINARY)
        held += found["ci_low"].item() <= 0.6 <= found["ci_high"].item()
    assert 0.88 <= held / 200 <= 0.99


def test_ten_thousand_resamples_of_28_interviews_are_quick():
    ratings, clusters = simulated(np.random.default_rng(1), 28, units=200)
    choices = {**BINARY, "resamples": 10_000, "clusters": clusters, "rng": np.random.default_rng(1)}
    begun = time.perf_counter()
    bootstrap_interval(ratings, statistic="krippendorff_alpha", level="ordinal", **choices)
    assert time.perf_counter() - begun < 5


def test_interviews_of_one_coder_are_not_resampled_and_undefined_ones_counted():
    ratings, rng = [[1, 1], [0, 0], [1, None], [0, 0]], np.random.default_rng(1)
    choices = {**BINARY, "clusters": [*"abcd"], "rng": rng}
    found = bootstrap_interval(ratings, statistic="cohen_kappa", **choices).iloc[0]
    assert (found["n"], found["n_missing"]) == (3, 1)
    assert "500 resamples of 3 interviews" in found["method"] and ", 0 undefined" not in found["method"]
    single = bootstrap_interval(ratings[:1], statistic="gwet_ac1", **(choices | {"clusters": ["a"]})).iloc[0]
    assert math.isnan(single["ci_low"]) and "no interval from 1 interviews" in single["method"]
    same = bootstrap_interval([[1, 1]] * 4, statistic="fleiss_kappa", **choices).iloc[0]
    assert math.isnan(same["ci_low"]) and "500 undefined" in same["method"]


def test_wrong_bootstraps_are_refused():
    good = {**BINARY, "statistic": "gwet_ac1", "clusters": [1, 2], "rng": np.random.default_rng(1)}
    for message, change in {
        "confidence: expected": {"confidence": 1},
        "resamples: expected": {"resamples": 0},
        "clusters: expected one for each of the 2 units": {"clusters": [1]},
        "clusters: expected one for each": {"clusters": [1, None]},
        "statistic: expected one of percent_agreement": {"statistic": "pi"},
        "level: expected one of": {"statistic": "krippendorff_alpha"},
    }.items():
        with pytest.raises(ValueError, match=message):
            bootstrap_interval([[1, 1], [0, 0]], **(good | change))


# --- table ------------------------------------------------------------------------------------------


def table_of(by_code, **changes):
    choices = {**BINARY, "level": "nominal", "rng": np.random.default_rng(1), "unit": "character"}
    return agreement_table(by_code, **(choices | changes))


def by_code(coders):
    segments = framed(
        [("i", 0, 9, "c", "A"), ("i", 4, 9, "c", "B"), ("j", 2, 5, "d", "A"), ("j", 1, 9, "c", "B")]
    )
    choices = {"coders": coders, "assigned": None, "uncoded": "as_category"}
    return {code: character_ratings(segments, SOURCES, code=code, **choices) for code in "cd"}


def test_table_has_every_code_and_overall():
    ratings = by_code(["A", "B"])
    table = table_of(ratings)
    house = ["code", "unit", "statistic", "estimate", "ci_low", "ci_high", "n", "n_missing", "method"]
    assert list(table.columns) == house and set(table["unit"]) == {"character"}
    assert table["statistic"].tolist() == list(STATISTICS) * 3
    overall = table[table["code"].isna()]
    assert (overall["n"] == 100).all() and (table.loc[table["code"] == "c", "n"] == 50).all()
    joined = pd.concat(ratings.values())
    expected = cohen_kappa(joined, categories=[0, 1], weights=run_lengths(joined))
    assert overall.set_index("statistic").loc["cohen_kappa", "estimate"] == pytest.approx(expected)
    assert table_of(ratings, unit="paragraph")["n"].max() < 100
    assert "cohen_kappa" not in set(table_of(by_code(["A", "B", "C"]))["statistic"])


def test_wrong_tables_are_refused():
    ratings = by_code(["A", "B"])
    with pytest.raises(
        ValueError, match="unit: expected one of interview, paragraph, character; found 'word'"
    ):
        table_of(ratings, unit="word")
    with pytest.raises(ValueError, match="expected one code or more; found none"):
        table_of({})
    with pytest.raises(ValueError, match=r"d: expected coders \['A', 'B'\]; found \['B', 'A'\]"):
        table_of(ratings | {"d": ratings["d"][["B", "A"]]})
    with pytest.raises(ValueError, match="d: expected index"):
        table_of(ratings | {"d": ratings["d"].reset_index(drop=True)})
