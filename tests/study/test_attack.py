"""Marked people in all inputs are in no byte of what is built, and nobody can solve for a small count."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import attacker
import numpy as np
import pandas as pd
import pytest

from loopbaanchecks import pilots
from loopbaanchecks.leaving.check import check_results, write_bundle
from loopbaanchecks.leaving.contents import read_texts
from loopbaanchecks.pilots import candidates
from loopbaanchecks.project import PROJECT
from loopbaanchecks.report import report as display
from loopbaanchecks.report.report import Report
from loopbaanchecks.study import Study, read_resource
from loopbaanchecks.twins import cohort as cohorttwin
from loopbaanchecks.twins.survey import read_twin
from strictruns import run_notebook

MARK = "Kanariegeel"  # in every name, word and place of the inputs


# --- tables of made-up centres, many of them: no notebook is run ---------------------------------------


def cohort(seed, candidates_per_centre):
    values = read_resource("tno_2007-parameters").set_index("name")["value"].astype(float)
    drawn = {"centres": ["North", "South"], "candidates_per_centre": candidates_per_centre}
    rng = np.random.default_rng(seed)
    return cohorttwin.simulated_candidates(
        values, read_resource("tno_2007-segments"), start=date(2025, 1, 6), rng=rng, **drawn
    ).measurements


def own_tables(measurements):
    """The tables of section 10 of 03, as the notebook makes them."""
    counted = pilots.segment_counts(measurements, read_resource("tno_2007-segments"))
    counted = pd.concat([counted, counted.sum().to_frame("total").T]).assign(
        total=lambda rows: rows.sum(axis=1)
    )
    leaving = pilots.attrition(measurements).groupby("wave")[["n", "n_gap", "n_lost", "n_enrolled"]].sum()
    return {
        "own_segments": counted.rename_axis("centre").reset_index(),
        "own_steps": pilots.steps_by_wave(measurements, confidence=0.95),
        "own_attrition": leaving.reset_index(),
        "own_change": pilots.change_over_waves(measurements, confidence=0.95),
    }


@pytest.mark.parametrize(
    "seed", [*range(4), *(pytest.param(s, marks=pytest.mark.thorough) for s in range(4, 40))]
)
def test_no_small_count_of_candidates_can_be_solved_for(seed, tmp_path, monkeypatch):
    monkeypatch.setattr(display, "display", lambda thing: None)
    report = Report("nl", name="x", output_dir=tmp_path / "shown", minimum_cell=5)
    frames = own_tables(cohort(seed, 8 + seed % 14))
    for part, hide in (("true", False), ("shown", True)):
        (tmp_path / part / "tables").mkdir(parents=True)
        for name, frame in frames.items():
            kept = report.released(name, frame, "observed") if hide else frame
            kept.to_csv(tmp_path / part / "tables" / f"{name}.csv", index=False)
    truth = attacker.attack_candidates(tmp_path / "true")
    him = attacker.attack_candidates(tmp_path / "shown")
    assert him.place == truth.place
    small = {name: n for name, n in truth.known.items() if 0 < n < 5}
    assert small and not small.keys() & him.known.keys()
    for name, n in small.items():
        low, high = him.range_of(name)
        assert low <= n <= high and high - low >= 5, (name, low, high)


# --- whole runs --------------------------------------------------------------------------------------


def write_inputs(folder):
    """Three inputs of marked people, few of them in some cells; returns the parameters of each notebook."""
    rng = np.random.default_rng(15)
    answers = read_twin(Study(), seed=2).responses
    for name in rng.choice(answers.columns, 60, replace=False):
        answers.loc[rng.choice(answers.index, rng.integers(1, 14), replace=False), name] = pd.NA
    answers.loc[answers.index[:3], answers.columns.intersection(Study().published["item"])] = pd.NA
    answers = answers.assign(record_id=range(1, len(answers) + 1))
    answers = pd.concat([answers, answers.tail(2)])  # three who answered nothing of the tables, two twice
    answers.to_csv(folder / f"{MARK} survey.csv", index=False)
    spans = []
    for at in range(12):
        source = f"{MARK} Persoon {at}"
        lines = [
            f"{MARK.lower()} vertelde over vogel {at} en kooi {line} bij haar thuis" for line in range(4)
        ]
        (folder / f"{source}.txt").write_text("\n".join(lines), encoding="utf8")
        for code, share in (
            ("steun", 0.9),
            ("tijd", 0.6),
            ("zeldzaam", 0.15),
            ("zeldzamer", 0.1),
            ("geld", 0.4),
        ):
            if rng.random() < share:
                spans += [
                    (source, 0, 30, code, f"{MARK} {coder}") for coder in "AB"[: 1 + (rng.random() < 0.8)]
                ]
    columns = ["source", "start", "end", "code", "coder"]
    pd.DataFrame(spans, columns=columns).to_csv(folder / f"{MARK} codes.csv", index=False)
    groups = [(f"{MARK} Persoon {at}", ["employee", "employer"][at % 2]) for at in range(12)]
    pd.DataFrame(groups, columns=["source", "group"]).to_csv(folder / f"{MARK} groups.csv", index=False)
    candidates.write_candidates(cohort(3, 17), folder / f"{MARK} own.csv")
    return {
        "01_quant": {"survey_file": str(folder / f"{MARK} survey.csv"), "twins": 10},
        "02_qual": {
            "interviews_file": str(folder / f"{MARK} codes.csv"),
            "groups_file": str(folder / f"{MARK} groups.csv"),
            "resamples": 100,
            "orders": 20,
        },
        "03_tno_pilots": {
            "data_file": str(folder / f"{MARK} own.csv"),
            "simulations": 50,
            "samples": 64,
            "studies": 2,
        },
    }


@pytest.fixture(scope="session")
def observed(tmp_path_factory):
    """One run of every notebook with real inputs: its folder, and the parameters of each."""
    folder = tmp_path_factory.mktemp("observed")
    (folder / MARK).mkdir()
    given = write_inputs(folder / MARK)
    project = replace(PROJECT, results=folder / "results")
    for name, values in given.items():
        run_notebook(name, values, project=project, run="real", progress=False)
    return folder / "results" / "real", given


@pytest.mark.thorough
def test_no_byte_holds_a_marked_person(observed):
    run, _ = observed
    paths = [path for path in run.rglob("*") if path.is_file()]
    assert len(paths) > 60
    for path in paths:
        assert MARK.lower() not in path.name.lower()
        for place, text in read_texts(path):
            assert MARK.lower() not in text.lower(), (path.name, place)


@pytest.mark.thorough
def test_the_check_at_the_end_of_each_run_passes_and_its_archive_is_whole(observed, tmp_path):
    run, given = observed
    for name in given:
        record = json.loads((run / name / "check.json").read_text(encoding="utf8"))
        assert record["passed"], record["findings"]
    assert write_bundle(run, tmp_path / "real.zip") == []


@pytest.mark.thorough
def test_pages_say_from_how_many_people_on_a_number_is_shown(observed):
    run, _ = observed
    for name, least in (("01_quant", 10), ("02_qual", 3), ("03_tno_pilots", 5)):
        for language, words in (
            ("nl", f"Aantallen onder {least} personen"),
            ("en", f"Counts below {least} people"),
        ):
            assert words in (run / name / f"report.{language}.html").read_text(encoding="utf8")


def narrowed(him, least):
    """What he knows to be small: a number that is not printed may be zero, or the minimum or more."""
    ranges = {name: (n, n) for name, n in him.known.items()}
    ranges |= {name: him.range_of(name) for name in him.place.keys() - him.known.keys()}
    return {name: ends for name, ends in ranges.items() if ends[0] >= 1 and ends[1] < least}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "attack", "least"),
    [
        ("01_quant", attacker.attack_survey, 10),
        ("02_qual", attacker.attack_interviews, 3),
        ("03_tno_pilots", attacker.attack_candidates, 5),
    ],
)
def test_no_hidden_count_of_a_run_can_be_solved_for(observed, name, attack, least):
    him = attack(observed[0] / name)
    assert him.place.keys() - him.known.keys()
    assert not narrowed(him, least)


def write_codings(folder, seed):
    """Conversations of one to three groups, some of them by one coder, with codes from rare to common."""
    rng = np.random.default_rng(seed)
    size, people, groups = int(rng.integers(8, 16)), int(rng.integers(1, 4)), int(rng.integers(1, 4))
    shares = rng.uniform(0.05, 1, 6)
    spans, text = [], "Onze baas wil niet en er is geen tijd voor, zei zij"
    for at in range(size):
        (folder / f"G{at}.txt").write_text(text)
        for code in np.flatnonzero(rng.random(6) < shares):
            begin = int(rng.integers(0, 30))
            coders = [k for k in range(people) if rng.random() < 0.7] or [0]
            spans += [(f"G{at}", begin, begin + 20, f"c{code}", f"P{coder}") for coder in coders]
    pd.DataFrame(spans, columns=["source", "start", "end", "code", "coder"]).to_csv(
        folder / "codes.csv", index=False
    )
    names = [(name, f"g{rng.integers(groups)}") for name in dict.fromkeys(span[0] for span in spans)]
    pd.DataFrame(names, columns=["source", "group"]).to_csv(folder / "groups.csv", index=False)
    return {
        "interviews_file": str(folder / "codes.csv"),
        "groups_file": str(folder / "groups.csv"),
        "resamples": 100,
        "orders": 10,
    }


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(6))
def test_no_hidden_count_of_other_conversations_can_be_solved_for(seed, tmp_path):
    """The whole of 02 as a script, no kernel; what is known of every count is judged as above."""
    script = Path(__file__).with_name("rerun.py")
    given = json.dumps(write_codings(tmp_path, seed))
    (tmp_path / "shown").mkdir()
    subprocess.run([sys.executable, script, "02_qual", tmp_path / "shown", given], check=True)
    assert not narrowed(attacker.attack_interviews(tmp_path / "shown"), 3)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("01_quant", {"exclude": "previews"}),  # with the two who answered twice
        ("03_tno_pilots", {"minimum_cell": 2}),
    ],
)
def test_what_two_runs_give_away_together_is_named(observed, tmp_path, name, other):
    """Each of the two passes by itself, or the second says less of who is there than a minimum of 2 would."""
    run, given = observed
    project = replace(PROJECT, results=tmp_path)
    values = given[name] | other | {"language": "nl"}
    run_notebook(name, values, project=project, run="two", progress=False)
    assert not check_results([run / name]).held
    found = check_results([run, tmp_path / "two"]).held
    assert {finding.rule for finding in found} - {"small_cell", "follows"} == {"difference"}
