"""Input made to mislead or to bring a reader down, through the command line's own function."""

import csv
import html
import json
import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from loopbaanchecks.__main__ import main

FIXTURES = Path(__file__).parents[1] / "fixtures" / "hostile"


def said(capsys, *words) -> tuple[int, str]:
    """Run a command; return its exit code and all that it said."""
    code = main([str(word) for word in words])
    return code, "".join(capsys.readouterr())


@pytest.fixture
def clear(capsys):
    def check(*words, says: str) -> None:
        code, text = said(capsys, *words)
        assert code == 2 and re.search(says, text), text
        assert text.startswith("loopbaanchecks: ") and text.count("\n") == 1, text

    return check


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("G1,een,steun\nG2,twee\n", "found 2 in row 3"),
        ("G1,een,steun\nG2,twee,tijd,over\n", "found 4 in row 3"),
        ("G1,een,steun,\nG2,twee,tijd,\n", "found 4 in rows 2, 3"),
        ("G1,een,steun\nG2,mijn lei", "found 2 in row 3"),
        ('G1,een,steun\nG2,"twee,tijd\n', "a quote that is not closed"),
    ],
)
def test_a_table_with_other_rows_than_its_header_is_refused_by_row(tmp_path, clear, rows, says):
    (tmp_path / "a.csv").write_text("source,text,code\n" + rows)
    clear("interviews", tmp_path / "a.csv", says=says)
    (tmp_path / "codes.csv").write_text("source,text,code\nG1,een,steun\nG2,twee,tijd\n")
    clear("interviews", tmp_path / "codes.csv", "--groups", tmp_path / "a.csv", says=says)
    clear("sweep", tmp_path / "a.csv", "--notebook", "01_quant", says=says)


def test_a_delimiter_at_the_end_of_all_rows_shifts_nothing(tmp_path, capsys):
    (tmp_path / "a.csv").write_text("source,text,code,coder,\nG1,onze baas wil niet,steun,Anna,\n")
    code, text = said(capsys, "interviews", tmp_path / "a.csv")
    assert code == 0 and "G1: 1 segments" in text and "coders    Anna" in text


def test_codes_far_below_codes_are_refused(tmp_path, clear):
    for depth in (5_000, 100_000):
        nested = "".join(f'<Code guid="{n}" name="a">' for n in range(depth)) + "</Code>" * depth
        text = f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>{nested}</Codes></CodeBook>'
        (tmp_path / "a.qdc").write_text(text)
        clear("interviews", tmp_path / "a.qdc", says="at most 256 levels")


