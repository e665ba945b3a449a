"""A printed number knows exactly which values print as it, under every rounding rule."""

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behindprint import ROUNDING_RULES, Interval, Reported, check_ddof, check_rounding

ORACLE = {
    "half_up": [decimal.ROUND_HALF_UP],
    "half_down": [decimal.ROUND_HALF_DOWN],
    "half_even": [decimal.ROUND_HALF_EVEN],
    "either": [decimal.ROUND_HALF_UP, decimal.ROUND_HALF_DOWN],
    "truncated": [decimal.ROUND_DOWN],
}


def prints(value, places, rule):
    """What the decimal module prints for a fraction: one text per way a rule may go."""
    with decimal.localcontext(prec=60):  # a quotient that does not end cannot become a half in 60 digits
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return {f"{exact.quantize(Decimal(1).scaleb(-places), rounding=way)}" for way in ORACLE[rule]}


halves = st.builds(lambda k, p: Fraction(k, 2 * 10**p), st.integers(-999, 999), st.integers(0, 3))
fractions = st.fractions(-10, 10, max_denominator=999) | halves
cases = st.tuples(fractions, fractions, st.integers(0, 3), st.sampled_from(ROUNDING_RULES))


@given(cases)
def test_the_interval_of_a_printed_number_holds_what_the_decimal_module_rounds_to_it(case):
    value, other, places, rule = case
    for printed in prints(value, places, rule):
        number = Reported(printed, decimal=".")
        interval = number.interval(rule)
        assert value in interval
        same = any(Fraction(text) == number.value for text in prints(other, places, rule))
        assert (other in interval) == same
        ends = (interval.low, interval.high)  # where the rules differ
        for end, included in zip(ends, (interval.low_included, interval.high_included), strict=True):
            assert included == any(Fraction(text) == number.value for text in prints(end, places, rule))


@given(fractions, st.integers(0, 3))
def test_either_is_the_union_of_half_up_and_half_down_and_holds_half_even(value, places):
    for printed in prints(value, places, "half_even"):
        number = Reported(printed, decimal=".")
        assert (value in number.interval("half_up") or value in number.interval("half_down")) == (
            value in number.interval("either")
        )
        assert number.low <= value <= number.high


@pytest.mark.parametrize(
    ("printed", "value", "decimals"),
    [("4,10", Fraction(41, 10), 2), ("4", 4, 0), ("-0,5", Fraction(-1, 2), 1), ("007,0", 7, 1)],
)
def test_a_printed_number_keeps_value_and_decimals(printed, value, decimals):
    number = Reported(printed)
    assert (number.value, number.decimals) == (value, decimals)
    assert number.unit == Fraction(1, 10**decimals)
    assert (number.low, number.high) == (value - number.unit / 2, value + number.unit / 2)


def test_the_last_zero_counts_and_the_decimal_sign_is_said():
    assert Reported("4,1") != Reported("4,10")
    assert Reported("4.10", decimal=".").value == Reported("4,10").value
    assert Reported("71,1").value == Fraction(711, 10)


REFUSED = [
    "4.10", "71,1,2", "", " 4,1", "4,1 ", "4,1\n", "1.234,5", "1 234", "4,", ",5", "1e3", "+4",
    "--1", "4,-1", "28,9%", "nan", "inf", "1_000", "1/2",
    "٤", "4,٤", "４",  # digits of other scripts
    "−1", "–1",  # a minus sign or dash of print is typed as a hyphen
]  # fmt: skip


@pytest.mark.parametrize("printed", REFUSED)
def test_what_is_not_one_number_in_that_notation_is_refused(printed):
    with pytest.raises(ValueError, match="decimal comma and no sign for thousands.*found"):
        Reported(printed)


def test_a_comma_is_refused_where_the_document_has_points():
    with pytest.raises(ValueError, match="decimal point.*such as '4.10'; found '4,10'"):
        Reported("4,10", decimal=".")


@pytest.mark.parametrize("number", [4.1, 4, Decimal("4.1"), None, b"4,1"])
def test_a_number_type_is_refused_since_it_forgot_its_zeros(number):
    with pytest.raises(TypeError, match="the text as printed"):
        Reported(number)


def test_unknown_signs_and_rules_are_refused():
    with pytest.raises(ValueError, match="decimal: expected"):
        Reported("4", decimal=";")
    for rule in ("", "nearest", "HALF_UP"):
        with pytest.raises(ValueError, match="half_up, half_down, half_even, either, truncated; found"):
            check_rounding(rule)
        with pytest.raises(ValueError, match="rounding"):
            Reported("4").interval(rule)


def test_an_interval_can_leave_out_its_ends():
    assert [Fraction(k) in Interval(Fraction(0), Fraction(1), False, True) for k in (0, 1)] == [False, True]


@given(st.integers(-999, 999), st.integers(0, 3), st.integers(-20, 20), st.sampled_from(",."))
def test_units_of_the_last_digit_are_printed_with_all_decimals_and_can_move(units, decimals, steps, decimal):
    number = Reported.of_units(units, decimals, decimal)
    assert (number.value, number.decimals) == (Fraction(units, 10**decimals), decimals)
    assert number.moved(steps) == Reported.of_units(units + steps, decimals, decimal)


@given(
    st.fractions(-5, 5, max_denominator=12),
    st.fractions(0, 3, max_denominator=12),
    st.booleans(),
    st.booleans(),
)
def test_whole_numbers_are_those_inside(low, width, first, last):
    interval = Interval(low, low + width, first, last)
    inside = [n for n in range(-100, 101) if Fraction(n, 7) in interval]
    least, most = interval.whole_numbers(7)
    assert list(range(least, most + 1)) == inside


def test_only_two_divisors_are_known():
    check_ddof(1)
    with pytest.raises(ValueError, match="ddof: expected 1 .* found 2"):
        check_ddof(2)
