from dataclasses import replace
from pathlib import Path

import pytest

from loopbaanchecks.paths import NOTEBOOKS
from loopbaanchecks.project import PROJECT
from strictruns.sweep_files import MOST_RUNS, read_sweep

BOOK = Path(__file__).parents[1] / "fixtures" / "notebooks" / "numbers.ipynb"
HERE = replace(PROJECT, notebooks=BOOK.parent)


def sweep(folder: Path, text: str, ending: str = "yaml", **options):
    path = folder / f"try.{ending}"
    path.write_text(text, encoding="utf8")
    return read_sweep(path, project=HERE, **options)


def test_runs_a_grid_and_seeds_are_crossed(tmp_path):
    found = sweep(
        tmp_path,
        """
        notebook: numbers
        title: {nl: Proef, en: Trial}
        parameters: {rule: down}
        runs:
          - {run: low, share: 0.1}
          - {run: high, share: 1}
        grid: {fails: [false, true]}
        seeds: 2
        numbers: [both.*]
        """,
    )
    assert list(found.runs) == [
        *("low_fails-False_seed-1", "low_fails-False_seed-2", "low_fails-True_seed-1"),
        *("low_fails-True_seed-2", "high_fails-False_seed-1", "high_fails-False_seed-2"),
        *("high_fails-True_seed-1", "high_fails-True_seed-2"),
    ]
    assert found.runs["high_fails-True_seed-2"] == {"rule": "down", "share": 1, "fails": True, "seed": 2}
    assert found.varying == ["share", "seed", "fails"]
    assert found.values("low_fails-False_seed-1") == {"share": 0.1, "seed": 1, "fails": False}
    assert (found.name, found.title["en"], found.numbers) == ("try", "Trial", ("both.*",))


def test_a_csv_file_has_a_run_per_row(tmp_path):
    text = "\ufeffrun,share,rule\na,0.2,\nb,,down\n"
    found = sweep(tmp_path, text, "csv", notebook=str(BOOK))
    assert found.runs == {"a": {"share": 0.2}, "b": {"rule": "down"}}
    assert found.varying == ["share", "rule"]
    assert found.values("b") == {"share": 0.5, "rule": "down"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("run,share\na,0.1\nb,x\n", r"row 3, run b: share: expected float; found 'x'"),
        ("run,share\na,0.1\nb,2\n", r"row 3, run b: share: expected float, at least 0, at most 1; found 2"),
        ("run,share\na,0.1\na,0.2\n", r"row 3, run a: run: expected every name once"),
        ("run,share\na/b,0.1\n", r"row 2, run a/b: run: expected a name of letters"),
        ("run,share\nindex.nl.html,0.1\n", r"row 2, .*expected another name"),
        ("share\n0.1\n", r"row 2: run: expected a name of letters"),
        ("run,sahre\na,1\n", r"row 2, run a: sahre: unknown parameter \(did you mean share\?\)"),
        ("run,share\n", r"expected a column `run` and a row per run"),
        ("run,share\na,1,2\n", r"expected 2 cells in every row, as in the header; found 3 in row 2"),
    ],
)
def test_a_row_that_does_not_fit_is_named(text, message, tmp_path):
    with pytest.raises(ValueError, match=f"try.csv: {message}"):
        sweep(tmp_path, text, "csv", notebook="numbers")


