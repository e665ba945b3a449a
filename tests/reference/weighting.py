"""Let PSPP weigh a file: labels both ways, declared and undeclared missing codes, weights of all kinds.

Run from anywhere: `python tests/reference/weighting.py`. Writes weighting.sav, as PSPP saves it with weights
on, and weighting.csv beside this script: N, mean and SD per item, weighted and over the same people not.
"""

import csv
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

HERE = Path(__file__).parent
ITEMS = [
    f"{kind}_{i}" for kind, n in (("forward", 3), ("backward", 3), ("other", 2)) for i in range(1, n + 1)
]
WEIGHT = "weging_van_de_respondent"


def raw_answers() -> pd.DataFrame:
    """Return 150 answers to eight items: codes 1 to 5, -99, 9 where PSPP declares it, and nothing."""
    rng = np.random.default_rng(20211202)
    answers = pd.DataFrame({name: rng.integers(1, 6, 150).astype(float) for name in ITEMS})
    answers = answers.mask(rng.random(answers.shape) < 0.08, -99.0).mask(rng.random(answers.shape) < 0.05)
    for name in ITEMS[3:6]:
        answers.loc[rng.random(150) < 0.1, name] = 9.0
    weights = np.round(rng.uniform(0.2, 3, 150), 3)
    weights[:3] = [0, -1, np.nan]  # SPSS counts none of these
    return answers.assign(lang="x" * 300, **{WEIGHT: weights})


def recompute(folder: Path) -> list[list[str]]:
    """Run PSPP in a folder, which gets weighting.sav; return rows of kind, item, N, mean, SD."""
    pyreadstat.write_sav(raw_answers(), folder / "raw.sav")
    command = ["pspp", "-o", "out.csv", "-O", "format=csv", HERE / "weighting.sps"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    lines = csv.reader((folder / "out.csv").read_text(encoding="utf-8").splitlines())
    printed = [line[:4] for line in lines if line and line[0] in ITEMS]
    kinds = ["weighted"] * len(ITEMS) + ["unweighted"] * len(ITEMS)
    return [[kind, *line] for kind, line in zip(kinds, printed, strict=True)]


def read_reference() -> pd.DataFrame:
    """Return the committed numbers by kind and item."""
    return pd.read_csv(HERE / "weighting.csv").set_index(["kind", "item"])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made, (HERE / "weighting.csv").open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["kind", "item", "n", "mean", "sd"])
        writer.writerows(recompute(Path(made)))
        (HERE / "weighting.sav").write_bytes((Path(made) / "weighting.sav").read_bytes())
