"""Pages on paper: a tagged PDF, printed by a Chromium that is on the machine."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
SECONDS = 120  # that one page may take


def find_browser() -> str:
    """Find a Chromium on the PATH, or raise FileNotFoundError with what to do."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not browser:
        raise FileNotFoundError(
            f"PDF: expected one of {', '.join(BROWSERS)} on the PATH; found none. Install Chromium, "
            "or leave --pdf out and print the pages from any browser"
        )
    return browser


def write_pdf(page: str | Path, path: str | Path) -> None:
    """Print one page as a PDF: A4, tagged, with an outline and page numbers, without the time of printing.

    Parameters
    ----------
    page : str or Path
        The HTML page.
    path : str or Path
        The PDF to write. Links to other pages are left out: a PDF would keep them as folders of this machine.

    Raises
    ------
    FileNotFoundError
        If there is no Chromium.
    OSError
        If it could not print the page.
    """
    browser = find_browser()
    text = Path(page).read_text(encoding="utf8")
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        copy, made = Path(folder) / "page.html", Path(folder) / "page.pdf"
        copy.write_text(re.sub(r'\shref="(?!#|https?:|mailto:)[^"]*"', "", text), encoding="utf8")
        options = [
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--no-pdf-header-footer",
            "--generate-pdf-document-outline",
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={made}",
            *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
        ]
        said = _call([browser, *options, copy.as_uri()])
        if not made.is_file():
            raise OSError(f"{Path(page).name}: {Path(browser).name} printed no PDF; it said: {said[-300:]}")
        Path(path).write_bytes(_undated(made.read_bytes()))


def _undated(pdf: bytes) -> bytes:
    """Give a PDF one fixed date, of the same length: the same page gives the same bytes."""
    return re.sub(rb"(/(?:Creation|Mod)Date \(D:)\d{14}", rb"\g<1>19800101000000", pdf)


def _call(words: list[str]) -> str:
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, errors="replace")
    except subprocess.TimeoutExpired:
        return f"nothing in {SECONDS} s"
    return done.stderr.strip()


def write_pdfs(folders: Iterable[Path]) -> list[Path]:
    """Print every page in some folders beside its HTML; return the PDFs."""
    written = []
    for page in (page for folder in folders for page in sorted(folder.glob("*.html"))):
        write_pdf(page, page.with_suffix(".pdf"))
        written.append(page.with_suffix(".pdf"))
    return written
