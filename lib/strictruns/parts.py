"""The parts of a page: sections, tables and figures, numbered, linked, readable on a phone and on paper."""

import base64
import re
from collections.abc import Mapping
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

DRAWN = {"svg", "title", "g", "path", "circle", "rect", "line", "text", "tspan", "clippath"}
DRAWN_BY = """
    clip-path clip-rule cx cy d dominant-baseline fill fill-opacity fill-rule font-family font-size
    font-style font-weight height id letter-spacing opacity points preserveaspectratio r rx ry stroke
    stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity
    stroke-width text-anchor transform version viewbox width x x1 x2 xml:space xmlns xmlns:xlink y y1 y2
"""
SVG = "data:image/svg+xml;base64,"
MANY = 6  # columns from which a table is wider than the text, in smaller type
LONG_WORD = 7  # letters from which a word in a table may be hyphenated
FILE_KINDS = {"png": "PNG", "svg": "SVG", "csv": "CSV", "xlsx": "Excel", "json": "JSON", "pdf": "PDF"}


# -- sections --------------------------------------------------------------------------------


def number_sections(page: "BeautifulSoup") -> None:
    """Give sections a number and an address, the table of contents its lines, and the page its title."""
    titles = page.find_all("h1")
    if len(titles) != 1:
        raise ValueError(f"notebook: expected one level-1 heading in the language; found {len(titles)}")
    page.title.string = titles[0].get_text()
    page.head.append(page.new_tag("style", string=foot_rule(page.title.string)))
    section, part = 0, count(1)
    for heading in page.main.find_all(["h2", "h3"]):
        if heading.name == "h3":
            heading["id"] = f"s{section}-{next(part)}"
            continue
        section, part = section + 1, count(1)
        for first in heading.find_all(string=True, limit=1):
            first.replace_with(re.sub(r"^\d+[.)]?\s+", "", first))
        entry = page.new_tag("li")
        entry.append(page.new_tag("a", href=f"#s{section}", string=heading.get_text()))
        page.find("nav", id="contents").ol.append(entry)
        heading["id"] = f"s{section}"
        heading.insert(0, f"{section}. ")


def link_sections(page: "BeautifulSoup", others: Mapping[str, tuple[str, str]], words: Mapping) -> None:
    """Put beside every heading a link to itself, and to the same place in the other languages."""
    for heading in page.main.find_all(["h2", "h3"], id=True):
        place, name = f"#{heading['id']}", heading.get_text(" ", strip=True)
        line = heading.wrap(page.new_tag("div", attrs={"class": f"heading {heading.name}"}))
        links = page.new_tag("p", attrs={"class": "links"})
        links.append(
            page.new_tag("a", href=place, string="#", attrs={"aria-label": f"{words['permalink']}: {name}"})
        )
        for language, (address, word) in others.items():
            links.append(" ")
            links.append(
                page.new_tag("a", href=address + place, string=word, hreflang=language, lang=language)
            )
        line.append(links)


# -- tables ----------------------------------------------------------------------------------


def label_tables(page: "BeautifulSoup", words: Mapping[str, str]) -> None:
    """Let tables scroll by keyboard, stack as cards on a phone, and say what each header is the header of."""
    label, cards = words["table"], {}
    for table in page.find_all("table"):
        folded = table.find_parent("details")
        label = (
            table.caption.get_text(" ", strip=True) if table.caption else label if folded else words["table"]
        )
        frame = {"class": "table", "role": "region", "tabindex": "0", "aria-label": label}
        if folded and folded.summary:
            frame["aria-label"] += f" ({folded.summary.get_text(' ', strip=True)})"
            table["aria-label"] = frame["aria-label"]
        headings = (
            tuple(cell.get_text(" ", strip=True) for cell in table.thead.tr.find_all(True, recursive=False))
            if table.thead and table.thead.tr
            else ()
        )
        frame["class"] += " many" * (len(headings) >= MANY)
        if len(headings) > 2:
            frame["class"] += f" cards cards-{cards.setdefault(headings, len(cards) + 1)}"
        table.wrap(page.new_tag("div", attrs=frame))
        for cell in table.find_all("th"):
            if not cell.get_text(strip=True):
                cell.name = "td"
                cell.attrs.pop("scope", None)
            elif not cell.get("scope"):
                cell["scope"] = "col" if cell.find_parent("thead") else "row"
    rules = [card_rule(f".cards-{number}", headings) for headings, number in cards.items()]
    if rules:
        page.head.append(page.new_tag("style", string=f"@media (max-width: 600px) {{\n{''.join(rules)}}}\n"))


def card_rule(name: str, headings: tuple[str, ...]) -> str:
    """Return the CSS that says beside every cell of a stacked table what it is."""
    return "".join(
        f"{name} td:nth-child({place})::before {{ content: {_quoted(text)} }}\n"
        for place, text in enumerate(headings, 1)
        if text
    )


def foot_rule(title: str) -> str:
    """Return the CSS that puts a title at the foot of every sheet of paper."""
    return f"@page {{ @bottom-left {{ content: {_quoted(title)} }} }}\n"


def _quoted(text: str) -> str:
    signs = re.sub(r'[\\"<\n]', lambda sign: f"\\{ord(sign[0]):x} ", text)
    return f'"{signs}"'


def say_what_is_folded(page: "BeautifulSoup", words: Mapping[str, str]) -> None:
    """Say under a table how many rows paper leaves out, and where these are."""
    for folded in page.find_all("details", class_="rest"):
        rows = len(folded.find_all("tr")) - bool(folded.thead)
        text = words["folded"].format(rows=rows)
        folded.insert_after(page.new_tag("p", string=text, attrs={"class": "on-paper"}))


