import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from loopbaanchecks.pilots import Measurements, simulated_power
from loopbaanchecks.remembering import FOLDER, once_per_arguments, once_per_run
from loopbaanchecks.study import Study
from loopbaanchecks.twins.survey import read_twin, spread_of_groups
from strictruns.environment import SHARED

CODE = """import sys, time
from pathlib import Path
from loopbaanchecks.remembering import once_per_run
def compute():
    time.sleep(0.3)
    with open(sys.argv[1], "a") as file:
        file.write("x")
    return {"a": [1, 2]}
print(once_per_run("it", compute))"""


def test_without_a_folder_it_is_computed_every_time(monkeypatch, tmp_path):
    for folder in (None, str(tmp_path / "gone")):
        monkeypatch.delenv(FOLDER, raising=False) if folder is None else monkeypatch.setenv(FOLDER, folder)
        values = iter([1, 2])
        assert [once_per_run("it", values.__next__) for _ in range(2)] == [1, 2]


def test_the_runner_names_the_folder():
    assert FOLDER == SHARED


def test_what_fails_is_not_remembered(monkeypatch, tmp_path):
    monkeypatch.setenv(FOLDER, str(tmp_path))
    with pytest.raises(ZeroDivisionError):
        once_per_run("it", lambda: 1 / 0)
    assert once_per_run("it", lambda: 2) == 2
    assert once_per_run("it", lambda: 3) == 2
    assert once_per_run("other", lambda: 3) == 3


def test_processes_at_the_same_time_compute_it_once(tmp_path):
    words = [sys.executable, "-c", CODE, str(tmp_path / "times.txt")]
    environment = os.environ | {FOLDER: str(tmp_path)}
    started = [subprocess.Popen(words, stdout=subprocess.PIPE, env=environment) for _ in range(3)]
    assert {child.communicate()[0] for child in started} == {b"{'a': [1, 2]}\n"}
    assert Path(tmp_path / "times.txt").read_text() == "x"


def _drawn(rng, many):
    return rng.normal(size=many)


def test_arguments_tell_calls_apart_and_a_generator_goes_on(monkeypatch, tmp_path):
    fresh, wanted = np.random.default_rng(1), []
    for many in (2, 3):
        wanted.append(_drawn(fresh, many))
    monkeypatch.setenv(FOLDER, str(tmp_path))
    for _ in range(2):  # as by two notebooks
        rng = np.random.default_rng(1)
        for many, expected in zip((2, 3), wanted, strict=True):
            np.testing.assert_array_equal(once_per_arguments(_drawn, rng, many), expected)
        assert rng.bit_generator.state == fresh.bit_generator.state
    assert len(list(tmp_path.glob("*.pickle"))) == 2


def test_twins_and_power_are_taken_as_they_would_be_computed(monkeypatch, tmp_path):
    def computed():
        design = Measurements(waves=3, alpha=0.05, attrition=0.1, correlation=0.5)
        choices = {"candidates": 20, "design": design, "simulations": 2}
        return (
            read_twin(study := Study(), seed=3).responses,
            spread_of_groups(study, "scale_self_insight", seeds=range(2)),
            pd.Series(simulated_power(0.5, rng=np.random.default_rng(1), **choices)),
        )

    monkeypatch.delenv(FOLDER, raising=False)
    alone = computed()
    monkeypatch.setenv(FOLDER, str(tmp_path))
    for values in (computed(), computed()):
        for value, expected in zip(values, alone, strict=True):
            assert value.equals(expected)
    assert len(list(tmp_path.glob("*.pickle"))) == 3
