"""Respondent-level answers: a survey file read against the codebook, with a report of what was understood.

`surveyfiles` reads the cells, `mappings` ties them to the codebook, `answers` understands them column by
column; this module keeps personal data out and refuses what the codebook does not allow, all at once.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from surveyfiles.answers import (
    CODED,
    SIGNS,
    Answers,
    Variable,
    find_oddity,
    likeness,
    options_of,
    plain,
    read_answers,
    rows_named,
    shown,
    words_of,
)
from surveyfiles.cells import SurveyError, SurveyFile, read_survey_file
from surveyfiles.matching import find_guesses, match_variables, no_mapping, read_mapping

OPEN = {"text": "an open answer", "email": "an e-mail address"}
PERSONAL = re.compile(
    r"e-?mail|\bmail\b|naam\b|\bname|(first|last|full|recipient)\s?_?name|ip_?-?\s?addr|ip-?_?adres|latitude"
    r"|longitude|\bphone|telefoon|\badres|\baddress|postcode|\bbsn\b|geboortedatum|externalreference"
)
MISSING = ["variable", "kind", "value", "label", "n"]


@dataclass(frozen=True)
class ReadReport:
    """What was read from a survey file and how it was understood.

    Parameters
    ----------
    file, format : str
        Name and kind of file.
    details : mapping of str to str
        Encoding, delimiter, header rows, sheet, each with how it was decided.
    n_read, n_kept : int
        Records in the file, and rows in the frame.
    empty : tuple of int
        Rows of the file without any content, which were dropped.
    variables : pandas.DataFrame
        One row per file variable: `file_variable`, `question`, `variable` ("" if unmatched), `basis`
        (name, label, mapping, guess, keep), `left_out` (why it is not in the frame; "" if it is).
    absent : tuple of str
        Codebook variables that the file does not have.
    decimals : pandas.DataFrame
        `variable`, `sign` (comma, point, none), `basis` (stated, whole column, numbers).
    missing : pandas.DataFrame
        `variable`, `kind` (system-missing, user-missing), `value`, `label`, `n`.
    recoded : pandas.DataFrame
        `variable`, `value`, `code`: codes of the file that were translated through their labels.
    lenient : pandas.DataFrame
        `variable`, `row`, `value`, `rule`: cells turned into missing.
    notes : tuple of str
        What else a reader has to know.
    """

    file: str
    format: str
    details: Mapping[str, str]
    n_read: int
    n_kept: int
    empty: tuple[int, ...]
    variables: pd.DataFrame
    absent: tuple[str, ...]
    decimals: pd.DataFrame
    missing: pd.DataFrame
    recoded: pd.DataFrame
    lenient: pd.DataFrame
    notes: tuple[str, ...]

    def lines(self) -> list[str]:
        """Return the report as lines of plain text, without any answer except missing and refused ones."""
        return list(self._lines())

    def _lines(self) -> Iterator[str]:
        details = "; ".join(f"{name}: {value}" for name, value in self.details.items())
        yield f"{self.file}: {self.format}; {details}"
        yield f"{self.n_read} records read, {self.n_kept} kept"
        if self.empty:
            yield f"empty, dropped: {rows_named(np.array(self.empty))}"
        yield from self._variable_lines()
        for row in self.decimals.itertuples():
            yield f"decimal sign of {row.variable}: {row.sign} ({row.basis})"
        for row in self.missing.itertuples():
            label = f" {row.label!r}" if row.label else ""
            yield f"{row.kind} in {row.variable}: {row.n}{f' × {row.value}' if row.value else ''}{label}"
        for row in self.recoded.itertuples():
            yield f"{row.variable}: {row.value:g} of the file is {row.code:g} of the codebook, by its label"
        for row in self.lenient.itertuples():
            yield f"turned into missing: {row.variable}, row {row.row}, {row.value!r}: {row.rule}"
        yield from self.notes

    def _variable_lines(self) -> Iterator[str]:
        frame = self.variables
        inside = frame[frame["left_out"] == ""]
        yield f"{len(inside)} variables in the frame"
        for row in inside[~inside["basis"].isin(["name", "keep"])].itertuples():
            doubt = ", not yet confirmed" if row.basis == "guess" else ""
            yield f"matched by {row.basis}{doubt}: {row.file_variable} is {row.variable}"
        for reason, group in frame[frame["left_out"] != ""].groupby("left_out", sort=False):
            yield f"left out, {reason}: {', '.join(group['file_variable'])}"
        if self.absent:
            yield f"in the codebook, not in the file: {', '.join(self.absent)}"


@dataclass(frozen=True)
class Survey:
    """The answers of a survey and the report of how they were read.

    Parameters
    ----------
    responses : pandas.DataFrame
        One row per respondent, one column per codebook variable that the file has, in codebook order:
        Int64 codes, Float64 numbers, missing as NA; then the text columns asked for by name.
    report : ReadReport
        What was read and how.
    """

    responses: pd.DataFrame
    report: ReadReport


def read_survey(
    path: str | Path,
    *,
    codebook: pd.DataFrame,
    decimal: str | None = None,
    mapping: str | Path | None = None,
    keep: Collection[str] = (),
    lenient: bool = False,
) -> Survey:
    """Read a survey file against the codebook.

    Parameters
    ----------
    path : str or Path
        A .sav, .zsav, .csv, .tsv, .txt or .xlsx file.
    codebook : pandas.DataFrame
        Text columns `variable`, `label_nl`, `label_en`, `type` (single, multiple, scale, number, text,
        email), `options`, `options_nl`, `options_en` (`;` between options), in questionnaire order.
    decimal : {",", "."}, optional
        Decimal sign of the numbers; decided per column and reported when left out.
    mapping : str or Path, optional
        CSV with columns `file_variable`, `variable` (`-` leaves a column out) and, if wanted, `missing`
        (`;` between codes). When left out, mapping.csv in data/raw is used if it is there.
    keep : collection of str
        Names of open answers or other columns that may enter the frame, as text.
    lenient : bool
        Turn cells that do not fit into missing, each listed in the report, instead of refusing the file.

    Returns
    -------
    Survey
        `responses` and `report`.

    Raises
    ------
    SurveyError
        If the file cannot be read, or does not fit the codebook: names file, variables, rows and rules,
        all problems at once.
    """
    if decimal not in (None, *SIGNS):
        raise ValueError(f"decimal: expected ',' or '.'; found {decimal!r}")
    file = read_survey_file(path)
    file, empty = _without_empty(file)
    stated = read_mapping(mapping, file, codebook)
    variables, problems = match_variables(file, codebook, stated)
    variables = _left_out(file, variables, codebook, keep)
    wanted = _wanted(file, variables, codebook, stated, decimal)
    answers = {one.name: read_answers(file.cells[one.source], one) for one in wanted}
    problems += [one.problem for one in answers.values() if one.problem]
    responses = pd.DataFrame({name: one.numbers for name, one in answers.items()})
    refused = _refused(responses, answers, codebook)
    _check(file, variables, problems + ([] if lenient else _found(file, wanted, refused)))
    responses = _cleaned(responses, refused).assign(**_kept(file, variables, codebook))
    order = [name for name in codebook["variable"] if name in responses]
    responses = responses[[*order, *(name for name in responses if name not in order)]]
    refused["row"] = file.rows[refused["position"]]
    return Survey(responses, _report(file, empty, variables, codebook, answers, refused))


def response_schema(codebook: pd.DataFrame) -> pa.DataFrameSchema:
    """Return the pandera schema of responses: types and response options of the codebook.

    Parameters
    ----------
    codebook : pandas.DataFrame
        Columns `variable`, `type`, `options`.

    Returns
    -------
    pandera.DataFrameSchema
        Every column may be absent and may hold missing values; other columns are not judged.
    """
    columns = {}
    for row in codebook[codebook["type"].isin([*CODED, "number"])].itertuples():
        checks = []
        if row.type in CODED:
            options = options_of(row.options)
            rule = f"outside the response options: expected one of {', '.join(map(str, options))}"
            checks = [pa.Check.isin(options, error=rule)]
        kind = "Int64" if row.type in CODED else "Float64"
        columns[row.variable] = pa.Column(kind, checks, nullable=True, required=False)
    return pa.DataFrameSchema(columns, unique_column_names=True)


def _without_empty(file: SurveyFile) -> tuple[SurveyFile, tuple[int, ...]]:
    """Return the file without its empty records, and their rows; a case in an SPSS file always counts."""
    empty = np.full(len(file.cells), not file.format.endswith("sav"))
    for name in file.cells:
        if not empty.any():
            break
        places, distinct = pd.factorize(file.cells[name])
        blank = np.array([isinstance(v, str) and not v.strip() for v in distinct] + [True])
        empty &= blank[places]
    if not empty.any():
        return file, ()
    if empty.all():
        raise SurveyError(f"{file.path.name}: expected records; found only empty ones")
    cells = file.cells[~empty].reset_index(drop=True)
    changed = {**vars(file), "cells": cells, "rows": file.rows[~empty]}
    return SurveyFile(**changed), tuple(int(row) for row in file.rows[empty])


def _left_out(
    file: SurveyFile, variables: pd.DataFrame, codebook: pd.DataFrame, keep: Collection[str]
) -> pd.DataFrame:
    """Return the variables with the reason why each is not in the frame; check that `keep` names any."""
    types = dict(zip(codebook["variable"], codebook["type"], strict=True))
    known = {*variables["file_variable"], *variables["variable"]} - {""}
    if lost := sorted(set(keep) - known):
        raise SurveyError(f"{file.path.name}: keep: expected columns of the file; found {', '.join(lost)}")
    asked = variables["file_variable"].isin(keep) | variables["variable"].isin(keep)
    reasons = [
        _reason(row, types, file.cells[row.file_variable]) if not kept else ""
        for row, kept in zip(variables.itertuples(), asked, strict=True)
    ]
    variables = variables.assign(left_out=reasons)
    variables.loc[asked & variables["variable"].isin(["", "-"]), ["variable", "basis"]] = ["", "keep"]
    return variables


def _reason(row, types: Mapping[str, str], cells: pd.Series) -> str:
    """Return why a variable stays out of the frame; "" if it enters."""
    kind = types.get(row.variable)
    if row.variable == "-":
        return "as the mapping file says"
    if kind in OPEN:
        return f"personal data: {OPEN[kind]}"
    if cells.dtype != float and (found := likeness(cells)):
        return f"personal data: values look like {found}"
    if kind is None and PERSONAL.search(plain(f"{row.file_variable} {row.file_variable.replace('_', ' ')}")):
        return "personal data by its name"
    return "" if kind else "not in the codebook"


def _wanted(
    file: SurveyFile,
    variables: pd.DataFrame,
    codebook: pd.DataFrame,
    stated: pd.DataFrame,
    decimal: str | None,
) -> list[Variable]:
    """Return the coded and numeric variables of the frame, in codebook order."""
    inside = variables[variables["left_out"] == ""].drop_duplicates("variable")
    sources = dict(zip(inside["variable"], inside["file_variable"], strict=True))
    declared = dict(zip(stated["file_variable"].map(plain), stated["missing"], strict=True))
    rows = codebook[codebook["variable"].isin(sources) & ~codebook["type"].isin(list(OPEN))]
    wanted = []
    for row in rows.itertuples():
        source = sources[row.variable]
        codes = frozenset(plain(code) for code in declared.get(plain(source), "").split(";") if code.strip())
        known, ranges = file.value_labels.get(source, {}), file.missing_ranges.get(source, ())
        one = Variable(row.variable, source, row.type, options_of(row.options), words_of(row), codes)
        wanted.append(one._replace(decimal=decimal, labels=known, ranges=ranges))
    return wanted


def _refused(responses: pd.DataFrame, answers: Mapping[str, Answers], codebook: pd.DataFrame) -> pd.DataFrame:
    """Return every cell that does not fit, in codebook order: `variable`, `position`, `value`, `rule`."""
    tables = [one.refused for one in answers.values()]
    try:
        response_schema(codebook).validate(responses, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        outside = {"variable": cases["column"], "position": cases["index"].astype(int)}
        outside["value"] = [shown(float(case)) for case in cases["failure_case"]]
        tables.append(pd.DataFrame({**outside, "rule": cases["check"]}))
    refused = _joined(tables, ["variable", "position", "value", "rule"])
    order = refused["variable"].map({name: i for i, name in enumerate(answers)})
    refused["position"] = refused["position"].astype(int)
    return refused.assign(order=order).sort_values(["order", "rule", "position"], ignore_index=True)


def _found(file: SurveyFile, wanted: list[Variable], refused: pd.DataFrame) -> list[str]:
    """Return one sentence per variable and rule that cells break."""
    titles = {one.name: one.title for one in wanted}
    problems = []
    for (name, rule), group in refused.groupby(["variable", "rule"], sort=False):
        values = group["value"].unique()
        found = ", ".join(map(repr, values[:3])) + (", …" if len(values) > 3 else "")
        where = rows_named(file.rows[group["position"]])
        problems.append(f"{titles[name]}: {rule}; found {found} in {where}")
    return problems


def _check(file: SurveyFile, variables: pd.DataFrame, problems: list[str]) -> None:
    """Raise with all problems at once, unless there are none."""
    if not (variables["left_out"] == "").any() and not problems:
        problems = ["expected variables of the codebook; found none; write a mapping file and fill it in"]
    if len(problems) == 1:
        raise SurveyError(f"{file.path.name}: {problems[0]}")
    if problems:
        raise SurveyError("\n  ".join([f"{file.path.name}: {len(problems)} problems", *problems]))


def _cleaned(responses: pd.DataFrame, refused: pd.DataFrame) -> pd.DataFrame:
    """Return the responses with every refused cell missing."""
    for name, group in refused.groupby("variable"):
        responses.loc[group["position"], name] = pd.NA
    return responses


def _kept(file: SurveyFile, variables: pd.DataFrame, codebook: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the text columns that were asked for by name, as text; empty ones are missing."""
    opened = codebook.loc[codebook["type"].isin(list(OPEN)), "variable"]
    chosen = (variables["left_out"] == "") & variables["variable"].isin(["", *opened])
    kept = {}
    for row in variables[chosen].itertuples():
        cells = file.cells[row.file_variable]
        texts = cells.map(_text, na_action="ignore").astype("str")
        gone = texts.str.strip() == ""
        if file.format == "limesurvey":
            gone |= texts.str.startswith("1980-01-01")
        kept[row.variable or row.file_variable] = texts.mask(gone)
    return kept


