"""How long a REFI-QDA project of 100,000 codings takes to read and to write.

Forty invented interviews of 60,000 characters with accents and an emoji, 2,500 codings each, by two coders.
Against: a loop that parses the same XML and cuts every text under the one convention that is known to be
right, without choosing, checking or counting anything.
"""

import tempfile
import zipfile
from pathlib import Path
from time import perf_counter
from xml.etree.ElementTree import fromstring

import numpy as np

from codedtexts import read_interviews, write_refi
from codedtexts.model import Code, Draft, Selection, Source, guid
from codedtexts.tables import finish

SOURCES, CODINGS, WORDS = 40, 2_500, 10_000


def draft() -> Draft:
    """Return interviews whose codings begin and end at words."""
    rng, names = np.random.default_rng(1), [f"code {i}" for i in range(50)]
    made = Draft("drawn")
    made.codes = [Code(guid(name), name) for name in names]
    for at in range(SOURCES):
        words = rng.choice(["één", "gesprek", "geïnspireerd", "loopbaan", "😀", "werk"], WORDS)
        starts = np.concatenate([[0], np.cumsum([len(word) + 1 for word in words])])
        source = Source(guid(f"source {at}"), f"interview {at}", " ".join(words))
        for first, length, code in zip(
            rng.integers(0, WORDS - 40, CODINGS),
            rng.integers(1, 40, CODINGS),
            rng.integers(0, 50, CODINGS),
            strict=True,
        ):
            place = int(starts[first]), int(starts[first + length]) - 1
            source.selections.append(Selection(*place, None, guid(names[code]), "AB"[code % 2]))
        made.sources.append(source)
    return made


def bare(path: Path) -> int:
    """Cut every text in a plain loop."""
    name, cut = "{urn:QDA-XML:project:1.0}", []
    with zipfile.ZipFile(path) as archive:
        for source in fromstring(archive.read("project.qde")).iter(f"{name}TextSource"):
            text = archive.read(source.get("plainTextPath").replace("internal://", "sources/")).decode()
            for selection in source.iter(f"{name}PlainTextSelection"):
                cut.append(text[int(selection.get("startPosition")) : int(selection.get("endPosition"))])
    return len(cut)


def main() -> None:
    found = finish(draft())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.qdpx"
        start = perf_counter()
        write_refi(found, path)
        print(f"write              {perf_counter() - start:5.1f} s")
        start = perf_counter()
        n = bare(path)
        loop = perf_counter() - start
        print(f"plain loop         {loop:5.1f} s, {n:,} codings")
        for offsets, name in ((None, "read, stated"), ("", "read, chosen")):
            if offsets == "":
                _forget_origin(path)
            start = perf_counter()
            again = read_interviews(path)
            took = perf_counter() - start
            print(f"{name:<18} {took:5.1f} s, {len(again.segments):,} codings, ratio {took / loop:.1f}")


def _forget_origin(path: Path) -> None:
    """Take out who wrote the project, so that the convention has to be chosen."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["project.qde"] = files["project.qde"].replace(b'origin="codedtexts', b'origin="other', 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


if __name__ == "__main__":
    main()
