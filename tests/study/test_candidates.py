"""A centre's own file: read in every common form, refused with all its problems, written to be filled in."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loopbaanchecks.__main__ import main
from loopbaanchecks.pilots import CONDITIONS, STEPS, wave_gaps
from loopbaanchecks.pilots.candidates import (
    codebook_lines,
    read_candidates,
    read_codebook,
    report_lines,
    write_candidates,
)
from loopbaanchecks.study import read_resource
from loopbaanchecks.twins.cohort import simulated_candidates

FIXTURES = Path(__file__).parents[1] / "fixtures" / "candidates"
TODAY = date(2007, 3, 19)
PLAIN = FIXTURES / "semicolon_comma.csv"

WRONG = """wrong.csv: 19 problems
  expected 18 cells in a row, as in the header; found others in line 18
  candidate: personal data: expected a code of at most four letters and six digits, no name or address; \
found something else (not repeated here) in lines 11, 12 (2 lines)
  candidate: personal data: expected a code, no citizen service number; \
found something else (not repeated here) in line 13
  candidate: expected an answer; found none in line 14
  centre: personal data: expected a name of a centre; found '[e-mail address]' in line 19
  wave: expected 1 to 20; found '0' in line 15
  wave: expected a whole number; found 'een' in line 20
  enrolment_date: expected a day that exists, as 2006-06-14 or 14-06-2006; found '2006-06-31' in line 6
  considering: expected yes or no; found 'misschien' in line 16
  self_steering: expected an answer at wave 1; found none in line 16
  self_management: expected 1 to 5; found '6,1' in line 17
  self_management: expected a decimal comma, as other numbers of the file have; found '2.8' in line 21
  guidance_hours: expected a number; found 'veel' in line 17
  measurement_date: expected no day after today; found a later one in line 10
  measurement_date: expected no day before enrolment_date; found an earlier one in line 4
  end_date: expected no day before enrolment_date; found an earlier one in line 7
  centre: expected one per candidate; found more in lines 4, 5 (2 lines)
  candidate and wave: expected each pair once; found it again in lines 2, 3 (2 lines)
  wave: expected a later day than the wave before; found the same or an earlier one in line 9"""

COLUMNS = """columns.csv: 3 problems
  columns: expected also wave, support; not found
  columns: expected only columns of the template; found also naam
  columns: expected each once; found more of recognise"""

DECIMAL = """decimal_comma.csv: 2 problems
  expected 18 cells in a row, as in the header; found others (a decimal comma? write a point, or separate by \
semicolons) in line 2
  self_management: expected a decimal point in a file separated by commas; found '2,8' in line 3"""


def variant(tmp_path, *changes, source=PLAIN):
    """Write a fixture with parts of its text replaced; return where."""
    text = source.read_text(encoding="utf8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "variant.csv"
    path.write_text(text, encoding="utf8")
    return path


def refusal(path):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        read_candidates(path, today=TODAY)
    return str(error.value)


def test_what_is_in_the_file_is_in_the_frame():
    found = read_candidates(PLAIN, today=TODAY)
    frame = found.measurements
    assert found.evidence == "observed"
    assert found.details == {"encoding": "utf-8 (valid)", "delimiter": ";", "decimal sign": "comma"}
    assert list(frame.columns) == read_codebook()["variable"].tolist()
    assert frame["candidate"].tolist() == ["K001", "K001", "K001", "K002", "K002", "Z-17"]
    assert frame["wave"].tolist() == [1, 2, 3, 1, 3, 1]
    assert frame.loc[3, "enrolment_date"] == pd.Timestamp(2006, 6, 14)
    assert frame.loc[3, "measurement_date"] == pd.Timestamp(2006, 6, 15)
    assert frame["self_management"].tolist()[:4] == [2.8, 3.2, 3.4, 2.8]
    assert frame["self_management"].isna().tolist() == [False] * 4 + [True, False]
    assert frame.loc[3, list(CONDITIONS)].tolist() == [True, False, False, True, False]
    assert frame["end_date"].isna().tolist() == [False] * 3 + [True] * 3
    assert found.gaps.to_numpy().tolist() == [["K002", "Noord", 2]]


@pytest.mark.parametrize("name", ["bom_crlf", "windows_1252", "comma_point", "blank_lines"])
def test_every_form_of_the_file_says_the_same(name):
    found, plain = (read_candidates(path, today=TODAY) for path in (FIXTURES / f"{name}.csv", PLAIN))
    pd.testing.assert_frame_equal(found.measurements, plain.measurements)
    pd.testing.assert_frame_equal(found.gaps, plain.gaps)


def test_the_end_may_be_absent_and_columns_in_any_order(tmp_path):
    frame = read_candidates(FIXTURES / "no_end_date.csv", today=TODAY).measurements
    assert frame["end_date"].isna().all() and frame["end_date"].dtype == "datetime64[s]"
    rows = [line.split(";")[::-1] for line in PLAIN.read_text(encoding="utf8").splitlines()]
    path = tmp_path / "turned.csv"
    path.write_text("\n".join(map(";".join, rows)), encoding="utf8")
    plain = read_candidates(PLAIN, today=TODAY).measurements
    pd.testing.assert_frame_equal(read_candidates(path, today=TODAY).measurements, plain)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("wrong", WRONG),
        ("columns", COLUMNS),
        ("decimal_comma", DECIMAL),
        ("empty", "empty.csv: expected a header and measurements; found an empty file"),
        ("only_blank", "only_blank.csv: expected a header and measurements; found an empty file"),
        ("header_only", "header_only.csv: expected measurements; found a header and nothing below it"),
        (
            "no_header",
            f"no_header.csv: expected columns {', '.join(read_codebook()['variable'])}; found none of them "
            "in the first row (not repeated here: it may name people)",
        ),
    ],
)
def test_a_file_that_does_not_fit_says_everything_at_once(name, message):
    assert refusal(FIXTURES / f"{name}.csv") == message


def test_no_message_repeats_what_may_point_to_a_person():
    for name in ("wrong", "no_header"):
        said = refusal(FIXTURES / f"{name}.csv")
        for secret in ("Jan", "Vries", "voorbeeld", "111222333", "jansen", "K0"):
            assert secret not in said


@pytest.mark.parametrize(
    "code", ["Jansen", "jansen12", "j.jansen@zuid.nl", "0612345678", "111222333", "K 12", "12-05-1980", "K"]
)
def test_what_is_no_code_is_refused(code, tmp_path):
    said = refusal(variant(tmp_path, ("Z-17;", f"{code};")))
    assert said.startswith("variant.csv: candidate: personal data: expected a code") and code not in said


@pytest.mark.parametrize("code", ["1", "K009", "AMS-K12", "noor_01", "3f2a9c4e-11b2", "123456"])
def test_codes_are_taken(code, tmp_path):
    frame = read_candidates(variant(tmp_path, ("Z-17;", f"{code};")), today=TODAY).measurements
    assert code in set(frame["candidate"])


def test_what_differs_between_rows_of_a_candidate_is_refused(tmp_path):
    said = refusal(variant(tmp_path, ("K001;Noord;2;2006-06-14", "K001;Noord;2;2006-06-13")))
    assert said == (
        "variant.csv: enrolment_date: expected one per candidate; found more in lines 2, 3, 4 (3 lines)"
    )
    said = refusal(variant(tmp_path, ("2006-08-30;2006-11-15", "2006-08-30;2006-11-14")))
    assert said.startswith("variant.csv: end_date: expected one per candidate; found more in lines 2, 3, 4")


def test_two_spellings_of_a_centre_are_refused(tmp_path):
    said = refusal(variant(tmp_path, ("K002;Noord", "K002;noord")))
    assert said == (
        "variant.csv: centre: expected one spelling of a name; found more in lines 2, 3, 4, 5, 6 (5 lines)"
    )


@given(line=st.integers(1, 6), cell=st.integers(0, 17), value=st.text(max_size=12))
@example(line=1, cell=0, value="K²²²²²²²²")
@example(line=1, cell=2, value="²")
@example(line=1, cell=3, value="0001-01-01")
@example(line=1, cell=4, value="9999-12-31")
@example(line=1, cell=17, value="1e999")
def test_whatever_stands_in_a_cell_is_read_or_refused_by_its_line(tmp_path_factory, line, cell, value):
    rows = [row.split(";") for row in PLAIN.read_text(encoding="utf8").splitlines()]
    rows[line][cell] = '"' + value.replace('"', '""') + '"'
    path = tmp_path_factory.mktemp("cell") / "any.csv"
    path.write_text("\n".join(map(";".join, rows)), encoding="utf8", newline="")
    try:
        n, said = len(read_candidates(path, today=TODAY).measurements), ""
    except ValueError as error:
        n, said = 6, str(error)
    assert n == 6
    assert not said or (said.startswith("any.csv: ") and "line" in said)


def test_today_is_the_last_day_that_may_be(tmp_path):
    found = read_candidates(PLAIN, today=date(2006, 11, 15))
    assert len(found.measurements) == 6
    with pytest.raises(
        ValueError, match=r"measurement_date: expected no day after today; found a later one in line 4\n"
    ):
        read_candidates(PLAIN, today=date(2006, 11, 14))
    assert len(read_candidates(PLAIN).measurements) == 6  # the day itself, which is later


def test_ten_lines_are_named_and_the_rest_counted(tmp_path):
    head, first, *_ = PLAIN.read_text(encoding="utf8").splitlines()
    rows = [first.replace("K001", f"K{i:03d}").replace(";no;yes;no;", ";no;?;no;", 1) for i in range(12)]
    path = tmp_path / "many.csv"
    path.write_text("\n".join([head, *rows]), encoding="utf8")
    said = "lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, … (12 lines)"
    assert refusal(path) == f"many.csv: considering: expected yes or no; found '?' in {said}"


def test_an_absent_file_an_open_quote_and_unreadable_bytes(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.csv: expected a file; found none in "):
        read_candidates(tmp_path / "none.csv")
    with pytest.raises(ValueError, match="expected quotes in pairs; found a quote that is not closed"):
        read_candidates(variant(tmp_path, ("Z-17;", '"Z-17;')))
    (tmp_path / "bytes.csv").write_bytes(b"candidate;\x81\xff\n")
    with pytest.raises(ValueError, match=r"bytes\.csv: expected text in UTF-8"):
        read_candidates(tmp_path / "bytes.csv")


@given(st.text(st.sampled_from('candidate;,\n"é \t0K1-wv\r'), max_size=80))
@example("candidate;wave\nK1;1;;\n")
@example('candidate,"wave')
def test_no_text_ends_in_anything_but_one_clear_error(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("text") / "any.csv"
    path.write_text(text, encoding="utf8", newline="")
    with pytest.raises(ValueError, match=r"^any\.csv: "):
        read_candidates(path, today=TODAY)


def made_up(seed):
    parameters = read_resource("tno_2007-parameters").set_index("name")["value"].astype(float).to_dict()
    rules = read_resource("tno_2007-segments")
    choices = {"centres": ["Noord", "Zuid"], "candidates_per_centre": 8, "start": date(2006, 6, 14)}
    return simulated_candidates(parameters, rules, **choices, rng=np.random.default_rng(seed)).measurements


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), emptied=st.floats(0, 0.5))
def test_what_is_written_is_read_back(tmp_path_factory, seed, emptied):
    frame = made_up(seed)
    rng = np.random.default_rng(seed)
    for name in (*STEPS, "self_management", "guidance_hours"):
        frame[name] = frame[name].mask(rng.random(len(frame)) < emptied)
    frame = frame[(frame["wave"] == 1) | (rng.random(len(frame)) > emptied)].reset_index(drop=True)
    path = tmp_path_factory.mktemp("written") / "own.csv"
    write_candidates(frame, path)
    found = read_candidates(path, today=TODAY)
    pd.testing.assert_frame_equal(found.measurements, frame)
    pd.testing.assert_frame_equal(found.gaps, wave_gaps(frame))


def test_writing_keeps_to_its_rules(tmp_path):
    path = tmp_path / "own.csv"
    write_candidates(None, path)
    assert path.read_text(encoding="utf-8-sig") == ";".join(read_codebook()["variable"]) + "\n"
    with pytest.raises(
        ValueError, match=r"own\.csv: expected a new file; found one that would be overwritten"
    ):
        write_candidates(None, path)
    with pytest.raises(ValueError, match=r"own\.xlsx: expected a name that ends in \.csv; found '\.xlsx'"):
        write_candidates(None, tmp_path / "own.xlsx")
    with pytest.raises(ValueError, match=r"not found: wave$"):
        write_candidates(made_up(1).drop(columns="wave"), tmp_path / "new.csv")


def test_the_codebook_is_that_of_the_model():
    book = read_codebook().set_index("variable")
    words = book.index[book["type"] == "yesno"].tolist()
    assert words == [*CONDITIONS, *STEPS]
    assert (book.loc[list(CONDITIONS), "required"] == "first").all()
    factors = read_resource("tno_2007-factors")
    assert factors.loc[factors["kind"] == "step", "id"].tolist() == list(STEPS)[:-1]
    bounded = book["type"].isin(["integer", "number"])
    assert book.loc[bounded, "options"].str.fullmatch(r"\d+-\d+").all()
    assert (book.loc[~bounded & (book["type"] != "yesno"), "options"] == "").all()
    assert len(codebook_lines()) == len(book)


# --- the command ----------------------------------------------------------------------------------


def test_the_command_tells_how_the_file_was_read_and_names_nobody(capsys):
    assert main(["candidates", str(PLAIN)]) == 0
    out = capsys.readouterr().out
    assert out.splitlines() == report_lines(read_candidates(PLAIN), PLAIN.name)
    assert out.startswith(
        "semicolon_comma.csv: encoding: utf-8 (valid); delimiter: ;; decimal sign: comma\n"
        "6 measurements of 3 candidates in 2 centres\nwave 1: 3 measured\n"
    )
    assert "no answer to solutions: 1\n" in out
    assert out.endswith("gap, kept: 1 without wave 2 but with a later one\n")
    assert "K0" not in out


def test_the_command_writes_a_template_that_it_can_read(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["candidates", "--template", "own.csv"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("own.csv: to fill in\ncandidate: candidate (code; in every row)\n")
    assert "satisfied: satisfied with the work (no or yes; at wave 1)" in out
    with Path("own.csv").open("a", encoding="utf8") as stream:
        stream.write("K1;Noord;1;14-6-2006;14-6-2006;;nee;ja;nee;nee;nee;;;;;;3,5;0\n")
    assert main(["candidates", "own.csv"]) == 0
    assert "1 measurements of 1 candidates in 1 centres" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["candidates"], "expected a file to read, or --template OUT.csv; found both or neither"),
        (["candidates", "a.csv", "--template", "b.csv"], "found both or neither"),
        (["candidates", "a.csv"], "a.csv: expected a file; found none in"),
        (["candidates", "--template", "a.txt"], "a.txt: expected a name that ends in .csv"),
        (["candidates", str(FIXTURES / "wrong.csv")], "wrong.csv: 19 problems\n  expected 18 cells"),
    ],
)
def test_bad_input_is_one_clear_message_and_code_2(words, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    said = capsys.readouterr()
    assert message in said.err and "Traceback" not in said.err and said.out == ""