def _text(value: object) -> object:
    """Return a number as text without a needless decimal; text as it is."""
    return f"{value:.15g}" if isinstance(value, float) else value


def _report(file, empty, variables, codebook, answers, refused) -> ReadReport:
    """Return the report of a file that was read."""
    matched = set(variables["variable"])
    decimals = [(n, SIGNS.get(a.decimal[0], "none"), a.decimal[1]) for n, a in answers.items() if a.decimal]
    return ReadReport(
        file=file.path.name,
        format=file.format,
        details=file.details,
        n_read=len(file.cells) + len(empty),
        n_kept=len(file.cells),
        empty=empty,
        variables=variables,
        absent=tuple(name for name in codebook["variable"] if name not in matched),
        decimals=pd.DataFrame(decimals, columns=["variable", "sign", "basis"], dtype="str"),
        missing=_joined([one.missing for one in answers.values()], MISSING),
        recoded=_joined([one.recoded for one in answers.values()], ["variable", "value", "code"]),
        lenient=refused[["variable", "row", "value", "rule"]],
        notes=(*file.notes, *_notes(file, answers, codebook)),
    )


def _notes(file: SurveyFile, answers: Mapping[str, Answers], codebook: pd.DataFrame) -> Iterator[str]:
    """Yield what looks odd but breaks no rule."""
    for name, group in file.duplicates.items():
        yield f"{name} occurs {len(group)} times in the file; read as {', '.join(group)}"
    types = dict(zip(codebook["variable"], codebook["type"], strict=True))
    for name, one in answers.items():
        if oddity := find_oddity(one, types[name]):
            yield f"{name}: {oddity}"


