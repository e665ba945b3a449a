import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loopbaanchecks import __version__, runs
from loopbaanchecks.__main__ import _options, main

FIXTURES = Path(__file__).parent / "fixtures" / "notebooks"
GOOD, FAILING = str(FIXTURES / "good.ipynb"), str(FIXTURES / "failing.ipynb")


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(runs, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(runs, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def test_help_answers_at_once():
    def seconds() -> float:
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "loopbaanchecks", "--help"], capture_output=True, text=True
        )
        assert done.returncode == 0
        assert "reproduce" in done.stdout
        return time.perf_counter() - start

    assert min(seconds() for _ in range(3)) < 0.3


def test_version_and_no_command(capsys):
    for words, code in ((["--version"], 0), ([], 2), (["nonsense"], 2)):
        with pytest.raises(SystemExit) as stop:
            main(words)
        assert stop.value.code == code
    assert capsys.readouterr().out == f"{__version__}\n"


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
        (["run", GOOD, "--batch", "none.csv"], "none.csv"),
        (["run", GOOD, "--batch", "none.csv", "-p", "seed", "1"], "neither -p nor --run"),
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
        return {"01_good": folder, "02_failing": runs.RunFailed("02_failing (nl), cell 6 `x`: KeyError: 1")}

    monkeypatch.setattr(runs, "reproduce", reproduce)
    assert main(["reproduce", "--run", "trial", "--with-code"]) == 1
    assert asked == {"run": "trial", "with_code": True, "progress": True, "results": place / "results"}
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


def test_a_failing_notebook_is_code_1_and_a_batch_counts(place, capsys):
    (place / "sets.csv").write_text("\ufeffrun,mode,language\na,none,en\nb,,en\n", encoding="utf8")
    assert main(["run", FAILING, "--batch", "sets.csv"]) == 1
    said = capsys.readouterr()
    page = Path("results", "a", "failing", "report.en.html")
    assert said.out.splitlines()[0] == str(page)
    assert said.out.splitlines()[1].startswith("1 of 2 done in ")
    assert said.err.startswith(
        "failing (en): done\nfailing (en): failed\nloopbaanchecks: failing (en), cell 6"
    )
    assert page.exists()
    assert (place / "results" / "b" / "failing.failed" / "run.json").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a child there")
def test_an_interrupt_kills_the_kernels_and_leaves_nothing(place):
    code = (
        "import sys; from pathlib import Path; from loopbaanchecks import runs; from loopbaanchecks.__main__ "
        "import main; runs.RESULTS = Path('results'); sys.exit(main(sys.argv[1:]))"
    )
    words = [sys.executable, "-c", code, "run", FAILING, "-p", "mode", "sleep", "--quiet"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as child:
        while child.poll() is None and not list(place.glob("results/default/.failing.*/nl/ipython/*")):
            time.sleep(0.05)
        os.kill(child.pid, signal.SIGINT)
        assert child.wait(timeout=20) == 130
        assert child.stderr.read() == "loopbaanchecks: stopped; older results are as they were\n"
    assert list((place / "results" / "default").iterdir()) == []


def test_options_of_a_scale():
    assert _options("1-5") == (1, 2, 3, 4, 5)
    assert _options("0-10") == tuple(range(11))
    assert _options("1,2,4") == (1, 2, 4)


@pytest.mark.parametrize("text", ["", "5", "5-1", "a-b", "1;2", "2,1", "1,1", "1-"])
def test_options_that_are_no_scale(text, capsys):
    words = ["consistency", "--mean", "4,15", "--sd", "0,72", "--n", "97", "--options", text]
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2
    assert "expected rising whole numbers" in capsys.readouterr().err
