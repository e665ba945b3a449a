"""Positions of any convention come back as code points, or are refused."""

import pytest
from coded import TEXTS, changed
from hypothesis import given
from hypothesis import strategies as st

from codedtexts import read_interviews
from codedtexts.offsets import Tie, choose


def test_conventions_that_tie_and_disagree_are_refused_unless_one_is_stated():
    with pytest.raises(Tie, match="fit equally well and disagree on selection 1"):
        choose("een.twee", [0], [3])
    assert choose("een.twee", [0], [3], expected="code points, half-open").end.tolist() == [3]
    assert choose("een.twee", [0], [3], stated="code points, inclusive").end.tolist() == [4]
    assert choose("een.twee", [0], [3], quotes=["een."]).convention == "code points, inclusive"


@given(TEXTS, st.data(), st.sampled_from(["code points", "UTF-16 units", "UTF-8 bytes"]))
def test_positions_in_any_unit_come_back(text, data, unit):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    size = {"code points": len, "UTF-16 units": lambda t: len(t.encode("utf-16-le")) // 2}
    count = size.get(unit, lambda t: len(t.encode()))
    found = choose(text, [count(text[:start])], [count(text[:end])], stated=f"{unit}, half-open")
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
    assert choose(text, *place).convention == "UTF-16 units, half-open"
    stated = "code points, half-open"
    assert choose(text, *place, stated=f"{stated}, LF as two").convention == f"{stated}, LF as two"
    with pytest.raises(ValueError, match="expected positions within its 10 characters"):
        choose(text, *place, stated=stated)
