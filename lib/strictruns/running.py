"""Strict papermill runs: checked first, only what changed, side by side, nothing half-written."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from strictruns.changes import changes
from strictruns.holding import held
from strictruns.pages import LANGUAGES
from strictruns.placing import RunFailed, clear_failure, conclude, run_plans
from strictruns.plans import Plan, check_plan, wanted
from strictruns.pool import Pool
from strictruns.progress import watched
from strictruns.project import Project
from strictruns.results import provenance

ALONE = Pool()


def run_notebook(
    name: str | Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    project: Project,
    run: str = "default",
    languages: Sequence[str] = LANGUAGES,
    with_code: bool = False,
    force: bool = False,
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
    force : bool
        Whether to run although nothing that the results depend on changed.
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
    plan = check_plan(project, name, parameters or {}, run=run, languages=languages, with_code=with_code)
    end = _run_all([plan], force, progress, pool)[0]
    if isinstance(end, RunFailed):
        raise end
    return end


def reproduce(
    *,
    project: Project,
    run: str = "default",
    with_code: bool = False,
    force: bool = False,
    progress: bool = True,
    pool: Pool = ALONE,
) -> dict[str, Path | RunFailed]:
    """Execute every numbered notebook of a project as it is; one that fails does not stop the others.

    Parameters
    ----------
    project, run, with_code, force, progress, pool
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
    causes = why(project=project, run=run, with_code=with_code)
    fresh = {path: place for path, place in _places(project, run).items() if not (force or causes[path.stem])}
    for path, place in fresh.items():
        clear_failure(place)
        print(f"{path.stem}: unchanged", file=sys.stderr) if progress else None
    stale = [path for path in _numbered(project) if path not in fresh]
    plans = [check_plan(project, path, {}, run=run, with_code=with_code) for path in stale]
    plans = [replace(plan, together=tuple(project.numbered)) for plan in plans]
    ends = fresh | dict(zip(stale, _run_all(plans, True, progress, pool), strict=True))
    if fresh and not plans:
        with held(folder := project.results.resolve() / run):
            conclude(project, folder)
    return {path.stem: ends[path] for path in _numbered(project)}


def why_plan(plan: Plan) -> list[str]:
    """Say why one checked notebook would run; see `why`."""
    return changes(plan.place, plan.record, plan.notebook)


def why(*, project: Project, run: str = "default", with_code: bool = False) -> dict[str, list[str]]:
    """Say of every numbered notebook why `reproduce` would run it; nothing starts and no file is written.

    Parameters
    ----------
    project, run, with_code
        As for `reproduce`.

    Returns
    -------
    dict of str to list of str
        Per notebook its causes, such as `data/a.csv changed`; an empty list when nothing changed.
    """
    asked = wanted({}, LANGUAGES, with_code)
    return {
        path.stem: changes(place, provenance(project, path, {}) | asked, path)
        for path, place in _places(project, run).items()
    }


def _numbered(project: Project) -> list[Path]:
    if not project.numbered:
        raise FileNotFoundError(
            f"expected notebooks such as 01_name.ipynb in {project.notebooks.name}/; found none"
        )
    return project.numbered


def _places(project: Project, run: str) -> dict[Path, Path]:
    """Return where the results of every numbered notebook are."""
    return {path: project.results.resolve() / run / path.stem for path in _numbered(project)}


def _run_all(plans: Sequence[Plan], force: bool, progress: bool, pool: Pool) -> list[Path | RunFailed]:
    """Run plans under one bar; a failure takes the place of a folder."""
    done: dict[Path, Path | RunFailed] = {}
    notebooks = list(dict.fromkeys(plan.notebook for plan in plans))
    with ExitStack() as holding, watched(plans, progress) as show:
        for folder in dict.fromkeys(plan.folder for plan in plans):
            holding.enter_context(held(folder))
        for plan, end, ran in run_plans(plans, pool, notebooks=notebooks, force=force):
            done[plan.place] = end
            if ran and isinstance(end, Path) and plan.project.check_run:
                plan.project.check_run(end, plan.files)
            show(plan, "failed" if isinstance(end, RunFailed) else "done" if ran else "unchanged")
        own = {plan.folder: plan.project for plan in plans if plan.own and done[plan.place] == plan.place}
        for folder, project in own.items():
            conclude(project, folder)
    return [done[plan.place] for plan in plans]
