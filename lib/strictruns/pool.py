"""Jobs side by side: one pool for all notebooks, languages and parameter sets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from strictruns.jobs import TIMEOUT, Ended, Job, run_job


@dataclass(frozen=True)
class Pool:
    """How jobs are executed.

    Parameters
    ----------
    jobs : int
        How many at the same time; 0 for as many as there are processors.
    timeout : float
        Seconds that one cell may take.
    """

    jobs: int = 0
    timeout: float = TIMEOUT

    def run(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Ended]]:
        """Execute jobs in processes of their own, and yield each with its outcome as soon as it is done.

        Jobs are taken from the iterable when a process is nearly free: their number is not limited by memory.
        """
        from joblib import Parallel, cpu_count, delayed

        side_by_side = Parallel(
            n_jobs=self.jobs or cpu_count(),
            backend="loky",
            return_as="generator_unordered",
            batch_size=1,
            max_nbytes=None,
        )
        yield from side_by_side(delayed(_run_named)(job) for job in jobs)


def _run_named(job: Job) -> tuple[Job, Ended]:
    return job, run_job(job)
