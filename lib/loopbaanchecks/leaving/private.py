"""What the input of a run holds that no result may repeat: names, words of people, variables."""

import getpass
import html
import platform
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zipfile import BadZipFile

import pandas as pd

from expect import TextTable
from loopbaanchecks.paths import DATA, NOTEBOOKS, ROOT

IN_A_ROW = 6  # words that make a quotation
SHORT = 3  # signs that a name needs to be looked for
WORD_FORM = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Private:
    """What may not be repeated.

    Parameters
    ----------
    names : frozenset of str
        Names of files, sources, coders and candidates.
    phrases : frozenset of tuple of str
        Words in a row, in small letters: `IN_A_ROW` of them, or fewer where an open answer has fewer.
    variables : frozenset of str
        Column names of a table with a row per person.
    users : frozenset of str
        Names of the user and of the computer.
    """

    names: frozenset[str] = frozenset()
    phrases: frozenset[tuple[str, ...]] = frozenset()
    variables: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()


def read_private(paths: Sequence[Path]) -> Private:
    """Read what the input files of a run hold.

    Parameters
    ----------
    paths : sequence of Path
        Survey files, coded interviews, tables of groups or candidates.

    Returns
    -------
    Private
        What stands in the committed files of the project as well is not private.
    """
    names, texts, variables = set(), [], set()
    for path in paths:
        names |= {path.name, path.stem} if path.stem != "data" else {path.parent.stem}
        inside = _interviews(path) or _table(path)
        names |= inside[0]
        texts += inside[1]
        variables |= inside[2]
    public = public_text()
    phrases = {phrase for text in texts for phrase in _phrases(text)}
    names = {name.strip() for name in names if len(name.strip()) >= SHORT and not name.strip().isdigit()}
    users = {getpass.getuser(), Path.home().name, platform.node()} - {"", "root", "user", "localhost"}
    kept = frozenset(name for name in names if not _has_word(public, name))
    return Private(
        kept, frozenset(phrases), frozenset(variables), frozenset(u for u in users if len(u) >= SHORT)
    )


def _interviews(path: Path) -> tuple[set[str], list[str], set[str]] | None:
    """Return names, texts and no variables of coded interviews; None if the file holds none."""
    from codedtexts import read_interviews

    try:
        read = read_interviews(path)
    except (ValueError, OSError, KeyError):
        return None
    names = {*read.sources["source"], *read.segments["coder"].dropna()}
    names |= {*read.sources.get("name", pd.Series(dtype=str))}
    return set(map(str, names)), [*read.sources["text"], *read.segments["text"].dropna()], set()


def _table(path: Path) -> tuple[set[str], list[str], set[str]]:
    """Return names, open answers and variables of a table with a row per person."""
    frame = _read_frame(path)
    answers, names = [], set()
    for column in frame:
        cells = frame[column].dropna().astype(str).str.strip()
        words = cells[cells.str.contains(r"[^\W\d_]{3}", regex=True)]
        if column in ("candidate", "source", "coder", "name", "naam"):
            names |= set(cells)
        elif len(words) and words.nunique() > min(10, len(words) / 2):
            answers += list(words)
    return names, answers, set(map(str, frame.columns))


def _read_frame(path: Path) -> pd.DataFrame:
    import pyreadstat

    try:
        if path.suffix.lower() in (".sav", ".zsav"):
            return pyreadstat.read_sav(path, disable_datetime_conversion=True)[0]
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            return pd.read_excel(path, dtype="str")
        header, *rows = [row for _, row in TextTable(path.read_bytes(), path.name).records()]
        width = len(header)
        return pd.DataFrame([(row + [""] * width)[:width] for row in rows], columns=header)
    except (ValueError, OSError, pyreadstat.ReadstatError, BadZipFile):
        return pd.DataFrame()


@cache
def public_text() -> str:
    """Return the text of what is committed: notebooks, data and code, whose words are no secret."""
    files = [*NOTEBOOKS.glob("*.ipynb"), *DATA.rglob("*"), *(ROOT / "lib").rglob("*")]
    kept = (".csv", ".json", ".ipynb", ".toml", ".md", ".py", ".css", ".html", ".j2")
    apart = (DATA / "raw", Path(__file__).parent)  # the rules have examples of what must not leave
    mine = [p for p in files if p.suffix in kept and not any(folder in p.parents for folder in apart)]
    texts = [path.read_text(encoding="utf8") for path in mine]
    return "\n".join(texts)


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def plain_words(text: str) -> list[str]:
    """Return the words of a text in small letters, tags and entities of a page left out.

    Examples
    --------
    >>> plain_words("<td>Ik&nbsp;werkte <b>daar</b></td>")
    ['ik', 'werkte', 'daar']
    """
    return WORD_FORM.findall(
        html.unescape(re.sub(r"<[^>]{0,300}>", " ", text.replace("\\n", " "))).casefold()
    )


def _phrases(text: str) -> Iterable[tuple[str, ...]]:
    words = plain_words(text)
    if 2 <= len(words) <= IN_A_ROW or (len(words) == 1 and len(words[0]) >= 8):
        yield tuple(words)
    yield from zip(*(words[at:] for at in range(IN_A_ROW)), strict=False)


@cache
def public_words() -> str:
    """Return the words of `public_text` with one space between them, before and after."""
    return f" {' '.join(plain_words(public_text()))} "
