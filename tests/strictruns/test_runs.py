import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from loopbaanchecks.paths import ROOT
from strictruns import results
from strictruns import running as runs
from strictruns.parameters import Parameter

FIXTURES = Path(__file__).parents[1] / "fixtures" / "notebooks"
GOOD, FAILING = FIXTURES / "good.ipynb", FIXTURES / "failing.ipynb"


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def notebook(path: Path, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]}) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


@pytest.fixture(scope="session")
def first(tmp_path_factory) -> Path:
    return runs.run_notebook(GOOD, results=tmp_path_factory.mktemp("first"), progress=False)


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
        return runs.run_notebook(GOOD, results=tmp_path_factory.mktemp("second"), progress=False)


# -- parameters ------------------------------------------------------------------------------


def test_parameters_are_read_with_their_rules():
    found = runs.read_parameters(GOOD)
    assert list(found) == ["language", "confidence", "seed", "weighted", "survey_file", "output_dir"]
    assert found["language"].choices == ("nl", "en")
    assert (found["confidence"].low, found["confidence"].high) == (0.5, 0.999)
    assert (found["seed"].low, found["seed"].default, found["seed"].type) == (0, 1, int)
    assert found["weighted"].help == "whether weights are used"
    assert found["seed"].allowed == "int, at least 0"


def test_a_list_of_choices_has_the_type_of_its_parameter_and_ends_at_a_semicolon(tmp_path):
    found = runs.read_parameters(notebook(tmp_path / "a.ipynb", "ddof: int = 1  # one of: 0, 1; SPSS has 1"))
    assert found["ddof"].choices == (0, 1)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("seed = 1  # not annotated", r"name: type = literal"),
        ("seed: int = 1", "expected a comment"),
        ("seed: list = []  # a list", "expected a comment and one of str, int, float, bool; found list"),
        ("seed: int = 1  # a\nnext = seed + 1  # b", "name: type = literal"),
        ('sign: str = "a=b"  # papermill cannot read two equals signs', "name: type = literal"),
        ("seed: int = abs(1)  # not a literal", "name: type = literal"),
        ("seed: int = 1.0  # wrong type", "seed: expected int; found 1.0"),
        ("seed: int = 1  # at least 2", "seed: expected int, at least 2; found 1"),
        ("seed: int = 9  # at most 2", "seed: expected int, at most 2; found 9"),
        ("seed: int = 1  # one of: 1, twee", "expected int; found 'twee'"),
        ("seed: int = 1  # at least one", "a rule that cannot be read"),
        ("%matplotlib inline", "name: type = literal"),
    ],
)
def test_a_parameters_cell_that_cannot_be_checked_is_refused(tmp_path, source, message):
    with pytest.raises(ValueError, match=message):
        runs.read_parameters(notebook(tmp_path / "a.ipynb", source))


def test_there_is_exactly_one_parameters_cell(tmp_path):
    with pytest.raises(ValueError, match=r"untagged.ipynb: expected one cell tagged `parameters`; found 0"):
        runs.read_parameters(FIXTURES / "untagged.ipynb")
    with pytest.raises(ValueError, match="found 2"):
        runs.read_parameters(notebook(tmp_path / "a.ipynb", "a: int = 1  # a", "b: int = 1  # b"))


@pytest.mark.parametrize(
    ("name", "value"),
    [("seed", 3), ("confidence", 0.9), ("confidence", 0.5), ("weighted", True), ("language", "en")],
)
def test_allowed_values_pass(name, value):
    runs.check_parameters({name: value}, runs.read_parameters(GOOD))


def test_an_int_will_do_for_a_float():
    runs.check_parameters({"x": 1}, {"x": Parameter("x", float, 0.5)})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("sede", 3, r"sede: unknown parameter \(did you mean seed\?\); expected one of language, confidence"),
        ("seed", "3", "seed: expected int, at least 0; found '3'"),
        ("seed", 3.0, "expected int"),
        ("seed", True, "expected int"),
        ("seed", -1, "at least 0; found -1"),
        ("weighted", 1, "weighted: expected bool; found 1"),
        ("confidence", True, "expected float"),
        ("confidence", 1.0, "at least 0.5, at most 0.999; found 1.0"),
        ("confidence", float("nan"), "found nan"),
        ("language", "de", "language: expected str, one of: nl, en; found 'de'"),
        ("survey_file", Path("x.sav"), "survey_file: expected str"),
        ("seed", None, "expected int"),
    ],
)
def test_other_values_do_not(name, value, message):
    with pytest.raises(ValueError, match=message):
        runs.check_parameters({name: value}, runs.read_parameters(GOOD))


def test_all_problems_are_told_at_once():
    with pytest.raises(ValueError, match=r"(?s)seed: .*language: .*colour: unknown"):
        runs.check_parameters({"seed": "1", "colour": 1, "language": "de"}, runs.read_parameters(GOOD))


