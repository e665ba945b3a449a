"""Files that went wrong in other hands: each is read right, or what is lost is said.

The files of fixtures/interviews/gone_wrong hold invented text; the habits are of programs that are in use.
"""

import shutil
import sqlite3
from contextlib import closing

import pytest
from coded import FIXTURES, check_cut, check_valid, losses, rows

from codedtexts import co_occurrence, code_tree, read_interviews, write_refi

WRONG = FIXTURES / "gone_wrong"
LINES = [
    "werkte jaren in de thuiszorg en vond het zwaar",
    "collega hielp mij met de planning van de week",
    "volgde ik een cursus bij de buurtschool",
    "adviseur vroeg wat ik zelf graag wilde doen",
    "was er weinig rust om na te denken",
    "zoek ik verder naar ander werk in de buurt.",
]
CLIPPED = "coding that lies partly outside its text: clipped"


def told(found, kind):
    """Where a loss is said to be."""
    return found.losses.loc[found.losses["kind"] == kind, "where"].tolist()


def test_one_end_past_the_text_moves_no_other_span():
    found = read_interviews(WRONG / "end_past_text.qdpx")
    assert found.segments["text"].tolist() == LINES
    assert found.sources["offsets"].tolist() == ["code points, half-open"]
    assert told(found, CLIPPED) == ["Gesprek: selection 6 (244 to 288)"]
    assert losses(found) == {CLIPPED: 1}


@pytest.mark.parametrize(
    ("start", "end", "kind"),
    [
        (244, 400, CLIPPED),
        (-9, 288, CLIPPED),
        (300, 310, "coding outside its text: left out"),
        (-9, -1, "coding outside its text: left out"),
        (200, 100, "coding that ends before it begins: left out"),
        (10**14, 10**14 + 3, "coding outside its text: left out"),
    ],
)
def test_qualcoder_is_read_by_its_own_convention_whatever_one_row_says(start, end, kind, tmp_path):
    shutil.copytree(WRONG / "qualcoder_end_past_text.qda", tmp_path / "a.qda")
    with closing(sqlite3.connect(tmp_path / "a.qda" / "data.qda")) as base, base:
        base.execute("update code_text set pos0 = ?, pos1 = ?, seltext = null where ctid = 4", (start, end))
    found = read_interviews(tmp_path / "a.qda")
    assert [text for text in LINES[:3] if text in set(found.segments["text"])] == LINES[:3]
    assert losses(found) == {kind: 1}
    assert f"({start} to {end})" in told(found, kind)[0]


def test_qualcoder_keeps_quotations_that_equal_their_spans():
    found = read_interviews(WRONG / "qualcoder_end_past_text.qda")
    assert found.segments["text"].tolist() == [*LINES[:3], LINES[5]]
    assert losses(found) == {CLIPPED: 1}


def test_rows_whose_code_or_text_is_gone_are_counted(tmp_path):
    shutil.copytree(WRONG / "qualcoder_one_root.qda", tmp_path / "a.qda")
    with closing(sqlite3.connect(tmp_path / "a.qda" / "data.qda")) as base, base:
        base.execute("delete from code_name where cid = 1")
        base.execute("delete from code_cat where catid = 3")
        base.execute("update code_cat set supercatid = 2 where catid = 1")
        base.execute("insert into code_text values (9, 2, 77, 'x', 0, 1, '', '', '', null, null)")
        base.execute("insert into code_text values (10, 2, 1, 'x', null, 1, '', '', '', null, null)")
    found = read_interviews(tmp_path / "a.qda")
    assert len(found.segments) == 2
    assert losses(found) == {
        "coding of a code that is not in the code book: left out": 1,
        "coding of a source without text: left out": 1,
        "coding with a position that cannot be used: left out": 1,
        "category that is gone: its code stands at the top": 2,
        "code above itself: it stands at the top": 1,
    }


def test_both_texts_of_a_plain_table_have_one_convention():
    found = read_interviews(WRONG / "plain_csv_boundaries_cut_words" / "codes.csv")
    assert set(found.sources["offsets"]) == {"code points, half-open"}
    assert found.segments[["start", "end"]].to_numpy().tolist()[:2] == [[4, 48], [6, 44]]
    check_cut(found)
    assert found.losses.empty


