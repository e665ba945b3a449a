"""The smallest effect that a test finds is that of R, and has the wanted power."""

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behindprint import detectable_difference, effect_with_power

REFERENCE = Path(__file__).parents[1] / "reference"
CASES = list(csv.DictReader((REFERENCE / "sampling.csv").open(encoding="utf8")))


def cases(quantity):
    """Rows of the reference file with their numbers as numbers."""
    chosen = [case for case in CASES if case["quantity"] == quantity]
    keys = ("x", "sd", "n", "population", "confidence", "low", "high")
    return [case | {key: float(case[key]) if case[key] else None for key in keys} for case in chosen]


def label(case):
    return f"{case['source']}-{case['method']}-{case['x']}-{case['population']}"


@pytest.mark.parametrize("case", cases("detectable"), ids=label)
def test_detectable_differences_equal_those_of_r(case):
    found = detectable_difference(int(case["x"]), int(case["n"]), case["sd"], alpha=0.05, power=0.8)
    assert found == pytest.approx(case["low"], rel=1e-6)
    unit = detectable_difference(int(case["x"]), int(case["n"]), alpha=0.05, power=0.8)
    assert unit * case["sd"] == pytest.approx(found)


@pytest.mark.parametrize(
    ("arguments", "choices", "message"),
    [
        ((1, 9), {}, "n1, n2: .*at least 2"),
        ((9, 9), {"alpha": 5}, "alpha: .*found 5"),
        ((9, 9, 0), {}, "sd above 0"),
        ((9, 9), {"alpha": 0.5, "power": 0.4}, "power above alpha"),
    ],
)
def test_impossible_arguments_are_refused(arguments, choices, message):
    with pytest.raises(ValueError, match=message):
        detectable_difference(*arguments, **{"alpha": 0.05, "power": 0.8} | choices)


@given(st.floats(0.01, 0.99), st.floats(1e-4, 100))
def test_the_effect_has_the_wanted_power(wanted, scale):
    effect = effect_with_power(lambda effect: 1 - math.exp(-effect / scale), wanted)
    assert effect == pytest.approx(-scale * math.log1p(-wanted), rel=1e-9)
