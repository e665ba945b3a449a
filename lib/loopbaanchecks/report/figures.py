"""Figures: each takes data and axes and returns the axes; words, marks and files are of `report`."""

import textwrap
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from loopbaanchecks.report.drawing import TEXT

INK, SOFT, LIGHT, PALE = "#1b3a57", "#0072b2", "#7fb8d8", "#d9e2ec"  # one hue: safe in grey
ACCENT = "#b34700"
ON_LIGHT, ON_SOFT = "#0b1f33", "#fdfeff"  # text on LIGHT and SOFT; on a dark page SOFT is light too
REACHES = (0.003, 0.01, 0.03)  # marks on a logarithmic axis of shares per week
LEGIBLE = 0.15  # of the width of a phone: a bar with room for a short word


def plot_steps(steps: pd.DataFrame, *, ax: Axes, format: Callable[[float], str]) -> Axes:
    """Plot counts that shrink step by step as horizontal bars with their number.

    Parameters
    ----------
    steps : pandas.DataFrame
        `label`, `n_after`; first step on top.
    ax : matplotlib Axes
    format : callable
        Number to text.

    Returns
    -------
    matplotlib Axes
        The same axes.
    """
    sns.barplot(steps, x="n_after", y="label", color=SOFT, ax=ax)
    for i, count in enumerate(steps["n_after"]):
        _beside(ax, count, i, format(count), color=TEXT, fontsize=10)
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
    values: Sequence[str] = (),
) -> Axes:
    """Plot one interval per row, with a point where there is one.

    Parameters
    ----------
    frame : pandas.DataFrame
        `label` and the columns named by `low`, `high`, `point`; first row on top.
    ax : matplotlib Axes
    low, high, point : str
        Column names.
    values : sequence of str
        What is written at the right of each row.

    Returns
    -------
    matplotlib Axes
        The same axes.
    """
    y = np.arange(len(frame))
    left, right = (frame[c].astype(float).to_numpy() for c in (low, high))
    ax.hlines(y, left, right, colors=SOFT, linewidth=8, alpha=0.4 if point else 0.8)
    if point is not None:
        ax.scatter(frame[point].astype(float), y, c=INK, s=40, linewidths=0, zorder=3)
    return _named(frame["label"], values, ax=ax)


def _named(labels: pd.Series, values: Sequence[str], *, ax: Axes) -> Axes:
    """Write at every row its name and its value, the first on top."""
    for place, value in enumerate(values):
        ax.text(1, place, value, gid="value")
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    return ax


def plot_matrix(
    frame: pd.DataFrame,
    *,
    ax: Axes,
    format: Callable[[float], str],
    signed: bool = False,
    most: float = 1,
) -> Axes:
    """Plot a matrix (rows of the frame down, columns across) as a heat map with its numbers.

    Parameters
    ----------
    frame : pandas.DataFrame of float
        Shares 0-1, coefficients -1 to 1 or counts; index and columns become the axes.
    ax : matplotlib Axes
    format : callable
        Number to text.
    signed : bool
        Whether values may be negative: two hues then, white for none.
    most : float
        Value of the darkest colour.

    Returns
    -------
    matplotlib Axes
        The same axes.
    """
    words = frame.map(format)
    colours = {"vmin": -1, "cmap": "RdBu_r"} if signed else {"vmin": 0, "cmap": "Blues"}
    text = {"annot": words, "fmt": "", "annot_kws": {"fontsize": 9}}
    sns.heatmap(frame, ax=ax, vmax=most, **colours, **text, cbar=False, linewidths=0.5)
    ax.tick_params(axis="y", rotation=0)
    ax.grid(visible=False)
    return ax


def plot_sides(rows: pd.DataFrame, *, ax: Axes) -> Axes:
    """Plot counts for (to the right) and against (to the left), with neutral ones as an outline.

    The number at the right is that of helps, or of helps + neutral.

    Parameters
    ----------
    rows : pandas.DataFrame
        `label`, `helps`, `hinders`, `neutral` (counts); first row on top.
    ax : matplotlib Axes

    Returns
    -------
    matplotlib Axes
        The same axes; neutral counts continue the bar to the right.
    """
    y = np.arange(len(rows))
    ax.barh(y, -rows["hinders"], color=ACCENT)
    ax.barh(y, rows["helps"], color=SOFT)
    ax.barh(y, rows["neutral"], left=rows["helps"], facecolor="white", edgecolor=INK, linewidth=0.8)
    reach = rows["helps"] + rows["neutral"]
    room = rows["hinders"].max() + reach.max()  # numbers stand beside the bars
    for i, row in enumerate(rows.itertuples()):
        words = f"{row.helps} + {row.neutral}" if row.neutral else f"{row.helps}"
        if row.hinders:
            _beside(ax, -row.hinders, i, f"{row.hinders}", color=ACCENT, fontsize=9)
        if reach.iloc[i]:
            _beside(ax, reach.iloc[i], i, words, color=TEXT, fontsize=9)
    ax.set_xlim(-rows["hinders"].max() - 0.15 * room, reach.max() + 0.35 * room)
    ax.axvline(0, color=INK, linewidth=1)
    ax.set_yticks(y, rows["label"])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):.0f}"))
    ax.grid(axis="y", visible=False)
    return ax


