"""A twin of the survey: answers of respondents who do not exist, which print every published number.

The twin follows the response funnel and the percentages of the text; among the complete
questionnaires every row of the item and scale tables prints its published mean and SD, at the
printed decimals and under every rounding rule.  Questions without a published number are left out.

What it is not: data.  Published numbers fix each variable by itself and (two group means aside)
nothing between variables, so every relation in a twin is arbitrary: columns are shuffled apart.
The frequency table of an item is drawn uniformly from the exact set of tables that print its row; the
totals of a scale are not uniform over their set, and how a total is spread over its items is chance.
Hence `simulated`, never a finding; `spread` shows how far a number moves from twin to twin.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import numpy as np
import pandas as pd

from behindprint.percentages import counts_behind_percentages
from behindprint.reported import Interval, Reported
from behindprint.rows import frequency_tables, square_windows, whole_numbers
from loopbaanchecks.paths import MAPPING
from loopbaanchecks.scales import score_scales
from loopbaanchecks.study import Study
from surveyfiles import Survey, read_survey, write_sav

Language = Literal["nl", "en"]
Statistic = Callable[[np.ndarray, np.ndarray], np.ndarray]

NO, YES = 1, 2  # answers to `uses_check`
STAGES = {"no_use": 1, "stopped_at_frequency": 2, "stopped_later": 3, "complete": 4}  # codes of `reached`
GROUPS = {"lower": 1, "higher": 2}  # codes of `client_education_group`
DERIVED = ["client_education_group", "reached"]  # columns of the codebook that no question asked
MARK = {"nl": "GESIMULEERD, geen waarnemingen", "en": "SIMULATED, not observed"}
STARTS = 50  # random starts tried for the totals of a scale


@dataclass(frozen=True)
class Twin:
    """One dataset that prints the published numbers.

    `responses`: a row per respondent, a column per question with a published number, in the order of
    the codebook, then the derived `client_education_group` (1 lower, 2 higher) and `reached` (1 uses no
    check, 2 stopped at the frequency question, 3 stopped later, 4 complete); Int64, NA where not answered.
    `notes`: `item`, `n_answered`, `reason` for each row that needs item nonresponse.
    """

    responses: pd.DataFrame
    notes: pd.DataFrame
    evidence: str = "simulated"


def draw(study: Study, *, rng: np.random.Generator) -> Twin:
    """Draw one twin.

    Parameters
    ----------
    study : Study
        The published numbers, the codebook and the candidate items of the scales.
    rng : numpy.random.Generator
        The only source of chance: the same state gives the same twin.

    Returns
    -------
    Twin

    Raises
    ------
    ValueError
        If the documents contradict themselves: a funnel with more people than responses, percentages
        that no whole counts print, a row that no number of answers prints, an item of two scales, or a
        variable that the codebook does not know.
    RuntimeError
        If no totals are found that print a scale.

    Notes
    -----
    Means and SDs are those of n - 1.  A row that the complete questionnaires cannot print gets the
    smallest item nonresponse with which it can, and a note.
    """
    n = int(study.printed("complete"))
    rows = _item_rows(study)
    sets = _sets(rows, n)
    picks = _picks(sets, rng)  # before anything else, so that `spread` makes the same choice
    reached = _reached(study, rng)
    answers = {
        row.variable: _shuffled(row.options, tables[pick], n, rng)
        for row, tables, pick in zip(rows.itertuples(), sets, picks, strict=True)
    }
    for variable, shares in _shares(study).items():
        answers[variable] = _shuffled(tuple(shares), _counts(study, shares, n, rng), n, rng)
    for row in _scale_rows(study).itertuples():
        answers |= _scale_answers(row, answers["client_education_group"].to_numpy(np.int64), rng)
    uses = np.where(reached == STAGES["no_use"], NO, YES)
    return Twin(_assembled(study, reached, uses, answers), _notes(rows, sets, n))


def _reached(study: Study, rng: np.random.Generator) -> np.ndarray:
    """Return how far each respondent came, in random order."""
    everyone = int(study.printed("responses"))
    sizes = {stage: int(study.printed(stage)) for stage in STAGES if stage != "stopped_later"}
    sizes["stopped_later"] = everyone - sum(sizes.values())
    if sizes["stopped_later"] < 0:
        raise ValueError(f"figures.csv: expected at most {everyone} responses in all; found {sizes}")
    return rng.permutation(np.repeat(list(STAGES.values()), [sizes[stage] for stage in STAGES]))


def _shares(study: Study) -> dict[str, dict[int, str]]:
    """Return variable -> response option -> id of the percentage in figures.csv that counts it."""
    rows = study.figures[(study.figures["statistic"] == "share") & (study.figures["variable"] != "")]
    return {v: dict(zip(group["code"], group.index, strict=True)) for v, group in rows.groupby("variable")}


def _counts(study: Study, shares: dict[int, str], n: int, rng: np.random.Generator) -> np.ndarray:
    """Return whole counts that print the percentages; one at random where there are several."""
    printed = [study.printed(figure) for figure in shares.values()]
    solutions = counts_behind_percentages(printed, n, rounding="either")
    if len(solutions) == 0:
        raise ValueError(
            f"figures.csv: {', '.join(shares.values())}: expected percentages of {n}; found {printed}"
        )
    return solutions[rng.integers(len(solutions))]


def _assembled(study: Study, reached: np.ndarray, uses: np.ndarray, answers: dict) -> pd.DataFrame:
    """Return everyone's answers: those of the complete questionnaires at their places, in codebook order."""
    index = pd.RangeIndex(1, len(reached) + 1, name="respondent")
    columns = {"uses_check": pd.array(uses, dtype="Int64"), "reached": pd.array(reached, dtype="Int64")}
    for variable, complete in answers.items():
        columns[variable] = pd.array([pd.NA] * len(reached), dtype="Int64")
        columns[variable][reached == STAGES["complete"]] = complete
    asked = [variable for variable in study.codebook["variable"] if variable in columns]
    if unknown := sorted(set(columns) - set(asked)):
        raise ValueError(f"codebook.csv: expected all variables with a number; not found: {unknown}")
    return pd.DataFrame(columns, index=index)[asked]


