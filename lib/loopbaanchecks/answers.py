"""The answers of a survey file, and what they are worth as evidence."""

from pathlib import Path

from loopbaanchecks.paths import MAPPING
from loopbaanchecks.study import Study
from surveyfiles import Survey, read_survey

SIMULATED = {
    "nl": "GESIMULEERD, geen waarnemingen",
    "en": "SIMULATED, not observed",
}  # label of a twin's file


def open_survey(path: str | Path, study: Study) -> Survey:
    """Read a survey file against the codebook of the study, with the mapping of data/raw if it is there.

    Parameters
    ----------
    path : str or Path
        A survey file.
    study : Study
        Its codebook judges the answers.

    Returns
    -------
    surveyfiles.Survey
        `responses` and `report`.

    Raises
    ------
    surveyfiles.SurveyError
        If the file cannot be read or does not fit the codebook.
    """
    return read_survey(path, codebook=study.codebook, shared_mapping=MAPPING)


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
