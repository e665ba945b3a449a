"""Tables and figures in two languages, each with its evidence mark: the only place that rounds and styles.

A `Report` collects what a notebook shows, in the language asked for, and writes it all at the end.
"""

import base64
import html
import io
import json
import math
import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import HTML, Markdown, display
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import Affine2D

from expect import check_one_of, exact, settled, settled_frame
from loopbaanchecks.claims import ledger as claims
from loopbaanchecks.paths import RESULTS
from loopbaanchecks.report.figures import ACCENT, INK, SOFT, plot_intervals, text_width
from loopbaanchecks.study import Study, read_vocabulary

LANGUAGES = ("nl", "en")
EVIDENCE = ("published", "implied", "reading", "simulated", "observed")
WRITTEN = datetime(2021, 12, 1)  # what a workbook says of its own making, at every run
LONG, FIRST = 40, 12  # a table of more rows than LONG is folded in the page after the FIRST


class Link(NamedTuple):
    """A table cell: a text with the id of a claim, linked to its row in the overview of the run."""

    text: str
    claim: str


def format_number(value, spec: str, language: str) -> str:
    """Return a number as a reader of the language expects it.

    Parameters
    ----------
    value : float, int, Fraction, str or missing
        A number as printed (text) gets the decimal sign of the language; missing gives an empty string.
    spec : str
        `text` (left as it is), `printed` (as printed, a text), `count` (thousands grouped), `signed` (a count
        with its sign), `percent0` ... `percent2` (of a proportion), `decimal1` ... `decimal4` (a whole
        number type keeps no decimals) or `number` (as many decimals as it needs, three at most).
    language : {"nl", "en"}
        nl has a decimal comma and groups by a point, en the other way round.

    Returns
    -------
    str
        The formatted number: a computed one to ten digits first, then halves away from zero.

    Examples
    --------
    >>> format_number(0.0847, "percent1", "nl"), format_number(23721, "count", "en")
    ('8,5 %', '23,721')
    >>> format_number(4.35, "number", "nl"), format_number(1000.0, "number", "nl")
    ('4,35', '1.000')
    """
    if isinstance(value, str) or spec == "text":
        return str(value) if spec in ("text", "word") else printed_number(str(value), language)
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    number = exact(value) * (100 if spec.startswith("percent") else 1)
    whole = isinstance(value, int | np.integer) and spec != "number"
    decimals = 3 if spec == "number" else 0 if spec in ("count", "signed") or whole else int(spec[-1])
    steps = math.floor(abs(number) * 10**decimals + Fraction(1, 2)) * (-1 if number < 0 else 1)
    while spec == "number" and decimals and steps % 10 == 0:
        steps, decimals = steps // 10, decimals - 1
    text = f"{Decimal(steps).scaleb(-decimals):{'+' if spec == 'signed' else ''},.{decimals}f}"
    if language == "nl":
        text = text.translate(str.maketrans(",.", ".,"))
    return text + (" %" if spec.startswith("percent") else "")


def printed_number(text: str, language: str) -> str:
    """Return printed text with its decimal commas in the notation of a language.

    Parameters
    ----------
    text : str
        As printed in a Dutch document, such as "4,10".
    language : {"nl", "en"}
        nl leaves the text as it is; en has a decimal point.

    Returns
    -------
    str
        The text; thousands are not grouped in print, so a comma between digits is a decimal comma.

    Examples
    --------
    >>> printed_number("mean 4,10; 26, 46", "en"), printed_number("4,10", "nl")
    ('mean 4.10; 26, 46', '4,10')
    """
    return re.sub(r"(?<=\d),(?=\d)", ".", text) if language == "en" else text


def check_language(language: str) -> None:
    """Raise unless the language is one of `LANGUAGES`."""
    check_one_of("language", language, LANGUAGES)


def check_evidence(evidence: str) -> None:
    """Raise unless the evidence mark is one of `EVIDENCE`."""
    check_one_of("evidence", evidence, EVIDENCE)


