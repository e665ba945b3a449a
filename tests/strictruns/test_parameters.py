from pathlib import Path

import nbformat
import pytest

from strictruns import Parameter, parse_parameters, read_parameters
from strictruns.parameters import check_values

FIXTURES = Path(__file__).parents[1] / "fixtures" / "notebooks"
GOOD = FIXTURES / "good.ipynb"


def notebook(path: Path, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]}) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def test_parameters_are_read_with_their_rules():
    found = read_parameters(GOOD)
    assert list(found) == ["language", "confidence", "seed", "weighted", "survey_file", "output_dir"]
    assert found["language"].choices == ("nl", "en")
    assert (found["confidence"].low, found["confidence"].high) == (0.5, 0.999)
    assert (found["seed"].low, found["seed"].default, found["seed"].type) == (0, 1, int)
    assert found["weighted"].help == "whether weights are used"
    assert found["seed"].allowed == "int, at least 0"


def test_a_list_of_choices_has_the_type_of_its_parameter_and_ends_at_a_semicolon(tmp_path):
    found = read_parameters(notebook(tmp_path / "a.ipynb", "ddof: int = 1  # one of: 0, 1; SPSS has 1"))
    assert found["ddof"].choices == (0, 1)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("seed = 1  # not annotated", r"name: type = literal"),
        ("seed: int = 1", "expected a comment"),
        ("seed: list = []  # a list", "expected a comment and one of str, int, float, bool; found list"),
        ("seed: int = 1  # a\nnext = seed + 1  # b", "name: type = literal"),
        ('sign: str = "a=b"  # papermill cannot read two equals signs', "name: type = literal"),
        ("seed: int = abs(1)  # not a literal", "name: type = literal"),
        ("seed: int = 1.0  # wrong type", "seed: expected int; found 1.0"),
        ("seed: int = 1  # at least 2", "seed: expected int, at least 2; found 1"),
        ("seed: int = 9  # at most 2", "seed: expected int, at most 2; found 9"),
        ("seed: int = 1  # one of: 1, twee", "expected int; found 'twee'"),
        ("seed: int = 1  # at least one", "a rule that cannot be read"),
        ("%matplotlib inline", "name: type = literal"),
    ],
)
def test_a_parameters_cell_that_cannot_be_checked_is_refused(tmp_path, source, message):
    with pytest.raises(ValueError, match=message):
        read_parameters(notebook(tmp_path / "a.ipynb", source))


def test_there_is_exactly_one_parameters_cell(tmp_path):
    with pytest.raises(ValueError, match=r"untagged.ipynb: expected one cell tagged `parameters`; found 0"):
        read_parameters(FIXTURES / "untagged.ipynb")
    with pytest.raises(ValueError, match="found 2"):
        read_parameters(notebook(tmp_path / "a.ipynb", "a: int = 1  # a", "b: int = 1  # b"))


@pytest.mark.parametrize(
    ("name", "value"),
    [("seed", 3), ("confidence", 0.9), ("confidence", 0.5), ("weighted", True), ("language", "en")],
)
def test_allowed_values_pass(name, value):
    check_values({name: value}, read_parameters(GOOD))


def test_an_int_will_do_for_a_float():
    check_values({"x": 1}, {"x": Parameter("x", float, 0.5)})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("sede", 3, r"sede: unknown parameter \(did you mean seed\?\); expected one of language, confidence"),
        ("seed", "3", "seed: expected int, at least 0; found '3'"),
        ("seed", 3.0, "expected int"),
        ("seed", True, "expected int"),
        ("seed", -1, "at least 0; found -1"),
        ("weighted", 1, "weighted: expected bool; found 1"),
        ("confidence", True, "expected float"),
        ("confidence", 1.0, "at least 0.5, at most 0.999; found 1.0"),
        ("confidence", float("nan"), "found nan"),
        ("language", "de", "language: expected str, one of: nl, en; found 'de'"),
        ("survey_file", Path("x.sav"), "survey_file: expected str"),
        ("seed", None, "expected int"),
    ],
)
def test_other_values_do_not(name, value, message):
    with pytest.raises(ValueError, match=message):
        check_values({name: value}, read_parameters(GOOD))


def test_all_problems_are_told_at_once():
    with pytest.raises(ValueError, match=r"(?s)seed: .*language: .*colour: unknown"):
        check_values({"seed": "1", "colour": 1, "language": "de"}, read_parameters(GOOD))


def test_texts_become_the_declared_type():
    texts = {"seed": "7", "confidence": ".9", "weighted": "True", "survey_file": "a b.sav"}
    values = parse_parameters(texts, read_parameters(GOOD))
    assert values == {"seed": 7, "confidence": 0.9, "weighted": True, "survey_file": "a b.sav"}
    assert type(values["seed"]) is int


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("confidence", "0,9", "confidence: expected float; write a point; found '0,9'"),
        ("confidence", "inf", "expected float; found 'inf'"),
        ("seed", "1.0", "seed: expected int; found '1.0'"),
        ("seed", "1_0", "expected int"),
        ("weighted", "1", "weighted: expected bool; found '1'"),
        ("language", "de", "one of: nl, en"),
        ("sede", "1", "unknown parameter"),
    ],
)
def test_texts_that_do_not_fit_are_refused(name, text, message):
    with pytest.raises(ValueError, match=message):
        parse_parameters({name: text}, read_parameters(GOOD))