def _joined(tables: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Return tables below each other; only the columns when all are empty."""
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)


def write_mapping(source: Survey | str | Path, out: str | Path, *, codebook: pd.DataFrame) -> pd.DataFrame:
    """Write a mapping file to fill in: every file variable with its match or a guess.

    Parameters
    ----------
    source : Survey, str or Path
        A survey that was read, or a survey file.
    out : str or Path
        CSV to write; never over an existing file.
    codebook : pandas.DataFrame
        Columns `variable`, `label_nl`, `label_en`.

    Returns
    -------
    pandas.DataFrame
        What was written: `file_variable`, `variable`, `basis` (name, label, mapping, `guess 0.83` with the
        share of characters in common, or empty), `missing` (to fill in), `question`.

    Raises
    ------
    SurveyError
        If `out` exists, or the survey file cannot be read.
    """
    if Path(out).exists():
        raise SurveyError(f"{Path(out).name}: expected a new file; found one, which may have been filled in")
    if isinstance(source, Survey):
        frame = source.report.variables
    else:
        frame, _ = match_variables(read_survey_file(source), codebook, no_mapping())
    frame = frame[["file_variable", "variable", "basis", "question"]].copy()
    for i, variable, share in find_guesses(frame, codebook):
        frame.loc[i, ["variable", "basis"]] = [variable, f"guess {share:.2f}"]
    frame.insert(3, "missing", "")
    frame.to_csv(out, index=False, encoding="utf-8", lineterminator="\n")
    return frame
