"""Every frequency table behind the item rows of tables 6-11: here, in plain Python, by pysprite."""

import itertools
import time
from fractions import Fraction

from behindprint import Reported, count_frequency_tables, frequency_tables
from behindprint.rows import list_tables
from loopbaanchecks.study import Study

SAMPLES = 50  # distributions asked of pysprite per row
PLAIN_ROWS = 2  # rows that the plain enumeration does; the rest is extrapolated


def plain(mean, sd, n, options):
    """List the tables as one would at first: every table of n respondents, kept when it prints the row."""
    mean, sd = Reported(mean).interval("either"), Reported(sd).interval("either")
    k, kept = len(options), 0
    for bars in itertools.combinations(range(n + k - 1), k - 1):
        edges = (-1, *bars, n + k - 1)
        table = [b - a - 1 for a, b in itertools.pairwise(edges)]
        total = sum(f * v for f, v in zip(table, options, strict=True))
        if not mean.low * n <= total <= mean.high * n:
            continue
        squares = sum(f * v * v for f, v in zip(table, options, strict=True))
        variance = Fraction(n * squares - total * total, n * (n - 1))
        kept += sd.low**2 <= variance <= sd.high**2
    return kept


def timed(work):
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def main():
    study = Study()
    n = int(study.printed("complete"))
    rows = study.items[study.items["kind"] == "item"]
    given = [
        (r.mean, r.sd, n, {"options": r.options, "ddof": 1, "rounding": "either"}) for r in rows.itertuples()
    ]

    def list_all():
        list_tables.cache_clear()
        return sum(len(frequency_tables(m, s, size, **c)) for m, s, size, c in given)

    tables, ours = timed(list_all)
    print(f"listed here:      {len(given)} rows, {tables:,} tables in {ours:.2f} s")
    counts = (count_frequency_tables(m, s, size, **c) for m, s, size, c in given)
    counted, seconds = timed(lambda: sum(counts))
    print(f"counted here:     {counted:,} tables in {seconds:.2f} s")
    five = [case for case in given if len(case[3]["options"]) == 5][:PLAIN_ROWS]
    found, seconds = timed(lambda: [plain(m, s, size, c["options"]) for m, s, size, c in five])
    assert found == [len(frequency_tables(m, s, size, **c)) for m, s, size, c in five]
    per_row = seconds / len(five)
    ratio = per_row / (ours / len(given))
    print(f"plain Python:     {per_row:.1f} s per row, {ratio:,.0f} times as long")
    try:
        from pysprite import Sprite
    except ImportError:
        print("pysprite:         not installed; see benchmarks/README.md")
        return
    shares, spent = [], 0.0
    for m, s, size, c in given:
        exact = len(frequency_tables(m, s, size, **c))
        if exact == 0 or len(c["options"]) < 5:
            continue
        mean, sd = Reported(m), Reported(s)
        sprite = Sprite(size, float(mean.value), float(sd.value), mean.decimals, sd.decimals, 1, 5)
        outcome, seconds = timed(lambda sprite=sprite: sprite.find_possible_distributions(SAMPLES))
        spent += seconds
        shares.append(len({tuple(sorted(d)) for d in outcome[1]}) / exact)
    middle = sorted(shares)[len(shares) // 2]
    print(f"pysprite:         {SAMPLES} per row asked in {spent:.1f} s, {spent / ours:,.0f} times as long;")
    print(f"                  it then holds {middle:.0%} of the set of the median row")


if __name__ == "__main__":
    main()
