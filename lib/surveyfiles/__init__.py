"""A survey file read against its codebook: understood and reported, or one list of what does not fit.

Nothing is guessed in silence, and personal data stay out of the frame and out of every message.
"""

from surveyfiles.answers import MISSING_MARKS
from surveyfiles.formats import read_survey_file
from surveyfiles.kinds import SurveyError, SurveyFile
from surveyfiles.personal import shown
from surveyfiles.reading import read_survey
from surveyfiles.report import ReadReport, Survey
from surveyfiles.respondents import EXCLUDABLE, LEFT_OUT
from surveyfiles.writing import write_mapping, write_sav

__all__ = [
    "EXCLUDABLE",
    "LEFT_OUT",
    "MISSING_MARKS",
    "ReadReport",
    "Survey",
    "SurveyError",
    "SurveyFile",
    "read_survey",
    "read_survey_file",
    "shown",
    "write_mapping",
    "write_sav",
]
