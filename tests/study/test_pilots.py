"""The pilot model: conservation, limits, closed forms, a person-by-person loop, and every refusal."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import TTestPower

from loopbaanchecks.paths import DATA
from loopbaanchecks.pilots.flow import (
    CONDITIONS,
    SEGMENTS,
    STEPS,
    Measurements,
    calibrate,
    change_power,
    check_decision_table,
    check_parameters,
    classify,
    detectable_effect,
    draw_parameters,
    expected,
    modules_by_segment,
    required,
    simulate,
    simulate_weeks,
    simulated_power,
)

TABLE = pd.read_csv(DATA / "tno_2007" / "segments.csv", dtype=str, keep_default_na=False)
MODULES = pd.read_csv(DATA / "tno_2007" / "modules.csv", dtype=str, keep_default_na=False)
NUMBERS = pd.read_csv(DATA / "tno_2007" / "parameters.csv")
BASE = NUMBERS.set_index("name")["value"].to_dict()
DESIGN = Measurements(waves=3, attrition=0.15, correlation=0.6, alpha=0.05)
GRID = {"reach": [0.005, 0.02, 0.06], "uptake": [0.05, 0.25, 0.6], "workforce": [300, 1000, 3000]}
EVERYONE = pd.DataFrame(list(itertools.product([False, True], repeat=5)), columns=list(CONDITIONS))


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


class TestSegments:
    def test_the_table_says_what_the_definitions_say(self):
        found = classify(EVERYONE, TABLE)
        for row, segment in zip(EVERYONE.itertuples(), found, strict=True):
            if row.must_leave:
                wanted = "self_steering" if row.self_steering else "moeter"
            elif not row.satisfied and row.considering and not row.acting:
                wanted = "willer"
            else:
                wanted = "self_steering" if row.self_steering else "other"
            assert segment == wanted

    def test_workers_keep_their_index(self):
        some = EVERYONE.sample(12, random_state=1)
        assert classify(some, TABLE).equals(classify(EVERYONE, TABLE).loc[some.index])
        assert classify(some.iloc[:0], TABLE).empty
        assert classify(some.astype("boolean"), TABLE).equals(classify(some, TABLE))

    @pytest.mark.parametrize("rule", range(len(TABLE)))
    def test_without_a_rule_the_table_is_incomplete_and_twice_it_overlaps(self, rule):
        with pytest.raises(ValueError, match="satisfied=.*expected exactly one rule; found 0"):
            check_decision_table(TABLE.drop(index=rule))
        with pytest.raises(ValueError, match="expected exactly one rule; found 2"):
            classify(EVERYONE, pd.concat([TABLE, TABLE.iloc[[rule]]], ignore_index=True))

    @pytest.mark.parametrize("condition", CONDITIONS)
    def test_a_wildcard_too_many_overlaps(self, condition):
        row = TABLE.index[TABLE[condition] != "-"][0]
        wider = TABLE.copy()
        wider.loc[row, condition] = "-"
        with pytest.raises(ValueError, match="expected exactly one rule; found 2"):
            check_decision_table(wider)

    def test_unknown_words_and_columns_are_refused(self):
        with pytest.raises(ValueError, match="not found: acting"):
            check_decision_table(TABLE.drop(columns="acting"))
        odd = TABLE.copy()
        odd.loc[2, "acting"] = "ja"
        with pytest.raises(ValueError, match="acting, row 2: expected one of yes, no, -; found 'ja'"):
            check_decision_table(odd)
        with pytest.raises(ValueError, match="segment, row 0: expected one of willer.*found 'boss'"):
            check_decision_table(TABLE.replace({"segment": {"moeter": "boss"}}))

    def test_workers_with_gaps_words_or_too_few_columns_are_refused(self):
        with pytest.raises(ValueError, match="not found: self_steering"):
            classify(EVERYONE.drop(columns="self_steering"), TABLE)
        gap = EVERYONE.astype("boolean")
        gap.loc[3, "acting"] = pd.NA
        with pytest.raises(ValueError, match="column acting, row 3: expected true or false; found a gap"):
            classify(gap, TABLE)
        with pytest.raises(ValueError, match="column satisfied: expected true or false; found int"):
            classify(EVERYONE.astype(int), TABLE)

    def test_sheets_are_counted_by_segment(self):
        assert modules_by_segment(MODULES, []) == dict.fromkeys((f"modules_{name}" for name in SEGMENTS), 0)
        counted = modules_by_segment(MODULES, ["communication", "redeployment"])
        assert list(counted.values()) == [1, 2, 1, 1]
        with pytest.raises(ValueError, match="expected each once, of contract.*found 'lunch'"):
            modules_by_segment(MODULES, ["lunch"])
        with pytest.raises(ValueError, match="found 'contract'"):
            modules_by_segment(MODULES, ["contract", "contract"])


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
        assert check_parameters(drawn) is None
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
            ({"uptake": np.array([0.1, np.nan])}, "uptake: .*found nan, place 1"),
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
            check_parameters(few)
        with pytest.raises(ValueError, match="expected also delay_weeks_1; not found"):
            check_parameters({k: v for k, v in BASE.items() if not k.startswith("delay")})
        with pytest.raises(ValueError, match=r"arrays of length 3; found \{'uptake': 2\}"):
            simulate(BASE | {"uptake": np.array([0.1, 0.2])}, rng=rng(), pilots=3)
        with pytest.raises(ValueError, match="arrays of length 1"):
            expected(BASE | {"uptake": np.array([0.1, 0.2])})
        with pytest.raises(ValueError, match="pilots: expected 1 or more; found 0"):
            simulate(BASE, rng=rng(), pilots=0)


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

    @given(parameters(), st.integers(0, 99))
    @settings(max_examples=20, deadline=None)
    def test_weeks_add_up_to_the_whole_and_hours_wait_or_are_given(self, values, seed):
        whole = simulate(values, rng=rng(seed), pilots=2).set_index(["pilot", "centre"])
        weeks = simulate_weeks(values, rng=rng(seed), pilots=2)
        groups = weeks.groupby(["pilot", "centre"])
        sums = groups[["reached_persons", "enrolled_persons", "guidance_hours"]].sum()
        open_ = whole.loc[whole["weeks"] > 0]
        assert len(sums) == len(open_)
        assert np.allclose(sums, open_[sums.columns])
        assert groups.size().eq(open_["weeks"]).all()
        assert (weeks["guidance_hours"] <= values["hours_per_week"]).all()
        asked = groups["enrolled_persons"].sum() * values["hours_per_candidate"]
        assert np.allclose(asked, groups["guidance_hours"].sum() + groups["backlog_hours"].last())
        assert (weeks["calendar_weeks"] <= values["end_weeks"] + 1e-6).all()

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

    def test_arrivals_by_week_are_those_of_the_closed_form(self):
        values = alone(workforce_persons=50, reach_per_week=0.2, uptake=1.0, end_weeks=5)
        weeks = simulate_weeks(values, rng=rng(), pilots=4000).groupby("week")["reached_persons"].mean()
        assert weeks.to_numpy() == pytest.approx(50 * 0.2 * 0.8 ** np.arange(5), rel=0.03)

    def test_weeks_are_placed_on_the_calendar_by_the_delay_of_the_centre(self):
        weeks = simulate_weeks(BASE, rng=rng(), pilots=2)
        first = weeks[weeks["week"] == 1].groupby("centre")["calendar_weeks"].agg(["min", "max"])
        for centre, row in first.iterrows():
            assert row.tolist() == pytest.approx([1 + BASE[f"delay_weeks_{centre}"]] * 2)

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
        given_ = min(waiting, values["hours_per_week"])
        hours, waiting = hours + given_, waiting - given_
    return enrolled, hours


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
