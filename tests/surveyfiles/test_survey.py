"""Survey files in: every quirk read as meant, every malformed file refused in one clear sentence."""

import zipfile
from pathlib import Path
from time import perf_counter

import pandas as pd
import pyreadstat
import pytest
from survey_cases import CODEBOOK, FILES, NA, expected, read

from surveyfiles import SurveyError, read_survey

THREE = {
    "uses_check": [2, 2, 1],
    "education": [3, 1, 2],
    "hours": [12.5, 8.0, 7.25],
    "part_talk": [5, NA, NA],
    "part_test": [4, 1, NA],
}
TWO = {"uses_check": [2, 1], "education": [3, 2], "hours": [12.5, 8.0]}
PLATFORM = {"uses_check": [2, 1], "education": [2, NA], "hours": [12.0, 8.0]}
LIMESURVEY = {"uses_check": [2, 1], "hours": [12.0, 8.0], "part_talk": [5, NA]}
PLAIN_SAV = {"uses_check": [2, 1, 2], "education": [3, NA, NA], "hours": [12.5, 8.0, 7.25]}
PSPP_SAV = {
    "uses_check": [2, 2, 1, 2],
    "education": [3, NA, 1, 2],
    "hours": [12.5, NA, 8.0, 7.0],
    "part_talk": [5, 4, NA, NA],
}
FOUND = {
    **{
        f"csv/{name}.csv": THREE
        for name in ("comma_point", "semicolon_comma", "semicolon_point", "tab_comma")
    },
    **{f"csv/{name}.csv": THREE for name in ("bom", "crlf", "sep_line", "padded", "labels_nl", "labels_en")},
    **{f"csv/{name}.csv": THREE for name in ("codes_with_decimals", "upper_case_names")},
    **{f"csv/{name}.csv": TWO for name in ("utf8", "windows_1252", "utf16", "utf16_no_mark")},
    "csv/missing_marks.csv": {"education": [3, NA, 1], "hours": [NA, 8.0, 7.0], "part_talk": [5, NA, NA]},
    "csv/looks_missing.csv": {"education": [3, 1, 2], "hours": [999.0, 8.0, 999.0]},
    "csv/empty_records.csv": {"education": [3, 1], "hours": [40.0, 8.0]},
    "csv/only_ticks.csv": {"education": [3, 1], "member_guild": [1, NA]},
    "csv/ticks_as_words.csv": {"education": [3, 1, 2], "member_guild": [1, 0, 1]},
    "csv/quoted_newline.csv": {"education": [3, 1], "hours": [40.0, 8.0]},
    "csv/personal.csv": {"education": [1, 2, 3]},
    "csv/address_in_codes.csv": {"education": [3, 1]},
    "qualtrics/three_rows_json.csv": PLATFORM,
    "qualtrics/three_rows_python.csv": PLATFORM,
    "qualtrics/tab_utf16.tsv": PLATFORM,
    "qualtrics/two_rows.csv": {"education": [2, 3], "hours": [12.0, 8.0]},
    "limesurvey/question_texts.csv": LIMESURVEY,
    "limesurvey/semicolon_bom.csv": LIMESURVEY,
    "limesurvey/codes_and_texts.csv": {"education": [2], "hours": [12.0]},
    "sav/plain.sav": PLAIN_SAV,
    "sav/row_compressed.sav": PLAIN_SAV,
    "zsav/plain.zsav": PLAIN_SAV,
    "sav/pspp_windows_1252.sav": PSPP_SAV,
    "sav/pspp_utf8.sav": PSPP_SAV,
    "zsav/pspp_windows_1252.zsav": PSPP_SAV,
    "zsav/pspp_utf8.zsav": PSPP_SAV,
    "sav/encoding_wrongly_stated.sav": PSPP_SAV,
    "sav/pspp_periods.sav": {"part_talk": [5, 4]},
    "zsav/pspp_periods.zsav": {"part_talk": [5, 4]},
    "sav/cases_not_counted.sav": PSPP_SAV,
    "sav/coded_from_zero.sav": {"uses_check": [1, 2, 2], "education": [1, 2, 3]},
    "sav/texts.sav": {"education": [2, 3, NA], "hours": [12.5, 8.0, NA]},
    "sav/date_overflow.sav": {"education": [1, 2]},
    "sav/other_names.sav": {"uses_check": [2, 1]},
    "xlsx/plain.xlsx": THREE,
    "xlsx/second_sheet.xlsx": THREE,
    "xlsx/empty_first_rows.xlsx": {
        name: [*values, last] for (name, values), last in zip(THREE.items(), [2, 3, 40.0, 5, 5], strict=True)
    },
    "xlsx/numbers_as_text.xlsx": {name: values[:2] for name, values in THREE.items()}
    | {"part_talk": [5, NA], "part_test": [4, 1]},
}
MALFORMED = {
    "cut_off.sav": "expected a whole SPSS file; found one that is cut off or damaged",
    "cut_off_in_header.sav": "expected a whole SPSS file; found one that is cut off or damaged",
    "cut_off.zsav": "expected a whole SPSS file; found one that is cut off or damaged",
    "cut_off.xlsx": "expected a whole Excel workbook; found one that is cut off or damaged",
    "cut_off.csv": "expected 3 cells in every row, as in the header; found 2 in row 3",
    "more_cells.csv": "expected 2 cells in every row, as in the header; found 3 in rows 3, 4 (2 rows)",
    "open_quote.csv": "expected quotes in pairs; found a quote that is not closed or not escaped in record 2",
    "encrypted.sav": "found an encrypted SPSS file; remove its password in SPSS first",
    "encrypted.xlsx": "found an encrypted workbook or old .xls file; save it as .xlsx without a password",
    "other_archive.xlsx": "expected a whole Excel workbook; found one that is cut off or damaged",
    "empty.csv": "expected a survey; found an empty file",
    "empty.sav": "expected a survey; found an empty file",
    "blank.csv": "expected a survey; found an empty file",
    "empty_sheets.xlsx": "expected a survey; found only empty sheets",
    "header_only.csv": "expected records; found a header and nothing below it",
    "only_empty_records.csv": "expected records; found only empty ones",
    "spss_named.csv": "expected a text table by its extension; found an SPSS file",
    "text_named.sav": "expected an SPSS file by its extension; found a text table",
    "text_named.xlsx": "expected an Excel workbook by its extension; found a text table",
    "web_page.csv": "expected a text table by its extension; found a web page or XML document",
    "nul_byte.csv": "expected text; found a zero byte in line",
    "binary.csv": "expected a text table by its extension; found a binary file of unknown kind",
    "report.por": "expected one of .sav, .zsav, .xlsx, .csv, .tsv, .txt; found the extension '.por'",
    "absent.sav": "expected a file; found none in",
    "unknown_bytes.csv": "expected text in UTF-8 or windows-1252; found byte 21 that does not fit",
    "formulas.xlsx": "expected values; found formulas never calculated in B2; open and save it",
    "value_right_of_header.xlsx": "as in the header; found a value right of it in row 3",
    "strange_names.csv": "expected variables of the codebook; found none; write a mapping file",
    "twice.csv": "variable education: duplicate variable: expected one column; found education.1, "
    "Education.2",
    "outside_options.csv": "variable education: outside the response options: expected one of 1, 2, 3; found "
    "'4', '9' in rows 3, 5 (2 rows)",
    "text_in_number.csv": "variable hours: text in a number column: expected a number; "
    "found 'forty' in row 2",
    "unknown_code.csv": "variable uses_check: unknown code: expected one of 1, 2 or the label of an option; "
    "found 'misschien', '2.5' in rows 3, 4 (2 rows)",
    "two_signs.csv": "variable hours: expected one decimal sign in the column; found both a comma "
    "and a point",
    "thousands.csv": "variable hours: expected a clear decimal sign; found '1.250', perhaps thousands",
    "thousands_and_decimals.csv": "expected a number with a decimal comma and no sign for thousands; found "
    "'1.250,5' in row 2",
    "address_in_number.csv": "variable hours: text in a number column: expected a number; found "
    "'[e-mail address]' in row 2",
    "many_rows.csv": "found '7' in rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, … (25 rows)",
    "several.csv": "3 problems",
}


