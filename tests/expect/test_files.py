"""Files of strangers: each quirk read as meant, each hostile or broken one refused in a sentence."""

import sqlite3
import zipfile
from io import BytesIO

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expect import Archive, TextTable, decode, open_sqlite, read_sheets, read_table, read_xml
from expect.tables import decode_table

# --- text -----------------------------------------------------------------------------------------

SAID = {
    "utf-8": "utf-8 (valid)",
    "utf-8-sig": "utf-8 (byte order mark)",
    "utf-16": "utf-16-le (byte order mark)",
    "utf-16-le": "utf-16-le (every other byte is zero)",
    "utf-16-be": "utf-16-be (every other byte is zero)",
    "cp1252": "windows-1252 (not UTF-8)",
}


@pytest.mark.parametrize("encoding", SAID)
def test_every_encoding_of_a_table_is_found_and_named(encoding):
    text = "naam;opmerking\nA;één\n"
    table = TextTable(text.encode(encoding), "a.csv")
    assert table.details == {"encoding": SAID[encoding], "delimiter": ";"}
    assert [record for _, record in table.records()] == [["naam", "opmerking"], ["A", "één"]]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_with_positions_comes_back_to_the_character(text):
    assert decode(text.encode(), "a.txt") == (text.removeprefix("\ufeff"), text.startswith("\ufeff"))
    assert decode(b"\xef\xbb\xbf" + text.encode(), "a.txt") == (text, True)
    assert decode(b"\xfe\xff" + text.encode("utf-16-be"), "a.txt") == (text, True)


def test_a_text_with_positions_is_never_guessed():
    with pytest.raises(ValueError, match=r"^a\.txt: expected text in UTF-8; found byte 1 that does not fit$"):
        decode("één".encode("cp1252"), "a.txt")
    with pytest.raises(ValueError, match=r"UTF-16-LE; found byte 5 that does not fit$"):
        decode(b"\xff\xfea\0b", "a.txt")
    with pytest.raises(ValueError, match=r"expected text in UTF-8 or windows-1252; found byte 3 that"):
        decode_table(b"ab\x81", "a.csv")


@pytest.mark.parametrize(
    ("text", "delimiter", "width"),
    [
        ("a,b\n1,2\n", ",", 2),
        ("a;b\n1,5;2,5\n", ";", 2),
        ("a;b\n1,5;2\n3,5;4\n", ";", 2),
        ("a\tb;c\n1\t2\n", "\t", 2),
        ('"a;b;c",d\n1,2\n', ",", 2),
        ("a\n1\n", ",", 1),
        ("sep=|\na|b,c\n1|2\n", "|", 2),
        ("\n\na;b\n", ";", 2),
        ("text,more;text,yet,more\n1;2\n3;4\n5;6\n", ";", 2),
    ],
)
def test_the_delimiter_is_the_one_that_cuts_evenly(text, delimiter, width):
    table = TextTable(text.encode(), "a.csv")
    assert table.delimiter == delimiter
    assert len(next(table.records())[1]) == width


def test_lines_and_rows_are_those_of_the_file():
    table = TextTable(b'sep=;\n\na;b\n"1\n2";x\n3;y\n', "a.csv")
    assert [line for line, _ in table.records()] == [3, 4, 6]
    assert table.above == 2
    with pytest.raises(
        ValueError, match="expected 2 cells in every row, as in the header; found 1 in row 5$"
    ):
        TextTable(b"sep=;\n\na;b\n1;2\n3\n", "a.csv").cells()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a,b\n1\0,2\n", "expected text; found a zero byte in line 2"),
        (b'a,b\n"1,2\n', "expected quotes in pairs; .* in record 2"),
        (b'a;b\nx;"1\n', "expected quotes in pairs; .* in record 2"),
    ],
)
def test_text_that_is_no_table_is_refused(data, message):
    with pytest.raises(ValueError, match=rf"^a\.csv: {message}"):
        list(TextTable(data, "a.csv").records())


