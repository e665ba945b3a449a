"""What a notebook says, shows and writes: in one language, with its evidence mark, the same every time."""

import base64
import json
import time
from datetime import date
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from expect.digits import settled_frame
from loopbaanchecks.claims.ledger import blamed_first, evaluate
from loopbaanchecks.report import report as module
from loopbaanchecks.report.figures import plot_steps
from loopbaanchecks.report.report import EVIDENCE, WIDTH, Report
from loopbaanchecks.study import Study


@pytest.fixture
def screen(monkeypatch):
    """What a report displays, as a list."""
    seen = []
    monkeypatch.setattr(module, "display", seen.append)
    return seen


@pytest.fixture
def report(screen, tmp_path):
    made = Report("nl", name="x", output_dir=tmp_path)
    screen.clear()
    return made


def page(output):
    return BeautifulSoup(output.data, "html.parser")


ROWS = pd.DataFrame(
    {
        "label_nl": ["vacatures & regio", "netwerk"],
        "label_en": ["vacancies & region", "network"],
        "mean": ["4,02", "3,97"],
        "power": [0.0847, None],
        "tables": [1234, 0],
        "verdict": ["consistent", "contradicted"],
    }
)
CAPTION = {"nl": "Oordelen bij n = {n}.", "en": "Verdicts at n = {n}."}
FIGURE = {
    "nl": "Wie overbleef: {counts}.",
    "en": "Who remained: {counts}.",
    "alt_nl": "Balken: {counts}.",
    "alt_en": "Bars: {counts}.",
}


def drawing(**size):
    figure, ax = plt.subplots(**size)
    plot_steps(pd.DataFrame({"label": ["a", "b"], "n_after": [2, 1]}), ax=ax, format=str)
    ax.set_xscale("log")
    figure.tight_layout()
    return figure


def numbers(report):
    return json.loads((report.write() / "numbers.json").read_text(encoding="utf8"))


# -- sentences -----------------------------------------------------------------------------------


def test_a_sentence_is_shown_in_one_language_with_its_mark(report, screen):
    texts = {"nl": "**{n}** van <b> *{share:%1}*", "en": "not this"}
    report.say("response", "implied", **texts, n=1200, share=0.0847)
    (shown,) = map(page, screen)
    assert shown.strong.get_text() == "1.200" and shown.em.get_text() == "8,5 procent"
    assert "van <b>" in shown.p.get_text() and "not this" not in shown.get_text()
    assert shown.find("span", class_="evidence-implied").get_text() == "[volgt uit publicatie]"


def test_every_value_of_a_sentence_lands_in_the_numbers_with_its_mark(report):
    texts = {"nl": "{n}", "en": "{n}"}
    values = {"n": np.int64(3), "share": Fraction(1, 3), "mean": "4,10", "names": ["a", "b"], "yes": np.True_}
    values |= {"day": date(2021, 12, 1), "gap": None, "sum": 0.1 + 0.2, "pair": (1, np.float64(0.1) + 0.2)}
    report.say("told", "reading", **texts, **values)
    report.headline("found", "observed", **texts, n=50)
    report.number("alone", True, "published")
    assert numbers(report) == {
        "alone": {"value": True, "evidence": "published"},
        "found.n": {"value": 50, "evidence": "observed"},
        "told.day": {"value": "2021-12-01", "evidence": "reading"},
        "told.gap": {"value": None, "evidence": "reading"},
        "told.mean": {"value": "4,10", "evidence": "reading"},
        "told.n": {"value": 3, "evidence": "reading"},
        "told.names": {"value": ["a", "b"], "evidence": "reading"},
        "told.pair": {"value": [1, 0.3], "evidence": "reading"},
        "told.share": {"value": 0.3333333333, "evidence": "reading"},
        "told.sum": {"value": 0.3, "evidence": "reading"},
        "told.yes": {"value": True, "evidence": "reading"},
    }


def test_a_value_in_one_language_is_said_and_not_a_number(report, screen):
    report.say("told", "reading", nl="{what_nl}", en="{what_en}", what_nl="een ding", what_en="a thing", n=1)
    assert "een ding" in page(screen[0]).get_text()
    assert set(numbers(report)) == {"told.n"}


