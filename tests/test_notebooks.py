"""The notebooks with other inputs than their own: marks switch, parameters change what they should."""

import json

import pandas as pd
import pyreadstat
import pytest

from loopbaanchecks import runs, twin
from loopbaanchecks.study import Study


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """01_quant on a file that passes for a real one: a twin saved without its label."""
    folder = tmp_path_factory.mktemp("real")
    study = Study()
    answers = twin.open_survey("", study, seed=5).responses
    answers.loc[answers.index[answers["part_intake"].notna()][:2], "part_intake"] = 1
    pyreadstat.write_sav(answers, folder / "survey.sav")
    given = {"survey_file": str(folder / "survey.sav"), "twins": 10, "spread_table": 7, "language": "en"}
    return runs.run_notebook("01_quant", given, run="real", progress=False, results=folder)


def table(folder, name):
    return pd.read_csv(folder / "tables" / f"{name}.csv")


def test_answers_from_a_file_are_marked_observed_everywhere(real):
    for name in ("tables_again", "shares_again", "group_means_again", "alpha", "item_total", "relations"):
        assert set(table(real, name)["evidence"]) == {"observed"}, name
    assert set(table(real, "verdicts")["evidence"]) == {"implied"}
    assert set(table(real, "spread")["evidence"]) == {"simulated"}
    assert "evidence-observed" in (real / "report.en.html").read_text(encoding="utf8")


def test_the_published_column_becomes_a_check_of_the_publication(real):
    again = table(real, "tables_again").set_index("item")
    assert again.loc["part_intake", "verdict"] == "contradicted"
    assert (again.drop(index="part_intake")["verdict"] == "reproduced").all()


def test_relations_are_given_with_intervals_and_correction(real):
    related = table(real, "relations")
    assert len(related) == 15 * 10
    assert (related["p_holm"] >= related["p"]).all()
    assert related["coefficient"].between(related["coefficient_low"], related["coefficient_high"]).all()
    assert len(table(real, "alpha")) == 10


def test_the_chosen_table_is_shown_and_no_folder_is_named(real):
    assert set(table(real, "spread")["table"]) == {7}
    record = json.loads((real / "run.json").read_text(encoding="utf8"))
    assert record["files"]["survey_file"]["name"] == "survey.sav"
    assert str(real.parent.parent) not in (real / "notebook.ipynb").read_text(encoding="utf8")


def test_no_answer_of_a_respondent_is_in_the_results(real):
    for path in (real / "tables").glob("*.csv"):
        assert len(pd.read_csv(path)) < 254, path.name
