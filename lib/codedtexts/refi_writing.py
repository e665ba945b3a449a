"""Write coded interviews as a REFI-QDA project."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import pandas as pd

from codedtexts.elements import NAMESPACE
from codedtexts.model import SOURCE_COLUMNS, Interviews, guid
from codedtexts.refi import LOSSES, ORIGIN
from expect import read_xml


def write_refi(interviews: Interviews, path: Path | str, *, program: str = "") -> None:
    r"""Write a REFI-QDA project (.qdpx) that other programs for coded texts can open.

    Positions are code points, half-open; attributes become variables of the sources, and what was not carried
    over is kept as a memo of the project.  The same interviews under the same name give the same bytes.

    Parameters
    ----------
    interviews : Interviews
        As `read_interviews` gives them.
    path : pathlib.Path or str
        Ending in .qdpx; an older file is replaced.
    program : str, optional
        Your program and its version, named in the file as its origin.

    Raises
    ------
    ValueError
        If a segment has no place in a text, XML cannot hold a name, or the ending differs.

    Examples
    --------
    >>> import tempfile
    >>> from codedtexts import read_interviews
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "an.txt").write_text("Een gesprek hielp.")
    >>> _ = (folder / "codes.csv").write_text("source,start,end,code\nan,4,11,trust\n")
    >>> write_refi(read_interviews(folder / "codes.csv"), folder / "codes.qdpx")
    >>> read_interviews(folder / "codes.qdpx").segments["text"].tolist()
    ['gesprek']
    """
    path = Path(path)
    if path.suffix.lower() != ".qdpx":
        raise ValueError(f"{path}: expected a name ending in .qdpx; found {path.suffix or 'none'}")
    interviews = _complete(interviews)
    _check_writable(interviews, path)
    origin = f"{program}, with {ORIGIN}" if program else ORIGIN
    root, notes = Element("Project", {"xmlns": NAMESPACE, "name": path.stem, "origin": origin}), {}
    users = _write_users(root, interviews.segments)
    _write_codes(root, interviews.codes)
    variables = _write_variables(root, interviews.sources)
    _write_cases(root, interviews.sources)
    _write_sources(root, interviews, users, variables, notes)
    _write_notes(root, notes, interviews.losses)
    _write_groups(root, interviews.codes)
    indent(root)
    data = tostring(root, encoding="utf-8", xml_declaration=True)
    data = data.replace(b"\r", b"&#13;")  # XML readers drop it bare
    read_xml(data, str(path))
    texts = interviews.sources[["id", "text"]].itertuples(index=False)
    files = {f"sources/{id_}.txt": _encode(text) for id_, text in texts}
    path.write_bytes(_packed({"project.qde": data} | files))


def _encode(text: str) -> bytes:
    """Return UTF-8, with a mark before a text that begins with U+FEFF: readers would take that for one."""
    return text.encode("utf-8-sig" if text.startswith("\ufeff") else "utf-8")


def _packed(files: dict[str, bytes]) -> bytes:
    """Return a zip archive that names neither the time nor the system it was made on."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)  # of 1 January 1980
            entry.create_system = 3
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _complete(interviews: Interviews) -> Interviews:
    """Return interviews that somebody made by hand with the columns that may be left out, empty."""
    frames = {}
    for name, columns in {"segments": ["memo"], "codes": ["groups"], "sources": ["case", "memo"]}.items():
        frame = getattr(interviews, name)
        frames[name] = frame.assign(**{column: "" for column in columns if column not in frame})
    return replace(interviews, **frames)


def _check_writable(interviews: Interviews, path: Path) -> None:
    texts = dict(zip(interviews.sources["source"], interviews.sources["text"], strict=True))
    for row in interviews.segments.itertuples(index=False):
        if pd.isna(row.start) or texts.get(row.source, "")[row.start : row.end] != row.text:
            span = f"{row.source!r}, {row.start} to {row.end}"
            raise ValueError(f"{path}: expected segments with a place in a text; found none for {span}")


def _write_users(root: Element, segments: pd.DataFrame) -> dict[str, str]:
    """Write the coders; return their GUIDs by name."""
    users = {coder: guid(f"user:{coder}") for coder in sorted(set(segments["coder"])) if coder}
    if users:
        holder = SubElement(root, "Users")
        for name, id_ in users.items():
            SubElement(holder, "User", {"guid": id_, "name": name})
    return users


def _write_codes(root: Element, codes: pd.DataFrame) -> None:
    """Write the code book, each code inside its parent."""
    if not len(codes):
        return
    known = {"": SubElement(SubElement(root, "CodeBook"), "Codes")}
    for row in codes.itertuples(index=False):
        if row.parent not in known:
            raise ValueError(f"codes: expected a code after its parent; found {row.code} first")
        attributes = {"guid": row.id, "name": row.name, "isCodable": "true"}
        attributes |= {"color": row.colour} if row.colour else {}
        known[row.id] = SubElement(known[row.parent], "Code", attributes)
        if row.description:
            SubElement(known[row.id], "Description").text = row.description


