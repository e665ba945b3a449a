"""Positions of any convention come back as code points; one bad position moves no other span."""

import numpy as np
import pytest
from coded import TEXTS, changed
from hypothesis import given
from hypothesis import strategies as st

from codedtexts import read_interviews
from codedtexts.conventions import UNITS
from codedtexts.offsets import Passages, Tie, is_quotation, place

KNOWN = "code points, half-open"
COUNT = {
    "code points": len,
    "UTF-16 units": lambda text: len(text.encode("utf-16-le")) // 2,
    "UTF-8 bytes": lambda text: len(text.encode()),
}
WORDS = ["ik", "ging", "naar", "het", "gesprek", "één", "collega", "geïnspireerd", "aan", "😀", "anders"]


def placed(text, spans, quotes=None, bom=False, **more):
    """One text with its spans, placed."""
    start, end = np.array(spans, dtype="int64").reshape(-1, 2).T
    return place([Passages("a", text, start, end, quotes, bom)], **{"known": KNOWN} | more)[0]


def spans(found):
    return list(zip(found.start.tolist(), found.end.tolist(), strict=True))


@given(TEXTS, st.data(), st.sampled_from(UNITS))
def test_positions_in_any_unit_come_back(text, data, unit):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    count = COUNT[unit]
    found = placed(text, [(count(text[:start]), count(text[:end]))], stated=f"{unit}, half-open")
    assert spans(found) == [(start, end)]
    assert found.fits.all()


def test_the_known_convention_is_read_without_guessing():
    """As a mouse selects: every end one letter too early, which says nothing about counting."""
    text = "Ik werkte jaren in de thuiszorg en vond het zwaar.\n" * 3
    sloppy = [(3, 48), (10, 14), (16, 17), (54, 99), (61, 65), (105, 150), (112, 116)]
    assert spans(placed(text, sloppy)) == sloppy
    assert placed(text, sloppy).convention == KNOWN
    assert spans(placed("een.twee", [(0, 3)])) == [(0, 3)]
    assert spans(placed("een.twee", [(0, 3)], stated="code points, inclusive")) == [(0, 4)]


def test_another_convention_needs_strong_evidence():
    text = "Een 😀 gesprek over werk en over thuis en over de buurt\n" * 2
    units = [
        text.encode("utf-16-le").find(word.encode("utf-16-le")) // 2 for word in ("gesprek", "werk", "thuis")
    ]
    in_units = [(at, at + n) for at, n in zip(units, (7, 4, 5), strict=True)]
    assert [text[slice(*span)] for span in spans(placed(text, in_units))] == ["gesprek", "werk", "thuis"]
    few = placed(text, in_units[:2])
    assert (few.convention, spans(few)) == (KNOWN, in_units[:2])
    quoted = placed(text, [(7, 19)], ["gesprek over"])
    assert (quoted.convention, spans(quoted)) == ("UTF-16 units, half-open", [(6, 18)])
    assert placed(text, in_units, units=("code points",)).convention == KNOWN


def test_what_lies_outside_a_text_is_clipped_and_said():
    found = placed("een gesprek", [(4, 12), (-3, 3), (4, 11), (20, 30), (9, 4)])
    assert spans(found) == [(4, 11), (0, 3), (4, 11), (11, 11), (9, 4)]
    assert found.fits.tolist() == [False, False, True, False, False]
    inside = placed("😀 een", [(1, 3)], stated="UTF-16 units")
    assert (spans(inside), inside.fits.tolist()) == ([(0, 2)], [False])
    assert place([], known=KNOWN) == []
    assert len(placed("een", []).start) == 0


def test_two_other_conventions_that_tie_are_refused_with_what_to_do():
    text = "aa bb cc dd\r\nee ff gg hh\r\nii jj kk ll\r\nmm nn oo pp\r\n"
    at = [text.index(word) for word in ("ee", "ff", "gg", "ii", "jj", "kk", "ll", "mm", "nn", "oo")]
    shifted = [(start + 1, start + 3) for start in at]  # a mark that counts, or nothing that is known
    read = placed(text, shifted, bom=True)
    assert read.convention == "code points, half-open, byte order mark counted"
    with pytest.raises(ValueError, match="expected a convention of positions as offsets; found 'letters'"):
        placed(text, shifted, stated="letters")
    dots = "...... 😀 een twee drie vier vijf"  # before the picture the mark moves a span, after it both do
    words = [(dots.index(word) + 1, dots.index(word) + 1 + len(word)) for word in dots.split()[2:]]
    with pytest.raises(Tie, match="source 'a': expected one way .* disagree on selection 1 .* with offsets"):
        placed(dots, [(2, 4), *words], bom=True)
    assert spans(placed(dots, [(2, 4), *words], bom=True, stated="UTF-16 units"))[0] == (2, 4)


LONG = "Ik begon met goede moed aan de loopbaancheck en"


@pytest.mark.parametrize(
    ("quote", "text", "full", "same"),
    [
        ("een  gesprek", "een gesprek", True, True),
        ("een ges...", "een gesprek", True, True),
        (LONG, f"{LONG} dacht", False, True),
        (LONG, f"{LONG} dacht", True, False),
        ("Ik begon met goede moed", "Ik begon met goede moed aan", False, False),
        ("...", "een gesprek", False, False),
    ],
)  # fmt: skip
def test_a_quotation_may_be_a_short_name_of_what_it_quotes(quote, text, full, same):
    assert is_quotation(quote, text, full=full) == same