@pytest.mark.parametrize("name", FOUND)
def test_every_quirk_is_read_as_meant(name):
    survey = read(name)
    pd.testing.assert_frame_equal(survey.responses, expected(FOUND[name]))
    assert survey.report.n_kept == len(survey.responses)
    assert survey.report.n_read == survey.report.n_kept + len(survey.report.empty)
    assert survey.report.lines()[0].startswith(f"{Path(name).name}: {survey.report.format}; ")


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_files_are_refused_in_one_clear_sentence(name):
    with pytest.raises(SurveyError) as error:
        read(f"malformed/{name}")
    assert str(error.value).startswith(f"{name}: ")
    assert MALFORMED[name] in str(error.value)


def test_every_fixture_is_used():
    made = {path.relative_to(FILES).as_posix() for path in FILES.glob("*/*")}
    apart = {path for path in made if "mapping" in path}
    apart |= {"csv/other_names.csv", "csv/declared_missing.csv", "sav/labels_contradict.sav"}
    malformed = {f"malformed/{name}" for name in MALFORMED if name != "absent.sav"}
    assert made == set(FOUND) | malformed | apart


def test_all_problems_come_at_once():
    with pytest.raises(SurveyError) as error:
        read("malformed/several.csv")
    head, *problems = str(error.value).splitlines()
    assert head == "several.csv: 3 problems"
    assert [line.split(":")[0].strip() for line in problems] == [
        "variable uses_check",
        "variable education",
        "variable hours",
    ]


