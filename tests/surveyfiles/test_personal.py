"""Personal data stay out, unless they are named."""

import pytest
from survey_cases import read

from surveyfiles import SurveyError


def test_personal_data_enter_only_when_named():
    names = ["remarks", "RecipientEmail", "city"]
    responses = read("csv/personal.csv", keep=names).responses
    assert list(responses) == ["education", "remarks", "RecipientEmail", "city"]
    assert responses["remarks"].tolist() == ["open 1", "open 2", "open 3"]
    with pytest.raises(SurveyError, match="keep: expected columns of the file; found nothing_like_it"):
        read("csv/personal.csv", keep=["nothing_like_it"])


def test_neither_frame_nor_report_holds_what_was_left_out():
    for name in ("csv/personal.csv", "csv/address_in_codes.csv", "qualtrics/three_rows_json.csv"):
        survey = read(name)
        text = survey.responses.to_csv() + "\n".join(survey.report.lines())
        assert "example.org" not in text
        assert "192.0.2" not in text


def test_anonymised_dates_and_blanks_are_missing_in_kept_columns():
    kept = read("limesurvey/question_texts.csv", keep=["Date submitted"]).responses["Date submitted"]
    assert kept.isna().all()
