"""Answers as numbers: what the cells of one survey column mean, decided over the column as a whole.

A cell is a code, the label of a response option, a number with a decimal sign that the column decides,
or missing. What is none of these is refused with a rule, never guessed.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from expect import plain, settled
from surveyfiles.labels import label_of, option_meant, translate
from surveyfiles.personal import shown
from surveyfiles.wording import bare, says_nothing, split_code

CODED = ("single", "multiple", "scale")
MISSING_MARKS = ("#null!", "na", "n/a", "nan", ".")
NUMERAL = re.compile(r"[-+]?\d+(?:([.,])\d+)?(?:[eE][-+]?\d+)?")
THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")
LETTERED = re.compile(r"([A-Za-z]{1,4})0*(\d+)")
MONTH_NAMES = "jan|feb|mrt|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec"
DATE = re.compile(
    rf"\d{{4}}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?|\d{{1,2}}[-/. ]({MONTH_NAMES})[a-z]*\.?([-/. ]\d+)?", re.I
)
SHEET_ERROR = re.compile(
    r"#(N/A|N/B|REF!|VERW!|DIV/0!|DEEL/0!|VALUE!|WAARDE!|NAME\?|NAAM\?|NUM!|GETAL!)", re.I
)
SIGN_NAMES = {",": "comma", ".": "point"}
A_DATE = "a date, perhaps made of an answer such as 3-5: mend it in the file"
AN_ERROR = "an error of a spreadsheet formula: mend it in the file"
SEVERAL = "several answers in one cell: export the question with a column per option"


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
    recode : str or mapping
        What a mapping file says of codes: `same`, `reverse`, pairs (None: missing), or nothing.
    limits : tuple of float or None
        Lowest and highest plausible number.
    question : str
        Label of the column in the file.
    lettered : str
        Letters in front of every code of the file, `A` in A1 to A5.
    option_labels : tuple of str
        Of the codebook, for messages.
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
    recode: str | Mapping[str, float | None] = ""
    limits: tuple[float | None, float | None] = (None, None)
    question: str = ""
    lettered: str = ""
    option_labels: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The variable for a message, with its name and label in the file where they say more."""
        other = [self.source] if self.source != self.name else []
        other += (
            [repr(shown(" ".join(self.question.split())))]
            if bare(self.question) not in ("", bare(self.source))
            else []
        )
        return f"variable {self.name}" + (f" (in the file: {', '.join(other)})" if other else "")

    @property
    def options_shown(self) -> list[tuple[int, str]]:
        """Codes and labels of the codebook."""
        return list(zip(self.options, self.option_labels, strict=False))

    def is_option(self, code: str) -> bool:
        """Say whether a missing code for many questions is an answer to this one."""
        match = NUMERAL.fullmatch(code)
        if not match or match[1]:
            return code in self.words
        low, high = self.limits
        inside = low is not None and high is not None and low <= float(code) <= high
        return int(float(code)) in self.options or (self.type == "number" and inside)


