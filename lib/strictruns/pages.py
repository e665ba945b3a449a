"""An executed notebook as one HTML file: one language, no script, no address that a browser would fetch."""

import json
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from strictruns.markup import clean
from strictruns.notebooks import check_executed, open_notebook
from strictruns.project import Project
from strictruns.results import without_paths

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from nbformat import NotebookNode

STYLE = Path(__file__).parent / "template" / "style.css"
LANGUAGES = ("nl", "en")
DIVIDER = r"^---\s*$"  # between the two languages of a prose cell
SHOWN = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
ACTIVE = ["script", "noscript", "iframe", "object", "embed", "base", "form", "meta", "link"]
WIDE = 10  # columns from which a table is printed across the page
ADDRESSES = ("src", "srcset", "poster", "data", "href", "xlink:href", "action", "background")


def write_html(
    notebook: "NotebookNode | str | Path",
    path: str | Path,
    *,
    project: Project,
    language: str,
    with_code: bool = False,
    index: str = "",
) -> None:
    """Write an executed notebook as one self-contained HTML page.

    Parameters
    ----------
    notebook : NotebookNode, str or Path
        The notebook or its file. A prose cell holds its text in both languages, with a line `---` between
        them, or a text for both; cells tagged `remove` are left out.
    path : str or Path
        The page to write.
    project : Project
        Whose page it is: its name, version and legend are shown, its root is hidden.
    language : {"nl", "en"}
        Language of the page; the outputs should be in it already.
    with_code : bool
        Whether to keep the code, folded.
    index : str
        Address of the one other page that this one may link to, and does at its top.

    Raises
    ------
    ValueError
        If the language is unknown, a prose cell has more than two parts, a cell ended in an error, there is
        not exactly one level-1 heading in the language, or the page would hold a network address or a path
        of this machine.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language: expected one of {', '.join(LANGUAGES)}; found {language!r}")
    from bs4 import BeautifulSoup

    node = notebook
    if isinstance(notebook, str | Path):
        node = open_notebook(Path(notebook))
        check_executed(node, str(notebook))
    node = without_paths(node, project.root)
    node.cells = _cells_shown(node.cells, language, with_code)
    page = BeautifulSoup(_rendered(node, project, language, index), features="html.parser")
    _number_sections(page)
    _label_tables(page, read_words(language))
    _close(page, index)
    head, end, body = str(page).partition("</head>")  # the head is the template's own
    text = f"{head}{end}\n<body>\n{clean(body, index=index).strip()}\n</body>\n</html>\n"
    if (text := unbroken(text)) != without_paths(text, project.root):
        raise ValueError("page: expected no folder of this machine; found one that is written with escapes")
    Path(path).write_text(text, encoding="utf8", newline="\n")


def read_words(language: str) -> dict[str, str]:
    """Read what every page says around its contents, in one language."""
    words = json.loads(STYLE.with_name("words.json").read_text(encoding="utf8"))
    return {key: both[language] for key, both in words.items()}


def unbroken(text: str) -> str:
    """Put a no-break space between every number and its percent sign."""
    return re.sub(r"(?<=\d) %", "\N{NO-BREAK SPACE}%", text)


def _cells_shown(cells: list["NotebookNode"], language: str, with_code: bool) -> list["NotebookNode"]:
    """Keep prose in this language, and code without stderr and, unless it is wanted, without source."""
    kept = [c for c in cells if c.cell_type != "raw" and "remove" not in c.metadata.get("tags", ())]
    for cell in (cell for cell in kept if cell.cell_type == "markdown"):
        parts = re.split(DIVIDER, cell.source, flags=re.MULTILINE)
        if len(parts) > len(LANGUAGES):
            start = cell.source[:40]
            raise ValueError(f"prose cell {start!r}: expected one line ---; found {len(parts) - 1}")
        if len(parts) == len(LANGUAGES):
            cell.source = parts[LANGUAGES.index(language)].strip()
    for cell in (cell for cell in kept if cell.cell_type == "code"):
        if error := next((o for o in cell.outputs if o.output_type == "error"), None):
            raise ValueError(f"notebook: expected no errors; found {error.ename}: {error.evalue}")
        cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr" and not _is_style(o)]
        cell.source = cell.source if with_code else ""
        for kinds in (output.get("data") for output in cell.outputs if output.get("data")):
            if not set(kinds) & set(SHOWN):
                raise ValueError(
                    f"page: expected an output of a kind that can be shown; found {sorted(kinds)}"
                )
    return [cell for cell in kept if cell.source.strip() or cell.get("outputs")]


def _is_style(output: "NotebookNode") -> bool:
    """Whether an output does nothing but style the notebook in JupyterLab."""
    return re.fullmatch(r"<style>[^<]*</style>", str(output.get("data", {}).get("text/html", ""))) is not None


def _rendered(node: "NotebookNode", project: Project, language: str, index: str) -> str:
    from nbconvert.exporters.html import HTMLExporter
    from traitlets.config import Config

    exporter = HTMLExporter(
        config=Config({"NbConvertBase": {"display_data_priority": SHOWN}}),
        template_name="template",
        extra_template_basedirs=[str(STYLE.parents[1])],
        exclude_anchor_links=True,
        language_code=language,
    )
    resources = {
        "project": project,
        "words": read_words(language),
        "legend": project.legend(language) if project.legend else None,
        "index": index,
        "date": date.today().isoformat(),
        "rerun": node.metadata.get(project.name, {}).get("rerun", f"{project.name} reproduce"),
        "has_citation": (project.root / "CITATION.cff").is_file(),
    }
    return exporter.from_notebook_node(node, resources=resources)[0]


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
    """Let tables scroll by keyboard too, and say what each header cell is the header of."""
    for table in page.find_all("table"):
        label = table.caption.get_text(" ", strip=True) if table.caption else words["table"]
        frame = {"class": "table", "role": "region", "tabindex": "0", "aria-label": label}
        frame["class"] += " wide" if len(table.tr.find_all(["th", "td"])) >= WIDE else ""
        table.wrap(page.new_tag("div", attrs=frame))
        for cell in table.find_all("th"):
            if not cell.get_text(strip=True):
                cell.name = "td"
            elif not cell.get("scope"):
                cell["scope"] = "col" if cell.find_parent("thead") else "row"


def _close(page: "BeautifulSoup", index: str) -> None:
    """Drop scripts and links to files but the index; say which picture or style lies elsewhere.

    What is safe `markup.clean` decides; this is for who made the notebook.
    """
    for tag in page.body.find_all(ACTIVE):
        tag.decompose()
    kept = re.compile(rf"{re.escape(index)}(#[\w.-]+)?" if index else r"(?!)")
    for link in page.find_all("a", href=re.compile(r"^(?!#|https?:|mailto:)")):
        if not kept.fullmatch(link["href"]):
            link.unwrap()
    for tag in page.find_all(lambda tag: tag.name != "a"):
        for value in filter(None, map(tag.get, ADDRESSES)):
            if not value.startswith(("data:", "#")):
                raise ValueError(f"page: expected pictures inside the page; found {tag.name} {value[:80]!r}")
    styles = " ".join(
        [s.get_text() for s in page.find_all("style")] + [t["style"] for t in page.find_all(style=True)]
    )
    if fetched := re.search(r"@import|(?:url|image-set)\(\s*['\"]?(?!data:|#)[^)]{0,80}", styles):
        raise ValueError(f"page: expected no address in a style; found {fetched[0]!r}")
