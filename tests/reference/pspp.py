"""Let PSPP compute means, SDs, frequencies, alpha and item-total correlations from invented answers.

Run from anywhere: `python tests/reference/pspp.py`. Writes pspp.csv beside this script: one row per number,
as PSPP printed it. The answers are drawn with a fixed seed and written by pyreadstat, with system-missing
and user-missing values; `answers()` gives the tests the same frame, missing as NA.
"""

import csv
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

HERE = Path(__file__).parent
USER_MISSING = 9.0
SCALES = {"A": ["i1", "i2", "i3", "i4"], "B": ["i5", "i6", "i7"]}


def raw_answers() -> pd.DataFrame:
    """Return 97 answers to seven five-point items, with NaN and 9 for missing."""
    rng = np.random.default_rng(20211201)
    shared = rng.normal(size=(97, 2))
    frame = {}
    for number in range(1, 8):
        leaning = shared[:, 0 if number <= 4 else 1] * (1 if number != 6 else -0.3)
        frame[f"i{number}"] = np.clip(np.round(3.2 + leaning + rng.normal(size=97)), 1, 5)
    answers = pd.DataFrame(frame)
    answers.loc[[3, 40], "i2"] = np.nan
    answers.loc[[5, 40, 96], "i3"] = USER_MISSING
    answers.loc[[0], "i6"] = np.nan
    return answers


def answers() -> pd.DataFrame:
    """Return the same answers as the reader gives them: Int64, missing as NA."""
    return raw_answers().replace(USER_MISSING, np.nan).astype("Int64")


def write_sav(path: Path) -> None:
    """Write the answers for PSPP."""
    pyreadstat.write_sav(raw_answers(), path, missing_ranges={"i3": [USER_MISSING]})


def recompute() -> list[list[str]]:
    """Run PSPP in a folder of its own; return rows of table, case, statistic, value."""
    with tempfile.TemporaryDirectory() as folder:
        write_sav(Path(folder) / "pspp.sav")
        command = ["pspp", "-o", "out.csv", "-O", "format=csv", HERE / "pspp.sps"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        printed = (Path(folder) / "out.csv").read_text(encoding="utf-8")
    return [row for block in printed.split("\n\n") for row in _long(block)]


def _long(block: str) -> list[list[str]]:
    """Return the rows of one printed table, one number each; nothing for tables not asked for."""
    lines = list(csv.reader(block.strip().splitlines()))
    title = lines[0][0].removeprefix("Table: ") if lines and lines[0] else ""
    if title in ("Descriptive Statistics", "Item-Total Statistics"):
        named = [line for line in lines[2:] if line[0].startswith("i")]
        wanted = ("N", "Mean", "Std Dev", "Corrected Item-Total Correlation")
        columns = [(i, name) for i, name in enumerate(lines[1]) if name in wanted]
        return [[title, line[0], name, line[i]] for line in named for i, name in columns]
    if title == "Reliability Statistics":
        return [[title, f"{lines[2][1]} items", "Cronbach's Alpha", lines[2][0]]]
    if title == "Case Processing Summary":
        return [[title, line[0], "N", line[1]] for line in lines[2:]]
    if title.startswith("i"):
        rows = [line for line in lines[2:] if line[1]]
        return [[f"Frequencies {title}", _value(line[1]), "Frequency", line[2]] for line in rows]
    return []


def _value(printed: str) -> str:
    """Return a printed response as a whole number, or . for system-missing."""
    return "." if printed.strip() == "." else f"{float(printed):g}"


def read_reference() -> list[list[str]]:
    """Return the committed rows."""
    with (HERE / "pspp.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))[1:]


if __name__ == "__main__":
    with (HERE / "pspp.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["table", "case", "statistic", "value"])
        writer.writerows(recompute())
