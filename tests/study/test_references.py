"""References point at one thing, or say what they expected."""

import ast
import operator
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behindprint import Reported
from loopbaanchecks.claims.references import (
    Facts,
    Number,
    as_printed,
    dotted,
    read_arguments,
    read_claims,
    read_number,
    told_number,
    word,
)
from loopbaanchecks.study import Study

STUDY = Study()
LEDGER = pd.DataFrame(
    {
        "id": ["plain", "words", "range"],
        "document": "report_2021",
        "printed": ["8,5", "een half uur", "80 à 120"],
        "value": ["", "30", "80-120"],
        "unit": ["percent", "minutes", "persons"],
    }
)


def number(expression, observed=None, document="report_2021", **choices):
    facts = Facts(STUDY, LEDGER, rounding="either", observed=observed, **choices)
    return facts.number(
        ast.parse(expression, mode="eval").body, pd.Series({**LEDGER.loc[1], "document": document})
    )


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
    assert read_number("97", rounding="either").span == (97, 97)
    share = read_number("64", rounding="either", rounded=True)
    assert share.span == (Fraction("63.5"), Fraction("64.5"))
    assert read_number("64", rounding="truncated", rounded=True).span == (64, 65)


def test_a_range_is_not_one_number():
    ends = told_number(LEDGER.loc[2], rounding="either")
    assert ends.text == "80-120"
    with pytest.raises(ValueError, match="found the range 80-120"):
        _ = ends.value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("97", 97),
        ("-3", -3),
        ("4.10", "4.1"),
        ("'4,10'", "4.1"),
        ("printed", 30),
        ("figures.complete", 97),
        ("figures.response_rate", "8.5"),
        ("table.lmi_skills_useful.mean", "4.1"),
        ("table.lmi_law.sd", "0.89"),
        ("table.employee_mbo4.count", 3),
        ("behind(figures.share_clients_lower, figures.complete)", 28),
        ("claim.plain", "8.5"),
        ("codebook.part_plan.position", 53),
        ("rows('codebook', block='goals')", 9),
        ("rows('codebook', block='goals', variable='!goal_values')", 8),
        ("rows('topics', topic_nl='~NETWERK', source='topic_list')", 2),
        ("rows('report_2021-joint')", 8),
        ("distinct('respondents', 'group')", 3),
        ("total('published', 'printed', table=1)", 9),
        ("total('published', 'printed', table=99)", 0),
        ("parts('respondents', 'employer_municipality', 'roles_nl')", 2),
        ("parts('sections', '2.4', 'holds')", 6),
        ("figures.complete + figures.partial - 4", 250),
        ("(figures.complete - 1) / 4 * 2", 48),
        ("required_sample(5, 95, 3000)", 341),
    ],
)
def test_an_expression_gives_its_number(expression, value):
    assert number(expression).value == Fraction(value)


def test_two_cells_give_a_range_and_a_range_is_calculated_with_at_both_ends():
    planned = number("targets.candidates_planned", document="tno_2007")
    assert planned.ends == planned.span == (80, 120)
    extended = "targets.candidates_planned / targets.centres_planned * targets.centres_extended"
    assert number(extended, document="tno_2007").ends == (140, 210)
    assert number("targets.candidates_planned.high", document="tno_2007").value == 120


def test_the_level_behind_a_margin_is_the_one_that_gave_it():
    level = number("confidence_behind(figures.margin_complete, figures.complete, figures.population)")
    assert level.span[0] < 95 < level.span[1]
    assert level.span[1] - level.span[0] < Fraction(1, 10)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("nonsense", "expected a number, a printed place or a function"),
        ("True", "expected a number, a printed place or a function"),
        ("figures.none", "expected one row 'none' of figures; found 0"),
        ("figures.complete.none", "expected a column of figures; found 'none'"),
        ("table.lmi_law", "expected table.<item>.mean, .sd or .count"),
        ("table.lmi_law.median", "expected table.<item>.mean, .sd or .count"),
        ("table.none.count", "expected an item with one count"),
        ("claim.none", "claim: expected the id of a claim; found 'none'"),
        ("none.a.b", "resource: expected one of"),
        ("rows('none')", "resource: expected one of"),
        ("rows('codebook', none=1)", "expected a column of codebook; found 'none'"),
        ("rows('codebook', 'block')", "rows: expected 0 words after the resource"),
        ("parts('codebook')", "parts: expected 2 words after the resource"),
        ("behind('200', 97)", "expected one count behind 200 %; found 0"),
        ("open('x')", "expected a number, a printed place or a function"),
        ("figures.complete ** 2", "expected a number, a printed place or a function"),
        ("__import__('os').system('true')", "expected a number, a printed place or a function"),
        ("codebook.part_plan.label_nl", "expected one number"),
        ("rows(figures.complete)", "expected a word"),
    ],
)
def test_an_expression_that_points_at_nothing_says_so(expression, message):
    with pytest.raises(ValueError, match=".*") as stop:
        number(expression)
    assert message in str(stop.value)


def test_answers_replace_print_where_the_file_has_them():
    answers = pd.DataFrame({"lmi_law": [1, 2, 2, None], "employment": [1, 1, 2, 3]}, dtype="Int64")
    mean = number("table.lmi_law.mean", answers, evidence="simulated")
    share = number("figures.share_zzp + 1", answers, evidence="simulated")
    assert (mean.value, mean.evidence) == (Fraction(5, 3), "simulated")
    assert (share.value, share.evidence) == (51, "simulated")
    assert number("table.lmi_wages.mean", answers).evidence == ""


def test_a_scale_is_scored_when_all_its_items_are_there():
    items = list(STUDY.scales.query("scale == 'scale_networking'")["item"])
    answers = pd.DataFrame({item: pd.array([4, 2], dtype="Int64") for item in items})
    assert number("table.scale_networking.mean", answers).value == 3
    assert number("table.scale_networking.mean", answers[items[1:]]).evidence == ""


@given(st.lists(st.integers(1, 50), min_size=2, max_size=6))
def test_whole_numbers_are_calculated_as_such(values):
    whole = [Number.of(value) for value in values]
    total, product = whole[0], whole[0]
    for one in whole[1:]:
        total, product = total.combined(one, operator.add), product.combined(one, operator.mul)
    assert total.value == sum(values)
    assert (product.combined(product, operator.truediv)).value == 1


@given(st.fractions(1, 5, max_denominator=97), st.fractions(1, 5, max_denominator=97))
def test_what_was_rounded_lies_in_the_span_of_what_is_calculated(a, b):
    one, two = (read_number(as_printed(value, 2), rounding="either") for value in (a, b))
    for operation in (operator.add, operator.sub, operator.mul, operator.truediv):
        low, high = one.combined(two, operation).span
        assert low <= operation(a, b) <= high


def test_inputs_are_the_arguments_of_a_call_and_nothing_else():
    plain, named = read_arguments("figures.complete, code=2")
    assert (dotted(plain[0]), word(named["code"])) == (["figures", "complete"], "2")
    assert read_arguments("") == ([], {})
    for inputs in ("a) + f(b", "a;", "a b", "f(x", "a)(b"):
        with pytest.raises(ValueError, match="inputs: expected arguments of a call; found"):
            read_arguments(inputs)


def test_words_without_a_number_are_refused():
    with pytest.raises(ValueError, match="found 'veel'"):
        told_number(pd.Series({"printed": "veel", "unit": "", "value": ""}), rounding="either")


def test_every_ledger_is_read():
    claims = read_claims(STUDY)
    assert set(claims["document"]) == {"report_2021", "tno_2007"}
    assert claims["id"].is_unique
