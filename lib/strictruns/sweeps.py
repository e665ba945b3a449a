"""A sweep run: every parameter set through one pool, all numbers in one table, one page about them."""

from dataclasses import replace
from pathlib import Path

from strictruns.gathering import write_numbers
from strictruns.holding import held
from strictruns.overviews import write_overview
from strictruns.placing import RunFailed, run_plans
from strictruns.plans import Plan
from strictruns.pool import Pool
from strictruns.progress import watched
from strictruns.project import Project
from strictruns.running import ALONE
from strictruns.sweep_files import Sweep


def run_sweep(
    sweep: Sweep,
    *,
    project: Project,
    language: str = "nl",
    rerun: str = "",
    with_code: bool = False,
    force: bool = False,
    progress: bool = True,
    pool: Pool = ALONE,
) -> dict[str, Path | RunFailed]:
    """Execute every run of a sweep in one language, then write its table and overview.

    What an earlier attempt finished is not run again.

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
    with_code, force, progress, pool
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
    plans = plan_sweep(sweep, project=project, language=language, with_code=with_code)
    folder = project.results.resolve() / sweep.name
    ends: dict[str, Path | RunFailed] = dict.fromkeys(sweep.runs, Path())
    with held(folder), watched(plans, progress) as show:
        for plan, end, ran in run_plans(plans, pool, notebooks=[sweep.notebook], force=force):
            ends[plan.folder.name] = end
            show(plan, "failed" if isinstance(end, RunFailed) else "done" if ran else "unchanged")
        write_numbers(sweep, {run: end for run, end in ends.items() if isinstance(end, Path)}, folder)
        failures = {run: str(end) for run, end in ends.items() if isinstance(end, RunFailed)}
        write_overview(sweep, folder, failures, project=project, language=language, rerun=rerun)
    return ends


def plan_sweep(sweep: Sweep, *, project: Project, language: str, with_code: bool = False) -> list[Plan]:
    """Check every run of a sweep, in its own folder; see `run_sweep`."""
    index = "../index.{language}.html"
    apart = replace(project, results=project.results / sweep.name, after_run=_leave, index=index)
    return sweep.plans(apart, language=language, with_code=with_code)


def _leave(folder: Path) -> None:
    """Write nothing after a run: a sweep has one overview of all its runs."""
