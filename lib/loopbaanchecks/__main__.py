"""The command line: `loopbaanchecks reproduce`, `run`, `export`, `survey`, `interviews`, `twin` and more."""

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from loopbaanchecks import __version__
from loopbaanchecks.paths import MAPPING

if TYPE_CHECKING:
    import pandas as pd

REPAIR_WITHIN = 20  # respondents more or fewer that `consistency` tries

# Each command imports what it needs when it is called: --help answers at once.


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        Words after the program's name; the command line itself when left out.

    Returns
    -------
    int
        0 when all went well, 1 for a notebook that failed, 2 for input that does not fit, 130 when stopped.
    """
    args = _parser().parse_args(argv)
    try:
        return args.func(args)
    except (ValueError, OSError) as error:
        print(f"loopbaanchecks: {error}", file=sys.stderr)
        return 2 if isinstance(error, ValueError | FileNotFoundError) else 1
    except KeyboardInterrupt:
        print("loopbaanchecks: stopped; older results are as they were", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(prog="loopbaanchecks", description=__doc__.partition("\n")[0])
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="command")
    pages = argparse.ArgumentParser(add_help=False)
    pages.add_argument("--with-code", action="store_true", help="keep the code in the pages, folded")
    pages.add_argument("--pdf", action="store_true", help="print the pages as PDF too (needs Chromium)")
    runs = argparse.ArgumentParser(add_help=False, parents=[pages])
    runs.add_argument(
        "--run", default="default", metavar="NAME", help="folder in results/ (default: default)"
    )
    runs.add_argument("--quiet", action="store_true", help="say nothing unless something goes wrong")

    command = commands.add_parser("reproduce", parents=[runs], help="run every notebook")
    command.set_defaults(func=_reproduce)

    command = commands.add_parser("run", parents=[runs], help="run one notebook")
    command.add_argument("notebook", help="such as 01_quant, or a path")
    command.add_argument(
        "-p", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"), dest="parameters"
    )
    command.add_argument("--batch", metavar="FILE.csv", help="one run per row: column run, then parameters")
    command.set_defaults(func=_run)

    command = commands.add_parser("parameters", help="list the parameters of a notebook")
    command.add_argument("notebook", help="such as 01_quant, or a path")
    command.set_defaults(func=_parameters)

    command = commands.add_parser("export", parents=[pages], help="write an executed notebook as HTML")
    command.add_argument("notebook", type=Path)
    command.add_argument("page", type=Path)
    command.add_argument("--language", required=True, choices=("nl", "en"))
    command.set_defaults(func=_export)

    _add_consistency(commands)
    _add_survey(commands)
    _add_claims(commands)
    return parser


def _add_claims(commands: argparse._SubParsersAction) -> None:
    """Add the parser of the ledger of claims."""
    command = commands.add_parser("claims", help="what becomes of every quantitative statement")
    command.add_argument("--language", choices=("nl", "en"), default="nl", help="of the text (default: nl)")
    command.add_argument("--file", type=Path, metavar="SURVEY", help="survey file: recalculate from answers")
    command.add_argument(
        "--ddof", type=int, choices=(0, 1), default=1, help="as for consistency (default: 1)"
    )
    command.add_argument("--rounding", default="either", help="rounding rule (default: either)")
    command.add_argument("--output", type=Path, metavar="OUT.csv", help="write every claim with its verdict")
    command.set_defaults(func=_claims)


def _add_survey(commands: argparse._SubParsersAction) -> None:
    """Add the parsers of the survey reader, a centre's own file and the twin."""
    command = commands.add_parser("survey", help="read a survey file and say how it was understood")
    command.add_argument("file", type=Path)
    command.add_argument("--decimal", choices=(",", "."), help="decimal sign (default: decided per column)")
    command.add_argument("--mapping", type=Path, help="mapping file (default: data/raw/mapping.csv if there)")
    command.add_argument("--keep", nargs="+", default=(), metavar="NAME", help="open answers to let in")
    command.add_argument("--lenient", action="store_true", help="turn cells that do not fit into missing")
    command.add_argument(
        "--write-mapping", type=Path, metavar="OUT.csv", help="where (default: FILE.mapping.csv here)"
    )
    command.set_defaults(func=_survey)

    command = commands.add_parser("candidates", help="read a centre's own file and say how it was understood")
    command.add_argument("file", type=Path, nargs="?")
    command.add_argument("--template", type=Path, metavar="OUT.csv", help="write an empty file to fill in")
    command.set_defaults(func=_candidates)
    command = commands.add_parser("interviews", help="read coded interviews and say what is in them")
    command.add_argument("file", type=Path, metavar="PATH")
    command.add_argument("--groups", type=Path, metavar="CSV", help="column source, then attributes")
    command.add_argument(
        "--offsets", metavar="TEXT", help="how positions count (default: decided per source)"
    )
    command.add_argument(
        "--refi", type=Path, metavar="OUT.qdpx", help="write it as a REFI-QDA project as well"
    )
    command.set_defaults(func=_interviews)

    command = commands.add_parser("twin", help="write a simulated survey that prints every published number")
    command.add_argument("file", type=Path, metavar="OUT.sav")
    command.add_argument("--seed", type=int, required=True, help="same seed, same file")
    command.add_argument("--language", choices=("nl", "en"), default="nl", help="of the labels (default: nl)")
    command.set_defaults(func=_twin)


