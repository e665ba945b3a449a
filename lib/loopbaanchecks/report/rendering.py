"""Pages of our own beside those of the notebooks: one template, one style, nothing to fetch."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loopbaanchecks import __version__
from loopbaanchecks.language import format_number, printed_number, sentence
from loopbaanchecks.paths import ROOT
from loopbaanchecks.study import Study, read_resource, read_vocabulary
from strictruns import STYLE, read_words, unbroken, without_paths

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATE = Path(__file__).parent / "template"


def write_page(
    path: Path, template: str, facts: Mapping[str, Any], *, styles: Sequence[str], script: str = ""
) -> None:
    """Write one page, `<name>.<language>.html`, in the language of its name.

    Parameters
    ----------
    path : Path
        The page to write.
    template : str
        Its template, which extends `frame.html.j2`.
    facts : mapping
        What the template fills in, beside the words: `say` gives a row of the vocabulary with its values,
        `known` a word or, where there is none, the key itself, `mark` the label of an origin.
    styles : sequence of str
        What the page adds to the style of all pages: CSS, or the name of a file beside the template.
    script : str
        Name of the one script that the page's policy lets through, if it has one.
    """
    language = path.name.split(".")[1]
    words = read_vocabulary()[language].to_dict()
    files = {name: _text(name) for name in [*styles, script] if name.endswith((".css", ".js"))}
    style = STYLE.read_text(encoding="utf8") + "".join(files.get(name, name) for name in styles)
    texts = {"style": style, "script": files.get(script, "")}
    everywhere = {
        "language": language,
        "words": read_words(language),
        "raw": words.__getitem__,
        "say": lambda key, **values: sentence(words[key], language, words, **values),
        "known": lambda kind, key: words.get(f"{kind}.{key}", str(key)),
        "printed": printed_figures(language),
        "name": "loopbaanchecks",
        "version": __version__,
        "hashes": {name: _digest(text) for name, text in texts.items() if text},
    }
    page = _environment(language).get_template(template).render(everywhere | texts | facts)
    path.write_text(without_paths(unbroken(page), ROOT), encoding="utf8", newline="\n")


def printed_figures(language: str) -> dict[str, str]:
    """Return the printed numbers of both documents by their id, as a sentence of the language has them.

    Examples
    --------
    >>> printed_figures("en")["candidates_planned"], printed_figures("nl")["enrolled_realised"]
    ('80 to 120', '20 tot 50')
    """
    targets = read_resource("tno_2007-targets").set_index("id")["printed"]
    printed = Study().figures["printed"].to_dict() | targets.to_dict()
    to = {"nl": " tot ", "en": " to "}[language]
    return {
        name: re.sub(r"(?<=\d)( à | tot |-)(?=\d)", to, printed_number(text, language))
        for name, text in printed.items()
    }


def _text(name: str) -> str:
    return (TEMPLATE / name).read_text(encoding="utf8")


def _digest(text: str) -> str:
    """Return the source expression by which a content security policy lets one inline text through."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _environment(language: str) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    engine = Environment(
        loader=FileSystemLoader(TEMPLATE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    engine.filters["number"] = lambda value, spec: format_number(value, spec, language)
    return engine
