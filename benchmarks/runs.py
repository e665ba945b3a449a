"""One notebook to one HTML page from a cold start: this compendium against the usual two commands."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from loopbaanchecks.paths import NOTEBOOKS

REPEATS = 3
BIN = Path(sys.executable).parent
BLOCK = "import sys; sys.modules['rfc3987_syntax'] = None; "
IMPORTS = "import papermill, nbconvert.exporters"


def seconds(*commands):
    """Median wall time of some commands after one another."""
    spent = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        for command in commands:
            subprocess.run(list(map(str, command)), check=True, capture_output=True)
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def main():
    notebook = NOTEBOOKS / "01_quant.ipynb"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.ipynb"
        given = ["-p", "output_dir", folder]
        papermill = [BIN / "papermill", notebook, out, *given, "--no-progress-bar"]
        convert = [BIN / "jupyter", "nbconvert", "--to", "html", out]
        usual = seconds(papermill, convert)
    ours = seconds([BIN / "loopbaanchecks", "run", "01_quant", "-p", "language", "nl", "--run", "benchmark"])
    both = seconds([BIN / "loopbaanchecks", "run", "01_quant", "--run", "benchmark"])
    print(f"papermill and nbconvert commands, one language  {usual:5.1f} s  1")
    print(f"loopbaanchecks run, one language                {ours:5.1f} s  {ours / usual:.2f}")
    print(f"loopbaanchecks run, both languages              {both:5.1f} s  {both / usual:.2f}")
    plain, lean = seconds([sys.executable, "-c", IMPORTS]), seconds([sys.executable, "-c", BLOCK + IMPORTS])
    print(f"import papermill and nbconvert, JupyterLab here {plain:5.2f} s  1")
    print(f"the same without the URI grammar                {lean:5.2f} s  {lean / plain:.2f}")


if __name__ == "__main__":
    main()
