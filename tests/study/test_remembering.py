import os
import subprocess
import sys
from pathlib import Path

import pytest

from loopbaanchecks.remembering import FOLDER, once_per_run
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
