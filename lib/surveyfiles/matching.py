"""Which column of a survey file holds which variable of the codebook: stated, or matched by name or label."""

import re
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import sparse

from expect import plain
from surveyfiles.kinds import SurveyFile
from surveyfiles.mapping import Mapping
from surveyfiles.wording import bare, label_tail, name_form, question_forms

LIKENESS = 0.45  # below this share of three-letter pieces in common two questions are not worth a guess
AS_NEIGHBOURS = 0.42  # score of a guess by the two nearest columns of the same name pattern
BY_POSITION = 0.40  # score of a guess by place in a block: below any by likeness
LEAST_BLOCK = 3  # columns of one name pattern that make a block


def match_variables(
    file: SurveyFile, codebook: pd.DataFrame, stated: Mapping
) -> tuple[pd.DataFrame, list[str]]:
    """Match the file's variables with the codebook: as stated, else by equal name, else by equal label.

    Parameters
    ----------
    file : SurveyFile
        Names and question texts.
    codebook : pandas.DataFrame
        Columns `variable`, `label_nl`, `label_en`.
    stated : Mapping
        As `read_mapping` returns it.

    Returns
    -------
    pandas.DataFrame
        One row per file variable: `file_variable`, `question`, `variable`, `basis` ("" where unmatched).
    list of str
        One sentence per variable that more than one column could hold.
    """
    columns = list(file.cells)
    known = _known(codebook)
    claims = [_claim(name, file.labels.get(name, ""), known, stated.ties) for name in columns]
    frame = pd.DataFrame(claims, columns=["variable", "basis", "rank"])
    frame.insert(0, "file_variable", columns)
    frame.insert(1, "question", [" ".join(str(file.labels.get(name, "")).split()) for name in columns])
    best = frame["rank"].groupby(frame["variable"]).transform("min")
    frame.loc[frame["rank"] > best, ["variable", "basis"]] = ""
    frame = frame.drop(columns="rank").astype("str")
    twice = frame[(frame["variable"] != "") & (frame["variable"] != "-")].groupby("variable")["file_variable"]
    claimed = {name: list(group) for name, group in twice if len(group) > 1}
    for name, group in file.duplicates.items():
        variables = known[0].get(plain(name), [])
        if variables and not frame["file_variable"][frame["variable"] != ""].isin(group).any():
            claimed[variables[-1]] = group
    rule = "duplicate variable: expected one column; found {}; name the right one in a mapping file"
    problems = [f"variable {name}: {rule.format(', '.join(group))}" for name, group in claimed.items()]
    return frame, problems


def _known(codebook: pd.DataFrame) -> list[dict[str, list[str]]]:
    """Return, from the surest to the least sure form, which variables each name or label stands for."""
    forms = [("variable", plain), ("variable", name_form), ("label_nl", bare), ("label_en", bare)]
    forms += [("label_nl", label_tail), ("label_en", label_tail)]
    known = [{} for _ in forms]
    for found, (column, form) in zip(known, forms, strict=True):
        for words, name in zip(codebook[column].map(form), codebook["variable"], strict=True):
            if words:
                found.setdefault(words, []).append(name)
    return known


def _claim(name: str, question: str, known: list[dict], ties: dict) -> tuple[str, str, int]:
    """Return the codebook variable of a file variable, on what basis, and how sure that is (0: stated)."""
    if plain(name) in ties:
        return (*ties[plain(name)], 0)
    whole, parts = question_forms(name, question)
    names = [plain(form) for form in (name, whole[0], whole[1] if len(whole) > 1 and " " in name else name)]
    tried = [(0, "name", names), (1, "name", [name_form(name)])]
    tried += [(place, "label", whole) for place in (2, 3, 4, 5)]
    tried += [(place, "label", parts) for place in (2, 3, 4, 5)]
    for rank, (place, basis, forms) in enumerate(tried, 1):
        found = {variable for form in forms for variable in known[place].get(form, ())}
        if len(found) == 1:
            return found.pop(), basis, rank
    return "", "", len(tried) + 1


def find_guesses(frame: pd.DataFrame, codebook: pd.DataFrame) -> list[tuple[int, str, float]]:
    """Find the likeliest pairs of unmatched variables by their names and questions, else by position.

    Parameters
    ----------
    frame : pandas.DataFrame
        File variables as `match_variables` returns them.
    codebook : pandas.DataFrame
        Columns `variable`, `label_nl`, `label_en`; if there, `block`.

    Returns
    -------
    list of (int, str, float)
        Row of the frame, codebook variable, score: the share of three-letter pieces in common (at least
        0.45), 0.42 where the two nearest columns of the same name pattern say it, or 0.40 for the same
        place in the only block of as many variables.
    """
    unmatched, free, scores = likenesses(frame, codebook)
    found = np.argwhere(scores >= LIKENESS)
    order = sorted((-round(float(scores[i, j]), 6), int(unmatched[i]), int(j)) for i, j in found)
    chosen, rows, names = [], set(), set()
    for score, i, j in order:
        if i not in rows and free[j] not in names:
            chosen.append((i, free[j], -score))
            rows.add(i)
            names.add(free[j])
    return [*chosen, *_by_position(frame, codebook, chosen)]


