"""Every text that a reader meets says what it says in plain Dutch or English, and in whole sentences."""

import numpy as np
import pytest
from readable import bare, complaints, of_notebook, of_template

from loopbaanchecks.claims.ledger import evaluate, explained
from loopbaanchecks.language import LANGUAGES
from loopbaanchecks.paths import NOTEBOOKS, ROOT
from loopbaanchecks.study import Study, read_vocabulary
from loopbaanchecks.twins.survey import draw_twin

CHOICES = [
    {},
    {"ddof": 0},
    {"rounding": "truncated"},
    pytest.param({"evidence": "simulated"}, marks=pytest.mark.thorough),
]
TEMPLATES = sorted(ROOT.glob("lib/*/**/template/*.j2"))


def told(found):
    """The places and what is amiss there, a line each, that a failing test shows."""
    return [f"{where}: {fault}" for where, faults in found for fault in faults]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("choices", CHOICES, ids=["usual", "n", "cut", "answers"])
def test_the_ledger_speaks_in_whole_sentences(language, choices):
    if "evidence" in choices:
        choices = choices | {"observed": draw_twin(Study(), rng=np.random.default_rng(3)).responses}
    words, ledger = read_vocabulary()[language].to_dict(), evaluate(Study(), **choices)
    found = []
    for row in ledger.to_dict("records"):
        said = explained(row, words, language=language).partition(" [")[0]
        for text in (row[f"paraphrase_{language}"], row[f"read_as_{language}"], said):
            found.append((row["id"], complaints(text, language, whole=text != "")))
    assert told(found) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_vocabulary_speaks_plainly(language):
    words = read_vocabulary()[language]
    assert told((key, complaints(bare(text), language)) for key, text in words.items()) == []


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_speaks_plainly(path):
    texts = of_notebook(path)
    assert {language for _, language, _ in texts} == set(LANGUAGES)
    assert told((where, complaints(text, language)) for where, language, text in texts) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_speaks_plainly(path):
    for language in LANGUAGES:
        assert told((text, complaints(text, language)) for text in of_template(path)) == []
