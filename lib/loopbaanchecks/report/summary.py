"""What a run found, in sentences: on the first screen of the overview, and in a summary of two pages.

A sentence is a row of the vocabulary. Its numbers are those that the notebooks of the run left in
numbers.json, by notebook and name (`quant.power.fits` of `01_quant`), and counts of the claims
(`claims.total`).
"""

import json
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from loopbaanchecks.language import sentence
from loopbaanchecks.report.rendering import write_page
from loopbaanchecks.report.report import EVIDENCE, marked_up
from loopbaanchecks.report.tallies import count_claims, count_unsupported
from loopbaanchecks.study import read_vocabulary
from strictruns import inline_svg, write_pdf

OBSERVED = "observed"  # origin of what was computed from a file of the user
FIGURES = 3  # of the summary: the first of each notebook


def find_numbers(folder: Path, ledger: pd.DataFrame, language: str) -> dict[str, dict[str, Any]]:
    """Return the numbers of a run that a sentence may use.

    Parameters
    ----------
    folder : Path
        results/<run>.
    ledger : pandas.DataFrame
        One row per claim; of the references only those not found are counted.
    language : {"nl", "en"}
        Of the pages that are linked to.

    Returns
    -------
    dict of str to dict
        Name -> `value`, `evidence` and `href`: where it comes from.
    """
    counts = count_claims(ledger[ledger["list"] == "claims"])
    counts["conclusions_not_found"] = count_unsupported(ledger)
    numbers = {
        f"claims.{name}": {
            "value": count,
            "evidence": "reading",
            "href": f"index.{language}.html#{'unknown' if name == 'not_checkable' else 'holds'}",
        }
        for name, count in counts.items()
    }
    for path in filter(has_publication, finished(folder, "numbers.json")):
        report = path.with_name(f"report.{language}.html")
        text = report.read_text(encoding="utf8") if report.is_file() else ""
        for name, number in json.loads(path.read_text(encoding="utf8")).items():
            if not isinstance(number, dict):  # of a notebook that keeps something else there
                continue
            place = f"headline-{name.partition('.')[0]}"
            address = f"{path.parent.name}/{report.name}" + (f"#{place}" if f'id="{place}"' in text else "")
            key = f"{path.parent.name.partition('_')[2]}.{name}"
            numbers[key] = number | {"href": address if text else ""}
    return numbers


def finished(folder: Path, name: str) -> list[Path]:
    """Return the files of this name that notebooks of a run left, in their order; no failed run."""
    return [p for p in sorted(folder.glob(f"[!.]*/{name}")) if not p.parent.name.endswith(".failed")]


def has_publication(path: Path) -> bool:
    """Whether the report beside a file of a run has its sections on the publication."""
    record = path.with_name("run.json")
    given = json.loads(record.read_text(encoding="utf8")) if record.is_file() else {}
    return given.get("parameters", {}).get("publication", True) or not given.get("files")


def find_sentences(
    names: str, numbers: Mapping[str, Mapping[str, Any]], language: str
) -> list[dict[str, str]]:
    """Return the sentences of which a run has every number.

    Parameters
    ----------
    names : str
        Regular expression that the keys of their rows match. Of a row in two variants, `.stands` is taken
        when every claim of the conclusions that can be tested holds, and else `.partly`.
    numbers : mapping
        See `find_numbers`.
    language : {"nl", "en"}

    Returns
    -------
    list of dict
        `text` (HTML), `evidence` (the weakest origin among its numbers; empty without any) and `href` (where
        the first of them comes from).
    """
    words = read_vocabulary()[language].to_dict()
    stand = numbers["claims.conclusions_hold"]["value"] == numbers["claims.conclusions_tested"]["value"]
    left_out = ".partly" if stand else ".stands"
    keys = [key for key in words if re.fullmatch(names, key) and not key.endswith(left_out)]
    return [said for key in keys if (said := _filled_in(words[key], numbers, language))]


def used_numbers(text: str) -> list[str]:
    """Return the names of the numbers in the text of a sentence.

    Examples
    --------
    >>> used_numbers("**{quant.power.fits:^of {quant.power.of}}** rows")
    ['quant.power.fits', 'quant.power.of']
    """
    return re.findall(r"\{([\w.]+)", text)


