"""The ledger of claims: what the documents state, and what becomes of each statement.

`claims.csv` of each document holds the statements of the running text, `cells.csv` says which check the rows
of each table get.  `evaluate` lets every claim be decided by its check (`checks`).
"""

import hashlib
import re
from dataclasses import replace
from functools import lru_cache

import pandas as pd

from behindprint import Rounding
from loopbaanchecks.claims.checks import ANSWERS, VERDICTS, Outcome, decide
from loopbaanchecks.claims.references import Facts, read_claims
from loopbaanchecks.claims.sentences import explained, place_name, said, why_key
from loopbaanchecks.language import LANGUAGES, sentence
from loopbaanchecks.remembering import once_per_run
from loopbaanchecks.study import Study, read_vocabulary

__all__ = [
    *("COLUMNS", "VERDICTS", "blamed_first", "check_claims", "check_verdicts", "evaluate"),
    *("explained", "lines", "place_name", "read_claims", "row_claims", "summary"),
]

COLUMNS = ["verdict", "recalculated", "power", "why_nl", "why_en", "evidence"]
BLAMED = ("contradicted", "conditional")


def row_claims(study: Study) -> pd.DataFrame:
    """Return one claim for every printed row of a table, with the check that cells.csv gives it.

    Parameters
    ----------
    study : Study
        The documents.

    Returns
    -------
    pandas.DataFrame
        The columns of claims.csv; `id` such as `table9.lmi_law`.

    Raises
    ------
    ValueError
        If a table has no row in cells.csv.

    Examples
    --------
    >>> row_claims(Study()).loc[0, ["id", "printed", "check"]].tolist()
    ['table1.employee_mbo2', '2', 'equals']
    """
    printed = study.published.groupby(["table", "row", "item"], sort=False)["printed"].agg("; ".join)
    rows = printed.reset_index().merge(study.cells, on="table", how="left")
    if len(without := rows[rows["check"].isna()]):
        raise ValueError(f"cells.csv: expected a row for table {without.iloc[0]['table']}; found none")
    words = read_vocabulary(data=study.data)
    labels = pd.concat([study.items, study.respondents]).set_index("item")
    found, columns = [], read_claims(study).columns
    for row in rows.itertuples():
        claim = dict.fromkeys(columns, "") | {"n": row.n, "list": "claims", "kind": "row"}
        claim |= {name: getattr(row, name) for name in ("document", "section", "printed", "unit", "check")}
        claim["id"] = f"table{row.table}.{row.item}"
        claim["locator"] = claim["place_1"] = f"table {row.table}, row {row.row}"
        figure = re.search(r"figures\.(\w+)", row.inputs)
        claim["place_2"] = study.figures.loc[figure[1], "section"] if figure else ""
        claim["inputs"] = row.inputs.replace("{item}", row.item)
        names = ("mean", "sd") if ";" in row.printed else ("count",)
        values = dict(zip(names, row.printed.split("; "), strict=True))
        values |= {"count": int(values["count"])} if "count" in values else {}
        for language in LANGUAGES:
            label = labels.loc[row.item, f"label_{language}"]
            text = words.loc["row.mean" if "sd" in values else "row.count", language]
            claim[f"paraphrase_{language}"] = sentence(text, language, table=row.table, label=label, **values)
        found.append(claim)
    return pd.DataFrame(found)


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
        The documents as data; without answers the ledger is made once for each folder of data.
    observed : pandas.DataFrame, optional
        Answers, one respondent per row, variables of the codebook as columns: what then can be
        recalculated from answers is, instead of from print.
    evidence : {"observed", "simulated"}
        What those answers are.
    ddof : int
        1 when printed SDs divide by n - 1 (SPSS), 0 for n.
    rounding : str
        How print rounded; see `reported.ROUNDING_RULES`.  What is contradicted under this rule only is
        conditional.
    minimum_answered : int
        Answered items a respondent needs for the score of a scale.

    Returns
    -------
    pandas.DataFrame
        One row per claim: the columns of claims.csv, `verdict`, `recalculated` (Dutch print), `power` (0-1,
        NA where the check has none), `why_nl`, `why_en`, `evidence`; assumptions and remarks that a check
        found stand in the columns of claims.csv.

    Raises
    ------
    ValueError
        If claims or verdicts break a rule of the ledger; see `check_claims` and `check_verdicts`.

    Examples
    --------
    >>> row = evaluate(Study()).set_index("id").loc["response_rate"]
    >>> row["printed"], row["verdict"], row["recalculated"], row["why_en"]
    ('8,5', 'reproduced', '8,5', 'The calculation agrees: 100 × 254 / 3000 = 8.5.')
    """
    if evidence not in ANSWERS:
        raise ValueError(f"evidence: expected one of {', '.join(ANSWERS)}; found {evidence!r}")
    if observed is None:
        return _from_print(study, ddof, rounding).copy()
    answers = {"observed": observed, "evidence": evidence, "minimum_answered": minimum_answered}
    return _evaluated(study, ddof, rounding, answers)


@lru_cache(maxsize=8)
def _from_print(study: Study, ddof: int, rounding: Rounding) -> pd.DataFrame:
    """Return the ledger decided from print, made once."""
    data = hashlib.sha256(str(study.data.resolve()).encode()).hexdigest()[:16]
    name = f"ledger-{data}-{ddof}-{rounding}"
    return once_per_run(name, lambda: _evaluated(study, ddof, rounding, {}))


def _evaluated(study: Study, ddof: int, rounding: Rounding, answers: dict) -> pd.DataFrame:
    ledger = pd.concat([read_claims(study), row_claims(study)], ignore_index=True)
    check_claims(ledger)
    facts = Facts(study, ledger, rounding=rounding, **answers)
    usual = facts if rounding == "either" else Facts(study, ledger, rounding="either", **answers)
    words = read_vocabulary(data=study.data)[[*LANGUAGES]].to_dict()
    found = [_decided(claim, facts, usual, words, ddof) for _, claim in ledger.iterrows()]
    found = pd.DataFrame(found, index=ledger.index).astype({"power": "Float64"})
    ledger[found.columns] = found
    _say_where(ledger, words)
    check_verdicts(ledger)
    return ledger


def _say_where(ledger: pd.DataFrame, words: dict[str, dict]) -> None:
    """Add to the remarks at which place a point is judged that several claims touch."""
    place = ledger.set_index("id")["section"] + ", " + ledger.set_index("id")["locator"]
    again = ledger["same_defect_as"] != ""
    for language in LANGUAGES:
        known = words[language]
        where = place[ledger.loc[again, "same_defect_as"]].map(lambda name: place_name(name, known))  # noqa: B023
        said = [known["row.same_defect"].format(place=name) for name in where]
        column = f"remark_{language}"
        ledger.loc[again, column] = (ledger.loc[again, column] + " " + said).str.strip()


def check_claims(ledger: pd.DataFrame) -> None:
    """Raise unless every claim has an id of its own, a check or a reason, and both languages of everything.

    Parameters
    ----------
    ledger : pandas.DataFrame
        Columns of claims.csv.

    Raises
    ------
    ValueError
        Names the claim.
    """
    for column in ("read_as", "assumption", "reason", "remark"):
        one = (ledger[f"{column}_nl"] == "") != (ledger[f"{column}_en"] == "")
        _refuse(ledger, one, f"expected {column} in both languages; found one")
    _refuse(ledger, ledger["id"].duplicated(), "expected every id once; found it twice")
    unchecked = ledger["check"] == ""
    _refuse(ledger, unchecked != (ledger["reason_en"] != ""), "expected a check, or a reason why not")
    other = (ledger["same_defect_as"] != "") & ~ledger["same_defect_as"].isin(ledger["id"])
    _refuse(ledger, other, "same_defect_as: expected the id of a claim")
    ours = (ledger["check"] == "compares") & ledger["inputs"].str.contains(r"[<>]=? *\d|\d *[<>]")
    _refuse(ledger, ours & (ledger["read_as_en"] == ""), "expected read_as beside a limit of ours")


def check_verdicts(ledger: pd.DataFrame) -> None:
    """Raise unless every verdict from print keeps the rules: places, assumptions and power are there.

    Parameters
    ----------
    ledger : pandas.DataFrame
        Result of `evaluate`.

    Raises
    ------
    ValueError
        Names the claim.
    """
    printed, verdict = ~ledger["evidence"].isin(ANSWERS), ledger["verdict"]
    places = (ledger["place_1"] != "") & (ledger["place_2"] != "")
    wrong = printed & (verdict == "contradicted")
    _refuse(ledger, wrong & ~places, "contradicted: expected place_1 and place_2")
    _refuse(ledger, wrong & (ledger["evidence"] == "reading"), "contradicted: expected no reading of ours")
    again = verdict.isin(BLAMED) & (ledger["same_defect_as"] != "")
    _refuse(ledger, printed & again, "same_defect_as: expected a defect to be blamed in one row")
    assumed = ledger["assumption_en"] != ""
    _refuse(ledger, (verdict == "conditional") != assumed, "expected an assumption where conditional only")
    weak = ~(ledger["power"] > 0).fillna(False).astype(bool)
    counted = printed & verdict.isin(["reproduced", "possible"]) & (ledger["check"] != "read_in_print")
    _refuse(ledger, counted & weak, "reproduced or possible: expected a power above zero")
    _refuse(
        ledger, (verdict == "present") & (ledger["list"] == "claims"), "present: expected list references"
    )


def _refuse(ledger: pd.DataFrame, wrong: pd.Series, message: str) -> None:
    """Raise with the first claim for which something is wrong."""
    if wrong.any():
        raise ValueError(f"claim {ledger.loc[wrong, 'id'].iloc[0]}: {message}")


def _decided(claim: pd.Series, facts: Facts, usual: Facts, words: dict[str, dict], ddof: int) -> dict:
    """Return the result columns of one claim."""
    outcome = decide(claim, facts, ddof=ddof) if claim["check"] else Outcome("not_checkable", why="needs")
    row = {"verdict": outcome.verdict, "recalculated": outcome.recalculated, "power": outcome.power}
    blamed = outcome.verdict == "contradicted" and outcome.evidence not in ANSWERS
    if blamed and facts is not usual and decide(claim, usual, ddof=ddof).verdict != "contradicted":
        row["verdict"], outcome.words["rule"] = "conditional", f"rounding.{facts.rounding}"
        outcome = replace(outcome, assumption="assumption.rounding")
    for language in LANGUAGES:
        row |= {
            f"{name}_{language}": text
            for name, text in _texts(claim, outcome, words[language], language).items()
        }
    return row | {"evidence": outcome.evidence}


def _texts(claim: pd.Series, outcome: Outcome, known: dict[str, str], language: str) -> dict[str, str]:
    """Return why, assumption and remark of one claim in one language."""
    reason = claim[f"reason_{language}"]
    values = {"printed": claim["printed"], "reason": reason[:1].lower() + reason[1:], **outcome.words}
    keys = {
        "why": [why_key(outcome.why, outcome.verdict, known)],
        "assumption": outcome.assumption.split(),
        "remark": outcome.remark.split(),
    }
    try:
        texts = {
            name: " ".join(said(key, values, known, language=language) for key in found)
            for name, found in keys.items()
        }
    except ValueError as error:
        raise ValueError(f"claim {claim['id']}: {error}") from error
    texts["assumption"] = texts["assumption"] or claim[f"assumption_{language}"]
    texts["remark"] = " ".join(filter(None, [claim[f"remark_{language}"], texts["remark"]]))
    return texts


def blamed_first(rows: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """Return rows with what is contradicted before what is conditional; first what most others link to.

    Parameters
    ----------
    rows : pandas.DataFrame
        Some of the ledger.
    ledger : pandas.DataFrame
        Result of `evaluate`, whose `same_defect_as` are the links.

    Examples
    --------
    >>> ledger = evaluate(Study())
    >>> blamed_first(ledger[ledger["verdict"] == "conditional"], ledger)["id"].iloc[0]
    'clients_unit'
    """
    rank = rows["verdict"].map(dict(zip(BLAMED, range(2), strict=True))).fillna(2)
    links = rows["id"].map(ledger["same_defect_as"].value_counts()).fillna(0)
    order = pd.DataFrame({"rank": rank, "links": -links}).sort_values(["rank", "links"], kind="stable")
    return rows.loc[order.index]


def summary(evaluated: pd.DataFrame) -> pd.DataFrame:
    """Count claims, without references, by kind and verdict.

    Parameters
    ----------
    evaluated : pandas.DataFrame
        Result of `evaluate`.

    Returns
    -------
    pandas.DataFrame
        Index `kind`, a column per verdict and `total`; the last rows `references` and `total`.

    Examples
    --------
    >>> told = pd.DataFrame({"kind": ["sum", "sum"], "list": "claims", "verdict": ["reproduced", "possible"]})
    >>> summary(told).loc["sum", ["reproduced", "possible", "total"]].tolist()
    [1, 1, 2]
    """
    kind = evaluated["kind"].where(evaluated["list"] == "claims", "references")
    counts = pd.crosstab(kind, evaluated["verdict"]).reindex(columns=list(VERDICTS), fill_value=0)
    counts = counts.reindex([*sorted(set(kind) - {"references"}), "references"], fill_value=0)
    counts.loc["total"] = counts.sum()
    return counts.assign(total=counts.sum(axis=1)).rename_axis(index="kind", columns=None)


def lines(evaluated: pd.DataFrame, *, language: str) -> list[str]:
    """Return the counts per kind and verdict, then what is contradicted or conditional, as plain text.

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
    if language not in LANGUAGES:
        raise ValueError(f"language: expected one of nl, en; found {language!r}")
    words = read_vocabulary()[language]
    counts = summary(evaluated)
    counts.index = [words[f"kind.{kind}"] for kind in counts.index]
    counts.columns = [words.get(name, name) for name in counts.columns]
    rows = []
    for row in blamed_first(evaluated[evaluated["verdict"].isin(BLAMED)], evaluated).to_dict("records"):
        place = f"{words['overview.short.' + row['document']]}, {place_name(row['section'], words)}"
        said = f"{row[f'paraphrase_{language}']} {explained(row, words, language=language)}"
        rows.append(f"{words[row['verdict']]} · {place}: {said} ({row['id']})")
    return [*counts.to_string().splitlines(), "", *rows]
