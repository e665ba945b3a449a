"""Read codings from a table, one row each: CSV or the first sheet of a workbook."""

from pathlib import Path

import pandas as pd

from codedtexts.cells import whole_number
from codedtexts.containers import decoded
from codedtexts.model import UNUSABLE, Code, Draft, Selection, Source, guid, listed
from codedtexts.taguette import tag_codes
from expect import TextTable, plain, read_file, read_table

COLUMNS_READ = {"source", "start", "end", "text", "code", "coder", "memo", "case", "passage"}
OTHER_NAMES = {  # of columns, in English and Dutch
    "document": "source", "file": "source", "interview": "source", "bron": "source", "gesprek": "source",
    "bestand": "source", "begin": "start", "van": "start", "einde": "end", "eind": "end", "tot": "end",
    "tekst": "text", "citaat": "text", "quotation": "text", "quote": "text", "fragment": "text",
    "tag": "code", "codeur": "coder", "persoon": "case", "respondent": "case", "content": "text",
}  # fmt: skip
REPORT = {"coder", "coded", "id", "codename"}  # columns of the report that QualCoder writes
PICTURES = {
    "imid": "coding of an area of a picture: left out",
    "avid": "coding of a fragment of sound or film: left out",
}


def read_codings(path: Path) -> Draft:
    """Read a table of codings: a report of Taguette or QualCoder, or columns source, code, start, end ...

    Raises
    ------
    ValueError
        If it is no table, lacks columns, or no row can be used.
    """
    header = _header(path)
    if {plain(name) for name in header} >= REPORT:
        return _read_report(path, header)
    frame = read_table(path, "a table of codings")
    draft = Draft(str(path))
    tags = {plain(name) for name in frame.columns} >= {"id", "document", "tag", "content"}
    frame = _under_our_names(frame)
    if tags:
        frame = frame.rename(columns={"id": "passage"})
        draft.lose("name of a coder: this export has none", len(frame))
        draft.lose("position: this export has none", 0 if "start" in frame else len(frame))
    absent = {"source", "code"} - set(frame)
    if absent or not {"start", "text"} & set(frame) or ("start" in frame) != ("end" in frame):
        columns = ", ".join(frame)
        raise ValueError(f"{path}: expected columns source, code, and start, end or text; found {columns}")
    for name in sorted(set(frame) - COLUMNS_READ):
        draft.lose(f"column {name}", int((frame[name] != "").sum()))
    frame = _usable(frame, draft)
    names = frame["code"].unique()
    draft.codes = tag_codes((name, "") for name in names) if tags else [_code(name) for name in names]
    draft.sources = [
        _read_source_beside(str(name), rows, path, draft)
        for name, rows in frame.groupby("source", sort=False)
    ]
    return draft


def _code(name: str) -> Code:
    return Code(guid(f"tag:{name}"), name)


def _header(path: Path) -> list[str]:
    """Return the names of the columns of delimited text; none for a workbook."""
    data = read_file(path)
    if data.startswith(b"PK"):
        return []
    return next(TextTable(data, str(path)).records(), (1, []))[1]


