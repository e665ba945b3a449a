"""Files of strangers: zip within limits, XML without entities, SQLite read-only, tables as text."""

import lzma
import sqlite3
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from urllib.parse import quote
from xml.etree.ElementTree import Element, ParseError

import pandas as pd
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from expect.arguments import rows_named
from expect.tables import TextTable, decode

__all__ = ["Archive", "decode", "is_sqlite", "open_sqlite", "read_table", "read_xml"]

MAX_ENTRIES = 20_000  # files in one archive
MAX_BYTES = 512 * 2**20  # unpacked text of one archive, together
MAX_RATIO = 300  # unpacked against packed, for files above a mebibyte
MEBIBYTE = 2**20
DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError)
DAMAGE += (RuntimeError, ValueError, struct.error)  # what reading damaged archives raises, all of it
SQLITE = b"SQLite format 3\x00"


class Archive:
    """A zip archive whose files are read in memory, never unpacked to disk.

    Parameters
    ----------
    path : pathlib.Path
        A zip archive.
    kind : str
        What messages call such a file.
    where : str, optional
        What messages call this one; its path when left out.

    Raises
    ------
    ValueError
        If it is not one, is damaged or encrypted, has too many files, or names one outside itself.
    """

    def __init__(self, path: Path, *, kind: str = "zip archive", where: str | None = None):
        self.path, self.where, self.left = path, where or str(path), MAX_BYTES
        try:
            self._zip = zipfile.ZipFile(path)  # open as long as this is: its list of files is read once
        except (FileNotFoundError, PermissionError, IsADirectoryError):
            raise
        except DAMAGE as error:
            raise ValueError(
                f"{self.where}: expected a whole {kind}; found one that is cut off or damaged ({error})"
            ) from error
        entries = [entry for entry in self._zip.infolist() if not entry.filename.endswith("/")]
        if len(entries) > MAX_ENTRIES:
            raise ValueError(f"{self.where}: expected at most {MAX_ENTRIES} files; found {len(entries)}")
        for entry in entries:
            self._check(entry)
        self.entries = {entry.filename.replace("\\", "/"): entry for entry in entries}
        if len(self.entries) < len(entries):
            raise ValueError(f"{self.where}: expected every file once; found one name twice")

    def _check(self, entry: zipfile.ZipInfo) -> None:
        """Raise when an entry leaves the archive, is locked or unpacks out of all proportion."""
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name.split("/")[0]:
            raise ValueError(f"{self.where}: expected files inside the archive; found {entry.filename!r}")
        if entry.flag_bits & 1:
            raise ValueError(f"{self.where}: expected an archive without password; found {name} locked")
        if entry.file_size > MEBIBYTE and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise ValueError(
                f"{self.where}: expected files that unpack to at most {MAX_RATIO} times their size; "
                f"found {name} with {entry.file_size} bytes from {entry.compress_size}"
            )

    def read(self, name: str) -> bytes:
        """Return one file; raise ValueError if it is damaged or the archive is larger than the limit."""
        entry = self.entries[name]
        if entry.file_size > self.left:
            raise ValueError(
                f"{self.where}: expected at most {MAX_BYTES} bytes of text; found more at {name}"
            )
        try:
            with self._zip.open(entry) as file:
                data = file.read(self.left + 1)
        except DAMAGE as error:
            raise ValueError(f"{self.where}: expected a whole file {name}; found {error}") from error
        self.left -= len(data)
        return data


def read_xml(data: bytes, where: str) -> Element:
    """Return the root of an XML text.

    Raises
    ------
    ValueError
        If it is not well formed, or declares a document type or entities.
    """
    try:
        return fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise ValueError(
            f"{where}: expected XML without document type and entities; found {error}"
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise ValueError(f"{where}: expected well-formed XML; found {error}") from error


def read_table(path: Path, what: str) -> pd.DataFrame:
    """Read a table with one header row, all cells as text.

    Parameters
    ----------
    path : pathlib.Path
        Delimited text in any encoding and with any delimiter that `TextTable` knows, or an .xlsx file, of
        which the first sheet that holds something is read.
    what : str
        What was expected, such as "a table of codings".

    Returns
    -------
    pandas.DataFrame
        Without blank rows; the index plus 2 is the row in the file.

    Raises
    ------
    ValueError
        If there is no header, a column name is there twice, a row is longer or shorter than the header, or
        the file cannot be read as text or as a workbook.
    """
    header, cells = _sheet_cells(path) if path.suffix.lower() == ".xlsx" else _text_cells(path)
    if not any(header):
        raise ValueError(f"{path}: expected {what}; found an empty file")
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise ValueError(f"{path}: expected {what} with each column once; found {', '.join(twice)} again")
    cells.columns = header
    return cells[(cells != "").any(axis=1)]


def _text_cells(path: Path) -> tuple[list[str], pd.DataFrame]:
    table = TextTable(path.read_bytes(), str(path))
    _, header = next(table.records(), (1, []))
    cells = table.cells() if header else pd.DataFrame()
    return header, cells.set_axis(cells.index + table.above)


def _sheet_cells(path: Path) -> tuple[list[str], pd.DataFrame]:
    from expect.workbooks import read_sheets  # openpyxl is slow to import, and few tables need it

    rows = next((rows for _, rows in read_sheets(path) if rows), {})
    texts = {
        number: ["" if cell is None else f"{cell:.15g}" if isinstance(cell, float) else cell for cell in row]
        for number, row in rows.items()
    }
    header = texts.pop(min(texts, default=0), [])
    while header and not header[-1]:
        header.pop()
    if wide := [number for number, row in texts.items() if any(row[len(header) :])]:
        raise ValueError(
            f"{path}: expected {len(header)} columns, as in the header; found a value right of it in "
            f"{rows_named(wide)}"
        )
    filled = [[*row, *[""] * len(header)][: len(header)] for row in texts.values()]
    return header, pd.DataFrame(filled, index=[number - 2 for number in texts], columns=header, dtype="str")


def is_sqlite(path: Path) -> bool:
    """Return whether a file begins as SQLite databases do."""
    with path.open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE


def open_sqlite(path: Path) -> sqlite3.Connection:
    """Open a database read-only, without the files that SQLite would put beside it.

    Raises
    ------
    ValueError
        If it is not a database, or a program still has changes to write (a file ending in -wal or -journal).
    """
    if not is_sqlite(path):
        raise ValueError(f"{path}: expected an SQLite database; found another signature")
    for ending in ("-wal", "-journal"):
        beside = path.with_name(path.name + ending)
        if beside.exists() and beside.stat().st_size:
            raise ValueError(
                f"{path}: expected a closed database; found {beside.name}: close the program first"
            )
    uri = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    return sqlite3.connect(uri, uri=True)
