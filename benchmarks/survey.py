"""How long survey files take to read and how much memory that needs, each in a process of its own.

Sizes: 7,000 × 120 in every format, and 500,000 × 20 as .csv and .sav. The codebook is invented: five-point
items and one column of numbers. Against: the bare reader of the same file (pandas or pyreadstat), unchecked.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
import pyreadstat

from surveyfiles import read_survey, write_sav

CASES = [(7_000, 120, kind) for kind in (".csv", ".sav", ".zsav", ".xlsx")]
CASES += [(500_000, 20, kind) for kind in (".csv", ".sav")]


def codebook(n_columns: int) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"variable": [f"q{i}" for i in range(n_columns)], "type": "scale", "options": "1;2;3;4;5"}
    )
    frame.loc[0, ["type", "options"]] = ["number", ""]
    labels = dict.fromkeys(("options_nl", "options_en"), frame["options"])
    return frame.assign(
        label_nl=frame["variable"] + " vraag", label_en=frame["variable"] + " question", **labels
    )


def responses(n_rows: int, n_columns: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.integers(1, 6, (n_rows, n_columns)), columns=[f"q{i}" for i in range(n_columns)])
    frame = frame.astype("Int64")
    for name in frame:
        frame.loc[rng.random(n_rows) < 0.05, name] = pd.NA
    return frame.assign(q0=pd.array(rng.integers(0, 8000, n_rows) / 100, dtype="Float64"))


def measure(path: str, n_columns: str, how: str) -> None:
    """Read one file and print seconds and peak memory; runs in a process of its own."""
    bare = {
        ".csv": pd.read_csv,
        ".xlsx": pd.read_excel,
        ".sav": pyreadstat.read_sav,
        ".zsav": pyreadstat.read_sav,
    }
    start = perf_counter()
    if how == "bare":
        bare[Path(path).suffix](path)
    else:
        read_survey(path, codebook=codebook(int(n_columns)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{perf_counter() - start:.1f} s, {peak:.2f} GiB")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for n_rows, n_columns, kind in CASES:
            path = Path(folder) / f"answers{kind}"
            frame = responses(n_rows, n_columns)
            if kind == ".xlsx":
                frame.to_excel(path, index=False)
            elif kind == ".csv":
                frame.to_csv(path, index=False)
            else:
                write_sav(frame, path, codebook=codebook(n_columns), language="nl")
            for how in ("bare", "checked"):
                command = [sys.executable, __file__, str(path), str(n_columns), how]
                told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
                print(f"{n_rows:>9,} × {n_columns:>3} {kind:<5} {how:<7} {told}", flush=True)


if __name__ == "__main__":
    measure(*sys.argv[1:]) if len(sys.argv) > 1 else main()
