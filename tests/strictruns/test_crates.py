import hashlib
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from rocrate.rocrate import ROCrate

from loopbaanchecks.paths import ROOT
from loopbaanchecks.project import PROJECT
from strictruns import run_notebook
from strictruns.crates import METADATA, write_crate
from strictruns.results import provenance

GOOD = Path(__file__).parents[1] / "fixtures" / "notebooks" / "good.ipynb"
CITATION = {
    "title": "Weather",
    "authors": [
        {"given-names": "Ada", "name-particle": "van", "family-names": "Dam", "orcid": "https://orcid.org/1"},
        {"name": "Weather people"},
    ],
    "license": "MIT",
    "date-released": "2020-02-02",
}


def project_in(folder: Path, **changes):
    citation = {k: v for k, v in (CITATION | changes).items() if v}
    (folder / "CITATION.cff").write_text(yaml.safe_dump(citation), encoding="utf8")
    return replace(PROJECT, root=folder, results=folder / "results", inputs=None)


@pytest.fixture
def folder(tmp_path) -> Path:
    """What a run leaves: one file in a folder, one with a space in its name, and a record with a time."""
    made = tmp_path / "01_results"
    (made / "tables").mkdir(parents=True)
    (made / "tables" / "one table.csv").write_text("a\n1\n")
    (made / "notebook.ipynb").write_text("{}")
    (made / "run.json").write_text('{"started": "now"}')
    return made


@pytest.fixture
def record(tmp_path) -> dict:
    (tmp_path / "own.sav").write_bytes(b"1")
    values = {"parameters": {"seed": 2, "output_dir": ""}, "rerun": "weather run good"}
    return provenance(PROJECT, GOOD, {"survey_file": tmp_path / "own.sav"}) | values


def test_a_crate_says_what_went_in_and_came_out_and_whose_it_is(folder, record, tmp_path):
    write_crate(folder, record, project=project_in(tmp_path))
    crate = ROCrate(folder)
    files = {entity.id: entity for entity in crate.get_by_type("File")}
    assert set(files) == {"tables/one%20table.csv", "notebook.ipynb", "run.json"}
    table = files["tables/one%20table.csv"]
    assert table["sha256"] == hashlib.sha256(b"a\n1\n").hexdigest()
    assert (table["contentSize"], table["encodingFormat"]) == ("4", "text/csv")
    root = crate.root_dataset
    assert root["name"] == "good: results of Weather"
    assert root["datePublished"] == "2020-02-02"
    assert root["license"].id == "https://spdx.org/licenses/MIT"
    assert [(author.type, author["name"]) for author in root["author"]] == [
        ("Person", "Ada van Dam"),
        ("Organization", "Weather people"),
    ]
    run = root["mentions"]
    assert {entity.id for entity in run["result"]} == set(files)
    assert run["instrument"]["sha256"] == record["source_sha256"]
    needed = {e["name"]: e["softwareVersion"] for e in run["instrument"]["softwareRequirements"]}
    assert needed == {k: v for k, v in record["versions"].items() if k != "system"}
    went_in = {entity["name"]: entity for entity in run["object"]}
    name = f"{hashlib.sha256(b'1').hexdigest()[:12]}.sav"  # a file of the user is called by its hash
    assert set(went_in) == {*record["inputs"], *record["library"], name, "seed"}
    assert went_in["seed"]["value"] == 2
    assert went_in[name]["sha256"] == hashlib.sha256(b"1").hexdigest()


def test_everything_that_a_crate_points_at_is_in_it(folder, record, tmp_path):
    graph = json.loads(write_crate(folder, record, project=project_in(tmp_path)).read_text())["@graph"]
    known = [entity["@id"] for entity in graph]
    assert len(known) == len(set(known))
    pointed = set(re.findall(r'\{"@id": "([^"]+)"\}', json.dumps(graph)))
    assert pointed - set(known) == {"https://w3id.org/ro/crate/1.1"}


def test_a_crate_is_the_same_whenever_and_wherever_it_is_made(folder, record, tmp_path):
    first = write_crate(folder, record, project=project_in(tmp_path)).read_bytes()
    elsewhere = tmp_path / "elsewhere" / "again"
    shutil.copytree(folder, elsewhere)
    (elsewhere / METADATA).unlink()
    (elsewhere / "run.json").write_text('{"started": "much later"}')
    later = {**record, "started": "2030", "git": None}
    assert write_crate(elsewhere, later, project=project_in(tmp_path)).read_bytes() == first


def test_a_project_without_a_citation_gets_no_crate(folder, record, tmp_path):
    assert write_crate(folder, record, project=replace(PROJECT, root=tmp_path)) is None
    assert not (folder / METADATA).exists()


@pytest.mark.parametrize("lacking", ["title", "authors", "license", "date-released"])
def test_a_citation_that_lacks_something_stops_a_run_before_it_starts(lacking, tmp_path):
    project = project_in(tmp_path, **{lacking: None})
    with pytest.raises(ValueError, match=f"CITATION.cff: expected .*; not found: {lacking}"):
        run_notebook(GOOD, project=project)
    assert not project.results.exists()


def test_the_crates_of_the_project_name_its_authors_and_licences(reproduced):
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf8"))
    for path in sorted(reproduced.glob("*/run.json")):
        crate = ROCrate(path.parent)
        described = {entity["name"] for entity in crate.get_by_type("File")}
        there = {p.relative_to(path.parent).as_posix() for p in path.parent.rglob("*") if p.is_file()}
        assert described == there - {METADATA}
        for entity in crate.get_by_type("File"):
            content = (path.parent / entity["name"]).read_bytes()
            assert entity.get("sha256") in {None, hashlib.sha256(content).hexdigest()}, entity.id
        assert [e["name"] for e in crate.root_dataset["license"]] == citation["license"]
        assert crate.root_dataset["author"]["name"] == citation["authors"][0]["name"]
        assert len(crate.root_dataset["mentions"]["object"]) > 20
