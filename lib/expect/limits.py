"""How much of a stranger's file is read at most, and what is a file at all.

With these limits every reader of the package stays within a gibibyte and some seconds; each is far above
what surveys and interviews need.
"""

import os
import stat
from pathlib import Path

MEBIBYTE = 2**20
MAX_FILE = 256 * MEBIBYTE  # an archive or a database as it lies on the disk: only parts of it are read
MAX_WHOLE = 32 * MEBIBYTE  # a file that is read whole: text, XML, a notebook, an SPSS file
MAX_ENTRIES = 20_000  # files in one archive
MAX_UNPACKED = 128 * MEBIBYTE  # what is read of one archive or database, together
MAX_XML = 64 * MEBIBYTE  # of one XML text: 100,000 codings are 40
MAX_RATIO = 300  # unpacked against packed, for files above a mebibyte
MAX_ELEMENTS = 1_000_000  # of one XML text
MAX_DEPTH = 256  # of XML elements, of codes below codes
MAX_ROWS = 1_048_576  # of a table: those of a worksheet
MAX_COLUMNS = 5_000
MAX_CELLS = 10_000_000
MAX_SHEET_CELLS = 1_500_000  # of a workbook: reading them takes ten times as long

OTHERS = {
    stat.S_ISDIR: "a folder",
    stat.S_ISFIFO: "a pipe",
    stat.S_ISSOCK: "a socket",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
}


def check_file(path: Path, where: str | None = None, *, most: int = MAX_WHOLE) -> None:
    """Raise unless a path leads to a file that can be read and is not too large.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    where : str, optional
        What messages call it; its path when left out.
    most : int
        Bytes that it may have.

    Raises
    ------
    FileNotFoundError
        If there is none.
    ValueError
        If it is a folder, a pipe, a device or a loop of links, may not be read, or is larger.
    """
    where = where or str(path)
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{where}: expected a file; found none in {path.parent}") from error
    except (OSError, ValueError) as error:  # a loop of links, a name too long, a zero byte in it
        reason = getattr(error, "strerror", None) or error
        raise ValueError(f"{where}: expected a file; found a path that leads to none ({reason})") from error
    if not stat.S_ISREG(found.st_mode):
        kind = next((kind for test, kind in OTHERS.items() if test(found.st_mode)), "something else")
        raise ValueError(f"{where}: expected a file; found {kind}")
    if found.st_size > most:
        raise ValueError(
            f"{where}: expected a file of at most {most // MEBIBYTE} MiB; "
            f"found {-(-found.st_size // MEBIBYTE)} MiB"
        )
    if not os.access(path, os.R_OK):
        raise ValueError(f"{where}: expected a file that may be read; found one without that permission")


def read_file(path: Path, where: str | None = None) -> bytes:
    """Read a file whole, after `check_file`."""
    check_file(path, where)
    return path.read_bytes()


def check_table(where: str, rows: int, columns: int) -> None:
    """Raise unless a table has at most as many rows, columns and cells as are read."""
    for found, most, what in (
        (columns, MAX_COLUMNS, "columns"),
        (rows, MAX_ROWS, "rows"),
        (rows * columns, MAX_CELLS, "cells"),
    ):
        if found > most:
            raise ValueError(f"{where}: expected at most {most} {what} in a table; found more")
