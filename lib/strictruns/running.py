"""Strict papermill runs: checked first, side by side in one pool, nothing half-written."""

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from strictruns.jobs import Ended, Job, errors
from strictruns.pages import LANGUAGES
from strictruns.parameters import parse_parameters, read_parameters
from strictruns.plans import Plan, check_plan
from strictruns.pool import Pool
from strictruns.project import Project
from strictruns.results import collect, merge, provenance, swap, write_record

ALONE = Pool()


class RunFailed(RuntimeError):
    """A notebook stopped; the message names notebook, language, cell and error."""


def run_notebook(
    name: str | Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    project: Project,
    run: str = "default",
    languages: Sequence[str] = LANGUAGES,
    with_code: bool = False,
    progress: bool = True,
    pool: Pool = ALONE,
) -> Path:
    """Execute one notebook in every language and put its results in one folder.

    Parameters
    ----------
    name : str or Path
        Such as `01_name`, or the path of an .ipynb file.
    parameters : mapping, optional
        Values that differ from the notebook's own.
    project : Project
        Whose run it is.
    run : str
        Name of the run: a folder in the results of the project.
    languages : sequence of str
        The notebook of the first is `notebook.ipynb`. A `language` in the parameters comes in their place.
    with_code : bool
        Whether the pages hold the code, folded.
    progress : bool
        Whether to show a bar, or a plain line where there is no terminal.
    pool : Pool
        How many run at the same time, and how.

    Returns
    -------
    Path
        results/<run>/<name>, put in place of an older one only when all went well.

    Raises
    ------
    ValueError, FileNotFoundError
        Before any kernel starts, when the notebook, a parameter or a name does not fit.
    RunFailed
        If a cell fails or the languages disagree; see results/<run>/<name>.failed.
    """
    plan = check_plan(project, name, parameters or {}, run=run, languages=languages)
    outcome = run_all([plan], with_code, progress, pool)[0]
    if isinstance(outcome, RunFailed):
        raise outcome
    return outcome


def reproduce(
    *,
    project: Project,
    run: str = "default",
    with_code: bool = False,
    progress: bool = True,
    pool: Pool = ALONE,
) -> dict[str, Path | RunFailed]:
    """Execute every numbered notebook of a project as it is; one that fails does not stop the others.

    Parameters
    ----------
    project, run, with_code, progress, pool
        As for `run_notebook`.

    Returns
    -------
    dict of str to Path or RunFailed
        Per notebook, in their order, its folder or what went wrong.

    Raises
    ------
    ValueError, FileNotFoundError
        Before any kernel starts, when a notebook or the name of the run does not fit, or there are none.
    """
    notebooks = sorted(project.notebooks.glob("[0-9][0-9]_*.ipynb"))
    if not notebooks:
        raise FileNotFoundError(
            f"expected notebooks such as 01_name.ipynb in {project.notebooks.name}/; found none"
        )
    plans = [check_plan(project, path, {}, run=run) for path in notebooks]
    return dict(
        zip((path.stem for path in notebooks), run_all(plans, with_code, progress, pool), strict=True)
    )


def batch(
    name: str | Path,
    file: str | Path,
    *,
    project: Project,
    with_code: bool = False,
    progress: bool = True,
    pool: Pool = ALONE,
) -> dict[str, Path | RunFailed]:
    """Execute one notebook with every row of a CSV file, which is checked whole before the first run.

    Parameters
    ----------
    name : str or Path
        Such as `01_name`, or the path of an .ipynb file.
    file : str or Path
        UTF-8, with commas: a column `run`, the other columns are parameters. An empty cell leaves a
        parameter as the notebook has it.
    project, with_code, progress, pool
        As for `run_notebook`.

    Returns
    -------
    dict of str to Path or RunFailed
        Per run, in the order of the file, its folder or what went wrong.

    Raises
    ------
    ValueError, FileNotFoundError
        Before any kernel starts, when the file, the notebook or a parameter does not fit.
    """
    from expect import read_table  # brings pandas, which no other run needs here

    declared = read_parameters(project.find_notebook(name))
    rows = read_table(Path(file), "a table with a column `run`").to_dict("records")
    runs = [row.pop("run", "") for row in rows]
    if not runs or not all(runs) or len(set(runs)) < len(runs):
        raise ValueError(
            f"{Path(file).name}: expected a column `run` that names every row once; found {runs}"
        )
    sets = [parse_parameters({k: text for k, text in row.items() if text}, declared) for row in rows]
    plans = [check_plan(project, name, values, run=run) for run, values in zip(runs, sets, strict=True)]
    return dict(zip(runs, run_all(plans, with_code, progress, pool), strict=True))


