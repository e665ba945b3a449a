import base64
import copy
import re
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from loopbaanchecks.paths import ROOT
from loopbaanchecks.project import PROJECT
from strictruns import run_notebook, write_html

GOOD = Path(__file__).parents[1] / "fixtures" / "notebooks" / "good.ipynb"
ROW = '<tr><th scope="row">rij {}</th><td>1</td></tr>'
FOLDED = "<table><caption>Rijen</caption><tbody>{}</tbody></table>".format(
    "".join(ROW.format(n) for n in range(1, 13))
) + (
    '<details class="rest"><summary>toon 1 meer</summary><table>'
    f"<tbody>{ROW.format(13)}</tbody></table></details>"
)
CONTRAST = """() => {
  const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  const parts = [0.2126, 0.7152, 0.0722]
  const light = rgb => parts.reduce((sum, part, i) => sum + part * channel(rgb[i]), 0)
  const parse = text => text.match(/[\\d.]+/g).map(Number)
  const behind = node => { for (; node; node = node.parentElement) {
    const rgb = parse(getComputedStyle(node).backgroundColor)
    if (rgb.length < 4 || rgb[3] > 0) return rgb } return [255, 255, 255] }
  return [...document.body.querySelectorAll('*')].filter(n => [...n.childNodes].some(
    c => c.nodeType == 3 && c.data.trim())).map(n => {
      const pair = [light(parse(getComputedStyle(n).color)), light(behind(n))].sort((a, b) => a - b)
      return [(pair[1] + .05) / (pair[0] + .05), n.outerHTML.slice(0, 80)] })
}"""


