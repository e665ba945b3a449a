import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from behindprint.reported import ROUNDING_RULES
from codedtexts.offsets import UNITS
from loopbaanchecks import __version__
from loopbaanchecks.__main__ import COMMANDS, STOPPED, main
from loopbaanchecks.commands import response_options
from loopbaanchecks.paths import ROOT
from loopbaanchecks.project import PROJECT
from strictruns import Pool, RunFailed

FIXTURES = Path(__file__).parents[1] / "fixtures" / "notebooks"
CODED = FIXTURES.parent / "interviews" / "qualitative_coding" / "project.qdpx"
GOOD, FAILING = str(FIXTURES / "good.ipynb"), str(FIXTURES / "failing.ipynb")


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    project = replace(PROJECT, results=tmp_path / "results", notebooks=tmp_path / "notebooks")
    monkeypatch.setattr("loopbaanchecks.project.PROJECT", project)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def test_help_loads_nothing_that_computes():
    code = (
        "import atexit, sys; from loopbaanchecks.__main__ import main; "
        "atexit.register(lambda: print(*sys.modules)); main(['--help'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0
    assert "reproduce" in done.stdout
    assert not {"numpy", "pandas", "matplotlib", "papermill", "IPython"} & set(done.stdout.split())


def test_version_and_no_command(capsys):
    for words, code in ((["--version"], 0), ([], 2), (["nonsense"], 2)):
        with pytest.raises(SystemExit) as stop:
            main(words)
        assert stop.value.code == code
    assert capsys.readouterr().out == f"{__version__}\n"


# --- the table of commands ----------------------------------------------------------------------


def parser_says(words, capsys):
    """What the parser prints before it stops, and its exit code."""
    with pytest.raises(SystemExit) as stop:
        main(words)
    said = capsys.readouterr()
    return " ".join((said.out + said.err).split()), stop.value.code


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_in_a_sentence_what_a_command_does_and_ends_with_an_example(name, capsys):
    command = COMMANDS[name]
    text, code = parser_says([name, "--help"], capsys)
    assert code == 0
    assert command.does.endswith(".") and command.does.count(". ") == 0 and command.does in text
    assert shlex.split(command.example)[0] == name
    assert text.endswith(f"example: loopbaanchecks {command.example}")
    for names, options in command.arguments:
        assert options.get("help"), names


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("consistency", [*ROUNDING_RULES, "{0,1}", ", or ."]),
        ("claims", [*ROUNDING_RULES, "{0,1}", "{nl,en}"]),
        ("interviews", [*UNITS, "half-open", "inclusive"]),
        ("export", ["{nl,en}"]),
        ("twin", ["{nl,en}"]),
        ("survey", [", or ."]),
        ("run", ["loopbaanchecks parameters NOTEBOOK"]),
    ],
)
def test_help_lists_the_choices(name, choices, capsys):
    text, _ = parser_says([name, "--help"], capsys)
    assert [choice for choice in choices if choice not in text] == []


