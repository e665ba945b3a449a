"""From codings of text to ratings of units."""

import pandas as pd
import pytest
from coded import POINTS
from hypothesis import given
from hypothesis import strategies as st
from test_coefficients import everything
from test_summaries import spans

from codedtexts import (
    character_ratings,
    cohen_kappa,
    percent_agreement,
    ratings_by_code,
    read_interviews,
    run_lengths,
    span_ratings,
)
from codedtexts.units import text_units

SOURCES = pd.DataFrame({"source": ["i", "j"], "length": [30, 20]})


SEGMENT = st.tuples(
    st.sampled_from("ij"),
    st.integers(0, 18),
    st.integers(1, 9),
    st.sampled_from("cd"),
    st.sampled_from("ABC"),
)


def framed(spans):
    """Segments from (source, start, length, code, coder)."""
    frame = pd.DataFrame(spans, columns=["source", "start", "end", "code", "coder"])
    frame["end"] = (frame["start"] + frame["end"]).clip(upper=20)
    return frame


def expanded(segments, uncoded):
    """Ratings of A and B of code c, one row per character, by the definition."""
    rows = []
    for source, length in SOURCES.itertuples(index=False):
        mine = segments[(segments["source"] == source) & segments["coder"].isin(["A", "B"])]
        for at in range(length):
            here = mine[(mine["start"] <= at) & (at < mine["end"])]
            if len(here) or uncoded == "as_category":
                coded = {c: ((here["coder"] == c) & (here["code"] == "c")).any() for c in "AB"}
                rows.append([int(coded[c]) if (mine["coder"] == c).any() else None for c in "AB"])
    return rows


@given(st.lists(SEGMENT, min_size=1, max_size=8), st.sampled_from(["as_category", "leave_out"]))
def test_weighted_runs_equal_expanded_characters(spans, uncoded):
    segments = framed([*spans, ("i", 3, 4, "c", "A")])
    choices = {"code": "c", "coders": ["A", "B"], "assigned": None, "uncoded": uncoded}
    runs = character_ratings(segments, SOURCES, **choices)
    found = everything(runs.to_numpy().tolist(), run_lengths(runs))
    assert found == pytest.approx(everything(expanded(segments, uncoded)), nan_ok=True, abs=1e-9)


def test_assigned_coders_and_uncoded_text():
    segments = framed([("i", 0, 10, "c", "A"), ("i", 5, 10, "d", "B")])
    choices = {"code": "c", "coders": ["A", "B"], "uncoded": "as_category"}
    both = pd.DataFrame({"source": ["i", "i", "j", "j"], "coder": [*"ABAB"]})
    by_segments = character_ratings(segments, SOURCES, assigned=None, **choices)
    by_list = character_ratings(segments, SOURCES, assigned=both, **choices)
    assert by_segments.loc["j"].isna().all(axis=None) and (by_list.loc["j"] == 0).all(axis=None)
    left = character_ratings(segments, SOURCES, assigned=both, **(choices | {"uncoded": "leave_out"}))
    assert run_lengths(left).sum() == 15 and run_lengths(by_list).sum() == 50
    assert left.to_numpy().tolist() == [[1, 0], [1, 0], [0, 0]]


