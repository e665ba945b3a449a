"""The dossier of a run: summary and reports on paper, and the workbooks that hold what paper leaves out."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from loopbaanchecks.leaving.check import find_sendable, write_archive
from strictruns import find_browser, write_pdf


def write_dossier(run: Path, language: str) -> Path:
    """Print the pages of a run, and put them in one archive with the claims and the tables as workbooks.

    Parameters
    ----------
    run : Path
        Folder of the run, with its reports.
    language : {"nl", "en"}
        Language of the pages.

    Returns
    -------
    Path
        dossier.<language>.zip in the folder.

    Raises
    ------
    FileNotFoundError
        If there is no Chromium to print with.
    ValueError
        If the folder has no report in the language, or something of it may not leave: see `find_sendable`.
    """
    find_browser()
    parts = dict(_parts(run, language))
    if not any(name.endswith(".pdf") for name in parts):
        raise ValueError(
            f"{run.name}: expected reports in results/{run.name}/ to print; found none: run them first"
        )
    _check_sendable(run, list(parts.values()))
    files = {}
    with TemporaryDirectory() as folder:
        for name, path in parts.items():
            if name.endswith(".pdf"):
                write_pdf(path, printed := Path(folder) / name)
                path = printed
            files[name] = path.read_bytes()
    write_archive(archive := run / f"dossier.{language}.zip", files)
    return archive


def _parts(run: Path, language: str) -> Iterator[tuple[str, Path]]:
    """Yield the name in the dossier of every page and workbook that is there, and the file."""
    yield from _there({f"summary.{language}.pdf": run / f"summary.{language}.html"})
    yield from _there({f"claims.{language}.xlsx": run / f"claims.{language}.xlsx"})
    for report in sorted(run.glob(f"[!.]*/report.{language}.html")):
        folder = report.parent
        if not folder.name.endswith(".failed"):
            own = folder / f"tables.{language}.xlsx"
            book = own if own.is_file() else folder / "tables.xlsx"
            yield f"{folder.name}.{language}.pdf", report
            yield from _there({f"{folder.name}.tables.{language}.xlsx": book})


def _there(files: dict[str, Path]) -> Iterator[tuple[str, Path]]:
    yield from ((name, path) for name, path in files.items() if path.is_file())


def _check_sendable(run: Path, paths: list[Path]) -> None:
    """Raise when a notebook of the run was given a file of people and a part did not pass its check."""
    records = (json.loads(path.read_text(encoding="utf8")) for path in run.glob("[!.]*/run.json"))
    if any(record.get("files") for record in records):
        kept, _ = find_sendable(run)
        names = [path.relative_to(run.parent).as_posix() for path in paths]
        if held := [name for name in names if name not in kept]:
            raise ValueError(
                f"dossier: expected files that passed their check; found {', '.join(held)}: "
                "see check.en.html, and `loopbaanchecks check --input FILE`"
            )
