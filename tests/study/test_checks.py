"""Every check with a case that passes, one that fails and one that is malformed; powers by brute force."""

import itertools
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behindprint import verdict
from loopbaanchecks.claims.checks import CHECKS, CONTRADICTIONS, VERDICTS, check, decide
from loopbaanchecks.claims.references import Facts, as_printed
from loopbaanchecks.study import Study

STUDY = Study()


def claim(name, inputs, printed="1", unit="", document="report_2021"):
    row = {"id": "x", "check": name, "inputs": inputs, "printed": printed, "unit": unit, "document": document}
    return pd.Series(row)


def outcome(name, inputs, printed="1", unit="", observed=None, ddof=1):
    row = claim(name, inputs, printed, unit)
    facts = Facts(STUDY, row.to_frame().T, rounding="either", observed=observed)
    return decide(row, facts, ddof=ddof)


PASS = {  # check: inputs, printed, unit, verdict
    "same_as": ("table.lmi_law.mean", "2,75", "mean_1_5", "reproduced"),
    "rows_counted": ("rows.report_2021-codebook?block=goals", "9", "", "reproduced"),
    "sum_of": ("figures.complete; figures.partial", "254", "", "reproduced"),
    "difference_of": ("figures.responses; figures.partial", "97", "", "reproduced"),
    "ratio_of": ("80; 4", "20", "", "reproduced"),
    "share_of": ("figures.responses; figures.population", "8,5", "percent", "reproduced"),
    "group_mean": ("4,00; 10; 3,00; 5", "5,0", "mean_1_5", "reproduced"),
    "percentage_of": ("97", "71,1", "percent", "consistent"),
    "answered": ("variable=uses_check; code=1", "38", "", "not_checkable"),
    "required_sample": ("5; 95; 3000", "341", "", "reproduced"),
    "margin_of_error": ("97; 95; 3000", "9,79", "percent", "reproduced"),
    "duration_between": ("2006-05-30; 2006-11-15; unit=months; value=6", "half jaar", "", "reproduced"),
    "rank_in_table": ("lmi_law; lmi_conditions; lmi_wages; place=bottom", "", "", "reproduced"),
    "above": ("3; 4; table.lmi_law.mean + 1", "", "mean_1_5", "reproduced"),
    "below": ("3; table.lmi_law.mean", "", "mean_1_5", "reproduced"),
    "within_range": ("2; 3; table.lmi_law.mean; 3", "", "mean_1_5", "reproduced"),
    "mean_and_sd": ("lmi_law; 97; statistic=mean", "2,75", "", "consistent"),
    "scale_bounds": ("scale_networking; 97", "4,17", "", "consistent"),
    "most_above": ("3; scale_self_efficacy; 97", "", "", "reproduced"),
    "asked_in_questionnaire": ("goals; Kwaliteiten", "", "", "reproduced"),
    "answers_read_as": ("parts; altijd", "", "", "reproduced"),
    "printed_in_table": ("lmi_law; scale_networking", "", "", "reproduced"),
    "cross_reference": ("appendix 2; rows=report_2021-topics?source=topic_list", "", "", "reproduced"),
    "numbered_in_order": ("3.2.3; 3.2.2", "", "", "reproduced"),
    "listed": ("literature; king_2004; hak_2004", "", "", "reproduced"),
    "announced": ("rows.report_2021-codebook?block=goals", "", "", "reproduced"),
}
FAIL = {  # check: inputs, printed, unit, recalculated, contradiction
    "same_as": ("table.lmi_law.mean", "2,76", "mean_1_5", "2,75", "arithmetic"),
    "rows_counted": ("rows.report_2021-codebook?block=goals", "8", "", "9", "arithmetic"),
    "sum_of": ("figures.complete; figures.partial", "255", "", "254", "arithmetic"),
    "difference_of": ("figures.responses; figures.partial", "96", "", "97", "arithmetic"),
    "ratio_of": ("254; 100", "2", "", "2,54", "arithmetic"),
    "share_of": ("figures.responses; figures.population", "8,6", "percent", "8,5", "arithmetic"),
    "group_mean": ("4,00; 10; 3,00; 5", "4,9", "mean_1_5", "5,0", "arithmetic"),
    "percentage_of": ("97", "71,2", "percent", "", "arithmetic"),
    "required_sample": ("5; 95; 3000", "385", "", "341", "arithmetic"),
    "margin_of_error": ("97; 95; 3000", "9,95", "percent", "9,79", "arithmetic"),
    "duration_between": (
        "2006-05-30; 2006-11-15; unit=weeks; value=26",
        "half jaar",
        "",
        "24,14",
        "arithmetic",
    ),
    "rank_in_table": ("lmi_law; place=top", "", "", "14", "wording"),
    "above": ("3; 4; table.lmi_law.mean", "", "mean_1_5", "4; 2,75", "wording"),
    "below": ("2,75; table.lmi_law.mean", "", "mean_1_5", "2,75", "wording"),
    "within_range": ("3; 4; table.lmi_law.mean", "", "mean_1_5", "2,75", "wording"),
    "mean_and_sd": ("lmi_skills_required; 97", "4,15", "", "", "arithmetic"),
    "asked_in_questionnaire": ("goals; persoonlijkheid", "", "", "", "absent"),
    "answers_read_as": ("lmi_missing; heel vaak", "", "", "nee, ja", "wording"),
    "printed_in_table": ("source_cbs; source_kvk", "", "", "1", "absent"),
    "cross_reference": (
        "appendix 1; rows=report_2021-topics?source=topic_list",
        "",
        "",
        "appendix 2",
        "wording",
    ),
    "numbered_in_order": ("3.0.4; 3.2.3", "", "", "3.2.4", "wording"),
    "listed": ("literature; king_2004; hughes_2008", "", "", "", "absent"),
    "announced": ("rows.report_2021-codebook?block=none", "", "", "0", "absent"),
}
MALFORMED = {
    "same_as": ("nonsense", "expected a number or a reference"),
    "rows_counted": ("rows.none", "resource: expected one of"),
    "sum_of": ("97", "expected 2 or more arguments; found 1"),
    "difference_of": ("97", "expected 2 or more arguments; found 1"),
    "ratio_of": ("1; 0", "claim x: "),
    "share_of": ("1; 2; 3", "expected 2 to 2 arguments; found 3"),
    "group_mean": ("4; 10; 3", "expected 4 or more arguments; found 3"),
    "percentage_of": ("97; variable=none; code=1", "expected a variable of codebook.csv; found 'none'"),
    "answered": ("97; variable=reached; code=1", "expected 0 to 0 arguments; found 1"),
    "required_sample": ("500; 95; 3000", "margin: expected"),
    "margin_of_error": ("97; 95", "expected 3 to 3 arguments; found 2"),
    "duration_between": (
        "2006-05-30; mei 2006; unit=weeks",
        "year-month-day or year-month; found 'mei 2006'",
    ),
    "rank_in_table": ("lmi_law; lmi_wages; place=2", "top, bottom, or a rank for one item"),
    "above": ("3", "expected 2 or more arguments; found 1"),
    "below": ("3; lmi_law", "found 'lmi_law'"),
    "within_range": ("1; 5", "expected 3 or more arguments; found 2"),
    "mean_and_sd": ("none; 97", "expected an item of tables with means; found 'none'"),
    "scale_bounds": ("scale_none; 97", "expected an item of tables with means"),
    "most_above": ("3; lmi_law", "expected 3 to 3 arguments; found 2"),
    "asked_in_questionnaire": ("none; x", "expected a variable or block of codebook.csv; found 'none'"),
    "answers_read_as": ("check_name; x", "expected questions with options; found 'check_name'"),
    "printed_in_table": ("none", "expected variables of codebook.csv or scales; found none"),
    "cross_reference": (
        "4; rows=report_2021-topics?source=none",
        "rows: expected one or more rows; found none",
    ),
    "numbered_in_order": ("3.0.4; 9.9", "expected sections of sections.csv; found 9.9"),
    "listed": ("9.9; x", "expected a section of sections.csv; found '9.9'"),
    "announced": ("tno_2007-targets.candidates_planned.low-high", "found the range 80-120"),
}
DESIGN = "waves=3; attrition=0,15; correlation=0,6; alpha=0,05; power=0,8"
PASS |= {
    "in_order": ("voorjaar 2006; medio mei 2006", "", "", "consistent"),
    "within_period": ("mei-juni; period=1ste helft van 2006; year=2006", "", "", "reproduced"),
    "starts_after_delay": ("medio mei 2006; juni 2006; value=1", "een maand", "", "consistent"),
    "lasts": ("6; year=2006", "1 maart - 1 september", "", "reproduced"),
    "same_words": ("tno_2007-targets.start_planned.printed", "Medio mei, 2006", "", "reproduced"),
    "same_list": ("a; b; other=b|a", "", "", "reproduced"),
    "as_many_listed": ("a; b", "2", "", "reproduced"),
    "several": ("rows.tno_2007-modules", "diverse", "", "consistent"),
    "proportional": ("20; 4; 7", "35", "", "reproduced"),
    "fewer_than": ("tno_2007-targets.centre_hours.low-high; 14; 2", "", "", "reproduced"),
    "never_falls": ("1; 1; 2", "", "", "reproduced"),
    "too_few_to_see": (f"20; change=0,3; {DESIGN}", "", "", "consistent"),
}
FAIL |= {
    "in_order": ("juni 2006; mei 2006", "", "", "1-6-2006 – 30-6-2006; 1-5-2006 – 31-5-2006", "arithmetic"),
    "within_period": ("30 juni; period=2de helft van 2006; year=2006", "", "", "30-6-2006", "arithmetic"),
    "starts_after_delay": ("mei 2006; 1 juli 2006; value=1", "een maand", "", "1-7-2006", "arithmetic"),
    "lasts": ("6; year=2006", "1 maart - 1 augustus", "", "5,0", "arithmetic"),
    "same_words": ("eind mei", "begin mei", "", "eind mei", "wording"),
    "same_list": ("a; b; other=b|c", "", "", "", "wording"),
    "as_many_listed": ("a; b", "3", "", "2", "absent"),
    "several": ("rows.tno_2007-modules?sheet=1", "diverse", "", "1", "wording"),
    "proportional": ("20; 4; 7", "36", "", "35", "arithmetic"),
    "fewer_than": ("tno_2007-targets.centre_hours.low-high; 8; 2", "", "", "4-6", "arithmetic"),
    "never_falls": ("1; 3; 2", "", "", "1; 3; 2", "wording"),
    "too_few_to_see": (f"2000; change=0,3; {DESIGN}", "", "", "0,06", "arithmetic"),
}
MALFORMED |= {
    "in_order": ("mei 2006; juni", "expected a year in 'juni'"),
    "within_period": ("mei 2006", "expected period=; found 'mei 2006'"),
    "starts_after_delay": ("mei 2006; ooit 2006", "expected a day, month"),
    "lasts": ("6; 7", "expected 1 to 1 arguments; found 2"),
    "same_words": ("claim.none", "expected the id of a claim; found 'none'"),
    "same_list": ("a; b", "expected other=; found 'a; b'"),
    "as_many_listed": ("a;; b", "expected parts between semicolons"),
    "several": ("many", "expected a number or a reference"),
    "proportional": ("1; 0; 2", "claim x: "),
    "fewer_than": ("1", "expected 2 to 3 arguments; found 1"),
    "never_falls": ("1", "expected 2 or more arguments; found 1"),
    "too_few_to_see": ("20; change=0,3", "expected waves=; found"),
}


