"""Answers as numbers: what the cells of one survey column mean, decided over the column as a whole.

A cell is a code, the label of a response option, a number with a decimal sign that the column decides,
or missing. What is none of these is refused with a rule, never guessed.
"""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from expect import plain
from surveyfiles.personal import shown

CODED = ("single", "multiple", "scale")
TICKS = {1: ("ja", "yes", "y", "x", "true"), 0: ("nee", "no", "n", "false")}
MISSING_MARKS = ("#null!", "na", "n/a", "nan", ".")
NUMBER = re.compile(r"[-+]?\d+(?:([.,])\d+)?(?:[eE][-+]?\d+)?")
CODE = re.compile(r"(-?\d+)(?:([.,])0{1,2})?")
THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")
SIGNS = {",": "comma", ".": "point"}


class Variable(NamedTuple):
    """One variable of the codebook and the column of the file that holds it.

    Parameters
    ----------
    name, source : str
        Name in the codebook and in the file.
    type : str
        `single`, `multiple`, `scale` or `number`.
    options : tuple of int
        Codes of the response options.
    words : mapping of str to int
        Code of each option label, as `words_of` gives it.
    declared : frozenset of str
        Codes that a mapping file declares missing.
    decimal : str or None
        Decimal sign that was stated.
    labels : mapping
        Labels of values in the file.
    ranges : collection
        User-missing values or ranges (`{"lo": …, "hi": …}`) in the file.
    """

    name: str
    source: str
    type: str
    options: tuple[int, ...]
    words: Mapping[str, int]
    declared: frozenset[str] = frozenset()
    decimal: str | None = None
    labels: Mapping = {}
    ranges: Collection = ()

    @property
    def title(self) -> str:
        """The variable for a message, with its name in the file where that differs."""
        return f"variable {self.name}" + (
            f" (in the file: {self.source})" if self.source != self.name else ""
        )


class Answers(NamedTuple):
    """One column as understood.

    Parameters
    ----------
    numbers : pandas.Series
        Int64 codes or Float64 numbers, missing and refused cells NA.
    missing : pandas.DataFrame
        `variable`, `kind` (system-missing, user-missing), `value`, `label`, `n`.
    refused : pandas.DataFrame
        `variable`, `position`, `value` (text; addresses masked), `rule`.
    recoded : pandas.DataFrame
        `variable`, `value`, `code`: codes of the file translated through their labels.
    decimal : tuple of str or None
        Decimal sign ("" for none) and its basis.
    problem : str
        What keeps the whole column from being understood; "" if nothing.
    """

    numbers: pd.Series
    missing: pd.DataFrame
    refused: pd.DataFrame
    recoded: pd.DataFrame
    decimal: tuple[str, str] | None
    problem: str


def options_of(text: str) -> tuple[int, ...]:
    """Return the codes of a codebook cell such as `1;2;3`."""
    return tuple(int(code) for code in text.split(";") if code)


def words_of(row) -> dict[str, int]:
    """Return the code of each option label of a codebook row, in both languages; ticks also as yes and no."""
    words = {}
    if row.type == "multiple":
        words = {word: code for code, known in TICKS.items() for word in known}
    for labels in (row.options_en, row.options_nl):
        words |= zip(map(plain, labels.split(";")), options_of(row.options), strict=False)
    return words


def read_answers(cells: pd.Series, variable: Variable) -> Answers:
    """Read a column of a survey file as numbers, working on its distinct values.

    Parameters
    ----------
    cells : pandas.Series
        Text or floats, or both; missing as NaN or None.
    variable : Variable
        What the column should hold.

    Returns
    -------
    Answers
        Numbers, and what was missing, recoded and refused.
    """
    places, distinct = pd.factorize(cells)
    gone = [_is_missing(value, variable) for value in distinct]
    present = [value for value, missing in zip(distinct, gone, strict=True) if not missing]
    decimal, undecided = _decimal(present, variable)
    codes, contradiction = _translation(present, variable)
    values, rules = np.full(len(distinct) + 1, np.nan), np.full(len(distinct) + 1, "", dtype=object)
    for i in np.flatnonzero(~np.array(gone, dtype=bool)):
        values[i], rules[i] = _value(codes.get(distinct[i], distinct[i]), variable, decimal)
    problem = undecided or contradiction
    if problem:
        rules[:] = ""
    changed = [(variable.name, value, code) for value, code in codes.items() if value != code]
    return Answers(
        _typed(values[places], variable),
        _missing_table(variable, places, distinct, gone),
        _refusals(variable, places, distinct, rules),
        pd.DataFrame(changed, columns=["variable", "value", "code"]),
        decimal,
        f"{variable.title}: {problem}" if problem else "",
    )


def _typed(values: np.ndarray, variable: Variable) -> pd.Series:
    gone = np.isnan(values)
    if variable.type == "number":
        return pd.Series(pd.arrays.FloatingArray(values, gone))
    return pd.Series(pd.arrays.IntegerArray(np.where(gone, 0, values).astype("int64"), gone))


def _refusals(variable: Variable, places: np.ndarray, distinct, rules: np.ndarray) -> pd.DataFrame:
    where = np.flatnonzero((rules != "")[places])
    values = [shown(distinct[places[i]]) for i in where]
    columns = {"position": where, "value": values, "rule": rules[places[where]]}
    return pd.DataFrame({"variable": [variable.name] * len(where), **columns})


