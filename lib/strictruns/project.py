"""What a run belongs to: a project with its notebooks, inputs and results, and the marks on its pages."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Legend:
    """The marks that a project puts beside its numbers, explained at the top of every page.

    Parameters
    ----------
    title : str
        Heading of the explanation.
    marks : mapping of str to (str, str)
        Per mark its word and its meaning. Notebooks write a mark as
        `<span class="evidence evidence-<mark>">word</span>`.
    style : str
        CSS for these classes.
    """

    title: str
    marks: Mapping[str, tuple[str, str]]
    style: str = ""


@dataclass(frozen=True)
class Project:
    """Whose notebooks are run, where their results go, and what to do after a run.

    Parameters
    ----------
    name : str
        Name of the project's command; if a distribution has this name, its requirements are recorded.
    version : str
        Version that pages and records show.
    root : Path
        Folder of the project. Results never name it; `git` is asked about it.
    notebooks : Path
        Folder of the notebooks; `reproduce` runs those named like `01_name.ipynb`.
    results : Path
        Folder of all runs.
    inputs : Path, optional
        Folder whose files are recorded with their hashes.
    left_out : sequence of Path
        Folders in `inputs` whose files are not even named.
    library : Path, optional
        Folder with the packages that notebooks import: what a notebook reaches of them is recorded.
    lock : Path, optional
        File that pins the packages of others.
    after_run : callable, optional
        Called with the folder of every run in which a notebook of the project succeeded; returns the files
        that it wrote.
    check_run : callable, optional
        Called with the folder of every notebook that succeeded and the files of the user that it was given,
        by parameter, before `after_run`.
    index : str
        Name of a page that `after_run` writes, such as `index.{language}.html`; pages link to it.
    legend : callable, optional
        Takes a language, returns its Legend.
    own_mark : str
        The mark of what was computed from a file of the user, such as `observed`: sections of notebooks that
        are tagged `own-data` come first on a page when they have it, and else get a page of their own.

    Raises
    ------
    ValueError
        If `index` is given without `after_run`: pages would link to nothing.
    """

    name: str
    version: str
    root: Path
    notebooks: Path
    results: Path
    inputs: Path | None = None
    left_out: tuple[Path, ...] = ()
    library: Path | None = None
    lock: Path | None = None
    after_run: Callable[[Path], Iterable[Path] | None] | None = None
    check_run: Callable[[Path, Mapping[str, Path]], Any] | None = None
    index: str = ""
    legend: Callable[[str], Legend] | None = None
    own_mark: str = ""

    def __post_init__(self):
        if self.index and not self.after_run:
            raise ValueError(f"project: expected an after_run that writes {self.index}; found none")

    @property
    def numbered(self) -> list[Path]:
        """The notebooks that are named like `01_name.ipynb`, in their order."""
        return [path.resolve() for path in sorted(self.notebooks.glob("[0-9][0-9]_*.ipynb"))]

    @property
    def input_files(self) -> dict[str, Path]:
        """Every input file by its name as records show it: `<folder>/<path>`."""
        folder = self.inputs
        paths = sorted(path for path in folder.rglob("*") if path.is_file()) if folder else []
        kept = [path for path in paths if not any(private in path.parents for private in self.left_out)]
        return {path.relative_to(folder.parent).as_posix(): path for path in kept}

    def find_notebook(self, name: str | Path) -> Path:
        """Find a notebook by its name, such as `01_name`, or by the path of an .ipynb file.

        Returns
        -------
        Path
            Without links or `..`.

        Raises
        ------
        FileNotFoundError
            If it is not there; the message lists the notebooks of the project.
        """
        path = Path(name) if str(name).endswith(".ipynb") else self.notebooks / f"{name}.ipynb"
        if not path.is_file():
            known = ", ".join(sorted(p.stem for p in self.notebooks.glob("*.ipynb"))) or "none yet"
            raise FileNotFoundError(f"notebook {name}: not found; {self.notebooks.name}/ has {known}")
        return path.resolve()
