"""The JSON Schemas of run.json and numbers.json, against real results and against what should not pass."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import strictruns
from loopbaanchecks.report.report import EVIDENCE

SCHEMAS = Path(strictruns.__file__).parent / "schemas"


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.fixture(scope="module")
def results(reproduced) -> dict[str, dict]:
    (first, *_) = sorted(reproduced.glob("*/run.json"))
    return {
        n: json.loads(first.with_name(f"{n}.json").read_text(encoding="utf8")) for n in ("run", "numbers")
    }


@pytest.mark.parametrize("name", ["run", "numbers"])
def test_every_result_fits_its_schema(name, reproduced):
    paths = sorted(reproduced.glob(f"*/{name}.json"))
    assert len(paths) == 3
    for path in paths:
        errors = validator(name).iter_errors(json.loads(path.read_text(encoding="utf8")))
        assert not [f"{path}: {error.json_path}: {error.message}" for error in errors]


def test_numbers_carry_a_mark_of_the_project(reproduced):
    for path in reproduced.glob("*/numbers.json"):
        numbers = json.loads(path.read_text(encoding="utf8"))
        assert {number["evidence"] for number in numbers.values()} <= set(EVIDENCE)


@pytest.mark.parametrize(
    "change",
    [
        {"error": "01 (nl), cell 2: ValueError"},
        {"exit_state": "failed"},
        {"started": None},
        {"source_sha256": "abc"},
        {"languages": []},
        {"files": {"survey_file": {"name": "private/own.sav", "sha256": "0" * 64}}},
        {"git": {"commit": "main", "dirty": False}},
        {"another": 1},
    ],
)
def test_a_record_that_does_not_fit(change, results):
    assert not validator("run").is_valid(results["run"] | change)


def test_a_failed_run_fits_too(results):
    failed = {"exit_state": "failed", "error": "01 (nl), cell 2 `x`: ValueError: y"}
    assert validator("run").is_valid(results["run"] | failed)


@pytest.mark.parametrize("number", [{"value": 1}, {"evidence": "implied"}, {"value": {}, "evidence": "x"}, 3])
def test_a_number_that_does_not_fit(number, results):
    changed = deepcopy(results["numbers"]) | {"n": number}
    assert not validator("numbers").is_valid(changed)
