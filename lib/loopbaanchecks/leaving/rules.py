"""The rules of rules.toml, applied to a text: by pattern, or by what the input of the run holds."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from loopbaanchecks.leaving.private import IN_A_ROW, Private, as_cell, plain_words, public_text, public_words

AT_LEAST = 5  # variables of the input in one line make it the header of a table of people
CELL = re.compile(r"[,;\t|]|</t[dh]>|\s{2,}")


@cache
def read_rules() -> dict[str, Mapping[str, str]]:
    """Read rules.toml: name -> pattern or how, and the reason in both languages."""
    return tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf8"))


@cache
def _patterns() -> dict[str, re.Pattern]:
    from faker.providers.person.nl_NL import Provider

    lists = {"first": Provider.first_names, "last": Provider.last_names}
    names = {key: "|".join(map(re.escape, sorted(set(found)))) for key, found in lists.items()}
    rules = {name: rule["pattern"] for name, rule in read_rules().items() if "pattern" in rule}
    return {
        name: re.compile(text.format(**names) if name == "name" else text) for name, text in rules.items()
    }


def find_in_text(text: str, private: Private) -> Iterator[tuple[str, str]]:
    """Yield what a text holds that must not leave.

    Parameters
    ----------
    text : str
    private : Private
        What the input holds.

    Yields
    ------
    (str, str)
        Rule and what was found.
    """
    for name, pattern in _patterns().items():
        test = TESTS.get(read_rules()[name].get("test", ""))
        for found in dict.fromkeys(match[0] for match in pattern.finditer(text)):
            if (test is None or test(found)) and found not in public_text():
                yield name, found
    for rule, words in (("own_name", private.names), ("user", private.users)):
        for word in sorted(words):
            if word in text and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text):
                yield rule, word
    if private.phrases:
        yield from _quotations(text, private)
    if private.people and len(private.people[0]) >= AT_LEAST:
        yield from _rows(text, private)


def _quotations(text: str, private: Private) -> Iterator[tuple[str, str]]:
    words = plain_words(text)
    sizes = sorted({len(phrase) for phrase in private.phrases})
    found = set()
    for size in sizes:
        rows = zip(*(words[at:] for at in range(size)), strict=False)
        found |= private.phrases & set(rows)
    said = [" ".join(phrase) for phrase in sorted(found)]
    public = public_words()
    yield from [("quotation", phrase) for phrase in said if f" {phrase} " not in public][:IN_A_ROW]


def _rows(text: str, private: Private) -> Iterator[tuple[str, str]]:
    """Yield headers of tables below which stand the answers of a person of the input."""
    variables = {name for row in private.people for name in row}
    lines = [[cell.strip(" \"'") for cell in CELL.split(line)] for line in text.splitlines()]
    for at, header in enumerate(lines):
        known = [name for name in dict.fromkeys(header) if name in variables]
        if len(known) < AT_LEAST:
            continue
        people = {tuple(row.get(name, "") for name in known) for row in private.people}
        places = [header.index(name) for name in known]
        below = [[cells[place] for place in places] for cells in lines[at + 1 :] if len(cells) == len(header)]
        below = [cells for cells in below if ",".join(cells) not in public_text()]
        if any(tuple(map(as_cell, cells)) in people for cells in below):
            yield "rows", " ".join(known)


def is_iban(text: str) -> bool:
    """Say whether the check digits of an account number are right (ISO 13616, modulo 97).

    Examples
    --------
    >>> is_iban("NL91 ABNA 0417 1643 00"), is_iban("NL92 ABNA 0417 1643 00")
    (True, False)
    """
    bare = text.replace(" ", "")
    return int("".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])) % 97 == 1


def is_bsn(text: str) -> bool:
    """Say whether digits pass the 11-test of a citizen service number.

    Examples
    --------
    >>> is_bsn("111222333"), is_bsn("111222334"), is_bsn("000000000")
    (True, False, False)
    """
    digits = [int(sign) for sign in text.zfill(9)]
    weights = [*range(9, 1, -1), -1]
    return any(digits) and sum(w * d for w, d in zip(weights, digits, strict=True)) % 11 == 0


def is_address(text: str) -> bool:
    """Say whether four numbers are an IP address that means a computer elsewhere, not a network or a version.

    Examples
    --------
    >>> [is_address(text) for text in ("145.18.12.3", "1.300.2.3", "127.0.0.1", "150.0.0.0")]
    [True, False, False, False]
    """
    parts = [int(part) for part in text.split(".")]
    return all(part < 256 for part in parts) and parts[0] not in (0, 127) and any(parts[1:])


TESTS = {"iban": is_iban, "bsn": is_bsn, "ip": is_address}