def test_texts_become_the_declared_type():
    texts = {"seed": "7", "confidence": ".9", "weighted": "True", "survey_file": "a b.sav"}
    values = runs.parse_parameters(texts, runs.read_parameters(GOOD))
    assert values == {"seed": 7, "confidence": 0.9, "weighted": True, "survey_file": "a b.sav"}
    assert type(values["seed"]) is int


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("confidence", "0,9", "confidence: expected float; write a point; found '0,9'"),
        ("confidence", "inf", "expected float; found 'inf'"),
        ("seed", "1.0", "seed: expected int; found '1.0'"),
        ("seed", "1_0", "expected int"),
        ("weighted", "1", "weighted: expected bool; found '1'"),
        ("language", "de", "one of: nl, en"),
        ("sede", "1", "unknown parameter"),
    ],
)
def test_texts_that_do_not_fit_are_refused(name, text, message):
    with pytest.raises(ValueError, match=message):
        runs.parse_parameters({name: text}, runs.read_parameters(GOOD))


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
        runs.run_notebook(GOOD, given, results=tmp_path, **options)
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_that_is_not_there_or_has_no_output_dir(tmp_path):
    with pytest.raises(FileNotFoundError, match="notebook 99_none: not found"):
        runs.run_notebook("99_none", results=tmp_path)
    with pytest.raises(ValueError, match="expected a parameter output_dir"):
        runs.run_notebook(notebook(tmp_path / "a.ipynb", "a: int = 1  # a"), results=tmp_path)


def test_importing_runs_is_cheap_and_keeps_the_uri_grammar_out():
    code = (
        "import sys, loopbaanchecks.runs; import jsonschema;"
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
    assert record["source_sha256"] == results.text_hash(GOOD)
    assert record["parameters"]["confidence"] == 0.95
    assert record["parameters"]["output_dir"] == ""
    assert (record["overridden"], record["languages"]) == ([], ["nl", "en"])
    assert set(record["seconds"]) == {"nl", "en"}
    assert {"python", "system", "loopbaanchecks", "papermill", "pandas"} <= set(record["versions"])
    assert not any(name.startswith("data/raw") for name in record["inputs"])
    assert record["started"].endswith("+00:00")
    text = (first / "run.json").read_text(encoding="utf8")
    assert text == json.dumps(record, indent=2, sort_keys=True) + "\n"


def test_parameters_reach_the_notebook_and_a_file_leaves_only_its_name(tmp_path, capsys, monkeypatch):
    (tmp_path / "geheim").mkdir()
    (tmp_path / "geheim" / "echt.sav").write_bytes(b"a\r\n")
    monkeypatch.chdir(tmp_path / "geheim")
    given = {"language": "en", "seed": 2, "survey_file": "echt.sav"}
    folder = runs.run_notebook(GOOD, given, results=tmp_path / "results", run="other")
    assert folder == tmp_path / "results" / "other" / "good"
    assert sorted(p.name for p in folder.glob("*.html")) == ["report.en.html"]
    record = json.loads((folder / "run.json").read_text())
    assert record["overridden"] == ["language", "seed", "survey_file"]
    assert (record["parameters"]["seed"], record["parameters"]["survey_file"]) == (2, "echt.sav")
    assert record["files"]["survey_file"]["name"] == "echt.sav"
    assert record["files"]["survey_file"]["sha256"] == hashlib.sha256(b"a\r\n").hexdigest()
    page = (folder / "report.en.html").read_text(encoding="utf8")
    assert "loopbaanchecks run good.ipynb -p language en -p seed 2 -p survey_file echt.sav" in page
    assert not any(b"geheim" in found for found in contents(folder).values())
    assert capsys.readouterr().err == "good (en): done\n"


# -- runs that go wrong ----------------------------------------------------------------------


def test_a_failing_cell_is_named_and_an_older_result_stays(tmp_path):
    options = {"results": tmp_path, "languages": ("en",), "progress": False}
    folder = runs.run_notebook(FAILING, {"mode": "none"}, **options)
    older = contents(folder)
    with pytest.raises(runs.RunFailed) as failure:
        runs.run_notebook(FAILING, **options)
    where = "failing (en), cell 6 `ratio = 1 / value  # the next line is not reached`"
    assert str(failure.value) == f"{where}: ZeroDivisionError: division by zero"
    assert contents(folder) == older
    failed = tmp_path / "default" / "failing.failed"
    assert sorted(contents(failed)) == ["notebook.ipynb", "run.json"]
    record = json.loads((failed / "run.json").read_text())
    assert (record["exit_state"], record["error"]) == ("failed", str(failure.value))
    outputs = [o for c in nbformat.read(failed / "notebook.ipynb", 4).cells for o in c.get("outputs", ())]
    assert [o.ename for o in outputs] == ["ZeroDivisionError"]
    assert str(tmp_path) not in (failed / "notebook.ipynb").read_text()
    runs.run_notebook(FAILING, {"mode": "none"}, **options)
    assert [p.name for p in folder.parent.iterdir()] == ["failing"]


def test_a_kernel_that_dies_is_a_failure_too(tmp_path):
    with pytest.raises(runs.RunFailed, match=r"failing \(en\), cell 5 `if mode == .*DeadKernelError"):
        runs.run_notebook(FAILING, {"mode": "die", "language": "en"}, results=tmp_path, progress=False)
    node = nbformat.read(tmp_path / "default" / "failing.failed" / "notebook.ipynb", as_version=4)
    assert node.cells[4].execution_count  # as far as it came


def test_two_languages_that_disagree_are_a_failure(tmp_path):
    with pytest.raises(runs.RunFailed, match=r"failing: nl and en: expected the same files; numbers.json"):
        runs.run_notebook(FAILING, {"mode": "disagree"}, results=tmp_path, progress=False)
    names = {"notebook.ipynb", "notebook.en.ipynb", "run.json"}
    assert set(contents(tmp_path / "default" / "failing.failed")) == names


def test_files_of_two_languages_are_merged(tmp_path):
    for language in ("nl", "en"):
        (tmp_path / language / "figures").mkdir(parents=True)
        (tmp_path / language / "figures" / f"a.{language}.svg").write_text(language)
        (tmp_path / language / "t.csv").write_text("same")
    outputs = {language: tmp_path / language for language in ("nl", "en")}
    (tmp_path / "en" / "extra.csv").write_text("only here")
    with pytest.raises(ValueError, match=r"nl and en: expected the same files; extra.csv differ"):
        results.merge(outputs, tmp_path / "new")
    (tmp_path / "en" / "extra.csv").unlink()
    results.merge(outputs, tmp_path / "new")
    assert sorted(contents(tmp_path / "new")) == ["figures/a.en.svg", "figures/a.nl.svg", "t.csv"]


def test_a_swap_that_fails_puts_the_older_folder_back(tmp_path):
    (tmp_path / "older").mkdir()
    with pytest.raises(FileNotFoundError):
        results.swap(tmp_path / "missing", tmp_path / "older", tmp_path / "aside")
    assert (tmp_path / "older").is_dir()


def test_line_endings_do_not_change_a_hash_and_raw_data_has_none(tmp_path, monkeypatch):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "secret.csv").write_text("x")
    (tmp_path / "a.csv").write_bytes(b"1\r\n2\r\n")
    (tmp_path / "b.csv").write_bytes(b"1\n2\n")
    monkeypatch.setattr(results, "DATA", tmp_path)
    monkeypatch.setattr(results, "ROOT", tmp_path)  # not a repository
    found = results.provenance(GOOD, {})
    assert list(found["inputs"]) == ["data/a.csv", "data/b.csv"]
    assert len(set(found["inputs"].values())) == 1
    assert found["git"] is None


