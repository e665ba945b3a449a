"""Scales of several items, negative, stepped and unknown scales, further constraints: by brute force."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from brute_force import all_tables, printed
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from behindprint import (
    MeanInterval,
    MeanTest,
    PrintedRow,
    Quantiles,
    Reported,
    bounds,
    frequency_tables,
    verdict,
)
from behindprint.counting import table_count
from behindprint.existence import is_possible
from behindprint.extremes import share_bounds
from behindprint.rows import list_tables

FOUR = {"options": (1, 2, 3, 4), "ddof": 1, "rounding": "either"}


def scores_of(items, least, options):
    """Every score of someone who answered `least` to `items` items."""
    every = itertools.chain.from_iterable(
        itertools.product(options, repeat=k) for k in range(least, items + 1)
    )
    return sorted({Fraction(sum(answers), len(answers)) for answers in every})


def behind(n, scores, keep):
    """Every frequency table of n scores that is kept."""
    tables = all_tables(n, scores)
    return [
        table for table in tables if keep([v for v, f in zip(scores, table, strict=True) for _ in range(f)])
    ]


def rounds_to(mean, sd, ddof=1):
    """Whether scores print a mean and SD, a half going either way."""
    m, s = Reported(mean).interval("either"), Reported(sd).interval("either").squared()

    def holds(answers):
        average = Fraction(sum(answers), len(answers))
        squares = sum((v - average) ** 2 for v in answers) / (len(answers) - ddof)
        return average in m and squares in s

    return holds


def agree(row, truth):
    """The verdict, the count, the list and the bounds are those of the true set."""
    assert is_possible(row) == bool(truth)
    assert [table_count(row).low, table_count(row).high] == [len(truth)] * 2
    if truth:
        found = share_bounds(row)
        counts = np.array(truth)
        assert (found["low"] * row.n).tolist() == counts.min(axis=0).tolist()
        assert (found["high"] * row.n).tolist() == counts.max(axis=0).tolist()


@pytest.mark.parametrize(
    ("items", "least", "options", "n"),
    [
        (2, 2, (1, 2, 3), 4),
        (3, 3, (0, 1, 2), 4),
        (2, 1, (1, 2, 3), 4),
        (3, 2, (0, 1), 4),
        (2, 2, (0, 1, 3), 4),
    ],
)
def test_means_of_several_items_equal_brute_force(items, least, options, n):
    scores = scores_of(items, least, options)
    width = options[-1] - options[0]
    for place, spread in itertools.product((0.1, 0.37, 0.5, 0.83), (0.05, 0.2, 0.33, 0.5)):
        mean, sd = printed(options[0] + place * width, 2), printed(spread * width, 1)
        row = PrintedRow(mean, sd, n, options, 1, "either", items=items, minimum_answered=least)
        assert list(row.scores) == scores
        truth = behind(n, scores, rounds_to(mean, sd))
        assert [
            tuple(t)
            for t in frequency_tables(
                mean, sd, n, options=options, ddof=1, rounding="either", items=items, minimum_answered=least
            )
        ] == truth
        agree(row, truth)


@pytest.mark.parametrize(
    "options",
    [(-2, -1, 0, 1, 2), (0, Fraction(1, 2), 1, Fraction(3, 2)), (-30, -20, -10, 0), (0, 25, 50, 100)],
)
def test_negative_and_stepped_scales_equal_brute_force(options):
    width = options[-1] - options[0]
    for place, spread in itertools.product((0.05, 0.35, 0.62, 0.9), (0.1, 0.31, 0.45)):
        mean, sd = printed(float(options[0] + place * width), 1), printed(float(spread * width), 1)
        agree(PrintedRow(mean, sd, 6, options, 1, "either"), behind(6, options, rounds_to(mean, sd)))


@given(st.lists(st.integers(-40, 40), min_size=2, max_size=5), st.integers(0, 2))
def test_whole_numbers_of_any_size_hold_the_truth(answers, decimals):
    n = len(answers)
    mean, sd = printed(np.mean(answers), decimals), printed(np.std(answers, ddof=1), decimals)
    row = PrintedRow(mean, sd, n, None, 1, "either")
    assert is_possible(row)
    assert row.scores[0] <= min(answers) and max(answers) <= row.scores[-1]
    assert verdict(mean, sd, n, options=range(-60, 61), ddof=1, rounding="either").word == "consistent"


def test_whole_numbers_of_any_size_are_contradicted_where_a_wide_scale_is():
    wide = {"options": range(-40, 41), "ddof": 1, "rounding": "either"}
    for mean, sd in itertools.product(("0,20", "0,33", "1,5"), ("0,45", "0,5", "1,10", "2,07")):
        word = verdict(mean, sd, 5, **wide).word
        assert verdict(mean, sd, 5, **{**wide, "options": None}).word == word


def test_only_a_mean_equals_brute_force():
    for mean in ("1,0", "1,2", "2,43", "2,5", "4,1"):
        truth = behind(
            7, FOUR["options"], lambda a, m=mean: Fraction(sum(a), 7) in Reported(m).interval("either")
        )
        agree(PrintedRow(mean, None, 7, **FOUR), truth)
    with pytest.raises(ValueError, match="expected response options where no SD is printed"):
        PrintedRow("2,5", None, 7, None, 1, "either")


def t_of(answers, against):
    squares = sum((v - Fraction(sum(answers), len(answers))) ** 2 for v in answers)
    difference = Fraction(sum(answers), len(answers)) - against
    if squares == 0:
        return math.inf if difference else 0.0
    return math.sqrt(difference**2 * len(answers) * (len(answers) - 1) / squares)


@pytest.mark.parametrize("t", ["0,00", "0,5", "1,53", "3,0"])
def test_a_t_test_of_the_mean_equals_brute_force(t):
    for mean in ("2,00", "2,14", "2,57", "3,0"):
        interval = Reported(t).interval("either")
        keep = lambda a, m=mean, i=interval: (  # noqa: E731
            Fraction(sum(a), 7) in Reported(m).interval("either")
            and float(i.low) - 1e-9 <= t_of(a, 2) <= float(i.high) + 1e-9
        )
        truth = behind(7, FOUR["options"], keep)
        agree(PrintedRow(mean, None, 7, **FOUR, also=(MeanTest(t=t, against="2"),)), truth)


@pytest.mark.parametrize("p", ["0,03", "<0,05", ">0,2", "0,000"])
def test_a_p_value_and_a_confidence_interval_equal_brute_force(p):
    limit = Reported(p.lstrip("<>")).interval("either")
    low, high = (float(limit.low), float(limit.high)) if p[0] == "0" else (0, float(limit.high))
    low, high = (float(limit.high), 1) if p[0] == ">" else (low, high)
    for mean in ("2,14", "2,57"):
        keep = lambda a, m=mean: (  # noqa: E731
            Fraction(sum(a), 7) in Reported(m).interval("either")
            and low - 1e-9 <= 2 * stats.t.sf(t_of(a, 2), 6) <= high + 1e-9
        )
        truth = behind(7, FOUR["options"], keep)
        agree(PrintedRow(mean, None, 7, **FOUR, also=(MeanTest(p=p, against="2"),)), truth)


def test_a_confidence_interval_keeps_the_tables_that_print_it():
    quantile = stats.t.ppf(0.975, 6)

    def ends(answers):
        half = quantile * np.std(answers, ddof=1) / math.sqrt(7)
        return printed(np.mean(answers) - half, 1), printed(np.mean(answers) + half, 1)

    for answers in ((1, 1, 2, 2, 3, 4, 4), (2, 2, 2, 3, 3, 3, 3), (1, 4, 4, 4, 4, 4, 4)):
        mean = printed(np.mean(answers), 2)
        row = PrintedRow(mean, None, 7, **FOUR, also=(MeanInterval(*ends(answers)),))
        wanted = (mean, *ends(answers))

        def keep(a, wanted=wanted):
            return (printed(np.mean([int(v) for v in a]), 2), *ends([int(v) for v in a])) == wanted

        agree(row, behind(7, FOUR["options"], keep))


def quartiles(answers, rule):
    """Lower and upper quartile, by the definitions of the rules."""
    a, n = sorted(answers), len(answers)
    if rule in ("hinges", "halves"):
        k = (n + 1) // 2 if rule == "hinges" else n // 2
        middle = lambda part: Fraction(part[(len(part) - 1) // 2] + part[len(part) // 2], 2)  # noqa: E731
        return middle(a[:k]), middle(a[n - k :])
    found = []
    for p in (Fraction(1, 4), Fraction(3, 4)):
        place = (n + 1) * p if rule == "weighted" else (n - 1) * p + 1
        place = min(max(place, 1), n)
        k = math.floor(place)
        found.append(a[k - 1] + (place - k) * (a[min(k, n - 1)] - a[k - 1]))
    return tuple(found)


@pytest.mark.parametrize("rule", ["weighted", "linear", "hinges", "halves"])
@pytest.mark.parametrize("n", [4, 5, 6, 7])
def test_medians_and_quartiles_equal_brute_force(rule, n):
    for median, lower, upper in (
        ("2,5", "2", None),
        ("2", "1,5", "3"),
        ("3", None, "3,75"),
        ("2", None, None),
    ):
        numbers = [None if text is None else Reported(text).value for text in (median, lower, upper)]
        row = PrintedRow("2,4", None, n, **FOUR, also=(Quantiles(median, lower, upper, rule=rule),))

        def keep(answers, numbers=numbers, row=row):
            middle = Fraction(sorted(answers)[(n - 1) // 2] + sorted(answers)[n // 2], 2)
            texts = row.also[0].median, row.also[0].lower, row.also[0].upper
            found = (middle, *quartiles(answers, rule))
            pairs = zip(found, texts, strict=True)
            fits = all(text is None or v in Reported(text).interval("either") for v, text in pairs)
            return fits and Fraction(sum(answers), n) in Reported("2,4").interval("either")

        agree(row, behind(n, FOUR["options"], keep))


def test_any_rule_of_quartiles_is_the_union_of_the_rules():
    rows = {
        rule: PrintedRow("2,4", "1,0", 10, **FOUR, also=(Quantiles(lower="1,75", rule=rule),))
        for rule in ("any", "weighted", "linear", "hinges", "halves")
    }
    sets = {rule: {tuple(t) for t in list_tables(row, 10**6)} for rule, row in rows.items()}
    assert sets["any"] == sets["weighted"] | sets["linear"] | sets["hinges"] | sets["halves"]


def test_bounds_take_scores_of_items_as_weights():
    found = bounds(
        "1,5", "0,5", 6, weights={Fraction(3, 2): 1}, items=2, options=(1, 2), ddof=1, rounding="either"
    )
    assert 0 <= found.low <= found.high <= 1
