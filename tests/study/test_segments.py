"""The decision table: complete, without overlap, as the definitions say; and every refusal."""

import itertools

import pandas as pd
import pytest

from loopbaanchecks.paths import DATA
from loopbaanchecks.pilots import (
    CONDITIONS,
    check_decision_table,
    classify,
)

TABLE = pd.read_csv(DATA / "tno_2007" / "segments.csv", dtype=str, keep_default_na=False)
EVERYONE = pd.DataFrame(list(itertools.product([False, True], repeat=5)), columns=list(CONDITIONS))


class TestSegments:
    def test_the_table_says_what_the_definitions_say(self):
        found = classify(EVERYONE, TABLE)
        for row, segment in zip(EVERYONE.itertuples(), found, strict=True):
            if row.must_leave:
                wanted = "self_steering" if row.self_steering else "moeter"
            elif not row.satisfied and row.considering and not row.acting:
                wanted = "willer"
            else:
                wanted = "self_steering" if row.self_steering else "other"
            assert segment == wanted

    def test_workers_keep_their_index(self):
        some = EVERYONE.sample(12, random_state=1)
        assert classify(some, TABLE).equals(classify(EVERYONE, TABLE).loc[some.index])
        assert classify(some.iloc[:0], TABLE).empty
        assert classify(some.astype("boolean"), TABLE).equals(classify(some, TABLE))

    @pytest.mark.parametrize("rule", range(len(TABLE)))
    def test_without_a_rule_the_table_is_incomplete_and_twice_it_overlaps(self, rule):
        with pytest.raises(ValueError, match="satisfied=.*expected exactly one rule; found 0"):
            check_decision_table(TABLE.drop(index=rule))
        with pytest.raises(ValueError, match="expected exactly one rule; found 2"):
            classify(EVERYONE, pd.concat([TABLE, TABLE.iloc[[rule]]], ignore_index=True))

    @pytest.mark.parametrize("condition", CONDITIONS)
    def test_a_wildcard_too_many_overlaps(self, condition):
        row = TABLE.index[TABLE[condition] != "-"][0]
        wider = TABLE.copy()
        wider.loc[row, condition] = "-"
        with pytest.raises(ValueError, match="expected exactly one rule; found 2"):
            check_decision_table(wider)

    def test_unknown_words_and_columns_are_refused(self):
        with pytest.raises(ValueError, match="expected columns satisfied.*not found: acting"):
            check_decision_table(TABLE.drop(columns="acting"))
        odd = TABLE.copy()
        odd.loc[2, "acting"] = "ja"
        with pytest.raises(ValueError, match="acting, row 2: expected one of yes, no, -; found 'ja'"):
            check_decision_table(odd)
        with pytest.raises(ValueError, match="segment, row 0: expected one of willer.*found 'boss'"):
            check_decision_table(TABLE.replace({"segment": {"moeter": "boss"}}))

    def test_workers_with_gaps_words_or_too_few_columns_are_refused(self):
        with pytest.raises(ValueError, match="workers: expected columns satisfied.*not found: self_steering"):
            classify(EVERYONE.drop(columns="self_steering"), TABLE)
        gap = EVERYONE.astype("boolean")
        gap.loc[3, "acting"] = pd.NA
        with pytest.raises(ValueError, match="column acting, row 3: expected true or false; found a gap"):
            classify(gap, TABLE)
        with pytest.raises(ValueError, match="column satisfied: expected true or false; found int"):
            classify(EVERYONE.astype(int), TABLE)
