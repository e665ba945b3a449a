"""The notebooks with other inputs than their own: marks switch, parameters change what they should."""

import json
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pyreadstat
import pytest

import codedtexts
from loopbaanchecks import pilots
from loopbaanchecks.paths import ROOT
from loopbaanchecks.pilots import candidates
from loopbaanchecks.project import PROJECT
from loopbaanchecks.study import Study, read_resource
from loopbaanchecks.twins import cohort as cohorttwin
from loopbaanchecks.twins.interviews import simulated_interviews
from loopbaanchecks.twins.survey import read_twin
from strictruns import run_notebook


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """01_quant on a file that passes for a real one: a twin saved without its label."""
    folder = tmp_path_factory.mktemp("real")
    study = Study()
    answers = read_twin(study, seed=5).responses
    answers.loc[answers.index[answers["part_intake"].notna()][:2], "part_intake"] = 1
    pyreadstat.write_sav(answers, folder / "survey.sav")
    given = {"survey_file": str(folder / "survey.sav"), "twins": 10, "language": "en"}
    return run_notebook(
        "01_quant", given, run="real", progress=False, project=replace(PROJECT, results=folder)
    )


def table(folder, name):
    return pd.read_csv(folder / "tables" / f"{name}.csv")


def test_answers_from_a_file_are_marked_observed_everywhere(real):
    for name in ("tables_again", "shares_again", "group_means_again", "alpha", "item_total", "relations"):
        assert set(table(real, name)["evidence"]) == {"observed"}, name
    verdicts = table(real, "verdicts")
    assert set(verdicts["evidence"]) == {"implied"}
    assert not (real / "tables" / "spread.csv").exists()  # imitated answers, beside real ones
    assert "evidence-observed" in (real / "report.en.html").read_text(encoding="utf8")


def test_the_published_column_becomes_a_check_of_the_publication(real):
    again = table(real, "tables_again").set_index("item")
    assert again.loc["part_intake", "verdict"] == "contradicted"
    assert (again.drop(index="part_intake")["verdict"] == "reproduced").all()


def test_relations_are_given_with_intervals_and_correction(real):
    related = table(real, "relations")
    assert len(related) == 15 * 10
    assert (related["p_holm"] >= related["p"]).all()
    assert related["estimate"].between(related["ci_low"], related["ci_high"]).all()
    assert len(table(real, "alpha")) == 10


def test_page_and_ledger_give_a_row_one_verdict(reproduced):
    """Whatever the file says of zeros that print dropped: the verdict is on the numbers as they stand."""
    rows, ledger = (table(reproduced / "01_quant", name).fillna("") for name in ("verdicts", "ledger"))
    said = ledger.set_index("id")["verdict"]
    names = "table" + rows["table"].astype(str) + "." + rows["item"]
    assert rows["verdict"].tolist() == said[names].tolist()
    assert said["table7.goal_values"] == said["table10.source_free"] == "not_checkable"


def test_the_results_of_a_file_begin_with_its_own_numbers(real):
    (headline,) = [
        one
        for one in json.loads((real / "headlines.en.json").read_text(encoding="utf8"))
        if one["name"] == "own_results"
    ]
    again = table(real, "tables_again")
    scales = again[again["table"] == 8].sort_values("mean_again")
    assert headline["evidence"] == "observed"
    for row in (scales.iloc[0], scales.iloc[-1]):
        name = row["label_en"].removeprefix("effects: ")
        assert f"{name} (" in headline["text"] and f"{row['mean_again']:.2f}" in headline["text"]


def test_no_folder_is_named(real):
    record = json.loads((real / "run.json").read_text(encoding="utf8"))
    assert record["files"]["survey_file"]["name"] == f"{record['files']['survey_file']['sha256'][:12]}.sav"
    assert str(real.parent.parent) not in (real / "notebook.ipynb").read_text(encoding="utf8")


def test_no_answer_of_a_respondent_is_in_the_results(real):
    for path in (real / "tables").glob("*.csv"):
        kept = pd.read_csv(path)
        assert len(kept) < 254 or (path.name == "ledger.csv" and kept["id"].is_unique), path.name


