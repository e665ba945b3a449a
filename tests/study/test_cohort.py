"""Enrolment, segments, steps, attrition and change, by hand, against R, and on data with a known change."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loopbaanchecks.pilots import CONDITIONS, SEGMENTS, STEPS, cohort
from loopbaanchecks.study import read_resource, read_vocabulary
from loopbaanchecks.twins.cohort import simulated_candidates

REFERENCE = Path(__file__).parents[1] / "reference"
RULES = read_resource("tno_2007-segments")
PARAMETERS = read_resource("tno_2007-parameters").set_index("name")["value"].astype(float).to_dict()
SCORES = pd.read_csv(REFERENCE / "change_data.csv")
WILLER = {name: name == "considering" for name in CONDITIONS}
MOETER = {name: name == "must_leave" for name in CONDITIONS}


def rows(*people, **more):
    """One row per (candidate, centre, wave)."""
    return pd.DataFrame(people, columns=cohort.KEYS).assign(**more)


THREE = rows(("K1", "A", 1), ("K1", "A", 3), ("K2", "A", 1), ("K3", "B", 1), ("K3", "B", 2), ("K3", "B", 3))


@st.composite
def attendance(draw):
    """Candidates of two centres, each at any of four waves, at least one."""
    waves = draw(st.lists(st.sets(st.integers(1, 4), min_size=1), min_size=1, max_size=12))
    return rows(*((f"K{i}", "AB"[i % 2], wave) for i, own in enumerate(waves) for wave in sorted(own)))


@given(attendance())
def test_measured_gap_and_lost_are_everyone(frame):
    table = cohort.attrition(frame)
    assert (table["n"] + table["n_gap"] + table["n_lost"] == table["n_enrolled"]).all()
    assert table["n"].sum() == len(frame)
    assert table["n_gap"].sum() == len(cohort.wave_gaps(frame))
    assert table.groupby("centre")["n_lost"].apply(lambda n: n.is_monotonic_increasing).all()


def test_a_gap_is_not_a_loss():
    assert cohort.wave_gaps(THREE).to_numpy().tolist() == [["K1", "A", 2]]
    table = cohort.attrition(THREE).set_index(["centre", "wave"])
    assert table.loc[("A", 2), ["n_enrolled", "n", "n_gap", "n_lost", "estimate"]].tolist() == [
        2,
        0,
        1,
        1,
        0.5,
    ]
    assert table.loc[("B", 3), "estimate"] == 0


def test_no_gap_is_an_empty_frame():
    assert cohort.wave_gaps(THREE[THREE["candidate"] == "K3"]).empty


def test_enrolment_counts_people_once_and_shows_empty_months():
    days = pd.to_datetime(["2006-06-20"] * 2 + ["2006-09-01"] + ["2006-06-30"] * 3)
    frame = THREE.assign(enrolment_date=days)
    assert cohort.enrolment(frame, monthly=False)["n"].to_dict() == {"A": 2, "B": 1}
    monthly = cohort.enrolment(frame, monthly=True)
    assert list(monthly.columns) == ["2006-06", "2006-07", "2006-08", "2006-09"]
    assert monthly.to_numpy().tolist() == [[1, 0, 0, 1], [1, 0, 0, 0]]


def test_segments_are_those_of_wave_one():
    frame = rows(("K1", "A", 1), ("K1", "A", 2), ("K2", "A", 1), ("K3", "B", 2))
    answers = pd.DataFrame([WILLER, MOETER, MOETER, WILLER]).astype("boolean")
    table = cohort.segment_counts(frame.join(answers), RULES)
    assert list(table.columns) == [*SEGMENTS, "unknown"]
    assert table.loc["A"].tolist() == [1, 1, 0, 0, 0]
    assert table.loc["B"].tolist() == [0, 0, 0, 0, 1]


def test_steps_count_answers_and_say_how_many_are_missing():
    taken = pd.array([False, True, pd.NA, True, True, False], dtype="boolean")
    frame = THREE.assign(**dict.fromkeys(STEPS, False)).assign(solutions=taken)
    table = cohort.steps_by_wave(frame, confidence=0.95)
    assert table["step"].drop_duplicates().tolist() == list(STEPS)
    first, _, third = table[table["step"] == "solutions"].itertuples()
    assert (first.wave, first.count, first.n, first.n_missing) == (1, 1, 2, 1)
    assert (third.wave, third.count, third.n, third.n_missing) == (3, 1, 2, 1)
    # Wilson (1927) for 1 of 2, by hand: z² = 3.8415, centre 0.5, reach z / (1 + z²/n) * sqrt(1/8 + z²/16)
    reach = 1.959964 / (1 + 3.841459 / 2) * np.sqrt(1 / 8 + 3.841459 / 16)
    assert first.estimate == 0.5 and first.method == "wilson"
    np.testing.assert_allclose([first.ci_low, first.ci_high], [0.5 - reach, 0.5 + reach], atol=1e-6)


@pytest.mark.parametrize(
    ("case", "centres", "method"),
    [
        ("eight", "ABCDEFGH", "mixed_centre_candidate"),
        ("four", "ABCD", "mixed_candidate_fixed_centre"),
        ("one", "A", "mixed_candidate_one_centre"),
    ],
)
def test_change_is_that_of_r(case, centres, method):
    found = cohort.change_over_waves(SCORES[SCORES["centre"].isin(list(centres))], confidence=0.95)
    assert set(found["method"]) == {method}
    reference = pd.read_csv(REFERENCE / "change.csv", skipinitialspace=True).query("case == @case")
    for _, other in reference.groupby("software"):
        np.testing.assert_allclose(found["estimate"], other["estimate"], atol=2e-5)
        np.testing.assert_allclose(found["standard_error"], other["standard_error"], rtol=1e-4)
    nlme = reference[reference["software"] == "nlme"]
    np.testing.assert_allclose(found[["ci_low", "ci_high"]], nlme[["ci_low", "ci_high"]], atol=2e-5)
    np.testing.assert_array_equal(found["df"], nlme["df"])


def test_where_lme4_finds_no_variance_between_centres_the_result_is_the_same():
    found = cohort.change_over_waves(SCORES, confidence=0.95, outcome="flat")
    assert set(found["method"]) == {"mixed_candidate_flat_centre"}
    reference = pd.read_csv(REFERENCE / "change.csv", skipinitialspace=True).query("case == 'flat'")
    np.testing.assert_allclose(found["estimate"], reference["estimate"], atol=2e-5)
    np.testing.assert_allclose(found["standard_error"], reference["standard_error"], rtol=1e-4)


def test_scores_that_are_there_and_that_are_not():
    found = cohort.change_over_waves(SCORES, confidence=0.9).set_index("wave")
    for wave in (2, 3):
        n = int((SCORES["wave"] == wave).sum())
        assert (found.loc[wave, "n"], found.loc[wave, "n_missing"]) == (n, 96 - n)
    emptied = SCORES.assign(self_management=SCORES["self_management"].mask(SCORES.index == 1))
    assert (
        cohort.change_over_waves(emptied, confidence=0.9)["n_missing"].sum() == found["n_missing"].sum() + 1
    )


def made(rng, *, centres, between, own, change=0.4, each=12):
    """Scores with a known change per wave, random intercepts of centre and candidate, some dropout."""
    people = [(f"K{c}-{i}", f"C{c}", wave) for c in range(centres) for i in range(each) for wave in (1, 2, 3)]
    frame = rows(*people)
    level = np.repeat(rng.normal(0, between, centres), 3 * each) + np.repeat(
        rng.normal(0, own, centres * each), 3
    )
    frame["self_management"] = 3 + level + change * (frame["wave"] - 1) + rng.normal(0, 0.5, len(frame))
    return frame[(rng.random(len(frame)) > 0.15) | (frame["wave"] == 1)]


@pytest.mark.parametrize(("centres", "studies"), [(3, 60), (6, 20)])
def test_a_known_change_is_found_as_often_as_the_interval_says(centres, studies):
    rng = np.random.default_rng(2007)
    truth, inside, estimates = np.array([0.4, 0.8]), [], []
    for _ in range(studies):
        found = cohort.change_over_waves(made(rng, centres=centres, between=0.4, own=0.6), confidence=0.9)
        inside.append(((found["ci_low"] <= truth) & (truth <= found["ci_high"])).to_numpy())
        estimates.append(found["estimate"].to_numpy())
    error = np.std(estimates, axis=0, ddof=1) / np.sqrt(studies)
    assert (np.abs(np.mean(estimates, axis=0) - truth) < 3.5 * error).all()
    assert abs(np.mean(inside) - 0.9) < 3.5 * np.sqrt(0.9 * 0.1 / studies)


def test_without_variance_between_centres_or_candidates_the_model_says_so():
    rng = np.random.default_rng(1)
    frame = made(rng, centres=6, between=0, own=0.6)
    frame["self_management"] -= frame.groupby("centre")["self_management"].transform("mean")
    method = cohort.change_over_waves(frame, confidence=0.95)["method"].iloc[0]
    assert method == "mixed_candidate_flat_centre"
    flat = made(rng, centres=3, between=0, own=0)
    flat["self_management"] -= flat.groupby("candidate")["self_management"].transform("mean")
    found = cohort.change_over_waves(flat, confidence=0.95)
    assert set(found["method"]) == {"ols_fixed_centre"}


def test_every_model_has_its_words():
    models = {
        f"{kind}_{rest}_centre" for kind in ("mixed_candidate", "ols") for rest in ("fixed", "flat", "one")
    }
    assert models | {"mixed_centre_candidate"} <= set(read_vocabulary().index)


def test_a_constant_shift_changes_nothing():
    shifted = SCORES.assign(self_management=SCORES["self_management"] + 2)
    first, second = (cohort.change_over_waves(one, confidence=0.95) for one in (SCORES, shifted))
    np.testing.assert_allclose(first["estimate"], second["estimate"], atol=1e-4)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (SCORES[SCORES["wave"] == 1], "found 96 scores of 96 candidates at waves [1]"),
        (SCORES[SCORES["wave"] > 1], "at waves [2, 3]"),
        (SCORES[SCORES["candidate"] == "K001"], "expected self_management at wave 1 and later"),
        (SCORES.assign(self_management=np.nan), "found 0 scores of 0 candidates at waves []"),
        (SCORES.drop(columns="centre"), "measurements: expected columns"),
    ],
)
def test_too_little_to_compare_is_said(frame, message):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        cohort.change_over_waves(frame, confidence=0.95)
    assert message in str(error.value)


def test_confidence_and_columns_are_checked():
    with pytest.raises(ValueError, match="confidence: expected a number between 0 and 1; found 95"):
        cohort.change_over_waves(SCORES, confidence=95)
    for function, choices in (
        (cohort.wave_gaps, {}),
        (cohort.attrition, {}),
        (cohort.enrolment, {"monthly": False}),
        (cohort.steps_by_wave, {"confidence": 0.95}),
        (lambda frame: cohort.segment_counts(frame, RULES), {}),
    ):
        with pytest.raises(ValueError, match="measurements: expected columns candidate, centre, wave"):
            function(pd.DataFrame(), **choices)


# --- the cohort that does not exist ---------------------------------------------------------------


def drawn(seed=1, **changes):
    choices = {"centres": list("ABCD"), "candidates_per_centre": 25, "start": date(2006, 6, 14)} | changes
    own = {name: choices.pop(name) for name in list(choices) if name in PARAMETERS}
    return simulated_candidates(PARAMETERS | own, RULES, **choices, rng=np.random.default_rng(seed))


def test_the_made_up_cohort_is_marked_and_repeatable():
    one, again = drawn(), drawn()
    assert one.evidence == "simulated" and one.details == {"source": "made up, not observed"}
    pd.testing.assert_frame_equal(one.measurements, again.measurements)
    assert not one.measurements.equals(drawn(seed=2).measurements)
    assert one.gaps.empty


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_the_made_up_cohort_keeps_the_rules(seed):
    frame = drawn(seed).measurements
    table = cohort.segment_counts(frame, RULES)
    assert table.sum(axis=1).tolist() == [25] * 4 and table["unknown"].sum() == 0
    taken = frame[list(STEPS)].to_numpy(dtype=bool)
    assert (taken[:, :-1] | ~taken[:, 1:]).all()
    assert frame["self_management"].between(1, 5).all()
    assert (frame["measurement_date"] >= frame["enrolment_date"]).all()


def test_the_made_up_cohort_has_the_shares_of_its_parameters():
    frame = drawn(candidates_per_centre=2000).measurements
    lost = cohort.attrition(frame).groupby("wave")[["n_lost", "n_enrolled"]].sum()
    share = lost["n_lost"] / lost["n_enrolled"]
    stay = 1 - PARAMETERS["attrition"]
    np.testing.assert_allclose(share, [0, 1 - stay, 1 - stay**2], atol=0.02)
    scores = frame.pivot(index="candidate", columns="wave", values="self_management").astype(float)
    assert abs(scores.corr().loc[1, 3] - PARAMETERS["correlation"]) < 0.03
    change = (scores[3] - scores[1]).mean() / scores[1].std()
    assert abs(change - PARAMETERS["change_sd"]) < 0.05


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"centres": []}, "centres: expected names, each once; found"),
        ({"centres": ["A", "A"]}, "centres: expected names, each once; found"),
        ({"candidates_per_centre": 0}, "candidates_per_centre: expected whole numbers of at least 1"),
        ({"waves": 1}, "waves: expected whole numbers of at least 2"),
    ],
)
def test_an_impossible_cohort_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        drawn(**changes)


def test_absent_parameters_are_named():
    with pytest.raises(ValueError, match="parameters: expected also waves, attrition; not found"):
        simulated_candidates(
            {name: value for name, value in PARAMETERS.items() if name not in ("waves", "attrition")},
            RULES,
            centres=["A"],
            candidates_per_centre=1,
            start=date(2006, 6, 14),
            rng=np.random.default_rng(1),
        )
