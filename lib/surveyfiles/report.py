"""What a reading returns: the answers, and how the file was understood."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from expect import rows_named
from surveyfiles.personal import shown
from surveyfiles.respondents import REASON_WORDS


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
        `variable`, `value`, `code`, `basis` (label, mapping, letters): codes that were translated.
    lenient : pandas.DataFrame
        `variable`, `row`, `value`, `rule`: cells turned into missing.
    notes : tuple of str
        What else a reader has to know.
    steps : pandas.DataFrame
        Who counts: `reason`, `n`, `left_out`, `n_before`, `n_after`, `found`, a row per kind that was met.
    weight : str
        Variable of the weights; "" if there are none.
    weighted_in_file : bool
        Whether the file says that it is weighted.
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
    steps: pd.DataFrame
    weight: str = ""
    weighted_in_file: bool = False

    def lines(self) -> list[str]:
        """Return the report as lines of plain text, without any answer except missing and refused ones."""
        return list(self._lines())

    def _lines(self) -> Iterator[str]:
        details = "; ".join(f"{name}: {value}" for name, value in self.details.items())
        yield f"{self.file}: {self.format}; {details}"
        yield f"{self.n_read} records read, {self.n_kept} kept"
        if self.empty:
            yield f"empty, dropped: {rows_named(self.empty)}"
        yield from self._who_lines()
        yield from self._variable_lines()
        for row in self.decimals.itertuples():
            yield f"decimal sign of {row.variable}: {row.sign} ({row.basis})"
        for row in self.missing.itertuples():
            label = f" {row.label!r}" if row.label else ""
            yield f"{row.kind} in {row.variable}: {row.n}{f' × {row.value}' if row.value else ''}{label}"
        yield from self._recoded_lines()
        for row in self.lenient.itertuples():
            yield f"turned into missing: {row.variable}, row {row.row}, {row.value!r}: {row.rule}"
        yield from self.notes

    def _who_lines(self) -> Iterator[str]:
        for row in self.steps.itertuples():
            done = f"left out, {row.n_before} become {row.n_after}" if row.left_out else "kept"
            choice = "" if row.left_out else f" (exclude {row.reason} to leave them out)"
            yield f"{REASON_WORDS[row.reason]}: {row.n}, {done}{choice}: {row.found}"
        if self.weight:
            who = "weighting is on in the file, by" if self.weighted_in_file else "weights as stated:"
            yield f"{who} {self.weight}; the answers are unweighted, and weighted figures stand beside them"
        elif self.weighted_in_file:
            yield "weighting is on in the file; the choice was not to use it"

    def _recoded_lines(self) -> Iterator[str]:
        says = {
            "label": "by the labels",
            "mapping": "as the mapping file says",
            "letters": "without the letters",
        }
        alike: dict[tuple[str, str], list[str]] = {}
        for name, group in self.recoded.groupby("variable", sort=False):
            pairs = ", ".join(
                f"{shown(v)} is {code:g}"
                for v, code in sorted(
                    zip(group["value"], group["code"], strict=True), key=lambda pair: pair[1]
                )
            )
            alike.setdefault((pairs, says[group["basis"].iloc[0]]), []).append(name)
        for (pairs, basis), names in alike.items():
            yield f"recoded {basis}, file is codebook: {pairs}: {', '.join(names)}"

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
    weights : pandas.Series or None
        Weight per respondent, index of `responses`; 0 for who has none.
    """

    responses: pd.DataFrame
    report: ReadReport
    weights: pd.Series | None = None
