"""The ledger of the TNO document: complete, and a verdict goes when the data change."""

import csv
import re
import shutil

import pytest

from loopbaanchecks.claims.checks import decide
from loopbaanchecks.claims.ledger import evaluate
from loopbaanchecks.claims.references import Facts, read_claims, told_number
from loopbaanchecks.paths import DATA
from loopbaanchecks.study import Study, read_resource

SECTIONS = read_resource("tno_2007-sections").set_index("section")
TARGETS = read_resource("tno_2007-targets").set_index("id")
CLAIMS = read_resource("tno_2007-claims").set_index("id", drop=False)
WORDS = {"tweemaal": 2, "driemaal": 3, "drie": 3}


@pytest.fixture
def doctored(tmp_path):
    """Return a function that decides one claim on data with some cells changed: (file, id, column, value)."""

    def outcome(name, *changes):
        shutil.copytree(DATA, tmp_path / "data", dirs_exist_ok=True)
        for file, *change in changes:
            change_cell(tmp_path / "data" / "tno_2007" / f"{file}.csv", *change)
        study = Study(data=tmp_path / "data")
        ledger = read_claims(study)
        claim = ledger.set_index("id", drop=False).loc[f"tno_{name}"]
        return decide(claim, Facts(study, ledger, rounding="either"), ddof=1)

    return outcome


def change_cell(path, key, column, value):
    with path.open(encoding="utf8", newline="") as file:
        head, *rows = csv.reader(file)
    found = [row for row in rows if row[0] == key]
    assert len(found) == 1 and found[0][head.index(column)] != value, (path, key)
    found[0][head.index(column)] = value
    with path.open("w", encoding="utf8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])


def range_of(name, low, high):
    return [("targets", name, "low", low), ("targets", name, "high", high)]


def test_every_section_is_read_in_its_order():
    assert (SECTIONS["paragraphs"] > 0).all() and (SECTIONS.loc[["3", "4", "5"], "paragraphs"] == 1).all()
    order = [SECTIONS.index.get_loc(section) for section in CLAIMS["section"]]
    assert order == sorted(order) and len(CLAIMS) >= 120


@pytest.mark.parametrize("name", TARGETS.index)
def test_every_number_of_targets_is_a_claim_and_agrees(name):
    claim, target = CLAIMS.loc[f"tno_{name}"], TARGETS.loc[name]
    assert claim["section"] == target["section"]
    if claim["check"] in ("equals", "compares", "dates") and target[["low", "high"]].notna().all():
        told = told_number(claim, rounding="either")
        assert told.ends == (target["low"], target["high"])
    elif target[["low", "high"]].isna().all():
        assert claim["printed"] == target["printed"]  # words or a date: no number to compare
    else:
        told = {WORDS.get(word, word) for word in re.findall(r"\w+", claim["value"] or claim["printed"])}
        assert {float(number) for number in told} <= set(target[["low", "high"]].dropna())


CANDIDATE = ("services", "research")  # the modules for candidates
DISAGREE = {  # verdict now, changes, verdict then
    "candidates_extended": ("reproduced", range_of("candidates_planned", "40", "60"), "contradicted"),
    "personal_factors": ("reproduced", [("factors", "networking", "kind", "step")], "contradicted"),
    "centres_extended": ("reproduced", range_of("candidates_planned", "70", "119"), "contradicted"),
    "centres_realised": ("reproduced", range_of("centres_second", "3", "3"), "contradicted"),
    "areas": ("reproduced", [("modules", one, "area", "organisation") for one in CANDIDATE], "contradicted"),
    "reference_4_2": ("present", [("contract", "hours_adviser", "section", "4.1")], "contradicted"),
    "advice_hours": ("reproduced", [("contract", "hours_adviser", "printed", "80")], "contradicted"),
    "modules_chosen": ("reproduced", [("contract", "choice_contract", "part", "context")], "contradicted"),
    "title_5_2_6": ("present", [("claims", "tno_title_1_6", "printed", "Organisatie")], "contradicted"),
    "title_5_2_5": ("contradicted", [("claims", "tno_title_1_5", "printed", "Verbeteren")], "contradicted"),
    "products_modules": ("contradicted", [("claims", "tno_products_modules", "printed", "9")], "reproduced"),
    "report_date": ("possible", [("contract", "date_end", "printed", "medio november 2007")], "not_found"),
    "date_agreed": ("possible", [("contract", "date_start", "printed", "1 mei")], "not_found"),
    "implementation_end": ("possible", [("contract", "date_end", "printed", "maart 2007")], "not_found"),
    "delay_last_two": ("possible", range_of("delay_last_two", "8", "9"), "not_found"),
    "time_managers": ("possible", [("contract", "choice_managers", "printed", "dec.")], "not_found"),
    "contract_period": ("possible", range_of("period", "4", "4"), "not_found"),
    "fewer": ("possible", range_of("enrolled_realised", "120", "150"), "not_found"),
    "hard_to_measure": ("possible", range_of("enrolled_realised", "400", "900"), "not_found"),
    "research_first": ("possible", [("contract", "date_start", "printed", "1 februari")], "not_found"),
}  # fmt: skip


@pytest.mark.parametrize("name", DISAGREE)
def test_a_verdict_goes_when_the_data_change(doctored, name):
    before, changes, after = DISAGREE[name]
    assert doctored(name).verdict == before
    assert doctored(name, *changes).verdict == after


def test_a_title_agrees_when_it_is_the_same(doctored):
    same = ("claims", "tno_title_1_5", "printed", "‘Verbeteren van loopbaanbegeleiding’")
    assert doctored("title_5_2_5", same).verdict == "present"


def test_only_what_rests_on_the_model_is_simulated():
    rows = evaluate(Study())
    assert rows.loc[rows["evidence"] == "simulated", "id"].tolist() == ["tno_hard_to_measure"]
