"""Sweeps run: one table, one page, failures on top, and a memory that does not grow with their number."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import fastparquet
import nbformat
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from frictionless import Package
from lxml import etree

from loopbaanchecks.project import PROJECT
from strictruns import Pool, RunFailed
from strictruns.gathering import write_numbers
from strictruns.jobs import Ended, Job
from strictruns.multiples import draw_multiples
from strictruns.sweep_files import read_sweep
from strictruns.sweeps import run_sweep

BOOK = Path(__file__).parents[1] / "fixtures" / "notebooks" / "numbers.ipynb"


@dataclass(frozen=True)
class Pretended(Pool):
    """Does no more than leave what a notebook would; the real thing is in the first test."""

    numbers: int = 3

    def run(self, jobs: Iterable[Job], **_: object) -> Iterator[tuple[Job, Ended]]:
        for job in jobs:
            seed = dict(job.plan.values)["seed"]
            output = job.folder / "output"
            output.mkdir(parents=True)
            numbers = {
                f"n{i}": {"value": (seed * i) % 7, "evidence": "simulated"} for i in range(self.numbers)
            }
            (output / "numbers.json").write_text(json.dumps(numbers))
            nbformat.write(nbformat.v4.new_notebook(), job.folder / "notebook.ipynb")
            (job.folder / f"report.{job.language}.html").write_text("<html></html>")
            yield job, Ended("", 0.1)


def project_in(folder: Path):
    return replace(PROJECT, notebooks=BOOK.parent, results=folder / "results")


def made(folder: Path, text: str, ending: str, *, pool: Pool, language: str = "en"):
    path = folder / f"try.{ending}"
    path.write_text(text, encoding="utf8")
    project = project_in(folder)
    sweep = read_sweep(path, project=project, notebook="numbers" if ending == "csv" else "")
    ends = run_sweep(
        sweep, project=project, language=language, rerun="x sweep try", pool=pool, progress=False
    )
    return ends, folder / "results" / "try"


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    rows = "run,share,rule,seed,fails\na,0.25,up,1,\nb,0.75,down,1,\nc,0.25,up,2,\nbad,0.5,down,1,true\n"
    return made(tmp_path_factory.mktemp("real"), rows, "csv", pool=Pool())


@pytest.fixture(scope="module")
def table(real) -> pd.DataFrame:
    return pd.read_csv(real[1] / "numbers.csv", keep_default_na=False, na_values={"value": [""]})


@pytest.fixture(scope="module")
def page(real) -> str:
    return (real[1] / "index.en.html").read_text(encoding="utf8")


def test_every_run_is_kept_whole_and_a_failure_does_not_stop_the_others(real):
    ends, folder = real
    assert list(ends) == ["a", "b", "c", "bad"]
    for run in "abc":
        assert ends[run] == folder / run / "numbers"
        assert json.loads((ends[run] / "run.json").read_text())["exit_state"] == "succeeded"
    assert isinstance(ends["bad"], RunFailed) and "division by zero" in str(ends["bad"])
    assert (folder / "bad" / "numbers.failed" / "run.json").is_file()
    report = (folder / "a" / "numbers" / "report.en.html").read_text(encoding="utf8")
    assert 'href="../../index.en.html"' in report


def test_all_numbers_of_all_runs_are_in_one_tidy_table(table):
    assert list(table.columns) == [
        *("run", "share", "rule", "seed", "fails"),
        *("number", "value", "text", "evidence"),
    ]
    assert list(dict.fromkeys(table["run"])) == ["a", "b", "c"]
    assert (table.groupby("run").size() == 9).all()
    b = table[table["run"] == "b"].set_index("number")
    assert (b.loc["step", "value"], b.loc["step", "evidence"]) == (7, "reading")
    assert (b.loc["word", "text"], b.loc["even", "value"]) == ("down", 0)
    assert pd.isna(b.loc["word", "value"]) and pd.isna(b.loc["missing", "value"])
    assert b.loc[["parts[1]", "parts[2]"], "value"].tolist() == [7, 7]
    assert set(b["share"]) == {0.75} and set(b["rule"]) == {"down"}


def test_the_other_file_holds_the_same_table(real, table):
    columnar = fastparquet.ParquetFile(str(real[1] / "numbers.parquet")).to_pandas()
    assert list(columnar.columns) == list(table.columns)
    assert columnar["share"].dtype == float and columnar["seed"].dtype == int
    for column in table:
        pd.testing.assert_series_equal(columnar[column], table[column], check_dtype=False)


def test_the_table_is_described_and_valid(real):
    assert Package(str(real[1] / "datapackage.json")).validate().valid
    (resource,) = json.loads((real[1] / "datapackage.json").read_text(encoding="utf8"))["resources"]
    types = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    assert types == {
        "run": "string",
        "share": "number",
        "rule": "string",
        "seed": "integer",
        "fails": "boolean",
        "number": "string",
        "value": "number",
        "text": "string",
        "evidence": "string",
    }


def test_the_page_passes_axe_and_fits_a_telephone(real, browser):
    opened = browser.new_page(viewport={"width": 390, "height": 800})
    opened.goto((real[1] / "index.en.html").as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390
    opened.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    found = Axe().run(opened)
    assert not found.violations_count, found.generate_report()
    opened.close()


def test_what_failed_stands_on_top_and_numbers_have_their_marks(page):
    headings = re.findall(r"<h2[^>]*>([^<]+)</h2>", page)
    assert headings == [
        *("What failed", "Numbers by share", "Numbers by rule", "Numbers by seed"),  # not by what only failed
        *("Numbers that differ", "Texts that differ", "All runs", "About this page"),
    ]
    assert "numbers was run 4 times, 3 of them successfully" in page
    assert re.search(r'<th scope="row">bad</th><td>numbers \(en\), cell \d+ .*division by zero', page)
    row = re.search(r'<tr><th scope="row">step</th>(.*?)</tr>', page)[1]
    assert re.findall(r'"number">([^<]*)<', row)[:3] == ["3", "3", "7"]
    assert '<span class="evidence evidence-reading">' in row
    assert "up (2); down (1)" in page
    assert "4 other numbers and texts are the same" in page


def test_the_page_is_one_file_that_names_no_folder_of_this_machine(page, real):
    assert "<script" not in page and "Content-Security-Policy" in page
    assert str(real[1]) not in page and str(Path.home()) not in page
    links = re.findall(r'href="([^"#]+)"', page)
    assert len(links) == 3 and all((real[1] / link).is_file() for link in links)
    pictures = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]+)"', page)
    assert all("small charts, one per number" in alt for _, alt in pictures)
    for picture, _ in pictures:
        etree.fromstring(base64.b64decode(picture))


SEEDS = "notebook: numbers\nseeds: {}\n"


def test_a_page_in_dutch_of_many_seeds_shows_their_spread(tmp_path):
    ends, folder = made(tmp_path, SEEDS.format(20), "yaml", pool=Pretended(), language="nl")
    page = (folder / "index.nl.html").read_text(encoding="utf8")
    assert "Hoe getallen uiteenlopen tussen 20 seeds" in page
    assert "20 van 20 keer" in page
    assert re.findall(r"<thead>.*?</thead>", page)[0].count("<th ") == 5  # no column for the seed
    assert len(ends) == 20


def test_the_same_sweep_gives_the_same_bytes(tmp_path):
    found = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        _, folder = made(tmp_path / name, SEEDS.format(14), "yaml", pool=Pretended())
        found.append({path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()})
    assert found[0] == found[1]
    assert set(found[0]) == {"datapackage.json", "index.en.html", "numbers.csv", "numbers.parquet"}


def test_the_table_does_not_depend_on_how_many_runs_are_read_at_once(real, table, tmp_path, monkeypatch):
    monkeypatch.setattr("strictruns.gathering.AT_ONCE", 2)
    (tmp_path / "try.csv").write_text(
        "run,share,rule,seed,fails\na,0.25,up,1,\nb,0.75,down,1,\nc,0.25,up,2,true\n"
    )
    sweep = read_sweep(tmp_path / "try.csv", project=project_in(tmp_path), notebook="numbers")
    sweep = replace(sweep, runs={**sweep.runs, "c": {"share": 0.25, "seed": 2}, "bad": {"fails": True}})
    write_numbers(sweep, {run: end for run, end in real[0].items() if run != "bad"}, tmp_path)
    assert (tmp_path / "numbers.csv").read_bytes() == (real[1] / "numbers.csv").read_bytes()
    columnar = fastparquet.ParquetFile(str(tmp_path / "numbers.parquet"))
    assert len(columnar.row_groups) == 2 and len(columnar.to_pandas()) == len(table)


def test_a_sweep_in_which_everything_fails_has_an_empty_table_and_says_so(tmp_path):
    class Failing(Pretended):
        def run(self, jobs, **_):
            for job, _ in super().run(jobs):
                yield job, Ended("cell 1 `x`: ValueError: y", 0.1)

    _, folder = made(tmp_path, SEEDS.format(2), "yaml", pool=Failing())
    assert (folder / "numbers.csv").read_text() == "run,seed,number,value,text,evidence\n"
    page = (folder / "index.en.html").read_text(encoding="utf8")
    assert "0 of them successfully" in page and page.count("ValueError: y") == 2


def test_numbers_without_marks_and_parameters_with_taken_names_are_refused(tmp_path):
    class Bare(Pretended):
        def run(self, jobs, **_):
            for job, end in super().run(jobs):
                (job.folder / "output" / "numbers.json").write_text('{"n": 3}')
                yield job, end

    with pytest.raises(
        ValueError, match="run seed-1, numbers.json: expected {value, evidence} per number; fou"
    ):
        made(tmp_path, SEEDS.format(2), "yaml", pool=Bare())
    assert not list((tmp_path / "results" / "try").glob(".*"))
    sweep = read_sweep(tmp_path / "try.yaml", project=project_in(tmp_path))
    odd = replace(sweep, declared={"text": sweep.declared["seed"]}, runs={"a": {"text": 1}, "b": {"text": 2}})
    with pytest.raises(ValueError, match="expected other parameters than run, .*; found text"):
        write_numbers(odd, {}, tmp_path)


def test_a_sweep_that_was_stopped_goes_on_and_repeats_nothing(tmp_path, capsys):
    class Stopping(Pretended):
        def run(self, jobs, **_):
            for count, done in enumerate(super().run(jobs)):
                if count == 3:
                    raise KeyboardInterrupt
                yield done

    class Counting(Pretended):
        def run(self, jobs, **_):
            for job, end in super().run(jobs):
                ran.append(job.plan.folder.name)
                yield job, end

    ran = []
    with pytest.raises(KeyboardInterrupt):
        made(tmp_path, SEEDS.format(6), "yaml", pool=Stopping())
    ends, folder = made(tmp_path, SEEDS.format(6), "yaml", pool=Counting())
    assert ran == ["seed-4", "seed-5", "seed-6"]
    assert len(ends) == 6 and all(isinstance(end, Path) for end in ends.values())
    assert len(pd.read_csv(folder / "numbers.csv")["run"].unique()) == 6
    made(tmp_path, SEEDS.format(7), "yaml", pool=Counting())
    assert ran == ["seed-4", "seed-5", "seed-6", "seed-7"]


def test_panels_are_drawn_for_words_few_and_many_values():
    values = pd.DataFrame({"a": range(20), "long_name.with_many_parts_in_it": range(20)}, dtype=float)
    marks = dict.fromkeys(values, "simulated")
    options = {"marks": marks, "say": lambda value: f"{value:g}", "salt": "x"}
    for parameter in (["u", "v"] * 10, [1, 2] * 10, [True, False] * 10, [i / 20 for i in range(20)]):
        drawn = draw_multiples(values, pd.Series(parameter, name="p"), **options)
        etree.fromstring(drawn)
        assert drawn == draw_multiples(values, pd.Series(parameter, name="p"), **options)
    assert etree.fromstring(draw_multiples(values, None, **options)).tag.endswith("svg")


PEAK = """
import resource, sys
sys.path[:0] = {folders!r}
from pathlib import Path
from test_sweeps import Pretended, SEEDS, made
text = SEEDS.format(int(sys.argv[2])) + "numbers: [n1]"
made(Path(sys.argv[1]), text, "yaml", pool=Pretended(numbers=150))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is in other units elsewhere")
def test_a_thousand_runs_stay_within_a_gibibyte(tmp_path):
    """As many numbers as 01 has; what one run takes is in other processes, whose number is fixed."""
    code, peaks = PEAK.format(folders=[str(Path(__file__).parent)]), []
    for count in (10, 50):
        (tmp_path / str(count)).mkdir()
        words = [sys.executable, "-c", code, tmp_path / str(count), str(count)]
        peaks.append(int(subprocess.run(words, capture_output=True, check=True, text=True).stdout))
    assert (peaks[1] - peaks[0]) / 40 * 1000 < 1024**2  # kibibytes
