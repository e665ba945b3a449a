"""Weighted figures beside unweighted ones: those of PSPP, and what weights cannot be."""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopbaanchecks.weighting import weighted_rows
from surveyfiles import read_survey

REFERENCE = Path(__file__).parents[1] / "reference" / "weighting.py"
spec = importlib.util.spec_from_file_location("weighting_reference", REFERENCE)
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)

TEN_DIGITS = 5e-11
WORDS = "nooit;bijna nooit;soms;bijna altijd;altijd"
BOOK = pd.DataFrame({"variable": reference.ITEMS, "type": "scale", "options": "1;2;3;4;5"}).assign(
    options_nl=WORDS, options_en=WORDS, label_nl="", label_en=""
)
MAPPING = "file_variable,variable,missing,recode\n*,,-99\nother_*,,,reverse\n"


def read(folder):
    (folder / "m.csv").write_text(MAPPING)
    return read_survey(reference.HERE / "weighting.sav", codebook=BOOK, mapping=folder / "m.csv")


def test_the_item_table_of_a_weighted_relabelled_partly_missing_file_is_that_of_pspp(tmp_path):
    survey = read(tmp_path)
    assert survey.report.weight == reference.WEIGHT and survey.report.weighted_in_file
    rows = pd.DataFrame({"item": reference.ITEMS})
    found = rows.join(weighted_rows(rows, survey.responses, survey.weights, ddof=1)).set_index("item")
    expected = reference.read_reference()
    for kind in ("weighted", "unweighted"):
        for item, row in expected.loc[kind].iterrows():
            assert found.loc[item, f"mean_{kind}"] == pytest.approx(row["mean"], abs=TEN_DIGITS)
            assert found.loc[item, f"sd_{kind}"] == pytest.approx(row["sd"], abs=TEN_DIGITS)
    assert found["n"].tolist() == expected.loc["unweighted", "n"].tolist()
    assert found["weight_sum"].tolist() == pytest.approx(expected.loc["weighted", "n"].tolist(), abs=0.01)
    assert (found["n"] + found["n_missing"] == 147).all()  # three have no weight above zero


def test_pspp_on_this_machine_gives_the_committed_numbers(pspp, tmp_path):
    now = pd.DataFrame(reference.recompute(tmp_path), columns=["kind", "item", "n", "mean", "sd"])
    now = now.set_index(["kind", "item"]).astype(float)
    assert ((now - reference.read_reference()).abs() < TEN_DIGITS).all(axis=None)


answers = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 4)), min_size=1, max_size=12)


@given(answers)
def test_whole_weights_are_numbers_of_people(pairs):
    values, weights = zip(*pairs, strict=True)
    frame, rows = pd.DataFrame({"a": values}), pd.DataFrame({"item": ["a"]})
    (found,) = weighted_rows(rows, frame, pd.Series(weights, dtype=float), ddof=1).itertuples()
    people = pd.Series([v for v, w in pairs for _ in range(w)], dtype=float)
    assert found.n == sum(w > 0 for w in weights)
    assert found.mean_weighted == pytest.approx(people.mean(), nan_ok=True)
    assert found.sd_weighted == pytest.approx(people.std(ddof=1), nan_ok=True)
    assert found.n_effective <= found.n + 1e-9


def test_what_is_not_there_is_empty_and_what_cannot_be_is_refused():
    frame, rows = pd.DataFrame({"a": [1.0, None]}), pd.DataFrame({"item": ["a", "absent"]})
    found = weighted_rows(rows, frame, pd.Series([2.0, 1.0]), ddof=1)
    assert found["n"].tolist() == [1, 0]
    assert found["mean_weighted"].isna().tolist() == [False, True]
    for weights in (pd.Series([1.0]), pd.Series([1.0, -1.0])):
        with pytest.raises(
            ValueError, match="weights: expected a number of zero or more for every respondent"
        ):
            weighted_rows(rows, frame, weights, ddof=1)
    with pytest.raises(ValueError, match="ddof: expected one of 0, 1; found 2"):
        weighted_rows(rows, frame, pd.Series([1.0, 1.0]), ddof=2)
