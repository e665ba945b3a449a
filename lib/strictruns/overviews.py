"""One page about all runs of a sweep: what failed, how numbers move with each parameter, every run."""

import base64
from collections import Counter
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from strictruns.gathering import read_numbers
from strictruns.multiples import FEW, draw_multiples
from strictruns.pages import STYLE, read_words, unbroken
from strictruns.project import Project
from strictruns.results import without_paths
from strictruns.sweep_files import SEED, Sweep

if TYPE_CHECKING:
    import pandas as pd

PANELS = 48  # most numbers in one figure
TEXTS = 5  # most texts shown of one number


def write_overview(
    sweep: Sweep,
    folder: Path,
    failures: Mapping[str, str],
    *,
    project: Project,
    language: str,
    rerun: str,
) -> Path:
    """Write index.<language>.html of a sweep.

    Parameters
    ----------
    sweep : Sweep
        The sweep.
    folder : Path
        Its results, with numbers.csv as `write_numbers` wrote it.
    failures : mapping of str to str
        Per run that failed what went wrong; they come first.
    project : Project
        Whose page it is.
    language : {"nl", "en"}
        Language of the page.
    rerun : str
        The command that makes it again.

    Returns
    -------
    Path
        The page: one file, no script.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    words, legend = read_words(language), project.legend(language) if project.legend else None
    table = read_numbers(folder, sweep)
    facts = {
        "language": language,
        "words": words,
        "legend": legend,
        "style": STYLE.read_text(encoding="utf8"),
        "title": sweep.title.get(language) or f"{sweep.notebook.stem}: {sweep.name}",
        "notebook": sweep.notebook.stem,
        "done": len(sweep.runs) - len(failures),
        "all": len(sweep.runs),
        "varying": sweep.varying,
        "failures": failures,
        "rerun": rerun,
        "runs": [_run(sweep, run, folder) for run in sweep.runs],
        **_differing(table, sweep, words, language, legend.marks if legend else {}, project.name),
    }
    loader = FileSystemLoader(STYLE.parent)
    engine = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    page = without_paths(unbroken(engine.get_template("sweep.html.j2").render(facts)), project.root)
    path = folder / f"index.{language}.html"
    path.write_text(page, encoding="utf8", newline="\n")
    return path


def _run(sweep: Sweep, run: str, folder: Path) -> dict[str, Any]:
    """Say which values a run has, and where its page is."""
    pages = sorted((folder / run / sweep.notebook.stem).glob("report.*.html"))
    page = pages[0].relative_to(folder).as_posix() if pages else ""
    return {"run": run, "page": page, "cells": [str(value) for value in sweep.values(run).values()]}


def _differing(
    table: "pd.DataFrame",
    sweep: Sweep,
    words: Mapping[str, str],
    language: str,
    marks: Mapping[str, tuple[str, str]],
    salt: str,
) -> dict[str, Any]:
    """Draw and list the numbers and texts that are not the same in every run."""
    order = [name for name in sweep.runs if name in set(table["run"])]
    wide = table.pivot(index="run", columns="number", values="value").reindex(order)
    wide = wide[list(dict.fromkeys(table["number"]))]
    differs = wide.loc[:, wide.max() > wide.min()]
    said = table[table["text"] != ""].groupby("number", observed=True, sort=False)["text"]
    texts = {name: counts for name, group in said if len(counts := _counts(group)) > 1}
    origins = _origins(table, marks)
    chosen = [n for n in differs if not sweep.numbers or any(fnmatchcase(n, p) for p in sweep.numbers)]
    named = {name: ", ".join(word for _, word in origins[name]) for name in chosen}
    moved = [name for name in sweep.varying if len({repr(sweep.values(run)[name]) for run in order}) > 1]
    measured = [name for name in moved if not _is_spread(sweep, name)]
    return {
        "figures": [
            _figure(differs[chosen], sweep, name, words, language, named, salt) for name in moved if chosen
        ],
        "measured": measured,
        "numbers": [_number(differs[name], sweep, measured, language, origins[name]) for name in differs],
        "texts": [
            {"name": name, "said": _counted(counts), "marks": origins[name]} for name, counts in texts.items()
        ],
        "same": len(wide.columns) - len(differs.columns) - len(texts),
    }


def _origins(table: "pd.DataFrame", marks: Mapping[str, tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """Return the marks that each number has in any run, with their words."""
    pairs = table[["number", "evidence"]].drop_duplicates().groupby("number", observed=True, sort=False)
    return {
        name: [(mark, marks.get(mark, (mark, ""))[0]) for mark in group] for name, group in pairs["evidence"]
    }


def _is_spread(sweep: Sweep, name: str) -> bool:
    """Whether a parameter is a seed with so many values that only the spread of the numbers says anything."""
    return name == SEED and len({sweep.values(run)[name] for run in sweep.runs}) > FEW


def _parameter(sweep: Sweep, name: str, runs: "pd.Index") -> "pd.Series":
    import pandas as pd

    return pd.Series([sweep.values(run)[name] for run in runs], index=runs, name=name)


def _figure(
    values: "pd.DataFrame",
    sweep: Sweep,
    name: str,
    words: Mapping[str, str],
    language: str,
    marks: Mapping[str, str],
    salt: str,
) -> dict[str, str]:
    """Draw the numbers against one parameter, and say what is drawn."""
    spread, shown = _is_spread(sweep, name), values.iloc[:, :PANELS]
    parameter = None if spread else _parameter(sweep, name, values.index)
    count = len({sweep.values(run)[name] for run in sweep.runs})
    picture = draw_multiples(
        shown, parameter, marks=marks, say=lambda value: _say(value, language), salt=f"{salt}-{name}"
    )
    left = len(values.columns) - len(shown.columns)
    ends = {"low": shown.columns[0], "high": shown.columns[-1], "count": len(shown.columns)}
    caption = words["sweep.caption.spread" if spread else "sweep.caption"]
    return {
        "title": words["sweep.spread"].format(count=count) if spread else words["sweep.by"].format(name=name),
        "picture": base64.b64encode(picture).decode(),
        "alt": words["sweep.alt"].format(**ends),
        "caption": caption + (words["sweep.left"].format(count=left) if left else ""),
    }


def _number(
    values: "pd.Series", sweep: Sweep, measured: list[str], language: str, marks: list[tuple[str, str]]
) -> dict[str, Any]:
    """Sum up one number: its extremes, and how far each parameter moves it."""
    apart = [values.groupby(_parameter(sweep, name, values.index)).median() for name in measured]
    cells = [values.min(), values.median(), values.max(), *(m.max() - m.min() for m in apart)]
    return {"name": values.name, "cells": [_say(cell, language) for cell in cells], "marks": marks}


def _counts(texts: "pd.Series") -> list[tuple[str, int]]:
    """Count texts, the most frequent first."""
    return sorted(Counter(texts).items(), key=lambda pair: (-pair[1], pair[0]))


def _counted(counts: list[tuple[str, int]]) -> str:
    return "; ".join(f"{text} ({n})" for text, n in counts[:TEXTS]) + ("; …" if len(counts) > TEXTS else "")


def _say(value: float, language: str) -> str:
    text = f"{value:.5g}".replace("-", "\N{MINUS SIGN}")
    return text.replace(".", ",") if language == "nl" else text
