"""Every check with a case that passes, one that fails and one that is malformed; powers by brute force."""

import itertools
import math
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from changedfacts import Changed
from hypothesis import given
from hypothesis import strategies as st

import behindprint
from loopbaanchecks.claims.checks import CHECKS, VERDICTS, decide
from loopbaanchecks.claims.dates import read_period
from loopbaanchecks.claims.ledger import evaluate
from loopbaanchecks.claims.references import Facts, as_printed
from loopbaanchecks.study import Study

STUDY = Study()
EMPTY = ("value", "read_as_en", "assumption_en", "same_defect_as", "place_2")


def claim(name, inputs, printed="1", unit="", **more):
    row = dict.fromkeys(EMPTY, "") | {"id": "x", "document": "report_2021", "list": "claims", "unit": unit}
    return pd.Series(row | {"check": name, "inputs": inputs, "printed": printed, "place_1": "4.1"} | more)


def outcome(name, inputs, printed="1", unit="", *, observed=None, ddof=1, study=STUDY, **more):
    row = claim(name, inputs, printed, unit, **more)
    return decide(row, Facts(study, row.to_frame().T, rounding="either", observed=observed), ddof=ddof)


TNO = {"document": "tno_2007"}
PASS = [  # check, inputs, printed, unit, verdict
    ("equals", "table.lmi_law.mean", "2,75", "mean_1_5", "reproduced"),
    ("equals", "rows('codebook', block='goals')", "9", "", "reproduced"),
    ("equals", "figures.complete + figures.partial", "254", "", "reproduced"),
    ("equals", "100 * figures.responses / figures.population", "8,5", "percent", "reproduced"),
    ("equals", "required_sample(5, 95, 3000)", "341", "", "reproduced"),
    ("equals", "margin_of_error(97, 95, 3000)", "9,79", "percent", "reproduced"),
    ("equals", "('4,00' * 10 - '3,00' * 5) / 5", "5,0", "mean_1_5", "reproduced"),
    ("equals", "variable=uses_check, code=1", "38", "", "not_checkable"),
    ("percentage", "97", "71,1", "percent", "possible"),
    (
        "compares",
        "table.lmi_law.mean < table.lmi_conditions.mean < table.lmi_wages.mean",
        "",
        "",
        "reproduced",
    ),
    ("rank", "lmi_law, lmi_conditions, lmi_wages, place=bottom", "", "", "reproduced"),
    ("mean_and_sd", "lmi_law, 97", "2,75; 0,89", "", "possible"),
    ("mean_and_sd", "goal_values, 97", "4,2; 1,1", "", "not_checkable"),
    ("mean_and_sd", "scale_networking, 97", "4,17; 0,62", "", "not_checkable"),
    ("dates", "'mei 2006', 'juni 2006'", "", "", "reproduced"),
    ("exists", "rows('codebook', block='goals')", "", "", "reproduced"),
    ("exists", "rows('topics', source='topic_list'), section='appendix 2'", "", "", "reproduced"),
    ("numbered", "", "3.2.3", "", "reproduced"),
    ("same_words", "figures.complete.label_nl", "Volledig, ingevuld!", "", "reproduced"),
    ("options", "parts, 'altijd'", "", "", "reproduced"),
    ("read_in_print", "possible, '2026-11-26'", "", "", "possible"),
]
FAIL = [  # check, inputs, printed, unit, recalculated
    ("equals", "table.lmi_law.mean", "2,76", "mean_1_5", "2,75"),
    ("equals", "rows('codebook', block='goals')", "8", "", "9"),
    ("equals", "figures.complete + figures.partial", "255", "", "254"),
    ("equals", "254 / 100", "2", "", "2,54"),
    ("equals", "required_sample(5, 95, 3000)", "385", "", "341"),
    ("percentage", "97", "71,2", "percent", ""),
    ("compares", "table.lmi_law.mean > table.lmi_wages.mean", "", "mean_1_5", "2,75 > 2,96"),
    ("rank", "lmi_law, place=top", "", "", "14"),
    ("dates", "'juni 2006', 'mei 2006'", "", "", "1-6-2006 – 30-6-2006; 1-5-2006 – 31-5-2006"),
    ("exists", "rows('topics', source='topic_list'), section='appendix 1'", "", "", "appendix 2"),
    ("numbered", "", "3.0.4", "", "3.2.4"),
    ("same_words", "figures.complete.label_nl", "Iets anders", "", "volledig ingevuld"),
    ("options", "lmi_missing, 'heel vaak'", "", "", "nee, ja"),
]
MALFORMED = [
    ("equals", "nonsense", "expected a number, a printed place or a function"),
    ("equals", "1, 2", "inputs: expected"),
    ("equals", "1 / 0", "claim x: "),
    ("equals", "variable=none, code=1", "expected a variable of codebook.csv; found 'none'"),
    ("percentage", "", "inputs: expected"),
    ("compares", "3 + 4", "expected comparisons with < or >; found 3 + 4"),
    ("compares", "3 == 4", "expected comparisons with < or >"),
    ("compares", "", "inputs: expected comparisons; found none"),
    (
        "compares",
        "figures.complete < figures.partial, figures.partial < 200",
        "expected a limit beside every number",
    ),
    ("rank", "none, place=top", "expected variables of codebook.csv or scales; found none"),
    ("rank", "lmi_law, source_cbs, table=9", "expected items of table 9; found source_cbs"),
    ("rank", "lmi_law, place=middle", "place: expected top, bottom"),
    ("mean_and_sd", "none, 97", "expected an item of tables with means; found 'none'"),
    ("dates", "'ooit', 'mei 2006'", "expected a year in 'ooit'; found none"),
    ("dates", "'30 mei', 'juni 2006'", "expected a year"),
    ("exists", "rows('none')", "resource: expected one of"),
    ("exists", "figures.complete, section='4.1'", "expected rows(...) of something that may be there"),
    ("numbered", "", "expected a section of sections.csv with one before it; found '1'"),
    ("same_words", "claim.none", "expected one row 'none' of claims; found 0"),
    ("options", "none, 'altijd'", "expected a variable or block of codebook.csv with options; found 'none'"),
    ("read_in_print", "reproduced, '2026-11-26'", "expected one of present, possible"),
    ("read_in_print", "contradicted, '2026-11-26'", "not_found, and a date; found 'contradicted'"),
    ("read_in_print", "possible, 'today'", "and a date; found"),
    ("guess", "1", "check: expected one of compares, dates, equals"),
]


