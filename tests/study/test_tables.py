"""A table as people read it: headers, folds, rows that stand out; and a workbook that repeats."""

import time

import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from loopbaanchecks.report.tables import FIRST, FLAG, LONG, Column, html_table, write_workbook

COLUMNS = [Column("naam & co", "text"), Column("aandeel", "percent1"), Column("oordeel", "word")]


def rows(n):
    return [[f"rij {i}", f"{i},0 %", "past"] for i in range(n)]


def made(n=3, **more):
    return BeautifulSoup(html_table(COLUMNS, rows(n), caption="Tabel <b>1</b>", **more), "html.parser")


def names(table):
    return [cell.get_text() for cell in table.tbody.find_all("th", scope="row")]


def test_a_table_has_a_caption_and_says_what_each_header_is_of():
    page = made()
    (table,) = page.find_all("table")
    assert table.caption.b.get_text() == "1"
    assert [cell["scope"] for cell in table.thead.find_all("th")] == ["col"] * 3
    assert [cell.get_text() for cell in table.thead.find_all("th")] == ["naam & co", "aandeel", "oordeel"]
    assert names(table) == ["rij 0", "rij 1", "rij 2"]
    assert not page.details and not table.find(class_="flag")


def test_another_column_can_name_the_row():
    table = made(header=2).table
    assert names(table) == ["past"] * 3
    assert [cell.get_text() for cell in table.tbody.tr.find_all("td")] == ["rij 0", "0,0 %"]


def test_numbers_and_words_are_told_apart_in_head_and_body():
    table = made().table
    for row in table.find_all("tr"):
        assert [cell.get("class") for cell in row.find_all(["th", "td"])] == [None, ["number"], None]


def test_a_row_that_stands_out_carries_a_sign_that_needs_no_colour():
    table = made(flags=[False, True, False]).table
    assert names(table) == ["rij 0", f"{FLAG} rij 1", "rij 2"]
    (flagged,) = table.find_all("tr", class_="flag")
    assert "background" in flagged["style"]
    assert not FLAG.isalnum() and FLAG.strip()


def test_a_long_table_is_folded_after_its_first_rows():
    page = made(LONG + 1, more="toon {rows} <meer>")
    first, rest = page.find_all("table")
    assert names(first) == [f"rij {i}" for i in range(FIRST)]
    assert names(rest) == [f"rij {i}" for i in range(FIRST, LONG + 1)]
    (fold,) = page.find_all("details")
    assert fold["class"] == ["rest"] and not fold.has_attr("open")
    assert fold.summary.get_text() == f"toon {LONG + 1 - FIRST} <meer>"
    assert rest in fold.children and first.find_parent("details") is None
    assert first.caption and not rest.caption  # said once
    assert str(first.colgroup) == str(rest.colgroup)  # the columns stand under each other
    for table in (first, rest):
        assert [cell["scope"] for cell in table.thead.find_all("th")] == ["col"] * 3


def test_columns_share_the_width_by_what_is_in_them():
    columns = [Column("naam", "text"), Column("n", "count"), Column("uitleg", "text")]
    cells = [["rij", "12", "een uitleg van een hele regel, en meer"]] * 3
    page = BeautifulSoup(html_table(columns, cells, caption="x"), "html.parser")
    name, count, why = (
        float(col["style"].removeprefix("width:").removesuffix("%")) for col in page.find_all("col")
    )
    assert why > name > count and name + count + why == pytest.approx(100, abs=0.2)


def test_a_table_that_is_not_long_is_shown_whole():
    page = made(LONG, more="toon {rows} meer")
    assert len(names(page.table)) == LONG and not page.details


def test_rows_that_stand_out_stay_in_sight_in_their_order():
    flags = [i in (3, 20, 40) for i in range(50)]
    first, rest = made(50, flags=flags, more="{rows}").find_all("table")
    assert names(first)[FIRST:] == [f"{FLAG} rij 20", f"{FLAG} rij 40"]
    assert len(names(first)) + len(names(rest)) == 50
    assert not rest.find(class_="flag")


def test_a_long_table_of_which_every_row_stands_out_has_no_fold():
    assert not made(50, flags=[True] * 50, more="{rows}").details


@pytest.mark.parametrize("flags", [[True], [False] * 4])
def test_flags_of_another_length_are_refused(flags):
    with pytest.raises(ValueError, match="zip"):
        made(3, flags=flags)


# -- the workbook ------------------------------------------------------------------------------

FRAME = pd.DataFrame({"label": ["a", "b"], "share": [0.25, None], "n": [1, 2], "long": ["x" * 200, ""]})
LONG_NAME = "a name that is longer than a sheet allows"


def test_the_same_tables_make_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        write_workbook(tmp_path / f"{name}.xlsx", {"uitleg": FRAME, LONG_NAME: FRAME})
        time.sleep(2.1 if name == "one" else 0)  # a workbook tells time in seconds, its zip in twos
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_a_workbook_opens_with_all_tables_readable(tmp_path):
    write_workbook(tmp_path / "x.xlsx", {"uitleg": FRAME, LONG_NAME: FRAME})
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames == ["uitleg", LONG_NAME[:31]]
    sheet = book[LONG_NAME[:31]]
    assert [cell.value for cell in sheet[1]] == list(FRAME)
    assert [cell.value for cell in sheet[3]] == ["b", None, 2, None]
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["D"].width == 60
    pd.testing.assert_frame_equal(pd.read_excel(tmp_path / "x.xlsx"), FRAME.replace("", None))
