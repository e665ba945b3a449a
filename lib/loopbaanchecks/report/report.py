"""What one notebook says, shows and writes: sentences, tables and figures, each with its evidence mark.

The text of a sentence, caption or alternative text stands in the cell that computes it, in both languages
(`nl=`, `en=`); showing it fills in its values as a reader of the language expects them, and keeps every value
for numbers.json.  Column headings, formats and fixed words are in data/vocabulary.csv.
"""

import base64
import copy
import datetime
import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import HTML, display
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from expect import check_one_of, settled, settled_frame
from loopbaanchecks.claims import ledger as claims
from loopbaanchecks.language import (
    PERCENT,
    check_language,
    format_number,
    printed_number,
    sentence,
)
from loopbaanchecks.paths import RESULTS
from loopbaanchecks.report.descriptor import describe_tables
from loopbaanchecks.report.drawing import THEME, WIDTH, Drawing, published
from loopbaanchecks.report.figures import ACCENT, INK, SOFT, plot_intervals, text_width
from loopbaanchecks.report.hiding import Hidden, Hiding
from loopbaanchecks.report.tables import Column, html_table, write_table, write_workbook
from loopbaanchecks.study import Study, read_vocabulary

MINIMUM = 10  # people of whom anything is shown, where a notebook does not say how many
PHONE = "(max-width: 600px)"  # where the narrow drawing of a figure is shown
BORDERS = {  # evidence mark -> its border and colours, also where no style sheet reaches
    "published": "border:2px solid #1b3a57;color:#1b3a57",
    "implied": "border:4px double #00527a;color:#00527a",
    "reading": "border:2px dotted #5b3a78;color:#5b3a78",
    "simulated": "border:2px dashed #8f3900;color:#8f3900",
    "observed": "border:2px solid #1d5b2f;background:#1d5b2f;color:#fff",
}
EVIDENCE = tuple(BORDERS)
STAR = "\ue000"  # an asterisk in a value, while a text is made into HTML
BADGE = (
    "display:inline-block;padding:0 .4em;border-radius:.2em;font-size:.8em;font-weight:600;background:#fff;"
)
# JupyterLab shows one language of a prose cell: what stands before its divider (Dutch) or after it (English).
ONE_LANGUAGE = {
    "nl": ".jp-RenderedMarkdown > hr, .jp-RenderedMarkdown > hr ~ * { display: none }",
    "en": ".jp-RenderedMarkdown:has(> hr) > :not(hr ~ *) { display: none }",
}
# JupyterLab puts all cells of a table to the right, and its caption in the middle.
TABLES = ".jp-RenderedHTMLCommon :is(caption, th:not(.number), td:not(.number)) { text-align: left }"


class Link(NamedTuple):
    """A table cell: a text with the id of a claim, linked to its row in the overview of the run."""

    text: str
    claim: str


class Shown(NamedTuple):
    """A figure as it was shown, and what it says."""

    drawing: Drawing
    alt: str
    caption: str


@dataclass(frozen=True)
class Headline:
    """A main finding, as the overview of the run shows it."""

    name: str
    text: str
    evidence: str
    figure: str


@dataclass
class _Contents:
    """All that is kept for writing, by name: a cell that runs again replaces what it kept before."""

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    captions: dict[str, str] = field(default_factory=dict)
    headings: dict[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)
    figures: dict[str, Shown] = field(default_factory=dict)
    numbers: dict[str, dict] = field(default_factory=dict)
    headlines: dict[str, Headline] = field(default_factory=dict)


def check_evidence(evidence: str) -> None:
    """Raise unless the evidence mark is one of `EVIDENCE`."""
    check_one_of("evidence", evidence, BORDERS)


