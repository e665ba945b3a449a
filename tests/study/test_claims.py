"""The ledger is whole, in own words and without verdicts; every claim is decided, the same way every time."""

import json
import re
import shutil
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from loopbaanchecks.__main__ import main
from loopbaanchecks.claims.checks import CHECKS, CONTRADICTIONS, VERDICTS
from loopbaanchecks.claims.ledger import (
    COLUMNS,
    cell_claims,
    check_ledger,
    evaluate,
    lines,
    section_name,
    summary,
)
from loopbaanchecks.claims.references import read_claims
from loopbaanchecks.paths import DATA, ROOT
from loopbaanchecks.study import Study, read_resource, read_vocabulary
from loopbaanchecks.twins.survey import draw_twin

STUDY = Study()
PROSE = read_claims(STUDY)
DESCRIBED = json.loads((DATA / "datapackage.json").read_text(encoding="utf8"))["resources"]
DOCUMENTS = [r["name"].removesuffix("-claims") for r in DESCRIBED if r["name"].endswith("-claims")]


@pytest.fixture(scope="module")
def ledger():
    return evaluate(STUDY)


@pytest.fixture(scope="module")
def drawn():
    return draw_twin(STUDY, rng=np.random.default_rng(3)).responses


def told(frame, name):
    return frame.set_index("id").loc[name]


# --- data --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS)
def test_sections_count_their_claims(document):
    sections = read_resource(f"{document}-sections").set_index("section")
    counted = PROSE[PROSE["document"] == document].groupby("section").size()
    assert set(counted.index) <= set(sections.index)
    assert counted.reindex(sections.index, fill_value=0).to_dict() == sections["claims"].to_dict()
    silent = sections[sections["claims"] == 0]
    assert (silent["paragraphs"] > 0).all()


def test_the_report_has_its_claims_and_its_cells():
    assert (PROSE["document"] == "report_2021").sum() >= 150
    assert len(cell_claims(STUDY)) == len(STUDY.published) == 158


def test_no_verdict_is_typed_into_data():
    words = set(VERDICTS) | set(COLUMNS) - {"evidence"}
    for resource in DESCRIBED:
        if re.search("claims|sections|cells", resource["name"]):
            names = {field["name"] for field in resource["schema"]["fields"]}
            assert not names & set(COLUMNS), resource["name"]
            cells = read_resource(resource["name"]).astype("str")
            assert not cells.isin(words).any(axis=None), resource["name"]


def test_every_claim_is_said_in_both_languages_and_by_itself():
    for language in ("nl", "en"):
        text = PROSE[f"paraphrase_{language}"]
        assert text.str.fullmatch(r"[A-Z0-9].*\.", flags=re.DOTALL).all()
        assert (text.str.split().str.len() <= 34).all()
        assert not PROSE.duplicated(["document", "section", f"paraphrase_{language}"]).any()


def test_a_claim_has_a_check_or_a_reason():
    check_ledger(PROSE)
    assert (PROSE["inputs"] == "")[PROSE["check"] == ""].mean() > 0.9


def test_every_check_is_used_or_serves_the_other_document():
    used = set(PROSE["check"]) | set(STUDY.cells["check"])
    assert used - {""} <= set(CHECKS)
    assert set(CHECKS) - used <= (set() if len(DOCUMENTS) > 1 else {"ratio_of", "duration_between"})


def test_no_claim_holds_a_quotation():
    for column in ("paraphrase_nl", "paraphrase_en"):
        assert not PROSE[column].str.contains(r"[\"“”‘„]").any()


def test_every_sentence_of_the_checks_is_used_by_its_check():
    words = read_vocabulary()
    for key in words.index[words.index.str.startswith("why.")]:
        _, name, verdict, *answers = key.split(".")
        assert name in CHECKS, key
        assert verdict in VERDICTS, key
        assert answers in ([], ["answers"]), key


# --- evaluation --------------------------------------------------------------------------------------


def test_every_claim_is_decided(ledger):
    assert list(ledger.columns) == [*PROSE.columns, *COLUMNS]
    assert len(ledger) == len(PROSE) + 158
    assert ledger["verdict"].isin(VERDICTS).all()
    assert (ledger["contradiction"].isin(CONTRADICTIONS) == (ledger["verdict"] == "contradicted")).all()
    assumed = ledger["check"] == "too_few_to_see"  # rests on parameters of the model
    assert (ledger["evidence"] == "simulated").equals(assumed)
    assert ledger.loc[~assumed, "evidence"].isin(["published", "implied"]).all()
    assert ledger["power"].dropna().between(0, 1).all()
    for language in ("nl", "en"):
        why = ledger[f"why_{language}"]
        assert (why != "").all()
        assert not why.str.contains(r"[{}]|: None|<NA>|\bnan\b").any()


def test_a_claim_without_a_check_gives_its_reason(ledger):
    open_claims = ledger[ledger["check"] == ""]
    assert (open_claims["verdict"] == "not_checkable").all()
    assert (open_claims["why_nl"] == open_claims["reason_nl"]).all()


