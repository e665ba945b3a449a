"""What is lost on the way from a file of interviews is said in both languages."""

import ast

import pandas as pd
import pytest

import codedtexts
from codedtexts import model, refi_losses, refi_sources, spreadsheets, tables
from loopbaanchecks.paths import ROOT
from loopbaanchecks.report.losses import loss_words

INTERVIEWS = ROOT / "tests/fixtures/interviews"
FILES = sorted(
    path
    for pattern in ("*/*.qdpx", "*/*.qda", "*/*.sqlite3", "*/*.csv", "*/*/*.csv")
    for path in INTERVIEWS.glob(pattern)
)


def lost(*kinds: str) -> pd.DataFrame:
    return loss_words(pd.DataFrame({"kind": kinds, "n": 1, "where": ""}))


def kinds_in_the_code() -> set[str]:
    """The kinds that `codedtexts` counts: its tables and constants, and texts passed to `lose`."""
    kinds = set(refi_losses.ELEMENT_WORDS.values()) | set(refi_losses.ATTRIBUTE_WORDS.values())
    kinds |= set(refi_sources.PARTS.values()) | set(spreadsheets.PICTURES.values())
    kinds |= {model.UNUSABLE, model.UNKNOWN_CODE, model.PART_OF_A_TEXT, model.NO_TEXT}
    kinds |= {tables.OF_DOCUMENT, tables.OTHER_QUOTATION, tables.DOUBTFUL, tables.CLIPPED}
    kinds |= {tables.OUTSIDE, tables.EMPTY, tables.BACKWARDS}
    kinds |= {f"source without text ({kind})" for kind in refi_sources.SOURCE_KINDS.values()}
    for path in ROOT.glob("lib/codedtexts/*.py"):
        calls = [node for node in ast.walk(ast.parse(path.read_text("utf8"))) if isinstance(node, ast.Call)]
        kinds |= {
            call.args[0].value
            for call in calls
            if getattr(call.func, "attr", "") == "lose" and isinstance(call.args[0], ast.Constant)
        }
    return kinds


def test_every_kind_that_the_code_counts_has_dutch_words():
    said = lost(*sorted(kinds_in_the_code()))
    assert len(said) > 50
    assert said.loc[said["label_nl"] == said["kind"], "kind"].to_list() == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_loss_of_a_file_is_left_in_english(path):
    try:
        losses = codedtexts.read_interviews(path).losses
    except ValueError as refusal:
        pytest.skip(f"is refused: {refusal}")
    said = loss_words(losses)
    assert said.loc[said["label_nl"] == said["kind"], "kind"].to_list() == []
    assert (said["label_en"] == losses["kind"]).all()


def test_a_name_in_a_kind_is_kept_and_an_unknown_kind_too():
    kinds = ["column selection 2", "text read as windows-1252: check its accents", "something nobody named"]
    assert lost(*kinds)["label_nl"].to_list() == [
        "kolom selection 2",
        "tekst gelezen als windows-1252: kijk de accenten na",
        "something nobody named",
    ]
