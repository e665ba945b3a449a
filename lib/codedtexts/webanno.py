r"""Read one text that was annotated in INCEpTION or WebAnno and exported as WebAnno TSV 3.

A line is a token: sentence and number, positions (UTF-16 units), the token, then a column per feature of
every layer.  `_` is nothing, `*` an annotation without a value, `[3]` joins the tokens of one annotation, `|`
stands between annotations, `\` before a character that would mean something else.
"""

import re
from pathlib import Path

from codedtexts.containers import decoded
from codedtexts.model import Code, Draft, Selection, Source, guid
from expect.limits import read_file

MARK = "#FORMAT=WebAnno TSV 3"
TOKEN = re.compile(r"(\d+)-(\d+)(\.\d+)?\t(\d+)-(\d+)\t")
VALUE = re.compile(r"(.*?)(?<!\\)\[(\d+)\]")
ESCAPED = re.compile(r"\\(.)")
WHITE = {r"\n": "\n", r"\r": "\r", r"\t": "\t"}


def read_webanno(path: Path) -> Draft:
    """Read the spans of every layer as codings; links between them are counted."""
    draft = Draft(str(path), known="UTF-16 units, half-open")
    text, _ = decoded(read_file(path), str(path), path.stem, draft)
    lines = text.splitlines()
    columns = _columns(lines, draft)
    source = Source(guid(f"webanno:{path.stem}"), path.stem, _text(lines))
    spans = _spans(lines, columns)
    for (column, value, _), (start, end) in spans.items():
        code, place = guid(f"webanno:{_label(column, value)}"), f"{start}-{end}"
        source.selections.append(Selection(start, end, None, code, "", passage=place))
    draft.codes = _codes({(column, value) for column, value, _ in spans})
    draft.sources = [source]
    draft.lose("name of a coder: this export has none", len(source.selections))
    return draft


def _columns(lines: list[str], draft: Draft) -> list[str]:
    """Return the name of every column after the token; empty for one that holds no spans."""
    columns = []
    for line in lines:
        kind, _, rest = line.partition("=")
        layer, *features = rest.split("|")
        name = layer.rpartition(".")[2]
        if kind == "#T_SP":
            several = len(features) > 1
            columns += [f"{name}: {each}" if several else name for each in features or [""]]
        elif kind in ("#T_CH", "#T_RL"):
            columns += [""] * len(features)
            draft.lose("layer of links between annotations", where=name)
    return columns


def _text(lines: list[str]) -> str:
    """Return the text: every sentence where its first token is."""
    units, sentence = b"", []
    for line in lines:
        found = TOKEN.match(line)
        if line.startswith("#Text="):
            sentence.append(line.removeprefix("#Text="))
        elif found and sentence and found[2] == "1" and not found[3]:
            begin = int(found[4])
            said = "\n".join(_plain(part) for part in sentence)
            units = _padded(units, begin) + said.encode("utf-16-le")
            sentence = []
    return units.decode("utf-16-le", "replace")


def _padded(units: bytes, begin: int) -> bytes:
    """Return the text so far, with line ends up to where the next sentence begins."""
    return units + "\n".encode("utf-16-le") * max(0, begin - len(units) // 2)


def _spans(lines: list[str], columns: list[str]) -> dict[tuple[str, str, str], list[int]]:
    """Return start and end of every annotation by column, value and number; its tokens are one span."""
    spans: dict[tuple[str, str, str], list[int]] = {}
    for number, line in enumerate(lines):
        found = TOKEN.match(line)
        if not found:
            continue
        start, end = int(found[4]), int(found[5])
        for column, cell in zip(columns, line.split("\t")[3:], strict=False):
            for value in re.split(r"(?<!\\)\|", cell) if column and cell not in ("_", "") else ():
                joined = VALUE.fullmatch(value)
                key = (column, joined[1], joined[2]) if joined else (column, value, f"line {number}")
                span = spans.setdefault(key, [start, end])
                span[0], span[1] = min(span[0], start), max(span[1], end)
    return spans


def _codes(found: set[tuple[str, str]]) -> list[Code]:
    """Return a code for every layer that was used, and below it one for each of its values."""
    codes = {column: Code(guid(f"webanno:{column}"), column) for column, _ in sorted(found)}
    for column, value in sorted(found):
        if value != "*":
            id_ = guid(f"webanno:{_label(column, value)}")
            codes[column, value] = Code(id_, _plain(value), codes[column].id)
    return list(codes.values())


def _plain(value: str) -> str:
    return ESCAPED.sub(lambda found: WHITE.get(found[0], found[1]), value)


def _label(column: str, value: str) -> str:
    return column if value == "*" else f"{column} = {_plain(value)}"
