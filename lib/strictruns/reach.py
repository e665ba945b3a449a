"""The library code that a notebook reaches, read from its imports and never by importing anything."""

import ast
import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

IMPORTERS = {"import_module", "__import__"}  # functions that take the name of a module


def code_cells(notebook: Path) -> list[str]:
    """Read the sources of the code cells of an .ipynb file, as it was written."""
    cells = json.loads(notebook.read_text(encoding="utf8")).get("cells", ())
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def reached(sources: Iterable[str], library: Path) -> list[Path]:
    """Find the files of a library that some code depends on.

    Parameters
    ----------
    sources : iterable of str
        Python code, such as the cells of a notebook. What cannot be parsed counts as reaching everything.
    library : Path
        Folder with packages.

    Returns
    -------
    list of Path
        Modules imported anywhere in the code, inside functions too, and by those modules in turn; submodules
        that the `__getattr__` of a package imports when they are first asked for; and the other files, such
        as templates, of every package on the way. Sorted.
    """
    try:
        names = {name for source in sources for name in _imported(_parsed(source), "")}
    except SyntaxError:
        names = {path.stem if path.is_file() else path.name for path in library.iterdir()}
        names |= {_name(path, library) for path in library.rglob("*.py")}
    found: set[Path] = set()
    waiting = set(names)
    while waiting:
        for path in _files(waiting.pop(), library) - found:
            found.add(path)
            waiting |= _imports_of(path, library)
    packages = {path.parent for path in found if path.name == "__init__.py"}
    return sorted(found | {extra for package in packages for extra in _package_data(package)})


def _parsed(source: str) -> ast.Module:
    """Parse a cell; lines that only IPython understands import nothing of ours."""
    lines = ("pass" if line.lstrip()[:1] in ("%", "!") else line for line in source.splitlines())
    return ast.parse("\n".join(lines))


def _imported(tree: ast.AST, package: str) -> Iterator[str]:
    """Name every module that a tree imports or may import; of `from a import b`, `a` and `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif (
            isinstance(node, ast.Call)
            and getattr(node.func, "attr", getattr(node.func, "id", "")) in IMPORTERS
        ):
            yield from (arg.value for arg in node.args if isinstance(getattr(arg, "value", None), str))


@cache
def _imports_of(path: Path, library: Path) -> frozenset[str]:
    """Name what a module imports; of a package with a lazy door also every submodule that it names."""
    tree, name = ast.parse(path.read_bytes()), _name(path, library)
    is_package = path.name == "__init__.py"
    names = set(_imported(tree, name if is_package else name.rpartition(".")[0]))
    if is_package and any(isinstance(n, ast.FunctionDef) and n.name == "__getattr__" for n in tree.body):
        texts = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        names |= {f"{name}.{text}" for text in texts if text.replace(".", "").isidentifier()}
    return frozenset(names)


def _name(path: Path, library: Path) -> str:
    parts = path.relative_to(library).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _files(name: str, library: Path) -> set[Path]:
    """Find the file of a module and those of the packages that it is in."""
    found, folder = set(), library
    for part in filter(None, name.split(".")):
        files = (folder / part / "__init__.py", folder / f"{part}.py")
        found |= {path for path in files if path.is_file()}
        folder /= part
    return found


def _package_data(package: Path) -> Iterator[Path]:
    """Find the files of a package that are no modules, nor for people to read."""
    for path in package.iterdir():
        if path.is_dir() and path.name != "__pycache__" and not (path / "__init__.py").exists():
            yield from (file for file in path.rglob("*") if file.is_file() and file.suffix != ".pyc")
        elif path.is_file() and path.suffix not in {".py", ".md", ".pyc"}:
            yield path
