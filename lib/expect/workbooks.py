"""Worksheets of strangers: the cells of an .xlsx file, within the limits of an archive."""

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import ParseError

import openpyxl

from expect.files import DAMAGE, Archive
from expect.limits import MAX_ROWS, MAX_SHEET_CELLS

UNCOMPUTED = rb'<c r="([A-Z]+\d+)"[^<>]*><f[^<>]*(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>'

Row = tuple[str | float | None, ...]


def read_sheets(path: Path, where: str | None = None) -> list[tuple[str, dict[int, Row]]]:
    """Read the cells of a workbook.

    Parameters
    ----------
    path : pathlib.Path
        An .xlsx file.
    where : str, optional
        What messages call it; its path when left out.

    Returns
    -------
    list of (str, dict of int to tuple)
        Title of each sheet, and its rows that hold something by their number; a cell is text, a float (dates
        and truth values as text) or None.

    Raises
    ------
    ValueError
        If it is damaged, beyond the limits of an archive or of a worksheet, or holds formulas that were never
        calculated, which would read as empty.
    """
    where = where or str(path)
    archive, tags = Archive(path, kind="Excel workbook", where=where), 4 * MAX_SHEET_CELLS
    for name in sorted(archive.entries):
        data = archive.read(name)  # all of it, so that damage is met here
        tags -= data.count(b"<")  # a cell with a value has four
        if tags < 0:
            raise ValueError(f"{where}: expected at most {MAX_SHEET_CELLS} cells in a workbook; found more")
        if name.startswith("xl/worksheets/sheet") and (cells := re.findall(UNCOMPUTED, data)):
            raise ValueError(
                f"{where}: expected values; found formulas never calculated in "
                f"{', '.join(cell.decode() for cell in cells[:10])}; open and save it in a spreadsheet "
                "program first"
            )
    try:
        with warnings.catch_warnings(action="ignore"):  # they repeat what is in the file
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            sheets = [(sheet.title, dict(_rows(sheet))) for sheet in book.worksheets]
            book.close()
    except _TooMany as error:
        raise ValueError(f"{where}: expected at most {error} in a sheet; found more") from error
    except (*DAMAGE, ParseError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{where}: expected a whole Excel workbook; found one that is cut off or damaged ({error})"
        ) from error
    return sheets


class _TooMany(Exception):
    """More rows or cells than are read."""


def _rows(sheet) -> Iterator[tuple[int, Row]]:
    sheet.reset_dimensions()  # some programs state them wrongly, and rows beyond them would be lost
    cells = 0  # with those that are empty before the last one of a row
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        cells += len(row)
        if number > MAX_ROWS or cells > MAX_SHEET_CELLS:
            raise _TooMany(f"{MAX_ROWS} rows" if number > MAX_ROWS else f"{MAX_SHEET_CELLS} cells")
        if any(cell is not None for cell in row):
            yield number, tuple(map(_cell, row))


def _cell(value: object) -> str | float | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    return float(value) if isinstance(value, int | float) else str(value)
