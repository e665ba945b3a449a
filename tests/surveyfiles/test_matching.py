"""Which column holds which variable: mapping files read, shared, refused and written to fill in."""

from time import process_time

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


# patterns, blocks, recodes


QUESTIONS = {
    f"item_{i}": f"vraag nummer {word}" for i, word in enumerate(["een", "twee", "drie", "vier", "vijf"], 1)
}
BLOCK = pd.DataFrame(
    {"variable": list(QUESTIONS), "label_nl": list(QUESTIONS.values()), "label_en": ""}
).assign(type="scale", options="1;2;3;4;5", options_nl="a;b;c;d;e", options_en="", block="items")


def write(path, names, rows=((1, 2, 3, 4, 5), (5, 4, 3, 2, 1)), questions=None):
    head = [names] + ([questions] if questions else [])
    path.write_text("\n".join(";".join(map(str, row)) for row in [*head, *rows]) + "\n", encoding="utf-8")
    return path


def mapped(folder, text, path, encoding="utf-8", book=BLOCK):
    (folder / "m.csv").write_bytes(text.encode(encoding))
    return read_survey(path, codebook=book, mapping=folder / "m.csv")


def test_two_patterns_tie_a_block_to_a_block_by_position(tmp_path):
    path = write(tmp_path / "b.csv", [f"Q7[{i}]" for i in range(1, 6)])
    survey = mapped(tmp_path, "file_variable,variable,recode\nQ7[*],item_*,reverse\nQ7[2],,same\n", path)
    assert survey.responses.iloc[0].tolist() == [5, 2, 3, 2, 1]
    with pytest.raises(
        SurveyError, match=r"as many columns Q7\[\*\] as variables item_1\*; found 5 .* and 1 "
    ):
        mapped(tmp_path, "file_variable,variable\nQ7[*],item_1*\n", path)
    with pytest.raises(SurveyError, match=r"m.csv: expected variables of b.csv; found Q8\*; the file has Q7"):
        mapped(tmp_path, "file_variable,variable\nQ8*,item_*\n", path)
    assert mapped(tmp_path, "file_variable,variable\nQ7*,item_*\nQ7[5],\n", path).report.absent == ()


def test_a_mapping_saved_by_a_spreadsheet_program_is_read(tmp_path):
    path = write(tmp_path / "e.csv", list(QUESTIONS), [(-99, 2, "één", 4, "A5"), (5, -99, 3, 2, "A1")])
    text = (
        "file_variable;variable;missing;recode;toelichting;\r\n"
        'item_3;;;"één=1;3=3";coördinator;\r\nitem_5;item_5;;same;;\r\n;;;;;\r\n*;;-99;;;\r\n'
    )
    survey = mapped(tmp_path, text, path, "cp1252")
    expected_rows = [[NA, 2, 1, 4, 5], [5, NA, 3, 2, 1]]
    pd.testing.assert_frame_equal(
        survey.responses, pd.DataFrame(expected_rows, columns=list(QUESTIONS), dtype="Int64")
    )
    assert (
        "recoded as the mapping file says, file is codebook: A1 is 1, A5 is 5: item_5"
        in survey.report.lines()
    )
    short = "file_variable,variable,missing,recode\n*,,-99\nitem_3,,,één=1\nitem_5,,,A5=5|A1=missing\n"
    assert mapped(tmp_path, short, path).responses["item_5"].tolist() == [5, NA]


@pytest.mark.parametrize(
    ("recode", "found"), [("sideways", "'sideways'"), ("1=7", "'1=7'"), ("1=5;two", "'two'")]
)
def test_a_recode_that_means_nothing_is_refused(tmp_path, recode, found):
    path = write(tmp_path / "r.csv", list(QUESTIONS))
    with pytest.raises(
        SurveyError, match=rf"variable item_1: recode: expected same, reverse, .*; found {found}"
    ):
        mapped(tmp_path, f'file_variable;variable;recode\nitem_1;;"{recode}"\n', path)


def test_seven_hundred_columns_are_suggested_in_two_seconds(tmp_path):
    names = [f"column_{i}" for i in range(790)]
    path = write(
        tmp_path / "wide.csv", names, [(1,) * 790] * 2, [f"vraag {i} over iets anders" for i in range(790)]
    )
    words = [f"een vraag naar onderwerp {i}" for i in range(170)]
    book = pd.DataFrame({"variable": [f"x{i}" for i in range(170)], "label_nl": words, "label_en": words})
    began = process_time()
    write_mapping(path, tmp_path / "wide.mapping.csv", codebook=book.assign(type="scale"))
    assert process_time() - began < 2


def test_a_missing_code_for_all_is_none_where_it_is_an_answer(tmp_path):
    path = write(tmp_path / "n.csv", ["item_1", "other"], [(5, 5), (1, 9)])
    book = pd.concat([BLOCK, BLOCK[:1].assign(variable="other", options="5;9", options_nl="a;b")])
    survey = mapped(tmp_path, "file_variable,variable,missing\n*,,9;5\n", path, book=book)
    assert survey.responses["other"].tolist() == [5, 9]
    said = "other: 5, 9 is an answer to it, so not missing as in other questions"
    assert said in survey.report.lines()


def test_columns_between_matched_ones_are_suggested_by_their_place(tmp_path):
    names, questions = [f"v_{i}" for i in range(1, 6)], list(QUESTIONS.values())
    path = write(tmp_path / "p.csv", names, questions=[*questions[:2], "zzz", *questions[3:]])
    frame = write_mapping(path, tmp_path / "p.mapping.csv", codebook=BLOCK).set_index("file_variable")
    assert frame.loc["v_3", ["variable", "basis"]].tolist() == ["item_3", "guess 0.42"]


def test_a_block_of_as_many_columns_is_suggested_in_order(tmp_path):
    path = write(tmp_path / "w.csv", [f"k{i}" for i in range(1, 6)])
    frame = write_mapping(path, tmp_path / "w.xlsx", codebook=BLOCK).set_index("file_variable")
    assert frame["variable"].tolist() == list(QUESTIONS)
    assert set(frame["basis"]) == {"guess 0.40"}
    again = read_survey(path, codebook=BLOCK, mapping=tmp_path / "w.xlsx")
    assert again.responses.iloc[0].tolist() == [1, 2, 3, 4, 5]
    with pytest.raises(SurveyError, match=r"m.csv: expected an existing folder; found no .*absent"):
        write_mapping(path, tmp_path / "absent" / "m.csv", codebook=BLOCK)


def test_one_sentence_for_many_variables_with_the_same_trouble(tmp_path):
    path = write(tmp_path / "t.csv", list(QUESTIONS), [(-99,) * 5, (1, 2, 3, 4, 5)])
    with pytest.raises(SurveyError) as error:
        read_survey(path, codebook=BLOCK)
    assert "\n" not in str(error.value)
    assert "(5 variables): outside the response options" in str(error.value)
    assert "found '-99' in 5 cells, such as row 2" in str(error.value)
    assert "put *, in a mapping file with missing -99" in str(error.value)
