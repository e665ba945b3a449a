"""Three things to try: with controls in JupyterLab, once and plainly elsewhere, and never written."""

import sys
from types import SimpleNamespace

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from bs4 import BeautifulSoup

import behindprint
from loopbaanchecks import pilots
from loopbaanchecks.report import report as module
from loopbaanchecks.report import trying
from loopbaanchecks.report.report import Report
from loopbaanchecks.report.trying import try_code, try_pilot, try_row
from loopbaanchecks.study import read_resource

POINT = read_resource("tno_2007-parameters").set_index("name")["value"].astype(float).to_dict()
SEGMENTS = pd.DataFrame(
    {
        "source": ["g1", "g2", "g2"],
        "coder": ["A", "A", "B"],
        "text": ["dat helpt", "dat hindert", "dat ook <b>"],
        "code": ["steun", "tijd", "steun"],
    }
)


@pytest.fixture
def screen(monkeypatch):
    seen = []
    monkeypatch.setattr(module, "display", seen.append)
    return seen


@pytest.fixture(params=["nl", "en"])
def report(request, screen, tmp_path):
    made = Report(request.param, name="x", output_dir=tmp_path, names=True)
    screen.clear()
    yield made
    assert made.kept == module._Contents(), "nothing of it is kept"
    assert not plt.get_fignums()


def said_percent(report, share):
    return report.text(nl="{share:%1}", en="{share:%1}", share=share)


def kernel(**metadata):
    asked = SimpleNamespace(get_parent=lambda channel: {"metadata": metadata})
    return lambda: SimpleNamespace(kernel=asked)


@pytest.fixture
def live(monkeypatch, screen):
    """A kernel whose cell was run on a screen; what is shown there: controls, then what they show."""
    monkeypatch.setattr(trying, "get_ipython", kernel(cellId="c1"))
    shown = []
    monkeypatch.setattr(trying, "display", lambda *things: shown.extend(things))
    return shown


def texts(screen):
    return [BeautifulSoup(output.data, "html.parser") for output in screen]


def cells(table):
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.tbody.find_all("tr")]


# -- one printed row -----------------------------------------------------------------------------


def test_a_row_that_nothing_prints_has_a_verdict_a_power_and_repairs(report, screen):
    try_row(report)
    said, table = texts(screen)
    choices = {"options": range(1, 6), "ddof": 1, "rounding": "either"}
    outcome = behindprint.verdict("4,15", "0,72", 97, **choices)
    assert said.strong.get_text() == report.word("conditional") and outcome.word == "contradicted"
    assert report.text(nl="{x:%}", en="{x:%}", x=outcome.power) in said.get_text()
    assert said.find(class_="evidence-implied") and table.caption.find(class_="evidence-implied")
    repairs = behindprint.repairs("4,15", "0,72", 97, sizes=range(84, 111), **choices)
    assert [row[1:4] for row in cells(table)] == [
        [report.printed(row.mean), report.printed(row.sd), str(row.n)] for row in repairs.itertuples()
    ]


def test_a_possible_row_has_a_picture_of_the_whole_set(report, screen, monkeypatch):
    drawn = []
    draw = Report.intervals
    monkeypatch.setattr(
        Report,
        "intervals",
        lambda self, name, frame, *a, **k: (drawn.append(frame), draw(self, name, frame, *a, **k)),
    )
    try_row(report, " 4.15", "0.72 ", n=98)
    said, figure = texts(screen)
    assert said.strong.get_text() == report.word("possible")
    tables = behindprint.frequency_tables("4,15", "0,72", 98, options=range(1, 6), ddof=1, rounding="either")
    assert f"{len(tables)} " in said.get_text()
    assert drawn[0]["low"].tolist() == pytest.approx(tables.min(axis=0) / 98)
    assert drawn[0]["high"].tolist() == pytest.approx(tables.max(axis=0) / 98)
    assert figure.img["alt"] and figure.figcaption.find(class_="evidence-implied")


def test_a_row_that_is_no_row_is_refused(report, screen):
    with pytest.raises(ValueError, match="mean: expected"):
        try_row(report, mean="veel")
    assert not screen


