"""An SVG of matplotlib made small: shapes and text with plain attributes, and nothing else."""

import re
from xml.etree import ElementTree

SPACE = "http://www.w3.org/2000/svg"
XLINK = "{http://www.w3.org/1999/xlink}href"
FONTS = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
DEFAULTS = {  # what need not be said
    "stroke-linecap": "butt",
    "stroke-linejoin": "round",
    "opacity": "1",
    "fill-opacity": "1",
    "stroke-opacity": "1",
    "stroke-dashoffset": "0",
    "text-anchor": "start",
    "stroke-width": "1",
    "fill": "#000000",
}


def compact(svg: bytes, name: str, title: str) -> bytes:
    """Return an SVG of matplotlib with text as text, without what only an editor needs.

    Parameters
    ----------
    svg : bytes
        As `savefig` writes it with `svg.fonttype` none.
    name : str
        Every id begins with it: drawings of one page have no id in common.
    title : str
        Its title.

    Returns
    -------
    bytes
        Shapes and text with presentation attributes: no style, no link, no address; markers are drawn where
        they stand.
    """
    root = ElementTree.fromstring(svg)
    shapes = {node.get("id"): node for node in root.iter() if node.get("id")}
    out = ElementTree.Element(
        "svg",
        {
            "xmlns": SPACE,
            "viewBox": _rounded(root.get("viewBox")),
            "width": _pixels(root.get("width")),
            "height": _pixels(root.get("height")),
            "font-family": FONTS,
            "stroke-linejoin": "round",
        },
    )
    ElementTree.SubElement(out, "title").text = title
    _copy(root, out, shapes, name)
    return ElementTree.tostring(out, encoding="unicode").encode("utf8")


def _pixels(points: str) -> str:
    return f"{float(points.removesuffix('pt')) * 4 / 3:.0f}"


def _copy(source: ElementTree.Element, target: ElementTree.Element, shapes: dict, name: str) -> None:
    """Copy what is drawn below `source` into `target`; a group that says nothing is left out."""
    for node in source:
        tag = node.tag.rpartition("}")[2]
        if tag in {"metadata", "style"}:
            continue
        if tag == "defs":
            _copy_clips(node, target, name)
        elif tag == "use":
            _copy_marker(node, target, shapes)
        elif tag == "g":
            attributes = _attributes(node, name)
            inside = ElementTree.SubElement(target, "g", attributes) if attributes else target
            _copy(node, inside, shapes, name)
        elif tag == "text" or node.get("d"):
            _copy_shape(node, target, tag, name)


def _copy_shape(node: ElementTree.Element, target: ElementTree.Element, tag: str, name: str) -> None:
    attributes = _attributes(node, name)
    if tag == "path" and attributes.get("fill") == "none" and "stroke" not in attributes:
        return
    made = ElementTree.SubElement(target, tag, attributes)
    made.text = node.text
    for part in node:
        ElementTree.SubElement(made, "tspan", _attributes(part, name)).text = part.text


def _copy_clips(defs: ElementTree.Element, target: ElementTree.Element, name: str) -> None:
    for clip in defs.iter(f"{{{SPACE}}}clipPath"):
        made = ElementTree.SubElement(target, "clipPath", {"id": f"{name}-{clip.get('id')}"})
        for shape in clip:
            keys = {
                key: _rounded(shape.get(key)) for key in ("d", "x", "y", "width", "height") if shape.get(key)
            }
            ElementTree.SubElement(made, shape.tag.rpartition("}")[2], keys)


def _copy_marker(use: ElementTree.Element, target: ElementTree.Element, shapes: dict) -> None:
    """Draw a marker where it stands: a circle as a circle, another shape moved there."""
    shape = shapes[use.get(XLINK).removeprefix("#")]
    attributes = _attributes(shape, "") | _attributes(use, "")
    path, x, y = attributes.pop("d"), attributes.pop("x", "0"), attributes.pop("y", "0")
    start = re.match(r"M0 (-?[\d.]+)C", path)
    if start:
        place = {"cx": x, "cy": y, "r": start[1].removeprefix("-")}
        ElementTree.SubElement(target, "circle", place | attributes)
    else:
        ElementTree.SubElement(target, "path", {"d": path, "transform": f"translate({x} {y})"} | attributes)


def _attributes(node: ElementTree.Element, name: str) -> dict[str, str]:
    """Return what an element says, without defaults, as presentation attributes."""
    said = {key: value for key, value in node.attrib.items() if key not in {"id", "style", XLINK}}
    for part in node.get("style", "").split(";"):
        key, _, value = part.partition(":")
        if value.strip():
            said[key.strip()] = value.strip()
    said = {key: value for key, value in said.items() if DEFAULTS.get(key) != value}
    said.pop("font-family", None)
    if font := said.pop("font", ""):
        said["font-size"] = re.search(r"([\d.]+)px", font)[1]
        said |= {"font-weight": "bold"} if "bold" in font or "700" in font else {}
        said |= {"font-style": "italic"} if "italic" in font or "oblique" in font else {}
    if "font-size" in said:
        said["font-size"] = said["font-size"].removesuffix("px")
    said = {key: _rounded(value) for key, value in said.items()}
    if re.match(r"rotate\(-?0[ ,]", said.get("transform", "")):
        del said["transform"]
    if "clip-path" in said:
        said["clip-path"] = said["clip-path"].replace("url(#", f"url(#{name}-")
    return said


def _rounded(text: str) -> str:
    """Return numbers to one decimal, and paths without needless spaces."""
    text = re.sub(r"-?\d+\.\d+(?:e-?\d+)?", lambda m: f"{float(m[0]):.1f}".removesuffix(".0"), text)
    text = re.sub(r"(?<![\d.])-0(?![\d.])", "0", text)
    return re.sub(r"\s*([MLCQZz])\s*", r"\1", text.strip()) if text.startswith("M") else text.strip()
