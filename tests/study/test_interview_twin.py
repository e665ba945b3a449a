"""Coded interviews that do not exist hold every published finding, and nothing else."""

import numpy as np
import pandas as pd
import pytest

import codedtexts
from loopbaanchecks.findings import finding_grid
from loopbaanchecks.study import Study
from loopbaanchecks.twins.interviews import simulated_interviews

SIZES = {"employee": 9, "employer": 9, "professional": 10}


@pytest.fixture(scope="module")
def study():
    return Study()


@pytest.fixture(scope="module")
def simulated(study):
    choices = {"coders": ["first", "second"], "both": 12, "repeated": 0.8, "filler": "(niemand zei dit) "}
    rng = np.random.default_rng(4)
    return simulated_interviews(study.findings, SIZES, **choices, rng=rng)


class TestSimulated:
    """Coded interviews that do not exist."""

    def test_they_hold_every_published_cell_and_no_other(self, study, simulated):
        segments, codes, sources = simulated
        assert sources["group"].value_counts().to_dict() == SIZES
        assert set(segments["code"]) == set(study.findings["id"])
        counts = codedtexts.code_counts(codedtexts.roll_up(segments, codes), sources, by="group")
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
            return simulated_interviews(study.findings, SIZES, **choices, rng=np.random.default_rng(7))

        pd.testing.assert_frame_equal(drawn(0.5)[0], drawn(0.5)[0])
        kappas = []
        for repeated in (0.2, 0.9):
            segments, codes, sources = drawn(repeated)
            choices = {"unit": "paragraph", "coders": ["A", "B"], "uncoded": "as_category"}
            rated = codedtexts.ratings_by_code(codedtexts.roll_up(segments, codes), sources, **choices)
            together = pd.concat(rated.values())
            kappas.append(codedtexts.cohen_kappa(together, categories=[0, 1]))
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
            simulated_interviews(study.findings, **wishes, rng=np.random.default_rng(1))