def page_of(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf8"), features="html.parser")


def node_of(*cells, title="# Titel"):
    return nbformat.v4.new_notebook(cells=[new_markdown_cell(title), *cells])


def output(**data: str):
    names = {"html": "text/html", "png": "image/png", "svg": "image/svg+xml", "plain": "text/plain"}
    data = {names.get(name, name): value for name, value in data.items()}
    return new_code_cell("x = 1", outputs=[new_output("display_data", data=data)])


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    return run_notebook(
        GOOD, project=replace(PROJECT, results=tmp_path_factory.mktemp("export")), progress=False
    )


@pytest.fixture(scope="session", params=["nl", "en"])
def report(request, folder) -> Path:
    return folder / f"report.{request.param}.html"


@pytest.fixture
def written(tmp_path):
    def write(*cells, language="nl", title="# Titel", **options) -> BeautifulSoup:
        write_html(
            node_of(*cells, title=title),
            tmp_path / "page.html",
            language=language,
            project=PROJECT,
            **options,
        )
        return page_of(tmp_path / "page.html")

    return write


# -- the page of a real run ------------------------------------------------------------------


def test_nothing_in_the_page_has_an_address(report):
    text = report.read_text(encoding="utf8")
    page = page_of(report)
    assert not page.find_all(["script", "link", "iframe", "object", "embed", "base", "form"])
    assert not re.findall(r"\s(?:src|srcset|poster|action|data)=\"(?!data:)", text)
    assert not re.findall(r"@import|url\(", text)
    assert not re.findall(r"require\.?js|mathjax|mermaid|jupyter-widgets|cdnjs|unpkg|\son\w+=", text, re.I)
    outside = [link["href"] for link in page.find_all("a") if re.match(r"\w+:", link["href"])]
    assert outside == ["https://doi.org/10.1000/182"]
    assert text.count("https://") == 1


def test_a_strict_policy_comes_before_any_content(report):
    policy = page_of(report).head.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    parts = ["default-src 'none'", "img-src data:", "style-src 'unsafe-inline'"]
    assert policy.split("; ")[:3] == parts


def test_the_page_has_a_language_one_title_and_one_h1(report):
    page = page_of(report)
    language = report.name.split(".")[1]
    title = {"nl": "Drie getallen", "en": "Three numbers"}[language]
    assert page.html["lang"] == language
    assert [h.get_text() for h in page.find_all("h1")] == [title]
    assert page.title.get_text() == title
    assert page.find("meta", attrs={"name": "viewport"})
    assert "¶" not in page.get_text()


def test_only_one_language_is_shown(folder):
    nl, en = (page_of(folder / f"report.{language}.html").get_text() for language in ("nl", "en"))
    assert "Elke rij is een getal" in nl
    assert "Elke rij is een getal" not in en
    assert "Every row is a number" in en
    assert "Every row is a number" not in nl
    assert all(word in nl for word in ("Inhoud", "Hoe te citeren", "Hoe opnieuw", "volgt uit publicatie"))
    assert all(word in en for word in ("Contents", "How to cite", "How to rerun", "implied"))


def test_sections_are_numbered_and_listed(folder):
    page = page_of(folder / "report.nl.html")
    assert [(h["id"], h.get_text()) for h in page.main.find_all("h2")] == [
        ("s1", "1. Tabel"),  # its own number is replaced
        ("s2", "2. Figuur"),
        ("s3", "3. Grenzen"),
    ]
    links = [(a["href"], a.get_text()) for a in page.find(id="contents").find_all("a")]
    assert links == [("#s1", "Tabel"), ("#s2", "Figuur"), ("#s3", "Grenzen")]
    beside = [[link["href"] for link in line.find_all("a")] for line in page.find_all("p", class_="links")]
    assert beside == [[f"#s{n}", f"report.en.html#s{n}"] for n in ("1", "2", "3", "3-1")]
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert page.find("a", class_="skip")["href"] == f"#{page.main['id']}"


def test_the_five_marks_are_explained_and_styled(report):
    page = page_of(report)
    marks = [span["class"][1] for span in page.aside.find_all("span", class_="evidence")]
    assert marks == [f"evidence-{m}" for m in ("published", "implied", "reading", "simulated", "observed")]
    styles = [re.search(rf"\.{mark} \{{ border: ([^;]+)", page.style.get_text())[1] for mark in marks]
    kinds = {
        border.split("#")[0] + mark * ("observed" in mark) for border, mark in zip(styles, marks, strict=True)
    }
    assert len(kinds) == len(marks)


def test_tables_scroll_and_say_what_their_headers_are(folder):
    page = page_of(folder / "report.nl.html")
    frames = page.find_all("div", class_="table")
    assert [frame["aria-label"] for frame in frames] == ["Tabel 1.1. Getallen nl", "Tabel"]
    assert all(frame["tabindex"] == "0" and frame.table for frame in frames)
    assert all(cell["scope"] in ("col", "row") and cell.get_text() for cell in page.find_all("th"))
    assert page.find("tr", class_="flag")


def test_code_stderr_and_removed_cells_are_not_shown(report):
    text = page_of(report).get_text()
    assert "import json" not in text
    assert "PosixPath" not in text
    assert "False" not in text
    assert "written to ." in text
    assert str(ROOT) not in report.read_text(encoding="utf8")
    assert report.stat().st_size < 100_000


# -- in a browser ----------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_opens_without_a_request_or_an_error(browser, report, width):
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(report.as_uri())
    assert asked == [report.as_uri()]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
    weak = [found for found in page.evaluate(CONTRAST) if found[0] < 4.5]
    assert weak == []
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 673, "height": 990})  # A4 within its margins
    assert page.evaluate("getComputedStyle(document.querySelector('.table')).overflowX") == "visible"
    assert page.evaluate("document.documentElement.scrollWidth") <= 673
    context.close()


def test_a_folded_table_opens_on_a_click_and_paper_says_where_the_rest_is(browser, written, tmp_path):
    written(output(html=FOLDED))
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    row, summary = page.get_by_text("rij 13"), page.get_by_text("toon 1 meer")
    assert page.get_by_text("rij 12").is_visible() and not row.is_visible()
    page.emulate_media(media="print")
    assert not row.is_visible() and not summary.is_visible()
    assert page.locator(".on-paper").is_visible()
    page.emulate_media(media="screen")
    summary.click()
    assert row.is_visible()
    page.close()


# -- one thing at a time ---------------------------------------------------------------------


