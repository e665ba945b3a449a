"""SPSS files: cells, labels, missing codes, formats, response sets, and the weight variable."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

from surveyfiles.kinds import SurveyError, SurveyFile
from surveyfiles.spss import UNCOUNTED, check_spss

SPELLED = re.compile(r"([A-Z]+)\d")
MOMENTS = ("DATETIME", "YMDHMS", "DATE", "ADATE", "EDATE", "SDATE", "JDATE")
TIME_FORMATS = ("TIME", "DTIME", "MTIME")
SPSS_EPOCH = np.datetime64("1582-10-14T00:00:00", "s")


def read_spss(path: Path) -> SurveyFile:
    """Read a .sav or .zsav file with its labels, user-missing values, response sets and weight variable."""
    head = check_spss(path)
    cells, meta = _spss_cells(path)
    if not all(isinstance(name, str) for name in cells):
        raise SurveyError(f"{path.name}: expected a whole SPSS file; found a variable without a legible name")
    for name, spelled in meta.original_variable_types.items():
        kind = (SPELLED.match(spelled or "") or ["", ""])[1]
        if cells[name].dtype == float and (written := _written(kind)):
            cells[name] = _texts(cells[name], written)
    weight = {name.upper(): name for name in cells}.get(head.weight.upper(), "")
    notes = ["weighting is on in the file, by a variable without a name"] * bool(head.weight and not weight)
    notes += ["the file does not say how many cases it has: whether it was cut off cannot be seen"] * (
        head.cases == UNCOUNTED
    )
    return SurveyFile(
        path,
        "zsav" if head.compression == 2 else "sav",
        cells,
        np.arange(1, len(cells) + 1),
        labels={name: label for name, label in meta.column_names_to_labels.items() if label},
        value_labels=meta.variable_value_labels,
        missing_ranges=meta.missing_ranges,
        details={"encoding": meta.file_encoding or "not stated", "header rows": "none"}
        | ({"file label": meta.file_label.strip()} if (meta.file_label or "").strip() else {}),
        weight=weight,
        notes=(*_sets(meta.mr_sets or {}), *notes),
    )


def _spss_cells(path: Path) -> tuple[pd.DataFrame, object]:
    """Return cells and metadata; a second try as windows-1252 when the text is not in the stated encoding."""
    options = {"user_missing": True, "disable_datetime_conversion": True}
    try:
        try:
            return pyreadstat.read_sav(path, **options)
        except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
            if "encod" not in str(error).lower() and "convert" not in str(error).lower():
                raise
            cells, meta = pyreadstat.read_sav(path, encoding="WINDOWS-1252", **options)
            meta.file_encoding = (
                "WINDOWS-1252 (decided: the text is not in the encoding that the file states)"
            )
            return cells, meta
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError) as error:
        reason = str(error).rstrip(".")
        raise SurveyError(
            f"{path.name}: expected a whole SPSS file; found one that is cut off or damaged ({reason})"
        ) from error


# --- dates and times as text: no year is too far for it ---------------------------------------------------


def _written(kind: str):
    """Return how seconds in a format of dates or times are written; None for other formats."""
    periods = {"QYR": _quarter, "MOYR": lambda moment: moment[:7], "WKYR": _week}
    if kind in MOMENTS:
        return lambda seconds: _moment(seconds)
    if kind in periods:
        return lambda seconds: periods[kind](_moment(seconds))
    return _duration if kind in TIME_FORMATS else None


def _texts(seconds: pd.Series, written) -> pd.Series:
    known = seconds.notna()
    texts = pd.Series(pd.NA, index=seconds.index, dtype="str")
    texts[known] = [written(value) for value in seconds[known]]
    return texts


def _moment(seconds: float) -> str:
    return str(SPSS_EPOCH + np.timedelta64(int(seconds), "s"))


def _quarter(moment: str) -> str:
    return f"{moment[:4]}-Q{(int(moment[5:7]) + 2) // 3}"


def _week(moment: str) -> str:
    """Return the week as SPSS counts it: week 1 begins on 1 January."""
    days = np.datetime64(moment[:10], "D") - np.datetime64(f"{moment[:4]}-01-01", "D")
    return f"{moment[:4]}-W{int(days.astype(int)) // 7 + 1:02}"


def _duration(seconds: float) -> str:
    whole = abs(int(seconds))
    return f"{'-' if seconds < 0 else ''}{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def _sets(sets: Mapping[str, Mapping]) -> Iterator[str]:
    for name, content in sets.items():
        label = f" {content['label']!r}" if content.get("label") else ""
        counted = f", counting {content['counted_value']}" if content.get("is_dichotomy") else ""
        variables = ", ".join(content["variable_list"])
        yield f"multiple response set {name.lstrip('$')}{label}{counted}: {variables}"