def test_the_cases_cover_every_check():
    assert {name for name, *_ in PASS} == set(CHECKS)
    assert {name for name, *_ in FAIL} == set(CHECKS) - {"mean_and_sd", "read_in_print"}  # never
    assert {name for name, *_ in MALFORMED} - {"guess"} == set(CHECKS)


@pytest.mark.parametrize(("name", "inputs", "printed", "unit", "verdict"), PASS)
def test_a_claim_that_holds(name, inputs, printed, unit, verdict):
    found = outcome(name, inputs, printed, unit)
    assert found.verdict == verdict
    assert found.evidence in ("published", "implied", "reading")


@pytest.mark.parametrize(("name", "inputs", "printed", "unit", "again"), FAIL)
def test_a_claim_that_does_not(name, inputs, printed, unit, again):
    found = outcome(name, inputs, printed, unit)
    assert (found.verdict, found.recalculated) == ("contradicted", again)


@pytest.mark.parametrize(("name", "inputs", "message"), MALFORMED)
def test_a_malformed_claim_is_named(name, inputs, message):
    with pytest.raises(ValueError, match="claim x: ") as stop:
        outcome(name, inputs)
    assert message in str(stop.value)


# --- fairness ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "holds", "fails"),
    [
        ({}, "reproduced", "contradicted"),
        ({"read_as_en": "Ours."}, "possible", "not_found"),
        ({"assumption_en": "Ours."}, "reproduced", "conditional"),
        ({"list": "references"}, "present", "contradicted"),
        ({"list": "references", "read_as_en": "Ours."}, "present", "not_found"),
    ],
)
def test_a_claim_gets_no_more_praise_or_blame_than_it_allows(more, holds, fails):
    for printed, verdict in (("254", holds), ("255", fails)):
        found = outcome("equals", "figures.complete + figures.partial", printed, **more)
        assert found.verdict == verdict
        assert (found.evidence == "reading") == ("read_as_en" in more)


