"""What a notebook reaches is read from imports; every way of importing has a line here."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from loopbaanchecks.paths import NOTEBOOKS
from loopbaanchecks.project import PROJECT
from strictruns.reach import code_cells, reached

FILES = {
    "pack/__init__.py": "from pack.one import name",
    "pack/one.py": "def f():\n    import pack.inside",
    "pack/inside.py": "from . import beside\nfrom .sub.deep import x",
    "pack/beside.py": "",
    "pack/unused.py": "",
    "pack/README.md": "for people",
    "pack/template/page.html": "<p>",
    "pack/sub/__init__.py": "",
    "pack/sub/deep.py": "from ..twice import y",
    "pack/twice.py": "import numpy",
    "door/__init__.py": "_ROOMS = {'room': ('name',)}\ndef __getattr__(name):\n    ...",
    "door/room.py": "import single",
    "door/other.py": "",
    "single.py": "",
    "named.py": "from importlib import import_module\nm = import_module('door.other')",
}


@pytest.fixture
def library(tmp_path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf8")
    return tmp_path


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import numpy as np", ""),
        ("import single", "single.py"),
        ("%matplotlib inline\nimport single", "single.py"),
        ("if True:\n    from door import name", "door/__init__.py door/room.py single.py"),
        ("import named", "named.py door/__init__.py door/room.py door/other.py single.py"),
        (
            "from pack import one",
            "pack/__init__.py pack/one.py pack/inside.py pack/beside.py pack/sub/__init__.py "
            "pack/sub/deep.py pack/twice.py pack/template/page.html",
        ),
        ("a = (", " ".join(name for name in FILES if "README" not in name)),  # cannot be read: everything
    ],
)
def test_imports_of_every_kind_are_followed(library, source, expected):
    found = {path.relative_to(library).as_posix() for path in reached([source], library)}
    assert found == set(expected.split())


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("0*.ipynb")), ids=lambda path: path.stem)
def test_what_a_notebook_loads_is_among_what_it_reaches(path):
    """Python's own account: the modules of ours that are there after the imports of a notebook."""
    nodes = [node for source in code_cells(path) for node in ast.walk(ast.parse(source))]
    lines = [ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    lines += [
        "import sys",
        "print(*(getattr(m, '__file__', '') for m in list(sys.modules.values())), sep='|', end='|')",
    ]
    words = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    ours = {Path(name) for name in done.stdout.split("|") if name.startswith(str(PROJECT.library))}
    found = reached(code_cells(path), PROJECT.library)
    assert len(ours) > 10 and ours <= set(found)
    assert PROJECT.library / "loopbaanchecks/commands.py" not in found
