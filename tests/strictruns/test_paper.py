"""Pages on paper: tagged, numbered, whole."""

import re
import subprocess
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from loopbaanchecks.__main__ import main
from loopbaanchecks.project import PROJECT
from strictruns import paper, run_notebook

GOOD = Path(__file__).parents[1] / "fixtures" / "notebooks" / "good.ipynb"


def objects(path: Path) -> bytes:
    """A PDF with its compressed streams opened."""
    raw = path.read_bytes()
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", raw, re.S):
        try:
            raw += zlib.decompress(stream)
        except zlib.error:
            continue
    return raw


@pytest.fixture(scope="module")
def printed(chromium, reproduced, tmp_path_factory):
    """The Dutch overview and first report on paper."""
    folder = tmp_path_factory.mktemp("paper")
    for path in (reproduced / "index.nl.html", reproduced / "01_quant" / "report.nl.html"):
        paper.write_pdf(path, folder / f"{path.stem}.pdf")
    return folder


@pytest.mark.parametrize("name", ["index.nl", "report.nl"])
def test_a_pdf_is_tagged_titled_and_names_no_folder(printed, name):
    found = objects(printed / f"{name}.pdf")
    assert b"/MarkInfo" in found and b"/StructTreeRoot" in found
    assert b"/Outlines" in found
    assert b"/Lang (nl)" in found
    assert b"file:" not in found
    assert str(printed).encode() not in found
    assert len(found) > 1e5


def test_pages_are_numbered(ghostscript, printed):
    options = ["-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=txtwrite", "-dLastPage=2", "-o", "-"]
    words = [ghostscript, *options, printed / "report.nl.pdf"]
    text = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    pages = re.findall(r"(\d+) / (\d+) *$", text, re.M)
    assert [page for page, _ in pages] == ["1", "2"]
    assert len({of for _, of in pages}) == 1 and int(pages[0][1]) > 10


def test_paper_has_the_rows_that_are_not_folded_and_the_title_at_its_foot(ghostscript, printed, reproduced):
    page = BeautifulSoup((reproduced / "01_quant" / "report.nl.html").read_text("utf8"), "html.parser")
    folded = sum(len(rest.find_all("tr")) for rest in page.find_all("details", class_="rest"))
    rows = len(re.findall(rb"/S ?/TR\b", objects(printed / "report.nl.pdf")))
    assert folded > 50 and rows == len(page.find_all("tr")) - folded
    words = [ghostscript, "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=txtwrite", "-o", "-"]
    text = subprocess.run(
        [*words, printed / "report.nl.pdf"], capture_output=True, text=True, check=True
    ).stdout
    left = [line.get_text() for line in page.find_all("p", class_="on-paper")]
    assert left and all(re.search(r"\(\d+\)", line) for line in left)
    assert text.count("staan in het werkboek") == len(left)
    feet = re.findall(rf"{page.h1.get_text()} +\d+ / (\d+)", text)
    assert len(feet) == int(feet[0])


def test_without_a_browser_the_message_says_what_to_do(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(paper.shutil, "which", lambda name: None)
    with pytest.raises(FileNotFoundError, match="expected one of chromium, .*found none. Install Chromium"):
        paper.write_pdf(tmp_path / "a.html", tmp_path / "a.pdf")
    monkeypatch.setattr("strictruns.reproduce", lambda **options: pytest.fail("it started all the same"))
    assert main(["reproduce", "--pdf"]) == 2
    assert main(["run", str(GOOD), "--pdf"]) == 2
    assert "Install Chromium" in capsys.readouterr().err


def test_a_browser_that_prints_nothing_is_an_error(monkeypatch, tmp_path):
    (tmp_path / "a.html").write_text("<p>a</p>", encoding="utf8")
    monkeypatch.setattr(paper, "find_browser", lambda: "false")
    with pytest.raises(OSError, match=r"a.html: false printed no PDF"):
        paper.write_pdf(tmp_path / "a.html", tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").exists()


def test_a_program_that_hangs_is_stopped(monkeypatch):
    monkeypatch.setattr(paper, "SECONDS", 0.2)
    assert paper._call(["sleep", "5"]) == "nothing in 0.2 s"


def test_export_prints_beside_the_page(chromium, tmp_path):
    run_notebook(GOOD, project=replace(PROJECT, results=tmp_path), progress=False, languages=["nl"])
    executed = tmp_path / "default" / "good" / "notebook.ipynb"
    words = ["export", str(executed), str(tmp_path / "a.html"), "--language", "nl", "--pdf"]
    assert main(words) == 0
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert paper.write_pdfs([tmp_path]) == [tmp_path / "a.pdf"]


def pages_in(path):
    return len(re.findall(rb"/Type ?/Page\b", objects(path)))


def test_the_overview_on_paper_leaves_the_ledger_to_the_workbook(printed, reproduced):
    page = (reproduced / "index.nl.html").read_text(encoding="utf8")
    assert len(re.findall(r"<tr id=\"claim-", page)) > 300
    assert len(re.findall(rb"/S ?/TR\b", objects(printed / "index.nl.pdf"))) < 50
    assert pages_in(printed / "index.nl.pdf") <= 10


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_summary_has_two_pages(chromium, reproduced, language):
    assert pages_in(reproduced / f"summary.{language}.pdf") == 2


def test_the_same_page_gives_the_same_bytes(chromium, reproduced, tmp_path):
    paper.write_pdf(reproduced / "summary.nl.html", tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == (reproduced / "summary.nl.pdf").read_bytes()
