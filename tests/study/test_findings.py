"""Section 4.2 as data: findings, topics and the joint display agree with each other and with the report."""

import re
from itertools import product

import numpy as np
import pandas as pd
import pytest

from loopbaanchecks.findings import finding_grid, joint_display
from loopbaanchecks.paths import DATA
from loopbaanchecks.study import Study

FOLDER = DATA / "report_2021"
FINDINGS, TOPICS, JOINT = (
    pd.read_csv(FOLDER / f"{name}.csv", dtype="str", keep_default_na=False)
    for name in ("findings", "topics", "joint")
)
SECTIONS = {
    "external": "4.2.1",
    "attitude": "4.2.2",
    "social_influence": "4.2.3",
    "self_efficacy": "4.2.4",
    "intention": "4.2.5",
    "barriers": "4.2.6",
    "skills": "4.2.7",
    "behaviour": "4.2.8",
}
GUIDES = {"employee": "appendix 4", "professional": "appendix 5", "employer": "appendix 6"}
GRID = set(product(SECTIONS, GUIDES))
FILLED = {(row.variable, group) for row in FINDINGS.itertuples() for group in row.groups.split(";")}
BOTH = {"topic_list", "interview_guide"}
# the nine cells without a finding, and where the topic is nevertheless on paper for that group
ABSENT = {
    ("external", "professional"): BOTH,
    ("social_influence", "employee"): BOTH,
    ("social_influence", "professional"): BOTH,
    ("self_efficacy", "employer"): {"interview_guide"},
    ("self_efficacy", "professional"): BOTH,
    ("intention", "employer"): {"interview_guide"},
    ("intention", "professional"): BOTH,
    ("skills", "employer"): BOTH,
    ("skills", "professional"): BOTH,
}


def sources_that_ask(variable, group):
    return set(TOPICS.loc[(TOPICS["variable"] == variable) & (TOPICS["group"] == group), "source"])


@pytest.mark.parametrize(
    ("frame", "column", "allowed"),
    [
        (FINDINGS, "variable", set(SECTIONS)),
        (FINDINGS, "polarity", {"helps", "hinders", "neutral"}),
        (FINDINGS, "phase", {"before", "during", "after"}),
        (FINDINGS, "lower_educated", {"yes", "no"}),
        (FINDINGS, "basis", {"stated", "inferred"}),
        (FINDINGS, "document", {"report_2021"}),
        (TOPICS, "group", set(GUIDES)),
        (TOPICS, "source", BOTH),
        (TOPICS, "phase", {"before", "during", "after"}),
        (TOPICS, "variable", {*SECTIONS, "other"}),
        (TOPICS, "document", {"report_2021"}),
        (JOINT, "judgement", {"convergent", "complementary", "silent"}),
        (JOINT, "document", {"report_2021"}),
    ],
)
def test_words_are_from_a_closed_list_and_all_are_used(frame, column, allowed):
    assert set(frame[column]) == allowed


def test_groups_are_known_and_named_once():
    for row in FINDINGS.itertuples():
        groups = row.groups.split(";")
        assert groups and set(groups) <= set(GUIDES) and len(set(groups)) == len(groups), row.id


def test_ids_are_unique_and_start_with_their_variable():
    assert FINDINGS["id"].is_unique
    for row in FINDINGS.itertuples():
        assert re.fullmatch(row.variable + r"_[a-z_]+", row.id), row.id


def test_section_goes_with_variable():
    assert (FINDINGS["section"] == FINDINGS["variable"].map(SECTIONS)).all()


@pytest.mark.parametrize(
    ("frame", "stems"),
    [(FINDINGS, ("label", "paraphrase")), (TOPICS, ("topic",)), (JOINT, ("reason",))],
)
def test_both_languages_are_everywhere(frame, stems):
    for stem in stems:
        dutch, english = frame[f"{stem}_nl"], frame[f"{stem}_en"]
        assert (dutch != "").all() and (english != "").all()
        assert (dutch.str.endswith(".") == english.str.endswith(".")).all()