@pytest.mark.thorough
def test_a_weighted_file_with_some_of_the_questions_runs_through(tmp_path):
    """What is absent is listed, the rest is computed, and weighted means stand beside unweighted ones."""
    given = {"survey_file": str(ROOT / "tests/fixtures/survey_brought/weighted.sav"), "minimum_cell": 1}
    given |= {"twins": 10, "language": "en", "exclude": "previews, unfinished"}
    run = run_notebook(
        "01_quant", given, run="weighted", progress=False, project=replace(PROJECT, results=tmp_path)
    )
    again = table(run, "tables_again").set_index("item")
    assert again.loc[["part_intake", "goal_values"], "mean_again"].tolist() == pytest.approx(
        [4.33, 3.92], abs=0.01
    )
    assert again.loc["part_plan", "verdict"] == "not_checkable"
    weighted = table(run, "weighted_rows").set_index("item")
    assert weighted.loc["part_guidance", ["mean_unweighted", "mean_weighted"]].tolist() == [3.58, 4.03]
    assert table(run, "who_counts")["n_after"].tolist() == [12] * 5
    numbers = json.loads((run / "numbers.json").read_text(encoding="utf8"))
    assert numbers["not_asked.absent"] == {"value": 67, "evidence": "observed"}


# --- coded interviews ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def coded(tmp_path_factory):
    """02_qual on a REFI-QDA project that passes for a real one, with groups in a file beside it."""
    folder = tmp_path_factory.mktemp("coded")
    study = Study()
    wishes = {"coders": ["A", "B"], "both": 12, "repeated": 0.7, "filler": "(niemand zei dit) "}
    sizes = {"employee": 9, "employer": 9, "professional": 10}
    segments, codes, sources = simulated_interviews(
        study.findings, sizes, **wishes, rng=np.random.default_rng(3)
    )
    sources[["source", "group"]].to_csv(folder / "groups.csv", index=False)
    segments = segments.assign(code_id=segments["code"])
    sources = sources.drop(columns="group").assign(offsets="", length=sources["text"].str.len())
    losses = pd.DataFrame(columns=["kind", "n", "where"])
    interviews = codedtexts.Interviews(segments, codes, sources, losses)
    codedtexts.write_refi(interviews, folder / "coded.qdpx")
    given = {"interviews_file": str(folder / "coded.qdpx"), "groups_file": str(folder / "groups.csv")}
    given |= {"unit": "character", "resamples": 200, "minimum_cell": 4, "language": "en"}
    run = run_notebook(
        "02_qual", given, run="coded", progress=False, project=replace(PROJECT, results=folder)
    )
    return run, segments, sources.merge(pd.read_csv(folder / "groups.csv"), on="source")


def test_coded_interviews_from_a_file_are_marked_observed(coded):
    run, segments, _ = coded
    for name in ("code_counts", "agreement", "agreement_intervals", "together", "saturation"):
        assert set(table(run, name)["evidence"]) == {"observed"}, name
    for name in ("findings", "finding_cells", "phases", "joint", "lower_educated", "long_term", "voices"):
        assert set(table(run, name)["evidence"]) == {"reading"}, name
    assert json.loads((run / "numbers.json").read_text(encoding="utf8"))["segments"]["value"] == len(segments)


def test_a_file_leads_with_its_own_results_and_filler_heads_nothing(coded, reproduced):
    run, segments, sources = coded
    headlines = json.loads((run / "headlines.en.json").read_text(encoding="utf8"))
    marks = [(line["name"], line["evidence"]) for line in headlines]
    assert marks == [("coded", "observed"), ("agreement", "observed"), ("joint", "reading")]
    said = next(line["text"] for line in headlines if line["name"] == "coded")
    spans = segments.assign(top=segments["code"].map(Study().findings.set_index("id")["variable"]))
    spans = spans[["source", "start", "end", "top"]].drop_duplicates()
    assert f"{len(sources)} conversations with {len(segments)} segments" in said
    assert f"most segments is ‘{spans['top'].value_counts().idxmax()}’" in said
    filler = json.loads((reproduced / "02_qual" / "headlines.nl.json").read_text(encoding="utf8"))
    assert [line["name"] for line in filler] == ["joint"]


def test_agreement_in_the_notebook_is_that_of_the_library(coded):
    run, segments, sources = coded
    top = segments.assign(code=segments["code"].map(Study().findings.set_index("id")["variable"]))
    choices = {"unit": "character", "coders": ["A", "B"], "uncoded": "as_category"}
    rated = codedtexts.ratings_by_code(top, sources, **choices)
    shown = table(run, "agreement").set_index("label_en")
    for code in ("barriers", "behaviour"):
        weights = codedtexts.run_lengths(rated[code])
        alpha = codedtexts.krippendorff_alpha(
            rated[code], categories=[0, 1], level="nominal", weights=weights
        )
        assert shown.loc[code, "krippendorff_alpha"] == pytest.approx(alpha, abs=0.006)


def test_small_counts_of_interviews_are_left_out(coded):
    counts = table(coded[0], "code_counts")
    assert not counts["interviews"].between(1, 3).any()
    rest = counts["interviews_of"] - counts["interviews"]
    assert not rest.between(1, 3).any() and counts["interviews"].isna().any()
    assert not table(coded[0], "together")["interviews"].between(1, 3).any()