def test_the_cases_cover_every_check():
    assert set(PASS) == set(MALFORMED) == set(CHECKS)
    assert set(CHECKS) - set(FAIL) == {"answered", "scale_bounds", "most_above"}  # these follow below


@pytest.mark.parametrize("name", sorted(PASS))
def test_a_claim_that_holds(name):
    inputs, printed, unit, word = PASS[name]
    found = outcome(name, inputs, printed, unit)
    assert found.verdict == word
    assert found.contradiction == ""
    marks = ("simulated",) if name == "too_few_to_see" else ("published", "implied")
    assert found.evidence in marks


@pytest.mark.parametrize("name", sorted(FAIL))
def test_a_claim_that_does_not(name):
    inputs, printed, unit, again, kind = FAIL[name]
    found = outcome(name, inputs, printed, unit)
    assert (found.verdict, found.recalculated, found.contradiction) == ("contradicted", again, kind)


@pytest.mark.parametrize("name", sorted(MALFORMED))
def test_a_malformed_claim_is_named(name):
    inputs, message = MALFORMED[name]
    with pytest.raises(ValueError, match="claim x: ") as stop:
        outcome(name, inputs)
    assert message in str(stop.value)


@pytest.mark.parametrize(
    ("name", "inputs", "message"),
    [
        ("guess", "1", "check: expected one of above, announced, answered"),
        (
            "same_as",
            "97; tables=3",
            "inputs: expected names value, low, high, contradiction; found {'tables'}",
        ),
        ("same_as", "98; contradiction=fraud", "expected one of arithmetic, wording, absent; found 'fraud'"),
        ("duration_between", "2006-05; 2006-06; unit=hours", "unit: expected one of days, weeks"),
        ("duration_between", "2006-13; 2006-06; unit=days", "claim x: "),
        ("rank_in_table", "none; place=top", "expected variables of codebook.csv or scales; found none"),
        ("rank_in_table", "lmi_law; source_cbs; table=9", "expected items of table 9; found source_cbs"),
        ("percentage_of", "97; others=figures.none", "figure: expected an id"),
        ("answered", "code=1", "inputs: expected variable=; found 'code=1'"),
    ],
)
def test_what_no_check_knows_is_refused(name, inputs, message):
    with pytest.raises(ValueError, match="claim x: ") as stop:
        outcome(name, inputs)
    assert message in str(stop.value)


