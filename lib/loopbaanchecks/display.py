"""Tables and figures in two languages, each with its evidence mark: the only place that rounds and styles.

A `Report` collects what a notebook shows, in the language asked for, and writes it all at the end.
"""

import base64
import html
import io
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import HTML, Markdown, display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from loopbaanchecks.paths import RESULTS
from loopbaanchecks.study import read_vocabulary

LANGUAGES = ("nl", "en")
EVIDENCE = ("published", "implied", "simulated", "observed")
INK, SOFT, PALE = "#1b3a57", "#0072b2", "#d9e2ec"  # one hue in three strengths: safe in grey
ACCENT = "#b34700"


def format_number(value, spec: str, language: str) -> str:
    """Return a number as a reader of the language expects it.

    Parameters
    ----------
    value : float, int, Fraction, str or missing
        Text is returned as it is; missing gives an empty string.
    spec : str
        `text`, `count` (thousands grouped), `percent0`, `percent1`, `percent2` (value is a proportion) or
        `decimal1` ... `decimal4`.
    language : {"nl", "en"}
        nl has a decimal comma and groups by a point, en the other way round.

    Returns
    -------
    str
        The formatted number.

    Examples
    --------
    >>> format_number(0.0847, "percent1", "nl"), format_number(23721, "count", "en")
    ('8,5 %', '23,721')
    """
    if isinstance(value, str) or spec == "text":
        return str(value)
    if value is None or pd.isna(value):
        return ""
    value = float(value) * (100 if spec.startswith("percent") else 1)
    decimals = 0 if spec == "count" else int(spec[-1])
    text = f"{value + 0.0:,.{decimals}f}"
    if language == "nl":
        text = text.translate(str.maketrans(",.", ".,"))
    return text + (" %" if spec.startswith("percent") else "")


def check_language(language: str) -> None:
    """Raise unless the language is one of `LANGUAGES`."""
    if language not in LANGUAGES:
        raise ValueError(f"language: expected one of {', '.join(LANGUAGES)}; found {language!r}")


