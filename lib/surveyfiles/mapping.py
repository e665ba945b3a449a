"""What a mapping file states: which column is which variable, what codes mean, which codes are missing.

A row is about one column, or with `*` in its name about all that the pattern fits, by their name in the file
or in the codebook.  Two patterns tie a block to a block, by position.
"""

import re
from collections.abc import Mapping as Pairs
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pandas as pd

from expect import TextTable, plain, read_file, read_table, rows_named, without_apostrophe
from surveyfiles.kinds import SurveyError, SurveyFile, as_survey_error
from surveyfiles.labels import options_of
from surveyfiles.wording import option_words, seen

STATED = ["file_variable", "variable", "basis", "missing", "recode"]
RECODES = ("same", "reverse")
HINT = "columns file_variable, variable, missing, recode; file_variable * for all"


@dataclass(frozen=True)
class Mapping:
    """What was stated about the columns of a file.

    Parameters
    ----------
    ties : dict of str to (str, str)
        Variable (`-`: left out) and basis (mapping, guess) by plain name of the column.
    rules : list of (str, frozenset of str, str)
        Plain name or pattern, missing codes, recode as it was written.
    """

    ties: dict[str, tuple[str, str]]
    rules: list[tuple[str, frozenset[str], str]]

    def missing(self, source: str, variable) -> tuple[frozenset[str], frozenset[str]]:
        """Return the codes declared missing for a column, and those of a pattern that are answers to it."""
        own, shared = set(), set()
        for name, codes, _ in self._about(source, variable.name):
            (shared if "*" in name else own).update(codes)
        answers = {code for code in shared if variable.is_option(code)} - own
        return frozenset(own | shared - answers), frozenset(answers)

    def recode(self, source: str, variable, row) -> str | Pairs[str, float | None]:
        """Return what codes of a column mean: `same`, `reverse`, or pairs; a row of its own before patterns.

        Raises
        ------
        ValueError
            If it is none of these, or a pair names no option of the codebook.
        """
        rules = [(name, text) for name, _, text in self._about(source, variable.name) if text]
        text = min(rules, key=lambda rule: "*" in rule[0], default=("", ""))[1]
        if plain(text) in ("", *RECODES):
            if variable.type == "number" and plain(text) == "reverse":
                raise ValueError(
                    f"{variable.title}: recode: expected same or pairs for numbers; found 'reverse'"
                )
            return plain(text)
        pairs = [part for part in re.split(r"[;|\n]\s*|,\s*(?=[^=;|,]+=)", text) if part.strip()]
        return dict(_pair(part, variable, row) for part in pairs)

    def _about(self, source: str, name: str) -> list[tuple[str, frozenset[str], str]]:
        names = (plain(source), plain(name))
        return [
            rule
            for rule in self.rules
            if rule[0] == names[0] or ("*" in rule[0] and any(_fits(other, rule[0]) for other in names))
        ]


def _pair(text: str, variable, row) -> tuple[str, float | None]:
    """Return value and code of a pair such as `A1=1`, `5=nooit` or `-99=missing`."""
    value, sign, meant = text.rpartition("=")
    meant = plain(meant)
    known = dict(variable.words) | {str(c): c for c in options_of(row.options)}
    code = next((known[form] for form in option_words(meant) if form in known), None)
    if variable.type == "number" and re.fullmatch(r"-?\d+([.,]\d+)?", meant):
        code = float(meant.replace(",", "."))
    if not sign or (code is None and meant not in ("", "missing", "-")):
        expected = (
            f"pairs of a value and one of {row.options}, its label or missing" if row.options else "pairs"
        )
        raise ValueError(
            f"{variable.title}: recode: expected same, reverse, or {expected}; found {text.strip()!r}"
        )
    value = plain(value)
    number = re.fullmatch(r"([-+]?\d+(?:[.,]\d+)?)", value)
    key = f"{float(value.replace(',', '.')):.15g}" if number else value
    return key, None if code is None else float(code)


def _fits(name: str, pattern: str) -> bool:
    """Return whether a name fits a pattern with `*`; brackets, as in LimeSurvey, stand for themselves."""
    return fnmatchcase(name, pattern.replace("[", "[[]"))


def no_mapping() -> Mapping:
    """Return a mapping that states nothing."""
    return Mapping({}, [])


