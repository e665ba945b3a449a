"""What test files share: other programs, a browser, one run of every notebook, and how much to try."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from loopbaanchecks.paths import RESULTS
from loopbaanchecks.project import PROJECT
from strictruns import reproduce, why
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


@pytest.fixture(scope="session")
def reproduced(tmp_path_factory) -> Path:
    """The folder of a run of every notebook, made once for all processes or by `make reproduce`."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    folder = shared / "reproduced"
    with FileLock(shared / "reproduced.lock"):
        if not any(why(project=PROJECT).values()):
            reproduce(project=PROJECT, progress=False)  # the overview too is made again where it has to be
            return RESULTS / "default"
        if not folder.is_dir():
            done = reproduce(project=replace(PROJECT, results=shared / "being_made"), progress=False)
            assert all(isinstance(end, Path) for end in done.values()), done
            (shared / "being_made").rename(folder)
    return folder / "default"
