"""Survey files as people bring them: what people said is what is counted, or one sentence says what to do.

The files in fixtures/survey_brought hold the same twelve made-up respondents, with one thing done to each;
the others are made here, in the manner of other programs.
"""

import pandas as pd
import pyreadstat
import pytest
from openpyxl import Workbook

from loopbaanchecks.answers import attendance, open_survey
from loopbaanchecks.paths import ROOT
from loopbaanchecks.study import Study
from surveyfiles import SurveyError

FILES = ROOT / "tests" / "fixtures" / "survey_brought"
STUDY = Study()
BASE = pd.read_csv(FILES / "base.csv")
ITEMS = ["conversations", "part_intake", "part_guidance", "insight_awareness", "goal_values"]
OFTEN = ["nooit", "bijna nooit", "soms", "bijna altijd", "altijd"]
AGREE = ["Helemaal mee oneens", "Mee oneens", "Neutraal", "Mee eens", "Helemaal mee eens"]
LABELS = {
    "uses_check": "gebruikt loopbaanchecks bij cliënten",
    "education": "eigen hoogste opleiding",
    "employment": "dienstverband",
    "conversations": "gemiddeld aantal gesprekken",
    "part_intake": "intakegesprek",
    "part_guidance": "begeleidingsgesprek(ken)",
    "insight_awareness": "zelfbewustzijn sterker",
    "goal_values": "inzicht in waarden",
}


def read(path, **choices):
    return open_survey(path, STUDY, mapping=choices.pop("mapping", ""), **choices)


def lines(survey):
    return "\n".join(survey.report.lines())


def check_same(survey, rows=range(12), but=()):
    """Every answer is that of the base, for these of its respondents."""
    for name in survey.responses.columns.intersection(BASE.columns).difference(list(but)):
        found = survey.responses[name].astype(float).tolist()
        assert found == BASE[name].iloc[list(rows)].astype(float).tolist(), name


# --- the files that were brought ------------------------------------------------------------------------


def test_the_base_itself():
    survey = read(FILES / "base.csv")
    check_same(survey)
    assert survey.responses[ITEMS].mean().round(3).tolist() == [4.0, 4.333, 3.583, 4.0, 3.917]
    assert not attendance(survey)["found"].any()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("code_dash_label.csv", ""),
        (
            "labels_reversed_other_words.sav",
            "recoded by the labels, file is codebook: 4 is 2, 2 is 4, 1 is 5",
        ),
        ("limesurvey_A_codes.csv", "recoded without the letters"),
        ("limesurvey_incomplete.csv", "not finished or not submitted: 2, kept (exclude unfinished"),
        ("two_row_header_merged.xlsx", "header in row: 2; above it, not read: row 1"),
        ("weighted.sav", "weighting is on in the file, by weging; the answers are unweighted"),
        ("weighted.sav", "multiple response set mr 'lidmaatschap', counting 1: education, employment"),
        ("zero_width_values.csv", "invisible characters removed from the cells of: part_intake"),
    ],
)
def test_these_are_read_as_the_base(name, said):
    survey = read(FILES / name)
    check_same(survey)
    assert said in lines(survey)


def test_labelled_missing_codes_of_numbers_are_missing():
    survey = read(FILES / "number_99_labelled_dontknow.sav")
    assert survey.responses["conversations"].count() == 10
    assert survey.responses["conversations"].mean() == 4.1
    assert "user-missing in conversations: 2 × 99 'weet niet'" in lines(survey)


@pytest.mark.parametrize(
    ("name", "rows", "reason", "said"),
    [
        ("qualtrics_preview.csv", range(2, 12), "previews", "rows 4, 5 (2 rows); Status is '1'"),
        ("duplicate_respondent.csv", [0, *range(2, 12)], "duplicates", "row 5; ResponseId as in row 4"),
    ],
)
def test_who_does_not_count_is_left_out_and_said(name, rows, reason, said):
    survey = read(FILES / name)
    check_same(survey, rows)
    steps = attendance(survey).set_index("who")
    assert steps.loc[reason, ["n_before", "left_out", "n_after"]].tolist() == [12, "yes", len(rows)]
    assert said in lines(survey)
    assert len(read(FILES / name, exclude=()).responses) == 12


