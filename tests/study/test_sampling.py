"""Sampling figures, confidence intervals and tables of items."""

import csv
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behindprint import Reported
from loopbaanchecks.sampling import (
    PROPORTION_METHODS,
    item_table,
    margin_of_error,
    mean_interval,
    proportion_interval,
    required_sample_size,
)

REFERENCE = Path(__file__).parents[1] / "reference"
CASES = list(csv.DictReader((REFERENCE / "sampling.csv").open(encoding="utf8")))


def cases(quantity):
    """Rows of the reference file with their numbers as numbers."""
    chosen = [case for case in CASES if case["quantity"] == quantity]
    keys = ("x", "sd", "n", "population", "confidence", "low", "high")
    return [case | {key: float(case[key]) if case[key] else None for key in keys} for case in chosen]


def label(case):
    return f"{case['source']}-{case['method']}-{case['x']}-{case['population']}"


def keywords(case):
    return {"confidence": case["confidence"], "population": case["population"]}


# --- sampling figures ------------------------------------------------------------------------


def test_the_sampling_figures_of_the_report_need_the_finite_population_correction():
    assert required_sample_size(0.05, confidence=0.95, population=3000) == 341
    assert required_sample_size(0.05, confidence=0.95) == 385
    margins = [100 * margin_of_error(n, confidence=0.95, population=3000) for n in (254, 97)]
    assert [f"{margin:.2f}" for margin in margins] == ["5.88", "9.79"]
    assert f"{100 * margin_of_error(97, confidence=0.95):.2f}" == "9.95"


KREJCIE_MORGAN = {10: 10, 15: 14, 20: 19, 30: 28, 50: 44, 75: 63, 100: 80, 500: 217, 9000: 368}


@pytest.mark.parametrize(("population", "size"), KREJCIE_MORGAN.items())
def test_required_sizes_follow_the_table_of_krejcie_and_morgan(population, size):
    found = required_sample_size(0.05, confidence=0.95, population=population)
    assert found - 1 <= size <= found  # the table rounds to the nearest, required sizes round up


@given(
    st.floats(0.005, 0.5),
    st.floats(0.5, 0.999),
    st.none() | st.integers(1, 10**6),
    st.floats(0.01, 0.99),
)
def test_the_required_size_is_the_smallest_that_keeps_the_margin(margin, confidence, population, share):
    choices = {"confidence": confidence, "population": population, "share": share}
    n = required_sample_size(margin, **choices)
    assert 1 <= n <= (population or math.inf)
    assert margin_of_error(n, **choices) <= margin * (1 + 1e-9)
    assert n == 1 or margin_of_error(n - 1, **choices) > margin * (1 - 1e-9)


def test_edges_of_sampling_figures():
    assert margin_of_error(50, confidence=0.9, population=50) == 0
    assert margin_of_error(1, confidence=0.9, population=1) == 0
    assert margin_of_error(1, confidence=0.9) == pytest.approx(1.6448536 / 2)
    assert margin_of_error(9, confidence=0.9, share=0) == margin_of_error(9, confidence=0.9, share=1) == 0
    assert required_sample_size(0.05, confidence=0.95, share=0) == 1
    assert required_sample_size(0.05, confidence=0.95, population=1, share=0) == 1
    assert required_sample_size(1e-9, confidence=0.95, population=7) == 7


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: required_sample_size(0, confidence=0.95), "margin: expected.*found 0"),
        (lambda: required_sample_size(0.05, confidence=95), "confidence: expected.*found 95"),
        (lambda: required_sample_size(0.05, confidence=0.9, share=1.2), "share: expected 0 to 1; found 1.2"),
        (lambda: required_sample_size(0.05, confidence=0.9, population=0), "population: .*found 0"),
        (lambda: margin_of_error(0, confidence=0.9), "n: expected whole numbers of at least 1; found 0"),
        (lambda: margin_of_error(5.5, confidence=0.9), "n: .*found 5.5"),
        (lambda: margin_of_error(5, confidence=0.9, population=4), "at most the population of 4; found 5"),
        (lambda: margin_of_error(5, confidence=0.9, population=9.5), "population: .*found 9.5"),
        (lambda: margin_of_error(5, confidence=math.nan), "confidence: .*found nan"),
        (lambda: mean_interval(4, 1, 1, confidence=0.9), "n: .*at least 2; found 1"),
        (lambda: mean_interval(4, 1, 9, confidence=0), "confidence"),
        (lambda: mean_interval(pd.Series([4]), pd.Series([1], [7]), 9, confidence=0.9), "same index"),
        (lambda: proportion_interval(1, 9, confidence=0.9, method="wald"), "method: .*wilson.*found 'wald'"),
        (lambda: proportion_interval(1, 9, confidence=1, method="beta"), "confidence"),
        (lambda: proportion_interval([1, 10], 9, confidence=0.9, method="beta"), "count: .*found 10 of 9"),
        (lambda: proportion_interval(-1, 9, confidence=0.9, method="beta"), "count: .*at least 0; found -1"),
        (lambda: proportion_interval(0.5, 9, confidence=0.9, method="beta"), "count: .*found 0.5"),
        (lambda: proportion_interval(1, 9, confidence=0.9, method="beta", population=8), "population of 8"),
    ],
)
def test_impossible_sampling_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- intervals -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("mean"), ids=label)
def test_mean_intervals_equal_those_of_r(case):
    (row,) = mean_interval(case["x"], case["sd"], case["n"], **keywords(case)).itertuples()
    assert (row.ci_low, row.ci_high) == pytest.approx((case["low"], case["high"]), abs=1e-11)
    assert row.method == ("t, finite population" if case["population"] else "t")


