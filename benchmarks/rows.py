"""Printed rows: verdict, count and power here, beside closure-core, GRIM and GRIMMER (through scrutipy).

Usage: rows.py; the peers are brought along as benchmarks/README.md says, and left out where they are not
there.
"""

import subprocess
import sys
import time

import numpy as np

from behindprint import PrintedRow, Reported, table_count
from behindprint.existence import is_possible
from behindprint.verdicts import power

ROWS = [  # mean, SD, n, lowest and highest option
    ("2.7", "1.9", 130, 1, 5),
    ("3.5", "1.2", 50, 0, 7),
    ("3.72", "0.71", 61, 1, 5),
    ("4.15", "0.72", 500, 0, 10),
    ("5.00", "2.00", 200, 0, 10),
    ("5.00", "2.00", 500, 0, 10),
    ("50.00", "20.00", 1000, 0, 100),
    ("50.00", "49.95", 1000, 0, 100),
]
SAMPLES = 300  # made-up and corrupted rows of each kind
PEER_SECONDS = 60  # that closure-core gets for one row, in a process of its own
CODE = "import sys, scrutipy; a = eval(sys.argv[1]); print(len(scrutipy.closure(*a)))"


def timed(work):
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def arguments(mean, sd, n, low, high):
    halves = [float(Reported(text, ".").unit / 2) for text in (mean, sd)]
    return (float(mean), float(sd), n, low, high, *halves)


def closure(case):
    """Count by closure-core in a process of its own; say so where it takes too long or too much memory."""
    start = time.perf_counter()
    limit = 'ulimit -v 4000000; exec "$0" "$@"'
    words = ["bash", "-c", limit, sys.executable, "-c", CODE, repr(arguments(*case))]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=PEER_SECONDS)
    except subprocess.TimeoutExpired:
        return "stopped", PEER_SECONDS
    return (done.stdout.strip() or "out of memory"), time.perf_counter() - start


def speed(peers):
    for mean, sd, n, low, high in ROWS:
        row = PrintedRow(mean, sd, n, range(low, high + 1), 1, "either", decimal=".")
        possible, verdict = timed(lambda row=row: is_possible(row))
        count, counting = timed(lambda row=row: table_count(row))
        share, sharing = timed(lambda row=row: power(row))
        exact = count.low == count.high
        tables = f"{count.low:,}" if exact else f"{count.low:.2e} to {count.high:.2e}"
        print(
            f"{mean} / {sd}, n {n}, {low}-{high}: {'fits' if possible else 'no'} in {verdict:.4f} s;", end=" "
        )
        print(f"{tables} in {counting:.2f} s; power {share:.2%} in {sharing:.2f} s", end="")
        if peers and possible:
            peer, seconds = closure((mean, sd, n, low, high))
            print(f"; closure-core {peer} in {seconds:.1f} s", end="")
        print(flush=True)


def corrupted(rng):
    """Yield kinds of rows that answers on 1-5 did not print, and the options they are on."""
    for _ in range(SAMPLES):
        n = int(rng.integers(15, 60))
        answers = rng.choice(np.arange(1, 6), size=n, p=rng.dirichlet(np.ones(5) * 2))
        mean, sd = round(float(answers.mean()), 2), round(float(answers.std(ddof=1)), 2)
        step = float(rng.choice([-0.02, -0.01, 0.01, 0.02]))
        yield "made up", f"{rng.uniform(1.5, 4.5):.2f}", f"{rng.uniform(0.4, 1.6):.2f}", n
        yield "mean's last digit", f"{mean + step:.2f}", f"{sd:.2f}", n
        yield "SD's last digit", f"{mean:.2f}", f"{max(sd + step, 0):.2f}", n


def found(peers):
    """Print how many corrupted rows each check finds."""
    counts: dict[str, list[int]] = {}
    for kind, mean, sd, n in corrupted(np.random.default_rng(1)):
        row = PrintedRow(mean, sd, n, range(1, 6), 1, "either", decimal=".")
        checks = [not is_possible(row), len(row.sums) == 0]
        if peers:
            checks.append(not peers.grimmer([mean], [sd], [n])[0])
            checks.append(len(peers.closure(*arguments(mean, sd, n, 1, 5))) == 0)
        counts.setdefault(kind, []).append(checks)
    names = ("here", "GRIM", "GRIMMER (scrutipy)", "CLOSURE (closure-core)")
    for kind, rows in counts.items():
        shares = zip(names, np.mean(rows, axis=0), strict=False)
        print(f"{kind}: " + ", ".join(f"{name} {share:.0%}" for name, share in shares))


def main():
    try:
        import scrutipy as peers
    except ImportError:
        peers = None
        print("scrutipy: not installed; see benchmarks/README.md")
    speed(peers)
    found(peers)


if __name__ == "__main__":
    main()
