"""Whole tables of printed rows: read, decided, and refused with everything that does not fit."""

from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from behindprint import check_rows, parse_options
from behindprint.checking import Defaults, printed_rows
from behindprint.verdicts import decide_row

ATTITUDE = pd.read_csv(Path(__file__).parents[1] / "reference" / "attitude.csv", dtype="str")


READING = Defaults("either", decimal=".")


def test_a_published_table_with_public_data_is_consistent():
    rows = printed_rows(ATTITUDE.drop(columns=["q1", "median", "q3", "quartiles"]), READING)
    outcomes = [decide_row(row) for row in rows]
    assert [outcome.word for outcome in outcomes] == ["consistent"] * 7
    assert min(outcome.power for outcome in outcomes) > 0.2


def test_a_changed_last_digit_of_it_is_found_most_of_the_time():
    moved = ATTITUDE.drop(columns=["q1", "median", "q3", "quartiles"])
    means = [[f"{float(mean) + step / 100:.2f}" for mean in moved["mean"]] for step in (-2, -1, 1, 2)]
    rows = printed_rows(pd.concat(moved.assign(mean=each) for each in means), READING)
    assert sum(decide_row(row).word == "contradicted" for row in rows) > len(rows) / 2


def test_rows_are_read_with_what_stands_beside_them():
    rows = pd.DataFrame(
        {
            "mean": ["2,5", "3,2"], "sd": ["1,0", ""], "n": ["10", "40"],
            "low": ["0", "1"], "high": ["3", "5"],
            "step": ["0.5", ""], "items": ["2", ""], "minimum_answered": ["", ""], "ddof": ["0", ""],
            "median": ["", "3"], "share 4;5": ["", "37,5 %"], "t": ["", "1,26"], "against": ["", "3"],
            "ci_low": ["2,0", ""], "ci_high": ["3,0", ""],
        }
    )  # fmt: skip
    first, second = printed_rows(rows, Defaults("either", ddof=1))
    assert (first.items, first.ddof, first.unit, first.options[1]) == (2, 0, Fraction(1, 4), Fraction(1, 2))
    assert second.shares == (((4, 5), "37,5"),) and second.sd is None
    assert [type(constraint).__name__ for constraint in second.also] == ["MeanTest", "Quantiles"]
    assert [type(constraint).__name__ for constraint in first.also] == ["MeanInterval"]


def test_everything_that_does_not_fit_is_said_at_once():
    rows = pd.DataFrame(
        {"mean": ["4.15", "", "3,0"], "sd": ["0,7", "1", "1,0"], "n": ["9", "9", "x"], "options": "1-5"}
    )
    with pytest.raises(
        ValueError, match=r"3 problems(.|\n)*row 1: mean(.|\n)*row 2: mean(.|\n)*row 3: n: expected"
    ):
        check_rows(rows, ddof=1, rounding="either")
    with pytest.raises(ValueError, match="expected columns mean"):
        check_rows(pd.DataFrame({"sd": ["1,0"]}), ddof=1, rounding="either")


def test_a_row_that_is_too_large_is_not_checkable_and_the_others_are():
    gaps = "0;" + ";".join(str(v) for v in range(2, 102))
    rows = pd.DataFrame(
        {"mean": ["50,0", "3,0"], "sd": ["9,0", "1,0"], "n": [900, 9], "options": [gaps, "1-5"]}
    )
    found = check_rows(rows, ddof=1, rounding="either")
    assert found["verdict"].tolist() == ["not_checkable", "consistent"]
    assert "too large to check exactly" in found["reason"].iloc[0]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("1-5", (1, 2, 3, 4, 5)),
        ("-2..2", (-2, -1, 0, 1, 2)),
        ("-2 – 0", (-2, -1, 0)),
        ("0..100:25", (0, 25, 50, 75, 100)),
        ("1 t/m 3", (1, 2, 3)),
        ("0,5;1;1,5", (Fraction(1, 2), 1, Fraction(3, 2))),
        ("whole", None),
    ],
)
def test_options_in_many_notations(text, options):
    assert parse_options(text) == options