def test_lenient_turns_refused_cells_into_missing_and_lists_every_one():
    survey = read("malformed/several.csv", lenient=True)
    found = expected({"uses_check": [NA, 2, 1], "education": [NA, 3, NA], "hours": [NA, 8.0, NA]})
    pd.testing.assert_frame_equal(survey.responses, found)
    listed = survey.report.lenient[["variable", "row", "value"]].to_numpy().tolist()
    assert listed == [
        ["uses_check", 2, "3"],
        ["education", 2, "9"],
        ["education", 4, "9"],
        ["hours", 2, "x"],
        ["hours", 4, "y"],
    ]
    assert survey.report.lenient["rule"].str.contains("expected").all()
    lines = "\n".join(survey.report.lines())
    assert lines.count("turned into missing") == 5
    assert "turned into missing: hours, row 4, 'y': text in a number column: expected a number" in lines


@pytest.mark.parametrize("name", ["two_signs.csv", "twice.csv", "thousands.csv", "cut_off.csv"])
def test_lenient_does_not_settle_what_concerns_a_whole_column_or_file(name):
    with pytest.raises(SurveyError):
        read(f"malformed/{name}", lenient=True)


def test_rows_are_those_of_the_file(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text('sep=,\neducation,remarks\n1,"two\nlines"\n,\n9,x\n', encoding="utf-8")
    with pytest.raises(SurveyError, match=r"found '9' in row 5;"):
        read_survey(path, codebook=CODEBOOK)
    rows = [[None, None], ["Q1", "Q2"], [2, 1], [None, None], [2, 1], [None, None], [1, 9]]
    pd.DataFrame(rows).to_excel(tmp_path / "rows.xlsx", index=False, header=False)
    (tmp_path / "m.csv").write_text("file_variable,variable\nQ1,uses_check\nQ2,education\n")
    with pytest.raises(SurveyError, match=r"\(in the file: Q2\).*found '9' in row 7;"):
        read_survey(tmp_path / "rows.xlsx", codebook=CODEBOOK, mapping=tmp_path / "m.csv")


# how it was understood


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter", "rows"),
    [
        ("csv/comma_point.csv", "utf-8 (valid)", ",", "1"),
        ("csv/bom.csv", "utf-8 (byte order mark)", ";", "1"),
        ("csv/windows_1252.csv", "windows-1252 (not UTF-8)", ";", "1"),
        ("csv/utf16.csv", "utf-16-le (byte order mark)", ";", "1"),
        ("csv/utf16_no_mark.csv", "utf-16-le (every other byte is zero)", ";", "1"),
        ("csv/tab_comma.csv", "utf-8 (valid)", "tab", "1"),
        ("qualtrics/three_rows_json.csv", "utf-8 (valid)", ",", "3"),
        ("qualtrics/two_rows.csv", "utf-8 (valid)", ",", "2"),
        ("limesurvey/question_texts.csv", "utf-8 (valid)", ",", "1"),
    ],
)
def test_the_report_says_encoding_delimiter_and_header_rows(name, encoding, delimiter, rows):
    report = read(name).report
    assert report.details == {"encoding": encoding, "delimiter": delimiter, "header rows": rows}
    assert report.format == {"csv": "csv"}.get(name.split("/")[0], name.split("/")[0])


