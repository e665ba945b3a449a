"""The parameters of the pilots: drawn between their ends, and every refusal."""

import numpy as np
import pytest
from test_flow import BASE, NUMBERS, rng

from loopbaanchecks.pilots import check_flow_parameters, draw_parameters, expected, simulate


class TestParameters:
    def test_point_gives_the_values_and_uniform_stays_between(self):
        point = draw_parameters(NUMBERS, rng=rng(), pilots=3, spread="point")
        assert {name: set(values) for name, values in point.items()} == {k: {v} for k, v in BASE.items()}
        drawn = draw_parameters(NUMBERS, rng=rng(), pilots=500, spread="uniform")
        for row in NUMBERS.itertuples():
            assert row.low <= drawn[row.name].min() and drawn[row.name].max() <= row.high
            wide = row.high - row.low
            assert drawn[row.name].min() <= row.low + 0.05 * wide
            assert drawn[row.name].max() >= row.high - 0.05 * wide
        assert check_flow_parameters(drawn) is None
        assert len(simulate(drawn, rng=rng(), pilots=500)) == 2000

    def test_refusals_of_the_draw(self):
        with pytest.raises(ValueError, match="expected point or uniform; found 'normal'"):
            draw_parameters(NUMBERS, rng=rng(), pilots=1, spread="normal")
        with pytest.raises(ValueError, match="workforce_persons: expected low <= value <= high"):
            draw_parameters(NUMBERS.assign(low=NUMBERS["high"] + 1), rng=rng(), pilots=1, spread="point")

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"uptake": 1.2}, "uptake: expected from 0 to 1; found 1.2"),
            ({"uptake": np.array([0.1, np.nan])}, "uptake: .*found nan, position 1"),
            ({"end_weeks": -1}, "end_weeks: expected finite, zero or more.*found -1"),
            ({"end_weeks": np.inf}, "end_weeks: .*found inf"),
            ({"delay_weeks_2": -3}, "delay_weeks_2: .*found -3"),
            ({"hours_per_candidate": 0}, "hours_per_candidate: .*found 0"),
            ({"share_willer": 0.9}, "share_.*sum of at most 1; found 1.45"),
        ],
    )
    def test_impossible_numbers_are_refused(self, changes, message):
        with pytest.raises(ValueError, match=message):
            simulate(BASE | changes, rng=rng(), pilots=2)

    def test_what_is_missing_or_of_another_length_is_refused(self):
        few = {name: value for name, value in BASE.items() if name not in ("uptake", "step_support")}
        with pytest.raises(ValueError, match="expected also uptake, step_support; not found"):
            check_flow_parameters(few)
        with pytest.raises(ValueError, match="expected also delay_weeks_1; not found"):
            check_flow_parameters({k: v for k, v in BASE.items() if not k.startswith("delay")})
        with pytest.raises(ValueError, match=r"arrays of length 3; found \{'uptake': 2\}"):
            simulate(BASE | {"uptake": np.array([0.1, 0.2])}, rng=rng(), pilots=3)
        with pytest.raises(ValueError, match="arrays of length 1"):
            expected(BASE | {"uptake": np.array([0.1, 0.2])})
        with pytest.raises(ValueError, match="pilots: expected 1 or more; found 0"):
            simulate(BASE, rng=rng(), pilots=0)
