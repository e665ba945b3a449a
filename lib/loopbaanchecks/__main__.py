"""The command line: one table of commands; what each does is in `commands`."""

import argparse
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from loopbaanchecks import __version__, commands


class Command(NamedTuple):
    """The function of a command, an example that runs, and its arguments."""

    run: Callable[[argparse.Namespace], int]
    example: str
    arguments: tuple[tuple[tuple[str, ...], dict[str, Any]], ...]
    needs_compendium: bool = True  # data/ or notebooks/ beside lib/
    more: tuple[str, ...] = ()  # other examples

    @property
    def does(self) -> str:
        """What it does, in one sentence: that of its function."""
        return self.run.__doc__.partition("\n")[0]


def argument(*names: str, **options: Any) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return an argument as argparse takes it; its choices may be a function, called when they are needed."""
    return names, options


LANGUAGE = {"choices": ("nl", "en")}
NOTEBOOK = argument("notebook", help="such as 01_quant, or the path of an .ipynb file")
PAGES = (
    argument("--with-code", action="store_true", help="keep the code in the pages, folded"),
    argument("--pdf", action="store_true", help="print the pages as PDF too (needs Chromium)"),
)
EXECUTION = (
    argument("--quiet", action="store_true", help="say nothing unless something goes wrong"),
    argument("--force", action="store_true", help="run also what would give the results that are there"),
    argument("--why", action="store_true", help="say what would run and what changed, and run nothing"),
    argument("--cold", action="store_true", help="start every kernel as a process of its own: slower"),
    argument("--log", type=Path, metavar="FILE", help="add a line with the time for everything that happens"),
    argument("--jobs", type=int, default=0, metavar="N", help="how many at once (default: the processors)"),
    argument(
        "--timeout",
        type=float,
        default=1800,
        metavar="SECONDS",
        help="how long one cell may take (default: 1800)",
    ),
    argument(
        "--scheduler",
        default="",
        metavar="ADDRESS",
        help="let a Dask cluster run them, such as tcp://10.0.0.1:8786; it must see the same folders",
    ),
)
RUNS = (
    *PAGES,
    argument("--run", default="default", metavar="NAME", help="folder in results/ (default: default)"),
    *EXECUTION,
)
DECIMAL = {"choices": (",", "."), "metavar": "SIGN"}
READING = (
    argument("--ddof", type=int, choices=(0, 1), default=1, help="the SD divides by n - ddof (default: 1)"),
    argument(
        "--rounding",
        choices=commands.rounding_rules,
        default="either",
        help="rule of the printed numbers; either: a half may go up or down (default: either)",
    ),
)
COMMANDS = {
    "reproduce": Command(commands.reproduce, "reproduce --run trial", RUNS),
    "run": Command(
        commands.run,
        "run 01_quant -p language en --run english",
        (
            NOTEBOOK,
            argument(
                "-p",
                nargs=2,
                action="append",
                default=[],
                metavar=("NAME", "VALUE"),
                dest="parameters",
                help="set a parameter; may be repeated; `loopbaanchecks parameters NOTEBOOK` lists them",
            ),
            *RUNS,
        ),
    ),
    "sweep": Command(
        commands.sweep,
        "sweep notebooks/sweeps/pilots.yaml --language en",
        (
            argument(
                "file",
                type=Path,
                metavar="FILE",
                help="YAML with a notebook, named runs, a grid or seeds; or CSV with a column `run`",
            ),
            argument("--notebook", default="", metavar="NAME", help="for a CSV file, which cannot name it"),
            argument("--language", default="nl", **LANGUAGE, help="of runs and overview (default: nl)"),
            *PAGES,
            *EXECUTION,
        ),
    ),
    "parameters": Command(
        commands.parameters,
        "parameters 01_quant",
        (NOTEBOOK,),
        needs_compendium=False,  # for a path; a name is looked up in notebooks/
    ),
    "export": Command(
        commands.export,
        "export results/english/01_quant/notebook.ipynb page.html --language en",
        (
            argument("notebook", type=Path, help="an executed notebook (.ipynb)"),
            argument("page", type=Path, help="the page to write (.html)"),
            argument("--language", required=True, **LANGUAGE, help="of the page"),
            *PAGES,
        ),
        needs_compendium=False,
    ),
    "consistency": Command(
        commands.consistency,
        "consistency --mean 4,15 --sd 0,72 --n 97 --options 1-5",
        (
            argument("--mean", metavar="TEXT", help="as printed, such as 4,15"),
            argument("--sd", metavar="TEXT", help="as printed, such as 0,72; leave out where print has none"),
            argument("--n", type=int, help="respondents; with --table, of rows that do not say it"),
            argument(
                "--options",
                type=commands.response_options,
                default=(),
                help="response options: 1-5, -2..2, 0..100:10 (in steps), 0,1,2, or none (any whole number)",
            ),
            argument("--items", type=int, metavar="K", help="the score is the mean of K items"),
            argument(
                "--minimum-answered", type=int, metavar="K", help="items that a score needs (default: all)"
            ),
            argument(
                "--share",
                nargs=2,
                action="append",
                default=[],
                metavar=("OPTIONS", "PERCENT"),
                help="a printed percentage of an option (5) or of several (4;5); may be repeated",
            ),
            argument("--t", metavar="TEXT", help="t of a test of the mean against a value"),
            argument("--p", metavar="TEXT", help="its p value, < or > before it"),
            argument("--against", metavar="TEXT", help="the value it is tested against (default: 0)"),
            argument("--ci", nargs=2, metavar=("LOW", "HIGH"), help="confidence interval of the mean"),
            argument("--confidence", default="0.95", help="its level (default: 0.95)"),
            argument("--median", metavar="TEXT", help="median"),
            argument("--q1", metavar="TEXT", help="lower quartile"),
            argument("--q3", metavar="TEXT", help="upper quartile"),
            argument(
                "--quartiles", choices=commands.quartile_rules, help="how they were found (default: any)"
            ),
            *READING,
            argument("--decimal", default=",", **DECIMAL, help="decimal sign: , or . (default: a comma)"),
            argument("--json", action="store_true", help="print what is found as JSON"),
            argument(
                "--table",
                type=Path,
                metavar="FILE",
                help="many rows: a CSV or .xlsx with columns mean, sd, n, "
                "options (or low and high), items, ddof, group, label and others as above",
            ),
            argument(
                "--places",
                type=int,
                metavar="N",
                help="decimals of the means and SDs of a table, where a spreadsheet dropped zeros",
            ),
            argument("--output", type=Path, metavar="FOLDER", help="write CSV, JSON and a page with figures"),
        ),
        needs_compendium=False,
        more=(
            "consistency --mean 4.15 --sd 0.72 --n 97 --options 1-5 --decimal . --json",
            "consistency --mean -0,40 --sd 1,10 --n 25 --options -2..2",
            "consistency --mean 4,25 --sd 0,58 --n 97 --options 1-5 --items 7",
            "consistency --mean 3,2 --n 40 --options 1-5 --median 3 --share 5 12,5",
            "consistency --mean 3,6 --t 2,31 --against 3 --n 24 --options 1-7",
            "consistency --table rows.csv --decimal . --output checked",
        ),
    ),
    "claims": Command(
        commands.claims,
        "claims --language en --output claims.csv",
        (
            argument("--language", default="nl", **LANGUAGE, help="of the text (default: nl)"),
            argument("--file", type=Path, metavar="SURVEY", help="survey file: recalculate from answers"),
            *READING,
            argument("--output", type=Path, metavar="OUT.csv", help="write every claim with its verdict"),
        ),
    ),
    "survey": Command(
        commands.survey,
        "survey twin.sav",
        (
            argument("file", type=Path, help="the survey file"),
            argument("--decimal", **DECIMAL, help="decimal sign: , or . (default: decided per column)"),
            argument("--mapping", type=Path, help="mapping file (default: data/raw/mapping.csv if there)"),
            argument("--keep", nargs="+", default=(), metavar="NAME", help="open answers to let in"),
            argument(
                "--exclude",
                nargs="*",
                choices=commands.exclusions,
                metavar="WHO",
                help="who is left out: previews, unfinished, hidden_rows, duplicates, contradictions "
                "(default: previews duplicates)",
            ),
            argument("--weight", metavar="NAME", help="weight variable; -: none (default: that of the file)"),
            argument("--sheet", metavar="TITLE", help="sheet of a workbook (default: found)"),
            argument("--header-row", type=int, metavar="N", help="row of the header (default: found)"),
            argument("--lenient", action="store_true", help="turn cells that do not fit into missing"),
            argument(
                "--write-mapping", type=Path, metavar="OUT.csv", help="where (default: FILE.mapping.csv here)"
            ),
        ),
    ),
    "candidates": Command(
        commands.candidates,
        "candidates --template candidates.csv",
        (
            argument("file", type=Path, nargs="?", help="the centre's file (CSV)"),
            argument("--template", type=Path, metavar="OUT.csv", help="write an empty file to fill in"),
        ),
    ),
    "interviews": Command(
        commands.interviews,
        "interviews project.qdpx --convert copy.qdpx",
        (
            argument("file", type=Path, metavar="PATH", help="a project, database, workbook or CSV"),
            argument("--groups", type=Path, metavar="CSV", help="column source, then attributes"),
            argument(
                "--offsets",
                type=commands.offset_convention,
                metavar="TEXT",
                help="how positions count: 'code points', 'UTF-16 units' or 'UTF-8 bytes', then "
                "', half-open' or ', inclusive' (default: that of the format)",
            ),
            argument("--coders", default="", metavar="NAMES", help="only these: 'Anna; Bram'"),
            argument("--documents", default="", metavar="NAMES", help="only these: 'Talk 1; Talk 2'"),
            argument("--project", default="", metavar="NAME", help="of a Taguette database of several"),
            argument(
                "--convert", "--refi", type=Path, metavar="OUT.qdpx", help="write it as a REFI-QDA project"
            ),
        ),
        needs_compendium=False,
    ),
    "check": Command(
        commands.check,
        "check results/english",
        (
            argument(
                "results", type=Path, nargs="+", help="names or folders of runs; several are compared as well"
            ),
            argument(
                "--input",
                type=Path,
                action="append",
                default=[],
                metavar="FILE",
                help="what the run was given: names and words of it are looked for; may be repeated",
            ),
            argument(
                "--output", type=Path, metavar="FOLDER", help="where the report goes (default: RESULTS)"
            ),
        ),
    ),
    "bundle": Command(
        commands.bundle,
        "bundle results/english --output english.zip",
        (
            argument("run_folder", type=Path, metavar="RUN", help="name or folder of a run"),
            argument("--output", type=Path, metavar="OUT.zip", help="the archive (default: RUN.zip here)"),
        ),
    ),
    "dossier": Command(
        commands.dossier,
        "dossier results/english --language en",
        (
            argument(
                "run_folder",
                type=Path,
                nargs="?",
                default=Path("default"),
                metavar="RUN",
                help="name or folder of a run (default: default)",
            ),
            argument("--language", **LANGUAGE, help="of the pages (default: an archive for each)"),
        ),
    ),
    "twin": Command(
        commands.twin,
        "twin --seed 1 twin.sav",
        (
            argument("file", type=Path, metavar="OUT.sav", help="the file to write"),
            argument("--seed", type=int, required=True, metavar="N", help="same seed, same file"),
            argument("--language", default="nl", **LANGUAGE, help="of the labels (default: nl)"),
        ),
    ),
}


STOPPED = "stopped; what was done is in place, older results are as they were; the same command goes on"


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let SIGTERM and SIGHUP stop a command as Ctrl-C does; a second signal does not disturb its leaving."""
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    signals = [getattr(signal, name) for name in names]

    def stop(number: int, frame: object) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt(number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    older = {each: signal.signal(each, stop) for each in signals}
    try:
        yield
    finally:
        for each, handler in older.items():
            signal.signal(each, handler)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        Words after the program's name; the command line itself when left out.

    Returns
    -------
    int
        0 when all went well, 1 for a notebook that failed, 2 for input that does not fit, 128 and the
        number of the signal (130 for Ctrl-C) when stopped.
    """
    words = _joined(sys.argv[1:] if argv is None else argv)
    args = _parser(words).parse_args(words)
    try:
        if args.command.needs_compendium:
            commands.check_compendium()
        with _stoppable():
            return args.command.run(args)
    except (ValueError, OSError) as error:
        commands.say(f"loopbaanchecks: {error}", file=sys.stderr)
        return 2 if isinstance(error, ValueError | FileNotFoundError) else 1
    except KeyboardInterrupt as stop:
        print(f"loopbaanchecks: {STOPPED}", file=sys.stderr)
        return 128 + (stop.args[0] if stop.args else signal.SIGINT)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="loopbaanchecks",
        description="Run the notebooks, and read, check and write the data of this compendium.",
        epilog="loopbaanchecks COMMAND --help shows its choices and an example.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parsers = parser.add_subparsers(required=True, metavar="command")
    for name, command in COMMANDS.items():
        inner = parsers.add_parser(
            name,
            help=command.does,
            description=command.does,
            epilog="\n".join(
                [
                    *(f"or: loopbaanchecks {more}" for more in command.more),
                    f"example:\n  loopbaanchecks {command.example}",
                ]
            ),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        inner.set_defaults(command=command)
        for names, options in command.arguments if words[:1] == [name] else ():
            lazy = {"choices": options["choices"]()} if callable(options.get("choices")) else {}
            inner.add_argument(*names, **options | lazy)
    if words and not words[0].startswith("-") and words[0] not in COMMANDS:
        parser.error(f"expected one of {', '.join(COMMANDS)}; found {words[0]!r}{_hint(words[0])}")
    return parser


def _joined(words: Sequence[str]) -> list[str]:
    """Return the words, a negative number joined to its option: argparse takes it for another option."""
    joined: list[str] = []
    for word in words:
        after = bool(joined) and re.fullmatch(r"--[a-z][a-z-]*", joined[-1]) and joined[-1] != "--ci"
        if after and re.match(r"-\d", word):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _hint(word: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, COMMANDS, n=1)
    return f" (did you mean {near[0]}?)" if near else ""


if __name__ == "__main__":
    sys.exit(main())