def test_every_example_runs(place, capsys, monkeypatch):
    """In the order of a working day; a small notebook stands in for the first of the compendium."""
    small = Path(GOOD).read_text(encoding="utf8")  # folders outside the compendium may not leave
    for words in (r"\"python\": sys.executable, ", " and not by {sys.executable}", "Path.cwd()"):
        small = small.replace(words, "")
    (place / "notebooks" / "01_quant.ipynb").write_text(small, encoding="utf8")
    shutil.copy(FIXTURES / "numbers.ipynb", place / "notebooks")
    (place / "notebooks" / "sweeps").mkdir()
    small = "notebook: numbers\ngrid: {share: [0.2, 0.4]}\n"
    (place / "notebooks" / "sweeps" / "pilots.yaml").write_text(small, encoding="utf8")
    shutil.copy(CODED, place / "project.qdpx")
    order = [
        "parameters",
        "run",
        "check",
        "dossier",
        "bundle",
        "export",
        "reproduce",
        "sweep",
        "twin",
        "survey",
    ]
    order += ["candidates", "interviews"]
    printed = "loopbaanchecks.leaving.dossier"  # without a browser here; test_dossier prints
    monkeypatch.setattr(f"{printed}.find_browser", lambda: "")
    monkeypatch.setattr(f"{printed}.write_pdf", lambda page, path: path.write_bytes(b"%PDF-"))
    assert sorted([*order, "claims", "consistency"]) == sorted(COMMANDS)
    for name in [*order, "claims", "consistency"]:
        assert main(shlex.split(COMMANDS[name].example)) == 0, capsys.readouterr()
    pages = ("page.html", "results/trial/01_quant/report.nl.html", "results/pilots/index.en.html")
    for made in (*pages, "candidates.csv", "copy.qdpx"):
        assert (place / made).stat().st_size > 0
    assert len((place / "claims.csv").read_text(encoding="utf8").splitlines()) > 100


def test_the_examples_of_a_run_are_in_the_pages_whose_commands_run_as_they_stand():
    pages = "".join(path.read_text(encoding="utf8") for path in (ROOT / "docs").glob("*.md"))
    for name in ("run", "sweep", "parameters", "consistency", "claims", "twin", "survey", "candidates"):
        assert f"\n.venv/bin/loopbaanchecks {COMMANDS[name].example}\n" in pages


@pytest.mark.parametrize(
    ("word", "meant"), [("repoduce", "reproduce"), ("claim", "claims"), ("parameter", "parameters")]
)
def test_a_misspelt_command_gets_a_suggestion(word, meant, capsys):
    text, code = parser_says([word, "--language", "nl"], capsys)
    assert code == 2
    assert f"found {word!r} (did you mean {meant}?)" in text


def test_a_word_like_no_command_gets_the_list_only(capsys):
    text, code = parser_says(["xyzzy"], capsys)
    assert code == 2
    assert text.endswith(f"expected one of {', '.join(COMMANDS)}; found 'xyzzy'")


ROW = ["--mean", "4,15", "--sd", "0,72", "--n", "97", "--options", "1-5"]


@pytest.mark.parametrize(
    ("words", "argument", "choices"),
    [
        (["claims", "--rounding", "up"], "--rounding", ROUNDING_RULES),
        (["consistency", *ROW, "--rounding", "up"], "--rounding", ROUNDING_RULES),
        (["consistency", *ROW, "--ddof", "2"], "--ddof", ("0", "1")),
        (["consistency", *ROW, "--decimal", ";"], "--decimal", (",", ".")),
        (["interviews", str(CODED), "--offsets", "bytes"], "--offsets", UNITS),
        (["interviews", str(CODED), "--offsets", "code points, open"], "--offsets", UNITS),
        (["twin", "--seed", "x", "out.sav"], "--seed", ("int",)),
    ],
)
def test_a_choice_that_is_none_is_refused_as_an_argument(words, argument, choices, capsys):
    """It is the argument that does not fit: no claim, row or interview is blamed."""
    text, code = parser_says(words, capsys)
    assert code == 2
    refusal = text.partition("error: ")[2]
    assert refusal.startswith(f"argument {argument}: ")
    assert all(choice in refusal for choice in choices)


def test_the_name_of_a_convention_may_be_long_or_short(capsys):
    for text in ("UTF-16", "code points, half-open", "code points, half-open, CRLF as one"):
        assert main(["interviews", str(CODED), "--offsets", text]) in (0, 2)
        assert "argument --offsets" not in capsys.readouterr().err


