"""Agreement between coders: published values, other software, brute force over pairs."""

import csv
import importlib.util
import itertools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats import inter_rater

from codedtexts import cohen_kappa, fleiss_kappa, gwet_ac1, krippendorff_alpha, percent_agreement

REFERENCE = Path(__file__).parents[1] / "reference"


ROWS = list(csv.DictReader((REFERENCE / "agreement.csv").open(encoding="utf8")))


SPEC = importlib.util.spec_from_file_location("reference_agreement", REFERENCE / "agreement.py")


GENERATOR = importlib.util.module_from_spec(SPEC)


SPEC.loader.exec_module(GENERATOR)
CASES = GENERATOR.cases()


FIVE = [1, 2, 3, 4, 5]


STATISTICS = {
    "percent_agreement": percent_agreement,
    "cohen_kappa": cohen_kappa,
    "fleiss_kappa": fleiss_kappa,
    "krippendorff_alpha": krippendorff_alpha,
    "gwet_ac1": gwet_ac1,
}


LEVELS = ["nominal", "ordinal", "interval", "ratio"]


def used(units):
    """Categories that occur."""
    return sorted({value for unit in units for value in unit if value is not None})


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['case']}-{row['statistic']}-{row['level']}")
def test_other_software_gives_the_same(row):
    units = CASES[row["case"]]
    level = {"level": row["level"]} if row["level"] else {}
    found = STATISTICS[row["statistic"]](units, categories=used(units), **level)
    assert found == pytest.approx(float(row["value"]), abs=1e-10)


def test_published_values_to_their_digits():
    canonical, table, fleiss = CASES["canonical"], CASES["table3"], CASES["fleiss1971"]
    alphas = [krippendorff_alpha(canonical, categories=FIVE, level=level) for level in LEVELS]
    assert [f"{alpha:.4f}" for alpha in alphas] == ["0.7434", "0.8154", "0.8491", "0.7974"]
    assert f"{gwet_ac1(canonical, categories=FIVE):.5f}" == "0.77544"
    assert f"{fleiss_kappa(canonical, categories=FIVE):.5f}" == "0.76117"
    assert f"{cohen_kappa(table, categories=[1, 2, 3]):.7f}" == "0.7964094"
    assert f"{gwet_ac1(table, categories=[1, 2, 3]):.7f}" == "0.8493305"
    assert f"{krippendorff_alpha(table, categories=[1, 2, 3], level='nominal'):.7f}" == "0.7972585"
    assert f"{fleiss_kappa(fleiss, categories=FIVE):.5f}" == "0.43024"


def test_statsmodels_gives_the_same():
    rng = np.random.default_rng(3)
    for _ in range(20):
        ratings = rng.integers(0, 4, (30, 2))
        table = np.histogram2d(*ratings.T, bins=[np.arange(5)] * 2)[0]
        expected = inter_rater.cohens_kappa(table, return_results=False)
        assert cohen_kappa(ratings, categories=range(4)) == pytest.approx(expected)
        several = rng.integers(0, 4, (30, 5))
        counts, _ = inter_rater.aggregate_raters(several, n_cat=4)
        assert fleiss_kappa(several, categories=range(4)) == pytest.approx(inter_rater.fleiss_kappa(counts))


def ratings_of(coders, missing=True):
    """Units × coders in categories 0–3."""
    value = st.one_of(st.none(), st.integers(0, 3)) if missing else st.integers(0, 3)
    return st.lists(st.lists(value, min_size=coders, max_size=coders), min_size=1, max_size=9)


def alpha_by_pairs(units, level):
    """Mean distance within units over mean distance between all paired values."""
    units = [[v for v in unit if v is not None] for unit in units]
    units = [unit for unit in units if len(unit) > 1]
    values = [v for unit in units for v in unit]

    def apart(a, b):
        low, high = sorted((a, b))
        between = sum(low <= v <= high for v in values) - (values.count(a) + values.count(b)) / 2
        ratio = 0 if a == b else (a - b) / (a + b)
        return {"nominal": a != b, "ordinal": (a != b) * between, "interval": a - b, "ratio": ratio}[
            level
        ] ** 2

    within = sum(sum(apart(*pair) for pair in itertools.permutations(u, 2)) / (len(u) - 1) for u in units)
    among = sum(apart(*pair) for pair in itertools.permutations(values, 2))
    return math.nan if among == 0 else 1 - within / len(values) / (among / len(values) / (len(values) - 1))


@given(ratings_of(3), st.sampled_from(LEVELS))
def test_alpha_is_its_definition_by_pairs(units, level):
    found = krippendorff_alpha(units, categories=range(4), level=level)
    assert found == pytest.approx(alpha_by_pairs(units, level), nan_ok=True, abs=1e-9)


@given(ratings_of(3))
def test_percent_is_the_mean_share_of_agreeing_pairs(units):
    pairs = [list(itertools.combinations([v for v in u if v is not None], 2)) for u in units]
    shares = [np.mean([a == b for a, b in found]) for found in pairs if found]
    expected = np.mean(shares) if shares else math.nan
    assert percent_agreement(units, categories=range(4)) == pytest.approx(expected, nan_ok=True)


