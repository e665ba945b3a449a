"""data/tno_2007 is what it says: complete, ordered, in agreement with itself, in own words."""

import csv
import re

import pandas as pd
import pytest

from loopbaanchecks.paths import DATA
from loopbaanchecks.pilots import (
    AMOUNTS,
    PROBABILITIES,
    SEGMENTS,
    STEPS,
    check_decision_table,
)

FOLDER = DATA / "tno_2007"
FILES = ["contract", "factors", "modules", "parameters", "requirements", "segments", "targets"]
WORDS = {
    "eén": 1,
    "twee": 2,
    "drie": 3,
    "vier": 4,
    "zeven": 7,
    "tweemaal": 2,
    "driemaal": 3,
    "half": 6,
    "2de": 2,
}
MONTHS_IN_WEEKS = 365.25 / 12 / 7


def read(name):
    return pd.read_csv(FOLDER / f"{name}.csv", dtype=str, keep_default_na=False)


TARGETS = read("targets").set_index("id")
PARAMETERS = read("parameters").set_index("name")
ENDS = PARAMETERS[["low", "value", "high"]].astype(float)


def numbers(printed):
    """The numbers in a printed text, in figures or in words."""
    found = [WORDS.get(word, word) for word in re.findall(r"[\wé]+", printed.lower())]
    return [float(word) for word in found if isinstance(word, int) or word.isdigit()]


def target(name):
    return tuple(float(TARGETS.loc[name, end]) for end in ("low", "high"))


def test_these_files_and_no_others():
    ledger = ["claims", "sections"]  # held to account by test_tno_claims
    own = ["candidates"]  # not from the document; held to account by test_candidates
    assert sorted(path.stem for path in FOLDER.glob("*.csv")) == sorted(FILES + ledger + own)


@pytest.mark.parametrize("name", FILES)
def test_every_row_says_where_it_is_from(name):
    rows = read(name)
    assert set(rows["document"]) == {"tno_2007"}
    assert rows["section"].str.fullmatch(r"[1-5](\.\d)?").all()
    assert "note" in rows
    key = rows.columns[0]
    assert rows[key].is_unique and rows[key].ne("").all()


@pytest.mark.parametrize("name", FILES)
def test_labels_are_too_short_to_be_a_sentence_of_the_source(name):
    """Fewer than eight words cannot hold a run of eight."""
    rows = read(name)
    labels = [column for column in rows if column.endswith(("_nl", "_en"))]
    assert labels
    for column in labels:
        assert rows[column].ne("").all(), column
        long = rows.loc[rows[column].str.count(r"[^\W_]+(?:['’-][^\W_]+)*") > 7, column]
        assert long.empty, long.tolist()


@pytest.mark.parametrize("name", FILES)
def test_every_line_has_as_many_cells_as_the_heading(name):
    with (FOLDER / f"{name}.csv").open(encoding="utf8", newline="") as file:
        assert len({len(row) for row in csv.reader(file)}) == 1


@pytest.mark.parametrize("name", TARGETS.index)
def test_what_is_printed_is_in_the_range(name):
    row = TARGETS.loc[name]
    ends = [float(row[end]) for end in ("low", "high") if row[end]]
    assert ends == sorted(ends)
    if name == "enrolled_expected":
        assert ends == [2 * end for end in target("enrolled_realised")]
    elif ends:
        assert set(numbers(row["printed"])) == set(ends)
    else:
        assert name in {"candidates_seen", "start_planned"}


def test_plan_with_and_without_extra_pilots_is_the_same_per_centre():
    plans = [("candidates_planned", "centres_planned"), ("candidates_extended", "centres_extended")]
    shares = [[end / target(centres)[0] for end in target(persons)] for persons, centres in plans]
    assert shares == [[20, 30], [20, 30]]


def test_the_two_start_rounds_are_all_centres_of_the_model():
    rounds = [target(name)[0] for name in ("centres_first", "centres_second")]
    delays = PARAMETERS.index.str.startswith("delay_weeks_").sum()
    assert sum(rounds) == target("centres_realised")[0] == delays


def test_nine_sheets_where_the_contract_counts_eight():
    modules = read("modules")
    assert modules["sheet"].tolist() == [str(number) for number in range(1, 10)]
    assert len(modules) == target("products_sheets")[0] == target("products_modules")[0] + 1
    assert {word for text in modules["reaches"] for word in text.split(";") if word} <= set(SEGMENTS)
    assert set(modules["area"]) == {"candidate", "organisation"}


