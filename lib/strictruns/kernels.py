"""A notebook executed by papermill in a fresh kernel of this Python.

papermill is slow to import: import this module only when a run begins.
"""

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import papermill
import zmq
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError
from papermill.engines import NBClientEngine, papermill_engines
from papermill.log import logger
from papermill.translators import translate_parameters

from strictruns import warm
from strictruns.environment import SHARED, kernel_environment

ADDED = {"injected-parameters", "papermill-error-cell-tag"}  # tags of cells that papermill adds


class Execution(NamedTuple):
    """An executed notebook, what stopped it (an empty string: nothing), and how long it took."""

    node: Any
    error: str
    seconds: float


class KeepingEngine(NBClientEngine):
    """papermill's own engine, which also keeps the notebook as far as it came, whatever stopped it."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, kept: list, **options: Any) -> Any:
        """Keep the notebook, then execute it."""
        kept.append(nb_man.nb)
        return super().execute_managed_notebook(nb_man, kernel_name, **options)


papermill_engines.register("keeping", KeepingEngine)
logger.addHandler(logging.NullHandler())  # what it logs about a dead kernel is in the error that is raised


def execute(
    node: Any,
    values: dict[str, Any],
    *,
    folder: Path,
    work: Path,
    shared: Path,
    server: str,
    timeout: float,
    tick: Callable[[], Any],
) -> Execution:
    """Execute one notebook in memory: papermill writes no file that could be left half-written.

    Parameters
    ----------
    node : NotebookNode
        The notebook; its outputs are added in place.
    values : dict
        Parameters to inject.
    folder : Path
        Working folder of the kernel.
    work : Path
        Existing folder for what the kernel writes about itself.
    shared : Path
        Folder for what notebooks of one run compute alike; the environment names it.
    server : str
        Address of the `warm.kernel_server` that forks the kernel; empty for a process of its own.
    timeout : float
        Seconds that one cell may take.
    tick : callable
        Called after every code cell.

    Returns
    -------
    Execution
        An error is returned, not raised.
    """
    kept, start, error = [node], perf_counter(), ""
    try:
        papermill.execute_notebook(
            node,
            None,
            values,
            engine_name="keeping",
            kernel_name="python3",
            language="python",
            progress_bar=False,
            kept=kept,
            kernel_manager_class=_own_kernel(work, shared, server),
            resources={"metadata": {"path": str(folder)}},
            execution_timeout=timeout,
            shutdown_kernel="immediate",
            force_raise_errors=True,
            record_timing=False,
            on_cell_executed=lambda **_: tick(),
        )
    except papermill.PapermillExecutionError as failure:
        error = f"{_cell_reached(kept[-1])}: {failure.ename}: {failure.evalue}"
    except CellTimeoutError:
        error = f"{_cell_reached(kept[-1])}: not done in {timeout:g} s, the most that --timeout allows"
    except Exception as failure:  # a kernel that died, or never started
        error = f"{_cell_reached(kept[-1])}: {type(failure).__name__}: {failure}"
    return Execution(kept[-1], error, round(perf_counter() - start, 2))


def _own_kernel(work: Path, shared: Path, server: str) -> type[AsyncKernelManager]:
    """Make a manager of kernels of this Python, whatever kernels and start-up files a user has."""
    how = {"kernel_provisioner": {"provisioner_name": warm.PROVISIONER}, "address": server}
    words = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = KernelSpec(
        argv=[sys.executable, *words],
        language="python",
        env={"IPYTHONDIR": str(work / "ipython"), SHARED: str(shared), **kernel_environment()},
        metadata={"supported_encryption": "curve", **(how if server else {})},
    )

    class OwnKernel(AsyncKernelManager):
        """A kernel of this Python; encrypted, because private data may pass."""

        kernel_spec = spec

        def __init__(self, **options: Any):
            super().__init__(transport_encryption="auto" if zmq.has("curve") else "disabled", **options)
            self.connection_file = str(work / "kernel.json")

    return OwnKernel


def _cell_reached(node: Any) -> str:
    """Name the cell that ran last by its number in the notebook as written and its first line."""
    cells = [cell for cell in node.cells if not ADDED & set(cell.metadata.get("tags", ()))]
    ran = [i for i, cell in enumerate(cells) if cell.metadata.get("papermill", {}).get("start_time")]
    if not ran:
        return "before any cell"
    return f"cell {ran[-1] + 1} `{cells[ran[-1]].source.strip().partition(chr(10))[0]}`"


def cleaned(node: Any, shown: dict[str, Any]) -> Any:
    """Take times and folders out of an executed notebook; its injected cell shows only what may be seen."""
    node.metadata.pop("papermill", None)
    for number, cell in enumerate(node.cells):
        cell.metadata.pop("papermill", None)
        if "papermill-error-cell-tag" in cell.metadata.get("tags", ()):
            cell.id = f"error-{number}"
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.source = translate_parameters("python3", "python", shown, "Parameters").strip()
            cell.id = "injected-parameters"
    return node
