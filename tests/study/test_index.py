"""The overview of a run: what it takes from the notebooks and the ledger, and what it refuses."""

import base64
import hashlib
import json
import re
from dataclasses import replace

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from loopbaanchecks.claims.ledger import evaluate
from loopbaanchecks.paths import ROOT
from loopbaanchecks.project import PROJECT
from loopbaanchecks.report import overview as index
from loopbaanchecks.report import tallies
from loopbaanchecks.report.ledger import write_claims
from loopbaanchecks.report.report import EVIDENCE
from loopbaanchecks.study import Study, read_vocabulary
from strictruns import run_notebook

LANGUAGES = ("nl", "en")
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"><text>woord</text></svg>'


def claim(name, verdict="reproduced", **given):
    """One row of a ledger."""
    return {
        "id": name,
        "document": "report_2021",
        "list": "claims",
        "section": "4.1",
        "locator": "paragraph 2",
        "paraphrase_nl": f"Bewering {name} met 4,10.",
        "paraphrase_en": f"Claim {name} with 4,10.",
        "kind": "number",
        "printed": "4,10",
        "unit": "mean_1_5",
        "n": None,
        "check": "equals",
        "inputs": "",
        **dict.fromkeys(("read_as_nl", "read_as_en", "place_1", "place_2", "same_defect_as"), ""),
        **{f"{name}_{to}": "" for name in ("assumption", "reason", "remark") for to in LANGUAGES},
        "verdict": verdict,
        "recalculated": "4,12",
        "power": 0.5,
        "why_nl": "Daarom.",
        "why_en": "Therefore.",
        "evidence": "implied",
    } | given


PLACES = {"place_1": "4.1", "place_2": "table 9"}
LEDGER = pd.DataFrame(
    [
        claim("a.one"),
        claim("b", "possible", power=0.01, kind="row", recalculated="", read_as_nl="Zo.", read_as_en="So."),
        claim(
            "c",
            "contradicted",
            power=None,
            paraphrase_nl="<b>vet</b> & meer",
            place_1="4.1",
            place_2="table 9",
        ),
        claim(
            "d", "not_checkable", document="tno_2007", power=None, why_nl="Nodig: meer.", reason_nl="Meer."
        ),
        claim("e", "present", list="references", power=None),
    ]
)


@pytest.fixture
def run(tmp_path):
    """A run of one notebook with a headline, and of one that failed."""
    for name in ("01_one", "02_two.failed"):
        folder = tmp_path / name
        (folder / "figures").mkdir(parents=True)
        for language in LANGUAGES:
            words = {"nl": ("Vraag", "Antwoord"), "en": ("Question", "Answer")}[language]
            text = "".join(f"<p><strong>{word}.</strong> {word} van <em>een</em>.</p>" for word in words)
            page = f"<html><body><main><h1>Titel {language}</h1>{text}</main></body></html>"
            (folder / f"report.{language}.html").write_text(page, encoding="utf8")
            (folder / "figures" / f"f.narrow.{language}.svg").write_text(DRAWING, encoding="utf8")
            told = {"name": "x", "text": "<strong>Zo</strong> is het.", "evidence": "implied"}
            plain = told | {"name": "y", "figure": "", "alt": "", "caption": ""}
            shown = told | {"figure": "f", "alt": "Een <punt>", "caption": "<em>Figuur</em>"}
            (folder / f"headlines.{language}.json").write_text(json.dumps([shown, plain]), encoding="utf8")
        record = {"overridden": [], "rerun": "loopbaanchecks run 01_one"}
        (folder / "run.json").write_text(json.dumps(record), encoding="utf8")
    return tmp_path


def soup(path):
    return BeautifulSoup(path.read_text(encoding="utf8"), features="html.parser")


@pytest.fixture(params=LANGUAGES)
def page(request, run):
    written = index.write_index(run, LEDGER)
    assert [path.name for path in written] == ["index.nl.html", "index.en.html"]
    return soup(run / f"index.{request.param}.html")


