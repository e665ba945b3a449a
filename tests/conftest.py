"""What several test files share: one browser, and one run of every notebook."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from loopbaanchecks import runs
from loopbaanchecks.paper import BROWSERS
from loopbaanchecks.paths import NOTEBOOKS, RESULTS, ROOT

collect_ignore_glob = ["fixtures/*"]  # generators of the files there, several called make.py


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium found: CI must have one")
        pytest.skip("no Chromium found")
    return found


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
    """The folder of a run of every notebook; `make reproduce` of this very commit will do."""
    if _is_this_commit(RESULTS / "default"):
        return RESULTS / "default"
    results = tmp_path_factory.mktemp("reproduced")
    done = runs.reproduce(results=results, progress=False)
    assert all(isinstance(end, Path) for end in done.values()), done
    return results / "default"
