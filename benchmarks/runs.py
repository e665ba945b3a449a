"""Every notebook in both languages, from a cold start: this compendium against the usual two commands.

Prints two Markdown tables.  CPU is that of all processes; the floor is what the cells cost when nothing else
is done: the code of all notebooks as one script, imports once, each language once.  Modules are compiled
beforehand, as they are for whoever runs anything twice: else the two commands, which import most, would be
slow for no fault of theirs.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from loopbaanchecks.paths import NOTEBOOKS, RESULTS, ROOT

BIN = Path(sys.executable).parent
BOOKS = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
LANGUAGES = ("nl", "en")
ROWS = 20  # of the sweep
SMALL = ROOT / "tests" / "fixtures" / "notebooks" / "numbers.ipynb"  # takes no time itself
FEW, MANY = 10, 200  # runs of it
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 2  # alternating, the best counts
COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
OURS = (BIN / "loopbaanchecks", "reproduce", "--run", "benchmark", "--quiet")


def spent(*commands):
    """Wall time and CPU time, in seconds, of some commands after one another."""
    start, cpu = time.perf_counter(), 0.0
    for command in commands:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        child = subprocess.Popen(list(map(str, command)), env=COMPILED, **quiet)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{' '.join(map(str, command))}: exit code {child.returncode}")
        cpu += used.ru_utime + used.ru_stime
    return time.perf_counter() - start, cpu


def usual(folder, books=BOOKS, languages=LANGUAGES):
    """Run the papermill and nbconvert commands, a pair per notebook and language."""
    commands = []
    for book in books:
        for language in languages:
            out = folder / f"{book.stem}.{language}.ipynb"
            values = ["-p", "language", language, "-p", "output_dir", folder / book.stem / language]
            commands.append([BIN / "papermill", book, out, *values, "--no-progress-bar"])
            commands.append([BIN / "jupyter", "nbconvert", "--to", "html", out])
    return spent(*commands)


def script(folder):
    """Write the code of all notebooks as one script that runs in both languages."""
    lines = ["import os", "os.environ['MPLBACKEND'] = 'agg'", "display = lambda *shown, **options: None"]
    for language in LANGUAGES:
        for book in BOOKS:
            for cell in nbformat.read(book, as_version=4).cells:
                if cell.cell_type != "code":
                    continue
                lines.append(cell.source)
                if "parameters" in cell.metadata.get("tags", ()):
                    lines.append(
                        f"language, output_dir = {language!r}, {str(folder / book.stem / language)!r}"
                    )
    path = folder / "floor.py"
    path.write_text("\n".join(lines), encoding="utf8")
    return [sys.executable, path]


def sweep(folder, notebook="01_quant", rows=ROWS):
    """Write a sweep of a notebook, one language, another seed per run."""
    path = folder / f"benchmark_sweep_{rows}.yaml"
    path.write_text(f"notebook: {notebook}\nseeds: {rows}\n", encoding="utf8")
    return [BIN / "loopbaanchecks", "sweep", path, "--language", "en", "--quiet", "--force"]


def best(times):
    """Return the least wall time and the least CPU time of some rounds."""
    return tuple(map(min, zip(*times, strict=True)))


def main():
    names = ("usual", "full", "cold", "unchanged", "floor", "one", "sweep")
    times = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        spent([*OURS, "--force"])  # compiles what is imported
        for _ in range(ROUNDS):
            times["usual"].append(usual(folder))
            times["full"].append(spent([*OURS, "--force"]))
            times["unchanged"].append(spent(OURS))
            times["cold"].append(spent([*OURS, "--force", "--cold"]))
            times["floor"].append(spent(script(folder)))
            times["one"].append(usual(folder, BOOKS[:1], LANGUAGES[1:]))
            times["sweep"].append(tuple(value / ROWS for value in spent(sweep(folder))))
        small = {rows: spent(sweep(folder, SMALL, rows)) for rows in (FEW, MANY)}
    found = {name: best(rounds) for name, rounds in times.items()}
    print(
        f"| {len(BOOKS)} notebooks, both languages | wall s | ratio | CPU s | ratio |\n|---|---|---|---|---|"
    )
    for name, label, against in (
        ("usual", "`papermill` and `jupyter nbconvert`, six of each", "usual"),
        ("full", "`loopbaanchecks reproduce --force`", "usual"),
        ("cold", "the same with `--cold`", "usual"),
        ("unchanged", "`loopbaanchecks reproduce`, nothing changed", "usual"),
        ("floor", "floor: the cells as one script, imports once", "usual"),
        ("one", "the two commands, 01_quant in one language", "one"),
        ("sweep", f"one of {ROWS} runs of a sweep of 01_quant, its overview included", "one"),
    ):
        (wall, cpu), (wall_of, cpu_of) = found[name], found[against]
        print(f"| {label} | {wall:.1f} | {wall / wall_of:.2f} | {cpu:.1f} | {cpu / cpu_of:.2f} |")
    over = found["full"][1] / found["floor"][1]
    print(f"\nA full run takes {over:.2f} times the CPU of the floor. Results in {RESULTS.name}/benchmark*.")
    print()
    print("| sweep of a notebook that takes no time | wall s per run | CPU s per run |\n|---|---|---|")
    for rows, (wall, cpu) in small.items():
        print(f"| {rows} runs | {wall / rows:.2f} | {cpu / rows:.2f} |")
    more = [(many - few) / (MANY - FEW) for few, many in zip(small[FEW], small[MANY], strict=True)]
    print(f"| each run more | {more[0]:.2f} | {more[1]:.2f} |")


if __name__ == "__main__":
    main()