@pytest.mark.parametrize(
    ("name", "options", "sign", "basis"),
    [
        ("csv/semicolon_comma.csv", {}, "comma", "whole column"),
        ("csv/semicolon_point.csv", {}, "point", "whole column"),
        ("csv/semicolon_comma.csv", {"decimal": ","}, "comma", "stated"),
        ("csv/empty_records.csv", {}, "none", "whole column"),
        ("sav/plain.sav", {}, "none", "numbers in the file"),
    ],
)
def test_the_decimal_sign_is_decided_from_the_column_or_stated(name, options, sign, basis):
    assert read(name, **options).report.decimals.to_numpy().tolist() == [["hours", sign, basis]]


def test_a_stated_sign_is_held_against_the_column():
    with pytest.raises(SurveyError, match=r"with a decimal point and no sign for thousands; found '12,5'"):
        read("csv/semicolon_comma.csv", decimal=".")
    with pytest.raises(ValueError, match="decimal: expected ',' or '.'; found 'comma'"):
        read("csv/semicolon_comma.csv", decimal="comma")
    assert read("malformed/thousands.csv", decimal=".").responses["hours"].tolist() == [1.25, 2.0]


def test_user_missing_and_system_missing_are_kept_apart():
    missing = read("sav/pspp_windows_1252.sav").report.missing
    assert missing.to_numpy().tolist() == [
        ["education", "user-missing", "99", "geen idee, één", 1],
        ["hours", "system-missing", "", "", 1],
        ["part_talk", "user-missing", "9", "", 1],
        ["part_talk", "user-missing", "-1", "", 1],
    ]
    marks = read("csv/missing_marks.csv").report.missing.set_index(["variable", "kind"])["value"]
    assert marks["education", "user-missing"] == "#NULL!"
    assert ("part_talk", "system-missing") in marks.index


def test_independent_software_wrote_a_file_that_is_read_without_help():
    report = read("sav/pspp_windows_1252.sav").report
    assert report.details["encoding"] == "WINDOWS-1252"
    questions = report.variables.set_index("file_variable")["question"]
    assert questions["education"] == "opleiding: de coördinator"
    kept = read("sav/pspp_utf8.sav", keep=["started"]).responses["started"]
    assert kept.fillna("").str[:10].tolist() == ["2021-02-01", "2020-12-31", "", "2021-01-01"]
    assert "decided" in read("sav/encoding_wrongly_stated.sav").report.details["encoding"]
    assert "cut off cannot be seen" in read("sav/cases_not_counted.sav").report.lines()[-1]


