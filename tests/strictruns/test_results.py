from dataclasses import replace
from pathlib import Path

import pytest

from loopbaanchecks.paths import ROOT
from loopbaanchecks.project import PROJECT
from strictruns import results, without_paths

GOOD = Path(__file__).parents[1] / "fixtures" / "notebooks" / "good.ipynb"


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_files_of_two_languages_are_merged(tmp_path):
    for language in ("nl", "en"):
        (tmp_path / language / "figures").mkdir(parents=True)
        (tmp_path / language / "figures" / f"a.{language}.svg").write_text(language)
        (tmp_path / language / "t.csv").write_text("same")
    outputs = {language: tmp_path / language for language in ("nl", "en")}
    (tmp_path / "en" / "extra.csv").write_text("only here")
    with pytest.raises(ValueError, match=r"nl and en: expected the same files; extra.csv differ"):
        results.merge(outputs, tmp_path / "new")
    (tmp_path / "en" / "extra.csv").unlink()
    results.merge(outputs, tmp_path / "new")
    assert sorted(contents(tmp_path / "new")) == ["figures/a.en.svg", "figures/a.nl.svg", "t.csv"]


def test_a_swap_that_fails_puts_the_older_folder_back(tmp_path):
    (tmp_path / "older").mkdir()
    with pytest.raises(FileNotFoundError):
        results.swap(tmp_path / "missing", tmp_path / "older", tmp_path / "aside")
    assert (tmp_path / "older").is_dir()


def test_line_endings_do_not_change_a_hash_and_raw_data_has_none(tmp_path):
    data = tmp_path / "data"
    (data / "raw").mkdir(parents=True)
    (data / "raw" / "secret.csv").write_text("x")
    (data / "a.csv").write_bytes(b"1\r\n2\r\n")
    (data / "b.csv").write_bytes(b"1\n2\n")
    project = replace(PROJECT, root=tmp_path, inputs=data, left_out=(data / "raw",))  # not a repository
    found = results.provenance(project, GOOD, {})
    assert list(found["inputs"]) == ["data/a.csv", "data/b.csv"]
    assert len(set(found["inputs"].values())) == 1
    assert results.repository(tmp_path) is None


def test_folders_are_replaced_but_not_inside_pictures_or_other_words():
    picture = f"data:image/png;base64,AAAA{ROOT}/AAAA="
    text = f"{picture} \x1b[32m{ROOT}/lib {ROOT}s {Path.home()}/x /tmp/ipykernel_12/3.py"
    assert without_paths([{"a": text}, 1], ROOT) == [
        {"a": f"{picture} \x1b[32m./lib {ROOT}s ~/x /tmp/ipykernel/3.py"},
        1,
    ]
    assert without_paths("/somewhere/else/x.sav", Path("/somewhere/else")) == "./x.sav"


def test_where_a_file_lies_after_merging_is_known_before(tmp_path):
    for language in ("nl", "en"):
        for name in ("t.csv", "tables.xlsx", f"figures/a.{language}.svg"):
            path = tmp_path / language / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name.replace("nl", "").replace("en", ""), encoding="utf8")
    told = {k: results.placed(tmp_path / k, k, "nl") for k in ("nl", "en")}
    results.merge({k: tmp_path / k for k in ("nl", "en")}, tmp_path / "new")
    assert told["en"] == {
        "t.csv": "t.csv", "tables.xlsx": "tables.en.xlsx", "figures/a.en.svg": "figures/a.en.svg",
    }  # fmt: skip
    lying = {p.relative_to(tmp_path / "new").as_posix() for p in (tmp_path / "new").rglob("*.*")}
    assert {*told["nl"].values(), *told["en"].values()} == lying
