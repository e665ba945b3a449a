"""Coded interviews from QualCoder's and Taguette's databases, Taguette's tables and plain CSV."""

import json
import sqlite3
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd

from codedtexts.model import Draft, Source, guid
from expect import decode, open_sqlite, read_table

QUALCODER = {"source", "code_text", "code_name", "code_cat"}
TAGUETTE = {"projects", "documents", "highlights", "tags", "highlight_tags", "commands"}
BLIND = "coder: this export writes every coder as admin"


def read_database(path: Path) -> Draft:
    """Read a QualCoder or Taguette database, by its tables.

    Raises
    ------
    ValueError
        If it is damaged, or neither of the two.
    """
    try:
        with closing(open_sqlite(path)) as base:
            tables = {name for (name,) in base.execute("select name from sqlite_master where type = 'table'")}
            if tables >= QUALCODER:
                return _read_qualcoder(base, path, tables)
            if tables >= TAGUETTE:
                return _read_taguette(base, path)
    except sqlite3.DatabaseError as error:
        raise ValueError(f"{path}: expected a whole database; found {error}") from error
    raise ValueError(
        f"{path}: expected tables of QualCoder or Taguette; found {', '.join(sorted(tables)) or 'none'}"
    )


def _rows(base: sqlite3.Connection, table: str) -> list[dict]:
    """Return the rows of a table as dictionaries."""
    cursor = base.execute(f'select * from "{table}"')
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


# --- QualCoder --------------------------------------------------------------------------------------


def _read_qualcoder(base: sqlite3.Connection, path: Path, tables: set[str]) -> Draft:
    """Read QualCoder's tables: code points, half-open, with the quotation beside them."""
    draft = Draft(str(path), expected="code points, half-open")
    _qualcoder_codes(base, draft)
    sources = {}
    for row in _rows(base, "source"):
        if row["fulltext"] is None:
            draft.lose("source without text", where=row["name"])
            continue
        sources[row["id"]] = Source(guid(f"qualcoder:source:{row['id']}"), row["name"], row["fulltext"])
        draft.lose("memo", bool(row["memo"]), "source")
    for row in _rows(base, "code_text"):
        if row["fid"] not in sources:
            draft.lose("coding of a source without text", where=str(row["fid"]))
            continue
        code, quote = guid(f"qualcoder:code:{row['cid']}"), row["seltext"]
        sources[row["fid"]].selections.append((row["pos0"], row["pos1"], quote, code, row["owner"] or ""))
        draft.lose("memo", bool(row["memo"]), "coding")
    draft.sources = list(sources.values())
    _qualcoder_attributes(base, sources, draft, tables)
    for table in sorted({"annotation", "code_image", "code_av", "journal", "graph"} & tables):
        draft.lose(table, len(_rows(base, table)), "table")
    return draft


def _qualcoder_codes(base: sqlite3.Connection, draft: Draft) -> None:
    """Read categories and codes, each after the one above it."""
    waiting = []
    for row in _rows(base, "code_cat"):
        above = row["supercatid"]
        waiting.append((f"cat:{row['catid']}", f"cat:{above}" if above else "", row, ""))
    for row in _rows(base, "code_name"):
        code, category = row.get("supercid"), row["catid"]
        above = f"code:{code}" if code else f"cat:{category}" if category else ""
        waiting.append((f"code:{row['cid']}", above, row, row["color"] or ""))
    placed = {""}
    while ready := [entry for entry in waiting if entry[1] in placed]:
        for key, above, row, colour in ready:
            parent = guid(f"qualcoder:{above}") if above else ""
            fixed = {"id": guid(f"qualcoder:{key}"), "name": row["name"], "parent": parent}
            draft.codes.append(fixed | {"description": row["memo"] or "", "colour": colour})
            placed.add(key)
        waiting = [entry for entry in waiting if entry[0] not in placed]
    if waiting:
        raise ValueError(
            f"{draft.where}: expected codes above codes; found {waiting[0][2]['name']} above itself"
        )


def _qualcoder_attributes(base: sqlite3.Connection, sources: dict, draft: Draft, tables: set[str]) -> None:
    """Give sources their own attributes and those of their case."""
    if not tables >= {"attribute", "case_text"}:
        return
    cases = {}
    for row in _rows(base, "case_text"):
        cases.setdefault(row["caseid"], set()).add(row["fid"])
    for row in _rows(base, "attribute"):
        ids = cases.get(row["id"], ()) if row["attr_type"] == "case" else (row["id"],)
        for source in [sources[id_] for id_ in sorted(ids) if id_ in sources]:
            if source.attributes.setdefault(row["name"], row["value"] or "") != (row["value"] or ""):
                draft.lose("second value of an attribute", where=f"{source.name}: {row['name']}")


# --- Taguette ---------------------------------------------------------------------------------------