def test_a_choice_leaves_out_what_was_not_submitted():
    survey = read(FILES / "limesurvey_incomplete.csv", exclude="previews, unfinished")
    check_same(survey, range(2, 12))
    with pytest.raises(ValueError, match="exclude: expected one of previews, unfinished, .*; found 'halves'"):
        read(FILES / "base.csv", exclude="halves")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("number_minus1.csv", ("conversations", "from 0 to 50", "'-1' in rows 2, 3", "missing -1")),
        (
            "undeclared_9_labelled.sav",
            ("part_intake", "'9' labelled 'weet niet / n.v.t.' in rows 1, 2", "with missing 9"),
        ),
        ("multi_in_one_column.csv", ("member_noloc", "several answers in one cell", "column per option")),
    ],
)
def test_these_are_refused_with_a_way_on(name, parts):
    with pytest.raises(SurveyError) as error:
        read(FILES / name)
    assert all(part in str(error.value) for part in (name, *parts)), str(error.value)


def test_a_column_per_item_is_known_by_the_last_part_of_its_header():
    survey = read(FILES / "qualtrics_stem_dash_item.csv")
    check_same(survey)
    assert {"conversations", "part_intake", "insight_awareness"} < set(survey.responses)


# --- the same in the manner of others -------------------------------------------------------------------


def write(frame, path, **labels):
    """Write by the ending: .sav with value labels, .xlsx, or .csv."""
    if path.suffix == ".sav":
        pyreadstat.write_sav(frame, path, **labels)
    elif path.suffix == ".xlsx":
        frame.to_excel(path, index=False)
    else:
        frame.to_csv(path, index=False)
    return path


def changed(name, change):
    return BASE.assign(**{name: BASE[name].map(change)})


REVERSED = {
    "words of the codebook": ("part_intake", dict(enumerate(reversed(OFTEN), 1))),
    "English": (
        "insight_awareness",
        dict(enumerate(["Strongly agree", "Agree", "Neutral", "Disagree", "Strongly disagree"], 1)),
    ),
    "codes in the labels": ("part_intake", {i: f"{i} = {w}" for i, w in enumerate(reversed(OFTEN), 1)}),
}


@pytest.mark.parametrize(
    "labels",
    [
        {1: "helemaal mee eens", 5: "helemaal mee oneens"},
        {1: "1 = helemaal mee eens", 5: "5 = helemaal mee oneens"},
        {1: "5", 2: "4", 4: "2", 5: "1"},
    ],
)
def test_a_label_that_is_only_its_code_does_not_say_which_way_the_scale_runs(tmp_path, labels):
    """Between ends that are turned round, 2 labelled "2" is as much a 4: never taken by its number."""
    labels = {code: str(code) for code in range(1, 6)} | labels
    frame = changed("goal_values", lambda value: 6 - value)
    path = write(frame, tmp_path / "a.sav", variable_value_labels={"goal_values": labels})
    with pytest.raises(ValueError, match="variable goal_values: expected value labels"):
        read(path)
    path = write(
        BASE, tmp_path / "b.sav", variable_value_labels={"goal_values": dict(enumerate("12345", start=1))}
    )
    check_same(read(path))


@pytest.mark.parametrize("word", ["N/A", "NULL", "n.v.t."])
def test_no_time_of_submission_has_many_spellings(tmp_path, word):
    frame = pd.read_csv(FILES / "limesurvey_incomplete.csv").assign(
        submitdate=[word] * 2 + ["2021-03-01 10:00:00"] * 10
    )
    assert "not finished or not submitted: 2, kept" in lines(read(write(frame, tmp_path / "a.csv")))


@pytest.mark.parametrize("kind", REVERSED)
def test_labels_decide_when_codes_run_the_other_way(tmp_path, kind):
    name, labels = REVERSED[kind]
    path = write(changed(name, lambda v: 6 - v), tmp_path / "r.sav", variable_value_labels={name: labels})
    check_same(read(path))


