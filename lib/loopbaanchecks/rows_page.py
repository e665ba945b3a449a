"""One page on a table of printed rows: a table of verdicts and three figures, without script or request."""

import html
import io
from collections.abc import Sequence

import pandas as pd

ROWS_DRAWN = 40  # rows of which the shares are drawn
AXIS_INK, FITS, MISFITS, UNKNOWN = "#333333", "#2b6a99", "#b5472f", "#999999"
SHOWN_VERDICTS = {
    "consistent": ("consistent", FITS),
    "contradicted": ("contradicted", MISFITS),
    "not_checkable": ("not checkable", UNKNOWN),
}
PAGE_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;color:#222;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;padding:.3rem .5rem;
border-bottom:1px solid #ddd;vertical-align:top}td.n{text-align:right;white-space:nowrap}
.scroll{overflow-x:auto}svg{max-width:100%;height:auto}.contradicted{color:#a03a24;font-weight:600}
figure{margin:2rem 0}figcaption{font-weight:600;margin-bottom:.5rem}footer{margin-top:3rem;font-size:.9rem}
"""
LIMITS = (
    "A verdict rests on the assumptions in the table: whole-number answers on the options stated, the n, the "
    "divisor of the SD and the rounding. Contradicted says that no such data print the row; it does not say "
    "which number is off nor why, and a change of n, of the scale or of the divisor may mend it. Consistent "
    "says little where the power is low. Evidence: implied by what is printed."
)


def rows_page(title: str, rows: pd.DataFrame, shares: pd.DataFrame, sizes: pd.DataFrame) -> str:
    """Return the page.

    Parameters
    ----------
    title : str
        Of the page.
    rows : pandas.DataFrame
        `label`, `group`, `mean`, `sd`, `n`, `scale`, `verdict`, `power`, `tables`, `reason`, `repairs`.
    shares : pandas.DataFrame
        `row` (position in `rows`), `score`, `low`, `high`.
    sizes : pandas.DataFrame
        As `consistency.sizes_that_fit`.

    Returns
    -------
    str
        HTML.
    """
    counts = rows["verdict"].value_counts()
    tried = [f"{counts[word]} {SHOWN_VERDICTS[word][0]}" for word in SHOWN_VERDICTS if word in counts]
    figures = [_power_figure(rows), _shares_figure(rows, shares), _sizes_figure(sizes)]
    body = "".join(
        f"<figure><figcaption>{html.escape(caption)}</figcaption>{picture}</figure>"
        for caption, picture in filter(None, figures)
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{PAGE_STYLE}</style></head><body><h1>{html.escape(title)}</h1>"
        f"<p>{len(rows)} rows: {', '.join(tried)}.</p>"
        f'<div class="scroll">{_table(rows)}</div>{body}<footer>{LIMITS}</footer></body></html>\n'
    )


def _table(rows: pd.DataFrame) -> str:
    names = ["label", "group", "mean", "sd", "n", "scale", "verdict", "power", "tables", "reason", "repairs"]
    names = [name for name in names if (rows[name].astype(str) != "").any()]
    heads = {"tables": "frequency tables", "reason": "why", "repairs": "would fit"}
    head = "".join(f'<th scope="col">{heads.get(name, name)}</th>' for name in names)
    lines = []
    for row in rows[names].itertuples(index=False):
        cells = [_cell(name, value) for name, value in zip(names, row, strict=True)]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _cell(name: str, value: object) -> str:
    if name == "power":
        return f'<td class="n">{"" if pd.isna(value) else f"{value:.0%}"}</td>'
    if name == "verdict":
        return f'<td class="{value}">{SHOWN_VERDICTS[value][0]}</td>'
    return f"<td{' class=n' if name in ('mean', 'sd', 'n', 'tables') else ''}>{html.escape(str(value))}</td>"


def _svg(figure, description: str) -> str:
    """Return a figure as inline SVG with its description, the same bytes every time."""
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": "rows", "svg.fonttype": "path"}):
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, bbox_inches="tight")
    text = buffer.getvalue()
    start = text.index(">", text.index("<svg")) + 1
    opening = text[text.index("<svg") : start].replace("<svg", '<svg role="img"', 1)
    return f"{opening}<title>{html.escape(description)}</title>{text[start:]}"


def _axes(height: float, columns: int = 1, rows: int = 1):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    for ax in axes.flat:
        ax.spines[["top", "right"]].set_visible(False)
        ax.tick_params(labelsize=8, colors=AXIS_INK)
    return figure, axes


def _labels(rows: pd.DataFrame) -> Sequence[str]:
    return [str(label)[:45] for label in rows["label"]]


def _power_figure(rows: pd.DataFrame) -> tuple[str, str] | None:
    known = rows[rows["power"].notna()]
    if known.empty:
        return None
    figure, axes = _axes(0.6 + 0.22 * len(known))
    ax = axes[0, 0]
    places = range(len(known))
    ax.hlines(places, 0, known["power"], color="#cccccc", linewidth=1)
    for word, (name, colour) in SHOWN_VERDICTS.items():
        chosen = (known["verdict"] == word).to_numpy()
        if chosen.any():
            ax.scatter(
                known["power"][chosen],
                [i for i in places if chosen[i]],
                color=colour,
                s=22,
                label=name,
                zorder=3,
            )
    ax.set(yticks=places, yticklabels=_labels(known), xlim=(0, 1), ylim=(len(known) - 0.5, -0.5))
    ax.xaxis.set_major_formatter(lambda x, _: f"{x:.0%}")
    ax.legend(frameon=False, fontsize=8, loc="lower right")
    weak = int((known["power"] < 0.05).sum())
    caption = f"Power: the share of random pairs that the check would have flagged; under 5% for {weak} rows"
    return caption, _svg(figure, f"A dot per row for its power, from 0% to 100%; {weak} rows are under 5%.")


def _shares_figure(rows: pd.DataFrame, shares: pd.DataFrame) -> tuple[str, str] | None:
    drawn = list(dict.fromkeys(shares["row"]))[:ROWS_DRAWN]
    if not drawn:
        return None
    columns = min(3, len(drawn))
    lines = -(-len(drawn) // columns)
    figure, axes = _axes(1.5 * lines, columns, lines)
    for ax in axes.flat[len(drawn) :]:
        ax.set_axis_off()
    for ax, place in zip(axes.flat, drawn, strict=False):
        of_row = shares[shares["row"] == place]
        ax.vlines(of_row["score"].astype(float), of_row["low"], of_row["high"], color=FITS, linewidth=5)
        ax.set_ylim(0, 1)
        ax.set_title(str(rows["label"].iloc[place])[:32], fontsize=8, loc="left", color=AXIS_INK)
        ax.yaxis.set_major_formatter(lambda y, _: f"{y:.0%}")
    more = "" if len(drawn) == shares["row"].nunique() else f" (the first {ROWS_DRAWN} rows)"
    caption = f"Between which bounds the share of each answer lies, over all data that print the row{more}"
    return caption, _svg(figure, f"A small picture for each of {len(drawn)} rows: a bar per answer.")


def _sizes_figure(sizes: pd.DataFrame) -> tuple[str, str] | None:
    if sizes.empty:
        return None
    groups = list(dict.fromkeys(sizes["group"]))
    figure, axes = _axes(1.1 + 0.9 * len(groups), 1, len(groups))
    for ax, group in zip(axes.flat, groups, strict=True):
        of_group = sizes[sizes["group"] == group]
        colours = [
            FITS if fit == all_ else "#bcd0df"
            for fit, all_ in zip(of_group["fit"], of_group["rows"], strict=True)
        ]
        ax.bar(of_group["n"], of_group["fit"] / of_group["rows"], color=colours)
        ax.set_ylim(0, 1)
        ax.yaxis.set_major_formatter(lambda y, _: f"{y:.0%}")
        ax.set_title(str(group), fontsize=8, loc="left", color=AXIS_INK)
    axes.flat[-1].set_xlabel("number of respondents", fontsize=8)
    whole = sizes[sizes["fit"] == sizes["rows"]].groupby("group", sort=False)["n"].agg(list)
    said = (
        "; ".join(f"{group or 'all rows'}: {_runs(numbers)}" for group, numbers in whole.items())
        or "none of these"
    )
    caption = f"Share of the rows that fits each number of respondents. All rows fit at {said}"
    return caption, _svg(figure, "Bars: the share of rows that is possible at each number of respondents.")


def _runs(numbers: Sequence[int]) -> str:
    """Return whole numbers as runs: 3, 5-7."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