def read_mapping(path: Path, file: SurveyFile, codebook: pd.DataFrame, *, shared: bool) -> Mapping:
    """Read a mapping file.

    Parameters
    ----------
    path : Path
        CSV or .xlsx as `write_mapping` writes it, perhaps saved by a spreadsheet program.
    file : SurveyFile
        The file it is about.
    codebook : pandas.DataFrame
        Column `variable`.
    shared : bool
        Whether rows may be about other files; they are passed over.

    Returns
    -------
    Mapping

    Raises
    ------
    SurveyError
        If a column is missing, or a row names a variable that the codebook or the file does not have, or two
        patterns fit unequal numbers of columns and variables.
    """
    if not path.exists():
        raise SurveyError(f"{path.name}: expected a mapping file; found none in {path.parent}")
    with as_survey_error():
        frame = read_mapping_table(path)
    if lacking := {"file_variable", "variable"} - set(frame):
        raise SurveyError(
            f"{path.name}: expected columns file_variable and variable; found no {min(lacking)}"
        )
    frame = frame.reindex(columns=STATED, fill_value="").map(
        lambda text: without_apostrophe(seen(text).strip())
    )
    frame = frame[
        (frame["file_variable"] != "") & (frame[["variable", "missing", "recode"]] != "").any(axis=1)
    ]
    _check_names(path.name, frame, file, codebook, shared=shared)
    ties: dict[str, tuple[str, str]] = {}
    for row in frame[frame["variable"] != ""].itertuples():
        for column, variable in _tied(path.name, row, file, codebook):
            basis = "guess" if row.basis.startswith("guess") else "mapping"
            ties.setdefault(plain(column), (variable, basis))  # of two rows about a column the first counts
    rules = [
        (plain(row.file_variable), _codes(row.missing), row.recode)
        for row in frame[(frame["missing"] != "") | (frame["recode"] != "")].itertuples()
    ]
    return Mapping(ties, rules)


def read_mapping_table(path: Path) -> pd.DataFrame:
    """Read the cells of a mapping file as text; rows may be shorter than the header, as typed by hand.

    Raises
    ------
    ValueError
        If it is no table, or a row holds something right of the header.
    """
    if path.suffix.lower() == ".xlsx":
        frame = read_table(path, "a mapping file")
        return frame.set_axis([plain(seen(name)) for name in frame], axis=1)
    records = list(TextTable(read_file(path), str(path)).records())
    header = [plain(seen(name)) for name in records[0][1]] if records else []
    width = max((i + 1 for i, name in enumerate(header) if name), default=0)
    if wide := [line for line, record in records if any(cell.strip() for cell in record[width:])]:
        raise ValueError(
            f"{path}: expected {width} columns, as in the header; found more in {rows_named(wide)}"
        )
    rows = [[*record[:width], *[""] * (width - len(record))] for _, record in records[1:]]
    return pd.DataFrame(rows, columns=header[:width], dtype="str")


def _codes(text: str) -> frozenset[str]:
    parts = [part.strip() for part in re.split(r"[;|]", text) if part.strip()]
    numbers = [re.fullmatch(r"([-+−–]?)(\d+)(?:[.,]0+)?", part) for part in parts]  # typed minus signs too
    return frozenset(
        f"{'-' if match[1] not in ('', '+') else ''}{int(match[2])}" if match else plain(part)
        for part, match in zip(parts, numbers, strict=True)
    )


def _check_names(name: str, frame: pd.DataFrame, file: SurveyFile, codebook, *, shared: bool) -> None:
    stated = frame["variable"][~frame["variable"].str.contains("*", regex=False)]
    if unknown := set(stated) - {"", "-", *codebook["variable"]}:
        raise SurveyError(f"{name}: expected variables of the codebook; found {', '.join(sorted(unknown))}")
    columns = [*map(plain, file.cells), *map(plain, codebook["variable"])]
    elsewhere = [
        text
        for text in frame["file_variable"]
        if (
            not any(_fits(other, plain(text)) for other in columns)
            if "*" in text
            else plain(text) not in columns
        )
    ]
    if elsewhere and not shared:
        raise SurveyError(
            f"{name}: expected variables of {file.path.name}; found {', '.join(elsewhere)}; "
            f"the file has {', '.join(list(file.cells)[:12])}{', …' if len(file.cells.columns) > 12 else ''}"
        )


def _tied(name: str, row, file: SurveyFile, codebook: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the pairs of column and variable that a row of a mapping states."""
    fits = [c for c in file.cells if plain(c) == plain(row.file_variable)]
    if "*" not in row.file_variable or fits:
        return [(column, row.variable) for column in fits]
    columns = [c for c in file.cells if _fits(plain(c), plain(row.file_variable))]
    if row.variable == "-":
        return [(column, "-") for column in columns]
    variables = [v for v in codebook["variable"] if _fits(v, plain(row.variable))]
    if len(columns) != len(variables):
        raise SurveyError(
            f"{name}: expected as many columns {row.file_variable} as variables {row.variable}; found "
            f"{len(columns)} ({', '.join(columns[:6])}) and {len(variables)} ({', '.join(variables[:6])})"
        )
    return list(zip(columns, variables, strict=True))
