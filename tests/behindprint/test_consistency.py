"""The exact set of frequency tables: listed, counted, decided and optimised in agreement."""

import csv
import itertools
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behindprint import verdicts as consistency
from behindprint.reported import ROUNDING_RULES, Reported
from behindprint.verdicts import (
    bounds,
    count_frequency_tables,
    frequency_tables,
    median_bounds,
    possible_sizes,
    printed_row,
    repairs,
    verdict,
)
from loopbaanchecks.study import Study

REFERENCE = Path(__file__).parents[1] / "reference"
LIKERT = {"options": range(1, 6), "ddof": 1, "rounding": "either"}
OPTION_SETS = [(1, 2, 3, 4, 5), (0, 1, 2, 3), (1, 2), (-2, -1, 0, 1, 2), (1, 3, 4, 7)]


def all_tables(n, options):
    """Every frequency table of n respondents, by stars and bars."""
    k = len(options)
    for bars in itertools.combinations(range(n + k - 1), k - 1):
        edges = (-1, *bars, n + k - 1)
        yield tuple(b - a - 1 for a, b in itertools.pairwise(edges))


def prints(table, options, mean, sd, ddof, rounding):
    """Whether a table prints a mean and SD, straight from the definitions, in fractions."""
    n = sum(table)
    average = Fraction(sum(f * v for f, v in zip(table, options, strict=True)), n)
    variance = sum(f * (v - average) ** 2 for f, v in zip(table, options, strict=True)) / Fraction(n - ddof)
    interval = Reported(sd).interval(rounding)
    above = variance > max(interval.low, 0) ** 2 or (
        variance == max(interval.low, 0) ** 2 and (interval.low_included or interval.low < 0)
    )
    below = variance < interval.high**2 or (variance == interval.high**2 and interval.high_included)
    return average in Reported(mean).interval(rounding) and above and below


def printed(value, decimals):
    return f"{value:.{decimals}f}".replace(".", ",")


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
    row = printed_row(mean, sd, len(answers), **choices)
    assert consistency._exists(row)
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


@pytest.mark.parametrize(("mean", "sd", "n", "last"), [("5,1", "2,3", 60, 10), ("4,25", "1,50", 120, 7)])
def test_counting_without_a_list_agrees_on_wide_scales(mean, sd, n, last):
    choices = {"options": range(1, last + 1) if last == 7 else range(6), "ddof": 1, "rounding": "half_up"}
    mean = mean if last == 7 else "2,6"
    sd = sd if last == 7 else "1,1"
    assert count_frequency_tables(mean, sd, n, **choices) == len(frequency_tables(mean, sd, n, **choices))


def test_counting_reaches_eleven_options_and_hundreds_of_respondents():
    choices = {"options": range(11), "ddof": 1, "rounding": "either"}
    count = count_frequency_tables("5,0", "1,00", 200, **choices)
    mirrored = count_frequency_tables("-5,0", "1,00", 200, **{**choices, "options": range(-10, 1)})
    assert count == mirrored > 10**7


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


def test_the_two_rows_that_do_not_fit_97_and_what_would_mend_them():
    sizes = range(93, 101)
    fits = possible_sizes([("4,15", "0,72"), ("3,90", "1,00")], sizes, **LIKERT)
    assert not fits.loc[97, [0, 1]].any()
    assert list(fits.index[fits[0]]) == [93, 94, 98, 99, 100]
    assert [n for n in fits.index[fits[1]] if n < 100] == [93, 94, 96, 98]
    assert (fits["all"] == (fits[0] & fits[1])).all()
    mended = repairs("4,15", "0,72", 97, sizes=sizes, **LIKERT)
    assert set(zip(mended["change"], mended["steps"], strict=True)) >= {("n", 1), ("n", -3), ("mean", 1)}
    for row in mended.itertuples():
        assert len(frequency_tables(row.mean, row.sd, row.n, **LIKERT))
    assert repairs("4,14", "0,72", 97, sizes=sizes, **LIKERT).empty


