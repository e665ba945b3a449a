"""Tables and figures: two notations, an evidence mark on everything, files that repeat."""

import json
import time
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from loopbaanchecks.report import report as shown
from loopbaanchecks.report.figures import plot_intervals, plot_matrix, plot_spread, plot_steps, text_width
from loopbaanchecks.report.report import Report, format_number


@pytest.fixture
def screen(monkeypatch):
    """What a report displays, as a list."""
    seen = []
    monkeypatch.setattr(shown, "display", seen.append)
    return seen


def page(output):
    return BeautifulSoup(output.data, "html.parser")


ROWS = pd.DataFrame(
    {
        "label_nl": ["vacatures & regio", "netwerk"],
        "label_en": ["vacancies & region", "network"],
        "mean": ["4,02", "3,97"],
        "power": [0.0847, None],
        "tables": [1234, 0],
        "verdict": ["consistent", "contradicted"],
    }
)


@pytest.mark.parametrize(
    ("value", "spec", "nl", "en"),
    [
        (0.0847, "percent1", "8,5 %", "8.5 %"),
        (Fraction(18, 97), "percent0", "19 %", "19 %"),
        (1234567, "count", "1.234.567", "1,234,567"),
        (-3, "signed", "-3", "-3"),
        (np.int64(4), "decimal2", "4", "4"),
        (np.int64(1234), "number", "1.234", "1,234"),
        (0.145, "decimal2", "0,15", "0.15"),
        (0.1 + 0.045, "decimal2", "0,15", "0.15"),
        (-0.125, "percent0", "-13 %", "-13 %"),
        (1, "signed", "+1", "+1"),
        (5.88, "decimal2", "5,88", "5.88"),
        (-0.0, "decimal1", "0,0", "0.0"),
        (-0.004, "decimal2", "0,00", "0.00"),
        (None, "percent0", "", ""),
        (float("nan"), "decimal2", "", ""),
        ("4,10", "decimal2", "4,10", "4.10"),
        ("4,10", "printed", "4,10", "4.10"),
        ("4,10", "text", "4,10", "4,10"),
    ],
)
def test_numbers_follow_the_language(value, spec, nl, en):
    assert format_number(value, spec, "nl") == nl
    assert format_number(value, spec, "en") == en


def test_a_table_has_caption_badge_scope_and_one_language(screen, tmp_path):
    report = Report("nl", name="x", output_dir=tmp_path)
    columns = ["label", "mean", "power", "verdict"]
    flag = ROWS["verdict"] == "contradicted"
    report.table("verdicts", ROWS, evidence="implied", columns=columns, flag=flag, n=97)
    table = page(screen[0])
    assert "97" in table.caption.text
    assert table.caption.find("span", class_="evidence-implied").text == "volgt uit publicatie"
    assert [th["scope"] for th in table.thead.find_all("th")] == ["col"] * 4
    assert [th.text for th in table.tbody.find_all("th", scope="row")] == ["vacatures & regio", "netwerk"]
    assert "vacancies" not in table.text
    assert len(table.find_all("tr", class_="flag")) == 1
    assert [cell.text for cell in table.tr.find_next("tr").find_all("td", class_="number")] == [
        "4,02",
        "8,5 %",
    ]


def test_everything_that_is_written_carries_its_mark_and_repeats(screen, tmp_path):
    written = []
    for folder, language in (("one", "nl"), ("two", "nl"), ("three", "en")):
        time.sleep(1.1 if folder == "two" else 0)  # workbooks tell time in seconds
        report = Report(language, name="x", output_dir=tmp_path / folder)
        report.table("verdicts", ROWS, evidence="implied", n=97)
        figure, ax = plt.subplots()
        plot_steps(pd.DataFrame({"label": ["a", "b"], "n_after": [2, 1]}), ax=ax, format=str)
        report.figure("response", figure, evidence="published", counts="2, 1")
        report.number("share", Fraction(1, 4), evidence="implied")
        written.append({p.relative_to(tmp_path / folder): p for p in report.write().rglob("*.*")})
    first, second, english = written
    assert {p.name for p in first.values()} == {
        "verdicts.csv", "response.nl.svg", "response.nl.png", "headlines.nl.json", "numbers.json",
        "tables.xlsx",
    }  # fmt: skip
    for name, path in first.items():
        assert path.read_bytes() == second[name].read_bytes(), name
        if path.suffix == ".csv" or path.name == "numbers.json":
            assert path.read_bytes() == english[name].read_bytes(), name
    table = pd.read_csv(next(p for p in first.values() if p.suffix == ".csv"))
    assert set(table["evidence"]) == {"implied"}
    assert {"label_nl", "label_en"} <= set(table)
    numbers = json.loads(next(p for p in first.values() if p.name == "numbers.json").read_text())
    assert numbers == {"share": {"value": 0.25, "evidence": "implied"}}