class _Words(HTMLParser):
    """The text of HTML: what stands between the tags."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def html_text(html: str) -> str:
    """Return the text of HTML without tags, as Taguette counts it.

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
    """Read Taguette's tables: UTF-8 bytes of the text of the HTML; the coder is who changed it last."""
    draft = Draft(str(path), expected="UTF-8 bytes, half-open")
    projects = _rows(base, "projects")
    if len(projects) != 1:
        raise ValueError(f"{path}: expected one project; found {len(projects)}: export the one you need")
    coders = {}
    for row in _rows(base, "commands"):
        payload = json.loads(row["payload"]) if isinstance(row["payload"], str) else row["payload"]
        if payload.get("type") == "highlight_add":
            coders[payload["highlight_id"]] = row["user_login"]
    if set(coders.values()) == {"admin"}:
        draft.lose(BLIND, len(coders), "commands")
    _tags(((row["path"], row["description"]) for row in _rows(base, "tags")), draft)
    tags = {row["id"]: guid(f"tag:{row['path']}") for row in _rows(base, "tags")}
    sources = {}
    for row in _rows(base, "documents"):
        sources[row["id"]] = Source(guid(f"taguette:{row['id']}"), row["name"], html_text(row["contents"]))
        draft.lose("description", bool(row["description"]), "source")
    draft.sources = list(sources.values())
    draft.lose("formatting of the text", len(sources), "HTML")
    tagged: dict[int, list[str]] = {}
    for row in _rows(base, "highlight_tags"):
        tagged.setdefault(row["highlight_id"], []).append(tags[row["tag_id"]])
    for row in _rows(base, "highlights"):
        quote, coder = html_text(row["snippet"]), coders.get(row["id"], "")
        for code in tagged.get(row["id"], ()):
            place = row["start_offset"], row["end_offset"]
            sources[row["document_id"]].selections.append((*place, quote, code, coder))
        draft.lose("highlight without tag", row["id"] not in tagged, sources[row["document_id"]].name)
    return draft


def _tags(rows, draft: Draft) -> None:
    """Add codes by their path."""
    for name, description in rows:
        code = {"id": guid(f"tag:{name}"), "name": name, "parent": "", "description": description or ""}
        draft.codes.append(code | {"colour": ""})


# --- tables -----------------------------------------------------------------------------------------


def read_codings(path: Path) -> Draft:
    """Read a CSV or sheet of codings: Taguette's highlights, or source, start, end, text, code, coder."""
    frame = read_table(path, "a table of codings")
    draft = Draft(str(path), expected="code points, half-open")
    if list(frame.columns) == ["id", "document", "tag", "content"]:
        draft.lose("coder: this export has none", len(frame), "column")
        draft.lose("position: this export has none", len(frame), "column")
        frame = frame.rename(columns={"document": "source", "tag": "code", "content": "text"}).drop(
            columns="id"
        )
    absent = [name for name in ("source", "code") if name not in frame]
    if absent or not {"start", "text"} & set(frame) or ("start" in frame) != ("end" in frame):
        raise ValueError(
            f"{path}: expected columns source, code, and start, end or text; found {', '.join(frame)}"
        )
    for name in sorted(set(frame) - {"source", "start", "end", "text", "code", "coder"}):
        draft.lose(f"column {name}", int((frame[name] != "").sum()), "column")
    draft.lose("row without code", int((frame["code"] == "").sum()), "row")
    frame = frame[frame["code"] != ""].assign(
        start=_numbers(frame, "start", path), end=_numbers(frame, "end", path)
    )
    _tags(((name, "") for name in frame["code"].unique()), draft)
    for name, rows in frame.groupby("source", sort=False):
        draft.sources.append(_table_source(str(name), rows, path))
    return draft


def _numbers(frame: pd.DataFrame, name: str, path: Path) -> pd.Series:
    """Return a column of positions, all or none of them given."""
    if name not in frame:
        return pd.Series(pd.NA, index=frame.index, dtype="Int64")
    wrong = frame[~frame[name].str.fullmatch(r"\d{1,9}")]
    if len(wrong):
        found = f"{wrong[name].iloc[0]!r} at row {wrong.index[0] + 2}"
        raise ValueError(f"{path}: expected a whole number as {name}; found {found}")
    return frame[name].astype("Int64")


def _table_source(name: str, rows: pd.DataFrame, path: Path) -> Source:
    """Return one source of a table with the text that stands beside it, if any."""
    source = Source(guid(f"source:{name}"), name)
    names = [file for file in (f"{name}.txt", name) if file.endswith(".txt") and Path(file).name == file]
    beside = next((file for file in names if (path.parent / file).is_file()), None)
    if beside and rows["start"].notna().all():
        source.text, source.bom = decode((path.parent / beside).read_bytes(), str(path.parent / beside))
    quotes = rows["text"] if "text" in rows else pd.Series(None, index=rows.index, dtype=object)
    coders = rows["coder"] if "coder" in rows else pd.Series("", index=rows.index)
    codes = rows["code"].map(lambda code: guid(f"tag:{code}"))
    columns = (rows["start"], rows["end"], quotes, codes, coders)
    source.selections = list(zip(*columns, strict=True))
    return source
