"""data/ is what it says: valid by its schema, complete, and in agreement with itself."""

import csv
import json
import re

import pytest
from frictionless import Package

from behindprint import Reported
from loopbaanchecks.paths import DATA
from loopbaanchecks.study import Study

STUDY = Study()
FILES = sorted(path.relative_to(DATA).as_posix() for path in DATA.rglob("*.csv") if "raw" not in path.parts)


def test_the_package_is_valid_by_frictionless():
    report = Package(str(DATA / "datapackage.json")).validate()
    errors = report.flatten(["place", "rowNumber", "fieldName", "note"])
    assert report.valid, "\n".join(" · ".join(str(part) for part in error) for error in errors)


def test_every_file_is_described_and_every_description_has_a_file():
    described = json.loads((DATA / "datapackage.json").read_text(encoding="utf8"))["resources"]
    assert sorted(resource["path"] for resource in described) == FILES
    readme = (DATA / "README.md").read_text(encoding="utf8")
    assert all(f"`{name}`" in readme for name in FILES)


@pytest.mark.parametrize("name", FILES)
def test_files_are_plain(name):
    raw = (DATA / name).read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf") and b"\r" not in raw and raw.endswith(b"\n")
    rows = list(csv.reader(raw.decode("utf8").splitlines()))
    assert all(cell == cell.strip() for row in rows for cell in row)
    assert len({tuple(row) for row in rows}) == len(rows)


def test_seventy_rows_have_a_mean_and_an_sd():
    cells = STUDY.published[STUDY.published["table"] >= 6]
    assert cells.groupby("statistic").size().to_dict() == {"mean": 70, "sd": 70}
    for _, rows in cells.groupby("table"):
        assert sorted(set(rows["row"])) == list(range(1, len(rows) // 2 + 1))


def test_interviews_add_up():
    counts = STUDY.published[STUDY.published["statistic"] == "count"].merge(STUDY.respondents, on="item")
    totals = counts["printed"].astype(int).groupby(counts["group"]).sum().to_dict()
    both = int(STUDY.printed("professionals_both"))
    told = {
        group: int(STUDY.printed(f"interviews_{group}s"))
        for group in ("employee", "employer", "professional")
    }
    assert totals == {**told, "professional": told["professional"] + both}
    assert sum(told.values()) == int(STUDY.printed("interviews"))
    assert int(STUDY.printed("transcripts_double")) + int(STUDY.printed("interviews_single")) == 28


def test_response_adds_up():
    number = {name: int(STUDY.printed(name)) for name in ("responses", "complete", "partial")}
    assert number["complete"] + number["partial"] == number["responses"]


def test_codebook_and_tables_point_at_each_other():
    reported = STUDY.codebook.dropna(subset="table").set_index("variable")
    items = STUDY.items[STUDY.items["kind"] == "item"].set_index("item")
    assert set(reported.index) == set(items.index)
    assert (reported["table"] == items["table"].reindex(reported.index)).all()
    assert (reported["row"] == items["row"].reindex(reported.index)).all()
    scales = STUDY.scales.drop_duplicates("scale").set_index("scale")["row"]
    printed = STUDY.items[STUDY.items["kind"] == "scale"].set_index("item")["row"]
    assert scales.to_dict() == printed.to_dict()


def test_a_question_without_a_row_says_what_became_of_it():
    silent = STUDY.codebook[STUDY.codebook["table"].isna() & (STUDY.codebook["block"] != "derived")]
    said = silent["note"].str.contains("reported")
    assert said.all(), silent.loc[~said, "variable"].tolist()


def test_options_have_as_many_labels_as_codes():
    for row in STUDY.codebook.itertuples():
        for labels in (row.options_nl.split(";"), row.options_en.split(";")):
            assert len(labels) == len(row.options.split(";")), row.variable
            assert labels == [""] or (all(labels) and len(set(labels)) == len(labels)), row.variable
        assert (row.type in ("single", "multiple", "scale")) == bool(row.options), row.variable
        codes = [int(code) for code in row.options.split(";") if code]
        assert codes == sorted(set(codes)), row.variable


def test_routing_names_a_variable_and_a_code_that_exist():
    codes = {row.variable: row.options.split(";") for row in STUDY.codebook.itertuples()}
    for rule in set(STUDY.codebook["routing"]) - {""}:
        variable, _, code = rule.split()
        assert code in codes[variable], rule


def test_scale_items_are_scale_questions_of_the_effect_blocks():
    rows = STUDY.codebook.set_index("variable").loc[STUDY.scales["item"]]
    assert (rows["type"] == "scale").all()
    assert rows["block"].str.startswith("effects").all()


def test_the_readme_lists_the_effect_items_without_a_scale():
    effects = STUDY.codebook.loc[STUDY.codebook["block"].str.startswith("effects"), "variable"]
    readme = (DATA / "README.md").read_text(encoding="utf8")
    listed = re.search(r"Items of the effect blocks without a scale here:(.*?)\.\n", readme, flags=re.DOTALL)
    assert set(re.findall(r"`(\w+)`", listed[1])) == set(effects) - set(STUDY.scales["item"])


def test_what_print_dropped_is_a_zero_and_nothing_else():
    restored = STUDY.published[STUDY.published["restored"] != ""]
    assert len(restored) == 6
    assert (restored["restored"] == restored["printed"] + "0").all()
    assert (restored["note"] != "").all()


def test_every_printed_mean_and_sd_is_possible_on_its_options():
    n = int(STUDY.printed("complete"))
    for row in STUDY.items.itertuples():
        low, high = min(row.options), max(row.options)
        mean, sd = Reported(row.mean).value, Reported(row.sd).interval("either").low
        assert low <= mean <= high, row.item
        assert sd**2 <= (mean - low) * (high - mean) * n / (n - 1), row.item
