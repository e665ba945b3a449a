"""Files of strangers, in memory: zip within limits, XML without entities, SQLite that stays as it is."""

import io
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

    Raises
    ------
    ValueError
        If it is not one, is damaged or encrypted, has too many files, or names one outside itself.
    """

    def __init__(self, path: Path):
        self.path, self.left = path, MAX_BYTES
        try:
            self._zip = zipfile.ZipFile(path)  # open as long as this is: its list of files is read once
        except (FileNotFoundError, PermissionError, IsADirectoryError):
            raise
        except DAMAGE as error:
            raise ValueError(f"{path}: expected a whole zip archive; found {error}") from error
        entries = [entry for entry in self._zip.infolist() if not entry.filename.endswith("/")]
        if len(entries) > MAX_ENTRIES:
            raise ValueError(f"{path}: expected at most {MAX_ENTRIES} files; found {len(entries)}")
        for entry in entries:
            self._check(entry)
        self.entries = {entry.filename.replace("\\", "/"): entry for entry in entries}
        if len(self.entries) < len(entries):
            raise ValueError(f"{path}: expected every file once; found one name twice")

    def _check(self, entry: zipfile.ZipInfo) -> None:
        """Raise when an entry leaves the archive, is locked or unpacks out of all proportion."""
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name.split("/")[0]:
            raise ValueError(f"{self.path}: expected files inside the archive; found {entry.filename!r}")
        if entry.flag_bits & 1:
            raise ValueError(f"{self.path}: expected an archive without password; found {name} locked")
        if entry.file_size > MEBIBYTE and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise ValueError(
                f"{self.path}: expected files that unpack to at most {MAX_RATIO} times their size; "
                f"found {name} with {entry.file_size} bytes from {entry.compress_size}"
            )

    def read(self, name: str) -> bytes:
        """Return one file; raise ValueError when it is damaged or together more than the limit."""
        entry = self.entries[name]
        if entry.file_size > self.left:
            raise ValueError(f"{self.path}: expected at most {MAX_BYTES} bytes of text; found more at {name}")
        try:
            with self._zip.open(entry) as file:
                data = file.read(self.left + 1)
        except DAMAGE as error:
            raise ValueError(f"{self.path}: expected a whole file {name}; found {error}") from error
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


def decode(data: bytes, where: str) -> tuple[str, bool]:
    r"""Return a text without its byte order mark, and whether it had one; UTF-16 needs the mark.

    Raises
    ------
    ValueError
        If the bytes are not in the encoding that the mark says, UTF-8 without.

    Examples
    --------
    >>> decode(b"\xef\xbb\xbfeen", "a.txt"), decode("één".encode("utf-16"), "b.txt")
    (('een', True), ('één', True))
    """
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    mark = wide or data[:3] == b"\xef\xbb\xbf"
    encoding = "utf-16" if wide else "utf-8-sig"
    try:
        return data.decode(encoding), mark
    except UnicodeDecodeError as error:
        raise ValueError(f"{where}: expected text in {encoding}; found {error.reason}") from error


def read_table(path: Path, what: str) -> pd.DataFrame:
    """Return a CSV with commas, semicolons or tabs, whichever its first line has most, all cells as text.

    Raises
    ------
    ValueError
        If it is empty, not UTF-8 or not rectangular; `what` says what was expected.
    """
    text, _ = decode(path.read_bytes(), str(path))
    sign = max(",;\t", key=text.partition("\n")[0].count)
    try:
        return pd.read_csv(io.StringIO(text, newline=""), dtype=str, keep_default_na=False, sep=sign)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ValueError(f"{path}: expected {what}; found {error}") from error


def is_sqlite(path: Path) -> bool:
    """Return whether a file begins as SQLite databases do."""
    with path.open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE


def open_sqlite(path: Path) -> sqlite3.Connection:
    """Open a database so that nothing is written, also not beside it.

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
