"""Survey tables in sheets: which sheet, which row is the header, what is hidden, what stands above."""

import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np
import pandas as pd

from expect import Archive, plain, read_sheets, read_xml, rows_named
from surveyfiles.kinds import SurveyError, SurveyFile, unique_names
from surveyfiles.wording import question_forms

TOP = 40  # rows among which the header is looked for
HEADER_SHARE = 0.8  # of the widest row that a header fills at least, where no name is known
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
HIDDEN_ROW = re.compile(rb'<row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*\br="(\d+)"')

Rows = dict[int, tuple]


def read_workbook(
    path: Path, header, *, sheet: str = "", header_row: int = 0, known: Collection[str] = ()
) -> SurveyFile:
    """Read a workbook.

    Parameters
    ----------
    path : Path
        An .xlsx file.
    header : callable
        What the rows at the top are: returns format, names, labels, height from their texts.
    sheet : str
        Title of the sheet; empty: the one that holds most names of `known`, else the first visible one.
    header_row : int
        Row of the header; 0: found in the same way.
    known : collection of str
        Names and labels to know a header by, plain.
    """
    sheets = {title: rows for title, rows in read_sheets(path, path.name) if rows}
    if not sheets:
        raise SurveyError(f"{path.name}: expected a survey; found only empty sheets")
    hidden_rows, hidden_sheets = _hidden(path)
    title = _choose(path.name, sheets, sheet, hidden_sheets, known)
    file = _table(path.name, title, sheets[title], header_row, (header, known))
    file.details["sheet"] = f"{title} (of {len(sheets)})"
    return replace(file, path=path, hidden=frozenset(hidden_rows.get(title, ())))


def _table(name: str, title: str, rows: Rows, header_row: int, by: tuple) -> SurveyFile:
    """Return the table of a sheet; its header is known `by` a function and by names."""
    header, known = by
    top = header_row or _top(rows, header, known)
    if top not in rows:
        raise SurveyError(f"{name}: expected a header in row {top} of sheet {title!r}; found an empty row")
    texts = [_texts(rows.get(number, ())) for number in range(top, top + 3)]
    kind, names, labels, height = header(_whole(texts, _texts(rows.get(top - 1, ()))))
    if height == 1 and is_header(texts[1], known):
        labels, height = [*texts[1], *[""] * len(names)][: len(names)], 2
    while names and not names[-1]:
        names, labels = names[:-1], labels[:-1]
    above = [number for number in rows if number < top]
    records = {n: rows.get(n, ()) for n in range(top + height, max(rows) + 1)}
    _check_width(name, title, top, len(names), records)
    filled = [[*record[: len(names)], *[None] * (len(names) - len(record))] for record in records.values()]
    names, repeated = unique_names(names)
    said = {"header in row": f"{top}; above it, not read: {rows_named(above)}"} if above else {}
    return SurveyFile(
        Path(name),
        "xlsx" if kind == "csv" else kind,
        pd.DataFrame(filled, columns=names, dtype=object),
        np.array(list(records), dtype=int),
        labels=dict(zip(names, labels, strict=True)),
        details={"sheet": title, "header rows": str(height)} | said,
        duplicates=repeated,
    )


def _top(rows: Rows, header, known: Collection[str]) -> int:
    """Return the row of the header: the first where a survey program's own header stands there."""
    first = min(rows)
    head = _whole([_texts(rows.get(number, ())) for number in range(first, first + 3)], [])
    return first if header(head)[0] != "csv" else find_header(rows, known)


def _texts(row: tuple) -> list[str]:
    return [f"{cell:.15g}" if isinstance(cell, float) else " ".join(str(cell or "").split()) for cell in row]


def _whole(texts: list[list[str]], above: list[str]) -> list[list[str]]:
    """Return the header with names from the row above where cells were merged over both, all of one width."""
    head = texts[0]
    head = [name or (above[i] if i < len(above) else "") for i, name in enumerate(head)]
    width = max(map(len, texts))
    return [[*text, *[""] * (width - len(text))] for text in [head, *texts[1:]]]


def _check_width(name: str, title: str, top: int, width: int, records: Rows) -> None:
    wide = [n for n, record in records.items() if any(cell is not None for cell in record[width:])]
    if wide:
        raise SurveyError(
            f"{name}: expected {width} columns, as in the header; "
            f"found a value right of it in {rows_named(wide)}; the header was taken from row {top} of sheet "
            f"{title!r}: state another with header_row, or remove what stands beside the table"
        )


# --- which sheet, which row -------------------------------------------------------------------------------


