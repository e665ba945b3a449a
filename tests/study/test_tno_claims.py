"""The ledger of the TNO document: complete, decided by checks, and each check seen to say yes and no."""

import csv
import itertools
import math
import re
import shutil
from datetime import date, timedelta

import pytest

from loopbaanchecks.claims.checks import decide
from loopbaanchecks.claims.dates import read_period
from loopbaanchecks.claims.ledger import evaluate
from loopbaanchecks.claims.references import Facts, read_claims, told_number
from loopbaanchecks.paths import DATA
from loopbaanchecks.study import Study, read_resource

SECTIONS = read_resource("tno_2007-sections").set_index("section")
TARGETS = read_resource("tno_2007-targets").set_index("id")
CLAIMS = read_resource("tno_2007-claims").set_index("id", drop=False)
WORDS = {"tweemaal": 2, "driemaal": 3, "drie": 3}
CONTRADICTED = {
    "implementation_half": "arithmetic",
    "implementation_end": "arithmetic",
    "moeters_required": "wording",
    "delay_first_two": "arithmetic",
    "terms_since": "arithmetic",
    "products_modules": "arithmetic",
    "contract_activities": "absent",
    "title_5_2_5": "wording",
}


@pytest.fixture(scope="module")
def evaluated():
    rows = evaluate(Study())
    return rows[rows["document"] == "tno_2007"].set_index("id")


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


# --- the ledger --------------------------------------------------------------------------------------


def test_every_section_is_read_and_its_claims_are_counted():
    counted = CLAIMS["section"].value_counts().reindex(SECTIONS.index, fill_value=0)
    assert set(CLAIMS["section"]) <= set(SECTIONS.index)
    assert (counted == SECTIONS["claims"]).all()
    assert (SECTIONS["paragraphs"] > 0).all() and (SECTIONS.loc[["3", "4", "5"], "paragraphs"] == 1).all()
    order = [SECTIONS.index.get_loc(section) for section in CLAIMS["section"]]
    assert order == sorted(order) and len(CLAIMS) >= 120


@pytest.mark.parametrize("name", TARGETS.index)
def test_every_number_of_targets_is_a_claim_and_agrees(name):
    claim, target = CLAIMS.loc[f"tno_{name}"], TARGETS.loc[name]
    assert claim["section"] == target["section"]
    if claim["check"]:
        told = told_number(claim, rounding="either")
        assert told.ends == (target["low"], target["high"])
    elif target[["low", "high"]].isna().all():
        assert claim["printed"] == target["printed"]  # words or a date: no number to compare
    else:
        told = {WORDS.get(word, word) for word in re.findall(r"\w+", claim["printed"])}
        assert {float(number) for number in told} == set(target[["low", "high"]].dropna())


def test_a_claim_is_one_short_sentence_in_each_language():
    for language in ("nl", "en"):
        told = CLAIMS[f"paraphrase_{language}"]
        assert told.str.fullmatch(r"\S[^\n]*[.]").all() and told.is_unique
        assert told.str.split().str.len().max() <= 20
        reasons = CLAIMS.loc[CLAIMS["check"] == "", f"reason_{language}"]
        assert reasons.str.endswith(".").all() and len(reasons) > 40
    assert (CLAIMS["paraphrase_nl"] != CLAIMS["paraphrase_en"]).all()


def test_what_is_contradicted_and_nothing_else(evaluated):
    found = evaluated.loc[evaluated["verdict"] == "contradicted", "contradiction"]
    assert found.to_dict() == {f"tno_{name}": kind for name, kind in CONTRADICTED.items()}
    assert evaluated.loc[evaluated["verdict"] != "contradicted", "contradiction"].eq("").all()


