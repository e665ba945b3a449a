"""What a REFI-QDA project holds beside coded texts, in words that a researcher knows."""

from collections import Counter
from typing import NamedTuple
from xml.etree.ElementTree import Element

from codedtexts.model import Draft

# What other modules carry over or count themselves, and what only holds other elements.
HANDLED = {"Project", "CodeBook", "Codes", "Code", "Users", "User", "Sources", "TextSource", "Variables"}
HANDLED |= {"PlainTextContent", "PlainTextSelection", "Coding", "CodeRef", "Variable", "VariableValue"}
HANDLED |= {"VariableRef", "TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "Cases"}
HANDLED |= {"DateTimeValue", "Case", "SourceRef", "SelectionRef", "Representation", "TextDescription", "Set"}
HANDLED |= {"Transcript", "TranscriptSelection", "AudioSource", "VideoSource", "PictureSource", "PDFSource"}
HANDLED |= {"AudioSelection", "VideoSelection", "PictureSelection", "PDFSelection", "Notes", "Note", "Sets"}
HANDLED |= {"NoteRef", "MemberCode", "MemberSource", "MemberNote", "Links", "Graphs", "Vertex", "Edge"}
ELEMENT_WORDS = {
    "Link": "link between parts of the project",
    "Graph": "diagram",
    "SyncPoint": "time stamp in a transcript",
    "Description": "description of something other than a code or a text",
}
HANDLED_ATTRIBUTES = {"guid", "name", "color", "origin", "targetGUID", "startPosition", "endPosition", "id"}
HANDLED_ATTRIBUTES |= {"plainTextPath", "creatingUser", "isCodable", "typeOfVariable", "basePath"}
HANDLED_ATTRIBUTES |= {"schemaLocation", "begin", "end", "page", "firstX", "firstY", "secondX", "secondY"}
HANDLED_ATTRIBUTES |= {"fromSyncPoint", "toSyncPoint", "timeStamp", "position", "originGUID", "direction"}
HANDLED_ATTRIBUTES |= {"sourceVertex", "targetVertex", "representedGUID", "shape", "lineStyle"}
ATTRIBUTE_WORDS = {
    "creationDateTime": "date at which something was made or changed",
    "modifiedDateTime": "date at which something was made or changed",
    "modifyingUser": "who made or changed something other than a coding",
    "modifyingUserGUID": "who made or changed something other than a coding",
    "creatingUserGUID": "who made or changed something other than a coding",
    "richTextPath": "formatting of a text",
    "path": "file of sound, film, pictures or PDF",
    "currentPath": "place of a file outside the project",
}


class Inventory(NamedTuple):
    """How many elements and attributes of every name a project has."""

    elements: Counter
    attributes: Counter


def inventory(root: Element) -> Inventory:
    """Count the elements and attributes of a project."""
    elements = Counter(element.tag for element in root.iter())
    attributes = Counter(key for element in root.iter() for key in element.attrib)
    return Inventory(*(_by_bare_name(counts) for counts in (elements, attributes)))


def _by_bare_name(counts: Counter) -> Counter:
    bare = Counter()
    for name, n in counts.items():
        bare[name.rpartition("}")[2]] += n
    return bare


def count_other_losses(there: Inventory, draft: Draft, carried: Counter) -> None:
    """Count every element and attribute that nothing else has carried over or counted."""
    for name, n in there.elements.items():
        if name not in HANDLED:
            draft.lose(ELEMENT_WORDS.get(name, f"{name}: not part of the standard"), n - carried[name])
    for name, n in there.attributes.items():
        if name not in HANDLED_ATTRIBUTES:
            draft.lose(ATTRIBUTE_WORDS.get(name, f"{name}: an attribute of the file"), n)