@pytest.mark.parametrize(("language", "seen"), [("nl", "Nederlands"), ("en", "English")])
def test_a_page_keeps_one_half_of_a_prose_cell(written, language, seen):
    page = written(
        new_markdown_cell("Nederlands --- *ja*\n\n---\n\nEnglish --- *yes*"),
        new_markdown_cell("Voor beide / for both"),
        new_markdown_cell("een\n\n---   \n\none"),
        language=language,
        title="# Titel\n\n---\n\n# Title",
    )
    words = {"nl": ["ja", "een"], "en": ["yes", "one"]}[language]
    assert [em.get_text() for em in page.main.find_all("em")] == words[:1]
    prose = page.main.get_text(" ", strip=True)
    assert seen in prose and "Voor beide / for both" in prose and words[1] in prose
    assert page.h1.get_text() == {"nl": "Titel", "en": "Title"}[language]
    assert not page.main.find("hr")
    assert {"nl": "English", "en": "Nederlands"}[language] not in prose


def test_a_table_or_a_heading_of_markdown_is_no_divider(written):
    page = written(new_markdown_cell("| a | b |\n|---|---|\n| 1 | 2 |"), new_markdown_cell("- a\n  ---\n- b"))
    assert page.main.table and len(page.main.find_all("li")) >= 2


def test_a_prose_cell_has_two_languages_at_most(written):
    with pytest.raises(ValueError, match="prose cell 'a.*: expected one line ---; found 2"):
        written(new_markdown_cell("a\n\n---\n\nb\n\n---\n\nc"))


def test_a_style_for_jupyterlab_is_dropped_and_nothing_else_with_it(written):
    page = written(
        output(html="<style>.jp-RenderedMarkdown > hr { display: none }</style>", plain="<HTML object>"),
        output(html="<style>p { color: red }</style><p>een alinea</p>"),
    )
    assert ".jp-RenderedMarkdown" not in str(page) and "HTML object" not in page.get_text()
    assert "een alinea" in page.get_text()


def test_a_folded_table_stays_folded_with_both_parts_labelled(written):
    page = written(output(html=FOLDED))
    (fold,) = page.find_all("details")
    assert fold["class"] == ["rest"] and not fold.has_attr("open")
    assert fold.summary.get_text() == "toon 1 meer"
    frames = page.main.find_all("div", class_="table")
    assert [frame["aria-label"] for frame in frames] == ["Tabel 1. Rijen", "Tabel 1. Rijen (toon 1 meer)"]
    assert frames[1].table["aria-label"] == frames[1]["aria-label"] and not frames[1].caption
    assert frames[1].find_parent("details") is fold and frames[0].find_parent("details") is None


def test_code_is_folded_when_it_is_wanted(written):
    tagged = new_code_cell("seed: int = 1  # <b>", metadata={"tags": ["parameters"]})
    details = written(tagged, new_code_cell("y = 2"), with_code=True).find_all("details")
    assert [d.code.get_text() for d in details] == ["seed: int = 1  # <b>", "y = 2"]
    assert not any(d.has_attr("open") for d in details)
    assert not written(tagged).find_all("details")


def test_outputs_of_every_kind(written):
    page = written(
        output(html="<p id=a>html</p>", plain="not this"),
        output(**{"text/markdown": "*mark*", "text/plain": "not this"}),
        output(svg='<svg xmlns="http://www.w3.org/2000/svg"/>'),
        output(png="iVBORw0KGgo=\n", plain="not this"),
        output(**{"image/jpeg": "/9j/4AAQ"}),
        output(plain="\x1b[31m1 < 2\x1b[0m"),
        output(**{"application/javascript": "alert(1)", "text/plain": "script"}),
        new_code_cell("", outputs=[new_output("stream", name="stdout", text="a & b")]),
    )
    assert page.find(id="a").get_text() == "html"
    assert page.em.get_text() == "mark"
    assert [re.match(r"data:image/[\w+]+", image["src"])[0] for image in page.find_all("img")] == [
        "data:image/svg+xml",
        "data:image/png",
        "data:image/jpeg",
    ]
    assert {image["alt"] for image in page.find_all("img")} == {"Figuur zonder beschrijving"}
    assert [pre.get_text() for pre in page.find_all("pre")] == ["1 < 2", "script", "a & b"]
    assert "not this" not in page.get_text()


DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>t</title><text>{}</text></svg>'