@pytest.mark.parametrize("part", [0, *(pytest.param(i, marks=pytest.mark.thorough) for i in range(1, 6))])
def test_every_check_of_the_ledger_can_give_another_verdict(part):
    """What is printed elsewhere is changed; a check that then says the same cannot fail, or only fail."""
    ledger, never = evaluate(STUDY), []
    typed = ledger["check"].isin(["", "read_in_print"]) | (ledger["verdict"] == "not_checkable")
    for _, row in ledger[~typed].iloc[part::6].iterrows():
        for seed in range(400):
            try:
                if decide(row, Changed(STUDY, ledger, row, seed), ddof=1).verdict != row["verdict"]:
                    break
            except ValueError:  # the change left nothing to decide on
                continue
        else:
            never.append(row["id"])
    # the order of headings is not changed there: see the tests of `numbered`
    assert [name for name in never if name != "section_number_analysis"] == []


# --- numbers -----------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 500), min_size=2, max_size=5))
def test_a_sum_of_real_counts_is_never_contradicted(parts):
    inputs = " + ".join(map(str, parts))
    assert outcome("equals", inputs, str(sum(parts))).verdict == "reproduced"
    assert outcome("equals", inputs, str(sum(parts) + 1)).verdict == "contradicted"


@given(st.integers(1, 400), st.data())
def test_a_real_share_is_never_contradicted(n, data):
    count = data.draw(st.integers(0, n))
    printed = as_printed(Fraction(100 * count, n), 1)
    assert outcome("equals", f"100 * {count} / {n}", printed, "percent").verdict == "reproduced"
    found = outcome("percentage", str(n), printed, "percent")
    assert found.verdict == "possible"
    assert str(count) in found.recalculated.split(", ")


@given(
    st.lists(st.integers(1, 5), min_size=2, max_size=30), st.lists(st.integers(1, 5), min_size=2, max_size=30)
)
def test_real_group_means_are_never_contradicted(first, second):
    whole, one, other = (as_printed(Fraction(sum(x), len(x)), 2) for x in (first + second, first, second))
    n, m = len(first) + len(second), len(second)
    inputs = f"('{whole}' * {n} - '{other}' * {m}) / ({n} - {m})"
    assert outcome("equals", inputs, one, "mean_1_5").verdict != "contradicted"


def test_rounding_of_the_parts_leaves_room_but_is_not_reproduced():
    assert outcome("equals", "'1,5' + '1,5'", "3,1").verdict == "possible"
    assert outcome("equals", "'1,5' + '1,5'", "3,2").verdict == "contradicted"


def test_print_with_fewer_decimals_may_be_the_same_number():
    for printed, verdict in (("4,1", "reproduced"), ("4,12", "possible"), ("4,16", "contradicted")):
        assert outcome("equals", "'4,1'", printed, "mean_1_5").verdict == verdict


def test_ranges_are_compared_at_both_ends():
    per_centre = "targets.candidates_planned / 4"
    for value, verdict in (("20-30", "reproduced"), ("25-40", "possible"), ("31-40", "contradicted")):
        found = outcome("equals", per_centre, "words", value=value, **TNO)
        assert (found.verdict, found.recalculated) == (verdict, "20-30")


def test_a_sum_is_shown_with_the_printed_numbers():
    found = outcome("equals", "100 * (figures.responses - 1) / figures.population", "8,4", "percent")
    assert found.words["sum"] == "100 × (254 - 1) / 3000"
    found = outcome("equals", "margin_of_error(figures.complete, 95, figures.population)", "9,79", "percent")
    assert found.words["sum"] == "margin_of_error(97, 95, 3000)"