def test_every_claim_is_a_row_with_its_anchor_and_words(page):
    rows = {row["id"]: row for row in page.select("#claims tbody tr")}
    assert list(rows) == ["claim-a.one", "claim-b", "claim-c", "claim-d"]
    dutch = page.html["lang"] == "nl"
    first = rows["claim-a.one"]
    assert first.th.get_text().startswith("Bewering a.one met 4,10." if dutch else "Claim a.one with 4.10.")
    assert first.a["href"] == "#claim-a.one"
    columns = [head["data-key"] for head in page.find(id="claims").thead.find_all("th")][1:]
    cells = dict(zip(columns, (td.get_text(" ", strip=True) for td in first.find_all("td")), strict=True))
    assert columns[:2] == ["verdict", "why"]
    assert cells["verdict"] == read_vocabulary().loc["reproduced", page.html["lang"]]
    assert cells["power"] == ("50\N{NO-BREAK SPACE}%" if dutch else "50%")
    assert cells["printed"].startswith("4,10" if dutch else "4.10")
    assert cells["recalculated"] == ("4,12" if dutch else "4.12")
    assert ("[4.1; tabel 9]" if dutch else "[4.1; table 9]") in rows["claim-c"].get_text()
    assert ("Gelezen als: Zo." if dutch else "Read as: So.") in rows["claim-b"].th.get_text()
    assert "Gelezen als" not in first.get_text() and "Read as" not in first.get_text()
    assert rows["claim-d"].parent["data-document"] == "tno_2007"
    if dutch:
        assert "<b>vet</b> & meer" in rows["claim-c"].th.get_text()  # escaped, not bold
        assert "alinea 2" in first.get_text()
        assert "Nodig: meer." in rows["claim-d"].get_text()


def test_references_are_a_list_of_their_own(page):
    (row,) = page.find(id="pointed").tbody.find_all("tr")
    assert row["id"] == "claim-e"
    assert row["data-verdict"] == "present" and row.td.get_text() in ("aanwezig", "present")
    assert "4" in page.find(id="count").get_text()


@pytest.mark.parametrize(("language", "numbers"), [("nl", ("71,1", "28,9")), ("en", ("71.1", "28.9"))])
def test_what_the_percentages_on_clients_count_is_said_where_the_ledger_has_it(run, language, numbers):
    for more in ([], [claim("clients_unit", "conditional", place_1="4.1.2", place_2="appendix 1")]):
        index.write_index(run, pd.concat([LEDGER, pd.DataFrame(more)]))
        links = soup(run / f"index.{language}.html").select("p > a[href='#claim-clients_unit']")
        assert len(links) == len(more)
    assert all(number in links[0].parent.get_text() for number in numbers)


def test_headlines_stand_with_figure_mark_and_place(page):
    language = page.html["lang"]
    shown, plain = page.find_all("article", class_="finding")
    assert shown.svg["aria-label"] == "Een <punt>" and shown.svg.get_text() == "woord"
    assert shown.figcaption.em.get_text() == "Figuur"
    assert shown.strong.get_text() == "Zo"
    assert shown.find(class_="evidence-implied")
    assert shown.a["href"] == f"01_one/report.{language}.html#headline-x"
    assert plain.svg is None and "bare" in plain["class"]


def test_reports_are_told_with_question_and_answer_and_failed_runs_left_out(page):
    (report,) = page.find(class_="reports").find_all("article")
    assert report.h3.get_text() == f"Titel {page.html['lang']}"
    word = {"nl": "Antwoord", "en": "Answer"}[page.html["lang"]]
    assert report.find_all("p")[1].get_text() == f"{word}. {word} van een."