def test_names_of_forty_characters_are_short_names():
    assert read_interviews(WRONG / "names_cut_at_48.qdpx").losses.empty


def test_utf8_bytes_are_no_candidate_for_a_project():
    found = read_interviews(WRONG / "accent_tie_no_origin.qdpx")
    assert found.segments["text"].tolist() == [
        "Het werk was zwaar, maar het team hielp.",
        "Later werd het nog drukker op de coördinatie van de zorg.",
    ]


def test_a_source_with_formatted_text_only_does_not_refuse_the_project():
    found = read_interviews(WRONG / "one_source_rich_text_only.qdpx")
    assert found.sources["source"].tolist() == ["Gesprek 1", "Gesprek 3"]
    assert len(found.segments) == 2
    assert told(found, "source without text (formatted text only)") == ["Folder"]


def test_cases_are_people_and_those_in_part_of_a_text_are_named(tmp_path):
    found = read_interviews(WRONG / "cases_of_people.qdpx")
    assert found.sources["case"].tolist() == ["Respondent A", "Respondent A", ""]
    assert found.sources["leeftijd"].tolist() == ["34", "34", ""]
    (where,) = told(found, "case that is a part of a text: name and values left out")
    assert "Respondent D (leeftijd 60): Groepsgesprek" in where
    write_refi(found, tmp_path / "again.qdpx")
    check_valid(tmp_path / "again.qdpx")
    again = read_interviews(tmp_path / "again.qdpx")
    assert again.sources["case"].tolist() == found.sources["case"].tolist()
    assert again.losses.equals(found.losses)


def test_users_of_one_name_are_two_coders():
    found = read_interviews(WRONG / "two_users_one_name.qdpx")
    assert sorted(set(found.segments["coder"])) == ["Anna [321003e1]", "Anna [331476b8]"]


def test_dots_in_tags_of_taguette_are_a_tree_and_one_highlight_is_one_passage():
    found = read_interviews(WRONG / "taguette_highlights_nested.csv")
    tree = code_tree(found.segments, found.codes)
    assert tree[["name", "depth"]].to_numpy().tolist() == [
        ["steun", 0], ["familie", 1], ["collega", 1], ["thuis", 0],
    ]  # fmt: skip
    pairs = co_occurrence(found.segments, within="overlap").set_index(["first", "second"])["share"]
    assert pairs["steun.familie", "thuis"] == 0.5
    assert pairs.drop(("steun.familie", "thuis")).isna().all()