def _is_missing(value: object, variable: Variable) -> bool:
    if isinstance(value, str):
        text = plain(value)
        strings = [
            str(edge).strip()
            for r in variable.ranges
            for edge in (r.values() if isinstance(r, dict) else [r])
        ]
        return not text or text in MISSING_MARKS or text in variable.declared or value.strip() in strings
    within = any(r["lo"] <= value <= r["hi"] if isinstance(r, dict) else r == value for r in variable.ranges)
    return within or f"{value:g}" in variable.declared


def _missing_table(variable: Variable, places, distinct, gone: list[bool]) -> pd.DataFrame:
    counts = np.bincount(places + 1, minlength=len(distinct) + 1)
    rows, system = [], int(counts[0])
    for i in np.flatnonzero(gone):
        value, n = distinct[i], int(counts[i + 1])
        if isinstance(value, str) and not value.strip():
            system += n
        else:
            rows.append((variable.name, "user-missing", shown(value), str(variable.labels.get(value, "")), n))
    rows = [(variable.name, "system-missing", "", "", system), *rows] if system else rows
    return pd.DataFrame(rows, columns=["variable", "kind", "value", "label", "n"])


def _decimal(present: list, variable: Variable) -> tuple[tuple[str, str] | None, str]:
    """Return the decimal sign of a number column with its basis, and what keeps it from being decided."""
    if variable.type != "number":
        return None, ""
    if variable.decimal:
        return (variable.decimal, "stated"), ""
    texts = [value.strip() for value in present if isinstance(value, str)]
    matches = [match for match in map(NUMBER.fullmatch, texts) if match and match[1]]
    signs = {match[1] for match in matches}
    if not texts:
        return ("", "numbers in the file") if present else None, ""
    if len(signs) > 1:
        return None, "expected one decimal sign in the column; found both a comma and a point; state decimal"
    if matches and all(THOUSANDS.fullmatch(match[0]) for match in matches):
        return (
            None,
            f"expected a clear decimal sign; found {matches[0][0]!r}, perhaps thousands; state decimal",
        )
    return (signs.pop() if signs else "", "whole column"), ""


def _translation(present: list, variable: Variable) -> tuple[dict, str]:
    """Return codes of the codebook for codes of the file, by their labels, and a contradiction if any."""
    used = [value for value in present if isinstance(value, float)] if variable.labels else []
    meant = {
        v: float(variable.words[plain(label)])
        for v, label in variable.labels.items()
        if plain(label) in variable.words
    }
    if used and all(value in meant for value in used):
        return {value: meant[value] for value in used}, ""
    wrong = [value for value in used if meant.get(value, value) != value]
    if wrong:
        label, code = variable.labels[wrong[0]], meant[wrong[0]]
        found = f"{wrong[0]:g} labelled {label!r}, which is {code:g} in the codebook"
        return {}, f"expected value labels that agree with the codebook; found {found}"
    return {}, ""


def _value(value: object, variable: Variable, decimal: tuple[str, str] | None) -> tuple[float, str]:
    """Return the number that a cell stands for and "", or NaN and the rule it breaks."""
    if variable.type in CODED:
        code, known = _code(value, variable), ", ".join(map(str, variable.options))
        if code is None:
            return np.nan, f"unknown code: expected one of {known} or the label of an option"
        if code not in variable.options:
            return np.nan, f"outside the response options: expected one of {known}"
        return code, ""
    if isinstance(value, float):
        return (value, "") if np.isfinite(value) else (np.nan, "expected a finite number")
    match = NUMBER.fullmatch(value.strip())
    sign = decimal[0] if decimal else ""
    if match and match[1] in (None, sign):
        return float(value.strip().replace(",", ".")), ""
    expected = f" with a decimal {SIGNS[sign]} and no sign for thousands" if sign else ""
    return np.nan, f"text in a number column: expected a number{expected}"


def _code(value: object, variable: Variable) -> float | None:
    """Return the code of an answer given as number, text or label; None if it is none of these."""
    if isinstance(value, float):
        return value if value.is_integer() else None
    if plain(value) in variable.words:
        return float(variable.words[plain(value)])
    match = CODE.fullmatch(value.strip())
    return float(match[1]) if match and match[2] in (None, variable.decimal or match[2]) else None


def find_oddity(answers: Answers, kind: str) -> str:
    """Return what looks odd in a column but breaks no rule; "" if nothing does.

    Parameters
    ----------
    answers : Answers
        A column as read.
    kind : str
        Type of the variable in the codebook.

    Returns
    -------
    str
        That the highest number is all nines and far above the others, or that a ticked option has
        blanks but no code for unticked.
    """
    present = answers.numbers.dropna()
    if kind == "number" and len(present):
        top, times = float(present.max()), int((present == present.max()).sum())
        below = present[present < top]
        if re.fullmatch(r"9{2,}", f"{top:g}") and len(below) and top > 3 * float(below.max()):
            return f"{top:g} looks like a missing code ({times} times); declare it in a mapping file"
    if kind == "multiple" and len(present) and (present == 1).all() and len(present) < len(answers.numbers):
        return "only ticks and blanks in the file; blanks stay missing, not unticked"
    return ""