def test_the_policy_lets_through_one_script_and_one_style_by_their_hash(page):
    policy = page.find("meta", attrs={"http-equiv": True})["content"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        (one,) = page.find_all(tag)
        digest = base64.b64encode(hashlib.sha256(one.string.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not page.find_all(style=True)
    assert not [tag for tag in page.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", str(page))


def test_marks_verdicts_citation_and_rerun_are_there(page):
    text = page.get_text()
    marks = page.find(class_="meanings").find_all(class_=["evidence", "verdict"])
    assert len(marks) == len(tallies.JUDGED) + len(EVIDENCE)
    assert "Post" in text and "Heemskerk" in text and "KvL/APRO/2007.202/11410" in text
    assert f"loopbaanchecks reproduce --run {page.footer.find('code').get_text().split()[-1]}" in text
    assert not page.time  # two runs give the same page: when it was made is in run.json


def test_counts_add_up_and_power_stands_beside_them():
    claims = LEDGER[LEDGER["list"] == "claims"]
    first, second = (part["rows"] for part in tallies.tally(claims))
    assert [row["kind"] for row in first] == ["number", "row", "all"]
    assert first[-1] == first[-1] | {"total": 3, "power": 0.255, "n_power": 2}
    assert first[-1]["counts"] == {"reproduced": 1, "possible": 1, "contradicted": 1}
    assert second[-1]["power"] is None
    assert second[-1]["widths"] == [{"verdict": "not_checkable", "x": 0, "width": 100}]
    assert tallies.weakness(claims) == {"known": 2, "weak": 1, "limit": tallies.WEAK}
    assert tallies.reasons(claims, "nl") == [("Meer.", 1)]


def test_claims_of_the_conclusions_are_counted_apart():
    rows = [
        claim("a", section="5"),
        claim("b", "not_checkable", section="summary"),
        claim("c", "contradicted", section="5 discussion"),
        claim("d", "possible"),
        claim("e", section="5", document="tno_2007"),
    ]
    counts = tallies.count_claims(pd.DataFrame(rows))
    assert (counts["total"], counts["tested"], counts["holds"], counts["contradicted"]) == (5, 4, 3, 1)
    assert counts["testable_share"] == 0.8
    found = [counts[f"conclusions_{name}"] for name in ("tested", "hold", "open")]
    assert found == [2, 1, 1]
    lists = ["claims", "references", "references", "references", "claims"]
    sections = ["5", "summary", "4.1", "5", "5"]
    verdicts = ["not_found", "not_found", "not_found", "present", "possible"]
    ledger = pd.DataFrame({"section": sections, "list": lists, "verdict": verdicts})
    ledger["document"] = "report_2021"
    assert tallies.count_unsupported(ledger) == 1


@given(st.lists(st.tuples(st.sampled_from("abcdefghijklmn"), st.sampled_from(tallies.JUDGED)), min_size=1))
def test_no_claim_is_lost_in_counting(pairs):
    rows = [claim(str(i), verdict, kind=kind) for i, (kind, verdict) in enumerate(pairs)]
    ((*kinds, whole),) = (part["rows"] for part in tallies.tally(pd.DataFrame(rows)))
    assert len(kinds) <= tallies.KINDS_SHOWN + 1
    assert sum(row["total"] for row in kinds) == whole["total"] == len(pairs)
    for verdict in tallies.JUDGED:
        assert sum(row["counts"].get(verdict, 0) for row in kinds) == whole["counts"].get(verdict, 0)
    assert sum(one["width"] for one in whole["widths"]) == pytest.approx(100, abs=0.05)


def test_a_ledger_that_a_notebook_wrote_is_used(run):
    kept = LEDGER.assign(paraphrase_nl="Uit de notebook.")
    (run / "01_one" / "tables").mkdir()
    kept.to_csv(run / "01_one" / "tables" / "ledger.csv", index=False)
    index.write_index(run)
    page = soup(run / "index.nl.html")
    rows = [row for name in ("claims", "pointed") for row in page.select(f"#{name} tbody tr")]
    assert len(rows) == len(kept)
    assert all("Uit de notebook." in row.get_text() for row in rows)


def test_a_run_with_own_parameters_says_how_to_repeat_it(run):
    record = {"overridden": ["seed"], "rerun": "loopbaanchecks run 01_one -p seed 2"}
    (run / "01_one" / "run.json").write_text(json.dumps(record), encoding="utf8")
    (run / "02_two.failed" / "run.json").unlink()
    assert index.rerun(run) == [f"loopbaanchecks run 01_one -p seed 2 --run {run.name}"]


def with_a_file(run, *, publication):
    """Let the report of the run be about a file of its user, with one headline from it."""
    folder = run / "01_one"
    record = {"overridden": ["publication"], "files": {"f": {}}, "parameters": {"publication": publication}}
    (folder / "run.json").write_text(json.dumps(record), encoding="utf8")
    for path in folder.glob("headlines.*.json"):
        shown, plain = json.loads(path.read_text(encoding="utf8"))
        own = plain | {"evidence": "observed", "text": "<strong>Eigen.</strong> Zo is het."}
        path.write_text(json.dumps([shown, own]), encoding="utf8")
    index.write_index(run, LEDGER)
    return soup(run / "index.nl.html")


def test_what_a_file_gives_leads_and_nobody_is_sent_for_it(run):
    page = with_a_file(run, publication=True)
    assert page.find(class_="lead").p.get_text(" ", strip=True) == "Eigen. Zo is het."
    assert "Wat kwam eruit?" in page.get_text() and "Wat kunt u ermee?" not in page.get_text()
    said = page.find_all(class_="says")
    assert [one.find(class_="evidence").get_text() for one in said] == ["waargenomen", "volgt uit publicatie"]
    assert page.find_all(class_="more")[0].get_text() == "Lees verder in het verslag: Eigen"


def test_without_the_publication_nothing_of_it_is_on_the_overview(run):
    page = with_a_file(run, publication=False)
    assert page.h1.get_text() == page.title.get_text() == "Titel nl"
    assert [one.a["href"] for one in page.find_all(class_="more")] == ["01_one/report.nl.html#headline-y"]
    assert not page.find(id="claims") and not page.script and "2021" not in page.main.get_text()
    for link in page.find_all("a", href=re.compile("^#")):
        assert page.find(id=link["href"][1:])
    assert write_claims(run) == []


def test_only_the_languages_of_the_reports_are_written(run):
    (run / "01_one" / "report.nl.html").unlink()
    (run / "02_two.failed" / "report.nl.html").unlink()
    assert [path.name for path in index.write_index(run, LEDGER)] == ["index.en.html"]
    assert soup(run / "index.en.html").find("a", hreflang=True) is None


@pytest.mark.parametrize(
    ("ledger", "message"),
    [
        (LEDGER.drop(columns="verdict"), "not found: verdict"),
        (pd.concat([LEDGER, LEDGER.iloc[:1]]), "every id once; a.one repeated"),
        (LEDGER.assign(verdict="wrong"), "verdict: expected one of reproduced"),
        (LEDGER.assign(evidence="certain"), "evidence: expected one of published"),
    ],
)
def test_a_frame_that_is_no_ledger_is_refused(run, ledger, message):
    with pytest.raises(ValueError, match=message):
        index.write_index(run, ledger)
    assert not list(run.glob("index.*"))


def test_a_folder_without_reports_is_refused(tmp_path):
    with pytest.raises(ValueError, match="expected reports such as 01_name/report.nl.html; found none"):
        index.write_index(tmp_path, LEDGER)


def test_the_real_ledger_has_a_word_for_all_it_holds():
    ledger, keys = evaluate(Study()), set(read_vocabulary().index)
    index.check_ledger(ledger)
    for column in ("kind", "unit"):
        used = {f"{column}.{value}" for value in set(ledger[column]) - {""}}
        assert used <= keys, used - keys
    for document in set(ledger["document"]):
        assert {f"overview.{part}.{document}" for part in ("document", "short", "about")} <= keys


def test_a_notebook_from_elsewhere_gets_no_overview_and_no_link_to_one(tmp_path):
    good = ROOT / "tests" / "fixtures" / "notebooks" / "good.ipynb"
    folder = run_notebook(good, project=replace(PROJECT, results=tmp_path), progress=False, languages=["nl"])
    assert not list(folder.parent.glob("index.*"))
    assert soup(folder / "report.nl.html").find("a", href=re.compile("index")) is None
