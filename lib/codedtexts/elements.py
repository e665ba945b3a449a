"""Elements of XML by their names alone, whatever namespace a program writes."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

NAMESPACE = "urn:QDA-XML:project:1.0"


def tag(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def every(element: Element, name: str) -> Iterator[Element]:
    """Yield an element and all in it that have this name."""
    return (each for each in element.iter() if tag(each) == name)


def children(element: Element, *names: str) -> list[Element]:
    """Return the children with one of these names."""
    return [child for child in element if tag(child) in names]


def child_text(element: Element, name: str) -> str:
    """Return the text of the first child with this name, or nothing."""
    return next((child.text or "" for child in children(element, name)), "")


def name_of(element: Element) -> str:
    """Return what a person calls this element: its name, else its GUID."""
    return element.get("name") or element.get("guid", "")