def likenesses(frame: pd.DataFrame, codebook: pd.DataFrame) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Score every unmatched column against every codebook variable still free.

    Parameters
    ----------
    frame, codebook : pandas.DataFrame
        As in `find_guesses`.

    Returns
    -------
    ndarray of int
        Rows of the frame.
    list of str
        Variables that no column holds.
    ndarray of float, shape (rows, variables)
        Twice the three-letter pieces in common over those of both (Dice), the best of name and question
        against name and labels.
    """
    unmatched = frame.index[frame["variable"] == ""].to_numpy()
    free = codebook[~codebook["variable"].isin(frame["variable"])]
    rows = frame.loc[unmatched]
    theirs = [[bare(text) for text in rows[column]] for column in ("file_variable", "question")]
    theirs.append([(question_forms("", text)[1] or [""])[-1] for text in rows["question"]])
    ours = [[bare(name.replace("_", " ")) for name in free["variable"]]]
    ours += [[bare(text) for text in free[column]] for column in ("label_nl", "label_en")]
    scores = np.zeros((len(unmatched), len(free)))
    for texts in theirs:
        for others in ours:
            np.maximum(scores, _dice(texts, others), out=scores)
    return unmatched, free["variable"].tolist(), scores


def _dice(texts: list[str], others: list[str]) -> np.ndarray:
    places: dict[str, int] = {}
    first, second = (
        [
            {places.setdefault(t[i : i + 3], len(places)) for t in [f"  {text} "] for i in range(len(t) - 2)}
            for text in group
        ]
        for group in (texts, others)
    )
    grids = []
    for group in (first, second):
        ends = np.cumsum([0, *map(len, group)])
        pieces = np.fromiter(
            (place for piece in group for place in sorted(piece)), dtype=int, count=int(ends[-1])
        )
        grids.append(
            sparse.csr_array((np.ones(len(pieces)), pieces, ends), shape=(len(group), max(len(places), 1)))
        )
    shared = (grids[0] @ grids[1].T).toarray()
    sizes = np.add.outer([len(p) for p in first], [len(p) for p in second])
    blank = np.logical_or.outer([not t for t in texts], [not t for t in others])
    return np.where(blank, 0.0, 2 * shared / np.maximum(sizes, 1))


def _by_position(
    frame: pd.DataFrame, codebook: pd.DataFrame, guessed: list[tuple[int, str, float]]
) -> list[tuple[int, str, float]]:
    """Pair columns of one name pattern with variables: as their neighbours lie, else with a whole block."""
    held = {i: name for i, name in frame["variable"].items() if name} | {i: name for i, name, _ in guessed}
    groups: dict[str, list[tuple[int, int]]] = {}
    for i, name in frame["file_variable"].items():
        if match := re.fullmatch(r"(.*\D)(\d+)", name_form(name)):
            groups.setdefault(match[1], []).append((int(match[2]), i))
    pairs = []
    for members in groups.values():
        found = _as_neighbours(members, held, list(codebook["variable"]))
        pairs += found
        held |= {i: name for i, name, _ in found}
    empty = [
        [i for _, i in members] for members in groups.values() if not held.keys() & {i for _, i in members}
    ]
    return pairs + _whole_blocks(empty, codebook, set(held.values()))


def _as_neighbours(
    members: list[tuple[int, int]], held: dict[int, str], order: list[str]
) -> list[tuple[int, str, float]]:
    """Return variables for columns without one: as far from the columns next to it as in the codebook."""
    known = sorted((number, order.index(held[i])) for number, i in members if held.get(i) in order)
    pairs = []
    for number, i in members:
        below = [pair for pair in known if pair[0] < number][-2:]
        above = [pair for pair in known if pair[0] > number][:2]
        near = [below[-1], above[0]] if below and above else [*below, *above]
        shifts = {place - other for other, place in near}
        if i in held or len(near) < 2 or len(shifts) > 1:
            continue
        place = number + shifts.pop()
        if 0 <= place < len(order) and order[place] not in held.values():
            pairs.append((i, order[place], AS_NEIGHBOURS))
    return pairs


def _whole_blocks(
    groups: list[list[int]], codebook: pd.DataFrame, taken: set[str]
) -> list[tuple[int, str, float]]:
    """Return variables for columns of one name pattern, where one free block has as many, in order."""
    closed = codebook[~codebook["type"].isin(["text", "email"])] if "block" in codebook else codebook[:0]
    named = [list(group) for _, group in closed.groupby("block")["variable"]] if len(closed) else []
    blocks = [group for group in named if not taken & set(group)]
    pairs = []
    for members in groups:
        fitting = [group for group in blocks if len(group) == len(members)]
        alone = sum(len(other) == len(members) for other in groups) == 1
        near = all(b - a == 1 for a, b in pairwise(members))
        if len(members) >= LEAST_BLOCK and len(fitting) == 1 and alone and near:
            pairs += [(i, variable, BY_POSITION) for i, variable in zip(members, fitting[0], strict=True)]
    return pairs
