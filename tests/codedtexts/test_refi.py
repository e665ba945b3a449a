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
    assert losses(found)["date at which something was made or changed"] == 10


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
    assert losses(found)["coding by someone who is not a user of the project"] == 2


def test_users_who_share_a_guid_are_one_coder_of_both_names_and_counted(tmp_path):
    user = '<User guid="00000005-0000-4000-8000-000000000005" name="Zoë"/>'
    found = read_interviews(changed(tmp_path / "x.qdpx", user, user + user.replace("Zoë", "Bert")))
    both = [(text, code, coder.replace("Zoë", "Zoë / Bert")) for text, code, coder in EXPECTED]
    assert rows(found) == both
    assert losses(found)["users who share a GUID: taken for one coder"] == 1
    again = read_interviews(changed(tmp_path / "y.qdpx", user, user + user))
    assert rows(again) == EXPECTED and "users who share a GUID: taken for one coder" not in losses(again)


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
    assert losses(found) == {"file of the project that was not read": 1}
    assert found.sources["case"].tolist() == ["c"]
    notes = changed(tmp_path / "y.qdpx", "</Sources>", "<AudioSource/></Sources><Notes><Note/></Notes>")
    assert losses(read_interviews(notes)) == {"source without text (sound)": 1}


def test_what_leads_nowhere_in_a_project_is_counted(tmp_path):
    coding = '<CodeRef targetGUID="00000003-0000-4000-8000-000000000003"/>'
    found = read_interviews(changed(tmp_path / "x.qdpx", coding, ""))
    assert rows(found) == EXPECTED[:3]
    assert losses(found) == {"coding without a code": 1}
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
    (tmp_path / "a.qdc").write_text("<Other/>")
    with pytest.raises(ValueError, match="expected CodeBook as root; found Other"):
        read_interviews(tmp_path / "a.qdc")


BOMB = '?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><Project'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("?><Project", BOMB, "without document type and entities"),
        ("</Project>", "", "well-formed XML"),
        ("<Project ", "<Other ", "well-formed XML"),
    ],
)  # fmt: skip
def test_a_damaged_project_is_refused_with_one_clear_line(old, new, message, tmp_path):
    path = changed(tmp_path / "x.qdpx", old, new)
    with pytest.raises(ValueError, match=message) as error:
        read_interviews(path)
    assert str(path) in str(error.value)


KOSTEN = "00000003-0000-4000-8000-000000000003"
OUT_OF_TEXT = "coding outside its text: left out"
UNUSABLE = "coding with a position that cannot be used: left out"


@pytest.mark.parametrize(
    ("old", "new", "kind", "where", "left"),
    [
        ('startPosition="62"', 'startPosition="9999"', "coding that ends before it begins: left out",
         "interview: selections 1 (9999 to 83)", EXPECTED[2:]),
        ('endPosition="83"', 'endPosition="9999"', "coding that lies partly outside its text: clipped",
         "interview: selections 1 (62 to 9999)", None),
        ('startPosition="62"', 'startPosition="-1"', "coding that lies partly outside its text: clipped",
         "interview: selections 1 (-1 to 83)", None),
        ('startPosition="62"', 'startPosition="83"', "coding without a character: left out",
         "interview: selections 1 (83 to 83)", EXPECTED[2:]),
        ('startPosition="62"', 'startPosition="x"', UNUSABLE, "interview: selection 1", EXPECTED[2:]),
        ('startPosition="62"', f'startPosition="{9**30}"', UNUSABLE, "interview: selection 1", EXPECTED[2:]),
        (' startPosition="62"', "", UNUSABLE, "interview: selection 1", EXPECTED[2:]),
        (f'<CodeRef targetGUID="{KOSTEN}"/>', "<CodeRef/>",
         "coding of a code that is not in the code book: left out", "selection 4", EXPECTED[:3]),
        ('CodeRef targetGUID="00000001', 'CodeRef targetGUID="10000001',
         "coding of a code that is not in the code book: left out", "selections 1", EXPECTED[2:]),
        ("internal://a.txt", "internal://b.txt", "source whose text is not in the project", "b.txt", []),
        ("internal://a.txt", "absolute:///etc/x", "source whose text is not in the project", "etc/x", []),
        ("internal://a.txt", "relative:///../a.txt", "source whose text is not in the project", "a.txt", []),
        (' plainTextPath="internal://a.txt"', ' richTextPath="a.docx"',
         "source without text (formatted text only)", "interview", []),
        ("<Codes>", '<Codes><Code guid="{00000001-0000-4000-8000-000000000001}" name="x"/>',
         "code that has the id of another: left out", "vertrouwen", None),
    ],
)  # fmt: skip
def test_one_bad_part_is_counted_and_the_rest_is_read(old, new, kind, where, left, tmp_path):
    path = changed(tmp_path / "x.qdpx", old, new)
    found = read_interviews(path)
    row = found.losses[found.losses["kind"] == kind].iloc[0]
    assert where in row["where"]
    if left is not None:
        assert rows(found) == left
    else:
        assert len(found.segments) == len(EXPECTED)
        assert set(EXPECTED[2:]) <= set(rows(found)) or kind.startswith("code that")
    if left == []:
        assert "coding of a source without text: left out" in losses(found)


