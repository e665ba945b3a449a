"""The sections of a notebook: those about a file of its user come first, or go to a page of their own."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

OWN_DATA = (
    "own-data"  # tag of a level-2 heading: its section shows what the notebook makes of a file of the user
)
WITHOUT_FILE = "without-file"  # tag of a cell that stands on the page only when there is no such file
PUBLICATION = (
    "publication"  # parameter: with such a file, whether the other sections follow; tag: goes with them
)


def arrange(
    cells: Sequence["NotebookNode"], mark: str, *, publication: bool
) -> tuple[list["NotebookNode"], list["NotebookNode"]]:
    """Divide the cells of a notebook over its report and its demonstration.

    Parameters
    ----------
    cells : sequence of NotebookNode
        Those that are shown, in one language. A level-2 heading opens a section; its cell is tagged
        `own-data` where the section is about a file of the user. The last section stays on both pages.
    mark : str
        Mark of what was computed from such a file, as outputs have it; without one nothing is moved.
    publication : bool
        Whether the other sections follow those about the file. If not, the prose before the first section and
        cells tagged `publication` are left out too.

    Returns
    -------
    list of NotebookNode
        The report. Where the sections about the file have the mark they come first.
    list of NotebookNode
        The demonstration: these sections where they do not have the mark; else empty.
    """
    opening, *sections = _sections(cells)
    body, last = sections[:-1], sections[-1:]
    own = [section for section in body if _has_tag(section[0], OWN_DATA)] if mark else []
    if not own:
        return list(cells), []
    others = [section for section in body if section not in own]
    if not any(_is_marked(cell, mark) for section in own for cell in section):
        apart = [cell for cell in _joined(*own, *last) if not _has_tag(cell, PUBLICATION)]
        return _joined(opening, *others, *last), apart
    left_out = {WITHOUT_FILE}
    if not publication:
        opening, others = [cell for cell in opening if cell.cell_type != "markdown"], []
        left_out.add(PUBLICATION)
    kept = _joined(opening, *own, *others, *last)
    return [cell for cell in kept if not left_out & set(cell.metadata.get("tags", ()))], []


def is_publication_wanted(cells: Sequence["NotebookNode"]) -> bool:
    """Read the parameter `publication` of an executed notebook: as declared, or as a run has set it."""
    wanted = True
    for cell in cells:
        if _has_tag(cell, "parameters") or _has_tag(cell, "injected-parameters"):
            lines = re.findall(rf"^{PUBLICATION}\b[^=\n]*=\s*(True|False)\b", cell.source, re.MULTILINE)
            wanted = lines[-1] == "True" if lines else wanted
    return wanted


def _sections(cells: Sequence["NotebookNode"]) -> Iterator[list["NotebookNode"]]:
    """Yield what stands before the first level-2 heading, then every section."""
    begins = [n for n, c in enumerate(cells) if c.cell_type == "markdown" and re.search("(?m)^## ", c.source)]
    for start, end in zip([0, *begins], [*begins, len(cells)], strict=True):
        yield list(cells[start:end])


def _joined(*parts: list["NotebookNode"]) -> list["NotebookNode"]:
    return [cell for part in parts for cell in part]


def _has_tag(cell: "NotebookNode", tag: str) -> bool:
    return tag in cell.metadata.get("tags", ())


def _is_marked(cell: "NotebookNode", mark: str) -> bool:
    """Whether an output of a cell has an element of the class of a mark."""
    texts = (str(output.get("data", {}).get("text/html", "")) for output in cell.get("outputs", ()))
    pattern = rf"""class=["'][^"'>]*(?<![\w-])evidence-{re.escape(mark)}(?![\w-])"""
    return any(re.search(pattern, text) for text in texts)
