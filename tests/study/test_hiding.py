"""What a report shows of real people, the same in tables, sentences, figures and files, at every run."""

import json

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from loopbaanchecks.report import report as display
from loopbaanchecks.report.hiding import places
from loopbaanchecks.report.people import read_layouts
from loopbaanchecks.report.report import Report

CAPTION = {"nl": "tabel", "en": "table"}


@pytest.fixture
def report(tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr(display, "display", lambda thing: shown.append(thing.data))
    made = Report("nl", name="test", output_dir=tmp_path, minimum_cell=5)
    made.shown = shown
    return made


def attrition(lost):
    rows = [(wave, 28 - gone, 0, gone, 28) for wave, gone in enumerate(lost, 1)]
    return pd.DataFrame(rows, columns=["wave", "n", "n_gap", "n_lost", "n_enrolled"])


def test_a_table_that_is_not_of_real_people_is_left_alone(report):
    frame = attrition([0, 2])
    assert report.released("own_attrition", frame, "simulated") is frame


def test_what_follows_from_a_sum_is_hidden_with_what_is_small(report):
    shown = report.released("own_attrition", attrition([0, 2, 12]), "observed")
    assert shown["n"].isna().tolist() == [False, True, False]
    assert shown["n_lost"].isna().tolist() == [False, True, False]
    assert (shown["n_enrolled"] == 28).all()


def test_who_left_between_two_waves_is_a_count_too(report):
    shown = report.released("own_attrition", attrition([0, 10, 12]), "observed")
    assert shown["n_lost"].isna().sum() == 1


def test_what_one_table_hides_no_later_table_shows(report):
    report.table("own_attrition", attrition([0, 2]), "observed", **CAPTION)
    change = pd.DataFrame(
        {"wave": [2], "n": [26], "n_missing": [2], "estimate": [0.123456], "standard_error": 0.1}
    )
    shown = report.released("own_change", change, "observed")
    assert shown[["n", "n_missing", "standard_error"]].isna().all(axis=None)


def test_numbers_are_rounded_to_what_is_shown_and_those_of_few_are_hidden(report):
    frame = pd.DataFrame(
        {"item": ["a", "b"], "n": [97, 4], "n_missing": [0, 93], "mean_again": [2 / 3, 2 / 3]}
    )
    shown = report.released("tables_again", frame, "observed")
    assert shown["mean_again"].tolist()[0] == 0.67 and np.isnan(shown["mean_again"][1])


def test_a_share_goes_with_its_count(report):
    frame = pd.DataFrame(
        {"count": [3, 50], "n": [97, 97], "n_missing": [0, 0], "estimate": [3 / 97, 50 / 97]}
    )
    shown = report.released("anything", frame, "observed")
    assert shown.isna().to_numpy().tolist() == [[True, False, False, True], [False, False, False, False]]


def test_a_table_that_nobody_described_hides_what_is_small(report):
    frame = pd.DataFrame({"people": [1, 20], "n_items": [2, 2], "score": [0.5, 1.5]})
    shown = report.released("new", frame, "observed", formats={"people": "count"})
    assert shown["people"].isna().tolist() == [True, False]
    assert shown["n_items"].tolist() == [2, 2]


def test_a_cell_that_runs_again_shows_the_same(report):
    """The tables in another order, each twice: what was shown first stays so."""
    frames = {
        "own_attrition": attrition([0, 2]),
        "own_steps": pd.DataFrame(
            {"step": "support", "wave": [2], "count": [9], "n": [26], "n_missing": [2], "estimate": [9 / 26]}
        ),
    }
    once = {name: report.released(name, frame, "observed") for name, frame in frames.items()}
    for name in reversed(frames):
        pd.testing.assert_frame_equal(report.released(name, frames[name], "observed"), once[name])
        pd.testing.assert_frame_equal(report.released(name, once[name], "observed"), once[name])


def test_of_what_is_averaged_at_least_two_rows_are_hidden(report):
    frame = pd.DataFrame({"code": ["a", "b", "c", ""], "interviews": [1, 6, 12, 20], "n": 72, "n_missing": 0})
    frame = frame.assign(percent_agreement=[0.9, 0.8, 0.7, 0.8])
    shown = report.released("agreement", frame, "observed")
    assert shown["percent_agreement"].isna().tolist() == [True, True, False, False]


def interviews(*counts):
    """Of codes given in so many of the conversations of two groups: as 02 counts them."""
    rows = [("abcdef"[at // 2], "xy"[at % 2], 9, n, 20) for at, n in enumerate(counts)]
    return pd.DataFrame(rows, columns=["code", "group", "segments", "interviews", "interviews_of"])


def test_of_a_pair_of_codes_nothing_gives_away_who_has_one_and_not_the_other(report):
    """Of 10 conversations with a and 9 with b, 13 have either: so 3 have b and not a."""
    report.released("code_counts", interviews(5, 5, 0, 9), "observed")
    pair = pd.DataFrame(
        {"first": ["a"], "second": ["b"], "interviews": [5], "interviews_either": [13], "share": [5 / 13]}
    )
    shown = report.released("together", pair, "observed")
    assert shown["interviews_either"].isna().all() and shown["share"].isna().all()


def test_a_code_in_one_group_by_few_is_hidden_in_both_because_the_tree_says_the_total(report):
    shown = report.released("code_counts", interviews(2, 6, 6, 7), "observed")
    assert shown["interviews"].isna().tolist() == [True, True, False, False]
    assert shown["segments"].isna().tolist() == [True, True, False, False]


def test_in_how_many_conversations_two_coders_agree_does_not_follow_from_their_sums(report):
    """7 and 8 of 13 conversations: the code was given by both in 2."""
    frame = pd.DataFrame(
        {"coder": ["A", "B"], "code": "a", "segments": 9, "interviews": [7, 8], "interviews_of": 13}
    )
    shown = report.released("coder_codes", frame, "observed")
    assert shown["interviews"].isna().any() or shown["interviews_of"].isna().all()
    apart = report.apart().released("coder_codes", frame.assign(interviews_of=15), "observed")
    assert apart[["interviews", "interviews_of"]].notna().all(axis=None)


def test_a_loss_says_what_and_how_many_and_names_nobody(report):
    frame = pd.DataFrame({"kind": "unknown coder", "n": [1, 4], "where": ["Fictieve Naam 1", ""]})
    shown = report.released("losses", frame, "observed")
    assert shown["n"].tolist() == [1, 4] and shown["where"].str.fullmatch("#[0-9a-f]{8}|").all()


def attended(left_out, base):
    rows = [("previews", 40, 0, "no", 40), ("duplicates", 40, 12, left_out, 28 if left_out == "yes" else 40)]
    frame = pd.DataFrame(rows, columns=["who", "n_before", "found", "left_out", "n_after"])
    return frame.assign(base=base)


@pytest.mark.parametrize(
    ("left_out", "base", "hidden"),
    [("yes", 20, 0), ("yes", 26, 1), ("no", 38, 4), ("no", 30, 0)],
)
def test_those_who_answered_nothing_of_the_tables_do_not_follow_from_who_counts(
    report, left_out, base, hidden
):
    """Those left and those with an answer may not be a few apart, and 40 before are as good as 40 after."""
    shown = report.released("who_counts", attended(left_out, base), "observed")
    assert shown[["n_before", "n_after"]].isna().sum().sum() == hidden
    assert (shown["base"] == base).all()


def test_sentences_numbers_and_headlines_hide_too(report):
    texts = {"nl": "{n} van {of} ({share:%})", "en": "{n}"}
    report.say("few", "observed", **texts, n=3, of=28, share=3 / 28)
    report.headline("many", "observed", **texts, n=np.int64(20), of=28, share=20 / 28)
    report.number("alone", 2, "observed")
    assert "3 van" not in report.shown[-2] and "(weggelaten) van 28" in report.shown[-2]
    kept = json.loads((report.write() / "numbers.json").read_text(encoding="utf8"))
    values = {name: entry["value"] for name, entry in kept.items()}
    assert values == {"alone": None} | {
        f"few.{name}": n for name, n in [("n", None), ("of", 28), ("share", None)]
    } | {f"many.{name}": n for name, n in [("n", 20), ("of", 28), ("share", 0.71)]}


def test_a_figure_of_real_people_says_which_released_table_it_draws(report):
    texts, drawing = {**CAPTION, "alt_nl": "{n}", "alt_en": "{n}", "n": 20}, plt.subplots()[0]
    with pytest.raises(ValueError, match="figure f: expected drawn_from, a released table; found 't'"):
        report.figure("f", drawing, "observed", drawn_from="t", **texts)
    report.released("t", pd.DataFrame({"n": [20]}), "observed")
    report.figure("f", drawing, "observed", drawn_from="t", **texts)
    assert "Aantallen onder 5 personen" in report.shown[-1]


def test_the_files_say_no_more_than_the_screen(report):
    report.table("own_attrition", attrition([0, 2]), "observed", **CAPTION)
    written = report.write()
    kept = pd.read_csv(written / "tables" / "own_attrition.csv")
    book = pd.read_excel(written / "tables.xlsx", sheet_name="own_attrition")
    for frame in (kept, book):
        assert frame.loc[1, ["n", "n_lost"]].isna().all()
    assert "Aantallen onder 5 personen" in report.shown[-1]


def test_claims_keep_numbers_of_real_people_only_as_means_or_as_printed(report):
    ledger = pd.DataFrame(
        {
            "printed": ["97", "254", "4,60; 1,02", "18"],
            "recalculated": ["95", "254", "4,59; 0,99", "17"],
            "kind": ["count", "sum", "row", "row"],
            "evidence": "observed",
            "why_nl": "x 95",
            "why_en": "x 95",
        }
    )
    shown = report.hiding.claims(ledger, {"nl": "weg", "en": "away"})
    assert shown["recalculated"].tolist() == ["", "254", "4,59; 0,99", ""]
    assert shown["why_en"].tolist() == ["away", "x 95", "x 95", "away"]
    assert report.hiding.claims(ledger.assign(evidence="implied"), {}).equals(
        ledger.assign(evidence="implied")
    )


def test_what_is_tried_on_the_screen_binds_no_table(report):
    report.apart().released("own_attrition", attrition([0, 2]), "observed")
    assert not report.hiding.ledger.releases


def test_the_file_of_layouts_names_conditions_that_its_columns_have():
    layouts, units = read_layouts()
    for name, layout in layouts.items():
        assert {*layout.only, *layout.same}.isdisjoint(layout.keys), name
        assert {column for keys in layout.only.values() for column in keys} <= set(layout.keys), name
        assert layout.down in {"", *layout.keys}, name
    assert "n" not in units and "interviews" not in units


def test_decimals_follow_the_format():
    assert [places(form) for form in ("count", "number", "percent0", "{}", "%1", ".3")] == [2, 3, 2, 2, 3, 3]
