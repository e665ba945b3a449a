"""Drawn data print the numbers they were drawn from, with any rounding of halves."""

import itertools
from collections import Counter
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from brute_force import LIKERT, all_tables
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from behindprint import (
    PrintedScale,
    Reported,
    draw_items,
    draw_total_tables,
    draw_totals,
    frequency_tables,
    largest_frequency_tables,
    shuffled_answers,
)

FIVE = (1, 2, 3, 4, 5)


def check_exactly(totals, scale):
    """Mean and SD of totals / items lie strictly inside what prints, so every rounding of halves agrees."""
    n, k, s, q = len(totals), scale.items, sum(totals), sum(t * t for t in totals)
    mean, sd = Reported(scale.mean, scale.decimal), Reported(scale.sd, scale.decimal)
    assert mean.low < Fraction(s, n * k) < mean.high
    variance = Fraction(n * q - s * s, n * (n - scale.ddof) * k * k)
    assert max(sd.low, Fraction(-1)) ** 2 < variance < sd.high**2


def printed_from(totals, k, ddof):
    scores = np.array(totals) / k
    return [f"{x:.2f}".replace(".", ",") for x in (scores.mean(), scores.std(ddof=ddof))]


@given(st.data())
def test_numbers_of_real_answers_are_always_matched(data):
    k, ddof = data.draw(st.integers(2, 9)), data.draw(st.integers(0, 1))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    chances = rng.dirichlet(np.ones(5))
    real = rng.choice(5, p=chances, size=(97, k)).sum(axis=1) + k
    scale = PrintedScale(*printed_from(real, k, ddof), items=k, options=FIVE, ddof=ddof)
    totals = draw_totals(scale, np.ones(97, dtype=int), rng=rng)
    assert k <= totals.min() <= totals.max() <= 5 * k
    check_exactly(totals.tolist(), scale)
    answers = draw_items(scale, totals, rng=rng)
    assert answers.shape == (97, k) and set(answers.ravel()) <= set(FIVE)
    assert (answers.sum(axis=1) == totals).all()


@pytest.mark.parametrize("seed", range(5))
def test_group_means_print_too(seed):
    scale = PrintedScale(
        "4.01", "0.59", items=4, options=FIVE, ddof=1, group_means=("3.8", "4.1"), decimal="."
    )
    groups = np.repeat([1, 2], [28, 69])
    totals = draw_totals(scale, groups, rng=np.random.default_rng(seed))
    check_exactly(totals.tolist(), scale)
    assert [f"{totals[groups == code].mean() / 4:.1f}" for code in (1, 2)] == ["3.8", "4.1"]


def test_the_largest_set_is_that_of_the_largest_number_that_fits():
    tables = largest_frequency_tables("4,15", "0,72", 97, **LIKERT)
    assert tables.tolist() == frequency_tables("4,15", "0,72", 94, **LIKERT).tolist()
    assert all(len(frequency_tables("4,15", "0,72", n, **LIKERT)) == 0 for n in (95, 96, 97))
    assert largest_frequency_tables("4,15", "0,72", 98, **LIKERT).sum(axis=1).tolist()[0] == 98


@given(st.lists(st.integers(0, 9), min_size=5, max_size=5), st.integers(0, 5), st.integers(0, 99))
def test_shuffled_answers_are_those_of_the_table(counts, missing, seed):
    n = sum(counts) + missing
    answers = pd.Series(shuffled_answers(FIVE, np.array(counts), n, rng=np.random.default_rng(seed)))
    assert len(answers) == n and answers.isna().sum() == missing
    assert [int((answers == option).sum()) for option in FIVE] == counts


def test_every_order_of_answers_is_drawn():
    rng = np.random.default_rng(1)
    orders = {tuple(shuffled_answers((1, 2), np.array([1, 2]), 3, rng=rng)) for _ in range(100)}
    assert orders == {(1, 2, 2), (2, 1, 2), (2, 2, 1)}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: largest_frequency_tables("4,2", "3,1", 97, **LIKERT, name="goal"), "goal: .* 2 to 97 .*3,1"),
        (lambda: shuffled_answers(FIVE, np.ones(5, dtype=int), 4, rng=None), "at most 4 answers; found 5"),
        (lambda: PrintedScale("3,0", "1,0", 0, FIVE, 1), "scale: items: expected at least 1; found 0"),
        (
            lambda: PrintedScale("3,0", "1,0", 4, (1, 3, 5), 1),
            r"consecutive .* found \(1, 3, 5\)",
        ),
        (lambda: PrintedScale("3,0", "1,0", 4, FIVE, 2), "ddof: expected 1"),
        (
            lambda: draw_totals(PrintedScale("3,0", "1,0", 4, FIVE, 1), np.array([1, 1, 2]), rng=None),
            "groups: expected as many as group means",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(("mean", "sd"), [("5,20", "0,50"), ("4,00", "2,90"), ("4,90", "0,90")])
def test_a_scale_that_no_totals_print_is_refused(mean, sd):
    scale = PrintedScale(mean, sd, 4, FIVE, ddof=1, name="insight")
    with pytest.raises(RuntimeError, match="insight: expected totals of 4 items .* found none at all"):
        draw_totals(scale, np.ones(97, dtype=int), rng=np.random.default_rng(0))


def squares_that_fit(scale, tables):
    """Whether totals with these tables, one per group, print the scale and its group means."""
    totals = np.arange(scale.ends[0], scale.ends[1] + 1)
    answers = [np.repeat(totals, table) for table in tables]
    together = np.concatenate(answers)
    n, k = len(together), scale.items
    mean = Fraction(int(together.sum()), n * k)
    variance = Fraction(int(n * (together**2).sum() - together.sum() ** 2), n * (n - scale.ddof) * k * k)
    inside = Reported(scale.mean).low < mean < Reported(scale.mean).high
    inside &= max(Reported(scale.sd).low, Fraction(-1)) ** 2 < variance < Reported(scale.sd).high ** 2
    means = [Fraction(int(part.sum()), len(part) * k) for part in answers]
    pairs = zip(means, scale.group_means, strict=False)
    return inside and all(Reported(text).low < value < Reported(text).high for value, text in pairs)


@pytest.mark.parametrize(
    ("scale", "sizes"),
    [
        (PrintedScale("1,7", "0,6", 2, (1, 2, 3), ddof=1), (7,)),
        (PrintedScale("2,2", "0,5", 2, (1, 2, 3), ddof=0), (8,)),
        (PrintedScale("1,9", "0,5", 2, (1, 2, 3), ddof=1, group_means=("2", "2")), (3, 4)),
    ],
)
def test_tables_of_totals_are_uniform_over_all_that_print_the_scale(scale, sizes):
    """Every table that brute force finds is drawn, and chi-square finds no preference."""
    k = scale.ends[1] - scale.ends[0] + 1
    each = itertools.product(*(list(all_tables(n, range(k))) for n in sizes))
    truth = {tables for tables in each if squares_that_fit(scale, tables)}
    rng = np.random.default_rng(7)
    draws = 60 * len(truth)
    drawn = Counter(
        tuple(map(tuple, draw_total_tables(scale, np.array(sizes), rng=rng).tolist())) for _ in range(draws)
    )
    assert set(drawn) == truth and len(truth) > 2
    assert stats.chisquare(list(drawn.values())).pvalue > 0.001
