"""Jobs side by side: one pool of processes for all notebooks, languages and parameter sets."""

import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from time import sleep
from typing import Any

from strictruns.jobs import TIMEOUT, Ended, Job, run_job

PASSING = {"PYTEST_CURRENT_TEST"}  # of the environment: says which test is running, and changes nothing
IDLE = 60  # seconds after which a process that has nothing to do goes
KILLED = "the process that ran it was killed (out of memory?)"


@dataclass(frozen=True)
class Pool:
    """How jobs are executed.

    Parameters
    ----------
    jobs : int
        How many at the same time; 0 for as many as there are processors.
    timeout : float
        Seconds that one cell may take.
    cold : bool
        Whether every kernel is a process of its own; where kernels cannot be forked they are anyway.
    scheduler : str
        Address of a Dask scheduler, whose workers execute the jobs and see the same folders; empty: this
        machine does.
    """

    jobs: int = 0
    timeout: float = TIMEOUT
    cold: bool = False
    scheduler: str = ""

    def __post_init__(self):
        if self.jobs < 0 or not self.timeout > 0:
            found = f"{self.jobs} and {self.timeout:g}"
            raise ValueError(f"pool: expected zero or more jobs, a timeout above zero; found {found}")

    @property
    def processes(self) -> int:
        """How many at the same time."""
        from loky import cpu_count

        return self.jobs or cpu_count()

    def run(self, jobs: Iterable[Job], *, notebooks: Sequence[Path] = ()) -> Iterator[tuple[Job, Ended]]:
        """Execute jobs in processes of their own, and yield each with its outcome as soon as it is done.

        `notebooks` are those of the jobs, where that is known: kernels are forked from a process that has
        imported what they have in common. Jobs are taken from the iterable when a process is free: their
        number is not limited by memory. When a process is killed, the jobs that were running fail and the
        others go on. Whatever ends the iteration, no process is left working.

        Raises
        ------
        ValueError
            If there is a scheduler and it does not answer, or Dask is not installed.
        """
        from strictruns.warm import kernel_server

        if self.scheduler:
            from strictruns.cluster import run_on_cluster

            timed = (replace(job, timeout=self.timeout) for job in jobs)
            yield from run_on_cluster(timed, self.scheduler, at_once=self.jobs)
            return
        with kernel_server([] if self.cold else notebooks) as server:
            waiting = (replace(job, timeout=self.timeout, server=server) for job in jobs)
            while first := list(islice(waiting, 1)):
                waiting = yield from self._until_killed(chain(first, waiting))

    def _until_killed(self, jobs: Iterator[Job]) -> Iterator[tuple[Job, Ended]]:
        """Execute jobs until all are done or a process was killed; return those that have not begun."""
        executor = _executor(self.processes)
        running: dict[Future, Job] = {}
        try:
            while True:
                for job in islice(jobs, self.processes - len(running)):
                    running[executor.submit(run_job, job)] = job
                if not running:
                    return jobs
                done = wait(running, return_when=FIRST_COMPLETED).done
                if any(isinstance(future.exception(), BrokenProcessPool) for future in done):
                    executor.shutdown(wait=True, kill_workers=True)
                    done = wait(running).done
                ended = [(running.pop(future), _ended(future)) for future in done]
                yield from ended
                if KILLED in {end.error for _, end in ended}:
                    return jobs
        except BaseException:
            executor.shutdown(wait=True, kill_workers=True)
            raise


def _executor(processes: int) -> Any:
    """Start processes, or take those of an earlier run with the same environment."""
    from loky import get_reusable_executor

    environment = {name: value for name, value in os.environ.items() if name not in PASSING}
    options = {"timeout": IDLE, "initializer": _start, "initargs": (os.getpid(),), "env": environment}
    return get_reusable_executor(max_workers=processes, **options)


def _ended(future: Future) -> Ended:
    problem = future.exception()
    if isinstance(problem, BrokenProcessPool):
        return Ended(KILLED, 0)
    return Ended(f"{type(problem).__name__}: {problem}", 0) if problem else future.result()


def _start(owner: int) -> None:
    """Begin a process of the pool: an interrupt is for its owner to handle, and without an owner it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        threading.Thread(target=_end_with, args=(owner,), daemon=True).start()


def _end_with(owner: int) -> None:
    while os.getppid() == owner:
        sleep(0.5)
    os._exit(1)
