"""Survey files in: every quirk read as meant, every malformed file refused in one clear sentence."""

from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loopbaanchecks.paths import DATA
from surveyfiles import matching as mappings
from surveyfiles.answers import words_of
from surveyfiles.cells import SurveyError, read_survey_file, write_survey
from surveyfiles.reading import read_survey, response_schema, write_mapping

FILES = Path(__file__).parents[1] / "fixtures" / "survey"
REAL = DATA / "report_2021" / "codebook.csv"


def read_codebook(path):
    return pd.read_csv(path, dtype="str", keep_default_na=False)


CODEBOOK = read_codebook(FILES / "codebook.csv")
NA = pd.NA
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
    "nul_byte.csv": "expected text; found a zero byte in it",
    "binary.csv": "expected a text table by its extension; found a binary file of unknown kind",
    "report.por": "expected one of .sav, .zsav, .xlsx, .csv, .tsv, .txt; found the extension '.por'",
    "absent.sav": "expected a file; found none in",
    "unknown_bytes.csv": "expected text in UTF-8, UTF-16 or windows-1252; found byte 21 that fits none",
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


@pytest.fixture(autouse=True)
def no_mapping_of_this_machine(monkeypatch, tmp_path):
    monkeypatch.setattr(mappings, "MAPPING", tmp_path / "mapping.csv")


def read(name, **options):
    return read_survey(FILES / name, codebook=CODEBOOK, **options)


def expected(values):
    kinds = CODEBOOK.set_index("variable")["type"]
    columns = {
        name: pd.array(column, dtype="Float64" if kinds[name] == "number" else "Int64")
        for name, column in values.items()
    }
    return pd.DataFrame(columns)


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
    with pytest.raises(SurveyError, match=r"found '9' in row 5$"):
        read_survey(path, codebook=CODEBOOK)
    rows = [[None, None], ["Q1", "Q2"], [2, 1], [None, None], [2, 1], [None, None], [1, 9]]
    pd.DataFrame(rows).to_excel(tmp_path / "rows.xlsx", index=False, header=False)
    (tmp_path / "m.csv").write_text("file_variable,variable\nQ1,uses_check\nQ2,education\n")
    with pytest.raises(SurveyError, match=r"\(in the file: Q2\).*found '9' in row 7$"):
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


def test_codes_are_translated_through_their_labels_or_refused():
    report = read("sav/coded_from_zero.sav").report
    assert report.recoded.to_numpy().tolist() == [["uses_check", 0.0, 1.0], ["uses_check", 1.0, 2.0]]
    assert "uses_check: 0 of the file is 1 of the codebook, by its label" in report.lines()
    with pytest.raises(SurveyError, match=r"found 1 labelled 'wo', which is 3 in the codebook"):
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


# privacy


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


# mapping


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


def test_the_default_mapping_is_used_where_it_fits():
    mappings.MAPPING.write_text("file_variable,variable\nV1,uses_check\nof_another_file,hours\n")
    assert read("csv/other_names.csv").responses["uses_check"].tolist() == [2, 1]


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
    assert list(rows) == ["variable", "basis", "missing", "question"]
    assert rows.loc["v1", ["variable", "basis"]].tolist() == ["uses_check", "label"]
    assert rows.loc["v2", "variable"] == "hours"
    assert rows.loc["v2", "basis"].startswith("guess 0.")
    with pytest.raises(SurveyError, match="expected a new file; found one, which may have been filled in"):
        write_mapping(FILES / "sav/other_names.sav", out, codebook=CODEBOOK)
    frame = write_mapping(
        read("csv/other_names.csv", mapping=_partly(tmp_path)), tmp_path / "b.csv", codebook=CODEBOOK
    )
    guess = frame.set_index("file_variable").loc["hours per week?"]
    assert guess["variable"] == "hours"
    assert guess["basis"].startswith("guess 0.9")
    survey = read("csv/other_names.csv", mapping=tmp_path / "b.csv")
    assert "matched by guess, not yet confirmed: hours per week? is hours" in survey.report.lines()


def _partly(folder):
    (folder / "partly.csv").write_text("file_variable,variable\nV1,uses_check\n")
    return folder / "partly.csv"


# writing and reading back

texts = st.one_of(st.none(), st.integers(1, 3))
tables = st.lists(
    st.tuples(
        st.integers(1, 2),
        texts,
        st.one_of(st.none(), st.floats(-1e9, 1e9)),
        st.one_of(st.none(), st.integers(0, 1)),
        st.one_of(st.none(), st.integers(1, 5)),
    ),
    min_size=1,
    max_size=8,
)
PROPERTY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize(("kind", "decimal"), [(".sav", "."), (".zsav", "."), (".csv", "."), (".csv", ",")])
@PROPERTY
@given(rows=tables)
def test_what_was_written_is_read_back(tmp_path, kind, decimal, rows):
    names = ["uses_check", "education", "hours", "member_guild", "part_talk"]
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    frame = expected({name: [NA if v is None else v for v in values] for name, values in columns.items()})
    path = tmp_path / f"again{kind}"
    write_survey(frame, path, codebook=CODEBOOK, language="nl", decimal=decimal)
    survey = read_survey(path, codebook=CODEBOOK, decimal=decimal)
    pd.testing.assert_frame_equal(survey.responses, frame, check_exact=True)
    response_schema(CODEBOOK).validate(survey.responses)


