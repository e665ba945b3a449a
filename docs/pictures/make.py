"""Make the pictures of the README from a run: the first screen of the overview, and a figure of 01_quant.

    python docs/pictures/make.py results/default docs/pictures

`make pictures` does this after a run of every notebook; it needs Chromium. Each picture says in its metadata
what it was made of, and the overview also what is to be read in it, so that a test can hold it against a run.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bs4 import BeautifulSoup
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from strictruns import find_browser

PAGE, FIGURE = "index.en.html", "01_quant/figures/bounds_9.en.png"
SCREEN = (1366, 768)
COLOURS = 48  # enough for text and bars; a third of the bytes


def first_screen(page: Path) -> str:
    """Return the text of a page above its first section."""
    main = BeautifulSoup(page.read_text(encoding="utf8"), "lxml").main
    above = []
    for part in main.find_all(recursive=False):
        if part.name in {"section", "nav"}:
            break
        above.append(part.get_text(" ", strip=True))
    return " ".join(" ".join(above).split())


def photograph(page: Path) -> Image.Image:
    """Return what a screen shows of a page."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        shot = Path(folder) / "shot.png"
        words = [find_browser(), "--headless", "--disable-gpu", "--no-first-run", "--hide-scrollbars"]
        words += [f"--user-data-dir={folder}/profile", f"--window-size={SCREEN[0]},{SCREEN[1]}"]
        words += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        words += [f"--screenshot={shot}", page.resolve().as_uri()]
        subprocess.run(words, check=True, capture_output=True, timeout=120)
        return Image.open(shot).convert("RGB")


def save(picture: Image.Image, path: Path, source: str, text: str = "") -> None:
    """Write a picture in few colours, with what it was made of."""
    known = PngInfo()
    known.add_itxt("Source", source)
    known.add_itxt("Description", text)
    few = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True, pnginfo=known)


def make(run: Path, folder: Path) -> None:
    """Make both pictures."""
    save(photograph(run / PAGE), folder / "overview.png", PAGE, first_screen(run / PAGE))
    save(Image.open(run / FIGURE).convert("RGB"), folder / "bounds.png", FIGURE)


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]))
