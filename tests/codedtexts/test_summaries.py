"""Summaries of coded interviews, against brute force and other software."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codedtexts import co_occurrence, code_counts, roll_up, saturation

REFERENCE = Path(__file__).parents[1] / "reference"


def spans(*rows, columns=("source", "start", "end", "code", "coder")):
    """Segments from tuples; the coder may be left out."""
    return pd.DataFrame([(*row, "A")[: len(columns)] for row in rows], columns=list(columns))


def interviews(*names):
    return pd.DataFrame({"source": names})


class TestRollUp:
    """Codes replaced by their uppermost parent."""

    codes = pd.DataFrame({"id": [*"123"], "code": ["top", "mid", "low"], "parent": ["", "1", "2"]})

    def test_grandchildren_become_their_grandparent_once(self):
        rolled = roll_up(spans(("i", 0, 3, "low"), ("i", 0, 3, "mid"), ("j", 0, 3, "top")), self.codes)
        assert rolled[["source", "code"]].to_numpy().tolist() == [["i", "top"], ["j", "top"]]

    def test_a_missing_parent_counts_as_none(self):
        codes = self.codes.assign(parent=[None, "1", "2"])
        assert roll_up(spans(("i", 0, 3, "low")), codes)["code"].tolist() == ["top"]

    @pytest.mark.parametrize(
        ("parents", "problem"), [(["3", "1", "2"], "a circle of parents"), (["x", "", ""], "code 'x'")]
    )
    def test_circles_and_unknown_parents_are_refused(self, parents, problem):
        with pytest.raises(ValueError, match=problem):
            roll_up(spans(("i", 0, 3, "top")), self.codes.assign(parent=parents))


class TestCodeCounts:
    """Segments and interviews per code and group."""

    people = pd.DataFrame({"source": ["i", "j", "k"], "group": ["g", "g", "h"]})

    def test_segments_and_interviews_are_counted_apart(self):
        segments = spans(("i", 0, 2, "c"), ("i", 5, 8, "c"), ("j", 0, 2, "c"), ("k", 0, 2, "d"))
        counts = code_counts(segments, self.people, by="group").set_index(["code", "group"])
        assert counts.loc[("c", "g")].tolist() == [3, 2, 2]
        assert counts.loc[("c", "h")].tolist() == [0, 0, 1]

    def test_two_coders_on_one_span_make_one_segment(self):
        segments = spans(("i", 0, 2, "c", "A"), ("i", 0, 2, "c", "B"))
        assert code_counts(segments, self.people, by="group")["segments"].sum() == 1

    def test_an_unknown_source_is_named(self):
        with pytest.raises(ValueError, match="segments: expected a known source; found 'z'"):
            code_counts(spans(("z", 0, 2, "c")), self.people, by="group")


SPAN = st.tuples(st.sampled_from("ij"), st.integers(0, 8), st.integers(1, 5), st.sampled_from("abc")).map(
    lambda span: (span[0], span[1], span[1] + span[2], span[3])
)


class TestCoOccurrence:
    """Codes that go together."""

    @given(st.lists(SPAN, min_size=2, max_size=12))
    def test_overlap_equals_the_count_over_characters(self, rows):
        shown = co_occurrence(spans(*rows), within="overlap").set_index(["first", "second"])
        on = {(s, code): set() for s, *_, code in rows}
        for s, start, end, code in rows:
            on[s, code] |= set(range(start, end))
        for first, second in itertools.combinations(sorted({code for *_, code in rows}), 2):
            both = sum(bool(on.get((s, first), set()) & on.get((s, second), set())) for s in "ij")
            either = sum((s, first) in on or (s, second) in on for s in "ij")
            assert shown.loc[(first, second), ["interviews", "interviews_either"]].tolist() == [both, either]

    def test_touching_spans_do_not_overlap_but_share_an_interview(self):
        touching = spans(("i", 0, 4, "a"), ("i", 4, 8, "b"))
        assert co_occurrence(touching, within="overlap")["interviews"].item() == 0
        assert co_occurrence(touching, within="interview")["interviews"].item() == 1

    def test_a_segment_without_a_position_overlaps_with_nothing(self):
        rows = spans(("i", 0, 4, "a"), ("i", 0, 4, "b")).astype({"start": "Int64", "end": "Int64"})
        rows.loc[1, ["start", "end"]] = pd.NA
        assert co_occurrence(rows, within="overlap")["interviews"].item() == 0
        assert co_occurrence(rows, within="interview")["interviews"].item() == 1

    def test_an_unknown_choice_is_refused(self):
        with pytest.raises(ValueError, match="within: expected one of overlap, interview; found 'page'"):
            co_occurrence(spans(("i", 0, 4, "a")), within="page")


class TestSaturation:
    """New codes per interview."""

    choices = {"orders": 50, "confidence": 0.9}  # noqa: RUF012

    def curve(self, segments, sources, seed=1):
        return saturation(segments, sources, **self.choices, rng=np.random.default_rng(seed))

    def test_expected_equals_vegan(self):
        has = ["110000", "101000", "111000", "000000", "100110", "110010", "010000", "101001", "110000"]
        has[4], has[5] = "100100", "110110"
        rows = [(f"i{i}", 0, 1, f"c{j}") for i, row in enumerate(has) for j, x in enumerate(row) if x == "1"]
        found = self.curve(spans(*rows), interviews(*(f"i{i}" for i in range(len(has)))))
        reference = pd.read_csv(REFERENCE / "saturation.csv")
        assert found["interviews"].tolist() == reference["interviews"].tolist()
        np.testing.assert_allclose(found["expected"], reference["expected"], atol=1e-9)

    @given(st.lists(SPAN, min_size=1, max_size=10))
    def test_expected_is_the_mean_over_all_orders(self, rows):
        names = ["i", "j", "empty"]
        codes = {name: {code for s, *_, code in rows if s == name} for name in names}
        orders = list(itertools.permutations(names))
        means = [np.mean([len(set().union(*(codes[n] for n in o[:k]))) for o in orders]) for k in (1, 2, 3)]
        found = self.curve(spans(*rows), interviews(*names))
        np.testing.assert_allclose(found["expected"], means, atol=1e-12)
        np.testing.assert_allclose(found["new"].cumsum(), means, atol=1e-12)

    def test_as_held_follows_the_order_of_the_sources(self):
        rows = spans(("i", 0, 1, "a"), ("j", 0, 1, "a"), ("j", 0, 1, "b"))
        assert self.curve(rows, interviews("i", "j"))["as_held"].tolist() == [1, 2]
        assert self.curve(rows, interviews("j", "i"))["as_held"].tolist() == [2, 2]

    def test_the_band_holds_the_mean_and_ends_at_all_codes(self):
        rng, names = np.random.default_rng(4), [f"i{number}" for number in range(28)]
        having = {f"c{j}": rng.choice(names, rng.integers(1, 10), replace=False) for j in range(65)}
        segments = spans(*((name, 0, 1, code) for code, some in having.items() for name in some))
        sources = interviews(*names)
        found = self.curve(segments, sources)
        assert ((found["low"] <= found["expected"]) & (found["expected"] <= found["high"])).all()
        assert found.iloc[-1][["low", "high", "expected"]].tolist() == [segments["code"].nunique()] * 3
        assert found.equals(self.curve(segments, sources))

    def test_bad_input_is_named(self):
        rows = spans(("i", 0, 1, "a"))
        with pytest.raises(ValueError, match="sources: expected one interview or more; found none"):
            self.curve(rows, interviews())
        with pytest.raises(ValueError, match="segments: expected a known source; found 'i'"):
            self.curve(rows, interviews("j"))
        with pytest.raises(ValueError, match="orders: expected whole numbers of at least 1; found 0"):
            saturation(rows, interviews("i"), orders=0, confidence=0.9, rng=np.random.default_rng(1))
