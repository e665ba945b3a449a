"""An executed notebook as one HTML file: one language, no script, no address that a browser would fetch."""

import json
import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loopbaanchecks import __version__
from strictruns.results import without_paths

# JupyterLab brings rfc3987_syntax; where that is found, jsonschema builds a URI grammar when first imported:
# 1.1 s per process, for a check no notebook needs. runs.py comes through here before it imports papermill.
sys.modules.setdefault("rfc3987_syntax", None)

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from nbformat import NotebookNode

TEMPLATE = Path(__file__).parent / "template"
LANGUAGES = ("nl", "en")
SHOWN = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
ACTIVE = ["script", "noscript", "iframe", "object", "embed", "base", "form", "meta", "link"]
WIDE = 12  # columns from which a table is printed across the page
ADDRESSES = ("src", "srcset", "poster", "data", "href", "xlink:href", "action", "background")


def write_html(
    notebook: "NotebookNode | str | Path",
    path: str | Path,
    *,
    language: str,
    with_code: bool = False,
    overview: bool = False,
) -> None:
    """Write an executed notebook as one self-contained HTML page.

    Parameters
    ----------
    notebook : NotebookNode, str or Path
        The notebook or its file. Cells tagged with the other language or `remove` are left out.
    path : str or Path
        The page to write.
    language : {"nl", "en"}
        Language of the page; the outputs should be in it already.
    with_code : bool
        Whether to keep the code, folded.
    overview : bool
        Whether the overview of a run stands one folder up: the page then links to it and to its claims.

    Raises
    ------
    ValueError
        If the language is unknown, a cell ended in an error, there is not exactly one level-1 heading in
        the language, or the page would hold a network address or a path of this machine.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language: expected one of {', '.join(LANGUAGES)}; found {language!r}")
    import nbformat
    from bs4 import BeautifulSoup

    node = nbformat.read(notebook, as_version=4) if isinstance(notebook, str | Path) else notebook
    node = without_paths(node)
    node.cells = _cells(node.cells, language, with_code)
    words = read_words(language)
    facts = {"words": words, "overview": overview, **node.metadata.get("loopbaanchecks", {})}
    page = BeautifulSoup(_rendered(node, facts, language), features="html.parser")
    _number_sections(page)
    _label_tables(page, words)
    _close(page, f"../index.{language}.html" if overview else "")
    if (text := unbroken(str(page))) != without_paths(text):
        raise ValueError("page: expected no folder of this machine; found one that is written with escapes")
    Path(path).write_text(text, encoding="utf8", newline="\n")


def read_words(language: str) -> dict[str, str]:
    """Return what every page says around its contents, in one language."""
    words = json.loads((TEMPLATE / "words.json").read_text(encoding="utf8"))
    return {key: both[language] for key, both in words.items()}


def unbroken(text: str) -> str:
    """Return text in which no line can end between a number and its percent sign."""
    return re.sub(r"(?<=\d) %", "\N{NO-BREAK SPACE}%", text)


def _cells(cells: list["NotebookNode"], language: str, with_code: bool) -> list["NotebookNode"]:
    """Return what the page shows: cells of this language, without source (unless wanted) and stderr."""
    hidden = {"remove", *LANGUAGES} - {language}
    kept = [c for c in cells if c.cell_type != "raw" and not hidden & set(c.metadata.get("tags", ()))]
    for cell in (cell for cell in kept if cell.cell_type == "code"):
        if error := next((o for o in cell.outputs if o.output_type == "error"), None):
            raise ValueError(f"notebook: expected no errors; found {error.ename}: {error.evalue}")
        cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
        cell.source = cell.source if with_code else ""
    return [cell for cell in kept if cell.source.strip() or cell.get("outputs")]


def _rendered(node: "NotebookNode", facts: dict[str, Any], language: str) -> str:
    """Return the page as nbconvert makes it from the template of this package."""
    from nbconvert.exporters.html import HTMLExporter
    from traitlets.config import Config

    exporter = HTMLExporter(
        config=Config({"NbConvertBase": {"display_data_priority": SHOWN}}),
        template_name="template",
        extra_template_basedirs=[str(Path(__file__).parent)],
        exclude_anchor_links=True,
        language_code=language,
    )
    run = {"date": date.today().isoformat(), "rerun": "loopbaanchecks reproduce", "version": __version__}
    return exporter.from_notebook_node(node, resources=run | facts)[0]


def _number_sections(page: "BeautifulSoup") -> None:
    """Give sections a number, the table of contents its lines, and the page its title."""
    titles = page.find_all("h1")
    if len(titles) != 1:
        raise ValueError(f"notebook: expected one level-1 heading in the language; found {len(titles)}")
    page.title.string = titles[0].get_text()
    for number, heading in enumerate(page.main.find_all("h2"), start=1):
        for first in heading.find_all(string=True, limit=1):
            first.replace_with(re.sub(r"^\d+[.)]?\s+", "", first))
        entry = page.new_tag("li")
        entry.append(page.new_tag("a", href=f"#s{number}", string=heading.get_text()))
        page.find("nav", id="contents").ol.append(entry)
        heading["id"] = f"s{number}"
        heading.insert(0, f"{number}. ")


def _label_tables(page: "BeautifulSoup", words: dict[str, str]) -> None:
    """Let tables scroll by keyboard too, fold long ones, and say what each header cell is the header of."""
    for table in page.find_all("table"):
        label = table.caption.get_text(" ", strip=True) if table.caption else words["table"]
        frame = {"class": "table", "role": "region", "tabindex": "0", "aria-label": label}
        frame["class"] += " wide" if len(table.tr.find_all(["th", "td"])) >= WIDE else ""
        table.wrap(page.new_tag("div", attrs=frame))
        if rest := table.find("tbody", class_="rest"):
            count = len(table.find("tbody").find_all("tr")) + len(rest.find_all("tr"))
            fold = page.new_tag("details", attrs={"class": "fold"})
            fold.append(page.new_tag("summary", string=words["fold"].format(rows=count)))
            table.parent.insert_before(fold)
        for cell in table.find_all("th"):
            if not cell.get_text(strip=True):
                cell.name = "td"
            elif not cell.get("scope"):
                cell["scope"] = "col" if cell.find_parent("thead") else "row"


def _close(page: "BeautifulSoup", overview: str) -> None:
    """Drop scripts and links to files but the overview; raise for anything else a browser would fetch."""
    for tag in page.body.find_all(ACTIVE):
        tag.decompose()
    kept = re.compile(rf"{re.escape(overview)}(#claim-[\w.-]+)?") if overview else re.compile(r"(?!)")
    for link in page.find_all("a", href=re.compile(r"^(?!#|https?:|mailto:)")):
        if not kept.fullmatch(link["href"]):
            link.unwrap()
    for tag in page.find_all(lambda tag: tag.name != "a"):
        tag.attrs = {name: value for name, value in tag.attrs.items() if not name.startswith("on")}
        for value in filter(None, map(tag.get, ADDRESSES)):
            if not value.startswith(("data:", "#")):
                raise ValueError(f"page: expected pictures inside the page; found {tag.name} {value[:80]!r}")
    styles = " ".join(
        [s.get_text() for s in page.find_all("style")] + [t["style"] for t in page.find_all(style=True)]
    )
    if fetched := re.search(r"@import|url\(\s*['\"]?(?!data:|#)[^)]{0,80}", styles):
        raise ValueError(f"page: expected no address in a style; found {fetched[0]!r}")