@pytest.mark.parametrize(("printed", "unit"), [("8,5", "percent"), ("47", "percent"), ("254", ""), ("9", "")])
def test_the_power_of_a_number_is_the_share_of_random_numbers_refused(printed, unit):
    inputs = "100 * figures.responses / figures.population" if printed == "8,5" else f"{printed} + 0"
    decimals = 1 if "," in printed else 0
    low, high = (
        (0, 100) if unit else (0 if len(printed) == 1 else 10 ** (len(printed) - 1), 10 ** len(printed) - 1)
    )
    universe = [
        as_printed(Fraction(i, 10**decimals), decimals)
        for i in range(low * 10**decimals, high * 10**decimals + 1)
    ]
    refused = [
        outcome("equals", inputs, text, unit).verdict == "contradicted"
        for text in universe[:: 1 + len(universe) // 300]
    ]
    assert outcome("equals", inputs, printed, unit).power == pytest.approx(np.mean(refused), abs=0.02)


def test_the_power_of_a_percentage_is_the_share_that_no_count_prints():
    words = [outcome("percentage", "7", str(p), "percent").verdict for p in range(101)]
    assert outcome("percentage", "7", "14", "percent").power == words.count("contradicted") / 101


def test_percentages_must_fit_together_when_the_others_are_told():
    others = "figures.share_loondienst, figures.share_other_contract"
    assert outcome("percentage", f"97, {others}", "64", "percent").recalculated == "62"
    assert outcome("percentage", f"97, {others}", "60", "percent").verdict == "contradicted"
    assert outcome("percentage", "97", "60", "percent").verdict == "possible"


# --- order and limits --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        ("'4,10' > '4,09'", "reproduced"),
        ("'4,1' > '4,1'", "possible"),  # either may have been the larger before rounding
        ("'4,10' >= '4,10'", "reproduced"),
        ("'97' > '97'", "contradicted"),
        ("'97' >= '97'", "reproduced"),
        ("'4,09' > '4,10'", "contradicted"),
        ("'1' < '2' < '3'", "reproduced"),
        ("'1' < '3' < '2'", "contradicted"),
    ],
)
def test_numbers_are_compared_as_printed_and_equal_ones_may_differ(inputs, verdict):
    assert outcome("compares", inputs).verdict == verdict


def test_a_range_lies_below_another_wholly_partly_or_not():
    for other, verdict in (("90-99", "reproduced"), ("30-99", "possible"), ("1-20", "contradicted")):
        inputs = f"targets.enrolled_realised < '{other}'"
        assert outcome("compares", inputs, **TNO).verdict == verdict


def test_the_power_of_a_comparison_is_the_share_of_random_orders_refused():
    parts = ["table.lmi_law.mean", "table.lmi_wages.mean", "table.lmi_conditions.mean"]
    orders = list(itertools.permutations(range(3)))
    chain = np.mean([a < b < c for a, b, c in orders])
    above = np.mean([a < b and a < c for a, b, c in orders])
    assert outcome("compares", " < ".join(parts)).power == pytest.approx(1 - chain)
    assert outcome("compares", f"{parts[0]} < {parts[1]}, {parts[0]} < {parts[2]}").power == pytest.approx(
        1 - above
    )
    ten = ", ".join(
        f"figures.complete < table.{item}.mean" for item in STUDY.items.query("table == 8")["item"]
    )
    assert outcome("compares", ten).power == pytest.approx(1 - 1 / 11, abs=0.01)


def test_the_power_of_a_limit_is_the_share_of_random_means_refused():
    grid = [i / 100 for i in range(100, 501)]
    both = np.mean([value > 3.5 for value in grid]) ** 2
    inputs = "table.lmi_law.mean > 3.5, table.lmi_wages.mean > 3.5"
    assert outcome("compares", inputs, unit="mean_1_5").power == pytest.approx(1 - both)
    assert outcome("compares", "rows('codebook', block='goals') > 1").power == pytest.approx(0.2)


def test_ties_may_stand_in_either_place():
    for place in ("4", "5"):
        found = outcome("rank", f"need_region, among='need_', place={place}")
        assert (found.verdict, found.words["of"]) == ("reproduced", 9)
    assert outcome("rank", "need_region, among='need_', place=6").verdict == "contradicted"


def test_the_power_of_a_rank_is_the_share_of_random_orders_refused():
    pool = list(STUDY.items.query("table == 8")["item"])
    holds = [set(pool[:3]) == set(three) for three in itertools.combinations(pool, 3)]
    assert outcome("rank", ", ".join(pool[:3])).power == pytest.approx(1 - np.mean(holds))