def test_labels_are_known_whatever_codes_are_below_them(tmp_path):
    letters = {f"AO{i:02}": word for i, word in enumerate(OFTEN, 1)}
    path = write(
        changed("part_intake", lambda v: f"AO{v:02}"),
        tmp_path / "ao.sav",
        variable_value_labels={"part_intake": letters},
    )
    check_same(read(path))
    zero = write(
        changed("part_intake", lambda v: v - 1),
        tmp_path / "zero.sav",
        variable_value_labels={"part_intake": dict(enumerate(OFTEN))},
    )
    check_same(read(zero))


def test_a_label_that_repeats_its_code_says_nothing(tmp_path):
    digits = {str(i): str(i) for i in range(1, 6)}
    path = write(
        changed("part_intake", str), tmp_path / "d.sav", variable_value_labels={"part_intake": digits}
    )
    check_same(read(path))


UNKNOWN = {
    "other words": {1: "in alle gevallen", 2: "vaak", 3: "soms", 4: "weinig", 5: "in geen geval"},
    "ends only": {1: "altijd", 5: "nooit"},
    "ends in other words": {1: "in alle gevallen", 5: "in geen geval"},
    "an answer that is none": {1: "weet niet", 2: "bijna nooit", 3: "soms", 4: "bijna altijd", 5: "altijd"},
}


@pytest.mark.parametrize("kind", UNKNOWN)
def test_unknown_labels_are_refused_with_both_lists_until_a_mapping_says_more(tmp_path, kind):
    labels = {"part_intake": UNKNOWN[kind], "part_guidance": UNKNOWN[kind]}
    turned = BASE.assign(part_intake=6 - BASE["part_intake"], part_guidance=6 - BASE["part_guidance"])
    path = write(turned, tmp_path / "u.sav", variable_value_labels=labels)
    with pytest.raises(SurveyError) as error:
        read(path)
    message = str(error.value)
    assert message.count("expected value labels") == 1  # one sentence for the block
    for part in (
        "part_intake",
        "part_guidance",
        "5 'altijd'",
        f"1 {UNKNOWN[kind][1]!r}",
        "recode",
        "reverse",
    ):
        assert part in message
    (tmp_path / "m.csv").write_text("file_variable,variable,recode\npart_*,,reverse\n")
    check_same(read(path, mapping=tmp_path / "m.csv"))


CELLS = {
    "label in brackets": ("part_intake", lambda v: f"{OFTEN[v - 1]} ({v})"),
    "equals sign": ("part_intake", lambda v: f"{v} = {OFTEN[v - 1].upper()}"),
    "full stop": ("part_intake", lambda v: f"{v}. {OFTEN[v - 1]}"),
    "other words": ("insight_awareness", lambda v: AGREE[v - 1]),
    "other, with a field": (
        "education",
        lambda v: ["mbo", "hbo", "post-hbo", "universiteit", "Anders, namelijk:"][v - 1],
    ),
    "other of LimeSurvey": ("employment", lambda v: ["ZZP", "loondienst", "-oth-"][v - 1]),
    "yes and no of LimeSurvey": ("uses_check", lambda v: "NY"[v - 1]),
    "almost whole": ("part_intake", lambda v: f"{v}.000000000001"),
    "hard spaces": ("conversations", lambda v: f"\u00a0{v}\ufeff"),
}


@pytest.mark.parametrize("kind", CELLS)
def test_cells_are_read_as_meant(tmp_path, kind):
    check_same(read(write(changed(*CELLS[kind]), tmp_path / "cells.csv")))


def test_a_code_beside_another_label_is_refused(tmp_path):
    path = write(changed("part_intake", lambda v: f"{6 - v} - {OFTEN[v - 1]}"), tmp_path / "c.csv")
    with pytest.raises(SurveyError, match=r"code and label that do not agree .*'1 - altijd'"):
        read(path)


