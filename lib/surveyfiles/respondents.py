"""Who counts: records that are no respondent or not a whole one, by what stands beside the answers.

Nothing is left out here in silence: every kind is counted, with its rows, and a choice decides.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from expect import check_one_of, plain, rows_named
from surveyfiles.kinds import SurveyFile
from surveyfiles.labels import label_of
from surveyfiles.personal import shown
from surveyfiles.wording import name_form, says_nothing

EXCLUDABLE = ("previews", "unfinished", "hidden_rows", "duplicates", "contradictions")
LEFT_OUT = ("previews", "duplicates")  # unless stated otherwise
STEP_COLUMNS = ["reason", "n", "left_out", "n_before", "n_after", "found"]
REASON_WORDS = {
    "previews": "previews, tests and spam",
    "unfinished": "not finished or not submitted",
    "hidden_rows": "hidden or filtered in the file",
    "duplicates": "response id as in an earlier record",
    "contradictions": "answers that contradict the routing",
}
STATUS = """
    status response_type response_status responsestatus completion_status survey_status
    record_status participant_status respondent_status antwoordstatus type_reactie responstype
    reactietype disposition
"""
CHANNEL = """
    distributionchannel distribution_channel distributiekanaal channel kanaal mode
"""
TRIAL = """
    test is_test istest testing preview is_preview test_response testrespons proefafname
    testrespondent
"""
FINISHED = """
    finished is_finished completed is_completed complete is_complete voltooid afgerond submitted
    ingezonden verzonden compleet volledig
"""
SUBMITTED = """
    submitdate date_submitted datesubmitted datum_ingezonden datum_verzonden datum_ingestuurd
    submitted_at ingezonden_op verzonden_op datum_van_verzending survey_completed_on completed_on
    completion_time date_completed completed_at voltooiingstijd tijd_van_voltooien voltooid_op
    datum_voltooid end_time
"""
PROGRESS = """
    progress voortgang survey_progress percent_complete percentage_complete
"""
IDS = """
    responseid response_id respons_id respondent_id respondentid respondentnummer respondentnr
    respondent respid resp_id resp_nr respnr participant_id participantid deelnemer_id
    deelnemernummer deelnemersnummer record_id recordid antwoord_id reactie_id inzending_id
    submission_id entry_id caseid case_id uuid token id user_id userid volgnummer responsnummer
    response_number respondent_nummer respondent_number nummer
