"""Results in place: jobs of the same run come together, and a finished folder replaces an older one."""

import json
import re
import shutil
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from strictruns.changes import changes, damage
from strictruns.crates import write_crate
from strictruns.jobs import Ended, Job, errors
from strictruns.pages import LANGUAGES
from strictruns.plans import Plan
from strictruns.pool import Pool
from strictruns.progress import LOG
from strictruns.project import Project
from strictruns.results import (
    collect,
    depends_on,
    file_hash,
    hashes,
    merge,
    remove,
    repository,
    swap,
    without_outputs,
    write_record,
)


class RunFailed(RuntimeError):
    """A notebook stopped; the message names notebook, language, cell and error."""


SHARED_FOLDER = ".shared"  # in the folder of the first run


@dataclass
class _Begun:
    """A run of which not all languages are done: what it started from, when, and what has ended so far."""

    plan: Plan
    record: dict[str, Any]
    started: datetime
    ended: dict[str, Ended] = field(default_factory=dict)


def run_plans(
    plans: Iterable[Plan], pool: Pool, *, notebooks: Sequence[Path] = (), force: bool = False
) -> Iterator[tuple[Plan, Path | RunFailed, bool]]:
    """Execute plans through one pool, and put the results of each in place when its last language is done.

    Parameters
    ----------
    plans : iterable of Plan
        Each with a place of its own. Taken one by one: a run that is done takes no memory.
    pool : Pool
        How they are executed.
    notebooks : sequence of Path
        Those of the plans; kernels start cold when they are not said.
    force : bool
        Whether to run also what would give the results that are there.

    Yields
    ------
    (Plan, Path or RunFailed, bool)
        As they are done: the folder with the results, or what went wrong; and whether it ran.
    """
    begun: dict[Path, _Begun] = {}
    unchanged: deque[Plan] = deque()
    jobs = _jobs(plans, begun, unchanged, force=force, size=2 * pool.processes)
    shared: set[Path] = set()
    try:
        for job, ended in pool.run(jobs, notebooks=notebooks):
            shared.add(job.shared)
            while unchanged:
                yield (plan := unchanged.popleft()), plan.place, False
            run = begun[job.plan.place]
            run.ended[job.language] = ended
            LOG.info("%s: %s, %s s", _named(job), ended.error or "done", ended.seconds)
            if len(run.ended) == len(run.plan.languages):
                yield run.plan, _put_in_place(begun.pop(run.plan.place)), True
        yield from ((plan, plan.place, False) for plan in unchanged)
    finally:
        for folder in [*shared, *(run.plan.work for run in begun.values())]:
            remove(folder)
        for run in begun.values():
            remove(run.plan.folder / SHARED_FOLDER)


def _jobs(plans: Iterable[Plan], begun: dict, unchanged: deque, *, force: bool, size: int) -> Iterator[Job]:
    """Begin plans, some at a time, first in one language and then in the next.

    So the languages of a notebook seldom run at the same moment, and what the first computed is there for the
    second.
    """
    plans, shared = iter(plans), None
    while group := list(islice(plans, size)):
        runs = [run for plan in group if (run := _begin(plan, unchanged, force))]
        for run in runs:
            begun[run.plan.place] = run
            shared = shared or run.plan.folder / SHARED_FOLDER
        if shared:
            shared.mkdir(exist_ok=True)
        for place in range(len(LANGUAGES)):
            for run in runs:
                for language in run.plan.languages[place : place + 1]:
                    LOG.info("%s/%s (%s): begins", run.plan.folder.name, run.plan.name, language)
                    yield Job(run.plan, language, run.plan.work, shared)


def _begin(plan: Plan, unchanged: deque, force: bool) -> _Begun | None:
    """Make the working folder of a plan, unless nothing changed since its results were made."""
    record = plan.record
    if not force and not changes(plan.place, record, plan.notebook):
        clear_failure(plan.place)
        unchanged.append(plan)
        LOG.info("%s/%s: unchanged", plan.folder.name, plan.name)
        return None
    remove(plan.work)
    plan.work.mkdir(parents=True)
    return _Begun(plan, record, datetime.now(UTC))


def _named(job: Job) -> str:
    return f"{job.plan.folder.name}/{job.plan.name} ({job.language})"


def _put_in_place(run: _Begun) -> Path | RunFailed:
    """Make one folder of what the languages left, with its record, and put it in place of an older one."""
    plan, work = run.plan, run.plan.work
    run.ended = {language: run.ended[language] for language in plan.languages}
    try:
        made, error = _gathered(run)
        swap(made, _failed(plan.place) if error else plan.place, work / "old")
    except OSError as problem:  # a full disk
        error = errors(plan.name, run.ended) or f"{plan.name}: {problem.strerror}: no results written"
    remove(work)
    LOG.info("%s/%s: %s", plan.folder.name, plan.name, error or "in place")
    if error:
        return RunFailed(error)
    clear_failure(plan.place)
    return plan.place


def _failed(place: Path) -> Path:
    return place.with_name(f"{place.name}.failed")


def clear_failure(place: Path) -> None:
    """Remove what an attempt left that failed: the results beside it are good."""
    shutil.rmtree(_failed(place), ignore_errors=True)


def _gathered(run: _Begun) -> tuple[Path, str]:
    """Move what is kept of the languages into one folder, with run.json; return it and what went wrong."""
    plan, work = run.plan, run.plan.work
    ended, error = run.ended, errors(plan.name, run.ended)
    kept = [language for language, end in ended.items() if end.error or not error]
    try:
        if not error:
            merge({language: work / language / "output" for language in ended}, work / "new")
    except ValueError as problem:
        error = f"{plan.name}: {problem}"
    made = collect(work, kept, work / ("failed" if error else "new"), pages=not error)
    told = error
    if error and plan.files:  # what a cell showed or said may repeat the user's file
        without_outputs(made)
        told = re.sub(r"(`: [\w.]+): [^;]*", r"\1", error, flags=re.DOTALL)
    record = run.record | {
        "git": repository(plan.project.root.resolve()),
        "seconds": {language: end.seconds for language, end in ended.items()},
        "started": run.started.isoformat(timespec="seconds"),
        "duration_seconds": round((datetime.now(UTC) - run.started).total_seconds(), 2),
        "exit_state": "failed" if error else "succeeded",
        "error": told or None,
    }
    if not error:
        write_crate(made, record, project=plan.project)
    write_record(made, record | {"outputs": hashes(made)})
    return made, error


def conclude(project: Project, folder: Path) -> None:
    """Do what a project does after a run, unless all that it rests on and gave is as it was.

    Parameters
    ----------
    project : Project
        Whose `after_run` is called.
    folder : Path
        The folder of a run, with that of every notebook; run.json in it says what `after_run` started from.
    """
    if not project.after_run:
        return
    made = {path.parent.name: file_hash(path) for path in sorted(folder.glob("[!.]*/run.json"))}
    source = f"import {project.after_run.__module__}"
    record = depends_on(project, [source]) | {"runs": made}
    try:
        older = json.loads((folder / "run.json").read_text(encoding="utf8"))
        outputs = older.pop("outputs")
        if older == record and not damage(folder, outputs):
            return
    except (OSError, ValueError, KeyError, AttributeError):
        pass
    written = project.after_run(folder) or ()
    record["outputs"] = {path.relative_to(folder).as_posix(): file_hash(path) for path in written}
    write_record(folder, record)
