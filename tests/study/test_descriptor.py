"""The data package beside the written tables: valid, complete, and with the headings that people see."""

import json

import pandas as pd
import pytest
from frictionless import Package

from loopbaanchecks.report.report import EVIDENCE, Report

BOOKS = ("01_quant", "02_qual", "03_tno_pilots")


@pytest.mark.parametrize("name", BOOKS)
def test_the_tables_of_a_run_are_what_their_descriptor_says(name, reproduced):
    folder = reproduced / name
    report = Package(str(folder / "datapackage.json")).validate()
    errors = report.flatten(["place", "rowNumber", "fieldName", "note"])
    assert report.valid, "\n".join(" · ".join(map(str, error)) for error in errors)
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf8"))
    assert described["name"] == name
    paths = [resource["path"] for resource in described["resources"]]
    assert sorted(paths) == sorted(f"tables/{p.name}" for p in (folder / "tables").iterdir())
    fields = [field for r in described["resources"] for field in r["schema"]["fields"]]
    assert all(field["title"] and field["title_nl"] for field in fields)
    marks = [field["constraints"]["enum"] for field in fields if field["name"] == "evidence"]
    assert len(marks) == len(paths) and all(mark == list(EVIDENCE) for mark in marks)
    assert {field["type"] for field in fields} >= {"string", "number", "integer"}


def test_a_heading_of_one_table_stays_there_and_neither_language_shows(tmp_path):
    written = []
    for language in ("nl", "en"):
        report = Report(language, name="01_try", output_dir=tmp_path / language)
        frame = pd.DataFrame({"n": [3], "estimate": [0.5], "label_nl": ["a"], "label_en": ["b"]})
        headings = {"n": ("keer", "times")}
        report.table("own", frame, "implied", nl="Tabel", en="Table", headings=headings)
        report.table("other", frame.assign(asked=True), "implied", nl="Tabel", en="Table")
        written.append((report.write() / "datapackage.json").read_bytes())
    assert written[0] == written[1]
    own, other = (r["schema"]["fields"] for r in json.loads(written[0])["resources"])
    assert (own[0]["title"], own[0]["title_nl"]) == ("times", "keer")
    assert other[0]["title"] != "times"
    types = [field["type"] for field in other]
    assert types == ["integer", "number", "string", "string", "boolean", "string"]
    assert Package(str(tmp_path / "nl" / "datapackage.json")).validate().valid
