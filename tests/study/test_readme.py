"""The README and docs/ are true: their commands run as they stand, their findings are in the results."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import nbformat
import numpy as np
import pyreadstat
import pytest
from PIL import Image

from loopbaanchecks.__main__ import COMMANDS, main
from loopbaanchecks.claims import ledger as claims
from loopbaanchecks.paths import NOTEBOOKS, ROOT
from loopbaanchecks.pilots import candidates
from loopbaanchecks.project import PROJECT
from loopbaanchecks.report.tallies import count_claims
from loopbaanchecks.study import Study, read_resource
from loopbaanchecks.twins import cohort
from loopbaanchecks.twins.survey import read_twin
from strictruns import read_parameters

README = (ROOT / "README.md").read_text(encoding="utf8")
DOCS = {path.name: path.read_text(encoding="utf8") for path in sorted((ROOT / "docs").glob("*.md"))}
PAGES = {"README.md": README, **DOCS}
FIXTURES = Path(__file__).parents[1] / "fixtures"
BOOKS = sorted(NOTEBOOKS.glob("*.ipynb"))
BIN = Path(sys.executable).parent


def commands(text):
    """Commands of a page, in its order: lines of console blocks, and code that begins with .venv."""
    found = re.findall(r"^```console\n(.*?)^```|`(\.venv/bin/[^`\n]+)`", text, re.M | re.S)
    return [line for block, inline in found for line in (block or inline).splitlines()]


# --- every command runs --------------------------------------------------------------------------------


def people(place):
    """Files of people who are not there, called as the pages call them."""
    raw = place / "data" / "raw"
    raw.mkdir(parents=True)
    pyreadstat.write_sav(read_twin(Study(), seed=5).responses, raw / "survey.sav")
    shutil.copy(FIXTURES / "interviews" / "qualitative_coding" / "project.qdpx", raw / "interviews.qdpx")
    (raw / "groups.csv").write_text("source,group\ninterview.txt,employee\n", encoding="utf8")
    values = read_resource("tno_2007-parameters").set_index("name")["value"].astype(float)
    plan = {"centres": ["North", "South"], "candidates_per_centre": 25, "start": date(2025, 1, 6)}
    made = cohort.simulated_candidates(
        values, read_resource("tno_2007-segments"), **plan, rng=np.random.default_rng(2)
    )
    candidates.write_candidates(made.measurements, raw / "candidates.csv")


def notebooks(place, whole):
    """The notebooks, whole or with nothing behind their parameters, and a small sweep."""
    (place / "notebooks" / "sweeps").mkdir(parents=True)
    for path in BOOKS:
        book = nbformat.read(path, as_version=4)
        kept = [cell for cell in book.cells if "parameters" in cell.metadata.get("tags", [])]
        book.cells = book.cells if whole else [book.cells[0], *kept]
        nbformat.write(book, place / "notebooks" / path.name)
    small = "notebook: 03_tno_pilots\ngrid: {share_willers: [0.1, 0.2]}\n"
    (place / "notebooks" / "sweeps" / "pilots.yaml").write_text(small, encoding="utf8")


@pytest.fixture(
    scope="module", params=[False, pytest.param(True, marks=pytest.mark.thorough)], ids=["short", "whole"]
)
def place(request, tmp_path_factory):
    """A folder such as the one of the README, to run every command in; and what has run there already."""
    folder = tmp_path_factory.mktemp("place")
    people(folder)
    notebooks(folder, request.param)
    for text in PAGES.values():
        for block, name in re.findall(r"^```csv (\S+)\n(.*?)^```", text, re.M | re.S):
            (folder / block).write_text(name, encoding="utf8")
    with pytest.MonkeyPatch.context() as patch:
        project = replace(PROJECT, results=folder / "results", notebooks=folder / "notebooks")
        patch.setattr("loopbaanchecks.project.PROJECT", project)
        patch.setattr("loopbaanchecks.paths.RESULTS", folder / "results")
        patch.chdir(folder)
        yield folder, {}


def run(command, done):
    """Run a command once, in this process where it is ours; return its exit code."""
    program, *words = shlex.split(command)
    if command not in done:
        name = program.removeprefix(".venv/bin/")
        ours = name == "loopbaanchecks"
        done[command] = main(words) if ours else subprocess.run([BIN / name, *words], timeout=300).returncode
    return done[command]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_runs_in_its_order(page, place, capsys):
    folder, done = place
    before = re.findall(r"^After the run of \[(\S+)\]", PAGES[page], re.M)
    late = [command for command in commands(README) if command in commands(DOCS["sharing.md"])]
    asked = [
        line for name in (*before, page) for line in commands(PAGES[name]) if not line.startswith("make ")
    ]
    for command in sorted(asked, key=late.__contains__):
        assert run(command, done) == 0, (command, capsys.readouterr().err[-2000:])
    for made in re.findall(r"`(results/(?!default|manual)\S+\.html)`", PAGES[page]):
        assert (folder / made).is_file(), made


def test_a_command_runs_from_any_folder_as_it_stands(tmp_path):
    (command,) = [line for line in commands(DOCS["published_tables.md"]) if "4,15" in line]
    program, *words = shlex.split(command)
    done = subprocess.run(
        [BIN / Path(program).name, *words], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr[-2000:]
    for said in ("34%", "mean 4,15, sd 0,72, n 98", "mean 4,15, sd 0,71, n 97"):
        assert said in done.stdout


def test_papermill_knows_the_parameters(place, capfd):
    folder, done = place
    (command,) = [line for line in commands(DOCS["runs.md"]) if "papermill" in line]
    done.pop(command, None)
    assert run(command, done) == 0 and (folder / "out.ipynb").is_file()
    assert "Passed unknown parameter" not in capfd.readouterr().err


def test_every_option_and_parameter_that_is_named_is_there():
    options = {name for command in COMMANDS.values() for names, _ in command.arguments for name in names}
    parameters = {name for path in BOOKS for name in read_parameters(path)}
    for page, text in PAGES.items():
        text = re.sub(r"^```(sh|python)\n.*?^```", "", text, flags=re.M | re.S)
        assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) <= options | {"--help"}, page
        assert set(re.findall(r"-p (\w+)", text)) <= parameters, page


def test_every_target_of_make_that_is_named_is_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf8")
    for page, text in PAGES.items():
        for target in re.findall(r"^make ([a-z-]+)$|`make ([a-z-]+)`", text, re.M):
            assert re.search(rf"^{''.join(target)}:", makefile, re.M), (page, target)


def test_jupyterlab_is_there_for_make_lab():
    done = subprocess.run([BIN / "jupyter", "lab", "--version"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]


# --- what the pages say of files and choices -----------------------------------------------------------


def anchor(heading):
    """The address that a heading has on a page of Markdown."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_every_link_leads_somewhere_and_every_page_is_linked():
    for page, text in PAGES.items():
        folder = ROOT if page == "README.md" else ROOT / "docs"
        for link in re.findall(r"\]\(([^)]+)\)", text):
            name, _, place = link.partition("#")
            path = folder / name if name else folder / page
            assert path.is_file(), (page, link)
            headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf8"), re.M) if place else []
            assert not place or place in map(anchor, headings), (page, link)
    for name in DOCS:
        assert f"](docs/{name})" in README, name


