"""Which cells of a table count people, and how they add up: people.toml, beside this module, says it.

The report hides by it what it shows; a check of what was built reads the written tables by it.
"""

import itertools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from loopbaanchecks.disclosure import EVERYONE, Counts, Key, Sum

TERM = re.compile(r"(?P<open>\()?(?P<name>[\w ]+)(?(open)\))(?:\[(?P<column>\w+)\])?")
USUAL = {
    "n_missing": "all = n + n_missing",
    "count": "n = count + (others)",
}  # where there is this column, and n


@dataclass(frozen=True)
class Layout:
    """How one table counts people; the fields are explained at the top of people.toml."""

    keys: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)
    total: str = ""
    conditions: Sequence[str] = ()
    same: Mapping[str, str] = field(default_factory=dict)
    sums: Sequence[str] = ()
    down: str = ""
    rows: str = "all"
    growing: str = ""
    continues: Mapping[str, str] = field(default_factory=dict)
    follows: Sequence[str] = ()
    averaged: str = ""
    units: Sequence[str] = ()
    public: Sequence[str] = ()
    never: Sequence[str] = ()

    def count(
        self, name: str, frame: pd.DataFrame, people: Sequence[str], elsewhere: Mapping[Key, int]
    ) -> "Counted":
        """Return the counts of a table.

        Parameters
        ----------
        name : str
            Of the table: rows without a key are cells of their own under it.
        frame : pandas.DataFrame
            A row per group of people; a gap is a cell that is not known.
        people : sequence of str
            Columns that count people.
        elsewhere : mapping of Key to int
            What other tables say; of it, how many people there are in all and what is in the sums counts.

        Returns
        -------
        Counted
        """
        rows = frame.reset_index(drop=True).to_dict("records")
        cells = {
            (at, column): self._key(column, row, at if not self.keys else None, name)
            for at, row in enumerate(rows)
            for column in people
        }
        values = {key: int(rows[at][c]) for (at, c), key in cells.items() if not pd.isna(rows[at][c])}
        sums = list(self._sums(rows, people, name))
        tied = {EVERYONE}.union(*((total, *parts) for total, parts in sums))
        values |= {key: elsewhere[key] for key in tied & elsewhere.keys() - values.keys()}
        _complete(values, sums)
        for total, parts in self._down(rows, {*values, *cells.values()}):
            sums += self._added(total, parts, values)
        known = _complete(values, sums)
        public = {self._term(term, row, at, name) for term in self.public for at, row in enumerate(rows)}
        return Counted(cells, values, known, sums, frozenset(public & values.keys()))

    def _key(self, column: str, row: Mapping[str, Any], at: int | None, name: str) -> Key:
        """Return the cell of a column and row; without keys the place of the row is its condition."""
        what = self.same.get(column, column)
        if what == "all":
            return EVERYONE
        keys = {key: word for key, word in self.keys.items() if key in self.only.get(column, self.keys)}
        place = set() if at is None else {f"{name} {at + 1}"}
        return what, self._conditions(row, keys) | set(self.conditions) | place

    def _conditions(self, row: Mapping[str, Any], keys: Mapping[str, str]) -> frozenset[str]:
        empty = ("", self.total)
        return frozenset(f"{word}={row[key]}" for key, word in keys.items() if str(row[key]) not in empty)

    def _term(self, text: str, row: Mapping[str, Any], at: int | None, name: str) -> Key:
        """Return the cell that a term of a sum means in a row."""
        found = TERM.fullmatch(text.strip())
        if found["name"] == "all":
            return EVERYONE
        if found["column"]:
            return found["name"], self._conditions(row, {found["column"]: self.keys[found["column"]]})
        return self._key(f"({found['name']})" if found["open"] else found["name"], row, at, name)

    def _sums(self, rows: Sequence[Mapping], people: Sequence[str], name: str) -> Iterator[Sum]:
        texts = self.sums or [text for column, text in USUAL.items() if {column, "n"} <= set(people)]
        for at, row in enumerate(rows):
            place = at if not self.keys else None
            for text in texts:
                condition, _, equation = text.rpartition(": ")
                if condition and not _holds(condition, row):
                    continue
                total, parts = equation.split("=")
                yield (
                    self._term(total, row, place, name),
                    tuple(self._term(part, row, place, name) for part in parts.split("+")),
                )
        for before, after in itertools.pairwise(rows):
            for column, earlier in self.continues.items():
                yield self._key(column, after, None, name), (self._key(earlier, before, None, name),)
            if self.growing:
                first, second = (self._key(self.growing, row, None, name) for row in (before, after))
                yield second, (first, ("joined", second[1]))

    def _down(self, rows: Sequence[Mapping], counted: set[Key]) -> Iterator[Sum]:
        """Yield the sums over rows."""
        if not self.down:
            return
        inside = {
            f"{self.keys[self.down]}={row[self.down]}" for row in rows if str(row[self.down]) != self.total
        }
        parts: dict[Key, list[Key]] = {}
        for what, conditions in sorted(counted, key=lambda key: (key[0], sorted(key[1]))):
            if here := conditions & inside:
                parts.setdefault((what, conditions - here), []).append((what, conditions))
        yield from ((total, tuple(keys)) for total, keys in parts.items())

    def _added(self, total: Key, parts: tuple[Key, ...], values: Mapping[Key, int]) -> list[Sum]:
        """Return what ties rows to their total: people can be in no row, or in several."""
        if self.rows == "overlap":
            both = f"sum of {total[0]}", total[1]
            return [(both, parts), (both, (total, ("in several", total[1])))]
        known = all(key in values for key in parts)
        inside = sum(values[key] for key in parts) if known else 0
        exact = values.get(total, 0) <= inside if known else self.rows == "all"
        return [(total, parts if exact else (*parts, ("others", total[1])))]


