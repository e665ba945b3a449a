"""The same interview comes out of every file; other files are refused."""

import sqlite3
import zipfile

import pytest
from coded import EXPECTED, FIXTURES, POINTS, changed, check_cut, check_valid, rows

from codedtexts import read_interviews, write_refi
from expect.files import SQLITE


@pytest.mark.parametrize(
    ("name", "convention"),
    [
        ("taguette/server.sqlite3", "UTF-8 bytes, half-open"),
        ("qualcoder/project.qda", "code points, half-open"),
        ("qualcoder/project.qda/data.qda", "code points, half-open"),
        ("handmade/points.qdpx", "code points, half-open"),
        ("handmade/utf8.qdpx", "UTF-8 bytes, half-open"),
        ("handmade/utf16_crlf_mark.qdpx", "UTF-16 units, half-open"),
        ("handmade/inclusive.qdpx", "code points, inclusive"),
        ("handmade/mark_counted.qdpx", "code points, half-open, byte order mark counted"),
        ("handmade/crlf_as_one.qdpx", "code points, half-open, CRLF as one"),
        ("handmade/capital_folder.qdpx", "code points, half-open"),
        ("handmade/no_prefix.qdpx", "code points, half-open"),
        ("handmade/relative.qdpx", "code points, half-open"),
        ("handmade/inline.qdpx", "code points, half-open"),
        ("handmade/coder_on_selection.qdpx", "code points, half-open"),
    ],
)
def test_the_same_interview_comes_out_of_every_file(name, convention, tmp_path):
    unexpected = (convention.startswith("UTF-8") and name.endswith(".qdpx")) or "inclusive" in convention
    found = read_interviews(FIXTURES / name, offsets=convention if unexpected else None)
    assert rows(found) == EXPECTED
    assert found.sources["offsets"].tolist() == [convention]
    check_cut(found)
    write_refi(found, tmp_path / "again.qdpx")
    check_valid(tmp_path / "again.qdpx")
    assert rows(read_interviews(tmp_path / "again.qdpx")) == EXPECTED


def test_codes_of_one_name_under_different_codes_stay_apart(tmp_path):
    old = '<Code guid="00000003-0000-4000-8000-000000000003" name="kosten" isCodable="true"/>'
    new = old.replace(
        "/>",
        '><Code guid="{0000000A-0000-4000-8000-00000000000A}" name="vertrouwen"/></Code>',
    )
    found = read_interviews(changed(tmp_path / "x.qdpx", old, new))
    assert found.codes["code"].tolist()[0] == "vertrouwen"
    assert found.codes["code"].is_unique
    assert "kosten > vertrouwen" in set(found.codes["code"])
    assert rows(found) == EXPECTED


def test_groups_join_on_the_name_of_the_source(tmp_path):
    groups = tmp_path / "groups.csv"
    groups.write_text("source,group,education\ninterview,cliënten,lager\n")
    found = read_interviews(POINTS, groups=groups)
    assert found.sources[["group", "education"]].to_numpy().tolist() == [["cliënten", "lager"]]
    for content, message in [
        ("source,group\nother,a\n", "without row: interview; unknown: other"),
        ("name,group\ninterview,a\n", "a column source"),
        ("source,name\ninterview,a\n", "new attributes"),
        ("", "a column source"),
    ]:
        groups.write_text(content)
        with pytest.raises(ValueError, match=message):
            read_interviews(POINTS, groups=groups)


@pytest.mark.parametrize("ending", [".mx20", ".mx22", ".mex", ".nvp", ".nvpx", ".atlproj"])
def test_closed_formats_are_refused_with_what_to_do(ending, tmp_path):
    (tmp_path / f"a{ending}").write_bytes(b"?")
    with pytest.raises(ValueError, match=r"export a REFI-QDA project \(\.qdpx\)"):
        read_interviews(tmp_path / f"a{ending}")


def test_other_files_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="expected a file; found none"):
        read_interviews(tmp_path / "absent.qdpx")
    with pytest.raises(ValueError, match="a folder without"):
        read_interviews(tmp_path)
    (tmp_path / "a.docx").write_bytes(b"?")
    with pytest.raises(ValueError, match="expected columns source, code"):
        read_interviews(tmp_path / "a.docx")
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(ValueError, match=r"or a workbook in the archive; found word/document\.xml"):
        read_interviews(tmp_path / "a.docx")
    (tmp_path / "a.xml").write_text("<other/>")
    with pytest.raises(ValueError, match="expected Project or CodeBook as root of the XML; found other"):
        read_interviews(tmp_path / "a.xml")
    base = sqlite3.connect(tmp_path / "a.sqlite3")
    base.execute("create table other (x)")
    base.commit()
    base.close()
    with pytest.raises(ValueError, match="expected tables of QualCoder, Taguette or RQDA; found other"):
        read_interviews(tmp_path / "a.sqlite3")
    (tmp_path / "b.sqlite3").write_bytes(SQLITE + b"damaged" * 99)
    with pytest.raises(ValueError, match="expected a whole database"):
        read_interviews(tmp_path / "b.sqlite3")