def embedded(svg):
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def test_a_drawing_becomes_part_of_the_page_in_both_widths(written):
    wide, narrow = (embedded(DRAWING.format(word)) for word in ("breed", "smal"))
    both = f'<picture><source media="x" srcset="{narrow}"><img src="{wide}" alt="Een & twee"></picture>'
    page = written(output(html=f"<figure><figcaption>Zo</figcaption>{both}</figure>"))
    assert not page.find_all(["img", "picture", "source", "title"])[1:]  # but for that of the page
    drawn = page.figure.find_all("svg")
    assert [(svg["class"], svg.get_text(), svg["role"], svg["aria-label"]) for svg in drawn] == [
        (["drawing", "wide"], "breed", "img", "Een & twee"),
        (["drawing", "narrow"], "smal", "img", "Een & twee"),
    ]


@pytest.mark.parametrize(
    "inside",
    [
        "<style>p {color: red}</style>",
        "<a><text>a</text></a>",
        "<text>a<!-- b --></text>",
        "<text><![CDATA[<g onload='x'/>]]></text>",
        "<rect style='fill:red'/>",
        "<rect class='legend'/>",
        "<image href='data:image/png;base64,AAAA'/>",
        "",
    ],
)
def test_an_svg_with_more_than_shapes_and_text_stays_a_picture(written, inside):
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
    page = written(output(svg=svg))
    assert page.img["src"].startswith("data:image/svg+xml") and not page.find("svg")


def test_figures_and_tables_are_numbered_in_their_section(written):
    table = "<table><caption>Rijen</caption><tr><td>1</td></tr></table>"
    figure = "<figure><figcaption>Zo</figcaption><img src='data:,' alt='a'></figure>"
    page = written(
        output(html=table),
        new_markdown_cell("## Een"),
        output(html=figure + table + figure),
        new_markdown_cell("## Twee\n\n### Deel"),
        output(html=table),
    )
    numbers = [tag.get_text() for tag in page.find_all("span", class_="label")]
    assert numbers == ["Tabel 1.", "Figuur 1.1.", "Tabel 1.1.", "Figuur 1.2.", "Tabel 2.1."]
    assert page.h3["id"] == "s2-1"


def test_files_are_linked_where_they_lie_and_nothing_else_is(written):
    names = "tables/a.csv tables.xlsx tables/none.csv"
    shown = f'<div id="t" data-files="{names}"><p class="source">Bron: x</p></div>'
    files = {"tables/a.csv": "tables/a.csv", "tables.xlsx": "tables.en.xlsx"}
    page = written(output(html=shown + '<a href="tables/a.csv">own</a>'), files=files)
    assert [(a["href"], a.get_text()) for a in page.find(id="t").find_all("a")] == [
        ("tables/a.csv", "CSV"),
        ("tables.en.xlsx", "Excel"),
    ]
    assert page.find(id="t").get_text() == "Bron: x · Gegevens: CSV Excel"
    assert page.footer.find("a")["href"] == "tables.en.xlsx"  # the workbook of every page
    assert not page.find("a", string="own")
    bare = written(output(html=shown))
    assert not bare.find(id="t").find("a") and "werkboek" not in bare.footer.get_text()


def test_a_page_leads_to_the_one_before_and_after_and_to_the_other_language(written):
    links = {"next": ("../02_b/report.nl.html", "Het <tweede>"), "en": ("report.en.html", "English")}
    page = written(new_markdown_cell("## Een"), links=links, index="../index.nl.html")
    top, bottom = page.find_all("nav", class_="pages")
    assert [link["href"] for link in page.header.find_all("a")] == [
        *("../index.nl.html", "#contents", "../02_b/report.nl.html", "report.en.html")
    ]
    assert bottom.a.get_text() == "Volgende: Het <tweede>" and top.a.get_text() == "Volgende"
    language = top.find("a", hreflang="en")
    assert language["lang"] == "en" and language.get_text() == "English"
    assert [a["href"] for a in page.find("p", class_="links").find_all("a")] == ["#s1", "report.en.html#s1"]
    assert not written().find_all("nav", class_="pages")