def test_the_first_page_stays_short():
    assert len(README.splitlines()) <= 200
    assert all(len(text.splitlines()) <= 150 for text in DOCS.values())


def test_every_path_of_the_map_exists():
    for name in re.findall(r"^\| `([a-z]+/[\w/]*)` \|", README, re.M):
        assert name.startswith("results/") or (ROOT / name).is_dir(), name


def test_what_is_in_results_is_there(reproduced):
    listed = re.search(r"^\| in `results/default/`.*?\n\n", DOCS["runs.md"], re.M | re.S)[0]
    named = [re.findall(r"`([^`]+)`", row.split("|")[1]) for row in listed.splitlines()[2:] if row]
    assert len(named) >= 10
    for first, *others in named:
        assert (reproduced / first).exists(), first
        for other in others:  # lies beside the first
            assert (reproduced / first.rstrip("/")).with_name(other).exists(), other


def test_how_few_people_are_hidden_is_what_the_notebooks_declare():
    least = {path.stem: read_parameters(path)["minimum_cell"].default for path in BOOKS}
    said = "{01_quant} respondents, {02_qual} conversations, {03_tno_pilots} candidates"
    assert re.sub(r"\{(\w+)\}", lambda m: str(least[m[1]]), said) in DOCS["sharing.md"]


