"""Limits on what is read, and text that is harmless where it is shown."""

import os
import re
import sqlite3
import stat
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from expect import (
    Archive,
    check_file,
    check_table,
    inert,
    limits,
    open_sqlite,
    read_rows,
    read_sheets,
    read_xml,
    visible,
    without_apostrophe,
)


def test_what_is_no_file_is_named(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name, found in {"pipe": "a pipe", "loop": "a path that leads to none", "": "a folder"}.items():
        with pytest.raises(ValueError, match=f"expected a file; found {found}"):
            check_file(tmp_path / name)
    with pytest.raises(ValueError, match="expected a file; found a device"):
        check_file(type(tmp_path)("/dev/zero"))
    with pytest.raises(FileNotFoundError, match="expected a file; found none in"):
        check_file(tmp_path / "none")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)  # nobody waited for it


def test_a_file_that_is_too_large_is_not_opened(tmp_path):
    with (tmp_path / "large").open("wb") as file:
        file.truncate(limits.MAX_WHOLE + 1)
    with pytest.raises(ValueError, match=r"^large: expected a file of at most 32 MiB; found 33 MiB$"):
        check_file(tmp_path / "large", "large")
    check_file(tmp_path / "large", most=limits.MAX_FILE)


@pytest.mark.parametrize(
    ("rows", "columns", "what"),
    [(1, 5001, "5000 columns"), (2_000_000, 1, "1048576 rows"), (10**6, 11, "cells")],
)
def test_a_table_has_limits(rows, columns, what):
    with pytest.raises(ValueError, match=f"^a: expected at most .*{what}.* in a table; found more$"):
        check_table("a", rows, columns)


def test_xml_is_neither_deep_nor_endless(monkeypatch):
    with pytest.raises(ValueError, match=r"^a: expected at most 256 levels of elements in XML; found more$"):
        read_xml(b"<a>" * 100_000 + b"</a>" * 100_000, "a")
    assert len(list(read_xml(b"<a>" * 256 + b"</a>" * 256, "a").iter())) == 256
    monkeypatch.setattr(limits, "MAX_ELEMENTS", 3)
    with pytest.raises(ValueError, match="expected at most 3 elements in XML; found more"):
        read_xml(b"<a><b/><b/><b/></a>", "a")
    monkeypatch.setattr(limits, "MAX_XML", 3)
    with pytest.raises(ValueError, match="expected XML of at most 3 bytes; found 4"):
        read_xml(b"<a/>", "a")


def test_a_list_of_files_is_counted_before_it_is_read(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(30):
            archive.writestr(f"{number}/", b"")
    monkeypatch.setattr(limits, "MAX_ENTRIES", 2)
    with pytest.raises(ValueError, match="expected at most 2 files; found 30$"):
        Archive(tmp_path / "a.zip")
    monkeypatch.setattr(limits, "MAX_ENTRIES", 20)
    with pytest.raises(ValueError, match="expected at most 20 files; found 30$"):
        Archive(tmp_path / "a.zip")


def test_cells_right_of_nothing_count_in_a_workbook(tmp_path, monkeypatch):
    import openpyxl

    book = openpyxl.Workbook()
    for row in range(1, 5):
        book.active.cell(row, 100, row)
    book.save(tmp_path / "a.xlsx")
    assert len(read_sheets(tmp_path / "a.xlsx")[0][1]) == 4
    monkeypatch.setattr("expect.workbooks.MAX_SHEET_CELLS", 300)
    with pytest.raises(ValueError, match="expected at most 300 cells in a"):
        read_sheets(tmp_path / "a.xlsx")


def test_a_database_neither_computes_for_ever_nor_fills_the_memory(tmp_path, monkeypatch):
    with sqlite3.connect(tmp_path / "a.sqlite3") as base:
        base.execute("create table a (b, c as (hex(zeroblob(b))))")
        base.execute("create table d as select 1 as b, 'x' as c")
        base.execute("insert into a values (50000000)")
        base.executemany("insert into d values (?, hex(zeroblob(400)))", [(1,), (2,)])
    base.close()
    opened = open_sqlite(tmp_path / "a.sqlite3")
    with pytest.raises(sqlite3.DatabaseError, match="too big"):
        read_rows(opened, "a", "a.sqlite3")
    monkeypatch.setattr(limits, "MAX_UNPACKED", 1000)
    with pytest.raises(ValueError, match="expected at most 1000 characters in table d; found more"):
        read_rows(opened, "d", "a.sqlite3")
    opened.close()
    monkeypatch.setattr("expect.files.MAX_STEPS", 0)
    opened = open_sqlite(tmp_path / "a.sqlite3")
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        opened.execute(endless).fetchall()
    opened.close()


@given(st.text())
def test_a_shown_text_steers_no_terminal(text):
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", visible(text))


@example("; =1")
@given(st.text(st.sampled_from("=+-@;1,.'\"\t\n ab"), max_size=8))
def test_no_cell_begins_a_formula_and_numbers_stay(text):
    shown = inert(text)
    for cell in re.split(r"[;\n]", shown):
        begun = cell.strip().lstrip("\"'")[:1] in ("=", "+", "-", "@") and cell.strip()[:1] != "'"
        assert (
            not begun or re.fullmatch(r"[-+]?\d[\d.,]*|[-+=@]", cell.strip()) or len(cell.strip(" \"'")) == 1
        )
    assert without_apostrophe(shown) == visible(text, keep="\n") or "'" in text


@pytest.mark.parametrize("number", ["-1", "+3", "-2,5", "-1.5e-05", "-3 %", "12"])
def test_a_number_is_written_as_it_is(number):
    assert inert(number) == number
