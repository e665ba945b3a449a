"""Which column holds which variable: mapping files read, shared, refused and written to fill in."""

import pandas as pd
import pytest
from survey_cases import CODEBOOK, FILES, NA, expected, read

from surveyfiles import SurveyError, read_survey, write_mapping

TWO = {"uses_check": [2, 1], "education": [3, 2], "hours": [12.5, 8.0]}


def test_a_mapping_ties_other_names_and_leaves_out_what_it_says(tmp_path):
    given_by = FILES / "csv/other_names_mapping.csv"
    survey = read("csv/other_names.csv", mapping=given_by)
    pd.testing.assert_frame_equal(survey.responses, expected(TWO))
    assert "matched by guess, not yet confirmed: V2 is education" in survey.report.lines()
    (tmp_path / "m.csv").write_text("file_variable,variable\npart_talk,-\n")
    survey = read("csv/comma_point.csv", mapping=tmp_path / "m.csv")
    assert "part_talk" not in survey.responses
    assert "left out, as the mapping file says: part_talk" in survey.report.lines()


def test_a_mapping_declares_missing_codes():
    survey = read("csv/declared_missing.csv", mapping=FILES / "csv/declared_missing_mapping.csv")
    found = expected({"education": [3, NA, 1], "hours": [NA, 8.0, 7.0], "part_talk": [5, 4, NA]})
    pd.testing.assert_frame_equal(survey.responses, found)
    assert survey.report.missing["value"].tolist() == ["-99", "999", "-99"]
    with pytest.raises(SurveyError, match="outside the response options"):
        read("csv/declared_missing.csv")


def test_a_mapping_settles_a_duplicate(tmp_path):
    (tmp_path / "m.csv").write_text("file_variable,variable\nEducation.2,education\n")
    survey = read("malformed/twice.csv", mapping=tmp_path / "m.csv")
    assert survey.responses["education"].tolist() == [3, 1]


def test_a_mapping_of_several_files_is_used_where_it_fits(tmp_path):
    shared, own = tmp_path / "shared.csv", tmp_path / "own.csv"
    assert read("csv/comma_point.csv", shared_mapping=shared).report.absent == (
        "member_guild",
        "remarks",
        "email",
    )
    shared.write_text("file_variable,variable\nV1,uses_check\nof_another_file,hours\n")
    assert read("csv/other_names.csv", shared_mapping=shared).responses["uses_check"].tolist() == [2, 1]
    own.write_text("file_variable,variable\nV2,education\n")
    found = read("csv/other_names.csv", shared_mapping=shared, mapping=own).responses
    assert list(found) == ["education", "hours"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "file,variable\nV1,hours\n",
            "m.csv: expected columns file_variable and variable; found no file_variable",
        ),
        ("file_variable,variable\nV1,lost\n", "m.csv: expected variables of the codebook; found lost"),
        ("file_variable,variable\nV9,hours\n", "m.csv: expected variables of other_names.csv; found V9"),
        (
            "file_variable,variable\nV1,hours\nV2,hours\n",
            "variable hours: duplicate variable: .* found V1, V2",
        ),
        (None, "m.csv: expected a mapping file; found none in"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(tmp_path, text, message):
    if text:
        (tmp_path / "m.csv").write_text(text)
    with pytest.raises(SurveyError, match=message):
        read("csv/other_names.csv", mapping=tmp_path / "m.csv")


def test_a_mapping_is_written_with_guesses_and_never_over_another(tmp_path):
    out = tmp_path / "filled.csv"
    write_mapping(FILES / "sav/other_names.sav", out, codebook=CODEBOOK)
    rows = pd.read_csv(out, dtype="str", keep_default_na=False).set_index("file_variable")
    assert list(rows) == ["variable", "basis", "missing", "recode", "question", "suggestions"]
    assert rows.loc["v1", ["variable", "basis"]].tolist() == ["uses_check", "label"]
    assert rows.loc["v2", "variable"] == "hours"
    assert rows.loc["v2", "basis"].startswith("guess 0.")
    with pytest.raises(SurveyError, match="expected a new file; found one, which may have been filled in"):
        write_mapping(FILES / "sav/other_names.sav", out, codebook=CODEBOOK)
    path = tmp_path / "spelled.csv"
    path.write_text("V1,uren perweek\n2,8\n1,7\n")
    survey = read_survey(path, codebook=CODEBOOK, mapping=_partly(tmp_path))
    frame = write_mapping(survey, tmp_path / "b.csv", codebook=CODEBOOK).set_index("file_variable")
    assert frame.loc["uren perweek", "variable"] == "hours"
    assert frame.loc["uren perweek", "basis"].startswith("guess 0.8")
    assert frame.loc["uren perweek", "suggestions"].startswith("hours 0.8")
    assert frame.loc[""].query("basis == 'free'")["variable"].tolist() == [
        *("education", "member_guild", "part_talk", "part_test", "remarks", "email")
    ]
    survey = read_survey(path, codebook=CODEBOOK, mapping=tmp_path / "b.csv")
    assert "matched by guess, not yet confirmed: uren perweek is hours" in survey.report.lines()


def _partly(folder):
    (folder / "partly.csv").write_text("file_variable,variable\nV1,uses_check\n")
    return folder / "partly.csv"
