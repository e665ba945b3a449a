"""Printed beside recalculated: exact, and silent where there is nothing to compare."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behindprint import Reported
from loopbaanchecks.comparison import (
    base,
    compare_group_means,
    compare_rows,
    compare_shares,
    exact_moments,
)


def printed(value, decimals=2):
    return f"{value:.{decimals}f}".replace(".", ",")


@given(st.lists(st.integers(1, 5), min_size=2, max_size=60), st.integers(1, 9))
def test_moments_of_scores_are_exact(totals, items):
    scores = pd.Series([total / items for total in totals])
    mean, variance = exact_moments(scores, ddof=1)
    truth = [Fraction(total, items) for total in totals]
    average = sum(truth) / len(truth)
    assert mean == average
    assert variance == sum((v - average) ** 2 for v in truth) / (len(truth) - 1)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=120))
def test_what_was_computed_from_the_answers_is_reproduced(answers):
    rows = pd.DataFrame(
        {"item": ["a"], "mean": [printed(np.mean(answers))], "sd": [printed(np.std(answers, ddof=1))]}
    )
    found = compare_rows(rows, pd.DataFrame({"a": answers}), ddof=1, rounding="either").iloc[0]
    assert found["verdict"] == "reproduced"
    assert found["n"] == len(answers)


def test_a_row_is_contradicted_by_its_mean_or_its_sd_and_says_what_it_found():
    responses = pd.DataFrame({"a": pd.array([1, 2, 3, None], dtype="Int64")})
    rows = pd.DataFrame({"item": ["a"] * 3, "mean": ["2,00", "2,01", "2,00"], "sd": ["1,00", "1,00", "1,01"]})
    found = compare_rows(rows, responses, ddof=1, rounding="half_up")
    assert found["verdict"].tolist() == ["reproduced", "contradicted", "contradicted"]
    assert found[["n", "n_missing"]].drop_duplicates().to_numpy().tolist() == [[3, 1]]
    assert found["mean_again"].tolist() == [2.0] * 3
    assert found["sd_again"].tolist() == [1.0] * 3


def test_a_half_is_judged_by_the_rule_and_not_by_a_float():
    responses = pd.DataFrame({"a": [1] * 171 + [2] * 29})  # mean 1.145 exactly
    row = pd.DataFrame({"item": ["a"], "mean": ["1,15"], "sd": ["0,35"]})
    words = {
        rule: compare_rows(row, responses, ddof=1, rounding=rule)["verdict"].item()
        for rule in ("half_up", "half_down")
    }
    assert words == {"half_up": "reproduced", "half_down": "contradicted"}


def test_without_answers_nothing_is_judged():
    rows = pd.DataFrame({"item": ["a", "b"], "mean": ["2,00"] * 2, "sd": ["1,00"] * 2})
    responses = pd.DataFrame({"a": pd.array([3, None], dtype="Int64")})
    found = compare_rows(rows, responses, ddof=1, rounding="either")
    assert found["verdict"].tolist() == ["not_checkable"] * 2
    assert found["n"].tolist() == [1, 0]
    assert found["mean_again"].isna().all()


@pytest.mark.parametrize(
    ("variance", "sd", "fits"), [("0", "0,00", True), ("0.000026", "0,00", False), ("1", "1,00", True)]
)
def test_an_sd_is_judged_by_its_square(variance, sd, fits):
    assert (Fraction(variance) in Reported(sd).interval("either").squared()) is fits


def test_shares_count_who_answered():
    figures = pd.DataFrame({"printed": ["66,7", "33", "10"], "variable": ["v", "v", "w"], "code": [1, 2, 1]})
    responses = pd.DataFrame({"v": pd.array([1, 1, 2, None], dtype="Int64")})
    found = compare_shares(figures, responses, rounding="half_up")
    assert found["verdict"].tolist() == ["reproduced", "reproduced", "not_checkable"]
    assert found["count"].tolist() == [2, 1, 0]
    assert found["n_missing"].tolist() == [1, 1, 4]


def test_group_means_take_the_group():
    means = pd.DataFrame({"item": ["a", "a", "b"], "code": [1, 2, 1], "printed": ["2,0", "4,0", "1,0"]})
    responses = pd.DataFrame({"a": [1, 3, 4, 5, None], "g": [1, 1, 2, 2, 2]})
    found = compare_group_means(means, responses, group="g", rounding="either")
    assert found["verdict"].tolist() == ["reproduced", "contradicted", "not_checkable"]
    assert found["n"].tolist() == [2, 2, 0]
    assert found["n_missing"].tolist() == [0, 1, 0]
    assert compare_group_means(means, responses, group="h", rounding="either")["n"].sum() == 0


def test_the_base_is_who_answered_anything():
    responses = pd.DataFrame({"a": [1, None, None], "b": [None, 2, None], "c": [1, 1, 1]})
    assert base(responses, ["a", "b", "absent"]).index.tolist() == [0, 1]