def test_a_table_says_on_a_phone_what_its_cells_are(written):
    head = "".join(f"<th>{name}</th>" for name in ("rij", 'a "b" &lt;/style>', "c"))
    row = "<tr><th scope='row'>x</th><td>1</td><td>2</td></tr>"
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{row}</tbody></table>"
    page = written(output(html=table), output(html=table))
    assert [frame["class"] for frame in page.find_all("div", class_="table")] == [
        ["table", "cards", "cards-1"]
    ] * 2
    rules = page.find_all("style")[-1].get_text()
    assert '.cards-1 td:nth-child(2)::before { content: "a \\22 b\\22  \\3c /style>" }' in rules
    assert sum("cards-1 td" in style.get_text() for style in page.find_all("style")) == 1


def test_long_words_in_tables_may_break_and_no_others(written):
    text = "loopbaanmogelijkheden"
    page = written(
        output(html=f"<p>{text}</p><table><tr><td>{text} http://a.b/{text} kort</td></tr></table>")
    )
    broken = "loop-baan-mo-ge-lijk-he-den".replace("-", "\xad")
    assert page.find("td").get_text() == f"{broken} http://a.b/{text} kort"
    assert page.find("div", class_="output").p.get_text() == text


def test_scripts_handlers_and_links_to_files_go(written):
    page = written(
        output(html="<div onclick='x()'><script>x()</script><a href='tables/a.csv'>a</a></div>"),
        new_markdown_cell("[b](javascript:x) <meta http-equiv='refresh' content='0;url=x'>"),
        nbformat.v4.new_raw_cell("<iframe></iframe>"),
    )
    assert not page.find_all(["script", "iframe"])
    assert not page.body.find_all("meta")
    assert not page.find_all(onclick=True)
    assert [link["href"] for link in page.main.find_all("a")] == []
    assert "a" in page.get_text()


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (new_markdown_cell("![x](https://example.org/x.png)"), "img 'https://example.org/x.png'"),
        (new_markdown_cell("![x](figures/x.png)"), "expected pictures inside the page"),
        (output(html="<video poster='http://example.org'></video>"), "found video"),
        (output(html="<img alt='' src='data:,' srcset='//example.org/x.png 2x'>"), "found img"),
        (output(html="<svg><image href='http://example.org/x.png'/></svg>"), "found image"),
        (output(html="<style>@import 'http://example.org/x.css'</style><p>"), "no address in a style"),
        (output(html="<p style='background: url(http://example.org/x)'>"), "no address in a style"),
        (new_markdown_cell("# Nog een titel"), "one level-1 heading in the language; found 2"),
        (new_markdown_cell("&#47;" + str(ROOT)[1:]), "no folder of this machine"),
        (
            new_code_cell("", outputs=[new_output("error", ename="KeyError", evalue="'a'", traceback=[])]),
            "expected no errors; found KeyError: 'a'",
        ),
    ],
)
def test_what_may_not_be_in_a_page_is_refused(written, tmp_path, cell, message):
    with pytest.raises(ValueError, match=message):
        written(copy.deepcopy(cell))
    assert not (tmp_path / "page.html").exists()


def test_a_page_needs_a_title_and_a_language_it_knows(written):
    with pytest.raises(ValueError, match="found 0"):
        written(language="en", title="tekst")
    with pytest.raises(ValueError, match="language: expected one of nl, en; found 'de'"):
        written(language="de")


def test_a_file_is_read_and_left_as_it_is(tmp_path):
    nbformat.write(node_of(new_code_cell("x = 1", id="a", execution_count=1)), tmp_path / "a.ipynb")
    before = (tmp_path / "a.ipynb").read_bytes()
    write_html(tmp_path / "a.ipynb", tmp_path / "a.html", language="nl", project=PROJECT)
    assert (tmp_path / "a.ipynb").read_bytes() == before
    assert "loopbaanchecks reproduce" in (tmp_path / "a.html").read_text(encoding="utf8")


# -- sections about a file of the user -------------------------------------------------------

PARAMETERS = new_code_cell(
    "publication: bool = True  # the other sections too", metadata={"tags": ["parameters"]}
)


