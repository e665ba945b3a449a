"""Two groups from print alone: exact bounds, held against R, linear programming and real answers."""

import csv
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import linprog

from behindprint import Interval, Reported, Subgroups, group_means, subgroup_difference_bounds

REFERENCE = Path(__file__).parents[1] / "reference"
CASES = list(csv.DictReader((REFERENCE / "sampling.csv").open(encoding="utf8")))
EITHER = {"ddof": 1, "rounding": "either"}
CHOICES = {**EITHER, "confidence": 0.95}
QUANTITIES = ["weighted_mean", "mean1", "mean2", "difference", "pooled_sd", "cohen_d", "t", "p", "margin"]
QUANTITIES += ["welch_t", "welch_p"]


def cases(quantity):
    """Rows of the reference file with their numbers as numbers."""
    chosen = [case for case in CASES if case["quantity"] == quantity]
    keys = ("x", "sd", "n", "population", "confidence", "low", "high")
    return [case | {key: float(case[key]) if case[key] else None for key in keys} for case in chosen]


SELF_INSIGHT = Subgroups("4,25", "0,58", "4,0", "4,3", 28, 69)
SELF_EFFICACY = Subgroups("4,01", "0,59", "3,8", "4,1", 28, 69)


def describe(scores, printed):
    """Every bounded quantity of a dataset, by numpy and scipy, plus what it should print."""
    first, second = scores[: printed.n1], scores[printed.n1 :]
    test = stats.ttest_ind(second, first)
    pooled = math.sqrt((printed.n1 * first.var() + printed.n2 * second.var()) / (len(scores) - 2))
    ci = test.confidence_interval(0.95)
    difference = second.mean() - first.mean()
    values = [scores.mean(), first.mean(), second.mean(), difference, pooled, difference / pooled]
    welch = stats.ttest_ind(second, first, equal_var=False)
    values += [test.statistic, test.pvalue, (ci.high - ci.low) / 2, welch.statistic, welch.pvalue]
    return dict(zip(QUANTITIES, values, strict=True))


def dataset(rng, printed, means, squares):
    """Random continuous scores with these group means and this total sum of squares."""
    noise = [rng.standard_normal(n) * rng.uniform(0.2, 1) for n in (printed.n1, printed.n2)]
    noise = [one - one.mean() for one in noise]
    n, (a, b) = printed.n1 + printed.n2, means
    within = squares - printed.n1 * printed.n2 / n * (b - a) ** 2
    scale = math.sqrt(within / sum((one**2).sum() for one in noise))
    return np.concatenate([mean + scale * one for mean, one in zip(means, noise, strict=True)])


def polygon(printed, weights):
    """Minimum of a weighted sum of the group means, by linear programming, or None."""
    texts = (printed.mean1, printed.mean2, printed.mean, printed.sd)
    first, second, overall, sd = (Reported(text).interval("either") for text in texts)
    n, n1, n2 = printed.n1 + printed.n2, printed.n1, printed.n2
    reach = math.sqrt((n - 1) * n / n1 / n2) * float(sd.high)
    rows = [[n1 / n, n2 / n], [-n1 / n, -n2 / n], [-1, 1], [1, -1]]
    limits = [float(overall.high), -float(overall.low), reach, reach]
    box = [(float(i.low), float(i.high)) for i in (first, second)]
    result = linprog(weights, A_ub=rows, b_ub=limits, bounds=box)
    return (result.fun, result.x) if result.status == 0 else None