def _add_consistency(commands: argparse._SubParsersAction) -> None:
    """Add the parser of the consistency check."""
    command = commands.add_parser("consistency", help="what a printed mean and SD allow")
    for name in ("--mean", "--sd"):
        command.add_argument(name, required=True, metavar="TEXT", help="as printed, such as 4,15")
    command.add_argument("--n", required=True, type=int, help="respondents")
    command.add_argument("--options", required=True, type=_options, help="response options: 1-5 or 0,1,2")
    command.add_argument(
        "--ddof", type=int, choices=(0, 1), default=1, help="SD divides by n - ddof (default: 1)"
    )
    command.add_argument("--rounding", default="either", help="rounding rule (default: either)")
    command.add_argument("--decimal", choices=(",", "."), default=",", help="decimal sign (default: a comma)")
    command.set_defaults(func=_consistency)


def _options(text: str) -> tuple[int, ...]:
    """Return response options from `1-5` or `1,2,3`."""
    try:
        first, dash, last = text.partition("-")
        options = tuple(range(int(first), int(last) + 1)) if dash else tuple(map(int, text.split(",")))
    except ValueError:
        options = ()
    if len(options) < 2 or list(options) != sorted(set(options)):
        raise argparse.ArgumentTypeError(
            f"expected rising whole numbers, such as 1-5 or 0,1,2; found {text!r}"
        )
    return options


def _reproduce(args: argparse.Namespace) -> int:
    """Run every notebook and say where the results are."""
    import strictruns
    from loopbaanchecks.project import PROJECT

    _check_paper(args)
    start = perf_counter()
    done = strictruns.reproduce(
        project=PROJECT, run=args.run, with_code=args.with_code, progress=not args.quiet
    )
    return _tell(done, start, args)


def _check_paper(args: argparse.Namespace) -> None:
    """Raise before anything starts when PDFs are asked for that nothing here can print."""
    if args.pdf:
        from strictruns import find_browser

        find_browser()


def _run(args: argparse.Namespace) -> int:
    """Run one notebook, once or for every row of a file."""
    import strictruns
    from loopbaanchecks.project import PROJECT

    _check_paper(args)
    start = perf_counter()
    options = {"project": PROJECT, "with_code": args.with_code, "progress": not args.quiet}
    if args.batch:
        if args.parameters or args.run != "default":
            raise ValueError("--batch: expected neither -p nor --run beside it; the file says both")
        return _tell(strictruns.batch(args.notebook, args.batch, **options), start, args)
    texts = dict(args.parameters)
    if len(texts) < len(args.parameters):
        raise ValueError(
            f"-p: expected every name once; found {', '.join(name for name, _ in args.parameters)}"
        )
    declared = strictruns.read_parameters(PROJECT.find_notebook(args.notebook))
    given = strictruns.parse_parameters(texts, declared)
    try:
        folder = strictruns.run_notebook(args.notebook, given, run=args.run, **options)
    except strictruns.RunFailed as failure:
        folder = failure
    return _tell({args.notebook: folder}, start, args)


