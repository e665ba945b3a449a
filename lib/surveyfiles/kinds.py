"""What kind of file a survey is in, and what a file of any kind is read as: cells, labels, missing codes.

Nothing is interpreted here: text stays text, so that `answers` can decide decimal signs and codes per column.
Rows are numbered as in the file: a spreadsheet row (headers counted), or a case number in SPSS files.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from expect import check_file, plain
from expect.tables import wide_encoding
from surveyfiles.wording import INVISIBLE, seen

KINDS = {".sav": "SPSS file", ".zsav": "SPSS file", ".xlsx": "Excel workbook"} | dict.fromkeys(
    (".csv", ".tsv", ".txt"), "text table"
)
SIGNATURES = {
    b"$FL2": "SPSS file",
    b"$FL3": "SPSS file",
    b"PK\x03\x04": "Excel workbook",
    b"\xd0\xcf\x11\xe0": "encrypted workbook or old .xls file; save it as .xlsx without a password",
    b"%PDF": "PDF document",
    b"\x1f\x8b": "gzip archive",
    b"SAVE": "SAS or other binary file",
    b"<stata_dta>": "Stata file",
    b"PAR1": "Parquet file",
    b"{\\rtf": "rich text document",
}
ENCRYPTED = b"ENCRYPTEDSAV"


class SurveyError(ValueError):
    """A survey file that cannot be used as it is; the message says where and why."""


@contextmanager
def as_survey_error() -> Iterator[None]:
    """Raise what `expect` refuses as a SurveyError."""
    try:
        yield
    except ValueError as error:
        raise error if isinstance(error, SurveyError) else SurveyError(str(error)) from error


@dataclass(frozen=True)
class SurveyFile:
    """The cells of a survey file and how the file was understood.

    Parameters
    ----------
    path : Path
        Where it was read.
    format : str
        `sav`, `zsav`, `csv`, `qualtrics`, `limesurvey` or `xlsx`.
    cells : pandas.DataFrame
        One column per file variable, names made unique (`Q5.1`, `Q5.2`); text or float, never coerced.
    rows : numpy.ndarray of int
        Number of each record in the file.
    empty : tuple of int
        Numbers of records without any content, once they were dropped.
    labels : mapping of str to str
        Question text per file variable, where the file has one.
    value_labels, missing_ranges : mapping
        Labels of values, and user-missing values or ranges (`{"lo": …, "hi": …}`), per file variable.
    details : mapping of str to str
        What was decided: encoding, delimiter, header rows, sheet.
    duplicates : mapping of str to list of str
        Names that occur more than once, with the unique names they were given.
    notes : tuple of str
        What a reader of the report has to know besides.
    weight : str
        The variable that the file says it is weighted by; "" if none.
    hidden : frozenset of int
        Numbers of records that the file does not show: hidden or filtered rows.
    """

    path: Path
    format: str
    cells: pd.DataFrame
    rows: np.ndarray
    empty: tuple[int, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping] = field(default_factory=dict)
    missing_ranges: Mapping[str, list] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)
    duplicates: Mapping[str, list[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    weight: str = ""
    hidden: frozenset[int] = frozenset()

    def without_unseen(self) -> "SurveyFile":
        """Return the file without characters that nobody sees; a note says where they were."""
        cleaned: dict[str, pd.Series] = {}
        for name in self.cells:
            if self.cells[name].dtype == float:
                continue
            clean = {
                v: seen(v) for v in self.cells[name].unique() if isinstance(v, str) and INVISIBLE.search(v)
            }
            if clean:
                cleaned[name] = self.cells[name].map(lambda v, s=clean: s.get(v, v))
        names = [name for name in self.labels if INVISIBLE.search(f"{name}{self.labels[name]}")]
        said = [f"invisible characters removed from the cells of: {', '.join(cleaned)}"] * bool(cleaned)
        said += [f"invisible characters removed from the names or questions of {len(names)} columns"] * bool(
            names
        )
        labels = {seen(name): seen(str(label)) for name, label in self.labels.items()}
        values = {
            name: {v: seen(str(label)) for v, label in labelled.items()}
            for name, labelled in self.value_labels.items()
        }
        cells = self.cells.assign(**cleaned) if cleaned else self.cells
        return replace(self, cells=cells, labels=labels, value_labels=values, notes=(*self.notes, *said))

    def taking(self, kept: np.ndarray) -> "SurveyFile":
        """Return the file with some of its records."""
        return replace(self, cells=self.cells[kept].reset_index(drop=True), rows=self.rows[kept])

    def without_empty(self) -> "SurveyFile":
        """Return the file without its empty records, which `empty` names; a case in an SPSS file counts."""
        empty = np.full(len(self.cells), not self.format.endswith("sav"))
        for name in self.cells:
            if not empty.any():
                break
            places, distinct = pd.factorize(self.cells[name])
            blank = np.array([isinstance(v, str) and not v.strip() for v in distinct] + [True])
            empty &= blank[places]
        if empty.all() and len(empty):
            raise SurveyError(f"{self.path.name}: expected records; found only empty ones")
        cells = self.cells[~empty].reset_index(drop=True) if empty.any() else self.cells
        return replace(self, cells=cells, rows=self.rows[~empty], empty=tuple(self.rows[empty].tolist()))


def find_kind(path: Path) -> str:
    """Return the kind of a file; raise unless it exists, holds something, and is what its extension says."""
    expected = KINDS.get(path.suffix.lower())
    if expected is None:
        known = ", ".join(KINDS)
        raise SurveyError(f"{path.name}: expected one of {known}; found the extension {path.suffix!r}")
    with as_survey_error():
        try:
            check_file(path, path.name)
        except FileNotFoundError as error:
            raise SurveyError(str(error)) from error
    with path.open("rb") as stream:
        head = stream.read(512)
    if not head.strip():
        raise SurveyError(f"{path.name}: expected a survey; found an empty file")
    found = _kind(head)
    if found != expected:
        raise SurveyError(f"{path.name}: expected {_a(expected)} by its extension; found {_a(found)}")
    return found


def _a(kind: str) -> str:
    """Return a kind of file with its article."""
    return f"{'an' if kind[0] in 'AEIOUaeiou' or kind.startswith('SPSS') else 'a'} {kind}"


def _kind(head: bytes) -> str:
    if ENCRYPTED in head[:24]:
        return "encrypted SPSS file; remove its password in SPSS first"
    for signature, kind in SIGNATURES.items():
        if head.startswith(signature):
            return kind
    if head.lstrip(b"\xef\xbb\xbf \r\n\t")[:5].lower() in (b"<html", b"<!doc", b"<?xml"):
        return "web page or XML document"
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or wide_encoding(head) is not None
    return "text table" if wide or b"\0" not in head else "binary file of unknown kind"


def unique_names(names: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Return unique column names, and which names occurred more than once (case ignored)."""
    filled = [name or f"column {i + 1}" for i, name in enumerate(names)]
    places: dict[str, list[int]] = {}
    for i, name in enumerate(filled):
        places.setdefault(plain(name), []).append(i)
    repeated = {}
    for group in (group for group in places.values() if len(group) > 1):
        base = filled[group[0]]
        for number, i in enumerate(group, 1):
            filled[i] = f"{filled[i]}.{number}"
        repeated[base] = [filled[i] for i in group]
    return filled, repeated
