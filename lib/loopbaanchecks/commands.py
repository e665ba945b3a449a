"""What each command does: read the arguments, call the library, print, return the exit code.

The first line of a docstring is what --help says.  Each imports what it needs when it is called, so that
--help answers at once.
"""

import argparse
import contextlib
import logging
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, TextIO

from expect import visible
from loopbaanchecks.paths import DATA, NOTEBOOKS

if TYPE_CHECKING:
    import pandas as pd

    from behindprint.checking import Defaults
    from strictruns import Project


def say(*lines: str, file: TextIO | None = None) -> None:
    """Print lines; what would steer the terminal, such as a colour in the name of a code, is spelled out."""
    print(*(visible(line, keep="\n") for line in lines), sep="\n", file=file)


def check_folder(path: Path) -> None:
    """Raise before any work is done unless there is a folder to write a file in."""
    if not path.parent.is_dir():
        raise ValueError(f"{path}: expected an existing folder to write in; found none named {path.parent}")
    if path.is_dir():
        raise ValueError(f"{path}: expected the name of a file to write; found a folder")


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
    if args.why:
        return _say_why(strictruns.why(project=PROJECT, run=args.run, with_code=args.with_code))
    outcomes = strictruns.reproduce(run=args.run, **_options(args, PROJECT))
    return _report_runs(outcomes, start, args)


def run(args: argparse.Namespace) -> int:
    """Run one notebook with parameters of your own."""
    import strictruns
    from loopbaanchecks.project import PROJECT

    _check_paper(args)
    start, options = perf_counter(), _options(args, PROJECT)
    plan = {"project": PROJECT, "with_code": args.with_code}
    values = _values(args, PROJECT.find_notebook(args.notebook))
    if args.why:
        checked = strictruns.check_plan(name=args.notebook, values=values, run=args.run, **plan)
        return _say_why({checked.name: strictruns.why_plan(checked)})
    try:
        outcome = strictruns.run_notebook(args.notebook, values, run=args.run, **options)
    except strictruns.RunFailed as failure:
        outcome = failure
    return _report_runs({args.notebook: outcome}, start, args)


def sweep(args: argparse.Namespace) -> int:
    """Run a notebook with every parameter set that a file names, crosses or draws seeds for."""
    from loopbaanchecks.project import PROJECT
    from strictruns import plan_sweep, read_sweep, run_sweep, why_plan

    _check_paper(args)
    start, options = perf_counter(), _options(args, PROJECT)
    found = read_sweep(args.file, project=PROJECT, notebook=args.notebook)
    if args.why:
        plans = plan_sweep(found, project=PROJECT, language=args.language, with_code=args.with_code)
        return _say_why({plan.folder.name: why_plan(plan) for plan in plans})
    words = [PROJECT.name, "sweep", args.file.as_posix() if not args.file.is_absolute() else args.file.name]
    words += ["--notebook", Path(args.notebook).name] if args.notebook else []
    ends = run_sweep(found, language=args.language, rerun=shlex.join(words), **options)
    return _report_runs(ends, start, args, PROJECT.results / found.name)


def _values(args: argparse.Namespace, notebook: Path) -> dict[str, Any]:
    """Return the parameters of the command line as values of the declared types."""
    from strictruns import parse_parameters, read_parameters

    texts = dict(args.parameters)
    if len(texts) < len(args.parameters):
        raise ValueError(
            f"-p: expected every name once; found {', '.join(name for name, _ in args.parameters)}"
        )
    return parse_parameters(texts, read_parameters(notebook))


def parameters(args: argparse.Namespace) -> int:
    """List the parameters of a notebook: default, meaning and what each allows."""
    from loopbaanchecks.project import PROJECT
    from strictruns import read_parameters

    if not args.notebook.endswith(".ipynb"):
        check_compendium()
    for name, parameter in read_parameters(PROJECT.find_notebook(args.notebook)).items():
        say(f"{name} = {parameter.default!r}\n    {visible(parameter.help)} ({visible(parameter.allowed)})")
    return 0


def export(args: argparse.Namespace) -> int:
    """Write an executed notebook as an HTML page."""
    from loopbaanchecks.project import PROJECT
    from strictruns import write_html

    _check_paper(args)
    check_folder(args.page)
    options = {"project": PROJECT, "language": args.language, "with_code": args.with_code}
    write_html(args.notebook, args.page, **options)
    if args.pdf:
        from strictruns import write_pdf

        write_pdf(args.page, args.page.with_suffix(".pdf"))
    return 0


