"""Every cell of every notebook can be run again: at once, and all of them once more among the same names."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pyreadstat
import pytest
from rerun import SMALL, code_cells, run_cell

from loopbaanchecks.paths import NOTEBOOKS, ROOT
from loopbaanchecks.pilots import write_candidates
from loopbaanchecks.report import report as display
from loopbaanchecks.study import Study, read_resource
from loopbaanchecks.twins.cohort import simulated_candidates
from loopbaanchecks.twins.survey import read_twin

PARAMETERS = """language: str = "nl"
output_dir: str = ""
"""
REPORT = """import numpy as np
import pandas as pd
from loopbaanchecks.report.report import Report
report = Report(language, name="x", output_dir=output_dir)"""
TABLE = 'report.table("doubled", {}, "implied", nl="Twee keer", en="Twice")'


@pytest.fixture(autouse=True)
def _screen(monkeypatch):
    """Put back afterwards what `run_cell` shows on."""
    monkeypatch.setattr(display, "display", display.display)


def written(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def again(cell: dict, space: dict, given: dict, shown: list[str], turn: str) -> list[str]:
    """Run a cell among names that are there, and say how it does not show the same."""
    try:
        same = run_cell(cell, space, given) == shown
    except Exception as error:
        return [f"{cell['id']}, {turn}: {type(error).__name__}: {error}"]
    return [] if same else [f"{cell['id']}, {turn}: shows something else"]


def differences(notebook: Path, folder: Path, given: dict) -> list[str]:
    """Run a notebook once; then each cell twice, and all of them once more; and say what is not the same."""
    cells = code_cells(notebook)
    once, other = (given | {"output_dir": str(folder / name)} for name in ("once", "again"))
    space: dict = {}
    shown = {cell["id"]: run_cell(cell, space, once) for cell in cells}
    space, found = {}, []

    def compare(turn: str) -> None:
        first, second = (written(folder / name) for name in ("once", "again"))
        names = sorted(first.keys() | second.keys())
        found.extend(f"{name}, {turn}: differs" for name in names if first.get(name) != second.get(name))

    for cell in cells:
        for turn in ("first time", "at once again"):
            found += again(cell, space, other, shown[cell["id"]], turn)
    compare("each cell twice")
    for cell in cells:
        found += again(cell, space, other, shown[cell["id"]], "all once more")
    compare("all once more")
    return found


# -- the rule itself ---------------------------------------------------------------------------


@pytest.fixture
def tried(tmp_path):
    """What is not the same in a notebook of these cells."""

    def run(*sources: str) -> list[str]:
        sources = (PARAMETERS, REPORT, *sources, "report.write()")
        cells = [
            {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": source}
            for n, source in enumerate(sources)
        ]
        cells[0]["metadata"] = {"tags": ["parameters"]}
        (tmp_path / "x.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf8")
        return differences(tmp_path / "x.ipynb", tmp_path, {"language": "en"})

    return run


def test_cells_that_make_new_names_can_be_run_again(tried):
    counts = 'counts = pd.DataFrame({"label_nl": ["a"], "label_en": ["b"], "n": [1]})'
    assert tried(counts, "doubled = counts.assign(n=2 * counts['n'])\n" + TABLE.format("doubled")) == []


def test_a_name_that_is_used_for_something_else_is_found(tried):
    counts = 'counts = pd.DataFrame({"label_nl": ["a"], "label_en": ["b"], "n": [1]})'
    found = tried(counts, "counts = counts.assign(n=2 * counts['n'])\n" + TABLE.format("counts"))
    assert found[:2] == ["c3, at once again: shows something else", "tables.xlsx, each cell twice: differs"]
    assert "tables/doubled.csv, each cell twice: differs" in found


def test_a_name_that_only_goes_round_the_notebook_is_found(tried):
    first = "shown = globals().get('shown', ['a'])\nlabels = shown[0]"
    assert tried(first, "shown = []") == ["c2, all once more: IndexError: list index out of range"]


def test_a_column_that_is_renamed_in_place_is_found(tried):
    found = tried(
        "counts = pd.DataFrame({'n': [1]})",
        "counts['m'] = counts['n']\ncounts.drop(columns='n', inplace=True)",
    )
    assert found == ["c3, at once again: KeyError: 'n'"]


def test_a_generator_that_runs_on_is_found(tried):
    draw = "drawn = rng.random()\nreport.number('drawn', drawn, 'simulated')"
    assert tried("rng = np.random.default_rng(1)", draw) == ["numbers.json, each cell twice: differs"]
    assert tried(f"rng = np.random.default_rng(1)\n{draw}") == []


# -- the notebooks -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", SMALL)
def test_every_cell_can_be_run_again_at_once(name, tmp_path):
    space, given = {}, SMALL[name] | {"output_dir": str(tmp_path)}
    found = []
    for cell in code_cells(NOTEBOOKS / f"{name}.ipynb"):
        shown = run_cell(cell, space, given)
        before = written(tmp_path)
        found += again(cell, space, given, shown, "at once again")
        found += [path for path, content in written(tmp_path).items() if before.get(path) != content]
    assert found == []


@pytest.mark.thorough
@pytest.mark.parametrize("name", SMALL)
def test_every_cell_can_be_run_again(name, tmp_path):
    assert differences(NOTEBOOKS / f"{name}.ipynb", tmp_path, SMALL[name]) == []


@pytest.mark.thorough
@pytest.mark.parametrize("name", SMALL)
def test_every_cell_can_be_run_again_with_a_file(name, tmp_path):
    file = {"01_quant": survey, "02_qual": interviews, "03_tno_pilots": candidates}[name](tmp_path)
    given = SMALL[name] | file | {"language": "en"}
    assert differences(NOTEBOOKS / f"{name}.ipynb", tmp_path / "runs", given) == []


def survey(folder: Path) -> dict:
    pyreadstat.write_sav(read_twin(Study(), seed=5).responses, folder / "survey.sav")
    return {"survey_file": str(folder / "survey.sav")}


def interviews(folder: Path) -> dict:
    return {"interviews_file": str(ROOT / "tests/fixtures/interviews/qualcoder/project.qda")}


def candidates(folder: Path) -> dict:
    values = read_resource("tno_2007-parameters").set_index("name")["value"].astype(float)
    rules, centres = read_resource("tno_2007-segments"), {"centres": ["North", "South"]}
    start = {"candidates_per_centre": 25, "start": date(2025, 1, 6)}
    drawn = simulated_candidates(values, rules, **centres, **start, rng=np.random.default_rng(2))
    write_candidates(drawn.measurements, folder / "own.csv")
    return {"data_file": str(folder / "own.csv"), "minimum_cell": 4}
