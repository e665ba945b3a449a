"""A twin of the survey: answers of respondents who do not exist, which print every published number.

The twin follows the response funnel and the percentages of the text; among the complete
questionnaires every row of the item and scale tables prints its published mean and SD, at the
printed decimals and under every rounding of halves.  Questions without a published number are left out.

A twin is not data.  Published numbers say something about each variable by itself and (two group means
aside) nothing about two together, so every relation in a twin is arbitrary: columns are shuffled apart.
`behindprint.datasets` says what is uniform in it and what is not.  Hence `simulated`, never a finding;
`spread_of_items` shows how far a number moves from twin to twin.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from behindprint import (
    PrintedScale,
    counts_behind_percentages,
    draw_items,
    draw_totals,
    largest_frequency_tables,
    shuffled_answers,
)
from loopbaanchecks.answers import SIMULATED
from loopbaanchecks.remembering import once_per_arguments
from loopbaanchecks.scales import score_scales
from loopbaanchecks.study import Study
from surveyfiles import Survey, read_survey, write_sav

Language = Literal["nl", "en"]
TableStatistic = Callable[[np.ndarray, np.ndarray], np.ndarray]

NO, YES = 1, 2  # answers to `uses_check`
STAGES = {"no_use": 1, "stopped_at_frequency": 2, "stopped_later": 3, "complete": 4}  # codes of `reached`
GROUPS = {"lower": 1, "higher": 2}  # codes of `client_education_group`


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


def draw_twin(study: Study, *, rng: np.random.Generator) -> Twin:
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
        variable that is not in the codebook.
    RuntimeError
        If no totals are found that print a scale.

    Notes
    -----
    SDs are those of n - 1.  A row that the complete questionnaires cannot print gets the smallest item
    nonresponse with which they can, and a note.
    """
    known = _known(study)
    return Twin(_answered(study, known, rng), _notes(known.rows, known.sets, known.n))


class _Known(NamedTuple):
    """What is the same in every twin of a study: who answered what, and what that may be."""

    n: int
    rows: pd.DataFrame
    sets: list[np.ndarray]
    shares: dict[str, dict[int, str]]
    scales: list[tuple[list[str], PrintedScale]]


def _known(study: Study) -> _Known:
    n, rows = int(study.printed("complete")), _item_rows(study)
    return _Known(n, rows, _sets(rows, n), _shares(study), _printed_scales(study))


