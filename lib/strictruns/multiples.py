"""Numbers of many runs drawn small, beside each other: one figure per parameter, one panel per number."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

ACROSS = 4  # panels beside each other
PANEL = (1.9, 1.55)  # inches
DRAWN_SINGLY = 12  # values of a parameter that are drawn one by one
LINE, DOT = "#1b3a57", "#b34700"


def draw_multiples(
    values: "pd.DataFrame",
    parameter: "pd.Series | None",
    *,
    marks: Mapping[str, str],
    say: Callable[[float], str],
    salt: str,
) -> bytes:
    """Draw every number against one parameter, a dot per run and a line through the medians.

    Parameters
    ----------
    values : pandas.DataFrame
        A row per run, a column per number.
    parameter : pandas.Series, optional
        What the parameter is in each run; None draws how often each value of a number occurs.
    marks : mapping of str to str
        Per number the mark that is written beside its name.
    say : callable
        Writes a number as readers expect it.
    salt : str
        What the ids in the drawing are made from.

    Returns
    -------
    bytes
        SVG; the same at every run.
    """
    from matplotlib import style
    from matplotlib.figure import Figure

    down = -(-len(values.columns) // ACROSS)
    with style.context(["default", {"svg.hashsalt": salt, "font.size": 6.5}]):
        figure = Figure(figsize=(ACROSS * PANEL[0], down * PANEL[1]), layout="constrained")
        panels = figure.subplots(down, ACROSS, squeeze=False).flat
        for number, ax in zip(values.columns, panels, strict=False):
            plot_panel(values[number], parameter, ax=ax, say=say)
            ax.set_title(f"{_broken(number)}\n[{marks[number]}]", fontsize=6.5, color=LINE, loc="left")
        for ax in panels:
            ax.set_axis_off()
        out = io.BytesIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def plot_panel(
    values: "pd.Series", parameter: "pd.Series | None", *, ax: "Axes", say: Callable[[float], str]
) -> "Axes":
    """Draw one number against one parameter, or how often each of its values occurs."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(length=2, colors=LINE)
    if parameter is None:
        ax.hist(values.dropna(), bins=20, color=LINE)
        ax.yaxis.set_major_locator(_whole())
        _say(ax.xaxis, say)
        return ax
    places, names = _positions(parameter)
    ax.plot(places, values, "o", markersize=2.5, alpha=0.6, color=DOT, markeredgewidth=0)
    medians = values.groupby(places).median()
    ax.plot(medians.index, medians, color=LINE, linewidth=1)
    _say(ax.yaxis, say)
    if names:
        ax.set_xticks(list(names), [name if isinstance(name, str) else say(name) for name in names.values()])
        ax.margins(x=0.12)
        if max(map(len, map(str, names.values()))) > 5:
            ax.tick_params(axis="x", rotation=30)
    else:
        _say(ax.xaxis, say)
    return ax


def _positions(parameter: "pd.Series") -> tuple["pd.Series", dict[float, Any]]:
    """Return where each run stands along the axis, and the values to name there (none when they are many)."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(parameter) and not pd.api.types.is_bool_dtype(parameter):
        found: Sequence = sorted(set(parameter))
        return parameter, {value: value for value in found} if len(found) <= DRAWN_SINGLY else {}
    words = list(dict.fromkeys(map(str, parameter)))
    places = {word: place for place, word in enumerate(words)}
    return parameter.map(lambda value: places[str(value)]).astype(float), dict(enumerate(words))


def _broken(name: str) -> str:
    """Break a long name at a point or underscore near its middle."""
    breaks = [place for place, letter in enumerate(name) if letter in "._"]
    if len(name) <= 26 or not breaks:
        return name
    middle = min(breaks, key=lambda place: abs(place - len(name) / 2)) + 1
    return f"{name[:middle]}\n{name[middle:]}"


def _say(axis: Any, say: Callable[[float], str]) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(4))
    axis.set_major_formatter(FuncFormatter(lambda value, _: say(value)))


def _whole() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(3, integer=True)