def test_no_transcript_is_in_the_results(coded):
    for path in coded[0].rglob("*"):
        if path.suffix in {".html", ".csv", ".json", ".ipynb"}:
            assert "niemand zei dit" not in path.read_text(encoding="utf8"), path.name


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "agreed"), [("qualcoder/project.qda", True), ("taguette/highlights.csv", False)]
)
def test_files_of_programs_run_through_the_notebook(name, agreed, tmp_path):
    """One small interview, from QualCoder (a folder) and from Taguette (no coders, no positions)."""
    given = {
        "interviews_file": str(ROOT / "tests/fixtures/interviews" / name),
        "resamples": 100,
        "orders": 20,
    }
    run = run_notebook(
        "02_qual",
        given | {"language": "nl", "publication": agreed},
        run="x",
        progress=False,
        project=replace(PROJECT, results=tmp_path),
    )
    page = (run / "report.nl.html").read_text(encoding="utf8")
    if agreed:  # nothing of QualCoder's is lost
        assert "Alles wat in het bestand staat, is overgenomen." in page
    else:
        lost = table(run, "losses")
        assert len(lost) and (lost["n"] >= 1).all() and set(lost["evidence"]) == {"observed"}
        assert lost["label_nl"].iloc[0] in page.replace("\N{SOFT HYPHEN}", "")
    assert (run / "tables" / "agreement.csv").is_file() is agreed
    assert str(ROOT) not in page
    assert "opvultekst waarin elke bevinding" not in page
    headlines = json.loads((run / "headlines.nl.json").read_text(encoding="utf8"))
    assert ("joint" in [line["name"] for line in headlines]) is agreed


@pytest.mark.thorough
def test_files_that_went_wrong_give_a_page_that_says_what_is_known(tmp_path):
    """A single root is skipped; pairs without positions are unknown; rare pairs are not counted."""
    wrong, pages, runs = ROOT / "tests/fixtures/interviews/gone_wrong", {}, {}
    for name in ("qualcoder_one_root.qda", "taguette_highlights_nested.csv", "rare_pair"):
        given = {"interviews_file": str(wrong / name), "resamples": 100, "orders": 20, "language": "nl"}
        given["code_level"] = "given" if name.endswith(".csv") else "top"
        project = replace(PROJECT, results=tmp_path / name)
        runs[name] = run_notebook("02_qual", given, run="x", progress=False, project=project)
        pages[name] = (runs[name] / "report.nl.html").read_text(encoding="utf8")
    assert set(table(runs["qualcoder_one_root.qda"], "code_counts")["label_nl"]) == {"loopbaan", "omgeving"}
    assert "onbekend of zij samengaan" in pages["taguette_highlights_nested.csv"]
    together = table(runs["rare_pair"], "together")
    assert not together[["interviews", "interviews_either"]].isin([1, 2]).any(axis=None)


# --- pilots ----------------------------------------------------------------------------------------

QUICK = {"simulations": 50, "samples": 64, "studies": 2, "language": "en"}


@pytest.fixture(scope="module")
def scenarios(tmp_path_factory):
    """Runs 03_tno_pilots by scenario, once each: its folder, and the candidates of the centre's own file."""
    folder = tmp_path_factory.mktemp("pilots")
    values = read_resource("tno_2007-parameters").set_index("name")["value"].astype(float)
    cohort = cohorttwin.simulated_candidates(
        values,
        read_resource("tno_2007-segments"),
        centres=["North", "South"],
        candidates_per_centre=25,
        start=date(2025, 1, 6),
        rng=np.random.default_rng(2),
    )
    candidates.write_candidates(cohort.measurements, folder / "own.csv")
    own = {"data_file": str(folder / "own.csv"), "minimum_cell": 4}
    wanted = {
        "planned": {"scenario": "planned"},
        "realised": {"scenario": "realised", "enrolment_reading": "total"},
        "extended": {"scenario": "extended"},
        "custom": {"scenario": "custom", "reach_per_week": 0.01, **own},
    }

    @cache
    def scenario(name):
        project = replace(PROJECT, results=folder)
        run = run_notebook("03_tno_pilots", QUICK | wanted[name], run=name, progress=False, project=project)
        return run, cohort.measurements

    return scenario