def test_an_installed_copy_says_in_one_sentence_what_it_misses(tmp_path):
    """A copy of lib/ without data and notebooks beside it, as a wheel would put it elsewhere."""
    shutil.copytree(ROOT / "lib", tmp_path / "site", ignore=shutil.ignore_patterns("__pycache__"))
    code = (
        "import shlex, sys; from loopbaanchecks.__main__ import main, COMMANDS\n"
        "for words in map(shlex.split, sys.argv[1:]):\n"
        "    sys.stderr.write(f'{words[0]} {main(words)}\\n')"
    )
    alone = [
        f"parameters {shlex.quote(GOOD)}",
        COMMANDS["consistency"].example,
        f"interviews {shlex.quote(str(CODED))}",
    ]
    needing = [name for name, command in COMMANDS.items() if command.needs_compendium] + ["parameters"]
    examples = [COMMANDS[name].example for name in needing]
    done = subprocess.run(
        [sys.executable, "-c", code, *alone, *examples],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    missing = (
        "loopbaanchecks: expected the compendium's data/ and notebooks/ beside lib/; found an installed copy "
        "without them: run this command in a clone of the repository"
    )
    ends = [line for name in needing for line in (missing, f"{name} 2")]
    assert done.stderr.splitlines() == ["parameters 0", "consistency 0", "interviews 0", *ends]
    assert {path.name for path in tmp_path.iterdir()} == {"site"}


# --- notebooks ----------------------------------------------------------------------------------


def test_parameters_are_listed(capsys):
    assert main(["parameters", GOOD]) == 0
    out = capsys.readouterr().out
    assert "confidence = 0.95\n    confidence level; between 0.5 and 0.999 (float, at least 0.5" in out
    assert "language = 'nl'" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", GOOD, "-p", "confidence", "0,9"], "write a point"),
        (["run", GOOD, "-p", "sede", "1"], "did you mean seed?"),
        (["run", GOOD, "-p", "seed", "1", "-p", "seed", "2"], "every name once"),
        (["run", GOOD, "-p", "seed", "-1"], "at least 0; found -1"),
        (["run", GOOD, "--run", "a/b"], "run: expected a name"),
        (["run", "01_none"], "notebook 01_none: not found"),
        (["sweep", "none.csv", "--notebook", GOOD], "none.csv"),
        (["sweep", "none.csv"], "expected the name of a notebook beside a CSV file"),
        (["sweep", "none.yaml"], "none.yaml"),
        (["run", GOOD, "--scheduler", "nonsense"], "expected a Dask scheduler that answers"),
        (["parameters", str(FIXTURES / "untagged.ipynb")], "expected one cell tagged"),
        (["reproduce"], "found none"),
        (["export", "none.ipynb", "out.html", "--language", "nl"], "none.ipynb"),
    ],
)
def test_input_that_does_not_fit_is_one_message_and_code_2(place, capsys, words, message):
    assert main(words) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.startswith("loopbaanchecks: ")
    assert "Traceback" not in said.err
    assert said.out == ""
    assert not (place / "results").exists()


def test_reproduce_says_where_results_are_and_what_failed(place, capsys, monkeypatch):
    folder = place / "results" / "trial" / "01_good"
    folder.mkdir(parents=True)
    for name in ("report.nl.html", "report.en.html", "run.json"):
        (folder / name).touch()
    asked = {}

    def reproduce(**options) -> dict:
        asked.update(options)
        return {"01_good": folder, "02_failing": RunFailed("02_failing (nl), cell 6 `x`: KeyError: 1")}

    monkeypatch.setattr("strictruns.reproduce", reproduce)
    assert main(["reproduce", "--run", "trial", "--with-code"]) == 1
    assert asked.pop("project").results == place / "results"
    pool = Pool(timeout=1800)
    assert asked == {"run": "trial", "with_code": True, "progress": True, "force": False, "pool": pool}
    said = capsys.readouterr()
    pages = [str(Path("results", "trial", "01_good", f"report.{x}.html")) for x in ("en", "nl")]
    assert said.out.splitlines() == [*pages, "1 of 2 done in 0 s"]
    assert said.err == "loopbaanchecks: 02_failing (nl), cell 6 `x`: KeyError: 1\n"