def test_an_item_without_a_row_needs_answers():
    inputs = "source_kvk, table=10, place=bottom"
    assert outcome("rank", inputs).verdict == "not_checkable"
    items = [name for name in STUDY.codebook["variable"] if name.startswith("source_")]
    answers = pd.DataFrame({name: pd.array([3, 3], dtype="Int64") for name in items})
    for value, verdict in ((1, "reproduced"), (5, "contradicted")):
        found = outcome("rank", inputs, observed=answers.assign(source_kvk=value))
        assert (found.verdict, found.evidence, found.words["of"]) == (verdict, "observed", 14)


# --- rows --------------------------------------------------------------------------------------------


def test_a_row_has_the_verdict_and_power_of_the_exact_set():
    choices = {"options": range(1, 6), "ddof": 1, "rounding": "either"}
    for item, word in (("lmi_law", "possible"), ("lmi_skills_required", "conditional")):
        row = STUDY.items.set_index("item").loc[item]
        exact = behindprint.verdict(row["mean_printed"], row["sd"], 97, **choices)
        found = outcome("mean_and_sd", f"{item}, 97")
        assert (found.verdict, found.power) == (word, exact.power)
        assert (exact.word == "consistent") == (word == "possible")


def test_a_row_that_does_not_fit_says_what_mends_it():
    found = outcome("mean_and_sd", "lmi_skills_required, 97")
    row = ("4,15", "0,72")
    choices = {"options": range(1, 6), "rounding": "either"}
    near = behindprint.possible_sizes([row], range(92, 103), ddof=1, **choices)["all"]
    assert found.words["sizes"] == list(near.index[near])
    assert found.words["other"] == "n"
    assert behindprint.verdict(*row, 97, ddof=0, **choices).word == "consistent"
    assert found.assumption == "assumption.mean_and_sd fits fits.divisor"
    assert found.words["divisor"] == "n − 1"
    assert outcome("mean_and_sd", "lmi_skills_required, 98").verdict == "possible"
    assert outcome("mean_and_sd", "lmi_skills_required, 97", ddof=0).verdict == "possible"


def test_a_row_is_judged_as_printed_and_a_restored_zero_is_a_remark():
    found = outcome("mean_and_sd", "source_free, 97")
    assert found.words["mean"] == "3,9"
    assert (found.verdict, found.remark, found.words["restored"]) == (
        "not_checkable",
        "remark.restored_zero fits fits.divisor",
        "3,90",
    )
    assert outcome("mean_and_sd", "lmi_skills_useful, 97").remark == ""


# --- dates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "verdict"),
    [
        ("1 juni 2006 - 30 juni 2006", "reproduced"),
        ("11 juni 2006 - 20 juni 2006", "reproduced"),
        ("20 juni 2006 - 30 juni 2006", "possible"),
        ("1 mei 2006 - 11 juni 2006", "possible"),
        ("21 juni 2006 - 30 juni 2006", "contradicted"),
    ],
)
def test_a_date_lies_wholly_partly_or_not_in_a_period(period, verdict):
    assert outcome("dates", f"'medio juni 2006', within='{period}'").verdict == verdict


@pytest.mark.parametrize(
    ("real", "verdict"),
    [("15 juni", "reproduced"), ("juni", "possible"), ("20 juni", "reproduced"), ("21 juni", "contradicted")],
)
def test_months_are_added_to_a_date(real, verdict):
    found = outcome("dates", f"'{real}', within='medio mei 2006' + printed, year=2006", "1")
    assert found.verdict == verdict
    due = read_period("medio juni 2006")
    days = [date(2006, 1, 1) + timedelta(n) for n in range(365)]
    refused = sum(not due.first <= day <= due.last for day in days) / len(days)
    if real != "juni":
        assert found.power == pytest.approx(refused, abs=0.001)


@pytest.mark.parametrize(
    ("texts", "months", "verdict"),
    [
        ("'30 mei - medio november 2006'", 4, "contradicted"),
        ("'30 mei - medio november 2006'", 5, "possible"),
        ("'30 mei - medio november 2006'", 6, "possible"),
        ("'30 mei - medio november 2006'", 7, "contradicted"),
        ("'1 maart 2006 - 1 september 2006'", 6, "reproduced"),
        ("'1 maart 2006', '1 september 2006'", 6, "reproduced"),
        ("'1 maart 2006', 'september 2006'", 6, "possible"),
    ],
)
def test_a_time_is_compared_to_the_nearest_month(texts, months, verdict):
    assert outcome("dates", f"{texts}, lasts={months}").verdict == verdict