def test_every_verdict_has_a_sentence_and_only_unchecked_claims_are_not_checkable(evaluated):
    assert (evaluated["verdict"].eq("not_checkable") == evaluated["check"].eq("")).all()
    for language in ("nl", "en"):
        why = evaluated[f"why_{language}"]
        assert why.str.len().gt(10).all() and not why.str.contains(r"[{}]|nan|None").any()
    assert evaluated["power"].dropna().between(0, 1).all()
    assert evaluated.index[evaluated["evidence"] == "simulated"].tolist() == ["tno_hard_to_measure"]


def test_both_documents_are_evaluated_together():
    rows = evaluate(Study())
    assert set(rows["document"]) == {"report_2021", "tno_2007"} and rows["id"].is_unique


# --- a contradiction goes when the data agree --------------------------------------------------------

AGREE = {
    "implementation_half": [
        ("targets", "start_planned", "printed", "medio juli 2006"),
        ("contract", "date_start", "printed", "15 augustus"),
    ],
    "implementation_end": range_of("period", "3", "3"),
    "moeters_required": [
        ("claims", "tno_moeters_required", "inputs", "verandert onvrijwillig; other=verandert onvrijwillig")
    ],
    "delay_first_two": [("contract", "date_start", "printed", "14 juni")],
    "terms_since": [("contract", "date_agreed", "printed", "30 september 2006")],
    "products_modules": range_of("products_sheets", "8", "8"),
    "contract_activities": [("claims", "tno_contract_activities", "inputs", "een; twee; drie; vier; vijf")],
    "title_5_2_5": [("claims", "tno_title_1_5", "printed", "‘Verbeteren van loopbaanbegeleiding’")],
}


@pytest.mark.parametrize("name", CONTRADICTED)
def test_a_contradiction_goes_when_the_data_agree(doctored, name):
    before, after = doctored(name), doctored(name, *AGREE[name])
    assert (before.verdict, before.contradiction) == ("contradicted", CONTRADICTED[name])
    assert after.verdict in ("reproduced", "consistent") and after.contradiction == ""


# --- agreement goes when the data do not agree -------------------------------------------------------

DISAGREE = {
    "report_date": ("reproduced", [("contract", "date_end", "printed", "medio november 2007")]),
    "report_number_year": ("reproduced", [("claims", "tno_copyright_year", "printed", "2008")]),
    "contents_pages": ("reproduced", [("claims", "tno_contents_pages", "inputs", "3; 6; 4")]),
    "contents_entries": ("reproduced", [("sections", "5.4", "locator", "before p. 3")]),
    "research_year": ("reproduced", [("claims", "tno_findings_spring", "printed", "najaar 2006")]),
    "candidates_extended": ("reproduced", range_of("candidates_planned", "40", "60")),
    "looking_back_more": ("consistent", range_of("candidates_extended", "130", "200")),
    "committee_spring": ("consistent", [("targets", "start_planned", "printed", "medio januari 2006")]),
    "texts": ("consistent", [("claims", "tno_texts", "inputs", "rows.tno_2007-modules?sheet=1")]),
    "risk_pairs": ("reproduced", [("claims", "tno_risk_pairs", "inputs", "mannen; vast contract; value=3")]),
    "willers_required": ("consistent", [("claims", "tno_willers_required", "inputs", "a; b; other=b|c")]),
    "competences": ("reproduced", [("factors", "networking", "kind", "step")]),
    "personal_factors": ("reproduced", [("factors", "networking", "kind", "step")]),
    "centres_extended": ("reproduced", range_of("candidates_planned", "70", "119")),
    "delay_last_two": ("reproduced", range_of("delay_last_two", "8", "9")),
    "centres_realised": ("reproduced", range_of("centres_second", "3", "3")),
    "areas": ("reproduced", [("modules", name, "area", "organisation") for name in ("services", "research")]),
    "reference_4_2": ("reproduced", [("contract", "hours_adviser", "section", "4.1")]),
    "advice_hours": ("reproduced", [("contract", "hours_adviser", "printed", "80")]),
    "modules_chosen": ("reproduced", [("contract", "choice_contract", "part", "context")]),
    "date_agreed": ("reproduced", [("contract", "date_start", "printed", "1 mei")]),
    "time_managers": ("reproduced", [("contract", "choice_managers", "printed", "dec.")]),
    "contract_period": ("consistent", range_of("period", "4", "4")),
    "double": ("consistent", range_of("enrolled_realised", "10", "30")),
    "period": ("reproduced", [("claims", "tno_period", "inputs", "2006-06; 2006-10; unit=months; value=6")]),
    "fewer": ("reproduced", range_of("enrolled_realised", "120", "150")),
    "fewer_centre": ("consistent", range_of("enrolled_realised", "31", "51")),
    "enrolled_expected": ("consistent", range_of("candidates_planned", "101", "121")),
    "hard_to_measure": ("consistent", range_of("enrolled_realised", "400", "900")),
    "title_5_2_6": ("reproduced", [("claims", "tno_title_1_6", "printed", "Organisatie")]),
    "research_first": ("consistent", [("contract", "date_start", "printed", "1 februari")]),
}  # fmt: skip


