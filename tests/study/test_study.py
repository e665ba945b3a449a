"""Reading data/: typed by its schema, refused with the place when it does not fit."""

import json

import pytest

from behindprint import Reported
from loopbaanchecks.study import Study, read_resource, read_vocabulary


@pytest.fixture
def package(tmp_path):
    """A data folder with one small resource; returns a writer for its CSV."""
    fields = [
        {"name": "id", "type": "string", "constraints": {"required": True, "pattern": "[a-z]+"}},
        {"name": "kind", "type": "string", "constraints": {"enum": ["mean", "sd"]}},
        {"name": "row", "type": "integer"},
        {"name": "share", "type": "number"},
    ]
    descriptor = {"resources": [{"name": "small", "path": "small.csv", "schema": {"fields": fields}}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(descriptor))

    def write(text):
        (tmp_path / "small.csv").write_text(text, encoding="utf8")
        return tmp_path

    return write


def test_a_resource_has_the_types_of_its_schema(package):
    frame = read_resource("small", data=package("id,kind,row,share\na,mean,1,0.5\nb,,,\n"))
    assert frame["row"].tolist()[0] == 1
    assert frame["row"].isna().tolist() == [False, True]
    assert frame["kind"].tolist() == ["mean", ""]
    assert frame["share"].iloc[0] == 0.5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,kind,row\na,mean,1\n", r"small.csv: expected columns .* found \['id', 'kind', 'row'\]"),
        ("id,kind,row,share\n,mean,1,1\n", "column id, line 2"),
        ("id,kind,row,share\na,mean,1,1\nB,mean,1,1\n", "column id, line 3.*found 'B'"),
        ("id,kind,row,share\na,mode,1,1\n", "column kind, line 2.*found 'mode'"),
        ("id,kind,row,share\na,mean,one,1\n", "column row, line 2.*found 'one'"),
        ('id,kind,row,share\na,mean,1,"0,5"\n', "column share, line 2.*found '0,5'"),
    ],
)
def test_a_file_that_does_not_fit_names_file_column_and_line(package, text, message):
    with pytest.raises(ValueError, match=message):
        read_resource("small", data=package(text))


def test_an_unknown_resource_lists_what_there_is(package):
    with pytest.raises(ValueError, match="resource: expected one of small; found 'large'"):
        read_resource("large", data=package("id,kind,row,share\n"))


def test_the_study_has_seventy_rows_with_words_and_options():
    items = Study().items
    assert len(items) == 70
    assert items.groupby("table").size().to_dict() == {6: 15, 7: 8, 8: 10, 9: 14, 10: 13, 11: 10}
    assert (items["kind"] == "item").sum() == 60
    assert (items[["label_nl", "label_en"]] != "").all(axis=None)
    assert items["options"].map(len).isin([2, 5]).all()
    for row in items.itertuples():
        assert min(row.options) <= Reported(row.mean).value <= max(row.options)


def test_dropped_zeros_are_restored_and_print_is_kept():
    items = Study().items
    changed = items[items["mean"] != items["mean_printed"]]
    assert sorted(changed["mean_printed"]) == ["2,2", "3,1", "3,2", "3,3", "3,9", "4,1"]
    assert (changed["mean"] == changed["mean_printed"] + "0").all()


def test_numbers_of_the_text_are_found_by_id():
    assert Study().printed("population") == "3000"
    with pytest.raises(ValueError, match="figure: expected an id of figures.csv; found 'nobody'"):
        Study().printed("nobody")


def test_the_vocabulary_has_both_languages_for_every_key():
    words = read_vocabulary()
    assert words.index.is_unique
    assert (words[["nl", "en"]] != "").all(axis=None)
