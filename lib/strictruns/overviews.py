"""One page about all runs of a sweep: what failed, how numbers move with each parameter, every run."""

import base64
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from strictruns.gathering import read_numbers
from strictruns.multiples import DRAWN_SINGLY, draw_multiples
from strictruns.pages import STYLE, read_words, unbroken
from strictruns.project import Legend, Project
from strictruns.results import without_paths
from strictruns.sweep_files import SEED, Sweep

if TYPE_CHECKING:
    import pandas as pd

PANELS = 48  # most numbers in one figure
TEXTS_SHOWN = 5  # most texts shown of one number


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

    page = _Page(sweep, project, language)
    facts = {
        "language": language,
        "words": page.words,
        "legend": page.legend,
        "style": STYLE.read_text(encoding="utf8"),
        "title": sweep.title.get(language) or f"{sweep.notebook.stem}: {sweep.name}",
        "notebook": sweep.notebook.stem,
        "done": len(sweep.runs) - len(failures),
        "all": len(sweep.runs),
        "varying": sweep.varying,
        "failures": failures,
        "rerun": rerun,
        "runs": [_run(sweep, run, folder) for run in sweep.runs],
        **page.differing(read_numbers(folder, sweep)),
    }
    loader = FileSystemLoader(STYLE.parent)
    engine = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    text = without_paths(unbroken(engine.get_template("sweep.html.j2").render(facts)), project.root)
    path = folder / f"index.{language}.html"
    path.write_text(text, encoding="utf8", newline="\n")
    return path


def _run(sweep: Sweep, run: str, folder: Path) -> dict[str, Any]:
    """Say which values a run has, and where its page is."""
    pages = sorted((folder / run / sweep.notebook.stem).glob("report.*.html"))
    page = pages[0].relative_to(folder).as_posix() if pages else ""
    return {"run": run, "page": page, "cells": [str(value) for value in sweep.values(run).values()]}


@dataclass(frozen=True)
class _Page:
    """How the numbers of a sweep are shown in one language."""

    sweep: Sweep
    project: Project
    language: str

    @cached_property
    def words(self) -> dict[str, str]:
        return read_words(self.language)

    @cached_property
    def legend(self) -> Legend | None:
        return self.project.legend(self.language) if self.project.legend else None

    def differing(self, table: "pd.DataFrame") -> dict[str, Any]:
        """Draw and list the numbers and texts that are not the same in every run."""
        done = set(table["run"])
        order = [run for run in self.sweep.runs if run in done]
        wide = table.pivot(index="run", columns="number", values="value").reindex(order)
        wide = wide[list(dict.fromkeys(table["number"]))]
        differs = wide.loc[:, wide.max() > wide.min()]
        said = table[table["text"] != ""].groupby("number", observed=True, sort=False)["text"]
        texts = {name: counts for name, group in said if len(counts := _counts(group)) > 1}
        origins = self.origins(table)
        moved = [name for name in self.sweep.varying if len(set(map(repr, self.parameter(name, order)))) > 1]
        measured = [name for name in moved if not self.is_spread(name)]
        drawn = differs[[name for name in differs if self.is_drawn(name)]]
        return {
            "figures": [self.figure(drawn, name, origins) for name in moved if len(drawn.columns)],
            "measured": measured,
            "numbers": [self.number(differs[name], measured, origins[name]) for name in differs],
            "texts": [
                {"name": name, "said": _listed(counts), "marks": origins[name]}
                for name, counts in texts.items()
            ],
            "same": len(wide.columns) - len(differs.columns) - len(texts),
        }

    def origins(self, table: "pd.DataFrame") -> dict[str, list[tuple[str, str]]]:
        """Return the marks that each number has in any run, with their words."""
        words = self.legend.marks if self.legend else {}
        pairs = table[["number", "evidence"]].drop_duplicates().groupby("number", observed=True, sort=False)
        return {
            name: [(mark, words.get(mark, (mark, ""))[0]) for mark in group]
            for name, group in pairs["evidence"]
        }

    def is_spread(self, name: str) -> bool:
        """Whether a parameter is a seed with so many values that only the spread of numbers says anything."""
        return name == SEED and len(set(self.parameter(name, list(self.sweep.runs)))) > DRAWN_SINGLY

    def is_drawn(self, number: str) -> bool:
        """Whether a number is among those that the sweep wants drawn."""
        patterns = self.sweep.numbers
        return not patterns or any(fnmatchcase(number, pattern) for pattern in patterns)

    def parameter(self, name: str, runs: list[str]) -> "pd.Series":
        """Return what a parameter is in some runs."""
        import pandas as pd

        return pd.Series([self.sweep.values(run)[name] for run in runs], index=runs, name=name)

    def figure(
        self, values: "pd.DataFrame", name: str, origins: Mapping[str, list[tuple[str, str]]]
    ) -> dict[str, str]:
        """Draw the numbers against one parameter, and say what is drawn."""
        words, spread, shown = self.words, self.is_spread(name), values.iloc[:, :PANELS]
        parameter = self.parameter(name, list(values.index))
        picture = draw_multiples(
            shown,
            None if spread else parameter,
            marks={number: ", ".join(word for _, word in origins[number]) for number in shown},
            say=self.say,
            salt=f"{self.project.name}-{name}",
        )
        left = len(values.columns) - len(shown.columns)
        ends = {"low": shown.columns[0], "high": shown.columns[-1], "count": len(shown.columns)}
        title = words["sweep.spread" if spread else "sweep.by"].format(name=name, count=len(set(parameter)))
        caption = words["sweep.caption.spread" if spread else "sweep.caption"]
        return {
            "title": title,
            "picture": base64.b64encode(picture).decode(),
            "alt": words["sweep.alt"].format(**ends),
            "caption": caption + (words["sweep.left"].format(count=left) if left else ""),
        }

    def number(
        self, values: "pd.Series", measured: list[str], marks: list[tuple[str, str]]
    ) -> dict[str, Any]:
        """Sum up one number: its extremes, and how far each parameter moves it."""
        runs = list(values.index)
        apart = [values.groupby(self.parameter(name, runs)).median() for name in measured]
        cells = [values.min(), values.median(), values.max(), *(m.max() - m.min() for m in apart)]
        return {"name": values.name, "cells": [self.say(cell) for cell in cells], "marks": marks}

    def say(self, value: float) -> str:
        """Write a number with five digits, as readers of the language expect it."""
        text = f"{value:.5g}".replace("-", "\N{MINUS SIGN}")
        return text.replace(".", ",") if self.language == "nl" else text


def _counts(texts: "pd.Series") -> list[tuple[str, int]]:
    """Count texts, the most frequent first."""
    return sorted(Counter(texts).items(), key=lambda pair: (-pair[1], pair[0]))


def _listed(counts: list[tuple[str, int]]) -> str:
    return "; ".join(f"{text} ({n})" for text, n in counts[:TEXTS_SHOWN]) + (
        "; …" if len(counts) > TEXTS_SHOWN else ""
    )