# --- items: uniform over the exact set ---------------------------------------------------------


def _item_rows(study: Study) -> pd.DataFrame:
    """Return the rows that are one item: `item`, `variable`, `mean`, `sd`, `options`."""
    rows = study.items
    if strange := rows.loc[rows["kind"].isna(), "item"].tolist():
        raise ValueError(f"published.csv: expected items of codebook.csv or scales.csv; found {strange}")
    alone = study.scales.groupby("scale").filter(lambda scale: len(scale) == 1)
    variable = dict(zip(alone["scale"], alone["item"], strict=True))
    variable = {scale: item for scale, item in variable.items() if not _group_means(study, scale)}
    rows = rows[(rows["kind"] == "item") | rows["item"].isin(variable)].reset_index(drop=True)
    return rows.assign(variable=rows["item"].replace(variable))


def _sets(rows: pd.DataFrame, n: int) -> list[np.ndarray]:
    """Return for each item every frequency table that prints it, at the largest fitting number of answers."""
    return [_largest_set(row, n) for row in rows.itertuples()]


def _largest_set(row, n: int) -> np.ndarray:
    for answered in range(n, 1, -1):
        tables = frequency_tables(row.mean, row.sd, answered, options=row.options, ddof=1, rounding="either")
        if len(tables):
            return tables
    raise ValueError(f"{row.item}: expected numbers that 2 to {n} answers print; found {row.mean} / {row.sd}")