@pytest.mark.parametrize("name", DISAGREE)
def test_agreement_goes_when_the_data_do_not_agree(doctored, name):
    word, changes = DISAGREE[name]
    assert doctored(name).verdict == word
    after = doctored(name, *changes)
    assert after.verdict == "contradicted" and after.contradiction


def test_every_check_of_this_ledger_is_seen_to_refuse():
    used = set(CLAIMS["check"]) - {""}
    refused = {CLAIMS.loc[f"tno_{name}", "check"] for name in (*CONTRADICTED, *DISAGREE)}
    assert used - refused == {"difference_of"}  # held in the tests of the checks


# --- the new checks, one by one ----------------------------------------------------------------------


def changed(doctored, name, inputs, printed=None):
    changes = [("claims", f"tno_{name}", "inputs", inputs)]
    if printed is not None:
        changes.append(("claims", f"tno_{name}", "printed", printed))
    return doctored(name, *changes)


@pytest.mark.parametrize(
    ("period", "word"),
    [
        ("1 juni 2006 - 30 juni 2006", "reproduced"),
        ("11 juni 2006 - 20 juni 2006", "reproduced"),
        ("20 juni 2006 - 30 juni 2006", "consistent"),
        ("1 mei 2006 - 11 juni 2006", "consistent"),
        ("21 juni 2006 - 30 juni 2006", "contradicted"),
    ],
)
def test_a_date_lies_wholly_partly_or_not_in_a_period(doctored, period, word):
    assert changed(doctored, "contract_end", f"medio juni 2006; period={period}").verdict == word


@pytest.mark.parametrize(
    ("real", "word"),
    [
        ("15 juni", "reproduced"),
        ("juni", "consistent"),
        ("20 juni", "reproduced"),
        ("21 juni", "contradicted"),
    ],
)
def test_a_delay_of_a_month_ends_in_the_same_third_of_the_next(doctored, real, word):
    inputs = f"medio mei 2006; {real}; year=2006; value=1"
    assert changed(doctored, "delay_first_two", inputs).verdict == word


def test_power_of_a_delay_is_the_share_of_days_that_do_not_fit(doctored):
    found = doctored("delay_first_two")
    due = read_period("medio juni 2006")
    days = [date(2006, 1, 1) + timedelta(n) for n in range(365)]
    refused = sum(not due.first <= day <= due.last for day in days) / len(days)
    assert found.power == pytest.approx(refused, abs=0.001)


def test_power_of_a_period_is_the_share_of_starts_that_do_not_touch_it(doctored):
    found = doctored("time_managers")
    period = read_period("30 mei – medio november 2006")
    starts = [date(2005, 6, 1) + timedelta(n) for n in range(730)]
    touching = sum(start <= period.last and start + timedelta(30) >= period.first for start in starts)
    assert 1 - found.power == pytest.approx(touching / 365.25, abs=0.001)


