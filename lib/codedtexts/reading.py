"""Read coded interviews: REFI-QDA, QualCoder, Taguette and CSV, as `Interviews`."""

from pathlib import Path

from codedtexts import databases as interviewfiles
from codedtexts import refi
from codedtexts.model import Draft, Interviews, finish
from codedtexts.refi_writing import write_refi
from expect import is_sqlite, read_table

__all__ = ["Interviews", "read_interviews", "write_refi"]

CLOSED = (".mx", ".mex", ".nvp", ".atlproj", ".hpr", ".aprx")  # beginnings of endings of closed formats


def read_interviews(
    path: Path | str, *, groups: Path | str | None = None, offsets: str | None = None
) -> Interviews:
    r"""Read coded interviews.

    Parameters
    ----------
    path : pathlib.Path or str
        A REFI-QDA project (.qdpx) or code book (.qdc), a QualCoder project (folder .qda, or its data.qda), a
        Taguette database or its export (.sqlite3, .csv, .xlsx), or a CSV with the columns code and source or
        text, and perhaps start, end, coder; texts then stand beside it as <source> or <source>.txt.
    groups : pathlib.Path or str, optional
        A CSV with a column source and one per attribute, such as group and education.
    offsets : str, optional
        The convention of the positions, where you know it, such as "UTF-16 units, half-open".

    Returns
    -------
    Interviews
        See there for columns.

    Raises
    ------
    ValueError
        If the format is closed or unknown, the file is damaged or hostile, positions fit no text or fit it in
        ways that disagree, or sources of `groups` are not those of the file.
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
    path = Path(path)
    draft = _read(path)
    draft.stated = offsets or draft.stated
    found = finish(draft)
    return found if groups is None else _join(found, Path(groups))


def _read(path: Path) -> Draft:
    """Read a file by what it is, refusing closed formats."""
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file")
    ending = path.suffix.lower()
    if ending.startswith(CLOSED):
        raise ValueError(
            f"{path}: expected an open format; found {ending}, whose layout is not published "
            "or whose texts are encrypted: export a REFI-QDA project (.qdpx) from the program and read that"
        )
    if path.is_dir():
        if not (path / "data.qda").is_file():
            raise ValueError(f"{path}: expected a QualCoder project with data.qda; found a folder without")
        return interviewfiles.read_database(path / "data.qda")
    readers = {".qdpx": refi.read_project, ".qdc": refi.read_codebook, ".csv": interviewfiles.read_codings}
    readers |= {".xlsx": interviewfiles.read_codings}
    if ending in readers:
        return readers[ending](path)
    if is_sqlite(path):
        return interviewfiles.read_database(path)
    raise ValueError(
        f"{path}: expected .qdpx, .qdc, .qda, .sqlite3, .csv or .xlsx; found {ending or 'no ending'} "
        "without the signature of a database"
    )


def _join(found: Interviews, path: Path) -> Interviews:
    """Give sources the attributes of a CSV, name by name; raise when names do not match both ways."""
    frame = read_table(path, "a CSV with a column source")
    if "source" not in frame or frame["source"].duplicated().any():
        raise ValueError(
            f"{path}: expected a column source with every name once; found {', '.join(frame.columns)}"
        )
    clash = [name for name in frame.columns if name != "source" and name in found.sources]
    if clash:
        raise ValueError(f"{path}: expected new attributes; found in the file as well: {', '.join(clash)}")
    here, there = set(found.sources["source"]), set(frame["source"])
    if here != there:
        missing, extra = ", ".join(sorted(here - there)) or "none", ", ".join(sorted(there - here)) or "none"
        raise ValueError(
            f"{path}: expected the sources of the file; found without row: {missing}; unknown: {extra}"
        )
    sources = found.sources.merge(frame, on="source", how="left", validate="1:1")
    return Interviews(found.segments, found.codes, sources, found.losses)
