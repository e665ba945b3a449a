"""How far runs are: a bar with the time left, or a line per run where there is no terminal; and a log."""

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

from strictruns.jobs import cells_run
from strictruns.plans import Plan

LOG = logging.getLogger("strictruns")
LOG.addHandler(logging.NullHandler())
LOOK_EVERY = 0.3  # between two looks at what runs


@contextmanager
def watched(plans: Sequence[Plan], progress: bool) -> Iterator[Callable[[Plan, str], None]]:
    """Show how far plans are, on stderr.

    Parameters
    ----------
    plans : sequence of Plan
        All that will run, or turn out to be unchanged.
    progress : bool
        Whether to show anything.

    Yields
    ------
    callable
        To be called with a plan and a word, when it has ended.
    """
    several = len({plan.folder for plan in plans}) > 1
    if plans and progress and sys.stderr.isatty():
        with _bar(plans) as show:
            yield show
        return

    def show(plan: Plan, word: str) -> None:
        run = f"{plan.folder.name}, " if several else ""
        print(f"{run}{plan.name} ({', '.join(plan.languages)}): {word}", file=sys.stderr)

    yield show if progress else lambda plan, word: None


@contextmanager
def _bar(plans: Sequence[Plan]) -> Iterator[Callable[[Plan, str], None]]:
    """Count cells: those of plans that have ended, and those that their jobs have run so far."""
    from tqdm import tqdm

    open_plans = {plan.place: plan for plan in plans}
    stop = Event()
    with tqdm(total=sum(plan.cells for plan in plans), unit="cell") as bar:

        def look() -> None:
            waiting = list(open_plans.values())
            bar.n = bar.total - sum(max(0, plan.cells - cells_run(plan.work)) for plan in waiting)
            bar.refresh()

        def keep_looking() -> None:
            while not stop.wait(LOOK_EVERY):
                look()

        def show(plan: Plan, word: str) -> None:
            del open_plans[plan.place]
            bar.set_description(f"{plan.name} {word}")

        Thread(target=keep_looking, daemon=True).start()
        try:
            yield show
        finally:
            stop.set()
            look()