@pytest.mark.parametrize(
    ("printed", "difference", "t"),
    [(SELF_INSIGHT, (0.2741, 0.3637), (2.129, 2.933)), (SELF_EFFICACY, (0.2179, 0.3725), (1.649, 2.954))],
    ids=["self-insight", "self-efficacy"],
)
class TestPublishedGroups:
    def test_bounds_are_as_measured(self, printed, difference, t):
        bounds = subgroup_difference_bounds(printed, **CHOICES)
        assert list(bounds.index) == QUANTITIES
        assert tuple(bounds.loc["difference"]) == pytest.approx(difference, abs=5e-5)
        assert tuple(bounds.loc["t"]) == pytest.approx(t, abs=5e-4)
        assert bounds.loc["weighted_mean", "low"] < float(Reported(printed.mean).value)

    def test_datasets_that_print_the_numbers_lie_within(self, printed, difference, t):
        rng = np.random.default_rng(97)
        bounds = subgroup_difference_bounds(printed, **CHOICES)
        seen = []
        for _ in range(400):
            means = [rng.uniform(*bounds.loc[name]) for name in ("mean1", "mean2")]
            squares = 96 * (float(Reported(printed.sd).value) + rng.uniform(-0.005, 0.005)) ** 2
            scores = dataset(rng, printed, means, squares)
            texts = f"{scores.mean():.2f} {scores.std(ddof=1):.2f} {means[0]:.1f} {means[1]:.1f}"
            if texts.replace(".", ",") == " ".join((printed.mean, printed.sd, printed.mean1, printed.mean2)):
                seen.append(describe(scores, printed))
        seen = pd.DataFrame(seen)[QUANTITIES[1:]]
        assert len(seen) > 100
        assert (seen >= bounds["low"][1:] - 1e-9).all(axis=None)
        assert (seen <= bounds["high"][1:] + 1e-9).all(axis=None)
        assert seen["t"].max() - seen["t"].min() > 0.7 * (t[1] - t[0])

    def test_every_bound_is_attained_at_a_corner(self, printed, difference, t):
        rng = np.random.default_rng(3)
        bounds = subgroup_difference_bounds(printed, **CHOICES)
        sd = Reported(printed.sd)
        ends = {"low": (1, sd.high), "high": (-1, sd.low)}
        for end, (sign, spread) in ends.items():
            _, means = polygon(printed, [-sign, sign])
            found = describe(dataset(rng, printed, means, 96 * float(spread) ** 2), printed)
            other = "low" if end == "high" else "high"
            for name in QUANTITIES[3:-2]:
                side = other if name in ("pooled_sd", "p", "margin") else end
                assert found[name] == pytest.approx(bounds.loc[name, side], rel=1e-6), name

    @pytest.mark.filterwarnings("ignore:Precision loss")  # scipy, where a group has one score only
    @pytest.mark.parametrize("group", [0, 1])
    def test_the_bounds_of_welch_are_attained_with_all_spread_in_one_group(
        self, printed, difference, t, group
    ):
        """One score only in the other group, at the corner of widest and of smallest difference."""
        rng = np.random.default_rng(5)
        bounds = subgroup_difference_bounds(printed, **CHOICES)
        sd, sizes = Reported(printed.sd), (printed.n1, printed.n2)
        end, sign, spread = [("low", 1, sd.high), ("high", -1, sd.low)][group]
        _, means = polygon(printed, [-sign, sign])
        within = 96 * float(spread) ** 2 - sizes[0] * sizes[1] / 97 * (means[1] - means[0]) ** 2
        scores = [np.full(n, mean) for n, mean in zip(sizes, means, strict=True)]
        noise = rng.standard_normal(sizes[group])
        noise -= noise.mean()
        scores[group] += noise * math.sqrt(within / (noise**2).sum())
        found = describe(np.concatenate(scores), printed)
        assert found["welch_t"] == pytest.approx(bounds.loc["welch_t", end], rel=1e-6)
        assert (
            bounds.loc["welch_p", "low"] - 1e-12 <= found["welch_p"] <= bounds.loc["welch_p", "high"] + 1e-12
        )


@pytest.mark.parametrize(
    ("mean", "sd", "means", "width"),
    [("1.54", "2.02", ("0.75", "2.33"), 0.05), ("1.540000", "2.017920", ("0.750000", "2.330000"), 1e-5)],
)
def test_bounds_hold_the_results_of_r_for_the_sleep_data_and_close_in_on_them(mean, sd, means, width):
    bounds = subgroup_difference_bounds(Subgroups(mean, sd, *means, 10, 10), **CHOICES, decimal=".")
    for quantity in ("t", "p", "pooled_sd", "difference"):
        (case,) = cases(quantity)
        low, high = bounds.loc[quantity]
        assert low <= case["low"] <= high < low + width


scores = st.lists(st.integers(4, 20), min_size=2, max_size=12)


def text(value, places):
    return f"{float(value):.{places}f}".replace(".", ",")


@pytest.mark.filterwarnings("ignore:Precision loss")  # scipy, where a group has one score only
@given(scores, scores, st.integers(0, 2), st.integers(1, 3), st.integers(0, 1))
def test_numbers_of_real_answers_are_never_judged_impossible_and_lie_within(
    first, second, places, more, ddof
):
    answers = [np.array(group) / 4 for group in (first, second)]  # scale scores in quarters
    everyone = np.concatenate(answers)
    assume(everyone.std() > 0)
    overall = text(everyone.mean(), more), text(everyone.std(ddof=ddof), more)
    groups = (text(group.mean(), places) for group in answers)
    printed = Subgroups(*overall, *groups, len(first), len(second))
    assert group_means(printed, ddof=ddof, rounding="either").possible
    bounds = subgroup_difference_bounds(printed, ddof=ddof, rounding="either", confidence=0.95)
    if max(group.std() for group in answers) > 0:
        found = pd.Series(describe(everyone, printed))
        assert (found >= bounds["low"] - 1e-9).all() and (found <= bounds["high"] + 1e-9).all()


@given(
    st.tuples(*[st.integers(10, 50)] * 3),
    st.integers(0, 15),
    st.tuples(st.integers(2, 40), st.integers(2, 40)),
)
@example((30, 20, 40), 10, (10, 10))  # the printed SD cuts the difference
@example((40, 45, 41), 10, (2, 2))  # nothing fits
def test_the_polygon_equals_linear_programming(means, sd, sizes):
    printed = Subgroups(*(text(value / 10, 1) for value in (means[0], sd, *means[1:])), *sizes)
    found = group_means(printed, **EITHER)
    assert found.possible == (polygon(printed, [1, 0]) is not None)
    if found.possible:
        for interval, weights in zip(
            (found.mean1, found.mean2, found.difference), ([1, 0], [0, 1], [-1, 1]), strict=True
        ):
            assert float(interval.low) == pytest.approx(polygon(printed, weights)[0], abs=1e-6)
            upper = polygon(printed, [-weight for weight in weights])[0]
            assert float(interval.high) == pytest.approx(-upper, abs=1e-6)


