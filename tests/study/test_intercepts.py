"""REML with random intercepts, against statsmodels, by hand, and where a variance is zero."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.linear_model import OLS
from statsmodels.regression.mixed_linear_model import MixedLM

from loopbaanchecks.pilots.intercepts import _profile, fit_intercepts


def drawn(seed, *, between, own, centres=7, each=8, waves=3):
    """Score, design, and who and where: some of the later waves are absent."""
    rng = np.random.default_rng(seed)
    where = np.repeat(np.arange(centres), each)
    level = rng.normal(0, between, centres)[where] + rng.normal(0, own, len(where))
    who, wave = (one.ravel() for one in np.indices((len(where), waves)))
    keep = (rng.random(len(who)) > 0.2) | (wave == 0)
    who, wave = who[keep], wave[keep]
    score = level[who] + 0.3 * wave + rng.normal(0, 1, len(who))
    design = np.column_stack([np.ones(len(who)), *(wave == one for one in range(1, waves))]).astype(float)
    return score, design, [who, where]


def test_both_intercepts_are_those_of_statsmodels():
    score, design, (who, where) = drawn(1, between=0.8, own=1.2)
    found = fit_intercepts(score, design, [who, where])
    data = pd.DataFrame({"score": score, "two": design[:, 1], "three": design[:, 2]})
    data = data.assign(candidate=who, centre=where[who])
    nested = {"groups": "centre", "re_formula": "1", "vc_formula": {"candidate": "0 + C(candidate)"}}
    other = MixedLM.from_formula("score ~ two + three", data, **nested).fit(method=["bfgs"], gtol=1e-8)
    np.testing.assert_allclose(found.estimate, other.fe_params, atol=1e-5)
    np.testing.assert_allclose(found.standard_error, other.bse_fe, rtol=2e-3)  # theirs by the full Hessian
    ratios = [other.vcomp[0] / other.scale, other.cov_re.iloc[0, 0] / other.scale]
    np.testing.assert_allclose(found.ratios, ratios, rtol=1e-3)


def test_the_gain_of_an_intercept_is_that_of_statsmodels():
    score, design, (who, where) = drawn(2, between=0.5, own=1)
    one, two = (fit_intercepts(score, design, groups) for groups in ([who], [who, where]))
    single = MixedLM(score, design, groups=who).fit(method=["bfgs"])
    data = pd.DataFrame(design, columns=["a", "b", "c"]).assign(score=score, who=who, where=where[who])
    nested = {"groups": "where", "re_formula": "1", "vc_formula": {"who": "0 + C(who)"}}
    both = MixedLM.from_formula("score ~ 0 + a + b + c", data, **nested).fit(method=["bfgs"])
    assert two.log_likelihood - one.log_likelihood == pytest.approx(both.llf - single.llf, abs=1e-5)


def test_a_complete_single_wave_difference_is_the_paired_t():
    before, after = np.array([3.0, 2.5, 4.0, 3.5, 1.0]), np.array([3.5, 2.0, 5.0, 4.5, 2.5])
    score, who = np.column_stack([before, after]).ravel(), np.repeat(np.arange(5), 2)
    found = fit_intercepts(score, np.array([[1, 0], [1, 1]] * 5), [who])
    apart = after - before
    assert found.estimate[1] == pytest.approx(apart.mean())
    assert found.standard_error[1] == pytest.approx(apart.std(ddof=1) / np.sqrt(5))


@pytest.mark.parametrize("ratios", [[0.5, 0.1], [3.0, 0.0], [0.0, 2.0], [0.01, 40.0]])
def test_the_gradient_is_that_of_the_likelihood(ratios):
    score, design, groups = drawn(3, between=0.5, own=1)
    rows, step = np.column_stack([design, score]), 1e-6
    found = _profile(np.array(ratios), rows, groups)
    for place in range(2):
        ends = [
            _profile(np.add(ratios, move * np.eye(2)[place]), rows, groups).log_likelihood
            for move in (0, step, 2 * step)
        ]
        slope = (4 * ends[1] - 3 * ends[0] - ends[2]) / (2 * step)
        assert found.gradient[place] == pytest.approx(slope, rel=1e-3, abs=1e-2)


def test_at_zero_it_is_least_squares():
    score, design, (who, where) = drawn(4, between=0, own=0)
    score = score - (np.bincount(who, score) / np.bincount(who))[who]
    other = OLS(score, design).fit()
    for groups in ([], [who], [who, where]):
        found = fit_intercepts(score, design, groups)
        assert (found.ratios == 0).all() and len(found.ratios) == len(groups)
        np.testing.assert_allclose(found.estimate, other.params, atol=1e-12)
        np.testing.assert_allclose(found.standard_error, other.bse, rtol=1e-12)


def test_the_optimum_is_exact_to_ten_digits_wherever_it_lies():
    for seed, (between, own) in enumerate([(0.02, 0.05), (0.3, 3), (5, 0.2), (0, 30), (2, 0)] * 4):
        score, design, groups = drawn(seed, between=between, own=own)
        found = fit_intercepts(score, design, groups)
        gradient = _profile(found.ratios, np.column_stack([design, score]), groups).gradient
        assert (np.abs(gradient * found.ratios) < 1e-9).all(), (seed, found)
        assert (gradient[found.ratios == 0] < 0).all(), (seed, found)


def test_scores_without_a_rest_have_no_error():
    design, who = np.array([[1, 0], [1, 1]] * 3), np.repeat(np.arange(3), 2)
    found = fit_intercepts(np.array([3.1, 3.4] * 3), design, [who])
    np.testing.assert_allclose(found.estimate, [3.1, 0.3], rtol=1e-12)
    assert (found.standard_error == 0).all() and found.log_likelihood == np.inf
    steady = fit_intercepts(np.array([3.1, 3.4, 1.1, 1.4, 2.2, 2.5]), design, [who])
    assert steady.estimate[1] == pytest.approx(0.3, rel=1e-10) and steady.standard_error[1] < 1e-3


def test_effects_that_cannot_be_told_apart_are_refused():
    design = np.column_stack([np.ones(6), [0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0]])
    with pytest.raises(ValueError, match="design: expected 3 effects that can be told apart; found 2"):
        fit_intercepts(np.arange(6.0), design)