@pytest.mark.parametrize("code", [-99, -9, -1, 77, 88, 98, 99, 999])
def test_a_missing_code_never_enters_a_mean(tmp_path, code):
    column = BASE["conversations"].where(BASE.index > 1, code)
    path = write(BASE.assign(conversations=column), tmp_path / "n.csv")
    with pytest.raises(SurveyError, match=rf"outside the plausible range.*'{code}' in rows 2, 3"):
        read(path)
    (tmp_path / "m.csv").write_text(f"file_variable,variable,missing\n*,,{code}\n")
    survey = read(path, mapping=tmp_path / "m.csv")
    assert survey.responses["conversations"].count() == 10
    check_same(survey, but=["conversations"])


@pytest.mark.parametrize(
    "label", ["Weet niet", "n.v.t.", "99 = geen antwoord", "Don’t know / not applicable"]
)
def test_a_label_says_that_a_number_is_none(tmp_path, label):
    column = BASE["conversations"].where(BASE.index > 1, 9)  # a plausible number, were it not for the label
    path = write(
        BASE.assign(conversations=column),
        tmp_path / "n.sav",
        variable_value_labels={"conversations": {9: label}},
    )
    assert read(path).responses["conversations"].mean() == 4.1


def test_categories_are_no_numbers(tmp_path):
    labels = {1: "1 of 2", 2: "3 of 4", 3: "5 of meer"}
    path = write(
        BASE.assign(conversations=[1, 2, 3] * 4),
        tmp_path / "k.sav",
        variable_value_labels={"conversations": labels},
    )
    with pytest.raises(SurveyError, match=r"codes with labels of their own: 1 '1 of 2'.*recode"):
        read(path)


def with_front(**columns):
    front = pd.DataFrame(columns, index=BASE.index)
    return pd.concat([front, BASE], axis=1)


IDS = [f"R_{i}" for i in range(12)]
WHO = {  # program: columns beside the answers, reason, respondents found
    "Qualtrics, words": (
        {"Status": ["Survey Preview", "Survey Test", "Spam"] + ["IP Address"] * 9, "ResponseId": IDS},
        "previews",
        3,
    ),
    "Qualtrics, channel": ({"DistributionChannel": ["preview"] + ["anonymous"] * 11}, "previews", 1),
    "own column": ({"test": [""] * 10 + ["ja", "x"]}, "previews", 2),
    "Qualtrics, finished": ({"Finished": ["False"] + ["True"] * 11, "ResponseId": IDS}, "unfinished", 1),
    "Qualtrics, progress": ({"Progress": [40, 99] + [100] * 10, "ResponseId": IDS}, "unfinished", 2),
    "LimeSurvey, Dutch": ({"Datum ingezonden": [""] * 3 + ["2021-03-01"] * 9}, "unfinished", 3),
    "Castor": ({"Survey Completed On": ["01-03-2021"] * 10 + [""] * 2}, "unfinished", 2),
    "Alchemer": ({"Status": ["Complete"] * 9 + ["Partial", "Disqualified", "Complete"]}, "unfinished", 2),
    "REDCap": ({"survey_complete": [2] * 11 + [0]}, "unfinished", 1),
    "LimeSurvey, tokens": ({"id": range(12), "token": ["a", "a", *"bcdefghijk"]}, "duplicates", 1),
    "Castor, ids": ({"Participant Id": [*range(11), 3]}, "duplicates", 1),
}


@pytest.mark.parametrize("kind", WHO)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_who_counts_in_the_files_of_other_programs(tmp_path, kind, ending):
    columns, reason, found = WHO[kind]
    path = write(with_front(**columns), tmp_path / f"who.{ending}")
    for exclude, left in ((reason, 12 - found), ("", 12)):
        survey = read(path, exclude=exclude)
        steps = attendance(survey).set_index("who")
        assert steps.loc[reason, ["n_before", "found", "n_after"]].tolist() == [12, found, left]
        assert len(survey.responses) == survey.report.n_kept == left


def test_of_two_records_the_finished_one_is_kept(tmp_path):
    path = write(with_front(ResponseId=["R1", "R1", *IDS[2:]], Finished=[0] + [1] * 11), tmp_path / "d.csv")
    survey = read(path)
    check_same(survey, range(1, 12))
    assert "row 2; ResponseId as in row 3, with other answers" in lines(survey)