@pytest.mark.parametrize("command", ["survey", "interviews"])
def test_workbooks_that_unpack_or_count_without_end_are_refused(tmp_path, clear, command):
    book = openpyxl.Workbook()
    book.active.append(["source", "text", "code"])
    book.active.append(["a", "b", "c"])
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sheet = files["xl/worksheets/sheet1.xml"]
    changes = {
        "bomb": (sheet.replace(b"<sheetData>", b"<sheetData>" + b" " * 2**25), "unpack to at most 300 times"),
        "row": (sheet.replace(b'r="2"', b'r="1000000000"'), "expected at most .* (rows|cells) in a"),
        "cut": (sheet[: len(sheet) // 2], "expected a whole Excel workbook"),
    }
    for name, (changed, says) in changes.items():
        with zipfile.ZipFile(tmp_path / f"{name}.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
            for entry, data in (files | {"xl/worksheets/sheet1.xml": changed}).items():
                archive.writestr(entry, data)
        clear(command, tmp_path / f"{name}.xlsx", says=says)


def test_a_notebook_damaged_or_never_run_makes_no_page(tmp_path, clear):
    shown = {"output_type": "display_data", "metadata": {}, "data": {"text/html": ["<p>a</p>"]}}
    code = {"cell_type": "code", "id": "b", "execution_count": 1, "metadata": {}, "source": ["1"]}
    title = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# Titel"]}
    node = {"cells": [title, code | {"outputs": [shown]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    whole = json.dumps(node)
    changes = {
        "outputs": (whole.replace('"outputs"', '"outputq"'), "expected a whole notebook; found at cells/1"),
        "kind": (
            whole.replace("display_data", "display_datA"),
            "expected a whole notebook; found at cells/1",
        ),
        "cells": (whole.replace('"cells"', '"cellz"'), "expected a whole notebook; found no list of cells"),
        "cut": (whole[:200], "found one that is cut off or damaged"),
        "other": (whole.replace("text/html", "text/htmm"), "expected an output of a kind that can be shown"),
        "never": (
            json.dumps(node | {"cells": [title, code | {"outputs": [], "execution_count": None}]}),
            "expected an executed notebook; found 1 code cells, none run",
        ),
        "deep": ('{"nbformat": 4, "cells": ' + "[" * 100_000, "found one that is cut off or damaged"),
        "number": (whole.replace("4,", "9" * 5000 + ","), "found one that is cut off or damaged"),
    }
    for name, (text, says) in changes.items():
        (tmp_path / f"{name}.ipynb").write_text(text)
        page = tmp_path / "page.html"
        clear("export", tmp_path / f"{name}.ipynb", page, "--language", "nl", says=says)
        assert not page.exists()


def test_nothing_is_computed_before_the_folder_to_write_in_is_there(tmp_path, clear):
    away = tmp_path / "none"
    for words in (
        ("twin", "--seed", "1", away / "x.sav"),
        ("claims", "--output", away / "x.csv"),
        ("candidates", "--template", away / "x.csv"),
        ("interviews", "a.csv", "--refi", away / "x.qdpx"),
        ("survey", "a.csv", "--write-mapping", away / "x.csv"),
        ("export", "a.ipynb", away / "x.html", "--language", "nl"),
    ):
        clear(*words, says="expected an existing folder to write in; found none named")


def test_names_reach_a_terminal_spelled_out(tmp_path, capsys):
    name = "\x1b[2Jwis\u202e"
    rows = [["source", "text", "code", "coder"], [f"G{name}", "een", f"c{name}", f"A{name}"]]
    with (tmp_path / "a.csv").open("w", encoding="utf8", newline="") as file:
        csv.writer(file).writerows(rows)
    code, text = said(capsys, "interviews", tmp_path / "a.csv")
    assert code == 0 and r"A\x1b[2Jwis\u202e" in text
    (tmp_path / "b.csv").write_text(f"{name};b\n1;2\n", encoding="utf8")
    code, more = said(capsys, "survey", tmp_path / "b.csv", "--write-mapping", tmp_path / "m.csv")
    assert code == 2 and not re.search("[\x1b\u202e]", text + more)


@pytest.mark.parametrize("value", ["1000000000", "99999999999999999999"])
def test_parameters_have_a_limit_before_a_kernel_starts(clear, value):
    for notebook, names in {
        "01_quant": ("size_low", "size_high", "twins", "minimum_answered", "seed"),
        "02_qual": ("resamples", "orders", "minimum_cell"),
        "03_tno_pilots": ("simulations", "samples", "studies", "workforce", "minimum_cell"),
    }.items():
        for name in names if value == "1000000000" else names[-1:]:
            if name != "seed" or len(value) > 10:
                clear("run", notebook, "-p", name, value, says=f"{name}: expected int, .*at most")


CODES = (
    "=1+1",
    "@SUM(1+1)",
    "-2+3",
    "kosten $\\frac{$",
    "prijs $100 of $200",
    "<b>vet</b>",
    "a*b*c",
    "\x1b[31mrood",
)


@pytest.fixture(scope="module")
def named_by_strangers(tmp_path_factory):
    """A run of 02 with codes that a spreadsheet, TeX, HTML or a terminal would take for something else."""
    folder = tmp_path_factory.mktemp("names")
    rows = [["source", "start", "end", "code", "coder"]]
    for source in range(4):
        (folder / f"G{source}.txt").write_text("Onze baas wil niet. Er is geen tijd voor. ")
        rows += [
            [f"G{source}", start, end, code, coder]
            for coder in ("Anna", "Wim")
            for place, code in enumerate(CODES)
            for start, end in [
                ((0, 4), (5, 9), (10, 13), (14, 18), (20, 22), (23, 25), (26, 30), (31, 35))[place]
            ]
        ]
    with (folder / "codes.csv").open("w", encoding="utf8", newline="") as file:
        csv.writer(file).writerows(rows)
    from dataclasses import replace

    import strictruns
    from loopbaanchecks.project import PROJECT

    project = replace(PROJECT, results=tmp_path_factory.mktemp("results"))
    values = {"interviews_file": str(folder / "codes.csv"), "language": "nl", "resamples": 100, "orders": 10}
    return strictruns.run_notebook("02_qual", values, project=project, progress=False)


@pytest.mark.thorough
def test_names_are_shown_as_they_are_written(named_by_strangers):
    page = (named_by_strangers / "report.nl.html").read_text(encoding="utf8")
    shown = [code.replace("\x1b", r"\x1b") for code in CODES]
    assert [code for code in shown if html.escape(code, quote=False) not in page] == []
    drawn = html.unescape("".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL)))
    assert "<!-- $\\frac{$ -->" in drawn or "kosten $\\frac{$" in drawn
    assert "\x1b" not in page + drawn


@pytest.mark.thorough
def test_no_cell_of_a_table_calculates(named_by_strangers):
    book = openpyxl.load_workbook(named_by_strangers / "tables.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "=1+1" in [cell.value for cell in cells]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert {cell.quotePrefix for cell in cells if cell.value == "=1+1"} == {True}
    found = []
    for path in (named_by_strangers / "tables").glob("*.csv"):
        with path.open(encoding="utf8", newline="") as file:
            found += [cell for row in csv.reader(file) for cell in row]
    assert "'=1+1" in found and "'-2+3" in found
    number = r"[-+]?[\d.]+(e[-+]?\d+)?"
    assert [
        cell for cell in found if cell[:1] in ("=", "+", "-", "@") and not re.fullmatch(number, cell)
    ] == []


# -- files of others, each with what must become of it ---------------------------------------


@pytest.mark.parametrize(
    ("command", "name", "says"),
    [
        ("interviews", "trailing_comma.csv", "expected 4 cells in every row, .* found 5 in rows 2, 3"),
        ("interviews", "cut_in_row.csv", "found 2 in row 4"),
        ("interviews", "short_and_long_rows.csv", "found 2 in row 3"),
        ("interviews", "row_number.xlsx", "expected at most 1048576 rows"),
        ("interviews", "nested_5000.qdpx", "at most 256 levels"),
        ("interviews", "bomb_sheet.xlsx", "at most 300 times their size"),
        ("survey", "bomb_sheet.xlsx", "at most 300 times their size"),
        ("interviews", "damaged_1.xlsx", "expected a whole file"),
        ("survey", "damaged_3.xlsx", "expected a whole file"),
        ("survey", "damaged_row.sav", "expected a whole SPSS file"),
        ("export", "damaged_1.ipynb", "expected a whole notebook; found at metadata/kernelspec"),
        ("export", "damaged_3.ipynb", "expected a whole notebook; found at cells/1/outputs/0"),
        ("export", "damaged_5.ipynb", "expected a whole notebook; found at cells/1"),
    ],
)
def test_a_file_that_means_harm_is_refused_in_one_sentence(tmp_path, clear, command, name, says):
    rest = [tmp_path / "out.html", "--language", "nl"] if command == "export" else []
    clear(command, FIXTURES / name, *rest, says=rf"^loopbaanchecks: .*{re.escape(name)}: .*{says}")


@pytest.mark.parametrize("name", ["a_onmouseover", "comment", "css_imageset"])
def test_markup_that_works_around_a_filter_leaves_nothing_in_the_page(tmp_path, name):
    page = tmp_path / "out.html"
    assert main(["export", str(FIXTURES / f"markup_{name}.ipynb"), str(page), "--language", "nl"]) == 0
    assert not re.search(r"PWN|adres\.invalid", page.read_text(encoding="utf8"))


def test_two_thousand_unknown_columns_are_listed_to_be_mapped(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(shutil.copytree(FIXTURES, tmp_path / "files"))
    code, text = said(capsys, "survey", "many_columns.csv")
    assert code == 2 and "expected variables of the codebook; found none; write a mapping file" in text
    assert len(Path("many_columns.mapping.csv").read_text(encoding="utf8").splitlines()) > 2000


def test_a_survey_in_which_a_question_has_one_answer_is_read(capsys):
    code, text = said(capsys, "survey", FIXTURES / "one_answer.csv")
    assert code == 0 and "97 records read, 97 kept" in text
