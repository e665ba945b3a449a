"""The ledger of claims: what the documents state in numbers, and what becomes of each statement.

`claims.csv` of each document holds the statements of the running text, `cells.csv` says which check the
cells of each table get.  `evaluate` lets every claim be decided by its check (`checks`);
data/ holds no verdict.
"""

import re

import pandas as pd

from behindprint.reported import Rounding
from expect import check_one_of
from loopbaanchecks.claims.checks import CHECKS, CONTRADICTIONS, VERDICTS, Outcome, decide
from loopbaanchecks.claims.references import Facts, read_claims
from loopbaanchecks.study import Study, read_vocabulary

__all__ = [
    "CHECKS",
    "COLUMNS",
    "VERDICTS",
    "cell_claims",
    "check_ledger",
    "evaluate",
    "lines",
    "read_claims",
    "section_name",
    "summary",
]

COLUMNS = ["verdict", "recalculated", "power", "contradiction", "why_nl", "why_en", "evidence"]
MARKS = ("observed", "simulated")


def cell_claims(study: Study) -> pd.DataFrame:
    """Return one claim for every printed cell of a table, with the check that cells.csv gives it.

    Parameters
    ----------
    study : Study
        The documents.

    Returns
    -------
    pandas.DataFrame
        The columns of claims.csv; `id` such as `table9.lmi_law.mean`.

    Raises
    ------
    ValueError
        If a kind of cell has no row in cells.csv.

    Examples
    --------
    >>> cell_claims(Study()).loc[0, ["id", "printed", "check"]].tolist()
    ['table1.employee_mbo2.count', '2', 'rows_counted']
    """
    cells = study.published.merge(
        study.cells.drop(columns=["document", "section"]), on=["table", "statistic"], how="left"
    )
    if len(without := cells[cells["check"].isna()]):
        first = without.iloc[0]
        raise ValueError(f"cells.csv: expected a row for table {first['table']}, {first['statistic']}")
    words = read_vocabulary(data=study.data)
    labels = _labels(study).reindex(cells["item"]).reset_index(drop=True)
    found = cells[["document", "section", "printed", "unit", "check"]].copy()
    found["id"] = [f"table{row.table}.{row.item}.{row.statistic}" for row in cells.itertuples()]
    found["locator"] = [f"table {row.table}, row {row.row}" for row in cells.itertuples()]
    found["inputs"] = [row.inputs.replace("{item}", row.item) for row in cells.itertuples()]
    for language in ("nl", "en"):
        said = cells["statistic"].map(lambda name, to=language: words.loc[f"cell.{name}", to])
        texts = zip(said, cells["table"], labels[f"label_{language}"], cells["printed"], strict=True)
        found[f"paraphrase_{language}"] = [
            text.format(table=table, label=label, printed=printed) for text, table, label, printed in texts
        ]
    found = found.assign(kind="cell", n=cells["n"], reason_nl="", reason_en="")
    return found[list(read_claims(study).columns)]


def _labels(study: Study) -> pd.DataFrame:
    """Return the labels of every item of the tables."""
    items = study.items.set_index("item")[["label_nl", "label_en"]]
    return pd.concat([items, study.respondents.set_index("item")[["label_nl", "label_en"]]])


def evaluate(
    study: Study,
    *,
    observed: pd.DataFrame | None = None,
    evidence: str = "observed",
    ddof: int = 1,
    rounding: Rounding = "either",
    minimum_answered: int = 1,
) -> pd.DataFrame:
    """Give every claim of the documents its verdict.

    Parameters
    ----------
    study : Study
        The documents as data.
    observed : pandas.DataFrame, optional
        Answers, one respondent per row, variables of the codebook as columns: what then can be
        recalculated from answers is, instead of from print.
    evidence : {"observed", "simulated"}
        What those answers are.
    ddof : int
        1 when printed SDs divide by n - 1 (SPSS), 0 for n.
    rounding : str
        How print rounded; see `reported.ROUNDING_RULES`.
    minimum_answered : int
        Answered items a respondent needs for the score of a scale.

    Returns
    -------
    pandas.DataFrame
        One row per claim: the columns of claims.csv, `verdict`, `recalculated` (Dutch print), `power` (0-1,
        NA where the check has none), `contradiction` (arithmetic, wording, absent or ""), `why_nl`, `why_en`,
        `evidence`.

    Raises
    ------
    ValueError
        If an id stands twice, or a claim names an unknown check, has malformed inputs, or has a check and a
        reason or neither; names the claim.

    Examples
    --------
    >>> row = evaluate(Study()).set_index("id").loc["response_rate"]
    >>> row["printed"], row["verdict"], row["recalculated"], row["why_en"]
    ('8,5', 'reproduced', '8,5', 'The first number is 8.5 per cent of the second (254; 3000).')
    """
    check_one_of("evidence", evidence, MARKS)
    ledger = pd.concat([read_claims(study), cell_claims(study)], ignore_index=True)
    check_ledger(ledger)
    answers = {"observed": observed, "evidence": evidence, "minimum_answered": minimum_answered}
    facts = Facts(study, ledger, rounding=rounding, **answers)
    words = read_vocabulary(data=study.data)
    rows = [_row(claim, facts, words, ddof) for _, claim in ledger.iterrows()]
    found = pd.DataFrame(rows, columns=COLUMNS, index=ledger.index)
    return ledger.join(found.astype({"power": "Float64"}))