def test_one_notebook_quietly_then_its_page_again(place, capsys):
    assert main(["run", GOOD, "-p", "language", "en", "-p", "seed", "5", "--quiet"]) == 0
    folder = place / "results" / "default" / "good"
    again = ["export", str(folder / "notebook.ipynb"), "again.html", "--language", "en", "--with-code"]
    assert main(again) == 0
    assert capsys.readouterr() == ("", "")
    assert "-p language en -p seed 5" in (folder / "report.en.html").read_text(encoding="utf8")
    assert "<details>" in (place / "again.html").read_text(encoding="utf8")


def test_a_sweep_counts_what_failed_and_goes_on_where_it_stopped(place, capsys):
    (place / "sets.csv").write_text("\ufeffrun,mode\na,none\nb,\nc,none\n", encoding="utf8")
    words = ["sweep", "sets.csv", "--notebook", FAILING, "--language", "en"]
    assert main(words) == 1
    said, folder = capsys.readouterr(), Path("results", "sets")
    assert said.out.splitlines()[0] == str(folder / "index.en.html")
    assert said.out.splitlines()[1].startswith("2 of 3 done in ")
    *lines, last = said.err.splitlines()
    assert sorted(lines) == ["a, failing (en): done", "b, failing (en): failed", "c, failing (en): done"]
    assert last.startswith("loopbaanchecks: run b: failing (en), cell 5")
    assert (folder / "a" / "failing" / "report.en.html").exists()
    assert (folder / "b" / "failing.failed" / "run.json").exists()
    page = (folder / "index.en.html").read_text(encoding="utf8")
    assert "<code>loopbaanchecks sweep sets.csv --notebook failing.ipynb</code>" in page
    shutil.rmtree(folder / "c")  # as if it had been interrupted
    (place / "sets.csv").write_text("run,mode\na,none\nc,none\n", encoding="utf8")
    assert main([*words, "--why"]) == 0
    assert capsys.readouterr().out.splitlines() == ["a: unchanged", "c: would run", "    no results yet"]
    assert main(words) == 0
    assert sorted(capsys.readouterr().err.splitlines()) == [
        *("a, failing (en): unchanged", "c, failing (en): done")
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a child there")
def test_an_interrupt_kills_the_kernels_and_leaves_nothing(place):
    code = (
        "import sys; from dataclasses import replace; from pathlib import Path; "
        "from loopbaanchecks import project; from loopbaanchecks.__main__ import main; "
        "project.PROJECT = replace(project.PROJECT, results=Path('results')); sys.exit(main(sys.argv[1:]))"
    )
    words = [sys.executable, "-c", code, "run", FAILING, "-p", "mode", "sleep", "--quiet"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as child:
        while child.poll() is None and not list(place.glob("results/default/.failing/.nl.*/ipython/*")):
            time.sleep(0.05)
        os.kill(child.pid, signal.SIGINT)
        assert child.wait(timeout=20) == 130
        assert child.stderr.read() == f"loopbaanchecks: {STOPPED}\n"
    assert not (place / "results" / "default").exists()


def test_options_of_a_scale():
    assert response_options("1-5") == (1, 2, 3, 4, 5)
    assert response_options("0-10") == tuple(range(11))
    assert response_options("1,2,4") == (1, 2, 4)
    assert response_options("-2..2") == (-2, -1, 0, 1, 2)
    assert response_options("0..1:0.5") == response_options("0;0,5;1") == (0, Fraction(1, 2), 1)
    assert response_options("none") is None


@pytest.mark.parametrize("text", ["", "5", "5-1", "a-b", "1|2", "2,1", "1,1", "1-"])
def test_options_that_are_no_scale(text, capsys):
    words = ["consistency", "--mean", "4,15", "--sd", "0,72", "--n", "97", "--options", text]
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2
    assert "expected rising whole numbers" in capsys.readouterr().err


# --- survey and twin ---------------------------------------------------------------------------


def test_a_twin_is_written_and_read_back(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["twin", "--seed", "1", "one.sav"]) == 0
    assert main(["twin", "--seed", "1", "again.sav"]) == 0
    assert (tmp_path / "one.sav").read_bytes() == (tmp_path / "again.sav").read_bytes()
    out = capsys.readouterr().out
    assert "254 simulated respondents" in out
    assert "lmi_skills_required: no 97 answers print 4,15 and 0,72" in out
    assert main(["survey", "one.sav"]) == 0
    assert "254 records read, 254 kept" in capsys.readouterr().out
    assert not list(tmp_path.glob("*.mapping.csv"))


def test_a_survey_with_other_names_gets_a_mapping_to_fill_in(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "export.csv").write_text("goal_values,V2\n4,5\n5,4\n", encoding="utf8")
    assert main(["survey", "export.csv"]) == 0
    assert "mapping to fill in: export.mapping.csv" in capsys.readouterr().out
    written = (tmp_path / "export.mapping.csv").read_text(encoding="utf8")
    assert "goal_values" in written and "V2" in written
    (tmp_path / "export.mapping.csv").write_text(
        written.replace("V2,,", "V2,goal_qualities,"), encoding="utf8"
    )
    assert main(["survey", "export.csv", "--mapping", "export.mapping.csv"]) == 0
    assert "V2 is goal_qualities" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["survey", "absent.sav"], "absent.sav"),
        (["survey", "wrong.csv"], "outside the response options"),
        (["twin", "--seed", "-1", "x.sav"], "--seed: expected"),
        (["twin", "--seed", "1", "x.csv"], "expected a name that ends in .sav"),
    ],
)
def test_bad_input_for_survey_and_twin_ends_with_one_clear_line(
    words, message, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.csv").write_text("goal_values\n9\n", encoding="utf8")
    assert main(words) == 2
    err = capsys.readouterr().err
    assert message in err and "Traceback" not in err


# --- interviews --------------------------------------------------------------------------------

INTERVIEWS = Path(__file__).parents[1] / "fixtures" / "interviews" / "qualcoder" / "project.qda"


def test_interviews_are_counted_and_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["interviews", str(INTERVIEWS), "--convert", "out.qdpx"]) == 0
    out = capsys.readouterr().out
    assert "interview.txt: 4 segments; code points, half-open" in out
    assert "coders    Anna, Zoë" in out
    assert "  vertrouwen: 2" in out
    assert "left out" not in out
    assert main(["interviews", "out.qdpx", "--coders", "Anna"]) == 0
    assert "left out  2 × coding of a coder who was not chosen (Zoë)" in capsys.readouterr().out


