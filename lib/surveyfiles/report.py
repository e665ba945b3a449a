"""What a reading returns: the answers, and how the file was understood."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from expect import rows_named


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
            yield f"empty, dropped: {rows_named(self.empty)}"
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