class Report:
    """What one notebook says, shows and writes.

    Parameters
    ----------
    language : {"nl", "en"}
        Language of labels, captions, sentences and number notation.
    name : str
        Name of the notebook, used for the default folder.
    output_dir : str or Path
        Where `write` puts everything; empty means results/manual/<name>.
    minimum_cell : int
        Smallest group of real people of which anything is shown: what is marked `observed` is hidden below
        it, with what would give that away in any other table of the report; see `hiding`.
    names : bool
        Whether conversations, coders and candidates keep their names; else pseudonyms stand for them.

    Notes
    -----
    In JupyterLab, making a report hides the other language of the prose.
    """

    def __init__(
        self,
        language: str,
        *,
        name: str,
        output_dir: str | Path = "",
        minimum_cell: int = MINIMUM,
        names: bool = False,
    ) -> None:
        check_language(language)
        self.language = language
        self.name = name
        self.hiding = Hiding(minimum_cell, names=names)
        self.folder = Path(output_dir) if output_dir else RESULTS / "manual" / name
        self.kept = _Contents()
        self.words = read_vocabulary()
        sns.set_theme(style="whitegrid", rc=THEME)
        sns.set_palette([SOFT, ACCENT, INK])
        display(HTML(f"<style>{ONE_LANGUAGE[language]} {TABLES}</style>"))

    def apart(self) -> "Report":
        """Return a report that shows the same way, of which this one keeps nothing."""
        other = copy.copy(self)
        other.kept = _Contents()
        other.hiding = copy.deepcopy(self.hiding)  # what is tried on the screen binds no table
        return other

    # -- words -------------------------------------------------------------------------------

    def word(self, key: str) -> str:
        """Return the word for a key of data/vocabulary.csv in this language."""
        if key not in self.words.index:
            raise ValueError(f"word: expected a key of vocabulary.csv; found {key!r}")
        return self.words.loc[key, self.language]

    def text(self, *, nl: str, en: str, **values) -> str:
        """Return a text in this language with its values filled in; see `language.sentence`."""
        return sentence(
            {"nl": nl, "en": en}[self.language], self.language, self.words[self.language], **values
        )

    def format(self, value, spec: str) -> str:
        """Format a number; see `language.format_number`."""
        return format_number(value, spec, self.language)

    def printed(self, text: str) -> str:
        """Return a printed number in the notation of this language; see `language.printed_number`."""
        return printed_number(text, self.language)

    def label(self, row) -> str:
        """Return the label of a row with `label_nl` and `label_en`."""
        return getattr(row, f"label_{self.language}")

    def say(self, name: str, evidence: str, *, nl: str, en: str, **values) -> None:
        """Show one or a few sentences with their mark, and keep their values for numbers.json.

        Parameters
        ----------
        name : str
            The values are kept as `<name>.<value>`.
        evidence : str
            Mark of what is said.
        nl, en : str
            The text in both languages; **bold** and *italic* may be used. See `language.sentence`.
        **values
            What the text fills in.

        Raises
        ------
        ValueError
            If the mark is unknown, or a value has no form.
        """
        values = self._safe(name, evidence, nl, values)
        text = self._rich(nl=nl, en=en, **values)
        self._keep(name, evidence, values)
        display(HTML(f"<p>{text} {self._badge(evidence)}</p>"))

    def headline(
        self,
        name: str,
        evidence: str,
        *,
        nl: str,
        en: str,
        figure: str = "",
        overview: bool = True,
        **values,
    ) -> None:
        """Show a main finding, and keep it for the overview of the run.

        Parameters
        ----------
        name, evidence, nl, en, **values
            As for `say`.
        figure : str, optional
            Name of the figure that stands beside it in the overview; it may be shown later in the notebook.
        overview : bool
            Whether it belongs to the handful that the overview of the run shows.
        """
        values = self._safe(name, evidence, nl, values)
        text = self._rich(nl=nl, en=en, **values)
        self._keep(name, evidence, values)
        if overview:
            self.kept.headlines[name] = Headline(name, text, evidence, figure)
        display(HTML(f'<p class="headline" id="headline-{name}">{text} {self._badge(evidence)}</p>'))

    def number(self, name: str, value, evidence: str) -> None:
        """Keep one number or word for numbers.json, with its evidence mark."""
        check_evidence(evidence)
        value = self._safe(name, evidence, "", {name: value})[name]
        self._number(name, value, evidence)

    def _number(self, name: str, value, evidence: str) -> None:
        self.kept.numbers[name] = {"value": _plain(value), "evidence": evidence}

    def _keep(self, name: str, evidence: str, values: Mapping) -> None:
        check_evidence(evidence)
        for key, value in values.items():
            if not key.endswith(("_nl", "_en")):
                self._number(f"{name}.{key}", value, evidence)

    def _safe(self, name: str, evidence: str, text: str, values: Mapping) -> dict:
        """Return the values of a sentence: of real people as they may be said."""
        check_evidence(evidence)
        if evidence != "observed":
            return dict(values)
        return self.hiding.values(f"say {name}", values, text, self.word("hidden"))

    def _rich(self, *, nl: str, en: str, **values) -> str:
        """Return a text as HTML."""
        return marked_up(self._starred(nl=nl, en=en, **values))

    def _starred(self, *, nl: str, en: str, **values) -> str:
        """Return a text in which asterisks mean something, but for those of its values."""
        return self.text(nl=nl, en=en, **{name: _starred(value) for name, value in values.items()})

    def _badge(self, evidence: str) -> str:
        style = f"{BADGE}{BORDERS[evidence]}"
        return f'<span class="evidence evidence-{evidence}" style="{style}">[{self.word(evidence)}]</span>'

    # -- tables ------------------------------------------------------------------------------

    def table(
        self,
        name: str,
        frame: pd.DataFrame,
        evidence: str,
        *,
        nl: str,
        en: str,
        columns: Sequence[str] | None = None,
        headings: Mapping[str, tuple[str, str]] | None = None,
        formats: Mapping[str, str] | None = None,
        flag: Sequence[bool] | None = None,
        first: int | None = None,
        **values,
    ) -> None:
        """Show a table and keep all of it for writing.

        Parameters
        ----------
        name : str
            File and sheet name.
        frame : pandas.DataFrame
            `label_nl` and `label_en`, where there, are shown as one column `label`; headings and formats come
            from data/vocabulary.csv (`column.<name>`).
        evidence : str
            Mark for the whole table, unless the frame has its own column `evidence`.
        nl, en : str
            The caption.
        columns : sequence of str, optional
            What is shown, in order; the written table always has everything.
        headings : mapping of str to (str, str), optional
            Column -> Dutch and English heading, where this table means something else by it.
        formats : mapping of str to str, optional
            Column -> format, where it differs here; `word` also for several keys, separated by semicolons.
        flag : sequence of bool, optional
            Rows that should stand out.
        first : int, optional
            How many rows are shown; all when left out. With 0 the table is only written.
        **values
            What the caption fills in.
        """
        frame = self.released(name, frame, evidence, formats=formats)
        kept = frame if "evidence" in frame else frame.assign(evidence=evidence)
        self.kept.tables[name] = settled_frame(kept).reset_index(drop=True)
        values = self._safe(f"caption {name}", evidence, nl, values)
        caption = self._caption(evidence, nl=nl, en=en, **values)
        self.kept.captions[name] = _plain_text(caption)
        self.kept.headings[name] = headings or {}
        if first == 0:
            return
        shown = self._in_language(kept)
        columns = list(columns or [c for c in shown if c != "evidence"])
        badge = "" if "evidence" in columns else f" {self._badge(evidence)}"
        flags = None if flag is None else list(map(bool, flag))[:first]
        self._show(
            name,
            shown[columns].head(first or len(shown)),
            marked_up(caption) + badge,
            flags,
            [self._column(c, headings or {}, formats or {}) for c in columns],
            source=self._source(evidence, values),
        )

    def released(
        self,
        name: str,
        frame: pd.DataFrame,
        evidence: str,
        *,
        formats: Mapping[str, str] | None = None,
    ) -> pd.DataFrame:
        """Return a table as it may be shown: of real people without what is small or gives that away.

        Parameters
        ----------
        name, frame, evidence, formats
            As for `table`, which does this too; call it to draw or to order what is shown.

        Returns
        -------
        pandas.DataFrame
            The frame itself unless the mark is `observed`; the same call gives the same again.
        """
        check_evidence(evidence)
        if evidence != "observed":
            return frame
        known = self.words.index
        own = {c: self.words.loc[f"column.{c}", "format"] for c in frame if f"column.{c}" in known}
        return self.hiding.table(name, frame, own | dict(formats or {}))

    def _caption(self, evidence: str, *, nl: str, en: str, **values) -> str:
        """Return a caption with its asterisks, which says of real people from how many on they are shown."""
        text = self._starred(nl=nl, en=en, **values)
        if evidence != "observed" or self.hiding.minimum == 1:
            return text
        return f"{text}. {self.word('hidden.note').format(least=self.hiding.minimum)}"

    def claims(
        self,
        ledger: pd.DataFrame | Sequence[str],
        *,
        nl: str,
        en: str,
        name: str = "claims",
        only: Sequence[bool] | None = None,
        **values,
    ) -> None:
        """Show claims with their verdicts, each linked to its row in the overview of the run.

        Parameters
        ----------
        ledger : pandas.DataFrame or sequence of str
            Rows as `claims.evaluate` returns them, all of which are kept for writing; or the ids of claims,
            which are then decided from print.
        nl, en : str
            The caption.
        name : str
            File and sheet name.
        only : sequence of bool, optional
            Which rows are shown, what is contradicted first; all, in their order, when left out.
        **values
            What the caption fills in.

        Raises
        ------
        ValueError
            If an id is not in the ledger.
        """
        frame = ledger if isinstance(ledger, pd.DataFrame) else _decided(list(ledger))
        frame = self.hiding.claims(frame, self.words.loc["hidden"])
        shown = frame if only is None else claims.blamed_first(frame[np.asarray(only, bool)], frame)
        differs = shown["verdict"].eq("contradicted")
        words = self.words[self.language]
        why = [claims.explained(row, words, language=self.language) for row in shown.to_dict("records")]
        label = list(map(Link, shown[f"paraphrase_{self.language}"], shown["id"]))
        columns = ["label", "verdict", "why", "evidence"]  # the overview has all of a claim
        self.kept.tables[name] = settled_frame(frame).reset_index(drop=True)
        caption = self._starred(nl=nl, en=en, **values)
        self.kept.captions[name] = _plain_text(caption)
        self._show(
            name,
            shown.assign(label=label, why=why)[columns],
            marked_up(caption),
            list(differs & ~differs.all()),
            [self._column(c, {}, {}) for c in columns],
            source=self._source("reading", {}),
        )

    def claim(self, name: str) -> str:
        """Return Markdown that links to one claim in the overview of the run."""
        return f"[{name}]({self._place(name)})"

    def _place(self, claim: str) -> str:
        return f"../index.{self.language}.html#claim-{claim}"

    def _in_language(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame with its label columns of this language only."""
        other = "en" if self.language == "nl" else "nl"
        frame = frame.drop(columns=[c for c in frame if c.endswith(f"_{other}")])
        return frame.rename(columns=lambda c: c.removesuffix(f"_{self.language}"))

    def _column(self, name: str, headings: Mapping, formats: Mapping) -> Column:
        """Return heading and format of a column: those of the call, or of the vocabulary."""
        key = f"column.{name}"
        heading = (
            dict(zip(("nl", "en"), headings[name], strict=True))[self.language] if name in headings else ""
        )
        return Column(heading or self.word(key), formats.get(name) or self.words.loc[key, "format"])

    def _show(
        self,
        name: str,
        frame: pd.DataFrame,
        caption: str,
        flags: Sequence[bool] | None,
        columns: Sequence[Column],
        *,
        source: str,
    ) -> None:
        rows = [
            [self._cell(value, column.format) for value, column in zip(row, columns, strict=True)]
            for row in frame.itertuples(index=False)
        ]
        header = next((place for place, name in enumerate(frame) if name == "label"), 0)
        more = self.word("more_rows")
        table = html_table(columns, rows, caption=caption, header=header, flags=flags, more=more)
        files = f"tables/{name}.csv tables.xlsx"
        display(HTML(f'<div class="shown" id="table-{name}" data-files="{files}">{table}{source}</div>'))

    def _source(self, evidence: str, values: Mapping) -> str:
        """Return the line under a table or figure: where its numbers come from, and of how many people."""
        key = next((k for k in (f"source.{evidence}", f"source.{self.name}") if k in self.words.index), "")
        parts = [f"{self.word('source.of')}: {self.word(key)}"] if key else []
        if isinstance(count := values.get("n"), int | np.integer):
            parts.append(f"n = {self.format(count, 'count')}")
        return f'<p class="source">{html.escape("; ".join(parts))}</p>' if parts else ""

    def _cell(self, value, spec: str) -> str:
        if isinstance(value, Link):
            said = html.escape(self.word("overview.claim"))  # the id tells one link from another by ear
            heard = f"{said}: {html.escape(value.claim)}"
            link = f'<a href="{self._place(value.claim)}" aria-label="{heard}">{said}</a>'
            return f'{html.escape(self.printed(value.text))} <span class="place">{link}</span>'
        if isinstance(value, str) and value in BORDERS:
            return self._badge(value)
        if spec == "word" and value:
            return html.escape(", ".join(map(self.word, str(value).split(";"))))
        return html.escape(self.format(value, spec))

    # -- figures -----------------------------------------------------------------------------

    def figure(
        self,
        name: str,
        figure: Figure,
        evidence: str,
        *,
        nl: str,
        en: str,
        alt_nl: str,
        alt_en: str,
        drawn_from: str = "",
        **values,
    ) -> None:
        """Show a figure with its mark burned in, and keep it for writing.

        Parameters
        ----------
        name : str
            File name.
        figure : matplotlib Figure
            Finished but for the mark; it is closed afterwards.
        evidence : str
            Mark of what is drawn.
        nl, en : str
            The caption.
        alt_nl, alt_en : str
            The alternative text: what a reader would see.
        drawn_from : str
            Of real people: the table that is drawn, as `released` gave it.
        **values
            What caption and alternative text fill in; kept for numbers.json as `<name>.<value>`.

        Raises
        ------
        ValueError
            If real people are drawn from what was not released.
        """
        check_evidence(evidence)
        if evidence == "observed" and drawn_from not in self.hiding.ledger.releases:
            raise ValueError(f"figure {name}: expected drawn_from, a released table; found {drawn_from!r}")
        values = self._safe(f"figure {name}", evidence, nl + alt_nl, values)
        self._keep(name, evidence, values)
        caption = marked_up(self._caption(evidence, nl=nl, en=en, **values))
        alt = self.text(nl=alt_nl, en=alt_en, **values)
        mark = f"{self.word('evidence')}: {self.word(evidence)}"
        drawing = published(figure, name=name, title=alt, mark=mark)
        self.kept.figures[name] = Shown(drawing, alt, caption)
        wide, narrow = (f"data:image/svg+xml;base64,{_base64(svg)}" for svg in drawing[:2])
        image = f'<img src="{wide}" alt="{html.escape(alt)}" style="width:100%;max-width:{WIDTH}in">'
        both = f'<picture><source media="{PHONE}" srcset="{narrow}">{image}</picture>'
        over = f"<figcaption>{caption} {self._badge(evidence)}</figcaption>"
        files = f'id="figure-{name}" data-files="figures/{name}.{self.language}.png tables.xlsx"'
        display(HTML(f"<figure {files}>{over}{both}{self._source(evidence, values)}</figure>"))

    def intervals(
        self,
        name: str,
        frame: pd.DataFrame,
        evidence: str,
        *,
        nl: str,
        en: str,
        alt_nl: str,
        alt_en: str,
        axis: tuple[str, str],
        low: str,
        high: str,
        point: str | None = None,
        spec: str,
        xlim: tuple,
        line: float | None = None,
        drawn_from: str = "",
        dot: str = "",
        **values,
    ) -> None:
        """Show one interval per row of a frame as a figure.

        Parameters
        ----------
        name, evidence, nl, en, alt_nl, alt_en, drawn_from, **values
            As for `figure`; of real people the frame is released here, unless `drawn_from` says as what.
        frame, low, high, point
            As for `plot_intervals`, with `label_nl` and `label_en`.
        axis : (str, str)
            What the axis shows, in Dutch and in English.
        spec : str
            Number format of the axis; see `language.format_number`.
        xlim : tuple
            Ends of the axis.
        line : float, optional
            Where a vertical line is drawn.
        dot : str, optional
            Column of means of answers from 1 to 5, as numbers or as published, drawn as dots beside the
            intervals.
        """
        frame = frame if drawn_from else self.released(name, frame, evidence)
        shape = {"sharey": True, "width_ratios": [1.8, 1][: 1 + bool(dot)], "squeeze": False}
        drawing, ((ax, *others),) = plt.subplots(1, 1 + bool(dot), **shape)
        written = [self._range(row, low, high, point, spec) for row in frame.to_dict("records")]
        plot_intervals(self.wrapped(frame, 44), ax=ax, low=low, high=high, point=point, values=written)
        if line is not None:
            ax.axvline(line, color=INK, linewidth=1)
        self.axis(ax.xaxis, spec)
        ax.set(xlim=xlim, xlabel=self.text(nl=axis[0], en=axis[1]))
        for beside in others:
            means = [float(str(mean).replace(",", ".")) for mean in frame[dot]]
            beside.scatter(means, range(len(frame)), color=INK, s=40, linewidths=0)
            for place, mean in enumerate(frame[dot]):
                beside.text(5, place, self.format(mean, "decimal2"), gid="value")
            beside.set(xlim=(0.8, 5.2), xticks=range(1, 6), xlabel=self.word("unit.mean_1_5"))
        texts = {"nl": nl, "en": en, "alt_nl": alt_nl, "alt_en": alt_en}
        self.figure(name, drawing, evidence, **texts, drawn_from=drawn_from or name, **values)

    def _range(self, row: Mapping, low: str, high: str, point: str | None, spec: str) -> str:
        """Return what is written at a row: its point, or else from where to where it goes."""
        spec = "decimal2" if spec == "decimal1" else spec  # more than an axis says
        if point is not None:
            return self.format(row[point], spec)
        ends = [self.format(row[end], spec) for end in (low, high)]
        unit = PERCENT[self.language][0] if spec.startswith("percent") else ""
        return "–".join(dict.fromkeys(end.removesuffix(unit) for end in ends)) + unit * any(ends)

    def axis(self, axis, spec: str) -> None:
        """Print the numbers along an axis in the notation of the language."""
        axis.set_major_formatter(FuncFormatter(lambda value, _: self.format(value, spec)))

    def wrapped(self, frame: pd.DataFrame, most: int) -> pd.DataFrame:
        """Return the frame with `label` in the language of the report, broken at `most` characters."""
        return frame.assign(label=text_width(frame[f"label_{self.language}"], most))

    # -- writing -----------------------------------------------------------------------------

    def write(self) -> Path:
        """Write tables/*.csv, what they hold, a workbook, figures, numbers.json and headlines.

        Returns
        -------
        Path
            The folder, with tables/*.csv, datapackage.json (Frictionless), tables.xlsx and
            figures/*.<language>.svg and .png.  CSV and JSON do not depend on the language; the workbook, the
            figures and headlines.<language>.json do.  Floats are written to ten digits, see `expect.digits`.
        """
        for folder in ("tables", "figures"):
            (self.folder / folder).mkdir(parents=True, exist_ok=True)
        for name, frame in self.kept.tables.items():
            write_table(frame, self.folder / "tables" / f"{name}.csv")
        for name, shown in self.kept.figures.items():
            path = self.folder / "figures" / f"{name}.{self.language}"
            path.with_suffix(f"{path.suffix}.svg").write_bytes(shown.drawing.wide)
            path.with_suffix(f"{path.suffix}.png").write_bytes(shown.drawing.png)
            path.with_name(f"{name}.narrow.{self.language}.svg").write_bytes(shown.drawing.narrow)
        _write_json(self.folder / "numbers.json", dict(sorted(self.kept.numbers.items())))
        _write_json(self.folder / f"headlines.{self.language}.json", self._headlines())
        tables = describe_tables(self.name, self.kept.tables, evidence=EVIDENCE, heading=self._heading)
        _write_json(self.folder / "datapackage.json", tables)
        sheets = {self.word("sheet.explanation"): self._explanation(), **self.kept.tables}
        write_workbook(self.folder / "tables.xlsx", sheets)
        return self.folder

    def _heading(self, table: str, column: str) -> tuple[str, str]:
        """Return the Dutch and English heading of a column of a written table."""
        own = self.kept.headings.get(table, {})
        if column in own:
            return own[column]
        words = self.words.loc[f"column.{column.removesuffix('_nl').removesuffix('_en')}"]
        return words["nl"], words["en"]

    def _headlines(self) -> list[dict[str, str]]:
        """Return the headlines, of real people first, with what their figures say, for the overview."""
        figures = self.kept.figures
        found = sorted(self.kept.headlines.values(), key=lambda headline: headline.evidence != "observed")
        if unknown := {headline.figure for headline in found} - {"", *figures}:
            raise ValueError(
                f"headline: expected figures of this notebook; found {', '.join(sorted(unknown))}"
            )
        said = {"": {"alt": "", "caption": ""}}
        said |= {name: {"alt": shown.alt, "caption": shown.caption} for name, shown in figures.items()}
        return [{**vars(headline), **said[headline.figure]} for headline in found]

    def _explanation(self) -> pd.DataFrame:
        """Return what the workbook's columns, sheets and marks mean."""
        own = self.kept.headings
        used = {
            column
            for name, frame in self.kept.tables.items()
            for column in frame.columns
            if column not in own.get(name, {})
        }
        rows = [(self.word("sheet.table"), name, text) for name, text in self.kept.captions.items()]
        for column in sorted(used):
            key = f"column.{column.removesuffix('_nl').removesuffix('_en')}"
            rows.append((self.word("sheet.column"), column, self.word(key)))
        for table, headings in own.items():
            for column, (nl, en) in headings.items():
                rows.append((self.word("sheet.column"), f"{table}: {column}", self.text(nl=nl, en=en)))
        rows += [(self.word("evidence"), mark, self.word(f"meaning.{mark}")) for mark in EVIDENCE]
        return pd.DataFrame(rows, columns=[self.word(f"sheet.{c}") for c in ("kind", "name", "meaning")])


def _decided(ids: list[str]) -> pd.DataFrame:
    """Return claims decided from print, in the order asked for."""
    ledger = claims.evaluate(Study()).set_index("id", drop=False)
    if unknown := [name for name in ids if name not in ledger.index]:
        raise ValueError(f"claims: expected ids of the ledger; found {', '.join(unknown)}")
    return ledger.loc[ids]


def _starred(value):
    """Return a value with its asterisks, and those of its parts, out of the way of the text around it."""
    if isinstance(value, list | tuple):
        return [_starred(part) for part in value]
    return value.replace("*", STAR) if isinstance(value, str) else value


def _plain(value):
    """Return a value as JSON has it: numbers to ten digits, lists, dates as text, null for what is hidden."""
    if isinstance(value, Hidden):
        return None
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, str | bool) or value is None:
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return settled(float(value) if isinstance(value, Fraction) else value)


def _write_json(path: Path, contents) -> None:
    path.write_text(json.dumps(contents, indent=2, ensure_ascii=False) + "\n", encoding="utf8")


def marked_up(text: str) -> str:
    """Return a text as HTML, with its **bold** and *italic* parts."""
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html.escape(text, quote=False))
    return re.sub(r"\*(.+?)\*", r"<em>\1</em>", text).replace(STAR, "*")


def _plain_text(text: str) -> str:
    """Return a text as it is read where nothing is bold."""
    return text.replace("*", "").replace(STAR, "*")


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