@given(st.lists(st.lists(st.text('ab;,\t" é\n', min_size=1), min_size=2, max_size=2), min_size=1, max_size=6))
def test_cells_come_back_as_they_were_written(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("table") / "a.csv"
    frame = pd.DataFrame(rows, columns=["one", "two"], dtype="str")
    frame.to_csv(path, index=False, sep=";", lineterminator="\n")
    found = TextTable(b"sep=;\n" + path.read_bytes(), "a.csv").cells()
    assert found.to_numpy().tolist() == rows


# --- tables ---------------------------------------------------------------------------------------


def save(path, rows, *, title="Sheet"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_table_is_the_same_from_text_and_from_a_workbook(tmp_path):
    (tmp_path / "a.csv").write_text("source,start\nan,1\n\nbé,20\n", encoding="cp1252")
    save(tmp_path / "a.xlsx", [["source", "start"], ["an", 1], [], ["bé", 20]])
    found = [read_table(tmp_path / name, "a table") for name in ("a.csv", "a.xlsx")]
    assert found[0].to_numpy().tolist() == [["an", "1"], ["bé", "20"]]
    assert (found[0].index + 2).tolist() == [2, 4]  # rows of the file
    pd.testing.assert_frame_equal(found[0], found[1], check_index_type=False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a table; found an empty file"),
        ("\n\n", "expected a table; found an empty file"),
        ("a,b,a\n1,2,3\n", "expected a table with each column once; found a again"),
        ("a,b\n1,2,\n", "expected 2 cells in every row, as in the header; found 3 in row 2"),
        ("a,b\n1,2\n3\n", "expected 2 cells in every row, as in the header; found 1 in row 3"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path, text, message):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(ValueError, match=rf"a\.csv: {message}"):
        read_table(tmp_path / "a.csv", "a table")


def test_a_value_right_of_the_header_of_a_sheet_is_refused(tmp_path):
    with pytest.raises(
        ValueError, match="expected 2 columns, as in the header; found a value right of it in row 3"
    ):
        read_table(save(tmp_path / "a.xlsx", [["a", "b"], [1, 2], [1, 2, 3]]), "a table")


# --- workbooks ------------------------------------------------------------------------------------


def replaced(path, old, new, *, name="xl/worksheets/sheet1.xml"):
    """Write a workbook again with a part of one of its files replaced."""
    with zipfile.ZipFile(path) as archive:
        files = {entry: archive.read(entry) for entry in archive.namelist()}
    assert old in files[name]
    files[name] = files[name].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in files.items():
            archive.writestr(entry, data)
    return path


def test_cells_of_a_workbook_are_text_numbers_or_nothing(tmp_path):
    rows = [[], ["a", None, 3], [True, pd.Timestamp(2021, 2, 1), 0.5]]
    ((title, found),) = read_sheets(save(tmp_path / "a.xlsx", rows, title="Data"))
    assert title == "Data"
    assert found == {2: ("a", None, 3.0), 3: ("TRUE", "2021-02-01 00:00:00", 0.5)}


def test_rows_beyond_a_wrongly_stated_size_are_not_lost(tmp_path):
    path = save(tmp_path / "a.xlsx", [["a", "b"], [1, 2], [3, 4]])
    replaced(path, b'<dimension ref="A1:B3"', b'<dimension ref="A1:A1"')
    assert read_sheets(path)[0][1] == {1: ("a", "b"), 2: (1.0, 2.0), 3: (3.0, 4.0)}


def test_a_workbook_beyond_the_limits_is_refused(tmp_path):
    path = save(tmp_path / "a.xlsx", [["a"], [1]])
    replaced(path, b'<row r="2"', b'<row r="1000000000"')
    with pytest.raises(ValueError, match=r"^a\.xlsx: expected at most 1048576 rows in a sheet; found more$"):
        read_sheets(path, "a.xlsx")
    path = save(tmp_path / "b.xlsx", [["a"], [1]])
    replaced(path, b"<sheetData>", b"<sheetData>" + b" " * 2**24)
    with pytest.raises(ValueError, match=r"b\.xlsx: expected files that unpack to at most 300 times"):
        read_sheets(path)


def test_formulas_never_calculated_and_damage_are_refused(tmp_path):
    path = save(tmp_path / "a.xlsx", [["a"], ["=1+1"]])
    with pytest.raises(ValueError, match="found formulas never calculated in A2; open and save it"):
        read_sheets(path)
    path = replaced(save(tmp_path / "b.xlsx", [["a"], [1]]), b"</row>", b"</wor>")
    with pytest.raises(
        ValueError, match="expected a whole Excel workbook; found one that is cut off or damaged"
    ):
        read_sheets(path)


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_a_workbook_with_a_byte_changed_is_read_or_refused(tmp_path_factory, place, change):
    buffer = BytesIO()
    save(buffer, [["a", "b"], [1, "x"]])
    # a workbook holds the time at which it was made, so its length differs from one to the next
    content = bytearray(buffer.getvalue())
    content[int(place * len(content))] ^= change
    path = tmp_path_factory.mktemp("damaged") / "a.xlsx"
    path.write_bytes(content)
    try:
        sheets = read_sheets(path, "a.xlsx")
    except ValueError as error:
        assert str(error).startswith("a.xlsx: expected")  # noqa: PT017
    else:
        assert isinstance(sheets, list)


# --- archives, XML, databases ---------------------------------------------------------------------


def zipped(path, **files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_an_archive_gives_its_files_until_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr("expect.limits.MAX_UNPACKED", 10)
    archive = Archive(zipped(tmp_path / "a.zip", one=b"12345", two=b"123456"), where="a.zip")
    assert archive.read("one") == b"12345"
    with pytest.raises(ValueError, match=r"^a\.zip: expected at most 10 bytes unpacked; found more at two$"):
        archive.read("two")


@pytest.mark.parametrize("name", ["../a", "/a", "b/../../a", "c:\\a"])
def test_an_archive_that_leaves_its_folder_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match="expected files inside the archive; found"):
        Archive(zipped(tmp_path / "a.zip", **{name: b""}))


def test_what_is_no_archive_is_named_as_what_it_should_be(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(ValueError, match=r"expected a whole letter; found one that is cut off or damaged \("):
        Archive(tmp_path / "a.zip", kind="letter")


def test_xml_with_entities_or_faults_is_refused():
    assert read_xml(b"<a>1</a>", "a.xml").text == "1"
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
    with pytest.raises(ValueError, match=r"^a\.xml: expected XML without document type and entities; found"):
        read_xml(bomb, "a.xml")
    with pytest.raises(ValueError, match=r"^a\.xml: expected well-formed XML; found"):
        read_xml(b"<a>", "a.xml")


def test_a_database_is_opened_read_only_and_only_when_closed(tmp_path):
    path = tmp_path / "a.sqlite3"
    with sqlite3.connect(path) as base:
        base.execute("create table a (b)")
    base.close()
    before = path.read_bytes(), sorted(tmp_path.iterdir())
    opened = open_sqlite(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        opened.execute("insert into a values (1)")
    opened.close()
    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == before
    (tmp_path / "a.sqlite3-wal").write_bytes(b"x")
    with pytest.raises(ValueError, match="expected a closed database; found a.sqlite3-wal"):
        open_sqlite(path)
    (tmp_path / "b.sqlite3").write_bytes(np.random.default_rng(1).bytes(64))
    with pytest.raises(ValueError, match="expected an SQLite database; found another signature"):
        open_sqlite(tmp_path / "b.sqlite3")
