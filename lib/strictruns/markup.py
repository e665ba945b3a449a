"""Markup of strangers in a page: what is on a list stays, everything else goes.

What a browser would make of broken markup decides what is in it, so it is read as browsers do (nh3: html5ever
and Ammonia) and written anew.  Nothing here relies on the content security policy of the page.
"""

import base64
import binascii
import re
from collections.abc import Collection
from urllib.parse import unquote_to_bytes
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

TAGS = """
    a abbr aside b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure
    footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p picture pre q s samp section
    small source span strong sub summary sup table tbody td tfoot th thead time tr u ul var
"""
GONE = """
    applet audio canvas embed frame frameset iframe math noembed noframes noscript object
    plaintext script style svg template textarea title video xmp
"""  # with all that is inside
ATTRIBUTES = {
    "*": {"class", "data-files", "id", "lang", "dir", "role", "style", "tabindex"},
    "a": {"href"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start", "type"},
    "source": {"media", "srcset"},
    "td": {"colspan", "headers", "rowspan", "scope"},
    "th": {"abbr", "colspan", "headers", "rowspan", "scope"},
    "time": {"datetime"},
}
PROPERTIES = """
    background background-color border border-bottom border-collapse border-color border-left border-
    radius border-right border-spacing border-style border-top border-width color display font-family
    font-size font-style font-weight height line-height list-style-type margin margin-bottom margin-left
    margin-right margin-top max-height max-width min-width padding padding-bottom padding-left padding-
    right padding-top text-align text-decoration text-indent vertical-align white-space width
"""
FETCHED = re.compile(r"url|image|@|\\|//|/\*|expression|src\s*\(|element\s*\(", re.IGNORECASE)  # in a style
PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml)[;,]")
LINK = re.compile(r"#|https?://|mailto:", re.IGNORECASE)
RUNNING = ("script", "foreignobject", "iframe", "embed", "object", "handler", "listener", "set", "animate")


def own_address(pages: Collection[str]) -> re.Pattern:
    """Return the pattern of addresses of some pages, and of places in them."""
    return re.compile(rf"(?:{'|'.join(map(re.escape, pages))})(#[\w.-]+)?" if pages else r"(?!)")


def clean(markup: str, *, own: Collection[str] = ()) -> str:
    """Return markup without anything that runs or that a browser would fetch.

    Parameters
    ----------
    markup : str
        The body of a page, or a part of it.
    own : collection of str
        Addresses of the pages that may be linked to.

    Raises
    ------
    ValueError
        If a drawing inside it holds a script, a handler or an address.

    Examples
    --------
    >>> clean('<p onclick="x()">a <b style="color:red;position:fixed">b</b><script>x()</script></p>')
    '<p>a <b style="color:red">b</b></p>'
    """
    import nh3

    pages = own_address(own)
    wrong: list[ValueError] = []  # raised afterwards: nh3 goes on after an error here, and keeps the value

    def kept(tag: str, name: str, value: str) -> str | None:
        try:
            return _kept(name, value, pages)
        except ValueError as error:
            wrong.append(error)
            return None

    cleaned = nh3.clean(
        markup,
        tags=set(TAGS.split()),
        clean_content_tags=set(GONE.split()),
        attributes=ATTRIBUTES,
        attribute_filter=kept,
        generic_attribute_prefixes={"aria-"},
        filter_style_properties=set(PROPERTIES.split()),
        url_schemes={"http", "https", "mailto", "data"},
        link_rel=None,
    )
    if wrong:
        raise wrong[0]
    return cleaned


def _kept(name: str, value: str, pages: re.Pattern) -> str | None:
    """Return the value of an attribute that is on the list, or None where it does more than it may."""
    if name == "style":
        return None if FETCHED.search(value) else value
    if name == "srcset" and re.search(r"\s", value):  # more than one address
        return None
    if name in ("src", "srcset"):
        return _picture(value)
    if name == "href":
        return value if LINK.match(value) or pages.fullmatch(value) else None
    return value


def _picture(address: str) -> str | None:
    """Return the address of a picture that lies in it, or None."""
    if not PICTURE.match(address):
        return None
    if address.startswith("data:image/svg"):
        head, _, data = address.partition(",")
        try:
            drawing = base64.b64decode(data) if head.endswith(";base64") else unquote_to_bytes(data)
        except binascii.Error:
            return None
        check_drawing(drawing)
    return address


def check_drawing(drawing: bytes) -> None:
    """Raise unless an SVG drawing holds no script, no handler and no address outside itself."""
    try:
        root = fromstring(drawing, forbid_entities=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise ValueError(f"page: expected a drawing in well-formed SVG; found {error}") from error
    for element in root.iter():
        tag = element.tag.rpartition("}")[2].lower()
        styles = [element.get("style", ""), element.text or "" if tag == "style" else ""]
        for name, value in element.attrib.items():
            name = name.rpartition("}")[2].lower()
            if name in ("href", "src") and not value.startswith(("#", "data:image/")):
                raise ValueError(f"page: expected a drawing without addresses; found {value[:80]!r}")
            if name.startswith("on"):
                raise ValueError(f"page: expected a drawing without handlers; found {name[:80]!r}")
            styles += [value] if "(" in value else []
        if tag in RUNNING:
            raise ValueError(f"page: expected a drawing that stands still; found {tag}")
        if found := re.search(
            r"@import|\\|(?:url|image|image-set|src)\(\s*['\"]?(?!#|data:image/)", "".join(styles)
        ):
            raise ValueError(f"page: expected a drawing without addresses in its style; found {found[0]!r}")