def _hits(row: tuple, known: Collection[str], met: dict[str, frozenset[str]]) -> int:
    """Return how many names and labels that are known stand in a row; `met` remembers cells."""
    texts = [cell for cell in row if isinstance(cell, str) and not cell.strip().isdecimal()]
    for text in texts:
        if text not in met:
            whole, parts = question_forms(text, text)
            met[text] = frozenset(form for form in [plain(text), *whole, *parts] if form in known)
    return len(frozenset().union(*(met[text] for text in texts)))


def is_header(record: list[str], known: Collection[str]) -> bool:
    """Return whether a row below names is one of questions: half of its cells or more are known."""
    texts = [text for text in record if text.strip()]
    return len(texts) > 1 and 2 * _hits(tuple(texts), known, {}) >= len(texts)


def _filled(rows: Rows, number: int) -> tuple:
    """Return a row, where it is empty with what stands right above: a name in cells merged over both."""
    row, above = rows[number], rows.get(number - 1, ())
    return tuple(
        above[i] if cell is None and i < len(above) and isinstance(above[i], str) else cell
        for i, cell in enumerate(row)
    )


def _are_names(above: tuple, questions: tuple) -> bool:
    """Return whether a row holds a name of its own for every question below it."""
    names = [cell for cell in above if isinstance(cell, str) and cell.strip()]
    asked = [cell for cell in questions if cell is not None]
    return len(asked) > 1 and len(names) >= len(asked) and len(set(names)) == len(names) == len(above)


def find_header(rows: Rows, known: Collection[str]) -> int:
    """Return the row that holds the header.

    Parameters
    ----------
    rows : dict of int to tuple
        Rows that hold something, by number.
    known : collection of str
        Names and labels that a header may hold, plain.

    Returns
    -------
    int
        The row with most known names; without any, the first of texts alone that is about as wide as the
        table; else the first row.
    """
    first, met = list(rows)[:TOP], {}
    hits = {number: _hits(_filled(rows, number), known, met) for number in first}
    if hits and max(hits.values()):
        best = max(first, key=lambda number: (hits[number], -number))
        return best - 1 if _are_names(rows.get(best - 1, ()), rows[best]) else best
    filled = {number: [cell for cell in rows[number] if cell is not None] for number in first}
    widest = max(map(len, filled.values()), default=0)
    for number in first:
        if (
            all(isinstance(cell, str) for cell in filled[number])
            and len(filled[number]) >= HEADER_SHARE * widest
        ):
            return number
    return first[0]


def _choose(name: str, sheets: dict[str, Rows], wanted: str, hidden: set[str], known: Collection[str]) -> str:
    """Return the title of the sheet to read."""
    listed = ", ".join(map(repr, sheets))
    if wanted:
        found = [title for title in sheets if plain(title) == plain(wanted)]
        if not found:
            raise SurveyError(f"{name}: sheet: expected one of {listed}; found {wanted!r}")
        return found[0]
    visible = [title for title in sheets if title not in hidden] or list(sheets)
    hits = {title: _hits(sheets[title][find_header(sheets[title], known)], known, {}) for title in visible}
    best = max(hits.values())
    if not best:
        return visible[0]
    rivals = [title for title, n in hits.items() if 2 * n > best and len(sheets[title]) > 1]
    rivals.sort(key=lambda title: -len(sheets[title]))
    if len(rivals) > 1:
        raise SurveyError(
            f"{name}: expected answers in one sheet; found them in {', '.join(map(repr, rivals))}; "
            f"state which one with sheet (--sheet {rivals[0]!r})"
        )
    return max(visible, key=hits.get)


def _hidden(path: Path) -> tuple[dict[str, set[int]], set[str]]:
    """Return the hidden rows of each sheet, filtered ones too, and the hidden sheets."""
    archive = Archive(path, kind="Excel workbook", where=path.name)
    links = _xml(archive, "xl/_rels/workbook.xml.rels")
    targets = {link.get("Id"): link.get("Target", "") for link in links} if links is not None else {}
    rows, sheets = {}, set()
    book = _xml(archive, "xl/workbook.xml")
    for sheet in book.iter(f"{MAIN}sheet") if book is not None else ():
        title = sheet.get("name", "")
        if sheet.get("state", "visible") != "visible":
            sheets.add(title)
        target = targets.get(sheet.get(RELATION), "").lstrip("/")
        place = target if target.startswith("xl/") else f"xl/{target}"
        if place in archive.entries:
            rows[title] = {int(number) for number in HIDDEN_ROW.findall(archive.read(place))}
    return rows, sheets


def _xml(archive: Archive, place: str) -> Element | None:
    return read_xml(archive.read(place), archive.where) if place in archive.entries else None