def test_an_id_that_most_share_is_none(tmp_path):
    survey = read(write(with_front(id=1), tmp_path / "i.csv"))
    check_same(survey)
    assert "id: the same for most records, so not taken as a response id" in lines(survey)


def test_answers_against_the_routing_are_counted(tmp_path):
    path = write(
        BASE.assign(uses_check=[1, 1] + [2] * 10, years_experience=[None] * 2 + [5] * 10), tmp_path / "r.csv"
    )
    survey = read(path)
    assert "contradict the routing: 2, kept (exclude contradictions" in lines(survey)
    assert "asked only when uses_check == 2: education, employment" in lines(survey)
    check_same(read(path, exclude="contradictions"), range(2, 12))


def test_hidden_rows_and_filters_are_counted(tmp_path):
    book = Workbook()
    for row in (BASE.columns, *BASE.itertuples(index=False)):
        book.active.append(list(row))
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "h.xlsx")
    assert "hidden or filtered in the file: 1, kept" in lines(read(tmp_path / "h.xlsx"))
    check_same(read(tmp_path / "h.xlsx", exclude="hidden_rows"), [0, *range(2, 12)])
    path = write(BASE.assign(**{"filter_$": [1.0] * 9 + [0.0] * 3}), tmp_path / "f.sav")
    check_same(read(path, exclude="hidden_rows"), range(9))


def test_nobody_left_is_refused(tmp_path):
    path = write(with_front(Finished=0), tmp_path / "n.csv")
    with pytest.raises(SurveyError, match=r"expected respondents; found none left; unfinished: 12 left out"):
        read(path, exclude="unfinished")


HEADERS = {
    "Qualtrics": [f"Hoe vaak? - {label}" for label in LABELS.values()],
    "LimeSurvey": [f"Hoe vaak? [{label}]" for label in LABELS.values()],
    "SPSS of LimeSurvey": [f"[{label}] Hoe vaak?" for label in LABELS.values()],
    "numbered": [f"{i}. {label}?" for i, label in enumerate(LABELS.values(), 1)],
    "colon": [f"Q{i}: {label}" for i, label in enumerate(LABELS.values(), 1)],
    "markup": [f"<p>{label}</p>" for label in LABELS.values()],
    "names in brackets": [name.replace("_", "[", 1) + "]" * ("_" in name) for name in LABELS],
    "names with points": [name.replace("_", ".").title() for name in LABELS],
    "invisible": [f"\ufeff{name[:3]}\u200b{name[3:]}\u00a0" for name in LABELS],
}


@pytest.mark.parametrize("kind", HEADERS)
def test_columns_are_known_whatever_way_the_program_writes_them(tmp_path, kind):
    survey = read(write(BASE.set_axis(HEADERS[kind], axis=1), tmp_path / "h.csv"))
    assert list(survey.responses) == [name for name in STUDY.codebook["variable"] if name in BASE]
    check_same(survey)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_two_header_rows_of_surveymonkey(tmp_path, ending):
    questions = [*list(LABELS.values())[:4], "Hoe vaak?", "", *list(LABELS.values())[6:]]
    items = (
        ["Response"] * 3
        + ["Open-Ended Response", "intakegesprek", "begeleidingsgesprek(ken)"]
        + ["Response"] * 2
    )
    rows = [["Respondent ID", "Collector ID", *questions], ["", "", *items]]
    rows += [[i, 7, *row] for i, row in enumerate(BASE.to_numpy().tolist())]
    frame = pd.DataFrame(rows)
    path = tmp_path / f"monkey.{ending}"
    frame.to_excel(path, index=False, header=False) if ending == "xlsx" else frame.to_csv(
        path, index=False, header=False
    )
    survey = read(path)
    assert survey.report.format == "surveymonkey"
    check_same(survey)
    assert len(survey.responses.columns) == 8


# --- workbooks ------------------------------------------------------------------------------------------


def sheet(book, rows, title=None):
    made = book.create_sheet(title) if title else book.active
    for row in rows:
        made.append(list(row))
    return made


TABLE = [BASE.columns, *BASE.itertuples(index=False)]


def save(book, path):
    book.save(path)
    return path


