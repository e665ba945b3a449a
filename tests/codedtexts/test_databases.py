"""Databases of QualCoder and Taguette, and what their exports leave out."""

import contextlib
import shutil
import sqlite3

import pytest
from coded import EXPECTED, FIXTURES, losses, rows

from codedtexts import read_interviews


def test_qualcoder_keeps_attributes_and_categories_and_counts_memos():
    found = read_interviews(FIXTURES / "qualcoder/project.qda")
    assert found.sources["group"].tolist() == ["cliënten"]
    above = found.codes.set_index("code")["parent"]
    assert set(above.drop("ervaringen")) == {found.codes.set_index("code")["id"]["ervaringen"]}
    assert losses(found) == {}
    assert sorted(filter(None, [*found.segments["memo"], *found.sources["memo"]]))


def test_qualcoder_positions_selected_by_hand_count_utf16_units(tmp_path):
    """Its window counts as Qt does; what its search codes is in code points (read in its source)."""
    shutil.copytree(FIXTURES / "qualcoder/project.qda", tmp_path / "project.qda")
    with contextlib.closing(sqlite3.connect(tmp_path / "project.qda/data.qda")) as database, database:
        (text,) = database.execute("select fulltext from source").fetchone()
        for row, *ends in database.execute("select ctid, pos0, pos1 from code_text").fetchall():
            units = [len(text[:end].encode("utf-16-le")) // 2 for end in ends]
            assert units != ends
            database.execute("update code_text set pos0 = ?, pos1 = ? where ctid = ?", (*units, row))
    found = read_interviews(tmp_path / "project.qda")
    assert rows(found) == EXPECTED
    assert found.sources["offsets"].tolist() == ["UTF-16 units, half-open"]


def test_taguette_says_what_its_exports_leave_out():
    server = read_interviews(FIXTURES / "taguette/server.sqlite3")
    assert losses(server) == {"formatting of a text": 1, "highlight without a tag": 1}
    project = read_interviews(FIXTURES / "taguette/project.sqlite3")
    assert rows(project) == [(text, code, "admin") for text, code, _ in EXPECTED]
    assert losses(project)["name of a coder: this export writes every coder as admin"] == 5
    for name in ("highlights.csv", "highlights.xlsx"):
        table = read_interviews(FIXTURES / "taguette" / name)
        assert sorted(rows(table)) == sorted((text, code, "") for text, code, _ in EXPECTED)
        assert table.segments["start"].isna().all()
        assert losses(table) == dict.fromkeys(
            ["name of a coder: this export has none", "position: this export has none"], 4
        )


def test_reading_leaves_nothing_beside_a_database(tmp_path):
    before = (FIXTURES / "taguette/server.sqlite3").read_bytes()
    (tmp_path / "a.sqlite3").write_bytes(before)
    read_interviews(tmp_path / "a.sqlite3")
    assert [file.name for file in tmp_path.iterdir()] == ["a.sqlite3"]
    assert (tmp_path / "a.sqlite3").read_bytes() == before
    (tmp_path / "a.sqlite3-wal").write_bytes(b"x")
    with pytest.raises(ValueError, match="close the program first"):
        read_interviews(tmp_path / "a.sqlite3")


def test_text_that_a_database_keeps_as_bytes_is_text(tmp_path):
    shutil.copytree(FIXTURES / "qualcoder/project.qda", tmp_path / "project.qda")
    with contextlib.closing(sqlite3.connect(tmp_path / "project.qda/data.qda")) as base, base:
        base.execute("update source set fulltext = cast(fulltext as blob)")
        base.execute("update code_text set owner = cast(owner as blob)")
    found, whole = (
        read_interviews(path) for path in (tmp_path / "project.qda", FIXTURES / "qualcoder/project.qda")
    )
    assert rows(found) == rows(whole)
    assert losses(found) == losses(whole)
