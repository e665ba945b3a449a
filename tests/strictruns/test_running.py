import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from loopbaanchecks.paths import ROOT
from loopbaanchecks.project import PROJECT
from strictruns import Legend, Project, RunFailed, reproduce, run_notebook
from strictruns.results import text_hash

FIXTURES = Path(__file__).parents[1] / "fixtures" / "notebooks"
GOOD, FAILING = FIXTURES / "good.ipynb", FIXTURES / "failing.ipynb"


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def project_in(results: Path) -> Project:
    return replace(PROJECT, results=results)


def notebook(path: Path, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]}) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


@pytest.fixture(scope="session")
def first(tmp_path_factory) -> Path:
    return run_notebook(GOOD, project=project_in(tmp_path_factory.mktemp("first")), progress=False)


@pytest.fixture(scope="session")
def second(tmp_path_factory) -> Path:
    """The same run where a user has a kernel, a start-up file and a figure style that would spoil it."""
    home = tmp_path_factory.mktemp("home")
    spec = {"argv": ["false", "{connection_file}"], "display_name": "Python 3", "language": "python"}
    (home / "kernels" / "python3").mkdir(parents=True)
    (home / "kernels" / "python3" / "kernel.json").write_text(json.dumps(spec))
    (home / "profile_default" / "startup").mkdir(parents=True)
    (home / "profile_default" / "startup" / "00.py").write_text("raise SystemExit(1)")
    (home / "start.py").write_text("import random\nrandom.Random = None")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("JUPYTER_PATH", "JUPYTER_DATA_DIR", "IPYTHONDIR"):
            patch.setenv(name, str(home))
        patch.setenv("PYTHONSTARTUP", str(home / "start.py"))
        return run_notebook(GOOD, project=project_in(tmp_path_factory.mktemp("second")), progress=False)


# -- what is refused before a kernel starts --------------------------------------------------


@pytest.mark.parametrize(
    ("given", "options", "error", "message"),
    [
        ({"seed": "3"}, {}, ValueError, "seed: expected int"),
        ({"output_dir": "x"}, {}, ValueError, "output_dir, left to the runner"),
        ({"survey_file": "none.sav"}, {}, FileNotFoundError, "survey_file: expected an existing file"),
        ({}, {"run": "../up"}, ValueError, "run: expected a name"),
        ({}, {"languages": ("de",)}, ValueError, "languages: expected some of nl, en; found de"),
        ({}, {"languages": ()}, ValueError, "found none"),
    ],
)
def test_nothing_is_written_when_input_does_not_fit(tmp_path, given, options, error, message):
    with pytest.raises(error, match=message):
        run_notebook(GOOD, given, project=project_in(tmp_path), **options)
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_that_is_not_there_or_has_no_output_dir(tmp_path):
    with pytest.raises(FileNotFoundError, match="notebook 99_none: not found"):
        run_notebook("99_none", project=project_in(tmp_path))
    with pytest.raises(ValueError, match="expected a parameter output_dir"):
        run_notebook(notebook(tmp_path / "a.ipynb", "a: int = 1  # a"), project=project_in(tmp_path))