TRANSCRIPT = """<AudioSource guid="0000000a-0000-4000-8000-00000000000a" name="Opname">
  <Transcript guid="0000000b-0000-4000-8000-00000000000b">
  <PlainTextContent>Goed dat wij spreken.</PlainTextContent>
  <SyncPoint guid="00000010-0000-4000-8000-000000000010" timeStamp="0" position="9"/>
  <SyncPoint guid="00000011-0000-4000-8000-000000000011" timeStamp="9" position="20"/>
  <SyncPoint guid="00000012-0000-4000-8000-000000000012" timeStamp="9"/>
  <TranscriptSelection guid="00000013-0000-4000-8000-000000000013"
    fromSyncPoint="00000010-0000-4000-8000-000000000010" toSyncPoint="00000011-0000-4000-8000-000000000011">
    <Coding guid="00000014-0000-4000-8000-000000000014">
    <CodeRef targetGUID="KOSTEN"/></Coding></TranscriptSelection>
  <TranscriptSelection guid="00000015-0000-4000-8000-000000000015"
    fromSyncPoint="00000010-0000-4000-8000-000000000010" toSyncPoint="00000012-0000-4000-8000-000000000012">
    <Coding guid="00000016-0000-4000-8000-000000000016">
    <CodeRef targetGUID="KOSTEN"/></Coding></TranscriptSelection>
  </Transcript>
  <AudioSelection guid="00000017-0000-4000-8000-000000000017" begin="0" end="9">
    <Coding guid="00000018-0000-4000-8000-000000000018">
    <CodeRef targetGUID="KOSTEN"/></Coding></AudioSelection>
  </AudioSource>
  <PictureSource guid="00000020-0000-4000-8000-000000000020" name="Foto">
    <PictureSelection guid="00000021-0000-4000-8000-000000000021" firstX="0" firstY="0"
    secondX="1" secondY="1">
    <Coding guid="00000022-0000-4000-8000-000000000022">
    <CodeRef targetGUID="KOSTEN"/></Coding></PictureSelection>
    <Coding guid="00000023-0000-4000-8000-000000000023">
    <CodeRef targetGUID="KOSTEN"/></Coding>
    </PictureSource>
  <TextSource guid="00000024-0000-4000-8000-000000000024" name="Brief">
    <PlainTextContent>Een hele brief.</PlainTextContent>
    <Coding guid="00000025-0000-4000-8000-000000000025">
    <CodeRef targetGUID="KOSTEN"/></Coding></TextSource>
  </Sources>"""