@pytest.mark.parametrize(
    ("name", "verdict", "recalculated", "contradiction"),
    [
        ("required_sample", "reproduced", "341", ""),
        ("response_rate", "reproduced", "8,5", ""),
        ("margin_responses", "reproduced", "5,88", ""),
        ("margin_complete", "reproduced", "9,79", ""),
        ("respondents_total", "reproduced", "28", ""),
        ("table_three_total", "reproduced", "1", ""),
        ("clients_higher", "consistent", "69", ""),
        ("clients_lower", "consistent", "28", ""),
        ("share_frequent_use", "consistent", "120, 121", ""),
        ("need_region_first", "contradicted", "4", "wording"),
        ("goal_personality", "contradicted", "", "absent"),
        ("modelling_asked", "contradicted", "", "absent"),
        ("answers_clients", "contradicted", "", "absent"),
        ("goals_always", "contradicted", "helemaal oneens, 2, 3, 4, helemaal eens", "wording"),
        ("topic_list_appendix", "contradicted", "appendix 2", "wording"),
        ("topic_list_right", "reproduced", "appendix 2", ""),
        ("section_number_analysis", "contradicted", "3.2.4", "wording"),
        ("relations_announced", "contradicted", "0", "absent"),
        ("sources_least_kvk", "not_checkable", "", ""),
        ("sources_least_two", "reproduced", "12, 13", ""),
        ("table_ten_kvk", "contradicted", "2", "absent"),
        ("effects_everywhere", "contradicted", None, "wording"),
        ("table2.employer_infra.count", "reproduced", "1", ""),
        ("table9.lmi_skills_required.mean", "contradicted", "", "arithmetic"),
        ("table10.source_free.sd", "contradicted", "", "arithmetic"),
        ("table7.goal_values.mean", "consistent", "", ""),
    ],
)
def test_what_was_known_beforehand(ledger, name, verdict, recalculated, contradiction):
    row = told(ledger, name)
    assert (row["verdict"], row["contradiction"]) == (verdict, contradiction)
    assert recalculated is None or row["recalculated"] == recalculated


def test_of_the_cells_two_rows_are_contradicted(ledger):
    cells = ledger[(ledger["kind"] == "cell") & (ledger["verdict"] == "contradicted")]
    assert len(cells) == 4
    assert (ledger["kind"] == "cell").sum() == 158


def test_evaluation_is_deterministic_and_quick(ledger):
    start = time.process_time()
    again = evaluate(STUDY)
    assert time.process_time() - start < 10
    pd.testing.assert_frame_equal(ledger, again)


def test_another_divisor_gives_another_verdict(ledger):
    other = evaluate(STUDY, ddof=0)
    name = "table9.lmi_skills_required.mean"
    changed = ledger.loc[ledger["verdict"] != other["verdict"], "kind"]
    assert len(changed) > 0
    assert set(changed) == {"cell"}
    assert told(other, name)["power"] > 0


def test_the_readme_counts_what_is_contradicted(ledger):
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf8").split())
    report = ledger[ledger["document"] == "report_2021"]
    cells = int((report["kind"] == "cell").sum())
    kinds = report["contradiction"].value_counts()
    assert f"Of the {len(report) - cells} statements and {cells} cells of the report" in readme
    told = ", ".join(f"{kinds[kind]} {kind}" for kind in CONTRADICTIONS)
    assert f"{kinds[list(CONTRADICTIONS)].sum()} are contradicted: {told}" in readme
    assert f"{(report['verdict'] == 'not_checkable').sum()} cannot be checked" in readme


# --- with answers ------------------------------------------------------------------------------------


def test_the_twin_reproduces_every_cell_but_the_count(drawn):
    found = evaluate(STUDY, observed=drawn, evidence="simulated")
    cells = found[(found["kind"] == "cell") & (found["unit"] != "persons")]
    assert (cells["verdict"] == "reproduced").all()
    assert (cells["evidence"] == "simulated").all()
    for name in (
        "no_use",
        "stopped_at_frequency",
        "share_zzp",
        "clients_lower",
        "self_insight_lower",
        "prose_law",
    ):
        assert told(found, name)[["verdict", "evidence"]].tolist() == ["reproduced", "simulated"], name
    assert told(found, "sources_least_kvk")["verdict"] == "not_checkable"  # no number, so not in the twin
    assert "observed" not in set(found["evidence"])


def test_a_doctored_file_is_contradicted(drawn):
    doctored = drawn.copy()
    doctored["lmi_law"] = doctored["lmi_law"].mask(doctored["lmi_law"].notna(), 5)
    doctored["employment"] = doctored["employment"].mask(doctored["employment"].notna(), 1)
    found = evaluate(STUDY, observed=doctored)
    for name in ("table9.lmi_law.mean", "table9.lmi_law.sd", "prose_law", "information_least", "share_zzp"):
        assert told(found, name)[["verdict", "evidence"]].tolist() == ["contradicted", "observed"], name
    assert told(found, "table9.lmi_law.mean")["recalculated"] == "5,00"
    assert told(found, "table9.lmi_wages.mean")["verdict"] == "reproduced"
    assert told(found, "employment_majority")["verdict"] == "reproduced"


