"""What reproduces an enrolment and what a target needs: against the simulation, closed forms, by hand."""

import numpy as np
import pytest
from scipy import stats
from test_flow import BASE, alone, rng

from loopbaanchecks.pilots import calibrate, expected, required, simulate

GRID = {"reach": [0.005, 0.02, 0.06], "uptake": [0.05, 0.25, 0.6], "workforce": [300, 1000, 3000]}


class TestCalibrate:
    @pytest.mark.parametrize("reading", ["per_centre", "total"])
    @pytest.mark.parametrize("target", [(20, 50), (40, 100)])
    def test_the_region_is_where_the_expectation_is_in_the_range(self, reading, target):
        region = calibrate(BASE, **GRID, target=target, reading=reading)
        assert len(region) == 27 and set(region["reading"]) == {reading}
        assert 0 < region["reproduces"].sum() < 27
        for row in region.itertuples():
            values = BASE | {"reach_per_week": row.reach_per_week, "uptake": row.uptake}
            flow = expected(values | {"workforce_persons": row.workforce_persons})["enrolled_persons"]
            persons = flow.mean() if reading == "per_centre" else flow.sum()
            assert row.expected_persons == pytest.approx(persons)
            assert row.reproduces == (target[0] <= persons <= target[1])

    @pytest.mark.parametrize("reading", ["per_centre", "total"])
    def test_the_probability_is_that_of_the_simulation(self, reading):
        one = {"reach": [0.01], "uptake": [0.1], "workforce": [600 if reading == "total" else 2200]}
        row = calibrate(BASE, **one, target=(20, 50), reading=reading).iloc[0]
        values = BASE | {"reach_per_week": 0.01, "uptake": 0.1, "workforce_persons": one["workforce"][0]}
        groups = simulate(values, rng=rng(), pilots=10_000).groupby("pilot")["enrolled_persons"]
        persons = groups.mean() if reading == "per_centre" else groups.sum()
        assert 0.02 < row["probability"] < 0.98
        assert row["probability"] == pytest.approx(persons.between(20, 50).mean(), abs=0.02)

    def test_the_two_readings_differ_by_the_number_of_centres(self):
        mean, total = (
            calibrate(BASE, **GRID, target=t, reading=r)
            for t, r in [((20, 50), "per_centre"), ((80, 200), "total")]
        )
        assert mean["reproduces"].equals(total["reproduces"])
        assert np.allclose(mean["expected_persons"] * 4, total["expected_persons"])
        assert np.allclose(mean["probability"], total["probability"])

    def test_the_probability_is_nearly_the_binomial_one(self):
        one = {"reach": [1.0], "uptake": [0.5], "workforce": [100]}
        for reading in ("per_centre", "total"):
            row = calibrate(alone(), **one, target=(45, 55), reading=reading).iloc[0]
            exact = stats.binom.cdf(55, 100, 0.5) - stats.binom.cdf(44, 100, 0.5)
            assert row["probability"] == pytest.approx(exact, abs=1e-3)

    def test_nobody_reached_is_certain_not_to_reproduce(self):
        none = calibrate(BASE, reach=[0], uptake=[0.5], workforce=[100], target=(20, 50), reading="total")
        assert none["probability"].item() == 0 and not none["reproduces"].item()

    def test_refusals(self):
        with pytest.raises(ValueError, match="reading: expected per_centre or total; found 'both'"):
            calibrate(BASE, **GRID, target=(20, 50), reading="both")
        with pytest.raises(ValueError, match=r"target: expected 0 <= low <= high; found \(50, 20\)"):
            calibrate(BASE, **GRID, target=(50, 20), reading="total")


class TestRequired:
    LIMITS = {"reach_per_week": 1, "uptake": 1, "end_weeks": 104, "hours_per_week": 40}  # noqa: RUF012

    @pytest.mark.parametrize("quantity", ["enrolled", "guided"])
    @pytest.mark.parametrize("target", [80, 120, 140, 210])
    def test_what_is_needed_is_enough_and_a_little_less_is_not(self, quantity, target):
        found = required(BASE, target=target, limits=self.LIMITS, quantity=quantity)
        assert found["lever"].tolist() == list(self.LIMITS)
        for row in found.itertuples():
            assert row.feasible == (row.persons_at_limit >= target) == np.isfinite(row.needed)
            if row.feasible:
                makes = [
                    expected(BASE | {row.lever: row.needed * f})[f"{quantity}_persons"].sum()
                    for f in (1, 0.999)
                ]
                assert makes[0] >= target - 1e-6 and (makes[1] < target or row.needed == 0)

    def test_where_hours_are_short_they_are_counted_by_hand(self):
        values = alone(
            workforce_persons=1000, reach_per_week=0.5, uptake=1.0, end_weeks=10, hours_per_candidate=4
        )
        found = required(values, target=50, limits={"hours_per_week": 100}, quantity="guided")
        assert found["needed"].item() == pytest.approx(50 * 4 / 10, rel=1e-4)

    def test_refusals(self):
        with pytest.raises(ValueError, match="expected one of reach_per_week.*found 'luck'"):
            required(BASE, target=80, limits={"luck": 1}, quantity="guided")
        with pytest.raises(ValueError, match="expected enrolled or guided; found 'happy'"):
            required(BASE, target=80, limits={}, quantity="happy")
        with pytest.raises(ValueError, match=r"limits, end_weeks: expected 26.0 .*found 10"):
            required(BASE, target=80, limits={"end_weeks": 10}, quantity="guided")