def test_bounds_of_the_means_are_exact_and_know_which_ends_rounding_leaves_out():
    found = group_means(SELF_INSIGHT, ddof=1, rounding="half_up")
    a, b = Fraction("4.05"), (97 * Fraction("4.245") - 28 * Fraction("4.05")) / 69
    assert (found.mean1.high, found.mean2.low, found.difference.low) == (a, b, b - a)
    assert not found.difference.low_included and not found.difference.high_included
    closed = group_means(SELF_INSIGHT, **EITHER).difference
    assert (closed.low, closed.high) == (found.difference.low, found.difference.high)
    assert closed.low_included and closed.high_included
    edge = group_means(SELF_EFFICACY, ddof=1, rounding="half_even").mean1  # closed, its corners open
    assert edge == Interval(Fraction("3.75"), Fraction("3.85"), True, True)
    for rounding, ends in {"half_up": (True, False), "half_down": (False, True)}.items():
        squares = group_means(SELF_INSIGHT, ddof=1, rounding=rounding).sum_of_squares
        assert (squares.low, squares.high) == (96 * Fraction("0.575") ** 2, 96 * Fraction("0.585") ** 2)
        assert (squares.low_included, squares.high_included) == ends


def test_contradictions_are_exact():
    apart = Subgroups("4,2", "1,00", "4,0", "4,1", 30, 30)
    found = group_means(apart, **EITHER)
    assert not found.possible and found.mean1 is None
    bounds = subgroup_difference_bounds(apart, **CHOICES)
    assert tuple(bounds.loc["weighted_mean"]) == (4.0, 4.1)
    assert bounds.drop("weighted_mean").isna().all(axis=None)
    touching = Subgroups("4,1", "1,00", "4,0", "4,0", 30, 30)  # at 4,05 only
    assert group_means(touching, **EITHER).possible
    assert not group_means(touching, ddof=1, rounding="half_up").possible
    too_far = Subgroups("3,0", "0,5", "1,0", "5,0", 10, 10)  # groups differ by more than the SD can hold
    assert not group_means(too_far, **EITHER).possible


def test_the_printed_sd_limits_the_difference():
    printed = Subgroups("3,0", "1,0", "2", "4", 10, 10)
    found = group_means(printed, ddof=0, rounding="either")
    assert found.difference.high == Fraction("2.1") and found.difference.low == 1
    bounds = subgroup_difference_bounds(printed, ddof=0, rounding="either", confidence=0.95)
    assert bounds.loc["t", "high"] == math.inf and bounds.loc["p", "low"] == 0
    assert bounds.loc["pooled_sd", "low"] == 0
    assert found.difference.high_included
    assert not group_means(printed, ddof=0, rounding="half_up").difference.high_included
    root = group_means(printed, **EITHER).difference.high  # irrational: rounded up, by very little
    assert 0 < 5 * root**2 - 19 * Fraction("1.05") ** 2 < Fraction(1, 10**50)


def test_differences_around_zero_and_swapped_groups():
    printed = Subgroups("4,0", "1,00", "4,0", "4,0", 20, 30)
    bounds = subgroup_difference_bounds(printed, **CHOICES)
    assert bounds.loc["t", "low"] < 0 < bounds.loc["t", "high"] and bounds.loc["p", "high"] == 1
    swapped = Subgroups("4,25", "0,58", "4,3", "4,0", 69, 28)
    there, back = (subgroup_difference_bounds(one, **CHOICES) for one in (SELF_INSIGHT, swapped))
    for name in ("difference", "cohen_d", "t"):
        assert tuple(back.loc[name]) == pytest.approx(tuple(-there.loc[name][::-1]))
    for name in ("pooled_sd", "p", "margin"):
        assert tuple(back.loc[name]) == pytest.approx(tuple(there.loc[name]))
    none = Subgroups("4", "0", "4", "4", 2, 2)
    still = subgroup_difference_bounds(none, ddof=1, rounding="truncated", confidence=0.9)
    assert tuple(still.loc["t"]) == (-math.inf, math.inf)


@pytest.mark.parametrize(
    ("printed", "choices", "message"),
    [
        (Subgroups("4", "1", "4", "4", 1, 9), {}, "n1, n2: .*at least 2; found .1, 9."),
        (Subgroups("4", "-1", "4", "4", 9, 9), {}, "sd: .*found '-1'"),
        (Subgroups("4.0", "1", "4", "4", 9, 9), {}, "decimal comma"),
        (SELF_INSIGHT, {"ddof": 2}, "ddof: .*found 2"),
        (SELF_INSIGHT, {"rounding": "up"}, "rounding"),
        (SELF_INSIGHT, {"confidence": 95}, "confidence: .*found 95"),
    ],
)
def test_malformed_groups_are_refused(printed, choices, message):
    with pytest.raises(ValueError, match=message):
        subgroup_difference_bounds(printed, **CHOICES | choices)
