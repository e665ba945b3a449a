"""An executed notebook as one HTML file: one language, no script, no address that a browser would fetch."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from strictruns.markup import clean, own_address
from strictruns.notebooks import check_executed, open_notebook
from strictruns.parts import (
    hyphenated,
    inline_drawings,
    label_tables,
    link_files,
    link_sections,
    number_parts,
    number_sections,
    say_what_is_folded,
)
from strictruns.project import Project
from strictruns.results import without_paths
from strictruns.sections import arrange, is_publication_wanted

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from nbformat import NotebookNode

STYLE = Path(__file__).parent / "template" / "style.css"
LANGUAGES = ("nl", "en")
DIVIDER = r"^---\s*$"  # between the two languages of a prose cell
SHOWN = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
ACTIVE = ["script", "noscript", "iframe", "object", "embed", "base", "form", "meta", "link"]
ADDRESSES = ("src", "srcset", "poster", "data", "href", "xlink:href", "action", "background")


def write_html(
    notebook: "NotebookNode | str | Path",
    path: str | Path,
    *,
    project: Project,
    language: str,
    with_code: bool = False,
    index: str = "",
    links: Mapping[str, tuple[str, str]] | None = None,
    files: Mapping[str, str] | None = None,
) -> None:
    """Write an executed notebook as one self-contained HTML page.

    What it makes of a file of the user comes first on the page; made of imitated data it stands apart, on
    `demonstration.<language>.html` beside a `report.<language>.html`, see `sections.arrange`.

    Parameters
    ----------
    notebook : NotebookNode, str or Path
        The notebook or its file. A prose cell holds its text in both languages, with a line `---` between
        them, or a text for both; cells tagged `remove` are left out.
    path : str or Path
        The page to write. A demonstration has the same name with `demonstration` for `report`, or with
        `demonstration.` before it.
    project : Project
        Whose page it is: its name, version and legend are shown, its root is hidden.
    language : {"nl", "en"}
        Language of the page; the outputs should be in it already.
    with_code : bool
        Whether to keep the code, folded.
    index : str
        Address of the overview, which the page links to at its top and its text may link to.
    links : mapping of str to (str, str), optional
        Address and title of the `previous` and `next` page, and address and name of the page in another
        language, by its code.
    files : mapping of str to str, optional
        Name of a file as the notebook wrote it -> its address from the page; figures and tables with
        `data-files` are linked to theirs.

    Raises
    ------
    ValueError
        If the language is unknown, a prose cell has more than two parts, a cell ended in an error, there is
        not exactly one level-1 heading in the language, or the page would hold a network address or a path
        of this machine.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language: expected one of {', '.join(LANGUAGES)}; found {language!r}")
    node = notebook
    if isinstance(notebook, str | Path):
        node = open_notebook(Path(notebook))
        check_executed(node, str(notebook))
    node, path = without_paths(node, project.root), Path(path)
    publication = is_publication_wanted(node.cells)
    cells = _cells_shown(node.cells, language, with_code)
    node.cells, apart = arrange(cells, project.own_mark, publication=publication)
    if not publication:
        node.cells = _titled(node.cells, language)
    made, own = _Page(project, language, index, links or {}, files or {}), demonstration_name(path.name)
    made.write(node, path, {f"demonstration.{language}.html": own} if apart else {})
    if apart:
        words = read_words(language)
        title = words["demonstration.title"].format(title=_title(cells, language))
        from nbformat.v4 import new_markdown_cell

        node.cells = [new_markdown_cell(f"# {title}"), *apart]
        replace(made, links=made.apart(path.name), report=path.name).write(node, path.with_name(own), {})


def demonstration_name(report: str) -> str:
    """Return the name of the page that goes with a report.

    Examples
    --------
    >>> demonstration_name("report.nl.html"), demonstration_name("page.html")
    ('demonstration.nl.html', 'demonstration.page.html')
    """
    return f"demonstration.{report.removeprefix('report.')}"


