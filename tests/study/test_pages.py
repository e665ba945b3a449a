"""What a funder opens: every page of a run in a real browser, without a network."""

import getpass
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from loopbaanchecks.paths import ROOT

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": STANDARDS}}
LANGUAGES = ("nl", "en")
MEGABYTES, PAGE_MEGABYTES = 3, 0.5
SEEN = {"wide": {}, "phone": {"width": 390}, "dark": {"color_scheme": "dark"}}


def pages(folder: Path, language: str) -> list[Path]:
    """The overview and the reports of one language."""
    return [folder / f"index.{language}.html", *sorted(folder.glob(f"[!.]*/report.{language}.html"))]


def every_page(folder: Path, language: str) -> list[Path]:
    """These, the summary, and the demonstrations beside the reports."""
    beside = sorted(folder.glob(f"[!.]*/demonstration.{language}.html"))
    return [folder / f"summary.{language}.html", *pages(folder, language), *beside]


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf8"), features="html.parser")


@pytest.fixture
def visit(browser):
    """Open a page without a network; `asked` and `said` hold its requests and messages."""
    contexts = []

    def opened(address, *, width=1280, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, offline=True, **options)
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


@pytest.mark.parametrize(
    ("language", "seen"),
    [("nl", "phone")]
    + [pytest.param("nl", seen, marks=pytest.mark.thorough) for seen in ("wide", "dark")]
    + [pytest.param("en", seen, marks=pytest.mark.thorough) for seen in SEEN],
)
def test_no_page_has_an_accessibility_violation(reproduced, visit, language, seen):
    for path in every_page(reproduced, language):
        found = Axe().run(visit(path, **SEEN[seen]), options=RULES)
        assert found.violations_count == 0, f"{path.parent.name}/{path.name}\n{found.generate_report()}"
        assert len(found.response["passes"]) > 10, path  # it did look


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_overview_says_what_each_report_asks_and_answers(reproduced, language):
    cards = soup(reproduced / f"index.{language}.html").find(class_="reports").find_all("article")
    assert [len(card.find_all("p")) for card in cards] == [2, 2, 2]
    assert all(len(line.get_text()) > 60 for card in cards for line in card.find_all("p"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_says_its_language_and_has_one_title(reproduced, language):
    for path in every_page(reproduced, language):
        page = soup(path)
        assert page.html["lang"] == language
        (title,) = page.find_all("h1")
        assert page.title.get_text() == title.get_text()
        drawings = page.find_all("svg", class_="drawing")
        assert all(drawing["role"] == "img" and drawing["aria-label"].strip() for drawing in drawings)
        assert not page.find("img") and (drawings or path.name.startswith("index"))
        assert all(
            t.caption or (t.find_parent("details") and t["aria-label"]) for t in page.find_all("table")
        )
        assert all(cell.get("scope") for cell in page.find_all("th"))
        ids = [tag["id"] for tag in page.find_all(id=True)]
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("width", [320, 390])  # 1280 at 400 %, and a phone
@pytest.mark.parametrize("language", LANGUAGES)
def test_only_tables_scroll_sideways(reproduced, visit, language, width):
    for path in every_page(reproduced, language):
        page = visit(path, width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        wider = "[...document.querySelectorAll('table')].filter(t => !t.closest('.table')).length"
        assert page.evaluate(wider) == 0, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_table_is_cut_on_paper(reproduced, visit, language):
    """A4 within its margins: 673 px."""
    right = """names => Math.max(0, ...[...document.querySelectorAll(names)].map(
        t => t.getBoundingClientRect().right))"""
    for path in every_page(reproduced, language):
        page = visit(path, width=673)
        page.emulate_media(media="print")
        assert page.evaluate(right, "table, figure, svg") <= 673, path


def test_no_file_names_this_machine_or_is_large(reproduced):
    hidden = [str(ROOT), str(Path.home()), f"/home/{getpass.getuser()}", str(reproduced.parent)]
    files = [path for path in reproduced.rglob("*") if path.is_file() and path.suffix != ".pdf"]
    assert len(files) > 50
    for path in files:
        content = path.read_bytes()
        assert len(content) < (PAGE_MEGABYTES if path.suffix == ".html" else MEGABYTES) * 1e6, path
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
        page.locator("body > header a").first.click()
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_reports_lead_to_each_other_and_to_the_same_place_in_the_other_language(reproduced, language):
    reports, other = pages(reproduced, language)[1:], {"nl": "en", "en": "nl"}[language]
    for place, path in enumerate(reports):
        page = soup(path)
        near = {"previous": reports[max(place - 1, 0) : place], "next": reports[place + 1 : place + 2]}
        for kind, paths in near.items():
            links = [nav.find("a", class_=kind) for nav in page.find_all("nav", class_="pages")]
            assert [(path.parent / link["href"]).resolve() for link in links if link] == [
                p.resolve() for p in paths
            ] * 2
        places = [f"report.{other}.html#{heading['id']}" for heading in page.main.find_all(["h2", "h3"])]
        assert [a["href"] for a in page.main.find_all("a", hreflang=other)] == places
        ids = {tag["id"] for tag in soup(path.with_name(f"report.{other}.html")).find_all(id=True)}
        assert {address.partition("#")[2] for address in places} <= ids


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_and_table_has_a_number_a_source_and_its_files(reproduced, language):
    for path in pages(reproduced, language)[1:]:
        page = soup(path)
        shown = page.main.find_all(["figure"]) + page.main.find_all("div", class_="shown")
        numbers = [one.find(class_="label").get_text() for one in shown]
        assert len(numbers) == len(set(numbers)) > 5
        for one in shown:
            links = one.find("p", class_="source").find_all("a")
            assert len(links) == 2 and all((path.parent / link["href"]).is_file() for link in links), one[
                "id"
            ]
        workbook = page.footer.find("a", string=re.compile("xlsx$"))["href"]
        assert workbook == ("tables.xlsx" if language == "nl" else "tables.en.xlsx")


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_fit_at_the_width_of_a_laptop_and_no_word_is_cut(reproduced, visit, language):
    wider = """() => [...document.querySelectorAll('.table')].filter(t => t.scrollWidth > t.clientWidth + 1)
        .map(t => t.getAttribute('aria-label'))"""
    for path in every_page(reproduced, language):
        assert visit(path, width=1366).evaluate(wider) == [], path


def test_the_text_of_a_figure_is_text_and_can_be_read_on_a_phone(reproduced, visit):
    sizes = """() => [...document.querySelectorAll('svg.drawing text')].filter(t => t.checkVisibility())
        .map(t => parseFloat(getComputedStyle(t).fontSize) * t.ownerSVGElement.getScreenCTM().a)"""
    for path in pages(reproduced, "nl")[1:]:
        for width in (390, 1366):
            found = visit(path, width=width).evaluate(sizes)
            assert len(found) > 50 and min(found) > 9.5, f"{path} {width}: {min(found)}"


def test_contents_stay_in_view_on_a_laptop(reproduced, visit):
    page = visit(reproduced / "01_quant" / "report.nl.html", width=1366)
    page.locator("#s8").scroll_into_view_if_needed()
    expect(page.locator("#contents a").first).to_be_in_viewport()
    expect(page.locator("body > header a").first).to_be_in_viewport()


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
    heads = "[...document.querySelectorAll('#claims thead th')]"
    at = index.evaluate(f"{heads}.findIndex(head => head.dataset.key === 'power')")
    places = f"[...document.querySelectorAll('#claims tbody tr')].map(r => r.cells[{at}].dataset.value ?? '')"
    names = "[...document.querySelectorAll('#claims tbody tr')].map(row => row.id)"
    before = index.evaluate(names)
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
    assert index.evaluate(names) == before


def test_the_filter_is_in_the_address_and_in_that_of_the_other_language(index):
    index.locator("#f-verdict").select_option("possible")
    index.locator("#f-text").fill("97 a&b")
    expect(index).to_have_url(re.compile(r"#ledger&verdict=possible&text=97%20a%26b$"))
    index.locator("#f-text").fill("97")
    shown = index.locator("#claims tbody tr:not([hidden])").count()
    index.locator(".languages a").click()
    expect(index).to_have_url(re.compile(r"#ledger&verdict=possible&text=97$"))
    expect(index.locator("#f-text")).to_have_value("97")
    expect(index.locator("#f-verdict")).to_have_value("possible")
    assert abs(index.locator("#claims tbody tr:not([hidden])").count() - shown) < 0.2 * shown  # other words
    index.locator("#f-reset").click()
    assert index.url.endswith("#ledger") and index.said == []


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


def test_a_count_shows_the_claims_it_counts(index):
    links = index.locator(".tally a").all()
    assert len(links) > 8
    for link in links:
        count = re.sub(r"\D", "", link.locator("strong").inner_text())
        link.press("Enter")
        assert index.locator("#claims tbody tr:not([hidden])").count() == int(count)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_screen_says_what_came_out_and_where_to_read_on(reproduced, visit, language):
    page = visit(reproduced / f"index.{language}.html", width=1366, height=768)
    for part in (".lead p", ".figures a", ".reading a", "#contents a"):
        assert page.locator(part).count() >= 3, part
        bottoms = page.locator(part).evaluate_all("all => all.map(e => e.getBoundingClientRect().bottom)")
        assert max(bottoms) <= 768, part
    page.evaluate("window.scrollTo(0, 4000)")
    expect(page.locator("#contents a").first).to_be_in_viewport()


@pytest.mark.parametrize("language", LANGUAGES)
def test_verdicts_and_reasons_are_in_view_without_scrolling_sideways(reproduced, visit, language):
    wider = """() => [...document.querySelectorAll('.table')].filter(t => t.scrollWidth > t.clientWidth + 1)
        .map(t => t.getAttribute('aria-label'))"""
    for width in (390, 1366):
        page = visit(reproduced / f"index.{language}.html", width=width)
        assert page.evaluate(wider) == []
        ends = (
            page.locator("#claims tbody tr")
            .first.locator("td")
            .evaluate_all("all => all.slice(0, 2).map(e => e.getBoundingClientRect().right)")
        )
        assert max(ends) <= width


def test_the_whole_table_is_there_without_a_script(reproduced, visit):
    page = visit(reproduced / "index.nl.html", java_script_enabled=False)
    rows = page.locator("#claims tbody tr")
    assert rows.count() > 100
    assert all(row.is_visible() for row in (rows.first, rows.nth(60), rows.last))
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#rest")).to_be_hidden()


def test_paper_says_where_the_claims_are_instead_of_listing_them(index):
    expect(index.locator(".paper")).to_be_hidden()
    index.emulate_media(media="print")
    expect(index.locator(".paper")).to_be_visible()
    expect(index.locator("#claims")).to_be_hidden()
    expect(index.locator("#pointed")).to_be_hidden()


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
    expect(rest).to_be_hidden()
    expect(page.locator(".on-paper").first).to_be_visible()