def test_power_of_numbers_that_never_fall_is_that_of_random_orders(doctored):
    found = changed(doctored, "contents_pages", "1; 2; 2; 5")
    orders = list(itertools.permutations([1, 2, 2, 5]))
    falling = sum(any(a > b for a, b in itertools.pairwise(order)) for order in orders)
    assert found.verdict == "reproduced" and found.power == pytest.approx(falling / len(orders))
    assert doctored("research_first").power == 1 - 1 / math.factorial(2)


@pytest.mark.parametrize(
    ("months", "word"),
    [("4", "contradicted"), ("5", "consistent"), ("6", "consistent"), ("7", "contradicted")],
)
def test_five_and_a_half_months_may_be_five_or_six(doctored, months, word):
    found = doctored("contract_period", *(range_of("period", months, months) if months != "6" else []))
    assert (found.verdict, found.recalculated) == (word, "5,4-5,7")


def test_a_length_that_is_sure_is_reproduced(doctored):
    found = changed(doctored, "contract_period", "6 ", "1 maart 2006 - 1 september 2006")
    assert (found.verdict, found.recalculated) == ("reproduced", "6,0")


@pytest.mark.parametrize(
    ("other", "word"),
    [("b|a", "reproduced"), ("a", "consistent"), ("a|b|c", "consistent"), ("a|c", "contradicted")],
)
def test_lists_are_the_same_longer_or_at_odds(doctored, other, word):
    assert changed(doctored, "moeters_required", f"a; b; other={other}").verdict == word


@pytest.mark.parametrize(("inputs", "wrong"), [("a; b; c", "arithmetic"), ("a", "absent")])
def test_more_listed_than_told_is_not_absent(doctored, inputs, wrong):
    assert changed(doctored, "contract_activities", inputs, "2").contradiction == wrong


def test_words_are_compared_without_case_and_punctuation(doctored):
    inputs = "tno_2007-targets.start_planned.printed"
    assert changed(doctored, "title_5_2_5", inputs, "‘Medio MEI, 2006.’").verdict == "reproduced"
    assert changed(doctored, "title_5_2_5", "begin mei 2006").verdict == "contradicted"


def test_the_rule_of_three_holds_at_both_ends(doctored):
    found = doctored("candidates_extended")
    assert (found.verdict, found.recalculated) == ("reproduced", "140-210")
    assert (
        doctored("candidates_extended", ("targets", "candidates_planned", "low", "60")).recalculated
        == "105-210"
    )


def test_a_change_that_few_candidates_show_is_not_too_small(doctored):
    found = doctored("hard_to_measure")
    low, high = (float(end.replace(",", ".")) for end in found.recalculated.split("-"))
    assert 0.3 < low < high and found.evidence == "simulated"
    change = ("parameters", "change_sd", "value", "0.45")
    assert (
        doctored("hard_to_measure", change).verdict == "consistent"
    )  # the smaller number still does not show it
    change = ("parameters", "change_sd", "value", "0.95")
    assert doctored("hard_to_measure", change).verdict == "contradicted"


@pytest.mark.parametrize(
    ("name", "inputs", "message"),
    [
        ("research_year", "claim.tno_nothing", "tno_research_year: claim: expected the id"),
        ("research_first", "30 mei; juni 2006", "expected a year"),
        ("research_first", "30 mei 2006", "expected 2 or more arguments"),
        ("time_managers", "juni 2006; period=ooit 2006", "expected a day, month"),
        ("time_managers", "juni 2006; perod=juni 2006", "expected names"),
        ("delay_first_two", "mei 2006; juni 2006", "Eén maand"),
        ("several", "rows.tno_2007-nothing", "resource: expected one of"),
    ],
)
def test_malformed_inputs_are_refused_with_the_claim(doctored, name, inputs, message):
    name = "texts" if name == "several" else name
    with pytest.raises(ValueError, match=message):
        changed(doctored, name, inputs)
