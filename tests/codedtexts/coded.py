"""What the tests of readers share: one small interview, as many programs write it."""

import zipfile
from pathlib import Path

from hypothesis import strategies as st
from lxml import etree

TESTS = Path(__file__).parents[1]
FIXTURES = TESTS / "fixtures" / "interviews"


# The schema of the REFI-QDA standard (18 March 2019; MIT, notice inside), from qualitative-coding 1.7.8.
SCHEMA = etree.XMLSchema(etree.parse(TESTS / "reference" / "refi_qda_project.xsd"))


TEXTS = st.text(st.sampled_from("aëï é.😀\n\r\tß中\ufeff"), min_size=1, max_size=60)


def check_valid(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        SCHEMA.assertValid(etree.fromstring(archive.read("project.qde")))


def check_cut(found) -> None:
    texts = found.sources.set_index("source")["text"]
    for row in found.segments.itertuples():
        assert texts[row.source][row.start : row.end] == row.text


EXPECTED = [
    ("eén gesprek hielp mij", "vertrouwen", "Anna"),
    ("eén gesprek hielp mij", "vertrouwen", "Zoë"),
    ("gesprek hielp mij, geïnspireerd", "motivatie", "Zoë"),
    ("privé betaald", "kosten", "Anna"),
]


def rows(found) -> list[tuple]:
    return list(found.segments[["text", "code", "coder"]].itertuples(index=False, name=None))


def losses(found) -> dict[str, int]:
    return dict(found.losses.groupby("kind")["n"].sum())


POINTS = FIXTURES / "handmade" / "points.qdpx"


def changed(path: Path, old: str, new: str, **more: bytes) -> Path:
    """A copy of the plain fixture with something replaced in its XML, and files added."""
    with zipfile.ZipFile(POINTS) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in files["project.qde"]
    files["project.qde"] = files["project.qde"].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (files | more).items():
            archive.writestr(name, data)
    return path
