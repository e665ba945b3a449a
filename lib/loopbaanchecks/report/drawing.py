"""A figure as it is published: a wide and a narrow drawing with real text, no frame and one left edge."""

import io
import textwrap
from collections.abc import Sequence
from typing import NamedTuple

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.category import StrCategoryLocator
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator
from matplotlib.transforms import blended_transform_factory

from loopbaanchecks.report.svg import compact

WIDTH, NARROW = 7.5, 3.7  # inches: the column of a page, and a phone of 390 pixels
FOR_NAMES = 0.37  # of the width, for the names of rows
FEW_LETTERS = 12  # characters of names that need less
LONG_VALUE = 8  # letters: on a phone a longer one stands beside the name, and leaves its room to the bars
SHORT_VALUE = 4  # letters of a value for which there is always room, so that figures of one kind line up
LINE_HEIGHT, LETTER_WIDTH = 0.165, 0.079  # inches: a line of text, and the width of a letter of it
TEXT, QUIET, RULE = "#1f2328", "#4a5560", "#d0d7de"  # of a drawing; a dark page has others for them
THEME = {
    "font.size": 10,
    "axes.labelsize": 9.5,
    "axes.titlesize": 10,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "legend.fontsize": 9.5,
    "text.color": TEXT,
    "axes.labelcolor": QUIET,
    "axes.titlecolor": TEXT,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "grid.color": RULE,
    "grid.linewidth": 0.7,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.spines.bottom": False,
    "svg.fonttype": "none",
    "text.parse_math": False,  # a dollar sign in a name is no formula
    "svg.hashsalt": "loopbaanchecks",
}


class Drawing(NamedTuple):
    """A figure as it is written and shown: two SVGs and, of the wide one, a PNG."""

    wide: bytes
    narrow: bytes
    png: bytes


def published(figure: Figure, *, name: str, title: str, mark: str) -> Drawing:
    """Draw a figure twice, as wide as a page and as a phone, and close it.

    Parameters
    ----------
    figure : matplotlib Figure
        Axes in one row; names of rows are tick labels of the first. A text with `gid="value"` belongs to the
        row at its height and comes at the right of it. Its size and layout are not used, but for the height
        of what has no rows.
    name : str
        File name: what is unique in a page begins with it.
    title : str
        What a reader would see, for the SVG.
    mark : str
        Written at the bottom.

    Returns
    -------
    Drawing
        The same bytes at every run.
    """
    with plt.rc_context(THEME):
        layout = _Layout(figure, mark)
        layout.fit(WIDTH)
        wide, png = (_saved(figure, kind) for kind in ("svg", "png"))
        layout.fit(NARROW)
        narrow = _saved(figure, "svg")
    plt.close(figure)
    return Drawing(compact(wide, name, title), compact(narrow, f"{name}-narrow", title), png)


def _saved(figure: Figure, kind: str) -> bytes:
    out = io.BytesIO()
    options = {"metadata": {"Date": None}} if kind == "svg" else {"metadata": {"Software": None}, "dpi": 150}
    figure.savefig(out, format=kind, facecolor="white" if kind == "png" else "none", **options)
    return out.getvalue()


