"""Damaged files of every format are read or refused in a sentence, in seconds and without much memory."""

import json
import subprocess
import sys

import pytest

from loopbaanchecks.paths import ROOT

FORMATS = {
    "candidates.csv",
    "codings.csv",
    "codings.qdc",
    "codings.qdpx",
    "codings.xlsx",
    "groups.csv",
    "mapping.csv",
    "page.ipynb",
    "qualcoder.sqlite3",
    "survey.csv",
    "survey.sav",
    "survey.xlsx",
    "survey.zsav",
    "taguette.sqlite3",
    "sweep.csv",
}


def damage(*words: str) -> list[dict]:
    """Run the script that damages files, in a process whose memory is limited."""
    command = [sys.executable, str(ROOT / "benchmarks" / "damage.py"), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(records: list[dict], damaged: int) -> None:
    assert {record["format"] for record in records} == FORMATS
    for record in records:
        ends = record["ends"]
        whole = (
            "whole: refused" if record["format"] == "sweep.csv" else "whole: read"
        )  # one that runs nothing
        assert ends.pop(whole) == 1, record
        assert set(ends) <= {"read", "refused"}, record["shown"]
        assert sum(ends.values()) == damaged and ends["refused"], record
        assert record["slowest_s"] < 20 and record["grown_mib"] < 1024, record


def test_a_damaged_file_is_read_or_refused_in_one_sentence():
    check(damage("--flips", "12", "--cuts", "4", "--seed", "1"), damaged=16)


@pytest.mark.thorough
def test_some_hundreds_of_damaged_files_of_every_format():
    check(damage("--flips", "300", "--cuts", "60", "--seed", "2"), damaged=360)
