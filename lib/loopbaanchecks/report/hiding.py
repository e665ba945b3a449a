"""What a report shows of real people: small groups hidden in tables, figures and sentences."""

import contextlib
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from string import Formatter

import numpy as np
import pandas as pd

from loopbaanchecks.disclosure import EVERYONE, Ledger
from loopbaanchecks.language import LANGUAGES
from loopbaanchecks.paths import SALT
from loopbaanchecks.report.people import Layout, read_layouts

OF_COUNTS = ("share", "estimate", "ci_low", "ci_high")  # beside a count they give its base away
PRINTED = re.compile(r"\d+(?:,\d+)?")  # Dutch print
PEOPLE = (
    "source",
    "coder",
    "other_coder",
    "candidate",
    "where",
)  # columns that name people, or places named after them
PSEUDONYM = re.compile("#[0-9a-f]{8}")
PLACES = 2  # decimals of a number of real people for which no format says how many


class Hidden(str):
    """What stands in a sentence for a number that is hidden."""


class Hiding:
    """What one run may show of real people.

    Parameters
    ----------
    minimum : int
        Smallest group of which anything is shown.
    names : bool
        Whether conversations, coders and candidates keep their names.

    Raises
    ------
    ValueError
        If `minimum` is below 1.
    """

    def __init__(self, minimum: int, *, names: bool = False) -> None:
        self.names = names
        self.ledger = Ledger(minimum)
        self.layouts, self.units = read_layouts()

    @property
    def minimum(self) -> int:
        """Smallest group of which anything is shown."""
        return self.ledger.minimum

    def table(self, name: str, frame: pd.DataFrame, formats: Mapping[str, str]) -> pd.DataFrame:
        """Return a table as it may be shown.

        Parameters
        ----------
        name : str
            Its layout is that of people.toml, if it is there.
        frame : pandas.DataFrame
            A row per group of people.  What has been hidden before may be in it as gaps.
        formats : mapping of str to str
            Column -> format; numbers are rounded to it.

        Returns
        -------
        pandas.DataFrame
            Gaps for what is hidden: counts; statistics of fewer than the minimum; shares whose base is
            hidden; what people.toml never shows.
        """
        layout = self.layouts.get(name, Layout())
        people = count_columns(frame, formats, layout)
        found = layout.count(name, frame, people, self.ledger.known_beside(name))
        hidden = self.ledger.release(name, found.counts)
        values = {**self.ledger.releases[name][0].known, **found.known}
        away = pd.DataFrame(False, index=frame.index, columns=people)
        few = np.zeros(len(frame), dtype=bool)
        for (at, column), key in found.cells.items():
            away.iloc[at, people.index(column)] = key in hidden or key not in found.known
            base = values.get(key, 1) if layout.same.get(column, column) == EVERYONE[0] else self.minimum
            few[at] |= 0 < base < self.minimum
        shown = frame.assign(**{c: frame[c].astype("Int64").mask(away[c]) for c in people})
        if not self.names:
            shown = shown.assign(**{c: shown[c].map(pseudonym) for c in PEOPLE if c in shown})
        return self._rest(shown, layout, formats, few, away)

    def _rest(
        self,
        shown: pd.DataFrame,
        layout: Layout,
        formats: Mapping[str, str],
        few: np.ndarray,
        away: pd.DataFrame,
    ) -> pd.DataFrame:
        """Return the table with its other columns hidden or rounded as its counts are."""
        some = self._enough(away.any(axis=1), shown, layout).to_numpy()
        counted = bool({"count", "interviews"} & set(away))
        for name in [c for c in shown if c not in away]:
            column, numbers = shown[name], pd.api.types.is_float_dtype(shown[name])
            gone = few if numbers else np.zeros(len(shown), dtype=bool)
            if name in layout.follows or (counted and numbers and name in (*OF_COUNTS, "recalculated")):
                gone = few | some
            if name in layout.never:
                gone = np.ones(len(shown), dtype=bool)
            if gone.any():
                column = column.astype("Int64") if pd.api.types.is_integer_dtype(column) else column
                column = column.mask(gone)
            shown = shown.assign(**{name: column.round(places(formats.get(name, ""))) if numbers else column})
        return shown

    def _enough(self, some: pd.Series, shown: pd.DataFrame, layout: Layout) -> pd.Series:
        """Return the rows with something hidden; of what is averaged not one by itself."""
        if not layout.averaged:
            return some
        names = shown[layout.averaged].astype(str)
        gone = set(names[some]) - {layout.total}
        if len(gone) != 1:
            return some
        left = shown[~names.isin([*gone, layout.total])].iloc[:, 0]
        order = shown.loc[left.index, "interviews"].sort_values(kind="stable").index
        return some | names.isin(list(gone | set(names[order[:1]])))

    def claims(self, ledger: pd.DataFrame, hidden: Mapping[str, str]) -> pd.DataFrame:
        """Return claims without numbers of real people that are not in print, but for means and SDs.

        Parameters
        ----------
        ledger : pandas.DataFrame
            Result of `claims.evaluate`.
        hidden : mapping of str to str
            What stands for what is hidden, per language.

        Returns
        -------
        pandas.DataFrame
            `recalculated` and `why_nl`, `why_en` are hidden where they give a number away.
        """
        if self.minimum == 1 or not (ledger["evidence"] == "observed").any():
            return ledger
        pairs = zip(ledger["printed"], ledger["recalculated"], ledger["kind"] == "row", strict=True)
        new = [
            any(not (moment and "," in number) for number in set(PRINTED.findall(str(again))) - known)
            for printed, again, moment in pairs
            for known in [set(PRINTED.findall(printed))]
        ]
        gone = (ledger["evidence"] == "observed") & np.array(new, dtype=bool)
        said = {
            f"why_{language}": ledger[f"why_{language}"].mask(gone, hidden[language])
            for language in LANGUAGES
        }
        return ledger.assign(recalculated=ledger["recalculated"].mask(gone, ""), **said)

    def values(self, name: str, given: Mapping[str, object], text: str, hidden: str) -> dict[str, object]:
        """Return the values of a sentence as they may be said.

        Parameters
        ----------
        name : str
            Of the sentence.
        given : mapping
            Its values; whole numbers count people unless people.toml says that they do not.
        text : str
            The sentence, whose forms say how numbers are rounded.
        hidden : str
            What stands for a number that is hidden.

        Returns
        -------
        dict
        """
        forms = {field: spec for _, field, spec, _ in Formatter().parse(text) if field}
        flat = {
            f"{key}_{at}" if isinstance(value, list | tuple) else key: one
            for key, value in given.items()
            for at, one in enumerate(value if isinstance(value, list | tuple) else [value])
            if isinstance(one, int | np.integer) and not isinstance(one, bool)
        }
        counts = pd.DataFrame({k: [n] for k, n in flat.items() if k not in self.units})
        hidden = Hidden(hidden)
        shown = self.table(name, counts, {}).iloc[0].to_dict() if len(counts.columns) else {}
        return {k: _said(k, value, shown, forms.get(k, ""), hidden) for k, value in given.items()}