def _under_our_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table under our names of columns, whatever their case and in English or Dutch."""
    taken = {plain(name) for name in frame.columns}
    names = {}
    for name in frame.columns:
        ours = plain(name) if plain(name) in COLUMNS_READ else OTHER_NAMES.get(plain(name), name)
        if (ours == name or ours not in taken) and ours not in names.values():
            names[name] = ours
        elif plain(name) in COLUMNS_READ:
            names[name] = plain(name)
    return frame.rename(columns=names)


def _usable(frame: pd.DataFrame, draft: Draft) -> pd.DataFrame:
    """Return the rows with a source, a code and a position that is none or two whole numbers."""
    for name in ("source", "code"):
        _lose_rows(draft, f"row without {name}: left out", frame[frame[name].str.strip() == ""])
        frame = frame[frame[name].str.strip() != ""]
    frame = frame.assign(**{name: frame[name].str.strip() for name in ("source", "code")})
    for name in ("start", "end"):
        found = frame[name].map(whole_number) if name in frame else None
        frame = frame.assign(
            **{f"{name}_": pd.array(found if found is not None else [None] * len(frame), "Int64")}
        )
    empty = (frame["start"] == "") & (frame["end"] == "") if "start" in frame else True
    wrong = ~((frame["start_"].notna() & frame["end_"].notna()) | empty)
    if wrong.any() and wrong.all():
        row = frame.iloc[0]
        found = f"{row['start']!r} and {row['end']!r} at row {frame.index[0] + 2}"
        raise ValueError(f"{draft.where}: expected whole numbers as start and end; found {found}")
    _lose_rows(draft, UNUSABLE, frame[wrong])
    kept = frame[~wrong]
    return kept.assign(start=kept["start_"], end=kept["end_"]).drop(columns=["start_", "end_"])


def _lose_rows(draft: Draft, kind: str, rows: pd.DataFrame) -> None:
    numbers = listed([str(row + 2) for row in rows.index]).replace("selection", "row", 1)
    draft.lose(kind, len(rows), numbers)


def _read_source_beside(name: str, rows: pd.DataFrame, path: Path, draft: Draft) -> Source:
    """Return one source with its codings, and its text if that is in a file beside the table."""
    source = Source(guid(f"source:{name}"), name)
    names = [file for file in (f"{name}.txt", name) if file.endswith(".txt") and Path(file).name == file]
    beside = next((path.parent / file for file in names if (path.parent / file).is_file()), None)
    if beside and rows["start"].notna().any():
        source.text, source.bom = decoded(read_file(beside), str(beside), name, draft)
    for case in rows["case"].unique() if "case" in rows else ():
        for part in filter(None, (each.strip() for each in case.split(";"))):
            source.add_case(part, {})
    columns = {
        key: rows[key] if key in rows else pd.Series("", rows.index) for key in ("coder", "memo", "passage")
    }
    quotes = rows["text"] if "text" in rows else pd.Series(None, index=rows.index, dtype=object)
    codes = rows["code"].map(lambda code: guid(f"tag:{code}"))
    source.selections = [
        Selection(
            None if pd.isna(start) else start, None if pd.isna(end) else end,
            quote, code, coder.strip(), memo, f"at row {row + 2}", passage,
        )
        for row, start, end, quote, code, coder, memo, passage in zip(
            rows.index, rows["start"], rows["end"], quotes, codes, *columns.values(), strict=True
        )
    ]  # fmt: skip
    return source


# --- the report of codings that QualCoder writes ------------------------------------------------------


def _read_report(path: Path, header: list[str]) -> Draft:
    """Read QualCoder's report of codings: files or cases, categories from the code upwards, no positions."""
    draft = Draft(str(path))
    cells = TextTable(read_file(path), str(path)).cells()
    names = [plain(name) for name in header]
    at = {name: names.index(name) for name in dict.fromkeys(names)}
    above = [number for number, name in enumerate(names) if name.startswith("categor")]
    values = {  # of files and cases
        number: header[number].partition("_")[2]
        for number, name in enumerate(names)
        if name.startswith(("filevar_", "casevar_"))
    }
    file, case = at.get("filename", at.get("file", 0)), at.get("case")
    codes: dict[str, Code] = {}
    sources: dict[str, Source] = {}
    for row in cells.itertuples(index=False):
        kind, _, number = row[at["id"]].partition(":")
        if kind in PICTURES:
            draft.lose(PICTURES[kind], where=row[file])
            continue
        code = _report_code(codes, [row[at["codename"]], *(row[each] for each in above if row[each])])
        source = sources.setdefault(row[file], Source(guid(f"source:{row[file]}"), row[file]))
        said = {name: row[each] for each, name in values.items() if row[each]}
        source.add_case(row[case] if case is not None else "", said)
        memo = row[at["coded_memo"]] if "coded_memo" in at else ""
        coder = row[at["coder"]].strip()
        source.selections.append(Selection(None, None, row[at["coded"]], code, coder, memo, number))
    draft.codes, draft.sources = list(codes.values()), list(sources.values())
    draft.lose("position: this export has none", sum(len(each.selections) for each in draft.sources))
    return draft


def _report_code(codes: dict[str, Code], names: list[str]) -> str:
    """Add a code and the categories above it, the nearest first; return its id."""
    parent = ""
    for depth in range(len(names), 0, -1):
        id_ = guid(f"report:{' < '.join(names[depth - 1 :])}")
        codes.setdefault(id_, Code(id_, names[depth - 1], parent))
        parent = id_
    return parent
