"""Damage files of every format at random and read each: how many are read, refused, crash, are slow or large.

`python benchmarks/damage.py --flips 10000 --cuts 2000 --seed 1` writes one line of JSON per format.  A flip
changes one byte, a cut drops everything behind a place.  Each damaged file goes through the function of the
command line, in one process for all, whose memory is limited; what it prints and how long it takes is held to
the rules in `judged`.
"""

import argparse
import contextlib
import io
import json
import os
import resource
import shutil
import signal
import sqlite3
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import nbformat
import numpy as np
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from expect import visible
from loopbaanchecks.__main__ import main
from loopbaanchecks.study import Study
from surveyfiles import write_sav

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures"
SECONDS, BYTES = 20, 2**30  # of one file; of the process
CODINGS = "source,start,end,text,code,coder\nG1,0,4,mijn,steun,Anna\nG2,5,9,tijd,tijd,Wim\n"
ANSWERS = 8, 10  # respondents and variables of the survey


def survey_frame() -> pd.DataFrame:
    """Return a few answers to a few questions of the study, made up."""
    book = Study().codebook
    book = book[book["type"].eq("single") | book["type"].eq("scale")].head(ANSWERS[1])
    rng = np.random.default_rng(1)
    columns = {
        row.variable: rng.choice([int(option) for option in row.options.split(";")], ANSWERS[0])
        for row in book.itertuples()
    }
    return pd.DataFrame(columns).astype("Int64")


def make_files(folder: Path) -> dict[str, tuple[Path, tuple[str, ...]]]:
    """Write a whole file of every format; return each with the command that reads it."""
    frame, book = survey_frame(), Study().codebook
    for ending in (".sav", ".zsav"):
        write_sav(frame, folder / f"survey{ending}", codebook=book, language="nl")
    frame.to_excel(folder / "survey.xlsx", index=False)
    frame.to_csv(folder / "survey.csv", index=False, sep=";")
    pd.DataFrame({"file_variable": frame.columns, "variable": frame.columns}).to_csv(
        folder / "mapping.csv", index=False
    )
    (folder / "codings.csv").write_text(CODINGS)
    pd.DataFrame([line.split(",") for line in CODINGS.splitlines()]).to_excel(
        folder / "codings.xlsx", index=False, header=False
    )
    (folder / "groups.csv").write_text("source,group\nG1,werkgever\nG2,werknemer\n")
    source = FIXTURES / "interviews"
    shutil.copy(source / "handmade" / "points.qdpx", folder / "codings.qdpx")
    (folder / "codings.qdc").write_text(
        '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code guid="a" name="steun"><Code guid="b" '
        'name="tijd"><Description>van de baas</Description></Code></Code></Codes></CodeBook>'
    )
    for name, base in (
        ("taguette", "taguette/project.sqlite3"),
        ("qualcoder", "qualcoder/project.qda/data.qda"),
    ):
        shutil.copy(source / base, folder / f"{name}.sqlite3")
        with contextlib.closing(sqlite3.connect(folder / f"{name}.sqlite3")) as opened:
            opened.execute("vacuum")
    shutil.copy(FIXTURES / "candidates" / "semicolon_comma.csv", folder / "candidates.csv")
    shown = new_output("display_data", data={"text/html": "<table><tr><th>a</th></tr></table>"})
    cells = [new_markdown_cell("# Titel"), new_code_cell("1", execution_count=1, outputs=[shown])]
    nbformat.write(new_notebook(cells=cells), folder / "page.ipynb")
    (folder / "sweep.csv").write_text("run,language,no_such_parameter\na,nl,x\nb,en,2\n")
    survey, codings = str(folder / "survey.csv"), str(folder / "codings.csv")
    made = {path.name: (path, ("interviews", "{file}")) for path in folder.glob("codings.*")}
    made |= {path.name: (path, ("survey", "{file}")) for path in folder.glob("survey.*")}
    made |= {path.name: (path, ("interviews", "{file}")) for path in folder.glob("*.sqlite3")}
    made["mapping.csv"] = folder / "mapping.csv", ("survey", survey, "--mapping", "{file}")
    made["groups.csv"] = folder / "groups.csv", ("interviews", codings, "--groups", "{file}")
    made["candidates.csv"] = folder / "candidates.csv", ("candidates", "{file}")
    page = str(folder / "page.html")
    made["page.ipynb"] = folder / "page.ipynb", ("export", "{file}", page, "--language", "nl")
    made["sweep.csv"] = folder / "sweep.csv", ("sweep", "{file}", "--notebook", "01_quant", "--quiet")
    return made