class Answers(NamedTuple):
    """One column as understood.

    Parameters
    ----------
    numbers : pandas.Series
        Int64 codes or Float64 numbers, missing and refused cells NA.
    missing : pandas.DataFrame
        `variable`, `kind` (system-missing, user-missing), `value`, `label`, `n`.
    refused : pandas.DataFrame
        `variable`, `position`, `value` (text; addresses masked), `label` (in the file), `rule`.
    recoded : pandas.DataFrame
        `variable`, `value`, `code`, `basis` (label, mapping, letters): codes of the file translated.
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
    codes, basis, contradiction = _codes(present, variable)
    values, rules = np.full(len(distinct) + 1, np.nan), np.full(len(distinct) + 1, "", dtype=object)
    for i in np.flatnonzero(~np.array(gone, dtype=bool)):
        values[i], rules[i] = _value(codes.get(distinct[i], distinct[i]), variable, decimal)
    problem = undecided or contradiction
    if problem:
        rules[:] = ""
    changed = [(variable.name, value, code, basis) for value, code in codes.items() if value != code]
    return Answers(
        _typed(values[places], variable),
        _missing_table(variable, places, distinct, gone),
        _refusals(variable, places, distinct, rules),
        pd.DataFrame(changed, columns=["variable", "value", "code", "basis"]),
        decimal,
        problem,
    )


def _typed(values: np.ndarray, variable: Variable) -> pd.Series:
    gone = np.isnan(values)
    if variable.type == "number":
        return pd.Series(pd.arrays.FloatingArray(values, gone))
    return pd.Series(pd.arrays.IntegerArray(np.where(gone, 0, values).astype("int64"), gone))


def _refusals(variable: Variable, places: np.ndarray, distinct, rules: np.ndarray) -> pd.DataFrame:
    where = np.flatnonzero((rules != "")[places])
    found = [distinct[places[i]] for i in where]
    columns = {"position": where, "value": [shown(value) for value in found]}
    columns |= {"label": [label_of(value, variable.labels) for value in found], "rule": rules[places[where]]}
    return pd.DataFrame({"variable": [variable.name] * len(where), **columns})


def _is_missing(value: object, variable: Variable) -> bool:
    if _recoded(value, variable) is None:
        return True
    label = label_of(value, variable.labels)
    if variable.type == "number" and (label or isinstance(value, str)) and says_nothing(label or value):
        return True
    if isinstance(value, str):
        text = plain(value)
        strings = [
            str(edge).strip()
            for r in variable.ranges
            for edge in (r.values() if isinstance(r, dict) else [r])
        ]
        number = _number(value)
        coded = number is not None and f"{number:.15g}" in variable.declared
        marked = text in MISSING_MARKS or text in variable.declared or coded
        return not text or marked or value.strip() in strings
    numbers = [r for r in variable.ranges if isinstance(r, dict) or not isinstance(r, str)]
    within = any(r["lo"] <= value <= r["hi"] if isinstance(r, dict) else r == value for r in numbers)
    return within or f"{value:.15g}" in variable.declared


def _missing_table(variable: Variable, places, distinct, gone: list[bool]) -> pd.DataFrame:
    counts = np.bincount(places + 1, minlength=len(distinct) + 1)
    rows, system = [], int(counts[0])
    for i in np.flatnonzero(gone):
        value, n = distinct[i], int(counts[i + 1])
        if isinstance(value, str) and not value.strip():
            system += n
        else:
            label = label_of(value, variable.labels)
            rows.append((variable.name, "user-missing", shown(value), label, n))
    rows = [(variable.name, "system-missing", "", "", system), *rows] if system else rows
    return pd.DataFrame(rows, columns=["variable", "kind", "value", "label", "n"])


def _decimal(present: list, variable: Variable) -> tuple[tuple[str, str] | None, str]:
    """Return the decimal sign of a number column with its basis, and what keeps it from being decided."""
    if variable.type != "number":
        return None, ""
    if variable.decimal:
        return (variable.decimal, "stated"), ""
    texts = [value.strip() for value in present if isinstance(value, str)]
    matches = [match for match in map(NUMERAL.fullmatch, texts) if match and match[1]]
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


# --- codes: as a mapping says, by their labels, or without their letters ---------------------------------


def _recoded(value: object, variable: Variable) -> object:
    """Return what the pairs of a mapping make of a value (None: missing); the value itself if nothing."""
    if not isinstance(variable.recode, Mapping):
        return value
    keys = [plain(value) if isinstance(value, str) else f"{value:.15g}"]
    number = _number(value) if isinstance(value, str) else None
    keys += [f"{number:.15g}"] if number is not None else []
    return next((variable.recode[key] for key in keys if key in variable.recode), value)


def _codes(present: list, variable: Variable) -> tuple[dict, str, str]:
    """Return codes of the codebook for values of the file, on what basis, and a contradiction if any."""
    if isinstance(variable.recode, Mapping):
        pairs = {value: _recoded(value, variable) for value in present}
        stated = {value: code for value, code in pairs.items() if code is not value}
        present = [value for value in present if value not in stated]
        codes, _, problem = _codes(present, variable._replace(recode=""))
        return codes | stated, "mapping", problem
    if variable.recode:
        return _whole_scale(present, variable), "mapping", ""
    if variable.type == "number":
        return {}, "", _categories(present, variable)
    labels = {v: label for v, label in variable.labels.items() if not _is_missing(v, variable)}
    if labels:
        codes, problem = translate(present, labels, variable)
        if codes or problem:
            return codes, "label", problem
    if variable.lettered:
        matches = {value: LETTERED.fullmatch(str(value).strip()) for value in present}
        return {value: float(match[2]) for value, match in matches.items() if match}, "letters", ""
    return {}, "", ""


def _whole_scale(present: list, variable: Variable) -> dict:
    """Return codes as they are or reversed, whatever the labels of the file say."""
    ends = sum((min(variable.options), max(variable.options)))
    bare_words = {plain(str(code)): code for code in variable.options}
    codes = {value: _code(value, variable._replace(words=bare_words)) for value in present}
    lettered = {value: LETTERED.fullmatch(str(value).strip()) for value in present}
    codes |= {value: float(found[2]) for value, found in lettered.items() if found and codes[value] is None}
    known = {value: code for value, code in codes.items() if code in variable.options}
    return {value: ends - code for value, code in known.items()} if variable.recode == "reverse" else known


def _categories(present: list, variable: Variable) -> str:
    """Return what is wrong when labels say that numbers stand for something else; "" if nothing."""
    labelled = {value: label for value in present if (label := label_of(value, variable.labels))}
    other = {
        value: label
        for value, label in labelled.items()
        if re.findall(r"\d+(?:[.,]\d+)?", label) != [shown(value)] and not _is_none(value, label)
    }
    if not other:
        return ""
    found = ", ".join(f"{shown(value)} {label!r}" for value, label in list(other.items())[:6])
    return (
        f"expected numbers; found codes with labels of their own: {found}; say in a mapping file, column "
        "recode, what they mean: same (the number itself), or pairs such as 1=0.5;9=missing"
    )


def _is_none(value: object, label: str) -> bool:
    return value == 0 and bool(re.match(r"(geen|nul|nooit|none|no|never|zero|0)\b", bare(label)))


def find_letters(columns: Iterable[tuple[Variable, pd.Series]]) -> dict[str, str]:
    """Find the columns whose answers are codes behind the same letters, such as A1 to A5.

    Parameters
    ----------
    columns : iterable of (Variable, pandas.Series)
        Coded variables and their cells.

    Returns
    -------
    dict of str to str
        Letters by name of variable, where the columns with these letters and options together hold exactly
        the codes of the options: fewer or others could be codes of another list.
    """
    found: dict[tuple, tuple[set[int], list[str]]] = {}
    for variable, cells in columns:
        texts = [v for v in cells.dropna().unique() if not _is_missing(v, variable)]
        matches = [LETTERED.fullmatch(v.strip()) if isinstance(v, str) else None for v in texts]
        letters = {match[1] if match else "" for match in matches}
        if len(letters) == 1 and "" not in letters:
            digits, names = found.setdefault((letters.pop(), variable.options), (set(), []))
            digits |= {int(match[2]) for match in matches}
            names.append(variable.name)
    whole = [(key, names) for key, (digits, names) in found.items() if digits == set(key[1])]
    return {name: letters for (letters, _), names in whole for name in names}


# --- one cell --------------------------------------------------------------------------------------------


def _number(text: str) -> float | None:
    return float(text.strip().replace(",", ".")) if NUMERAL.fullmatch(text.strip()) else None


def _value(value: object, variable: Variable, decimal: tuple[str, str] | None) -> tuple[float, str]:
    """Return the number that a cell stands for and "", or NaN and the rule it breaks."""
    if variable.type in CODED:
        code, known = _code(value, variable), ", ".join(map(str, variable.options))
        if code is None:
            strange = _strange(value, variable)
            return np.nan, strange or f"unknown code: expected one of {known} or the label of an option"
        if code not in variable.options:
            return np.nan, f"outside the response options: expected one of {known}"
        return code, ""
    number, rule = value, ""
    if isinstance(value, str):
        match, sign = NUMERAL.fullmatch(value.strip()), decimal[0] if decimal else ""
        if not (match and match[1] in (None, sign)):
            expected = f" with a decimal {SIGN_NAMES[sign]} and no sign for thousands" if sign else ""
            rule = _strange(value, variable) or f"text in a number column: expected a number{expected}"
            return np.nan, rule
        number = _number(value)
    elif not np.isfinite(value):
        return np.nan, "expected a finite number"
    return _plausible(number, variable)


def _plausible(number: float, variable: Variable) -> tuple[float, str]:
    low, high = variable.limits
    if (low is None or settled(number) >= low) and (high is None or settled(number) <= high):
        return number, ""
    ends = (
        f"from {low:g} to {high:g}"
        if None not in (low, high)
        else f"up to {high}"
        if low is None
        else f"from {low}"
    )
    return np.nan, f"outside the plausible range: expected a number {ends}"


def _code(value: object, variable: Variable) -> float | None:
    """Return the code of an answer given as number, text or label; None if it is none of these."""
    if isinstance(value, str):
        meant = option_meant(value, variable.words)
        if meant is not None:
            return float(meant)
        match = NUMERAL.fullmatch(value.strip())
        if not match or match[1] not in (None, variable.decimal or match[1]):
            return None
        value = _number(value)
    value = settled(value) if np.isfinite(value) else value
    return value if float(value).is_integer() else None


def _strange(value: object, variable: Variable) -> str:
    """Return what a text is that is no answer, where that can be said."""
    text = value.strip() if isinstance(value, str) else ""
    if DATE.fullmatch(text):
        return A_DATE
    if SHEET_ERROR.fullmatch(text):
        return AN_ERROR
    parts = [part for part in re.split(r"[;,|]\s*", text) if part.strip()]
    known = [option_meant(part, variable.words) is not None or part.strip().isdecimal() for part in parts]
    if variable.type != "number" and len(parts) > 1 and (all(known) or (";" in text and any(known))):
        return SEVERAL
    if variable.type == "multiple" and len(parts) > 1:
        return SEVERAL
    if variable.type in CODED and (parted := split_code(text)):
        book = dict(variable.options_shown)
        said = (
            f"{parted[0]} is {book[parted[0]]!r} there" if parted[0] in book else f"{parted[0]} is not there"
        )
        return f"code and label that do not agree with the codebook ({said})"
    return ""


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