def test_titles_notes_and_other_sheets_do_not_hide_the_table(tmp_path):
    book = Workbook()
    sheet(book, [("Enquête 2021",), ("export van 1 maart",), (), *TABLE])
    check_same(read(save(book, tmp_path / "titles.xlsx")))
    book = Workbook()
    sheet(book, [("variabele", "betekenis"), *((name, "x") for name in BASE)])
    sheet(book, TABLE, "Data")
    survey = read(save(book, tmp_path / "notes.xlsx"))
    check_same(survey)
    assert "sheet: Data (of 2)" in lines(survey)


def test_names_merged_over_two_rows_are_read(tmp_path):
    book = Workbook()
    top = [*BASE.columns[:4], "Onderdelen", None, "Effecten", None]
    below = [None] * 4 + list(LABELS.values())[4:]
    made = sheet(book, [top, below, *TABLE[1:]])
    for place in ("A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:F1", "G1:H1"):
        made.merge_cells(place)
    survey = read(save(book, tmp_path / "merged.xlsx"))
    check_same(survey)
    assert len(survey.responses.columns) == 8


def test_of_two_sheets_with_answers_one_must_be_stated(tmp_path):
    book = Workbook()
    sheet(book, TABLE[:7])
    sheet(book, TABLE, "golf 2")
    path = save(book, tmp_path / "two.xlsx")
    with pytest.raises(SurveyError, match=r"found them in 'golf 2', 'Sheet'; state which one with sheet"):
        read(path)
    check_same(read(path, sheet="Golf 2"))
    with pytest.raises(SurveyError, match="sheet: expected one of 'Sheet', 'golf 2'; found 'golf 3'"):
        read(path, sheet="golf 3")
    with pytest.raises(
        SurveyError, match="expected a header in row 30 of sheet 'golf 2'; found an empty row"
    ):
        read(path, sheet="golf 2", header_row=30)


def test_errors_and_dates_are_named_with_their_rows(tmp_path):
    book = Workbook()
    made = sheet(book, TABLE)
    made["E3"], made["F4"] = "#N/A", pd.Timestamp(2021, 5, 3).to_pydatetime()
    with pytest.raises(SurveyError) as error:
        read(save(book, tmp_path / "e.xlsx"))
    assert "part_intake: an error of a spreadsheet formula" in str(error.value)
    assert "'#N/A' in row 3" in str(error.value)
    assert "part_guidance: a date, perhaps made of an answer such as 3-5" in str(error.value)
    assert "in row 4" in str(error.value)


def test_a_stated_header_row_counts_in_text_too(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("enquête;;;;;;;\nx;x;x;x;x;x;x;x\n" + BASE.to_csv(index=False, sep=";"), encoding="utf-8")
    check_same(read(path))
    check_same(read(path, header_row=3))
    with pytest.raises(SurveyError, match="header_row: expected a row of the file; found 99"):
        read(path, header_row=99)


# --- weights, and files with some of the questions ------------------------------------------------------


def test_weights_of_the_file_or_as_stated():
    survey = read(FILES / "weighted.sav")
    assert survey.report.weight == "weging" and len(survey.weights) == 12
    assert read(FILES / "weighted.sav", weight="-").weights is None
    with pytest.raises(SurveyError, match="weight: expected one of the columns uses_check, .*; found 'w'"):
        read(FILES / "weighted.sav", weight="w")


def test_weights_that_count_nobody_are_said(tmp_path):
    path = write(BASE.assign(weging=[0.0, -1.0, None] + [2.0] * 9), tmp_path / "w.csv")
    assert "weging looks like a weight; not used" in lines(read(path))
    survey = read(path, weight="weging")
    assert survey.weights.tolist() == [0.0] * 3 + [2.0] * 9
    assert "weging: no weight above zero in rows 2, 3, 4 (3 rows)" in lines(survey)


@pytest.mark.parametrize("names", [["education"], ["part_intake"], ["conversations"]])
def test_some_of_the_questions_are_enough(tmp_path, names):
    survey = read(write(BASE[names], tmp_path / "s.csv"))
    assert list(survey.responses) == names
    assert "in the codebook, not in the file: uses_check" in lines(survey)
