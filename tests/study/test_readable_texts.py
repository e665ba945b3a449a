"""Every text that a reader meets says what it says in plain Dutch or English, and in whole sentences."""

import json

import numpy as np
import pytest
from readable import bare, complaints, of_code, of_notebook, of_template

from loopbaanchecks.claims.ledger import evaluate, explained
from loopbaanchecks.language import LANGUAGES
from loopbaanchecks.paths import DATA, NOTEBOOKS, ROOT
from loopbaanchecks.study import Study, read_resource, read_vocabulary
from loopbaanchecks.twins.survey import draw_twin

CHOICES = [
    {},
    {"ddof": 0},
    {"rounding": "truncated"},
    pytest.param({"evidence": "simulated"}, marks=pytest.mark.thorough),
]
TEMPLATES = sorted(ROOT.glob("lib/**/*.j2"))
TABLES = [
    resource["name"] for resource in json.loads((DATA / "datapackage.json").read_text("utf8"))["resources"]
]


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
    words = read_vocabulary()[language].to_dict()
    page = json.loads((ROOT / "lib/strictruns/template/words.json").read_text("utf8"))
    words |= {f"page, {key}": said[language] for key, said in page.items()}
    assert told((key, complaints(bare(str(text)), language)) for key, text in words.items()) == []


def test_the_tables_of_data_speak_plainly():
    found = []
    for name in TABLES:
        rows = read_resource(name).astype("str")
        for column in rows.columns[rows.columns.str.fullmatch(r"\w+_(nl|en)")]:
            where = f"{name}, {column}"
            found += [(where, complaints(bare(text), column[-2:])) for text in rows[column].unique()]
    assert told(found) == []


def test_the_code_speaks_plainly():
    found = [
        (path.stem, complaints(text, language))
        for path in sorted(ROOT.glob("lib/loopbaanchecks/**/*.py"))
        for language, text in of_code(path.read_text("utf8"))
    ]
    assert len(found) > 20
    assert told(found) == []


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_speaks_plainly(path):
    texts = of_notebook(path)
    assert {language for _, language, _ in texts} == set(LANGUAGES)
    assert told((where, complaints(text, language)) for where, language, text in texts) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_speaks_plainly(path):
    for language in LANGUAGES:
        assert told((text, complaints(text, language)) for text in of_template(path)) == []
