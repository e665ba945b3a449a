"""Forked kernels give what fresh processes give: one test per way in which they would not."""

import gc
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from strictruns import Pool, Project, RunFailed, reproduce, warm
from strictruns.warm import can_fork, kernel_server, shared_imports

pytestmark = pytest.mark.skipif(not can_fork(), reason="kernels are forked on Linux only")
PARAMETERS = 'language: str = "nl"  # one of: nl, en\noutput_dir: str = ""  # filled by the runner'
IMPORTS = "import matplotlib.pyplot as plt\nimport numpy as np\nimport pandas as pd"
PROCESS = """import gc, os, sys
kept = ("PYTHONSTARTUP", "MPLBACKEND", "OMP_NUM_THREADS", "MATPLOTLIBRC")
print(sys.argv[0], sys.path, os.getcwd(), [os.environ[name] for name in kept])
print("strictruns" in sys.modules, "rfc3987_syntax" in sys.modules, __name__, sys.flags)
print(hasattr(__builtins__, "get_ipython"), type(get_ipython()).__name__)"""
OWN = """import random
from pathlib import Path
own = f"{random.random()} {np.random.random()} {gc.get_freeze_count() > 0}"
written = Path(output_dir, f"own.{language}.txt").write_text(own)"""


def write(path: Path, *sources: str) -> None:
    cells = [new_markdown_cell("# A title", id="title")]
    cells += [new_code_cell(source, id=f"cell{number}") for number, source in enumerate(sources)]
    cells.insert(2, new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}, id="parameters"))
    path.parent.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)


def project(root: Path) -> Project:
    return Project("weather", "1", root=root, notebooks=root / "notebooks", results=root / "results")


def run(root: Path, **options) -> dict[str, Path | RunFailed]:
    return reproduce(project=project(root), progress=False, force=True, pool=Pool(**options))


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> dict[bool, dict[str, bytes]]:
    """Everything that cold and warm kernels leave of two notebooks, at the same place."""
    root = tmp_path_factory.mktemp("warm")
    cells = ["plt.plot([1, 2]);", "plt.figure()\nplt.plot([2, 1]);", "pd.DataFrame([range(30)])"]
    options = "print(pd.options.display.max_columns, pd.options.display.max_rows, pd.options.display.width)"
    write(root / "notebooks/01_one.ipynb", IMPORTS, *cells, options, PROCESS, OWN)
    write(root / "notebooks/02_two.ipynb", f"{IMPORTS}\nimport xml.dom.minidom", "import gc", OWN)
    write(root / "notebooks/03_three.ipynb", f"{IMPORTS}\nimport xml", "import gc", "xml.dom.minidom")
    assert shared_imports(sorted((root / "notebooks").iterdir()))[0] == "import matplotlib.pyplot"
    found = {}
    for cold in (True, False):
        ends = run(root, cold=cold)
        assert isinstance(ends["03_three"], RunFailed), "a submodule that it forgot to import was there"
        assert "has no attribute 'dom'" in str(ends["03_three"])
        files = [path for path in (root / "results").rglob("*") if path.is_file()]
        found[cold] = {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
    return found


def outputs(files: dict[str, bytes], name: str = "01_one") -> list:
    node = nbformat.reads(files[f"results/default/{name}/notebook.ipynb"].decode(), 4)
    return [output for cell in node.cells if cell.cell_type == "code" for output in cell.outputs]


def test_the_kernels_were_warm_and_cold(both):
    for cold, files in both.items():
        own = files["results/default/01_one/own.nl.txt"].decode().split()
        assert own[-1] == str(not cold)
    assert gc.get_freeze_count() == 0


def test_notebooks_pages_and_figures_are_the_same_bytes(both):
    for name, cold in both[True].items():
        if not name.endswith(("run.json", "own.nl.txt", "own.en.txt")):
            assert both[False][name] == cold, name
    assert both[False].keys() == both[True].keys()


def test_no_figure_is_lost(both):
    for files in both.values():
        pictures = [output for output in outputs(files) if "image/png" in output.get("data", {})]
        assert len(pictures) == 2


def test_pandas_believes_that_it_is_in_a_notebook(both):
    for files in both.values():
        assert any(output.get("text", "").startswith("20 60 80") for output in outputs(files))


def test_every_kernel_draws_its_own_random_numbers(both):
    kept = [text.decode() for name, text in both[False].items() if name.endswith(".txt")]
    texts = [text.rsplit(" ", 1)[0] for text in kept]
    assert len(texts) == 4
    assert len({number for text in texts for number in text.split()}) == 8


def test_nothing_warns_of_threads(both):
    for files in both.values():
        assert not [output for output in outputs(files) if output.get("name") == "stderr"]


def test_only_what_all_notebooks_import_first_is_there_beforehand(tmp_path):
    imports = "import b, a.c as d\nfrom e import f, g as h"
    write(tmp_path / "a/1.ipynb", imports, "import late", "x = 1", "import no")
    write(tmp_path / "a/2.ipynb", "from e import g\nimport late, a.c, b")
    write(tmp_path / "a/3.ipynb", "%magic", "import b")
    first, second, third = (tmp_path / f"a/{number}.ipynb" for number in (1, 2, 3))
    for path in (first, second, third):
        node = nbformat.read(path, 4)
        node.cells.pop(2)
        nbformat.write(node, path)
    lines = ["import b", "import a.c", "from e import f", "from e import g", "import late"]
    assert shared_imports([first]) == lines
    assert shared_imports([first, second]) == ["import b", "import a.c", "from e import g", "import late"]
    assert shared_imports([first, third]) == []


@pytest.mark.parametrize(
    "source",
    ["print('hello')", "import threading as t\nt.Thread(target=t.Event().wait, daemon=1).start()"],
)
def test_a_library_that_prints_or_starts_a_thread_is_imported_cold(tmp_path, monkeypatch, source):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/loud.py").write_text(source, encoding="utf8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    write(tmp_path / "notebooks/01_loud.ipynb", "import loud", "import gc\ngc.get_freeze_count()")
    (place,) = run(tmp_path).values()
    found = [
        o.get("text") or o["data"]["text/plain"]
        for o in outputs(
            {"results/default/01_loud/notebook.ipynb": (place / "notebook.ipynb").read_bytes()}, "01_loud"
        )
    ]
    assert found == (["hello\n", "0"] if "print" in source else ["0"])


def test_where_kernels_cannot_be_forked_they_start_cold(monkeypatch):
    monkeypatch.setattr("strictruns.warm.can_fork", lambda: False)
    with kernel_server([Path(__file__)]) as address:
        assert address == ""


def test_the_server_goes_when_its_owner_goes(tmp_path):
    """It reads the end of its input, which a killed owner cannot hold open."""
    words = [sys.executable, str(Path(warm.__file__).with_name("forking.py"))]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        server.stdin.write(json.dumps(["import json"]).encode() + b"\n")
        server.stdin.flush()
        assert json.loads(server.stdout.readline()).startswith("\0")
        server.stdin.close()
        assert server.wait(timeout=20) == 0
    assert not os.path.exists(f"/proc/{server.pid}")
