"""Read coded interviews, whichever program they are from; what is in a file says what it is, not its name."""

from dataclasses import replace
from pathlib import Path

from codedtexts.choosing import choose_coders, choose_documents
from codedtexts.databases import read_database
from codedtexts.model import Draft, Interviews
from codedtexts.refi import read_refi_codebook, read_refi_project
from codedtexts.spreadsheets import read_codings
from codedtexts.tables import finish
from codedtexts.webanno import MARK, read_webanno
from expect import Archive, check_file, is_sqlite, read_table, read_xml
from expect.limits import MAX_FILE, read_file

CLOSED = (".mx", ".mex", ".nvp", ".atlproj", ".hpr", ".aprx")  # how endings of closed formats begin
IN_FOLDERS = ("data.qda", "*.qde", "codes.csv")  # by which a folder is a project


def read_interviews(
    path: Path | str,
    *,
    groups: Path | str | None = None,
    offsets: str | None = None,
    coders: str = "",
    documents: str = "",
    project: str = "",
) -> Interviews:
    r"""Read coded interviews.

    Parameters
    ----------
    path : pathlib.Path or str
        A REFI-QDA project (.qdpx, or the folder that it was unpacked to) or code book (.qdc); a project of
        QualCoder (the folder .qda or its data.qda), RQDA or Taguette (database, or table of highlights); a
        text of INCEpTION (WebAnno TSV 3); the report of codings of QualCoder; or a table (CSV, .xlsx) with
        the columns code, source and either text or start and end, and perhaps coder, case and memo; texts
        are then read from the files <source>.txt or <source> beside it.
    groups : pathlib.Path or str, optional
        A CSV with a column source and one per attribute, such as group and education.
    offsets : str, optional
        The convention of the positions, where you know it, such as "UTF-16 units, half-open".
    coders, documents : str
        Names, separated by semicolons, of those to keep; all when empty.
    project : str
        Name or number of the project in a Taguette database of several.

    Returns
    -------
    Interviews
        Four tables: `segments`, `codes`, `sources`, `losses`.

    Raises
    ------
    ValueError
        If the format is closed or unknown, the file is damaged or hostile, positions fit the texts in two
        ways that disagree, there is no such coder, document or project, or `groups` does not name exactly
        the sources of the file.
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
    draft = _read_draft(Path(path), project)
    draft.stated = offsets or draft.stated
    interviews = choose_coders(choose_documents(finish(draft), documents), coders)
    return interviews if groups is None else _with_groups(interviews, Path(groups))


def _read_draft(path: Path, project: str) -> Draft:
    if path.is_dir():
        return _read_folder(path, project)
    check_file(path, most=MAX_FILE)
    ending = path.suffix.lower()
    if ending.startswith(CLOSED):
        raise ValueError(
            f"{path}: expected an open format; found {ending}, whose layout is not published "
            "or whose texts are encrypted: export a REFI-QDA project (.qdpx) from the program and read that"
        )
    if is_sqlite(path):
        return read_database(path, project)
    with path.open("rb") as file:
        head = file.read(1000)
    if head.startswith(b"PK\x03\x04") or ending == ".qdpx":
        return _read_archive(path)
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") or ending in (".qde", ".qdc"):
        return _read_xml(path)
    if head.decode("utf-8", "ignore").lstrip("\ufeff").startswith(MARK):
        return read_webanno(path)
    return read_codings(path)


def _read_folder(path: Path, project: str) -> Draft:
    """Read the project that a folder is."""
    found = [file for pattern in IN_FOLDERS for file in sorted(path.glob(pattern)) if file.is_file()]
    if not found:
        raise ValueError(
            f"{path}: expected a project (data.qda, project.qde or codes.csv in it); found a folder without"
        )
    return read_refi_project(path) if found[0].suffix.lower() == ".qde" else _read_draft(found[0], project)


def _read_archive(path: Path) -> Draft:
    """Read a project or a workbook; other archives are refused."""
    archive = Archive(path)
    names = archive.entries
    if any(name.lower().endswith(".qde") for name in names) or path.suffix.lower() == ".qdpx":
        return read_refi_project(path, archive)
    if any(name.startswith("xl/") for name in names):
        return read_codings(path)
    found = ", ".join(sorted(names)[:3]) or "nothing"
    raise ValueError(f"{path}: expected a project (.qde) or a workbook in the archive; found {found}")


def _read_xml(path: Path) -> Draft:
    root = read_xml(read_file(path), str(path)).tag.rpartition("}")[2]
    if root == "Project":
        return read_refi_project(path)
    if root == "CodeBook" or path.suffix.lower() == ".qdc":
        return read_refi_codebook(path)
    raise ValueError(f"{path}: expected Project or CodeBook as root of the XML; found {root}")


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