def test_dates_in_order_have_the_power_of_random_orders():
    found = outcome("dates", "'mei 2006', 'juni 2006', 'juli 2006'")
    assert (found.verdict, found.power) == ("reproduced", 1 - 1 / math.factorial(3))
    assert outcome("dates", "'mei 2006', 'voorjaar 2006'").verdict == "possible"


# --- places ------------------------------------------------------------------------------------------


def test_what_is_not_there_is_not_found_and_what_is_elsewhere_is_said():
    assert outcome("exists", "rows('codebook', block='none')").verdict == "not_found"
    found = outcome("exists", "rows('topics', source='topic_list'), section='appendix 1'", list="references")
    assert (found.verdict, found.words["places"]) == ("contradicted", "appendix 2")


def test_the_power_of_options_is_the_share_of_other_lists_without_the_word():
    book = STUDY.codebook
    lists = book.loc[book["type"].isin(["scale", "single", "multiple"]), "options_nl"].unique()
    own = book.loc[book["block"] == "parts", "options_nl"].unique()
    without = ["altijd" not in one.split(";") for one in lists if one not in own]
    assert outcome("options", "parts, 'altijd'").power == pytest.approx(np.mean(without))


def test_what_a_person_read_needs_a_place():
    with pytest.raises(ValueError, match="place_1: expected where it was read; found nothing"):
        outcome("read_in_print", "not_found, '2026-11-26'", place_1="")
    found = outcome("read_in_print", "not_found, '2026-11-26'", place_2="appendix 1")
    assert (found.evidence, found.words["places"]) == ("reading", "4.1; appendix 1")


# --- answers -----------------------------------------------------------------------------------------

ANSWERS = pd.DataFrame(
    {
        "lmi_law": [2, 3, 3, 3],
        "lmi_wages": [5, 5, 5, 4],
        "employment": [1, 1, 1, 2],
        "client_education_group": [1, 1, 2, 2],
        "uses_check": [2, 2, 2, None],
    },
    dtype="Int64",
)


@pytest.mark.parametrize(
    ("name", "inputs", "printed", "unit", "verdict", "again"),
    [
        ("equals", "table.lmi_law.mean", "2,75", "mean_1_5", "reproduced", "2,75"),
        ("equals", "table.lmi_law.mean", "2,74", "mean_1_5", "contradicted", "2,75"),
        ("equals", "variable=employment, code=1", "75", "percent", "reproduced", "75"),
        ("equals", "variable=employment, code='1,2'", "100", "percent", "reproduced", "100"),
        ("equals", "variable=uses_check, code=2", "3", "", "reproduced", "3"),
        ("equals", "variable=uses_check, code=2", "4", "", "contradicted", "3"),
        ("equals", "variable=client_education_group, code=2, item=lmi_law", "3", "", "reproduced", "3"),
        ("percentage", "97, variable=employment, code=2", "26", "percent", "contradicted", "25"),
        ("mean_and_sd", "lmi_law, 97", "2,75; 0,89", "", "contradicted", "2,75; 0,50"),
        ("rank", "lmi_wages, place=1", "", "", "reproduced", "1"),
        ("compares", "table.lmi_wages.mean > 4", "", "mean_1_5", "reproduced", "4,75 > 4"),
    ],
)  # fmt: skip
def test_with_a_file_the_answers_decide(name, inputs, printed, unit, verdict, again):
    found = outcome(name, inputs, printed, unit, observed=ANSWERS)
    assert (found.verdict, found.recalculated, found.evidence) == (verdict, again, "observed")
    assert found.verdict in VERDICTS


def test_a_scale_is_compared_with_its_scores():
    items = STUDY.scales.query("scale == 'scale_networking'")["item"]
    answers = pd.DataFrame({item: pd.array([4, 4, 5], dtype="Int64") for item in items})
    found = outcome("mean_and_sd", "scale_networking, 97", "4,17; 0,62", observed=answers)
    assert (found.verdict, found.recalculated, found.evidence) == ("contradicted", "4,33; 0,58", "observed")


def test_with_a_file_a_share_needs_its_code():
    with pytest.raises(ValueError, match="claim x: inputs: expected code="):
        outcome("equals", "variable=employment", observed=ANSWERS)
