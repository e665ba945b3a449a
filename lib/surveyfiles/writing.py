"""What is written: responses as an SPSS file with their labels, and a mapping file to fill in."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

from expect import check_one_of, inert
from surveyfiles.formats import read_survey_file
from surveyfiles.kinds import SurveyError
from surveyfiles.mapping import no_mapping
from surveyfiles.matching import find_guesses, likenesses, match_variables
from surveyfiles.reading import known_words
from surveyfiles.report import Survey

STAMP_AT, STAMP = 92, b"01 Jan 0000:00:00"  # where an SPSS file keeps the moment of writing, and ours
MEASURES = {"scale": "ordinal", "number": "scale"}  # levels of measurement by type; nominal otherwise


def write_sav(
    responses: pd.DataFrame, path: str | Path, *, codebook: pd.DataFrame, language: str, file_label: str = ""
) -> None:
    """Write responses as an SPSS file with variable labels, value labels and levels of measurement.

    Parameters
    ----------
    responses : pandas.DataFrame
        One column per variable; numbers as Int64 or Float64, missing as NA.
    path : str or Path
        Ends in .sav or, for the compressed kind, .zsav; replaced if there.
    codebook : pandas.DataFrame
        Columns `variable`, `type`, `options`, and in each language `label_` and `options_`.
    language : {"nl", "en"}
        Of the labels.
    file_label : str
        What the file says of itself.

    Raises
    ------
    ValueError
        For another language or another file name, or a codebook line with more or fewer labels than options.

    Notes
    -----
    The same responses give the same bytes: the moment of writing, which pyreadstat puts in the header, is
    replaced by a fixed one.  SPSS keeps 256 bytes of a variable label and 120 of a value label; longer
    ones end in an ellipsis.
    """
    check_one_of("language", language, ("nl", "en"))
    if (path := Path(path)).suffix not in (".sav", ".zsav"):
        raise ValueError(f"path: expected a name that ends in .sav or .zsav; found {path.name!r}")
    known = [row for row in codebook.itertuples() if row.variable in responses]
    numeric = {name: responses[name].astype("float64") for name in responses.select_dtypes("number")}
    pyreadstat.write_sav(
        responses.assign(**numeric),
        path,
        compress=path.suffix == ".zsav",
        file_label=file_label,
        column_labels={row.variable: _shortened(getattr(row, f"label_{language}"), 256) for row in known},
        variable_value_labels={row.variable: _labels(row, language) for row in known if row.options},
        variable_measure={row.variable: MEASURES.get(row.type, "nominal") for row in known},
        variable_format={row.variable: "F8.0" for row in known if row.options},
    )
    with path.open("r+b") as file:
        file.seek(STAMP_AT)
        file.write(STAMP)


def _labels(row, language: str) -> dict[int, str]:
    codes = [int(code) for code in row.options.split(";") if code]
    words = [word.strip() for word in getattr(row, f"options_{language}").split(";") if word]
    if len(codes) != len(words):
        raise ValueError(f"codebook: {row.variable}: expected labels for {codes}; found {words}")
    return {code: _shortened(word, 120) for code, word in zip(codes, words, strict=True)}


def _shortened(text: str, size: int) -> str:
    """Return a text of at most so many bytes in UTF-8, cut between characters."""
    if len(text.encode()) <= size:
        return text
    return text.encode()[: size - 3].decode(errors="ignore") + "…"


def write_mapping(
    source: Survey | str | Path,
    out: str | Path,
    *,
    codebook: pd.DataFrame,
    sheet: str = "",
    header_row: int = 0,
) -> pd.DataFrame:
    """Write a mapping file to fill in: every file variable with its match or a guess, then what is free.

    Parameters
    ----------
    source : Survey, str or Path
        A survey that was read, or a survey file.
    out : str or Path
        CSV or .xlsx to write; never over an existing file.
    codebook : pandas.DataFrame
        Columns `variable`, `label_nl`, `label_en`.
    sheet, header_row : str, int
        As in `read_survey`.

    Returns
    -------
    pandas.DataFrame
        What was written: `file_variable`, `variable`, `basis` (name, label, mapping, `guess 0.83` with a
        score, or empty), `missing` and `recode` (to fill in), `question`, `suggestions` (the likeliest three,
        with scores); then, without `file_variable`, the codebook variables that no column holds (basis free).

    Raises
    ------
    SurveyError
        If `out` exists or its folder does not, or the survey file cannot be read.
    """
    out = Path(out)
    if out.exists():
        raise SurveyError(f"{out.name}: expected a new file; found one, which may have been filled in")
    if not out.parent.is_dir():
        raise SurveyError(f"{out.name}: expected an existing folder; found no {out.parent}")
    if isinstance(source, Survey):
        frame = source.report.variables
    else:
        file = read_survey_file(source, sheet=sheet, header_row=header_row, known=known_words(codebook))
        frame, _ = match_variables(file, codebook, no_mapping())
    frame = frame[["file_variable", "variable", "basis", "question"]].copy()
    frame["suggestions"] = _suggestions(frame, codebook)
    for i, variable, score in find_guesses(frame, codebook):
        frame.loc[i, ["variable", "basis"]] = [variable, f"guess {score:.2f}"]
    free = codebook[~codebook["variable"].isin(frame["variable"])]
    rest = pd.DataFrame({"variable": free["variable"], "basis": "free", "question": free["label_nl"]})
    frame = pd.concat([frame, rest], ignore_index=True).assign(missing="", recode="").fillna("")
    frame = frame[["file_variable", "variable", "basis", "missing", "recode", "question", "suggestions"]]
    written = frame.map(inert)
    if out.suffix.lower() == ".xlsx":
        written.to_excel(out, index=False)
    else:
        written.to_csv(out, index=False, encoding="utf-8-sig", lineterminator="\n")
    return frame


def _suggestions(frame: pd.DataFrame, codebook: pd.DataFrame) -> pd.Series:
    """Return the three likeliest variables of each unmatched column, with their scores."""
    rows, free, scores = likenesses(frame, codebook)
    best = np.argsort(-scores, axis=1, kind="stable")[:, :3]
    texts = [
        "; ".join(f"{free[j]} {scores[i, j]:.2f}" for j in places if scores[i, j] >= 0.2)
        for i, places in enumerate(best)
    ]
    return pd.Series(texts, index=rows, dtype="str").reindex(frame.index, fill_value="")
