"""Survey files of SPSS: cells with their labels and user-missing values."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

from surveyfiles.kinds import SurveyError, SurveyFile

UNCOUNTED = b"\xff" * 4  # where an SPSS file states its number of cases
DATES = re.compile(r"(DATETIME|YMDHMS|[AESJ]?DATE)\d")
SPSS_EPOCH = np.datetime64("1582-10-14T00:00:00", "s")


def read_spss(path: Path) -> SurveyFile:
    """Read a .sav or .zsav file with its labels and user-missing values."""
    cells, meta = _spss_cells(path)
    if not all(isinstance(name, str) for name in cells):
        raise SurveyError(f"{path.name}: expected a whole SPSS file; found a variable without a legible name")
    for name, spelled in meta.original_variable_types.items():
        if DATES.match(spelled) and cells[name].dtype == float:
            cells[name] = _dates(cells[name])
    with path.open("rb") as stream:
        head = stream.read(84)
    uncounted = "the file does not say how many cases it has: whether it was cut off cannot be seen"
    return SurveyFile(
        path,
        "zsav" if head.startswith(b"$FL3") else "sav",
        cells,
        np.arange(1, len(cells) + 1),
        labels={name: label for name, label in meta.column_names_to_labels.items() if label},
        value_labels=meta.variable_value_labels,
        missing_ranges=meta.missing_ranges,
        details={"encoding": meta.file_encoding or "not stated", "header rows": "none"}
        | ({"file label": meta.file_label.strip()} if (meta.file_label or "").strip() else {}),
        notes=(uncounted,) if head[80:84] == UNCOUNTED else (),
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


def _dates(seconds: pd.Series) -> pd.Series:
    """Return SPSS seconds as ISO text: no year is too far for it."""
    moments = pd.Series(pd.NA, index=seconds.index, dtype="str")
    known = seconds.notna()
    stamps = SPSS_EPOCH + seconds[known].to_numpy().astype("timedelta64[s]")
    moments[known] = np.datetime_as_string(stamps)
    return moments
