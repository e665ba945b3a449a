"""A table as people read it: accessible HTML for page, JupyterLab and GitHub, and one workbook for all."""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd

from expect import inert, visible

WRITTEN = datetime(2021, 12, 1)  # what a workbook says of its own making, at every run
LONG, FIRST = 40, 12  # a table of more rows than LONG is folded after the FIRST
WORD = 13  # letters of a word that a column makes room for: longer ones are hyphenated
LABEL = 34  # letters of what a row is about
ONE_LINE = 17  # letters of a text that stands on one line
FLAG = "\N{BLACK RIGHT-POINTING SMALL TRIANGLE}"  # before a row that stands out: seen without colour too
PLAIN = ("text", "word")  # formats of columns that are words, not numbers
LEFT = ' style="text-align:left"'  # JupyterLab would put words to the right


@dataclass(frozen=True)
class Column:
    """One column of a table: its heading, and the format of its numbers (see `language.format_number`)."""

    heading: str
    format: str


def html_table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    *,
    caption: str,
    header: int = 0,
    flags: Sequence[bool] | None = None,
    more: str = "",
) -> str:
    """Write a table with caption, column and row headers; a long one folded after its first rows.

    Parameters
    ----------
    columns : sequence of Column
        Headings and formats.
    rows : sequence of sequence of str
        Cells as HTML.
    caption : str
        HTML.
    header : int
        Which column names the row.
    flags : sequence of bool, optional
        Rows that stand out, by colour and by a sign before their name.
    more : str
        What the fold of a long table says, with `{rows}` for how many it hides.

    Returns
    -------
    str
        A table; of a long one the first rows and those that stand out, then a second in a `details` element,
        without a caption of its own. The columns of both are equally wide.
    """
    flags = [False] * len(rows) if flags is None else list(flags)
    classes = [LEFT if column.format in PLAIN else ' class="number"' for column in columns]
    head = "".join(
        f'<th scope="col"{kind}>{html.escape(column.heading)}</th>'
        for column, kind in zip(columns, classes, strict=True)
    )
    body = [_row(cells, classes, header, flagged=flag) for cells, flag in zip(rows, flags, strict=True)]
    shown = [place < FIRST or flag or len(body) <= LONG for place, flag in enumerate(flags)]
    widths = _widths(columns, rows, header)
    seen = [row for row, first in zip(body, shown, strict=True) if first]
    text = _table(widths + f"<thead><tr>{head}</tr></thead>", seen, f"<caption>{caption}</caption>")
    if rest := [row for row, first in zip(body, shown, strict=True) if not first]:
        summary = html.escape(more.format(rows=len(rest)))
        table = _table(widths + f"<thead><tr>{head}</tr></thead>", rest)
        text += f'<details class="rest"><summary>{summary}</summary>{table}</details>'
    return text


def _table(head: str, body: Sequence[str], caption: str = "") -> str:
    return f"<table>{caption}{head}<tbody>{''.join(body)}</tbody></table>"


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], header: int) -> str:
    """Share the width over the columns: by the longest word, and by how much text there is."""
    weights = []
    for place, column in enumerate(columns):
        texts = [re.sub(r"<[^>]*>|&\w+;", "", row[place]) for row in rows] or [""]
        words = [word for text in texts for word in re.split(r"[\s-]+", text)]
        words += re.split(r"[\s-]+", column.heading)
        longest = min(WORD, max(map(len, words)))
        usual = sorted(map(len, texts))[-1 - len(texts) // 10]  # but for the longest tenth
        weight = max(longest, usual) if usual <= ONE_LINE else max(longest, min(60, usual**0.75))
        if place == header:  # a label on one line, if it is not long
            weight = max(weight, min(usual, LABEL))
        weights.append(max(1.1 * weight + 6, 16 if place == header else 9))
    shares = (f'<col style="width:{100 * weight / sum(weights):.1f}%">' for weight in weights)
    return f"<colgroup>{''.join(shares)}</colgroup>"


def _row(cells: Sequence[str], classes: Sequence[str], header: int, *, flagged: bool) -> str:
    tags = []
    for place, (cell, kind) in enumerate(zip(cells, classes, strict=True)):
        if place == header:
            tags.append(f'<th scope="row"{kind}>{f"{FLAG} " if flagged else ""}{cell}</th>')
        else:
            tags.append(f"<td{kind}>{cell}</td>")
    opening = '<tr class="flag" style="background:#fbe9e0">' if flagged else "<tr>"
    return f"{opening}{''.join(tags)}</tr>"


def write_workbook(path: Path, sheets: Mapping[str, pd.DataFrame]) -> None:
    """Write one sheet per table; the same tables give the same bytes.

    Parameters
    ----------
    path : Path
        The .xlsx file to write.
    sheets : mapping of str to DataFrame
        Name and table; a name is cut at the 31 characters that a sheet may have.
    """
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        for name, frame in sheets.items():
            _shown(frame, lambda text: visible(text, keep="\n\t")).to_excel(
                book, sheet_name=name[:31], index=False
            )
        for sheet in book.book.worksheets:
            sheet.freeze_panes = "A2"
            for column in sheet.columns:
                for cell in column:
                    if cell.data_type == "f":  # a text that looks like a formula
                        cell.data_type, cell.quotePrefix = "s", True
                width = max(len(str(cell.value or "")) for cell in column)
                sheet.column_dimensions[column[0].column_letter].width = min(width + 2, 60)
        book.book.properties.created = WRITTEN
    _make_stable(path)


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, its numbers as numbers and its texts so that no spreadsheet calculates them.

    Parameters
    ----------
    frame : DataFrame
        The table.
    path : Path
        The .csv file to write.  A text that would begin a formula begins with an apostrophe, see
        `expect.inert`.
    """
    _shown(frame, inert).to_csv(path, index=False, lineterminator="\n")


def _shown(frame: pd.DataFrame, how: Callable[[str], str]) -> pd.DataFrame:
    """Return the frame with every text in its cells and headings as `how` writes it."""
    texts = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name].dtype)]
    changed = {
        name: frame[name].map(lambda cell: how(cell) if isinstance(cell, str) else cell) for name in texts
    }
    return frame.assign(**changed).rename(columns=lambda name: how(str(name)))


def _make_stable(path: Path) -> None:
    """Write a workbook again with fixed dates inside."""
    with ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    changed = rb"(<dcterms:modified[^>]*>)[^<]*"
    parts["docProps/core.xml"] = re.sub(
        changed, rb"\g<1>%s" % f"{WRITTEN:%Y-%m-%dT%H:%M:%SZ}".encode(), parts["docProps/core.xml"]
    )
    with ZipFile(path, "w", ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(ZipInfo(name, WRITTEN.timetuple()[:6]), content, ZIP_DEFLATED)