@PROPERTY
@given(row=st.integers(0, 29), code=st.one_of(st.integers(-9, 0), st.integers(6, 99)))
def test_a_code_outside_the_options_is_never_let_through(tmp_path, row, code):
    codes = [1 + i % 5 for i in range(30)]
    codes[row] = code
    path = tmp_path / "one_wrong.csv"
    path.write_text("part_talk\n" + "\n".join(map(str, codes)) + "\n")
    with pytest.raises(SurveyError, match=rf"found '{code}' in row {row + 2}$"):
        read_survey(path, codebook=CODEBOOK)
    survey = read_survey(path, codebook=CODEBOOK, lenient=True)
    assert survey.responses["part_talk"].isna().sum() == 1
    assert survey.report.lenient["row"].tolist() == [row + 2]


def test_a_file_with_labels_says_them(tmp_path):
    frame = expected({"education": [1, 3]})
    write_survey(frame, tmp_path / "labels.sav", codebook=CODEBOOK, language="en")
    file = read_survey_file(tmp_path / "labels.sav")
    assert file.labels == {"education": "highest education"}
    assert file.value_labels == {
        "education": {1.0: "vocational", 2.0: "higher vocational", 3.0: "university"}
    }
    with pytest.raises(SurveyError, match=r"expected .sav, .zsav or .csv; found '.dta'"):
        write_survey(frame, tmp_path / "labels.dta", codebook=CODEBOOK, language="en")


def test_the_schema_refuses_codes_types_and_duplicates():
    schema = response_schema(CODEBOOK)
    schema.validate(expected(THREE))
    for frame in (expected({"education": [4]}), expected({"education": [1]}).astype(str)):
        with pytest.raises(pa.errors.SchemaError):
            schema.validate(frame)
    with pytest.raises(pa.errors.SchemaError):
        schema.validate(pd.concat([expected({"education": [1]})] * 2, axis=1))


@pytest.fixture(scope="module")
def book():
    """The codebook of the report."""
    return read_codebook(REAL)


@pytest.fixture(scope="module")
def drawn(book):
    """Sixty invented answers to every question that is not open."""
    rng = np.random.default_rng(7)
    columns = {}
    for row in book[~book["type"].isin(["text", "email"])].itertuples():
        options = [int(code) for code in row.options.split(";") if code] or list(range(40))
        kind = "Float64" if row.type == "number" else "Int64"
        columns[row.variable] = pd.array(rng.choice(options, 60), dtype=kind)
        columns[row.variable][rng.random(60) < 0.1] = NA
    return pd.DataFrame(columns)


@pytest.mark.skipif(not REAL.is_file(), reason="data/report_2021/codebook.csv is not there")
class TestRealCodebook:
    @pytest.mark.parametrize("kind", [".sav", ".csv"])
    def test_a_whole_questionnaire_is_read_back(self, book, drawn, tmp_path, kind):
        write_survey(drawn, tmp_path / f"all{kind}", codebook=book, language="nl")
        survey = read_survey(tmp_path / f"all{kind}", codebook=book)
        pd.testing.assert_frame_equal(survey.responses, drawn)
        assert set(survey.report.absent) == set(book["variable"]) - set(drawn)
        assert survey.report.recoded.empty

    @pytest.mark.parametrize("language", ["nl", "en"])
    def test_question_texts_and_labels_do_as_well_as_names_and_codes(self, book, drawn, tmp_path, language):
        rows = book.set_index("variable").loc[list(drawn)]
        words = {}
        for name, row in rows.iterrows():
            known = dict(zip(row["options"].split(";"), row[f"options_{language}"].split(";"), strict=True))
            shown = (
                drawn[name].astype("object").map(lambda v, k=known: k.get(f"{v:.0f}", v), na_action="ignore")
            )
            words[row[f"label_{language}"]] = shown
        pd.DataFrame(words).to_csv(tmp_path / "words.csv", index=False)
        survey = read_survey(tmp_path / "words.csv", codebook=book)
        pd.testing.assert_frame_equal(survey.responses, drawn)

    def test_no_label_stands_for_two_options(self, book):
        for row in book[book["options"] != ""].itertuples():
            words = words_of(row)
            for labels in (row.options_nl, row.options_en):
                codes = [words[label.casefold()] for label in labels.split(";")]
                assert codes == [int(code) for code in row.options.split(";")], row.variable
