"""What is written: responses as an SPSS file with their labels, and a mapping file to fill in."""

from pathlib import Path

import pandas as pd
import pyreadstat

from expect import check_one_of, inert
from surveyfiles.formats import read_survey_file
from surveyfiles.kinds import SurveyError
from surveyfiles.matching import find_guesses, match_variables, no_mapping
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


def write_mapping(source: Survey | str | Path, out: str | Path, *, codebook: pd.DataFrame) -> pd.DataFrame:
    """Write a mapping file to fill in: every file variable with its match or a guess.

    Parameters
    ----------
    source : Survey, str or Path
        A survey that was read, or a survey file.
    out : str or Path
        CSV to write; never over an existing file.
    codebook : pandas.DataFrame
        Columns `variable`, `label_nl`, `label_en`.

    Returns
    -------
    pandas.DataFrame
        What was written: `file_variable`, `variable`, `basis` (name, label, mapping, `guess 0.83` with the
        share of characters in common, or empty), `missing` (to fill in), `question`.

    Raises
    ------
    SurveyError
        If `out` exists, or the survey file cannot be read.
    """
    if Path(out).exists():
        raise SurveyError(f"{Path(out).name}: expected a new file; found one, which may have been filled in")
    if isinstance(source, Survey):
        frame = source.report.variables
    else:
        frame, _ = match_variables(read_survey_file(source), codebook, no_mapping())
    frame = frame[["file_variable", "variable", "basis", "question"]].copy()
    for i, variable, share in find_guesses(frame, codebook):
        frame.loc[i, ["variable", "basis"]] = [variable, f"guess {share:.2f}"]
    frame.insert(3, "missing", "")
    frame.map(inert).to_csv(out, index=False, encoding="utf-8", lineterminator="\n")
    return frame
