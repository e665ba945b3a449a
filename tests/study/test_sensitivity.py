"""Sensitivity indices against closed forms, and on the pilot model."""

import math

import numpy as np
import pandas as pd
import pytest

from loopbaanchecks import pilots
from loopbaanchecks.pilots import one_at_a_time, sobol_indices
from loopbaanchecks.study import read_resource

CHOICES = {"samples": 4096, "confidence": 0.95, "seed": 3}


def table(**ends):
    rows = [(name, (low + high) / 2, low, high) for name, (low, high) in ends.items()]
    return pd.DataFrame(rows, columns=["name", "value", "low", "high"])


def helped(values, rows):
    return pilots.expected_totals(values, pilots=rows)["helped_persons"].to_numpy()


def test_indices_equal_the_closed_form_of_ishigami():
    a, b = 7, 0.1
    three = table(x1=(-math.pi, math.pi), x2=(-math.pi, math.pi), x3=(-math.pi, math.pi))

    def model(v, rows):
        return np.sin(v["x1"]) + a * np.sin(v["x2"]) ** 2 + b * v["x3"] ** 4 * np.sin(v["x1"])

    v1 = 0.5 * (1 + b * math.pi**4 / 5) ** 2
    v2 = a**2 / 8
    v13 = b**2 * math.pi**8 * (1 / 18 - 1 / 50)
    whole = v1 + v2 + v13
    found = sobol_indices(three, model, **CHOICES).set_index("name")
    assert found["first"].to_dict() == pytest.approx({"x1": v1 / whole, "x2": v2 / whole, "x3": 0}, abs=0.02)
    totals = {"x1": (v1 + v13) / whole, "x2": v2 / whole, "x3": v13 / whole}
    assert found["total"].to_dict() == pytest.approx(totals, abs=0.02)
    assert found.index[0] == "x1"


def test_a_parameter_that_does_not_move_stays_at_its_value():
    seen = []
    sobol_indices(table(a=(0, 1), b=(2, 2)), lambda v, rows: seen.append(set(v["b"])) or v["a"], **CHOICES)
    assert seen == [{2.0}]


def test_the_same_seed_gives_the_same():
    choices = {**CHOICES, "samples": 256}
    two = table(a=(0, 1), b=(0, 3))
    first, second = (sobol_indices(two, lambda v, rows: v["a"] * v["b"], **choices) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize(
    ("frame", "model", "change", "message"),
    [
        (
            table(a=(0, 1)),
            lambda v, rows: v["a"],
            {"samples": 1000},
            "samples: expected a power of 2; found 1000",
        ),
        (table(a=(1, 1)), lambda v, rows: v["a"], {}, "expected at least one with low < high; found none"),
        (table(a=(0, 1)), lambda v, rows: np.ones(rows), {}, "expected an outcome that varies"),
        (table(a=(1, 0)), lambda v, rows: v["a"], {}, "parameters, a: expected low <= value <= high"),
        (table(a=(0, 1)).drop(columns="low"), lambda v, rows: v["a"], {}, "not found: low"),
    ],
)
def test_what_cannot_be_is_refused(frame, model, change, message):
    with pytest.raises(ValueError, match=message):
        sobol_indices(frame, model, **{**CHOICES, **change})


@pytest.fixture(scope="module")
def parameters():
    whole = read_resource("tno_2007-parameters")
    names = {*pilots.PROBABILITIES, *pilots.AMOUNTS}
    return whole[whole["name"].isin(names) | whole["name"].str.startswith("delay_weeks_")]


class TestPilots:
    """On the model of the pilots."""

    def test_totals_of_many_pilots_equal_the_closed_form_of_each(self, parameters):
        rng = np.random.default_rng(5)
        drawn = pilots.draw_parameters(parameters, rng=rng, pilots=20, spread="uniform")
        totals = pilots.expected_totals(drawn, pilots=20)
        for i in (0, 7, 19):
            one = pilots.expected({name: values[i] for name, values in drawn.items()})
            for name in ("reached_persons", "enrolled_persons", "guided_persons"):
                assert totals.loc[i, name] == pytest.approx(one[name].sum())
        steps = np.prod([drawn[f"step_{name}"] for name in pilots.STEPS[:-1]], axis=0)
        assert totals["helped_persons"].to_numpy() == pytest.approx(totals["guided_persons"] * steps)

    def test_ends_are_the_outcome_with_that_end(self, parameters):
        found = one_at_a_time(parameters, helped).set_index("name")
        values = parameters.set_index("name")["value"].astype(float).to_dict()
        for name in ("uptake", "hours_per_candidate"):
            for end in ("low", "high"):
                given = {**values, name: found.loc[name, end]}
                assert found.loc[name, f"outcome_{end}"] == pytest.approx(helped(given, 1)[0])
        width = (found["outcome_high"] - found["outcome_low"]).abs()
        assert width.is_monotonic_decreasing and len(set(found["outcome"])) == 1

    def test_shares_of_the_variance_leave_nothing_over(self, parameters):
        found = sobol_indices(parameters, helped, samples=1024, confidence=0.95, seed=1)
        assert found["first"].sum() <= 1 + found["first_margin"].sum()
        assert found["total"].sum() >= 1 - found["total_margin"].sum()
        assert (found["total"] >= found["first"] - found["first_margin"] - found["total_margin"]).all()
