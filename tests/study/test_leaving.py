"""What must not leave is found wherever it stands; what may leave passes, and only that is sent."""

import base64
import hashlib
import json
import zipfile
import zlib
from dataclasses import replace

import pandas as pd
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from loopbaanchecks.__main__ import main
from loopbaanchecks.leaving import check as module
from loopbaanchecks.leaving.check import Finding, check_results, read_exceptions, write_bundle, write_check
from loopbaanchecks.leaving.contents import Unread, read_texts
from loopbaanchecks.leaving.private import read_private
from loopbaanchecks.leaving.rules import find_in_text, read_rules

CANARY = "kanarie.geel@voorbeeld.invalid"


def rules(checked):
    return {finding.rule for finding in checked.held}


@pytest.fixture
def run(tmp_path):
    """Results of two notebooks: one of real people, one that was given no file."""
    folder = tmp_path / "trial"
    for name, files in (("03_tno_pilots", {"data_file": {"name": "0.csv", "sha256": "0"}}), ("01_quant", {})):
        (folder / name / "tables").mkdir(parents=True)
        record = {"notebook": name, "parameters": {"minimum_cell": 5}, "files": files}
        (folder / name / "run.json").write_text(json.dumps(record))
        (folder / name / "numbers.json").write_text("{}")
    (folder / "run.json").write_text(json.dumps({"runs": {}, "outputs": {}}))  # of the overview
    (folder / "index.nl.html").write_text("<p>overzicht</p>")
    (folder / "run.json").write_text('{"runs": {}, "outputs": {}}')  # of the overview
    return folder


def attrition(run, *rows, notebook="03_tno_pilots"):
    frame = pd.DataFrame(rows, columns=["wave", "n", "n_gap", "n_lost", "n_enrolled"]).assign(
        evidence="observed"
    )
    frame.to_csv(run / notebook / "tables" / "own_attrition.csv", index=False)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("email", "schrijf aan a.b-c@voorbeeld.example."),
        ("phone", "bel 06-12345678, of"),
        ("phone", "+31 (0)50 123 45 67"),
        ("postcode", "Kade 12, 9712 CP"),
        ("iban", "rekening NL91 ABNA 0417 1643 00."),
        ("bsn", "nummer 111222333,"),
        ("ip", "van 145.18.12.3 gekomen"),
        ("path", "/Users/jansen/onderzoek"),
        ("path", r"C:\\Users\\jansen\\onderzoek"),
        ("name", "met Sanne de Vries gesproken"),
    ],
)
def test_each_pattern_finds_what_it_is_for(rule, text):
    assert rule in {found for found, _ in find_in_text(text, module.Private())}


@pytest.mark.parametrize(
    "text",
    [
        *("NL92ABNA0417164300", "111222334", "versie 3.11.7", "n = 254, gemiddelde 4,15", "0.6123456789"),
        *(
            "2021 SA",
            "https://example.invalid/Users/index",
            "sha 0612345678ab",
            "1.300.2.3",
            "numpy@2.2.6, python@3.11.14, nb@6.1.0rc1",
            "de Vries en Jansen",
        ),
    ],
)
def test_what_only_looks_like_it_passes(text):
    assert not list(find_in_text(text, module.Private()))


def test_every_rule_has_its_reason_in_both_languages_and_a_way():
    for name, rule in read_rules().items():
        assert rule["nl"] and rule["en"] and ("pattern" in rule) != ("how" in rule), name


def png(folder):
    made, info = folder / "p.png", PngInfo()
    info.add_text("Comment", CANARY)
    Image.new("L", (1, 1)).save(made, pnginfo=info)
    return made.read_bytes()


