"""A figure as it is published: two widths, text as text, one left edge, nothing cut off."""

import re
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns

from loopbaanchecks.report import figures
from loopbaanchecks.report.drawing import NARROW, THEME, WIDTH, published
from loopbaanchecks.report.svg import compact

SPACE = "{http://www.w3.org/2000/svg}"
NAMES = ["een korte naam", "een naam die veel langer is dan de kolom van namen breed is", "derde"]
KINDS = ["intervals", "steps", "matrix", "two panels", "numbers"]


@pytest.fixture(autouse=True)
def theme():
    with plt.rc_context():
        sns.set_theme(style="whitegrid", rc=THEME)
        yield
    plt.close("all")


def figure_of(kind):
    rows = pd.DataFrame(
        {"label": NAMES, "low": [0.1, 0.2, 0.3], "high": [0.4, 0.6, 1.0], "n_after": [30, 20, 10]}
    )
    figure, axes = plt.subplots(
        1, 2 if kind in {"two panels", "numbers"} else 1, squeeze=False, sharey=kind == "two panels"
    )
    first, last = axes[0][0], axes[0][-1]
    if kind in {"intervals", "two panels"}:
        figures.plot_intervals(
            rows, ax=first, low="low", high="high", values=["10–40 %", "20–60 %", "30–100 %"]
        )
        first.set(xlim=(0, 1), xlabel="aandeel dat 4 of 5 antwoordt")
    if kind == "two panels":
        last.scatter([1, 2, 3], range(3))
    if kind == "steps":
        figures.plot_steps(rows, ax=first, format=str)
    if kind == "matrix":
        shares = pd.DataFrame(np.eye(3), index=NAMES, columns=["werknemer", "werkgever", "professional"])
        figures.plot_matrix(shares, ax=first, format=lambda share: f"{share:.0%}")
    if kind == "numbers":
        for ax in axes[0]:
            ax.plot([0, 1], [0, 1000])
            ax.set(xlabel="een lange naam van een as die niet op een regel past", ylabel="aantal")
    return figure


def parts(svg):
    root = ElementTree.fromstring(svg)
    return root, [float(number) for number in root.get("viewBox").split()]


@pytest.mark.parametrize("kind", KINDS)
def test_both_drawings_have_their_width_and_their_words_as_text(kind):
    drawing = published(figure_of(kind), name="x", title="Wat er te zien is", mark="herkomst: x")
    for svg, width in ((drawing.wide, WIDTH), (drawing.narrow, NARROW)):
        root, (_, _, across, _) = parts(svg)
        assert across == pytest.approx(width * 72, abs=0.2)
        words = " ".join(text.text for text in root.iter(f"{SPACE}text"))
        assert "herkomst: x" in words
        if kind != "numbers":
            assert "derde" in words and "langer is dan" in words
        sizes = {float(text.get("font-size")) for text in root.iter(f"{SPACE}text")}
        assert min(sizes) >= 8  # points: 10.7 pixels
    assert drawing.png.startswith(b"\x89PNG")


@pytest.mark.parametrize("kind", KINDS)
def test_no_word_leaves_a_drawing_in_a_wide_font(kind):
    """A letter of 0.58 em is as wide as than that of any font in the list, on average."""
    drawing = published(figure_of(kind), name="x", title="", mark="herkomst: x")
    for svg in drawing[:2]:
        root, (_, _, across, down) = parts(svg)
        for text in root.iter(f"{SPACE}text"):
            place = re.search(r"translate\(([\d.-]+) ([\d.-]+)\)", text.get("transform", ""))
            x, y = (
                float(place[k]) if place else float(text.get(name, 0)) for k, name in ((1, "x"), (2, "y"))
            )
            wide = 0.58 * float(text.get("font-size")) * len(text.text)
            start = {"middle": x - wide / 2, "end": x - wide}.get(text.get("text-anchor"), x)
            if "rotate(-90" not in text.get("transform", ""):
                assert start >= -6 and start + wide <= across + 6, text.text
            assert 0 <= y <= down + 1, text.text


def test_names_of_rows_begin_at_one_left_edge_and_stand_above_their_rows_on_a_phone():
    drawing = published(figure_of("intervals"), name="x", title="", mark="")
    for svg in drawing[:2]:
        root, _ = parts(svg)
        names = [text for text in root.iter(f"{SPACE}text") if text.text in {"een korte naam", "derde"}]
        places = [text.get("transform", "") or text.get("x", "0") for text in names]
        assert len(names) == 2 and all(re.match(r"(translate\()?0\b", place) for place in places), places


def test_ids_begin_with_the_name_and_are_the_same_at_every_run():
    figure = figure_of("numbers")
    figure.axes[0].set_xlim(0, 0.5)  # the line is clipped
    svg = published(figure, name="shares", title="", mark="").wide
    ids = re.findall(rb'id="([^"]+)"', svg)
    assert ids and all(name.startswith(b"shares-") for name in ids)
    again = figure_of("numbers")
    again.axes[0].set_xlim(0, 0.5)
    assert published(again, name="shares", title="", mark="").wide == svg


def test_a_drawing_is_shapes_and_text_with_plain_attributes():
    root, _ = parts(published(figure_of("two panels"), name="x", title="Titel", mark="").wide)
    tags = {node.tag.removeprefix(SPACE) for node in root.iter()}
    assert tags <= {"svg", "title", "g", "path", "circle", "text", "tspan", "clipPath", "rect"}
    assert not [
        node for node in root.iter() if node.get("style") or any("href" in key for key in node.attrib)
    ]
    assert root.find(f"{SPACE}title").text == "Titel"
    assert len(list(root.iter(f"{SPACE}circle"))) == 3


def test_an_svg_is_rounded_to_a_tenth_of_a_point():
    svg = (
        f'<svg xmlns="{SPACE[1:-1]}" width="72pt" height="36pt" viewBox="0 0 72 36"><g id="a">'
        '<path id="b" d="M 1.2345 2 L 3.0001 -0.04 z" '
        'style="fill: none; stroke: #0072b2; stroke-linejoin: round"/>'
        "</g></svg>"
    )
    small = compact(svg.encode(), "x", "t").decode()
    assert '<path d="M1.2 2L3 0z" fill="none" stroke="#0072b2" />' in small
    assert 'width="96"' in small and "<g" not in small