def check_evidence(evidence: str) -> None:
    """Raise unless the evidence mark is one of `EVIDENCE`."""
    if evidence not in EVIDENCE:
        raise ValueError(f"evidence: expected one of {', '.join(EVIDENCE)}; found {evidence!r}")


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
        self.figures: dict[str, Figure] = {}
        self.numbers: dict[str, dict] = {}
        self.words = read_vocabulary()
        sns.set_theme(context="notebook", style="whitegrid", font_scale=0.9)
        sns.set_palette([SOFT, ACCENT, INK])

    def word(self, key: str) -> str:
        """Return the word for a key of data/vocabulary.csv in the language of the report."""
        if key not in self.words.index:
            raise ValueError(f"word: expected a key of vocabulary.csv; found {key!r}")
        return self.words.loc[key, self.language]

    def either(self, nl: str, en: str) -> str:
        """Return the text in the language of the report."""
        return nl if self.language == "nl" else en

    def format(self, value, spec: str) -> str:
        """Format a number for a sentence; see `format_number`."""
        return format_number(value, spec, self.language)

    def say(self, nl: str, en: str) -> None:
        """Show one computed sentence in the language of the report."""
        display(Markdown(self.either(nl, en)))

    def number(self, name: str, value, *, evidence: str) -> None:
        """Keep one number for numbers.json, with its evidence mark."""
        check_evidence(evidence)
        plain = value if isinstance(value, str | bool | int) or value is None else float(value)
        self.numbers[name] = {"value": plain, "evidence": evidence}

    # -- tables ------------------------------------------------------------------------------

    def table(
        self,
        name: str,
        frame: pd.DataFrame,
        *,
        caption: tuple[str, str],
        evidence: str,
        columns: Sequence[str] | None = None,
        flag: Sequence[bool] | None = None,
    ) -> None:
        """Show a table and keep all of it for writing.

        Parameters
        ----------
        name : str
            File and sheet name.
        frame : pandas.DataFrame
            `label_nl` and `label_en`, where there, are shown as one column `label`; headings and formats come
            from data/vocabulary.csv (`column.<name>`).
        caption : (str, str)
            Dutch and English.
        evidence : str
            Mark for the whole table, unless the frame has its own column `evidence`.
        columns : sequence of str, optional
            What is shown, in order; the written table always has everything.
        flag : sequence of bool, optional
            Rows that should stand out.
        """
        check_evidence(evidence)
        kept = frame if "evidence" in frame else frame.assign(evidence=evidence)
        self.tables[name] = kept.reset_index(drop=True)
        self.captions[name] = self.either(*caption)
        shown = self._in_language(kept)
        columns = list(columns or [c for c in shown if c != "evidence"])
        flags = [False] * len(shown) if flag is None else [bool(f) for f in flag]
        badge = "" if "evidence" in columns else f" {self._badge(evidence)}"
        text = _html_table(self, shown[columns], html.escape(self.captions[name]) + badge, flags)
        display(HTML(text))

    def _in_language(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame with its label columns of this language only."""
        other = "en" if self.language == "nl" else "nl"
        frame = frame.drop(columns=[c for c in frame if c.endswith(f"_{other}")])
        return frame.rename(columns=lambda c: c.removesuffix(f"_{self.language}"))

    def _badge(self, evidence: str) -> str:
        return f'<span class="evidence evidence-{evidence}">{self.word(evidence)}</span>'

    def _cell(self, value, spec: str) -> str:
        if isinstance(value, str) and value in EVIDENCE:
            return self._badge(value)
        if spec == "word" and value:
            return html.escape(self.word(str(value)))
        return html.escape(self.format(value, spec))

    # -- figures -----------------------------------------------------------------------------

    def figure(
        self, name: str, figure: Figure, *, caption: tuple[str, str], alt: tuple[str, str], evidence: str
    ) -> None:
        """Show a figure with its mark burned in, and keep it for writing.

        Parameters
        ----------
        name : str
            File name.
        figure : matplotlib Figure
            Finished but for the mark; it is closed afterwards.
        caption, alt : (str, str)
            Dutch and English; the alternative text says what a reader would see.
        evidence : str
            Mark of what is drawn.
        """
        check_evidence(evidence)
        text = f"{self.word('evidence')}: {self.word(evidence)}"
        figure.text(0.995, 0.005, text, ha="right", va="bottom", fontsize=8, color=INK)
        self.figures[name] = figure
        plt.close(figure)
        said = html.escape(self.either(*alt))
        picture = base64.b64encode(_picture(figure, "svg", self.either(*alt))).decode()
        image = f'<img src="data:image/svg+xml;base64,{picture}" alt="{said}">'
        under = f"<figcaption>{html.escape(self.either(*caption))} {self._badge(evidence)}</figcaption>"
        display(HTML(f"<figure>{image}{under}</figure>"))

    def axis(self, axis, spec: str) -> None:
        """Print the numbers along an axis in the notation of the language."""
        axis.set_major_formatter(FuncFormatter(lambda value, _: self.format(value, spec)))

    # -- writing -----------------------------------------------------------------------------

    def write(self) -> Path:
        """Write tables/*.csv, tables.xlsx, figures/*.<language>.svg and .png, and numbers.json.

        Returns
        -------
        Path
            The folder.  CSV and JSON do not depend on the language; the workbook and the figures do.
        """
        for folder in ("tables", "figures"):
            (self.folder / folder).mkdir(parents=True, exist_ok=True)
        for name, frame in self.tables.items():
            frame.to_csv(self.folder / "tables" / f"{name}.csv", index=False, lineterminator="\n")
        for name, figure in self.figures.items():
            for kind in ("svg", "png"):
                path = self.folder / "figures" / f"{name}.{self.language}.{kind}"
                path.write_bytes(_picture(figure, kind, name))
        text = json.dumps(self.numbers, indent=2, sort_keys=True, ensure_ascii=False)
        (self.folder / "numbers.json").write_text(text + "\n", encoding="utf8")
        self._write_workbook(self.folder / "tables.xlsx")
        return self.folder

    def _write_workbook(self, path: Path) -> None:
        """Write one sheet per table, after a sheet that explains columns and marks."""
        with pd.ExcelWriter(path, engine="openpyxl") as book:
            self._explanation().to_excel(book, sheet_name=self.word("sheet.explanation"), index=False)
            for name, frame in self.tables.items():
                frame.to_excel(book, sheet_name=name[:31], index=False)
            for sheet in book.book.worksheets:
                sheet.freeze_panes = "A2"
                for column in sheet.columns:
                    width = max(len(str(cell.value or "")) for cell in column)
                    sheet.column_dimensions[column[0].column_letter].width = min(width + 2, 60)
            book.book.properties.created = book.book.properties.modified = datetime(2021, 12, 1)

    def _explanation(self) -> pd.DataFrame:
        """Return what the workbook's columns, sheets and marks mean."""
        used = {c for frame in self.tables.values() for c in frame.columns}
        rows = [(self.word("sheet.table"), name, text) for name, text in self.captions.items()]
        for c in sorted(used):
            key = f"column.{c.removesuffix('_nl').removesuffix('_en')}"
            rows.append((self.word("sheet.column"), c, self.word(key)))
        rows += [(self.word("evidence"), mark, self.word(f"meaning.{mark}")) for mark in EVIDENCE]
        return pd.DataFrame(rows, columns=[self.word(f"sheet.{c}") for c in ("kind", "name", "meaning")])


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
            f'<th scope="row">{cell}</th>' if i == first else f"<td{c}>{cell}</td>"
            for i, (cell, c) in enumerate(zip(cells, classes, strict=True))
        ]
        body.append(('<tr class="flag">' if flag else "<tr>") + "".join(tags) + "</tr>")
    rows = "".join(body)
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _picture(figure: Figure, kind: str, title: str) -> bytes:
    """Return a figure as bytes that are the same at every run."""
    out = io.BytesIO()
    with plt.rc_context({"svg.hashsalt": "loopbaanchecks"}):
        metadata = {"Date": None, "Title": title} if kind == "svg" else {"Software": None}
        figure.savefig(out, format=kind, dpi=150, bbox_inches="tight", metadata=metadata)
    return out.getvalue()


def plot_steps(steps: pd.DataFrame, *, ax: Axes, format: Callable[[float], str]) -> Axes:
    """Plot counts that shrink step by step as horizontal bars with their number.

    Parameters
    ----------
    steps : pandas.DataFrame
        `label`, `count`; first step on top.
    ax : matplotlib Axes
    format : callable
        Number to text.

    Returns
    -------
    matplotlib Axes
        The same axes.
    """
    sns.barplot(steps, x="count", y="label", color=SOFT, ax=ax)
    for i, count in enumerate(steps["count"]):
        ax.text(count, i, f" {format(count)}", va="center", ha="left", fontsize=9)
    ax.margins(x=0.1)
    ax.set(ylabel="")
    return ax


def plot_intervals(
    frame: pd.DataFrame,
    *,
    ax: Axes,
    low: str,
    high: str,
    point: str | None = None,
    flag: Sequence[bool] | None = None,
) -> Axes:
    """Plot one interval per row, with a point where there is one.

    Parameters
    ----------
    frame : pandas.DataFrame
        `label` and the columns named by `low`, `high`, `point`; first row on top.
    ax : matplotlib Axes
    low, high, point : str
        Column names.
    flag : sequence of bool, optional
        Rows drawn in the accent colour with a hollow point.

    Returns
    -------
    matplotlib Axes
        The same axes.
    """
    flags = np.zeros(len(frame), bool) if flag is None else np.asarray(flag, bool)
    y = np.arange(len(frame))
    colours = np.where(flags, ACCENT, SOFT)
    left, right = (frame[c].astype(float).to_numpy() for c in (low, high))
    ax.hlines(y, left, right, colors=colours, linewidth=5, alpha=0.55)
    ax.scatter(np.r_[left, right], np.r_[y, y], c=np.r_[colours, colours], marker="|", s=60)
    if point is not None:
        faces = np.where(flags, "white", INK)
        edges = np.where(flags, ACCENT, INK)
        ax.scatter(frame[point].astype(float), y, c=faces, edgecolors=edges, s=34, zorder=3)
    ax.set_yticks(y, frame["label"])
    ax.set_ylim(len(frame) - 0.4, -0.6)
    ax.grid(axis="y", visible=False)
    return ax


def plot_fit(frame: pd.DataFrame, *, ax: Axes, format: Callable[[float], str]) -> Axes:
    """Plot a matrix of shares (rows of the frame down, columns across) as a heat map with its numbers.

    Parameters
    ----------
    frame : pandas.DataFrame of float
        Shares 0-1; index and columns become the axes.
    ax : matplotlib Axes
    format : callable
        Share to text.

    Returns
    -------
    matplotlib Axes
        The same axes.
    """
    words = frame.map(format)
    sns.heatmap(
        frame, ax=ax, vmin=0, vmax=1, cmap="Blues", annot=words, fmt="", cbar=False,
        linewidths=0.5, annot_kws={"fontsize": 8},
    )  # fmt: skip
    ax.tick_params(axis="y", rotation=0)
    return ax


def text_width(labels: Sequence[str], most: int) -> list[str]:
    """Break labels over lines of at most `most` characters, for an axis."""
    import textwrap

    return ["\n".join(textwrap.wrap(str(label), most)) for label in labels]


def as_float(values: Sequence[Fraction | None]) -> list[float]:
    """Return exact fractions as floats, missing as nan."""
    return [float("nan") if v is None else float(v) for v in values]