def test_interviews_that_cannot_be_read_end_with_one_clear_line(tmp_path, capsys):
    (tmp_path / "a.nvpx").write_bytes(b"?")
    assert main(["interviews", str(tmp_path / "a.nvpx")]) == 2
    assert "export a REFI-QDA project" in capsys.readouterr().err


# --- printed rows -------------------------------------------------------------------------------

TABLE = """label;mean;sd;n;options;items;group
Useful;3,72;0,71;60;1-5;;staff
Clear;3,72;0,71;61;1-5;;clients
Scale of two;3,40;0,53;20;1-5;2;clients
Balance;-0,40;1,10;25;-2..2;;clients
Only a mean;2,33;;10;1..4;;clients
=1+1;6,2;0,5;10;1-5;;clients
"""
WORDS = ["contradicted", "consistent", "consistent", "contradicted", "contradicted", "contradicted"]


def test_a_table_goes_in_and_verdicts_figures_and_json_come_out(tmp_path, capsys):
    (tmp_path / "rows.csv").write_text(TABLE, encoding="utf8")
    assert (
        main(["consistency", "--table", str(tmp_path / "rows.csv"), "--output", str(tmp_path / "out")]) == 0
    )
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said[:6]] == WORDS
    rows = pd.read_csv(tmp_path / "out" / "rows.csv", dtype="str", keep_default_na=False)
    assert rows["verdict"].tolist() == WORDS
    assert rows["tables"].tolist()[:2] == ["0", "21"] and rows["label"].iloc[5] == "'=1+1"
    assert rows["reason"].iloc[5] == "the mean 6,2 lies outside the scale, which runs from 1 to 5"
    found = json.loads((tmp_path / "out" / "rows.json").read_text(encoding="utf8"))
    assert [each["verdict"] for each in found] == WORDS and len(found[1]["shares"]) == 5
    sizes = pd.read_csv(tmp_path / "out" / "sizes.csv")
    assert sizes.query("group == 'staff' and n == 61")["fit"].item() == 1
    page = (tmp_path / "out" / "rows.html").read_text(encoding="utf8")
    assert page.count("<figure>") == 3 and "<script" not in page
    assert not re.search(r"""(?:src|href)=["'](?!#)""", page)
    assert "=1+1" in page and page.count('class="contradicted"') == 4