BOTH = "notebook: numbers\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            BOTH + "runs: [{run: a}, {run: b, share: 3}]",
            r"runs, row 2, run b: share: expected float.*found 3",
        ),
        (BOTH + "runs: [{run: a}, {run: a}]", r"runs, row 2, run a: run: expected every name once"),
        (BOTH + "runs: [{share: 1}]", r"runs, row 1: run: expected a name"),
        (BOTH + "runs: [a]", r"runs, row 1: expected `run` and parameters; found 'a'"),
        (BOTH + "grid: {share: [0.1, 2]}", r"grid: share: expected float, at least 0, at most 1; found 2"),
        (BOTH + "grid: {share: 0.1}", r"grid: share: expected a list of values; found 0.1"),
        (BOTH + "grid: {share: [0.1, 0.1]}", r"grid: share: expected every value once"),
        (BOTH + "grid: {shaer: [1]}", r"grid: shaer: unknown parameter \(did you mean share\?\)"),
        (BOTH + "grid: {share: ['1']}", r"grid: share: expected float.*found '1'"),
        (BOTH + "grid: {rule: [up, down]}\nparameters: {rule: up}", r"rule: expected in one place"),
        (BOTH + "grid: {seed: [1, 2]}\nseeds: 2", r"seeds: expected in one place"),
        (BOTH + "seeds: [-1]", r"seeds: seed: expected int, at least 0; found -1"),
        (BOTH + "seeds: yes", r"seeds: expected how many seeds, from 1, or a list"),
        (BOTH + "seeds: 3\nparameters: {fails: 1}", r"parameters: fails: expected bool; found 1"),
        (BOTH + "seeds: 3\nparameters: {output_dir: x}", r"run seed-1: .*output_dir, left to the runner"),
        (BOTH + f"seeds: {MOST_RUNS + 1}", r"expected at most 20,000 runs; found 20,001"),
        (BOTH + "seeds: 3\nseeds: 4", r"line 1: expected every key once; found \['seeds'\]"),
        (BOTH + "seeds: 3\ngird: {}", r"gird: unknown \(did you mean grid\?\)"),
        (BOTH, r"expected runs, grid or seeds"),
        ("seeds: 3", r"notebook: expected the name of a notebook; found none"),
        ("- a", r"expected a sweep with notebook, .*; found list"),
        ("a: [", r"expected YAML; found: while parsing"),
        (
            BOTH + "seeds: 1\ngrid: {survey_file: [" + "x" * 200 + "]}",
            r"run: .*at most 120; .*a CSV file can name every run",
        ),
    ],
)
def test_a_part_that_does_not_fit_is_named(text, message, tmp_path):
    with pytest.raises(ValueError, match=f"try.*: {message}"):
        sweep(tmp_path, text).plans(HERE, language="en")


def test_every_fault_is_said_at_once(tmp_path):
    with pytest.raises(ValueError, match="try.csv") as found:
        sweep(tmp_path, "run,share,rule\na,2,up\nb,x,left\n", "csv", notebook="numbers")
    lines = str(found.value).splitlines()
    assert [line.split(":")[1].strip() for line in lines] == ["row 2, run a", "row 3, run b", "row 3, run b"]


def test_a_file_that_is_not_there_names_its_run(tmp_path):
    found = sweep(tmp_path, BOTH + "runs: [{run: a}, {run: b, survey_file: none.sav}]")
    with pytest.raises(ValueError, match=r"try: run b: survey_file: expected an existing file; found 'none"):
        found.plans(HERE, language="en")


def test_a_file_is_shown_by_its_name_alone(tmp_path):
    for name in ("one.sav", "two.sav"):
        (tmp_path / name).touch()
    files = [str(tmp_path / name) for name in ("one.sav", "two.sav")]
    found = sweep(tmp_path, BOTH + f"grid: {{survey_file: {files}}}")
    assert list(found.runs) == ["survey_file-one.sav", "survey_file-two.sav"]
    assert found.values("survey_file-two.sav") == {"survey_file": "two.sav"}
    assert found.runs["survey_file-two.sav"]["survey_file"] == files[1]


def test_the_notebook_is_said_once(tmp_path):
    with pytest.raises(ValueError, match="expected the name of a notebook beside a CSV file"):
        sweep(tmp_path, "run\na\n", "csv")
    with pytest.raises(ValueError, match="expected the notebook in the file alone; found 'numbers' too"):
        sweep(tmp_path, BOTH + "seeds: 2", notebook="numbers")
    with pytest.raises(FileNotFoundError, match="notebook 99_none: not found"):
        sweep(tmp_path, "notebook: 99_none\nseeds: 2")


@pytest.mark.parametrize(
    ("name", "runs", "varying"),
    [
        ("twins", 100, ["seed"]),
        ("reading_rules", 30, ["confidence", "ddof", "rounding"]),
        ("pilots", 30, ["scenario", "enrolment_reading", "share_willers"]),
    ],
)
def test_the_sweeps_of_the_project_fit_their_notebooks(name, runs, varying):
    found = read_sweep(NOTEBOOKS / "sweeps" / f"{name}.yaml", project=PROJECT)
    assert (len(found.plans(PROJECT, language="nl")), found.varying) == (runs, varying)
    assert set(found.title) == {"nl", "en"}
    assert {path.stem for path in (NOTEBOOKS / "sweeps").iterdir()} == {"twins", "reading_rules", "pilots"}
