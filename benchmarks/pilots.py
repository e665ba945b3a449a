"""The pilot model: a million centre-pilots, against one person at a time in plain Python."""

import math
import random
import time

import numpy as np

from loopbaanchecks import pilots
from loopbaanchecks.study import read_resource

PILOTS, FEW = 250_000, 40


def timed(work):
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def one_by_one(values, seed):
    """Enrol and guide person by person, week by week; returns enrolled and guided of all centres."""
    rng, enrolled, guided = random.Random(seed), 0, 0
    segments = [*pilots.SEGMENTS]
    shares = [values[f"share_{name}"] for name in segments[:-1]]
    shares.append(1 - sum(shares))
    for centre in range(1, 5):
        weeks = math.floor(values["end_weeks"] - values[f"delay_weeks_{centre}"])
        waiting, given = 0.0, 0.0
        people = rng.choices(segments, shares, k=int(values["workforce_persons"]))
        for _ in range(weeks):
            left = []
            for name in people:
                reach = values["reach_per_week"] * (1 + values["module_lift"] * values[f"modules_{name}"])
                if rng.random() >= reach:
                    left.append(name)
                elif rng.random() < values["uptake"] * values.get(f"uptake_ratio_{name}", 1):
                    enrolled, waiting = enrolled + 1, waiting + values["hours_per_candidate"]
            people = left
            used = min(waiting, values["hours_per_week"])
            waiting, given = waiting - used, given + used
        guided += int(given / values["hours_per_candidate"])
    return enrolled, guided


def main():
    table, rng = read_resource("tno_2007-parameters"), np.random.default_rng(1)
    drawn = pilots.draw_parameters(table, rng=rng, pilots=PILOTS, spread="uniform")
    frame, fast = timed(lambda: pilots.simulate(drawn, rng=rng, pilots=PILOTS))
    print(f"{len(frame):,} centre-pilots: {fast:.1f} s")
    each = [{name: float(values[i]) for name, values in drawn.items()} for i in range(FEW)]
    _, slow = timed(lambda: [one_by_one(values, seed) for seed, values in enumerate(each)])
    ratio = slow / FEW * PILOTS / fast
    print(f"plain Python, {FEW} pilots: {slow:.1f} s, {ratio:,.0f} times as long per pilot")


if __name__ == "__main__":
    main()