def test_a_sentence_that_cannot_be_said_keeps_nothing(report, screen):
    with pytest.raises(ValueError, match="sentence: expected"):
        report.say("told", "reading", nl="{x}", en="{x}", x=0.5)
    with pytest.raises(ValueError, match="evidence: expected one of published"):
        report.say("told", "certain", nl="{x}", en="{x}", x=1)
    assert not screen and not report.kept.numbers


def test_a_headline_is_for_the_overview_with_the_figure_it_names(report, screen):
    texts = {"nl": "**{n}** over", "en": "**{n}** left"}
    report.headline("left", "implied", **texts, figure="response", n=2)
    report.headline("aside", "implied", **texts, overview=False, n=3)
    report.headline("bare", "reading", **texts, n=4)
    assert page(screen[0]).find(id="headline-left") and page(screen[1]).find(id="headline-aside")
    with pytest.raises(ValueError, match="headline: expected figures of this notebook; found response"):
        report.write()
    report.figure("response", drawing(), "published", **FIGURE, counts="2, 1")
    written = json.loads((report.write() / "headlines.nl.json").read_text(encoding="utf8"))
    assert written == [
        {
            "name": "left",
            "text": "<strong>2</strong> over",
            "evidence": "implied",
            "figure": "response",
            "alt": "Balken: 2, 1.",
            "caption": "Wie overbleef: 2, 1.",
        },
        {
            "name": "bare",
            "text": "<strong>4</strong> over",
            "evidence": "reading",
            "figure": "",
            "alt": "",
            "caption": "",
        },
    ]


# -- tables --------------------------------------------------------------------------------------


def test_a_table_has_caption_badge_scope_and_one_language(report, screen):
    columns = ["label", "mean", "power", "verdict"]
    flag = ROWS["verdict"] == "contradicted"
    report.table("verdicts", ROWS, "implied", **CAPTION, columns=columns, flag=flag, n=97)
    table = page(screen[0])
    assert table.caption.get_text().startswith("Oordelen bij n = 97.")
    assert table.caption.find("span", class_="evidence-implied").get_text() == "[volgt uit publicatie]"
    assert [th["scope"] for th in table.thead.find_all("th")] == ["col"] * 4
    assert [th.get_text() for th in table.tbody.find_all("th", scope="row")] == [
        "vacatures & regio",
        "▸ netwerk",
    ]
    assert "vacancies" not in table.get_text()
    assert len(table.find_all("tr", class_="flag")) == 1
    first = table.tbody.tr
    assert [cell.get_text() for cell in first.find_all("td", class_="number")] == ["4,02", "8 %"]
    assert first.find_all("td")[-1].get_text() == "past"


def test_headings_and_formats_of_a_call_go_before_those_of_the_vocabulary(report, screen):
    headings = {"power": ("kans", "chance")}
    formats = {"power": "decimal2"}
    shown = {"columns": ["label", "power", "tables"], "headings": headings, "formats": formats}
    report.table("verdicts", ROWS, "implied", **CAPTION, **shown, n=97)
    table = page(screen[0])
    assert table.thead.find_all("th")[1].get_text() == "kans"
    assert [cell.get_text() for cell in table.tbody.tr.find_all("td")] == ["0,08", "1.234"]
    assert list(report.kept.tables["verdicts"]) == [*ROWS, "evidence"]


def test_only_the_first_rows_are_shown_and_all_are_kept(report, screen):
    shown = {"columns": ["label"], "flag": [False, True], "first": 1}
    report.table("verdicts", ROWS, "implied", **CAPTION, **shown, n=97)
    assert len(page(screen[0]).tbody.find_all("tr")) == 1
    assert len(report.kept.tables["verdicts"]) == 2


def test_a_table_of_which_no_rows_are_shown_is_only_written(report, screen, tmp_path):
    report.table("verdicts", ROWS, "implied", **CAPTION, first=0, n=97)
    assert screen == [] and len(report.kept.tables["verdicts"]) == 2
    assert (report.write() / "tables" / "verdicts.csv").is_file()


def test_a_long_table_is_folded_in_the_words_of_the_language(report, screen):
    report.table("verdicts", pd.concat([ROWS] * 25), "implied", **CAPTION, columns=["label"], n=97)
    assert page(screen[0]).details.summary.get_text() == "toon 38 meer"


