"""The environment that every kernel gets, cold or warm, whatever a user has."""

from importlib.util import find_spec
from pathlib import Path

SHARED = "STRICTRUNS_SHARED"  # variable that names a folder for what notebooks of one run compute alike


def kernel_environment() -> dict[str, str]:
    """Return variables that leave out start-up files, styles and numbers of processors.

    Linear algebra stays on one processor: notebooks run side by side, and sums do not depend on how many
    there are.
    """
    spec = find_spec("matplotlib")
    style = Path(spec.origin).parent / "mpl-data" / "matplotlibrc" if spec and spec.origin else Path()
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    plain = {"PYTHONSTARTUP": "", "MPLBACKEND": "", **dict.fromkeys(threads, "1")}
    return plain | ({"MATPLOTLIBRC": str(style)} if style.is_file() else {})
