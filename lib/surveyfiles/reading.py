"""A survey file read against its codebook: cells, then columns, then answers, then a survey with its report.

Personal data stay out, and what the codebook does not allow is refused, all at once.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

import pandas as pd

from expect import check_problems, plain, rows_named
from surveyfiles.answers import (
    CODED,
    SIGN_NAMES,
    Answers,
    Variable,
    find_letters,
    find_oddity,
    read_answers,
)
from surveyfiles.formats import read_survey_file
from surveyfiles.kinds import SurveyError, SurveyFile
from surveyfiles.labels import options_of, words_of
from surveyfiles.mapping import no_mapping, read_mapping, read_mapping_table
from surveyfiles.matching import match_variables
from surveyfiles.personal import OPEN, reason_to_leave_out, shown
from surveyfiles.refusals import grouped, refusals
from surveyfiles.report import ReadReport, Survey
from surveyfiles.respondents import LEFT_OUT, Attendance
from surveyfiles.wording import bare, label_tail, name_form, seen

MISSING = ["variable", "kind", "value", "label", "n"]
REFUSED = ["variable", "position", "value", "label", "rule"]
RECODED = ["variable", "value", "code", "basis"]
NO_WEIGHT = "-"
WEIGHTS = {"weight", "weights", "weging", "weegfactor", "gewicht", "wgt", "wt", "pweight", "weightvar"}


def read_survey(
    path: str | Path,
    *,
    codebook: pd.DataFrame,
    decimal: str | None = None,
    mapping: str | Path | None = None,
    shared_mapping: str | Path | None = None,
    keep: Collection[str] = (),
    lenient: bool = False,
    exclude: Collection[str] = LEFT_OUT,
    weight: str = "",
    sheet: str = "",
    header_row: int = 0,
) -> Survey:
    """Read a survey file against the codebook.

    Parameters
    ----------
    path : str or Path
        A .sav, .zsav, .csv, .tsv, .txt or .xlsx file.
    codebook : pandas.DataFrame
        Text columns `variable`, `label_nl`, `label_en`, `type` (single, multiple, scale, number, text,
        email), `options`, `options_nl`, `options_en` (`;` between options), in questionnaire order; if
        wanted `options_also` (other wordings, `|` between those of an option), `minimum` and `maximum`
        (plausible numbers), `routing` (who is asked: `uses_check == 2`) and `block`.
    decimal : {",", "."}, optional
        Decimal sign of the numbers; decided per column and reported when left out.
    mapping : str or Path, optional
        Table with columns `file_variable`, `variable` (`-` leaves a column out) and, if wanted, `missing`
        (`;` between codes) and `recode` (same, reverse, or pairs such as `A1=1;A2=2`); see `mapping`.
    shared_mapping : str or Path, optional
        The same for several files: used when `mapping` is left out and there is such a file. Rows about
        columns that this file does not have are passed over.
    keep : collection of str
        Names of open answers or other columns that may enter the frame, as text.
    lenient : bool
        Turn cells that do not fit into missing, each listed in the report, instead of refusing the file.
    exclude : collection of str
        Who is left out: of previews, unfinished, hidden_rows, duplicates, contradictions.  All are counted.
    weight : str
        Weight variable of the file; empty: the one by which the file says it is weighted; "-": none.
    sheet, header_row : str, int
        Sheet of a workbook and row of its header; found when left out.

    Returns
    -------
    Survey
        `responses`, `report` and `weights`.

    Raises
    ------
    SurveyError
        If the file cannot be read, or does not fit the codebook: names file, variables, rows and rules,
        all problems at once.
    """
    if decimal not in (None, *SIGN_NAMES):
        raise ValueError(f"decimal: expected ',' or '.'; found {decimal!r}")
    known = known_words(codebook, mapping or shared_mapping)
    options = {"sheet": sheet, "header_row": header_row, "known": known}
    reading = _Reading(read_survey_file(path, **options).without_empty(), codebook)
    if mapping is None and shared_mapping is not None and Path(shared_mapping).is_file():
        reading.state(Path(shared_mapping), shared=True)
    elif mapping is not None:
        reading.state(Path(mapping), shared=False)
    reading.match(keep)
    reading.attend(exclude, weight)
    reading.understand(decimal)
    reading.check(lenient=lenient)
    return reading.survey()


def known_words(codebook: pd.DataFrame, mapping: str | Path | None = None) -> frozenset[str]:
    """Return the names and labels by which a header is known, plain; those of a mapping file too."""
    words = {*codebook["variable"].map(plain)}
    for column in ("label_nl", "label_en"):
        words |= {*codebook[column].map(bare), *codebook[column].map(label_tail)}
    if mapping is not None and Path(mapping).is_file():
        with suppress(ValueError):  # `read_mapping` says what is wrong with it
            first = read_mapping_table(Path(mapping)).get("file_variable", pd.Series(dtype="str"))
            words |= {plain(seen(name)) for name in first if "*" not in name}
    return frozenset(words - {""})


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
    mapping : Mapping
        What was stated about columns.
    columns : pandas.DataFrame
        One row per column of the file, as in `ReadReport.variables`.
    who : Attendance
        Which records are in.
    variables, answers : dict
        What each variable of the frame should hold, and its answers, by name in codebook order.
    refused : pandas.DataFrame
        Cells that do not fit.
    problems : list of str
        What keeps the file from being read.
    """

    def __init__(self, file: SurveyFile, codebook: pd.DataFrame):
        self.file, self.codebook, self.mapping = file, codebook, no_mapping()
        self.n_read = len(file.cells) + len(file.empty)
        self.types = dict(zip(codebook["variable"], codebook["type"], strict=True))
        self.variables: dict[str, Variable] = {}
        self.answers: dict[str, Answers] = {}
        self.notes: list[str] = []

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

    def attend(self, exclude: Collection[str], weight: str) -> None:
        """Count who is no respondent, leave out whom the choice says, and take the weights."""
        taken = self.columns.loc[~self.columns["variable"].isin(["", "-"]), "file_variable"]
        self.who = Attendance(self.file, exclude, frozenset(taken))
        self.who.count()
        if not self.who.kept.any():
            raise SurveyError(
                f"{self.file.path.name}: expected respondents; found none left; {self._emptied()}"
            )
        self.file = self.file.taking(self.who.kept)
        self.weight = "" if weight == NO_WEIGHT else weight or self.file.weight
        if self.weight and self.weight not in self.file.cells:
            names = ", ".join(list(self.file.cells)[:12])
            raise SurveyError(
                f"{self.file.path.name}: weight: expected one of the columns {names}; found {weight!r}"
            )

        if not weight and not self.weight:
            likely = [n for n in self.file.cells if name_form(n) in WEIGHTS and n not in set(taken)]
            self.notes += [f"{name} looks like a weight; not used (state it as weight)" for name in likely]

    def _emptied(self) -> str:
        said = "; ".join(f"{row[0]}: {row[1]} left out" for row in self.who.rows if row[2])
        return f"{said}; keep them with another choice of exclude"

    def understand(self, decimal: str | None) -> None:
        """Read the answers of every coded and numeric variable of the frame."""
        inside = self.columns[self.columns["left_out"] == ""].drop_duplicates("variable")
        sources = dict(zip(inside["variable"], inside["file_variable"], strict=True))
        for row in self.codebook[self.codebook["variable"].isin(sources)].itertuples():
            if row.type not in OPEN:
                self.variables[row.variable] = self._variable(row, sources[row.variable], decimal)
        cells = {name: self.file.cells[variable.source] for name, variable in self.variables.items()}
        coded = [(v, cells[name]) for name, v in self.variables.items() if v.type in CODED]
        lettered = find_letters(coded)
        for name, variable in self.variables.items():
            self.answers[name] = read_answers(cells[name], variable._replace(lettered=lettered.get(name, "")))
        self.problems += grouped({self.variables[n].title: a.problem for n, a in self.answers.items()})
        refused = _joined([answers.refused for answers in self.answers.values()], REFUSED)
        refused["position"] = refused["position"].astype(int)
        order = refused["variable"].map({name: i for i, name in enumerate(self.answers)})
        refused = refused.assign(order=order, row=self.file.rows[refused["position"]])
        self.refused = refused.sort_values(["order", "rule", "position"], ignore_index=True)

    def _variable(self, row, source: str, decimal: str | None) -> Variable:
        question = str(self.file.labels.get(source, ""))
        variable = Variable(
            row.variable,
            source,
            row.type,
            options_of(row.options),
            words_of(row, question),
            decimal=decimal,
            labels=self.file.value_labels.get(source, {}),
            ranges=self.file.missing_ranges.get(source, ()),
            limits=(_limit(row, "minimum"), _limit(row, "maximum")),
            question=question,
            option_labels=tuple(filter(None, row.options_nl.split(";"))),
        )
        declared, answers = self.mapping.missing(source, variable)
        if answers := answers & {shown(value) for value in self.file.cells[source].dropna().unique()}:
            codes = ", ".join(sorted(answers))
            self.notes.append(
                f"{row.variable}: {codes} is an answer to it, so not missing as in other questions"
            )
        try:
            recode = self.mapping.recode(source, variable, row)
        except ValueError as error:
            self.problems.append(str(error))
            recode = ""
        return variable._replace(declared=declared, recode=recode)

    def check(self, *, lenient: bool) -> None:
        """Raise with all problems at once, unless there are none."""
        problems = self.problems + ([] if lenient else list(refusals(self.refused, self.variables)))
        if not (self.columns["left_out"] == "").any() and not problems:
            names = ", ".join(map(repr, list(self.file.cells)[:8]))
            more = ", …" if len(self.file.cells.columns) > 8 else ""
            problems = [
                "expected variables of the codebook; found none; write a mapping file and fill it in, or "
                f"state the row of the header (header_row); the columns are {names}{more}"
            ]
        check_problems(self.file.path.name, problems, SurveyError)

    def survey(self) -> Survey:
        """Return the answers, in codebook order, and the report."""
        responses = pd.DataFrame({name: answers.numbers for name, answers in self.answers.items()})
        responses = responses.assign(**dict(self._kept()))
        order = [name for name in self.codebook["variable"] if name in responses]
        responses = responses[[*order, *(n for n in responses if n not in order)]]
        weights = self._weights()
        stay = self.who.contradict(responses, self.codebook)
        if not stay.all():
            responses = responses[stay].reset_index(drop=True)
            weights = None if weights is None else weights[stay].reset_index(drop=True)
        return Survey(responses, self._report(len(responses)), weights)

    def _weights(self) -> pd.Series | None:
        """Return the weights; SPSS counts nobody with a weight that is missing, zero or negative."""
        if not self.weight:
            return None
        source = Variable(self.weight, self.weight, "number", (), {})
        read = read_answers(self.file.cells[self.weight], source)
        if read.problem or len(read.refused):
            problem = read.problem or f"expected numbers; found {read.refused['value'].iloc[0]!r}"
            raise SurveyError(f"{self.file.path.name}: weight {self.weight}: {problem}")
        weights = read.numbers.astype("Float64").rename(self.weight)
        out = (weights.isna() | (weights <= 0).fillna(True)).to_numpy(dtype=bool)
        if out.any():
            self.notes.append(
                f"{self.weight}: no weight above zero in {rows_named(self.file.rows[out])}: not in "
                "weighted figures"
            )
        return weights.mask(out, 0.0).astype(float)

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

    def _report(self, n_kept: int) -> ReadReport:
        file, answers, matched = self.file, self.answers, set(self.columns["variable"])
        decimals = [
            (name, SIGN_NAMES.get(column.decimal[0], "none"), column.decimal[1])
            for name, column in answers.items()
            if column.decimal
        ]
        return ReadReport(
            file=file.path.name,
            format=file.format,
            details=file.details,
            n_read=self.n_read,
            n_kept=n_kept,
            empty=file.empty,
            variables=self.columns,
            absent=tuple(name for name in self.codebook["variable"] if name not in matched),
            decimals=pd.DataFrame(decimals, columns=["variable", "sign", "basis"], dtype="str"),
            missing=_joined([column.missing for column in answers.values()], MISSING),
            recoded=_joined([column.recoded for column in answers.values()], RECODED),
            lenient=self.refused[["variable", "row", "value", "rule"]],
            notes=(*file.notes, *self.who.notes, *self.notes, *self._notes()),
            steps=self.who.steps,
            weight=self.weight,
            weighted_in_file=bool(file.weight),
        )

    def _notes(self) -> Iterator[str]:
        for name, group in self.file.duplicates.items():
            yield f"{name} occurs {len(group)} times in the file; read as {', '.join(group)}"
        for name, answers in self.answers.items():
            if oddity := find_oddity(answers, self.variables[name].type):
                yield f"{name}: {oddity}"


def _limit(row, name: str) -> float | None:
    value = getattr(row, name, "")
    return None if value is None or pd.isna(value) or value == "" else float(value)


def _text(value: object) -> object:
    return f"{value:.15g}" if isinstance(value, float) else value


def _joined(tables: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)
