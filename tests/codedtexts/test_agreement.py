"""Intervals over interviews, and the table."""

import math

import numpy as np
import pandas as pd
import pytest
from test_coefficients import STATISTICS
from test_units import SOURCES, framed

from codedtexts import agreement_table, bootstrap_interval, character_ratings, cohen_kappa, run_lengths

BINARY = {"categories": [0, 1], "confidence": 0.95, "resamples": 500}


def simulated(rng, interviews, units=20, share=0.8):
    """Two coders who agree with a known chance; the interview of each unit."""
    first = rng.integers(0, 2, interviews * units)
    second = np.where(rng.random(len(first)) < share, first, 1 - first)
    return np.column_stack([first, second]), np.repeat(np.arange(interviews), units)


def test_bootstrap_is_reproducible_and_equals_resampling_by_hand():
    ratings, clusters = simulated(np.random.default_rng(1), 6)
    for name in STATISTICS:
        choices = {**BINARY, "statistic": name, "clusters": clusters, "level": "nominal"}
        first, second = (bootstrap_interval(ratings, rng=np.random.default_rng(2), **choices) for _ in "12")
        pd.testing.assert_frame_equal(first, second)
        level = {"level": "nominal"} if name == "krippendorff_alpha" else {}
        values = []
        for draw in np.random.default_rng(2).multinomial(6, [1 / 6] * 6, size=500)[:500]:
            again = np.concatenate([ratings[clusters == c] for c in np.repeat(range(6), draw)])
            values.append(STATISTICS[name](again, categories=[0, 1], **level))
        expected = np.quantile(values, [0.025, 0.975])
        assert first[["ci_low", "ci_high"]].to_numpy()[0] == pytest.approx(expected)
        assert first["estimate"].item() == STATISTICS[name](ratings, categories=[0, 1], **level)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    rng, held = np.random.default_rng(7), 0
    for _ in range(200):
        ratings, clusters = simulated(rng, 28, units=10)
        found = bootstrap_interval(ratings, statistic="cohen_kappa", clusters=clusters, rng=rng, **BINARY)
        held += found["ci_low"].item() <= 0.6 <= found["ci_high"].item()
    assert 0.88 <= held / 200 <= 0.99


def test_interviews_of_one_coder_are_not_resampled_and_undefined_ones_counted():
    ratings, rng = [[1, 1], [0, 0], [1, None], [0, 0]], np.random.default_rng(1)
    choices = {**BINARY, "clusters": [*"abcd"], "rng": rng}
    found = bootstrap_interval(ratings, statistic="cohen_kappa", **choices).iloc[0]
    assert (found["n"], found["n_missing"]) == (3, 1)
    assert "500 resamples of 3 interviews" in found["method"] and ", 0 undefined" not in found["method"]
    single = bootstrap_interval(ratings[:1], statistic="gwet_ac1", **(choices | {"clusters": ["a"]})).iloc[0]
    assert math.isnan(single["ci_low"]) and "no interval from 1 interviews" in single["method"]
    same = bootstrap_interval([[1, 1]] * 4, statistic="fleiss_kappa", **choices).iloc[0]
    assert math.isnan(same["ci_low"]) and "500 undefined" in same["method"]


def test_wrong_bootstraps_are_refused():
    good = {**BINARY, "statistic": "gwet_ac1", "clusters": [1, 2], "rng": np.random.default_rng(1)}
    for message, change in {
        "confidence: expected": {"confidence": 1},
        "resamples: expected": {"resamples": 0},
        "clusters: expected one for each of the 2 units": {"clusters": [1]},
        "clusters: expected one for each": {"clusters": [1, None]},
        "statistic: expected one of percent_agreement": {"statistic": "pi"},
        "level: expected one of": {"statistic": "krippendorff_alpha"},
    }.items():
        with pytest.raises(ValueError, match=message):
            bootstrap_interval([[1, 1], [0, 0]], **(good | change))


def table_of(by_code, **changes):
    choices = {**BINARY, "level": "nominal", "rng": np.random.default_rng(1), "unit": "character"}
    return agreement_table(by_code, **(choices | changes))


def by_code(coders):
    segments = framed(
        [("i", 0, 9, "c", "A"), ("i", 4, 9, "c", "B"), ("j", 2, 5, "d", "A"), ("j", 1, 9, "c", "B")]
    )
    choices = {"coders": coders, "assigned": None, "uncoded": "as_category"}
    return {code: character_ratings(segments, SOURCES, code=code, **choices) for code in "cd"}


def test_table_has_every_code_and_overall():
    ratings = by_code(["A", "B"])
    table = table_of(ratings)
    house = ["code", "unit", "statistic", "estimate", "ci_low", "ci_high"]
    house += ["closed_low", "closed_high", "n", "n_missing", "method"]
    assert list(table.columns) == house and set(table["unit"]) == {"character"}
    assert table["statistic"].tolist() == [*STATISTICS, "brennan_prediger"] * 3
    assert table["closed_low"].isna().all()
    assert table_of(ratings, unit="paragraph")["closed_low"].notna().any()
    overall = table[table["code"].isna()]
    assert (overall["n"] == 100).all() and (table.loc[table["code"] == "c", "n"] == 50).all()
    joined = pd.concat(ratings.values())
    expected = cohen_kappa(joined, categories=[0, 1], weights=run_lengths(joined))
    assert overall.set_index("statistic").loc["cohen_kappa", "estimate"] == pytest.approx(expected)
    assert table_of(ratings, unit="paragraph")["n"].max() < 100
    assert "cohen_kappa" not in set(table_of(by_code(["A", "B", "C"]))["statistic"])


def test_wrong_tables_are_refused():
    ratings = by_code(["A", "B"])
    with pytest.raises(
        ValueError, match="unit: expected one of interview, paragraph, character; found 'word'"
    ):
        table_of(ratings, unit="word")
    with pytest.raises(ValueError, match="expected one code or more; found none"):
        table_of({})
    with pytest.raises(ValueError, match=r"d: expected coders \['A', 'B'\]; found \['B', 'A'\]"):
        table_of(ratings | {"d": ratings["d"][["B", "A"]]})
    with pytest.raises(ValueError, match="d: expected index"):
        table_of(ratings | {"d": ratings["d"].reset_index(drop=True)})
