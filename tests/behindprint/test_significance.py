"""Test statistics against p values: cases that statcheck's own tests publish, and simulated truth."""

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from behindprint import PrintedTest, is_true_under_a_reading, readings_of_test

CASES = list(csv.DictReader((Path(__file__).parents[1] / "reference" / "statcheck_cases.csv").open()))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']} {case['value']} {case['p']}")
def test_cases_of_statcheck_have_its_verdict_unless_a_side_explains_them(case):
    df = tuple(float(part) for part in case["df"].split(";") if part)
    printed = PrintedTest(case["kind"], case["value"], case["p"], df, decimal=".")
    assert is_true_under_a_reading(printed) == (case["true_under"] != "none")
    fitting = readings_of_test(printed).query("fits")["sides"].unique().tolist()
    assert (case["true_under"] in fitting) or (case["true_under"] == "none" and not fitting)


@pytest.mark.parametrize("kind", ["t", "F", "chi2", "r", "z"])
def test_numbers_that_were_computed_and_rounded_are_never_flagged(kind):
    rng = np.random.default_rng(3)
    for _ in range(60):
        df = {"t": (17,), "F": (2, 28), "chi2": (3,), "r": (28,), "z": ()}[kind]
        value = rng.uniform(0, 0.6) if kind == "r" else rng.uniform(0, 4)
        exact = PrintedTest(kind, f"{value:.12f}", "0.5", df, decimal=".").p_of(value)
        for places, p_places in ((1, 2), (2, 3), (3, 2)):
            cut = np.floor(exact * 10**p_places) / 10**p_places
            below, above = f"<{min(exact + 0.01, 1):.6f}", f">{max(exact - 1e-6, 0):.7f}"
            for p in (f"{exact:.{p_places}f}", f"{cut:.{p_places}f}", below, above):
                printed = PrintedTest(kind, f"{value:.{places}f}", p, df, decimal=".")
                assert is_true_under_a_reading(printed), (value, exact, p)


def test_one_sided_values_are_a_reading_and_say_so():
    p = stats.t.sf(2.20, 28)
    found = readings_of_test(PrintedTest("t", "2.20", f"{p:.3f}", (28,), decimal=".")).query("fits")
    assert set(found["sides"]) == {"one"}
    other = readings_of_test(PrintedTest("t", "-2.20", f"{1 - p:.3f}", (28,), decimal=".")).query("fits")
    assert set(other["sides"]) == {"one, other direction"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("q", "1,0", "0,5", (3,)), "kind: expected one of t, F"),
        (("F", "1,0", "0,5", (3,)), "df: expected 2 degrees of freedom"),
        (("t", "1,0", "0,5", (0,)), "df: expected 1 degrees of freedom above 0"),
        (("F", "-1,0", "0,5", (3, 4)), "F: expected a number of zero or more"),
        (("r", "1,2", "0,5", (3,)), "r: expected a number from -1 to 1"),
        (("t", "1,2", "1,5", (3,)), "p: expected a number from 0 to 1"),
        (("t", "1.2", "0,5", (3,)), "decimal comma"),
    ],
)
def test_what_cannot_be_a_test_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        PrintedTest(*arguments)
