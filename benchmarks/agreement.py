"""Agreement and summaries of coded interviews, against computing each resample from its units again."""

import time

import krippendorff
import numpy as np
import pandas as pd

from codedtexts import bootstrap_interval, co_occurrence, saturation

INTERVIEWS, PARAGRAPHS, RESAMPLES, FEW = 28, 40, 10_000, 100
SEGMENTS, CODES = 100_000, 65


def timed(work):
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def main():
    rng = np.random.default_rng(1)
    ratings = (rng.random((INTERVIEWS * PARAGRAPHS, 2)) < 0.2).astype(float)
    ratings[:, 1] = np.where(rng.random(len(ratings)) < 0.8, ratings[:, 0], ratings[:, 1])
    clusters = np.repeat(np.arange(INTERVIEWS), PARAGRAPHS)
    choices = {"categories": [0, 1], "clusters": clusters, "confidence": 0.95, "level": "nominal"}

    def ours():
        return bootstrap_interval(
            ratings, statistic="krippendorff_alpha", resamples=RESAMPLES, rng=rng, **choices
        )

    def again():
        parts = ratings.reshape(INTERVIEWS, PARAGRAPHS, 2)
        for _ in range(FEW):
            drawn = parts[rng.integers(INTERVIEWS, size=INTERVIEWS)].reshape(-1, 2)
            krippendorff.alpha(drawn.T, level_of_measurement="nominal", value_domain=[0, 1])

    _, fast = timed(ours)
    _, slow = timed(again)
    slow *= RESAMPLES / FEW
    print(f"alpha, {RESAMPLES:,} resamples of {INTERVIEWS} interviews: {fast:.2f} s")
    print(f"krippendorff per resample (from {FEW}): {slow:.0f} s, {slow / fast:.0f} times as long")

    starts = rng.integers(0, 50_000, SEGMENTS)
    segments = pd.DataFrame({"source": rng.integers(INTERVIEWS, size=SEGMENTS), "start": starts})
    segments["end"] = starts + rng.integers(1, 400, SEGMENTS)
    segments["code"] = rng.integers(CODES, size=SEGMENTS).astype(str)
    _, seconds = timed(lambda: co_occurrence(segments, within="overlap"))
    print(f"overlap of {CODES} codes in {SEGMENTS:,} segments: {seconds:.2f} s")
    people = pd.DataFrame({"source": range(INTERVIEWS)})
    drawing = {"orders": 1000, "confidence": 0.95, "rng": rng}
    _, seconds = timed(lambda: saturation(segments, people, **drawing))
    print(f"saturation over 1,000 orders: {seconds:.2f} s")


if __name__ == "__main__":
    main()
