"""What several notebooks of one run compute is computed once: the runner gives them a folder for it.

It lives as long as the run, in which no code and no data change: what is in it cannot be out of date.  In
JupyterLab there is none, and everything is computed where it stands.
"""

import hashlib
import os
import pickle
import zlib
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # Windows: at worst two notebooks compute the same at the same time
    fcntl = None

FOLDER = "STRICTRUNS_SHARED"  # variable of the environment that names it


def once_per_run(name: str, compute: Callable[[], Any]) -> Any:
    """Compute a value, or take what another notebook of the run computed.

    Parameters
    ----------
    name : str
        Says what is computed and from what: letters, digits and dashes.
    compute : callable
        Without arguments; what it returns can be pickled, and depends on nothing but the name and the run.

    Returns
    -------
    same as `compute`
        Whoever comes while it is being computed waits for it.
    """
    folder = Path(os.environ.get(FOLDER, ""))
    if FOLDER not in os.environ or not folder.is_dir():
        return compute()
    place = folder / f"{name}.pickle"
    with _alone(folder / f"{name}.lock"):
        if place.exists():
            return pickle.loads(zlib.decompress(place.read_bytes()))
        value = compute()
        fresh = folder / f"{name}.{os.getpid()}"
        fresh.write_bytes(zlib.compress(pickle.dumps(value), 1))
        fresh.replace(place)
    return value


def once_per_arguments(compute: Callable[..., Any], *arguments: Any) -> Any:
    """Call a module's own function with some arguments, or take what another notebook of the run got.

    Parameters
    ----------
    compute : callable
        Its value depends on nothing but its arguments and the run, and can be pickled.
    *arguments
        What it is called with; they tell calls apart by how they are pickled.  A random generator among them
        is left as the call leaves it.

    Returns
    -------
    same as `compute`
    """
    if FOLDER not in os.environ:
        return compute(*arguments)
    digest = hashlib.sha256(pickle.dumps(arguments)).hexdigest()[:32]
    generators = [value for value in arguments if hasattr(value, "bit_generator")]

    def called() -> tuple[Any, list[Any]]:
        return compute(*arguments), [generator.bit_generator.state for generator in generators]

    value, states = once_per_run(f"{compute.__name__.strip('_')}-{digest}", called)
    for generator, state in zip(generators, states, strict=True):
        generator.bit_generator.state = state
    return value


@contextmanager
def _alone(path: Path):
    """Wait until nobody else holds a file; one who is killed holds nothing."""
    with open(path, "wb") as file:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
