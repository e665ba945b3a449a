"""An attacker who has every table of a run, knows what its counts mean, and solves for what is hidden.

Written apart from the product: the sums are those of the subject, not read from people.toml; whole numbers by
`scipy.optimize.milp`.
"""

import json

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp


class Attacker:
    """Numbers with a name, sums between them, and the least and greatest value that each can have."""

    def __init__(self):
        self.place, self.known, self.rows = {}, {}, []

    def number(self, name, value=None):
        """Note a number; its value if it was printed."""
        self.place.setdefault(name, len(self.place))
        if value is not None and not pd.isna(value):
            self.known[name] = int(value)
        return name

    def adds_up(self, total, *parts):
        self.rows.append((self.number(total), [self.number(part) for part in parts]))

    def within(self, small, large):
        """Who is in the one set is in the other."""
        self.adds_up(large, small, f"{large} but not {small}")

    def range_of(self, name):
        """The least and greatest whole number that fits all that is printed; None where there is no end."""
        size = len(self.place)
        matrix = np.zeros((len(self.rows), size))
        for at, (total, parts) in enumerate(self.rows):
            matrix[at, self.place[total]] -= 1
            for part in parts:
                matrix[at, self.place[part]] += 1
        low, high = np.zeros(size), np.full(size, 10_000.0)
        for known, value in self.known.items():
            low[self.place[known]] = high[self.place[known]] = value
        ends = []
        for sign in (1, -1):
            goal = np.zeros(size)
            goal[self.place[name]] = sign
            done = milp(
                goal, constraints=LinearConstraint(matrix, 0, 0), bounds=Bounds(low, high), integrality=1
            )
            if not done.success:
                raise ValueError(f"{name}: the printed tables contradict each other")
            ends.append(round(sign * done.fun))
        return tuple(ends)


def read(folder, name):
    path = folder / "tables" / f"{name}.csv"
    return pd.read_csv(path).to_dict("records") if path.is_file() else []


def attack_candidates(folder):
    """All that the tables of 03 say about one centre's candidates."""
    him = Attacker()
    for row in read(folder, "own_attrition"):
        wave = row["wave"]
        him.number("all", row["n_enrolled"])
        for state in ("n", "n_gap", "n_lost"):
            him.number(f"{state} {wave}", row[state])
        him.adds_up("all", f"n {wave}", f"n_gap {wave}", f"n_lost {wave}")
        if wave > 1:
            him.within(f"n_lost {wave - 1}", f"n_lost {wave}")
    for row in read(folder, "own_steps"):
        name, wave = f"{row['step']} {row['wave']}", row["wave"]
        for state in ("n", "count", "n_missing"):
            him.number(f"{state} {name}", row[state])
        him.adds_up("all", f"n {name}", f"n_missing {name}")
        him.within(f"count {name}", f"n {name}")
        him.within(f"n {name}", f"n {wave}")
    for row in read(folder, "own_change"):
        him.number(f"n score {row['wave']}", row["n"])
        him.number(f"n_missing score {row['wave']}", row["n_missing"])
        him.adds_up("all", f"n score {row['wave']}", f"n_missing score {row['wave']}")
        him.within(f"n score {row['wave']}", f"n {row['wave']}")
    segments = ["willer", "moeter", "self_steering", "other", "unknown"]
    rows = read(folder, "own_segments")
    for row in rows:
        centre = row["centre"]
        for column in (*segments, "total"):
            him.number(f"{column} of {centre}", row[column])
        him.adds_up(f"total of {centre}", *(f"{column} of {centre}" for column in segments))
    for column in (*segments, "total") if rows else ():
        him.adds_up(
            f"{column} of total",
            *(f"{column} of {row['centre']}" for row in rows if row["centre"] != "total"),
        )
    him.adds_up("all", "total of total")
    return him


