"""Coded interviews come in as they are, whoever counted the positions, and go out again."""

import contextlib
import shutil
import sqlite3
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from codedtexts import agreement, offsets
from codedtexts.model import Draft, Source, finish, guid
from codedtexts.reading import read_interviews, write_refi
from expect import files as archives
from loopbaanchecks.paths import ROOT

FIXTURES = ROOT / "tests" / "fixtures" / "interviews"
# The schema of the REFI-QDA standard (18 March 2019; MIT, notice inside), from qualitative-coding 1.7.8.
SCHEMA = etree.XMLSchema(etree.parse(ROOT / "tests" / "reference" / "refi_qda_project.xsd"))
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zs", "Zl", "Zp")), min_size=1
)
TEXTS = st.text(st.sampled_from("aëï é.😀\n\r\tß中\ufeff"), min_size=1, max_size=60)


def check_valid(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        SCHEMA.assertValid(etree.fromstring(archive.read("project.qde")))


def check_cut(found) -> None:
    texts = found.sources.set_index("source")["text"]
    for row in found.segments.itertuples():
        assert texts[row.source][row.start : row.end] == row.text


@st.composite
def interviews(draw):
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    draft = Draft("drawn")
    for at, name in enumerate(names):
        parent = guid(f"code:{names[draw(st.integers(0, at - 1))]}") if at and draw(st.booleans()) else ""
        row = {"id": guid(f"code:{name}"), "name": name, "parent": parent}
        draft.codes.append(
            row | {"description": draw(st.sampled_from(["", "één <&>", "a\r\nb"])), "colour": "#00ff00"}
        )
    for at in range(draw(st.integers(1, 3))):
        source = Source(guid(f"source:{at}"), f"interview {at}", draw(TEXTS))
        source.attributes = {"group": draw(st.sampled_from(["", "expert", "cliënt"]))}
        for _ in range(draw(st.integers(0, 6))):
            start = draw(st.integers(0, len(source.text) - 1))
            end = draw(st.integers(start + 1, len(source.text)))
            code, coder = (
                guid(f"code:{draw(st.sampled_from(names))}"),
                draw(st.sampled_from(["", "A", "Zoë"])),
            )
            source.selections.append((start, end, None, code, coder))
        draft.sources.append(source)
    draft.stated = "code points, half-open"
    return draft


@given(draft=interviews())
def test_what_is_written_is_valid_and_read_back_equal(draft, tmp_path_factory):
    path = tmp_path_factory.mktemp("refi") / "x.qdpx"
    found = finish(draft)
    write_refi(found, path)
    check_valid(path)
    again = read_interviews(path)
    order = ["source", "start", "end", "code", "coder"]
    pd.testing.assert_frame_equal(
        *(each.segments.sort_values(order, ignore_index=True) for each in (found, again))
    )
    assert set(map(tuple, found.codes.to_numpy())) == set(map(tuple, again.codes.to_numpy()))
    pd.testing.assert_frame_equal(
        found.sources.drop(columns="offsets"), again.sources.drop(columns="offsets")
    )
    assert again.losses.empty
    check_cut(again)


# --- files of real tools, and habits of vendors -------------------------------------------------

EXPECTED = [
    ("eén gesprek hielp mij", "vertrouwen", "Anna"),
    ("eén gesprek hielp mij", "vertrouwen", "Zoë"),
    ("gesprek hielp mij, geïnspireerd", "motivatie", "Zoë"),
    ("privé betaald", "kosten", "Anna"),
]


def rows(found) -> list[tuple]:
    return list(found.segments[["text", "code", "coder"]].itertuples(index=False, name=None))


def losses(found) -> dict[str, int]:
    return dict(found.losses.groupby("kind")["n"].sum())


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
    found = read_interviews(FIXTURES / name)
    assert rows(found) == EXPECTED
    assert found.sources["offsets"].tolist() == [convention]
    check_cut(found)
    write_refi(found, tmp_path / "again.qdpx")
    check_valid(tmp_path / "again.qdpx")
    assert rows(read_interviews(tmp_path / "again.qdpx")) == EXPECTED


def test_codings_without_a_coder_have_an_empty_one():
    assert rows(read_interviews(FIXTURES / "handmade/no_coder.qdpx")) == [
        (text, code, "") for text, code, _ in EXPECTED
    ]


def test_qualitative_coding_codes_whole_lines():
    found = read_interviews(FIXTURES / "qualitative_coding/project.qdpx")
    assert found.segments[["code", "coder"]].to_numpy().tolist() == [
        ["vertrouwen", "Anna"],
        ["vertrouwen", "Zoe"],
        ["kosten", "Zoe"],
    ]
    assert all(text.endswith("\n") and text.count("\n") == 1 for text in found.segments["text"])
    assert losses(found) == {"name of a selection": 3}


def test_a_coder_who_is_no_user_stays_apart_and_is_counted(tmp_path):
    with zipfile.ZipFile(FIXTURES / "handmade/points.qdpx") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    (name,) = [name for name in files if name.endswith(".qde")]
    text = files[name].decode("utf8")
    gone = '<User guid="00000005-0000-4000-8000-000000000005" name="Zoë"/>'
    assert gone in text
    files[name] = text.replace(gone, "").encode("utf8")
    with zipfile.ZipFile(tmp_path / "again.qdpx", "w") as archive:
        for each, data in files.items():
            archive.writestr(each, data)
    found = read_interviews(tmp_path / "again.qdpx")
    kept = ["{" + gone.split('"')[1] + "}" if coder == "Zoë" else coder for *_, coder in EXPECTED]
    assert found.segments["coder"].tolist() == kept
    assert losses(found)["name of a coder: no such user in the project"] >= 1


def test_exegete_writes_one_coder():
    found = read_interviews(FIXTURES / "qualcoder/exegete.qdpx")
    assert rows(found) == [(text, code, "Zoë") for text, code, _ in EXPECTED]
    assert losses(found)["creationDateTime"] == 10


def test_qualcoder_keeps_attributes_and_categories_and_counts_memos():
    found = read_interviews(FIXTURES / "qualcoder/project.qda")
    assert found.sources["group"].tolist() == ["cliënten"]
    above = found.codes.set_index("code")["parent"]
    assert set(above.drop("ervaringen")) == {found.codes.set_index("code")["id"]["ervaringen"]}
    assert losses(found) == {"memo": 1}


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
    assert losses(server) == {"formatting of the text": 1, "highlight without tag": 1}
    project = read_interviews(FIXTURES / "taguette/project.sqlite3")
    assert rows(project) == [(text, code, "admin") for text, code, _ in EXPECTED]
    assert losses(project)["coder: this export writes every coder as admin"] == 5
    for name in ("highlights.csv", "highlights.xlsx"):
        table = read_interviews(FIXTURES / "taguette" / name)
        assert sorted(rows(table)) == sorted((text, code, "") for text, code, _ in EXPECTED)
        assert table.segments["start"].isna().all()
        assert losses(table) == dict.fromkeys(
            ["coder: this export has none", "position: this export has none"], 4
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


# --- hostile and damaged files --------------------------------------------------------------------

POINTS = FIXTURES / "handmade" / "points.qdpx"


def changed(path: Path, old: str, new: str, **more: bytes) -> Path:
    """A copy of the plain fixture with something replaced in its XML, and files added."""
    with zipfile.ZipFile(POINTS) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in files["project.qde"]
    files["project.qde"] = files["project.qde"].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (files | more).items():
            archive.writestr(name, data)
    return path


BOMB = '?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><Project'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("?><Project", BOMB, "without document type and entities"),
        ("</Project>", "", "well-formed XML"),
        ("<Project ", "<Other ", "well-formed XML"),
        ('startPosition="62"', 'startPosition="9999"', "'interview': selection 1: expected positions"),
        ('startPosition="62"', 'startPosition="-1"', "selection 1"),
        ('startPosition="62"', 'startPosition="x"', "selection 1: expected whole numbers"),
        ('startPosition="62"', f'startPosition="{9**30}"', "selection 1: expected whole numbers"),
        (' startPosition="62"', "", "selection 1: expected whole numbers as positions; found 'none'"),
        ('<CodeRef targetGUID="00000003-0000-4000-8000-000000000003"/>', "<CodeRef/>",
         "'interview': selection 4: expected a code of the code book; found none"),
        ("internal://a.txt", "internal://b.txt", "found no such file"),
        ("internal://a.txt", "absolute:///etc/passwd", "inside the archive"),
        ("internal://a.txt", "relative:///../a.txt", "inside the archive"),
        (' plainTextPath="internal://a.txt"', "", "cannot be read"),
        ('CodeRef targetGUID="00000001', 'CodeRef targetGUID="10000001', "expected a code of the code book"),
        ("<Codes>", '<Codes><Code guid="{00000001-0000-4000-8000-000000000001}" name="x"/>',
         "every code id once"),
    ],
)  # fmt: skip
def test_a_damaged_project_is_refused_with_one_clear_line(old, new, message, tmp_path):
    path = changed(tmp_path / "x.qdpx", old, new)
    with pytest.raises(ValueError, match=message) as error:
        read_interviews(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("name", ["../a.txt", "/a.txt", "..\\a.txt", "C:/a.txt", "sources/../../a.txt"])
def test_files_that_leave_the_archive_are_refused(name, tmp_path):
    path = changed(tmp_path / "x.qdpx", "?>", "?>", **{name: b"x"})
    with pytest.raises(ValueError, match="expected files inside the archive"):
        read_interviews(path)


def test_archives_that_unpack_beyond_the_limits_are_refused(tmp_path, monkeypatch):
    path = changed(tmp_path / "x.qdpx", "?>", "?>", bomb=b"0" * 5_000_000)
    with pytest.raises(ValueError, match="at most 300 times their size"):
        read_interviews(path)
    monkeypatch.setattr(archives, "MAX_BYTES", 1000)
    with pytest.raises(ValueError, match="at most 1000 bytes of text"):
        read_interviews(POINTS)
    monkeypatch.setattr(archives, "MAX_ENTRIES", 1)
    with pytest.raises(ValueError, match="at most 1 files; found 2"):
        read_interviews(POINTS)


def test_cut_off_locked_and_doubled_archives_are_refused(tmp_path):
    data = POINTS.read_bytes()
    (tmp_path / "cut.qdpx").write_bytes(data[:-200])
    with pytest.raises(ValueError, match="expected a whole zip archive"):
        read_interviews(tmp_path / "cut.qdpx")
    locked = bytearray(data)
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.qdpx").write_bytes(locked)
    with pytest.raises(ValueError, match="without password"):
        read_interviews(tmp_path / "locked.qdpx")
    bad = bytearray(data)
    bad[bad.index(b"project.qde") + 40] ^= 0xFF
    (tmp_path / "bad.qdpx").write_bytes(bad)
    with pytest.raises(ValueError, match=r"expected a whole file project\.qde"):
        read_interviews(tmp_path / "bad.qdpx")


@given(data=st.data())
def test_a_project_damaged_anywhere_is_read_or_refused_never_more(data, tmp_path_factory):
    """Bytes changed at random, half of them in the list of files of the archive."""
    path, made = tmp_path_factory.mktemp("damaged") / "a.qdpx", bytearray(POINTS.read_bytes())
    listed = made.index(b"PK\x01\x02")
    for _ in range(data.draw(st.integers(1, 5))):
        first = data.draw(st.sampled_from([0, listed]))
        made[data.draw(st.integers(first, len(made) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(made[: data.draw(st.sampled_from([len(made), len(made) - 30, len(made) // 2]))])
    with contextlib.suppress(ValueError):
        read_interviews(path)


def test_a_file_without_a_name_is_refused_with_one_line(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.qdpx", "w") as archive:
        archive.writestr(zipfile.ZipInfo(""), b"text")
    with pytest.raises(ValueError, match="qde"):
        read_interviews(tmp_path / "a.qdpx")


@pytest.mark.parametrize(
    ("at", "value"),
    [(6, 99), (10, 12), (10, 14), (10, 77)],
    ids=["version", "bzip2", "lzma", "unknown packing"],
)
def test_ways_of_packing_that_fail_are_refused_with_one_line(at, value, tmp_path):
    made = bytearray(POINTS.read_bytes())
    made[made.index(b"PK\x01\x02") + at] = value
    if at == 10:
        made[8] = value
    (tmp_path / "a.qdpx").write_bytes(made)
    with pytest.raises(ValueError, match=r"a\.qdpx: expected a whole"):
        read_interviews(tmp_path / "a.qdpx")


def test_two_thousand_texts_are_read_without_reading_the_list_of_files_each_time(tmp_path, monkeypatch):
    opened, real = [], zipfile.ZipFile._RealGetContents
    monkeypatch.setattr(
        zipfile.ZipFile, "_RealGetContents", lambda self: (opened.append(self), real(self))[1]
    )
    texts = {f"sources/{at}.txt": b"een" for at in range(2000)}
    elements = "".join(
        f'<TextSource guid="{guid(name)}" name="{name}" plainTextPath="{name}"/>' for name in texts
    )
    path = changed(tmp_path / "x.qdpx", "</Sources>", f"{elements}</Sources>", **texts)
    opened.clear()
    assert len(read_interviews(path).sources) == 2001
    assert len(opened) == 1


@pytest.mark.parametrize("ending", [".mx20", ".mx22", ".mex", ".nvp", ".nvpx", ".atlproj"])
def test_closed_formats_are_refused_with_what_to_do(ending, tmp_path):
    (tmp_path / f"a{ending}").write_bytes(b"?")
    with pytest.raises(ValueError, match=r"export a REFI-QDA project \(\.qdpx\)"):
        read_interviews(tmp_path / f"a{ending}")


def test_other_files_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such file"):
        read_interviews(tmp_path / "absent.qdpx")
    with pytest.raises(ValueError, match="a folder without"):
        read_interviews(tmp_path)
    (tmp_path / "a.docx").write_bytes(b"?")
    with pytest.raises(ValueError, match="without the signature of a database"):
        read_interviews(tmp_path / "a.docx")
    base = sqlite3.connect(tmp_path / "a.sqlite3")
    base.execute("create table other (x)")
    base.commit()
    base.close()
    with pytest.raises(ValueError, match="expected tables of QualCoder or Taguette; found other"):
        read_interviews(tmp_path / "a.sqlite3")
    (tmp_path / "b.sqlite3").write_bytes(archives.SQLITE + b"damaged" * 99)
    with pytest.raises(ValueError, match="expected a whole database"):
        read_interviews(tmp_path / "b.sqlite3")


# --- positions ------------------------------------------------------------------------------------


def test_conventions_that_tie_and_disagree_are_refused_unless_one_is_stated():
    with pytest.raises(offsets.Tie, match="fit equally well and disagree on selection 1"):
        offsets.choose("een.twee", [0], [3])
    assert offsets.choose("een.twee", [0], [3], expected="code points, half-open").end.tolist() == [3]
    assert offsets.choose("een.twee", [0], [3], stated="code points, inclusive").end.tolist() == [4]
    assert offsets.choose("een.twee", [0], [3], quotes=["een."]).convention == "code points, inclusive"


@given(TEXTS, st.data(), st.sampled_from(["code points", "UTF-16 units", "UTF-8 bytes"]))
def test_positions_in_any_unit_come_back(text, data, unit):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    size = {"code points": len, "UTF-16 units": lambda t: len(t.encode("utf-16-le")) // 2}
    count = size.get(unit, lambda t: len(t.encode()))
    found = offsets.choose(text, [count(text[:start])], [count(text[:end])], stated=f"{unit}, half-open")
    assert (found.start[0], found.end[0]) == (start, end)


LINES = (
    "Één gesprek hielp.\nIk werd wijzer 😀 van het werk\n\nen geïnspireerd\ndoor wat\nik hoorde van anderen"
)
UNITS = {
    "code points": len,
    "UTF-16 units": lambda text: len(text.encode("utf-16-le")) // 2,
    "UTF-8 bytes": lambda text: len(text.encode()),
}


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("inline", [True, False])
def test_line_ends_that_xml_made_single_still_count_as_two(unit, inline, tmp_path):
    """Text with CRLF inside the XML reaches a reader with line feeds; the positions still count both."""
    crlf, words = LINES.replace("\n", "\r\n"), ["gesprek", "wijzer 😀", "geïnspireerd", "hoorde", "anderen"]
    code, count = "00000003-0000-4000-8000-000000000003", UNITS[unit]
    selections = "".join(
        f'<PlainTextSelection startPosition="{count(crlf[: crlf.index(each)])}" '
        f'endPosition="{count(crlf[: crlf.index(each)]) + count(each)}">'
        f'<Coding><CodeRef targetGUID="{code}"/></Coding></PlainTextSelection>'
        for each in words
    )
    content = f"<PlainTextContent>{crlf}</PlainTextContent>" if inline else ""
    place = "" if inline else ' plainTextPath="b.txt"'
    more = f'<TextSource guid="{code}" name="lines"{place}>{content}{selections}</TextSource></Sources>'
    path = changed(tmp_path / "x.qdpx", "</Sources>", more, **{"sources/b.txt": LINES.encode()})
    found = read_interviews(path)
    assert found.segments.loc[found.segments["source"] == "lines", "text"].tolist() == words
    assert found.sources["offsets"].iloc[1] == f"{unit}, half-open, LF as two"


def test_line_feeds_count_as_two_only_where_nothing_simpler_reads_the_same():
    text, place = "een 😀\ntwee", ([7], [11])
    assert offsets.choose(text, *place).convention == "UTF-16 units, half-open"
    stated = "code points, half-open"
    assert offsets.choose(text, *place, stated=f"{stated}, LF as two").convention == f"{stated}, LF as two"
    with pytest.raises(ValueError, match="expected positions within its 10 characters"):
        offsets.choose(text, *place, stated=stated)


# --- codes, cases, tables -------------------------------------------------------------------------


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


def test_cases_give_their_attributes_to_sources_and_other_things_are_counted(tmp_path):
    text = "00000006-0000-4000-8000-000000000006"
    case = f"""<Variables><Variable guid="{text[:-1]}7" name="group" typeOfVariable="Text"/></Variables>
      <Cases><Case guid="{text[:-1]}8" name="c"><VariableValue><VariableRef targetGUID="{text[:-1]}7"/>
      <TextValue>experts</TextValue></VariableValue>
      <SourceRef targetGUID="{text}"/></Case></Cases><Sources>"""
    path = changed(tmp_path / "x.qdpx", "<Sources>", case, photo=b"?")
    with zipfile.ZipFile(path) as archive:
        SCHEMA.assertValid(etree.fromstring(archive.read("project.qde")))
    found = read_interviews(path)
    assert found.sources["group"].tolist() == ["experts"]
    assert losses(found) == {"file": 1}
    notes = changed(tmp_path / "y.qdpx", "</Sources>", "<AudioSource/></Sources><Notes><Note/></Notes>")
    assert losses(read_interviews(notes)) == {"AudioSource": 1, "Note": 1, "Notes": 1}


def test_what_leads_nowhere_in_a_project_is_counted(tmp_path):
    coding = '<CodeRef targetGUID="00000003-0000-4000-8000-000000000003"/>'
    found = read_interviews(changed(tmp_path / "x.qdpx", coding, ""))
    assert rows(found) == EXPECTED[:3]
    assert losses(found) == {"Coding": 1}
    unused = '<Variables><Variable guid="00000009-0000-4000-8000-000000000009" name="age" '
    unused += 'typeOfVariable="Text"/></Variables><Sources>'
    found = read_interviews(changed(tmp_path / "y.qdpx", "<Sources>", unused))
    assert losses(found) == {"variable without a value for a text": 1}


def test_a_coder_who_stands_there_by_name_keeps_it(tmp_path):
    old = ' creatingUser="{00000005-0000-4000-8000-000000000005}"'
    found = read_interviews(changed(tmp_path / "x.qdpx", old, ' creatingUser="Zoë"'))
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


def test_a_code_book_has_codes_only(tmp_path):
    code = (
        '<Code guid="00000003-0000-4000-8000-000000000003" name="kosten" isCodable="true" color="#ff0000"/>'
    )
    (tmp_path / "a.qdc").write_text(
        f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>{code}</Codes></CodeBook>'
    )
    found = read_interviews(tmp_path / "a.qdc")
    assert found.codes[["code", "colour"]].to_numpy().tolist() == [["kosten", "#ff0000"]]
    assert found.segments.empty
    assert found.sources.empty
    (tmp_path / "a.qdc").write_text("<Project/>")
    with pytest.raises(ValueError, match="expected CodeBook as root; found Project"):
        read_interviews(tmp_path / "a.qdc")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("source,text\na,b\n", "expected columns source, code"),
        ("source,code,start,end\na,b,x,2\n", "expected a whole number as start; found 'x' at row 2"),
        ("source,code,start,end\na,b,3,2\n", "expected start before end"),
        ("", "expected a table of codings"),
    ],
)
def test_tables_that_do_not_fit_are_refused(content, message, tmp_path):
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(ValueError, match=message):
        read_interviews(tmp_path / "a.csv")


def test_only_whole_interviews_are_written(tmp_path):
    with pytest.raises(ValueError, match=r"ending in \.qdpx"):
        write_refi(read_interviews(POINTS), tmp_path / "a.zip")
    (tmp_path / "a.csv").write_text("source,code,text\na,b,c\n")
    with pytest.raises(ValueError, match="expected segments with a place in a text"):
        write_refi(read_interviews(tmp_path / "a.csv"), tmp_path / "a.qdpx")
    assert not (tmp_path / "a.qdpx").exists()


def test_tables_fit_the_agreement_of_coders():
    found = read_interviews(POINTS)
    choices = {"code": "vertrouwen", "coders": ["Anna", "Zoë"], "assigned": None, "uncoded": "as_category"}
    ratings = agreement.character_ratings(found.segments, found.sources, **choices)
    assert agreement.cohen_kappa(ratings, categories=[0, 1], weights=agreement.run_lengths(ratings)) == 1


# --- what is written ------------------------------------------------------------------------------


def drawn(text: str, span: tuple[int, int], **code: str):
    """One text with one coding."""
    draft = Draft("drawn", stated="code points, half-open")
    blank = {"id": guid("c"), "name": "c", "parent": "", "description": "", "colour": ""}
    draft.codes.append(blank | code)
    draft.sources.append(Source(guid("s"), "s", text, attributes={"note": "één\r\ntwee\rdrie\n"}))
    draft.sources[0].selections.append((*span, None, guid("c"), "Zoë"))
    return finish(draft)


def test_the_same_interviews_give_the_same_bytes_at_any_time(tmp_path, monkeypatch):
    found, made = drawn("één gesprek", (0, 3)), []
    for year in (1999, 2031):
        monkeypatch.setattr("time.time", lambda year=year: (year - 1970) * 31_556_952.0)
        monkeypatch.setattr("time.localtime", lambda *_, year=year: time.struct_time((year, *[1] * 8)))
        write_refi(found, tmp_path / "a.qdpx")
        made.append((tmp_path / "a.qdpx").read_bytes())
    assert made[0] == made[1]


def test_a_text_that_begins_with_a_mark_keeps_it_and_its_places(tmp_path):
    found = drawn("\ufeffeen gesprek", (1, 4))
    write_refi(found, tmp_path / "a.qdpx")
    again = read_interviews(tmp_path / "a.qdpx")
    assert again.segments["text"].tolist() == ["een"]
    assert again.sources["text"].tolist() == ["\ufeffeen gesprek"]


def test_line_ends_of_any_system_survive_in_descriptions_and_attributes(tmp_path):
    found = drawn("een gesprek", (0, 3), description="één\r\ntwee\rdrie\n")
    write_refi(found, tmp_path / "a.qdpx")
    check_valid(tmp_path / "a.qdpx")
    again = read_interviews(tmp_path / "a.qdpx")
    assert again.codes["description"].tolist() == ["één\r\ntwee\rdrie\n"]
    assert again.sources["note"].tolist() == ["één\r\ntwee\rdrie\n"]
