"""Warm kernels: forked from one process that has imported what the notebooks import (see `forking`)."""

import ast
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from strictruns.environment import kernel_environment
from strictruns.reach import code_cells

PATIENCE = 5  # seconds for kernels to end, before the process that they come from is killed
PROVISIONER = "strictruns-forking"


@contextlib.contextmanager
def kernel_server(notebooks: Sequence[Path]) -> Iterator[str]:
    """Keep a process from which kernels are forked.

    Parameters
    ----------
    notebooks : sequence of Path
        What all of them import in their first cells is imported beforehand. No more: a module that is there
        already would hide that a notebook forgot to import it.

    Yields
    ------
    str
        Its address; empty where kernels cannot be forked.
    """
    if not notebooks or not can_fork():
        yield ""
        return
    words = [sys.executable, str(Path(__file__).with_name("forking.py"))]
    environment = os.environ | kernel_environment()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    folder = notebooks[0].parent
    with subprocess.Popen(words, env=environment, cwd=folder, start_new_session=True, **pipes) as server:
        try:
            server.stdin.write(json.dumps(shared_imports(notebooks)).encode() + b"\n")
            server.stdin.flush()
            yield json.loads(server.stdout.readline() or b'""')
        finally:
            server.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(PATIENCE)
            server.kill()


def can_fork() -> bool:
    """Whether this platform forks safely, and has sockets that know who asks."""
    return sys.platform == "linux" and hasattr(os, "memfd_create")


def shared_imports(notebooks: Sequence[Path]) -> list[str]:
    """Return the imports, one per line, that the first cells of every notebook have, in the order of one."""
    lists = [_first_imports(code_cells(notebook)) for notebook in notebooks]
    return [line for line in lists[0] if all(line in other for other in lists)]


def _first_imports(cells: Sequence[str]) -> list[str]:
    """Return one line per module or name that the cells import before any other code."""
    lines: list[str] = []
    for source in cells:
        try:
            body = ast.parse(source).body
        except SyntaxError:
            return lines
        if any(not isinstance(node, ast.Import | ast.ImportFrom) for node in body):
            return lines
        for node in body:
            for alias in node.names:
                only = {**vars(node), "names": [ast.alias(alias.name)]}
                lines.append(ast.unparse(type(node)(**only)))
    return lines


class ForkedProcess:
    """A forked kernel as jupyter_client wants a process; alive as long as its connection is open."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, connection: socket.socket):
        self.pid, self.connection, self.returncode = pid, connection, None

    def poll(self) -> int | None:
        """Return None while it lives."""
        if self.returncode is None and select.select([self.connection], [], [], 0)[0]:
            self.connection.close()
            self.returncode = 1
        return self.returncode

    def wait(self) -> int:
        """Wait until it has ended."""
        if self.poll() is None:
            select.select([self.connection], [], [])
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)


class ForkingProvisioner(LocalProvisioner):
    """Kernels forked by a `kernel_server`, or started cold when it will not."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Ask the server for a kernel; `cmd` is that of a cold one."""
        asked = {"arguments": cmd[cmd.index("-f") :], "env": options["env"], "cwd": str(options["cwd"])}
        pid = 0
        with contextlib.suppress(OSError, ValueError):
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(self.kernel_spec.metadata["address"].encode("latin1"))
            connection.sendall(json.dumps(asked).encode() + b"\n")
            pid = int(_line(connection))
        if not pid:
            return await super().launch_kernel(cmd, **options)
        self.process = ForkedProcess(pid, connection)
        self.pid = self.pgid = pid
        self.cwd = options["cwd"]
        return self.connection_info


def _line(connection: socket.socket) -> bytes:
    text = b""
    while not text.endswith(b"\n") and (part := connection.recv(1)):
        text += part
    return text


KernelProvisionerFactory.provisioners[PROVISIONER] = EntryPoint(
    PROVISIONER, f"{__name__}:ForkingProvisioner", KernelProvisionerFactory.GROUP_NAME
)
