"""What each command does: read the arguments, call the library, print, return the exit code.

The first line of a docstring is what --help says.  Each imports what it needs when it is called, so that
--help answers at once.
"""

import argparse
import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from loopbaanchecks.paths import DATA, MAPPING, NOTEBOOKS

if TYPE_CHECKING:
    import pandas as pd

    from behindprint.checking import Defaults


def check_compendium() -> None:
    """Raise unless the data and notebooks of the compendium lie beside the library."""
    if not (DATA / "datapackage.json").is_file() or not NOTEBOOKS.is_dir():
        raise ValueError(
            "expected the compendium's data/ and notebooks/ beside lib/; found an installed copy without "
            "them: run this command in a clone of the repository"
        )


# --- notebooks and their pages: all that calls strictruns -----------------------------------------------


def reproduce(args: argparse.Namespace) -> int:
    """Run every notebook and write its pages, tables and numbers to results/."""
    import strictruns
    from loopbaanchecks.project import PROJECT

    _check_paper(args)
    start = perf_counter()
    outcomes = strictruns.reproduce(
        project=PROJECT, run=args.run, with_code=args.with_code, progress=not args.quiet
    )
    return _report_runs(outcomes, start, args)


def run(args: argparse.Namespace) -> int:
    """Run one notebook with parameters of your own, once or for every row of a file."""
    import strictruns
    from loopbaanchecks.project import PROJECT

    _check_paper(args)
    start = perf_counter()
    options = {"project": PROJECT, "with_code": args.with_code, "progress": not args.quiet}
    if args.batch:
        if args.parameters or args.run != "default":
            raise ValueError("--batch: expected neither -p nor --run beside it; the file says both")
        return _report_runs(strictruns.batch(args.notebook, args.batch, **options), start, args)
    texts = dict(args.parameters)
    if len(texts) < len(args.parameters):
        raise ValueError(
            f"-p: expected every name once; found {', '.join(name for name, _ in args.parameters)}"
        )
    declared = strictruns.read_parameters(PROJECT.find_notebook(args.notebook))
    values = strictruns.parse_parameters(texts, declared)
    try:
        outcome = strictruns.run_notebook(args.notebook, values, run=args.run, **options)
    except strictruns.RunFailed as failure:
        outcome = failure
    return _report_runs({args.notebook: outcome}, start, args)


def parameters(args: argparse.Namespace) -> int:
    """List the parameters of a notebook: default, meaning and what each allows."""
    from loopbaanchecks.project import PROJECT
    from strictruns import read_parameters

    if not args.notebook.endswith(".ipynb"):
        check_compendium()
    for name, parameter in read_parameters(PROJECT.find_notebook(args.notebook)).items():
        print(f"{name} = {parameter.default!r}\n    {parameter.help} ({parameter.allowed})")
    return 0


def export(args: argparse.Namespace) -> int:
    """Write an executed notebook as an HTML page."""
    from loopbaanchecks.project import PROJECT
    from strictruns import write_html

    _check_paper(args)
    options = {"project": PROJECT, "language": args.language, "with_code": args.with_code}
    write_html(args.notebook, args.page, **options)
    if args.pdf:
        from strictruns import write_pdf

        write_pdf(args.page, args.page.with_suffix(".pdf"))
    return 0


def _check_paper(args: argparse.Namespace) -> None:
    """Raise before anything starts when PDFs are wanted that nothing here can print."""
    if args.pdf:
        from strictruns import find_browser

        find_browser()


def _report_runs(outcomes: Mapping[str, Path | Exception], start: float, args: argparse.Namespace) -> int:
    failures = [outcome for outcome in outcomes.values() if isinstance(outcome, Exception)]
    folders = [folder for folder in outcomes.values() if isinstance(folder, Path)]
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
        print(f"{len(outcomes) - len(failures)} of {len(outcomes)} done in {perf_counter() - start:.0f} s")
    return 1 if failures else 0


# --- printed numbers ------------------------------------------------------------------------------------


def rounding_rules() -> tuple[str, ...]:
    """Return the choices of --rounding."""
    from behindprint import ROUNDING_RULES

    return ROUNDING_RULES


def quartile_rules() -> tuple[str, ...]:
    """Return the choices of --quartiles."""
    from behindprint.constraints import QUARTILES

    return QUARTILES