def test_importing_is_cheap_and_keeps_the_uri_grammar_out():
    code = (
        "import sys, strictruns; import jsonschema;"
        "print(sys.modules['rfc3987_syntax'], 'papermill' in sys.modules, 'lark' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["None", "False", "False"]


# -- a good run ------------------------------------------------------------------------------


def test_a_run_leaves_everything_in_one_folder(first):
    assert sorted(contents(first)) == [
        "figures/bar.en.svg",
        "figures/bar.nl.svg",
        "notebook.en.ipynb",
        "notebook.ipynb",
        "numbers.json",
        "report.en.html",
        "report.nl.html",
        "ro-crate-metadata.json",
        "run.json",
        "tables.en.xlsx",
        "tables.xlsx",
        "tables/numbers.csv",
    ]
    assert [p.name for p in first.parent.iterdir()] == ["good"]
    assert (
        first.stat().st_mode == (first / "tables").stat().st_mode
    )  # not the closed mode of a temporary folder


def test_each_language_has_its_own_outputs(first):
    assert "stands in for a workbook in nl" in (first / "tables.xlsx").read_text()
    for language, word in {"nl": "De som is", "en": "The sum is"}.items():
        assert word in (first / f"report.{language}.html").read_text(encoding="utf8")


def test_the_kernel_is_this_python(first):
    assert json.loads((first / "numbers.json").read_text())["python"] == sys.executable


def test_a_kernel_or_start_up_file_of_the_user_changes_nothing(first, second):
    one, two = contents(first), contents(second)
    records = [json.loads(files.pop("run.json")) for files in (one, two)]
    assert one == two
    for record in records:
        assert all(record.pop(name) for name in ("started", "duration_seconds", "seconds"))
    assert records[0] == records[1]


def test_no_folder_of_this_machine_is_left(first):
    private = [str(ROOT), str(Path.home()), sys.prefix, str(first.parent), "ipykernel_", ".good."]
    for name, found in contents(first).items():
        text = found.decode("utf8")
        leaks = [word for word in private if word in text and name != "numbers.json"]
        assert not leaks, (name, leaks)
    node = nbformat.read(first / "notebook.ipynb", as_version=4)
    assert "papermill" not in node.metadata
    assert all({"papermill", "execution"}.isdisjoint(cell.metadata) for cell in node.cells)
    injected = [c.source for c in node.cells if c.id == "injected-parameters"]
    assert injected == ['# Parameters\nlanguage = "nl"\noutput_dir = ""']


def test_the_record_says_where_results_come_from(first):
    record = json.loads((first / "run.json").read_text(encoding="utf8"))
    assert record["notebook"] == "good"
    assert record["exit_state"] == "succeeded"
    assert record["error"] is None
    assert record["source_sha256"] == text_hash(GOOD)
    assert record["parameters"]["confidence"] == 0.95
    assert record["parameters"]["output_dir"] == ""
    assert (record["overridden"], record["languages"]) == ([], ["nl", "en"])
    assert set(record["seconds"]) == {"nl", "en"}
    assert {"python", "system", "loopbaanchecks", "papermill", "pandas"} <= set(record["versions"])
    assert not any(name.startswith("data/raw") for name in record["inputs"])
    assert record["started"].endswith("+00:00")
    text = (first / "run.json").read_text(encoding="utf8")
    assert text == json.dumps(record, indent=2, sort_keys=True) + "\n"


def test_parameters_reach_the_notebook_and_a_file_leaves_only_its_hash(tmp_path, capsys, monkeypatch):
    (tmp_path / "geheim").mkdir()
    (tmp_path / "geheim" / "echt.sav").write_bytes(b"a\r\n")
    monkeypatch.chdir(tmp_path / "geheim")
    given = {"language": "en", "seed": 2, "survey_file": "echt.sav"}
    folder = run_notebook(GOOD, given, project=project_in(tmp_path / "results"), run="other")
    assert folder == tmp_path / "results" / "other" / "good"
    pages = sorted(path.name for path in folder.glob("*.html"))
    assert pages == ["check.en.html", "check.nl.html", "report.en.html"]  # a file was given
    record = json.loads((folder / "run.json").read_text())
    assert record["overridden"] == ["language", "seed", "survey_file"]
    digest = hashlib.sha256(b"a\r\n").hexdigest()
    name = f"{digest[:12]}.sav"
    assert (record["parameters"]["seed"], record["parameters"]["survey_file"]) == (2, name)
    assert record["files"]["survey_file"] == {"name": name, "sha256": digest}
    page = (folder / "report.en.html").read_text(encoding="utf8")
    assert f"loopbaanchecks run good.ipynb -p language en -p seed 2 -p survey_file {name}" in page
    assert not any(word in found for found in contents(folder).values() for word in (b"geheim", b"echt.sav"))
    assert capsys.readouterr().err.splitlines()[-1] == "good (en): done"


# -- runs that go wrong ----------------------------------------------------------------------


def test_a_failing_cell_is_named_and_an_older_result_stays(tmp_path):
    options = {"project": project_in(tmp_path), "languages": ("en",), "progress": False}
    folder = run_notebook(FAILING, {"mode": "none"}, **options)
    older = contents(folder)
    with pytest.raises(RunFailed) as failure:
        run_notebook(FAILING, **options)
    where = "failing (en), cell 5 `ratio = 1 / value  # the next line is not reached`"
    assert str(failure.value) == f"{where}: ZeroDivisionError: division by zero"
    assert contents(folder) == older
    failed = tmp_path / "default" / "failing.failed"
    assert sorted(contents(failed)) == ["notebook.ipynb", "run.json"]
    record = json.loads((failed / "run.json").read_text())
    assert (record["exit_state"], record["error"]) == ("failed", str(failure.value))
    outputs = [o for c in nbformat.read(failed / "notebook.ipynb", 4).cells for o in c.get("outputs", ())]
    assert [o.ename for o in outputs] == ["ZeroDivisionError"]
    assert str(tmp_path) not in (failed / "notebook.ipynb").read_text()
    run_notebook(FAILING, {"mode": "none"}, **options)
    assert [p.name for p in folder.parent.iterdir()] == ["failing"]


def test_a_kernel_that_dies_is_a_failure_too(tmp_path):
    with pytest.raises(RunFailed, match=r"failing \(en\), cell 4 `if mode == .*DeadKernelError"):
        run_notebook(FAILING, {"mode": "die", "language": "en"}, project=project_in(tmp_path), progress=False)
    node = nbformat.read(tmp_path / "default" / "failing.failed" / "notebook.ipynb", as_version=4)
    assert node.cells[3].execution_count  # as far as it came


def test_two_languages_that_disagree_are_a_failure(tmp_path):
    with pytest.raises(RunFailed, match=r"failing: nl and en: expected the same files; numbers.json"):
        run_notebook(FAILING, {"mode": "disagree"}, project=project_in(tmp_path), progress=False)
    names = {"notebook.ipynb", "notebook.en.ipynb", "run.json"}
    assert set(contents(tmp_path / "default" / "failing.failed")) == names


# -- many runs -------------------------------------------------------------------------------


def test_reproduce_runs_what_is_there_and_goes_on_after_a_failure(tmp_path, capsys):
    project = replace(PROJECT, notebooks=tmp_path, results=tmp_path / "results", after_run=None, index="")
    with pytest.raises(FileNotFoundError, match="found none"):
        reproduce(project=project)
    shutil.copy(FAILING, tmp_path / "01_failing.ipynb")
    shutil.copy(GOOD, tmp_path / "02_good.ipynb")
    shutil.copy(FIXTURES / "untagged.ipynb", tmp_path / "draft.ipynb")
    done = reproduce(project=project, with_code=True)
    assert list(done) == ["01_failing", "02_good"]
    assert isinstance(done["01_failing"], RunFailed)
    assert "01_failing (nl, en), cell 5" in str(done["01_failing"])
    assert "<details>" in (done["02_good"] / "report.nl.html").read_text(encoding="utf8")
    said = capsys.readouterr().err.splitlines()  # in the order in which they end
    assert sorted(said) == ["01_failing (nl, en): failed", "02_good (nl, en): done"]


# -- another project -------------------------------------------------------------------------


def test_another_project_gets_its_own_name_marks_inputs_and_index(tmp_path):
    """Nothing of the project that this package grew up in is left behind."""

    def write_index(folder: Path) -> None:
        names = [path.name for path in folder.glob("*/report.en.html")]
        (folder / "start.en.html").write_text(" ".join(names), encoding="utf8")

    for name in ("notebooks", "inputs/own", "inputs/secret"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("own/a.csv", "secret/b.csv"):
        (tmp_path / "inputs" / name).write_text("1\n", encoding="utf8")
    shutil.copy(GOOD, tmp_path / "notebooks" / "good.ipynb")
    project = Project(
        name="weather",
        version="7.8",
        root=tmp_path,
        notebooks=tmp_path / "notebooks",
        results=tmp_path / "out",
        inputs=tmp_path / "inputs",
        left_out=(tmp_path / "inputs" / "secret",),
        after_run=write_index,
        index="start.{language}.html",
        legend=lambda language: Legend(
            "Marks", {"guess": ("a guess", "of ours")}, ".evidence-guess { top: 1px }"
        ),
    )
    folder = run_notebook("good", {"language": "en"}, project=project, progress=False)
    assert folder == tmp_path / "out" / "default" / "good"
    assert (tmp_path / "out" / "default" / "start.en.html").read_text(encoding="utf8") == "report.en.html"
    record = json.loads((folder / "run.json").read_text(encoding="utf8"))
    assert list(record["inputs"]) == ["inputs/own/a.csv"]
    assert set(record["versions"]) == {"python", "system", "weather"}
    assert (record["rerun"], record["git"]) == ("weather run good -p language en", None)
    page = (folder / "report.en.html").read_text(encoding="utf8")
    assert '<a href="../start.en.html">' in page
    assert '<span class="evidence evidence-guess">a guess</span></dt><dd>of ours</dd>' in page
    assert ".evidence-guess { top: 1px }" in page
    assert "with weather version 7.8." in page
    assert not any(word in page for word in ("loopbaanchecks", "published", "CITATION.cff"))
    assert not any(str(tmp_path).encode() in content for content in contents(folder).values())


def test_pages_cannot_link_to_an_index_that_nobody_writes(tmp_path):
    with pytest.raises(ValueError, match=r"an after_run that writes index\.html; found none"):
        replace(PROJECT, after_run=None, index="index.html")