def _tell(done: dict, start: float, args: argparse.Namespace) -> int:
    """Print pages on paper if asked, say where results are and what failed; return the exit code."""
    failures = [outcome for outcome in done.values() if isinstance(outcome, Exception)]
    folders = [folder for folder in done.values() if isinstance(folder, Path)]
    folders = list(dict.fromkeys([*(folder.parent for folder in folders), *folders]))
    if args.pdf:
        from strictruns import write_pdfs

        write_pdfs(folders)
    pages = [page for folder in folders for page in sorted(folder.glob("*.html"))]
    for page in () if args.quiet else pages:
        print(os.path.relpath(page))
    for failure in failures:
        print(f"loopbaanchecks: {failure}", file=sys.stderr)
    if not args.quiet:
        print(f"{len(done) - len(failures)} of {len(done)} done in {perf_counter() - start:.0f} s")
    return 1 if failures else 0


def _parameters(args: argparse.Namespace) -> int:
    """List the parameters of a notebook."""
    from loopbaanchecks.project import PROJECT
    from strictruns import read_parameters

    for name, parameter in read_parameters(PROJECT.find_notebook(args.notebook)).items():
        print(f"{name} = {parameter.default!r}\n    {parameter.help} ({parameter.allowed})")
    return 0


def _export(args: argparse.Namespace) -> int:
    """Write one page from an executed notebook."""
    from loopbaanchecks.project import PROJECT
    from strictruns import write_html

    _check_paper(args)
    options = {"project": PROJECT, "language": args.language, "with_code": args.with_code}
    write_html(args.notebook, args.page, **options)
    if args.pdf:
        from strictruns import write_pdf

        write_pdf(args.page, args.page.with_suffix(".pdf"))
    return 0


def _consistency(args: argparse.Namespace) -> int:
    """Print what a printed mean and SD allow: verdict, power, set, bounds, repairs."""
    import behindprint

    choices = {"options": args.options, "ddof": args.ddof, "rounding": args.rounding, "decimal": args.decimal}
    row = args.mean, args.sd, args.n
    outcome = behindprint.verdict(*row, **choices)
    print(f"verdict           {outcome.word}")
    print(f"power             {outcome.power:.0%} of random pairs near this SD would be flagged")
    print(f"mean alone        {'possible' if outcome.mean_alone else 'impossible'}")
    print(f"frequency tables  {behindprint.count_frequency_tables(*row, **choices):,}")
    if outcome.word == "consistent":
        groups = [(option,) for option in args.options]
        groups += [args.options[-2:], args.options[:2]] if len(args.options) > 3 else []
        for group in groups:
            found = behindprint.bounds(*row, weights=dict.fromkeys(group, 1), **choices)
            name = f"share {' or '.join(map(str, group))}"
            print(f"{name:<17} {float(found.low):.1%} to {float(found.high):.1%}")
    sizes = range(max(args.ddof + 1, args.n - REPAIR_WITHIN), args.n + REPAIR_WITHIN + 1)
    for change in behindprint.repairs(*row, sizes=sizes, **choices).itertuples():
        what = f"mean {change.mean}, sd {change.sd}, n {change.n}"
        print(f"would fit         {what} ({change.change} {change.steps:+d})")
    return 0


def _survey(args: argparse.Namespace) -> int:
    """Say what a survey file holds; write a mapping to fill in where names do not match the codebook."""
    from loopbaanchecks.study import Study
    from surveyfiles import SurveyError, read_survey

    codebook = Study().codebook
    try:
        report = read_survey(
            args.file,
            codebook=codebook,
            decimal=args.decimal,
            mapping=args.mapping,
            shared_mapping=MAPPING,
            keep=args.keep,
            lenient=args.lenient,
        ).report
    except SurveyError:
        with contextlib.suppress(SurveyError):  # the first error says more
            _offer_mapping(args, codebook)
        raise
    print("\n".join(report.lines()))
    if args.write_mapping or (report.variables["variable"] == "").any():
        _offer_mapping(args, codebook)
    return 0