def _options(args: argparse.Namespace, project: "Project") -> dict[str, Any]:
    """Return what runs have in common."""
    from strictruns import Pool

    if args.scheduler:
        from strictruns.cluster import check_scheduler

        check_scheduler(args.scheduler)
    if args.log:
        written = logging.FileHandler(args.log, encoding="utf8")
        written.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        logging.getLogger("strictruns").addHandler(written)
        logging.getLogger("strictruns").setLevel(logging.INFO)
    pool = Pool(jobs=args.jobs, timeout=args.timeout, cold=args.cold, scheduler=args.scheduler)
    kept = {"with_code": args.with_code, "force": args.force, "progress": not args.quiet}
    return {"project": project, "pool": pool, **kept}


def _say_why(causes: Mapping[str, Sequence[str]]) -> int:
    """Print what changed per run; nothing is run."""
    for name, lines in causes.items():
        print(f"{name}: {'would run' if lines else 'unchanged'}")
        for line in lines:
            print(f"    {line}")
    return 0


def _check_paper(args: argparse.Namespace) -> None:
    """Raise before anything starts when PDFs are wanted that nothing here can print."""
    if args.pdf:
        from strictruns import find_browser

        find_browser()


def _report_runs(
    outcomes: Mapping[str, Path | Exception],
    start: float,
    args: argparse.Namespace,
    overview: Path | None = None,
) -> int:
    """Print PDFs and where the pages are (of a sweep the overview alone), and what failed."""
    failures = {name: end for name, end in outcomes.items() if isinstance(end, Exception)}
    folders = [folder for folder in outcomes.values() if isinstance(folder, Path)]
    above = [overview] if overview else [folder.parent for folder in folders]
    folders = list(dict.fromkeys([*above, *folders]))
    if args.pdf:
        from strictruns import write_pdfs

        write_pdfs(folders)
    said = [overview] if overview else folders
    pages = [page for folder in said for page in sorted(folder.glob("*.html"))]
    for page in () if args.quiet else pages:
        print(os.path.relpath(page))
    for name, failure in failures.items():
        say(f"loopbaanchecks: {f'run {name}: ' if overview else ''}{failure}", file=sys.stderr)
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
    from loopbaanchecks.consistency import examine, find_verdict, read_printed_rows, to_json, write_results

    frame = read_printed_rows(args.table, decimal=args.decimal, places=args.places)
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
    from loopbaanchecks.report.tables import write_table
    from loopbaanchecks.study import Study

    if args.output:
        check_folder(args.output)
    study, observed, evidence = Study(), None, "observed"
    if args.file:
        opened = open_survey(args.file, study)
        observed, evidence = opened.responses, evidence_of(opened)
    ledger = evaluate(study, observed=observed, evidence=evidence, ddof=args.ddof, rounding=args.rounding)
    print("\n".join(lines(ledger, language=args.language)))
    if args.output:
        write_table(ledger, args.output)
        print(os.path.relpath(args.output))
    return 0


# --- files of others ------------------------------------------------------------------------------------


def survey(args: argparse.Namespace) -> int:
    """Read a survey file and say how it was understood."""
    from loopbaanchecks.answers import open_survey
    from loopbaanchecks.study import Study
    from surveyfiles import SurveyError

    if args.write_mapping:
        check_folder(args.write_mapping)
    study = Study()
    names = ("decimal", "mapping", "keep", "lenient", "exclude", "weight", "sheet", "header_row")
    choices = {name: value for name in names if (value := getattr(args, name)) is not None}
    try:
        report = open_survey(args.file, study, **choices).report
    except SurveyError:
        with contextlib.suppress(SurveyError):  # the first error says more
            _offer_mapping(args, study.codebook)
        raise
    say(*(visible(line) for line in report.lines()))
    if args.write_mapping or (report.variables["variable"] == "").any():
        _offer_mapping(args, study.codebook)
    return 0


def exclusions() -> tuple[str, ...]:
    """Return the choices of --exclude."""
    from surveyfiles import EXCLUDABLE

    return EXCLUDABLE


def _offer_mapping(args: argparse.Namespace, codebook: "pd.DataFrame") -> None:
    """Write a mapping to fill in, never over an existing one."""
    from surveyfiles import write_mapping

    out = args.write_mapping or Path(f"{args.file.stem}.mapping.csv")
    if args.mapping or (out.exists() and not args.write_mapping):
        return
    place = {"sheet": args.sheet or "", "header_row": args.header_row or 0}
    write_mapping(args.file, out, codebook=codebook, **place)
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
        check_folder(args.template)
        write_candidates(None, args.template)
        print(f"{os.path.relpath(args.template)}: to fill in")
        print("\n".join(codebook_lines()))
        return 0
    say(*(visible(line) for line in report_lines(read_candidates(args.file), args.file.name)))
    return 0


def offset_convention(text: str) -> str:
    """Return the beginning of the name of a convention, or the whole name with what may follow."""
    from codedtexts.offsets import UNITS

    names = [f"{unit}, {end}" for unit in UNITS for end in ("half-open", "inclusive")]
    if not any(name.startswith(text) or text.startswith(name) for name in names):
        raise argparse.ArgumentTypeError(f"expected one of {'; '.join(names)}; found {text!r}")
    return text


