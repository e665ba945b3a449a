"""Sentences of the ledger in Dutch and English: why a claim has its verdict, and where that can be read.

Their texts stand in vocabulary.csv, in the forms of `language.sentence`: `why.<check>.<verdict>`, or
`why.<check>.holds` and `why.<check>.fails` for verdicts that are said alike.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from loopbaanchecks.language import LANGUAGES, sentence

SAID_ALIKE = {
    **dict.fromkeys(("reproduced", "possible", "present"), "holds"),
    **dict.fromkeys(("contradicted", "conditional", "not_found"), "fails"),
}
PLACE_VALUES = ("places", "target", "before")  # values that are places in a document
CALL = re.compile(r"\b([a-z]+_[a-z_]+)\(([^()]*)\)")
MINUS, RANGE = re.compile(r"(?<=[\d)]) - (?=[\d(])"), re.compile(r"(?<=\d)-(?=\d)")


@dataclass(frozen=True)
class Phrase:
    """A part of a sentence with a text of its own in vocabulary.csv."""

    key: str
    values: Mapping[str, object]


def why_key(why: str, verdict: str, words: Mapping[str, str]) -> str:
    """Return the name of the sentence that a check gives beside a verdict."""
    own = f"why.{why}.{verdict}"
    return own if own in words else f"why.{why}.{SAID_ALIKE.get(verdict, verdict)}"


def said(key: str, values: Mapping[str, object], words: Mapping[str, str], *, language: str) -> str:
    """Return a text of the vocabulary with its values.

    Parameters
    ----------
    key : str
        Of vocabulary.csv.
    values : mapping
        What it fills in: as for `language.sentence`, a pair (Dutch, English), or a list of `Phrase`.
    words : mapping
        One language of `read_vocabulary`.
    language : {"nl", "en"}
        Which one.

    Raises
    ------
    ValueError
        If the vocabulary has no such text.

    Examples
    --------
    >>> words = {"k": "{sum:^} is {found}.", "function.margin_of_error": "de marge bij {0} van de {2}"}
    >>> said("k", {"sum": "margin_of_error(97, 95, 3000)", "found": "9,79"}, words, language="nl")
    'De marge bij 97 van de 3000 is 9,79.'
    """
    if key not in words:
        raise ValueError(f"expected {key} in vocabulary.csv")
    shown = {name: _shown(name, value, words, language) for name, value in values.items()}
    return sentence(words[key], language, words, **shown)


def _shown(name: str, value: object, words: Mapping[str, str], language: str) -> object:
    """Return a value as a sentence of the language has it."""
    if isinstance(value, tuple):
        value = value[LANGUAGES.index(language)]
    if isinstance(value, list):
        return [_shown(name, one, words, language) for one in value]
    if isinstance(value, Phrase):
        return said(value.key, value.values, words, language=language)
    if not isinstance(value, str) or name == "reason":
        return value
    return place_name(value, words) if name in PLACE_VALUES else _spelled(value, words)


def recalculated_in_words(text: str, words: Mapping[str, str]) -> str:
    """Return what a check recalculated, a number, comparison or place, as a reader of the language has it.

    Examples
    --------
    >>> from loopbaanchecks.study import read_vocabulary
    >>> words = read_vocabulary()["nl"]
    >>> recalculated_in_words("2 - 1,19 >= 20-50", words), recalculated_in_words("appendix 2", words)
    ('2 − 1,19 ≥ 20–50', 'bijlage 2')
    """
    return place_name(_spelled(text, words), words) if re.search("[a-z]", text) else _spelled(text, words)


def _spelled(number: str, words: Mapping[str, str]) -> str:
    named = CALL.sub(lambda call: words[f"function.{call[1]}"].format(*call[2].split(", ")), number)
    return RANGE.sub("–", MINUS.sub(" − ", named)).replace(">=", "≥").replace("<=", "≤")


def place_name(place: str, words: Mapping[str, str]) -> str:
    """Return a place in a document as a reader of a language knows it.

    Parameters
    ----------
    place : str
        A section, locator, or several with commas and semicolons between.
    words : mapping
        One language of `read_vocabulary`; words without a key `locator.<word>` stay as they are.

    Examples
    --------
    >>> from loopbaanchecks.study import read_vocabulary
    >>> place_name("appendix 1, line 686", read_vocabulary()["nl"])
    'bijlage 1, regel 686'
    """
    place = re.sub(r"^(\d)(?: |(?=,|$))", lambda n: f"chapter {n[1]}" + ", " * n[0].endswith(" "), place)
    keys = [key for key in words.keys() if key.startswith("locator.")]  # noqa: SIM118  # a Series too
    known = {key.removeprefix("locator.").replace("_", " "): key for key in keys}
    pattern = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    return re.sub(rf"\b(?:{pattern})\b", lambda found: words[known[found[0]]], place)


def explained(claim: Mapping[str, str], words: Mapping[str, str], *, language: str) -> str:
    """Return why a claim has its verdict: reason, assumption, remark and the two printed places.

    Parameters
    ----------
    claim : mapping
        A row of the result of `evaluate`.
    words : mapping
        One language of `read_vocabulary`.
    language : {"nl", "en"}
        Which one.

    Returns
    -------
    str
        Sentences; the places stand between square brackets at the end.
    """
    parts = {name: claim[f"{name}_{language}"] for name in ("why", "assumption", "remark")}
    if parts["assumption"]:
        parts["assumption"] = words["row.assumption"].format(text=parts["assumption"])
    shown = claim["verdict"] in ("contradicted", "conditional", "not_found")
    places = "; ".join(filter(None, (claim["place_1"], claim["place_2"])))
    if places and shown and claim["check"] != "read_in_print":
        parts["places"] = f"[{place_name(places, words)}]"
    return " ".join(filter(None, parts.values()))