def test_power_is_the_share_of_printed_pairs_that_no_dataset_prints():
    n, options = 12, (1, 2, 3, 4, 5)
    row = printed_row("3,00", "1,00", n, options=options, ddof=1, rounding="half_up")
    possible = {
        (
            round(Decimal2(np.repeat(options, t).mean())),
            round(Decimal2(np.std(np.repeat(options, t), ddof=1))),
        )
        for t in all_tables(n, options)
    }
    pairs = flagged = 0
    for mean, sd in itertools.product(range(100, 501), range(90, 111)):
        room = (Fraction(mean, 100) - 1) * (5 - Fraction(mean, 100)) * Fraction(n, n - 1)
        if Fraction(2 * sd - 1, 200) ** 2 <= room:
            pairs += 1
            flagged += (mean, sd) not in possible
    assert consistency.power(row) == pytest.approx(flagged / pairs, abs=2e-3)


class Decimal2(float):
    """A number that rounds to hundredths, halves up."""

    def __round__(self):
        return math.floor(self * 100 + 0.5 + 1e-9)


def test_power_falls_with_the_spread_and_vanishes_at_one_decimal():
    values = [
        consistency.power(printed_row("3,00", sd, 97, **LIKERT)) for sd in ("0,40", "0,60", "0,80", "1,00")
    ]
    assert values == sorted(values, reverse=True)
    assert [round(v, 1) for v in values] == [0.8, 0.4, 0.3, 0.1]
    assert consistency.power(printed_row("4,2", "1,1", 97, **LIKERT)) == 0


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


def test_weights_must_be_options_and_sizes_must_be_countable():
    with pytest.raises(ValueError, match="weights: expected options among"):
        bounds("4,15", "0,72", 97, weights={6: 1}, **LIKERT)
    with pytest.raises(ValueError, match="too large to count"):
        count_frequency_tables("5,0", "2,0", 900, options=range(11), ddof=1, rounding="either")
    with pytest.raises(ValueError, match="too large to check exactly"):
        verdict("50,0", "9,0", 500, options=range(101), ddof=1, rounding="either")


def table_of(*rows):
    """Printed rows as a frame: (table, mean, sd), five options each."""
    frame = pd.DataFrame(rows, columns=["table", "mean", "sd"], index=[f"r{i}" for i in range(len(rows))])
    return frame.assign(options=[(1, 2, 3, 4, 5)] * len(rows))


def test_whole_tables_of_rows_say_what_the_single_rows_say():
    rows = table_of((9, "4,15", "0,72"), (9, "4,07", "0,92"), (10, "2,20", "1,12"), (10, "4,02", "0,92"))
    chosen = {"ddof": 1, "rounding": "either"}
    checked = consistency.check_rows(rows, 97, **chosen)
    assert checked["verdict"].tolist() == ["contradicted", "consistent", "consistent", "consistent"]
    for row in rows.join(checked).itertuples():
        assert row.tables == len(frequency_tables(row.mean, row.sd, 97, **LIKERT))
        assert row.power == verdict(row.mean, row.sd, 97, **LIKERT).power
    fit = consistency.fit_rows(
        rows.assign(options=[(1, 2, 3, 4, 5)] * 3 + [(0, 1, 2, 3, 4, 5)]), [97, 98], **chosen
    )
    assert fit.index.tolist() == rows.index.tolist()
    assert fit.loc["r0"].tolist() == [False, True]


def test_bounds_of_a_table_leave_out_impossible_rows_and_order_the_rest():
    rows = table_of((9, "4,15", "0,72"), (10, "4,02", "0,92"), (10, "2,20", "1,12"), (11, "4,19", "0,85"))
    found = consistency.bound_rows(rows, 97, ddof=1, rounding="either")
    assert found.index.tolist() == ["r1", "r2", "r3"]
    alone = bounds("4,02", "0,92", 97, weights={4: 1, 5: 1}, **LIKERT)
    assert found.loc["r1", ["high_low", "high_high"]].tolist() == [float(alone.low), float(alone.high)]
    assert found["certainly_above"].tolist() == [1, 0, 0]
    assert found["certainly_below"].tolist() == [0, 1, 0]
    assert (found["median_low"] <= found["median_high"]).all()


def test_all_sixty_item_rows_of_the_report():
    study = Study()
    rows = study.items[study.items["kind"] == "item"]
    checked = consistency.check_rows(rows, int(study.printed("complete")), ddof=1, rounding="either")
    assert (checked["tables"] > 0).sum() == 58
    assert checked["tables"].max() == 23721
    odd = rows[checked["verdict"] == "contradicted"]
    assert list(zip(odd["table"], odd["row"], strict=True)) == [(9, 1), (10, 3)]
