"""Read REFI-QDA: project files (.qdpx) and code books (.qdc).

Source: the REFI-QDA standard 1.5 (qdasoftware.org), and how NVivo, ATLAS.ti, MAXQDA, QualCoder and others
depart from it: a capital in the name of the folder of texts, any name for the .qde, text inside the XML,
paths with or without `internal://`, offsets of many kinds, coders on the coding or on the selection.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element

from codedtexts.model import Code, Draft, Selection, Source, guid
from expect import Archive, decode, read_file, read_xml

NAMESPACE = "urn:QDA-XML:project:1.0"
ORIGIN = "codedtexts"  # stands in what `write_refi` writes, whose positions are code points, half-open
EXPECTED = {"QualCoder": "code points, half-open", "NVivo": "UTF-16 units, half-open"}  # by origin
CARRIED_ELEMENTS = {"Project", "CodeBook", "Codes", "Code", "Users", "User", "Sources", "TextSource"}
CARRIED_ELEMENTS |= {"PlainTextContent", "CodeRef", "Variables", "Variable", "VariableRef", "Cases"}
CARRIED_ELEMENTS |= {"SourceRef", "Representation"}
CARRIED_ATTRIBUTES = {"guid", "name", "color", "origin", "targetGUID", "startPosition", "endPosition", "id"}
CARRIED_ATTRIBUTES |= {"plainTextPath", "creatingUser", "isCodable", "typeOfVariable", "basePath"}
CARRIED_ATTRIBUTES |= {"schemaLocation"}


def read_refi_codebook(path: Path) -> Draft:
    """Read a code book (.qdc): codes only.

    Raises
    ------
    ValueError
        If it is not a code book in well-formed XML without entities.
    """
    root, draft = read_xml(read_file(path), str(path)), Draft(str(path))
    if _tag(root) != "CodeBook":
        raise ValueError(f"{path}: expected CodeBook as root; found {_tag(root)}")
    carried = Counter()
    _read_codes(root, draft, carried)
    _count_losses(root, draft, carried)
    return draft


def read_refi_project(path: Path) -> Draft:
    """Read a project (.qdpx).

    Raises
    ------
    ValueError
        If the archive or its XML is hostile or damaged, or a reference leads nowhere.
    """
    archive = Archive(path)
    name = _project_name(archive)
    root = read_xml(archive.read(name), f"{path}: {name}")
    if _tag(root) != "Project":
        raise ValueError(f"{path}: {name}: expected Project as root; found {_tag(root)}")
    draft, origin = Draft(str(path), quoted=False), root.get("origin", "")
    draft.expected = next((rule for tool, rule in EXPECTED.items() if tool.lower() in origin.lower()), None)
    draft.stated = "code points, half-open" if ORIGIN in origin else None
    reading = _Reading(archive, draft, used={name})
    _read_codes(root, draft, reading.carried)
    reading.codes = {code.id for code in draft.codes}
    reading.users = {guid(u.get("guid", "")): u.get("name") or u.get("id") or "" for u in _all(root, "User")}
    reading.cases = {guid(case.get("guid", "")) for case in _all(root, "Case")}
    reading.variables = {guid(row.get("guid", "")): row.get("name", "") for row in _all(root, "Variable")}
    for element, holder in _text_sources(root):
        _read_source(element, holder, reading)
    _read_cases(root, reading)
    named = {column for source in draft.sources for column in source.attributes}
    draft.lose("variable without a value for a text", len(set(reading.variables.values()) - named))
    _count_losses(root, draft, reading.carried)
    draft.lose("file", len(set(archive.entries) - reading.used), "in the archive, not read")
    return draft


@dataclass
class _Reading:
    """A project being read: where its texts are, and what its GUIDs stand for."""

    archive: Archive
    draft: Draft
    used: set[str]  # files that were read
    carried: Counter = field(default_factory=Counter)  # elements that were carried over
    codes: set[str] = field(default_factory=set)
    users: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    cases: set[str] = field(default_factory=set)


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _all(element: Element, name: str) -> Iterator[Element]:
    return (each for each in element.iter() if _tag(each) == name)


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if _tag(child) == name]


def _child_text(element: Element, name: str) -> str:
    return next((child.text or "" for child in _children(element, name)), "")


def _project_name(archive: Archive) -> str:
    names = [
        name for name in archive.entries if name.lower().endswith(".qde") and not name.startswith("__MACOSX")
    ]
    if len(names) != 1:
        raise ValueError(f"{archive.path}: expected one .qde; found {', '.join(names) or 'none'}")
    return names[0]


def _read_codes(root: Element, draft: Draft, carried: Counter) -> None:
    """Read the codes, each before those below it."""
    books = [root] if _tag(root) == "CodeBook" else _children(root, "CodeBook")
    waiting = [
        (code, "") for book in books for top in _children(book, "Codes") for code in _children(top, "Code")
    ]
    while waiting:
        code, parent = waiting.pop(0)
        id_, name, colour = guid(code.get("guid", "")), code.get("name", ""), code.get("color", "")
        draft.codes.append(Code(id_, name, parent, _child_text(code, "Description"), colour))
        carried["Description"] += len(_children(code, "Description"))
        waiting[:0] = [(child, id_) for child in _children(code, "Code")]


def _text_sources(root: Element) -> Iterator[tuple[Element, Element]]:
    """Yield each text and the source that it belongs to: itself, or the PDF that it represents."""
    for sources in _children(root, "Sources"):
        for holder in sources:
            if _tag(holder) == "TextSource":
                yield holder, holder
            elif _tag(holder) == "PDFSource":
                for element in _children(holder, "Representation"):
                    yield element, holder


def _read_source(element: Element, holder: Element, reading: _Reading) -> None:
    name = holder.get("name") or element.get("name") or element.get("guid", "")
    text, bom = _source_text(element, reading.archive, name, reading.used)
    source = Source(guid(holder.get("guid", "")), name, text, bom)
    source.attributes.update(_values(holder, reading))
    for number, selection in enumerate(_children(element, "PlainTextSelection"), 1):
        where = f"{reading.draft.where}: source {name!r}: selection {number}"
        _read_selection(selection, where, source, reading)
    reading.carried["PDFSource"] += element is not holder
    reading.draft.sources.append(source)


def _source_text(element: Element, archive: Archive, name: str, used: set[str]) -> tuple[str, bool]:
    """Return the text of a source, and whether it had a byte order mark."""
    where, path = f"{archive.path}: source {name!r}", element.get("plainTextPath")
    inline = _children(element, "PlainTextContent")
    if inline or not path:
        if not inline:
            raise ValueError(f"{where}: expected text or plainTextPath; found neither: it cannot be read")
        return (inline[0].text or "").removeprefix("\ufeff"), (inline[0].text or "").startswith("\ufeff")
    wanted = path.replace("\\", "/").partition("://")[2] or path
    base = PurePosixPath(wanted).name
    if path.lower().startswith("absolute://") or ".." in PurePosixPath(wanted).parts:
        raise ValueError(f"{where}: expected a text inside the archive; found {path}")
    known = {entry.lower(): entry for entry in archive.entries}
    for candidate in (f"sources/{wanted.strip('/')}", wanted.strip("/"), f"sources/{base}"):
        if candidate.lower() in known:
            entry = known[candidate.lower()]
            used.add(entry)
            return decode(archive.read(entry), f"{archive.path}: {entry}")
    raise ValueError(f"{where}: expected {path} in the archive; found no such file")


def _read_selection(selection: Element, where: str, source: Source, reading: _Reading) -> None:
    codings = _children(selection, "Coding")
    if not codings:
        return
    start, end = (_position(selection, key, where) for key in ("startPosition", "endPosition"))
    reading.carried["PlainTextSelection"] += 1
    for coding in codings:
        coder = _coder(coding.get("creatingUser") or selection.get("creatingUser") or "", where, reading)
        references = _children(coding, "CodeRef")
        for reference in references:
            code = guid(reference.get("targetGUID", ""))
            if code in reading.cases:
                reading.draft.lose("coding that names a case", where=source.name)
            elif code not in reading.codes:
                unknown = reference.get("targetGUID", "none")
                raise ValueError(f"{where}: expected a code of the code book; found {unknown}")
            else:
                source.selections.append(Selection(start, end, selection.get("name"), code, coder))
        reading.carried["Coding"] += bool(references)


def _position(selection: Element, key: str, where: str) -> int:
    text = selection.get(key, "none")
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,15}\s*", text):
        raise ValueError(f"{where}: expected whole numbers as positions; found {text[:40]!r} as {key}")
    return int(text)


def _coder(user: str, where: str, reading: _Reading) -> str:
    """Return the name of a coder; where the project has none, what stands there instead, and count a loss."""
    if user and guid(user) not in reading.users and guid(user) == user.strip("{} ").lower():
        reading.draft.lose("name of a coder: no such user in the project", where=where.rpartition(": ")[0])
    return reading.users.get(guid(user), user) if user else ""


def _values(holder: Element, reading: _Reading) -> dict[str, str]:
    values = {}
    for value in _children(holder, "VariableValue"):
        reference = next(iter(_children(value, "VariableRef")), None)
        key = guid(reference.get("targetGUID", "")) if reference is not None else ""
        if key in reading.variables:
            texts = [child for child in value if _tag(child) != "VariableRef"]
            values[reading.variables[key]] = "".join(child.text or "" for child in texts)
            reading.carried.update(["VariableValue", *(_tag(child) for child in texts)])
    return values


def _read_cases(root: Element, reading: _Reading) -> None:
    """Give the attributes of a case to its sources; count a second, different value as lost."""
    sources = {source.id: source for source in reading.draft.sources}
    for case in _all(root, "Case"):
        values = _values(case, reading)
        reading.carried["Case"] += 1
        for reference in _children(case, "SourceRef"):
            source = sources.get(guid(reference.get("targetGUID", "")))
            if source is None:
                reading.draft.lose("case of a source without text", where=case.get("name", ""))
                continue
            for key, value in values.items():
                if source.attributes.setdefault(key, value) != value:
                    reading.draft.lose("second value of an attribute", where=f"{source.name}: {key}")


def _count_losses(root: Element, draft: Draft, carried: Counter) -> None:
    """Count every element and attribute that was not carried over."""
    elements = Counter(_tag(element) for element in root.iter())
    for tag, n in elements.items():
        if tag not in CARRIED_ELEMENTS:
            draft.lose(tag, n - carried[tag], "element")
    attributes = Counter(key.rpartition("}")[2] for element in root.iter() for key in element.attrib)
    for key, n in attributes.items():
        if key not in CARRIED_ATTRIBUTES:
            draft.lose(key, n, "attribute")