def test_a_name_is_registered_once():
    with pytest.raises(ValueError, match="'same_as' twice"):
        check("same_as")(lambda case: None)


def test_the_kind_of_contradiction_may_be_named():
    assert outcome("same_as", "98; contradiction=absent", "97").contradiction == "absent"
    assert outcome("same_as", "97; contradiction=absent", "97").contradiction == ""
    assert "" not in CONTRADICTIONS


# --- numbers -----------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 500), min_size=2, max_size=5))
def test_a_sum_of_real_counts_is_never_contradicted(parts):
    total = sum(parts)
    inputs = "; ".join(map(str, parts))
    assert outcome("sum_of", inputs, str(total)).verdict == "reproduced"
    assert outcome("sum_of", inputs, str(total + 1)).verdict == "contradicted"


@given(st.integers(1, 400), st.data())
def test_a_real_share_is_never_contradicted(n, data):
    count = data.draw(st.integers(0, n))
    printed = as_printed(Fraction(100 * count, n), 1)
    assert outcome("share_of", f"{count}; {n}", printed, "percent").verdict == "reproduced"
    found = outcome("percentage_of", str(n), printed, "percent")
    assert found.verdict == "consistent"
    assert str(count) in found.recalculated.split(", ")


@given(
    st.lists(st.integers(1, 5), min_size=2, max_size=30), st.lists(st.integers(1, 5), min_size=2, max_size=30)
)
def test_real_group_means_are_never_contradicted(first, second):
    whole, one, other = (as_printed(Fraction(sum(x), len(x)), 2) for x in (first + second, first, second))
    inputs = f"{whole}; {len(first) + len(second)}; {other}; {len(second)}"
    assert outcome("group_mean", inputs, one, "mean_1_5").verdict != "contradicted"