@pytest.mark.parametrize("case", cases("proportion"), ids=label)
def test_proportion_intervals_equal_those_of_r(case):
    choices = keywords(case) | {"method": case["method"]}
    (row,) = proportion_interval(case["x"], case["n"], **choices).itertuples()
    assert (row.ci_low, row.ci_high) == pytest.approx((case["low"], case["high"]), abs=1e-11)


NEWCOMBE = [  # Statistics in Medicine 17 (1998) 857-872, table I
    (81, 263, "wilson", 0.2553, 0.3662),
    (15, 148, "wilson", 0.0624, 0.1605),
    (0, 20, "wilson", 0.0, 0.1611),
    (1, 29, "wilson", 0.0061, 0.1718),
    (81, 263, "beta", 0.2527, 0.3676),
    (81, 263, "normal", 0.2522, 0.3638),
]


@pytest.mark.parametrize(("count", "n", "method", "low", "high"), NEWCOMBE)
def test_proportion_intervals_equal_those_in_newcombe(count, n, method, low, high):
    (row,) = proportion_interval(count, n, confidence=0.95, method=method).itertuples()
    assert (round(row.ci_low, 4), round(row.ci_high, 4)) == (low, high)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("method", PROPORTION_METHODS)
def test_proportion_intervals_shrink_with_the_population_and_vanish_when_all_answered(method):
    counts = pd.Series([0, 1, 30, 97], index=list("abcd"))
    choices = {"confidence": 0.9, "method": method}
    free, drawn, whole = (
        proportion_interval(counts, 97, **choices, population=population) for population in (None, 300, 97)
    )
    assert list(free.columns) == ["count", "estimate", "ci_low", "ci_high", "n", "method"]
    assert list(drawn.index) == list("abcd")
    assert set(drawn["method"]) == {f"{method}, finite population"}
    for frame in (free, drawn, whole):
        assert ((frame["ci_low"] >= 0) & (frame["ci_high"] <= 1) & (frame["n"] == 97)).all()
    assert (free["ci_high"] - free["ci_low"] >= drawn["ci_high"] - drawn["ci_low"]).all()
    assert whole["ci_low"].equals(whole["estimate"]) and whole["ci_high"].equals(whole["estimate"])
    assert np.isfinite(proportion_interval([0, 1], 1, **choices)["ci_high"]).all()


def test_intervals_take_one_number_lists_series_and_their_own_n():
    one = mean_interval(4.25, 0.58, 97, confidence=0.95)
    series = pd.Series([4.25, 4.01], index=["x", "y"])
    many = mean_interval(series, [0.58, 0.58], pd.Series([97, 28], index=["x", "y"]), confidence=0.95)
    assert list(many.index) == ["x", "y"] and list(many["n"]) == [97, 28]
    assert list(one.columns) == list(many.columns) == ["estimate", "ci_low", "ci_high", "n", "method"]
    assert tuple(many.loc["x"]) == tuple(one.loc[0])
    exact = mean_interval(Reported("4,25").value, Reported("0,58").value, 97, confidence=0.95)
    assert exact.equals(one)
    by_n = proportion_interval([5, 5], [10, 20], confidence=0.95, method="wilson")
    assert list(by_n["estimate"]) == [0.5, 0.25]


# --- items -----------------------------------------------------------------------------------


def test_the_item_table_counts_the_missing_and_equals_r():
    answers = np.repeat([1, 2, 3, 4, 5, np.nan], [3, 10, 30, 34, 20, 6])
    frame = pd.DataFrame({"a": answers, "b": pd.array([2] + [None] * 102, dtype="Int64"), "c": np.nan})
    case = next(case for case in cases("mean") if case["confidence"] == 0.95 and not case["population"])
    table = item_table(frame, items=["a", "b", "c"], confidence=0.95, ddof=1)
    assert list(table.columns) == ["item", "n", "n_missing", "mean", "sd", "ci_low", "ci_high"]
    assert table["n"].tolist() == [97, 1, 0] and table["n_missing"].tolist() == [6, 102, 103]
    expected = [case[key] for key in ("x", "sd", "low", "high")]
    assert table.loc[0, ["mean", "sd", "ci_low", "ci_high"]].tolist() == pytest.approx(expected, abs=1e-11)
    assert table.loc[1, "mean"] == 2 and table.loc[1, ["sd", "ci_low", "ci_high"]].isna().all()
    assert table.loc[2, ["mean", "sd", "ci_low", "ci_high"]].isna().all()
    whole = item_table(frame, items=["a"], confidence=0.95, ddof=0)
    assert whole["sd"][0] == pytest.approx(np.nanstd(answers))
    assert whole["ci_low"][0] == table["ci_low"][0]


@pytest.mark.parametrize(
    ("items", "choices", "message"),
    [
        (["a", "z"], {}, "items: expected columns.*not found: z"),
        (["a", "text"], {}, "items: expected numbers.*text"),
        (["a"], {"ddof": 2}, "ddof: expected 1.*found 2"),
        (["a"], {"confidence": 95}, "confidence"),
    ],
)
def test_what_is_no_item_is_refused(items, choices, message):
    frame = pd.DataFrame({"a": [1, 2], "text": ["4,1", "5"]})
    with pytest.raises(ValueError, match=message):
        item_table(frame, items=items, **{"confidence": 0.95, "ddof": 1} | choices)