# -- many runs -------------------------------------------------------------------------------


def test_reproduce_runs_what_is_there_and_goes_on_after_a_failure(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(runs, "NOTEBOOKS", tmp_path)
    with pytest.raises(FileNotFoundError, match="found none"):
        runs.reproduce(results=tmp_path)
    shutil.copy(FAILING, tmp_path / "01_failing.ipynb")
    shutil.copy(GOOD, tmp_path / "02_good.ipynb")
    shutil.copy(FIXTURES / "untagged.ipynb", tmp_path / "draft.ipynb")
    done = runs.reproduce(results=tmp_path / "results", with_code=True)
    assert list(done) == ["01_failing", "02_good"]
    assert isinstance(done["01_failing"], runs.RunFailed)
    assert "01_failing (nl, en), cell 6" in str(done["01_failing"])
    assert "<details>" in (done["02_good"] / "report.nl.html").read_text(encoding="utf8")
    assert capsys.readouterr().err == "01_failing (nl, en): failed\n02_good (nl, en): done\n"


def test_a_batch_is_checked_whole_before_its_first_run(tmp_path):
    file = tmp_path / "sets.csv"
    for text, message in {
        "seed\n1\n": "expected a column `run`",
        "run,seed\na,1\na,2\n": "names every row once",
        "run,seed\na,1\nb,x\n": "seed: expected int",
        "run,seed\na,1,2\n": "expected 2 cells in every row, as in the header; found 3 in row 2",
        "run,sede\na,1\n": "did you mean seed",
        "run,seed\n": "expected a column `run`",
    }.items():
        file.write_text(text)
        with pytest.raises(ValueError, match=message):
            runs.batch(GOOD, file, results=tmp_path / "results")
    assert not (tmp_path / "results").exists()
