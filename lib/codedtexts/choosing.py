"""Which coders and documents to look at, and which coders are no people."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from codedtexts.model import LOSS_COLUMNS, Interviews

PROGRAMS = "ai|gpt|chatgpt|llm|copilot|claude|gemini"
NO_PERSON = re.compile(rf"default( user| coder)?|admin|.*\b({PROGRAMS})\b.*", re.IGNORECASE | re.DOTALL)


def named(text: str) -> list[str]:
    """Return the names in a text with semicolons between them.

    Examples
    --------
    >>> named("Anna; Bram ;")
    ['Anna', 'Bram']
    """
    return [name.strip() for name in text.split(";") if name.strip()]


def people(coders: Sequence[str]) -> list[str]:
    """Return the coders that are people: no blank name, no default name of a program, no AI.

    Examples
    --------
    >>> people(["Anna", "", "default", "AI coder", "Maia"])
    ['Anna', 'Maia']
    """
    return [name for name in coders if name.strip() and not NO_PERSON.fullmatch(name.strip())]


def choose_coders(interviews: Interviews, coders: str) -> Interviews:
    """Keep the codings of these coders, and count the others; all when the text is empty.

    Raises
    ------
    ValueError
        If a name is not that of a coder.
    """
    segments = interviews.segments
    wanted = _known(coders, segments["coder"], "coders")
    if not wanted:
        return interviews
    kept = segments["coder"].isin(wanted)
    return _chosen(interviews, kept, "coding of a coder who was not chosen", segments["coder"])


def choose_documents(interviews: Interviews, documents: str) -> Interviews:
    """Keep these documents, and count the codings of the others; all when the text is empty.

    Raises
    ------
    ValueError
        If a name is not that of a document.
    """
    wanted = _known(documents, interviews.sources["source"], "documents")
    if not wanted:
        return interviews
    kept = interviews.segments["source"].isin(wanted)
    sources = interviews.sources[interviews.sources["source"].isin(wanted)].reset_index(drop=True)
    kind = "coding of a document that was not chosen"
    return replace(_chosen(interviews, kept, kind, interviews.segments["source"]), sources=sources)


def _known(text: str, there: pd.Series, what: str) -> list[str]:
    wanted, names = named(text), sorted(set(there) - {""})
    if unknown := [name for name in wanted if name not in names]:
        listed = "; ".join(names) or "none"
        raise ValueError(f"{what}: expected names out of {listed}; found {unknown[0]!r}")
    return wanted


def _chosen(interviews: Interviews, kept: pd.Series, kind: str, where: pd.Series) -> Interviews:
    counts = where[~kept].value_counts().sort_index()
    lost = pd.DataFrame({"kind": kind, "n": counts.to_numpy(), "where": counts.index})[LOSS_COLUMNS]
    losses = pd.concat([lost, interviews.losses], ignore_index=True) if len(lost) else interviews.losses
    segments = interviews.segments[kept].reset_index(drop=True)
    return replace(interviews, segments=segments, losses=losses)
