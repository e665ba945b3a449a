"""Frequency tables counted without a list."""

import pytest

from behindprint import count_frequency_tables, frequency_tables


@pytest.mark.parametrize(("mean", "sd", "n", "last"), [("5,1", "2,3", 60, 10), ("4,25", "1,50", 120, 7)])
def test_counting_without_a_list_agrees_on_wide_scales(mean, sd, n, last):
    choices = {"options": range(1, last + 1) if last == 7 else range(6), "ddof": 1, "rounding": "half_up"}
    mean = mean if last == 7 else "2,6"
    sd = sd if last == 7 else "1,1"
    assert count_frequency_tables(mean, sd, n, **choices) == len(frequency_tables(mean, sd, n, **choices))


def test_counting_reaches_eleven_options_and_hundreds_of_respondents():
    choices = {"options": range(11), "ddof": 1, "rounding": "either"}
    count = count_frequency_tables("5,0", "1,00", 200, **choices)
    mirrored = count_frequency_tables("-5,0", "1,00", 200, **{**choices, "options": range(-10, 1)})
    assert count == mirrored > 10**7
