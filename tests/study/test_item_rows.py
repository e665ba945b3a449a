"""Every item row of the report: which mean and SD can come from the complete questionnaires."""

from behindprint import check_rows
from loopbaanchecks.study import Study


def test_all_sixty_item_rows_of_the_report():
    study = Study()
    rows = study.items[study.items["kind"] == "item"]
    checked = check_rows(rows, int(study.printed("complete")), ddof=1, rounding="either")
    assert (checked["tables"] > 0).sum() == 58
    assert checked["tables"].max() == 23721
    odd = rows[checked["verdict"] == "contradicted"]
    assert list(zip(odd["table"], odd["row"], strict=True)) == [(9, 1), (10, 3)]