def attack_interviews(folder):
    """All that the tables of 02 say about conversations."""
    him = Attacker()
    said = json.loads((folder / "numbers.json").read_text(encoding="utf8"))
    him.number("all", said["coded.interviews"]["value"])
    for sentence in ("coded", "agreement"):
        him.number("twice", said.get(f"{sentence}.double", {}).get("value"))
    him.within("twice", "all")
    counts = read(folder, "code_counts")
    groups, codes = sorted({row["group"] for row in counts}), sorted({row["code"] for row in counts})
    for row in counts:
        him.number(f"{row['code']} in {row['group']}", row["interviews"])
        him.number(f"all in {row['group']}", row["interviews_of"])
        him.within(f"{row['code']} in {row['group']}", f"all in {row['group']}")
    him.adds_up("all", *(f"all in {group}" for group in groups))
    for code in codes:
        him.adds_up(code, *(f"{code} in {group}" for group in groups))
    for row in read(folder, "code_tree"):  # of codes without others below them
        him.number(row["code"], row["interviews"])
        him.within(row["code"], "all")
    given = [row for row in read(folder, "coder_codes") if isinstance(row["code"], str)]
    for row in given:
        him.number(f"{row['code']} by {row['coder']}", row["interviews"])
        him.number(row["code"], row["interviews_of"])
        him.within(f"{row['code']} by {row['coder']}", row["code"])
    for code in {row["code"] for row in given}:
        him.adds_up(f"{code} by all", *(f"{code} by {row['coder']}" for row in given if row["code"] == code))
        him.within(code, f"{code} by all")
    for row in read(folder, "together"):
        first, second = row["first"], row["second"]
        pair = f"{first} & {second}"
        him.number(f"overlap {pair}", row["interviews"])
        him.number(f"either {pair}", row["interviews_either"])
        him.adds_up(first, f"both {pair}", f"{first} without {second}")
        him.adds_up(second, f"both {pair}", f"{second} without {first}")
        him.adds_up(
            f"either {pair}", f"both {pair}", f"{first} without {second}", f"{second} without {first}"
        )
        him.within(f"overlap {pair}", f"both {pair}")
        him.within(f"either {pair}", "all")
    for row in read(folder, "agreement"):
        if isinstance(row["code"], str):
            him.number(f"twice {row['code']}", row["interviews"])
            him.within(f"twice {row['code']}", "twice")
            him.within(f"twice {row['code']}", row["code"])
    return him


def attack_survey(folder):
    """All that the tables of 01 say about who answered what."""
    him = Attacker()
    said = json.loads((folder / "numbers.json").read_text(encoding="utf8"))
    him.number("all", said["own_results.base"]["value"])
    him.within("all", him.number("read", said["own_results.read"]["value"]))
    left = None
    for row in read(folder, "who_counts"):
        before, found, after = (f"{what} {row['who']}" for what in ("before", "found", "after"))
        for name, value in ((before, row["n_before"]), (found, row["found"]), (after, row["n_after"])):
            him.number(name, value)
        him.within(found, before)
        him.adds_up(before, after, *([found] if row["left_out"] == "yes" else []))
        him.within("all", after)
        him.within(before, "read")
        if left:
            him.adds_up(before, left)
        left = after
    for row in [row for name in ("tables_again", "shares_again", "own_scales") for row in read(folder, name)]:
        item = row.get("item", row.get("variable"))
        him.number(f"n {item}", row["n"])
        him.number(f"missing {item}", row["n_missing"])
        him.adds_up("all", f"n {item}", f"missing {item}")
        if "count" in row:
            him.number(f"count {item}={row['code']}", row["count"])
            him.within(f"count {item}={row['code']}", f"n {item}")
    for row in read(folder, "alpha"):
        him.number(f"n whole {row['item']}", row["n"])
        him.number(f"missing whole {row['item']}", row["n_missing"])
        him.adds_up("all", f"n whole {row['item']}", f"missing whole {row['item']}")
        him.within(f"n whole {row['item']}", f"n {row['item']}")
    for row in read(folder, "relations"):
        pair = f"n {row['first']} & {row['second']}"
        him.number(pair, row["n"])
        him.within(pair, f"n {row['first']}")
        him.within(pair, f"n {row['second']}")
    return him