def test_a_frame_may_carry_a_mark_for_each_row(report, screen):
    frame = ROWS.assign(evidence=["implied", "reading"])
    report.table("verdicts", frame, "implied", **CAPTION, columns=["label", "evidence"], n=97)
    table = page(screen[0])
    assert not table.caption.span
    marks = [cell.span["class"][1] for cell in table.tbody.find_all("td")]
    assert marks == ["evidence-implied", "evidence-reading"]
    assert list(report.kept.tables["verdicts"]["evidence"]) == ["implied", "reading"]


def test_claims_link_to_their_row_in_the_overview_and_all_are_kept(report, screen):
    ledger = evaluate(Study())
    some = ledger["verdict"].isin(["contradicted", "reproduced"]) & (ledger["document"] == "tno_2007")
    report.claims(ledger, nl="Beweringen", en="Claims", name="ledger", only=some)
    table = page(screen[0])
    links = [link["href"] for link in table.find_all("a")]
    names = blamed_first(ledger[some], ledger)["id"]
    assert links == [f"../index.nl.html#claim-{name}" for name in names]
    wrong = int((ledger.loc[some, "verdict"] == "contradicted").sum())
    assert len(table.find_all("tr", class_="flag")) == wrong > 0
    pd.testing.assert_frame_equal(report.kept.tables["ledger"], settled_frame(ledger).reset_index(drop=True))
    assert report.claim("T1") == "[T1](../index.nl.html#claim-T1)"


def test_claims_can_be_named_by_their_ids_in_the_order_asked_for(report, screen):
    ids = list(evaluate(Study())["id"].iloc[[5, 2]])
    report.claims(ids, nl="Beweringen", en="Claims")
    links = page(screen[0]).find_all("a")
    assert [link["aria-label"] for link in links] == [f"Zie deze bewering: {name}" for name in ids]
    assert {link.get_text() for link in links} == {"Zie deze bewering"}  # no id in what is read
    with pytest.raises(ValueError, match="claims: expected ids of the ledger; found nothing, zero"):
        report.claims([ids[0], "nothing", "zero"], nl="", en="")


# -- figures -------------------------------------------------------------------------------------


def test_a_figure_says_its_mark_inside_the_picture_and_beside_it(report, screen):
    figure = drawing()
    report.figure("response", figure, "simulated", **FIGURE, counts="1 & 2")
    assert any(text.get_text() == "herkomst: gesimuleerd" for text in figure.texts)
    shown = page(screen[0])
    assert shown.img["alt"] == "Balken: 1 & 2."
    assert shown.figcaption.get_text().startswith("Wie overbleef: 1 & 2.")
    assert shown.figcaption.find(class_="evidence-simulated").get_text() == "[gesimuleerd]"
    assert shown.img["src"].startswith("data:image/svg+xml;base64,")
    assert f"max-width:{WIDTH}in" in shown.img["style"]
    assert not plt.get_fignums()
    assert numbers(report) == {"response.counts": {"value": "1 & 2", "evidence": "simulated"}}


def test_intervals_are_one_figure_of_the_width_of_all(report, monkeypatch):
    drawn = []
    monkeypatch.setattr(module, "published", lambda figure, **words: drawn.append(figure) or (b"", b"", b""))
    frame = ROWS.assign(low=[0.1, 0.2], high=[0.3, 0.6])
    ends = {"low": "low", "high": "high", "spec": "percent0", "xlim": (0, 1), "line": 0.5}
    report.intervals("shares", frame, "implied", **FIGURE, axis=("aandeel", "share"), **ends, counts="2")
    assert report.kept.figures["shares"].caption == "Wie overbleef: 2."
    (ax,) = drawn[0].axes
    assert ax.get_xlabel() == "aandeel" and ax.get_xlim() == (0, 1)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == list(ROWS["label_nl"])
    assert ax.xaxis.get_major_formatter()(0.5) == "50 %"
    assert ax.lines[0].get_xdata() == [0.5, 0.5]


