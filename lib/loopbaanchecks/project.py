"""The compendium as a project of `strictruns`: its folders, its marks, its overview after a run."""

import csv
import sys
from collections.abc import Mapping
from pathlib import Path

from loopbaanchecks import __version__
from loopbaanchecks.paths import DATA, NOTEBOOKS, RESULTS, ROOT
from strictruns import Legend, Project


def _write_overview(folder: Path) -> list[Path]:
    from loopbaanchecks.report.ledger import write_claims
    from loopbaanchecks.report.overview import write_index

    return [*write_index(folder), *write_claims(folder)]


def _check_run(folder: Path, files: Mapping[str, Path]) -> None:
    """Look through what was made of files of people, and say so where something must not leave."""
    if not files:
        return
    from loopbaanchecks.leaving.check import check_results, write_check

    checked = check_results([folder], list(files.values()))
    write_check(checked, folder)
    if checked.held:
        pages = f"{folder.parent.name}/{folder.name}/check.en.html"
        print(f"{folder.name}: {len(checked.held)} findings, do not send; see {pages}", file=sys.stderr)


def _legend(language: str) -> Legend:
    # read without pandas, which a process that only writes pages does not need
    with open(DATA / "vocabulary.csv", encoding="utf8", newline="") as file:
        words = {row["key"]: row[language] for row in csv.DictReader(file)}
    marks = [key.removeprefix("meaning.") for key in words if key.startswith("meaning.")]
    style = (Path(__file__).parent / "report/template/marks.css").read_text(encoding="utf8").strip()
    return Legend(words["legend"], {mark: (words[mark], words[f"meaning.{mark}"]) for mark in marks}, style)


PROJECT = Project(
    name="loopbaanchecks",
    version=__version__,
    root=ROOT,
    notebooks=NOTEBOOKS,
    results=RESULTS,
    inputs=DATA,
    left_out=(DATA / "raw",),
    library=ROOT / "lib",
    lock=ROOT / "requirements.lock",
    after_run=_write_overview,
    check_run=_check_run,
    index="index.{language}.html",
    legend=_legend,
    own_mark="observed",
)
