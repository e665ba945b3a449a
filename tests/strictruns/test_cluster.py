"""The same jobs on a Dask cluster: a scheduler and two workers on this machine, one of which is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from loopbaanchecks.project import PROJECT
from strictruns import Pool, read_sweep, run_notebook, run_sweep

PARAMETERS = """language: str = "nl"  # one of: nl, en
seed: int = 1  # at least 0
log: str = ""  # where a line per run is added
output_dir: str = ""  # the runner fills it"""
LAST = """with open(log, "a") as file:
    file.write(f"{seed}\\n")
Path(output_dir, "numbers.json").write_text(json.dumps({"n": {"value": seed, "evidence": "simulated"}}))"""


@pytest.fixture
def place(tmp_path) -> Path:
    """A folder with a notebook that waits, then adds a line to a file: what ran twice is there twice."""
    (tmp_path / "notebooks").mkdir()
    cells = [
        nbformat.v4.new_markdown_cell("# Wachten\n\n---\n\n# Waiting"),
        nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("import json\nimport time\nfrom pathlib import Path\n\ntime.sleep(1)"),
        nbformat.v4.new_code_cell(LAST),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "notebooks" / "01_wait.ipynb")
    return tmp_path


@pytest.fixture
def cluster(tmp_path) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """The address of a scheduler on the loopback interface, and its two workers."""
    file, started = tmp_path / "scheduler.json", []
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}

    def start(*words: str) -> subprocess.Popen:
        started.append(subprocess.Popen([sys.executable, "-m", "dask", *words], **quiet))
        return started[-1]

    try:
        start(
            *("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"),
            *("--scheduler-file", file),
        )
        near = ("--scheduler-file", file, "--host", "127.0.0.1", "--no-nanny", "--nthreads", "1")
        workers = [start("worker", *near, "--no-dashboard", "--name", name) for name in ("one", "two")]
        while not file.is_file() or not file.read_text().strip().endswith("}"):
            time.sleep(0.1)
        yield json.loads(file.read_text())["address"], workers
    finally:
        for process in started:
            process.kill()
            process.wait()


@pytest.mark.thorough
def test_a_killed_worker_costs_no_run_and_doubles_none(place, cluster):
    address, workers = cluster
    (place / "four.yaml").write_text(
        f"notebook: 01_wait\nparameters: {{log: {place / 'log'}}}\nseeds: 4\n", encoding="utf8"
    )
    project = replace(PROJECT, notebooks=place / "notebooks", results=place / "results")
    sweep = read_sweep(place / "four.yaml", project=project)
    code = (
        "import os, signal, sys, time; from pathlib import Path\n"
        "while len(list(Path(sys.argv[1]).glob('*/.01_wait/.nl.*'))) < 2: time.sleep(0.05)\n"
        "os.kill(int(sys.argv[2]), signal.SIGKILL)"
    )
    words = [sys.executable, "-c", code, place / "results" / "four", str(workers[0].pid)]
    with subprocess.Popen(words) as killer:
        ends = run_sweep(sweep, project=project, pool=Pool(scheduler=address), progress=False)
        assert killer.wait(timeout=60) == 0
    assert workers[0].wait(timeout=10) == -signal.SIGKILL and workers[1].poll() is None
    folder = place / "results" / "four"
    assert [path.parent.name for path in ends.values()] == [f"seed-{seed}" for seed in range(1, 5)]
    assert sorted((place / "log").read_text().split()) == ["1", "2", "3", "4"]
    for run, path in ends.items():
        assert json.loads((path / "run.json").read_text())["exit_state"] == "succeeded", run
        assert os.listdir(path.parent) == ["01_wait"]
    table = (folder / "numbers.csv").read_text().splitlines()
    assert [line.split(",")[3] for line in table[1:]] == ["1.0", "2.0", "3.0", "4.0"]


def test_an_address_where_nobody_answers_is_said_before_anything_runs(place, monkeypatch):
    monkeypatch.setattr("strictruns.cluster.ANSWER_WITHIN", 0.5)
    project = replace(PROJECT, notebooks=place / "notebooks", results=place / "results")
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        with pytest.raises(
            ValueError, match="--scheduler: expected a Dask scheduler that answers; found none at"
        ):
            run_notebook("01_wait", project=project, pool=Pool(scheduler=address), progress=False)
    assert not list(place.glob("results/*/*"))
