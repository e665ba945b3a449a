"""One twin, many twins, and the totals of the scales: by pair moves here, against drawing until they fit."""

import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from behindprint import Reported, draw_totals
from behindprint.rows import list_tables
from loopbaanchecks.study import Study
from loopbaanchecks.twins.survey import GROUPS, _printed_scales, draw_twin, spread_of_items, write_twin

SEEDS = 1000
BATCH = 2000  # tries at a time for drawing until it fits
BATCHES = 50


def timed(work):
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def drawn_until_fit(scale, group, rng):
    """Return how many tries rounded normal totals need to print the scale; None when none of them does."""
    k = scale.items
    mean, sd = Reported(scale.mean), Reported(scale.sd)
    wanted = [Reported(printed) for printed in scale.group_means]
    for batch in range(BATCHES):
        totals = rng.normal(float(mean.value) * k, float(sd.value) * k, (BATCH, len(group)))
        for code, printed in zip(GROUPS.values(), wanted, strict=False):
            totals[:, group == code] += float(printed.value - mean.value) * k
        scores = np.rint(totals).clip(k, 5 * k) / k
        fits = abs(scores.mean(axis=1) - float(mean.value)) < float(mean.unit / 2)
        fits &= abs(scores.std(axis=1, ddof=1) - float(sd.value)) < float(sd.unit / 2)
        for code, printed in zip(GROUPS.values(), wanted, strict=False):
            off = abs(scores[:, group == code].mean(axis=1) - float(printed.value))
            fits &= off < float(printed.unit / 2)
        if fits.any():
            return batch * BATCH + int(fits.argmax()) + 1
    return None


def main():
    study = Study()
    _, read = timed(lambda: (study.items, study.codebook, study.scales, study.figures))
    print(f"reading the documents:        {read:.2f} s")
    list_tables.cache_clear()
    twin, first = timed(lambda: draw_twin(study, rng=np.random.default_rng(0)))
    print(f"first twin, sets listed:      {first:.2f} s")
    _, ten = timed(lambda: [draw_twin(study, rng=np.random.default_rng(seed)) for seed in range(10)])
    print(f"every next twin:              {ten / 10:.3f} s")
    with tempfile.TemporaryDirectory() as folder:
        _, seconds = timed(lambda: write_twin(twin, study, Path(folder) / "twin.sav"))
    print(f"written as .sav:              {seconds:.3f} s")
    _, seconds = timed(lambda: spread_of_items(study, seeds=range(SEEDS)))
    print(
        f"spread over {SEEDS:,} twins:      {seconds:.2f} s; whole twins would take {SEEDS * ten / 10:.0f} s"
    )
    group = np.repeat([*GROUPS.values()], [28, 69])
    scales = [scale for _, scale in _printed_scales(study)]
    steep = replace(scales[-1], name="(made up: 4,60 / 1,02)", mean="4,60", sd="1,02")
    for scale in [*scales, steep]:
        parted = group if scale.group_means else np.ones_like(group)
        _, ours = timed(lambda s=scale, g=parted: draw_totals(s, g, rng=np.random.default_rng(1)))
        tries, theirs = timed(lambda s=scale: drawn_until_fit(s, group, np.random.default_rng(1)))
        said = f"{tries:,} tries" if tries else f"not in {BATCH * BATCHES:,} tries"
        print(f"{scale.name:28} moves {1000 * ours:5.1f} ms; until fit {1000 * theirs:8.1f} ms, {said}")


if __name__ == "__main__":
    main()