def test_questions_that_only_a_file_answers(drawn):
    more = drawn.assign(source_kvk=drawn["source_roa"].mask(drawn["source_roa"].notna(), 1))
    more["check_frequency"] = drawn["lmi_law"].mask(drawn["lmi_law"].notna(), 1)
    found = evaluate(STUDY, observed=more)
    assert told(found, "sources_least_kvk")[["verdict", "evidence"]].tolist() == ["reproduced", "observed"]
    assert told(found, "share_frequent_use")["recalculated"] == "100"


# --- refusals ----------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path):
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("raw"))
    return tmp_path / "data"


def rewritten(place, name, change):
    path = place / "report_2021" / name
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    change(frame).to_csv(path, index=False)
    return Study(place)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("check", "guess", "claim cover_date: check: expected one of"),
        ("id", "cover_phase", "expected every id once; found 'cover_phase' twice"),
        ("inputs", "a;;b", None),
        ("reason_nl", "", "claim cover_date: expected a check or a reason_nl; found both or neither"),
        ("kind", "cell", "column kind"),
    ],
)
def test_a_ledger_that_does_not_fit_is_refused(place, column, value, message):
    def change(frame):
        frame.loc[0, column] = value
        if column == "check":
            frame.loc[0, ["reason_nl", "reason_en"]] = ""
        return frame

    study = rewritten(place, "claims.csv", change)
    if message is None:  # inputs without a check are not read
        assert told(evaluate(study), "cover_date")["verdict"] == "not_checkable"
        return
    with pytest.raises(ValueError, match=re.escape(message)):
        evaluate(study)


def test_a_cell_without_a_check_is_refused(place):
    study = rewritten(place, "cells.csv", lambda frame: frame[frame["table"] != "8"])
    with pytest.raises(ValueError, match="expected a row for table 8, mean"):
        cell_claims(study)


def test_a_verdict_without_a_sentence_is_refused(place):
    path = place / "vocabulary.csv"
    text = path.read_text(encoding="utf8")
    path.write_text(re.sub(r"why\.announced\.reproduced.*\n", "", text), encoding="utf8")
    with pytest.raises(ValueError, match=r"expected why\.announced\.reproduced in vocabulary\.csv"):
        evaluate(Study(place))


def test_other_marks_and_languages_are_refused(ledger):
    with pytest.raises(ValueError, match="evidence: expected one of observed, simulated; found 'published'"):
        evaluate(STUDY, evidence="published")
    with pytest.raises(ValueError, match="language: expected one of nl, en; found 'de'"):
        lines(ledger, language="de")


# --- what is printed ---------------------------------------------------------------------------------


def test_sections_have_a_name_in_each_language(ledger):
    words = read_vocabulary()
    for section in ledger["section"].unique():
        assert section_name(section, words["en"]) == section, section
        for word in re.findall("[a-z]+", section):
            assert f"section.{word}" in words.index, section
    assert "bijlage 2" in told(ledger, "topic_list_appendix")["why_nl"]
    assert "appendix 2" in told(ledger, "topic_list_appendix")["why_en"]


def test_the_summary_counts_every_claim_once(ledger):
    counts = summary(ledger)
    assert counts.loc["total", "total"] == len(ledger)
    assert (counts.drop(columns="total").sum(axis=1) == counts["total"]).all()
    assert counts.drop(index="total")["total"].to_dict() == ledger.groupby("kind").size().to_dict()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_command_prints_counts_and_contradictions(language, capsys, tmp_path, ledger):
    out = tmp_path / "claims.csv"
    assert main(["claims", "--language", language, "--output", str(out)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert str(len(ledger)) in said[summary(ledger).shape[0]]
    for row in ledger[ledger["verdict"] == "contradicted"].itertuples():
        assert any(f"({row.id})" in line for line in said), row.id
    written = pd.read_csv(out, dtype="str", keep_default_na=False)
    assert written["id"].tolist() == ledger["id"].tolist()
    assert written["verdict"].tolist() == ledger["verdict"].tolist()


def test_the_command_reads_a_survey_file(capsys, tmp_path):
    file, out = tmp_path / "twin.sav", tmp_path / "claims.csv"
    assert main(["twin", "--seed", "2", str(file)]) == 0
    assert main(["claims", "--file", str(file), "--output", str(out)]) == 0
    written = pd.read_csv(out, dtype="str", keep_default_na=False).set_index("id")
    assert written.loc["table9.lmi_law.mean", ["verdict", "evidence"]].tolist() == ["reproduced", "simulated"]
    capsys.readouterr()
    assert main(["claims", "--file", str(tmp_path / "none.sav")]) == 2
    assert "none.sav" in capsys.readouterr().err


def test_the_reader_of_the_readme_finds_the_command():
    shown = subprocess.run(
        [sys.executable, "-m", "loopbaanchecks", "claims", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--output" in shown.stdout
    assert "loopbaanchecks claims" in (ROOT / "README.md").read_text(encoding="utf8")
