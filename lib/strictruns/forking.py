"""A process that has imported what notebooks import, and forks a kernel when it is asked to.

Run as a script by `warm`, on Linux.  It imports nothing of this package: a kernel must find there what it
would find in a fresh process.  For the same reason:

- the interpreter looks like a kernel's while it imports: pandas and others ask whether there is one;
- ipykernel comes before pyplot, and the inline backend is named before matplotlib is imported;
- what prints or warns when it is imported would be missed in the notebook: then there are no warm kernels;
- a kernel gets random states of its own.

A kernel ends when its owner closes the connection, and this process when its standard input is closed.
"""

import builtins
import gc
import json
import os
import random
import select
import socket
import struct
import sys
import threading
import warnings
from importlib.util import find_spec
from types import SimpleNamespace

STARTING = (  # what a kernel imports itself when it starts
    "from ipykernel import kernelapp",
    *(f"import {name}" for name in ("ipykernel.debugger", "pdb", "psutil", "tornado.platform.asyncio")),
)
INLINE = "module://matplotlib_inline.backend_inline"


def serve() -> None:
    """Import what standard input names, then fork kernels until it is closed."""
    imports = json.loads(sys.stdin.buffer.raw.readline())
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("")  # the system makes up a name that is no file
    listener.listen(64)
    os.write(1, json.dumps(listener.getsockname().decode("latin1")).encode() + b"\n")
    warm = _import_silently(imports)
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [], 1)
        _wait_for_kernels(os.WNOHANG)
        if sys.stdin in ready:
            _wait_for_kernels(0)
            os._exit(0)
        if listener not in ready:
            continue
        connection, _ = listener.accept()
        if _is_mine(connection):
            _answer(connection, listener, warm)
        connection.close()


def _wait_for_kernels(option: int) -> None:
    """Take leave of kernels that have ended; what they cost then counts as ours."""
    try:
        while os.waitpid(-1, option)[0]:
            continue
    except ChildProcessError:  # there is none
        return


def _is_mine(connection: socket.socket) -> bool:
    """Whether a process of the same user asks."""
    size = struct.calcsize("3i")
    _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return user == os.getuid()


def _import_silently(imports: list[str]) -> bool:
    """Import as a kernel would; return whether that was silent."""
    os.environ["MPLBACKEND"] = os.environ.get("MPLBACKEND") or INLINE
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # the debugger warns of Python itself when imported
    said = os.memfd_create("said")
    for number in (1, 2):
        os.dup2(said, number)
    builtins.get_ipython = lambda: SimpleNamespace(kernel=None)
    for line in [*STARTING, *imports]:
        try:
            exec(line, {})
        except BaseException:  # the notebook will meet it, and show it
            continue
    del builtins.get_ipython
    sys.stdout.flush()
    sys.stderr.flush()
    silent = os.fstat(said).st_size == 0 and threading.active_count() == 1
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (1, 2):
        os.dup2(nowhere, number)
    os.close(said)
    gc.collect()
    gc.freeze()  # what is never freed is shared by all kernels
    return silent


def _answer(connection: socket.socket, listener: socket.socket, warm: bool) -> None:
    """Fork a kernel and say its number; 0 when it has to be a cold one."""
    with connection.makefile("rb") as lines:
        asked = json.loads(lines.readline() or b"null")
    if asked is None or not warm:
        connection.sendall(b"0\n")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # threads of numerical libraries, which know how to be forked
        number = os.fork()
    if number:
        connection.sendall(b"%d\n" % number)
        return
    try:
        listener.close()
        _become_kernel(connection, asked)
    finally:
        os._exit(0)


def _become_kernel(connection: socket.socket, asked: dict) -> None:
    """Run a kernel as `python -m ipykernel_launcher` would."""
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    os.environ.clear()
    os.environ.update(asked["env"])
    os.environ["MPLBACKEND"] = os.environ.get("MPLBACKEND") or INLINE
    os.chdir(asked["cwd"])
    sys.argv = [find_spec("ipykernel_launcher").origin, *asked["arguments"]]
    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    sys.modules["ipykernel.kernelapp"].launch_new_instance()


def _end_with(connection: socket.socket) -> None:
    connection.recv(1)
    os._exit(1)


if __name__ == "__main__":
    del sys.path[0]  # the folder of this file
    serve()
