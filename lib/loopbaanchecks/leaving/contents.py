"""All text in what was built: of every file, of the members of archives, and of what is embedded in text."""

import base64
import binascii
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import openpyxl

LIMIT = 200 * 2**20  # bytes of a file or of all members of an archive
DEPTH = 4  # archives in archives, text in text
PACKED = re.compile(r"data:[\w/+.-]*(?:;[\w=-]+)*;base64,([A-Za-z0-9+/=\s\\n]+)")
IN_JSON = re.compile(r'"image/(?:png|jpeg|svg\+xml)": "([A-Za-z0-9+/=\\n]{200,})"')
DRAWING = re.compile(r"""\s(?:d|points|transform|view[Bb]ox)=\\?["'][^"'<>]*["']|url\(#[\w-]+\)|#[\w-]{8,}""")
IN_WORDS = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]|&shy;|&#173;")  # where words of pages may be broken
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.S)  # of a PDF
GLYPHS = re.compile(r"<[0-9A-Fa-f]*>|-?\d*\.\d+|(?<=[\[ ])-?\d+(?=[\] ])")  # glyphs and coordinates of one
TAG = re.compile(r"<(?:style|script).*?</(?:style|script)>", re.S)


class Unread(ValueError):
    """A file, or part of one, that was not looked through."""


def read_texts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield every text in a file, with its place.

    Parameters
    ----------
    path : Path
        Any file.

    Yields
    ------
    (str, str)
        Place inside the file ("" for the file itself, then members of archives, sheets of workbooks, parts of
        pictures and embedded data, separated by colons), and the text: without embedded data, which has a
        place of its own, without the coordinates of drawings, and with words whole that have soft hyphens.

    Raises
    ------
    Unread
        If an archive is damaged, too large or too deep.
    """
    if path.stat().st_size > LIMIT:
        raise Unread(f"more than {LIMIT} bytes")
    yield from _of_bytes(path.read_bytes(), "", 0)


def _of_bytes(data: bytes, place: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > DEPTH:
        raise Unread(f"{place}: nested more than {DEPTH} deep")
    if data[:2] == b"PK":
        yield from _of_archive(data, place, depth)
    elif data[:8] == b"\x89PNG\r\n\x1a\n":
        yield from _of_png(data, place)
    elif data[:5] == b"%PDF-":
        yield from _of_pdf(data, place)
    elif data[:2] == b"\x1f\x8b":
        yield from _of_bytes(zlib.decompressobj(31).decompress(data, LIMIT), f"{place}:gz", depth + 1)
    else:
        yield from _of_text(_decoded(data), place, depth)


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _of_archive(data: bytes, place: str, depth: int) -> Iterator[tuple[str, str]]:
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > LIMIT:
                raise Unread(f"{place}: unpacks to more than {LIMIT} bytes")
            yield f"{place}:names", "\n".join(m.filename + " " + m.comment.decode("latin-1") for m in members)
            yield f"{place}:comment", _decoded(archive.comment)
            for member in members:
                yield from _of_bytes(archive.read(member), f"{place}:{member.filename}", depth + 1)
        if b"xl/workbook.xml" in data:
            yield from _of_workbook(data, place)
    except (BadZipFile, NotImplementedError, RuntimeError, zlib.error, OSError) as error:
        raise Unread(f"{place or 'archive'}: {error}") from None


def _of_workbook(data: bytes, place: str) -> Iterator[tuple[str, str]]:
    """Yield sheets as lines of cells, so that rows can be recognised."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    for sheet in book:
        rows = sheet.iter_rows(values_only=True)
        yield (
            f"{place}:{sheet.title}",
            "\n".join("\t".join("" if cell is None else str(cell) for cell in row) for row in rows),
        )


def _of_pdf(data: bytes, place: str) -> Iterator[tuple[str, str]]:
    """Yield what is text in a PDF: its objects and streams, but for fonts and pictures."""
    yield place, _decoded(STREAM.sub(b" ", data))
    for number, found in enumerate(STREAM.finditer(data), 1):
        try:
            opened = zlib.decompressobj().decompress(found[1], LIMIT)
        except zlib.error:
            opened = found[1]
        try:
            yield f"{place}:stream {number}", GLYPHS.sub(" ", opened.decode("utf8"))
        except UnicodeDecodeError:
            continue


def _of_png(data: bytes, place: str) -> Iterator[tuple[str, str]]:
    at = 8
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        chunk = data[at + 8 : at + 8 + size]
        if kind in (b"tEXt", b"iTXt", b"zTXt", b"eXIf"):
            packed = kind == b"zTXt"
            text = chunk.partition(b"\0")[2][1:] if packed else chunk
            yield f"{place}:{kind.decode()}", _decoded(zlib.decompress(text) if packed else text)
        at += size + 12
    if data[at:]:
        yield f"{place}:after the picture", _decoded(data[at:])


def _of_text(text: str, place: str, depth: int) -> Iterator[tuple[str, str]]:
    for number, found in enumerate([*PACKED.finditer(text), *IN_JSON.finditer(text)], 1):
        packed = re.sub(r"\\n|\s", "", found[1])
        try:
            inner = base64.b64decode(packed + "=" * (-len(packed) % 4))
        except (binascii.Error, ValueError):
            raise Unread(f"{place}: embedded data {number} is damaged") from None
        yield from _of_bytes(inner, f"{place}:embedded {number}", depth + 1)
    bare = TAG.sub(" ", IN_JSON.sub(" ", PACKED.sub(" ", text)))
    yield place, IN_WORDS.sub("", DRAWING.sub(" ", bare))
