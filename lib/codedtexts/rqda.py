"""Read an RQDA project: code points, half-open, with quotations; what it deleted stays out."""

import sqlite3
from pathlib import Path

from codedtexts.cells import link_case, lose_unlinked, whole_number
from codedtexts.model import NO_TEXT, UNKNOWN_CODE, UNUSABLE, Code, Draft, Selection, Source, guid
from expect import read_rows

LIVE = 1  # the status of what is not deleted


def read_rqda(base: sqlite3.Connection, path: Path, tables: set[str]) -> Draft:
    """Read RQDA's tables."""
    draft = Draft(str(path))

    def live(table: str, kind: str = "") -> list[dict]:
        rows = read_rows(base, table, draft.where) if table in tables else []
        kept = [row for row in rows if row.get("status", LIVE) in (LIVE, None)]
        draft.lose(f"{kind} that was deleted in RQDA: left out", len(rows) - len(kept) if kind else 0)
        return kept

    _read_codes(live, draft)
    sources = {}
    for row in live("source", "source"):
        source = Source(guid(f"rqda:source:{row['id']}"), row["name"] or f"source {row['id']}")
        source.text, source.memo = row["file"] or "", row["memo"] or ""
        sources[row["id"]] = source
    draft.sources = list(sources.values())
    for row in live("coding", "coding"):
        _read_coding(row, sources, draft)
    _read_cases(live, sources, draft)
    for table, kind in {"annotation": "annotation at a place in a text", "journal": "journal entry"}.items():
        draft.lose(kind, len(live(table)))
    draft.lose("coding of an area of a picture: left out", len(live("imageCoding")))
    return draft


def _read_codes(live, draft: Draft) -> None:
    """Read categories and codes; a code in several categories stands in the first, the others are groups."""
    above: dict[int, list[int]] = {}
    for row in live("treecode"):
        above.setdefault(row["cid"], []).append(row["catid"])
    names = {}
    for row in live("codecat", "category"):
        names[row["catid"]] = row["name"]
        draft.codes.append(Code(guid(f"rqda:cat:{row['catid']}"), row["name"], description=row["memo"] or ""))
    for row in live("freecode", "code"):
        categories = [id_ for id_ in dict.fromkeys(above.get(row["id"], [])) if id_ in names]
        parent = guid(f"rqda:cat:{categories[0]}") if categories else ""
        groups = "; ".join(names[id_] for id_ in categories[1:])
        code = guid(f"rqda:code:{row['id']}")
        draft.codes.append(Code(code, row["name"], parent, row["memo"] or "", row.get("color") or "", groups))


def _read_coding(row: dict, sources: dict[int, Source], draft: Draft) -> None:
    source = sources.get(row["fid"])
    start, end = whole_number(row["selfirst"]), whole_number(row["selend"])
    if source is None:
        draft.lose(NO_TEXT, where="a source that is gone")
    elif start is None or end is None:
        draft.lose(UNUSABLE, where=source.name)
    elif row["cid"] is None:
        draft.lose(UNKNOWN_CODE, where=source.name)
    else:
        code, coder = guid(f"rqda:code:{row['cid']}"), (row["owner"] or "").strip()
        source.selections.append(Selection(start, end, row["seltext"], code, coder, row["memo"] or ""))


def _read_cases(live, sources: dict[int, Source], draft: Draft) -> None:
    values: dict[int, dict[str, str]] = {}
    for row in live("caseAttr"):
        values.setdefault(row["caseID"], {})[row["variable"]] = row["value"] or ""
    for row in live("fileAttr"):
        if row["fileID"] in sources:
            sources[row["fileID"]].add_attribute(row["variable"], row["value"] or "")
    names, linked = {row["id"]: row["name"] for row in live("cases", "case")}, set()
    for row in live("caselinkage"):
        if row["caseid"] not in names or row["fid"] not in sources:
            draft.lose("case of a source without text", where=names.get(row["caseid"], "a case that is gone"))
            continue
        span = whole_number(row["selfirst"]), whole_number(row["selend"])
        link_case(draft, sources[row["fid"]], names[row["caseid"]], values.get(row["caseid"], {}), span)
        linked.add(row["caseid"])
    lose_unlinked(draft, names, linked)