def test_the_contract_agrees_with_the_rest():
    contract = read("contract").set_index("id")
    chosen = contract.loc[contract["part"] == "module", "module"]
    assert len(chosen) == target("modules_chosen")[0] and chosen.isin(read("modules")["id"]).all()
    assert contract.loc[contract["part"] != "module", "module"].eq("").all()
    for here, there in [
        ("hours_adviser", "advice_hours"),
        ("hours_centre", "centre_hours"),
        ("context_modules", "products_modules"),
        ("context_branches", "branches"),
        ("context_pilots", "centres_realised"),
    ]:
        assert set(numbers(contract.loc[here, "printed"])) == set(target(there))
    reached = read("modules").set_index("id").loc[chosen, "reaches"].str.split(";").explode().value_counts()
    for segment in SEGMENTS:
        assert ENDS.loc[f"modules_{segment}", "value"] == reached.get(segment, 0)


def test_eight_factors_and_the_four_steps_of_the_model():
    factors = read("factors")
    kinds = factors.groupby("kind")["position"].apply(list)
    assert kinds["factor"] == list("12345678") and kinds["step"] == list("1234")
    assert len(kinds["factor"]) == target("personal_factors")[0]
    assert tuple(factors.loc[factors["kind"] == "step", "id"]) == STEPS[:4]


def test_the_decision_table_is_complete_and_free_of_overlap():
    table = read("segments")
    assert check_decision_table(table) is None
    assert set(table["segment"]) == set(SEGMENTS)
    assert table.groupby("segment")["label_nl"].nunique().eq(1).all()


def test_parameters_are_ordered_and_those_the_model_asks_for():
    assert (ENDS["low"] <= ENDS["value"]).all() and (ENDS["value"] <= ENDS["high"]).all()
    flow = {*PROBABILITIES, *AMOUNTS, *(f"delay_weeks_{centre}" for centre in range(1, 5))}
    rest = {"advice_hours_per_centre", "waves", "attrition", "correlation", "change_sd", "alpha", "power"}
    assert set(PARAMETERS.index) == flow | rest
    shares = ENDS.loc[[f"share_{segment}" for segment in SEGMENTS[:-1]]].sum()
    assert (shares <= 1 + 1e-9).all()


def test_units_are_what_the_names_say():
    for unit in ("persons", "weeks", "hours_per_week"):
        assert set(PARAMETERS.loc[PARAMETERS.index.str.endswith(unit), "unit"]) <= {unit}
        assert PARAMETERS["unit"].eq(unit).any()


@pytest.mark.parametrize("name", PARAMETERS.index)
def test_every_basis_has_its_source(name):
    row = PARAMETERS.loc[name]
    for source in row["source"].split(";"):
        file, _, key = source.partition(":")
        if source == "own":
            assert row["basis"] == "assumed"
        elif key:
            assert key in set(read(file).iloc[:, 0])
        else:
            assert file in FILES
    if row["basis"] == "published":
        low, high = target(row["source"].removeprefix("targets:"))
        assert (ENDS.loc[name, "low"], ENDS.loc[name, "high"]) == (low, high)


def test_published_numbers_are_in_the_parameters_and_nothing_else_claims_to_be():
    published = PARAMETERS.index[PARAMETERS["basis"] == "published"]
    assert set(published) == {"hours_per_week", "advice_hours_per_centre", "waves"}


def test_derived_numbers_follow_from_the_printed_ones():
    for centre, name in [
        (1, "delay_first_two"),
        (2, "delay_first_two"),
        (3, "delay_last_two"),
        (4, "delay_last_two"),
    ]:
        ends = [months * MONTHS_IN_WEEKS for months in target(name)]
        row = ENDS.loc[f"delay_weeks_{centre}"]
        assert row[["low", "high"]].tolist() == pytest.approx(ends, abs=0.006)
        assert row["value"] == pytest.approx(sum(ends) / 2, abs=0.006)
    half_year = target("period")[0] * MONTHS_IN_WEEKS
    assert ENDS.loc["end_weeks", "low"] == round(half_year)
    assert ENDS.loc["end_weeks", "high"] == round(half_year + ENDS.loc["delay_weeks_4", "high"])
    least = target("advice_hours")[0] * target("centres_planned")[0] / target("candidates_planned")[1]
    assert ENDS.loc["hours_per_candidate", "low"] == least
    assert ENDS.loc["workforce_persons", "low"] == float(TARGETS.loc["organisation_size", "low"])
