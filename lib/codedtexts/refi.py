"""Read REFI-QDA: project files (.qdpx), unpacked or not, and code books (.qdc).

Source: the REFI-QDA standard 1.5 (qdasoftware.org), and how NVivo, ATLAS.ti, MAXQDA, QualCoder and others
depart from it: a capital in the name of the folder of texts, any name for the .qde, text inside the XML,
paths with or without `internal://`, offsets of several kinds, coders on the coding or on the selection.
"""

from pathlib import Path
from xml.etree.ElementTree import Element

from codedtexts.containers import Container, Folder
from codedtexts.elements import child_text, children, every, name_of, tag
from codedtexts.model import CODE_POINTS, PART_OF_A_TEXT, Code, Draft, distinct, guid
from codedtexts.refi_losses import Inventory, count_other_losses, inventory
from codedtexts.refi_sources import ProjectReading, read_sources, source_text
from expect import Archive, read_file, read_xml

ORIGIN = "codedtexts"  # stands in what `write_refi` writes, whose positions are code points, half-open
LOSSES = "codedtexts: not carried over"  # the memo in which `write_refi` keeps losses
BY_ORIGIN = {"NVivo": "UTF-16 units, half-open"}  # by origin; the standard says code points, half-open
REFI_UNITS = ("code points", "UTF-16 units")  # no program writes UTF-8 bytes to a .qdpx


def read_refi_codebook(path: Path) -> Draft:
    """Read a code book (.qdc): codes only.

    Raises
    ------
    ValueError
        If it is not a code book in well-formed XML without entities.
    """
    root, draft = read_xml(read_file(path), str(path)), Draft(str(path))
    if tag(root) != "CodeBook":
        raise ValueError(f"{path}: expected CodeBook as root; found {tag(root)}")
    reading = ProjectReading(None, draft, notes={}, groups=_code_groups(root))
    _read_codes(root, reading)
    count_other_losses(inventory(root), draft, reading.carried)
    return draft


def read_refi_project(path: Path, archive: Archive | None = None) -> Draft:
    """Read a project: a .qdpx, its folder once unpacked, or the .qde in that.

    Parameters
    ----------
    path : pathlib.Path
        The project.
    archive : expect.Archive, optional
        The project where it is an archive that is open already.

    Raises
    ------
    ValueError
        If the archive or its XML is hostile or damaged.
    """
    container = archive or Folder(path if path.is_dir() else path.parent)
    name = _project_name(container) if archive or path.is_dir() else path.name
    root = read_xml(container.read(name), f"{path}: {name}")
    if tag(root) != "Project":
        raise ValueError(f"{path}: {name}: expected Project as root; found {tag(root)}")
    origin = root.get("origin", "")
    known = next((rule for tool, rule in BY_ORIGIN.items() if tool.lower() in origin.lower()), CODE_POINTS)
    draft = Draft(str(path), known=known, units=REFI_UNITS, full_quotes=False)
    draft.stated = CODE_POINTS if ORIGIN in origin else ""
    reading = ProjectReading(container, draft, notes={}, groups=_code_groups(root), used={name})
    there = inventory(root)
    _read_notes(root, reading)
    _read_codes(root, reading)
    reading.users = _users(root, draft)
    reading.cases = {guid(case.get("guid", "")): name_of(case) for case in every(root, "Case")}
    reading.selections = {
        guid(each.get("targetGUID", "")): "a selection that is gone" for each in every(root, "SelectionRef")
    }
    reading.variables = {guid(row.get("guid", "")): row.get("name", "") for row in every(root, "Variable")}
    read_sources(root, reading)
    _read_cases(root, reading)
    _count_rest(root, reading, there)
    return draft


def _project_name(container: Container) -> str:
    names = [
        name
        for name in container.entries
        if name.lower().endswith(".qde") and not name.startswith("__MACOSX")
    ]
    if len(names) != 1:
        raise ValueError(f"{container.path}: expected one .qde; found {', '.join(names) or 'none'}")
    return names[0]


def _code_groups(root: Element) -> dict[str, list[str]]:
    """Return the names of the groups that each code is in."""
    groups: dict[str, list[str]] = {}
    for group in every(root, "Set"):
        for member in children(group, "MemberCode"):
            groups.setdefault(guid(member.get("targetGUID", "")), []).append(name_of(group))
    return groups


