"""Ten digits decide: sums in another order, other processors, halves."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expect import exact, settled, settled_frame

FLOATS = st.floats(allow_nan=False, allow_infinity=False)


@given(FLOATS)
def test_settling_twice_is_settling_once_and_moves_by_less_than_the_tenth_digit(value):
    assert settled(settled(value)) == settled(value)
    assert settled(value) == pytest.approx(value, rel=5.1e-10, abs=0)


@given(st.lists(st.integers(1, 9999), min_size=1, max_size=20), st.randoms())
def test_a_sum_is_the_same_in_any_order(values, random):
    parts = [value / 7000 for value in values]
    turned = random.sample(parts, len(parts))
    assert settled(sum(parts)) == settled(sum(turned))


def test_whole_numbers_and_what_is_no_number_stay():
    assert settled(2.0**70) == 2.0**70
    assert settled(float("inf")) == float("inf")
    assert np.isnan(settled(np.array([np.nan]))).all()
    assert settled(np.array([[0.1 + 0.2]])).tolist() == [[0.3]]


def test_a_series_keeps_its_index_and_a_frame_its_other_columns():
    series = pd.Series([0.1 + 0.2, pd.NA], index=["a", "b"], name="share", dtype="Float64")
    found = settled(series)
    assert found.index.tolist() == ["a", "b"] and found.name == "share"
    assert found["a"] == 0.3 and np.isnan(found["b"])
    frame = settled_frame(pd.DataFrame({"share": series, "n": [3, 4], "label": ["x", "y"]}))
    assert frame["share"].dtype == "Float64" and frame["share"].isna().tolist() == [False, True]
    assert frame["n"].tolist() == [3, 4]


@given(st.integers(0, 10**6), st.integers(0, 4))
def test_a_decimal_fraction_is_read_as_it_is_written(digits, places):
    assert exact(digits / 10**places) == Fraction(digits, 10**places)
    assert exact(Fraction(1, 3)) == Fraction(1, 3)
    assert exact(np.int64(digits)) == digits
