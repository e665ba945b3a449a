"""Two runs leave the same bytes, whatever the kernels: times and commits stand in run.json alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from loopbaanchecks.project import PROJECT
from strictruns import Pool, reproduce


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "run.json")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.thorough
def test_a_cold_run_of_every_notebook_gives_the_same_bytes(reproduced, tmp_path):
    ends = reproduce(project=replace(PROJECT, results=tmp_path), progress=False, pool=Pool(jobs=1, cold=True))
    assert all(isinstance(end, Path) for end in ends.values()), ends
    first, second = contents(reproduced), contents(tmp_path / "default")
    assert first.keys() == second.keys() and len(first) > 100
    assert [name for name in first if first[name] != second[name]] == []