def _picks(sets: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Return one position in each set, each equally likely."""
    return rng.integers([len(tables) for tables in sets])


def _shuffled(options: tuple[int, ...], counts: np.ndarray, n: int, rng: np.random.Generator):
    """Return n answers with these counts in random order, NA for whoever is left."""
    answers = np.zeros(n, dtype=np.int64)
    answers[: counts.sum()] = np.repeat(options, counts)
    missing = np.arange(n) >= counts.sum()
    return pd.arrays.IntegerArray(answers, missing).take(rng.permutation(n))


def _notes(rows: pd.DataFrame, sets: list[np.ndarray], n: int) -> pd.DataFrame:
    """Return the rows that fewer answers print than there are complete questionnaires."""
    frame = rows[["item"]].assign(n_answered=[int(tables[0].sum()) for tables in sets])
    frame["reason"] = [
        f"no {n} answers print {row.mean} and {row.sd}; {answered} is the largest smaller number that does"
        for row, answered in zip(rows.itertuples(), frame["n_answered"], strict=True)
    ]
    return frame[frame["n_answered"] < n].reset_index(drop=True)


# --- scales: totals that print the scale, then items that add up to the totals ------------------


def _scale_rows(study: Study) -> pd.DataFrame:
    """Return the scales of several items: `item`, `mean`, `sd`, `options`, `variables`, `group_means`."""
    if twice := sorted(study.scales.loc[study.scales["item"].duplicated(), "item"]):
        raise ValueError(f"scales.csv: expected each item in one scale; found more for {', '.join(twice)}")
    rows = study.items.query("kind == 'scale'")
    rows = rows[~rows["item"].isin(_item_rows(study)["item"])]
    variables = study.scales.groupby("scale")["item"].agg(list)
    means = [_group_means(study, scale) for scale in rows["item"]]
    return rows.assign(variables=rows["item"].map(variables), group_means=means)


def _group_means(study: Study, scale: str) -> list[str]:
    """Return the printed means of a scale for clients of lower and higher education, if there are any."""
    figures = [f"{scale.removeprefix('scale_')}_{group}" for group in GROUPS]
    printed = study.figures.index.isin(figures).any()
    return [study.printed(figure) for figure in figures] if printed else []


def _scale_answers(row, group: np.ndarray, rng: np.random.Generator) -> dict:
    """Return answers to the items of a scale; `group` parts respondents where group means are printed."""
    k, (lowest, *_, highest) = len(row.variables), row.options
    group = group if row.group_means else np.full(len(group), min(GROUPS.values()))
    totals = _totals(row, group, rng)
    steps = highest - lowest  # each item can be raised this often: choose which raises happen
    order = rng.random((len(totals), k * steps)).argsort(axis=1).argsort(axis=1)
    raised = (order < (totals - k * lowest)[:, None]).reshape(len(totals), k, steps).sum(axis=2)
    return {v: pd.array(lowest + raised[:, j], dtype="Int64") for j, v in enumerate(row.variables)}


def _totals(row, group: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a total per respondent that print the mean and SD of the scale, and its group means.

    From a random start with about the right spread and exactly the right sums, pairs within a group
    move a point from one to the other until the sum of squares is right too.
    """
    k = len(row.variables)
    ends = (k * row.options[0], k * row.options[-1])
    sizes = np.unique(group, return_counts=True)[1]
    goals = _goals(row, sizes)
    for _ in range(STARTS if goals else 0):
        sums, squares = goals[rng.integers(len(goals))]
        totals = np.empty(len(group), dtype=np.int64)
        for code, total in zip(np.unique(group), sums, strict=True):
            size = int((group == code).sum())
            near = rng.normal(total / size, float(k * Reported(row.sd).value), size)
            near = np.rint(near).clip(*ends).astype(np.int64)
            totals[group == code] = _moved_to_sum(near, total, ends, rng)
        totals = _moved_to_squares(totals, group, squares[rng.integers(len(squares))], ends, rng)
        if totals is not None:
            return totals
    raise RuntimeError(
        f"{row.item}: expected totals of {k} items that print {row.mean} / {row.sd} and group means "
        f"{row.group_means} among {sizes.tolist()} respondents; found none in {STARTS} starts"
    )


def _goals(row, sizes: np.ndarray) -> list[tuple[tuple[int, ...], range]]:
    """Return the group sums that print the means, each with the sums of squares that print the SD.

    A sum of squares is even or odd as the sum is, hence the step of two.
    """
    k, n = len(row.variables), int(sizes.sum())
    sd = _inside(row.sd)
    widened = Interval(k * sd.low, k * sd.high, False, False)
    means = row.group_means or [row.mean]
    ranges = [whole_numbers(_inside(m), k * int(size)) for m, size in zip(means, sizes, strict=True)]
    low, high = whole_numbers(_inside(row.mean), k * n)
    ends = [(k * row.options[0] * size, k * row.options[-1] * size) for size in sizes.tolist()]
    ranges = [(max(a, c), min(b, d)) for (a, b), (c, d) in zip(ranges, ends, strict=True)]
    goals = []
    for first in range(ranges[0][0], ranges[0][1] + 1):
        for total in range(low, high + 1):
            sums = (first, total - first)[: len(sizes)]
            if sum(sums) == total and ranges[-1][0] <= sums[-1] <= ranges[-1][1]:
                least, most = square_windows(total, widened, n, 1)
                goals.append((sums, range(least + (least - total) % 2, most + 1, 2)))
    return [(sums, squares) for sums, squares in goals if len(squares)]


def _inside(printed: str) -> Interval:
    """Return the values that print as this number under every rounding rule: no half at the ends."""
    number = Reported(printed)
    return Interval(number.low, number.high, False, False)


def _moved_to_sum(totals: np.ndarray, goal: int, ends: tuple[int, int], rng: np.random.Generator):
    """Return the totals with random ones moved by one, until they add up to the goal."""
    while gap := goal - int(totals.sum()):
        free = np.flatnonzero(totals < ends[1] if gap > 0 else totals > ends[0])
        chosen = rng.choice(free, size=min(abs(gap), len(free)), replace=False)
        totals[chosen] += np.sign(gap)
    return totals


def _moved_to_squares(totals, group, goal: int, ends: tuple[int, int], rng: np.random.Generator):
    """Return the totals with the wanted sum of squares and the same group sums, or None if they get stuck.

    Moving a point to i from j changes the sum of squares by 2 (T_i - T_j + 1).  Only moves that bring it
    closer and do not pass the goal are made, so the gap shrinks by two or more at every step.
    """
    pairs = (group[:, None] == group) & ~np.eye(len(group), dtype=bool)
    while gap := goal - int((totals**2).sum()):
        change = 2 * (totals[:, None] - totals + 1)
        closer = (change * np.sign(gap) > 0) & (abs(change) <= abs(gap))
        moves = np.argwhere(pairs & closer & (totals < ends[1])[:, None] & (totals > ends[0]))
        if len(moves) == 0:
            return None
        up, down = moves[rng.integers(len(moves))]
        totals[up] += 1
        totals[down] -= 1
    return totals


# --- from twin to twin, and to a file -----------------------------------------------------------


def share_of_top_two(tables: np.ndarray, options: np.ndarray) -> np.ndarray:
    """Return the share of answers on the two highest response options.

    Parameters
    ----------
    tables : numpy.ndarray of int, shape (m, k)
        Frequency tables, one per row.
    options : numpy.ndarray of int, shape (k,)
        Response options, ascending.

    Returns
    -------
    numpy.ndarray of float, shape (m,)
        0-1.

    Examples
    --------
    >>> share_of_top_two(np.array([[1, 1, 2, 3, 3]]), np.arange(1, 6))
    array([0.6])
    """
    return tables[:, np.argsort(options)[-2:]].sum(axis=1) / tables.sum(axis=1)


def spread(study: Study, statistic: Statistic = share_of_top_two, *, seeds: Iterable[int]) -> pd.DataFrame:
    """Return a number of every item in many twins, without building them.

    Parameters
    ----------
    study : Study
        The published numbers.
    statistic : callable
        Takes frequency tables (m, k) and response options (k,), returns m numbers.
    seeds : iterable of int
        One twin each: that of `draw(study, rng=numpy.random.default_rng(seed))`.

    Returns
    -------
    pandas.DataFrame
        `seed`, `table`, `row`, `item`, `value`, `evidence` (simulated): one line per seed and item, scales of
        several items left out.
    """
    seeds = list(seeds)
    rows = _item_rows(study)
    sets = _sets(rows, int(study.printed("complete")))
    picks = [_picks(sets, np.random.default_rng(seed)) for seed in seeds]
    picks = np.array(picks, dtype=np.int64).reshape(-1, len(sets))
    values = [
        statistic(tables[picks[:, i]], np.array(options))
        for i, (tables, options) in enumerate(zip(sets, rows["options"], strict=True))
    ]
    frame = rows[["table", "row", "item"]].iloc[np.tile(np.arange(len(rows)), len(seeds))]
    frame = frame.reset_index(drop=True)
    frame.insert(0, "seed", np.repeat(seeds, len(rows)))
    return frame.assign(value=np.array(values).T.ravel(), evidence="simulated")


def spread_of_groups(study: Study, scale: str, *, seeds: Iterable[int]) -> pd.DataFrame:
    """Return how far the difference between the two education groups moves from twin to twin.

    Parameters
    ----------
    study : Study
        The published numbers.
    scale : str
        A scale of table 8.
    seeds : iterable of int
        One twin per seed.

    Returns
    -------
    pandas.DataFrame
        `seed`, `value` (mean of the higher minus the lower group), `evidence`.
    """
    only = study.scales[study.scales["scale"] == scale]
    rows = []
    for seed in seeds:
        answers = draw(study, rng=np.random.default_rng(seed)).responses
        score = score_scales(answers, only, minimum_answered=1)[scale]
        means = score.groupby(answers["client_education_group"]).mean()
        rows.append((seed, float(means[GROUPS["higher"]] - means[GROUPS["lower"]]), "simulated"))
    return pd.DataFrame(rows, columns=["seed", "value", "evidence"])


def write_twin(twin: Twin, study: Study, path: Path, *, language: Language = "nl") -> None:
    """Write the twin as an SPSS file, of which the label says that the answers are simulated.

    Parameters
    ----------
    twin : Twin
        The answers.
    study : Study
        Its codebook gives the labels.
    path : Path
        Ends in .sav; replaced if there.
    language : {"nl", "en"}
        Of the labels.

    Raises
    ------
    ValueError
        As `surveyfiles.write_sav` does.
    """
    label = MARK.get(language, "")
    write_sav(twin.responses, path, codebook=study.codebook, language=language, file_label=label)


def open_survey(path: str, study: Study, *, seed: int) -> Survey:
    """Return the answers of a survey file, or those of a twin when there is no file, by the same way in.

    Parameters
    ----------
    path : str
        A survey file; empty for a twin, which is written as .sav and read back.
    study : Study
        Its codebook judges the answers.
    seed : int
        Of the twin.

    Returns
    -------
    survey.Survey
        `responses` and `report`.

    Raises
    ------
    survey.SurveyError
        If the file cannot be read or does not fit the codebook.
    """
    if path:
        return read_survey(path, codebook=study.codebook, shared_mapping=MAPPING)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "twin.sav"
        write_twin(draw(study, rng=np.random.default_rng(seed)), study, file)
        return read_survey(file, codebook=study.codebook)


def evidence_of(survey: Survey) -> str:
    """Return what answers are worth as evidence: a twin's file says in its label that it is no observation.

    Parameters
    ----------
    survey : survey.Survey
        As read.

    Returns
    -------
    {"simulated", "observed"}
        A file that hides where it comes from (a twin saved as .csv, say) cannot be told from real answers.
    """
    label = survey.report.details.get("file label", "")
    return "simulated" if label.startswith(tuple(MARK.values())) else "observed"
