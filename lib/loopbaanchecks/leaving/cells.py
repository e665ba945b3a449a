"""The counts of people in written tables: what is small, and what follows from all tables together."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from loopbaanchecks.disclosure import Key, Sum, find_small, nested
from loopbaanchecks.report.hiding import count_columns
from loopbaanchecks.report.people import Layout, read_layouts
from loopbaanchecks.study import read_vocabulary

LEAST = 3  # minimum of a run that does not say what its minimum was


@dataclass(frozen=True)
class Written:
    """What one notebook wrote about real people: cells with where they stand, their values, their sums."""

    folder: Path
    minimum: int
    places: Mapping[Key, str]
    known: Mapping[Key, int | None]
    sums: Sequence[Sum]
    shown: frozenset[Key]


def read_written(folder: Path) -> Written | None:
    """Read the tables and numbers of one notebook that are marked observed.

    Parameters
    ----------
    folder : Path
        Has `run.json`, `tables/` and `numbers.json`.

    Returns
    -------
    Written or None
        None if nothing is of real people.
    """
    record = json.loads((folder / "run.json").read_text(encoding="utf8"))
    if "parameters" not in record:
        return None  # of the run as a whole
    minimum = record["parameters"].get("minimum_cell", LEAST)
    known, sums, places, shown = {}, [], {}, set()
    for name, frame in _observed(folder):
        layout = read_layouts()[0].get(name, Layout())
        found = layout.count(name, frame, count_columns(frame, _formats(), layout), known)
        sums += found.ties
        for (at, column), key in found.cells.items():
            shown |= set() if pd.isna(frame[column].iloc[at]) else {key}
            places.setdefault(key, f"{name}, {column}")
        known |= found.known
    for total, parts in sums:
        known |= {key: None for key in (total, *parts) if key not in known}
    return Written(folder, int(minimum), places, known, sums, frozenset(shown)) if known else None


def _formats() -> dict[str, str]:
    """Return the format of every column of the vocabulary."""
    words = read_vocabulary()["format"]
    return {key.removeprefix("column."): form for key, form in words.items() if key.startswith("column.")}


def _observed(folder: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    for path in sorted(folder.glob("tables/*.csv")):
        frame = pd.read_csv(path)
        if "evidence" in frame and "id" not in frame:  # claims are no counts
            frame = frame[frame["evidence"] == "observed"].drop(columns="evidence")
            numbers = frame.select_dtypes("number").columns
            frame = frame.fillna(dict.fromkeys(frame.columns.drop(numbers), ""))
            if len(frame):
                yield path.stem, frame
    said: dict[str, dict] = {}
    numbers = folder / "numbers.json"
    entries = json.loads(numbers.read_text(encoding="utf8")) if numbers.is_file() else {}
    for name, entry in entries.items():
        known = isinstance(entry, dict) and entry.get("evidence") == "observed"
        if known and isinstance(entry["value"], int | None):
            sentence, _, value = name.partition(".")
            said.setdefault(sentence, {})[value or sentence] = entry["value"]
    for sentence, values in said.items():
        yield f"say {sentence}", pd.DataFrame([values]).astype("Int64")


def find_cells(written: Sequence[Written]) -> Iterator[tuple[str, Path, str]]:
    """Yield what the counts of one run, or of several over the same people, give away.

    Parameters
    ----------
    written : sequence of Written
        Of one notebook in one run or more.

    Yields
    ------
    (str, Path, str)
        Rule, folder, and which cell in words.
    """
    minimum = max(one.minimum for one in written)
    known, sums = {}, []
    for one in written:
        for key, n in one.known.items():
            before = known.get(key)
            if before is not None and n is not None and 0 < abs(before - n) < minimum:
                yield "difference", one.folder, f"{_named(key, one)}: {before} and {n}"
            known[key] = n if before is None else before
            if n is not None and 0 < n < one.minimum:
                rule = "small_cell" if key in one.shown else "follows"
                yield rule, one.folder, f"{_named(key, one)}: {n}"
        sums += one.sums
    sums += nested(known, sums)
    shown = [
        (key, n, n)
        for key, n in known.items()
        if n is not None and 0 < n < minimum and (key[0] == "rest" or len(written) > 1)
    ]
    follows = [(key, *ends) for key, ends in find_small(known, sums, minimum).items()]
    rule = "follows" if len(written) == 1 else "difference"
    for key, low, high in shown + follows:
        yield rule, written[-1].folder, f"{_named(key, written[-1])}: {low:.0f} to {high:.0f}"


def _named(key: Key, written: Written) -> str:
    what = written.places.get(key, key[0])
    return f"{what} ({', '.join(sorted(key[1]))})" if key[1] else what