def zipped(folder, inner=None):
    with zipfile.ZipFile(folder / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.txt", inner or CANARY)
    return (folder / "z.zip").read_bytes()


def workbook(folder):
    pd.DataFrame({"a": [CANARY]}).to_excel(folder / "w.xlsx", index=False)
    return (folder / "w.xlsx").read_bytes()


WRAPPED = {
    "plain": lambda folder: CANARY.encode(),
    "utf-16": lambda folder: CANARY.encode("utf-16"),
    "in an archive": zipped,
    "in an archive in an archive": lambda folder: zipped(folder, zipped(folder)),
    "in a workbook": workbook,
    "beside a picture": png,
    "in a picture in a page": lambda folder: (
        b'<img src="data:image/png;base64,' + base64.b64encode(png(folder)) + b'">'
    ),
    "in an attribute": lambda folder: f'<p title="{CANARY}">x</p>'.encode(),
    "in a comment": lambda folder: f"<!-- {CANARY} -->".encode(),
}


@pytest.mark.parametrize("how", WRAPPED)
def test_no_way_of_keeping_text_hides_it(how, run, tmp_path):
    (run / "01_quant" / "found.bin").write_bytes(WRAPPED[how](tmp_path))
    found = check_results([run])
    assert rules(found) == {"email"} and {f.file for f in found.held} == {"trial/01_quant/found.bin"}


def test_a_name_of_a_file_is_read_too(run):
    (run / f"{CANARY}.csv").write_text("a")
    assert rules(check_results([run])) == {"email"}


def test_what_cannot_be_read_does_not_pass(run, tmp_path):
    (run / "x.zip").write_bytes(zipped(tmp_path)[:-30])
    assert rules(check_results([run])) == {"unread"}
    with pytest.raises(Unread):
        list(read_texts(run / "x.zip"))


def test_small_cells_and_what_follows_from_sums_are_found(run):
    attrition(run, (1, 28, 0, 0, 28), (2, None, 0, None, 28))
    assert not check_results([run]).held
    attrition(run, (1, 28, 0, 0, 28), (2, None, 0, 2, 28))
    assert {"small_cell"} <= rules(check_results([run]))
    attrition(run, (1, 28, 0, 0, 28), (2, 26, 0, None, 28))
    assert rules(check_results([run])) == {"follows"}


def test_a_group_that_follows_from_what_all_coders_gave_is_found(run):
    """8 conversations have the code, 6 of them in the one group: 2 in the other, which is not shown."""
    folder = run / "03_tno_pilots" / "tables"
    frame = pd.DataFrame({"code": "a", "group": ["x", "y"], "interviews": [6, None], "interviews_of": 12})
    given = pd.DataFrame({"coder": ["#1"], "code": ["a"], "interviews": [8], "interviews_of": [8]})
    frame.assign(evidence="observed").to_csv(folder / "code_counts.csv", index=False)
    assert not check_results([run]).held
    given.assign(evidence="observed").to_csv(folder / "coder_codes.csv", index=False)
    assert rules(check_results([run])) == {"follows"}


def test_what_follows_from_two_tables_is_found(run):
    attrition(run, (1, 28, 0, 0, 28), (2, None, 0, None, 28))
    steps = {
        "step": ["support"],
        "wave": [2],
        "count": [9],
        "n": [26],
        "n_missing": [None],
        "evidence": "observed",
    }
    pd.DataFrame(steps).to_csv(run / "03_tno_pilots" / "tables" / "own_steps.csv", index=False)
    assert rules(check_results([run])) == {"follows"}


def test_two_runs_give_away_what_each_of_them_hides(run, tmp_path):
    """One run hides the centre, the other the wave: laid side by side the small count is there."""
    attrition(run, (2, None, 0, None, 28))
    other = tmp_path / "other"
    (other / "03_tno_pilots" / "tables").mkdir(parents=True)
    for name in ("run.json", "numbers.json"):
        (other / "03_tno_pilots" / name).write_bytes((run / "03_tno_pilots" / name).read_bytes())
    attrition(other, (2, 26, None, None, 28))
    assert not check_results([run]).held and not check_results([other]).held
    assert rules(check_results([run, other])) == {"difference"}
    attrition(run, (1, 28, 0, 0, 28))
    attrition(other, (1, 27, 0, 0, 27))
    found = [finding.what for finding in check_results([run, other]).held]
    assert any("28 and 27" in what for what in found)


def test_names_words_and_rows_of_the_input_are_found(run, tmp_path):
    given = tmp_path / "vragenlijst Kanariestraat.csv"
    rows = [f"{n},{n % 5},1,2,3,antwoord {n} over de gele vogel van mijn buurvrouw" for n in range(12)]
    given.write_text("\n".join(["respondent,q1,q2,q3,q4,open", *rows]), encoding="utf8")
    (run / "a.txt").write_text("de gele vogel van mijn buurvrouw zong")
    (run / "b.csv").write_text("respondent,q1,q2,q3,q4\n3,3,1,2,3\n")
    (run / "c.txt").write_text("uit vragenlijst Kanariestraat gehaald")
    found = {finding.file.rpartition("/")[2]: finding.rule for finding in check_results([run], [given]).held}
    assert found == {"a.txt": "quotation", "b.csv": "rows", "c.txt": "own_name"}


def test_sources_and_coders_of_interviews_are_found(run, tmp_path):
    (tmp_path / "Kanarie Geel.txt").write_text(
        "Een gesprek over de vogel in de kooi van de buren.", encoding="utf8"
    )
    (tmp_path / "codes.csv").write_text(
        "source,start,end,code,coder\nKanarie Geel,4,11,vogel,Codeur Kanarie\n"
    )
    private = read_private([tmp_path / "codes.csv"])
    assert {"Kanarie Geel", "Codeur Kanarie"} <= private.names
    for name, shown in {
        "figure.narrow.nl.svg": "<svg><text>Kanarie Geel</text></svg>",
        "report.nl.html": "<table><td>Ka\N{SOFT HYPHEN}na\N{SOFT HYPHEN}rie Geel</td></table>",
    }.items():
        (run / "01_quant" / name).write_text(shown, encoding="utf8")
        assert rules(check_results([run], [tmp_path / "codes.csv"])) == {"own_name"}, name
        (run / "01_quant" / name).unlink()


def test_the_report_repeats_nothing_and_has_a_hash_per_file(run):
    (run / "x.txt").write_text(CANARY)
    checked = check_results([run])
    write_check(checked, run)
    for name in module.OWN:
        assert CANARY not in (run / name).read_text(encoding="utf8")
    record = json.loads((run / "check.json").read_text(encoding="utf8"))
    assert record["passed"] is False
    assert record["files"]["trial/x.txt"] == hashlib.sha256(CANARY.encode()).hexdigest()
    page = (run / "check.nl.html").read_text(encoding="utf8")
    assert 'lang="nl"' in page and "E-mailadres" not in page and "e-mailadres wijst een persoon aan" in page
    assert check_results([run]).files.keys() == checked.files.keys()  # its own report is not among them


def test_a_person_can_let_something_through_with_name_reason_and_hash(run, tmp_path, monkeypatch):
    (run / "x.txt").write_text(CANARY)
    digest = hashlib.sha256(CANARY.encode()).hexdigest()
    listed = tmp_path / "exceptions.csv"
    listed.write_text(f"sha256,rule,name,reason\n{digest},email,A. Bee,our own address\n")
    monkeypatch.setattr(module, "read_exceptions", lambda: read_exceptions(listed))
    checked = check_results([run])
    assert not checked.held and checked.findings[0].excused == "A. Bee: our own address"
    (run / "x.txt").write_text(f"{CANARY} ")
    assert rules(check_results([run])) == {"email"}


@pytest.mark.parametrize("row", ["{0},email,,why", "{0},no_rule,A,why", "short,email,A,why", "{0},email,A,"])
def test_an_exception_that_does_not_say_who_and_why_is_refused(row, tmp_path):
    (tmp_path / "e.csv").write_text("sha256,rule,name,reason\n" + row.format("0" * 64))
    with pytest.raises(ValueError, match=r"e.csv, line 2: expected sha256, a known rule, name and reason"):
        read_exceptions(tmp_path / "e.csv")


def test_only_what_passed_goes_into_the_archive(run, tmp_path):
    attrition(run, (1, 28, 0, 0, 28))
    (run / "01_quant" / "x.txt").write_text(CANARY)
    (run / "03_tno_pilots.failed").mkdir()
    (run / "03_tno_pilots.failed" / "notebook.ipynb").write_text("{}")
    archive = tmp_path / "out.zip"
    left = write_bundle(run, archive)  # nobody compared 03 with its file yet
    assert {name.split("/")[1] for name in left} == {"01_quant", "03_tno_pilots"}
    write_check(check_results([run / "03_tno_pilots"]), run / "03_tno_pilots")
    assert write_bundle(run, archive) == ["trial/01_quant/x.txt"]
    with zipfile.ZipFile(archive) as made:
        names = set(made.namelist())
    assert "trial/03_tno_pilots/tables/own_attrition.csv" in names and "trial/index.nl.html" in names
    assert not any("failed" in name or "check." in name for name in names)


def test_a_file_changed_after_its_check_stays_behind(run, tmp_path):
    write_check(check_results([run / "03_tno_pilots"]), run / "03_tno_pilots")
    (run / "03_tno_pilots" / "numbers.json").write_text("{ }")
    assert write_bundle(run, tmp_path / "out.zip") == ["trial/03_tno_pilots/numbers.json"]


def test_the_commands_say_it_in_their_exit_code(run, tmp_path, capsys):
    assert main(["check", str(run)]) == 0
    assert main(["bundle", str(run), "--output", str(tmp_path / "o.zip")]) == 1  # 03 was not compared
    (run / "x.txt").write_text(CANARY)
    assert main(["check", str(run), "--output", str(tmp_path / "report")]) == 1
    assert (tmp_path / "report" / "check.en.html").is_file()
    assert CANARY not in capsys.readouterr().out
    assert main(["check", str(tmp_path / "nothing")]) == 2


def test_a_folder_of_a_failed_run_is_not_looked_at(run):
    (run / "01_quant.failed").mkdir()
    (run / "01_quant.failed" / "x.txt").write_text(CANARY)
    assert not check_results([run]).held


def test_a_finding_is_excused_by_the_hash_of_a_file_in_its_folder():
    finding = Finding("follows", "trial/03", "tables", "n")
    done = module._excused(finding, {"trial/03/run.json": "a"}, {("a", "follows"): "A: why"})
    assert done == replace(finding, excused="A: why")


def test_text_in_a_pdf_is_looked_through_and_its_fonts_are_not(tmp_path):
    packed = zlib.compress(f"BT ({CANARY}) Tj 1 0 0 1 145.18 3.2 cm".encode())
    font = bytes(range(128, 256)) + b"a@b.nl 145.18.12.3"
    parts = [
        b"%PDF-1.4\n1 0 obj << /Length 9 >> stream\n",
        packed,
        b"\nendstream stream\n",
        font,
        b"\nendstream",
    ]
    (tmp_path / "a.pdf").write_bytes(b"".join(parts))
    texts = dict(read_texts(tmp_path / "a.pdf"))
    assert [place for place, text in texts.items() if CANARY in text] == [":stream 1"]
    assert not any("145.18" in text for text in texts.values())
