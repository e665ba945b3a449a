"""No word, order or written number hangs on the last bit: other processors, threads, orders of summation."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import rerun
from hypothesis import given
from hypothesis import strategies as st
from test_cohort import SCORES, made

from codedtexts import saturation
from expect import exact, settled
from loopbaanchecks import pilots
from loopbaanchecks.claims.references import as_printed
from loopbaanchecks.language import format_number
from loopbaanchecks.report.report import Report
from loopbaanchecks.study import Study, read_resource
from loopbaanchecks.twins.survey import read_twin

POINT = read_resource("tno_2007-parameters").set_index("name")["value"].astype(float).to_dict()


def moved(values, seed):
    """Add up to four units in the last place to every number."""
    values = np.asarray(values, dtype=float)
    return values + np.random.default_rng(seed).integers(-4, 5, values.shape) * np.spacing(values)


def written(frame, tmp_path):
    """The bytes of a table as a report writes it."""
    report = Report("nl", name="x", output_dir=tmp_path)
    report.table("x", frame, "implied", columns=["n"], nl="x", en="x")
    report.write()
    return (tmp_path / "tables" / "x.csv").read_bytes()


# --- the model of change -------------------------------------------------------------------------


def flat_centres():
    frame = made(np.random.default_rng(1), centres=6, between=0, own=0.6)
    frame["self_management"] -= frame.groupby("centre")["self_management"].transform("mean")
    return frame


def flat_candidates(centres):
    frame = made(np.random.default_rng(1), centres=centres, between=0, own=0)
    frame["self_management"] -= frame.groupby("candidate")["self_management"].transform("mean")
    return frame


@pytest.mark.parametrize(
    ("frame", "model"),
    [
        (flat_centres(), "mixed_candidate_flat_centre"),
        (flat_candidates(3), "ols_fixed_centre"),
        (flat_candidates(6), "ols_flat_centre"),
        (SCORES, "mixed_centre_candidate"),
        (SCORES.assign(self_management=SCORES["flat"]), "mixed_candidate_flat_centre"),
    ],
)
def test_model_and_table_of_change_stay(frame, model, tmp_path):
    tables = set()
    for seed in range(6):
        other = frame.assign(self_management=moved(frame["self_management"], seed))
        other = other.sample(frac=1, random_state=seed)
        tables.add(written(pilots.change_over_waves(other, confidence=0.95), tmp_path))
    assert len(tables) == 1
    assert f",{model},implied\n" in tables.pop().decode()


# --- thresholds, ranks, orders -------------------------------------------------------------------


def test_a_grid_point_on_the_target_reproduces_it():
    for workforce in range(1000, 1020):
        grid = {"reach": [0.02], "uptake": [0.25], "workforce": [workforce], "reading": "total"}
        mean = settled(pilots.calibrate(POINT, **grid, target=(0, 1e6))["expected_persons"].item())
        for target in ((mean, mean + 1), (mean - 1, mean)):
            assert pilots.calibrate(POINT, **grid, target=target)["reproduces"].item()


def test_a_lever_that_just_makes_its_target_is_feasible():
    """Uptake 0.5 gives so many; asking for that many needs 0.5, which is a step of the search."""
    at_half = float(pilots.expected(POINT | {"uptake": 0.5})["enrolled_persons"].sum())
    found = {
        tuple(pilots.required(POINT, target=settled(n), limits={"uptake": 1.0}, quantity="enrolled").iloc[0])
        for n in moved(np.full(20, at_half), 2)
    }
    assert len(found) == 1
    last = pilots.required(POINT, target=settled(at_half), limits={"uptake": 0.5}, quantity="enrolled").iloc[
        0
    ]
    assert last["feasible"] and last["needed"] == 0.5


def test_equal_influences_keep_the_order_of_the_parameters():
    table = pd.DataFrame({"name": list("abcd"), "value": 0.5, "low": 0.1, "high": 0.9})
    orders = set()
    for seed in range(8):

        def model(values, rows, seed=seed):
            return moved(sum(values[name] for name in "dbca"), seed)

        orders.add(tuple(pilots.one_at_a_time(table, model)["name"]))
        with pytest.raises(ValueError, match="found one value only"):
            pilots.sobol_indices(
                table, lambda v, rows, s=seed: moved(np.full(rows, 0.7), s), samples=8, confidence=0.9, seed=1
            )
    assert orders == {("a", "b", "c", "d")}


def test_the_last_interview_reaches_every_code_exactly():
    for n in range(2, 60):
        codes = [f"c{k}" for k in range(1, n + 1) for _ in range(k)]
        spans = pd.DataFrame({"source": [i for k in range(1, n + 1) for i in range(k)], "code": codes})
        people = pd.DataFrame({"source": range(n)})
        curve = saturation(spans, people, orders=1, confidence=0.9, rng=np.random.default_rng(1))
        assert int(curve["expected"].iloc[-1]) == n


def test_the_detectable_change_is_the_same_to_ten_digits():
    for n in (20, 80, 200, 400):
        designs = [pilots.Measurements(3, attrition, 0.6, 0.05) for attrition in moved(np.full(10, 0.15), n)]
        found = [pilots.detectable_effect([n], design=one, power=0.8) for one in designs]
        assert len({settled(one["detectable_change_sd"].item()) for one in found}) == 1


def test_the_power_of_a_large_change_is_a_number():
    design = pilots.Measurements(waves=3, attrition=0.15, correlation=0.6, alpha=0.05)
    power = [
        pilots.change_power(c, candidates=n, design=design) for n in (20, 200) for c in np.arange(0, 2, 0.02)
    ]
    assert np.isfinite(power).all() and max(power) <= 1


# --- what is shown and written -------------------------------------------------------------------


@given(st.integers(-99_999, 99_999), st.integers(0, 50), st.sampled_from(["decimal2", "percent0", "number"]))
def test_a_half_is_shown_the_same_wherever_its_last_bit_is(thousandths, seed, spec):
    value = thousandths / 1000
    texts = {format_number(one, spec, "nl") for one in (value, *moved(np.full(3, value), seed))}
    assert len(texts) == 1


@given(st.integers(-99_999, 99_999))
def test_halves_go_away_from_zero_as_in_dutch_print(thousandths):
    shown = format_number(thousandths / 1000, "decimal2", "nl")
    assert shown == as_printed(exact(thousandths / 1000), 2)


def test_computed_tables_and_numbers_are_written_to_ten_digits(tmp_path):
    frame = pd.DataFrame({"share": [0.1, 1 / 3, 2e-5 / 3, 5.0, np.nan], "n": [1, 2, 3, 4, 5]})
    assert written(frame, tmp_path) == written(frame.assign(share=moved(frame["share"], 1)), tmp_path)
    report = Report("nl", name="x", output_dir=tmp_path)
    report.number("sum", 0.1 + 0.2, evidence="implied")
    report.number("tables", 12345678901234567, evidence="implied")
    report.write()
    kept = json.loads((tmp_path / "numbers.json").read_text(encoding="utf8"))
    assert kept["sum"]["value"] == 0.3 and kept["tables"]["value"] == 12345678901234567


# --- the notebooks, elsewhere --------------------------------------------------------------------

OLD = "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"  # what a processor of 2009 lacks; numpy passes over unknown ones
PLACES = {
    "here": {"OPENBLAS_NUM_THREADS": "1"},
    "old": {"OPENBLAS_NUM_THREADS": "2", "OPENBLAS_CORETYPE": "Prescott", "NPY_DISABLE_CPU_FEATURES": OLD},
    "moved": {"OPENBLAS_NUM_THREADS": "2", "OPENBLAS_CORETYPE": "Haswell"},
}


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """Every notebook at every place, and 01 also with a survey file; (notebook, place) -> folder."""
    home = tmp_path_factory.mktemp("elsewhere")
    pyreadstat.write_sav(read_twin(Study(), seed=5).responses, home / "survey.sav")
    runs = {name: (name, choices) for name, choices in rerun.SMALL.items()}
    runs["01_quant, observed"] = ("01_quant", {"twins": 10, "survey_file": str(home / "survey.sav")})

    def run(run, place):
        name, choices = runs[run]
        folder = home / place / run
        words = [
            sys.executable,
            rerun.__file__,
            name,
            folder,
            json.dumps(choices),
            *["moved"] * (place == "moved"),
        ]
        done = subprocess.run(words, capture_output=True, text=True, env=os.environ | PLACES[place])
        assert done.returncode == 0, done.stderr
        return folder

    keys = [(name, place) for name in runs for place in PLACES]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(keys, pool.map(lambda key: run(*key), keys), strict=True))


@pytest.mark.thorough
@pytest.mark.parametrize("place", ["old", "moved"])
@pytest.mark.parametrize("name", [*rerun.SMALL, "01_quant, observed"])
def test_words_tables_and_numbers_are_the_same_elsewhere(name, place, elsewhere):
    here, there = elsewhere[name, "here"], elsewhere[name, place]
    texts = [
        {
            str(p.relative_to(home)): p.read_bytes()
            for p in home.rglob("*")
            if p.suffix in (".csv", ".json", ".html")
        }
        for home in (here, there)
    ]
    assert len(texts[0]) > 10 and set(texts[0]) == set(texts[1])
    assert [path for path in sorted(texts[0]) if texts[0][path] != texts[1][path]] == []
