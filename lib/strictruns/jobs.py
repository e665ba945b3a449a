"""A job: one checked notebook in one language, executed into a folder by any process that sees it."""

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter
from typing import Any, NamedTuple

from strictruns.pages import write_html
from strictruns.parameters import read_notebook
from strictruns.plans import Plan
from strictruns.results import placed, without_paths

TIMEOUT = 1800.0  # seconds that one cell may take, unless a run says otherwise


@dataclass(frozen=True)
class Job:
    """One notebook in one language: all that a process needs to execute it, and light to send there.

    Parameters
    ----------
    plan : Plan
        The checked notebook and what it is given.
    language : str
        One of those of the plan.
    work : Path
        Existing folder, shared by the languages of the plan; the job makes `<work>/<language>`.
    shared : Path
        Folder for what notebooks of one run compute alike; it lives as long as the run.
    timeout : float
        Seconds that one cell may take.
    server : str
        Address of the `warm.kernel_server` that forks its kernel; empty for a process of its own.
    """

    plan: Plan
    language: str
    work: Path
    shared: Path
    timeout: float = TIMEOUT
    server: str = ""

    @property
    def folder(self) -> Path:
        """Where everything that the job made is, once it is done: output/, notebook.ipynb and pages."""
        return self.work / self.language


class Ended(NamedTuple):
    """What became of a job: an error (an empty string: none), and how long it took."""

    error: str
    seconds: float


def run_job(job: Job) -> Ended:
    """Execute a job: its folder is there whole, or not at all.

    May be called again, or elsewhere at the same time, when nobody knows what became of an earlier call: the
    first that finishes leaves its folder, another one leaves nothing.

    Returns
    -------
    Ended
        An error of a cell, the kernel or the page is returned, not raised; the notebook is left as far as it
        came.
    """
    start = perf_counter()
    made = Path(mkdtemp(dir=job.work, prefix=f".{job.language}."))
    try:
        error = _execute_into(job, made)
        with _first(job.folder):
            made.rename(job.folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return Ended(error, round(perf_counter() - start, 2))


@contextmanager
def _first(folder: Path):
    """Let a rename fail when the folder is there already: somebody was first."""
    try:
        yield
    except OSError:
        if not folder.is_dir():
            raise


def _execute_into(job: Job, made: Path) -> str:
    """Execute the notebook and write its page; return what is wrong."""
    import nbformat

    from strictruns.kernels import cleaned, execute

    plan, output = job.plan, made / "output"
    output.mkdir()
    shown = plan.shown(job.language)
    folders = {k: str(path) for k, path in plan.files.items()} | {"output_dir": str(output)}
    done = execute(
        read_notebook(plan.notebook),
        shown | folders,
        folder=plan.notebook.parent,
        work=made,
        shared=job.shared,
        server=job.server,
        timeout=job.timeout,
        tick=counter(job.work),
    )
    node = cleaned(done.node, shown)
    node, error = without_paths([node, done.error], output, *plan.private)
    if not error:
        node.metadata[plan.project.name] = {"rerun": plan.rerun}
        page = made / f"report.{job.language}.html"
        error = _write_page(job, node, page, placed(output, job.language, plan.languages[0]))
    nbformat.write(node, made / "notebook.ipynb")
    return error


def _write_page(job: Job, node: Any, path: Path, files: Mapping[str, str]) -> str:
    project = job.plan.project
    index = f"../{project.index.format(language=job.language)}" if project.index and job.plan.own else ""
    options = {"language": job.language, "with_code": job.plan.with_code, "index": index}
    around = {"links": job.plan.links(job.language), "files": files}
    try:
        write_html(node, path, project=project, **options, **around)
    except ValueError as problem:
        return str(problem)
    return ""


def counter(work: Path) -> Callable[[], None]:
    """Return what a job calls after every cell: a byte in a file that `cells_run` counts from outside."""

    def tick() -> None:
        with open(work / ".cells", "ab") as file:
            file.write(b".")

    return tick


def cells_run(work: Path) -> int:
    """Count the cells that the jobs of a folder have run."""
    try:
        return os.stat(work / ".cells").st_size
    except FileNotFoundError:
        return 0


def errors(name: str, outcomes: Mapping[str, Ended]) -> str:
    """Say what went wrong in which languages, each error once; an empty string when nothing did."""
    which: dict[str, list[str]] = {}
    for language, outcome in outcomes.items():
        which.setdefault(outcome.error, []).append(language)
    return "; ".join(f"{name} ({', '.join(where)}), {error}" for error, where in which.items() if error)
