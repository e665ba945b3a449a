"""Weighted coefficients and intervals in closed form against other software; pairs and disagreements."""

import csv
import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from codedtexts import (
    closed_form_interval,
    closeness_weights,
    coefficients,
    disagreements,
    pairwise_kappa,
)

REFERENCE = Path(__file__).parents[1] / "reference"
ROWS = list(csv.DictReader((REFERENCE / "agreement_weighted.csv").open(encoding="utf8")))
SPEC = importlib.util.spec_from_file_location("reference_agreement", REFERENCE / "agreement.py")
GENERATOR = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(GENERATOR)
CASES = GENERATOR.cases()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['case']}-{row['statistic']}-{row['weights']}")
def test_weighted_coefficients_and_standard_errors_equal_irrcac(row):
    units = CASES[row["case"]]
    categories = sorted({rating for unit in units for rating in unit if rating is not None})
    found = closed_form_interval(
        units, statistic=row["statistic"], categories=categories, confidence=0.95,
        level="nominal" if row["statistic"] == "krippendorff_alpha" else None, closeness=row["weights"],
    ).iloc[0]  # fmt: skip
    assert found["estimate"] == pytest.approx(float(row["value"]), abs=1e-9)
    uneven = row["case"] == "canonical" and row["statistic"] == "krippendorff_alpha"
    # where units have different numbers of ratings, irrCAC mixes agreement with and without correction
    assert found["se"] == pytest.approx(float(row["se"]), abs=2e-4 if uneven else 1e-9)
    assert found["ci_low"] <= found["estimate"] <= found["ci_high"] <= 1


@pytest.mark.parametrize(("closeness", "weights"), [("linear", "linear"), ("quadratic", "quadratic")])
def test_weighted_kappa_and_its_error_equal_statsmodels(closeness, weights):
    rng = np.random.default_rng(17)
    pairs = rng.integers(0, 4, (60, 2))
    pairs[:30, 1] = pairs[:30, 0]
    table = np.zeros((4, 4))
    np.add.at(table, tuple(pairs.T), 1)
    other = cohens_kappa(table, wt=weights)
    found = closed_form_interval(
        pairs, statistic="cohen_kappa", categories=range(4), confidence=0.95, closeness=closeness
    ).iloc[0]
    assert found["estimate"] == pytest.approx(other["kappa"], abs=1e-12)
    assert found["se"] == pytest.approx(other["std_kappa"] * np.sqrt(60 / 59), abs=1e-12)


def test_without_variation_there_is_no_interval():
    same = closed_form_interval([[1, 1], [1, 1]], statistic="cohen_kappa", categories=[0, 1], confidence=0.9)
    assert same[["estimate", "se", "ci_low"]].isna().all(axis=None)
    one = closed_form_interval([[1, 0]], statistic="gwet_ac1", categories=[0, 1], confidence=0.9).iloc[0]
    assert one["n"] == 1
    assert np.isnan(one["se"])


def test_intervals_in_closed_form_hold_the_true_value_about_as_often_as_they_say():
    rng, inside = np.random.default_rng(3), 0
    for _ in range(400):
        truth = rng.integers(0, 2, 60)
        ratings = np.where(rng.random((60, 2)) < 0.9, truth[:, None], 1 - truth[:, None])
        found = closed_form_interval(ratings, statistic="gwet_ac1", categories=[0, 1], confidence=0.9)
        inside += found["ci_low"].item() <= 0.64 <= found["ci_high"].item()  # 2 × .82 - 1
    assert 0.85 <= inside / 400 <= 0.95


@pytest.mark.parametrize(
    ("categories", "closeness", "message"),
    [
        (["a", "b"], "linear", "expected numbers for weights linear"),
        ([-1, 1], "ratio", "numbers of 0 or more"),
        ([0, 1], "cubic", "closeness: expected one of"),
    ],
)
def test_weights_that_do_not_suit_the_categories_are_refused(categories, closeness, message):
    with pytest.raises(ValueError, match=message):
        closeness_weights(categories, closeness)


def test_kappa_of_pairs_is_that_of_the_two_alone():
    rng = np.random.default_rng(5)
    ratings = pd.DataFrame(rng.integers(0, 2, (40, 3)).astype(float), columns=list("ABC"))
    ratings.loc[:9, "C"] = np.nan
    table = pairwise_kappa({"c": ratings}, categories=[0, 1]).set_index(["first", "second"])
    assert table["n"].tolist() == [40, 30, 30]
    alone = coefficients.cohen_kappa(ratings.loc[10:, ["A", "C"]], categories=[0, 1])
    assert table.loc[("A", "C"), "estimate"] == alone
    ratings["C"] = np.nan
    assert pairwise_kappa({"c": ratings}, categories=[0, 1])["estimate"].isna().tolist() == [
        False,
        True,
        True,
    ]


def test_disagreements_are_the_units_with_more_than_one_rating():
    at = pd.MultiIndex.from_tuples([("i", 0, 5), ("i", 6, 9), ("j", 0, 4)], names=["source", "start", "end"])
    ratings = pd.DataFrame({"A": [1, 0, 1], "B": [1, 1, np.nan]}, index=at)
    found = disagreements({"c": ratings, "d": 1 - ratings})
    assert found[["code", "source", "start", "A", "B"]].to_numpy().tolist() == [
        ["c", "i", 6, 0, 1],
        ["d", "i", 6, 1, 0],
    ]