def _write_variables(root: Element, sources: pd.DataFrame) -> dict[str, str]:
    """Write the attributes as variables of text; return their GUIDs by column."""
    variables = {name: guid(f"variable:{name}") for name in sources.columns if name not in SOURCE_COLUMNS}
    if variables:
        holder = SubElement(root, "Variables")
        for name, id_ in variables.items():
            bare = name.removesuffix(" (attribute)")
            SubElement(holder, "Variable", {"guid": id_, "name": bare, "typeOfVariable": "Text"})
    return variables


def _ids_by_name(frame: pd.DataFrame, column: str) -> dict[str, list[str]]:
    """Return the ids of the rows that have each name in a column of names with semicolons between."""
    found: dict[str, list[str]] = {}
    for id_, names in zip(frame["id"], frame[column], strict=True):
        for name in filter(None, names.split("; ")):
            found.setdefault(name, []).append(id_)
    return found


def _write_cases(root: Element, sources: pd.DataFrame) -> None:
    """Write who speaks in which sources."""
    cases = _ids_by_name(sources, "case")
    holder = SubElement(root, "Cases") if cases else None
    for name, ids in cases.items():
        case = SubElement(holder, "Case", {"guid": guid(f"case:{name}"), "name": name})
        for id_ in ids:
            SubElement(case, "SourceRef", {"targetGUID": id_})


def _write_sources(root: Element, interviews: Interviews, users: dict, variables: dict, notes: dict) -> None:
    if not len(interviews.sources):
        return
    holder, by_source = SubElement(root, "Sources"), dict(list(interviews.segments.groupby("source")))
    for source in interviews.sources.to_dict("records"):
        attributes = {"guid": source["id"], "name": source["name"]}
        attributes["plainTextPath"] = f"internal://{source['id']}.txt"
        element = SubElement(holder, "TextSource", attributes)
        _write_selections(
            element, by_source.get(source["source"], interviews.segments.iloc[:0]), users, notes
        )
        _refer_to_memo(element, source["memo"], notes)
        for name, id_ in variables.items():
            value = SubElement(element, "VariableValue")
            SubElement(value, "VariableRef", {"targetGUID": id_})
            SubElement(value, "TextValue").text = source[name]


def _refer_to_memo(element: Element, memo: str, notes: dict[str, str]) -> None:
    if memo:
        id_ = guid(f"memo:{memo}")
        notes[id_] = memo
        SubElement(element, "NoteRef", {"targetGUID": id_})


def _write_notes(root: Element, notes: dict[str, str], losses: pd.DataFrame) -> None:
    """Write the memos, and one of what was not carried over into these interviews."""
    rows = [f"{loss.n} × {loss.kind} | {loss.where}" for loss in losses.itertuples()]
    lost = "\n".join(" ".join(row.split()) for row in rows)
    holder = SubElement(root, "Notes") if notes or lost else None
    for number, (id_, text) in enumerate(notes.items(), 1):
        _write_note(holder, id_, f"memo {number}", text)
    if lost:
        _write_note(holder, guid(LOSSES), LOSSES, lost)


def _write_note(holder: Element, id_: str, name: str, text: str) -> None:
    note = SubElement(holder, "Note", {"guid": id_, "name": name})
    SubElement(note, "PlainTextContent").text = text


def _write_groups(root: Element, codes: pd.DataFrame) -> None:
    """Write groups of codes."""
    groups = _ids_by_name(codes, "groups")
    holder = SubElement(root, "Sets") if groups else None
    for name, ids in groups.items():
        group = SubElement(holder, "Set", {"guid": guid(f"group:{name}"), "name": name})
        for id_ in ids:
            SubElement(group, "MemberCode", {"targetGUID": id_})


def _write_selections(element: Element, segments: pd.DataFrame, users: dict, notes: dict) -> None:
    """Write a selection for every coding, so that no two codings share one."""
    for number, row in enumerate(segments.itertuples(index=False)):
        user = {"creatingUser": users[row.coder]} if row.coder else {}
        id_ = f"{element.get('guid')}:{number}"
        span = {"startPosition": str(row.start), "endPosition": str(row.end)}
        selection = SubElement(
            element, "PlainTextSelection", {"guid": guid(f"selection:{id_}")} | span | user
        )
        coding = SubElement(selection, "Coding", {"guid": guid(f"coding:{id_}")} | user)
        SubElement(coding, "CodeRef", {"targetGUID": row.code_id})
        _refer_to_memo(coding, row.memo, notes)
