"""What a funder opens: every page of a run in a real browser, without a network."""

import getpass
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from loopbaanchecks.paths import ROOT

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
LANGUAGES = ("nl", "en")
MEGABYTES = 3


def pages(folder: Path, language: str) -> list[Path]:
    """The overview and the reports of one language."""
    return [folder / f"index.{language}.html", *sorted(folder.glob(f"[!.]*/report.{language}.html"))]


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf8"), features="html.parser")


@pytest.fixture
def visit(browser):
    """Open a page without a network; `asked` and `said` hold its requests and messages."""
    contexts = []

    def opened(address, *, width=1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto(address.as_uri() if isinstance(address, Path) else address)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(params=LANGUAGES)
def index(request, reproduced, visit):
    return visit(reproduced / f"index.{request.param}.html")


# -- every page ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["nl", pytest.param("en", marks=pytest.mark.thorough)])
def test_no_page_has_an_accessibility_violation(reproduced, visit, language):
    for path in pages(reproduced, language):
        found = Axe().run(visit(path), options=RULES)
        assert found.violations_count == 0, f"{path.parent.name}/{path.name}\n{found.generate_report()}"
        assert len(found.response["passes"]) > 10, path  # it did look


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_says_its_language_and_has_one_title(reproduced, language):
    for path in pages(reproduced, language):
        page = soup(path)
        assert page.html["lang"] == language
        (title,) = page.find_all("h1")
        assert page.title.get_text() == title.get_text()
        assert all(image["alt"].strip() for image in page.find_all("img"))
        assert all(table.caption.get_text(strip=True) for table in page.find_all("table"))
        assert all(cell.get("scope") for cell in page.find_all("th"))
        ids = [tag["id"] for tag in page.find_all(id=True)]
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("width", [320, 390])  # 1280 at 400 %, and a phone
@pytest.mark.parametrize("language", LANGUAGES)
def test_only_tables_scroll_sideways(reproduced, visit, language, width):
    for path in pages(reproduced, language):
        page = visit(path, width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        wider = "[...document.querySelectorAll('table')].filter(t => !t.closest('.table')).length"
        assert page.evaluate(wider) == 0, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_table_is_cut_on_paper(reproduced, visit, language):
    """A4 within its margins, upright (673 px) and, for the ledger and `wide` tables, across (999 px)."""
    right = """names => Math.max(0, ...[...document.querySelectorAll(names)].map(
        t => t.getBoundingClientRect().right))"""
    for path in pages(reproduced, language):
        page = visit(path, width=673)
        page.emulate_media(media="print")
        assert page.evaluate(right, ".table:not(.wide) table:not(#claims), figure") <= 673, path
        page.set_viewport_size({"width": 999, "height": 700})
        assert page.evaluate(right, "table") <= 999, path


def test_no_file_names_this_machine_or_is_large(reproduced):
    hidden = [str(ROOT), str(Path.home()), f"/home/{getpass.getuser()}", str(reproduced.parent)]
    files = [path for path in reproduced.rglob("*") if path.is_file() and path.suffix != ".pdf"]
    assert len(files) > 50
    for path in files:
        content = path.read_bytes()
        assert len(content) < MEGABYTES * 1e6, path
        if path.suffix in {".html", ".json", ".csv", ".ipynb"}:
            text = content.decode("utf8")
            assert not [place for place in hidden if len(Path(place).parts) > 2 and place in text], path
            if path.suffix == ".html":
                assert "papermill" not in text and "ipykernel" not in text, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_leads_to_the_next_and_back_without_a_request(reproduced, visit, language):
    page = visit(reproduced / f"index.{language}.html")
    addresses = [path.as_uri() for path in pages(reproduced, language)]
    for address in addresses[1:]:
        page.locator(f".reports a[href$='{'/'.join(address.split('/')[-2:])}']").click()
        assert page.url == address
        page.locator("body > header a").click()
        assert page.url == addresses[0]
    other = {"nl": "en", "en": "nl"}[language]
    page.locator("body > header a[hreflang]").click()
    assert page.url.endswith(f"index.{other}.html")
    assert {url.split("#")[0] for url in page.asked} == {*addresses, page.url}
    assert page.said == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_between_pages_arrives(reproduced, language):
    targets = {
        path: {tag["id"] for tag in soup(path).find_all(id=True)} for path in pages(reproduced, language)
    }
    followed = 0
    for path in targets:
        for link in soup(path).find_all("a", href=re.compile(r"^(?!https?:|mailto:)")):
            file, _, name = link["href"].partition("#")
            target = (path.parent / file).resolve() if file else path
            if target.name == f"index.{language}.html" or target in targets:
                assert not name or name in targets[target], f"{path.name}: {link['href']}"
                followed += bool(file and name)
    assert followed > 15


# -- the ledger ------------------------------------------------------------------------------


def test_the_text_filters_and_the_count_is_told(index):
    rows, count = index.locator("#claims tbody tr:not([hidden])"), index.locator("#count")
    every = rows.count()
    assert count.get_attribute("role") == "status"
    assert str(every) in count.inner_text()
    index.locator("#f-text").focus()
    index.keyboard.type("97")
    some = rows.count()
    assert 0 < some < every
    assert re.findall(r"\d+", count.inner_text()) == [str(some), str(every)]
    assert all("97" in text for text in rows.all_text_contents())
    index.keyboard.type("zzz")
    assert rows.count() == 0
    index.locator("#f-reset").focus()
    index.keyboard.press("Enter")
    assert rows.count() == every
    assert index.evaluate("document.activeElement.id") == "f-text"


def test_accents_and_the_order_of_words_do_not_matter(reproduced, visit):
    page = visit(reproduced / "index.nl.html")
    rows = page.locator("#claims tbody tr:not([hidden])")
    page.locator("#f-text").fill("CLIENTEN")
    some = rows.count()
    page.locator("#f-text").fill("cliënten")
    assert rows.count() == some > 0


@pytest.mark.parametrize("column", ["document", "kind", "verdict"])
def test_a_choice_leaves_the_claims_that_have_it(index, column):
    select = index.locator(f"#f-{column}")
    choices = [option.get_attribute("value") for option in select.locator("option").all()]
    every, left = index.locator("#claims tbody tr").count(), 0
    for choice in filter(None, choices):
        select.select_option(choice)
        shown = index.locator("#claims tbody tr:not([hidden])")
        values = shown.evaluate_all(f"rows => rows.map(row => row.dataset.{column})")
        assert set(values) == {choice}
        left += len(values)
    assert left == every


def test_columns_sort_by_keyboard_and_say_so(index):
    places = "[...document.querySelectorAll('#claims tbody tr')].map(r => r.cells[2].dataset.value)"
    index.locator("#f-text").focus()
    head = index.locator("#claims th[data-key=power]")
    head.locator("button").focus()
    for order, falling in (("ascending", False), ("descending", True)):
        index.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == order
        assert index.locator("#claims [aria-sort]").count() == 1
        values = index.evaluate(places)
        powers = [float(value) for value in values if value != ""]
        assert powers == sorted(powers, reverse=falling)
        assert values[: len(powers)] == [value for value in values if value != ""]  # the empty ones last
    index.locator("#claims th[data-key=claim] button").press("Enter")
    order = index.evaluate("[...document.querySelectorAll('#claims tbody th')].map(c => +c.dataset.value)")
    assert order == sorted(order)


def test_an_address_opens_its_claim_whatever_the_filter(index):
    last = index.locator("#claims tbody tr").last
    name = last.get_attribute("id")
    expect(last).to_be_hidden()  # past the first rows
    index.locator("#f-text").fill("zzz")
    index.evaluate(f"location.hash = '#{name}'")
    expect(last).to_be_visible()
    expect(last).to_be_in_viewport()
    assert index.evaluate("document.activeElement.id") == name
    assert index.locator("#f-text").input_value() == ""


def test_a_link_of_a_report_opens_the_claim(reproduced, visit):
    page = visit(reproduced / "01_quant" / "report.nl.html")
    link = page.locator("a[href^='../index.nl.html#claim-']").last
    name = link.get_attribute("href").partition("#")[2]
    link.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{(reproduced / 'index.nl.html').as_uri()}#{name}")
    expect(page.locator(f"[id='{name}']")).to_be_in_viewport()
    assert page.said == []


def test_a_tile_shows_the_claims_it_counts(index):
    for tile in index.locator(".tiles a").all():
        count = re.sub(r"\D", "", tile.locator("strong").inner_text())
        tile.press("Enter")
        assert index.locator("#claims tbody tr:not([hidden])").count() == int(count)


def test_the_whole_table_is_there_without_a_script(reproduced, visit):
    page = visit(reproduced / "index.nl.html", java_script_enabled=False)
    rows = page.locator("#claims tbody tr")
    assert rows.count() > 100
    assert all(row.is_visible() for row in (rows.first, rows.nth(60), rows.last))
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#rest")).to_be_hidden()


def test_paper_shows_what_the_screen_folds(index):
    page = index
    last = page.locator("#claims tbody tr").last
    expect(last).to_be_hidden()
    page.emulate_media(media="print")
    expect(last).to_be_visible()
    expect(page.locator("#filters")).to_be_hidden()


def test_a_long_table_of_a_report_unfolds_by_keyboard(reproduced, visit):
    page = visit(reproduced / "01_quant" / "report.nl.html")
    summary = page.locator("details.rest > summary").first
    rest = page.locator("details.rest").first.locator("tbody tr").last
    expect(rest).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(rest).to_be_visible()
    page.keyboard.press("Enter")
    expect(rest).to_be_hidden()
    page.emulate_media(media="print")
    expect(rest).to_be_visible()