def divided(mark: str, *, publication: bool | None = None):
    """The cells of a notebook with a section about a file, before the last, whose output has a mark."""

    def prose(text: str, *tags: str):
        return new_markdown_cell(text, metadata={"tags": list(tags)})

    result = output(html=f'<p>rij <span class="evidence evidence-{mark}">m</span></p>')
    given = new_code_cell(f"publication = {publication}", metadata={"tags": ["injected-parameters"]})
    return [
        PARAMETERS,
        *([given] if publication is not None else []),
        prose("Vooraf. [Voorbeeld](demonstration.nl.html#s1), [elders](elders.html)", "without-file"),
        prose("## 1. Tabellen\n\n---\n\n## 1. Tables"),
        output(html="<table><caption>tabel</caption><tr><th>a</th></tr></table>"),
        prose("## 2. Eigen gegevens\n\n---\n\n## 2. Own data", "own-data"),
        prose("Wat het bestand zegt.\n\n---\n\nWhat the file says."),
        result,
        output(html="<table><caption>eigen</caption><tr><th>a</th></tr></table>"),
        prose("## 3. Grenzen\n\n---\n\n## 3. Limits"),
        prose("Over de tabellen.\n\n---\n\nOn the tables.", "publication"),
    ]


def headings(page: BeautifulSoup) -> list[str]:
    return [heading.get_text() for heading in page.main.find_all("h2")]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_imitated_data_stand_on_a_page_of_their_own(tmp_path, language):
    links = {"en" if language == "nl" else "nl": ("report.en.html", "English")}
    path = tmp_path / f"report.{language}.html"
    node = node_of(*divided("simulated"))
    write_html(node, path, project=PROJECT, language=language, links=links, with_code=True)
    page, apart = page_of(path), page_of(tmp_path / f"demonstration.{language}.html")
    words = {"nl": ("Tabellen", "Eigen gegevens", "Grenzen"), "en": ("Tables", "Own data", "Limits")}
    tables, own, limits = words[language]
    assert headings(page) == [f"1. {tables}", f"2. {limits}"]
    assert headings(apart) == [f"1. {own}", f"2. {limits}"]
    assert apart.title.get_text() == apart.h1.get_text()
    assert re.fullmatch("Titel: .*(nagebootste gegevens|imitated data)", apart.h1.get_text())
    assert apart.find(class_="banner").a["href"] == path.name and not page.find(class_="banner")
    assert [a["href"] for a in apart.header.find_all("a", class_="language")] == ["demonstration.en.html"]
    assert apart.caption.get_text(" ", strip=True).split()[1] == "1.1."
    assert "eigen" not in page.get_text() and "tabel" not in apart.main.get_text()
    assert bool(page.find("a", href="demonstration.nl.html#s1")) == (language == "nl")
    assert not page.find("a", href="elders.html")


@pytest.mark.parametrize("publication", [None, True, False])
def test_what_a_file_gives_comes_first(written, tmp_path, publication):
    page = written(*divided("observed", publication=publication))
    others = [] if publication is False else ["2. Tabellen"]
    assert headings(page) == ["1. Eigen gegevens", *others, f"{2 + len(others)}. Grenzen"]
    assert "Vooraf" not in page.get_text()  # stands there only without a file
    title = "Uit eigen bestand: eigen gegevens" if publication is False else "Titel"
    assert page.h1.get_text() == page.title.get_text() == title
    assert ("Over de tabellen." in page.get_text()) == (publication is not False)
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    contents = [link.get_text() for link in page.find(id="contents").find_all("a")]
    assert contents[0] == "Eigen gegevens"


def test_a_page_of_any_name_has_its_demonstration_beside_it(written, tmp_path):
    page = written(*divided("simulated"))
    link = page.find("a", href=re.compile("demonstration"))
    assert link["href"].startswith("demonstration.page.html#")
    apart = page_of(tmp_path / "demonstration.page.html")
    assert apart.find(class_="banner").a["href"] == "page.html"


def test_a_project_without_a_mark_of_its_users_moves_nothing(tmp_path):
    project = replace(PROJECT, own_mark="")
    write_html(node_of(*divided("simulated")), tmp_path / "a.html", project=project, language="nl")
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]
    assert headings(page_of(tmp_path / "a.html"))[1] == "2. Eigen gegevens"
