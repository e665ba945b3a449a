"""An executed notebook is readable where styles are stripped, as on GitHub: nothing hangs on style."""

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters.html import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output

from loopbaanchecks.report import report as module
from loopbaanchecks.report.report import EVIDENCE, Report
from loopbaanchecks.report.tables import FIRST, FLAG, LONG
from loopbaanchecks.study import read_vocabulary


def without_styles(node) -> BeautifulSoup:
    """The notebook as HTML, without its styles, classes and scripts."""
    html, _ = HTMLExporter(template_name="basic").from_notebook_node(node)
    page = BeautifulSoup(html, "html.parser")
    for tag in page.find_all(["style", "script"]):
        tag.decompose()
    for tag in page.find_all(True):
        tag.attrs = {name: value for name, value in tag.attrs.items() if name not in ("style", "class")}
    return page


@pytest.fixture(params=["nl", "en"])
def notebook(request, monkeypatch, tmp_path):
    """A notebook that shows a sentence per mark, a table that stands out and folds, and a figure."""
    seen = []
    monkeypatch.setattr(module, "display", seen.append)
    report = Report(request.param, name="x", output_dir=tmp_path)
    for mark in EVIDENCE:
        report.say(mark, mark, nl="Zin over {n}.", en="Sentence on {n}.", n=97)
    labels = [f"rij {i}" for i in range(LONG + 10)]
    frame = pd.DataFrame({"label_nl": labels, "label_en": labels, "n": range(len(labels))})
    flag = frame["n"].isin([3, 30])
    report.table("rows", frame, "reading", nl="Tabel.", en="Table.", columns=["label", "n"], flag=flag)
    figure, _ = plt.subplots()
    alt = {"alt_nl": "Een leeg vlak.", "alt_en": "An empty square."}
    report.figure("empty", figure, "published", nl="Figuur.", en="Figure.", **alt)
    outputs = [new_output("display_data", data={"text/html": output.data}) for output in seen]
    return request.param, new_notebook(cells=[new_code_cell("x", outputs=outputs)])


def test_marks_stay_apart_from_the_sentence(notebook):
    language, node = notebook
    page, words = without_styles(node), read_vocabulary()[language]
    said = [p.get_text() for p in page.find_all("p")]
    lead = {"nl": "Zin over 97.", "en": "Sentence on 97."}[language]
    assert said[: len(EVIDENCE)] == [f"{lead} [{words[mark]}]" for mark in EVIDENCE]
    assert page.caption.get_text().endswith(f". [{words['reading']}]")
    assert page.figcaption.get_text().endswith(f". [{words['published']}]")
    assert page.img["alt"] and page.img["src"].startswith("data:image/")


def test_rows_that_stand_out_keep_their_sign(notebook):
    page = without_styles(notebook[1])
    signed = [row.get_text() for row in page.find_all("th", scope="row") if row.get_text().startswith(FLAG)]
    assert signed == [f"{FLAG} rij 3", f"{FLAG} rij 30"]
    assert not page.details.find(string=lambda text: FLAG in text)


def test_a_folded_table_keeps_the_line_that_opens_it(notebook):
    language, node = notebook
    page = without_styles(node)
    hidden = LONG + 10 - FIRST - 1  # the other row that stands out is in sight
    assert (
        page.details.summary.get_text()
        == {"nl": f"toon {hidden} meer", "en": f"show {hidden} more"}[language]
    )
    assert len(page.details.tbody.find_all("tr")) == hidden
    assert not page.details.has_attr("open")


def test_the_style_that_hides_a_language_leaves_no_text(notebook):
    assert ".jp-" not in without_styles(notebook[1]).get_text()


@pytest.mark.parametrize("name", ["01_quant", "02_qual", "03_tno_pilots"])
def test_every_executed_notebook_is_readable_without_styles(name, reproduced):
    node = nbformat.read(reproduced / name / "notebook.ipynb", as_version=4)
    outputs = [
        o.data["text/html"]
        for c in node.cells
        for o in c.get("outputs", [])
        if "text/html" in o.get("data", {})
    ]
    styled, bare = BeautifulSoup("".join(outputs), "html.parser"), without_styles(node)
    marks = [span.get_text() for span in styled.find_all("span", class_="evidence")]
    words = read_vocabulary()["nl"]
    assert marks and set(marks) <= {f"[{words[mark]}]" for mark in EVIDENCE}
    assert bare.get_text().count("[") >= len(marks)
    flagged = styled.find_all("tr", class_="flag")
    assert all(row.find("th", scope="row").get_text().startswith(FLAG) for row in flagged)
    assert len(bare.find_all(string=lambda text: text.startswith(FLAG))) == len(flagged)
    assert len(bare.find_all("details")) == len(styled.find_all("details")) == len(bare.find_all("summary"))
    assert all(image["alt"] for image in bare.find_all("img"))
