"""Survey files out: what was written is read back, in SPSS files and from other writers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from survey_cases import CODEBOOK, NA, expected, read_codebook

from loopbaanchecks.paths import DATA
from surveyfiles import SurveyError, read_survey, read_survey_file, write_sav
from surveyfiles.labels import words_of

REAL = DATA / "report_2021" / "codebook.csv"


def write(frame, path, codebook=CODEBOOK, *, decimal=".", language="nl"):
    """Write by the ending; a .csv as pandas writes it."""
    if path.suffix == ".csv":
        frame.to_csv(path, index=False, sep=";" if decimal == "," else ",", decimal=decimal)
    else:
        write_sav(frame, path, codebook=codebook, language=language)


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
    write(frame, path, decimal=decimal)
    survey = read_survey(path, codebook=CODEBOOK, decimal=decimal)
    pd.testing.assert_frame_equal(survey.responses, frame, check_exact=True)


@PROPERTY
@given(row=st.integers(0, 29), code=st.one_of(st.integers(-9, 0), st.integers(6, 99)))
def test_a_code_outside_the_options_is_never_let_through(tmp_path, row, code):
    codes = [1 + i % 5 for i in range(30)]
    codes[row] = code
    path = tmp_path / "one_wrong.csv"
    path.write_text("part_talk\n" + "\n".join(map(str, codes)) + "\n")
    with pytest.raises(SurveyError, match=rf"found '{code}' in row {row + 2};"):
        read_survey(path, codebook=CODEBOOK)
    survey = read_survey(path, codebook=CODEBOOK, lenient=True)
    assert survey.responses["part_talk"].isna().sum() == 1
    assert survey.report.lenient["row"].tolist() == [row + 2]


def test_a_file_with_labels_says_them(tmp_path):
    frame = expected({"education": [1, 3]})
    write(frame, tmp_path / "labels.sav", language="en")
    file = read_survey_file(tmp_path / "labels.sav")
    assert file.labels == {"education": "highest education"}
    assert file.value_labels == {
        "education": {1.0: "vocational", 2.0: "higher vocational", 3.0: "university"}
    }
    with pytest.raises(ValueError, match=r"path: expected a name that ends in .sav or .zsav; found 'l.dta'"):
        write_sav(frame, tmp_path / "l.dta", codebook=CODEBOOK, language="en")
    with pytest.raises(ValueError, match="language: expected one of nl, en; found 'de'"):
        write_sav(frame, tmp_path / "l.sav", codebook=CODEBOOK, language="de")
    assert not (tmp_path / "l.sav").exists()


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
        write(drawn, tmp_path / f"all{kind}", book)
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
