"""What a run leaves behind: where it came from, two languages that agree, no folder of this machine."""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from time import sleep
from typing import Any

from strictruns.project import Project
from strictruns.reach import code_cells, reached

RUNNER = Path(__file__).parent
EMBEDDED = r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]+"


def text_hash(path: Path) -> str:
    """Hash a text file (SHA-256) with its line endings made LF: the same on every system."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def file_hash(path: Path) -> str:
    """Hash a file (SHA-256) as it is, a folder by the names and hashes of its files."""
    if path.is_dir():
        inside = sorted(inner for inner in path.rglob("*") if inner.is_file())
        named = (f"{inner.relative_to(path).as_posix()}\0{file_hash(inner)}\n" for inner in inside)
        return hashlib.sha256("".join(named).encode()).hexdigest()
    return hashlib.sha256(path.read_bytes()).hexdigest()


def hash_name(path: Path) -> str:
    """Return what a file of the user is called in results: twelve digits of its SHA-256, and its ending."""
    return f"{file_hash(path)[:12]}{path.suffix}"


def provenance(project: Project, notebook: Path, files: Mapping[str, Path]) -> dict[str, Any]:
    """Record what a run starts from.

    Parameters
    ----------
    project : Project
        Whose inputs, versions and repository count.
    notebook : Path
        The notebook as written.
    files : mapping of str to Path
        Files of the user by parameter; only their hash (of the bytes as they are) is kept.

    Returns
    -------
    dict
        `notebook`, `source_sha256`, `inputs` and `library` (hash per file that the notebook may read or
        reaches, with the lock), `files`, `private` (one hash over all that must not be named, where a file of
        the user is given) and `versions`.
    """
    return {
        "notebook": notebook.stem,
        "source_sha256": text_hash(notebook),
        "files": {
            parameter: {"name": hash_name(path), "sha256": file_hash(path)}
            for parameter, path in files.items()
        },
        "private": _private_hash(project) if files else "",
        **depends_on(project, code_cells(notebook)),
    }


def depends_on(project: Project, sources: Iterable[str]) -> dict[str, Any]:
    """Record which files and versions some code of a project depends on."""
    library = reached(sources, project.library) if project.library else []
    if code := getattr(project.legend, "__code__", None):  # every page shows it
        library = [*library, Path(code.co_filename)]
    runner = (path for path in RUNNER.rglob("*") if path.is_file() and path.suffix not in {".pyc", ".md"})
    named = {_name(path, project): path for path in (*library, *runner)}
    named |= {path.name: path for path in (project.lock,) if path and path.is_file()}
    return {
        "inputs": {name: text_hash(path) for name, path in project.input_files.items()},
        "library": {name: text_hash(path) for name, path in sorted(named.items())},
        "versions": _versions(project),
    }


def _name(path: Path, project: Project) -> str:
    """Name a file of code as records show it: from the project's root, or else from its package."""
    places = (project.root.resolve(), RUNNER.parent)
    place = next((place for place in places if place in path.resolve().parents), path.resolve().parent)
    return path.resolve().relative_to(place).as_posix()


def _private_hash(project: Project) -> str:
    """Hash the files that are left out of records, all together, so that nothing says what is in which."""
    paths = [path for folder in project.left_out for path in folder.rglob("*") if path.is_file()]
    return hashlib.sha256("".join(map(file_hash, sorted(paths))).encode()).hexdigest() if paths else ""


@lru_cache(maxsize=4)
def _versions(project: Project) -> dict[str, str]:
    try:
        lines = [line for line in requires(project.name) or () if "extra ==" not in line]
    except PackageNotFoundError:
        lines = []
    names = [re.match(r"[\w.-]+", line)[0] for line in lines]
    own = {"python": platform.python_version(), "system": platform.system(), project.name: project.version}
    return own | {name: version(name) for name in names}


def repository(root: Path) -> dict[str, Any] | None:
    """Return commit and state of the repository at a folder, None where there is none."""

    def ask(*words: str) -> str:
        words = ("git", "--no-optional-locks", "-C", str(root), *words)
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()

    try:
        if Path(ask("rev-parse", "--show-toplevel")).resolve() != root:
            return None
        return {"commit": ask("rev-parse", "HEAD"), "dirty": bool(ask("status", "--porcelain"))}
    except (OSError, subprocess.CalledProcessError):
        return None


def merge(outputs: Mapping[str, Path], target: Path) -> None:
    """Move what a notebook wrote, once per language, into one folder.

    Parameters
    ----------
    outputs : mapping of str to Path
        Language and the folder that was written in it. A file with `.<language>.` in its name belongs to its
        language, a workbook of a later language becomes `<name>.<language>.xlsx`, all others are shared.
    target : Path
        A folder that does not exist yet.

    Raises
    ------
    ValueError
        If a shared file is not the same, byte for byte, in every language: the same analysis must agree.
    """
    shared = {language: _shared(folder, language) for language, folder in outputs.items()}
    first = next(iter(outputs))
    for language, files in shared.items():
        names = files.keys() | shared[first].keys()
        if differing := sorted(n for n in names if files.get(n) != shared[first].get(n)):
            raise ValueError(
                f"{first} and {language}: expected the same files; {', '.join(differing)} differ"
            )
    outputs[first].rename(target)
    for language, folder in outputs.items():
        for path in (p for p in folder.rglob("*") if p.is_file()) if language != first else ():
            name = path.relative_to(folder)
            if name.as_posix() not in shared[first]:
                ending = path.suffix if f".{language}." in path.name else f".{language}{path.suffix}"
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                path.rename((target / name).with_suffix(ending))