def check_ledger(ledger: pd.DataFrame) -> None:
    """Raise unless ids differ and every claim has either a check or both reasons.

    Parameters
    ----------
    ledger : pandas.DataFrame
        Columns of claims.csv.

    Raises
    ------
    ValueError
        Names the claim.
    """
    if len(twice := ledger.loc[ledger["id"].duplicated(), "id"]):
        raise ValueError(f"claims: expected every id once; found {twice.iloc[0]!r} twice")
    checked = ledger["check"] != ""
    for language in ("nl", "en"):
        reason = ledger[f"reason_{language}"] != ""
        if len(odd := ledger.loc[checked == reason, "id"]):
            raise ValueError(
                f"claim {odd.iloc[0]}: expected a check or a reason_{language}; found both or neither"
            )


def _row(claim: pd.Series, facts: Facts, words: pd.DataFrame, ddof: int) -> list:
    """Return the result columns of one claim."""
    if not claim["check"]:
        return ["not_checkable", "", None, "", claim["reason_nl"], claim["reason_en"], "published"]
    outcome = decide(claim, facts, ddof=ddof)
    why = [_why(claim, outcome, words, language) for language in ("nl", "en")]
    return [
        outcome.verdict,
        outcome.recalculated,
        outcome.power,
        outcome.contradiction,
        *why,
        outcome.evidence,
    ]


def _why(claim: pd.Series, outcome: Outcome, words: pd.DataFrame, language: str) -> str:
    """Return the sentence that says why, with values; for answers one of their own if there is one."""
    key = f"why.{claim['check']}.{outcome.verdict}"
    if outcome.evidence in MARKS and f"{key}.answers" in words.index:
        key += ".answers"
    if key not in words.index:
        raise ValueError(f"claim {claim['id']}: expected {key} in vocabulary.csv")
    place = ("nl", "en").index(language)
    values = {"printed": claim["printed"], **outcome.words}
    told = {name: v[place] if isinstance(v, tuple) else str(v) for name, v in values.items()}
    told |= {name: section_name(told[name], words[language]) for name in ("target", "places") if name in told}
    if language == "en":
        told = {name: re.sub(r"(?<=\d),(?=\d)", ".", text) for name, text in told.items()}
    return words.loc[key, language].format(**told)


def section_name(section: str, words: pd.Series) -> str:
    """Return the name of a section as a reader of a language knows it.

    Parameters
    ----------
    section : str
        As in sections.csv.
    words : pandas.Series
        One language of `read_vocabulary`; words without a key `section.<word>` stay as they are.

    Examples
    --------
    >>> section_name("appendix 1", read_vocabulary()["nl"]), section_name("4.1.2", read_vocabulary()["nl"])
    ('bijlage 1', '4.1.2')
    """
    return re.sub(r"[a-z]+", lambda match: words.get(f"section.{match[0]}", match[0]), section)


def summary(evaluated: pd.DataFrame) -> pd.DataFrame:
    """Count claims by kind and verdict.

    Parameters
    ----------
    evaluated : pandas.DataFrame
        Result of `evaluate`.

    Returns
    -------
    pandas.DataFrame
        Index `kind`, a column per verdict and `total`; the last row `total`.

    Examples
    --------
    >>> told = pd.DataFrame({"kind": ["sum", "sum"], "verdict": ["reproduced", "contradicted"]})
    >>> summary(told).loc["sum"].tolist()
    [1, 0, 1, 0, 2]
    """
    counts = pd.crosstab(evaluated["kind"], evaluated["verdict"]).reindex(
        columns=list(VERDICTS), fill_value=0
    )
    counts.loc["total"] = counts.sum()
    return counts.assign(total=counts.sum(axis=1)).rename_axis(columns=None)


def lines(evaluated: pd.DataFrame, *, language: str) -> list[str]:
    """Return the counts per kind and verdict, then every contradiction, as lines of plain text.

    Parameters
    ----------
    evaluated : pandas.DataFrame
        Result of `evaluate`.
    language : {"nl", "en"}
        Of headings, statements and reasons.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        If the language is unknown.
    """
    check_one_of("language", language, ("nl", "en"))
    words = read_vocabulary()[language]
    counts = summary(evaluated)
    counts.index = [words[f"kind.{kind}"] for kind in counts.index]
    counts.columns = [words.get(name, name) for name in counts.columns]
    kinds = {kind: words[f"contradiction.{kind}"] for kind in CONTRADICTIONS}
    told = evaluated[evaluated["verdict"] == "contradicted"]
    rows = [
        f"{row.document} {section_name(row.section, words)}, {kinds[row.contradiction]}: "
        f"{getattr(row, 'paraphrase_' + language)} {getattr(row, 'why_' + language)} ({row.id})"
        for row in told.itertuples()
    ]
    return [*counts.to_string().splitlines(), "", *rows]
