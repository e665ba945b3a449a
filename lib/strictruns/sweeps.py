"""A sweep run: every parameter set through one pool, all numbers in one table, one page about them."""

from dataclasses import replace
from pathlib import Path

from strictruns.gathering import write_numbers
from strictruns.overviews import write_overview
from strictruns.pool import Pool
from strictruns.project import Project
from strictruns.running import ALONE, RunFailed, run_all
from strictruns.sweep_files import Sweep


def run_sweep(
    sweep: Sweep,
    *,
    project: Project,
    language: str = "nl",
    rerun: str = "",
    with_code: bool = False,
    progress: bool = True,
    pool: Pool = ALONE,
) -> dict[str, Path | RunFailed]:
    """Execute every run of a sweep in one language, then write its table and overview.

    Parameters
    ----------
    sweep : Sweep
        As `read_sweep` returns it.
    project : Project
        Whose sweep it is. Results go to results/<sweep>/<run>/<notebook>.
    language : {"nl", "en"}
        Of the runs and of the overview; a `language` among the values of a run comes in its place there.
    rerun : str
        The command that the overview names.
    with_code, progress, pool
        As for `run_notebook`.

    Returns
    -------
    dict of str to Path or RunFailed
        Per run, in the order of the sweep, its folder or what went wrong. results/<sweep> has numbers.csv,
        numbers.parquet and index.<language>.html.

    Raises
    ------
    ValueError
        Before any kernel starts, when a run does not fit.
    """
    folder = project.results.resolve() / sweep.name
    apart = sweep_project(project, sweep)
    plans = sweep.plans(apart, language=language)
    ends = dict(zip(sweep.runs, run_all(plans, with_code, progress, pool), strict=True))
    places = {run: end for run, end in ends.items() if isinstance(end, Path)}
    write_numbers(sweep, places, folder)
    failures = {run: str(end) for run, end in ends.items() if isinstance(end, RunFailed)}
    write_overview(sweep, folder, failures, project=project, language=language, rerun=rerun)
    return ends


def sweep_project(project: Project, sweep: Sweep) -> Project:
    """Return the project whose results are those of a sweep, and whose pages link to its overview."""
    index = "../index.{language}.html"
    return replace(project, results=project.results / sweep.name, after_run=_leave, index=index)


def _leave(folder: Path) -> None:
    """Write nothing after a run: a sweep has one overview of all its runs."""