def test_a_figure_says_its_mark_inside_the_picture_and_beside_it(screen, tmp_path):
    report = Report("nl", name="x", output_dir=tmp_path)
    figure, ax = plt.subplots()
    ax.plot([1, 2])
    report.figure("response", figure, evidence="simulated", counts="1, 2")
    assert any("gesimuleerd" in text.get_text() for text in figure.texts)
    shown_figure = page(screen[0])
    assert "1, 2" in shown_figure.img["alt"]
    assert shown_figure.figcaption.find(class_="evidence-simulated")
    assert shown_figure.img["src"].startswith("data:image/svg+xml;base64,")
    assert not plt.get_fignums()


def test_the_workbook_explains_its_columns_and_marks(screen, tmp_path):
    report = Report("nl", name="x", output_dir=tmp_path)
    report.table("verdicts", ROWS, evidence="implied", n=97)
    book = openpyxl.load_workbook(report.write() / "tables.xlsx")
    assert book.sheetnames == ["toelichting", "verdicts"]
    explained = {row[1].value for row in book["toelichting"].iter_rows(min_row=2)}
    assert {"power", "evidence", "label_nl", "implied", "verdicts"} <= explained


def test_intervals_are_drawn_at_their_values():
    frame = pd.DataFrame({"label": ["a", "b"], "low": [0.1, 0.2], "high": [0.3, 0.6], "mid": [0.2, 0.4]})
    _, ax = plt.subplots()
    assert plot_intervals(frame, ax=ax, low="low", high="high", point="mid", flag=[False, True]) is ax
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["a", "b"]
    segments = ax.collections[0].get_segments()
    assert [(s[0][0], s[1][0]) for s in segments] == [(0.1, 0.3), (0.2, 0.6)]
    plt.close("all")


def test_labels_break_at_words():
    assert text_width(["een lang label dat breekt", "kort"], 12) == ["een lang\nlabel dat\nbreekt", "kort"]


def test_what_is_unknown_is_refused(screen, tmp_path):
    with pytest.raises(ValueError, match="language: expected one of nl, en; found 'fr'"):
        Report("fr", name="x")
    report = Report("nl", name="x", output_dir=tmp_path)
    with pytest.raises(ValueError, match="evidence: expected one of published"):
        report.number("x", 1, evidence="certain")
    with pytest.raises(ValueError, match="evidence: expected one of published"):
        report.table("verdicts", ROWS, evidence="", n=1)
    with pytest.raises(ValueError, match="word: expected a key of vocabulary.csv; found 'caption.nothing'"):
        report.table("nothing", ROWS, evidence="implied")
    assert not screen


def test_dots_of_twins_lie_on_the_bar_of_their_row():
    rows = pd.DataFrame({"item": ["a", "b"], "label": ["A", "B"], "low": [0.1, 0.2], "high": [0.3, 0.6]})
    moved = pd.DataFrame({"item": ["b", "a", "c"], "value": [0.5, 0.2, 0.9]})
    _, ax = plt.subplots()
    assert plot_spread(rows, moved, ax=ax, low="low", high="high") is ax
    dots = ax.collections[-1].get_offsets()
    assert dots[:, 0].tolist() == [0.5, 0.2]
    assert dots[:, 1].round().tolist() == [1, 0]
    plt.close("all")


@pytest.mark.parametrize(("signed", "ends"), [(False, (0, 1)), (True, (-1, 1))])
def test_a_matrix_prints_its_numbers_between_fixed_ends(signed, ends):
    frame = pd.DataFrame([[0.5, 1.0]], index=["r"], columns=["x", "y"])
    _, ax = plt.subplots()
    assert plot_matrix(frame, ax=ax, format=lambda v: f"{v:.1f}", signed=signed) is ax
    assert [text.get_text() for text in ax.texts] == ["0.5", "1.0"]
    assert ax.collections[0].get_clim() == ends
    plt.close("all")


def test_only_the_first_rows_are_shown_and_all_are_kept(screen, tmp_path):
    report = Report("en", name="x", output_dir=tmp_path)
    report.table("verdicts", ROWS, evidence="implied", columns=["label"], flag=[False, True], first=1, n=97)
    assert len(page(screen[0]).tbody.find_all("tr")) == 1
    assert len(report.tables["verdicts"]) == 2


def test_a_column_that_means_something_else_here_is_explained_so_in_the_workbook(screen, tmp_path):
    report = Report("en", name="x", output_dir=tmp_path)
    frame = pd.DataFrame({"variable": ["attitude", "skills"], "groups": ["employee;employer", ""]})
    choices = {"headings": {"variable": ("onderwerp", "topic")}, "formats": {"variable": "word"}}
    report.table("cells", frame, "reading", nl="vakken", en="cells", **choices)
    table = page(screen[-1]).table
    assert table.thead.th.text == "topic"
    assert [cell.text for cell in table.tbody.tr.find_all(["th", "td"])] == ["attitude", "employee, employer"]
    report.write()
    explained = pd.read_excel(tmp_path / "tables.xlsx", sheet_name="explanation").set_index("name")["meaning"]
    assert explained["variable"] == "variable" and explained["cells: variable"] == "topic"
