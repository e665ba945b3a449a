"""A survey file read against its codebook: cells, then columns, then answers, then a survey with its report.

Personal data stay out, and what the codebook does not allow is refused, all at once.
"""

from collections.abc import Collection, Iterator
from pathlib import Path

import pandas as pd

from expect import check_problems, plain, rows_named
from surveyfiles.answers import SIGNS, Answers, Variable, find_oddity, options_of, read_answers, words_of
from surveyfiles.formats import read_survey_file
from surveyfiles.kinds import SurveyError, SurveyFile
from surveyfiles.matching import match_variables, no_mapping, read_mapping
from surveyfiles.personal import OPEN, reason_to_leave_out
from surveyfiles.report import ReadReport, Survey

MISSING = ["variable", "kind", "value", "label", "n"]
REFUSED = ["variable", "position", "value", "rule"]
RECODED = ["variable", "value", "code"]


def read_survey(
    path: str | Path,
    *,
    codebook: pd.DataFrame,
    decimal: str | None = None,
    mapping: str | Path | None = None,
    shared_mapping: str | Path | None = None,
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
        (`;` between codes).
    shared_mapping : str or Path, optional
        The same for several files: used when `mapping` is left out and there is such a file. Rows about
        columns that this file does not have are passed over.
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
    reading = _Reading(read_survey_file(path).without_empty(), codebook)
    if mapping is None and shared_mapping is not None and Path(shared_mapping).is_file():
        reading.state(Path(shared_mapping), shared=True)
    elif mapping is not None:
        reading.state(Path(mapping), shared=False)
    reading.match(keep)
    reading.understand(decimal)
    reading.check(lenient=lenient)
    return reading.survey()


class _Reading:
    """A survey file on its way to a survey; each method adds what the next one needs.

    Parameters
    ----------
    file : SurveyFile
        The cells.
    codebook : pandas.DataFrame
        As in `read_survey`.

    Attributes
    ----------
    mapping : pandas.DataFrame
        What was stated about columns, as `read_mapping` returns it.
    columns : pandas.DataFrame
        One row per column of the file, as in `ReadReport.variables`.
    variables, answers : dict
        What each variable of the frame should hold, and its answers, by name in codebook order.
    refused : pandas.DataFrame
        Cells that do not fit.
    problems : list of str
        What keeps the file from being read.
    """

    def __init__(self, file: SurveyFile, codebook: pd.DataFrame):
        self.file, self.codebook, self.mapping = file, codebook, no_mapping()
        self.types = dict(zip(codebook["variable"], codebook["type"], strict=True))
        self.variables: dict[str, Variable] = {}
        self.answers: dict[str, Answers] = {}

    def state(self, path: Path, *, shared: bool) -> None:
        self.mapping = read_mapping(path, self.file, self.codebook, shared=shared)

    def match(self, keep: Collection[str]) -> None:
        """Match columns with variables and say why a column stays out of the frame."""
        columns, self.problems = match_variables(self.file, self.codebook, self.mapping)
        known = {*columns["file_variable"], *columns["variable"]} - {""}
        if lost := sorted(set(keep) - known):
            raise SurveyError(
                f"{self.file.path.name}: keep: expected columns of the file; found {', '.join(lost)}"
            )
        wanted = columns["file_variable"].isin(keep) | columns["variable"].isin(keep)
        reasons = [
            "" if kept else self._left_out(row)
            for row, kept in zip(columns.itertuples(), wanted, strict=True)
        ]
        columns.loc[wanted & columns["variable"].isin(["", "-"]), ["variable", "basis"]] = ["", "keep"]
        self.columns = columns.assign(left_out=reasons)

    def _left_out(self, row) -> str:
        kind = self.types.get(row.variable)
        if row.variable == "-":
            return "as the mapping file says"
        reason = reason_to_leave_out(row.file_variable, kind, self.file.cells[row.file_variable])
        return reason or ("" if kind else "not in the codebook")

    def understand(self, decimal: str | None) -> None:
        """Read the answers of every coded and numeric variable of the frame."""
        inside = self.columns[self.columns["left_out"] == ""].drop_duplicates("variable")
        sources = dict(zip(inside["variable"], inside["file_variable"], strict=True))
        for row in self.codebook[self.codebook["variable"].isin(sources)].itertuples():
            if row.type not in OPEN:
                self.variables[row.variable] = self._variable(row, sources[row.variable], decimal)
        for name, variable in self.variables.items():
            self.answers[name] = read_answers(self.file.cells[variable.source], variable)
        self.problems += [answers.problem for answers in self.answers.values() if answers.problem]
        refused = _joined([answers.refused for answers in self.answers.values()], REFUSED)
        refused["position"] = refused["position"].astype(int)
        order = refused["variable"].map({name: i for i, name in enumerate(self.answers)})
        refused = refused.assign(order=order, row=self.file.rows[refused["position"]])
        self.refused = refused.sort_values(["order", "rule", "position"], ignore_index=True)

    def _variable(self, row, source: str, decimal: str | None) -> Variable:
        stated = self.mapping[self.mapping["file_variable"].map(plain) == plain(source)]["missing"]
        codes = stated.iloc[-1].split(";") if len(stated) else []
        return Variable(
            row.variable,
            source,
            row.type,
            options_of(row.options),
            words_of(row),
            declared=frozenset(plain(code) for code in codes if code.strip()),
            decimal=decimal,
            labels=self.file.value_labels.get(source, {}),
            ranges=self.file.missing_ranges.get(source, ()),
        )

    def check(self, *, lenient: bool) -> None:
        """Raise with all problems at once, unless there are none."""
        problems = self.problems + ([] if lenient else list(self._refusals()))
        if not (self.columns["left_out"] == "").any() and not problems:
            problems = ["expected variables of the codebook; found none; write a mapping file and fill it in"]
        check_problems(self.file.path.name, problems, SurveyError)

    def _refusals(self) -> Iterator[str]:
        for (name, rule), group in self.refused.groupby(["variable", "rule"], sort=False):
            values = group["value"].unique()
            found = ", ".join(map(repr, values[:3])) + (", …" if len(values) > 3 else "")
            yield f"{self.variables[name].title}: {rule}; found {found} in {rows_named(group['row'])}"

    def survey(self) -> Survey:
        """Return the answers, in codebook order, and the report."""
        responses = pd.DataFrame({name: answers.numbers for name, answers in self.answers.items()})
        responses = responses.assign(**dict(self._kept()))
        order = [name for name in self.codebook["variable"] if name in responses]
        return Survey(responses[[*order, *(n for n in responses if n not in order)]], self._report())

    def _kept(self) -> Iterator[tuple[str, pd.Series]]:
        """Yield the columns that were asked for by name, as text; empty cells are missing."""
        opened = [name for name, kind in self.types.items() if kind in OPEN]
        chosen = (self.columns["left_out"] == "") & self.columns["variable"].isin(["", *opened])
        for row in self.columns[chosen].itertuples():
            texts = self.file.cells[row.file_variable].map(_text, na_action="ignore").astype("str")
            gone = texts.str.strip() == ""
            if self.file.format == "limesurvey":
                gone |= texts.str.startswith("1980-01-01")
            yield row.variable or row.file_variable, texts.mask(gone)

    def _report(self) -> ReadReport:
        file, answers, matched = self.file, self.answers, set(self.columns["variable"])
        decimals = [
            (name, SIGNS.get(column.decimal[0], "none"), column.decimal[1])
            for name, column in answers.items()
            if column.decimal
        ]
        return ReadReport(
            file=file.path.name,
            format=file.format,
            details=file.details,
            n_read=len(file.cells) + len(file.empty),
            n_kept=len(file.cells),
            empty=file.empty,
            variables=self.columns,
            absent=tuple(name for name in self.codebook["variable"] if name not in matched),
            decimals=pd.DataFrame(decimals, columns=["variable", "sign", "basis"], dtype="str"),
            missing=_joined([column.missing for column in answers.values()], MISSING),
            recoded=_joined([column.recoded for column in answers.values()], RECODED),
            lenient=self.refused[["variable", "row", "value", "rule"]],
            notes=(*file.notes, *self._notes()),
        )

    def _notes(self) -> Iterator[str]:
        for name, group in self.file.duplicates.items():
            yield f"{name} occurs {len(group)} times in the file; read as {', '.join(group)}"
        for name, answers in self.answers.items():
            if oddity := find_oddity(answers, self.variables[name].type):
                yield f"{name}: {oddity}"


def _text(value: object) -> object:
    return f"{value:.15g}" if isinstance(value, float) else value


def _joined(tables: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)