def _claims(args: argparse.Namespace) -> int:
    """Print claims per kind and verdict and every contradiction; write the ledger if asked."""
    from loopbaanchecks.answers import evidence_of, open_survey
    from loopbaanchecks.claims import ledger as claims
    from loopbaanchecks.study import Study

    study, answers = Study(), {}
    if args.file:
        survey = open_survey(args.file, study)
        answers = {"observed": survey.responses, "evidence": evidence_of(survey)}
    ledger = claims.evaluate(study, ddof=args.ddof, rounding=args.rounding, **answers)
    print("\n".join(claims.lines(ledger, language=args.language)))
    if args.output:
        ledger.to_csv(args.output, index=False, lineterminator="\n")
        print(os.path.relpath(args.output))
    return 0


def _offer_mapping(args: argparse.Namespace, codebook: "pd.DataFrame") -> None:
    """Write a mapping to fill in, never over one that is there."""
    from surveyfiles import write_mapping

    out = args.write_mapping or Path(f"{args.file.stem}.mapping.csv")
    if args.mapping or (out.exists() and not args.write_mapping):
        return
    write_mapping(args.file, out, codebook=codebook)
    print(f"mapping to fill in: {os.path.relpath(out)} (for --mapping, or as data/raw/mapping.csv)")


def _candidates(args: argparse.Namespace) -> int:
    """Say what a centre's own file holds, or write an empty one to fill in."""
    from loopbaanchecks.pilots import candidates

    if (args.file is None) == (args.template is None):
        raise ValueError("candidates: expected a file to read, or --template OUT.csv; found both or neither")
    if args.template:
        candidates.write_candidates(None, args.template)
        print(f"{os.path.relpath(args.template)}: to fill in")
        print("\n".join(candidates.codebook_lines()))
        return 0
    print("\n".join(candidates.report_lines(candidates.read_candidates(args.file), args.file.name)))
    return 0


def _interviews(args: argparse.Namespace) -> int:
    """Say what coded interviews hold and what could not be carried over; write them out if asked."""
    from codedtexts import read_interviews, write_refi
    from loopbaanchecks import __version__

    found = read_interviews(args.file, groups=args.groups, offsets=args.offsets)
    coders = sorted(set(found.segments["coder"]) - {""})
    print(f"sources   {len(found.sources)}")
    counts = found.segments["source"].value_counts()
    for source in found.sources.itertuples():
        print(f"          {source.source}: {counts.get(source.source, 0)} segments; {source.offsets}")
    print(f"codes     {len(found.codes)}")
    print(f"coders    {', '.join(coders) or 'none named'}")
    print(f"segments  {len(found.segments)}")
    for loss in found.losses.itertuples():
        print(f"left out  {loss.n} × {loss.kind}{f' ({loss.where})' if loss.where else ''}")
    if args.refi:
        write_refi(found, args.refi, program=f"loopbaanchecks {__version__}")
        print(f"written   {os.path.relpath(args.refi)}")
    return 0


def _twin(args: argparse.Namespace) -> int:
    """Write a twin as .sav and say which rows needed missing answers."""
    import numpy as np

    from loopbaanchecks.study import Study
    from loopbaanchecks.twins.survey import draw_twin, write_twin

    if args.seed < 0:
        raise ValueError(f"--seed: expected a whole number of zero or more; found {args.seed}")
    study = Study()
    drawn = draw_twin(study, rng=np.random.default_rng(args.seed))
    write_twin(drawn, study, args.file, language=args.language)
    print(f"{os.path.relpath(args.file)}: {len(drawn.responses)} simulated respondents, not observed")
    for note in drawn.notes.itertuples():
        print(f"{note.item}: {note.reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