def _holds(condition: str, row: Mapping[str, Any]) -> bool:
    """Say whether a row has the value that a condition (`column is value`) names."""
    column, value = condition.split(" is ")
    return str(row[column]) == value


@dataclass(frozen=True)
class Counted:
    """The counts of a table: which cell of it is which, what is known of them, and how they add up.

    `ties` are all sums; `sums` those of which every cell has a value; `public` is said by other tables.
    """

    cells: Mapping[tuple[int, str], Key]
    known: Mapping[Key, int]
    sums: Sequence[Sum]
    ties: Sequence[Sum]
    public: frozenset[Key] = frozenset()

    @property
    def counts(self) -> Counts:
        """What a ledger decides about: all cells of the table are to be shown."""
        shown = frozenset(self.cells.values()) & frozenset(self.known)
        return Counts(self.known, tuple(self.sums), shown, self.public)


def _complete(values: dict[Key, int], sums: list[Sum]) -> list[Sum]:
    """Work out the cells that follow from others, and return the sums of which all cells have a value."""
    before = -1
    while before < len(values):
        before = len(values)
        for total, parts in sums:
            unknown = [key for key in (total, *parts) if key not in values]
            if len(unknown) != 1:
                continue
            rest = sum(values[key] for key in parts if key in values)
            values[unknown[0]] = rest if unknown[0] == total else values[total] - rest
    known = [part for part in sums if all(key in values for key in (part[0], *part[1]))]
    wrong = {key for key, n in values.items() if n < 0}
    return [(t, parts) for t, parts in known if not wrong & {t, *parts}]


@cache
def read_layouts() -> tuple[dict[str, Layout], frozenset[str]]:
    """Read people.toml: the layouts by table, and the names that never count people."""
    found = tomllib.loads(Path(__file__).with_name("people.toml").read_text(encoding="utf8"))
    layouts = {
        name: Layout(**{("conditions" if key == "with" else key): value for key, value in table.items()})
        for name, table in found["tables"].items()
    }
    return layouts, frozenset(found["units"]["names"])
