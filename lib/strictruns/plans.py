"""A run before it starts: one notebook with what it is given, checked whole."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from strictruns.crates import read_citation
from strictruns.pages import LANGUAGES, read_words, title_of
from strictruns.parameters import Parameter, check_values, read_notebook, read_parameters
from strictruns.project import Project
from strictruns.results import hash_name, provenance

CODED_FOLDERS = ("codes.csv", "*.qde")  # what a folder holds that stands for coded texts, with their sources


@dataclass(frozen=True)
class Plan:
    """One checked notebook, the folder of its run, the values it gets, and in which languages it runs.

    `asked` are the languages that were asked for, whether or not the notebook has a parameter `language`.
    `together` are the notebooks that run with it, in their order.
    """

    project: Project
    notebook: Path
    folder: Path
    declared: dict[str, Parameter]
    values: dict[str, Any]
    languages: tuple[str, ...]
    asked: tuple[str, ...]
    with_code: bool = False
    together: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        """Name of the notebook, and of the folder of its results."""
        return self.notebook.stem

    @property
    def place(self) -> Path:
        """The folder of its results."""
        return self.folder / self.name

    @property
    def work(self) -> Path:
        """A hidden folder beside its results, for all that is being made."""
        return self.folder / f".{self.name}"

    @property
    def own(self) -> bool:
        """Whether the notebook is one of the project's own."""
        return self.notebook.parent == self.project.notebooks.resolve()

    @property
    def files(self) -> dict[str, Path]:
        """The values that name a file of the user; a QualCoder folder stands for the database in it."""
        paths = {k: Path(v) for k, v in self.values.items() if k.endswith("_file") and v}
        return {k: inner if (inner := v / "data.qda").is_file() else v for k, v in paths.items()}

    @property
    def private(self) -> list[Path]:
        """Folders that no result may name."""
        files = [path.parent for path in self.files.values()]
        return [self.project.root, self.folder.parent, *files]

    @cached_property
    def cells(self) -> int:
        """How many code cells will run: those with code and the injected one, once per language."""
        return len(self.languages) * (1 + _code_cells(self.notebook, self.notebook.stat().st_mtime_ns))

    @property
    def record(self) -> dict[str, Any]:
        """What run.json says of what the run starts from."""
        defaults = {k: p.default for k, p in self.declared.items()}
        return {
            **provenance(self.project, self.notebook, self.files),
            **wanted(self.values | self._named, self.asked, self.with_code),
            "parameters": defaults | self.shown(self.languages[0]),
            "languages": list(self.languages),
            "overridden": sorted(self.values),
            "rerun": self.rerun,
        }

    @property
    def rerun(self) -> str:
        """The command that gives the same results again; a file of the user is named by its hash."""
        name = self.name if self.own else self.notebook.name
        values = self.values | self._named
        options = [word for k, v in values.items() for word in ("-p", k, str(v))]
        return shlex.join([self.project.name, "run", name, *options])

    @property
    def _named(self) -> dict[str, str]:
        """What the files of the user are called in results: their own names may say whose they are."""
        return {parameter: hash_name(path) for parameter, path in self.files.items()}

    def shown(self, language: str) -> dict[str, Any]:
        """Show the values as anyone may see them: files by their hash, no names, no folders."""
        spoken = {"language": language} if "language" in self.declared else {}
        return self.values | self._named | spoken | {"output_dir": ""}

    def links(self, language: str) -> dict[str, tuple[str, str]]:
        """Address and title of the pages around its page in a language; see `write_html`."""
        words = read_words(language)
        links = {k: (f"report.{k}.html", words[f"language.{k}"]) for k in self.languages if k != language}
        around = [
            path for path in self.project.numbered if path in self.together or self._is_there(path, language)
        ]
        if self.own and self.notebook in around:
            place = around.index(self.notebook)
            near = {"previous": around[max(0, place - 1) : place], "next": around[place + 1 : place + 2]}
            for key, path in ((key, path) for key, paths in near.items() for path in paths):
                links[key] = (f"../{path.stem}/report.{language}.html", title_of(path, language))
        return links

    def _is_there(self, notebook: Path, language: str) -> bool:
        page = self.folder / notebook.stem / f"report.{language}.html"
        return notebook == self.notebook or page.is_file()


@lru_cache(maxsize=16)
def _code_cells(notebook: Path, _: int) -> int:
    """Count the cells with code, in a notebook that has not changed only once."""
    return sum(c.cell_type == "code" and bool(c.source.strip()) for c in read_notebook(notebook).cells)


def wanted(given: Mapping[str, Any], asked: Sequence[str], with_code: bool) -> dict[str, Any]:
    """Record what was asked of a run: a language among the values comes in place of the others."""
    languages = [] if "language" in given else list(asked)
    return {"given": dict(given), "asked": languages, "with_code": with_code}


def check_plan(
    project: Project,
    name: str | Path,
    values: Mapping[str, Any],
    *,
    run: str,
    languages: Sequence[str] = LANGUAGES,
    with_code: bool = False,
) -> Plan:
    """Check a notebook and what it is given; nothing starts and no file is written.

    Parameters
    ----------
    project : Project
        Whose run it is.
    name : str or Path
        Such as `01_name`, or the path of an .ipynb file.
    values : mapping
        Values of parameters that differ from the notebook's own.
    run : str
        Name of the run.
    languages : sequence of str
        A `language` among the values comes in their place.
    with_code : bool
        Whether the pages hold the code, folded.

    Returns
    -------
    Plan
        An int for a float parameter has become a float.

    Raises
    ------
    ValueError, FileNotFoundError
        If the notebook, a value, a file, the name of the run or a language does not fit.
    """
    read_citation(project.root)  # raises now if the results could not be described
    notebook = project.find_notebook(name)
    declared = read_parameters(notebook)
    check_values(values, declared)
    if "output_dir" not in declared or "output_dir" in values:
        raise ValueError(f"{notebook.name}: expected a parameter output_dir, left to the runner to fill")
    if not re.fullmatch(r"\w[\w.-]*", run):
        raise ValueError(f"run: expected a name of letters, digits, - and _; found {run!r}")
    chosen = tuple(dict.fromkeys([values["language"]] if "language" in values else languages))
    if not chosen or not set(chosen) <= set(LANGUAGES):
        raise ValueError(
            f"languages: expected some of {', '.join(LANGUAGES)}; found {', '.join(chosen) or 'none'}"
        )
    typed = {k: float(v) if declared[k].type is float else v for k, v in values.items()}
    typed |= {k: str(Path(v).resolve()) for k, v in values.items() if k.endswith("_file") and v}
    spoken = chosen if "language" in declared else chosen[:1]
    place = project.results.resolve() / run
    plan = Plan(project, notebook, place, declared, typed, spoken, chosen, with_code)
    for parameter, path in plan.files.items():
        if not path.is_file() and not any(
            inner.is_file() for kind in CODED_FOLDERS for inner in path.glob(kind)
        ):
            raise FileNotFoundError(f"{parameter}: expected an existing file; found {values[parameter]!r}")
    return plan