def test_rounding_of_the_parts_leaves_room_but_is_not_reproduced():
    assert outcome("sum_of", "1,5; 1,5", "3,1").verdict == "consistent"
    assert outcome("sum_of", "1,5; 1,5", "3,2").verdict == "contradicted"


def test_ranges_are_compared_at_both_ends():
    per_centre = "tno_2007-targets.candidates_planned.low-high; 4"
    assert outcome("ratio_of", f"{per_centre}; low=20; high=30", "20-30").verdict == "reproduced"
    assert outcome("ratio_of", f"{per_centre}; low=25; high=40", "25-40").verdict == "consistent"
    found = outcome("ratio_of", f"{per_centre}; low=31; high=40", "31-40")
    assert (found.verdict, found.recalculated) == ("contradicted", "20-30")


@pytest.mark.parametrize(("printed", "unit"), [("8,5", "percent"), ("47", "percent"), ("254", ""), ("9", "")])
def test_the_power_of_a_number_is_the_share_of_random_numbers_refused(printed, unit):
    inputs = "figures.responses; figures.population" if printed == "8,5" else f"{printed}; 0"
    name = "share_of" if printed == "8,5" else "sum_of"
    decimals = 1 if "," in printed else 0
    low, high = (
        (0, 100) if unit else (0 if len(printed) == 1 else 10 ** (len(printed) - 1), 10 ** len(printed) - 1)
    )
    universe = [
        as_printed(Fraction(i, 10**decimals), decimals)
        for i in range(low * 10**decimals, high * 10**decimals + 1)
    ]
    refused = [
        outcome(name, inputs, text, unit).verdict == "contradicted"
        for text in universe[:: 1 + len(universe) // 300]
    ]
    assert outcome(name, inputs, printed, unit).power == pytest.approx(np.mean(refused), abs=0.02)


def test_the_power_of_a_percentage_is_the_share_that_no_count_prints():
    words = [outcome("percentage_of", "7", str(p), "percent").verdict for p in range(101)]
    assert outcome("percentage_of", "7", "14", "percent").power == words.count("contradicted") / 101


def test_percentages_must_fit_together_when_the_others_are_told():
    others = "others=figures.share_loondienst|figures.share_other_contract"
    assert outcome("percentage_of", f"97; {others}", "64", "percent").recalculated == "62"
    assert outcome("percentage_of", f"97; {others}", "60", "percent").verdict == "contradicted"
    assert outcome("percentage_of", "97", "60", "percent").verdict == "consistent"


def test_the_sampling_checks_say_what_holds_without_the_correction():
    assert outcome("required_sample", "5; 95; 3000", "341").words["without"] == 385
    assert outcome("margin_of_error", "254; 95; 3000", "5,88", "percent").words["without"] == "6,15"


@pytest.mark.parametrize(
    ("dates", "unit", "value", "word"),
    [
        ("2006-05-30; 2006-06-30", "months", 1, "reproduced"),
        ("2006-05-30; 2006-05-30", "days", 0, "reproduced"),
        ("2006-05; 2006-11", "weeks", 30, "consistent"),
        ("2006-05; 2006-11", "months", 6, "reproduced"),
        ("2006-12; 2007-01", "days", 100, "contradicted"),
        ("2005-01-01; 2007-01-01", "years", 2, "reproduced"),
        ("2006-05-30; 2006-06-30", "days", 30, "contradicted"),
    ],
)
def test_time_between_dates(dates, unit, value, word):
    assert outcome("duration_between", f"{dates}; unit={unit}; value={value}", "x").verdict == word


# --- order and thresholds ----------------------------------------------------------------------------


def test_ties_may_stand_in_either_place():
    for place in ("4", "5"):
        found = outcome("rank_in_table", f"need_region; among=need_; place={place}")
        assert (found.verdict, found.words["of"]) == ("reproduced", 9)
    assert outcome("rank_in_table", "need_region; among=need_; place=6").verdict == "contradicted"


def test_the_power_of_an_order_is_the_share_of_random_orders_refused():
    pool = list(STUDY.items.query("table == 8")["item"])
    named = pool[:3]
    holds = [set(named) == set(three) for three in itertools.combinations(pool, 3)]
    found = outcome("rank_in_table", "; ".join(named))
    assert found.power == pytest.approx(1 - np.mean(holds))


def test_the_power_of_a_threshold_is_the_share_of_random_means_refused():
    grid = [i / 100 for i in range(100, 501)]
    both = np.mean([value > 3.5 for value in grid]) ** 2
    assert outcome("above", "3,5; 4; 4,5", unit="mean_1_5").power == pytest.approx(1 - both)
    assert outcome("above", "3,5; 4", unit="persons").power is None


def test_an_item_without_a_row_needs_answers():
    inputs = "source_kvk; table=10; place=bottom"
    assert outcome("rank_in_table", inputs).verdict == "not_checkable"
    items = [name for name in STUDY.codebook["variable"] if name.startswith("source_")]
    answers = pd.DataFrame({name: pd.array([3, 3], dtype="Int64") for name in items})
    for value, word in ((1, "reproduced"), (5, "contradicted")):
        found = outcome("rank_in_table", inputs, observed=answers.assign(source_kvk=value))
        assert (found.verdict, found.evidence, found.words["of"]) == (word, "observed", 14)


# --- rows --------------------------------------------------------------------------------------------


def test_a_row_has_the_verdict_and_power_of_the_exact_set():
    row = STUDY.items.set_index("item").loc["source_free"]
    exact = verdict(row["mean"], row["sd"], 97, options=row["options"], ddof=1, rounding="either")
    found = outcome("mean_and_sd", "source_free; 97")
    assert (found.verdict, found.power) == (exact.word, exact.power)
    assert outcome("mean_and_sd", "source_free; 98").verdict == "consistent"
    assert outcome("mean_and_sd", "source_free; 97", ddof=0).verdict == "consistent"


def test_a_scale_cannot_spread_beyond_its_ends():
    study = Study()
    study.items.loc[study.items["item"] == "scale_networking", "sd"] = "3,00"
    row = claim("scale_bounds", "scale_networking; 97")
    found = decide(row, Facts(study, row.to_frame().T, rounding="either"), ddof=1)
    assert (found.verdict, found.contradiction) == ("contradicted", "arithmetic")
    assert 0 < found.power < 1


def test_the_power_of_scale_bounds_is_the_share_of_pairs_that_no_scores_have():
    pairs = [(m / 20, s / 20) for m in range(20, 101) for s in range(41)]
    refused = [sd**2 * 96 > (mean - 1) * (5 - mean) * 97 + 1e-9 for mean, sd in pairs]
    assert outcome("scale_bounds", "scale_networking; 97").power == pytest.approx(np.mean(refused))


@given(st.lists(st.integers(1, 5), min_size=3, max_size=60))
def test_the_certain_share_above_a_limit_is_never_more_than_the_real_one(answers):
    study = Study()
    printed = {"mean": as_printed(Fraction(sum(answers), len(answers)), 2)}
    printed["sd"] = as_printed(Fraction(float(np.std(answers, ddof=1))), 2)
    study.items.loc[study.items["item"] == "lmi_law", ["mean", "sd"]] = [printed["mean"], printed["sd"]]
    row = claim("most_above", f"3; lmi_law; {len(answers)}")
    found = decide(row, Facts(study, row.to_frame().T, rounding="either"), ddof=1)
    share = np.mean(np.array(answers) > 3)
    assert found.verdict in ("reproduced", "consistent")
    assert int(found.recalculated) <= 100 * share + 0.5
    assert found.verdict == "consistent" or share > 0.5


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
    ("name", "inputs", "printed", "unit", "word", "again"),
    [
        ("same_as", "table.lmi_law.mean", "2,75", "mean_1_5", "reproduced", "2,75"),
        ("same_as", "table.lmi_law.mean", "2,74", "mean_1_5", "contradicted", "2,75"),
        ("answered", "variable=employment; code=1", "75", "percent", "reproduced", "75"),
        ("answered", "variable=employment; code=1,2", "100", "percent", "reproduced", "100"),
        ("answered", "variable=uses_check; code=2", "3", "", "reproduced", "3"),
        ("answered", "variable=uses_check; code=2", "4", "", "contradicted", "3"),
        ("percentage_of", "97; variable=employment; code=2", "26", "percent", "contradicted", "25"),
        ("mean_and_sd", "lmi_law; 97", "2,75", "", "contradicted", "2,75; 0,50"),
        ("mean_and_sd", "lmi_law; 97; statistic=sd", "0,89", "", "contradicted", "0,50"),
        ("most_above", "3; lmi_wages; 97", "", "", "reproduced", "100"),
        ("most_above", "3; lmi_law; 97", "", "", "contradicted", "0"),
        ("rank_in_table", "lmi_wages; place=1", "", "", "reproduced", "1"),
        ("above", "4; table.lmi_wages.mean", "", "mean_1_5", "reproduced", "4,75"),
        (
            "group_mean",
            "4; 2; 3; 1; item=lmi_law; variable=client_education_group; code=2",
            "3,0",
            "mean_1_5",
            "reproduced",
            "3,0",
        ),
    ],
)
def test_with_a_file_the_answers_decide(name, inputs, printed, unit, word, again):
    found = outcome(name, inputs, printed, unit, observed=ANSWERS)
    assert (found.verdict, found.recalculated, found.evidence) == (word, again, "observed")
    assert found.verdict in VERDICTS


def test_a_scale_is_compared_with_its_scores():
    items = STUDY.scales.query("scale == 'scale_networking'")["item"]
    answers = pd.DataFrame({item: pd.array([4, 4, 5], dtype="Int64") for item in items})
    found = outcome("scale_bounds", "scale_networking; 97; statistic=mean", "4,17", observed=answers)
    assert (found.verdict, found.recalculated, found.evidence) == ("contradicted", "4,33", "observed")


def test_print_with_fewer_decimals_may_be_the_same_number():
    assert outcome("same_as", "4,10", "4,1", "mean_1_5").verdict == "reproduced"
    assert outcome("same_as", "4,1", "4,12", "mean_1_5").verdict == "consistent"
    assert outcome("same_as", "4,1", "4,16", "mean_1_5").verdict == "contradicted"


def test_with_a_file_a_share_needs_its_code():
    with pytest.raises(ValueError, match="claim x: inputs: expected code="):
        outcome("answered", "variable=employment", observed=ANSWERS)