def test_wrong_spans_are_refused():
    segments, units = (
        framed([("i", 0, 5, "c", "A")]),
        SOURCES.rename(columns={"length": "end"}).assign(start=0),
    )
    good = {"code": "c", "coders": ["A", "B"], "assigned": None, "uncoded": "as_category"}
    for message, change in {
        "uncoded: expected one of as_category, leave_out; found 'x'": {"uncoded": "x"},
        "coders: expected two or more different names; found 'AB'": {"coders": "AB"},
        "coders: expected two or more different names; found \\['A', 'A'\\]": {"coders": ["A", "A"]},
        "code: expected a code of the segments; found 'x'": {"code": "x"},
        "assigned: expected columns source, coder; not found: coder": {"assigned": units},
    }.items():
        with pytest.raises(ValueError, match=message):
            span_ratings(segments, units, **(good | change))
    with pytest.raises(ValueError, match="units: expected 0 <= start < end; found 0 to 0 in 'i'"):
        span_ratings(segments, units.assign(end=0), **good)
    with pytest.raises(ValueError, match="segments: expected 0 <= start < end; found 5 to 5 in 'i'"):
        character_ratings(segments.assign(start=5), SOURCES, **good)
    with pytest.raises(ValueError, match="ends within a known text; found 31 in 'i'"):
        character_ratings(segments.assign(end=31), SOURCES, **good)
    with pytest.raises(ValueError, match="ends within a known text; found 5 in 'z'"):
        character_ratings(segments.assign(source="z"), SOURCES, **good)
    with pytest.raises(ValueError, match="expected each once; found 'i' repeatedly"):
        character_ratings(segments, pd.concat([SOURCES, SOURCES[:1]]), **good)


class TestUnits:
    """What coders are compared on."""

    @given(st.text(alphabet="aé🙂 \n\r\t", max_size=40))
    def test_paragraphs_hold_every_visible_character_once(self, text):
        texts = pd.DataFrame({"source": ["i"], "text": [text]})
        parts = [text[s:e] for _, s, e in text_units(texts, unit="paragraph").to_numpy()]
        assert "".join("".join(parts).split()) == "".join(text.split())
        assert all(part == part.strip() and "\n" not in part for part in parts)

    def test_an_empty_interview_has_no_unit(self):
        texts = pd.DataFrame({"source": ["i", "j"], "text": ["  ", " Ja\n"]})
        assert text_units(texts, unit="interview").to_numpy().tolist() == [["j", 1, 3]]

    def test_an_unknown_unit_is_refused(self):
        with pytest.raises(ValueError, match="unit: expected one of interview, paragraph; found 'line'"):
            text_units(pd.DataFrame({"source": ["i"], "text": ["x"]}), unit="line")


class TestRatings:
    """From codings to ratings of units."""

    texts = pd.DataFrame({"source": ["i", "j"], "text": ["Een.\nTwee.", "Drie."]})
    rows = spans(("i", 0, 3, "c", "A"), ("i", 5, 8, "c", "A"), ("i", 1, 4, "c", "B"), ("j", 0, 3, "c", "A"))

    def test_only_interviews_of_two_coders_count(self):
        choices = {"unit": "paragraph", "coders": ["A", "B"], "uncoded": "as_category"}
        rated = ratings_by_code(self.rows, self.texts, **choices)["c"]
        assert rated.index.get_level_values("source").unique().tolist() == ["i"]
        assert rated.to_numpy().tolist() == [[1, 1], [1, 0]]

    def test_characters_equal_a_count_by_hand(self):
        choices = {"unit": "character", "coders": ["A", "B"], "uncoded": "as_category"}
        rated = ratings_by_code(self.rows, self.texts, **choices)["c"]
        weights = run_lengths(rated)
        same = percent_agreement(rated, categories=[0, 1], weights=weights)
        assert same == pytest.approx(1 - 5 / 10)  # 0, 3, 5, 6 and 7 of ten characters differ

    def test_no_double_coding_is_said(self):
        choices = {"unit": "paragraph", "coders": ["A", "C"], "uncoded": "as_category"}
        with pytest.raises(ValueError, match="expected an interview coded by two of A, C; found none"):
            ratings_by_code(self.rows, self.texts, **choices)


def test_tables_fit_the_agreement_of_coders():
    found = read_interviews(POINTS)
    choices = {"code": "vertrouwen", "coders": ["Anna", "Zoë"], "assigned": None, "uncoded": "as_category"}
    ratings = character_ratings(found.segments, found.sources, **choices)
    assert cohen_kappa(ratings, categories=[0, 1], weights=run_lengths(ratings)) == 1