def run_all(plans: Sequence[Plan], with_code: bool, progress: bool, pool: Pool) -> list[Path | RunFailed]:
    """Run plans under one bar; a failure takes the place of a folder."""
    done: dict[Path, Path | RunFailed] = {}
    with _bar(plans, progress) as show:
        for plan, end in run_plans(plans, pool, with_code=with_code):
            done[plan.place] = end
            show(plan, end)
    finished = {plan.folder: plan.project for plan in plans if plan.own and done[plan.place] == plan.place}
    for folder, project in finished.items():
        if project.after_run:
            project.after_run(folder)
    return [done[plan.place] for plan in plans]


def run_plans(
    plans: Iterable[Plan], pool: Pool, *, with_code: bool = False
) -> Iterator[tuple[Plan, Path | RunFailed]]:
    """Execute plans through one pool, and put the results of each in place when its last language is done.

    Parameters
    ----------
    plans : iterable of Plan
        Each with a place of its own. Taken one by one: a run that is done takes no memory.
    pool : Pool
        How they are executed.
    with_code : bool
        Whether the pages hold the code, folded.

    Yields
    ------
    (Plan, Path or RunFailed)
        As they are done: the folder with the results, or what went wrong.
    """
    begun: dict[Path, _Begun] = {}
    for job, outcome in pool.run(_jobs(plans, begun, with_code, pool.timeout)):
        run = begun[job.plan.place]
        run.outcomes[job.language] = outcome
        if len(run.outcomes) == len(run.plan.languages):
            del begun[run.plan.place]
            yield run.plan, _put_in_place(run)


@dataclass
class _Begun:
    """A run of which not all languages are done: what it started from, when, and the outcomes so far."""

    plan: Plan
    record: dict[str, Any]
    started: datetime
    outcomes: dict[str, Ended] = field(default_factory=dict)


def _jobs(plans: Iterable[Plan], begun: dict, with_code: bool, timeout: float) -> Iterator[Job]:
    for plan in plans:
        record = provenance(plan.project, plan.notebook, plan.files) | plan.record
        begun[plan.place] = _Begun(plan, record, datetime.now(UTC))
        shutil.rmtree(plan.work, ignore_errors=True)
        plan.work.mkdir(parents=True)
        for language in plan.languages:
            yield Job(plan, language, plan.work, with_code, timeout)


def _put_in_place(run: _Begun) -> Path | RunFailed:
    """Make one folder of what the languages left, with its record, and put it in place of an older one."""
    plan, work, record = run.plan, run.plan.work, run.record
    outcomes = {language: run.outcomes[language] for language in plan.languages}
    error = errors(plan.name, outcomes)
    kept = [language for language, outcome in outcomes.items() if outcome.error or not error]
    try:
        if not error:
            merge({language: work / language / "output" for language in outcomes}, work / "new")
    except ValueError as problem:
        error = f"{plan.name}: {problem}"
    made = collect(work, kept, work / ("failed" if error else "new"), pages=not error)
    record["seconds"] = {language: outcome.seconds for language, outcome in outcomes.items()}
    record |= {"started": run.started.isoformat(timespec="seconds"), "error": error or None}
    record["duration_seconds"] = round((datetime.now(UTC) - run.started).total_seconds(), 2)
    write_record(made, record, plan.project)
    failed = plan.place.with_name(f"{plan.name}.failed")
    swap(made, failed if error else plan.place, work / "old")
    shutil.rmtree(work, ignore_errors=True)
    if error:
        return RunFailed(error)
    shutil.rmtree(failed, ignore_errors=True)
    return plan.place


@contextmanager
def _bar(plans: Sequence[Plan], progress: bool) -> Iterator[Callable[[Plan, Path | RunFailed], None]]:
    """Show how far runs are: a bar with the time left, or a line per run where there is no terminal."""
    from tqdm import tqdm

    terminal = progress and sys.stderr.isatty()
    with tqdm(total=sum(len(plan.languages) for plan in plans), unit="run", disable=not terminal) as bar:

        def show(plan: Plan, end: Path | RunFailed) -> None:
            bar.update(len(plan.languages))
            if progress and not terminal:
                word = "failed" if isinstance(end, RunFailed) else "done"
                print(f"{plan.name} ({', '.join(plan.languages)}): {word}", file=sys.stderr)

        yield show
