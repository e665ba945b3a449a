"""Figures: each takes data and axes and returns the axes; words, marks and files are of `report`."""

import textwrap
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

INK, SOFT, LIGHT, PALE = "#1b3a57", "#0072b2", "#7fb8d8", "#d9e2ec"  # one hue: safe in grey
ACCENT = "#b34700"
ON_LIGHT = "#0b1f33"  # text on LIGHT, which a dark page leaves as it is
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
        ax.text(count, i, f" {format(count)}", va="center", ha="left")
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
    for place, value in enumerate(values):
        ax.text(1, place, value, gid="value")
    ax.set_yticks(y, frame["label"])
    ax.set_ylim(len(frame) - 0.5, -0.5)
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
    for i, row in enumerate(rows.itertuples()):
        for count, at, side, ink in (
            (row.hinders, -row.hinders - 0.15, "right", ACCENT),
            (row.helps, 0.15, "left", "white"),
            (row.neutral, row.helps + row.neutral + 0.15, "left", INK),
        ):
            if count:
                ax.text(at, i, f"{count}", va="center", ha=side, color=ink, fontsize=9)
    ax.axvline(0, color=INK, linewidth=1)
    ax.margins(x=0.1)
    ax.set_yticks(y, rows["label"])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):.0f}"))
    ax.grid(axis="y", visible=False)
    return ax


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
        ink = {"color": {PALE: INK, LIGHT: ON_LIGHT, SOFT: "white"}[colour], "fontsize": 9}
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


def plot_power(rows: pd.DataFrame, *, axes: Sequence[Axes]) -> Sequence[Axes]:
    """Plot power, and the number of possible frequency tables, against the standard deviation.

    Parameters
    ----------
    rows : pandas.DataFrame
        `spread` (SD), `power` (0-1), `tables` (count), `verdict`; contradicted rows are circled.
    axes : two matplotlib Axes
        Left for power, right for the number of tables (logarithmic; none is drawn at one half).

    Returns
    -------
    two matplotlib Axes
        The same axes.
    """
    odd = rows["verdict"] == "contradicted"
    for ax, heights in zip(axes, (rows["power"], rows["tables"].clip(lower=0.5)), strict=True):
        ax.scatter(rows["spread"], heights, c=SOFT, s=22, alpha=0.7)
        ring = {"facecolors": "none", "edgecolors": ACCENT, "s": 120, "linewidths": 2}
        ax.scatter(rows["spread"][odd], heights[odd], **ring)
    axes[1].set_yscale("log")
    return axes


def text_width(labels: Sequence[str], most: int) -> list[str]:
    """Break labels over lines of at most `most` characters, for an axis."""
    return ["\n".join(textwrap.wrap(str(label), most)) for label in labels]
