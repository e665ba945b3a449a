"""Numbers and sentences as readers of Dutch and of English expect them."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from loopbaanchecks.language import check_language, format_number, printed_number, sentence


@pytest.mark.parametrize(
    ("value", "spec", "nl", "en"),
    [
        (0.0847, "percent1", "8,5 %", "8.5%"),
        (Fraction(18, 97), "percent0", "19 %", "19%"),
        (1234567, "count", "1.234.567", "1,234,567"),
        (-3, "signed", "-3", "-3"),
        (np.int64(4), "decimal2", "4", "4"),
        (np.int64(1234), "number", "1.234", "1,234"),
        (0.145, "decimal2", "0,15", "0.15"),
        (0.1 + 0.045, "decimal2", "0,15", "0.15"),
        (-0.125, "percent0", "-13 %", "-13%"),
        (1, "signed", "+1", "+1"),
        (5.88, "decimal2", "5,88", "5.88"),
        (-0.0, "decimal1", "0,0", "0.0"),
        (-0.004, "decimal2", "0,00", "0.00"),
        (None, "percent0", "", ""),
        (float("nan"), "decimal2", "", ""),
        (float("inf"), "decimal2", "inf", "inf"),
        ("4,10", "decimal2", "4,10", "4.10"),
        ("4,10", "printed", "4,10", "4.10"),
        ("4,10", "text", "4,10", "4,10"),
        ("4,10", "word", "4,10", "4,10"),
    ],
)
def test_numbers_follow_the_language(value, spec, nl, en):
    assert format_number(value, spec, "nl") == nl
    assert format_number(value, spec, "en") == en


def test_only_a_comma_between_digits_is_a_decimal_comma():
    text = "gemiddelde 4,10; 26, 46, en 1,5"
    assert printed_number(text, "en") == "gemiddelde 4.10; 26, 46, en 1.5"
    assert printed_number(text, "nl") == text


@pytest.mark.parametrize(
    ("text", "value", "nl", "en"),
    [
        ("{x}", 1200, "1.200", "1,200"),
        ("{x}", np.int64(1200), "1.200", "1,200"),
        ("{x}", -3, "-3", "-3"),
        ("{x}", "4,10", "4,10", "4.10"),
        ("{x}", "geen getal", "geen getal", "geen getal"),
        ("{x}", ["a"], "a", "a"),
        ("{x}", ["a", "b"], "a en b", "a and b"),
        ("{x}", ("a", "b", "c"), "a, b en c", "a, b, and c"),
        ("{x}", [1200, 3], "1.200 en 3", "1,200 and 3"),
        ("{x:.1}", [0.25, 3.0], "0,3 en 3,0", "0.3 and 3.0"),
        ("{x:%}", [0.25, 0.5], "25 procent en 50 procent", "25% and 50%"),
        ("{x:#|#}", 0, "geen", "no"),
        ("{x:^#|#}", 1, "Eén", "One"),
        ("{x:#|#}", 13, "13", "13"),
        ("{x:#|#}", 12000, "12.000", "12,000"),
        ("{x:a|b}", 1, "a", "a"),
        ("{x:a|b}", 0, "b", "b"),
        ("{x:a|b}", np.int64(2), "b", "b"),
        ("{x:# a|# b}", "te weinig", "te weinig b", "te weinig b"),
        ("{x:of 2}", 0, "geen van beide", "neither"),
        ("{x:of 2}", 1, "een van beide", "one of the two"),
        ("{x:^of 2}", 2, "Beide", "Both"),
        ("{x:of 9}", 0, "geen van de negen", "none of the nine"),
        ("{x:of 9}", 2, "twee van de negen", "two of the nine"),
        ("{x:of 9} rows", 9, "alle negen de rows", "all nine rows"),
        ("{x:of {x}} rows", 1200, "alle 1.200 rows", "all 1,200 rows"),
        ("{x:of 60}", 58, "58 van de 60", "58 of the 60"),
        ("{x:of 60}", 3, "3 van de 60", "3 of the 60"),
        ("{x:of 60}", 0, "geen van de 60", "none of the 60"),
        ("{x:of 1}", 1, "de enige", "the only one"),
        ("{x:of 9}", "te weinig", "te weinig van de 9", "te weinig of the 9"),
        ("{x}", [], "", ""),
        ("{x}", date(2021, 12, 1), "1 december 2021", "December 1, 2021"),
        ("{x:MMMM y}", date(2021, 12, 1), "december 2021", "December 2021"),
        ("{x:%}", 0.4, "40 procent", "40%"),
        ("{x:%1}", 0.0847, "8,5 procent", "8.5%"),
        ("{x:%}", Fraction(1, 8), "13 procent", "13%"),
        ("{x:%1}", 1, "100 procent", "100%"),
        ("{x:.2}", 1234.5, "1.234,50", "1,234.50"),
        ("{x:.0}", 2.5, "3", "3"),
        ("{x:.2}", float("nan"), "", ""),
        ("{{x}} {x}", 1, "{x} 1", "{x} 1"),
    ],
)
def test_a_sentence_fills_in_values_by_the_language(text, value, nl, en):
    assert sentence(text, "nl", x=value) == nl
    assert sentence(text, "en", x=value) == en


def test_values_that_a_text_does_not_name_are_left_alone():
    assert sentence("{a} van {b}", "nl", a=1, b=2, c=0.5) == "1 van 2"


@pytest.mark.parametrize(
    ("text", "value", "found"),
    [
        ("{x}", 0.25, "for 0.25; found ''"),
        ("{x}", Fraction(1, 4), "found ''"),
        ("{x:.2f}", 0.25, "found '.2f'"),
        ("{x:%12}", 0.25, "found '%12'"),
        ("{x:,}", 1200, "found ','"),
        ("{x}", [1, 0.25], "for 0.25; found ''"),
        ("{x}", None, "for None; found ''"),
    ],
)
def test_a_number_without_a_form_is_refused(text, value, found):
    with pytest.raises(ValueError, match="sentence: expected {name:%}, {name:%1} or {name:.2} for") as error:
        sentence(text, "nl", x=value)
    assert found in str(error.value)


def test_what_is_missing_or_unknown_is_refused():
    with pytest.raises(KeyError, match="'of'"):
        sentence("{n} van {of}", "nl", n=1)
    with pytest.raises(ValueError, match="language: expected one of nl, en; found 'fr'"):
        sentence("{n}", "fr", n=1)
    with pytest.raises(ValueError, match="language: expected one of nl, en; found ''"):
        check_language("")