@pytest.mark.parametrize(
    ("name", "target", "parts"),
    [
        pytest.param("planned", "enrolled_expected", 4, marks=pytest.mark.thorough),
        pytest.param("realised", "enrolled_realised", 1, marks=pytest.mark.thorough),
        pytest.param("extended", "enrolled_expected", 7, marks=pytest.mark.thorough),
    ],
)
def test_the_simulated_enrolment_is_what_the_document_prints(scenarios, name, target, parts):
    printed = read_resource("tno_2007-targets").set_index("id").loc[target]
    flow = table(scenarios(name)[0], "flow").set_index("stage")
    enrolled = flow.loc["enrolled_persons", "persons"] / parts
    assert printed["low"] <= enrolled <= printed["high"]
    assert set(flow["evidence"]) == {"simulated"}


def test_arithmetic_on_our_reading_is_marked_so_and_the_model_simulated(reproduced):
    run = reproduced / "03_tno_pilots"
    for name in ("weeks", "segments", "capacity"):
        assert set(table(run, name)["evidence"]) == {"reading"}, name
    assert set(table(run, "targets")["evidence"]) == {"published"}
    for name in ("required", "detectable", "parameters", "own_segments", "own_change"):
        assert set(table(run, name)["evidence"]) == {"simulated"}, name


def test_a_quantity_of_the_pilots_is_one_number_wherever_it_stands(reproduced):
    """Sentences and figures keep theirs in numbers.json; tables have the same."""
    run = reproduced / "03_tno_pilots"
    kept = json.loads((run / "numbers.json").read_text(encoding="utf8"))
    said = {name: number["value"] for name, number in kept.items()}
    persons = table(run, "flow").set_index("stage")["persons"]
    for name in ("enrolled", "guided"):
        assert said[f"flow.{name}"] == persons[f"{name}_persons"], name
    assert said["flow.guided"] + said["flow.waiting"] == pytest.approx(said["flow.enrolled"])
    assert said["required.now"] == said["flow.guided"]
    reach = said["reach_needed.realised"]
    parameters = table(run, "parameters").set_index("name")
    assert parameters.loc["reach_per_week", "value"] == reach
    assert parameters.loc["reach_per_week", "used_en"] == f"{reach:.1%}"
    assert parameters["total"].max() == said["tornado.share"]
    assert table(run, "required").set_index("lever").loc["reach_per_week", "now"] == round(100 * reach, 1)
    weeks = table(run, "weeks")
    assert [said["timeline.least"], said["timeline.most"]] == [
        weeks["weeks_low"].min(),
        weeks["weeks_high"].max(),
    ]
    lost = [1 - weeks[f"weeks_{end}"].mean() / said["timeline.weeks"] for end in ("high", "low")]
    assert [said[f"weeks.{end}"] for end in ("low", "high")] == pytest.approx(lost)
    assert [said[f"share_of_weeks_lost_{end}"] for end in ("low", "high")] == pytest.approx(lost)
    hours = table(run, "capacity").set_index("case")
    assert all(
        said[f"capacity.each_{end}_{case}"] == row[f"each_{end}"]
        for case, row in hours.iterrows()
        for end in ("low", "high")
    )
    assert said["own_change.last"] == table(run, "own_change")["estimate"].iloc[-1]


def test_candidates_needed_are_the_fewest_that_show_a_change(reproduced):
    point = read_resource("tno_2007-parameters").set_index("name")["value"].astype(float)
    measured = {name: point[name] for name in ("alpha", "attrition", "correlation")}
    design = pilots.Measurements(waves=int(point["waves"]), **measured)
    shown = table(reproduced / "03_tno_pilots", "detectable")
    for change, n in shown[["change_sd", "candidates"]].to_numpy():
        power = [
            pilots.change_power(change, candidates=candidates, design=design) for candidates in (n - 1, n)
        ]
        assert power[0] < point["power"] <= power[1]
    words = shown.set_index("change_sd")
    assert set(words.loc[0.5, ["planned", "extended"]]) == {"enough"}
    assert words.loc[0.2, "one_centre"] == "short" and words.loc[0.5, "realised_total"] == "perhaps"


def test_a_centres_own_candidates_are_observed_with_small_counts_hidden(scenarios):
    run, frame = scenarios("custom")
    for name in ("own_segments", "own_steps", "own_attrition", "own_change"):
        assert set(table(run, name)["evidence"]) == {"observed"}, name
    counts = table(run, "own_segments")
    numbers = counts.select_dtypes("number")
    assert not ((numbers >= 1) & (numbers <= 3)).any(axis=None) and counts.isna().to_numpy().any()
    assert counts.loc[counts["label_en"] == "total", "total"].item() == frame["candidate"].nunique()
    steps = table(run, "own_steps")
    assert not steps["count"].between(1, 3).any()
    for path in run.rglob("*.csv"):
        assert not frame["candidate"].isin(path.read_text(encoding="utf8").split(",")).any(), path.name