@pytest.mark.parametrize("column", ["id", "label_nl", "label_en", "paraphrase_nl", "paraphrase_en"])
def test_no_finding_is_there_twice(column):
    assert FINDINGS[column].is_unique


def test_twenty_two_quotations_by_who_is_quoted():
    number = FINDINGS["quotations"].astype(int)
    assert number.groupby(FINDINGS["quoted"]).sum().to_dict() == {
        "": 0,
        "employer": 14,
        "employee": 5,
        "professional": 3,
    }
    assert ((number > 0) == (FINDINGS["quoted"] != "")).all()
    for row in FINDINGS[number > 0].itertuples():
        assert row.quoted in row.groups.split(";"), row.id


def test_quotations_by_section():
    number = FINDINGS["quotations"].astype(int).groupby(FINDINGS["section"]).sum()
    assert number.to_list() == [1, 3, 1, 1, 1, 0, 0, 15]


def test_no_text_is_a_quotation():
    for frame in (FINDINGS, TOPICS, JOINT):
        assert not frame.apply(lambda column: column.str.contains('["“”„«»]')).any(axis=None)


def test_an_inferred_group_says_what_the_text_says():
    assert (FINDINGS.loc[FINDINGS["basis"] == "inferred", "note"] != "").all()


def test_fifteen_of_twenty_four_cells_hold_a_finding():
    assert len(GRID) == 24 and len(FILLED) == 15
    assert set(ABSENT) == GRID - FILLED


@pytest.mark.parametrize(("variable", "group"), sorted(ABSENT))
def test_every_absent_cell_was_asked_about(variable, group):
    assert sources_that_ask(variable, group) == ABSENT[variable, group]


def test_lower_educated_are_in_the_two_sections_that_name_them():
    rows = FINDINGS[FINDINGS["lower_educated"] == "yes"]
    assert rows["variable"].value_counts().to_dict() == {"behaviour": 4, "barriers": 1}
    assert (rows["polarity"] == "hinders").all()


def test_everything_under_barriers_hinders():
    assert set(FINDINGS.loc[FINDINGS["variable"] == "barriers", "polarity"]) == {"hinders"}


def test_topic_lists_are_complete():
    lists = TOPICS[TOPICS["source"] == "topic_list"]
    assert set(lists["section"]) == {"appendix 2"}
    assert lists.groupby(["group", "phase"]).size().to_dict() == {
        ("employee", "before"): 3,
        ("employee", "during"): 8,
        ("employee", "after"): 2,
        ("employer", "before"): 3,
        ("employer", "after"): 8,
        ("professional", "before"): 3,
        ("professional", "during"): 8,
        ("professional", "after"): 2,
    }


def test_employees_and_professionals_share_one_topic_list():
    lists = TOPICS[TOPICS["source"] == "topic_list"].drop(columns=["source"])
    employee, professional = (
        lists[lists["group"] == group].drop(columns="group").to_numpy().tolist()
        for group in ("employee", "professional")
    )
    assert employee == professional


@pytest.mark.parametrize("group", GUIDES)
def test_each_guide_asks_about_every_variable(group):
    guide = TOPICS[(TOPICS["group"] == group) & (TOPICS["source"] == "interview_guide")]
    assert set(guide["section"]) == {GUIDES[group]}
    assert set(SECTIONS) <= set(guide["variable"])


def test_topics_are_named_once_per_group_and_source():
    for language in ("nl", "en"):
        assert not TOPICS.duplicated(["group", "source", f"topic_{language}"]).any()


def test_the_joint_display_has_each_variable_once_in_the_order_of_the_report():
    assert JOINT["variable"].to_list() == list(SECTIONS)
    for row in JOINT.itertuples():
        assert SECTIONS[row.variable] in row.section.split(";")


