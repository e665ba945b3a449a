"""Strict papermill runs in one process: checked first, both languages at once, nothing half-written."""

import re
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Any

from loopbaanchecks.paths import NOTEBOOKS, RESULTS
from strictruns.pages import LANGUAGES, write_html
from strictruns.parameters import (
    Parameter,
    check_parameters,
    parse_parameters,
    read_notebook,
    read_parameters,
)
from strictruns.results import merge, provenance, swap, without_paths, write_record

if TYPE_CHECKING:
    from strictruns.kernels import Execution, Job


class RunFailed(RuntimeError):
    """A notebook stopped; the message names notebook, language, cell and error."""


@dataclass(frozen=True)
class _Plan:
    """One checked notebook, the run folder it goes to, what is `given` to it, and in which languages."""

    notebook: Path
    folder: Path
    parameters: dict[str, Parameter]
    given: dict[str, Any]
    languages: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.notebook.stem

    @property
    def files(self) -> dict[str, Path]:
        """The given parameters that name a file of the user; a QualCoder folder is the database in it."""
        paths = {k: Path(v).resolve() for k, v in self.given.items() if k.endswith("_file") and v}
        return {k: inner if (inner := v / "data.qda").is_file() else v for k, v in paths.items()}

    @property
    def private(self) -> list[Path]:
        """Folders that no result should name."""
        return [self.folder.parent, *(path.parent for path in self.files.values())]

    def shown(self, language: str) -> dict[str, Any]:
        """Return what was given as anyone may see it: files by name, no folders."""
        spoken = {"language": language} if "language" in self.parameters else {}
        return self.given | {k: path.name for k, path in self.files.items()} | spoken | {"output_dir": ""}

    @property
    def own(self) -> bool:
        """Whether the notebook is one of this compendium, and so in the overview of its run."""
        return self.notebook.parent == NOTEBOOKS

    def job(self, language: str, output: Path) -> "Job":
        """Return what the kernel gets, with an empty folder to write in."""
        from strictruns.kernels import Job

        output.mkdir(parents=True)
        shown = self.shown(language)
        folders = {k: str(path) for k, path in self.files.items()} | {"output_dir": str(output)}
        return Job(read_notebook(self.notebook), self.notebook.parent, shown | folders, shown)

    @property
    def record(self) -> dict[str, Any]:
        """What run.json says of the parameters."""
        own = {k: p.default for k, p in self.parameters.items()}
        chosen = {"languages": list(self.languages), "overridden": sorted(self.given), "rerun": self.rerun}
        return {"parameters": own | self.shown(self.languages[0])} | chosen

    @property
    def rerun(self) -> str:
        """The command that gives the same results again."""
        name = self.name if self.own else self.notebook.name
        given = {k: self.files[k].name if k in self.files else v for k, v in self.given.items()}
        return shlex.join(
            ["loopbaanchecks", "run", name, *(w for k, v in given.items() for w in ("-p", k, str(v)))]
        )


