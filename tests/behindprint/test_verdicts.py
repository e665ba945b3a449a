"""The power of a verdict, and whole tables of verdicts."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from brute_force import LIKERT, all_tables, table_of

from behindprint import PrintedRow, check_rows, frequency_tables, power, verdict


def test_power_is_the_share_of_printed_pairs_that_no_dataset_prints():
    n, options = 12, (1, 2, 3, 4, 5)
    row = PrintedRow("3,00", "1,00", n, options=options, ddof=1, rounding="half_up")
    possible = {
        (
            round(Decimal2(np.repeat(options, t).mean())),
            round(Decimal2(np.std(np.repeat(options, t), ddof=1))),
        )
        for t in all_tables(n, options)
    }
    pairs = flagged = 0
    for mean, sd in itertools.product(range(100, 501), range(90, 111)):
        room = (Fraction(mean, 100) - 1) * (5 - Fraction(mean, 100)) * Fraction(n, n - 1)
        if Fraction(2 * sd - 1, 200) ** 2 <= room:
            pairs += 1
            flagged += (mean, sd) not in possible
    assert power(row) == pytest.approx(flagged / pairs, abs=2e-3)


class Decimal2(float):
    """A number that rounds to hundredths, halves up."""

    def __round__(self):
        return math.floor(self * 100 + 0.5 + 1e-9)


def test_power_falls_with_the_spread_and_vanishes_at_one_decimal():
    values = [power(PrintedRow("3,00", sd, 97, **LIKERT)) for sd in ("0,40", "0,60", "0,80", "1,00")]
    assert values == sorted(values, reverse=True)
    assert [round(v, 1) for v in values] == [0.8, 0.4, 0.3, 0.1]
    assert power(PrintedRow("4,2", "1,1", 97, **LIKERT)) == 0


def test_a_whole_table_gets_the_verdicts_of_its_rows():
    rows = table_of((9, "4,15", "0,72"), (9, "4,07", "0,92"), (10, "2,20", "1,12"), (10, "4,02", "0,92"))
    chosen = {"ddof": 1, "rounding": "either"}
    checked = check_rows(rows, 97, **chosen)
    assert checked["verdict"].tolist() == ["contradicted", "consistent", "consistent", "consistent"]
    for row in rows.join(checked).itertuples():
        assert row.tables == len(frequency_tables(row.mean, row.sd, 97, **LIKERT))
        assert row.power == verdict(row.mean, row.sd, 97, **LIKERT).power


def test_a_table_with_decimal_points_gets_the_same_verdicts():
    rows = table_of((9, "4,15", "0,72"), (9, "4,07", "0,92"))
    points = rows.assign(**{name: rows[name].str.replace(",", ".") for name in ("mean", "sd")})
    choices = {"ddof": 1, "rounding": "either"}
    same = check_rows(rows, 97, **choices)
    assert check_rows(points, 97, decimal=".", **choices).equals(same)


@pytest.mark.parametrize(
    ("mean", "sd", "n"), [("4,15", "99", 97), ("4,15", "2,50", 97), ("1,00", "0,72", 97)]
)
def test_an_sd_beyond_the_scale_leaves_no_window_and_so_nothing_to_count(mean, sd, n):
    row = PrintedRow(mean, sd, n, range(1, 6), 1, "either")
    assert row.windows == {}
    assert verdict(mean, sd, n, options=range(1, 6), ddof=1, rounding="either").word == "contradicted"


def test_a_row_of_more_people_than_can_be_checked_is_refused_before_its_sums_are_listed():
    with pytest.raises(
        ValueError, match=r"n: expected at most 100,000 sums .*; found 10,000,001 with n = 10{9}"
    ):
        verdict("4,15", "0,72", 10**9, options=range(1, 6), ddof=1, rounding="either")


def test_many_decimals_are_decided_but_have_no_power():
    outcome = verdict("4,15123456789012345678", "0,72", 97, options=range(1, 6), ddof=1, rounding="either")
    assert outcome.word == "contradicted"
    assert math.isnan(outcome.power)
