"""Read the texts of a REFI-QDA project and their codings; count those of sound, film and pictures."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple
from xml.etree.ElementTree import Element

from codedtexts.cells import whole_number
from codedtexts.containers import Container, decoded
from codedtexts.elements import child_text, children, every, name_of, tag
from codedtexts.model import NO_TEXT, UNUSABLE, Draft, Selection, Source, guid

SOURCE_KINDS = {
    "TextSource": "text",
    "PDFSource": "PDF",
    "AudioSource": "sound",
    "VideoSource": "film",
    "PictureSource": "picture",
}
PARTS = {
    "PDFSelection": "coding of an area of a PDF: left out",
    "AudioSelection": "coding of a fragment of sound: left out",
    "VideoSelection": "coding of a fragment of film: left out",
    "PictureSelection": "coding of an area of a picture: left out",
}
INNER_TEXTS = ("Representation", "TextDescription", "Transcript")  # texts inside a source of another kind


@dataclass
class ProjectReading:
    """A project being read: where its texts are, and what its GUIDs stand for."""

    container: Container | None
    draft: Draft
    notes: dict[str, str]
    groups: dict[str, list[str]]
    used: set[str] = field(default_factory=set)  # files that were read
    used_notes: set[str] = field(default_factory=set)
    carried: Counter = field(default_factory=Counter)  # elements of which only some are carried over
    codes: set[str] = field(default_factory=set)
    users: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    selections: dict[str, str] = field(default_factory=dict)  # those that cases refer to: where, in words
    whole_selections: dict[str, str] = field(default_factory=dict)  # of a whole text: the id of its source

    def memo(self, element: Element) -> str:
        """Return the memos that an element refers to."""
        ids = [guid(each.get("targetGUID", "")) for each in children(element, "NoteRef")]
        self.used_notes.update(ids)
        self.draft.lose("memo that is gone", sum(id_ not in self.notes for id_ in ids), name_of(element))
        return "\n\n".join(self.notes[id_] for id_ in ids if self.notes.get(id_))

    def values(self, holder: Element) -> dict[str, str]:
        """Return the values of the variables of a source or case."""
        values = {}
        for value in children(holder, "VariableValue"):
            reference = next(iter(children(value, "VariableRef")), None)
            key = guid(reference.get("targetGUID", "")) if reference is not None else ""
            texts = [child.text or "" for child in value if tag(child) != "VariableRef"]
            if key in self.variables:
                values[self.variables[key]] = "".join(texts)
            else:
                self.draft.lose("value of a variable that is gone", where=name_of(holder))
        return values


def read_sources(root: Element, reading: ProjectReading) -> None:
    """Read every text of a project with its codings."""
    for holder in _holders(root):
        texts = [holder] if tag(holder) == "TextSource" else children(holder, *INNER_TEXTS)
        if not texts:
            _count_without_text(holder, reading)
        read = [_read_text(element, holder, reading) for element in texts]
        source = next(filter(None, read), None)
        if source is not None and tag(holder) != "TextSource":
            _read_codings(holder, source, reading, _Span(None, None, whole=True))
        for part in children(holder, *PARTS):
            reading.draft.lose(PARTS[tag(part)], _references(part), name_of(holder))
        holder.clear()  # a large project is mostly selections


def _holders(root: Element) -> Iterator[Element]:
    for sources in children(root, "Sources"):
        for holder in sources:
            if tag(holder) in SOURCE_KINDS:
                yield holder


def _references(element: Element) -> int:
    return sum(len(children(coding, "CodeRef")) for coding in every(element, "Coding"))


def _count_without_text(holder: Element, reading: ProjectReading) -> None:
    """Count a source of sound, film or pictures, and its codings of all of it."""
    reading.draft.lose(f"source without text ({SOURCE_KINDS[tag(holder)]})", where=name_of(holder))
    inside = sum(len(children(coding, "CodeRef")) for coding in children(holder, "Coding"))
    reading.draft.lose(NO_TEXT, inside, name_of(holder))


def _read_text(element: Element, holder: Element, reading: ProjectReading) -> Source | None:
    """Read one text and its codings, or count them if the text cannot be read."""
    name = name_of(holder)
    if tag(element) == "Transcript" and len(children(holder, "Transcript")) > 1 and element.get("name"):
        name = f"{name}: {element.get('name')}"
    text = source_text(element, reading, name)
    if text is None:
        reading.draft.lose(NO_TEXT, _references(element), name)
        return None
    first = element is holder or element is children(holder, *INNER_TEXTS)[0]
    source = Source(guid((holder if first else element).get("guid", "")), name, *text)
    source.memo = "\n\n".join(filter(None, [child_text(holder, "Description"), reading.memo(holder)]))
    reading.carried["Description"] += len(children(holder, "Description")) if first else 0
    for key, value in reading.values(holder).items():
        source.add_attribute(key, value)
    marks = {guid(mark.get("guid", "")): mark for mark in children(element, "SyncPoint")}
    for number, selection in enumerate(children(element, "PlainTextSelection", "TranscriptSelection"), 1):
        _read_selection(selection, str(number), source, reading, marks)
    _read_codings(element, source, reading, _Span(None, None, whole=True))
    reading.draft.sources.append(source)
    return source


def source_text(
    element: Element, reading: ProjectReading, name: str, *, counted: bool = True
) -> tuple[str, bool] | None:
    """Return a text and whether it had a byte order mark; count it and return None if it is not there."""
    inline, path = children(element, "PlainTextContent"), element.get("plainTextPath")
    if inline:
        text = inline[0].text or ""
        return text.removeprefix("\ufeff"), text.startswith("\ufeff")
    entry = _entry(path, reading.container) if path else None
    if entry is not None:
        reading.used.add(entry)
        where = f"{reading.container.path}: {entry}"
        return decoded(reading.container.read(entry), where, name, reading.draft)
    if path:
        reading.draft.lose("source whose text is not in the project", counted, f"{name}: {path}")
    else:
        why = "formatted text only" if element.get("richTextPath") else "no text"
        reading.draft.lose(f"source without text ({why})", counted, name)
    return None


def _entry(path: str, container: Container) -> str | None:
    """Return the file of a project that a path stands for; None for one outside the project or absent."""
    wanted = path.replace("\\", "/").partition("://")[2] or path.replace("\\", "/")
    if path.lower().startswith("absolute://") or ".." in PurePosixPath(wanted).parts:
        return None
    known = {entry.lower(): entry for entry in container.entries}
    bare, base = wanted.strip("/"), PurePosixPath(wanted).name
    return next(
        (
            known[each.lower()]
            for each in (f"sources/{bare}", bare, f"sources/{base}")
            if each.lower() in known
        ),
        None,
    )


class _Span(NamedTuple):
    """Where a selection is, as the file has it."""

    start: int | None
    end: int | None
    quote: str | None = None
    number: str = ""
    memo: str = ""
    coder: str = ""
    whole: bool = False


def _read_selection(
    selection: Element, number: str, source: Source, reading: ProjectReading, marks: dict[str, Element]
) -> None:
    """Read the codings of one selection."""
    start, end = (_position(selection, end, marks) for end in ("start", "end"))
    if reading.selections and (id_ := guid(selection.get("guid", ""))) in reading.selections:
        reading.selections[id_] = f"{source.name}, selection {number} ({start} to {end})"
        if start is not None and end is not None and start <= 0 and end >= len(source.text):
            reading.whole_selections[id_] = source.id
    if not children(selection, "Coding"):
        reading.draft.lose("selection without a code", where=source.name)
        return
    if start is None or end is None:
        reading.draft.lose(UNUSABLE, _references(selection), f"{source.name}: selection {number}")
        return
    memo = "\n\n".join(filter(None, [child_text(selection, "Description"), reading.memo(selection)]))
    reading.carried["Description"] += len(children(selection, "Description"))
    coder = selection.get("creatingUser") or ""
    _read_codings(selection, source, reading, _Span(start, end, selection.get("name"), number, memo, coder))


def _position(selection: Element, end: str, marks: dict[str, Element]) -> int | None:
    """Return a position, that of the time stamp in a transcript; None where there is no whole number."""
    if tag(selection) == "TranscriptSelection":
        mark = marks.get(guid(selection.get({"start": "fromSyncPoint", "end": "toSyncPoint"}[end], "")))
        text = "" if mark is None else mark.get("position", "")
    else:
        text = selection.get(f"{end}Position", "")
    return whole_number(text)


def _read_codings(element: Element, source: Source, reading: ProjectReading, span: _Span) -> None:
    """Read the codings that stand directly in an element."""
    for coding in children(element, "Coding"):
        coder = _coder(coding.get("creatingUser") or span.coder, source, reading)
        memo = "\n\n".join(filter(None, [span.memo, reading.memo(coding)]))
        references = children(coding, "CodeRef")
        reading.draft.lose("coding without a code", not references, source.name)
        for reference in references:
            code = guid(reference.get("targetGUID", ""))
            if code in reading.cases and code not in reading.codes:
                reading.draft.lose("coding that names a case", where=f"{source.name}: {reading.cases[code]}")
                continue
            source.selections.append(
                Selection(span.start, span.end, span.quote, code, coder, memo, span.number, whole=span.whole)
            )


def _coder(user: str, source: Source, reading: ProjectReading) -> str:
    """Return the name of a coder; where the project has none, what stands there instead, and count a loss."""
    if not user:
        return ""
    if guid(user) not in reading.users and guid(user) == user.strip("{} ").lower():
        reading.draft.lose("coding by someone who is not a user of the project", where=source.name)
    return reading.users.get(guid(user), user)
