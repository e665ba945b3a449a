"""Arguments that fit pass in silence; others get one sentence."""

import numpy as np
import pandas as pd
import pytest

import expect
from expect import check_between, check_columns, check_one_of, check_problems, check_sizes, rows_named


def test_what_fits_passes():
    check_between(confidence=0.95, power=0.5)
    check_columns("frame", pd.DataFrame({"a": [1], "b": [2]}), ["b"])
    check_one_of("language", "nl", ("nl", "en"))
    check_sizes(3, 3)
    check_sizes([0, 2.0], least=0)
    check_problems("a.csv", [])


@pytest.mark.parametrize("value", [0, 1, -0.1, 1.5, float("nan"), float("inf")])
def test_a_share_lies_strictly_between_its_ends(value):
    with pytest.raises(ValueError, match="confidence: expected a number between 0 and 1; found"):
        check_between(power=0.5, confidence=value)


def test_columns_that_are_absent_are_named():
    with pytest.raises(ValueError, match="^ratings: expected columns a, b, c; not found: b, c$"):
        check_columns("ratings", pd.DataFrame({"a": [1]}), ["a", "b", "c"])


@pytest.mark.parametrize(("value", "found"), [("de", "'de'"), (None, "None"), (1, "1")])
def test_a_choice_is_one_of_its_list(value, found):
    with pytest.raises(ValueError, match=f"^language: expected one of nl, en; found {found}$"):
        check_one_of("language", value, iter(("nl", "en")))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n: expected whole numbers of at least 1; found 0"),
        ({"n": 2.5}, "n: expected whole numbers of at least 1; found 2.5"),
        ({"n": float("nan")}, "n: expected whole numbers of at least 1; found nan"),
        ({"n": [3, 11], "population": 10}, "at most the population of 10; found"),
        ({"n": 3, "population": 0}, "population: expected whole numbers of at least 1; found 0"),
        ({"n": -1, "name": "count", "least": 0}, "count: expected whole numbers of at least 0; found -1"),
    ],
)
def test_a_size_is_a_whole_number_within_its_population(arguments, message):
    with pytest.raises(ValueError, match=message):
        check_sizes(**arguments)


def test_all_problems_come_in_one_error_of_the_kind_asked_for():
    class Refusal(ValueError):
        pass

    with pytest.raises(Refusal, match=r"^a\.csv: one$"):
        check_problems("a.csv", ["one"], Refusal)
    with pytest.raises(ValueError, match=r"^a\.csv: 2 problems\n  one\n  two$"):
        check_problems("a.csv", ["one", "two"])


def test_rows_are_named_once_in_order_and_ten_at_most():
    assert rows_named(np.array([5, 3, 3])) == "rows 3, 5 (2 rows)"
    assert rows_named(range(1, 11), "line") == "lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 (10 lines)"
    assert rows_named(range(1, 12)).endswith("10, … (11 rows)")


def test_the_door_has_every_name_and_no_other():
    assert all(callable(getattr(expect, name)) for name in expect.__all__)
    with pytest.raises(AttributeError, match="module 'expect' has no attribute 'nothing'"):
        expect.nothing  # noqa: B018
