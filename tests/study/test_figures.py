"""Figures draw what the data say, and hand the axes back."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from loopbaanchecks.report import figures


@pytest.fixture
def axes():
    figure, pair = plt.subplots(1, 2, sharey=True)
    yield pair
    plt.close(figure)


def widths(ax):
    return [bar.get_width() for bar in ax.patches]


def test_sides_go_left_for_against_and_right_for_the_rest(axes):
    rows = pd.DataFrame({"label": ["a", "b"], "helps": [2, 0], "hinders": [1, 3], "neutral": [0, 4]})
    assert figures.plot_sides(rows, ax=axes[0]) is axes[0]
    assert widths(axes[0]) == [-1, -3, 2, 0, 0, 4]
    assert [text.get_text().strip() for text in axes[0].texts] == ["1", "2", "3", "0 + 4"]
    left, right = axes[0].get_xlim()
    assert left < -3 and right > 4  # room for the numbers
    assert axes[0].get_ylim()[0] > axes[0].get_ylim()[1]  # first row on top
    assert axes[0].xaxis.get_major_formatter()(-3, 0) == "3"


def test_a_share_is_held_against_another(axes):
    rows = pd.DataFrame({"label": ["a", "b"], "quoted": [0.6, 0.4], "spoken": [0.3, 0.7]})
    assert figures.plot_against(rows, ax=axes[0], bar="quoted", line="spoken", values=["6", "4"]) is axes[0]
    assert widths(axes[0]) == [0.6, 0.4]
    assert [line[0, 0] for line in axes[0].collections[0].get_segments()] == [0.3, 0.7]
    assert [text.get_text() for text in axes[0].texts] == ["6", "4"]


def test_the_joint_figure_puts_means_beside_findings(axes):
    rows = pd.DataFrame(
        {"variable": ["v"], "label": ["l"], "judged": ["agree"], "helps": [1], "hinders": [0], "neutral": [0]}
    )
    dots = pd.DataFrame({"variable": ["v", "v"], "value": [3.5, 4.0]})
    figures.plot_joint(rows, dots, axes=axes)
    assert axes[0].collections[0].get_offsets()[:, 0].tolist() == [3.5, 4.0]
    assert "agree" in [text.get_text() for text in axes[1].texts]


def test_a_timeline_adds_up_to_its_end(axes):
    rows = pd.DataFrame({"label": ["a", "b"], "delay_low": [4.0, 8.0], "delay_high": [4.0, 13.0]})
    figures.plot_timeline(rows, end=26, ax=axes[0])
    bars = np.reshape(widths(axes[0]), (3, 2))
    assert bars.sum(axis=0).tolist() == [26, 26]
    assert bars[:, 1].tolist() == [8, 5, 13]


def plain(value, spec):
    """Numbers as `language.format_number` would give them, in English."""
    return (
        f"{value:.{spec[-1]}%}" if spec.startswith("percent") else f"{value:.{spec[-1].replace('t', '0')}f}"
    )


def test_regions_are_drawn_only_where_something_fits(axes):
    grid = pd.DataFrame({"reach_per_week": [0.01, 0.1] * 2, "uptake": [0.1, 0.1, 0.5, 0.5]})
    fits = grid.assign(target="realised", reproduces=[False, True, True, False])
    none = grid.assign(target="expected", reproduces=False)
    panels = [pd.concat([fits, none]).assign(workforce_persons=size) for size in (100, 3000)]
    names, words = (
        {"realised": "actual", "expected": "double"},
        {"x": "reach", "y": "uptake", "unit": "workers"},
    )
    figures.plot_regions(pd.concat(panels), axes=axes, names=names, format=plain, **words)
    assert [len(ax.collections) for ax in axes] == [1, 1] and axes[0].get_xscale() == "log"
    assert axes[0].xaxis.get_major_formatter()(0.001, 0) == "0.1%"
    assert axes[0].yaxis.get_major_formatter()(0.4, 0) == "40%"
    assert [ax.get_title() for ax in axes] == ["100 workers", "3000 workers"]
    (legend,) = axes[0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["actual", "double"]


def test_power_has_a_line_per_number_of_candidates_and_a_dot_per_check(axes):
    curves = pd.DataFrame(
        {"candidates": [20, 20, 50, 50], "change_sd": [0.1, 0.9] * 2, "power": [0.1, 0.5, 0.2, 0.9]}
    )
    studies = pd.DataFrame({"change_sd": [0.4], "power": [0.6], "simulation_error": [0.05]})
    words = {"x": "change", "y": "power", "legend": "candidates"}
    figures.plot_change_power(curves, studies, wanted=0.8, ax=axes[0], format=plain, **words)
    lines = [line.get_ydata() for line in axes[0].get_lines()]
    assert [list(line) for line in lines if len(line) == 2][:2] == [[0.1, 0.5], [0.2, 0.9]]
    (bar,) = axes[0].collections[0].get_segments()
    assert bar[:, 1].tolist() == pytest.approx([0.5, 0.7])  # two standard errors
    assert [text.get_text().strip() for text in axes[0].texts] == ["20", "50"]
    assert axes[0].yaxis.get_major_formatter()(0.8, 0) == "80%"


def test_a_tornado_tells_assumptions_by_colour(axes):
    rows = pd.DataFrame(
        {
            "label": ["a", "b"],
            "basis": ["assumed", "published"],
            "outcome_low": [5.0, 9.0],
            "outcome_high": [2.0, 12.0],
            "outcome": 4.0,
            "total": [0.6, 0.2],
            "total_margin": 0.1,
        }
    )
    figures.plot_tornado(rows, axes=axes, x=("helped", "share"), format=plain)
    assert widths(axes[0])[:2] == [3, 3] and axes[0].patches[0].get_x() == 2
    colours = [plt.matplotlib.colors.to_hex(bar.get_facecolor()) for bar in axes[1].patches[:2]]
    assert colours == [figures.ACCENT, figures.SOFT]
    assert [ax.get_xlabel() for ax in axes] == ["helped", "share"]
    assert [ax.xaxis.get_major_formatter()(0.5, 0) for ax in axes] == ["0", "50%"]


def test_a_matrix_shows_its_numbers_and_the_darkest_is_the_most(axes):
    frame = pd.DataFrame([[0, 4], [2, 1]], index=["a", "b"], columns=["x", "y"])
    figures.plot_matrix(frame, ax=axes[0], format=lambda n: f"{n:.0f}" if n else "–", most=4)
    assert [text.get_text() for text in axes[0].texts] == ["–", "4", "2", "1"]
    assert axes[0].collections[0].get_clim() == (0, 4)


def test_steps_are_bars_with_their_number(axes):
    frame = pd.DataFrame({"label": ["a", "b"], "n_after": [1200, 3]})
    ax = axes[0]
    assert figures.plot_steps(frame, ax=ax, format=lambda n: f"<{n}>") is ax
    assert [bar.get_width() for bar in ax.patches] == [1200, 3]
    assert [text.get_text().strip() for text in ax.texts] == ["<1200>", "<3>"]


def test_intervals_are_drawn_at_their_values(axes):
    frame = pd.DataFrame({"label": ["a", "b"], "low": [0.1, 0.2], "high": [0.3, 0.6], "mid": [0.2, 0.4]})
    ax = axes[0]
    assert figures.plot_intervals(frame, ax=ax, low="low", high="high", point="mid", values=["x", "y"]) is ax
    assert [text.get_text() for text in ax.texts] == ["x", "y"]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["a", "b"]
    segments = ax.collections[0].get_segments()
    assert [(s[0][0], s[1][0]) for s in segments] == [(0.1, 0.3), (0.2, 0.6)]


def test_labels_break_at_words():
    assert figures.text_width(["een lang label dat breekt", "kort"], 12) == [
        "een lang\nlabel dat\nbreekt",
        "kort",
    ]


def test_nine_tenths_of_twins_lie_on_the_bar_of_their_row(axes):
    rows = pd.DataFrame({"item": ["a", "b"], "label": ["A", "B"], "low": [0.1, 0.2], "high": [0.3, 0.6]})
    moved = pd.DataFrame({"item": ["b"] * 21 + ["a", "c"], "value": [*np.linspace(0.3, 0.5, 21), 0.2, 0.9]})
    ax = axes[0]
    assert figures.plot_spread(rows, moved, ax=ax, low="low", high="high") is ax
    ends = [part[:, 0].tolist() for part in ax.collections[-1].get_segments()]
    assert ends == [[0.2, 0.2], pytest.approx([0.31, 0.49])]


@pytest.mark.parametrize(("signed", "ends"), [(False, (0, 1)), (True, (-1, 1))])
def test_a_matrix_prints_its_numbers_between_fixed_ends(signed, ends, axes):
    frame = pd.DataFrame([[0.5, 1.0]], index=["r"], columns=["x", "y"])
    ax = axes[0]
    assert figures.plot_matrix(frame, ax=ax, format=lambda v: f"{v:.1f}", signed=signed) is ax
    assert [text.get_text() for text in ax.texts] == ["0.5", "1.0"]
    assert ax.collections[0].get_clim() == ends