# -- the pilot -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("scenario", "centres"), [("", 4), ("realised", 4), ("planned", 4), ("extended", 7)])
def test_the_pilot_is_the_flow_of_the_model(report, screen, scenario, centres):
    """The mean of imitated pilots: as the closed form, but that hours are left unused at the ends."""
    try_pilot(report, POINT, scenario, reach=0.01)
    (table,) = texts(screen)
    given = POINT | {"reach_per_week": 0.01}
    if scenario in ("planned", "extended"):
        given = {name: x for name, x in given.items() if not name.startswith("delay_weeks_")}
        given |= {f"delay_weeks_{i}": 0.0 for i in range(1, centres + 1)}
    total = pilots.expected_totals(given, pilots=1).iloc[0]
    shown = [int(row[1].replace(".", "").replace(",", "")) for row in cells(table)]
    assert shown[0] == 1000 * centres and len(shown) == 4 + len(pilots.STEPS)
    assert shown[1:3] == pytest.approx(total[["reached_persons", "enrolled_persons"]].tolist(), rel=0.02)
    assert 0.85 * total["guided_persons"] < shown[3] <= total["guided_persons"]
    assert shown[7] == pytest.approx(total["helped_persons"], rel=0.2)  # all four steps
    assert table.caption.find(class_="evidence-simulated")
    assert report.word(scenario or "realised") in table.caption.get_text()
    words = {"nl": {4: "vier", 7: "zeven"}, "en": {4: "four", 7: "seven"}}
    assert f" {words[report.language][centres]} " in table.caption.get_text()


def test_the_pilot_takes_the_reach_of_its_parameters_and_leaves_them_alone(report, screen):
    given = dict(POINT)
    try_pilot(report, given, "planned")
    assert said_percent(report, POINT["reach_per_week"]) in texts(screen)[0].caption.get_text()
    assert given == POINT


def test_an_unknown_scenario_or_reach_is_refused(report):
    with pytest.raises(ValueError, match="scenario: expected one of realised, planned, extended; found 'x'"):
        try_pilot(report, POINT, "x")
    with pytest.raises(ValueError, match="reach_per_week: expected from 0 to 1; found 2"):
        try_pilot(report, POINT, reach=2)


# -- quotations ----------------------------------------------------------------------------------


def test_quotations_are_not_shown_where_they_would_be_saved(report, screen):
    try_code(report, SEGMENTS)
    (said,) = texts(screen)
    assert "steun" in said.get_text() and said.find(class_="evidence-observed")
    assert not any(text in screen[0].data for text in SEGMENTS["text"])


def test_quotations_are_behind_controls_on_a_screen(report, screen, live):
    try_code(report, SEGMENTS, "tijd")
    (table,) = texts(screen)
    assert cells(table) == [["g2", "A", "dat hindert"]]
    assert table.caption.find(class_="evidence-observed")
    screen.clear()
    (code,) = live[0].children
    assert list(code.options) == ["steun", "tijd"]
    code.value = "steun"
    assert [row[2] for row in cells(texts(screen)[0])] == ["dat helpt", "dat ook <b>"]


@pytest.mark.parametrize(("segments", "code"), [(SEGMENTS, "niets"), (SEGMENTS.head(0), "")])
def test_a_code_that_no_segment_has_is_refused(report, segments, code):
    with pytest.raises(
        ValueError, match=f"code: expected one of the . codes of the segments; found '{code}'"
    ):
        try_code(report, segments, code)


# -- controls ------------------------------------------------------------------------------------


def test_a_control_shows_again_what_it_changes(report, screen, live):
    try_row(report)
    box, _ = live
    assert [control.value for control in box.children] == ["4,15", "0,72", 97, 1, 5]
    assert texts(screen)[0].strong.get_text() == report.word("conditional")
    screen.clear()
    box.children[2].value = 98
    assert texts(screen)[0].strong.get_text() == report.word("possible")
    live.clear()
    box.children[0].value = "<veel>"
    assert "mean: expected" in live[0].data and "&lt;veel&gt;" in live[0].data


def test_the_pilot_has_controls_for_scenario_and_reach(report, screen, live):
    try_pilot(report, POINT, reach=0.2)
    scenario, reach = live[0].children
    assert (scenario.value, reach.value) == ("realised", 0.2)
    screen.clear()
    scenario.value = "extended"
    reach.value = 0.05
    assert said_percent(report, 0.05) in texts(screen)[-1].caption.get_text() and len(screen) == 2


@pytest.mark.parametrize("shell", [lambda: None, lambda: SimpleNamespace(), kernel()])
def test_there_are_no_controls_where_nobody_is(report, screen, live, monkeypatch, shell):
    monkeypatch.setattr(trying, "get_ipython", shell)
    try_row(report)
    assert len(screen) == 2 and not live


def test_there_are_no_controls_without_ipywidgets(report, screen, live, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    try_row(report)
    try_pilot(report, POINT)
    try_code(report, SEGMENTS)
    assert len(screen) == 4 and not live
    assert not any(text in output.data for text in SEGMENTS["text"] for output in screen)
