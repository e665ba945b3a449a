"""Read coded interviews, whichever program they are from."""

from dataclasses import replace
from pathlib import Path

from codedtexts.databases import read_database
from codedtexts.model import Draft, Interviews, finish
from codedtexts.refi import read_refi_codebook, read_refi_project
from codedtexts.spreadsheets import read_codings
from expect import check_file, is_sqlite, read_table
from expect.limits import MAX_FILE

CLOSED = (".mx", ".mex", ".nvp", ".atlproj", ".hpr", ".aprx")  # how endings of closed formats begin
READERS = {
    ".qdpx": read_refi_project,
    ".qdc": read_refi_codebook,
    ".csv": read_codings,
    ".xlsx": read_codings,
}


def read_interviews(
    path: Path | str, *, groups: Path | str | None = None, offsets: str | None = None
) -> Interviews:
    r"""Read coded interviews.

    Parameters
    ----------
    path : pathlib.Path or str
        A REFI-QDA project (.qdpx) or code book (.qdc), a QualCoder project (the folder .qda or its
        data.qda), a Taguette database (.sqlite3) or its table of highlights (.csv, .xlsx), or a CSV with
        the columns code, source and either text or start and end, and perhaps coder; texts are then read
        from the files <source>.txt or <source> beside it.
    groups : pathlib.Path or str, optional
        A CSV with a column source and one per attribute, such as group and education.
    offsets : str, optional
        The convention of the positions, where you know it, such as "UTF-16 units, half-open".

    Returns
    -------
    Interviews
        Four tables: `segments`, `codes`, `sources`, `losses`.

    Raises
    ------
    ValueError
        If the format is closed or unknown, the file is damaged or hostile, positions fit no text or fit it in
        ways that disagree, or `groups` does not name exactly the sources of the file.
    FileNotFoundError
        If there is no such file.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "codes.csv"
    >>> _ = file.write_text("source,start,end,text,code,coder\nan,0,3,een,trust,A\n")
    >>> read_interviews(file).segments[["source", "text", "code", "coder"]].to_numpy().tolist()
    [['an', 'een', 'trust', 'A']]
    """
    draft = _read_draft(Path(path))
    draft.stated = offsets or draft.stated
    interviews = finish(draft)
    return interviews if groups is None else _with_groups(interviews, Path(groups))


def _read_draft(path: Path) -> Draft:
    if not path.is_dir():
        check_file(path, most=MAX_FILE)
    ending = path.suffix.lower()
    if ending.startswith(CLOSED):
        raise ValueError(
            f"{path}: expected an open format; found {ending}, whose layout is not published "
            "or whose texts are encrypted: export a REFI-QDA project (.qdpx) from the program and read that"
        )
    if path.is_dir():
        if not (path / "data.qda").is_file():
            raise ValueError(f"{path}: expected a QualCoder project with data.qda; found a folder without")
        return read_database(path / "data.qda")
    if ending in READERS:
        return READERS[ending](path)
    if is_sqlite(path):
        return read_database(path)
    raise ValueError(
        f"{path}: expected .qdpx, .qdc, .qda, .sqlite3, .csv or .xlsx; found {ending or 'no ending'} "
        "without the signature of a database"
    )


def _with_groups(interviews: Interviews, path: Path) -> Interviews:
    """Add the attributes in a CSV to the sources; both must name the same sources."""
    frame = read_table(path, "a CSV with a column source")
    if "source" not in frame or frame["source"].duplicated().any():
        columns = ", ".join(frame.columns)
        raise ValueError(f"{path}: expected a column source with every name once; found {columns}")
    clash = [name for name in frame.columns if name != "source" and name in interviews.sources]
    if clash:
        raise ValueError(f"{path}: expected new attributes; found in the file as well: {', '.join(clash)}")
    here, there = set(interviews.sources["source"]), set(frame["source"])
    if here != there:
        missing, extra = ", ".join(sorted(here - there)) or "none", ", ".join(sorted(there - here)) or "none"
        raise ValueError(
            f"{path}: expected the sources of the file; found without row: {missing}; unknown: {extra}"
        )
    sources = interviews.sources.merge(frame, on="source", how="left", validate="1:1")
    return replace(interviews, sources=sources)
