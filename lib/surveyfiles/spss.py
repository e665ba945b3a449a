"""An SPSS file walked through before anything interprets it: its parts are whole, and agree with its length.

The reader of SPSS files takes lengths and counts in a file at their word; one changed byte then costs
gigabytes.  Here every record of the dictionary is followed to its end, and the cells of the data are counted.
Source: the PSPP developers' guide, "System file format".
"""

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from expect import check_table, read_file
from expect.limits import MAX_UNPACKED

HEADER, VARIABLE, LABELS, LABELLED, DOCUMENT, EXTENSION, END = 176, 2, 3, 4, 6, 7, 999
WEIGHT_AT, LONG_NAMES = 76, 13  # where the weight variable is stated; the record of long names
UNCOUNTED = -1  # where a file states its number of cases
TEXTS = (1, 2)  # formats of variables that hold text
SKIP, LAST, RAW = 0, 252, 253  # bytes of compressed data: nothing, the end, a cell follows


class _Cut(ValueError):
    """A file that ends before, or goes on after, what it says of itself."""


@dataclass
class Dictionary:
    """What the head of an SPSS file says; a case has `width` cells of eight bytes in `columns` variables.

    `weight` is the variable that it is weighted by, which pyreadstat does not tell; "" if none.
    """

    order: str  # "<" or ">"
    compression: int
    cases: int
    width: int
    columns: int
    end: int  # where the data begin
    weight: str = ""


def check_spss(path: Path) -> Dictionary:
    """Raise unless the parts of a .sav or .zsav file are whole and within the limits.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Dictionary
        What its head says.

    Raises
    ------
    ValueError
        If a record or the data end early, a count cannot be, or there are more cells than are read.
    """
    data = read_file(path, path.name)
    try:
        found = read_dictionary(data)
        check_table(path.name, max(found.cases, 0), found.columns)
        _check_cells(data, found, path.name)
    except (_Cut, struct.error, zlib.error) as error:
        raise ValueError(
            f"{path.name}: expected a whole SPSS file; found one that is cut off or damaged ({error})"
        ) from error
    return found


def read_dictionary(data: bytes) -> Dictionary:
    """Read the head of an SPSS file and follow its records to where the data begin."""
    order = next((order for order in "<>" if struct.unpack_from(f"{order}i", data, 64)[0] in (2, 3)), None)
    if order is None:
        raise _Cut("no byte order")
    head = _Head(data, order)
    compression, cases = head.number(72), head.number(80)
    if compression not in (0, 1, 2) or cases < UNCOUNTED:
        raise _Cut(f"compression {compression}, {cases} cases")
    head.follow()
    columns = sum(width >= 0 for width in head.widths)
    if not columns:
        raise _Cut("no variables")
    return Dictionary(order, compression, cases, len(head.widths), columns, head.place, head.weight)