def plot_against(rows: pd.DataFrame, *, ax: Axes, bar: str, line: str, values: Sequence[str] = ()) -> Axes:
    """Plot a share per row as a bar, and across it a line for the share that it is held against.

    Parameters
    ----------
    rows : pandas.DataFrame
        `label` and the columns named by `bar` and `line`; first row on top.
    ax : matplotlib Axes
    bar, line : str
        Column names.
    values : sequence of str
        What is written at the right of each row.

    Returns
    -------
    matplotlib Axes
        The same axes.
    """
    y = np.arange(len(rows))
    ax.barh(y, rows[bar], color=SOFT, height=0.5)
    ax.vlines(rows[line], y - 0.4, y + 0.4, colors=ACCENT, linewidth=3, zorder=3)
    return _named(rows["label"], values, ax=ax)


def plot_joint(rows: pd.DataFrame, dots: pd.DataFrame, *, axes: Sequence[Axes]) -> Sequence[Axes]:
    """Plot survey means and counts of findings side by side, one row per variable.

    Parameters
    ----------
    rows : pandas.DataFrame
        `variable`, `label`, `judged` (text at the right), `helps`, `hinders`, `neutral`; first row on top.
    dots : pandas.DataFrame
        `variable`, `value`: the survey means that belong to it.
    axes : two matplotlib Axes
        Left for means, right for findings; they share y.

    Returns
    -------
    two matplotlib Axes
        The same axes.
    """
    plot_sides(rows, ax=axes[1])
    place = {variable: y for y, variable in enumerate(rows["variable"])}
    axes[0].scatter(dots["value"], dots["variable"].map(place), color=INK, s=30, alpha=0.8, zorder=3)
    axes[0].grid(axis="y", visible=False)
    for y, text in enumerate(rows["judged"]):
        axes[1].text(1, y, text, gid="value")
    return axes


def plot_timeline(rows: pd.DataFrame, *, end: float, ax: Axes, names: tuple[str, str, str]) -> Axes:
    """Plot per centre the weeks before it began (pale), perhaps began (light blue) and was open.

    Parameters
    ----------
    rows : pandas.DataFrame
        `label`, `delay_low`, `delay_high` (weeks after the planned start); first row on top.
    end : float
        Week in which all end.
    ax : matplotlib Axes
    names : (str, str, str)
        What is written in bars that are long enough: before, perhaps open, open.

    Returns
    -------
    matplotlib Axes
        The same axes.
    """
    y = np.arange(len(rows))
    edges = [
        0.0 * y,
        *(rows[name].to_numpy(dtype=float) for name in ("delay_low", "delay_high")),
        end + 0.0 * y,
    ]
    for name, colour, left, right in zip(names, (PALE, LIGHT, SOFT), edges[:-1], edges[1:], strict=True):
        ax.barh(y, right - left, left=left, color=colour, height=0.55)
        ink = {"color": {PALE: INK, LIGHT: ON_LIGHT, SOFT: ON_SOFT}[colour], "fontsize": 9}
        for place in np.flatnonzero(right - left > end * LEGIBLE):
            ax.text((left + right)[place] / 2, place, name, ha="center", va="center", **ink)
    ax.set_yticks(y, rows["label"])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlim(0, end)
    ax.grid(axis="y", visible=False)
    return ax


def plot_regions(
    grid: pd.DataFrame,
    *,
    axes: Sequence[Axes],
    names: Mapping[str, str],
    x: str,
    y: str,
    unit: str,
    format: Callable[[float, str], str],
) -> Sequence[Axes]:
    """Plot where on a grid of reach and uptake a target is met: a panel per workforce, a colour per target.

    Parameters
    ----------
    grid : pandas.DataFrame
        `target`, `workforce_persons`, `reach_per_week`, `uptake`, `reproduces` (bool): a full grid for each
        target and workforce.
    axes : sequence of matplotlib Axes
        One per workforce, smallest first.
    names : mapping of str to str
        Target -> its name, written in the last panel: of the first below its band, of the second above it.
    x, y, unit : str
        Names of the axes, and what the workforce of a panel is counted in.
    format : callable
        A number and its format (see `language.format_number`) to text.

    Returns
    -------
    sequence of matplotlib Axes
        The same axes; reach is on a logarithmic scale.
    """
    colours = dict(zip(names, (SOFT, ACCENT), strict=False))
    for ax, (size, panel) in zip(axes, grid.groupby("workforce_persons"), strict=True):
        for target, part in panel.groupby("target"):
            inside = part.pivot(index="uptake", columns="reach_per_week", values="reproduces").astype(float)
            if inside.to_numpy().any():
                fill = {"levels": [0.5, 1.5], "colors": [colours[target]], "alpha": 0.45}
                ax.contourf(inside.columns, inside.index, inside, **fill)
        ax.set_xscale("log")
        ax.set_xticks(REACHES)
        ax.set_xlabel(x)
        ax.set_title(f"{format(size, 'count')} {unit}", fontsize=10)
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(
                FuncFormatter(lambda share, _: format(share, f"percent{share < 0.01:d}"))
            )
    axes[0].set_ylabel(y)
    corners = (("left", "bottom", 0.04), ("right", "top", 0.96))
    for (target, name), (across, up, at) in zip(names.items(), corners, strict=False):
        place = {"ha": across, "va": up, "transform": axes[-1].transAxes, "fontsize": 9.5}
        axes[-1].text(at, at, name, color=colours[target], **place)
    return axes


