"""Counts behind percentages are those of brute force, and never miss real ones."""

import decimal
import itertools
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from behindprint import ROUNDING_RULES, counts_behind_percentages, sizes_behind_percentages

WAYS = {
    "half_up": [decimal.ROUND_HALF_UP],
    "half_down": [decimal.ROUND_HALF_DOWN],
    "half_even": [decimal.ROUND_HALF_EVEN],
    "either": [decimal.ROUND_HALF_UP, decimal.ROUND_HALF_DOWN],
    "truncated": [decimal.ROUND_DOWN],
}


def percentage(count, n, places, way):
    """Count out of n as the decimal module prints its percentage."""
    with decimal.localcontext(prec=60):
        return f"{(Decimal(100 * count) / n).quantize(Decimal(1).scaleb(-places), rounding=way)}"


def test_published_percentages_have_one_solution_each():
    for printed, counts in (
        (("27", "47", "26"), [[26, 46, 25]]),
        (("64", "26", "10"), [[62, 25, 10]]),
        (("71,1", "28,9"), [[69, 28]]),
    ):
        for rounding in ROUNDING_RULES[:-1]:
            found = counts_behind_percentages(printed, 97, rounding=rounding)
            assert found.tolist() == counts and found.dtype == np.int64
    assert sizes_behind_percentages(("71,1", "28,9"), range(90, 105), rounding="half_up") == [90, 97]


answered = st.lists(st.integers(0, 60), min_size=1, max_size=6).filter(sum)


@given(answered, st.integers(0, 2), st.sampled_from(ROUNDING_RULES))
@example([1, 1, 198], 0, "half_even")  # halves
def test_percentages_of_real_counts_are_never_judged_impossible(counts, places, rounding):
    n = sum(counts)
    for way in WAYS[rounding]:
        printed = [percentage(count, n, places, way) for count in counts]
        choices = {"rounding": rounding, "decimal": "."}
        assert sizes_behind_percentages(printed, [n], **choices) == [n]
        assert sizes_behind_percentages(printed, [n], exhaustive=False, **choices) == [n]
        found = counts_behind_percentages(printed, n, **choices).tolist()
        assert counts in found
        assert all(sum(row) == n for row in found)


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 100), min_size=1, max_size=3),
    st.integers(1, 14),
    st.sampled_from(ROUNDING_RULES),
    st.booleans(),
)
@example([12, 88], 8, "half_even", True)  # an eighth is a half, exactly
@example([12], 8, "half_up", False)
@example([13], 8, "half_down", False)
def test_solutions_are_those_of_brute_force(printed, n, rounding, exhaustive):
    printed = [str(number) for number in printed]
    truth = [
        list(counts)
        for counts in itertools.product(range(n + 1), repeat=len(printed))
        if (sum(counts) == n or not exhaustive)
        and all(
            any(percentage(count, n, 0, way) == text for way in WAYS[rounding])
            for count, text in zip(counts, printed, strict=True)
        )
    ]
    choices = {"rounding": rounding, "exhaustive": exhaustive}
    assert counts_behind_percentages(printed, n, **choices).tolist() == truth
    assert sizes_behind_percentages(printed, [n], **choices) == ([n] if truth else [])


def test_edges_of_percentages():
    half_up = {"rounding": "half_up"}
    assert counts_behind_percentages(["100"], 1, **half_up).tolist() == [[1]]
    assert counts_behind_percentages(["0", "100"], 1, **half_up).tolist() == [[0, 1]]
    assert counts_behind_percentages(["50", "50"], 1, **half_up).shape == (0, 2)
    assert counts_behind_percentages(["-5", "105"], 40, **half_up).shape == (0, 2)
    many = {"exhaustive": False, **half_up}
    assert counts_behind_percentages(["64", "71"], 97, **many).tolist() == [[62, 69]]
    with pytest.raises(ValueError, match="at most 1,000,000 solutions.*n = 100000000"):
        counts_behind_percentages(["27", "47", "26"], 10**8, **half_up)
    assert sizes_behind_percentages(["27", "47", "26"], [10**8], **half_up) == [10**8]


@pytest.mark.parametrize(
    ("printed", "n", "rounding", "message"),
    [
        ("27", 97, "half_up", "percentages: expected a list of one or more texts; found '27'"),
        ([], 97, "half_up", "percentages"),
        (["27.5"], 97, "half_up", "decimal comma"),
        (["27"], 0, "half_up", "n: .*found 0"),
        (["27"], 9.5, "half_up", "n: .*found 9.5"),
        (["27"], 97, "nearest", "rounding"),
    ],
)
def test_malformed_percentages_are_refused(printed, n, rounding, message):
    with pytest.raises(ValueError, match=message):
        counts_behind_percentages(printed, n, rounding=rounding)
    with pytest.raises(ValueError, match=message):
        sizes_behind_percentages(printed, [n], rounding=rounding)
