"""Strict papermill runs in one process: checked first, both languages at once, nothing half-written."""

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Any

from strictruns.pages import LANGUAGES, write_html
from strictruns.parameters import parse_parameters, read_parameters
from strictruns.plans import Plan, check_plan
from strictruns.project import Project
from strictruns.results import merge, placed, provenance, swap, without_paths, write_record

if TYPE_CHECKING:
    from strictruns.kernels import Execution


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
    outcome = _run_all([plan], with_code, progress)[0]
    if isinstance(outcome, RunFailed):
        raise outcome
    return outcome


def reproduce(
    *, project: Project, run: str = "default", with_code: bool = False, progress: bool = True
) -> dict[str, Path | RunFailed]:
    """Execute every numbered notebook of a project as it is; one that fails does not stop the others.

    Parameters
    ----------
    project, run, with_code, progress
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
    notebooks = project.numbered
    if not notebooks:
        raise FileNotFoundError(
            f"expected notebooks such as 01_name.ipynb in {project.notebooks.name}/; found none"
        )
    plans = [check_plan(project, path, {}, run=run) for path in notebooks]
    plans = [replace(plan, together=tuple(notebooks)) for plan in plans]
    return dict(zip((path.stem for path in notebooks), _run_all(plans, with_code, progress), strict=True))


def batch(
    name: str | Path, file: str | Path, *, project: Project, with_code: bool = False, progress: bool = True
) -> dict[str, Path | RunFailed]:
    """Execute one notebook with every row of a CSV file, which is checked whole before the first run.

    Parameters
    ----------
    name : str or Path
        Such as `01_name`, or the path of an .ipynb file.
    file : str or Path
        UTF-8, with commas: a column `run`, the other columns are parameters. An empty cell leaves a
        parameter as the notebook has it.
    project, with_code, progress
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
    return dict(zip(runs, _run_all(plans, with_code, progress), strict=True))


def _run_all(plans: Sequence[Plan], with_code: bool, progress: bool) -> list[Path | RunFailed]:
    """Run plans one after another under one bar; a failure takes the place of a folder."""
    from tqdm import tqdm

    done: list[Path | RunFailed] = []
    lock, terminal = Lock(), progress and sys.stderr.isatty()
    with tqdm(total=sum(plan.cells for plan in plans), unit="cell", disable=not terminal) as bar:

        def tick() -> None:
            with lock:  # both languages call, each from its own thread
                bar.update()

        for plan in plans:
            bar.set_description(plan.name)
            try:
                done.append(_run_plan(plan, with_code, tick))
            except RunFailed as failure:
                done.append(failure)
            if progress and not terminal:
                end = "failed" if isinstance(done[-1], RunFailed) else "done"
                print(f"{plan.name} ({', '.join(plan.languages)}): {end}", file=sys.stderr)
    ends = zip(plans, done, strict=True)
    finished = {plan.folder: plan.project for plan, end in ends if plan.own and isinstance(end, Path)}
    for folder, project in finished.items():
        if project.after_run:
            project.after_run(folder)
    return done


def _run_plan(plan: Plan, with_code: bool, tick: Callable[[], None]) -> Path:
    """Execute a plan in a hidden folder beside the place of its results, then put them there."""
    from strictruns.kernels import execute

    started = datetime.now(UTC)
    record = provenance(plan.project, plan.notebook, plan.files) | plan.record
    plan.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=plan.folder, prefix=f".{plan.name}.", ignore_cleanup_errors=True) as made:
        work = Path(made)
        outputs = {language: work / language / "output" for language in plan.languages}
        done = execute({k: plan.job(k, folder) for k, folder in outputs.items()}, work=work, tick=tick)
        done = {k: without_paths(e, outputs[k], *plan.private) for k, e in done.items()}
        nodes, error = _outcome(plan.name, done)
        error = error or _write_pages(plan, nodes, outputs, work / "new", with_code)
        record["seconds"] = {language: e.seconds for language, e in done.items()}
        record |= {"started": started.isoformat(timespec="seconds"), "error": error or None}
        record["duration_seconds"] = round((datetime.now(UTC) - started).total_seconds(), 2)
        place = plan.folder / (f"{plan.name}.failed" if error else plan.name)
        swap(write_record(nodes, work / ("failed" if error else "new"), record), place, work / "old")
    if error:
        raise RunFailed(error)
    shutil.rmtree(plan.folder / f"{plan.name}.failed", ignore_errors=True)
    return place


def _outcome(name: str, done: "Mapping[str, Execution]") -> tuple[dict[str, Any], str]:
    """Choose the notebooks to keep (if any failed, only those) and say what went wrong, each error once."""
    failed: dict[str, list[str]] = {}
    for language, execution in done.items():
        failed.setdefault(execution.error, []).append(language)
    nodes = {language: e.node for language, e in done.items() if e.error or not any(failed)}
    return nodes, "; ".join(
        f"{name} ({', '.join(which)}), {error}" for error, which in failed.items() if error
    )


def _write_pages(
    plan: Plan, nodes: dict[str, Any], outputs: dict[str, Path], new: Path, with_code: bool
) -> str:
    """Merge what the notebook wrote into a new folder and add the pages; return what is wrong with them."""
    project = plan.project
    files = {language: placed(folder, language, plan.languages[0]) for language, folder in outputs.items()}
    try:
        merge(outputs, new)
        for language, node in nodes.items():
            node.metadata[project.name] = {"rerun": plan.rerun}
            page = new / f"report.{language}.html"
            index = f"../{project.index.format(language=language)}" if project.index and plan.own else ""
            around = {"index": index, "links": plan.links(language), "files": files[language]}
            write_html(node, page, project=project, language=language, with_code=with_code, **around)
    except ValueError as problem:
        return f"{plan.name}: {problem}"
    return ""
