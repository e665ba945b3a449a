"""The compendium as a project of `strictruns`: its folders, its marks, its overview after a run."""

from pathlib import Path

from loopbaanchecks import __version__
from loopbaanchecks.paths import DATA, NOTEBOOKS, RESULTS, ROOT
from strictruns import Legend, Project


def _write_overview(folder: Path) -> list[Path]:
    from loopbaanchecks.report.overview import write_index

    return write_index(folder)


def _legend(language: str) -> Legend:
    from loopbaanchecks.study import read_vocabulary

    words = read_vocabulary()[language].to_dict()
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
    index="index.{language}.html",
    legend=_legend,
)
