"""Read codings from a table, one row each: CSV or the first sheet of a workbook."""

from pathlib import Path

import pandas as pd

from codedtexts.model import Code, Draft, Selection, Source, guid
from expect import decode, read_file, read_table

COLUMNS_READ = {"source", "start", "end", "text", "code", "coder"}


def read_codings(path: Path) -> Draft:
    """Read a table of codings: Taguette's highlights, or columns source, start, end, text, code, coder.

    Raises
    ------
    ValueError
        If it is no table, lacks columns, or has positions that are not whole numbers.
    """
    frame = read_table(path, "a table of codings")
    draft = Draft(str(path), expected="code points, half-open")
    frame = _without_taguettes_names(frame, draft)
    absent = {"source", "code"} - set(frame)
    if absent or not {"start", "text"} & set(frame) or ("start" in frame) != ("end" in frame):
        columns = ", ".join(frame)
        raise ValueError(f"{path}: expected columns source, code, and start, end or text; found {columns}")
    for name in sorted(set(frame) - COLUMNS_READ):
        draft.lose(f"column {name}", int((frame[name] != "").sum()), "column")
    draft.lose("row without code", int((frame["code"] == "").sum()), "row")
    frame = frame[frame["code"] != ""]
    frame = frame.assign(
        start=_position_column(frame, "start", path), end=_position_column(frame, "end", path)
    )
    draft.codes += [Code(guid(f"tag:{name}"), name) for name in frame["code"].unique()]
    draft.sources += [
        _read_source_beside(str(name), rows, path) for name, rows in frame.groupby("source", sort=False)
    ]
    return draft


def _without_taguettes_names(frame: pd.DataFrame, draft: Draft) -> pd.DataFrame:
    """Return Taguette's table of highlights under our names of columns; any other table as it is."""
    if list(frame.columns) != ["id", "document", "tag", "content"]:
        return frame
    draft.lose("coder: this export has none", len(frame), "column")
    draft.lose("position: this export has none", len(frame), "column")
    return frame.drop(columns="id").set_axis(["source", "code", "text"], axis=1)


def _position_column(frame: pd.DataFrame, name: str, path: Path) -> pd.Series:
    """Return a column of positions as whole numbers; NA throughout where there is no such column."""
    if name not in frame:
        return pd.Series(pd.NA, index=frame.index, dtype="Int64")
    wrong = frame[~frame[name].str.fullmatch(r"\d{1,9}")]
    if len(wrong):
        row = wrong.index[0] + 2
        raise ValueError(
            f"{path}: expected a whole number as {name}; found {wrong[name].iloc[0]!r} at row {row}"
        )
    return frame[name].astype("Int64")


def _read_source_beside(name: str, rows: pd.DataFrame, path: Path) -> Source:
    """Return one source with its codings, and its text if that is in a file beside the table."""
    source = Source(guid(f"source:{name}"), name)
    names = [file for file in (f"{name}.txt", name) if file.endswith(".txt") and Path(file).name == file]
    beside = next((path.parent / file for file in names if (path.parent / file).is_file()), None)
    if beside and rows["start"].notna().all():
        source.text, source.bom = decode(read_file(beside), str(beside))
    quotes = rows["text"] if "text" in rows else pd.Series(None, index=rows.index, dtype=object)
    coders = rows["coder"] if "coder" in rows else pd.Series("", index=rows.index)
    codes = rows["code"].map(lambda code: guid(f"tag:{code}"))
    source.selections = list(map(Selection, rows["start"], rows["end"], quotes, codes, coders))
    return source