def response_options(text: str) -> tuple | None:
    """Return response options from `1-5`, `-2..2`, `0..10:0.5` or `1,2,3`; None from `none`."""
    from behindprint import parse_options

    try:
        return parse_options(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def consistency(args: argparse.Namespace) -> int:
    """Say what a printed mean and SD allow: verdict, power, number of tables, bounds and what would fit."""
    from behindprint.checking import Defaults

    defaults = Defaults(args.rounding, args.ddof, args.n, args.options, args.decimal)
    if args.table:
        if args.mean is not None:
            raise ValueError("--table: expected no --mean beside it; the rows are in the file")
        return _consistency_of_table(args, defaults)
    if args.mean is None or args.n is None:
        raise ValueError("consistency: expected --mean and --n, or --table FILE; found neither")
    if args.output:
        raise ValueError("--output: expected --table FILE beside it; one row is printed")
    return _consistency_of_row(args, defaults)


SAID = (
    "mean",
    "sd",
    "n",
    "items",
    "minimum_answered",
    "t",
    "p",
    "against",
    "median",
    "q1",
    "q3",
    "quartiles",
)


def _consistency_of_row(args: argparse.Namespace, defaults: "Defaults") -> int:
    from behindprint.checking import printed_row
    from loopbaanchecks.consistency import as_said, examine, lines_of, to_json

    said = {name: getattr(args, name) for name in SAID if getattr(args, name) is not None}
    if args.ci:
        said |= {"ci_low": args.ci[0], "ci_high": args.ci[1], "confidence": args.confidence}
    row = printed_row(said | {f"share {options}": percentage for options, percentage in args.share}, defaults)
    if args.json:
        print(to_json(as_said(row) | dict(examine(row))))
        return 0
    found = {}
    for name, value in examine(row):
        found[name] = value
        for line in lines_of(row, name, found):
            print(line, flush=True)
    return 0


def _consistency_of_table(args: argparse.Namespace, defaults: "Defaults") -> int:
    from tqdm import tqdm

    from behindprint.checking import printed_rows
    from loopbaanchecks.consistency import examine, find_verdict, read_rows, to_json, write_results

    frame = read_rows(args.table, decimal=args.decimal, places=args.places)
    rows = printed_rows(frame, defaults)
    labels = frame["label"].tolist() if "label" in frame else [f"row {number}" for number in frame.index + 2]
    if not args.json:  # the verdicts first: the rest may take some seconds a row
        for row, label in zip(rows, labels, strict=True):
            print(f"{find_verdict(row):<14} {label}", flush=True)
    found = [dict(examine(row)) for row in tqdm(rows, unit="row", disable=None, leave=False)]
    if args.json:
        print(to_json([{"label": label} | each for label, each in zip(labels, found, strict=True)]))
    if args.output:
        for path in write_results(args.output, frame, rows, labels, found):
            print(os.path.relpath(path), file=sys.stderr if args.json else sys.stdout)
    return 0


def claims(args: argparse.Namespace) -> int:
    """Say what becomes of every quantitative statement of both reports."""
    from loopbaanchecks.answers import evidence_of, open_survey
    from loopbaanchecks.claims.ledger import evaluate, lines
    from loopbaanchecks.study import Study

    study, observed, evidence = Study(), None, "observed"
    if args.file:
        opened = open_survey(args.file, study)
        observed, evidence = opened.responses, evidence_of(opened)
    ledger = evaluate(study, observed=observed, evidence=evidence, ddof=args.ddof, rounding=args.rounding)
    print("\n".join(lines(ledger, language=args.language)))
    if args.output:
        ledger.to_csv(args.output, index=False, lineterminator="\n")
        print(os.path.relpath(args.output))
    return 0


# --- files of others ------------------------------------------------------------------------------------


def survey(args: argparse.Namespace) -> int:
    """Read a survey file and say how it was understood."""
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


def _offer_mapping(args: argparse.Namespace, codebook: "pd.DataFrame") -> None:
    """Write a mapping to fill in, never over an existing one."""
    from surveyfiles import write_mapping

    out = args.write_mapping or Path(f"{args.file.stem}.mapping.csv")
    if args.mapping or (out.exists() and not args.write_mapping):
        return
    write_mapping(args.file, out, codebook=codebook)
    print(f"mapping to fill in: {os.path.relpath(out)} (for --mapping, or as data/raw/mapping.csv)")


def candidates(args: argparse.Namespace) -> int:
    """Read a centre's own file of candidates and say how it was understood, or write an empty one."""
    from loopbaanchecks.pilots.candidates import (
        codebook_lines,
        read_candidates,
        report_lines,
        write_candidates,
    )

    if (args.file is None) == (args.template is None):
        raise ValueError("candidates: expected a file to read, or --template OUT.csv; found both or neither")
    if args.template:
        write_candidates(None, args.template)
        print(f"{os.path.relpath(args.template)}: to fill in")
        print("\n".join(codebook_lines()))
        return 0
    print("\n".join(report_lines(read_candidates(args.file), args.file.name)))
    return 0


def offset_convention(text: str) -> str:
    """Return the beginning of the name of a convention, or the whole name with what may follow."""
    from codedtexts.offsets import UNITS

    names = [f"{unit}, {end}" for unit in UNITS for end in ("half-open", "inclusive")]
    if not any(name.startswith(text) or text.startswith(name) for name in names):
        raise argparse.ArgumentTypeError(f"expected one of {'; '.join(names)}; found {text!r}")
    return text


def interviews(args: argparse.Namespace) -> int:
    """Read coded interviews and say what is in them and what could not be carried over."""
    from codedtexts import read_interviews, write_refi
    from loopbaanchecks import __version__

    interviews = read_interviews(args.file, groups=args.groups, offsets=args.offsets)
    coders = sorted(set(interviews.segments["coder"]) - {""})
    print(f"sources   {len(interviews.sources)}")
    counts = interviews.segments["source"].value_counts()
    for source in interviews.sources.itertuples():
        print(f"          {source.source}: {counts.get(source.source, 0)} segments; {source.offsets}")
    print(f"codes     {len(interviews.codes)}")
    print(f"coders    {', '.join(coders) or 'none named'}")
    print(f"segments  {len(interviews.segments)}")
    for loss in interviews.losses.itertuples():
        print(f"left out  {loss.n} × {loss.kind}{f' ({loss.where})' if loss.where else ''}")
    if args.refi:
        write_refi(interviews, args.refi, program=f"loopbaanchecks {__version__}")
        print(f"written   {os.path.relpath(args.refi)}")
    return 0


def twin(args: argparse.Namespace) -> int:
    """Write a simulated survey that prints every published number, as an SPSS file."""
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
