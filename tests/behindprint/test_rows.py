"""The exact set of frequency tables, listed; four ways of looking at it agree with brute force."""

import csv
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from brute_force import LIKERT, all_tables, printed, prints
from hypothesis import given
from hypothesis import strategies as st

from behindprint import (
    ROUNDING_RULES,
    PrintedRow,
    bounds,
    count_frequency_tables,
    frequency_tables,
    median_bounds,
    verdict,
)
from behindprint.existence import is_possible

REFERENCE = Path(__file__).parents[1] / "reference"
OPTION_SETS = [(1, 2, 3, 4, 5), (0, 1, 2, 3), (1, 2), (-2, -1, 0, 1, 2), (1, 3, 4, 7)]

rows = st.tuples(
    st.sampled_from(OPTION_SETS),
    st.integers(2, 8),
    st.integers(0, 1),
    st.sampled_from(ROUNDING_RULES),
    st.floats(0, 1),
    st.floats(0, 0.6),
    st.integers(0, 2),
)


@given(rows)
def test_the_four_views_agree_with_brute_force(case):
    options, n, ddof, rounding, place, spread, decimals = case
    width = options[-1] - options[0]
    mean, sd = printed(options[0] + place * width, decimals), printed(spread * width, decimals)
    choices = {"options": options, "ddof": ddof, "rounding": rounding}
    truth = [t for t in all_tables(n, options) if prints(t, options, mean, sd, ddof, rounding)]
    assert [tuple(t) for t in frequency_tables(mean, sd, n, **choices)] == sorted(truth)
    assert count_frequency_tables(mean, sd, n, **choices) == len(truth)
    assert verdict(mean, sd, n, **choices).word == ("consistent" if truth else "contradicted")
    weights = {options[-1]: 1, options[0]: -2}
    found = bounds(mean, sd, n, weights=weights, **choices)
    values = [Fraction(t[-1] - 2 * t[0], n) for t in truth]
    assert (found is None) == (not truth)
    assert found is None or (found.low, found.high) == (min(values), max(values))


@pytest.mark.parametrize("case", list(csv.DictReader((REFERENCE / "closure_counts.csv").open())))
def test_counts_equal_an_independent_enumeration(case):
    choices = {**LIKERT, "options": range(int(case["first"]), int(case["last"]) + 1), "decimal": "."}
    arguments = (case["mean"], case["sd"], int(case["n"]))
    assert len(frequency_tables(*arguments, **choices)) == int(case["tables"])
    assert count_frequency_tables(*arguments, **choices) == int(case["tables"])


@given(st.lists(st.integers(1, 5), min_size=2, max_size=160), st.integers(0, 2), st.integers(0, 1))
def test_numbers_computed_from_answers_are_never_flagged(answers, decimals, ddof):
    mean = printed(Fraction(sum(answers), len(answers)).__float__(), decimals)
    sd = printed(np.std(answers, ddof=ddof), decimals)
    choices = {"options": range(1, 6), "ddof": ddof, "rounding": "either"}
    row = PrintedRow(mean, sd, len(answers), **choices)
    assert is_possible(row)
    counts = tuple(answers.count(v) for v in range(1, 6))
    assert counts in {tuple(t) for t in frequency_tables(mean, sd, len(answers), **choices)}


def test_every_listed_table_prints_the_row_and_none_is_listed_twice():
    tables = frequency_tables("3,28", "0,93", 97, **LIKERT)
    assert len({tuple(t) for t in tables}) == len(tables) > 100
    assert all(prints(t.tolist(), range(1, 6), "3,28", "0,93", 1, "either") for t in tables)
    assert (tables.sum(axis=1) == 97).all()
    assert not tables.flags.writeable


def test_shares_cut_the_set_down_and_never_lose_the_truth():
    truth = (3, 10, 30, 34, 20)
    answers = np.repeat(range(1, 6), truth)
    row = (printed(answers.mean(), 2), printed(answers.std(ddof=1), 2), 97)
    free = frequency_tables(*row, **LIKERT)
    for shares in ({5: "21"}, {5: "20,6"}, {(4, 5): "56"}, {5: "21", 1: "3"}, {(1, 2, 3): "44", 5: "21"}):
        tables = frequency_tables(*row, shares=shares, **LIKERT)
        assert truth in {tuple(t) for t in tables}
        assert len(tables) < len(free) / 3
        assert count_frequency_tables(*row, shares=shares, **LIKERT) == len(tables)
        assert verdict(*row, shares=shares, **LIKERT).word == "consistent"
    assert verdict(*row, shares={5: "90"}, **LIKERT).word == "contradicted"


def test_one_published_percentage_narrows_the_set_as_measured():
    rows = [("3,28", "0,93"), ("3,06", "0,96"), ("3,42", "0,96"), ("2,85", "0,87"), ("3,81", "0,95")]
    before = [count_frequency_tables(m, s, 97, **LIKERT) for m, s in rows]
    after = []
    for mean, sd in rows:
        middle = frequency_tables(mean, sd, 97, **LIKERT)
        share = round(100 * middle[len(middle) // 2, 3] / 97)
        after.append(count_frequency_tables(mean, sd, 97, shares={4: str(share)}, **LIKERT))
    assert np.median(after) < np.median(before) / 10


def test_edges():
    assert frequency_tables("3,00", "0,00", 5, **LIKERT).tolist() == [[0, 0, 5, 0, 0]]
    assert frequency_tables("7,00", "0,50", 5, **LIKERT).shape == (0, 5)
    assert frequency_tables("3,00", "0,00", 1, **{**LIKERT, "ddof": 0}).tolist() == [[0, 0, 1, 0, 0]]
    assert bounds("3,00", "9,00", 5, weights={5: 1}, **LIKERT) is None
    assert median_bounds("3,00", "9,00", 5, **LIKERT) is None
    assert count_frequency_tables("3,00", "9,00", 5, **LIKERT) == 0
    assert count_frequency_tables("1,50", "0,58", 4, shares={1: "50", 2: "50"}, **LIKERT) == 1
    assert not verdict("3,33", "0,50", 10, **LIKERT).mean_alone


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"options": (3,)}, "options: expected two or more"),
        ({"options": (1, 1, 2)}, "options: expected two or more"),
        ({"options": (1, 2.5)}, r"options: expected two or more different whole numbers; found \(1, 2.5\)"),
        ({"ddof": 2}, "ddof: expected 1"),
        ({"rounding": "bankers"}, "rounding: expected one of"),
        ({"n": 1}, "n: expected a whole number above ddof"),
        ({"n": 9.5}, "n: expected a whole number"),
        ({"sd": "-0,10"}, "sd: expected a number of zero or more"),
        ({"shares": {7: "10"}}, "shares: expected options among"),
        ({"mean": "4.15"}, "decimal comma"),
    ],
)
def test_a_malformed_row_is_refused(change, message):
    given_row = {"mean": "4,15", "sd": "0,72", "n": 97, **LIKERT, **change}
    mean, sd, n = given_row.pop("mean"), given_row.pop("sd"), given_row.pop("n")
    with pytest.raises(ValueError, match=message):
        verdict(mean, sd, n, **given_row)


def test_options_in_any_order_and_shares_in_either_form_give_one_row():
    row = PrintedRow("4,15", "0,72", 97, (5, 4, 3, 2, 1), 1, "either", {5: "46", (4, 5): "71,1"})
    assert row.options == (1, 2, 3, 4, 5) and row.shares == (((5,), "46"), ((4, 5), "71,1"))
    assert PrintedRow("4,15", "0,72", 97, row.options, 1, "either", row.shares) == row
    assert replace(row, n=98).windows != row.windows
