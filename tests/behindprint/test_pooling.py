"""Several groups and everyone: bounds that hold every dataset and that datasets come near."""

import itertools

import numpy as np
import pytest
from brute_force import printed
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from behindprint import PrintedGroup, check_overall, pooled_bounds

answers = st.lists(st.lists(st.integers(1, 7), min_size=2, max_size=9), min_size=2, max_size=4)


@given(answers, st.integers(0, 2), st.integers(0, 1))
def test_what_data_print_is_possible_beside_what_their_groups_print(groups, decimals, ddof):
    together = np.concatenate(groups)
    means = [(len(g), printed(np.mean(g), decimals)) for g in groups]
    sds = [printed(np.std(g, ddof=ddof), decimals) for g in groups]
    rows = [PrintedGroup(*mean, sd) for mean, sd in zip(means, sds, strict=True)]
    whole = {"mean": printed(together.mean(), 2), "sd": printed(together.std(ddof=ddof), 2)}
    spread = sum(((np.array(g) - np.mean(g)) ** 2).sum() for g in groups)
    if spread > 1e-9 and ddof == 1:
        whole["f"] = printed(stats.f_oneway(*groups).statistic, 3)
    found = check_overall(rows, ddof=ddof, rounding="either", n=len(together), **whole)
    assert found.n and found.mean and found.sd and found.f is not False


def test_the_bounds_are_reached_by_values_in_the_intervals():
    rows = [PrintedGroup(5, "1,0", "0,5"), PrintedGroup(8, "1,3", "0,4"), PrintedGroup(3, "1,4", "0,1")]
    found = pooled_bounds(rows, ddof=1, rounding="either")
    sizes = np.array([5, 8, 3])
    grid = list(itertools.product(*(np.linspace(m - 0.05, m + 0.05, 41) for m in (1.0, 1.3, 1.4))))
    means = np.array(grid)
    middle = means @ sizes / 16
    between = ((means - middle[:, None]) ** 2) @ sizes
    assert float(found.between[0]) <= between.min() + 1e-12 and between.min() - float(found.between[0]) < 2e-3
    assert float(found.between[1]) == pytest.approx(between.max())
    assert [float(end) for end in found.mean] == pytest.approx([middle.min(), middle.max()])
    within = [((sizes - 1) * (np.array([0.5, 0.4, 0.1]) + d) ** 2).sum() for d in (-0.05, 0.05)]
    f = [13 / 2 * b / w for b, w in ((between.min(), within[1]), (between.max(), within[0]))]
    assert [float(end) for end in found.f] == pytest.approx(f, rel=2e-2)


def test_equal_means_may_have_no_spread_between_them():
    rows = [PrintedGroup(5, "1,0"), PrintedGroup(8, "1,1"), PrintedGroup(9, "1,0")]
    found = pooled_bounds(rows, ddof=1, rounding="either")
    assert found.between[0] == 0 and found.variance is None and found.f is None
    assert check_overall(rows, ddof=1, rounding="either", sd="0,00").sd
    apart = [PrintedGroup(5, "1,0"), PrintedGroup(8, "3,0")]
    assert check_overall(apart, ddof=1, rounding="either", sd="0,50").sd is False


def test_one_wrong_digit_is_seen():
    two = [PrintedGroup(28, "4,00", "0,50"), PrintedGroup(69, "4,30", "0,60")]
    found = check_overall(two, ddof=1, rounding="either", n=98, mean="4,25", sd="0,68", f="9,41")
    assert (found.n, found.mean, found.sd, found.f) == (False, False, False, False)


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ([PrintedGroup(5, "1,0")], "groups: expected 2 to"),
        (
            [PrintedGroup(5, "1,0"), PrintedGroup(1, "1,0")],
            "n of a group: expected whole numbers",
        ),
        (
            [PrintedGroup(5, "1,0", "-0,1"), PrintedGroup(3, "1,0", "0,1")],
            "sd: expected a number of zero",
        ),
        ([PrintedGroup(5, "1.0"), PrintedGroup(3, "1,0")], "decimal comma"),
    ],
)
def test_what_cannot_be_groups_is_refused(groups, message):
    with pytest.raises(ValueError, match=message):
        pooled_bounds(groups, ddof=1, rounding="either")
