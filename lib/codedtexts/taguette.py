"""Read Taguette: its database, and the tree in the names of its tags.

Positions are UTF-8 bytes of the text, half-open.  A dot in the name of a tag puts it below another.
"""

import json
import sqlite3
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

from codedtexts.cells import whole_number
from codedtexts.model import UNUSABLE, Code, Draft, Selection, Source, guid
from expect import read_rows


class _Words(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def html_text(html: str) -> str:
    """Return the text of HTML without its tags, as Taguette counts it.

    Examples
    --------
    >>> html_text("<p>E&eacute;n <i>twee</i></p>")
    'Eén twee'
    """
    words = _Words()
    words.feed(html.lstrip())
    words.close()
    return "".join(words.parts)


def tag_codes(tags: Iterable[tuple[str, str]]) -> list[Code]:
    """Return codes from paths of tags with their descriptions; those above them are added.

    Examples
    --------
    >>> [(code.name, code.label) for code in tag_codes([("steun.familie", "")])]
    [('steun', 'steun'), ('familie', 'steun.familie')]
    """
    codes: dict[str, Code] = {}
    for path, description in tags:
        names = path.split(".") if all(part.strip() for part in path.split(".")) else [path]
        for depth in range(1, len(names) + 1):
            label = ".".join(names[:depth])
            parent = guid(f"tag:{'.'.join(names[: depth - 1])}") if depth > 1 else ""
            codes.setdefault(label, Code(guid(f"tag:{label}"), names[depth - 1], parent, label=label))
        codes[path] = codes[path]._replace(description=description)
    return list(codes.values())


def read_taguette(base: sqlite3.Connection, path: Path, project: str) -> Draft:
    """Read one project of a Taguette database; the coder is who last added the highlight."""
    draft = Draft(str(path), known="UTF-8 bytes, half-open")
    chosen = _project(read_rows(base, "projects", draft.where), path, project)
    tags, documents, highlights = (
        [row for row in read_rows(base, table, draft.where) if row.get("project_id", chosen) == chosen]
        for table in ("tags", "documents", "highlights")
    )
    draft.codes = tag_codes((row["path"], row["description"] or "") for row in tags)
    sources = {}
    for row in documents:
        name, text = row["name"] or f"document {row['id']}", html_text(row["contents"] or "")
        sources[row["id"]] = Source(guid(f"taguette:{row['id']}"), name, text, memo=row["description"] or "")
    draft.sources = list(sources.values())
    draft.lose("formatting of a text", len(sources))
    tagged: dict[int, list[str]] = {}
    paths = {row["id"]: row["path"] for row in tags}
    for row in read_rows(base, "highlight_tags", draft.where):
        tagged.setdefault(row["highlight_id"], []).append(guid(f"tag:{paths.get(row['tag_id'], '')}"))
    _read_highlights(base, draft, sources, highlights, tagged)
    return draft


def _project(projects: list[dict], path: Path, wanted: str) -> int:
    """Return the id of the one project, or of the one that is asked for by name or number."""
    found = [row for row in projects if not wanted or wanted in (row["name"], str(row["id"]))]
    if len(found) != 1:
        names = "; ".join(f"{row['id']} {row['name']}" for row in projects) or "none"
        what = f"one project {wanted!r}" if wanted else "one project"
        raise ValueError(f"{path}: expected {what}; found {names}: say which with project")
    return found[0]["id"]


def _read_highlights(
    base: sqlite3.Connection,
    draft: Draft,
    sources: dict[int, Source],
    highlights: list[dict],
    tagged: dict[int, list[str]],
) -> None:
    coders = _coders(base, draft.where)
    if highlights and {coders.get(row["id"]) for row in highlights} == {"admin"}:
        draft.lose("name of a coder: this export writes every coder as admin", len(highlights))
    for row in highlights:
        codes, source = tagged.get(row["id"], ()), sources.get(row["document_id"])
        start, end = whole_number(row["start_offset"]), whole_number(row["end_offset"])
        if source is None or start is None or end is None:
            draft.lose(UNUSABLE, len(codes), source.name if source else "a document that is gone")
            continue
        quote, coder = html_text(row["snippet"] or ""), coders.get(row["id"], "")
        source.selections += [
            Selection(start, end, quote, code, coder, passage=str(row["id"])) for code in codes
        ]
        draft.lose("highlight without a tag", not codes, source.name)


def _coders(base: sqlite3.Connection, where: str) -> dict[int, str]:
    """Return who last added each highlight."""
    coders = {}
    for row in read_rows(base, "commands", where):
        try:
            payload = json.loads(row["payload"]) if isinstance(row["payload"], str) else row["payload"]
        except ValueError:
            continue
        if isinstance(payload, dict) and payload.get("type") == "highlight_add":
            coders[payload.get("highlight_id")] = row["user_login"] or ""
    return coders
