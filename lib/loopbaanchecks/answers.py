"""The answers of a survey file, and what they are worth as evidence."""

import re
from pathlib import Path

import pandas as pd

from loopbaanchecks.paths import MAPPING
from loopbaanchecks.study import Study
from surveyfiles import EXCLUDABLE, Survey, read_survey

SIMULATED = {
    "nl": "GESIMULEERD, geen waarnemingen",
    "en": "SIMULATED, not observed",
}  # label of a twin's file


def open_survey(path: str | Path, study: Study, *, mapping: str | Path = "", **choices) -> Survey:
    """Read a survey file against the codebook of the study.

    Parameters
    ----------
    path : str or Path
        A survey file.
    study : Study
        Its codebook judges the answers.
    mapping : str or Path
        Which column is which variable; empty: data/raw/mapping.csv, if it is there.
    **choices
        Of `surveyfiles.read_survey`: exclude (also as text, such as "previews, duplicates"), weight, sheet,
        header_row, decimal, keep, lenient.

    Returns
    -------
    surveyfiles.Survey
        `responses`, `report` and `weights`.

    Raises
    ------
    surveyfiles.SurveyError
        If the file cannot be read or does not fit the codebook.
    """
    if isinstance(choices.get("exclude"), str):
        choices["exclude"] = tuple(re.findall(r"[^\s,;]+", choices["exclude"]))
    return read_survey(
        path, codebook=study.codebook, mapping=mapping or None, shared_mapping=MAPPING, **choices
    )


def attendance(survey: Survey) -> pd.DataFrame:
    r"""Return how the respondents that count came to be the ones.

    Parameters
    ----------
    survey : surveyfiles.Survey
        As read.

    Returns
    -------
    pandas.DataFrame
        One row per kind of record that is looked for, in this order, found or not: `who` (previews,
        unfinished, hidden_rows, duplicates, contradictions), `n_before`, `found`, `left_out` (yes, no),
        `n_after`.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "answers.csv"
    >>> _ = file.write_text("id,uses_check\n1,2\n1,2\n2,1\n", encoding="utf-8")
    >>> attendance(open_survey(file, Study())).query("found > 0").to_dict("records")
    [{'who': 'duplicates', 'n_before': 3, 'found': 1, 'left_out': 'yes', 'n_after': 2}]
    """
    met, rows = survey.report.steps.set_index("reason"), []
    n = survey.report.n_read - len(survey.report.empty)
    for reason in EXCLUDABLE:
        found, out, after = (
            met.loc[reason, ["n", "left_out", "n_after"]] if reason in met.index else (0, False, n)
        )
        rows.append((reason, n, int(found), "yes" if out else "no", int(after)))
        n = int(after)
    return pd.DataFrame(rows, columns=["who", "n_before", "found", "left_out", "n_after"])


def evidence_of(survey: Survey) -> str:
    """Return the evidence mark of answers: the label of a twin's file says that they are simulated.

    Parameters
    ----------
    survey : surveyfiles.Survey
        As read.

    Returns
    -------
    {"simulated", "observed"}
        A twin that was saved without its label (as .csv, for example) cannot be told apart from real answers.
    """
    label = survey.report.details.get("file label", "")
    return "simulated" if label.startswith(tuple(SIMULATED.values())) else "observed"
