"""Text of strangers as a table: its encoding, its delimiter, its records."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import islice

import numpy as np
import pandas as pd

from expect.arguments import rows_named
from expect.limits import check_table

MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
DELIMITERS = ",;\t"
HEAD = re.compile(r"(?:sep=([^\w\s\"']|\t)\r?\n)?(?:\r?\n)*")  # what Excel reads above a table; blank lines
SAMPLE = 20  # records that decide the delimiter


def decode(data: bytes, where: str) -> tuple[str, bool]:
    r"""Return a text without its byte order mark, and whether it had one; without one it is UTF-8.

    For texts in which positions count: nothing is guessed.

    Raises
    ------
    ValueError
        If the bytes are not in the encoding of the mark, or without a mark not in UTF-8.

    Examples
    --------
    >>> decode(b"\xef\xbb\xbfeen", "a.txt"), decode("\ufeffeen".encode("utf-16-be"), "b.txt")
    (('een', True), ('een', True))
    """
    text, _, basis = _decoded(data, where, [("utf-8", "valid")])
    return text, basis == "byte order mark"


def decode_table(data: bytes, where: str) -> tuple[str, str]:
    r"""Return the text of a table and its encoding, with how that was decided.

    Spreadsheet programs still write windows-1252 and UTF-16 without saying so.

    Raises
    ------
    ValueError
        If no encoding fits.

    Examples
    --------
    >>> decode_table("één".encode("cp1252"), "a.csv")
    ('één', 'windows-1252 (not UTF-8)')
    """
    wide = wide_encoding(data)
    guesses = [("utf-8", "valid"), ("windows-1252", "not UTF-8")]
    text, encoding, basis = _decoded(data, where, [(wide, "every other byte is zero")] if wide else guesses)
    return text, f"{encoding} ({basis})"


def wide_encoding(data: bytes) -> str | None:
    """Return the variant of UTF-16 that bytes without a byte order mark seem to be in, or None."""
    even, odd = data[:400:2], data[1:400:2]
    if odd.count(0) > 0.8 * len(odd) and not even.count(0):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > 0.8 * len(even) and not odd.count(0) else None


def _decoded(data: bytes, where: str, guesses: Sequence[tuple[str, str]]) -> tuple[str, str, str]:
    mark = next((mark for mark in MARKS if data.startswith(mark)), b"")
    tried = [(MARKS[mark], "byte order mark")] if mark else guesses
    for encoding, basis in tried:
        try:
            return data[len(mark) :].decode(encoding), encoding, basis
        except UnicodeDecodeError as error:
            place = error.start + len(mark) + 1
    names = " or ".join(name.upper() if name.startswith("utf") else name for name, _ in tried)
    raise ValueError(f"{where}: expected text in {names}; found byte {place} that does not fit")


def plain(text: object) -> str:
    r"""Return text for comparison: no case, one space for any white space, no hard spaces.

    Examples
    --------
    >>> plain(" Zeer\u00a0eens\n ")
    'zeer eens'
    """
    return " ".join(unicodedata.normalize("NFKC", str(text)).split()).casefold()


class TextTable:
    r"""A table in delimited text.

    The delimiter is what a line `sep=;` above the table says, else the comma, semicolon or tab that cuts the
    first records into the most columns of equal number.

    Parameters
    ----------
    data : bytes
        The whole file.
    where : str
        What messages call it.

    Attributes
    ----------
    encoding, delimiter : str
        As decided, the encoding with its reason.
    above : int
        Lines above the first record: `sep=;`, and blank ones.

    Raises
    ------
    ValueError
        If no encoding fits, there is a zero byte, or a quote never closes whatever the delimiter.

    Examples
    --------
    >>> table = TextTable(b'sep=;\nname;n\n"Jansen; J.";3\n', "a.csv")
    >>> table.delimiter, list(table.records())
    (';', [(2, ['name', 'n']), (3, ['Jansen; J.', '3'])])
    """

    def __init__(self, data: bytes, where: str):
        text, self.encoding = decode_table(data, where)
        if (place := text.find("\0")) >= 0:
            line = text.count("\n", 0, place) + 1
            raise ValueError(f"{where}: expected text; found a zero byte in line {line}: the file is damaged")
        self.where = where
        head = HEAD.match(text)
        self.above = head[0].count("\n")
        self._stream = StringIO(text[head.end() :], newline="")
        self.delimiter = head[1] or self._find_delimiter()

    @property
    def details(self) -> dict[str, str]:
        """How the file was read, for a report."""
        return {"encoding": self.encoding, "delimiter": {"\t": "tab"}.get(self.delimiter, self.delimiter)}

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each record with the line it begins on; raise ValueError at a quote that never closes."""
        return self._records(self.delimiter)

    def cells(self, skip: int = 1) -> pd.DataFrame:
        """Return the records below the header as text, once each has as many cells as the first record.

        Parameters
        ----------
        skip : int
            Records above the cells.

        Returns
        -------
        pandas.DataFrame
            Columns 0, 1, ...; a blank line is a row of empty cells.

        Raises
        ------
        ValueError
            If a record is longer or shorter; names its row, counted in records as a spreadsheet does.
        """
        records = self.records()
        width = len(next(records)[1])
        skipped = sum(1 for _ in islice(records, skip - 1)) + 1
        start = self._stream.tell()
        widths = np.fromiter((len(record) for _, record in records), dtype=np.int32)
        if len(wrong := np.flatnonzero((widths != width) & (widths > 0))):
            where = rows_named(wrong + self.above + skipped + 1)
            raise ValueError(
                f"{self.where}: expected {width} cells in every row, as in the header; "
                f"found {widths[wrong[0]]} in {where}"
            )
        check_table(self.where, len(widths), width)
        if not len(widths):
            return pd.DataFrame(columns=range(width), dtype="str")
        self._stream.seek(start)
        as_text = {"dtype": "str", "keep_default_na": False, "na_filter": False, "skip_blank_lines": False}
        cells = pd.read_csv(self._stream, sep=self.delimiter, header=None, names=range(width), **as_text)
        if len(cells) != len(widths):
            raise ValueError(
                f"{self.where}: expected {len(widths)} records; found {len(cells)} on a second reading"
            )
        return cells

    def _records(self, delimiter: str) -> Iterator[tuple[int, list[str]]]:
        self._stream.seek(0)
        reader = csv.reader(self._stream, delimiter=delimiter, strict=True)
        number, line = 0, self.above + 1
        try:
            for record in reader:
                yield line, record
                number += 1
                line = self.above + reader.line_num + 1
        except csv.Error as error:
            raise ValueError(
                f"{self.where}: expected quotes in pairs; found a quote that is not closed or not escaped "
                f"in record {number + 1} ({error})"
            ) from error

    def _find_delimiter(self) -> str:
        """Return the delimiter with the largest share of equally long records, then the longest ones."""
        fits, broken = {}, []
        for delimiter in DELIMITERS:
            try:
                widths = [len(record) for _, record in islice(self._records(delimiter), SAMPLE) if record]
            except ValueError as error:
                broken.append(error)
                continue
            if widths and widths[0] > 1:
                fits[delimiter] = (sum(width == widths[0] for width in widths) / len(widths), widths[0])
        if broken and not fits:
            raise broken[0]
        return max(fits, key=fits.get) if fits else ","