def test_intervals_say_from_where_to_where_and_means_stand_beside_them(report, monkeypatch):
    drawn = []
    monkeypatch.setattr(module, "published", lambda figure, **words: drawn.append(figure) or (b"", b"", b""))
    frame = ROWS.assign(low=[0.1, 0.25], high=[0.3, 0.25], value=[4.02, 3.97])
    ends = {"low": "low", "high": "high", "spec": "percent0", "xlim": (0, 1), "dot": "value"}
    report.intervals("shares", frame, "implied", **FIGURE, axis=("aandeel", "share"), **ends, counts="2")
    bars, means = drawn[0].axes
    assert [text.get_text() for text in bars.texts] == ["10–30 %", "25 %"]
    assert [text.get_text() for text in means.texts] == ["4,02", "3,97"]
    assert means.collections[0].get_offsets()[:, 0].tolist() == [4.02, 3.97]


def test_a_caption_begins_with_what_was_found_and_is_plain_in_the_workbook(report, screen):
    report.table("verdicts", ROWS, "implied", nl="**{n} rijen.** Oordelen", en="**{n} rows.** Verdicts", n=97)
    assert page(screen[0]).caption.strong.get_text() == "97 rijen."
    assert report.kept.captions["verdicts"] == "97 rijen. Oordelen"


def test_under_a_table_and_a_figure_stand_source_number_and_files(screen, tmp_path):
    report = Report("en", name="01_quant", output_dir=tmp_path)
    report.table("verdicts", ROWS, "implied", **CAPTION, n=1234)
    report.figure("response", drawing(), "simulated", **FIGURE, counts="1")
    table, figure = map(page, screen[1:])
    source = table.find(class_="source").get_text()
    assert source.startswith("Source: Post et al. (2021)") and source.endswith("; n = 1,234")
    assert (
        figure.find(class_="source").get_text() == "Source: imitated or calculated with a model, see the text"
    )
    assert (
        table.div["data-files"] == "tables/verdicts.csv tables.xlsx" and table.div["id"] == "table-verdicts"
    )
    assert figure.figure["data-files"] == "figures/response.en.png tables.xlsx"
    written = {str(path.relative_to(tmp_path)) for path in report.write().rglob("*.*")}
    assert {*table.div["data-files"].split(), *figure.figure["data-files"].split()} <= written


def test_a_phone_is_shown_the_narrow_drawing(report, screen):
    report.figure("response", drawing(), "published", **FIGURE, counts="1")
    shown = page(screen[0])
    assert shown.picture.source["media"] == "(max-width: 600px)"
    narrow = shown.picture.source["srcset"].partition(",")[2]
    assert base64.b64decode(narrow) == report.kept.figures["response"].drawing.narrow


# -- writing -------------------------------------------------------------------------------------


def fill(report, n=97):
    report.table("verdicts", ROWS, "implied", **CAPTION, n=n)
    report.figure("response", drawing(), "published", **FIGURE, counts="2, 1")
    report.number("share", Fraction(1, 4), "implied")
    report.headline("left", "reading", nl="{n} over", en="{n} left", figure="response", n=n)


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}


def test_everything_that_is_written_carries_its_mark_and_repeats(screen, tmp_path):
    written = []
    for folder, language in (("one", "nl"), ("two", "nl"), ("three", "en")):
        time.sleep(1.1 if folder == "two" else 0)  # workbooks tell time in seconds
        report = Report(language, name="x", output_dir=tmp_path / folder)
        fill(report)
        written.append(files(report.write()))
    first, second, english = written
    assert set(first) == {
        "tables/verdicts.csv", "figures/response.nl.svg", "figures/response.narrow.nl.svg",
        "figures/response.nl.png", "headlines.nl.json", "numbers.json", "tables.xlsx", "datapackage.json",
    }  # fmt: skip
    assert first == second
    for name in ("tables/verdicts.csv", "numbers.json", "datapackage.json"):
        assert first[name] == english[name], name
    table = pd.read_csv(tmp_path / "one/tables/verdicts.csv")
    assert set(table["evidence"]) == {"implied"} and {"label_nl", "label_en"} <= set(table)
    kept = json.loads(first["numbers.json"])
    assert list(kept) == sorted(kept) and kept["share"] == {"value": 0.25, "evidence": "implied"}
    assert all(set(one) == {"value", "evidence"} and one["evidence"] in EVIDENCE for one in kept.values())
    assert [one["evidence"] for one in json.loads(first["headlines.nl.json"])] == ["reading"]
    for name in ("response", "response.narrow"):
        assert b"herkomst: gepubliceerd" in first[f"figures/{name}.nl.svg"]