def _answered(study: Study, known: _Known, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the answers of one twin."""
    n = known.n
    picks = _picks(known.sets, rng)  # before anything else, so that `spread_of_items` makes the same choice
    reached = _reached(study, rng)
    answers = {
        row.variable: shuffled_answers(row.options, tables[pick], n, rng=rng)
        for row, tables, pick in zip(known.rows.itertuples(), known.sets, picks, strict=True)
    }
    for variable, shares in known.shares.items():
        counts = _counts(study, shares, n, rng)
        answers[variable] = shuffled_answers(tuple(shares), counts, n, rng=rng)
    education = answers["client_education_group"].to_numpy(np.int64)
    for variables, scale in known.scales:
        groups = education if scale.group_means else np.ones(n, dtype=np.int64)
        items = draw_items(scale, draw_totals(scale, groups, rng=rng), rng=rng)
        answers |= {name: pd.array(items[:, i], dtype="Int64") for i, name in enumerate(variables)}
    uses = np.where(reached == STAGES["no_use"], NO, YES)
    return _assembled(study, reached, uses, answers)


def _reached(study: Study, rng: np.random.Generator) -> np.ndarray:
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
    """Return whole counts that print the percentages, at random where several do."""
    printed = [study.printed(figure) for figure in shares.values()]
    solutions = counts_behind_percentages(printed, n, rounding="either")
    if len(solutions) == 0:
        raise ValueError(
            f"figures.csv: {', '.join(shares.values())}: expected percentages of {n}; found {printed}"
        )
    return solutions[rng.integers(len(solutions))]


def _assembled(study: Study, reached: np.ndarray, uses: np.ndarray, answers: dict) -> pd.DataFrame:
    """Return everyone's answers in codebook order; only the complete questionnaires have more than two."""
    index = pd.RangeIndex(1, len(reached) + 1, name="respondent")
    columns = {"uses_check": pd.array(uses, dtype="Int64"), "reached": pd.array(reached, dtype="Int64")}
    for variable, complete in answers.items():
        columns[variable] = pd.array([pd.NA] * len(reached), dtype="Int64")
        columns[variable][reached == STAGES["complete"]] = complete
    order = [variable for variable in study.codebook["variable"] if variable in columns]
    if unknown := sorted(set(columns) - set(order)):
        raise ValueError(f"codebook.csv: expected all variables with a number; not found: {unknown}")
    return pd.DataFrame(columns, index=index)[order]


def _item_rows(study: Study) -> pd.DataFrame:
    rows = study.items
    if strange := rows.loc[rows["kind"].isna(), "item"].tolist():
        raise ValueError(f"published.csv: expected items of codebook.csv or scales.csv; found {strange}")
    alone = study.scales.groupby("scale").filter(lambda scale: len(scale) == 1)
    variable = dict(zip(alone["scale"], alone["item"], strict=True))
    variable = {scale: item for scale, item in variable.items() if not _group_means(study, scale)}
    rows = rows[(rows["kind"] == "item") | rows["item"].isin(variable)].reset_index(drop=True)
    return rows.assign(variable=rows["item"].replace(variable))


def _sets(rows: pd.DataFrame, n: int) -> list[np.ndarray]:
    """List for each item every frequency table that prints it, at the largest number of answers that can."""
    choices = {"ddof": 1, "rounding": "either"}
    return [
        largest_frequency_tables(row.mean, row.sd, n, options=row.options, name=row.item, **choices)
        for row in rows.itertuples()
    ]


def _picks(sets: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    return rng.integers([len(tables) for tables in sets])


def _notes(rows: pd.DataFrame, sets: list[np.ndarray], n: int) -> pd.DataFrame:
    """Return the rows that only fewer answers than complete questionnaires print."""
    frame = rows[["item"]].assign(n_answered=[int(tables[0].sum()) for tables in sets])
    frame["reason"] = [
        f"no {n} answers print {row.mean} and {row.sd}; {answered} is the largest smaller number that does"
        for row, answered in zip(rows.itertuples(), frame["n_answered"], strict=True)
    ]
    return frame[frame["n_answered"] < n].reset_index(drop=True)


def _printed_scales(study: Study) -> list[tuple[list[str], PrintedScale]]:
    """Return the scales of several items: the variables, and the printed numbers of each."""
    if twice := sorted(study.scales.loc[study.scales["item"].duplicated(), "item"]):
        raise ValueError(f"scales.csv: expected each item in one scale; found more for {', '.join(twice)}")
    rows = study.items.query("kind == 'scale'")
    rows = rows[~rows["item"].isin(_item_rows(study)["item"])]
    variables = study.scales.groupby("scale")["item"].agg(list)
    scales = []
    for row in rows.itertuples():
        means = tuple(_group_means(study, row.item))
        k = len(variables[row.item])
        scale = PrintedScale(row.mean, row.sd, k, row.options, ddof=1, group_means=means, name=row.item)
        scales.append((variables[row.item], scale))
    return scales


def _group_means(study: Study, scale: str) -> list[str]:
    """Return the printed means of a scale for clients of lower and higher education, if there are any."""
    figures = [f"{scale.removeprefix('scale_')}_{group}" for group in GROUPS]
    printed = study.figures.index.isin(figures).any()
    return [study.printed(figure) for figure in figures] if printed else []


def share_of_top_two(tables: np.ndarray, options: np.ndarray) -> np.ndarray:
    """Return the share of answers that are one of the two highest response options.

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


def spread_of_items(
    study: Study, statistic: TableStatistic = share_of_top_two, *, seeds: Iterable[int]
) -> pd.DataFrame:
    """Compute one number of every item in many twins, without building the twins.

    Parameters
    ----------
    study : Study
        The published numbers.
    statistic : callable
        Takes frequency tables (m, k) and response options (k,); returns m numbers.
    seeds : iterable of int
        One twin each: that of `draw_twin(study, rng=numpy.random.default_rng(seed))`.

    Returns
    -------
    pandas.DataFrame
        `seed`, `table`, `row`, `item`, `value`, `evidence` (simulated): one row per seed and item; scales of
        several items are left out.
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
    """Compute the difference between the two education groups in many twins.

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
        `seed`, `value` (mean of the higher minus the lower group), `evidence` (simulated).
    """
    return once_per_arguments(_spread_of_groups, study, scale, list(seeds))


def _spread_of_groups(study: Study, scale: str, seeds: list[int]) -> pd.DataFrame:
    only = study.scales[study.scales["scale"] == scale]
    rows, known = [], _known(study)
    for seed in seeds:
        answers = _answered(study, known, np.random.default_rng(seed))
        score = score_scales(answers, only, minimum_answered=1)[scale]
        means = score.groupby(answers["client_education_group"]).mean()
        rows.append((seed, float(means[GROUPS["higher"]] - means[GROUPS["lower"]]), "simulated"))
    return pd.DataFrame(rows, columns=["seed", "value", "evidence"])


def write_twin(twin: Twin, study: Study, path: Path, *, language: Language = "nl") -> None:
    """Write the twin as an SPSS file whose label says that the answers are simulated.

    Parameters
    ----------
    twin : Twin
        The answers.
    study : Study
        Its codebook gives the labels.
    path : Path
        Ends in .sav; an existing file is replaced.
    language : {"nl", "en"}
        Of the labels.

    Raises
    ------
    ValueError
        As in `surveyfiles.write_sav`.
    """
    label = SIMULATED.get(language, "")
    write_sav(twin.responses, path, codebook=study.codebook, language=language, file_label=label)


def read_twin(study: Study, *, seed: int) -> Survey:
    """Draw a twin, write it as .sav and read it as a survey file is read.

    Parameters
    ----------
    study : Study
        The published numbers; the codebook judges the answers.
    seed : int
        Of the twin.

    Returns
    -------
    surveyfiles.Survey
        `responses` and `report`.
    """
    return once_per_arguments(_read_twin, study, seed)


def _read_twin(study: Study, seed: int) -> Survey:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "twin.sav"
        write_twin(draw_twin(study, rng=np.random.default_rng(seed)), study, file)
        return read_survey(file, codebook=study.codebook)