class Report:
    """What one notebook shows and writes.

    Parameters
    ----------
    language : {"nl", "en"}
        Language of labels, captions, sentences and number notation.
    name : str
        Name of the notebook, used for the default folder.
    output_dir : str or Path
        Where `write` puts everything; empty means results/manual/<name>.
    """

    def __init__(self, language: str, *, name: str, output_dir: str | Path = "") -> None:
        check_language(language)
        self.language = language
        self.folder = Path(output_dir) if output_dir else RESULTS / "manual" / name
        self.tables: dict[str, pd.DataFrame] = {}
        self.captions: dict[str, str] = {}
        self.figures: dict[str, tuple[Figure, bytes]] = {}
        self.numbers: dict[str, dict] = {}
        self.headlines: list[dict[str, str]] = []
        self.told: dict[str, dict[str, str]] = {}
        self.words = read_vocabulary()
        sns.set_theme(context="notebook", style="whitegrid", font_scale=0.9)
        sns.set_palette([SOFT, ACCENT, INK])

    def word(self, key: str, **values) -> str:
        """Return the text for a key of data/vocabulary.csv in this language, with values filled in."""
        if key not in self.words.index:
            raise ValueError(f"word: expected a key of vocabulary.csv; found {key!r}")
        return self.words.loc[key, self.language].format(**values)

    def format(self, value, spec: str) -> str:
        """Format a number for a sentence; see `format_number`."""
        return format_number(value, spec, self.language)

    def printed(self, text: str) -> str:
        """Return a printed number for a sentence; see `printed_number`."""
        return printed_number(text, self.language)

    def percent(self, share, places: int = 0) -> str:
        """Return a share as a percentage for a sentence."""
        return self.format(share, f"percent{places}")

    def say(self, key: str, **values) -> None:
        """Show one sentence, `say.<key>` of data/vocabulary.csv, with computed values filled in."""
        display(Markdown(self.word(f"say.{key}", **values)))

    def headline(self, key: str, *, evidence: str, figure: str = "", overview: bool = True, **values) -> None:
        """Show a main finding in one or two sentences, and keep it for the overview of the run.

        Parameters
        ----------
        key : str
            The sentence is `headline.<key>` of data/vocabulary.csv; **bold** and *italic* may be used.
        evidence : str
            Mark of the finding.
        figure : str, optional
            Name of the figure that stands beside it in the overview; it may be shown later in the notebook.
        overview : bool
            Whether it belongs to the handful that the overview of the run shows.
        **values
            Computed values that the sentence fills in.
        """
        check_evidence(evidence)
        text = html.escape(self.word(f"headline.{key}", **values), quote=False)
        text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
        text = re.sub(r"\*(.+?)\*", r"<em>\1</em>", text)
        if overview:
            self.headlines.append({"name": key, "text": text, "evidence": evidence, "figure": figure})
        display(HTML(f'<p class="headline" id="headline-{key}">{text} {self._badge(evidence)}</p>'))

    def wrapped(self, frame: pd.DataFrame, most: int) -> pd.DataFrame:
        """Return the frame with `label` in the language of the report, broken at `most` characters."""
        return frame.assign(label=text_width(frame[f"label_{self.language}"], most))

    def number(self, name: str, value, *, evidence: str) -> None:
        """Keep one number for numbers.json, with its evidence mark."""
        check_evidence(evidence)
        plain = value if isinstance(value, str | bool | int) or value is None else settled(value)
        self.numbers[name] = {"value": plain, "evidence": evidence}

    # -- tables ------------------------------------------------------------------------------

    def table(
        self,
        name: str,
        frame: pd.DataFrame,
        *,
        evidence: str,
        columns: Sequence[str] | None = None,
        flag: Sequence[bool] | None = None,
        first: int | None = None,
        **values,
    ) -> None:
        """Show a table and keep all of it for writing.

        Parameters
        ----------
        name : str
            File and sheet name; the caption is `caption.<name>` in data/vocabulary.csv.
        frame : pandas.DataFrame
            `label_nl` and `label_en`, where there, are shown as one column `label`; headings and formats come
            from data/vocabulary.csv (`column.<name>`).
        evidence : str
            Mark for the whole table, unless the frame has its own column `evidence`.
        columns : sequence of str, optional
            What is shown, in order; the written table always has everything.
        flag : sequence of bool, optional
            Rows that should stand out.
        first : int, optional
            How many rows are shown; all when left out.
        **values
            What the caption fills in.
        """
        check_evidence(evidence)
        kept = frame if "evidence" in frame else frame.assign(evidence=evidence)
        self.tables[name] = settled_frame(kept).reset_index(drop=True)
        self.captions[name] = self.word(f"caption.{name}", **values)
        shown = self._in_language(kept)
        columns = list(columns or [c for c in shown if c != "evidence"])
        flags = [False] * len(shown) if flag is None else [bool(f) for f in flag]
        badge = "" if "evidence" in columns else f" {self._badge(evidence)}"
        caption = html.escape(self.captions[name]) + badge
        display(HTML(_html_table(self, shown[columns].head(first or len(shown)), caption, flags[:first])))

    def claims(
        self,
        ledger: pd.DataFrame | Sequence[str],
        *,
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
        name : str
            File and sheet name; the caption is `caption.<name>` in data/vocabulary.csv.
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
        shown = frame if only is None else claims.blamed_first(frame[np.asarray(only, bool)], frame)
        flag = shown["verdict"].eq("contradicted") & ~shown["verdict"].eq("contradicted").all()
        words, rows = self.words[self.language], shown.to_dict("records")
        why = [claims.explained(row, words, language=self.language) for row in rows]
        shown = shown.assign(
            label=list(map(Link, shown[f"paraphrase_{self.language}"], shown["id"])), why=why
        )
        columns = ["label", "printed", "recalculated", "verdict", "power", "why", "evidence"]
        self.tables[name] = settled_frame(frame).reset_index(drop=True)
        self.captions[name] = self.word(f"caption.{name}", **values)
        display(HTML(_html_table(self, shown[columns], html.escape(self.captions[name]), list(flag))))

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

    def _badge(self, evidence: str) -> str:
        return f'<span class="evidence evidence-{evidence}">{self.word(evidence)}</span>'

    def _cell(self, value, spec: str) -> str:
        if isinstance(value, Link):
            link = f'<a href="{self._place(value.claim)}">{html.escape(value.claim)}</a>'
            return f'{html.escape(self.printed(value.text))} <span class="place">{link}</span>'
        if isinstance(value, str) and value in EVIDENCE:
            return self._badge(value)
        if spec == "word" and value:
            return html.escape(self.word(str(value)))
        return html.escape(self.format(value, spec))

    # -- figures -----------------------------------------------------------------------------

    def figure(self, name: str, figure: Figure, *, evidence: str, key: str = "", **values) -> None:
        """Show a figure with its mark burned in, and keep it for writing.

        Parameters
        ----------
        name : str
            File name.
        figure : matplotlib Figure
            Finished but for the mark; it is closed afterwards.
        evidence : str
            Mark of what is drawn.
        key : str, optional
            Caption and alternative text are `caption.<key>` and `alt.<key>` in data/vocabulary.csv; default
            is the name.  The alternative text says what a reader would see.
        **values
            What caption and alternative text fill in.
        """
        check_evidence(evidence)
        figure.canvas.draw()
        inches = Affine2D().scale(1 / figure.get_figwidth(), 1 / figure.get_figheight())
        box = figure.get_tightbbox().transformed(inches)
        mark = f"{self.word('evidence')}: {self.word(evidence)}"
        figure.text(box.x1, box.y0 - 0.02, mark, ha="right", va="top", fontsize=8, color=INK)
        plt.close(figure)
        alt = self.word(f"alt.{key or name}", **values)
        caption = html.escape(self.word(f"caption.{key or name}", **values))
        drawing = _picture(figure, "svg", alt)
        self.figures[name] = (figure, drawing)
        self.told[name] = {"alt": alt, "caption": caption}
        source = f"data:image/svg+xml;base64,{base64.b64encode(drawing).decode()}"
        image = f'<img src="{source}" alt="{html.escape(alt)}">'
        under = f"<figcaption>{caption} {self._badge(evidence)}</figcaption>"
        display(HTML(f"<figure>{image}{under}</figure>"))

    def intervals(
        self,
        name: str,
        frame: pd.DataFrame,
        *,
        low: str,
        high: str,
        point: str | None = None,
        spec: str,
        xlim: tuple,
        evidence: str,
        key: str = "",
        line: float | None = None,
        **values,
    ) -> None:
        """Show one interval per row of a frame as a figure.

        Parameters
        ----------
        name, evidence, key, **values
            As for `figure`; the axis is named by `axis.<key>`.
        frame, low, high, point
            As for `plot_intervals`, with `label_nl` and `label_en`.
        spec : str
            Number format of the axis; see `format_number`.
        xlim : tuple
            Ends of the axis.
        line : float, optional
            Where a dashed vertical line is drawn.
        """
        drawing, ax = plt.subplots(figsize=(7.5, 0.9 + 0.34 * len(frame)))
        plot_intervals(self.wrapped(frame, 44), ax=ax, low=low, high=high, point=point)
        if line is not None:
            ax.axvline(line, color="black", linestyle="--", linewidth=1)
        self.axis(ax.xaxis, spec)
        ax.set(xlim=xlim, xlabel=self.word(f"axis.{key or name}"))
        self.figure(name, drawing, evidence=evidence, key=key, **values)

    def axis(self, axis, spec: str) -> None:
        """Print the numbers along an axis in the notation of the language."""
        axis.set_major_formatter(FuncFormatter(lambda value, _: self.format(value, spec)))

    # -- writing -----------------------------------------------------------------------------

    def write(self) -> Path:
        """Write tables/*.csv, tables.xlsx, figures/*.<language>.svg and .png, numbers.json and headlines.

        Returns
        -------
        Path
            The folder.  CSV and JSON do not depend on the language; the workbook and the figures do.  Floats
            are written to ten digits, see `digits`.
        """
        for folder in ("tables", "figures"):
            (self.folder / folder).mkdir(parents=True, exist_ok=True)
        for name, frame in self.tables.items():
            frame.to_csv(self.folder / "tables" / f"{name}.csv", index=False, lineterminator="\n")
        for name, (figure, drawing) in self.figures.items():
            path = self.folder / "figures" / f"{name}.{self.language}"
            path.with_suffix(f"{path.suffix}.svg").write_bytes(drawing)
            path.with_suffix(f"{path.suffix}.png").write_bytes(_picture(figure, "png", name))
        text = json.dumps(self.numbers, indent=2, sort_keys=True, ensure_ascii=False)
        (self.folder / "numbers.json").write_text(text + "\n", encoding="utf8")
        self._write_headlines(self.folder / f"headlines.{self.language}.json")
        self._write_workbook(self.folder / "tables.xlsx")
        return self.folder

    def _write_headlines(self, path: Path) -> None:
        """Write the headlines with what their figures say, for the overview of the run."""
        if unknown := {one["figure"] for one in self.headlines} - {"", *self.figures}:
            raise ValueError(
                f"headline: expected figures of this notebook; found {', '.join(sorted(unknown))}"
            )
        nothing = {"alt": "", "caption": ""}
        kept = [one | self.told.get(one["figure"], nothing) for one in self.headlines]
        path.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf8")

    def _write_workbook(self, path: Path) -> None:
        """Write one sheet per table, after a sheet that explains columns and marks."""
        explanation = self._explanation()
        with pd.ExcelWriter(path, engine="openpyxl") as book:
            explanation.to_excel(book, sheet_name=self.word("sheet.explanation"), index=False)
            for name, frame in self.tables.items():
                frame.to_excel(book, sheet_name=name[:31], index=False)
            for sheet in book.book.worksheets:
                sheet.freeze_panes = "A2"
                for column in sheet.columns:
                    width = max(len(str(cell.value or "")) for cell in column)
                    sheet.column_dimensions[column[0].column_letter].width = min(width + 2, 60)
            book.book.properties.created = WRITTEN
        _make_stable(path)

    def _explanation(self) -> pd.DataFrame:
        """Return what the workbook's columns, sheets and marks mean."""
        used = {c for frame in self.tables.values() for c in frame.columns}
        rows = [(self.word("sheet.table"), name, text) for name, text in self.captions.items()]
        for c in sorted(used):
            key = f"column.{c.removesuffix('_nl').removesuffix('_en')}"
            rows.append((self.word("sheet.column"), c, self.word(key)))
        rows += [(self.word("evidence"), mark, self.word(f"meaning.{mark}")) for mark in EVIDENCE]
        return pd.DataFrame(rows, columns=[self.word(f"sheet.{c}") for c in ("kind", "name", "meaning")])


def _decided(ids: list[str]) -> pd.DataFrame:
    """Return claims decided from print, in the order asked for."""
    ledger = claims.evaluate(Study()).set_index("id", drop=False)
    if unknown := [name for name in ids if name not in ledger.index]:
        raise ValueError(f"claims: expected ids of the ledger; found {', '.join(unknown)}")
    return ledger.loc[ids]


def _html_table(report: Report, frame: pd.DataFrame, caption: str, flags: Sequence[bool]) -> str:
    """Return an accessible HTML table: caption, column and row headers with scope."""
    keys = [f"column.{c}" for c in frame]
    specs = [report.words.loc[k, "format"] for k in keys]
    classes = ["" if spec in ("text", "word") else ' class="number"' for spec in specs]
    head = "".join(
        f'<th scope="col"{c}>{html.escape(report.word(k))}</th>' for k, c in zip(keys, classes, strict=True)
    )
    first = next((i for i, c in enumerate(frame) if c == "label"), 0)
    body = []
    for flag, values in zip(flags, frame.itertuples(index=False), strict=True):
        cells = [report._cell(v, s) for v, s in zip(values, specs, strict=True)]
        tags = [
            f'<th scope="row"{c}>{cell}</th>' if i == first else f"<td{c}>{cell}</td>"
            for i, (cell, c) in enumerate(zip(cells, classes, strict=True))
        ]
        body.append(('<tr class="flag">' if flag else "<tr>") + "".join(tags) + "</tr>")
    cut = FIRST if len(body) > LONG else len(body)
    rows = f"<tbody>{''.join(body[:cut])}</tbody>"
    rows += f'<tbody class="rest">{"".join(body[cut:])}</tbody>' if body[cut:] else ""
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>{rows}</table>"


def _make_stable(path: Path) -> None:
    """Write a workbook again with fixed dates inside: the same tables give the same bytes."""
    with ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    changed = rb"(<dcterms:modified[^>]*>)[^<]*"
    parts["docProps/core.xml"] = re.sub(
        changed, rb"\g<1>%s" % f"{WRITTEN:%Y-%m-%dT%H:%M:%SZ}".encode(), parts["docProps/core.xml"]
    )
    with ZipFile(path, "w", ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(ZipInfo(name, WRITTEN.timetuple()[:6]), content, ZIP_DEFLATED)


def _picture(figure: Figure, kind: str, title: str) -> bytes:
    """Return a figure as bytes that are the same at every run."""
    out = io.BytesIO()
    with plt.rc_context({"svg.hashsalt": "loopbaanchecks"}):
        metadata = {"Date": None, "Title": title} if kind == "svg" else {"Software": None}
        figure.savefig(out, format=kind, dpi=150, bbox_inches="tight", metadata=metadata)
    return out.getvalue()