def _read_codes(root: Element, reading: ProjectReading) -> None:
    """Read the codes, each before those below it; a memo stands under the description."""
    books = [root] if tag(root) == "CodeBook" else children(root, "CodeBook")
    waiting = [
        (code, "") for book in books for top in children(book, "Codes") for code in children(top, "Code")
    ][::-1]
    while waiting:
        code, parent = waiting.pop()
        id_, name, colour = guid(code.get("guid", "")), code.get("name", ""), code.get("color", "")
        said = [child_text(code, "Description"), reading.memo(code)]
        groups = "; ".join(reading.groups.get(id_, []))
        reading.draft.codes.append(Code(id_, name, parent, "\n\n".join(filter(None, said)), colour, groups))
        reading.codes.add(id_)
        reading.carried["Description"] += len(children(code, "Description"))
        waiting += [(child, id_) for child in reversed(children(code, "Code"))]


def _read_notes(root: Element, reading: ProjectReading) -> None:
    """Read the memos, and take back the losses that `write_refi` wrote in one."""
    for holder in children(root, "Notes"):
        for note in children(holder, "Note"):
            text = source_text(note, reading, name_of(note), counted=False)
            if text is not None and note.get("name") == LOSSES:
                _take_back_losses(text[0], reading.draft)
            elif text is not None:
                reading.notes[guid(note.get("guid", ""))] = text[0]
            for coding in every(note, "Coding"):
                reading.draft.lose(
                    "coding of a memo: left out", len(children(coding, "CodeRef")), name_of(note)
                )


def _take_back_losses(text: str, draft: Draft) -> None:
    for line in text.splitlines():
        n, _, rest = line.partition(" × ")
        kind, _, where = rest.partition(" | ")
        draft.earlier[kind, where] = int(n) if n.isdigit() else 0


def _users(root: Element, draft: Draft) -> dict[str, str]:
    """Return the coders by GUID; two who share a name are told apart by the beginning of theirs."""
    listed: dict[str, dict[str, None]] = {}
    for user in every(root, "User"):
        name = (user.get("name") or "").strip() or (user.get("id") or "").strip()
        listed.setdefault(guid(user.get("guid", "")), {})[name] = None
    named = {id_: " / ".join(filter(None, names)) for id_, names in listed.items()}
    for id_, names in listed.items():
        draft.lose("users who share a GUID: taken for one coder", len(names) > 1, named[id_])
    coding = {
        element.get("creatingUser", "")
        for element in root.iter()
        if element.tag.endswith(("Coding", "Selection"))
    }
    coding = set(map(guid, coding))
    active = [id_ for id_ in named if id_ in coding]
    names = distinct([named[id_] or "coder without a name" for id_ in active], active)
    return named | dict(zip(active, names, strict=True))


def _read_cases(root: Element, reading: ProjectReading) -> None:
    """Give names and values of cases to their sources; count those of parts of a text."""
    sources = {source.id: source for source in reading.draft.sources}
    for case in every(root, "Case"):
        values = reading.values(case)
        told = name_of(case) + (f" ({', '.join(f'{k} {v}' for k, v in values.items())})" if values else "")
        selections = [guid(each.get("targetGUID", "")) for each in children(case, "SelectionRef")]
        wholes = [guid(each.get("targetGUID", "")) for each in children(case, "SourceRef")]
        wholes += [reading.whole_selections[each] for each in selections if each in reading.whole_selections]
        for id_ in wholes:
            if id_ in sources:
                sources[id_].add_case(name_of(case), values)
            else:
                reading.draft.lose("case of a source without text", where=told)
        for id_ in selections:
            if id_ not in reading.whole_selections:
                place = reading.selections[id_]
                reading.draft.lose(PART_OF_A_TEXT, where=f"{told}: {place}")
        if not selections and not wholes:
            reading.draft.lose("case without a text", where=told)


def _count_rest(root: Element, reading: ProjectReading, there: Inventory) -> None:
    """Count what was neither carried over nor counted before."""
    draft = reading.draft
    valued = {column for source in draft.sources for column in source.attributes}
    for name in sorted(set(reading.variables.values()) - valued):
        draft.lose("variable without a value for a text", where=name)
    for group in every(root, "Set"):
        draft.lose("group of texts", bool(children(group, "MemberSource")), name_of(group))
        draft.lose("group of memos", bool(children(group, "MemberNote")), name_of(group))
    draft.lose("memo that belongs to no code, text or coding", len(set(reading.notes) - reading.used_notes))
    count_other_losses(there, draft, reading.carried)
    unread = set(reading.container.entries) - reading.used
    draft.lose("file of the project that was not read", len(unread), ", ".join(sorted(unread)[:3]))