class _Layout:
    """Where the parts of a figure come at a width; `fit` may be called again with a smaller one."""

    def __init__(self, figure: Figure, mark: str) -> None:
        self.figure, self.axes, self.mark = figure, figure.axes, mark
        self.added: list = []
        figure.set_layout_engine("none")
        figure.draw_without_rendering()
        first = self.axes[0]
        self.height = figure.get_figheight()
        self.cells = any(isinstance(one, QuadMesh) for one in first.collections)
        self.rows = _names(first)
        self.own_scale = [
            any(t.get_text() and t.get_visible() for t in ax.get_yticklabels()) for ax in self.axes
        ]
        self.legends = [*figure.legends, *(ax.get_legend() for ax in self.axes if ax.get_legend())]
        self.values = [text for ax in self.axes for text in ax.texts if text.get_gid() == "value"]
        self.heights = [value.get_position()[1] for value in self.values]
        self.y_labels = [ax.get_ylabel() for ax in self.axes]
        self.x_labels = [ax.get_xlabel().replace("\n", " ") for ax in self.axes]
        self.in_cells = list(first.texts) if self.cells else []
        for ax in self.axes:
            ax.patch.set_visible(False)
            for bar in ax.patches:
                if to_hex(bar.get_edgecolor()) == "#ffffff":  # of a style; a dark page would show it
                    bar.set_linewidth(0)
            ax.set_ylabel("")
            ax.tick_params(length=0)
            if self.rows and not self.cells:
                ax.grid(axis="y", visible=False)

    def fit(self, width: float) -> None:
        """Place everything at a width in inches."""
        for one in self.added:
            one.remove()
        self.added, self.width, self.small = [], width, width < WIDTH
        self.above = bool(self.rows) and self.small and not self.cells
        self.beside = self.above and self._values_fit_beside_names()
        self.figure.set_figwidth(width)
        self._legend()
        self._place(self._names_of_rows() if self.rows else 0.5)
        self._write(0, 0, self.mark, ha="left", va="bottom", fontsize=8, color=QUIET)
        for ax in self.axes:
            _unclip(ax)

    def _write(self, x: float, y: float, text: str, **options) -> None:
        self.added.append(self.figure.text(x, y, text, **options))

    # -- names of rows and values ------------------------------------------------------------

    def _names_of_rows(self) -> float:
        """Write the names at the left or above their rows; return the inches that they take at the left."""
        longest = max(len(name) for _, name in self.rows)
        share = FOR_NAMES if longest > FEW_LETTERS and not self.above else 0.0
        taken = share * self.width or (0.17 if self.above else 0.2 + LETTER_WIDTH * longest)
        room = (self.width if self.above else taken) - 0.1
        names = {place: textwrap.wrap(name, int(room / LETTER_WIDTH)) or [""] for place, name in self.rows}
        lines = max(map(len, names.values()))
        half = max([0.15, *(self._shrink() if self.above else [])])
        self.rise = half + 0.08  # of a name above its row
        self.pitch = LINE_HEIGHT * lines + 0.29 if self.above else max(0.31, LINE_HEIGHT * lines + 0.04)
        if self.above:
            self._make_room(half, lines)
        ax = self.axes[0]
        across = blended_transform_factory(self.figure.transFigure, ax.transData)
        for place, name in names.items():
            y, side = (place - self.rise, "bottom") if self.above else (place, "center")
            text = {"va": side, "ha": "left", "transform": across, "linespacing": 1.15, "fontsize": 10}
            self.added.append(ax.text(0, y, "\n".join(name), **text))
        for ax in self.axes:
            ax.tick_params(axis="y", labelleft=False)
        return taken

    def _values_fit_beside_names(self) -> bool:
        """Say whether values are long, and there is room for the longest after the longest name."""
        value = max((len(v.get_text()) for v in self.values), default=0)
        name = max(len(name) for _, name in self.rows)
        return value > LONG_VALUE and (value + name + 2) * LETTER_WIDTH < self.width

    def _value_rooms(self) -> list[float]:
        """Return the inches at the right of every axes for what is written at its rows."""
        if self.beside:
            return [0.0] * len(self.axes)
        longest = {
            ax: max((len(v.get_text()) for v in self.values if v.axes is ax), default=0) for ax in self.axes
        }
        return [LETTER_WIDTH * max(n, SHORT_VALUE) + 0.15 if n else 0 for n in longest.values()]

    def _ratios(self) -> Sequence[float]:
        return self.axes[0].get_subplotspec().get_gridspec().get_width_ratios()

    def _place_values(self) -> None:
        """Write values at the right of their axes."""
        rooms = dict(zip(self.axes, self._value_rooms(), strict=True))
        for value, y in zip(self.values, self.heights, strict=True):
            ax = value.axes
            value.set_transform(blended_transform_factory(self.figure.transFigure, ax.transData))
            value.set_x(ax.get_position().x1 + rooms[ax] / self.width)
            value.set(ha="right", va="center", fontsize=10)
            if self.beside:
                value.set(x=1, y=y - self.rise, va="bottom")

    def _shrink(self) -> list[float]:
        """Make bars half as thick around the middle of their rows; return how far they still reach."""
        reach = []
        for bar in (p for ax in self.axes for p in ax.patches if isinstance(p, Rectangle)):
            low, high = bar.get_y(), bar.get_y() + bar.get_height()
            row = round((low + high) / 2)
            bar.set(y=row + (low - row) / 2, height=(high - low) / 2)
            reach += [row - bar.get_y(), bar.get_y() + bar.get_height() - row]
        return reach

    def _make_room(self, half: float, lines: int) -> None:
        last = max(place for place, _ in self.rows)
        top = -(half + 0.14 + lines * LINE_HEIGHT / self.pitch)
        for ax in self.axes:
            ax.set_ylim(last + half + 0.25, top)

    # -- axes ----------------------------------------------------------------------------------

    def _place(self, left: float) -> None:
        """Give every axes its place."""
        stacked = self.small and not self.rows and len(self.axes) > 1
        gap = 0.6 if all(self.own_scale) and not self.rows else 0.3 if self.rows else 0.4
        rooms = self._value_rooms()
        right = rooms.pop() or 0.2
        gaps = [] if stacked else [gap * (not room) + (room + 0.15) * bool(room) for room in rooms]
        free, ratios = self.width - left - right - sum(gaps), self._ratios()
        widths = [free if stacked else free * ratio / sum(ratios) for ratio in ratios]
        top, bottom, tall = self._top(), self._bottom(widths), self._tall()
        floors = len(self.axes) if stacked else 1
        height = floors * (top + tall + bottom) + self.legend_room + 0.2
        self.figure.set_figheight(height)
        x = left
        for place, (ax, wide) in enumerate(zip(self.axes, widths, strict=True)):
            floor = floors - 1 - place if stacked else 0
            low = 0.2 + bottom + floor * (top + tall + bottom)
            ax.set_position([x / self.width, low / height, wide / self.width, tall / height])
            if stacked:
                ax.tick_params(axis="y", labelleft=True)
            self._words(ax, wide, self.y_labels[place])
            x += 0 if stacked else wide + (*gaps, 0)[place]
        self._place_values()

    def _tall(self) -> float:
        if not self.rows:
            return max(1.6, self.height - 1.0)
        low, high = sorted(self.axes[0].get_ylim())
        return self.pitch * (high - low)

    def _top(self) -> float:
        titled = any(ax.get_title() for ax in self.axes)
        return 0.08 + 0.22 * titled + 0.24 * bool(any(self.y_labels) and not titled)

    def _bottom(self, widths: Sequence[float]) -> float:
        """Break the words under the axes over lines; return the inches under an axis."""
        lines = 0
        for ax, wide, label in zip(self.axes, widths, self.x_labels, strict=True):
            parts = textwrap.wrap(label, max(8, int((wide + 0.15) / (LETTER_WIDTH * 0.95))))
            ax.set_xlabel("\n".join(parts), labelpad=2)
            lines = max(lines, len(parts))
        turned = self._turn(widths[0]) if self.cells else 0.0
        return 0.25 + turned + LINE_HEIGHT * lines + 0.2 * bool(self.figure.get_supxlabel())

    def _turn(self, wide: float) -> float:
        """Turn the names of columns that are wider than a column; return the inches that they take then."""
        names = [text.get_text() for text in self.axes[0].get_xticklabels()]
        columns = round(abs(self.axes[0].get_xlim()[1] - self.axes[0].get_xlim()[0]))
        widest = max((len(line) for name in names for line in name.split("\n")), default=0)
        turned = 0.95 * LETTER_WIDTH * widest > wide / columns
        self.axes[0].tick_params(axis="x", rotation=90 if turned else 0)
        if turned:
            return 0.87 * LETTER_WIDTH * widest - 0.15
        return 0.15 * max(name.count("\n") for name in names)

    def _words(self, ax: Axes, wide: float, label: str) -> None:
        """Write what the y axis says above it, and leave out numbers that do not fit their cells."""
        if label and not ax.get_title():
            box = ax.get_position()
            x = 0 if self.rows else max(0, box.x0 - 0.45 / self.width)
            y = box.y1 + 0.06 / self.figure.get_figheight()
            self._write(x, y, label, ha="left", va="bottom", fontsize=9.5, color=QUIET)
        if self.cells:
            columns = max(1, round(abs(ax.get_xlim()[1] - ax.get_xlim()[0])))
            longest = max((len(text.get_text()) for text in self.in_cells), default=0)
            for text in self.in_cells:
                text.set_visible(wide / columns > 0.068 * longest)
        if self.figure.get_supxlabel():
            self.figure._supxlabel.set(
                x=ax.get_position().x1, y=0.24 / self.figure.get_figheight(), ha="right"
            )

    def _legend(self) -> None:
        """Write the legends at the top, in as many columns as fit."""
        self.legend_room = 0.0
        for legend in self.legends:
            names = [text.get_text() for text in legend.get_texts()]
            columns = max(1, int(self.width / (LETTER_WIDTH * max(map(len, names)) + 0.5)))
            rows = -(-len(names) // columns)
            place = {"loc": "upper left", "bbox_to_anchor": (0, 1), "borderaxespad": 0, "borderpad": 0}
            spacing = {"columnspacing": 1.2, "handlelength": 1.4, "frameon": False}
            legend.set_visible(False)
            self.added.append(
                self.figure.legend(legend.legend_handles, names, ncols=columns, **place, **spacing)
            )
            self.legend_room = 0.1 + 0.2 * rows


def _names(ax: Axes) -> list[tuple[float, str]]:
    """Return places and names of rows, where the y axis has names and not numbers."""
    if not isinstance(ax.yaxis.get_major_locator(), FixedLocator | StrCategoryLocator):
        return []
    labels = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    return [(float(y), label) for y, label in zip(ax.get_yticks(), labels, strict=True)]


def _unclip(ax: Axes) -> None:
    """Clip only what would come outside its axes."""
    box = ax.get_window_extent().padded(3)
    for artist in (*ax.lines, *ax.collections, *ax.patches):
        inside = artist.get_window_extent()
        artist.set_clip_on(not (box.contains(inside.x0, inside.y0) and box.contains(inside.x1, inside.y1)))