def everything(units, weights=None):
    """Every statistic that does not depend on the names of the categories."""
    given = {"categories": range(4), "weights": weights}
    found = [percent_agreement(units, **given), fleiss_kappa(units, **given), gwet_ac1(units, **given)]
    found.append(krippendorff_alpha(units, level="nominal", **given))
    return found + ([cohen_kappa(units, **given)] if len(units[0]) == 2 else [])


@given(ratings_of(2), st.permutations(range(4)))
def test_names_of_categories_and_order_of_coders_do_not_matter(units, names):
    renamed = [[None if v is None else names[v] for v in unit[::-1]] for unit in units]
    assert everything(renamed) == pytest.approx(everything(units), nan_ok=True, abs=1e-9)


@given(ratings_of(2), st.data())
def test_weights_are_repeated_units(units, data):
    weights = data.draw(st.lists(st.integers(0, 4), min_size=len(units), max_size=len(units)))
    repeated = [unit for unit, times in zip(units, weights, strict=True) for _ in range(times)]
    if repeated:
        expected = everything(repeated)
        assert everything(units, weights) == pytest.approx(expected, nan_ok=True, abs=1e-9)


@given(ratings_of(3))
def test_doubling_all_units_changes_only_the_correction_in_alpha(units):
    once, twice = everything(units), everything(units + units)
    assert twice[:3] == pytest.approx(once[:3], nan_ok=True, abs=1e-9)
    n = sum(len(u) for u in ([v for v in unit if v is not None] for unit in units) if len(u) > 1)
    if not math.isnan(once[3]):
        assert (1 - twice[3]) / (2 * n - 1) * (n - 1) == pytest.approx((1 - once[3]) / 2 * 1, abs=1e-9)


def test_units_with_one_rating():
    units, single = [[1, 1], [0, 1], [0, 0]], [[1, None]]
    more = units + single
    for statistic in (percent_agreement, cohen_kappa):
        assert statistic(more, categories=[0, 1]) == statistic(units, categories=[0, 1])
    alphas = [krippendorff_alpha(r, categories=[0, 1], level="nominal") for r in (units, more)]
    assert alphas[0] == alphas[1]
    for statistic in (fleiss_kappa, gwet_ac1):
        assert statistic(more, categories=[0, 1]) != statistic(units, categories=[0, 1])


def test_without_variation_chance_corrected_is_undefined_except_ac1():
    units = [[1, 1, 1], [1, 1, 1], [1, 1, 1]]
    assert percent_agreement(units, categories=[0, 1]) == gwet_ac1(units, categories=[0, 1]) == 1
    assert math.isnan(fleiss_kappa(units, categories=[0, 1]))
    assert math.isnan(cohen_kappa([[1, 1]] * 3, categories=[0, 1]))
    for level in LEVELS:
        assert math.isnan(krippendorff_alpha(units, categories=[0, 1], level=level))


@pytest.mark.parametrize("units", [[[None, 1], [0, None]], [[None, None]], np.zeros((0, 2))])
def test_without_pairs_everything_is_undefined(units):
    for name, statistic in STATISTICS.items():
        level = {"level": "nominal"} if name == "krippendorff_alpha" else {}
        assert math.isnan(statistic(units, categories=[0, 1], **level))


def test_text_pandas_and_missing_kinds():
    frame = pd.DataFrame({"A": ["yes", "no", None, "no"], "B": ["yes", "yes", "no", pd.NA]})
    assert percent_agreement(frame, categories=["no", "yes"]) == 0.5
    assert krippendorff_alpha(frame, categories=["no", "yes"], level="ordinal") == pytest.approx(0)


RAISES = {
    "two or more different values; found [1, 1]": {"categories": [1, 1]},
    "two or more different values; found [1]": {"categories": [1]},
    "expected one of [0, 2]; found 1 at unit 0, coder 1": {"categories": [0, 2]},
    "two or more coders as columns for gwet_ac1; found 1": {"ratings": [[1], [0]]},
    "one for each of the 2 units; found shape (1,)": {"weights": [1]},
    "weights: expected whole numbers": {"weights": [1.5, 1]},
}


@pytest.mark.parametrize("message", RAISES)
def test_wrong_ratings_are_refused(message):
    choices = {"ratings": [[0, 1], [0, 0]], "categories": [0, 1]} | RAISES[message]
    with pytest.raises(ValueError) as error:  # noqa: PT011
        gwet_ac1(choices.pop("ratings"), **choices)
    assert message in str(error.value)


def test_wrong_levels_and_coders_are_refused():
    with pytest.raises(ValueError, match="expected two coders as columns for cohen_kappa; found 3"):
        cohen_kappa([[0, 1, 1]], categories=[0, 1])
    with pytest.raises(ValueError, match="level: expected one of nominal"):
        krippendorff_alpha([[0, 1]], categories=[0, 1], level="metric")
    with pytest.raises(ValueError, match="expected numbers at level interval"):
        krippendorff_alpha([["a", "b"]], categories=["a", "b"], level="interval")
    with pytest.raises(ValueError, match="numbers of 0 or more at level ratio"):
        krippendorff_alpha([[-1, 1]], categories=[-1, 1], level="ratio")
