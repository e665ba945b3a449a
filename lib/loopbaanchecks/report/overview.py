"""The overview of a run: one page that says what was studied, what holds, and where to read on.

It reads what the notebooks left in results/<run>/ (pages, headlines) and lays the claims ledger beside it.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from behindprint import Reported
from expect import check_columns
from loopbaanchecks import __version__
from loopbaanchecks.claims.checks import VERDICTS
from loopbaanchecks.claims.ledger import evaluate, explained, place_name
from loopbaanchecks.claims.sentences import recalculated_in_words
from loopbaanchecks.language import LANGUAGES, format_number, printed_number
from loopbaanchecks.paths import ROOT
from loopbaanchecks.report.report import EVIDENCE
from loopbaanchecks.study import Study, read_resource, read_vocabulary
from strictruns import STYLE, card_rule, inline_svg, read_words, unbroken, without_paths

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATE = Path(__file__).parent / "template"
LEDGER_COLUMNS = (
    *("id", "document", "list", "section", "locator", "paraphrase_nl", "paraphrase_en", "read_as_nl"),
    *("read_as_en", "kind", "printed", "unit", "place_1", "place_2", "assumption_nl", "assumption_en"),
    *("reason_nl", "reason_en", "remark_nl", "remark_en", "same_defect_as", "verdict", "recalculated"),
    *("power", "why_nl", "why_en", "evidence"),
)
SHOWN_COLUMNS = {
    "claims": ("claim", "verdict", "power", "printed", "recalculated", "why", "kind", "evidence"),
    "pointed": ("claim", "verdict", "why", "evidence"),
}
JUDGED = tuple(verdict for verdict in VERDICTS if verdict != "present")  # of claims; references are apart
HOLDS = ("reproduced", "possible")  # verdicts shown with their power
KINDS_SHOWN = 9  # of claims counted apart per document; the others are counted together
REASONS = 5  # most frequent reasons shown why claims cannot be checked
WEAK = 0.05  # below this power a verdict "possible" says next to nothing


def write_index(folder: str | Path, ledger: pd.DataFrame | None = None) -> list[Path]:
    """Write the overview of one run in every language that its reports have.

    Parameters
    ----------
    folder : str or Path
        results/<run>, with a folder per notebook that holds `report.<language>.html` and, where the notebook
        has any, `headlines.<language>.json`.
    ledger : pandas.DataFrame, optional
        One row per claim, with `LEDGER_COLUMNS`; `power` is 0-1 or missing. When left out: the one that a
        notebook of the run wrote (`tables/ledger.csv`), which counts in a survey file, or else the claims
        decided from print.

    Returns
    -------
    list of Path
        index.<language>.html, one per language.

    Raises
    ------
    ValueError
        If the ledger lacks a column, repeats an id, or has a verdict or mark that is not known; or if the
        folder holds no report.
    """
    folder = Path(folder)
    ledger = read_ledger(folder) if ledger is None else ledger
    check_ledger(ledger)
    languages = [k for k in LANGUAGES if any(folder.glob(f"*/report.{k}.html"))]
    if not languages:
        raise ValueError(f"{folder.name}: expected reports such as 01_name/report.nl.html; found none")
    return [_write(folder, ledger, language, languages) for language in languages]


def read_ledger(folder: Path) -> pd.DataFrame:
    """Return the claims ledger that a notebook of the run wrote, or else the claims decided from print."""
    for path in sorted(folder.glob("[!.]*/tables/ledger.csv")):
        ledger = pd.read_csv(path, dtype="str", keep_default_na=False)
        return ledger.assign(power=pd.to_numeric(ledger["power"]))
    return evaluate(Study())


def check_ledger(ledger: pd.DataFrame) -> None:
    """Raise unless a frame is a claims ledger that the page can show; see `write_index`."""
    check_columns("ledger", ledger, LEDGER_COLUMNS)
    if (twice := ledger["id"][ledger["id"].duplicated()]).any():
        raise ValueError(f"ledger: expected every id once; {', '.join(twice.astype(str))} repeated")
    for column, allowed in (("verdict", VERDICTS), ("evidence", EVIDENCE)):
        if other := sorted(set(ledger[column]) - set(allowed)):
            raise ValueError(f"ledger: {column}: expected one of {', '.join(allowed)}; found {other}")


def _write(folder: Path, ledger: pd.DataFrame, language: str, languages: Sequence[str]) -> Path:
    vocabulary = read_vocabulary()[language].to_dict()
    facts = {
        "language": language,
        "others": [other for other in languages if other != language],
        "words": read_words(language),
        "raw": vocabulary.__getitem__,
        "say": lambda key, **values: vocabulary[key].format(**values),
        "columns": SHOWN_COLUMNS,
        "known": lambda kind, key: vocabulary.get(f"{kind}.{key}", str(key)),
        "reports": find_reports(folder, language),
        "headlines": find_headlines(folder, language),
        "rerun": rerun(folder),
        **_inline(vocabulary),
        **_counted(ledger),
        "reasons": reasons(ledger, language),
        "claims": claim_rows(ledger[ledger["list"] == "claims"], language, vocabulary),
        "references": claim_rows(ledger[ledger["list"] == "references"], language, vocabulary),
        "figures": _figures(language),
        "citations": citations(),
        "name": "loopbaanchecks",
        "version": __version__,
    }
    page = _environment(language).get_template("overview.html.j2").render(facts)
    path = folder / f"index.{language}.html"
    path.write_text(without_paths(unbroken(page), ROOT), encoding="utf8", newline="\n")
    return path


def _inline(vocabulary: Mapping[str, str]) -> dict[str, Any]:
    """Return style and script of the page, and the hashes by which its policy lets only these through."""
    style, marks, own = (
        p.read_text(encoding="utf8") for p in (STYLE, TEMPLATE / "marks.css", TEMPLATE / "overview.css")
    )
    marks = re.sub(
        r"\.evidence(?:-(\w+))?(?= \{)", lambda m: f"{m[0]}, td b{(m[1] and '.' + m[1]) or ''}", marks
    )
    cards = [
        card_rule(f"#{table}", tuple(vocabulary[f"column.{column}"] for column in columns))
        for table, columns in SHOWN_COLUMNS.items()
    ]
    texts = {
        "style": style + marks + own + f"@media screen and (max-width: 600px) {{\n{''.join(cards)}}}\n",
        "script": (TEMPLATE / "ledger.js").read_text(encoding="utf8"),
    }
    return texts | {"hashes": {name: _digest(text) for name, text in texts.items()}}


def _counted(ledger: pd.DataFrame) -> dict[str, Any]:
    pointed = ledger.loc[ledger["list"] == "references", "verdict"].value_counts()
    ledger = ledger[ledger["list"] == "claims"]
    return {
        "evidence": EVIDENCE,
        "verdicts": JUDGED,
        "pointed": {verdict: int(pointed[verdict]) for verdict in VERDICTS if verdict in pointed},
        "tally": tally(ledger),
        "totals": totals(ledger),
        "counts": ledger["verdict"].value_counts().to_dict(),
        "weak": weakness(ledger),
        "filters": {
            column: list(ledger[column].value_counts().index) for column in ("document", "kind", "verdict")
        },
    }


def _figures(language: str) -> dict[str, str]:
    """Return the printed numbers of both documents by their id, in the notation of the language."""
    targets = read_resource("tno_2007-targets").set_index("id")["printed"]
    printed = Study().figures["printed"].to_dict() | targets.to_dict()
    return {name: printed_number(text, language) for name, text in printed.items()}


def _digest(text: str) -> str:
    """Return the source expression by which a content security policy lets one inline text through."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _environment(language: str) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    engine = Environment(
        loader=FileSystemLoader(TEMPLATE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    engine.filters["number"] = lambda value, spec: format_number(value, spec, language)
    return engine


# -- what the notebooks left -----------------------------------------------------------------


def find_reports(folder: Path, language: str) -> list[dict[str, str]]:
    """Return the reports of a run in their order.

    Parameters
    ----------
    folder : Path
        results/<run>.
    language : {"nl", "en"}
        Which page of each report.

    Returns
    -------
    list of dict
        `name` (of the notebook), `href` (relative to the folder), `title`, `question` and `answer` (the
        paragraphs of the first cell that begin with these words in bold; empty where there are none),
        `checked` (whether what was made of a file of people was looked through; empty without such a file).
    """
    return [
        {"name": path.parent.name, "href": f"{path.parent.name}/{path.name}", **_opening(path, language)}
        | {"checked": _checked(path.parent, language)}
        for path in sorted(folder.glob(f"[!.]*/report.{language}.html"))
        if not path.parent.name.endswith(".failed")
    ]


def _checked(folder: Path, language: str) -> str:
    record, check = folder / "run.json", folder / "check.json"
    if not (record.is_file() and json.loads(record.read_text(encoding="utf8")).get("files")):
        return ""
    passed = json.loads(check.read_text(encoding="utf8"))["passed"] if check.is_file() else None
    key = {True: "passed", False: "held", None: "not"}[passed]
    return read_vocabulary().loc[f"overview.checked.{key}", language]


def _opening(path: Path, language: str) -> dict[str, str]:
    from bs4 import BeautifulSoup

    page, words = BeautifulSoup(path.read_text(encoding="utf8"), features="html.parser"), read_vocabulary()
    opening = {"title": page.h1.get_text(" ", strip=True), "question": "", "answer": ""}
    for key in ("question", "answer"):
        for start in page.find_all(
            "strong", string=re.compile(rf"^{words.loc[f'overview.{key}', language]}\W?$"), limit=1
        ):
            opening[key] = start.parent.get_text("", strip=False).removeprefix(start.get_text()).strip()
    return opening


def find_headlines(folder: Path, language: str) -> list[dict[str, str]]:
    """Return what the notebooks of a run call their main findings, in their order.

    Returns
    -------
    list of dict
        `text` (HTML), `evidence`, `href` (the place in the report), `drawing` (HTML or empty), `alt` and
        `caption` (HTML).
    """
    headlines = []
    for path in sorted(folder.glob(f"[!.]*/headlines.{language}.json")):
        if path.parent.name.endswith(".failed"):
            continue
        for headline in json.loads(path.read_text(encoding="utf8")):
            place = f"{path.parent.name}/report.{language}.html#headline-{headline['name']}"
            drawing = _drawing(path.parent / "figures", headline, language)
            headlines.append(headline | {"drawing": drawing, "href": place})
    return headlines


def _drawing(folder: Path, headline: Mapping[str, str], language: str) -> str:
    """Return the narrow drawing of the figure that stands beside a headline, as HTML; or an empty string."""
    if not headline["figure"]:
        return ""
    path = folder / f"{headline['figure']}.narrow.{language}.svg"
    return str(inline_svg(path.read_bytes(), headline["alt"], "drawing") or "")


# -- the ledger ------------------------------------------------------------------------------


def tally(ledger: pd.DataFrame) -> list[dict[str, Any]]:
    """Return how many claims of each document and kind came out how, with the power beside it.

    Returns
    -------
    list of dict
        `document`, `whole` and `rows`: a list of dicts with `kind`, `total`, one count per verdict, `power`
        (median over the `n_power` claims that hold and have one, else None), `widths` (per verdict, in per
        cent of all).
    """
    parts = []
    for document, rows in ledger.groupby("document", sort=False):
        frequent = rows["kind"].value_counts().index[:KINDS_SHOWN]
        kinds = rows["kind"].where(rows["kind"].isin(frequent), "other")
        order = [kind for kind in [*frequent, "other"] if (kinds == kind).any()]
        counted = [_tallied(rows[kinds == kind]) | {"kind": kind} for kind in order]
        parts.append({"document": document, "rows": counted, "whole": _tallied(rows)})
    return parts


def totals(ledger: pd.DataFrame) -> list[dict[str, Any]]:
    """Return per `verdict` how many claims got it (`count`) and the median `power` (or None) of how many."""
    counted = []
    for verdict in JUDGED:
        rows = ledger[ledger["verdict"] == verdict]
        powers = pd.to_numeric(rows["power"]).dropna()
        middle = powers.median() if len(powers) and verdict in HOLDS else None
        counted.append({"verdict": verdict, "count": len(rows), "power": middle, "n_power": len(powers)})
    return counted


def reasons(ledger: pd.DataFrame, language: str) -> list[tuple[str, int]]:
    """Return the most frequent reasons why claims cannot be checked, each with its number of claims."""
    stated = ledger.loc[ledger["verdict"] == "not_checkable", f"reason_{language}"]
    return list(stated[stated != ""].value_counts()[:REASONS].items())


def _tallied(claims: pd.DataFrame) -> dict[str, Any]:
    counts = {verdict: int((claims["verdict"] == verdict).sum()) for verdict in JUDGED}
    powers = pd.to_numeric(claims.loc[claims["verdict"].isin(HOLDS), "power"]).dropna()
    widths, start = [], 0.0
    for verdict in JUDGED:
        width = round(100 * counts[verdict] / len(claims), 3)
        widths.append({"verdict": verdict, "x": round(start, 3), "width": width})
        start += width
    power = float(powers.median()) if len(powers) else None
    return {**counts, "total": len(claims), "power": power, "n_power": len(powers), "widths": widths}


def weakness(ledger: pd.DataFrame) -> dict[str, int | float]:
    """Return how many claims that hold have a known power (`known`) and one below `limit` (`weak`)."""
    holds = ledger[ledger["verdict"].isin(HOLDS)]
    powers = pd.to_numeric(holds["power"]).dropna()
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


# -- how to cite and rerun -------------------------------------------------------------------


def citations() -> list[str]:
    """Return how to cite the compendium and then each document, from CITATION.cff."""
    import yaml

    about = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf8"))
    own = about | {"year": str(about["date-released"])[:4], "number": f"version {about['version']}"}
    return [_citation(work) for work in (own, *about["references"])]


def _citation(work: Mapping[str, Any]) -> str:
    names = []
    for author in work["authors"]:
        family = " ".join(filter(None, [author.get("name-particle"), author.get("family-names")]))
        names.append(author.get("name") or f"{author['given-names'][0]}. {family}")
    number = f" ({work['number']})" if "number" in work else ""
    house = f" {work['institution']['name']}." if "institution" in work else ""
    return f"{', '.join(names)} ({work['year']}). {work['title']}{number}.{house}"


def rerun(folder: Path) -> list[str]:
    """Return the commands that give the reports of a run again."""
    records = [json.loads(path.read_text(encoding="utf8")) for path in sorted(folder.glob("[!.]*/run.json"))]
    if all(not record["overridden"] for record in records):
        return [
            "make reproduce" if folder.name == "default" else f"loopbaanchecks reproduce --run {folder.name}"
        ]
    return [f"{record['rerun']} --run {folder.name}" for record in records if "rerun" in record]


def _missing(value: Any) -> bool:
    return not isinstance(value, str) and bool(pd.isna(value))


def _sortable(value: Any) -> float | str:
    """Return the number in a cell by which its column is sorted, or an empty string."""
    if isinstance(value, str):
        number = re.search(r"\d+(?:,\d+)?", value)
        return float(Reported(number[0]).value) if number else ""
    return "" if _missing(value) else float(value)
