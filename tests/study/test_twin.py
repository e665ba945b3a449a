"""A twin prints what the report prints, invents nothing else, and is the same for the same seed."""

import csv
import subprocess
from fractions import Fraction

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from scipy import stats

from behindprint import Reported, Subgroups, bounds, frequency_tables, subgroup_difference_bounds
from loopbaanchecks.answers import SIMULATED, evidence_of, open_survey
from loopbaanchecks.study import Study
from loopbaanchecks.twins import survey as twins
from loopbaanchecks.twins.survey import (
    draw_twin,
    read_twin,
    share_of_top_two,
    spread_of_groups,
    spread_of_items,
    write_twin,
)

SEEDS = range(20)
STUDY = Study()
DERIVED = ["client_education_group", "reached"]  # columns of the codebook that no question asked
SPECIAL = {(9, 1): 94, (10, 3): 96}


def drawn(seed, study=STUDY):
    return draw_twin(study, rng=np.random.default_rng(seed))


@pytest.fixture(scope="module")
def drawings():
    return [drawn(seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def one(drawings):
    return drawings[0]


def altered(**frames):
    """The study with some of its frames replaced."""
    study = Study()
    study.__dict__.update(frames)
    return study


def parts(row, study=STUDY):
    """Variables of which the row is the mean: an item by itself, or the items of a scale."""
    scale = study.scales.loc[study.scales["scale"] == row.item, "item"]
    return scale.tolist() or [row.item]


def as_printed(value, printed):
    return f"{value:.{Reported(printed).decimals}f}".replace(".", ",")


def check_exactly(totals, k, mean, sd):
    """Mean and sample SD of totals / k lie strictly inside what prints, so every rounding rule agrees."""
    n, s, q = len(totals), sum(totals), sum(t * t for t in totals)
    assert Reported(mean).low < Fraction(s, n * k) < Reported(mean).high
    variance = Fraction(n * q - s * s, n * (n - 1) * k * k)
    assert max(Reported(sd).low, Fraction(-1)) ** 2 < variance < Reported(sd).high ** 2


# --- what is printed ---------------------------------------------------------------------------


def test_every_row_prints_its_mean_and_sd_for_every_seed(drawings):
    assert len(STUDY.items) == 70
    for one in drawings:
        for row in STUDY.items.itertuples():
            score = one.responses[parts(row)].mean(axis=1, skipna=False)
            assert as_printed(score.mean(), row.mean) == row.mean, row.item
            assert as_printed(score.std(ddof=1), row.sd) == row.sd, row.item


def test_the_same_holds_in_exact_arithmetic_without_a_rounding_rule(drawings):
    for one in drawings:
        for row in STUDY.items.itertuples():
            answers = one.responses[parts(row)].dropna()
            totals = [int(t) for t in answers.sum(axis=1)]
            assert len(totals) == SPECIAL.get((row.table, row.row), 97)
            check_exactly(totals, answers.shape[1], row.mean, row.sd)


@pytest.mark.parametrize("scale", ["self_insight", "self_efficacy"])
def test_group_means_print_too(drawings, scale):
    variables = STUDY.scales.loc[STUDY.scales["scale"] == f"scale_{scale}", "item"]
    for one in drawings:
        means = one.responses[variables].mean(axis=1).groupby(one.responses["client_education_group"]).mean()
        for code, group in ((1, "lower"), (2, "higher")):
            printed = STUDY.printed(f"{scale}_{group}")
            assert as_printed(means[code], printed) == printed


def test_percentages_print(drawings):
    for one in drawings:
        for variable, shares in twins._shares(STUDY).items():
            counts = one.responses[variable].value_counts()
            assert counts.sum() == 97
            for code, figure in shares.items():
                printed = STUDY.printed(figure)
                assert as_printed(100 * counts[code] / 97, printed) == printed
    assert sorted(one.responses["education"].value_counts()) == [25, 26, 46]
    assert one.responses["client_education_group"].value_counts().to_dict() == {1: 28, 2: 69}


def test_the_funnel_has_its_four_stages(drawings):
    for one in drawings:
        frame = one.responses
        assert len(frame) == 254
        assert frame["reached"].value_counts().sort_index().to_dict() == {1: 38, 2: 74, 3: 45, 4: 97}
        assert frame["uses_check"].value_counts().to_dict() == {1: 38, 2: 216}
        assert frame.loc[frame["reached"] == 1, "uses_check"].eq(1).all()
        others = frame.drop(columns=["uses_check", "reached"])
        assert others[frame["reached"] != 4].isna().all(axis=None)


def test_two_rows_need_item_nonresponse_and_say_so(drawings):
    for one in drawings:
        notes = one.notes.set_index("item")
        rows = STUDY.items[STUDY.items["item"].isin(notes.index)].itertuples()
        assert {(row.table, row.row): notes.loc[row.item, "n_answered"] for row in rows} == SPECIAL
        for item, note in notes.iterrows():
            assert one.responses[item].notna().sum() == note["n_answered"]
            assert "no 97 answers print" in note["reason"]


def test_the_nonresponse_is_the_smallest_that_fits():
    for row in STUDY.items.itertuples():
        most = SPECIAL.get((row.table, row.row), 0)
        for n in range(most + 1, 98) if most else ():
            given = {"options": row.options, "ddof": 1, "rounding": "either"}
            assert bounds(row.mean, row.sd, n, weights={5: 1}, **given) is None


# --- what is not -------------------------------------------------------------------------------


def test_nothing_lies_outside_the_response_options(drawings):
    options = STUDY.codebook.set_index("variable")["options"]
    for one in drawings:
        assert set(map(str, one.responses.dtypes)) == {"Int64"}
        for variable in one.responses.columns.drop(list(DERIVED)):
            allowed = {int(code) for code in options[variable].split(";")}
            assert set(one.responses[variable].dropna()) <= allowed


def test_questions_without_a_published_number_are_left_out(one):
    published = {"uses_check", "education", "employment", *STUDY.scales["item"]}
    published |= set(STUDY.items.loc[STUDY.items["kind"] == "item", "item"])
    order = [variable for variable in STUDY.codebook["variable"] if variable in published]
    assert list(one.responses) == [*order, *DERIVED]
    assert len(order) < len(STUDY.codebook)


def test_a_twin_says_what_it_is(one):
    assert one.evidence == "simulated"


# --- chance ------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(drawings):
    again = [drawn(seed) for seed in SEEDS]
    assert all(a.responses.to_csv() == b.responses.to_csv() for a, b in zip(again, drawings, strict=True))
    assert len({one.responses.to_csv() for one in drawings}) == len(SEEDS)


def test_the_order_in_which_twins_are_drawn_changes_nothing(drawings):
    pd.testing.assert_frame_equal(drawn(7).responses, drawings[7].responses)


def test_items_are_uniform_over_the_exact_set():
    key = spread_of_items(
        STUDY, lambda tables, options: tables @ 98 ** np.arange(len(options)), seeds=range(4000)
    )
    rows = twins._item_rows(STUDY)
    sizes = dict(zip(rows["item"], map(len, twins._sets(rows, 97)), strict=True))
    few = {item: size for item, size in sizes.items() if 1 < size <= 100}
    assert len(few) >= 5
    for item, size in few.items():
        counts = key.loc[key["item"] == item, "value"].value_counts()
        counts = [*counts, *[0] * (size - len(counts))]
        assert stats.chisquare(counts).pvalue > 0.001 / len(few), item


def test_items_are_unrelated_and_complete_questionnaires_in_no_order(drawings):
    goals = STUDY.items.loc[STUDY.items["table"] == 7, "item"].tolist()
    related, ordered = [], []
    for one in drawings:
        answers = one.responses[goals].dropna().astype(float)
        matrix = np.corrcoef(answers.T)
        related.append(matrix[np.triu_indices_from(matrix, 1)].mean())
        ordered.append(answers.corrwith(pd.Series(answers.index, answers.index)).mean())
    assert abs(np.mean(related)) < 0.03
    assert abs(np.mean(ordered)) < 0.05


def test_no_item_depends_on_the_rounding_rule():
    for row in STUDY.items[STUDY.items["kind"] == "item"].itertuples():
        n = SPECIAL.get((row.table, row.row), 97)
        given = {"options": row.options, "ddof": 1}
        either = frequency_tables(row.mean, row.sd, n, rounding="either", **given)
        for rule in ("half_up", "half_even", "half_down"):
            assert len(frequency_tables(row.mean, row.sd, n, rounding=rule, **given)) == len(either)


def test_spread_is_what_the_twin_of_that_seed_shows(drawings):
    moved = spread_of_items(STUDY, seeds=SEEDS)
    assert list(moved) == ["seed", "table", "row", "item", "value", "evidence"]
    assert len(moved) == 60 * len(SEEDS)
    assert set(moved["evidence"]) == {"simulated"}
    options = STUDY.items.set_index("item")["options"]
    for row in moved.itertuples():
        answers = drawings[row.seed].responses[row.item].dropna()
        assert row.value == pytest.approx(answers.isin(options[row.item][-2:]).mean(), abs=1e-12)


def test_spread_stays_within_the_exact_bounds():
    moved = (
        spread_of_items(STUDY, share_of_top_two, seeds=range(300))
        .groupby("item")["value"]
        .agg(["min", "max"])
    )
    for row in STUDY.items[STUDY.items["kind"] == "item"].itertuples():
        n = SPECIAL.get((row.table, row.row), 97)
        given = {"options": row.options, "ddof": 1, "rounding": "either"}
        exact = bounds(row.mean, row.sd, n, weights=dict.fromkeys(row.options[-2:], 1), **given)
        assert exact.low - Fraction(1, 10**9) <= Fraction(moved.loc[row.item, "min"])
        assert Fraction(moved.loc[row.item, "max"]) <= exact.high + Fraction(1, 10**9)


def test_spread_over_no_seeds_is_empty():
    assert len(spread_of_items(STUDY, seeds=[])) == 0


# --- scales ------------------------------------------------------------------------------------


def test_a_scale_of_one_item_is_an_item():
    scales = STUDY.scales
    first = scales[scales["scale"] == "scale_organisation"].index[1:]
    study = altered(scales=scales.drop(first))
    one = drawn(1, study)
    assert "scale_organisation" in set(one.notes["item"])  # 3,45 and 0,59 do not come from 97 whole answers
    (variable,) = study.scales.loc[study.scales["scale"] == "scale_organisation", "item"]
    answers = one.responses[variable].dropna().astype(int)
    check_exactly(answers.tolist(), 1, "3,45", "0,59")
    assert "scale_organisation" in set(spread_of_items(study, seeds=[1])["item"])


def test_a_scale_of_one_item_with_group_means_keeps_them():
    scales = STUDY.scales
    study = altered(scales=scales.drop(scales[scales["scale"] == "scale_self_efficacy"].index[1:]))
    published = STUDY.published.copy()
    published.loc[
        (published["item"] == "scale_self_efficacy") & (published["statistic"] == "sd"), "printed"
    ] = "0,6"
    study.__dict__["published"] = published
    frame = drawn(1, study).responses
    (variable,) = study.scales.loc[study.scales["scale"] == "scale_self_efficacy", "item"]
    check_exactly(frame[variable].dropna().tolist(), 1, "4,01", "0,6")
    means = frame.groupby("client_education_group")[variable].mean()
    assert [as_printed(mean, "3,8") for mean in means] == ["3,8", "4,1"]


# --- SPSS --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_spss_file_reads_back_with_its_labels(one, tmp_path, language):
    write_twin(one, STUDY, tmp_path / "twin.sav", language=language)
    frame, meta = pyreadstat.read_sav(tmp_path / "twin.sav")
    expected = one.responses.reset_index(drop=True).astype("float64")
    pd.testing.assert_frame_equal(frame, expected)
    assert meta.file_label == SIMULATED[language]
    lines = STUDY.codebook.set_index("variable")
    for variable in one.responses.columns.drop(list(DERIVED)):
        line = lines.loc[variable]
        assert meta.column_names_to_labels[variable] == line[f"label_{language}"]
        codes = [float(code) for code in line["options"].split(";")]
        assert meta.variable_value_labels[variable] == dict(
            zip(codes, line[f"options_{language}"].split(";"), strict=True)
        )
        assert meta.variable_measure[variable] == ("ordinal" if line["type"] == "scale" else "nominal")
    assert len(meta.variable_value_labels["reached"]) == 4
    assert len(meta.variable_value_labels["client_education_group"]) == 2


@pytest.mark.usefixtures("pspp")
def test_other_software_finds_the_published_numbers_in_the_file(one, tmp_path):
    write_twin(one, STUDY, tmp_path / "twin.sav")
    rows = STUDY.items[STUDY.items["kind"] == "item"]
    names = " ".join(rows["item"])
    commands = f"GET FILE='twin.sav'. DESCRIPTIVES {names} /STATISTICS=MEAN STDDEV."
    (tmp_path / "twin.sps").write_text(commands.replace(". ", ".\n"), encoding="utf8")
    how = ["pspp", "-O", "format=csv", "-o", "out.csv", "twin.sps"]
    subprocess.run(how, cwd=tmp_path, check=True, capture_output=True)
    lines = csv.reader((tmp_path / "out.csv").read_text(encoding="utf8").splitlines())
    found = {line[0]: line[1:4] for line in lines if len(line) == 4}
    for row in rows.itertuples():
        n, mean, sd = found[row.label_nl]
        assert int(n) == SPECIAL.get((row.table, row.row), 97)
        places = Reported(row.mean).decimals
        if places == 2:  # pspp prints two decimals
            assert [mean, sd] == [
                f"{float(x.replace(',', '.')):.2f}".removeprefix("0") for x in (row.mean, row.sd)
            ]


def test_the_spss_file_has_the_same_bytes_whenever_it_is_written(one, tmp_path, monkeypatch):
    written = {}
    for name, moment in (("a.sav", b"31 Dec 99"), ("b.sav", b"01 Jul 26")):
        original = pyreadstat.write_sav

        def stamped(frame, path, moment=moment, original=original, **how):
            original(frame, path, **how)
            content = path.read_bytes()
            path.write_bytes(content[:92] + moment + content[101:])

        monkeypatch.setattr(pyreadstat, "write_sav", stamped)
        write_twin(one, STUDY, tmp_path / name)
        monkeypatch.undo()
        written[name] = (tmp_path / name).read_bytes()
    assert written["a.sav"] == written["b.sav"]
    assert pyreadstat.read_sav(tmp_path / "a.sav")[1].creation_time.year == 2000


def test_labels_too_long_for_spss_end_in_an_ellipsis(one, tmp_path):
    codebook = STUDY.codebook.copy()
    codebook.loc[codebook["variable"] == "uses_check", ["label_nl", "options_nl"]] = [
        "é" * 300,
        "nee;" + "j" * 200,
    ]
    write_twin(one, altered(codebook=codebook), tmp_path / "long.sav")
    meta = pyreadstat.read_sav(tmp_path / "long.sav")[1]
    label = meta.column_names_to_labels["uses_check"]
    assert label == "é" * 126 + "…"
    assert meta.variable_value_labels["uses_check"][2.0] == "j" * 117 + "…"


# --- refusals ----------------------------------------------------------------------------------


def with_figure(figure, printed):
    figures = STUDY.figures.copy()
    figures.loc[figure, "printed"] = printed
    return altered(figures=figures)


def with_row(item, statistic, printed):
    published = STUDY.published.copy()
    published.loc[(published["item"] == item) & (published["statistic"] == statistic), "printed"] = printed
    return altered(published=published)


def test_a_funnel_with_more_people_than_responses_is_refused():
    with pytest.raises(ValueError, match="figures.csv: expected at most 200 responses in all; found .*38"):
        drawn(0, with_figure("responses", "200"))


def test_percentages_that_nobody_can_print_are_refused():
    with pytest.raises(ValueError, match="share_hbo, .*: expected percentages of 97; found .*'40'"):
        drawn(0, with_figure("share_hbo", "40"))


def test_a_group_mean_without_the_other_is_refused():
    with pytest.raises(ValueError, match="figure: expected an id .* found 'self_insight_higher'"):
        drawn(0, altered(figures=STUDY.figures.drop("self_insight_higher")))


def test_a_row_that_no_number_of_answers_prints_is_refused():
    with pytest.raises(
        ValueError, match="goal_values: expected numbers that 2 to 97 answers print; found 4,2 / 3,1"
    ):
        drawn(0, with_row("goal_values", "sd", "3,1"))


def test_a_row_of_an_unknown_item_is_refused():
    published = STUDY.published.replace({"item": {"goal_values": "goal_unheard_of"}})
    with pytest.raises(ValueError, match=r"published.csv: expected items .* found \['goal_unheard_of'\]"):
        drawn(0, altered(published=published))


def test_an_item_of_two_scales_is_refused():
    scales = pd.concat([STUDY.scales, STUDY.scales.iloc[[0]].assign(scale="scale_knowing")])
    with pytest.raises(ValueError, match=f"one scale; found more for {STUDY.scales['item'].iloc[0]}"):
        drawn(0, altered(scales=scales))


def test_a_variable_outside_the_codebook_is_refused():
    codebook = STUDY.codebook[STUDY.codebook["variable"] != "education"]
    with pytest.raises(ValueError, match=r"codebook.csv: .* not found: \['education'\]"):
        drawn(0, altered(codebook=codebook))


@pytest.mark.parametrize(("statistic", "printed"), [("mean", "5,20"), ("sd", "2,90"), ("mean", "4,90")])
def test_a_scale_that_no_totals_print_is_refused(statistic, printed):
    with pytest.raises(RuntimeError, match="scale_self_insight: expected totals of .* found none"):
        drawn(0, with_row("scale_self_insight", statistic, printed))


def test_another_language_or_file_name_is_refused(one, tmp_path):
    with pytest.raises(ValueError, match="language: expected one of nl, en; found 'de'"):
        write_twin(one, STUDY, tmp_path / "twin.sav", language="de")
    with pytest.raises(
        ValueError, match=r"path: expected a name that ends in .sav or .zsav; found 'twin.csv'"
    ):
        write_twin(one, STUDY, tmp_path / "twin.csv")
    assert list(tmp_path.iterdir()) == []


def test_options_without_their_labels_are_refused(one, tmp_path):
    codebook = STUDY.codebook.copy()
    codebook.loc[codebook["variable"] == "uses_check", "options_nl"] = "nee"
    with pytest.raises(ValueError, match=r"uses_check: expected labels for \[1, 2\]; found \['nee'\]"):
        write_twin(one, altered(codebook=codebook), tmp_path / "twin.sav")


# --- the way in of the notebook ----------------------------------------------------------------


def test_a_twin_comes_in_as_a_survey_file_does():
    read = read_twin(STUDY, seed=3)
    direct = draw_twin(STUDY, rng=np.random.default_rng(3)).responses.reset_index(drop=True)
    pd.testing.assert_frame_equal(read.responses, direct, check_dtype=False)
    assert evidence_of(read) == "simulated"


def test_the_label_of_a_twin_is_believed_over_the_parameter(one, tmp_path):
    for language in ("nl", "en"):
        write_twin(one, STUDY, tmp_path / f"{language}.sav", language=language)
        read = open_survey(str(tmp_path / f"{language}.sav"), STUDY)
        assert evidence_of(read) == "simulated"
    pyreadstat.write_sav(one.responses, tmp_path / "real.sav", file_label="Survey 2021")
    assert evidence_of(open_survey(str(tmp_path / "real.sav"), STUDY)) == "observed"


def test_group_differences_of_twins_stay_within_the_exact_bounds():
    moved = spread_of_groups(STUDY, "scale_self_insight", seeds=range(8))
    printed = Subgroups("4,25", "0,58", "4,0", "4,3", 28, 69)
    exact = subgroup_difference_bounds(printed, ddof=1, rounding="either", confidence=0.95)
    low, high = exact.loc["difference"]
    assert moved["value"].between(low, high).all()
    assert moved["value"].max() > moved["value"].min()
    assert set(moved["evidence"]) == {"simulated"}