def run_notebook(
    name: str | Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    run: str = "default",
    languages: Sequence[str] = LANGUAGES,
    with_code: bool = False,
    progress: bool = True,
    results: Path = RESULTS,
) -> Path:
    """Execute one notebook in every language and put all that comes of it in one folder.

    Parameters
    ----------
    name : str or Path
        Such as `01_quant`, or the path of an .ipynb file.
    parameters : mapping, optional
        Values that differ from the notebook's own.
    run : str
        Name of the run: a folder in `results`.
    languages : sequence of str
        The notebook of the first is `notebook.ipynb`. A `language` in the parameters comes in their place.
    with_code : bool
        Whether the pages hold the code, folded.
    progress : bool
        Whether to show a bar, or a plain line where there is no terminal.
    results : Path
        Folder of all runs.

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
    plan = _plan(name, parameters or {}, results, run, languages=languages)
    outcome = _run_all([plan], with_code, progress)[0]
    if isinstance(outcome, RunFailed):
        raise outcome
    return outcome


def reproduce(
    *, run: str = "default", with_code: bool = False, progress: bool = True, results: Path = RESULTS
) -> dict[str, Path | RunFailed]:
    """Execute every numbered notebook as it is; one that fails does not stop the others.

    Returns
    -------
    dict of str to Path or RunFailed
        Per notebook, in their order, its folder or what went wrong.
    """
    notebooks = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    if not notebooks:
        raise FileNotFoundError(f"expected notebooks such as 01_name.ipynb in {NOTEBOOKS.name}/; found none")
    plans = [_plan(path, {}, results, run) for path in notebooks]
    return dict(zip((path.stem for path in notebooks), _run_all(plans, with_code, progress), strict=True))


def batch(
    name: str | Path,
    file: str | Path,
    *,
    with_code: bool = False,
    progress: bool = True,
    results: Path = RESULTS,
) -> dict[str, Path | RunFailed]:
    """Execute one notebook with every row of a CSV file: a column `run`, the other columns are parameters.

    Returns
    -------
    dict of str to Path or RunFailed
        Per run, in the order of the file. An empty cell leaves a parameter as the notebook has it.
    """
    allowed = read_parameters(find_notebook(name))
    from expect import read_table  # brings pandas, which no other run needs here

    rows = read_table(Path(file), "a table with a column `run`").to_dict("records")
    runs = [row.pop("run", "") for row in rows]
    if not runs or not all(runs) or len(set(runs)) < len(runs):
        raise ValueError(
            f"{Path(file).name}: expected a column `run` that names every row once; found {runs}"
        )
    given = [parse_parameters({k: text for k, text in row.items() if text}, allowed) for row in rows]
    plans = [_plan(name, values, results, run) for run, values in zip(runs, given, strict=True)]
    return dict(zip(runs, _run_all(plans, with_code, progress), strict=True))


def find_notebook(name: str | Path) -> Path:
    """Return the path of a notebook named like `01_quant` or by its path, or raise FileNotFoundError."""
    path = Path(name) if str(name).endswith(".ipynb") else NOTEBOOKS / f"{name}.ipynb"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in NOTEBOOKS.glob("*.ipynb"))) or "none yet"
        raise FileNotFoundError(f"notebook {name}: not found; {NOTEBOOKS.name}/ has {known}")
    return path.resolve()


def _plan(
    name: str | Path,
    given: Mapping[str, Any],
    results: Path,
    run: str,
    *,
    languages: Sequence[str] = LANGUAGES,
) -> _Plan:
    """Return what is to be run, or raise when any of it is not allowed."""
    notebook = find_notebook(name)
    allowed = read_parameters(notebook)
    check_parameters(given, allowed)
    if "output_dir" not in allowed or "output_dir" in given:
        raise ValueError(f"{notebook.name}: expected a parameter output_dir, left to the runner to fill")
    if not re.fullmatch(r"\w[\w.-]*", run):
        raise ValueError(f"run: expected a name of letters, digits, - and _; found {run!r}")
    chosen = tuple(dict.fromkeys([given["language"]] if "language" in given else languages))
    if not chosen or not set(chosen) <= set(LANGUAGES):
        raise ValueError(
            f"languages: expected some of {', '.join(LANGUAGES)}; found {', '.join(chosen) or 'none'}"
        )
    kinds = {k: float(v) if allowed[k].type is float else v for k, v in given.items()}
    chosen = chosen if "language" in allowed else chosen[:1]
    plan = _Plan(notebook, Path(results).resolve() / run, allowed, kinds, chosen)
    for parameter, path in plan.files.items():
        if not path.is_file():
            raise FileNotFoundError(f"{parameter}: expected an existing file; found {given[parameter]!r}")
    return plan


def _run_all(plans: Sequence[_Plan], with_code: bool, progress: bool) -> list[Path | RunFailed]:
    """Run plans one after another under one bar; a failure takes the place of a folder."""
    from tqdm import tqdm

    done: list[Path | RunFailed] = []
    lock, terminal = Lock(), progress and sys.stderr.isatty()
    with tqdm(total=sum(map(_count_cells, plans)), unit="cell", disable=not terminal) as bar:

        def tick() -> None:
            with lock:  # both languages call, each from its own thread
                bar.update()

        for plan in plans:
            bar.set_description(plan.name)
            try:
                done.append(_run(plan, with_code, tick))
            except RunFailed as failure:
                done.append(failure)
            if progress and not terminal:
                end = "failed" if isinstance(done[-1], RunFailed) else "done"
                print(f"{plan.name} ({', '.join(plan.languages)}): {end}", file=sys.stderr)
    _write_overviews(plans, done)
    return done


def _write_overviews(plans: Sequence[_Plan], done: Sequence[Path | RunFailed]) -> None:
    """Write the overview of every run in which a notebook of this compendium succeeded."""
    folders = [
        plan.folder for plan, end in zip(plans, done, strict=True) if plan.own and isinstance(end, Path)
    ]
    for folder in dict.fromkeys(folders):
        from loopbaanchecks.report.overview import write_index

        write_index(folder)


def _count_cells(plan: _Plan) -> int:
    """Return how many code cells will run: those with code and the injected one, once per language."""
    cells = read_notebook(plan.notebook).cells
    return len(plan.languages) * (1 + sum(c.cell_type == "code" and bool(c.source.strip()) for c in cells))


def _run(plan: _Plan, with_code: bool, tick: Callable[[], None]) -> Path:
    """Execute a plan in a hidden folder beside the place of its results, then put them there."""
    from strictruns.kernels import execute

    started = datetime.now(UTC)
    record = provenance(plan.notebook, plan.files) | plan.record
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
    """Return the notebooks to keep (when any failed, those) and what went wrong, each error once."""
    failed: dict[str, list[str]] = {}
    for language, execution in done.items():
        failed.setdefault(execution.error, []).append(language)
    nodes = {language: e.node for language, e in done.items() if e.error or not any(failed)}
    return nodes, "; ".join(
        f"{name} ({', '.join(which)}), {error}" for error, which in failed.items() if error
    )


def _write_pages(
    plan: _Plan, nodes: dict[str, Any], outputs: dict[str, Path], new: Path, with_code: bool
) -> str:
    """Merge what the notebook wrote into a new folder and add the pages; return what goes against it."""
    try:
        merge(outputs, new)
        for language, node in nodes.items():
            node.metadata["loopbaanchecks"] = {"rerun": plan.rerun}
            page = new / f"report.{language}.html"
            write_html(node, page, language=language, with_code=with_code, overview=plan.own)
    except ValueError as problem:
        return f"{plan.name}: {problem}"
    return ""
