"""What goes wrong from outside ends in one line, keeps what was done, and leaves nothing."""

import os
import re
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from loopbaanchecks.__main__ import STOPPED
from strictruns.holding import Held, held

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
PARAMETERS = 'language: str = "nl"  # one of: nl, en\noutput_dir: str = ""  # filled by the runner'
START = """import resource, sys
from dataclasses import replace
from pathlib import Path
from loopbaanchecks import project
from loopbaanchecks.__main__ import main
root = Path(sys.argv.pop(1))
places = {"notebooks": root / "notebooks", "results": root / "results", "root": root}
project.PROJECT = replace(project.PROJECT, after_run=None, index="", library=None, inputs=None, **places)
if limit := int(sys.argv.pop(1)):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
sys.exit(main(["reproduce", *sys.argv[1:]]))"""


class Place:
    """A project of its own, and all processes that commands in it start."""

    def __init__(self, root: Path):
        self.root, self.mark = root, uuid.uuid4().hex
        self.results = root / "results" / "default"
        (root / "notebooks").mkdir()

    def write(self, name: str, *sources: str) -> None:
        cells = [new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}), *map(new_code_cell, sources)]
        node = new_notebook(cells=[new_markdown_cell("# A title"), *cells])
        nbformat.write(node, self.root / "notebooks" / f"{name}.ipynb")

    def start(self, *words: str, limit: int = 0) -> subprocess.Popen:
        command = [sys.executable, "-c", START, self.root, str(limit), "--quiet", *words]
        environment = os.environ | {"TEST_MARK": self.mark}
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, env=environment, start_new_session=True, **options)

    def run(self, *words: str, **options) -> tuple[int, str]:
        with self.start(*words, **options) as child:
            _, said = child.communicate(timeout=120)
        return child.returncode, said

    def processes(self) -> dict[int, str]:
        found = {}
        for path in Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() in (path / "environ").read_bytes():
                    found[int(path.name)] = (path / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
        return found

    def wait_for(self, condition) -> None:
        end = time.monotonic() + 100
        while not condition():
            assert time.monotonic() < end
            time.sleep(0.05)

    def left(self) -> list[str]:
        """All but finished runs; waits a moment for processes that are about to go."""
        end = time.monotonic() + 10
        while self.processes() and time.monotonic() < end:
            time.sleep(0.05)
        hidden = [path.name for path in self.root.rglob(".*")]
        return hidden + list(self.processes().values())


@pytest.fixture
def place(tmp_path) -> Place:
    place = Place(tmp_path)
    place.write("01_quick", "1")
    place.write("02_slow", "import time", "time.sleep(600)")
    return place


@pytest.fixture
def running(place) -> subprocess.Popen:
    """A run of which the first notebook is done and the second has begun."""
    with place.start() as child:
        place.wait_for(lambda: (place.results / "01_quick").is_dir())
        place.wait_for(lambda: any((place.results / ".02_slow").glob(".*/kernel.json")))
        yield child
        child.kill()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGTERM, 143),
        pytest.param(signal.SIGINT, 130, marks=pytest.mark.thorough),
        pytest.param(signal.SIGHUP, 129, marks=pytest.mark.thorough),
    ],
)
def test_a_signal_stops_all_and_a_second_run_is_told_who_is_first(place, running, number, code):
    second, said = place.run()
    assert second == 1
    assert re.fullmatch(
        rf"loopbaanchecks: default: process {running.pid} on .+ has been at work here since .+\n", said
    )
    os.kill(running.pid, number)
    _, said = running.communicate(timeout=60)
    assert (running.returncode, said) == (code, f"loopbaanchecks: {STOPPED}\n")
    assert place.left() == []
    assert [path.name for path in place.results.iterdir()] == ["01_quick"]


def test_a_killed_worker_fails_what_it_ran_and_nothing_else(place, running):
    workers = [number for number, words in place.processes().items() if "popen_loky" in words]
    os.kill(workers[0], signal.SIGKILL)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 1
    assert said == ("loopbaanchecks: 02_slow (nl, en), the process that ran it was killed (out of memory?)\n")
    assert place.left() == []
    assert [path.name for path in place.results.iterdir()] == ["01_quick"]


def test_after_a_kill_no_process_is_left_and_the_next_run_goes_on_and_clears(place, running):
    stamp = (place.results / "01_quick" / "run.json").stat().st_mtime_ns
    running.kill()
    place.wait_for(lambda: not place.processes())
    assert (place.results / ".02_slow").is_dir() and (place.results / ".running").is_file()
    (place.results / ".other").mkdir()
    code, said = place.run("--timeout", "1")
    assert code == 1
    message = "02_slow (nl, en), cell 4 `time.sleep(600)`: not done in 1 s"
    assert said == f"loopbaanchecks: {message}, the most that --timeout allows\n"
    assert place.left() == []
    assert (place.results / "01_quick" / "run.json").stat().st_mtime_ns == stamp
    assert sorted(path.name for path in place.results.iterdir()) == ["01_quick", "02_slow.failed"]


def test_a_full_disk_is_said_in_a_line_and_leaves_nothing_half_written(place):
    """A limit on the size of a file stands in for the disk: what a job writes does not fit."""
    (place.root / "notebooks" / "02_slow.ipynb").unlink()
    place.write("02_big", "print('x' * 200_000)")
    code, said = place.run(limit=100_000)
    assert code == 1
    assert said == "loopbaanchecks: 02_big (nl, en), OSError: [Errno 27] File too large\n"
    assert place.left() == []
    assert [path.name for path in place.results.iterdir()] == ["01_quick"]


def test_a_folder_is_held_by_one_and_taken_over_from_the_dead(tmp_path):
    said = rf"run: process {os.getpid()} on .* has been at work here since"
    with held(tmp_path / "run"), pytest.raises(Held, match=said), held(tmp_path / "run"):
        pass
    assert not (tmp_path / "run").exists()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".running").write_text('{"process": 1', encoding="utf8")
    (tmp_path / "run" / ".half").mkdir()
    (tmp_path / "run" / "kept").mkdir()
    with held(tmp_path / "run"):
        assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [".running", "kept"]
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["kept"]
