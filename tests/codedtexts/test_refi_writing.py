"""What is written is valid REFI-QDA and comes back equal."""

import time
import zipfile

import pandas as pd
import pytest
from coded import POINTS, TEXTS, check_cut, check_valid
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from codedtexts import read_interviews, write_refi
from codedtexts.model import Code, Draft, Selection, Source, guid
from codedtexts.tables import finish

NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zs", "Zl", "Zp")), min_size=1
)


@st.composite
def interviews(draw):
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    draft = Draft("drawn")
    for at, name in enumerate(names):
        parent = guid(f"code:{names[draw(st.integers(0, at - 1))]}") if at and draw(st.booleans()) else ""
        description = draw(st.sampled_from(["", "één <&>", "a\r\nb"]))
        draft.codes.append(Code(guid(f"code:{name}"), name, parent, description, "#00ff00"))
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
            source.selections.append(Selection(start, end, None, code, coder))
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
    pd.testing.assert_frame_equal(found.losses, again.losses)
    check_cut(again)


def test_only_whole_interviews_are_written(tmp_path):
    with pytest.raises(ValueError, match=r"ending in \.qdpx"):
        write_refi(read_interviews(POINTS), tmp_path / "a.zip")
    (tmp_path / "a.csv").write_text("source,code,text\na,b,c\n")
    with pytest.raises(ValueError, match="expected segments with a place in a text"):
        write_refi(read_interviews(tmp_path / "a.csv"), tmp_path / "a.qdpx")
    assert not (tmp_path / "a.qdpx").exists()


def drawn(text: str, span: tuple[int, int], description: str = ""):
    """One text with one coding."""
    draft = Draft("drawn", stated="code points, half-open")
    draft.codes.append(Code(guid("c"), "c", description=description))
    draft.sources.append(Source(guid("s"), "s", text, attributes={"note": "één\r\ntwee\rdrie\n"}))
    draft.sources[0].selections.append(Selection(*span, None, guid("c"), "Zoë"))
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


def test_the_origin_names_the_program_and_settles_how_positions_are_read(tmp_path):
    found, origins = drawn("een.twee", (0, 3)), []  # whose end could as well be the last one inside
    for program in ("", "mine 1.0"):
        write_refi(found, tmp_path / "a.qdpx", program=program)
        with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
            origins.append(etree.fromstring(archive.read("project.qde")).get("origin"))
        assert read_interviews(tmp_path / "a.qdpx").segments["text"].tolist() == ["een"]
    assert origins == ["codedtexts", "mine 1.0, with codedtexts"]