LINES = (
    "Één gesprek hielp.\nIk werd wijzer 😀 van het werk\n\nen geïnspireerd\ndoor wat\nik hoorde van anderen"
)


@pytest.mark.parametrize("inline", [True, False])
def test_line_ends_that_xml_made_single_still_count_as_two(inline, tmp_path):
    """Text with CRLF inside the XML reaches a reader with line feeds; the positions still count both."""
    crlf, words = LINES.replace("\n", "\r\n"), ["gesprek", "wijzer 😀", "geïnspireerd", "hoorde", "anderen"]
    code = "00000003-0000-4000-8000-000000000003"
    selections = "".join(
        f'<PlainTextSelection startPosition="{len(crlf[: crlf.index(each)])}" '
        f'endPosition="{len(crlf[: crlf.index(each)]) + len(each)}">'
        f'<Coding><CodeRef targetGUID="{code}"/></Coding></PlainTextSelection>'
        for each in words
    )
    content = f"<PlainTextContent>{crlf}</PlainTextContent>" if inline else ""
    where = "" if inline else ' plainTextPath="b.txt"'
    more = f'<TextSource guid="{code}" name="lines"{where}>{content}{selections}</TextSource></Sources>'
    path = changed(tmp_path / "x.qdpx", "</Sources>", more, **{"sources/b.txt": LINES.encode()})
    found = read_interviews(path)
    assert found.segments.loc[found.segments["source"] == "lines", "text"].tolist() == words
    assert found.sources["offsets"].tolist() == [KNOWN, f"{KNOWN}, LF as two"]


def drawn(rng, n_texts, n_spans, unit):
    """Texts of words with spans of whole words, in a unit; the spans in code points beside them."""
    texts, true = [], []
    for at in range(n_texts):
        words = rng.choice(WORDS, 200)
        starts = np.cumsum([0, *(len(word) + 1 for word in words)])
        text = "".join(f"{word}{chr(10) if rng.random() < 0.1 else ' '}" for word in words).rstrip()
        first = rng.integers(0, 190, n_spans)
        last = first + rng.integers(1, 10, n_spans)
        span = np.array([starts[first], starts[last] - 1]).T
        positions = np.array([[COUNT[unit](text[:end]) for end in ends] for ends in span])
        texts.append(Passages(str(at), text, positions[:, 0], positions[:, 1]))
        true.append(span)
    return texts, true


def spoilt(rng, texts, true, share, kind):
    """The same with a share of spans bad (outside, backwards, off) or sloppy (cut words); which are not."""
    spoiled, kept = [], []
    for passage, span in zip(texts, true, strict=True):
        hit = rng.random(len(span)) < share
        start, end = passage.start.copy(), passage.end.copy()
        if kind == "bad":
            how = rng.integers(0, 4, len(span))
            end = np.where(hit & (how == 0), len(passage.text) * 3 + rng.integers(1, 9, len(span)), end)
            start = np.where(hit & (how == 1), -rng.integers(1, 40, len(span)), start)
            start, end = np.where(hit & (how == 2), end, start), np.where(hit & (how == 2), start, end)
            start = np.where(hit & (how == 3), start + 10**6, start)
        else:
            start = np.where(hit, np.maximum(start - rng.integers(0, 4, len(span)), 0), start)
            end = np.where(hit, np.maximum(end - rng.integers(0, 4, len(span)), start + 1), end)
        spoiled.append(passage._replace(start=start, end=end))
        kept.append(~hit)
    return spoiled, kept


def check_no_other_span_moves(seed, runs):
    rng = np.random.default_rng(seed)
    for _ in range(runs):
        unit = rng.choice(["code points", "UTF-16 units"])
        size = (int(rng.integers(1, 6)), int(rng.integers(2, 25)))
        texts, true = drawn(rng, *size, unit)
        kind = rng.choice(["bad", "sloppy"])
        spoiled, kept = spoilt(rng, texts, true, rng.uniform(0.01, 0.2), kind)
        for known in {f"{unit}, half-open"}:
            for found, span, keep in zip(place(spoiled, known=known), true, kept, strict=True):
                assert np.array([found.start, found.end]).T[keep].tolist() == span[keep].tolist()


def test_bad_and_sloppy_positions_move_no_other_span():
    check_no_other_span_moves(seed=17, runs=40)


@pytest.mark.thorough
def test_bad_and_sloppy_positions_move_no_other_span_in_many_files():
    check_no_other_span_moves(seed=170, runs=2000)


@pytest.mark.thorough
def test_a_convention_that_is_not_the_known_one_is_found_in_larger_files():
    """UTF-16 units in a format of code points, with bad and sloppy positions: a fifth of them at most."""
    rng, missed = np.random.default_rng(18), 0
    for _ in range(300):
        texts, true = drawn(rng, 3, 20, "UTF-16 units")
        spoiled, kept = spoilt(rng, texts, true, rng.uniform(0.01, 0.2), rng.choice(["bad", "sloppy"]))
        found = place(spoiled, known=KNOWN)
        missed += any(
            np.array([each.start, each.end]).T[keep].tolist() != span[keep].tolist()
            for each, span, keep in zip(found, true, kept, strict=True)
        )
    assert missed == 0
