"""Summaries of coded interviews, against brute force, other software and the published counts."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codedtexts import agreement
from codedtexts import summaries as coding
from loopbaanchecks.findings import finding_grid, joint_display
from loopbaanchecks.study import Study
from loopbaanchecks.twins import interviews as interviewtwin

REFERENCE = Path(__file__).parents[1] / "reference"
SIZES = {"employee": 9, "employer": 9, "professional": 10}


def spans(*rows, columns=("source", "start", "end", "code", "coder")):
    """Segments from tuples; the coder may be left out."""
    return pd.DataFrame([(*row, "A")[: len(columns)] for row in rows], columns=list(columns))


def interviews(*names):
    return pd.DataFrame({"source": names})


@pytest.fixture(scope="module")
def study():
    return Study()


@pytest.fixture(scope="module")
def simulated(study):
    choices = {"coders": ["first", "second"], "both": 12, "repeated": 0.8, "filler": "(niemand zei dit) "}
    rng = np.random.default_rng(4)
    return interviewtwin.simulated_interviews(study.findings, SIZES, **choices, rng=rng)


class TestFindingGrid:
    """Published findings per variable and group."""

    def test_fifteen_of_twenty_four_cells_hold_a_finding_and_all_were_asked(self, study):
        grid = finding_grid(study.findings, study.topics)
        assert len(grid) == 24
        assert (grid["cell"] == "reported").sum() == 15
        assert grid["asked"].all() and set(grid["cell"]) == {"reported", "not_reported"}

    def test_a_finding_of_two_groups_counts_in_both(self, study):
        grid = finding_grid(study.findings, study.topics)
        groups = study.findings["groups"].str.count(";") + 1
        assert grid["findings"].sum() == groups.sum() > len(study.findings)

    def test_a_group_that_was_not_asked_is_told_apart(self):
        findings = pd.DataFrame({"id": ["f"], "variable": ["skills"], "groups": ["a"]})
        topics = pd.DataFrame({"group": ["a", "b"], "variable": ["skills", "attitude"]})
        cells = finding_grid(findings, topics).set_index("group")["cell"]
        assert cells.to_dict() == {"a": "reported", "b": "not_asked"}

    def test_a_finding_without_any_part_of_a_group_is_refused(self, study):
        with pytest.raises(ValueError, match=r"findings: expected groups employee, .*; found neighbour"):
            finding_grid(study.findings.assign(groups="neighbour"), study.topics)

    def test_an_absent_column_is_named(self, study):
        with pytest.raises(ValueError, match="topics: expected columns group, variable; not found: group"):
            finding_grid(study.findings, study.topics.drop(columns="group"))


class TestJointDisplay:
    """Survey and interviews side by side."""

    def test_every_variable_has_its_scales_and_findings(self, study):
        scales = study.items[study.items["kind"] == "scale"]
        means = scales.assign(value=scales["mean"].str.replace(",", ".").astype(float))
        shown = joint_display(study.joint, study.findings, means).set_index("variable")
        assert (shown[["helps", "hinders", "neutral"]].sum(axis=1) == shown["findings_n"]).all()
        assert shown.loc["barriers", "n_scales"] == 0 and np.isnan(shown.loc["barriers", "scale_low"])
        named = study.joint.set_index("variable").loc["behaviour", "scales"].split(";")
        values = means.set_index("item").loc[named, "value"]
        assert tuple(shown.loc["behaviour", ["scale_low", "scale_high"]]) == (values.min(), values.max())

    @pytest.mark.parametrize(("column", "what"), [("scales", "scale"), ("findings", "finding")])
    def test_an_unknown_scale_or_finding_is_named(self, study, column, what):
        means = pd.DataFrame({"item": study.scales["scale"].unique(), "value": 3.0})
        joint = study.joint.assign(**{column: "nobody"})
        with pytest.raises(ValueError, match=f"joint, external: expected a known {what}; found 'nobody'"):
            joint_display(joint, study.findings, means)


class TestRollUp:
    """Codes replaced by their uppermost parent."""

    codes = pd.DataFrame({"id": [*"123"], "code": ["top", "mid", "low"], "parent": ["", "1", "2"]})

    def test_grandchildren_become_their_grandparent_once(self):
        rolled = coding.roll_up(spans(("i", 0, 3, "low"), ("i", 0, 3, "mid"), ("j", 0, 3, "top")), self.codes)
        assert rolled[["source", "code"]].to_numpy().tolist() == [["i", "top"], ["j", "top"]]

    def test_a_missing_parent_counts_as_none(self):
        codes = self.codes.assign(parent=[None, "1", "2"])
        assert coding.roll_up(spans(("i", 0, 3, "low")), codes)["code"].tolist() == ["top"]

    @pytest.mark.parametrize(
        ("parents", "problem"), [(["3", "1", "2"], "a circle of parents"), (["x", "", ""], "code 'x'")]
    )
    def test_circles_and_unknown_parents_are_refused(self, parents, problem):
        with pytest.raises(ValueError, match=problem):
            coding.roll_up(spans(("i", 0, 3, "top")), self.codes.assign(parent=parents))


class TestCodeCounts:
    """Segments and interviews per code and group."""

    people = pd.DataFrame({"source": ["i", "j", "k"], "group": ["g", "g", "h"]})

    def test_segments_and_interviews_are_counted_apart(self):
        segments = spans(("i", 0, 2, "c"), ("i", 5, 8, "c"), ("j", 0, 2, "c"), ("k", 0, 2, "d"))
        counts = coding.code_counts(segments, self.people, by="group").set_index(["code", "group"])
        assert counts.loc[("c", "g")].tolist() == [3, 2, 2]
        assert counts.loc[("c", "h")].tolist() == [0, 0, 1]

    def test_two_coders_on_one_span_make_one_segment(self):
        segments = spans(("i", 0, 2, "c", "A"), ("i", 0, 2, "c", "B"))
        assert coding.code_counts(segments, self.people, by="group")["segments"].sum() == 1

    def test_an_unknown_source_is_named(self):
        with pytest.raises(ValueError, match="segments: expected a known source; found 'z'"):
            coding.code_counts(spans(("z", 0, 2, "c")), self.people, by="group")


SPAN = st.tuples(st.sampled_from("ij"), st.integers(0, 8), st.integers(1, 5), st.sampled_from("abc")).map(
    lambda span: (span[0], span[1], span[1] + span[2], span[3])
)


class TestCoOccurrence:
    """Codes that go together."""

    @given(st.lists(SPAN, min_size=2, max_size=12))
    def test_overlap_equals_the_count_over_characters(self, rows):
        shown = coding.co_occurrence(spans(*rows), within="overlap").set_index(["first", "second"])
        on = {(s, code): set() for s, *_, code in rows}
        for s, start, end, code in rows:
            on[s, code] |= set(range(start, end))
        for first, second in itertools.combinations(sorted({code for *_, code in rows}), 2):
            both = sum(bool(on.get((s, first), set()) & on.get((s, second), set())) for s in "ij")
            either = sum((s, first) in on or (s, second) in on for s in "ij")
            assert shown.loc[(first, second), ["interviews", "interviews_either"]].tolist() == [both, either]

    def test_touching_spans_do_not_overlap_but_share_an_interview(self):
        touching = spans(("i", 0, 4, "a"), ("i", 4, 8, "b"))
        assert coding.co_occurrence(touching, within="overlap")["interviews"].item() == 0
        assert coding.co_occurrence(touching, within="interview")["interviews"].item() == 1

    def test_a_segment_without_a_position_overlaps_with_nothing(self):
        rows = spans(("i", 0, 4, "a"), ("i", 0, 4, "b")).astype({"start": "Int64", "end": "Int64"})
        rows.loc[1, ["start", "end"]] = pd.NA
        assert coding.co_occurrence(rows, within="overlap")["interviews"].item() == 0
        assert coding.co_occurrence(rows, within="interview")["interviews"].item() == 1

    def test_an_unknown_choice_is_refused(self):
        with pytest.raises(ValueError, match="within: expected one of overlap, interview; found 'page'"):
            coding.co_occurrence(spans(("i", 0, 4, "a")), within="page")


class TestSaturation:
    """New codes per interview."""

    choices = {"orders": 50, "confidence": 0.9}  # noqa: RUF012

    def curve(self, segments, sources, seed=1):
        return coding.saturation(segments, sources, **self.choices, rng=np.random.default_rng(seed))

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

    def test_the_band_holds_the_mean_and_ends_at_all_codes(self, simulated):
        segments, _, sources = simulated
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
            coding.saturation(rows, interviews("i"), orders=0, confidence=0.9, rng=np.random.default_rng(1))


class TestUnits:
    """What coders are compared on."""

    @given(st.text(alphabet="aé🙂 \n\r\t", max_size=40))
    def test_paragraphs_hold_every_visible_character_once(self, text):
        texts = pd.DataFrame({"source": ["i"], "text": [text]})
        parts = [text[s:e] for _, s, e in coding.text_units(texts, unit="paragraph").to_numpy()]
        assert "".join("".join(parts).split()) == "".join(text.split())
        assert all(part == part.strip() and "\n" not in part for part in parts)

    def test_an_empty_interview_has_no_unit(self):
        texts = pd.DataFrame({"source": ["i", "j"], "text": ["  ", " Ja\n"]})
        assert coding.text_units(texts, unit="interview").to_numpy().tolist() == [["j", 1, 3]]

    def test_an_unknown_unit_is_refused(self):
        with pytest.raises(ValueError, match="unit: expected one of interview, paragraph; found 'line'"):
            coding.text_units(pd.DataFrame({"source": ["i"], "text": ["x"]}), unit="line")


class TestRatings:
    """From codings to ratings of units."""

    texts = pd.DataFrame({"source": ["i", "j"], "text": ["Een.\nTwee.", "Drie."]})
    rows = spans(("i", 0, 3, "c", "A"), ("i", 5, 8, "c", "A"), ("i", 1, 4, "c", "B"), ("j", 0, 3, "c", "A"))

    def test_only_interviews_of_two_coders_count(self):
        choices = {"unit": "paragraph", "coders": ["A", "B"], "uncoded": "as_category"}
        rated = coding.ratings_by_code(self.rows, self.texts, **choices)["c"]
        assert rated.index.get_level_values("source").unique().tolist() == ["i"]
        assert rated.to_numpy().tolist() == [[1, 1], [1, 0]]

    def test_characters_equal_a_count_by_hand(self):
        choices = {"unit": "character", "coders": ["A", "B"], "uncoded": "as_category"}
        rated = coding.ratings_by_code(self.rows, self.texts, **choices)["c"]
        weights = agreement.run_lengths(rated)
        same = agreement.percent_agreement(rated, categories=[0, 1], weights=weights)
        assert same == pytest.approx(1 - 5 / 10)  # 0, 3, 5, 6 and 7 of ten characters differ

    def test_no_double_coding_is_said(self):
        choices = {"unit": "paragraph", "coders": ["A", "C"], "uncoded": "as_category"}
        with pytest.raises(ValueError, match="expected an interview coded by two of A, C; found none"):
            coding.ratings_by_code(self.rows, self.texts, **choices)


class TestSimulated:
    """Coded interviews that do not exist."""

    def test_they_hold_every_published_cell_and_no_other(self, study, simulated):
        segments, codes, sources = simulated
        assert sources["group"].value_counts().to_dict() == SIZES
        assert set(segments["code"]) == set(study.findings["id"])
        counts = coding.code_counts(coding.roll_up(segments, codes), sources, by="group")
        grid = finding_grid(study.findings, study.topics)
        filled = set(grid.loc[grid["findings"] > 0, ["variable", "group"]].itertuples(index=False, name=None))
        coded = counts[counts["interviews"] > 0]
        assert set(coded[["code", "group"]].itertuples(index=False, name=None)) == filled

    def test_segments_are_their_text_and_the_second_coder_codes_twelve(self, simulated):
        segments, _, sources = simulated
        texts = sources.set_index("source")["text"]
        for row in segments.itertuples():
            assert row.text == texts[row.source][row.start : row.end] != ""
        assert segments.loc[segments["coder"] == "second", "source"].nunique() <= 12
        assert segments.loc[segments["coder"] == "first", "source"].nunique() == sum(SIZES.values())

    def test_the_same_seed_draws_the_same_and_repeated_moves_agreement(self, study):
        def drawn(repeated):
            choices = {"coders": ["A", "B"], "both": 12, "repeated": repeated, "filler": "(leeg) "}
            return interviewtwin.simulated_interviews(
                study.findings, SIZES, **choices, rng=np.random.default_rng(7)
            )

        pd.testing.assert_frame_equal(drawn(0.5)[0], drawn(0.5)[0])
        kappas = []
        for repeated in (0.2, 0.9):
            segments, codes, sources = drawn(repeated)
            choices = {"unit": "paragraph", "coders": ["A", "B"], "uncoded": "as_category"}
            rated = coding.ratings_by_code(coding.roll_up(segments, codes), sources, **choices)
            together = pd.concat(rated.values())
            kappas.append(agreement.cohen_kappa(together, categories=[0, 1]))
        assert kappas[0] + 0.2 < kappas[1] < 1

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"both": 29}, "both: expected whole numbers of at least 0, at most the population of 28"),
            ({"repeated": 1.5}, "repeated: expected a share from 0 to 1; found 1.5"),
            ({"coders": ["A", "A"]}, "coders: expected two different names"),
            (
                {"sizes": {"employee": 9}, "both": 2},
                "findings: expected groups employee; found employer, professional",
            ),
            ({"sizes": {"employee": 0}}, "sizes: expected whole numbers of at least 1"),
        ],
    )
    def test_impossible_wishes_are_refused(self, study, change, message):
        wishes = {"sizes": SIZES, "coders": ["A", "B"], "both": 12, "repeated": 0.8, "filler": "x "} | change
        with pytest.raises(ValueError, match=message):
            interviewtwin.simulated_interviews(study.findings, **wishes, rng=np.random.default_rng(1))
