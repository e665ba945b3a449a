"""Sentences of the overview and the summary: their numbers come from the run; nothing is said without."""

import json
import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from loopbaanchecks.report import rendering, summary
from loopbaanchecks.report.overview import read_ledger
from loopbaanchecks.study import read_vocabulary

LANGUAGES = ("nl", "en")
SAID = r"overview\.(lead|figure|next)\.\w+|summary\.finding\.\d+(\.\w+)?"


def number(value, evidence="implied"):
    return {"value": value, "evidence": evidence, "href": "there"}


CLAIMS = {"claims.conclusions_hold": number(14), "claims.conclusions_tested": number(14)}


@pytest.fixture
def vocabulary(monkeypatch):
    """Rows instead of those of the study."""

    def given(**texts):
        rows = {key.replace("__", "."): [text, text, "text"] for key, text in texts.items()}
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=["nl", "en", "format"])
        monkeypatch.setattr(summary, "read_vocabulary", lambda: frame)

    return given


def test_a_sentence_has_its_numbers_the_weakest_origin_and_a_place(vocabulary):
    vocabulary(a__1="**{quant.x:^of {quant.y}}** rijen & meer: {claims.conclusions_hold}")
    numbers = CLAIMS | {"quant.x": number(3, "published"), "quant.y": number(9, "simulated") | {"href": "no"}}
    (said,) = summary.find_sentences(r"a\.\d", numbers, "nl")
    assert said["text"] == "<strong>Drie van de negen</strong> rijen &amp; meer: 14"
    assert (said["evidence"], said["href"]) == ("simulated", "there")


def test_a_sentence_without_one_of_its_numbers_is_left_out(vocabulary):
    vocabulary(a__1="{quant.x}", a__2="{quant.hidden}", a__3="Zonder getal.")
    said = summary.find_sentences(r"a\.\d", CLAIMS | {"quant.hidden": number(None)}, "nl")
    assert [one["text"] for one in said] == ["Zonder getal."]
    assert said[0]["evidence"] == said[0]["href"] == ""


@pytest.mark.parametrize(("hold", "text"), [(14, "staan"), (13, "deels")])
def test_conclusions_stand_only_when_every_claim_that_can_be_tested_holds(vocabulary, hold, text):
    vocabulary(a__1__stands="staan", a__1__partly="deels")
    numbers = CLAIMS | {"claims.conclusions_hold": number(hold)}
    assert [one["text"] for one in summary.find_sentences(r"a\.\d\.\w+", numbers, "nl")] == [text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_run_of_all_notebooks_has_every_number_that_is_said(reproduced, language):
    """A number that a notebook renames is missed here, and not only on the page."""
    words = read_vocabulary()[language]
    texts = words[words.index.str.fullmatch(SAID)]
    used = {name for text in texts for name in summary.used_numbers(text)}
    numbers = summary.find_numbers(reproduced, read_ledger(reproduced), language)
    assert len(used) > 15 and not used - set(numbers)
    assert all(numbers[name]["value"] is not None for name in used)
    variants = texts.index.str.endswith((".stands", ".partly")).sum()
    assert len(summary.find_sentences(SAID, numbers, language)) == len(texts) - variants / 2
    for address in {numbers[name]["href"] for name in used}:
        file, _, place = address.partition("#")
        assert f'id="{place}"' in (reproduced / file).read_text(encoding="utf8"), address


def test_both_languages_say_the_same_numbers():
    words = read_vocabulary()
    for _, row in words[words.index.str.fullmatch(SAID)].iterrows():
        assert sorted(summary.used_numbers(row["nl"])) == sorted(summary.used_numbers(row["en"])), row["nl"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_has_three_figures_and_what_to_do(reproduced, language):
    page = BeautifulSoup((reproduced / f"summary.{language}.html").read_text(encoding="utf8"), "html.parser")
    assert len(page.find_all("figure")) == len(page.find_all("svg", class_="drawing")) == summary.FIGURES
    assert page.html["lang"] == language and not page.script
    assert len(page.find("section", attrs={"aria-labelledby": "findings"}).find_all("li")) >= 7
    assert len(page.find("section", attrs={"aria-labelledby": "next"}).find_all("li")) >= 5
    index = BeautifulSoup((reproduced / f"index.{language}.html").read_text(encoding="utf8"), "html.parser")
    (address,) = {a["href"] for a in index.find_all("a", href=re.compile("^summary"))}
    assert (reproduced / address).is_file()


def run_of(folder, count):
    """A run with so many reports that have a figure beside a main finding."""
    for name in [f"0{i}_a" for i in range(count)]:
        (folder / name / "figures").mkdir(parents=True)
        (folder / name / "figures" / "f.narrow.nl.svg").write_text("<svg><text>woord</text></svg>")
        told = {"name": "x", "text": "Zo.", "evidence": "implied", "figure": "f", "alt": "a", "caption": "c"}
        (folder / name / "headlines.nl.json").write_text(json.dumps([told]), encoding="utf8")
    facts = {"language": "nl", "others": [], "rerun": [], "next": [], "own_data": [], "published": True}
    facts["reports"] = [{"href": "00_a/report.nl.html", "title": "A"}]
    return facts | {"headlines": summary.find_headlines(folder, "nl")}


def test_there_is_no_summary_without_three_reports_and_none_is_left_of_an_older_run(tmp_path):
    for name in ("summary.nl.html", "summary.nl.pdf"):
        (tmp_path / name).write_text("old")
    assert summary.write_summary(tmp_path, CLAIMS, run_of(tmp_path, 2)) == []
    assert not list(tmp_path.glob("summary.*"))


def test_without_a_browser_the_page_is_there_and_no_pdf(tmp_path, monkeypatch):
    monkeypatch.setattr("strictruns.paper.shutil.which", lambda name: None)
    written = summary.write_summary(tmp_path, CLAIMS, run_of(tmp_path, 3))
    assert [path.name for path in written] == ["summary.nl.html"]
    assert not list(tmp_path.glob("*.pdf"))


def test_printed_numbers_have_the_decimal_sign_of_the_language():
    nl, en = (rendering.printed_figures(language)["share_clients_higher"] for language in LANGUAGES)
    assert (nl, en) == ("71,1", "71.1")