class _Head:
    """The records of a dictionary, followed one after another."""

    def __init__(self, data: bytes, order: str):
        self.data, self.order, self.place = data, order, HEADER
        self.names: list[str] = []  # of each cell, short
        self.longer: dict[str, str] = {}  # long names by short ones
        self.widths: list[int] = []  # of each cell of a case: 0 a number, -1 more of the text before it

    def number(self, place: int) -> int:
        return struct.unpack_from(f"{self.order}i", self.data, place)[0]

    def take(self) -> int:
        """Return the next number."""
        self.place += 4
        return self.number(self.place - 4)

    def take_count(self) -> int:
        count = self.take()
        if not 0 <= count <= len(self.data):
            raise _Cut(f"{count} things at byte {self.place - 4}")
        return count

    def skip(self, length: int) -> None:
        self.place += length
        if self.place > len(self.data):
            raise _Cut(f"a record that ends at byte {self.place} of {len(self.data)}")

    def follow(self) -> None:
        """Follow the records to the end of the dictionary."""
        known = {VARIABLE: self.variable, LABELS: self.labels, DOCUMENT: self.document}
        known[EXTENSION] = self.extension
        while (kind := self.take()) != END:
            if kind not in known:
                raise _Cut(f"a record of kind {kind} at byte {self.place - 4}")
            if kind != VARIABLE:
                self.check_texts()
            known[kind]()
        self.check_texts()
        self.skip(4)

    def variable(self) -> None:
        start = self.place
        width, labelled, missing, shown = (self.take() for _ in range(4))
        self.skip(12)
        self.names.append(self.data[self.place - 8 : self.place].decode("latin-1").strip())
        as_text = shown >> 16 & 0xFF in TEXTS
        if not -1 <= width <= 255 or labelled not in (0, 1) or missing not in (-3, -2, 0, 1, 2, 3):
            raise _Cut(f"a variable that cannot be at byte {start}")
        if width >= 0 and as_text != (width > 0):
            raise _Cut(f"a format for another type of variable at byte {start}")
        self.widths.append(width)
        if labelled:
            self.skip((self.take_count() + 3) // 4 * 4)
        self.skip(8 * abs(missing))

    def check_texts(self) -> None:
        """Raise unless every text is followed by as many cells as its width asks for."""
        place = 0
        while place < len(self.widths):
            cells = max(1, -(-self.widths[place] // 8))
            if self.widths[place] < 0 or any(width != -1 for width in self.widths[place + 1 : place + cells]):
                raise _Cut(f"a text of another width at variable {place + 1}")
            if len(self.widths) < place + cells:
                raise _Cut(f"a text without its end at variable {place + 1}")
            place += cells

    def labels(self) -> None:
        for _ in range(self.take_count()):
            self.skip(9)
            self.skip(self.data[self.place - 1] // 8 * 8 + 7)
        if self.take() != LABELLED:
            raise _Cut(f"labels of no variable at byte {self.place - 4}")
        places = [self.take() - 1 for _ in range(self.take_count())]
        known = range(len(self.widths))
        kinds = {
            self.widths[place] > 0 if place in known and self.widths[place] >= 0 else None for place in places
        }
        if None in kinds or len(kinds) != 1:
            raise _Cut(f"labels of unknown variables before byte {self.place}")

    def document(self) -> None:
        self.skip(80 * self.take_count())

    def extension(self) -> None:
        kind, start = self.take(), self.place + 8
        self.skip(self.take_count() * self.take_count())
        if kind == LONG_NAMES:
            pairs = self.data[start : self.place].decode("utf-8", "replace").split("\t")
            self.longer = dict(pair.split("=", 1) for pair in pairs if "=" in pair)

    @property
    def weight(self) -> str:
        """The variable in the place that the header names, counted in cells and from one."""
        place = self.number(WEIGHT_AT)
        if not 0 <= place <= len(self.names):
            raise _Cut(f"a weight at variable {place} of {len(self.names)}")
        short = self.names[place - 1] if place else ""
        return self.longer.get(short, short)


def _check_cells(data: bytes, found: Dictionary, where: str) -> None:
    """Raise unless the data hold as many cells as the head says."""
    packed = _unpacked(data, found, where) if found.compression == 2 else memoryview(data)[found.end :]
    cells = _count_compressed(packed) if found.compression else len(packed) // 8
    if found.cases == UNCOUNTED:
        if cells % found.width:
            raise _Cut(f"{cells % found.width} cells more than whole cases")
        check_table(where, cells // found.width, found.columns)
    elif cells != found.cases * found.width:
        raise _Cut(f"{cells} cells; {found.cases} cases of {found.width} expected")


def _count_compressed(data) -> int:
    """Return how many cells compressed data hold; eight bytes say what the next eight cells are."""
    cells, place, end = 0, 0, len(data)
    while place + 8 <= end:
        codes = bytes(data[place : place + 8])
        place += 8
        last = codes.find(LAST)
        codes = codes if last < 0 else codes[:last]
        cells += len(codes) - codes.count(SKIP)
        place += 8 * codes.count(RAW)
        if last >= 0:
            break
    if place > end:
        raise _Cut("a cell that is cut off")
    return cells


def _unpacked(data: bytes, found: Dictionary, where: str) -> bytes:
    """Return the compressed cells of a .zsav file, from all its blocks."""
    begin, trailer, length = struct.unpack_from(f"{found.order}3q", data, found.end)
    if begin != found.end or trailer < begin + 24 or trailer + length != len(data) or length < 24:
        raise _Cut("blocks elsewhere than the file says")
    blocks = struct.unpack_from(f"{found.order}i", data, trailer + 20)[0]
    if length != 24 + 24 * blocks:
        raise _Cut(f"{blocks} blocks in a list of {length} bytes")
    parts, left, expected = [], MAX_UNPACKED, begin + 24
    for block in range(blocks):
        fields = struct.unpack_from(f"{found.order}2q2i", data, trailer + 24 + 24 * block)
        _, place, size, packed = fields
        if place != expected or not 0 < packed <= trailer - place or not 0 <= size <= left:
            raise _Cut(f"block {block + 1} elsewhere than the file says")
        part = zlib.decompressobj().decompress(data[place : place + packed], size + 1)
        if len(part) != size:
            raise _Cut(f"block {block + 1} of another size than the file says")
        parts.append(part)
        left, expected = left - size, place + packed
    return b"".join(parts)
