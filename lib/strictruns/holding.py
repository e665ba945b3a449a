"""A folder held by one process at a time, with a name to ask for whoever comes second."""

import json
import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

LOCK = ".running"


class Held(OSError):
    """Another process is at work in the folder; the message says which."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder: another process, on this machine or another that shares it, is refused.

    The lock goes with the process, however it ends; what a killed one leaves is taken over.

    Parameters
    ----------
    folder : Path
        Made when it is not there; removed again when nothing came in it.

    Raises
    ------
    Held
        If another process holds the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOCK
    file = _locked(path)
    try:
        here = {"process": os.getpid(), "machine": platform.node()}
        here["since"] = datetime.now(UTC).isoformat(timespec="seconds")
        os.ftruncate(file, 0)
        os.write(file, json.dumps(here).encode())
        _clear(folder)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(file)
        if not any(folder.iterdir()):
            folder.rmdir()


def _clear(folder: Path) -> None:
    """Remove what a killed process was making; only hidden names are used for that."""
    for path in folder.glob(".[!.]*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != LOCK:
            path.unlink(missing_ok=True)


def _locked(path: Path) -> int:
    """Open and lock a file; of a file that its last holder took away meanwhile, try the next one."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.path.samestat(os.stat(path), os.fstat(file)):
                return file
        except BlockingIOError:
            os.close(file)
            raise Held(f"{path.parent.name}: {_holder(path)}; wait for it, or stop it") from None
        os.close(file)


def _holder(path: Path) -> str:
    try:
        here = json.loads(path.read_text(encoding="utf8"))
        return "process {process} on {machine} has been at work here since {since}".format(**here)
    except (OSError, ValueError, KeyError):
        return "another process is at work here"
