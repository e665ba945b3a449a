"""What measuring can show: against a paired t test, least squares by hand, and a mixed model."""

import numpy as np
import pytest
from statsmodels.stats.power import TTestPower
from test_flow import rng

from loopbaanchecks.pilots import Measurements, change_power, detectable_effect, simulated_power

DESIGN = Measurements(waves=3, attrition=0.15, correlation=0.6, alpha=0.05)


class TestPower:
    @pytest.mark.parametrize(("n", "change", "rho"), [(20, 0.5, 0.6), (50, 0.3, 0.3), (200, 0.1, 0.8)])
    def test_two_waves_without_dropout_are_a_paired_t_test(self, n, change, rho):
        design = Measurements(waves=2, attrition=0, correlation=rho, alpha=0.05)
        paired = TTestPower().power(change / np.sqrt(2 * (1 - rho)), nobs=n, alpha=0.05)
        assert change_power(change, candidates=n, design=design) == pytest.approx(paired)

    @pytest.mark.parametrize("waves", [3, 5])
    def test_without_dropout_the_error_is_that_of_a_slope(self, waves):
        times = np.linspace(0, 1, waves)
        design = Measurements(waves=waves, attrition=0, correlation=0.6, alpha=0.05)
        found = detectable_effect([40], design=design, power=0.8)
        error = np.sqrt(0.4 / 40 / ((times - times.mean()) ** 2).sum())
        assert found["standard_error_sd"].item() == pytest.approx(error)
        assert found["completing_persons"].item() == 40

    def test_with_dropout_the_error_is_that_of_least_squares_on_all_answers(self):
        design = Measurements(waves=3, attrition=0.5, correlation=0.3, alpha=0.05)
        lengths = np.array([1] * 4 + [2] * 2 + [3] * 2)  # half of eight drop out, then half of four
        who = np.repeat(np.arange(8), lengths)
        x = np.column_stack([np.ones(14), np.concatenate([[0, 0.5, 1][:n] for n in lengths])])
        v = 0.3 * (who[:, None] == who) + 0.7 * np.eye(14)
        error = np.sqrt(np.linalg.inv(x.T @ np.linalg.inv(v) @ x)[1, 1])
        found = detectable_effect([8], design=design, power=0.8)
        assert found["standard_error_sd"].item() == pytest.approx(error)
        assert found["completing_persons"].item() == 2
        power = TTestPower().power(0.9 / error / np.sqrt(14 - 8), nobs=14 - 8, alpha=0.05)
        assert change_power(0.9, candidates=8, design=design) == pytest.approx(power)

    @pytest.mark.parametrize("n", [20, 50, 100, 200])
    def test_the_detectable_change_has_the_power_asked_for(self, n):
        found = detectable_effect([n], design=DESIGN, power=0.8)["detectable_change_sd"].item()
        assert change_power(found, candidates=n, design=DESIGN) == pytest.approx(0.8, abs=1e-5)
        assert change_power(-found, candidates=n, design=DESIGN) == pytest.approx(0.8, abs=1e-5)
        assert change_power(0, candidates=n, design=DESIGN) == pytest.approx(0.05)

    def test_more_candidates_less_dropout_and_more_correlation_show_smaller_changes(self):
        def least(n=40, **changes):
            design = Measurements(
                **({"waves": 3, "attrition": 0.15, "correlation": 0.6, "alpha": 0.05} | changes)
            )
            return detectable_effect([n], design=design, power=0.8)["detectable_change_sd"].item()

        assert least(80) < least() < least(20)
        assert least(attrition=0) < least() < least(attrition=0.4)
        assert least(correlation=0.8) < least() < least(correlation=0.2)

    @pytest.mark.parametrize(
        ("n", "change", "design"),
        [(20, 0.5, DESIGN), (25, 0.0, Measurements(waves=3, attrition=0.3, correlation=0.3, alpha=0.1))],
    )
    def test_a_mixed_model_on_made_up_candidates_finds_as_often(self, n, change, design):
        sure = change_power(change, candidates=n, design=design)
        found = simulated_power(change, candidates=n, design=design, rng=rng(5), simulations=150)
        assert abs(found["power"] - sure) < 3 * np.sqrt(sure * (1 - sure) / 150)

    def test_simulated_power_repeats_by_its_seed(self):
        runs = [simulated_power(0.5, candidates=15, design=DESIGN, rng=rng(2), simulations=5) for _ in "ab"]
        assert runs[0] == runs[1] and runs[0]["simulations"] == 5

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"waves": 1}, "waves: expected 2 or more; found 1"),
            ({"attrition": 1}, "attrition: expected a share .*found 1"),
            ({"correlation": -0.1}, "correlation: .*found -0.1"),
            ({"alpha": 0}, "alpha: .*found 0"),
        ],
    )
    def test_impossible_designs_are_refused(self, changes, message):
        with pytest.raises(ValueError, match=message):
            Measurements(**({"waves": 3, "attrition": 0.1, "correlation": 0.5, "alpha": 0.05} | changes))

    def test_refusals(self):
        with pytest.raises(ValueError, match="power: expected between alpha .0.05. and 1; found 0.01"):
            detectable_effect([20], design=DESIGN, power=0.01)
        with pytest.raises(ValueError, match="candidates: expected enough.*found 1"):
            change_power(0.5, candidates=1, design=DESIGN)
        with pytest.raises(ValueError, match="simulations: expected 1 or more; found 0"):
            simulated_power(0.5, candidates=20, design=DESIGN, rng=rng(), simulations=0)