def test_one_row_as_json_and_with_what_stands_beside_it(capsys):
    words = [
        "--mean",
        "3,2",
        "--n",
        "40",
        "--options",
        "1-5",
        "--median",
        "3",
        "--share",
        "5",
        "12,5",
        "--json",
    ]
    assert main(["consistency", *words]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["tables"], found["shares"][4]) == (
        "consistent",
        440,
        {"score": 5, "low": 0.125, "high": 0.125},
    )
    assert main(["consistency", "--mean", "-0,40", "--sd", "1,10", "--n", "20", "--options", "-2..2"]) == 0
    assert capsys.readouterr().out.startswith("verdict           consistent")


def test_numbers_of_a_spreadsheet_need_their_decimals(tmp_path, capsys):
    book = openpyxl.Workbook()
    for row in (["mean", "sd", "n", "options"], [3.7, 0.72, 60, "1-5"]):
        book.active.append(row)
    book.save(tmp_path / "rows.xlsx")
    assert main(["consistency", "--table", str(tmp_path / "rows.xlsx")]) == 2
    assert "or --places with their decimals; found numbers in row 2" in capsys.readouterr().err
    assert main(["consistency", "--table", str(tmp_path / "rows.xlsx"), "--places", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["verdict"] == "consistent"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--mean", "4.15", "--sd", "0,72"], "say decimal='.'; --decimal . in a command"),
        (["--mean", "4,15", "--sd", "99"], ""),
        (["--mean", "4,15151515151515151515", "--sd", "0,72727272727272727272"], ""),
        (["--mean", "4,15", "--ci", "4,0", "x"], "expected one number"),
        (["--mean", "4,15", "--sd", "0,72", "--output", "x"], "--output: expected --table"),
        (["--sd", "0,72"], "expected --mean and --n, or --table"),
        (["--mean", "4,15", "--sd", "0,72", "--items", "0"], "items: expected a whole number"),
    ],
)
def test_odd_rows_get_an_answer_or_one_sentence(words, message, capsys):
    code = main(["consistency", *words, "--n", "97", "--options", "1-5"])
    said = capsys.readouterr()
    assert code == (2 if message else 0)
    assert message in said.err and (bool(message) != said.out.startswith("verdict           contradicted"))


@pytest.mark.parametrize(
    ("n", "options"), [("1000000000", "1-5"), ("1000", "0..100"), ("97", "none"), ("97", "0..100000000")]
)
def test_large_rows_get_an_answer_or_one_sentence(n, options, capsys):
    try:
        code = main(["consistency", "--mean", "4,15", "--sd", "0,72", "--n", n, "--options", options])
    except SystemExit as stop:  # an argument that cannot be
        code = stop.code
    said = capsys.readouterr()
    assert (code == 0 and said.out.startswith("verdict")) or (code == 2 and "expected at most" in said.err)
