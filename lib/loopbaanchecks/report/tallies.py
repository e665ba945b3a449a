"""The claims ledger, counted and worded for a reader."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from behindprint import Reported
from loopbaanchecks.claims.checks import VERDICTS
from loopbaanchecks.claims.ledger import explained, place_name
from loopbaanchecks.claims.sentences import recalculated_in_words
from loopbaanchecks.language import printed_number

JUDGED = tuple(verdict for verdict in VERDICTS if verdict != "present")  # of claims; references are apart
HOLDS = ("reproduced", "possible")  # verdicts shown with their power
CONCLUSIONS = ("summary", "5", "5 discussion", "5 recommendations")  # sections of the report of 2021
KINDS_SHOWN = 9  # of claims counted apart per document; the others are counted together
REASONS = 5  # most frequent reasons shown why claims cannot be checked
WEAK = 0.05  # below this power a verdict "possible" says next to nothing


def tally(ledger: pd.DataFrame) -> list[dict[str, Any]]:
    """Return how many claims of each document and kind came out how, with the power beside it.

    Returns
    -------
    list of dict
        `document`, and `rows`: per kind, and at the end for all (kind "all"), a dict with `kind`, `total`,
        `counts` (per verdict that occurs), `power` (median over the `n_power` claims that hold and have one,
        else None), `widths` (per verdict, in per cent of all).
    """
    parts = []
    for document, rows in ledger.groupby("document", sort=False):
        frequent = rows["kind"].value_counts().index[:KINDS_SHOWN]
        kinds = rows["kind"].where(rows["kind"].isin(frequent), "other")
        order = [kind for kind in [*frequent, "other"] if (kinds == kind).any()]
        counted = [_tallied(rows[kinds == kind], kind) for kind in order]
        parts.append({"document": document, "rows": [*counted, _tallied(rows, "all")]})
    return parts


def _tallied(claims: pd.DataFrame, kind: str) -> dict[str, Any]:
    counts = {verdict: n for verdict in JUDGED if (n := int((claims["verdict"] == verdict).sum()))}
    powers = _powers(claims)
    widths, start = [], 0.0
    for verdict, count in counts.items():
        width = round(100 * count / len(claims), 2)
        widths.append({"verdict": verdict, "x": round(start, 2), "width": width})
        start += width
    power = float(powers.median()) if len(powers) else None
    own = {"kind": kind, "total": len(claims), "counts": counts, "widths": widths}
    return own | {"power": power, "n_power": len(powers)}


def _powers(claims: pd.DataFrame) -> pd.Series:
    return pd.to_numeric(claims.loc[claims["verdict"].isin(HOLDS), "power"]).dropna()


def count_claims(claims: pd.DataFrame) -> dict[str, int | float]:
    """Return how many claims there are, per verdict, and how those of the conclusions of 2021 came out.

    Returns
    -------
    dict
        `total`, `tested`, `holds`, `testable_share`, one count per verdict; `conclusions_tested`,
        `conclusions_hold`, `conclusions_open` (not to be tested with what was published).
    """
    verdicts = claims["verdict"]
    counts = {verdict: int((verdicts == verdict).sum()) for verdict in JUDGED}
    tested = len(claims) - counts["not_checkable"]
    final = verdicts[(claims["document"] == "report_2021") & claims["section"].isin(CONCLUSIONS)]
    unknown = int((final == "not_checkable").sum())
    return counts | {
        "total": len(claims),
        "tested": tested,
        "holds": int(verdicts.isin(HOLDS).sum()),
        "testable_share": tested / max(len(claims), 1),
        "conclusions_tested": len(final) - unknown,
        "conclusions_hold": int(final.isin(HOLDS).sum()),
        "conclusions_open": unknown,
    }


def count_unsupported(ledger: pd.DataFrame) -> int:
    """Return how many statements in the conclusions of 2021 rest on a passage that was not found."""
    final = (ledger["document"] == "report_2021") & ledger["section"].isin(CONCLUSIONS)
    return int((final & (ledger["list"] == "references") & (ledger["verdict"] == "not_found")).sum())


def reasons(ledger: pd.DataFrame, language: str) -> list[tuple[str, int]]:
    """Return the most frequent reasons why claims cannot be checked, each with its number of claims."""
    stated = ledger.loc[ledger["verdict"] == "not_checkable", f"reason_{language}"]
    return list(stated[stated != ""].value_counts()[:REASONS].items())


def weakness(ledger: pd.DataFrame) -> dict[str, int | float]:
    """Return how many claims that hold have a known power (`known`) and one below `limit` (`weak`)."""
    powers = _powers(ledger)
    return {"known": len(powers), "weak": int((powers < WEAK).sum()), "limit": WEAK}


def claim_rows(ledger: pd.DataFrame, language: str, vocabulary: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return one dict per claim with what the table shows, in words and notation of the language."""
    rows = []
    for claim in ledger.to_dict("records"):
        row = {key: "" if _missing(value) else value for key, value in claim.items()}
        row |= {key: row[f"{key}_{language}"] for key in ("paraphrase", "read_as")}
        row["why"] = explained(row, vocabulary, language=language)
        row["recalculated"] = recalculated_in_words(row["recalculated"], vocabulary)
        row |= {
            key: printed_number(str(row[key]), language)
            for key in ("printed", "recalculated", "paraphrase", "read_as")
        }
        row["power"] = None if _missing(claim["power"]) else float(claim["power"])
        row["sorted"] = {key: _sortable(claim[key]) for key in ("printed", "recalculated")}
        row["place"] = place_name(f"{row['section']}, {row['locator']}", vocabulary)
        rows.append(row)
    return rows


def _missing(value: Any) -> bool:
    return not isinstance(value, str) and bool(pd.isna(value))


def _sortable(value: Any) -> float | str:
    """Return the number in a cell by which its column is sorted, or an empty string."""
    if isinstance(value, str):
        number = re.search(r"\d+(?:,\d+)?", value)
        return float(Reported(number[0]).value) if number else ""
    return "" if _missing(value) else float(value)