def damaged(data: bytes, flips: int, cuts: int, rng: np.random.Generator) -> Iterator[tuple[str, bytes]]:
    """Yield each damaged copy of a file and what was done to it."""
    for _ in range(flips):
        place, other = int(rng.integers(len(data))), int(rng.integers(1, 256))
        if rng.random() < 0.5:
            other = 1 << int(rng.integers(8))
        yield f"byte {place} ^ {other}", data[:place] + bytes([data[place] ^ other]) + data[place + 1 :]
    for _ in range(cuts):
        place = int(rng.integers(len(data)))
        yield f"cut at {place}", data[:place]


class TooSlowError(BaseException):
    """A file that took longer than it may."""


def read(words: tuple[str, ...]) -> tuple[str, str]:
    """Run one command; return how it ended (read, refused, or what is wrong) and what it said."""

    def stop(*_: object) -> None:
        raise TooSlowError

    said, wrong = io.StringIO(), io.StringIO()
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(wrong):
            code = main(words)
    except SystemExit as end:
        code = end.code
    except TooSlowError:
        return "slow", ""
    except BaseException:
        return "traceback", traceback.format_exc()
    finally:
        signal.alarm(0)
    return judged(code, said.getvalue(), wrong.getvalue())


def judged(code: int, said: str, wrong: str) -> tuple[str, str]:
    """Return how a command ended: refused is exit code 2 and a sentence with what was expected."""
    if visible(said + wrong, keep="\n") != said + wrong:
        return "raw", said + wrong
    if code == 0 and not wrong:
        return "read", said
    if code == 2 and wrong.startswith("loopbaanchecks: ") and "expected" in wrong:
        return "refused", wrong
    return "unclear", f"exit code {code}\n{said}\n{wrong}"


def count(names: list[str], flips: int, cuts: int, seed: int, keep: Path | None) -> Iterator[dict]:
    """Yield one record per format."""
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as here:
        files = make_files(Path(made))
        back = os.getcwd()
        os.chdir(here)
        try:
            for name in names or sorted(files):
                yield {"format": name} | _count_one(*files[name], flips, cuts, seed, keep)
        finally:
            os.chdir(back)


def _count_one(whole: Path, command, flips: int, cuts: int, seed: int, keep: Path | None) -> dict:
    ends, worst, shown = Counter(), 0.0, []
    copy = Path(f"damaged{whole.suffix}").resolve()
    words = tuple(word.format(file=copy) for word in command)
    shutil.copy(whole, copy)
    ends["whole: " + read(words)[0]] += 1
    before = _peak()
    rng = np.random.default_rng([seed, *whole.name.encode()])
    for what, data in damaged(whole.read_bytes(), flips, cuts, rng):
        copy.write_bytes(data)
        start = perf_counter()
        end, said = read(words)
        worst = max(worst, perf_counter() - start)
        ends[end] += 1
        if end not in ("read", "refused") and len(shown) < 5:
            shown.append(f"{what}: {end}: {said[-600:]}")
            if keep:
                (keep / f"{whole.stem}_{what.replace(' ', '_')}{whole.suffix}").write_bytes(data)
    memory = {"peak_mib": _peak(), "grown_mib": _peak() - before}  # of the process; by the damaged copies
    return {"ends": dict(ends), "slowest_s": round(worst, 2), **memory, "shown": shown}


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def start() -> None:
    """Read the command line and write the counts."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="formats, such as survey.sav (default: all)")
    parser.add_argument("--flips", type=int, default=300)
    parser.add_argument("--cuts", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for files that went wrong")
    args = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (3 * BYTES, 3 * BYTES))  # addresses, more than what is used
    for record in count(args.names, args.flips, args.cuts, args.seed, args.keep):
        print(json.dumps(record), flush=True)


if __name__ == "__main__":
    start()
