"""Cells of databases and tables of strangers: whole numbers, and who speaks in how much of a text."""

import re

from codedtexts.model import PART_OF_A_TEXT, Draft, Source

WHOLE_NUMBER = re.compile(r"\s*([+-]?[0-9]{1,15})(?:[.,]0*)?\s*")


def whole_number(value: object) -> int | None:
    """Return a whole number, also from text or a number with nothing behind the point; else None.

    Examples
    --------
    >>> whole_number("12"), whole_number(12.0), whole_number("-3,0"), whole_number("12.5"), whole_number("")
    (12, 12, -3, None, None)
    """
    found = WHOLE_NUMBER.fullmatch(str(value)) if value is not None else None
    return int(found[1]) if found else None


def link_case(
    draft: Draft, source: Source, name: str, values: dict[str, str], span: tuple[int | None, int | None]
) -> None:
    """Add a case to a source if it is all of its text; a part of it is counted, with its name and values."""
    start, end = span
    if start is None or end is None or (start <= 0 and end >= len(source.text.rstrip())):
        source.add_case(name, values)
        return
    told = f"{name} ({', '.join(f'{key} {value}' for key, value in values.items())})" if values else name
    draft.lose(PART_OF_A_TEXT, where=f"{told}: {source.name}, {start} to {end}")


def lose_unlinked(draft: Draft, cases: dict[int, str], linked: set[int]) -> None:
    """Count the cases that no text belongs to."""
    for id_, name in cases.items():
        draft.lose("case without a text", id_ not in linked, name)