def test_a_cell_that_runs_again_replaces_what_it_kept(screen, tmp_path):
    once, again = (Report("nl", name="x", output_dir=tmp_path / name) for name in ("once", "again"))
    fill(once)
    fill(again, n=98)
    fill(again)
    assert files(once.write()) == files(again.write())
    before = files(again.folder)
    assert files(again.write()) == before


def test_the_workbook_explains_its_columns_and_marks(report):
    report.table("verdicts", ROWS, "implied", **CAPTION, n=97)
    book = openpyxl.load_workbook(report.write() / "tables.xlsx")
    assert book.sheetnames == ["toelichting", "verdicts"]
    explained = {row[1].value: row[2].value for row in book["toelichting"].iter_rows(min_row=2)}
    assert {"power", "evidence", "label_nl", *EVIDENCE} <= set(explained)
    assert explained["verdicts"] == "Oordelen bij n = 97."


def test_a_report_apart_shows_the_same_and_keeps_nothing(report, screen):
    fill(report.apart(), n=98)
    assert len(screen) == 3 and report.kept == module._Contents()
    fill(report)
    before = dict(report.kept.numbers)
    fill(report.apart(), n=98)
    assert report.kept.numbers == before and len(report.kept.tables) == 1


# -- what is refused -----------------------------------------------------------------------------


def test_what_is_unknown_is_refused_and_not_shown(report, screen):
    with pytest.raises(ValueError, match="language: expected one of nl, en; found 'fr'"):
        Report("fr", name="x")
    for mark in ("certain", ""):
        with pytest.raises(ValueError, match="evidence: expected one of published"):
            report.number("x", 1, mark)
        with pytest.raises(ValueError, match="evidence: expected one of published"):
            report.table("verdicts", ROWS, mark, **CAPTION, n=1)
        with pytest.raises(ValueError, match="evidence: expected one of published"):
            report.headline("x", mark, nl="", en="")
        with pytest.raises(ValueError, match="evidence: expected one of published"):
            report.figure("x", drawing(), mark, **FIGURE, counts="1")
    with pytest.raises(ValueError, match=r"word: expected a key of vocabulary.csv; found 'column.nothing'"):
        report.table("x", ROWS.assign(nothing=1), "implied", **CAPTION, n=1)
    with pytest.raises(KeyError, match="n"):
        report.table("x", ROWS, "implied", **CAPTION)
    assert not screen
    plt.close("all")


# -- JupyterLab ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_report_styles_jupyterlab_and_shows_nothing_else(language, screen, tmp_path):
    Report(language, name="x", output_dir=tmp_path)
    (style,) = screen
    assert style.data.startswith("<style>") and style.data.endswith("</style>")
    assert not page(style).get_text(strip=True).replace(page(style).style.get_text(strip=True), "")


@pytest.mark.parametrize(("language", "seen"), [("nl", ["Titel", "tekst"]), ("en", ["Title", "text"])])
def test_in_jupyterlab_a_prose_cell_shows_one_language(language, seen, screen, browser, tmp_path):
    Report(language, name="x", output_dir=tmp_path)
    both = "<h1>Titel</h1><p>tekst</p><hr><h1>Title</h1><p>text</p>"
    alone = "<p>voor beide</p>"
    cells = "".join(f'<div class="jp-RenderedMarkdown">{cell}</div>' for cell in (both, alone))
    window = browser.new_page()
    window.set_content(screen[0].data + cells)
    assert window.evaluate("document.body.innerText").split("\n\n") == [*seen, "voor beide"]
    window.close()


def test_a_column_that_means_something_else_here_is_explained_so_in_the_workbook(screen, tmp_path):
    report = Report("en", name="x", output_dir=tmp_path)
    frame = pd.DataFrame({"variable": ["attitude", "skills"], "groups": ["employee;employer", ""]})
    choices = {"headings": {"variable": ("onderwerp", "topic")}, "formats": {"variable": "word"}}
    report.table("cells", frame, "reading", nl="vakken", en="cells", **choices)
    table = page(screen[-1]).table
    assert table.thead.th.text == "topic"
    assert [cell.text for cell in table.tbody.tr.find_all(["th", "td"])] == ["attitude", "employee, employer"]
    report.write()
    explained = pd.read_excel(tmp_path / "tables.xlsx", sheet_name="explanation").set_index("name")["meaning"]
    assert explained["cells: variable"] == "topic" and "variable" not in explained
