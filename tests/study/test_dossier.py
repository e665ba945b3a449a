"""The dossier: every report on paper, what paper leaves out as workbooks, and nothing that may not leave."""

import io
import json
import re
import shutil
import subprocess
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest

from loopbaanchecks.__main__ import main
from loopbaanchecks.leaving import dossier
from loopbaanchecks.leaving.dossier import write_dossier
from loopbaanchecks.report.overview import read_ledger

REPORTS = ("01_quant", "02_qual", "03_tno_pilots")


@pytest.fixture(scope="module")
def run(reproduced, tmp_path_factory):
    """A copy of the run, to write in."""
    folder = tmp_path_factory.mktemp("dossier") / "trial"
    return shutil.copytree(
        reproduced, folder, ignore=shutil.ignore_patterns("figures", "*.csv", "*.pdf", "*.zip")
    )


@pytest.fixture
def unprinted(monkeypatch):
    """No browser: the PDF of a page is its name."""
    monkeypatch.setattr(dossier, "find_browser", lambda: "")
    monkeypatch.setattr(dossier, "write_pdf", lambda page, path: path.write_text(page.name))


def test_the_reports_are_forty_five_pages_at_most(chromium, ghostscript, run, tmp_path):
    with ZipFile(write_dossier(run, "nl")) as archive:
        names = archive.namelist()
        for name in (name for name in names if name.endswith(".pdf")):
            (tmp_path / name).write_bytes(archive.read(name))
    assert {f"{report}.nl.pdf" for report in REPORTS} <= set(names)
    counts = {}
    for report in REPORTS:
        path = tmp_path / f"{report}.nl.pdf"
        told = f"({path}) (r) file runpdfbegin pdfpagecount = quit"
        words = [ghostscript, "-q", "-dNODISPLAY", f"--permit-file-read={path}", "-c", told]
        counts[report] = int(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    assert 15 < sum(counts.values()) <= 45, counts


def test_workbooks_hold_what_paper_leaves_out(unprinted, run, capsys):
    assert main(["dossier", str(run), "--language", "en"]) == 0
    assert re.search(r"dossier\.en\.zip$", capsys.readouterr().out.strip())
    with ZipFile(run / "dossier.en.zip") as archive:
        for report in REPORTS:
            assert archive.read(f"{report}.en.pdf") == b"report.en.html"
            book = archive.read(f"{report}.tables.en.xlsx")
            assert book == (run / report / "tables.en.xlsx").read_bytes()
        claims = openpyxl.load_workbook(io.BytesIO(archive.read("claims.en.xlsx")))
    assert claims.sheetnames == ["All claims", "References"]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_workbook_has_every_claim_in_the_words_of_its_page(reproduced, language):
    sheets = pd.read_excel(reproduced / f"claims.{language}.xlsx", sheet_name=None, dtype="str")
    ledger = read_ledger(reproduced)
    rows = pd.concat(sheets.values())
    assert sorted(rows.iloc[:, 0]) == sorted(ledger["id"])
    page = (reproduced / f"index.{language}.html").read_text(encoding="utf8")
    verdict = {"nl": "oordeel", "en": "verdict"}[language]
    assert rows[verdict].notna().all() and all(word in page for word in rows[verdict].unique())


def test_what_did_not_pass_its_check_is_not_sent(unprinted, run, tmp_path):
    copy = shutil.copytree(run, tmp_path / "given", ignore=shutil.ignore_patterns("*.zip"))
    record = json.loads((copy / "01_quant" / "run.json").read_text(encoding="utf8"))
    record["files"] = {"survey_file": {"name": "a.sav", "sha256": "0"}}
    (copy / "01_quant" / "run.json").write_text(json.dumps(record), encoding="utf8")
    with pytest.raises(
        ValueError, match="expected files that passed their check; found given/01_quant/report.nl"
    ):
        write_dossier(copy, "nl")
    assert not (copy / "dossier.nl.zip").exists()


def test_a_folder_without_reports_has_no_dossier(unprinted, tmp_path):
    with pytest.raises(ValueError, match="expected reports in results/.*; found none"):
        write_dossier(tmp_path, "nl")