def placed(folder: Path, language: str, first: str) -> dict[str, str]:
    """Say where the files of one language lie after `merge`: name as written -> name in the merged folder."""
    names = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    own = {n for n in names if language != first and n.suffix == ".xlsx" and f".{language}." not in n.name}
    return {
        n.as_posix(): n.with_suffix(f".{language}{n.suffix}" if n in own else n.suffix).as_posix()
        for n in names
    }


def _shared(folder: Path, language: str) -> dict[str, bytes]:
    """Read the files that do not depend on the language."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    own = (f".{language}.", ".xlsx")
    return {n: path.read_bytes() for n, path in paths.items() if not any(part in path.name for part in own)}


def without_paths(value: Any, *places: Path) -> Any:
    """Replace the folders of this machine in every text of a notebook.

    Parameters
    ----------
    value : str, list, dict or anything else
        A notebook node or a part of one; other types are returned as they are.
    *places : Path
        Folders to hide, besides the home folder.

    Returns
    -------
    same type as `value`
        A copy; each place becomes `.`, the home folder `~`. Embedded pictures are left alone.

    Examples
    --------
    >>> without_paths({"text": "/srv/check/data and /srv/checker"}, Path("/srv/check"))
    {'text': './data and /srv/checker'}
    """
    hidden = {Path(os.path.expanduser("~")): "~", **dict.fromkeys(places, ".")}
    words = {str(form): word for p, word in hidden.items() for form in (p, p.resolve()) if len(p.parts) > 1}
    names = "|".join(re.escape(form) for form in sorted(words, key=len, reverse=True))
    start = r"(?:(?<![\w.])|(?<=\dm))"  # not inside a longer path; the colours of a traceback end in digit, m
    pattern = re.compile(rf"{EMBEDDED}|{start}(?:{names})(?![\w-]|\.\w)|(?<=ipykernel)_\d+(?=[/\\])")

    def replaced(part: Any) -> Any:
        if isinstance(part, str):  # a match is a picture, a folder, or the process number of a kernel
            return pattern.sub(lambda m: words.get(m[0], m[0] if m[0].startswith("data:") else ""), part)
        if isinstance(part, dict):
            return type(part)({key: replaced(inner) for key, inner in part.items()})
        if isinstance(part, tuple) and hasattr(part, "_make"):
            return part._make(map(replaced, part))
        return [replaced(inner) for inner in part] if isinstance(part, list) else part

    return replaced(value)


def collect(work: Path, languages: Sequence[str], target: Path, *, pages: bool) -> Path:
    """Move the executed notebooks, and the pages, of some languages into one folder; return it."""
    target.mkdir(exist_ok=True)
    for position, language in enumerate(languages):
        name = f"notebook.{language}.ipynb" if position else "notebook.ipynb"
        (work / language / "notebook.ipynb").rename(target / name)
        for page in (work / language).glob("*.html") if pages else ():
            page.rename(target / page.name)
    return target


def hashes(folder: Path) -> dict[str, str]:
    """Hash every file of a folder, by its path inside."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): file_hash(path) for path in paths}


def write_record(folder: Path, record: Mapping[str, Any]) -> None:
    """Write run.json whole."""
    text = json.dumps(record, indent=2, sort_keys=True) + "\n"
    fresh = folder / ".run.json"
    try:
        fresh.write_text(text, encoding="utf8", newline="\n")
        fresh.replace(folder / "run.json")
    finally:
        fresh.unlink(missing_ok=True)


def without_outputs(folder: Path) -> None:
    """Leave of the executed notebooks in a folder what ran, and of an error only its kind."""
    for path in folder.glob("notebook*.ipynb"):
        node = json.loads(path.read_text(encoding="utf8"))
        for cell in node["cells"]:
            if "outputs" in cell:
                errors = [output for output in cell["outputs"] if output["output_type"] == "error"]
                cell["outputs"] = [output | {"evalue": "", "traceback": []} for output in errors]
        path.write_text(json.dumps(node, indent=1, ensure_ascii=False) + "\n", encoding="utf8", newline="\n")


def remove(folder: Path) -> None:
    """Remove a folder; a kernel that was killed a moment ago may still be writing in it."""
    for _ in range(30):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        sleep(0.1)


def swap(new: Path, place: Path, aside: Path) -> None:
    """Put a finished folder in place of an older one."""
    if place.exists():
        place.rename(aside)
    try:
        new.rename(place)
    except OSError:
        if aside.exists():
            aside.rename(place)
        raise
