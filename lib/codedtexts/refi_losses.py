"""What a REFI-QDA project holds beside coded texts, in words that a researcher knows."""

from collections import Counter
from xml.etree.ElementTree import Element

from codedtexts.elements import tag
from codedtexts.model import Draft

# What other modules carry over or count themselves, and what only holds other elements.
HANDLED = {"Project", "CodeBook", "Codes", "Code", "Users", "User", "Sources", "TextSource", "Variables"}
HANDLED |= {"PlainTextContent", "PlainTextSelection", "Coding", "CodeRef", "Variable", "VariableValue"}
HANDLED |= {"VariableRef", "TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "Cases"}
HANDLED |= {"DateTimeValue", "Case", "SourceRef", "SelectionRef", "Representation", "TextDescription", "Set"}
HANDLED |= {"Transcript", "TranscriptSelection", "AudioSource", "VideoSource", "PictureSource", "PDFSource"}
HANDLED |= {"AudioSelection", "VideoSelection", "PictureSelection", "PDFSelection", "Notes", "Note", "Sets"}
HANDLED |= {"NoteRef", "MemberCode", "MemberSource", "MemberNote", "Links", "Graphs", "Vertex", "Edge"}
ELEMENTS = {
    "Link": "link between parts of the project",
    "Graph": "diagram",
    "SyncPoint": "time mark in a transcript",
    "Description": "description of something other than a code or a text",
}
HANDLED_ATTRIBUTES = {"guid", "name", "color", "origin", "targetGUID", "startPosition", "endPosition", "id"}
HANDLED_ATTRIBUTES |= {"plainTextPath", "creatingUser", "isCodable", "typeOfVariable", "basePath"}
HANDLED_ATTRIBUTES |= {"schemaLocation", "begin", "end", "page", "firstX", "firstY", "secondX", "secondY"}
HANDLED_ATTRIBUTES |= {"fromSyncPoint", "toSyncPoint", "timeStamp", "position", "originGUID", "direction"}
HANDLED_ATTRIBUTES |= {"sourceVertex", "targetVertex", "representedGUID", "shape", "lineStyle"}
ATTRIBUTES = {
    "creationDateTime": "date at which something was made or changed",
    "modifiedDateTime": "date at which something was made or changed",
    "modifyingUser": "who made or changed something other than a coding",
    "modifyingUserGUID": "who made or changed something other than a coding",
    "creatingUserGUID": "who made or changed something other than a coding",
    "richTextPath": "formatting of a text",
    "path": "file of sound, film, pictures or PDF",
    "currentPath": "place of a file outside the project",
}


def count_other_losses(root: Element, draft: Draft, carried: Counter) -> None:
    """Count every element and attribute that nothing else has carried over or counted."""
    elements = Counter(tag(element) for element in root.iter())
    for name, n in elements.items():
        if name not in HANDLED:
            draft.lose(ELEMENTS.get(name, f"{name}: not part of the standard"), n - carried[name])
    attributes = Counter(key.rpartition("}")[2] for element in root.iter() for key in element.attrib)
    for name, n in attributes.items():
        if name not in HANDLED_ATTRIBUTES:
            draft.lose(ATTRIBUTES.get(name, f"{name}: an attribute of the file"), n)
