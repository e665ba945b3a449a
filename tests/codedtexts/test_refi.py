"""REFI-QDA as programs write it, and as nobody should: read, or refused in one line."""

import contextlib
import zipfile

import pytest
from coded import EXPECTED, FIXTURES, POINTS, SCHEMA, changed, losses, rows
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from codedtexts import read_interviews
from codedtexts.model import guid
from expect import limits


def test_qualitative_coding_codes_whole_lines():
    found = read_interviews(FIXTURES / "qualitative_coding/project.qdpx")
    assert found.segments[["code", "coder"]].to_numpy().tolist() == [
        ["vertrouwen", "Anna"],
        ["vertrouwen", "Zoe"],
        ["kosten", "Zoe"],
    ]
    assert all(text.endswith("\n") and text.count("\n") == 1 for text in found.segments["text"])
    assert losses(found) == {"name of a selection": 3}


def test_exegete_writes_one_coder():
    found = read_interviews(FIXTURES / "qualcoder/exegete.qdpx")
    assert rows(found) == [(text, code, "Zoë") for text, code, _ in EXPECTED]
    assert losses(found)["creationDateTime"] == 10


def test_codings_without_a_coder_have_an_empty_one():
    assert rows(read_interviews(FIXTURES / "handmade/no_coder.qdpx")) == [
        (text, code, "") for text, code, _ in EXPECTED
    ]


def test_a_coder_who_is_no_user_stays_apart_and_is_counted(tmp_path):
    with zipfile.ZipFile(FIXTURES / "handmade/points.qdpx") as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    (name,) = [name for name in entries if name.endswith(".qde")]
    text = entries[name].decode("utf8")
    gone = '<User guid="00000005-0000-4000-8000-000000000005" name="Zoë"/>'
    assert gone in text
    entries[name] = text.replace(gone, "").encode("utf8")
    with zipfile.ZipFile(tmp_path / "again.qdpx", "w") as archive:
        for each, data in entries.items():
            archive.writestr(each, data)
    found = read_interviews(tmp_path / "again.qdpx")
    kept = ["{" + gone.split('"')[1] + "}" if coder == "Zoë" else coder for *_, coder in EXPECTED]
    assert found.segments["coder"].tolist() == kept
    assert losses(found)["name of a coder: no such user in the project"] >= 1


def test_a_coder_who_stands_there_by_name_keeps_it(tmp_path):
    old = ' creatingUser="{00000005-0000-4000-8000-000000000005}"'
    found = read_interviews(changed(tmp_path / "x.qdpx", old, ' creatingUser="Zoë"'))
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
    monkeypatch.setattr(limits, "MAX_UNPACKED", 1000)
    with pytest.raises(ValueError, match="at most 1000 bytes unpacked"):
        read_interviews(POINTS)
    monkeypatch.setattr(limits, "MAX_ENTRIES", 1)
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