@pytest.mark.parametrize("kind", ["sav", "zsav"])
def test_periods_sets_and_weights_of_spss_are_what_they_are(kind):
    names = ["kwartaal", "maand", "week", "tijd", "duur"]
    survey = read(f"{kind}/pspp_periods.{kind}", keep=names)
    assert survey.responses[names].to_numpy().tolist() == [
        ["2021-Q1", "2021-02", "2021-W06", "01:01:01", "27:46:40"],
        ["2021-Q2", "2021-05", "2021-W19", "02:02:05", "00:00:50"],
    ]
    assert survey.report.weight == "weegfactor_lange_naam"
    assert survey.weights.tolist() == [0.5, 2.0]
    assert "multiple response set lid 'lid van', counting 1: part_talk, tijd" in survey.report.lines()


def test_codes_are_translated_through_their_labels_or_refused():
    report = read("sav/coded_from_zero.sav").report
    assert report.recoded.to_numpy().tolist() == [
        ["uses_check", 0.0, 1.0, "label"],
        ["uses_check", 1.0, 2.0, "label"],
    ]
    assert "recoded by the labels, file is codebook: 0 is 1, 1 is 2: uses_check" in report.lines()
    with pytest.raises(
        SurveyError, match=r"labels that the codebook knows, 1 'mbo', 2 'hbo', 3 'wo'; found 1 'wo'"
    ):
        read("sav/labels_contradict.sav")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "csv/looks_missing.csv",
            "hours: 999 looks like a missing code (2 times); declare it in a mapping file",
        ),
        (
            "csv/only_ticks.csv",
            "member_guild: only ticks and blanks in the file; blanks stay missing, not unticked",
        ),
        ("csv/empty_records.csv", "empty, dropped: rows 3, 5, 6 (3 rows)"),
        ("limesurvey/question_texts.csv", "1980-01-01 means anonymised by LimeSurvey: Date submitted"),
        ("limesurvey/question_texts.csv", "empty, dropped: row 4"),
        ("limesurvey/question_texts.csv", "matched by label: Gebruikt een check is uses_check"),
        ("qualtrics/three_rows_json.csv", "Q9 occurs 2 times in the file; read as Q9.1, Q9.2"),
        ("csv/personal.csv", "left out, personal data by its name: LocationLatitude, naam"),
        ("csv/personal.csv", "left out, personal data: an open answer: remarks"),
        ("csv/personal.csv", "left out, not in the codebook: city"),
        (
            "csv/only_ticks.csv",
            "in the codebook, not in the file: uses_check, hours, part_talk, part_test, remarks, email",
        ),
    ],
)
def test_the_report_says_what_a_reader_has_to_know(name, line):
    assert line in read(name).report.lines()


def test_a_workbook_that_unpacks_out_of_all_proportion_is_refused(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(FILES / "xlsx/plain.xlsx") as whole, zipfile.ZipFile(path, "w", 8) as bomb:
        for name in whole.namelist():
            data = whole.read(name)
            spaces = b"<sheetData>" + b" " * 2**24
            bomb.writestr(name, data.replace(b"<sheetData>", spaces))
    with pytest.raises(
        SurveyError,
        match=r"^bomb\.xlsx: expected files that unpack to at most 300 times their size; found xl/",
    ):
        read_survey(path, codebook=CODEBOOK)


def test_a_name_that_cannot_be_read_is_refused(monkeypatch):
    cells, meta = pyreadstat.read_sav(FILES / "sav/plain.sav")
    cells.columns = [None, *cells.columns[1:]]
    monkeypatch.setattr(pyreadstat, "read_sav", lambda path, **options: (cells, meta))
    with pytest.raises(SurveyError, match=r"plain\.sav: .* found a variable without a legible name"):
        read("sav/plain.sav")


def test_a_survey_of_two_thousand_unknown_columns_is_matched_in_seconds(tmp_path):
    names = [f"column_{i}_of_another_questionnaire" for i in range(2000)]
    frame = pd.DataFrame([[1] * 2000], columns=names).assign(education=2)
    frame.to_csv(tmp_path / "wide.csv", index=False)
    began = perf_counter()
    assert read_survey(tmp_path / "wide.csv", codebook=CODEBOOK).responses["education"].tolist() == [2]
    assert perf_counter() - began < 20
