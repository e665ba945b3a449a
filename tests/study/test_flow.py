"""The flow of the pilots: conservation, limits, closed forms, a person-by-person loop, and every refusal."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from loopbaanchecks.paths import DATA
from loopbaanchecks.pilots import (
    SEGMENTS,
    STEPS,
    expected,
    simulate,
)

NUMBERS = pd.read_csv(DATA / "tno_2007" / "parameters.csv")
BASE = NUMBERS.set_index("name")["value"].to_dict()


def rng(seed=1):
    return np.random.default_rng(seed)


def alone(**changes):
    """One centre that starts at once and has willers only: the case with the simplest formulas."""
    base = {name: value for name, value in BASE.items() if not name.startswith("delay")}
    only = {"delay_weeks_1": 0.0, "share_willer": 1.0, "share_moeter": 0.0, "share_self_steering": 0.0}
    return base | only | {"module_lift": 0.0} | changes


@st.composite
def parameters(draw):
    """Any possible parameters, of small centres."""
    share = st.floats(0, 1)
    cuts = sorted(draw(st.tuples(share, share, share)))
    values = BASE | {f"share_{name}": b - a for name, a, b in zip(SEGMENTS, [0, *cuts], cuts, strict=False)}
    for name in ("reach_per_week", "uptake", *(f"step_{step}" for step in STEPS)):
        values[name] = draw(st.sampled_from([0.0, 1.0]) | share)
    values["workforce_persons"] = draw(st.integers(0, 200))
    values["end_weeks"] = draw(st.floats(0, 40))
    values["hours_per_week"] = draw(st.sampled_from([0.0, np.inf]) | st.floats(0, 50))
    values["hours_per_candidate"] = draw(st.floats(0.1, 10))
    return values


class TestFlow:
    @given(parameters(), st.integers(0, 99))
    def test_nobody_appears_from_nowhere_and_no_hour_is_given_twice(self, values, seed):
        flow = simulate(values, rng=rng(seed), pilots=3)
        chain = ["workforce", "reached", "enrolled", "guided", *STEPS]
        for more, less in itertools.pairwise(chain):
            assert (flow[f"{less}_persons"] <= flow[f"{more}_persons"]).all()
        assert (flow[[f"{step}_persons" for step in STEPS]] >= 0).all(axis=None)
        segments = flow[[f"enrolled_{name}_persons" for name in SEGMENTS]].sum(axis=1)
        assert segments.eq(flow["enrolled_persons"]).all()
        assert (flow["guided_persons"] + flow["waiting_persons"] == flow["enrolled_persons"]).all()
        capacity = (
            flow["weeks"] * values["hours_per_week"] if np.isfinite(values["hours_per_week"]) else np.inf
        )
        assert (flow["guidance_hours"] <= capacity + 1e-6).all()
        spent = flow["guided_persons"] * values["hours_per_candidate"]
        assert (spent <= flow["guidance_hours"] + 1e-6).all()

    @pytest.mark.parametrize(
        ("changes", "column", "like"),
        [
            ({"reach_per_week": 0}, "reached_persons", None),
            ({"uptake": 0}, "enrolled_persons", None),
            ({"hours_per_week": 0}, "guided_persons", None),
            ({"end_weeks": 4}, "reached_persons", None),
            ({"workforce_persons": 0}, "reached_persons", None),
            ({"hours_per_week": np.inf}, "guided_persons", "enrolled_persons"),
            ({"reach_per_week": 1}, "reached_persons", "workforce_persons"),
        ],
    )
    def test_limits(self, changes, column, like):
        flow = simulate(BASE | changes, rng=rng(), pilots=50)
        assert flow[column].eq(flow[like] if like else 0).all()

    def test_the_same_seed_gives_the_same_and_another_does_not(self):
        first, again, other = (simulate(BASE, rng=rng(seed), pilots=50) for seed in (3, 3, 4))
        assert first.equals(again) and not first.equals(other)
        state = np.random.get_state()[1].copy()  # noqa: NPY002
        simulate(BASE, rng=rng(), pilots=5)
        assert (state == np.random.get_state()[1]).all()  # noqa: NPY002

    def test_the_frame_is_tidy(self):
        flow = simulate(BASE, rng=rng(), pilots=30_000)  # more than one block
        assert flow[["pilot", "centre"]].equals(flow[["pilot", "centre"]].sort_values(["pilot", "centre"]))
        assert len(flow) == 120_000 and not flow.duplicated(["pilot", "centre"]).any()
        assert set(flow["evidence"]) == {"simulated"} and flow.notna().all(axis=None)
        assert all(name.endswith(("persons", "hours")) for name in flow.columns[4:-1])

    def test_means_are_those_of_the_closed_form(self):
        flow = simulate(BASE, rng=rng(), pilots=20_000).groupby("centre")
        sure = expected(BASE).set_index("centre")
        for column in ("reached_persons", "enrolled_persons"):
            error = flow[column].std() / np.sqrt(20_000)
            assert ((flow[column].mean() - sure[column]).abs() < 5 * error).all()
        assert flow["guidance_hours"].mean().le(sure["guidance_hours"] + 0.5).all()
        assert flow["guidance_hours"].mean().gt(0.95 * sure["guidance_hours"]).all()
        chain = np.cumprod([BASE[f"step_{step}"] for step in STEPS])
        steps = flow[[f"{step}_persons" for step in STEPS]].mean()
        assert np.allclose(steps.div(flow["guided_persons"].mean(), axis=0), chain, rtol=0.03)

    def test_enrolment_is_binomial(self):
        p = 0.25 * (1 - 0.98**26)
        values = alone(workforce_persons=40, reach_per_week=0.02, uptake=0.25, end_weeks=26)
        found = simulate(values, rng=rng(), pilots=20_000)["enrolled_persons"]
        wanted = stats.binom.pmf(np.arange(40), 40, p) * 20_000
        seen = np.bincount(found, minlength=40)[:40]
        common = wanted > 5
        assert stats.chisquare(
            [*seen[common], 20_000 - seen[common].sum()], [*wanted[common], 20_000 - wanted[common].sum()]
        ).pvalue > 1e-3  # fmt: skip
        assert expected(values)["enrolled_persons"].item() == pytest.approx(40 * p)

    def test_it_does_what_a_loop_over_persons_and_weeks_does(self):
        values = alone(workforce_persons=30, reach_per_week=0.1, uptake=0.5, end_weeks=6)
        values |= {"share_willer": 0.5, "share_moeter": 0.2, "hours_per_week": 3, "hours_per_candidate": 2}
        fast = simulate(values, rng=rng(), pilots=20_000)
        slow = pd.DataFrame([loop(values, rng(seed)) for seed in range(1500)], columns=["enrolled", "hours"])
        for column, name in [("enrolled", "enrolled_persons"), ("hours", "guidance_hours")]:
            error = slow[column].std() / np.sqrt(len(slow))
            assert abs(slow[column].mean() - fast[name].mean()) < 4.5 * error
            assert slow[column].std() == pytest.approx(fast[name].std(), rel=0.1)

    def test_more_modules_and_earlier_starts_reach_more(self):
        now = expected(BASE)["reached_persons"].sum()
        assert expected(BASE | {"modules_willer": 5})["reached_persons"].sum() > now
        assert expected(BASE | {"module_lift": 0})["reached_persons"].sum() < now
        assert expected(BASE | {"delay_weeks_3": 0})["reached_persons"].sum() > now
        assert len(expected(BASE | {f"delay_weeks_{centre}": 0 for centre in range(1, 8)})) == 7


def loop(values, chance):
    """One centre, person by person and week by week: enrolled persons and hours given."""
    ratios = [1, *(values[f"uptake_ratio_{name}"] for name in SEGMENTS[1:])]
    shares = [values[f"share_{name}"] for name in SEGMENTS[:-1]]
    segments = chance.choice(4, size=values["workforce_persons"], p=[*shares, 1 - sum(shares)])
    waiting, enrolled, hours, reached = 0.0, 0, 0.0, set()
    for _ in range(values["end_weeks"]):
        for person, segment in enumerate(segments):
            if person not in reached and chance.random() < values["reach_per_week"]:
                reached.add(person)
                if chance.random() < min(1, values["uptake"] * ratios[segment]):
                    enrolled += 1
                    waiting += values["hours_per_candidate"]
        used = min(waiting, values["hours_per_week"])
        hours, waiting = hours + used, waiting - used
    return enrolled, hours