def number_parts(page: "BeautifulSoup", words: Mapping[str, str]) -> None:
    """Put a number before the caption of every figure and table: that of its section, and its own in it."""
    section, counted = 0, {}
    for tag in page.main.find_all(["h2", "figcaption", "caption"]):
        if tag.name == "h2":
            section, counted = section + 1, {}
            continue
        kind = "figure" if tag.name == "figcaption" else "table"
        counted[kind] = counted.get(kind, 0) + 1
        number = f"{section}.{counted[kind]}" if section else str(counted[kind])
        tag.insert(0, page.new_tag("span", string=f"{words[kind]} {number}.", attrs={"class": "label"}))
        tag.insert(1, " ")


def link_files(page: "BeautifulSoup", files: Mapping[str, str], words: Mapping[str, str]) -> None:
    """Link a figure or table to the files that hold it, as far as these lie beside the page.

    Parameters
    ----------
    page : BeautifulSoup
        An element with `data-files` names files, as the notebook wrote them, with spaces between.
    files : mapping of str to str
        Name as the notebook wrote it -> address from the page.
    words : mapping of str to str
        What the page says; `files`.
    """
    for shown in page.find_all(attrs={"data-files": True}):
        names = [name for name in shown["data-files"].split() if name in files]
        del shown["data-files"]
        only = "only-files" in shown.get("class", ())
        if not names:
            if only:
                shown.decompose()
            continue
        line = shown.find("p", class_="source", recursive=False) or page.new_tag(
            "p", attrs={"class": "source"}
        )
        between = " · " if line.get_text(strip=True) else ""
        words_before = "" if only else f"{between}{words['files']}:"
        given = page.new_tag("span", string=words_before, attrs={"class": "files"})
        for name in names:
            kind = name.rpartition(".")[2]
            text = files[name] if only else FILE_KINDS.get(kind, kind)
            given.append(" ")
            given.append(page.new_tag("a", href=files[name], string=text))
        line.append(given)
        shown.append(line)


# -- figures ---------------------------------------------------------------------------------


def inline_drawings(page: "BeautifulSoup") -> None:
    """Make drawings a part of the page: their text is text, and they have no weight of a picture.

    Only what has nothing but shapes and text is taken over; another SVG stays a picture. Of a `picture`, the
    source is the narrow drawing.
    """
    for image in page.find_all("img", src=re.compile(f"^{re.escape(SVG)}")):
        drawing = _drawing(image["src"], image.get("alt", ""), "drawing")
        if drawing is None:
            continue
        frame = image.parent if image.parent.name == "picture" else None
        narrow = (
            frame
            and frame.source
            and _drawing(frame.source.get("srcset", ""), image.get("alt", ""), "drawing narrow")
        )
        if narrow:
            drawing["class"] = "drawing wide"
            frame.insert_before(drawing)
            frame.replace_with(narrow)
        else:
            (frame or image).replace_with(drawing)


def _drawing(address: str, alt: str, kind: str) -> "Tag | None":
    return (
        inline_svg(base64.b64decode(address.removeprefix(SVG)), alt, kind)
        if address.startswith(SVG)
        else None
    )


def inline_svg(svg: bytes, alt: str, kind: str) -> "Tag | None":
    """Return an SVG as an element of a page.

    Parameters
    ----------
    svg : bytes
        The file.
    alt : str
        What a reader would see.
    kind : str
        Its classes.

    Returns
    -------
    Tag or None
        None if it has anything but shapes and text.
    """
    from bs4 import BeautifulSoup

    drawing = BeautifulSoup(svg.decode("utf8", errors="replace"), "html.parser").svg
    if drawing is None or not drawing.find(True):
        return None
    for title in drawing.find_all("title"):
        title.decompose()
    if not _is_drawn(drawing):
        return None
    for name in ("xmlns", "xmlns:xlink", "version"):
        drawing.attrs.pop(name, None)
    drawing.attrs |= {"class": kind, "role": "img", "aria-label": alt}
    return drawing


def _is_drawn(drawing: "Tag") -> bool:
    """Whether an SVG has nothing but shapes and text, whoever made it and however a browser reads it."""
    from bs4 import NavigableString, Tag

    for part in [drawing, *drawing.descendants]:
        if not isinstance(part, Tag):
            if type(part) is not NavigableString:  # a comment or anything else that parsers read in many ways
                return False
            continue
        if part.name not in DRAWN or not set(part.attrs) <= set(DRAWN_BY.split()):
            return False
        if any(re.search(r"url\s*\((?!#)|\\", value, re.IGNORECASE) for value in part.attrs.values()):
            return False
    return True


# -- words -----------------------------------------------------------------------------------


def hyphenated(text: str, language: str) -> str:
    r"""Put soft hyphens into the long words of tables: not every browser knows where words may break.

    Examples
    --------
    >>> hyphenated("<p>arbeidsmarkt</p><table><td>arbeidsmarkt</td></table>", "nl").replace("\xad", "-")
    '<p>arbeidsmarkt</p><table><td>ar-beids-markt</td></table>'
    """
    word = re.compile(rf"(?<![\w./])[^\W\d_]{{{LONG_WORD},}}(?![\w/])")

    def in_table(table: re.Match) -> str:
        return re.sub(
            r">[^<>]+<", lambda part: word.sub(lambda w: _broken(w[0], language), part[0]), table[0]
        )

    return re.sub(r"<table.*?</table>", in_table, text, flags=re.S)


@cache
def _broken(word: str, language: str) -> str:
    return _dictionary(language).inserted(word, "\N{SOFT HYPHEN}")


@cache
def _dictionary(language: str):
    import pyphen

    return pyphen.Pyphen(lang=pyphen.language_fallback(language), left=2, right=3)
