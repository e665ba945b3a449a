"""Jobs given to a Dask cluster: the same jobs, executed by workers that see the same folders."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from strictruns.jobs import Ended, Job, run_job

if TYPE_CHECKING:
    from distributed import Client

ANSWER_WITHIN = 20  # seconds within which a scheduler should answer


def run_on_cluster(jobs: Iterable[Job], scheduler: str, *, at_once: int = 0) -> Iterator[tuple[Job, Ended]]:
    """Execute jobs on the workers of a scheduler, and yield each with its outcome as soon as it is done.

    A job whose worker dies is given to another one; `run_job` sees to it that its results are there once.

    Parameters
    ----------
    jobs : iterable of Job
        Taken when a worker is nearly free.
    scheduler : str
        Address, such as `tcp://10.0.0.1:8786`.
    at_once : int
        How many jobs are with the scheduler at once; 0 for two per thread of its workers.

    Yields
    ------
    (Job, Ended)
        As they are done.

    Raises
    ------
    ValueError
        If Dask is not installed, or nothing answers at the address.
    """
    client, waiting = _client(scheduler), iter(jobs)
    given: dict[str, tuple[Any, Job]] = {}
    try:
        from distributed import as_completed

        done = as_completed(loop=client.loop)
        while True:
            for job in islice(waiting, max(0, (at_once or _room(client)) - len(given))):
                future = client.submit(run_job, job, pure=False)
                given[future.key] = future, job
                done.add(future)
            if not given:
                return
            future = next(done)
            yield given.pop(future.key)[1], _ended(future)
    finally:
        client.cancel([future for future, _ in given.values()], force=True)
        client.close()


def check_scheduler(scheduler: str) -> None:
    """Raise unless a Dask scheduler answers at an address; see `run_on_cluster`."""
    _client(scheduler).close()


def _client(scheduler: str) -> "Client":
    try:
        from distributed import Client
    except ImportError:
        raise ValueError(
            "--scheduler: expected the package distributed; not found: install the extra `cluster`"
        ) from None
    try:
        return Client(scheduler, timeout=ANSWER_WITHIN, set_as_default=False)
    except (OSError, ValueError, TypeError) as problem:
        raise ValueError(
            f"--scheduler: expected a Dask scheduler that answers; found none at {scheduler!r} "
            f"({type(problem).__name__})"
        ) from None


def _room(client: "Client") -> int:
    """Return how many jobs the workers can have: what they run, and as many that wait."""
    return 2 * max(
        1, sum(worker["nthreads"] for worker in client.scheduler_info(n_workers=-1)["workers"].values())
    )


def _ended(future: Any) -> Ended:
    problem = future.exception()
    return Ended(f"{type(problem).__name__}: {problem}", 0) if problem else future.result()
