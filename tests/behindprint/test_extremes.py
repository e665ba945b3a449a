"""Bounds are those of every dataset, whether the set is listed or solved."""

import numpy as np
import pytest
from brute_force import LIKERT, all_tables, printed, prints, table_of
from hypothesis import given
from hypothesis import strategies as st

from behindprint import bound_rows, bounds, count_frequency_tables, frequency_tables, median_bounds, verdict


def test_bounds_by_integer_programming_equal_bounds_by_listing():
    for mean, sd in (("4,02", "0,92"), ("3,52", "1,29"), ("2,20", "1,12"), ("4,80", "0,66")):
        for weights in ({4: 1, 5: 1}, {1: 1}, {1: -1, 3: 2, 5: 1}):
            listed = bounds(mean, sd, 97, weights=weights, **LIKERT)
            solved = bounds(mean, sd, 97, weights=weights, list_at_most=1, **LIKERT)
            assert (listed.method, solved.method) == ("listed", "milp")
            assert (listed.low, listed.high) == (solved.low, solved.high)


def test_bounds_are_exact_where_the_set_cannot_be_listed():
    choices = {"options": range(11), "ddof": 1, "rounding": "either"}
    with pytest.raises(ValueError, match="use count_frequency_tables or bounds"):
        frequency_tables("6,24", "2,15", 300, **choices)
    found = bounds("6,24", "2,15", 300, weights=dict.fromkeys(range(8, 11), 1), **choices)
    assert found.method == "milp"
    assert 0 <= found.low < found.high <= 1
    assert (found.low * 300).denominator == (found.high * 300).denominator == 1


@given(st.lists(st.integers(1, 5), min_size=3, max_size=8))
def test_median_bounds_equal_the_medians_of_every_dataset(answers):
    n = len(answers)
    mean, sd = printed(np.mean(answers), 1), printed(np.std(answers, ddof=1), 1)
    truth = [t for t in all_tables(n, range(1, 6)) if prints(t, range(1, 6), mean, sd, 1, "either")]
    medians = [np.median(np.repeat(range(1, 6), t)) for t in truth]
    found = median_bounds(mean, sd, n, **LIKERT)
    assert (float(found.low), float(found.high)) == (min(medians), max(medians))


def test_weights_must_be_options_and_sizes_must_be_countable():
    with pytest.raises(ValueError, match="weights: expected options among"):
        bounds("4,15", "0,72", 97, weights={6: 1}, **LIKERT)
    with pytest.raises(ValueError, match="expected a set small enough to count; found one between"):
        count_frequency_tables("5,0", "2,0", 900, options=range(11), ddof=1, rounding="either")
    gaps = [v for v in range(101) if v != 50]
    with pytest.raises(ValueError, match="too large to check exactly"):
        verdict("50,0", "9,0", 500, options=gaps, ddof=1, rounding="either")


def test_bounds_of_a_table_leave_out_impossible_rows_and_order_the_rest():
    rows = table_of((9, "4,15", "0,72"), (10, "4,02", "0,92"), (10, "2,20", "1,12"), (11, "4,19", "0,85"))
    found = bound_rows(rows, 97, ddof=1, rounding="either")
    assert found.index.tolist() == ["r1", "r2", "r3"]
    alone = bounds("4,02", "0,92", 97, weights={4: 1, 5: 1}, **LIKERT)
    assert found.loc["r1", ["high_low", "high_high"]].tolist() == [float(alone.low), float(alone.high)]
    assert found["certainly_above"].tolist() == [1, 0, 0]
    assert found["certainly_below"].tolist() == [0, 1, 0]
    assert (found["median_low"] <= found["median_high"]).all()