def test_transcripts_are_read_and_what_has_no_text_is_counted_in_words(tmp_path):
    path = changed(tmp_path / "x.qdpx", "</Sources>", TRANSCRIPT.replace("KOSTEN", KOSTEN))
    with zipfile.ZipFile(path) as archive:
        SCHEMA.assertValid(etree.fromstring(archive.read("project.qde")))
    found = read_interviews(path)
    texts = found.segments.groupby("source")["text"].agg(list)
    assert texts["Opname"] == ["wij spreken"]
    assert texts["Brief"] == ["Een hele brief."]
    assert losses(found) == {
        "coding of a fragment of sound: left out": 1,
        "coding of an area of a picture: left out": 1,
        "coding of a source without text: left out": 1,
        "coding of a whole document: read as all of its text": 1,
        "coding with a position that cannot be used: left out": 1,
        "coding without a named coder": 2,
        "source without text (picture)": 1,
        "time stamp in a transcript": 3,
    }
    assert found.losses["kind"].str.startswith("coding").tolist() == [True] * 7 + [False] * 2


MEMOS = """<Sets><Set guid="00000030-0000-4000-8000-000000000030" name="hoofdzaken">
  <MemberCode targetGUID="KOSTEN"/></Set>
  <Set guid="00000031-0000-4000-8000-000000000031" name="eerste ronde">
  <MemberSource targetGUID="00000006-0000-4000-8000-000000000006"/></Set></Sets>"""
NOTES = """</Sources><Notes><Note guid="00000040-0000-4000-8000-000000000040" name="m">
  <PlainTextContent>bij de codering</PlainTextContent></Note>
  <Note guid="00000041-0000-4000-8000-000000000041" name="los">
  <PlainTextContent>van niemand</PlainTextContent></Note></Notes>"""


def test_memos_and_groups_of_codes_are_kept_and_others_counted(tmp_path):
    reference = f'<CodeRef targetGUID="{KOSTEN}"/>'
    memo = f'{reference}<NoteRef targetGUID="00000040-0000-4000-8000-000000000040"/>'
    path = changed(tmp_path / "x.qdpx", reference, memo)
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    text = entries["project.qde"].decode().replace("</Sources>", NOTES + MEMOS.replace("KOSTEN", KOSTEN))
    SCHEMA.assertValid(etree.fromstring(text.encode()))
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (entries | {"project.qde": text}).items():
            archive.writestr(name, data)
    found = read_interviews(path)
    assert found.segments["memo"].tolist() == ["", "", "", "bij de codering"]
    assert found.codes.set_index("code")["groups"].to_dict() == {
        "vertrouwen": "", "motivatie": "", "kosten": "hoofdzaken",
    }  # fmt: skip
    assert losses(found) == {"group of texts": 1, "memo that belongs to no code, text or coding": 1}


def test_an_unpacked_project_reads_the_same(tmp_path):
    with zipfile.ZipFile(POINTS) as archive:
        archive.extractall(tmp_path / "unpacked")
    (tmp_path / "outside.txt").write_text("niet van het project")
    for path in (tmp_path / "unpacked", tmp_path / "unpacked" / "project.qde"):
        assert rows(read_interviews(path)) == EXPECTED
    renamed = (tmp_path / "unpacked" / "project.qde").rename(tmp_path / "unpacked" / "project.xml")
    assert rows(read_interviews(renamed)) == EXPECTED
    (tmp_path / "a.zip").write_bytes(POINTS.read_bytes())
    assert rows(read_interviews(tmp_path / "a.zip")) == EXPECTED
    text = renamed.read_text(encoding="utf8").replace("internal://a.txt", "relative:///../../outside.txt")
    renamed.write_text(text, encoding="utf8")
    assert read_interviews(renamed).sources.empty


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


def test_hundreds_of_texts_are_read_without_reading_the_list_of_files_each_time(tmp_path, monkeypatch):
    opened, real = [], zipfile.ZipFile._RealGetContents
    monkeypatch.setattr(
        zipfile.ZipFile, "_RealGetContents", lambda self: (opened.append(self), real(self))[1]
    )
    texts = {f"sources/{at}.txt": b"een" for at in range(300)}
    elements = "".join(
        f'<TextSource guid="{guid(name)}" name="{name}" plainTextPath="{name}"/>' for name in texts
    )
    path = changed(tmp_path / "x.qdpx", "</Sources>", f"{elements}</Sources>", **texts)
    opened.clear()
    assert len(read_interviews(path).sources) == 301
    assert len(opened) == 1