# --- the findings are those of a run -------------------------------------------------------------------

WORDS = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
FINDINGS = {  # what the table of the README says, with the names of numbers.json
    "01_quant": [
        "All {sampling.same:words} sampling figures",
        "Each of the {percentages.unique:words} sets of percentages has one solution",
        "{rows_that_fit} of {power.of} rows can come from {power.n} respondents",
        "table 9 row 1 needs another number of answers, such as {misfit_lmi_skills_required.sizes}",
        "{dropped_zeros.of:Words} means lost a last zero in the report",
        "with the zero restored, {dropped_zeros.fit:words} of them fit {dropped_zeros.n} respondents",
        "For {rows_with_power_below_5_percent} rows that says little",
        "fewer than {power.limit:hundredths} in 100 arbitrary numbers",
        "within a band of {bounds.width} percentage points (median)",
        "{pairs_ordered_by_share:.0%} of the pairs of rows",
        "by their means {certain_order.pairs_mean} of {certain_order.pairs}",
        "Exactly {cannot_find_information_low} of {yes_no.n} professionals",
        "educated clients ({detectable.n1} and {detectable.n2}) judge",
    ],
    "02_qual": [
        "{finding_grid.findings} findings (as we split them)",
        "in {finding_grid.filled} of {finding_grid.cells} combinations",
        "the {finding_grid.asked:words} empty ones were all asked about",
        "Of the {voices.all} quotations {voices.share:.0%} are from employers",
        "with whom {voices.of:.0%} of the conversations were held",
        "agree on {joint.convergent:words} topics, complement each other on {joint.complementary:words}",
        "conflict on {joint.discordant:words}; on {joint.silent:words} the survey is silent",
        "On behaviour {joint.helps} of {joint.directed} findings with a direction help",
    ],
    "03_tno_pilots": [
        "If all {timeline.centres:words} centres ended",
        "{weeks.low:.0%} to {weeks.high:.0%} of the planned weeks",
        "the plan ({enrolment.low:.0f} to {enrolment.high:.0f} per centre)",
        "{power_curves.few} candidates can show a change of {power_curves.most:.2f} standard deviations",
        "with a chance of {power_curves.power:.0%}",
        "one of {power_curves.small:.2f} takes {power_curves.needed} candidates",
    ],
    "": [
        "Of {all} claims in both documents {contradicted:words} do not",
        "{conditional:words} more fit only",
    ],
}
NAMES = r"4 or 5|no as 1 and yes as 2|[Oo]ne (goal|source|counts|of)\b|has one solution"


def said(text, values):
    """A sentence with the numbers of a run in it, as the README writes them."""

    def written(match):
        value, form = values[match[1]], match[2] or ""
        if isinstance(value, list):
            return " or ".join(map(str, sorted(value)))
        if form == "hundredths":
            return f"{100 * value:g}"
        word = WORDS[int(value)] if form.lower() == "words" else format(value, form)
        return word.capitalize() if form == "Words" else word

    return re.sub(r"\{([\w.]+):?([^}]*)\}", written, text)


@pytest.fixture(scope="module")
def numbers(reproduced):
    """The numbers of a run by notebook, and the counts of the claims."""
    kept = {}
    for path in BOOKS:
        read = json.loads((reproduced / path.stem / "numbers.json").read_text(encoding="utf8"))
        kept[path.stem] = {name: number["value"] for name, number in read.items()}
    ledger = claims.evaluate(Study())
    counts = ledger.loc[ledger["list"] == "claims", "verdict"].value_counts()
    return kept | {"": counts.to_dict() | {"all": int(counts.sum())}}


