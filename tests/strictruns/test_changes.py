"""Nothing runs without a cause, and every kind of cause is seen and said."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from strictruns import Pool, Project, RunFailed, reproduce, run_notebook, why
from strictruns.changes import changes

GOOD = Path(__file__).parents[1] / "fixtures" / "notebooks" / "good.ipynb"
CELL = "import json"  # in the notebook


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Project:
    """A project with a notebook that has run, an input, a library of which it reaches one module, a lock."""
    root = tmp_path_factory.mktemp("changes")
    for name, text in {
        "inputs/a.csv": "a\n1\n",
        "lib/used.py": "x = 1\n",
        "lib/unused.py": "x = 1\n",
        "lock.txt": "a==1\n",
        "notebooks/01_good.ipynb": GOOD.read_text(encoding="utf8").replace(CELL, f"{CELL}, used", 1),
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf8")
    folders = {"notebooks": root / "notebooks", "results": root / "results", "inputs": root / "inputs"}
    project = Project("weather", "1", root=root, library=root / "lib", lock=root / "lock.txt", **folders)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(root / "lib"))
        assert all(isinstance(end, Path) for end in reproduce(project=project, progress=False).values())
    return project


@pytest.fixture
def project(made, tmp_path) -> Project:
    """The same, to change."""
    copy = tmp_path / "copy"
    shutil.copytree(made.root, copy)
    places = ("root", "library", "lock", "notebooks", "results", "inputs")
    moved = {name: copy / getattr(made, name).relative_to(made.root) for name in places}
    return replace(made, **moved)


def appended(path: Path, text: bytes = b"#\n") -> None:
    path.write_bytes(path.read_bytes() + text)


def causes(project: Project, **options) -> list[str]:
    return why(project=project, **options)["01_good"]


def test_nothing_changed_means_nothing_to_do(project, capsys):
    before = {path: path.read_bytes() for path in project.results.rglob("*") if path.is_file()}
    assert causes(project) == []
    place = project.results / "default" / "01_good"
    assert reproduce(project=project) == {"01_good": place}
    assert run_notebook("01_good", project=project) == place
    assert {path: path.read_bytes() for path in project.results.rglob("*") if path.is_file()} == before
    assert capsys.readouterr().err == "01_good: unchanged\n01_good (nl, en): unchanged\n"


def test_line_endings_other_code_and_files_beside_the_results_are_no_cause(project):
    for name in ("inputs/a.csv", "lib/used.py", "lock.txt", "notebooks/01_good.ipynb"):
        path = project.root / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    appended(project.root / "lib/unused.py")
    (project.results / "default/01_good/report.nl.pdf").write_bytes(b"printed later")
    assert causes(project) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("inputs/a.csv", "inputs/a.csv changed"),
        ("lib/used.py", "lib/used.py changed"),
        ("lock.txt", "lock.txt changed"),
        ("results/default/01_good/report.nl.html", "result report.nl.html was edited"),
        ("results/default/01_good/tables/numbers.csv", "result tables/numbers.csv was edited"),
    ],
)
def test_what_changed_is_named(project, name, said):
    appended(project.root / name)
    assert causes(project) == [said]


def test_files_that_come_and_go_are_named(project):
    (project.root / "inputs/b.csv").write_text("b\n", encoding="utf8")
    (project.root / "inputs/a.csv").unlink()
    (project.results / "default/01_good/notebook.ipynb").unlink()
    assert causes(project) == ["inputs/a.csv is gone", "inputs/b.csv is new", "result notebook.ipynb is gone"]


def test_a_changed_cell_is_named_by_its_number(project):
    path = project.notebooks / "01_good.ipynb"
    path.write_text(path.read_text(encoding="utf8").replace("import json, used", "import json, used  # !", 1))
    (said,) = causes(project)
    assert said.startswith("01_good.ipynb changed: cell ") and "`import json, used  # !`" in said


def test_parameters_languages_pages_and_versions_are_causes(project):
    place = project.results / "default" / "01_good"
    record = json.loads((place / "run.json").read_text(encoding="utf8"))
    for other, said in {
        (): [],
        ("given", "seed", 2): ["parameter seed is new"],
        ("versions", "python", "0"): ["version of python changed"],
    }.items():
        for group, name, value in [other] if other else ():
            record[group], kept = {**record[group], name: value}, record[group]
        assert changes(place, record, GOOD) == said
        record |= {other[0]: kept} if other else {}
    assert changes(place, record | {"asked": ["nl"]}, GOOD) == ["languages changed"]
    assert causes(project, with_code=True) == ["code in the pages changed"]
    assert causes(project, run="other") == ["no results yet"]
    (place / "run.json").write_text("{}", encoding="utf8")
    assert causes(project) == ["run.json of another version of this program"]


def test_a_given_file_counts_with_its_contents_and_private_files_are_not_named(project, tmp_path):
    given = tmp_path / "answers.csv"
    given.write_text("a\n", encoding="utf8")
    project = replace(project, left_out=(project.inputs / "raw",))
    options = {"project": project, "progress": False, "languages": ("en",), "run": "own"}
    place = run_notebook(GOOD, {"survey_file": str(given)}, **options)
    stamp = (place / "run.json").stat().st_mtime_ns
    for change, runs in (
        (lambda: None, False),
        (lambda: given.write_text("b\n", encoding="utf8"), True),
        (lambda: (project.inputs / "raw").mkdir(), False),
        (lambda: (project.inputs / "raw/secret.csv").write_text("c\n", encoding="utf8"), True),
    ):
        change()
        run_notebook(GOOD, {"survey_file": str(given)}, **options)
        stamp, older = (place / "run.json").stat().st_mtime_ns, stamp
        assert (stamp > older) is runs
    assert "secret" not in (place / "run.json").read_text(encoding="utf8")


def test_force_runs_all_and_a_failure_leaves_a_cause(project, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(project.library))
    place = project.results / "default" / "01_good"
    stamp = (place / "run.json").stat().st_mtime_ns
    reproduce(project=project, force=True, progress=False)
    assert (place / "run.json").stat().st_mtime_ns > stamp and causes(project) == []
    (project.library / "used.py").write_text("raise ValueError('x')", encoding="utf8")
    (end,) = reproduce(project=project, progress=False, pool=Pool(jobs=1)).values()
    assert isinstance(end, RunFailed) and causes(project) == ["lib/used.py changed"]
    (project.library / "used.py").write_text("x = 1\n", encoding="utf8")
    assert (project.results / "default" / "01_good.failed").is_dir()
    assert reproduce(project=project, progress=False) == {"01_good": place}
    assert not (project.results / "default" / "01_good.failed").exists()


def test_what_follows_a_run_is_made_again_when_it_is_gone_or_rests_on_other_things(project):
    calls = []

    def after(folder: Path) -> list[Path]:
        calls.append(folder.name)
        (folder / "index.html").write_text("index", encoding="utf8")
        return [folder / "index.html"]

    project = replace(project, after_run=after)
    page = project.results / "default" / "index.html"
    for change, times in (
        (lambda: None, 1),
        (lambda: None, 1),
        (lambda: page.unlink(), 2),
        (lambda: appended(page), 3),
        (lambda: appended(project.inputs / "a.csv", b""), 3),
    ):
        change()
        reproduce(project=project, progress=False)
        assert len(calls) == times
    assert page.read_text(encoding="utf8") == "index"
