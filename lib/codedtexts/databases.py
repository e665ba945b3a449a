"""Read coded interviews from the databases of QualCoder and Taguette."""

import json
import sqlite3
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

from codedtexts.model import Code, Draft, Selection, Source, guid
from expect import open_sqlite, read_rows

QUALCODER = {"source", "code_text", "code_name", "code_cat"}
TAGUETTE = {"projects", "documents", "highlights", "tags", "highlight_tags", "commands"}


def read_database(path: Path) -> Draft:
    """Read a QualCoder or Taguette database; its tables say which it is.

    Raises
    ------
    ValueError
        If it is neither of the two, damaged, or still open in its program.
    """
    try:
        with closing(open_sqlite(path)) as base:
            tables = {name for (name,) in base.execute("select name from sqlite_master where type = 'table'")}
            if tables >= QUALCODER:
                return _read_qualcoder(base, path, tables)
            if tables >= TAGUETTE:
                return _read_taguette(base, path)
    except (sqlite3.DatabaseError, UnicodeDecodeError, LookupError, TypeError, AttributeError) as error:
        reason = f"none of {error}" if isinstance(error, LookupError) else error
        raise ValueError(f"{path}: expected a whole database; found {reason}") from error
    raise ValueError(
        f"{path}: expected tables of QualCoder or Taguette; found {', '.join(sorted(tables)) or 'none'}"
    )


# --- QualCoder --------------------------------------------------------------------------------------


def _read_qualcoder(base: sqlite3.Connection, path: Path, tables: set[str]) -> Draft:
    """Read QualCoder's tables: code points, half-open, each with its quotation."""
    draft = Draft(str(path), expected="code points, half-open")
    _qualcoder_codes(base, draft)
    sources = {}
    for row in read_rows(base, "source", draft.where):
        if row["fulltext"] is None:
            draft.lose("source without text", where=row["name"])
            continue
        sources[row["id"]] = Source(guid(f"qualcoder:source:{row['id']}"), row["name"], row["fulltext"])
        draft.lose("memo", bool(row["memo"]), "source")
    for row in read_rows(base, "code_text", draft.where):
        if row["fid"] not in sources:
            draft.lose("coding of a source without text", where=str(row["fid"]))
            continue
        code, coder = guid(f"qualcoder:code:{row['cid']}"), row["owner"] or ""
        selection = Selection(row["pos0"], row["pos1"], row["seltext"], code, coder)
        sources[row["fid"]].selections.append(selection)
        draft.lose("memo", bool(row["memo"]), "coding")
    draft.sources = list(sources.values())
    _qualcoder_attributes(base, sources, draft, tables)
    for table in sorted({"annotation", "code_image", "code_av", "journal", "graph"} & tables):
        draft.lose(table, len(read_rows(base, table, draft.where)), "table")
    return draft


def _qualcoder_codes(base: sqlite3.Connection, draft: Draft) -> None:
    """Read categories and codes, each after its parent."""
    waiting = []
    for row in read_rows(base, "code_cat", draft.where):
        waiting.append(
            _qualcoder_code(f"cat:{row['catid']}", _qualcoder_key("cat", row["supercatid"]), row, "")
        )
    for row in read_rows(base, "code_name", draft.where):
        parent = _qualcoder_key("code", row.get("supercid")) or _qualcoder_key("cat", row["catid"])
        waiting.append(_qualcoder_code(f"code:{row['cid']}", parent, row, row["color"] or ""))
    placed = {""}
    while ready := [code for code in waiting if code.parent in placed]:
        draft.codes += ready
        placed |= {code.id for code in ready}
        waiting = [code for code in waiting if code.id not in placed]
    if waiting:
        raise ValueError(f"{draft.where}: expected a tree of codes; found {waiting[0].name} above itself")


def _qualcoder_key(kind: str, number: int | None) -> str:
    return f"{kind}:{number}" if number else ""


def _qualcoder_code(key: str, parent: str, row: dict, colour: str) -> Code:
    above = guid(f"qualcoder:{parent}") if parent else ""
    return Code(guid(f"qualcoder:{key}"), row["name"], above, row["memo"] or "", colour)


def _qualcoder_attributes(base: sqlite3.Connection, sources: dict, draft: Draft, tables: set[str]) -> None:
    if not tables >= {"attribute", "case_text"}:
        return
    cases = {}
    for row in read_rows(base, "case_text", draft.where):
        cases.setdefault(row["caseid"], set()).add(row["fid"])
    for row in read_rows(base, "attribute", draft.where):
        ids = cases.get(row["id"], ()) if row["attr_type"] == "case" else (row["id"],)
        for source in [sources[id_] for id_ in sorted(ids) if id_ in sources]:
            if source.attributes.setdefault(row["name"], row["value"] or "") != (row["value"] or ""):
                draft.lose("second value of an attribute", where=f"{source.name}: {row['name']}")


# --- Taguette ---------------------------------------------------------------------------------------


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


def _read_taguette(base: sqlite3.Connection, path: Path) -> Draft:
    """Read Taguette's tables: UTF-8 bytes of the text; the coder is who last added the highlight."""
    draft = Draft(str(path), expected="UTF-8 bytes, half-open")
    projects = read_rows(base, "projects", draft.where)
    if len(projects) != 1:
        raise ValueError(f"{path}: expected one project; found {len(projects)}: export the one you need")
    tags = {row["id"]: guid(f"tag:{row['path']}") for row in read_rows(base, "tags", draft.where)}
    for row in read_rows(base, "tags", draft.where):
        draft.codes.append(Code(tags[row["id"]], row["path"], description=row["description"] or ""))
    sources = {}
    for row in read_rows(base, "documents", draft.where):
        sources[row["id"]] = Source(guid(f"taguette:{row['id']}"), row["name"], html_text(row["contents"]))
        draft.lose("description", bool(row["description"]), "source")
    draft.sources = list(sources.values())
    draft.lose("formatting of the text", len(sources), "HTML")
    _taguette_highlights(base, draft, sources, tags)
    return draft


def _taguette_highlights(base: sqlite3.Connection, draft: Draft, sources: dict, tags: dict) -> None:
    tagged: dict[int, list[str]] = {}
    for row in read_rows(base, "highlight_tags", draft.where):
        tagged.setdefault(row["highlight_id"], []).append(tags[row["tag_id"]])
    coders = _taguette_coders(base, draft.where)
    if set(coders.values()) == {"admin"}:
        draft.lose("coder: this export writes every coder as admin", len(coders), "commands")
    for row in read_rows(base, "highlights", draft.where):
        source, quote = sources[row["document_id"]], html_text(row["snippet"])
        for code in tagged.get(row["id"], ()):
            span, coder = (row["start_offset"], row["end_offset"]), coders.get(row["id"], "")
            source.selections.append(Selection(*span, quote, code, coder))
        draft.lose("highlight without tag", row["id"] not in tagged, source.name)


def _taguette_coders(base: sqlite3.Connection, where: str) -> dict[int, str]:
    """Return who last added each highlight."""
    coders = {}
    for row in read_rows(base, "commands", where):
        payload = json.loads(row["payload"]) if isinstance(row["payload"], str) else row["payload"]
        if payload.get("type") == "highlight_add":
            coders[payload["highlight_id"]] = row["user_login"]
    return coders