@dataclass(frozen=True)
class _Page:
    """What a page has around the cells of its notebook; of a demonstration, the name of its `report`."""

    project: Project
    language: str
    index: str
    links: Mapping[str, tuple[str, str]]
    files: Mapping[str, str]
    report: str = ""

    def apart(self, report: str) -> dict[str, tuple[str, str]]:
        """Return the links of a demonstration: to itself in other languages, and to its report."""
        others = {k: (demonstration_name(a), word) for k, (a, word) in self.links.items() if k in LANGUAGES}
        return others | {"report": (report, "")}

    def write(self, node: "NotebookNode", path: Path, beside: Mapping[str, str]) -> None:
        """Write the cells of a notebook; `beside` has the pages that text may link to, and their names."""
        from bs4 import BeautifulSoup

        words = read_words(self.language)
        page = BeautifulSoup(self.rendered(node, words), features="html.parser")
        for link in page.find_all("a", href=True):
            address, sign, place = link["href"].partition("#")
            link["href"] = f"{beside.get(address, address)}{sign}{place}"
        own = [*filter(None, (self.index, self.report)), *beside.values()]
        _close(page, own)
        page = _cleaned(page, own)
        inline_drawings(page)
        number_sections(page)
        number_parts(page, words)
        label_tables(page, words)
        say_what_is_folded(page, words)
        link_sections(page, {key: self.links[key] for key in LANGUAGES if key in self.links}, words)
        _link_pages(page, self.links, words)
        link_files(page, self.files, words)
        if (text := unbroken(str(page))) != without_paths(text, self.project.root):
            raise ValueError(
                "page: expected no folder of this machine; found one that is written with escapes"
            )
        path.write_text(hyphenated(text, self.language), encoding="utf8", newline="\n")

    def rendered(self, node: "NotebookNode", words: Mapping[str, str]) -> str:
        """Return the page as nbconvert makes it with the template."""
        from nbconvert.exporters.html import HTMLExporter
        from traitlets.config import Config

        project = self.project
        exporter = HTMLExporter(
            config=Config({"NbConvertBase": {"display_data_priority": SHOWN}}),
            template_name="template",
            extra_template_basedirs=[str(STYLE.parents[1])],
            exclude_anchor_links=True,
            language_code=self.language,
        )
        resources = {
            "project": project,
            "words": words,
            "legend": project.legend(self.language) if project.legend else None,
            "index": self.index,
            "report": self.report,
            "rerun": node.metadata.get(project.name, {}).get("rerun", f"{project.name} reproduce"),
            "has_citation": (project.root / "CITATION.cff").is_file(),
        }
        return exporter.from_notebook_node(node, resources=resources)[0]


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


def _link_pages(page: "BeautifulSoup", links: Mapping[str, tuple[str, str]], words: dict[str, str]) -> None:
    """Link to the same page in another language and to the pages before and after it, at top and bottom."""
    for nav in page.find_all("nav", class_="pages"):
        for key in (key for key in ("report", "previous", "next", *LANGUAGES) if key in links):
            address, title = links[key]
            link = page.new_tag("a", href=address, attrs={"class": key})
            if key in LANGUAGES:
                link.attrs |= {"hreflang": key, "lang": key, "class": "language"}
                link.string = title
            else:
                link.string = f"{words[key]}: {title}" if title and nav.parent.name == "body" else words[key]
            nav.append(link)
            nav.append("\n")
        if not nav.a:
            nav.decompose()


def title_of(notebook: Path, language: str) -> str:
    """Read the title of a notebook in a language, or its name where it has none."""
    return _title(open_notebook(notebook).cells, language) or notebook.stem


def _titled(cells: list["NotebookNode"], language: str) -> list["NotebookNode"]:
    """Put a title before cells that have lost theirs: what their first section is called."""
    from nbformat.v4 import new_markdown_cell

    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    section = re.search(r"(?m)^## (?:\d+\. )?(.+)$", prose)
    if section is None or re.search("(?m)^# ", prose):
        return cells
    name = section[1][0].lower() + section[1][1:]
    return [new_markdown_cell(f"# {read_words(language)['own.title'].format(title=name)}"), *cells]


def _title(cells: Iterable["NotebookNode"], language: str) -> str:
    """Return the first level-1 heading in a language, or an empty string."""
    for cell in (cell for cell in cells if cell.cell_type == "markdown"):
        parts = re.split(DIVIDER, cell.source, flags=re.MULTILINE)
        text = parts[LANGUAGES.index(language)] if len(parts) == len(LANGUAGES) else parts[0]
        if found := re.search(r"^# +(.+)$", text, re.MULTILINE):
            return found[1].strip()
    return ""


def _cleaned(page: "BeautifulSoup", own: Collection[str]) -> "BeautifulSoup":
    """Return the page with only what `markup.clean` lets through; the head is the template's own."""
    from bs4 import BeautifulSoup

    head, end, body = str(page).partition("</head>")
    body = clean(body, own=own).strip()
    return BeautifulSoup(f"{head}{end}\n<body>\n{body}\n</body>\n</html>\n", features="html.parser")


def _close(page: "BeautifulSoup", own: Collection[str]) -> None:
    """Drop scripts and links to files but those of `own`; say which picture or style lies elsewhere.

    What is safe `markup.clean` decides; this is for who made the notebook.
    """
    for tag in page.body.find_all(ACTIVE):
        tag.decompose()
    kept = own_address(own)
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
