"""Scales: scores, alpha and item-total correlations, held against PSPP and against their definitions."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from loopbaanchecks.scales import corrected_item_total, cronbach_alpha, scale_relations, score_scales
from surveyfiles import read_survey

REFERENCE = Path(__file__).parents[1] / "reference" / "pspp.py"
spec = importlib.util.spec_from_file_location("pspp_reference", REFERENCE)
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)

TEN_DIGITS = 5e-11
ANSWERS = reference.answers()
grids = hnp.arrays(int, st.tuples(st.integers(2, 12), st.integers(2, 6)), elements=st.integers(1, 5))


def printed(table, statistic):
    """Numbers of PSPP: case -> value."""
    rows = [row for row in reference.read_reference() if (row[0], row[2]) == (table, statistic)]
    return {case: float(value) for _, case, _, value in rows}


def named(grid):
    return pd.DataFrame(grid, columns=[f"i{n}" for n in range(grid.shape[1])])


def test_means_and_sds_are_those_of_pspp():
    means, sds = (printed("Descriptive Statistics", name) for name in ("Mean", "Std Dev"))
    counts = printed("Descriptive Statistics", "N")
    assert list(means) == list(ANSWERS)
    for name, column in ANSWERS.items():
        assert column.count() == counts[name]
        assert column.mean() == pytest.approx(means[name], abs=TEN_DIGITS)
        assert column.std(ddof=1) == pytest.approx(sds[name], abs=TEN_DIGITS)


def test_frequencies_are_those_of_pspp():
    for name, column in ANSWERS.items():
        counts = printed(f"Frequencies {name}", "Frequency")
        valid = {float(value): n for value, n in counts.items() if value not in (".", "9")}
        assert column.value_counts().to_dict() == valid
        assert column.isna().sum() == counts.get(".", 0) + counts.get("9", 0)


@pytest.mark.parametrize("items", reference.SCALES.values(), ids=reference.SCALES)
def test_alpha_is_that_of_pspp(items):
    (row,) = cronbach_alpha(ANSWERS[items]).itertuples()
    assert row.estimate == pytest.approx(
        printed("Reliability Statistics", "Cronbach's Alpha")[f"{len(items)} items"], abs=TEN_DIGITS
    )
    valid = [
        float(value)
        for t, case, _, value in reference.read_reference()
        if t.startswith("Case") and case == "Valid"
    ]
    assert row.n in valid
    assert row.n + row.n_missing == len(ANSWERS)
    assert row.n_items == len(items)


@pytest.mark.parametrize("items", reference.SCALES.values(), ids=reference.SCALES)
def test_item_total_correlations_are_those_of_pspp(items):
    expected = printed("Item-Total Statistics", "Corrected Item-Total Correlation")
    for row in corrected_item_total(ANSWERS[items]).itertuples():
        assert row.estimate == pytest.approx(expected[row.item], abs=TEN_DIGITS)


def test_the_reader_gives_the_answers_that_pspp_counted(tmp_path):
    reference.write_sav(tmp_path / "answers.sav")
    book = pd.DataFrame({"variable": list(ANSWERS), "type": "scale", "options": "1;2;3;4;5"})
    book = book.assign(options_nl=book["options"], options_en=book["options"], label_nl="", label_en="")
    survey = read_survey(tmp_path / "answers.sav", codebook=book)
    pd.testing.assert_frame_equal(survey.responses, ANSWERS)
    missing = survey.report.missing.set_index(["variable", "kind"])["n"]
    for name in ANSWERS:
        counts = printed(f"Frequencies {name}", "Frequency")
        assert missing.get((name, "system-missing"), 0) == counts.get(".", 0)
        assert missing.get((name, "user-missing"), 0) == counts.get("9", 0)


@pytest.mark.usefixtures("pspp")
def test_pspp_on_this_machine_gives_the_committed_numbers():
    now, committed = reference.recompute(), reference.read_reference()
    assert [row[:3] for row in now] == [row[:3] for row in committed]
    assert [float(row[3]) for row in now] == pytest.approx(
        [float(row[3]) for row in committed], abs=TEN_DIGITS
    )


@given(grids)
def test_alpha_is_that_of_the_mean_covariance(grid):
    (estimate,) = cronbach_alpha(named(grid))["estimate"]
    if len(set(grid.sum(axis=1))) < 2:
        assert np.isnan(estimate)
        return
    covariance, k = np.cov(grid.T), grid.shape[1]
    variance = np.trace(covariance) / k
    between = (covariance.sum() - np.trace(covariance)) / (k * (k - 1))
    assert estimate == pytest.approx(k * between / (variance + (k - 1) * between), rel=1e-6, abs=1e-9)


@given(grids, st.integers(1, 9), st.integers(-20, 20))
def test_alpha_and_item_total_do_not_depend_on_unit_origin_or_order(grid, unit, origin):
    first, second = named(grid), named(grid[::-1] * unit + origin)
    for statistic in (cronbach_alpha, corrected_item_total):
        before, after = statistic(first)["estimate"], statistic(second)["estimate"]
        np.testing.assert_allclose(before, after, rtol=1e-7, atol=1e-9)


@given(grids)
def test_incomplete_rows_change_nothing_but_the_count(grid):
    whole = named(grid).astype("Int64")
    holes = pd.concat([whole, whole.iloc[[0]].assign(i1=pd.NA)], ignore_index=True).astype("Int64")
    for statistic in (cronbach_alpha, corrected_item_total):
        before, after = statistic(whole), statistic(holes)
        np.testing.assert_array_equal(before["estimate"], after["estimate"])
        assert (after["n_missing"] == 1).all()


def test_equal_items_have_alpha_one_and_tenths_that_do_not_vary_have_none():
    same = pd.DataFrame({"a": [1, 2, 5], "b": [1, 2, 5], "c": [1, 2, 5]})
    assert cronbach_alpha(same)["estimate"].item() == pytest.approx(1)
    still = pd.DataFrame({"a": [0.1] * 3, "b": [0.3] * 3})
    assert np.isnan(cronbach_alpha(still)["estimate"].item())
    assert corrected_item_total(still)["estimate"].isna().all()


@pytest.mark.parametrize("rows", [0, 1])
def test_no_or_one_respondent_gives_no_alpha(rows):
    few = pd.DataFrame({"a": [1] * rows, "b": [2] * rows}, dtype="Int64")
    assert np.isnan(cronbach_alpha(few)["estimate"].item())
    assert cronbach_alpha(few)["n"].item() == rows


@pytest.mark.parametrize("statistic", [cronbach_alpha, corrected_item_total])
def test_one_item_or_text_is_refused(statistic):
    with pytest.raises(ValueError, match="items: expected at least two columns; found 1"):
        statistic(pd.DataFrame({"a": [1, 2]}))
    with pytest.raises(ValueError, match="items: expected numbers; found text in b"):
        statistic(pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}))


ITEMS = pd.DataFrame({"a": [1, 2, None], "b": [4, None, None], "c": [1, 3, 5]}, dtype="Int64")
SCALES = pd.DataFrame({"scale": ["second", "second", "first", "first"], "item": ["a", "b", "c", "a"]})


@pytest.mark.parametrize(
    ("minimum", "second", "first"),
    [(1, [2.5, 2.0, pd.NA], [1.0, 2.5, 5.0]), (2, [2.5, pd.NA, pd.NA], [1.0, 2.5, pd.NA])],
)
def test_scores_are_means_of_answered_items(minimum, second, first):
    expected = pd.DataFrame({"second": second, "first": first}, dtype="Float64")
    pd.testing.assert_frame_equal(score_scales(ITEMS, SCALES, minimum_answered=minimum), expected)


@given(grids, st.integers(1, 2))
def test_scores_lie_between_the_lowest_and_highest_answer(grid, minimum):
    scales = pd.DataFrame({"scale": "s", "item": named(grid).columns})
    scores = score_scales(named(grid), scales, minimum_answered=minimum)["s"].to_numpy(dtype=float)
    assert (scores >= grid.min(axis=1)).all()
    assert (scores <= grid.max(axis=1)).all()
    np.testing.assert_allclose(scores, grid.mean(axis=1))


@pytest.mark.parametrize(
    ("scales", "minimum", "message"),
    [
        ({"scale": ["s"], "item": ["z"]}, 1, "scales: expected items of the responses; found z"),
        ({"scale": ["s", "s"], "item": ["a", "a"]}, 1, "expected every item once per scale; found 'a' twice"),
        ({"scale": ["s"], "item": ["a"]}, 0, "minimum_answered: expected at least 1; found 0"),
        ({"scale": ["s"], "item": ["a"]}, 2, "minimum_answered: expected at most 1, the items of s; found 2"),
    ],
)
def test_scales_that_cannot_be_scored_are_refused(scales, minimum, message):
    with pytest.raises(ValueError, match=message):
        score_scales(ITEMS, pd.DataFrame(scales), minimum_answered=minimum)


RELATED = pd.DataFrame(
    {
        "a": [1, 2, 2, 3, 4, 4, 5, 5, 3, 1, 2, 5],
        "b": [2, 1, 3, 3, 5, 4, 4, 5, 2, 1, 3, 4],
        "c": [5, 3, 4, 4, 1, 2, 2, 1, 3, 4, 5, 3],
    }
)


def test_relations_equal_those_of_r():
    reference = pd.read_csv(Path(__file__).parents[1] / "reference" / "relations.csv")
    found = scale_relations(RELATED[["a"]], RELATED[["b", "c"]], confidence=0.95)
    for column in ("estimate", "p", "p_holm"):
        assert found[column].tolist() == pytest.approx(reference[column].tolist(), rel=1e-10)
    assert (found["ci_low"] < found["estimate"]).all() and (found["estimate"] < found["ci_high"]).all()


def test_relations_widen_with_their_number_and_miss_what_is_missing():
    alone = scale_relations(RELATED[["a"]], RELATED[["b"]], confidence=0.95).iloc[0]
    many = scale_relations(RELATED[["a"]], RELATED[["b", "c"]], confidence=0.95).iloc[0]
    assert many["ci_high"] - many["ci_low"] > alone["ci_high"] - alone["ci_low"]
    holes = RELATED.astype("Int64").mask(RELATED["a"] == 5)
    constant = RELATED[["b"]].assign(k=3)
    found = scale_relations(holes[["a"]], constant, confidence=0.95)
    assert found["n"].tolist() == [9, 9]
    assert np.isnan(found["estimate"].iloc[1]) and np.isnan(found["p_holm"].iloc[1])
    assert found["p_holm"].iloc[0] == found["p"].iloc[0]


def test_relations_refuse_other_respondents_and_other_levels():
    with pytest.raises(ValueError, match="same order"):
        scale_relations(RELATED[["a"]], RELATED[["b"]].iloc[::-1], confidence=0.95)
    with pytest.raises(ValueError, match="confidence: expected"):
        scale_relations(RELATED[["a"]], RELATED[["b"]], confidence=95)
