"""The README is true: its commands run as they stand, its findings are in the results."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from loopbaanchecks.claims import ledger as claims
from loopbaanchecks.paths import NOTEBOOKS, RESULTS, ROOT
from loopbaanchecks.study import Study

README = (ROOT / "README.md").read_text(encoding="utf8")
BIN = Path(sys.executable).parent
COMMANDS = re.findall(r"^\| [^|]+ \| `(\.venv/bin/[^`]+)`", README, re.M)


def call(command, folder):
    """Run a command of the README from another folder, as someone without a checkout around them would."""
    places = {".venv/bin/": f"{BIN}/", "notebooks/": f"{NOTEBOOKS}/"}
    words = shlex.split(command)  # first: the folder of a checkout may have a space in its name
    for name, place in places.items():
        words = [word.replace(name, place) for word in words]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An empty folder to run everything from; what the commands put in results/ goes afterwards."""
    before = {path.name for path in RESULTS.iterdir()} if RESULTS.is_dir() else set()
    yield tmp_path_factory.mktemp("elsewhere")
    for path in RESULTS.iterdir():
        if path.name not in before:
            shutil.rmtree(path)


def test_the_table_of_commands_is_read():
    starts = {Path(command.split()[0]).name for command in COMMANDS}
    assert starts == {"loopbaanchecks", "papermill"}
    assert len(COMMANDS) >= 5


def long_ones(command):
    """A command as a test case; those that run a notebook a second time are left to `make test-all`."""
    again = "03_tno_pilots" in command or "out.ipynb" in command
    return pytest.param(command, marks=[pytest.mark.thorough] * again, id=" ".join(command.split()[:2])[-40:])


@pytest.mark.parametrize("command", [long_ones(command) for command in COMMANDS])
def test_a_command_runs_from_any_folder(command, folder):
    done = call(command, folder)
    assert done.returncode == 0, done.stderr[-2000:]
    if "consistency" in command:
        assert "contradicted" in done.stdout
    if "papermill" in command:
        assert "Passed unknown parameter" not in done.stderr
        assert (folder / "out.ipynb").is_file()
    if "export" in command:
        assert 'lang="en"' in (folder / "out.html").read_text(encoding="utf8")
    if " run " in command:
        notebook, run = re.search(r" run (\w+) .*--run (\w+)", command).groups()
        assert (RESULTS / run / notebook / "report.en.html").is_file()


def test_jupyterlab_is_there_for_make_lab():
    done = subprocess.run([BIN / "jupyter", "lab", "--version"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]


def test_every_path_of_the_map_exists():
    for name in re.findall(r"^\| `([a-z]+/[\w/]*)` \|", README, re.M):
        assert name.startswith("results/") or (ROOT / name).is_dir(), name


def test_the_findings_are_what_a_run_gives(folder):
    path = next(iter(RESULTS.glob("english/01_quant/numbers.json")), None)
    if path is None:
        assert call(COMMANDS[0], folder).returncode == 0
        path = RESULTS / "english" / "01_quant" / "numbers.json"
    values = {name: kept["value"] for name, kept in json.loads(path.read_text(encoding="utf8")).items()}
    assert values["rows_that_do_not_fit"] == "table 9 row 1"
    assert f"{values['rows_that_fit']} of 60 item rows" in README
    assert f"For {values['rows_with_power_below_5_percent']} rows the check" in README
    assert f"a band of {100 * values['share_4_5_median_width']:.0f} percentage points" in README
    assert f"{100 * values['pairs_ordered_by_share']:.0f} % of pairs" in README
    assert f"by the means {values['pairs_ordered_by_mean']} of 313" in README
    low, high = (values[f"cannot_find_information_{end}"] for end in ("low", "high"))
    assert low == high and f"Exactly {low} of 97" in README
    assert values["scale_self_insight_difference_certain"] is True
    assert values["scale_self_efficacy_difference_certain"] is False
    assert values["items_without_a_row"] == "goal_career_options; source_kvk"


def test_what_the_readme_says_of_the_ledger_is_computed():
    ledger = claims.evaluate(Study())
    counts = ledger.loc[ledger["list"] == "claims", "verdict"].value_counts()
    said = f"{counts['contradicted']} are contradicted by another printed place; {counts['conditional']} more"
    assert f"Of {counts.sum()} claims of both documents {said}" in README
    references = (ledger["list"] == "references").sum()
    assert f"a list of their own, {references} of them" in " ".join(README.split())


def test_the_findings_of_the_other_reports_are_what_a_run_gives(reproduced):
    kept = {
        name: json.loads((reproduced / name / "numbers.json").read_text(encoding="utf8"))
        for name in ("02_qual", "03_tno_pilots")
    }
    cells = kept["02_qual"]["cells_with_a_finding"]["value"]
    assert f"in {cells} of 24 cells" in README
    low, high = (kept["03_tno_pilots"][f"share_of_weeks_lost_{end}"]["value"] for end in ("low", "high"))
    assert f"{100 * low:.0f} to {100 * high:.0f} % of the planned weeks" in README
    places = [kept["03_tno_pilots"][f"enrolment_against_plan_{r}"]["value"] for r in ("per_centre", "total")]
    assert places == ["open", "below"]
    judged = {"convergent": 2, "complementary": 4, "silent": 2, "discordant": 0}
    assert {name: kept["02_qual"][f"topics_{name}"]["value"] for name in judged} == judged
    helps, directed = (kept["02_qual"][f"behaviour_{name}"]["value"] for name in ("helps", "directed"))
    assert f"on behaviour {helps} of {directed} findings with a direction help" in README