def count_columns(frame: pd.DataFrame, formats: Mapping[str, str], layout: Layout) -> list[str]:
    """Return the columns that count people: whole numbers, unless people.toml says otherwise.

    Parameters
    ----------
    frame : pandas.DataFrame
    formats : mapping of str to str
        Column -> format; one without is taken for a count.
    layout : Layout
        Of the table.

    Returns
    -------
    list of str
    """
    other = {*read_layouts()[1], *layout.units, *layout.keys, *layout.follows, *layout.never}
    return [
        name
        for name, column in frame.items()
        if name not in other
        and formats.get(name, "count") in ("count", "word", "text")  # a number is no word: it counts
        and pd.api.types.is_numeric_dtype(column)
        and not pd.api.types.is_bool_dtype(column)
        and (column.dropna() % 1 == 0).all()
    ]


def _said(key: str, value, shown: Mapping, form: str, hidden: Hidden):
    """Return a value of a sentence, or what stands for it."""
    if isinstance(value, list | tuple):
        return [_said(f"{key}_{at}", one, shown, form, hidden) for at, one in enumerate(value)]
    if key in shown:
        return hidden if pd.isna(shown[key]) else value
    if isinstance(value, float | np.floating):
        gone = np.isnan(value) or any(map(pd.isna, shown.values()))  # a share would give its count away
        return hidden if gone else round(float(value), places(form))
    return value


def places(form: str) -> int:
    """Return how many decimals of a number print would show.

    Examples
    --------
    >>> places("percent1"), places("decimal2"), places("%"), places(".1"), places("")
    (3, 2, 2, 1, 2)
    """
    digits = int(form[-1]) if form[-1:].isdigit() else 0
    if form.startswith(("percent", "%")):
        return 2 + digits
    return digits if form.startswith(("decimal", ".")) else 3 if form in ("number", "p") else PLACES


def pseudonym(name: object) -> object:
    """Return what stands for a name in results: the same in every run of this project, and in no other.

    Parameters
    ----------
    name : str
        Of a conversation, coder or candidate; an empty one and a pseudonym stay as they are.

    Returns
    -------
    str
        Eight hexadecimal digits after a sign, from the name and a salt that never leaves data/raw.
    """
    text = "" if pd.isna(name) else str(name)
    if not text or PSEUDONYM.fullmatch(text):
        return text
    return f"#{hmac.new(_salt(), text.encode(), hashlib.sha256).hexdigest()[:8]}"


def _salt() -> bytes:
    """Return the salt of this project; the first who asks makes it."""
    if not SALT.is_file():
        SALT.parent.mkdir(parents=True, exist_ok=True)
        made = SALT.with_name(f"{SALT.name}.{os.getpid()}")
        made.write_text(secrets.token_hex(16), encoding="ascii")
        made.chmod(0o600)
        with contextlib.suppress(FileExistsError):  # made meanwhile, by the other language
            os.link(made, SALT)
        made.unlink()
    return SALT.read_bytes()
