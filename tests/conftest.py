"""What test files share: other programs, a browser, one run of every notebook, and how much to try."""

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from loopbaanchecks.paths import NOTEBOOKS, RESULTS, ROOT
from loopbaanchecks.project import PROJECT
from strictruns import reproduce
from strictruns.paper import BROWSERS

collect_ignore_glob = ["fixtures/*"]  # generators of the files there, several called make.py

# The same cases on every machine: a test that fails for one fails for all. `make test-all` tries more.
settings.register_profile("quick", max_examples=30, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=300, deadline=None, derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

SLOW_FIRST = (
    *("test_notebooks", "test_pages", "test_cells", "test_readme", "test_main"),
    *("test_claims", "test_checks", "test_running", "test_last_bit"),
)


def pytest_collection_modifyitems(items):
    """Begin with the long files, so that no processor is left with one; the first waits for notebooks."""
    places = {name: place for place, name in enumerate(SLOW_FIRST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


def find_program(package: str, *names: str) -> str:
    """The path of a program, or a test skipped in one line that says what to install; in CI a failure."""
    found = next(filter(None, map(shutil.which, names)), None)
    if not found:
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop(f"needs {names[0]}: apt-get install {package}")
    return found


@pytest.fixture(scope="session")
def chromium() -> str:
    return find_program("chromium", *BROWSERS)


@pytest.fixture(scope="session")
def pspp() -> str:
    return find_program("pspp", "pspp")


@pytest.fixture(scope="session")
def ghostscript() -> str:
    return find_program("ghostscript", "gs")


@pytest.fixture(scope="session")
def browser(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


def _is_this_commit(folder: Path) -> bool:
    """Whether a run holds every notebook, made by exactly the files that are here."""
    names = {path.stem for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")}
    records = [json.loads(path.read_text(encoding="utf8")) for path in folder.glob("[!.]*/run.json")]
    asked = [["rev-parse", "HEAD"], ["status", "--porcelain"]]
    commit, changed = (
        subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True).stdout.strip()
        for words in asked
    )
    made = [record["git"] == {"commit": commit, "dirty": False} for record in records]
    return all(made) and not changed and names == {record["notebook"] for record in records}


@pytest.fixture(scope="session")
def reproduced(tmp_path_factory) -> Path:
    """The folder of a run of every notebook, made once for all processes or by `make reproduce`."""
    if _is_this_commit(RESULTS / "default"):
        return RESULTS / "default"
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    folder = shared / "reproduced"
    with FileLock(shared / "reproduced.lock"):
        if not folder.is_dir():
            done = reproduce(project=replace(PROJECT, results=shared / "being_made"), progress=False)
            assert all(isinstance(end, Path) for end in done.values()), done
            (shared / "being_made").rename(folder)
    return folder / "default"