def test_every_scale_of_the_joint_display_exists_and_all_ten_are_used():
    used = {scale for cell in JOINT["scales"] for scale in cell.split(";") if scale}
    assert used == set(Study().scales["scale"])


def test_every_finding_is_referred_to_under_its_own_variable():
    known = FINDINGS.set_index("id")["variable"]
    for row in JOINT.itertuples():
        named = row.findings.split(";")
        assert set(named) <= set(known.index) and len(set(named)) == len(named)
        assert set(known.index[known == row.variable]) <= set(named)


def test_silent_is_where_the_survey_has_no_scale():
    assert ((JOINT["judgement"] == "silent") == (JOINT["scales"] == "")).all()


def test_the_discrepancy_that_the_report_discusses_is_in_the_row_of_behaviour():
    row = JOINT.set_index("variable").loc["behaviour"]
    assert {"behaviour_fades", "behaviour_no_view", "behaviour_not_recorded"} <= set(
        row["findings"].split(";")
    )
    assert "scale_organisation" in row["scales"].split(";")


@pytest.fixture(scope="module")
def study():
    return Study()


class TestFindingGrid:
    """Published findings per variable and group."""

    def test_fifteen_of_twenty_four_cells_hold_a_finding_and_all_were_asked(self, study):
        grid = finding_grid(study.findings, study.topics)
        assert len(grid) == 24
        assert (grid["cell"] == "reported").sum() == 15
        assert grid["asked"].all() and set(grid["cell"]) == {"reported", "not_reported"}

    def test_a_finding_of_two_groups_counts_in_both(self, study):
        grid = finding_grid(study.findings, study.topics)
        groups = study.findings["groups"].str.count(";") + 1
        assert grid["findings"].sum() == groups.sum() > len(study.findings)

    def test_a_group_that_was_not_asked_is_told_apart(self):
        findings = pd.DataFrame({"id": ["f"], "variable": ["skills"], "groups": ["a"]})
        topics = pd.DataFrame({"group": ["a", "b"], "variable": ["skills", "attitude"]})
        cells = finding_grid(findings, topics).set_index("group")["cell"]
        assert cells.to_dict() == {"a": "reported", "b": "not_asked"}

    def test_a_finding_without_any_part_of_a_group_is_refused(self, study):
        with pytest.raises(ValueError, match=r"findings: expected groups employee, .*; found neighbour"):
            finding_grid(study.findings.assign(groups="neighbour"), study.topics)

    def test_an_absent_column_is_named(self, study):
        with pytest.raises(ValueError, match="topics: expected columns group, variable; not found: group"):
            finding_grid(study.findings, study.topics.drop(columns="group"))


class TestJointDisplay:
    """Survey and interviews side by side."""

    def test_every_variable_has_its_scales_and_findings(self, study):
        scales = study.items[study.items["kind"] == "scale"]
        means = scales.assign(value=scales["mean"].str.replace(",", ".").astype(float))
        shown = joint_display(study.joint, study.findings, means).set_index("variable")
        assert (shown[["helps", "hinders", "neutral"]].sum(axis=1) == shown["findings_n"]).all()
        assert shown.loc["barriers", "n_scales"] == 0 and np.isnan(shown.loc["barriers", "scale_low"])
        named = study.joint.set_index("variable").loc["behaviour", "scales"].split(";")
        values = means.set_index("item").loc[named, "value"]
        assert tuple(shown.loc["behaviour", ["scale_low", "scale_high"]]) == (values.min(), values.max())

    @pytest.mark.parametrize(("column", "what"), [("scales", "scale"), ("findings", "finding")])
    def test_an_unknown_scale_or_finding_is_named(self, study, column, what):
        means = pd.DataFrame({"item": study.scales["scale"].unique(), "value": 3.0})
        joint = study.joint.assign(**{column: "nobody"})
        with pytest.raises(ValueError, match=f"joint, external: expected a known {what}; found 'nobody'"):
            joint_display(joint, study.findings, means)