def plot_tornado(
    rows: pd.DataFrame,
    *,
    axes: Sequence[Axes],
    x: tuple[str, str],
    format: Callable[[float, str], str],
) -> Sequence[Axes]:
    """Plot by what part an outcome moves with each parameter (left) and its share of the variance (right).

    Parameters
    ----------
    rows : pandas.DataFrame
        `label`, `basis`, `outcome_low`, `outcome_high` (0.5 is half more than at all middle values),
        `total`, `total_margin`; first row on top.
    axes : two matplotlib Axes
        They share y.
    x : (str, str)
        Names of the two axes.
    format : callable
        A number and its format (see `language.format_number`) to text.

    Returns
    -------
    two matplotlib Axes
        The same axes; assumed parameters are in the accent colour.
    """
    y = np.arange(len(rows))
    colours = np.where(rows["basis"] == "assumed", ACCENT, SOFT)
    left = rows[["outcome_low", "outcome_high"]].min(axis=1)
    axes[0].barh(y, (rows["outcome_high"] - rows["outcome_low"]).abs(), left=left, color=colours)
    axes[0].axvline(0, color=INK, linewidth=1)
    axes[1].barh(y, rows["total"], xerr=rows["total_margin"], color=colours, ecolor=INK)
    axes[0].set_yticks(y, rows["label"])
    axes[0].set_ylim(len(rows) - 0.5, -0.5)
    for ax, name in zip(axes, x, strict=True):
        ax.xaxis.set_major_formatter(FuncFormatter(lambda share, _: format(share, "percent0")))
        ax.set_xlabel(name)
        ax.grid(axis="y", visible=False)
    return axes


def plot_spread(rows: pd.DataFrame, moved: pd.DataFrame, *, ax: Axes, low: str, high: str) -> Axes:
    """Plot exact bounds as bars and where nine tenths of many twins lie as a darker bar on them.

    Parameters
    ----------
    rows : pandas.DataFrame
        `item`, `label` and the columns named by `low` and `high`; first row on top.
    moved : pandas.DataFrame
        `item`, `value`: one row per item and twin.
    ax : matplotlib Axes
    low, high : str
        Column names of the bounds.

    Returns
    -------
    matplotlib Axes
        The same axes.
    """
    plot_intervals(rows, ax=ax, low=low, high=high)
    ends = moved.groupby("item")["value"].quantile([0.05, 0.95]).unstack().reindex(rows["item"])
    ax.collections[0].set(alpha=0.3)
    ax.hlines(np.arange(len(rows)), ends[0.05], ends[0.95], colors=ACCENT, linewidth=4)
    return ax


def plot_fitting(fits: pd.DataFrame, rows: pd.Series, *, ax: Axes, chosen: int) -> Axes:
    """Plot which numbers of answers tables fit: a dot per table and number, filled where all rows fit.

    Parameters
    ----------
    fits : pandas.DataFrame of int
        How many rows fit; a table per row, a number of answers per column.
    rows : pandas.Series of int
        How many rows each table has.
    ax : matplotlib Axes
    chosen : int
        Number of answers at which a line is drawn, and for which the rows that fit are written.

    Returns
    -------
    matplotlib Axes
        The same axes; first table on top.
    """
    y, whole = np.arange(len(fits)), fits.eq(rows, axis=0)
    ax.axvline(chosen, color=ACCENT, linewidth=1.5, zorder=1)
    for place, (name, row) in enumerate(whole.iterrows()):
        colours = np.where(row, SOFT, "white")
        ax.scatter(whole.columns, np.full(len(row), place), c=colours, edgecolors=SOFT, s=26, zorder=3)
        ax.text(1, place, f"{fits.loc[name].get(chosen, 0)}/{rows[name]}", gid="value")
    ax.set_yticks(y, fits.index)
    ax.set_ylim(len(fits) - 0.5, -0.5)
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    return ax


def _beside(ax: Axes, x: float, y: float, text: str, **options) -> None:
    """Write a number four points past the end of its bar, whatever the scale."""
    side = -1 if x < 0 else 1
    place = {"xytext": (4 * side, 0), "textcoords": "offset points", "va": "center"}
    ax.annotate(text, (x, y), ha="left" if side > 0 else "right", **place, **options)


def text_width(labels: Sequence[str], most: int) -> list[str]:
    """Break labels over lines of at most `most` characters, for an axis."""
    return ["\n".join(textwrap.wrap(str(label), most)) for label in labels]