def test_the_findings_are_what_a_run_gives(numbers):
    table = re.search(r"^\| finding \|.*?\n\n", README, re.M | re.S)[0]
    for notebook, sentences in FINDINGS.items():
        for sentence in sentences:
            assert said(sentence, numbers[notebook]) in table, (notebook, sentence)
            table = table.replace(said(sentence, numbers[notebook]), "")
    rows = [row.split("|")[1] for row in table.splitlines()[2:] if row]
    left = [re.findall(rf"\d[\d.]*|\b(?:{'|'.join(WORDS)})\b", re.sub(NAMES, "", row)) for row in rows]
    assert not any(left), left  # every number of the table comes from a run


def test_the_findings_in_words_are_what_a_run_gives(numbers):
    survey, centres = numbers["01_quant"], numbers["03_tno_pilots"]
    assert survey["sampling.same"] == survey["sampling.of"]
    assert survey["percentages.unique"] == survey["percentages.of"]
    assert survey["rows_that_do_not_fit"] == "table 9 row 1"
    assert survey["cannot_find_information_low"] == survey["cannot_find_information_high"]
    assert survey["scale_self_insight_difference_certain"] is True
    assert survey["scale_self_efficacy_difference_certain"] is False
    assert survey["subgroups.welch"] == 0
    assert survey["items_without_a_row"] == "goal_career_options; source_kvk"
    assert numbers["02_qual"]["finding_grid.asked"] == numbers["02_qual"]["finding_grid.empty"]
    assert numbers["02_qual"]["voices.group"] == "employer"
    places = [centres[f"enrolment_against_plan_{reading}"] for reading in ("per_centre", "total")]
    assert places == ["open", "below"]


def test_what_is_said_of_the_claims_is_computed():
    ledger = claims.evaluate(Study())
    counts = count_claims(ledger[ledger["list"] == "claims"])
    assert counts["conclusions_hold"] == counts["conclusions_tested"] > 0
    assert "The conclusions of the report of 2021 stand:" in README
    references = ledger.loc[ledger["list"] == "references", "verdict"].value_counts()
    told = " ".join(DOCS["claims.md"].split())
    assert f"a list of their own, {references.sum()} of them" in told
    assert f"({WORDS[references['contradicted']]} slips of numbering or title)" in told


# --- pictures --------------------------------------------------------------------------------------------

PICTURES = sorted((ROOT / "docs" / "pictures").glob("*.png"))
AGAIN = "make the pictures again: make pictures"


def test_the_pictures_are_small_and_the_readme_says_what_they_show(numbers):
    shown = {path: alt for alt, path in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", README)}
    assert sorted(shown) == [path.relative_to(ROOT).as_posix() for path in PICTURES]
    for path, alt in shown.items():
        assert len(alt) > 60 and (ROOT / path).stat().st_size < 100_000
    low, high, *_ = numbers["01_quant"]["bounds_9.ends"]
    assert f"between {low}% and {high}%" in shown["docs/pictures/bounds.png"]


def test_the_figure_is_that_of_a_run(reproduced):
    picture = Image.open(ROOT / "docs" / "pictures" / "bounds.png")
    drawn = Image.open(reproduced / picture.info["Source"]).convert("RGB")
    kept = picture.convert("RGB")
    assert kept.size == drawn.size, AGAIN
    off = np.abs(np.asarray(kept, dtype=int) - np.asarray(drawn, dtype=int))
    assert off.max(axis=2).mean() < 1, AGAIN  # fewer colours, the same lines


def test_the_command_makes_both_pictures_and_they_are_those_of_a_run(reproduced, chromium, tmp_path):
    script = ROOT / "docs" / "pictures" / "make.py"
    subprocess.run([sys.executable, script, reproduced, tmp_path], check=True, timeout=180)
    for path in PICTURES:
        kept, made = Image.open(path), Image.open(tmp_path / path.name)
        assert (kept.size, kept.info["Source"]) == (made.size, made.info["Source"])
        assert kept.info["Description"] == made.info["Description"], AGAIN
