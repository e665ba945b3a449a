"""Read a QualCoder project: code points, half-open, every coding with its quotation."""

import sqlite3
from pathlib import Path

from codedtexts.cells import link_case, lose_unlinked, whole_number
from codedtexts.model import NO_TEXT, UNUSABLE, Code, Draft, Selection, Source, guid
from expect import read_rows


def read_qualcoder(base: sqlite3.Connection, path: Path, tables: set[str]) -> Draft:
    """Read QualCoder's tables."""
    draft = Draft(str(path))
    _read_codes(base, draft)
    names, sources = {}, {}
    for row in read_rows(base, "source", draft.where):
        names[row["id"]] = row["name"] or f"source {row['id']}"
        if row["fulltext"] is None:
            draft.lose("source without text (sound, film or pictures)", where=names[row["id"]])
            continue
        source = Source(guid(f"qualcoder:source:{row['id']}"), names[row["id"]], row["fulltext"])
        source.memo = row["memo"] or ""
        sources[row["id"]] = source
    draft.sources = list(sources.values())
    for row in read_rows(base, "code_text", draft.where):
        _read_coding(row, sources, names, draft)
    _read_cases(base, sources, draft, tables)
    _count_rest(base, names, draft, tables)
    return draft


def _read_coding(row: dict, sources: dict[int, Source], names: dict[int, str], draft: Draft) -> None:
    source = sources.get(row["fid"])
    if source is None:
        draft.lose(NO_TEXT, where=names.get(row["fid"], "a source that is gone"))
        return
    start, end = whole_number(row["pos0"]), whole_number(row["pos1"])
    if start is None or end is None:
        draft.lose(UNUSABLE, where=source.name)
        return
    code = guid(f"qualcoder:code:{row['cid']}")
    memo, coder = row.get("memo") or "", (row["owner"] or "").strip()
    source.selections.append(Selection(start, end, row["seltext"], code, coder, memo))


def _read_codes(base: sqlite3.Connection, draft: Draft) -> None:
    for row in read_rows(base, "code_cat", draft.where):
        parent = _key("cat", row["supercatid"])
        draft.codes.append(_code(f"cat:{row['catid']}", parent, row, ""))
    for row in read_rows(base, "code_name", draft.where):
        parent = _key("code", row.get("supercid")) or _key("cat", row["catid"])
        draft.codes.append(_code(f"code:{row['cid']}", parent, row, row["color"] or ""))


def _key(kind: str, number: int | None) -> str:
    return f"{kind}:{number}" if number else ""


def _code(key: str, parent: str, row: dict, colour: str) -> Code:
    above = guid(f"qualcoder:{parent}") if parent else ""
    return Code(guid(f"qualcoder:{key}"), row["name"] or key, above, row["memo"] or "", colour)


def _read_cases(base: sqlite3.Connection, sources: dict, draft: Draft, tables: set[str]) -> None:
    """Give names and values of cases, and attributes of files, to the sources."""
    values: dict[tuple[str, int], dict[str, str]] = {}
    for row in read_rows(base, "attribute", draft.where) if "attribute" in tables else ():
        kind = "case" if row["attr_type"] == "case" else "file"
        values.setdefault((kind, row["id"]), {})[row["name"]] = row["value"] or ""
    for id_, source in sources.items():
        source.attributes.update(values.get(("file", id_), {}))
    if not tables >= {"cases", "case_text"}:
        return
    cases = {row["caseid"]: row for row in read_rows(base, "cases", draft.where)}
    names = {id_: row["name"] or f"case {id_}" for id_, row in cases.items()}
    linked = set()
    for row in read_rows(base, "case_text", draft.where):
        source = sources.get(row["fid"])
        if source is None or row["caseid"] not in names:
            draft.lose("case of a source without text", where=names.get(row["caseid"], "a case that is gone"))
            continue
        span = whole_number(row.get("pos0")), whole_number(row.get("pos1"))
        link_case(draft, source, names[row["caseid"]], values.get(("case", row["caseid"]), {}), span)
        linked.add(row["caseid"])
    lose_unlinked(draft, names, linked)
    for id_, row in cases.items():
        draft.lose("memo of a case", bool(row.get("memo")), names[id_])


def _count_rest(base: sqlite3.Connection, names: dict[int, str], draft: Draft, tables: set[str]) -> None:
    """Count what belongs to no text or is no coding."""
    by_source = {
        "code_image": "coding of an area of a picture: left out",
        "code_av": "coding of a fragment of sound or film: left out",
        "annotation": "annotation at a place in a text",
    }
    for table, kind in by_source.items():
        for row in read_rows(base, table, draft.where) if table in tables else ():
            draft.lose(kind, where=names.get(row.get("id" if table != "annotation" else "fid"), ""))
    for table, kind in {"journal": "journal entry", "graph": "diagram"}.items():
        draft.lose(kind, len(read_rows(base, table, draft.where)) if table in tables else 0)
