"""Coded interviews come in as they are, whoever counted the positions, and go out again."""

import zipfile
from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from loopbaanchecks.codings import Draft, Source, finish, guid
from loopbaanchecks.interviews import read_interviews, write_refi
from loopbaanchecks.paths import ROOT

FIXTURES = ROOT / "tests" / "fixtures" / "interviews"
SCHEMA = etree.XMLSchema(etree.parse(ROOT / "tests" / "reference" / "refi_qda_project.xsd"))
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zs", "Zl", "Zp")), min_size=1
)
TEXTS = st.text(st.sampled_from("aëï é.😀\n\r\tß中"), min_size=1, max_size=60)


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
        draft.codes.append(row | {"description": draw(st.sampled_from(["", "één <&>"])), "colour": "#00ff00"})
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


@settings(max_examples=60, deadline=None)
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