"""
A_TRIAL = re.compile(r"preview|voorbeeld|\btest|spam|\bproef")
UNDONE = re.compile(
    r"incomplete|not (?:complete|finished|started|submitted)|partial|in progress|started|screened"
    r"|disqualified|terminated|quit|abandon|break-?off|onvolledig|gedeeltelijk"
    r"|niet (?:afgerond|voltooid|ingezonden|gestart)|bezig|afgebroken|\bdeels"
)
FALSE_WORDS = {"0", "false", "no", "nee", "n", "onwaar", "f"}
TRUE_WORDS = {"1", "true", "yes", "ja", "y", "x", "waar", "test", "preview"}
QUALTRICS_TRIALS = 1 | 2 | 8  # bits of its Status: preview, test, spam; 4 is imported, 16 offline
CONDITION = re.compile(r"(\w+) == (\d+)")


@dataclass
class Attendance:
    """Which records are in, and by which steps they came to be the ones.

    Parameters
    ----------
    file : SurveyFile
        As read.
    exclude : collection of str
        Of `EXCLUDABLE`: who is left out.
    taken : collection of str
        Columns that hold variables of the codebook: they say nothing about who counts.
    """

    file: SurveyFile
    exclude: Collection[str] = LEFT_OUT
    taken: Collection[str] = ()

    def __post_init__(self) -> None:
        for reason in self.exclude:
            check_one_of("exclude", reason, EXCLUDABLE)
        self.kept = np.ones(len(self.file.cells), dtype=bool)
        self.rows: list[tuple] = []
        self.notes: list[str] = []
        self.columns = {name_form(name): name for name in self.file.cells if name not in self.taken}
        for name in self.file.cells:
            label = name_form(str(self.file.labels.get(name, ""))[:60])
            if name not in self.taken and label:
                self.columns.setdefault(label, name)

    def count(self) -> None:
        """Count, in this order, previews, unfinished, hidden and duplicate records."""
        self._step("previews", *self._any(self._previews()))
        self.unfinished, found = self._any(self._unfinished())
        self._step("unfinished", self.unfinished, found)
        self._step("hidden_rows", *self._any(self._hidden()))
        self._step("duplicates", *self._any(self._duplicates()))
        self._alike()

    def _step(self, reason: str, mask: np.ndarray, found: str) -> None:
        mask = mask & self.kept
        if mask.any():
            before, out = int(self.kept.sum()), reason in self.exclude
            self.kept = self.kept & ~mask if out else self.kept
            where = rows_named(self.file.rows[mask])
            row = (reason, int(mask.sum()), out, before, int(self.kept.sum()), f"{where}; {found}")
            self.rows.append(row)

    def _any(self, masks: Iterator[tuple[np.ndarray, str]]) -> tuple[np.ndarray, str]:
        found = [(mask, text) for mask, text in masks if (mask & self.kept).any()]
        whole = (
            np.logical_or.reduce([mask for mask, _ in found])
            if found
            else np.zeros(len(self.kept), dtype=bool)
        )
        return whole, ", ".join(text for _, text in found)

    def _named(self, names: str) -> list[str]:
        return list(dict.fromkeys(self.columns[name] for name in names.split() if name in self.columns))

    def _texts(self, column: str) -> pd.Series:
        """Return the cells of a column for comparison, labels in place of labelled codes."""
        labels = self.file.value_labels.get(column, {})
        cells = self.file.cells[column]
        written = {v: plain(label_of(v, labels) or shown(v)) if pd.notna(v) else "" for v in cells.unique()}
        return cells.map(lambda v: "" if pd.isna(v) else written[v])

    def _where(self, column: str, test: Callable[[str], bool]) -> tuple[np.ndarray, str]:
        texts = self._texts(column)
        fits = {text: bool(text) and test(text) for text in texts.unique()}
        which = sorted(text for text, found in fits.items() if found)[:3]
        return texts.map(fits).to_numpy(dtype=bool), f"{column} is {' or '.join(map(repr, which))}"

    def _previews(self) -> Iterator[tuple[np.ndarray, str]]:
        qualtrics = bool(
            {"distributionchannel", "responseid", "recordeddate", "finished"} & set(self.columns)
        )
        for column in self._named(STATUS):
            yield self._where(column, lambda text: bool(A_TRIAL.search(text)))
            if qualtrics:
                yield self._where(
                    column, lambda text: text.isdecimal() and bool(int(text) & QUALTRICS_TRIALS)
                )
        for column in self._named(CHANNEL):
            yield self._where(column, lambda text: bool(A_TRIAL.search(text)))
        for column in self._named(TRIAL):
            yield self._where(column, lambda text: text in TRUE_WORDS)

    def _unfinished(self) -> Iterator[tuple[np.ndarray, str]]:
        flags = self._named(FINISHED)
        for column in flags:
            yield self._where(column, lambda text: text in FALSE_WORDS)
        for column in self._named(STATUS):
            yield self._where(column, lambda text: bool(UNDONE.search(text)))
        for name, column in self.columns.items():
            if name.endswith("_complete") and column not in flags:
                yield self._where(column, lambda text: text in ("0", "incomplete"))
        if not flags:
            for column in self._named(PROGRESS):
                yield self._where(column, lambda text: _below(text, 100))
        for column in self._named(SUBMITTED):
            empty = self._texts(column).map(lambda text: text in ("", "null") or says_nothing(text))
            yield empty.to_numpy(dtype=bool), f"{column} is empty"

    def _hidden(self) -> Iterator[tuple[np.ndarray, str]]:
        yield np.isin(self.file.rows, sorted(self.file.hidden)), "hidden rows of the sheet"
        if "filter_$" in self.file.cells:
            yield (self.file.cells["filter_$"] == 0).to_numpy(), "filter_$ is 0"

    def _duplicates(self) -> Iterator[tuple[np.ndarray, str]]:
        for column in self._named(IDS):
            texts = self._texts(column).where(self.kept, "")
            filled = (texts != "").to_numpy() & (texts != "0").to_numpy()
            order = np.argsort(self.unfinished, kind="stable")  # a finished record before an unfinished one
            later = pd.Series(False, index=texts.index)
            later.iloc[order] = texts.iloc[order].duplicated().to_numpy()
            mask = later.to_numpy() & filled
            if 2 * mask.sum() > filled.sum():
                self.notes.append(f"{column}: the same for most records, so not taken as a response id")
            elif mask.any():
                yield (
                    mask,
                    f"{column} as in {rows_named(self._firsts(texts, mask))}{self._changes(texts, mask)}",
                )

    def _firsts(self, texts: pd.Series, mask: np.ndarray) -> list[int]:
        repeated = texts.isin(texts[mask]).to_numpy() & self.kept & ~mask
        return self.file.rows[repeated].tolist()

    def _changes(self, texts: pd.Series, mask: np.ndarray) -> str:
        """Say when duplicates do not hold the same answers as the record they repeat."""
        columns = [name for name in self.file.cells if name in self.taken]
        group = self.file.cells.loc[texts.isin(texts[mask]).to_numpy() & self.kept, columns]
        differ = not group.empty and group.drop_duplicates().shape[0] > texts[group.index].nunique()
        return ", with other answers" if differ else ", with the same answers"

    def _alike(self) -> None:
        """Note records that are equal in every column, where that can hardly be chance."""
        if len(self.columns) + len(self.taken) < 20:
            return
        same = self.file.cells.duplicated().to_numpy() & self.kept
        if same.any():
            self.notes.append(
                f"equal in every column to an earlier record, kept: {rows_named(self.file.rows[same])}"
            )

    def contradict(self, responses: pd.DataFrame, codebook: pd.DataFrame) -> np.ndarray:
        """Count answers to questions that the routing passes over, and return which records stay.

        Parameters
        ----------
        responses : pandas.DataFrame
            Answers of the records that were kept, index 0, 1, ...
        codebook : pandas.DataFrame
            `variable`, `type` and, if there, `routing`: a condition such as `uses_check == 2`.
        """
        places = np.flatnonzero(self.kept)
        mask, conditions = np.zeros(len(self.kept), dtype=bool), {}
        for row in codebook.itertuples() if "routing" in codebook else ():
            match = CONDITION.fullmatch(row.routing or "")
            if not match or match[1] not in responses or row.variable not in responses:
                continue
            answers, asked = responses[row.variable], responses[match[1]]
            if not pd.api.types.is_numeric_dtype(answers):
                continue
            answered = (
                answers.notna() & (answers != 0).fillna(False) if row.type == "multiple" else answers.notna()
            )
            against = (answered & asked.notna() & (asked != int(match[2])).fillna(False)).to_numpy(dtype=bool)
            if against.any():
                mask[places[against]] = True
                conditions.setdefault(row.routing, []).append(row.variable)
        found = "; ".join(
            f"asked only when {condition}: {', '.join(names[:5])}{', …' if len(names) > 5 else ''}"
            for condition, names in conditions.items()
        )
        self._step("contradictions", mask, found)
        return self.kept[places]

    @property
    def steps(self) -> pd.DataFrame:
        """One row per kind that was found: `reason`, `n`, `left_out`, `n_before`, `n_after`, `found`."""
        return pd.DataFrame(self.rows, columns=STEP_COLUMNS)


def _below(text: str, whole: float) -> bool:
    try:
        return float(text.rstrip("% ").replace(",", ".")) < whole
    except ValueError:
        return False