def interviews(args: argparse.Namespace) -> int:
    """Read coded interviews, say what is in them and what could not be carried over, and convert them."""
    from codedtexts import read_interviews, write_refi
    from loopbaanchecks import __version__

    if args.convert:
        check_folder(args.convert)
    if args.convert and args.convert.suffix.lower() != ".qdpx":
        raise ValueError(f"--convert: expected a name ending in .qdpx; found {args.convert}")
    chosen = {"coders": args.coders, "documents": args.documents, "project": args.project}
    interviews = read_interviews(args.file, groups=args.groups, offsets=args.offsets, **chosen)
    say(*_interview_lines(interviews))
    if args.convert:
        write_refi(interviews, args.convert, program=f"loopbaanchecks {__version__}")
        print(f"written   {os.path.relpath(args.convert)}")
    return 0


def _interview_lines(interviews) -> list[str]:
    """Return what is in coded interviews, a line each; losses last."""
    from codedtexts import code_tree

    segments, sources = interviews.segments, interviews.sources
    counts = segments["source"].value_counts()
    lines = [f"sources   {len(sources)}"]
    for row in sources.itertuples():
        who = f"; {row.case}" if row.case else ""
        lines.append(f"          {row.source}: {counts.get(row.source, 0)} segments; {row.offsets}{who}")
    cases = sources.loc[sources["case"] != "", "case"].str.split("; ").explode()
    for name, n in cases.value_counts(sort=False).items():
        lines.append(f"case      {name}: {n} source{'s' * (n > 1)}")
    lines.append(f"codes     {len(interviews.codes)}")
    for row in code_tree(segments, interviews.codes).itertuples():
        lines.append(f"          {'  ' * row.depth}{row.name}: {row.segments}")
    coders = sorted(set(segments["coder"]) - {""})
    lines += [f"coders    {', '.join(coders) or 'none named'}", f"segments  {len(segments)}"]
    for loss in interviews.losses.itertuples():
        lines.append(f"left out  {loss.n} × {loss.kind}{f' ({loss.where})' if loss.where else ''}")
    return lines


def twin(args: argparse.Namespace) -> int:
    """Write a simulated survey that prints every published number, as an SPSS file."""
    import numpy as np

    from loopbaanchecks.study import Study
    from loopbaanchecks.twins.survey import draw_twin, write_twin

    check_folder(args.file)
    if args.seed < 0:
        raise ValueError(f"--seed: expected a whole number of zero or more; found {args.seed}")
    study = Study()
    drawn = draw_twin(study, rng=np.random.default_rng(args.seed))
    write_twin(drawn, study, args.file, language=args.language)
    print(f"{os.path.relpath(args.file)}: {len(drawn.responses)} simulated respondents, not observed")
    for note in drawn.notes.itertuples():
        print(f"{note.item}: {note.reason}")
    return 0


# --- what leaves ------------------------------------------------------------------------------------------


def check(args: argparse.Namespace) -> int:
    """Look through results before they are sent: every byte, and what all tables give away together."""
    from loopbaanchecks.leaving.check import check_results, write_check

    folders = list(map(_run_folder, args.results))
    checked = check_results(folders, args.input)
    place = args.output or folders[0]
    place.mkdir(parents=True, exist_ok=True)
    write_check(checked, place)
    page = place / "check.en.html"
    for finding in checked.findings:
        excused = f"; let through by {finding.excused}" if finding.excused else ""
        print(f"{finding.rule}: {finding.file} {finding.place}: {finding.what}{excused}")
    print(f"{len(checked.files)} files, {len(checked.held)} findings; {os.path.relpath(page)}")
    return 1 if checked.held else 0


def _run_folder(path: Path) -> Path:
    """Return the folder of results that a path or the name of a run means."""
    from loopbaanchecks.paths import RESULTS

    return path.resolve() if path.is_dir() else RESULTS / path


def bundle(args: argparse.Namespace) -> int:
    """Make the archive of a run that may be sent: only what passed its check."""
    from loopbaanchecks.leaving.check import write_bundle

    run = _run_folder(args.run_folder)
    archive = args.output or Path(f"{run.name}.zip")
    left = write_bundle(run, archive)
    for name in left:
        print(f"stays behind: {name}")
    print(f"{os.path.relpath(archive)}: may be sent")
    return 1 if left else 0


def dossier(args: argparse.Namespace) -> int:
    """Print the reports of a run for a dossier: PDFs and workbooks in one archive per language."""
    from loopbaanchecks.language import LANGUAGES
    from loopbaanchecks.leaving.dossier import write_dossier

    for language in [args.language] if args.language else LANGUAGES:
        print(os.path.relpath(write_dossier(_run_folder(args.run_folder), language)))
    return 0
