"""References point at one thing, or say what they expected."""

from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behindprint import Reported
from loopbaanchecks.claims.references import (
    Facts,
    Number,
    added,
    as_printed,
    read_claims,
    read_number,
    split_inputs,
    times,
    told_number,
)
from loopbaanchecks.study import Study

STUDY = Study()
LEDGER = pd.DataFrame(
    {
        "id": ["plain", "words", "range"],
        "printed": ["8,5", "een half uur", "80 à 120"],
        "unit": ["percent", "minutes", "persons"],
        "inputs": ["", "figures.complete; value=30", "low=80; high=120"],
    }
)


def facts(observed=None, **choices):
    return Facts(STUDY, LEDGER, rounding="either", observed=observed, **choices)


@given(st.integers(-(10**6), 10**6), st.integers(0, 4))
def test_what_is_printed_reads_back(units, decimals):
    value = Fraction(units, 10**decimals)
    assert Reported(as_printed(value, decimals)).value == value


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [("0.005", 2, "0,01"), ("-0.004", 2, "0,00"), ("-2.5", 0, "-3"), ("97", 1, "97,0"), ("0.05", 1, "0,1")],
)
def test_halves_are_printed_away_from_zero(value, decimals, printed):
    assert as_printed(Fraction(value), decimals) == printed


def test_a_count_is_exact_and_a_percentage_is_not():
    count = read_number("97", rounding="either")
    share = read_number("64", rounding="either", rounded=True)
    assert count.exact
    assert not share.exact
    assert share.span == (Fraction("63.5"), Fraction("64.5"))
    assert count.value == 97


def test_a_range_is_not_one_number():
    ends = told_number(LEDGER.loc[2], rounding="either")
    assert ends.text == "80-120"
    with pytest.raises(ValueError, match="found the range 80-120"):
        _ = ends.value


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("97", 97),
        ("-3", -3),
        ("4,10", "4.1"),
        ("figures.complete", 97),
        ("figures.response_rate", "8.5"),
        ("table.lmi_skills_useful.mean", "4.1"),
        ("table.lmi_law.sd", "0.89"),
        ("table.employee_mbo4.count", 3),
        ("behind.share_clients_lower", 28),
        ("claim.words", 30),
        ("report_2021-codebook.part_plan.position", 53),
        ("report_2021-sections.4.1.1.paragraphs", 1),
        ("rows.report_2021-codebook?block=goals", 9),
        ("rows.report_2021-codebook?block=goals&variable!=goal_values", 8),
        ("rows.report_2021-topics?topic_nl~NETWERK&source=topic_list", 2),
        ("rows.report_2021-joint", 8),
        ("distinct.report_2021-respondents.group", 3),
        ("sum.report_2021-published.printed?table=1", 9),
        ("sum.report_2021-published.printed?table=99", 0),
        ("parts.report_2021-respondents.employer_municipality.roles_nl", 2),
        ("parts.report_2021-sections.2.4.holds", 6),
        ("figures.complete + figures.partial - 4", 250),
    ],
)
def test_a_reference_gives_its_number(reference, value):
    assert facts().number(reference).value == Fraction(value)


def test_two_cells_give_a_range():
    numbers = facts().number("tno_2007-targets.candidates_planned.low-high")
    assert numbers.ends == (80, 120)
    assert numbers.exact


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("", "expected a number or a reference"),
        ("4.10", "expected a number or a reference"),
        ("nonsense", "expected a number or a reference"),
        ("figures.none", "figure: expected an id"),
        ("table.lmi_law", "expected <item>.mean, .sd or .count"),
        ("table.lmi_law.median", "expected <item>.mean, .sd or .count"),
        ("table.none.mean", "expected <item>.mean, .sd or .count"),
        ("table.none.count", "expected an item with one count"),
        ("behind.share_hbo.x", "figure: expected an id"),
        ("claim.none", "expected the id of a claim"),
        ("report_2021-codebook.none.position", "expected one cell none, position"),
        ("report_2021-codebook.part_plan.none", "expected one cell part_plan, none"),
        ("none-such.a.b", "resource: expected one of"),
        ("rows.none", "resource: expected one of"),
        ("rows.report_2021-codebook?block", "expected column=value"),
        ("rows.report_2021-codebook?none=1", "expected a column of report_2021-codebook; found 'none'"),
        ("distinct.report_2021-codebook.none", "expected <resource>.<column>"),
        ("parts.report_2021-codebook", "expected a number or a reference"),
        ("report_2021-codebook.part_plan.label_nl", "expected one number"),
        ("97 + nonsense", "found 'nonsense'"),
    ],
)
def test_a_reference_that_points_at_nothing_says_so(reference, message):
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        facts().number(reference)


def test_a_percentage_that_many_counts_print_has_no_one_count_behind_it():
    study = Study()
    study.figures.loc["share_other_contract", "printed"] = "200"
    with pytest.raises(ValueError, match="expected one count behind share_other_contract; found 0"):
        Facts(study, LEDGER, rounding="either").number("behind.share_other_contract")


def test_answers_replace_print_where_the_file_has_them():
    answers = pd.DataFrame({"lmi_law": [1, 2, 2, None], "employment": [1, 1, 2, 3]}, dtype="Int64")
    known = facts(answers, evidence="simulated")
    mean = known.number("table.lmi_law.mean")
    share = known.number("figures.share_zzp")
    assert (mean.value, mean.evidence) == (Fraction(5, 3), "simulated")
    assert (share.value, share.evidence) == (50, "simulated")
    assert known.number("table.lmi_wages.mean").evidence == ""
    assert known.observed_mean("lmi_wages") is None
    assert (known.number("figures.share_zzp + 1")).evidence == "simulated"


def test_a_scale_is_scored_when_all_its_items_are_there():
    items = list(STUDY.scales.query("scale == 'scale_networking'")["item"])
    answers = pd.DataFrame({item: pd.array([4, 2], dtype="Int64") for item in items})
    assert facts(answers).number("table.scale_networking.mean").value == 3
    assert facts(answers[items[1:]]).number("table.scale_networking.mean").evidence == ""


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=6))
def test_a_sum_less_itself_is_nothing(values):
    numbers = [read_number(str(value), rounding="either") for value in values]
    assert added([*numbers, *(times(number, -1) for number in numbers)]).value == 0
    assert added(numbers).value == sum(values)


def test_turning_a_range_turns_its_ends():
    number = Number((Fraction(1), Fraction(2)), (Fraction(0), Fraction(3)))
    assert times(number, -1) == Number((Fraction(-2), Fraction(-1)), (Fraction(-3), Fraction(0)))
    assert times(number, 1) is number


def test_inputs_are_split_and_malformed_ones_refused():
    assert split_inputs("") == ([], {})
    assert split_inputs("a; rows.x?b=c; n=2") == (["a", "rows.x?b=c"], {"n": "2"})
    for inputs in ("a;;b", "a; ", "n=1; n=2"):
        with pytest.raises(ValueError, match="inputs: expected parts between semicolons"):
            split_inputs(inputs)


def test_words_without_a_number_are_refused():
    claim = pd.Series({"printed": "veel", "unit": "", "inputs": ""})
    with pytest.raises(ValueError, match="found 'veel'"):
        told_number(claim, rounding="either")


def test_every_ledger_is_read():
    claims = read_claims(STUDY)
    assert "report_2021" in set(claims["document"])
    assert claims["id"].is_unique