def table(folder, content, **texts):
    """A table of codings with texts beside it."""
    for name, text in texts.items():
        (folder / f"{name}.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    (folder / "codes.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_interviews(folder / "codes.csv")


def test_rows_of_a_plain_table_that_cannot_be_used_are_counted(tmp_path):
    text = "Ik werkte jaren in de zorg."
    content = (
        "source,start,end,code\na,3,9,werk\na,x,9,werk\na,10,,werk\na,10,15,\n,10,15,werk\na,22,99,zorg\n"
    )
    found = table(tmp_path, content, a=text)
    assert rows(found) == [("werkte", "werk", ""), ("zorg.", "zorg", "")]
    assert losses(found) == {
        "coding with a position that cannot be used: left out": 2,
        CLIPPED: 1,
        "row without code: left out": 1,
        "row without source: left out": 1,
    }
    assert told(found, CLIPPED) == ["a: selection at row 7 (22 to 99)"]


def test_a_table_of_dutch_excel_is_read(tmp_path):
    text = "Eén collega hielp mij, privé."
    content = "Bron;Begin;Einde;Code;Codeur\r\nCafé;4;11;steun;Zoë\r\n".encode("cp1252")
    found = table(tmp_path, content, Café=text.encode("cp1252"))
    assert rows(found) == [("collega", "steun", "Zoë")]
    assert losses(found) == {"text read as windows-1252 (not UTF-8): check its accents": 1}


def test_the_report_of_qualcoder_keeps_categories_coders_and_cases(tmp_path):
    header = '"Case","Filename","Coder","Coded","Id","Codename","Coded_Memo","Category","Category"'
    header += ',"CaseVar_leeftijd"'
    lines = [
        '"Respondent A","g1.txt","Anna","hielp mij","ctid:1","steun","let op","omgeving","alles","34"',
        '"Respondent A","g2.txt","Bram","en thuis","ctid:2","thuis","","omgeving","alles","34"',
        '"Respondent A","foto.png","Bram","image","imid:1","thuis","","omgeving","alles","34"',
    ]
    found = table(tmp_path, "\ufeff" + "\r\n".join([header, *lines]))
    assert rows(found) == [("hielp mij", "steun", "Anna"), ("en thuis", "thuis", "Bram")]
    assert found.segments["memo"].tolist() == ["let op", ""]
    assert found.sources[["source", "case", "leeftijd"]].to_numpy().tolist() == [
        ["g1.txt", "Respondent A", "34"], ["g2.txt", "Respondent A", "34"],
    ]  # fmt: skip
    tree = code_tree(found.segments, found.codes)
    assert tree["name"].tolist() == ["alles", "omgeving", "steun", "thuis"]
    assert losses(found) == {
        "coding of an area of a picture: left out": 1,
        "position: this export has none": 2,
    }


def test_focus_groups_have_several_cases_and_blank_coders_are_counted(tmp_path):
    content = "source,start,end,code,coder,case\ng,0,3,a,Anna,P1\ng,4,9,a, ,P1; P2\nh,0,3,a,Anna,P1\n"
    found = table(tmp_path, content, g="een gesprek", h="nog een")
    assert found.sources["case"].tolist() == ["P1; P2", "P1"]
    assert losses(found) == {"coding without a named coder": 1}


def test_inception_exports_are_read_by_utf16_units(tmp_path):
    lines = [
        "#FORMAT=WebAnno TSV 3.3", r"#T_SP=webanno.custom.Code|label", "#T_SP=webanno.custom.Segment|",
        "#T_RL=webanno.custom.Link|BT_webanno.custom.Code", "", "",
        "#Text=Een 😀 collega hielp.",
        "1-1\t0-3\tEen\t_\t_\t_\t", "1-2\t4-6\t😀\t_\t*[2]\t_\t",
        "1-3\t7-14\tcollega\tsteun[1]|werk\t*[2]\t_\t",
        "1-4\t15-20\thielp\tsteun[1]\t_\t_\t", "1-5\t20-21\t.\t_\t_\t_\t", "",
        "#Text=Thuis niet.", "2-1\t22-27\tThuis\tthuis\\|werk\t_\t_\t", "2-2\t28-32\tniet\t_\t_\t_\t",
    ]  # fmt: skip
    (tmp_path / "gesprek.tsv").write_text("\n".join(lines), encoding="utf8")
    found = read_interviews(tmp_path / "gesprek.tsv")
    assert sorted(found.segments[["text", "code"]].itertuples(index=False, name=None)) == [
        ("Thuis", "thuis|werk"), ("collega", "werk"), ("collega hielp", "steun"), ("😀 collega", "Segment"),
    ]  # fmt: skip
    assert losses(found)["layer of links between annotations"] == 1


def rqda(path):
    """A small RQDA project: two texts, three codes in two categories, something deleted of each."""
    base = sqlite3.connect(path)
    base.executescript("""
        create table source (name, id integer, file, memo, owner, date, dateM, status integer);
        create table freecode (name, memo, owner, date, dateM, id integer, status integer, color);
        create table codecat (name, cid integer, catid integer, owner, date, dateM, memo, status integer);
        create table treecode (cid integer, catid integer, date, dateM, memo, status integer, owner);
        create table coding (cid integer, fid integer, seltext, selfirst real, selend real, status integer,
                             owner, date, memo);
        create table cases (name, memo, owner, date, dateM, id integer, status integer);
        create table caselinkage (caseid integer, fid integer, selfirst real, selend real, status integer,
                                  owner, date, memo);
        create table caseAttr (variable, value, caseID integer, date, dateM, owner, status integer);
        create table fileAttr (variable, value, fileID integer, date, dateM, owner, status integer);
        insert into source values ('g1', 1, 'Eén 😀 collega hielp.', 'm', 'Anna', '', '', 1),
                                  ('g2', 2, 'weg', '', 'Anna', '', '', -1);
        insert into freecode values ('steun', '', '', '', '', 1, 1, ''), ('oud', '', '', '', '', 2, -1, '');
        insert into codecat values ('omgeving', null, 1, '', '', '', 'uitleg', 1),
                                   ('werk', null, 2, '', '', '', '', 1);
        insert into treecode values (1, 1, '', '', '', 1, ''), (1, 2, '', '', '', 1, '');
        insert into coding values (1, 1, 'collega', 6, 13, 1, 'Anna', '', 'noot'),
                                  (1, 1, 'Eén', 0, 3, -1, 'Anna', '', ''),
                                  (2, 1, 'Eén', 0, 3, 1, 'Bram', '', ''),
                                  (1, 2, 'weg', 0, 3, 1, 'Bram', '', '');
        insert into cases values ('P1', '', '', '', '', 1, 1), ('P2', '', '', '', '', 2, 1);
        insert into caselinkage values (1, 1, 0, 20, 1, '', '', ''), (2, 1, 0, 3, 1, '', '', '');
        insert into caseAttr values ('leeftijd', '34', 1, '', '', '', 1);
        insert into fileAttr values ('plaats', 'Enschede', 1, '', '', '', 1);
    """)
    base.close()
    return path


def test_rqda_databases_are_read_without_what_was_deleted(tmp_path):
    found = read_interviews(rqda(tmp_path / "project.rqda"))
    assert found.segments[["text", "code", "coder", "memo"]].to_numpy().tolist() == [
        ["collega", "steun", "Anna", "noot"]
    ]
    assert found.sources[["source", "case", "leeftijd", "plaats"]].to_numpy().tolist() == [
        ["g1", "P1", "34", "Enschede"]
    ]
    tree = code_tree(found.segments, found.codes)
    assert tree[["name", "depth"]].to_numpy().tolist() == [["omgeving", 0], ["steun", 1], ["werk", 0]]
    assert found.codes.set_index("code")["groups"]["steun"] == "werk"
    assert losses(found) == {
        "code that was deleted in RQDA: left out": 1,
        "coding of a code that is not in the code book: left out": 1,
        "coding of a source without text: left out": 1,
        "coding that was deleted in RQDA: left out": 1,
        "case that is a part of a text: name and values left out": 1,
        "source that was deleted in RQDA: left out": 1,
    }


def test_one_taguette_project_of_several_is_chosen(tmp_path):
    path = tmp_path / "several.sqlite3"
    shutil.copy(FIXTURES / "taguette" / "server.sqlite3", path)
    with closing(sqlite3.connect(path)) as base, base:
        columns = [row[1] for row in base.execute("pragma table_info(projects)")]
        other = ["99" if name == "id" else "'Tweede'" if name == "name" else f'"{name}"' for name in columns]
        base.execute(f"insert into projects select {', '.join(other)} from projects limit 1")
        (first,) = base.execute("select name from projects where id <> 99").fetchone()
    with pytest.raises(ValueError, match="found .*99 Tweede: say which with project"):
        read_interviews(path)
    assert len(read_interviews(path, project=first).segments) == 4
    assert read_interviews(path, project="99").segments.empty


def test_coders_and_documents_are_chosen_by_name_and_the_others_counted():
    path = WRONG / "plain_csv_boundaries_cut_words" / "codes.csv"
    found = read_interviews(path, coders="Anna", documents="Gesprek 1")
    assert len(found.segments) == 3
    assert losses(found) == {
        "coding of a coder who was not chosen": 3,
        "coding of a document that was not chosen": 12,
    }
    with pytest.raises(ValueError, match="coders: expected names out of Anna; Bram; found 'Carla'"):
        read_interviews(path, coders="Anna; Carla")
