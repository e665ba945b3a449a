"""Files of strangers: zip within limits, XML without entities, SQLite read-only, tables as text."""

import lzma
import sqlite3
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from urllib.parse import quote
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

import pandas as pd
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from expect import limits
from expect.arguments import rows_named
from expect.limits import MAX_FILE, MEBIBYTE, check_file, check_table, read_file
from expect.tables import TextTable, decode

__all__ = ["Archive", "decode", "is_sqlite", "open_sqlite", "read_rows", "read_table", "read_xml"]

DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError)
DAMAGE += (RuntimeError, ValueError, struct.error)  # what reading damaged archives raises, all of it
SQLITE = b"SQLite format 3\x00"
LISTED = b"PK\x01\x02"  # begins each line of an archive's list of files
MAX_STEPS = 1_000_000_000  # of a database, for all that is read of it


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
        If it is not one, is damaged or encrypted, too large, has too many files, or names one outside itself.
    """

    def __init__(self, path: Path, *, kind: str = "zip archive", where: str | None = None):
        self.path, self.where, self.left = path, where or str(path), limits.MAX_UNPACKED
        check_file(path, self.where, most=MAX_FILE)
        self._check_list()
        try:
            self._zip = zipfile.ZipFile(path)  # open as long as this is: its list of files is read once
        except DAMAGE as error:
            raise ValueError(
                f"{self.where}: expected a whole {kind}; found one that is cut off or damaged ({error})"
            ) from error
        listed = self._zip.infolist()
        if len(listed) > limits.MAX_ENTRIES:
            raise ValueError(
                f"{self.where}: expected at most {limits.MAX_ENTRIES} files; found {len(listed)}"
            )
        entries = [entry for entry in listed if not entry.filename.endswith("/")]
        for entry in entries:
            self._check(entry)
        self.entries = {entry.filename.replace("\\", "/"): entry for entry in entries}
        if len(self.entries) < len(entries):
            raise ValueError(f"{self.where}: expected every file once; found one name twice")

    def _check_list(self) -> None:
        """Raise before a list of files far too long is read; archives inside the archive count as well."""
        with self.path.open("rb") as file:
            listed = sum(block.count(LISTED) for block in iter(lambda: file.read(MEBIBYTE), b""))
        if listed > 10 * limits.MAX_ENTRIES:
            raise ValueError(f"{self.where}: expected at most {limits.MAX_ENTRIES} files; found {listed}")

    def _check(self, entry: zipfile.ZipInfo) -> None:
        """Raise when an entry leaves the archive, is locked or unpacks out of all proportion."""
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name.split("/")[0]:
            raise ValueError(f"{self.where}: expected files inside the archive; found {entry.filename!r}")
        if entry.flag_bits & 1:
            raise ValueError(f"{self.where}: expected an archive without password; found {name} locked")
        if entry.file_size > MEBIBYTE and entry.file_size > limits.MAX_RATIO * max(entry.compress_size, 1):
            raise ValueError(
                f"{self.where}: expected files that unpack to at most {limits.MAX_RATIO} times their size; "
                f"found {name} with {entry.file_size} bytes from {entry.compress_size}"
            )

    def read(self, name: str) -> bytes:
        """Return one file; raise ValueError if it is damaged or the archive is larger than the limit."""
        entry = self.entries[name]
        if entry.file_size > self.left:
            raise ValueError(
                f"{self.where}: expected at most {limits.MAX_UNPACKED} bytes unpacked; found more at {name}"
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
        If it is not well formed, declares a document type or entities, or is beyond the limits of size,
        number of elements or depth.
    """
    if len(data) > limits.MAX_XML:
        raise ValueError(f"{where}: expected XML of at most {limits.MAX_XML} bytes; found {len(data)}")
    parser = DefusedXMLParser(target=_Builder(where), forbid_dtd=True)
    try:
        parser.feed(data)
        return parser.close()
    except _BeyondLimits:
        raise
    except DefusedXmlException as error:
        raise ValueError(
            f"{where}: expected XML without document type and entities; found {error}"
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise ValueError(f"{where}: expected well-formed XML; found {error}") from error


class _BeyondLimits(ValueError):
    """XML with more elements, or deeper ones, than are read."""


SEEN = 10_000  # values of attributes that are kept once


class _Builder(TreeBuilder):
    """Builds a tree of elements until it is too large."""

    def __init__(self, where: str):
        super().__init__()
        self.where, self.left, self.depth = where, limits.MAX_ELEMENTS, 0
        self.seen: dict[str, str] = {}  # values of attributes, of which most large files repeat a few

    def start(self, tag, attrs):
        self.left -= 1
        self.depth += 1
        if self.left < 0 or self.depth > limits.MAX_DEPTH:
            most, what = (
                (limits.MAX_ELEMENTS, "elements")
                if self.left < 0
                else (limits.MAX_DEPTH, "levels of elements")
            )
            raise _BeyondLimits(f"{self.where}: expected at most {most} {what} in XML; found more")
        if len(self.seen) < SEEN:
            return super().start(tag, {key: self.seen.setdefault(text, text) for key, text in attrs.items()})
        return super().start(tag, {key: self.seen.get(text, text) for key, text in attrs.items()})

    def end(self, tag):
        self.depth -= 1
        return super().end(tag)


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
    table = TextTable(read_file(path), str(path))
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
    check_table(str(path), len(texts), len(header))
    filled = [[*row, *[""] * len(header)][: len(header)] for row in texts.values()]
    return header, pd.DataFrame(filled, index=[number - 2 for number in texts], columns=header, dtype="str")


def is_sqlite(path: Path) -> bool:
    """Return whether a file begins as SQLite databases do."""
    check_file(path, most=MAX_FILE)
    with path.open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE


def open_sqlite(path: Path) -> sqlite3.Connection:
    """Open a database read-only, without the files that SQLite would put beside it.

    What it computes and how long its texts are is limited.

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
    base = sqlite3.connect(uri, uri=True)
    base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.MAX_WHOLE)
    base.execute("pragma trusted_schema = off")
    base.execute("pragma cell_size_check = on")
    left = iter(range(MAX_STEPS // MEBIBYTE))
    base.set_progress_handler(lambda: next(left, None) is None, MEBIBYTE)  # true interrupts it
    return base


def read_rows(base: sqlite3.Connection, table: str, where: str) -> list[dict]:
    """Read a table of a database, a dictionary per row; what is kept as bytes is read as text in UTF-8.

    Raises
    ------
    ValueError
        If it has more rows, or more text, than are read.
    sqlite3.DatabaseError
        If the database is damaged.
    """
    cursor = base.execute(f'select * from "{table}"')
    names, rows, left = [column[0] for column in cursor.description], [], limits.MAX_UNPACKED
    for row in cursor:
        left -= sum(len(value) for value in row if isinstance(value, str | bytes))
        if left < 0 or len(rows) == limits.MAX_ROWS:
            most = f"{limits.MAX_UNPACKED} characters" if left < 0 else f"{limits.MAX_ROWS} rows"
            raise ValueError(f"{where}: expected at most {most} in table {table}; found more")
        texts = [value.decode(errors="replace") if isinstance(value, bytes) else value for value in row]
        rows.append(dict(zip(names, texts, strict=True)))
    return rows