def _filled_in(text: str, numbers: Mapping[str, Mapping[str, Any]], language: str) -> dict[str, str] | None:
    used = used_numbers(text)
    if any(numbers.get(name, {}).get("value") is None for name in used):  # of no notebook here, or hidden
        return None
    plain = re.sub(r"(?<=\{)[\w.]+", lambda name: name[0].replace(".", "__"), text)
    values = {name.replace(".", "__"): numbers[name]["value"] for name in used}
    marks = sorted((numbers[name]["evidence"] for name in used), key=EVIDENCE.index)
    return {
        "text": marked_up(sentence(plain, language, **values)),
        "evidence": marks[-1] if marks else "",
        "href": numbers[used[0]]["href"] if used else "",
    }


def find_headlines(folder: Path, language: str) -> list[dict[str, str]]:
    """Return what the notebooks of a run call their main findings: of real people first, then in their order.

    Returns
    -------
    list of dict
        `text` (HTML), its `opening`, `evidence`, `href` (the place in the report), `drawing` (HTML or empty),
        `alt` and `caption` (HTML). Of a report without its sections on the publication, only those of real
        people.
    """
    headlines = []
    for path in finished(folder, f"headlines.{language}.json"):
        for headline in json.loads(path.read_text(encoding="utf8")):
            place = f"{path.parent.name}/report.{language}.html#headline-{headline['name']}"
            drawing = _drawing(path.parent / "figures", headline, language)
            if headline["evidence"] == OBSERVED or has_publication(path):
                opening = re.sub(r"<.*?>", "", headline["text"]).partition(".")[0]
                headlines.append(headline | {"drawing": drawing, "href": place, "opening": opening})
    return sorted(headlines, key=lambda headline: headline["evidence"] != OBSERVED)


def _drawing(folder: Path, headline: Mapping[str, str], language: str) -> str:
    """Return the narrow drawing of the figure that stands beside a headline, as HTML; or an empty string."""
    if not headline["figure"]:
        return ""
    path = folder / f"{headline['figure']}.narrow.{language}.svg"
    return str(inline_svg(path.read_bytes(), headline["alt"], "drawing") or "")


def write_summary(
    folder: Path, numbers: Mapping[str, Mapping[str, Any]], facts: Mapping[str, Any]
) -> list[Path]:
    """Write the summary of a run in the language of the facts, and print it where a Chromium is found.

    Parameters
    ----------
    folder : Path
        results/<run>.
    numbers : mapping
        See `find_numbers`.
    facts : mapping
        What the overview says too: `language`, `others`, `headlines`, `own_data` (those of real people),
        `next`, `reports`, `published` (whether any report has its sections on the publication).

    Returns
    -------
    list of Path
        summary.<language>.html and, printed, .pdf; none unless three reports have a figure beside a main
        finding, so after a run of all notebooks, and the publication is in one of them.
    """
    language, figures = facts["language"], _first_figures(facts["headlines"])
    page = folder / f"summary.{language}.html"
    paper = page.with_suffix(".pdf")
    for older in (page, paper):
        older.unlink(missing_ok=True)
    if len(figures) < FIGURES or not facts["published"]:
        return []
    findings = find_sentences(r"summary\.finding\.\d+(\.\w+)?", numbers, language)
    title = read_vocabulary().loc["summary.title", language]
    own = {"title": title, "findings": [*facts["own_data"], *findings], "figures": figures[:FIGURES]}
    write_page(page, "summary.html.j2", {**facts, **own}, styles=["marks.css", "overview.css"])
    try:
        write_pdf(page, paper)
    except OSError as problem:  # no browser, or one that does not print: the page is there
        logging.getLogger(__name__).info("%s: no PDF: %s", page.name, problem)
    return [path for path in (page, paper) if path.is_file()]


def _first_figures(headlines: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the first headline with a drawing of each report."""
    first: dict[str, dict[str, str]] = {}
    for headline in headlines:
        if headline["drawing"]:
            first.setdefault(headline["href"].partition("#")[0], headline)
    return list(first.values())
