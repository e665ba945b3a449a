"""Look through what was built, say what must not leave, and make the archive of what may."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from loopbaanchecks.language import LANGUAGES
from loopbaanchecks.leaving.cells import find_cells, read_written
from loopbaanchecks.leaving.contents import Unread, read_texts
from loopbaanchecks.leaving.private import Private, read_private
from loopbaanchecks.leaving.rules import find_in_text, read_rules
from loopbaanchecks.paths import ROOT

RECORD = "check.json"
OWN = (RECORD, *(f"check.{language}.html" for language in LANGUAGES))
EXCEPTIONS = ROOT / "exceptions.csv"  # sha256, rule, name, reason: what a person has let through
DATED = (2021, 12, 1, 0, 0, 0)


@dataclass(frozen=True)
class Finding:
    """Something that must not leave: which rule, in which file, where in it, and what, covered.

    `excused` is the name and reason of whoever let it through.
    """

    rule: str
    file: str
    place: str
    what: str
    excused: str = ""


@dataclass(frozen=True)
class Checked:
    """The outcome of a check: findings, and the SHA-256 of every file that was looked through."""

    findings: list[Finding]
    files: dict[str, str]

    @property
    def held(self) -> list[Finding]:
        """Findings that nobody let through."""
        return [finding for finding in self.findings if not finding.excused]


def check_results(folders: Sequence[Path], inputs: Sequence[Path] = ()) -> Checked:
    """Look through every byte of what was built.

    Parameters
    ----------
    folders : sequence of Path
        Results: of a run, of one notebook, or of several runs over the same people, which are also laid
        beside each other.
    inputs : sequence of Path
        What the runs were given: names, words and rows of it are looked for.

    Returns
    -------
    Checked

    Raises
    ------
    ValueError
        If a folder is not there or is empty.
    """
    excuses, private = read_exceptions(), read_private(inputs) if inputs else Private()
    findings, files = [], {}
    for folder in folders:
        paths = _built(folder)
        if not paths:
            raise ValueError(f"{folder.name}: expected a folder with results; found none")
        for path in paths:
            name = path.relative_to(folder.parent).as_posix()
            files[name] = hashlib.sha256(path.read_bytes()).hexdigest()
            findings += [
                Finding(rule, name, place, covered(what)) for rule, place, what in _look(path, private)
            ]
    findings += _counts(folders)
    return Checked([_excused(finding, files, excuses) for finding in dict.fromkeys(findings)], files)


def _built(folder: Path) -> list[Path]:
    """Return the files of results; not the reports of checks, nor runs that failed: those are not sent."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in OWN]
    inside = [(path, path.relative_to(folder).parts) for path in paths]
    return [
        path for path, parts in inside if not any(p.endswith(".failed") or p.startswith(".") for p in parts)
    ]


def _look(path: Path, private: Private) -> Iterator[tuple[str, str, str]]:
    for rule, what in find_in_text(path.name, private):
        yield rule, "name of the file", what
    try:
        for place, text in read_texts(path):
            for rule, what in find_in_text(text, private):
                yield rule, place.lstrip(":"), what
    except Unread as problem:
        yield "unread", "", str(problem)


def _counts(folders: Sequence[Path]) -> list[Finding]:
    """Return what the counts of each notebook give away, and of the same notebook in several folders."""
    written: dict[str, list] = {}
    findings = []
    for folder in folders:
        for record in sorted(folder.rglob("run.json")):
            inside = record.relative_to(folder).parts
            if any(part.endswith(".failed") or part.startswith(".") for part in inside):
                continue
            notebook = json.loads(record.read_text(encoding="utf8")).get("notebook")
            if notebook and (one := read_written(record.parent)):  # the record of an overview has no notebook
                written.setdefault(notebook, []).append(one)
                findings += [_of_cell(folder, found) for found in find_cells([one])]
    single = {(finding.rule, finding.what) for finding in findings}
    for several in written.values():
        for found in find_cells(several) if len(several) > 1 else ():
            if not {(rule, found[2]) for rule in ("follows", found[0])} & single:
                findings.append(_of_cell(several[-1].folder, found))
    return findings


def _of_cell(folder: Path, found: tuple[str, Path, str]) -> Finding:
    rule, where, what = found
    name = where.relative_to(folder.parent).as_posix() if folder.parent in where.parents else where.name
    return Finding(rule, name, "tables", what)


def covered(what: str) -> str:
    """Return what was found so that the report does not repeat it: the first letters, and its hash.

    Examples
    --------
    >>> covered("anna@example.org")[:5]
    'an…, '
    """
    return f"{what[:2]}…, {len(what)} signs, {hashlib.sha256(what.encode()).hexdigest()[:8]}"


def read_exceptions(path: Path = EXCEPTIONS) -> dict[tuple[str, str], str]:
    """Read who let what through, and why.

    Parameters
    ----------
    path : Path
        CSV with `sha256` (of the file), `rule`, `name`, `reason`.

    Returns
    -------
    dict of (str, str) to str
        Hash and rule -> name and reason.

    Raises
    ------
    ValueError
        If a row has no name or reason, a rule that is not known, or no hash.
    """
    if not path.is_file():
        return {}
    with path.open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file))
    for line, row in enumerate(rows, 2):
        full = all((row.get(key) or "").strip() for key in ("sha256", "rule", "name", "reason"))
        if not full or row["rule"] not in read_rules() or len(row["sha256"]) != 64:
            raise ValueError(
                f"{path.name}, line {line}: expected sha256, a known rule, name and reason; found {row}"
            )
    return {(row["sha256"], row["rule"]): f"{row['name']}: {row['reason']}" for row in rows}


def _excused(finding: Finding, files: Mapping[str, str], excuses: Mapping[tuple[str, str], str]) -> Finding:
    inside = finding.file, f"{finding.file}/"
    prefix = [digest for name, digest in files.items() if name == inside[0] or name.startswith(inside[1])]
    said = next((excuses[digest, finding.rule] for digest in prefix if (digest, finding.rule) in excuses), "")
    return Finding(finding.rule, finding.file, finding.place, finding.what, said)


def write_check(checked: Checked, folder: Path) -> None:
    """Write check.json and a page per language; both say what was found without repeating it.

    Parameters
    ----------
    checked : Checked
    folder : Path
        Where; what is there under these names is replaced.
    """
    record = {
        "passed": not checked.held,
        "findings": [asdict(finding) for finding in checked.findings],
        "files": checked.files,
    }
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    (folder / RECORD).write_text(text, encoding="utf8", newline="\n")
    for language in LANGUAGES:
        (folder / f"check.{language}.html").write_text(
            _page(checked, language), encoding="utf8", newline="\n"
        )


def _page(checked: Checked, language: str) -> str:
    from jinja2 import Environment, PackageLoader, select_autoescape

    pages = Environment(loader=PackageLoader("loopbaanchecks.leaving", "."), autoescape=select_autoescape())
    return pages.get_template("check.html.j2").render(
        language=language, checked=checked, rules=read_rules(), held={f.file for f in checked.held}
    )


def find_sendable(run: Path) -> tuple[dict[str, bytes], list[str]]:
    """Find what of a run may be sent: what passes a check, as it is now.

    Parameters
    ----------
    run : Path
        Folder of the run.  A notebook that was given a file needs the record of the check at its end, when
        the file was there to compare with.

    Returns
    -------
    dict of str to bytes
        Name and content of the files that may be sent; a name begins with that of the run.
    list of str
        Files that stay behind.
    """
    now = check_results([run])
    records = {folder: _passed(folder) for folder in {path.parent for path in run.rglob("run.json")}}
    held, left, kept = {finding.file for finding in now.held}, [], {}
    for path in _built(run):
        name, data = path.relative_to(run.parent).as_posix(), path.read_bytes()
        above = next((folder for folder in path.parents if folder in records), None)
        fine = above is None or records[above] is None or hashlib.sha256(data).hexdigest() in records[above]
        spoiled = any(name == other or name.startswith(f"{other}/") for other in held)
        if fine and not spoiled and now.files[name] == hashlib.sha256(data).hexdigest():
            kept[name] = data
        else:
            left.append(name)
    return kept, left


def write_bundle(run: Path, archive: Path) -> list[str]:
    """Make the archive of a run that may be sent; return the files that stay behind, see `find_sendable`."""
    kept, left = find_sendable(run)
    write_archive(archive, kept)
    return left


def write_archive(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a .zip file without dates: the same files give the same bytes."""
    with ZipFile(path, "w", ZIP_DEFLATED) as out:
        for name, data in files.items():
            out.writestr(ZipInfo(name, DATED), data, ZIP_DEFLATED)


def _passed(folder: Path) -> set[str] | None:
    """Return the hashes of files of a notebook that passed; None if it was given no file of people."""
    if not json.loads((folder / "run.json").read_text(encoding="utf8")).get("files"):
        return None
    if not (folder / RECORD).is_file():
        return set()
    said = json.loads((folder / RECORD).read_text(encoding="utf8"))
    held = {finding["file"] for finding in said["findings"] if not finding["excused"]}
    return {
        digest
        for name, digest in said["files"].items()
        if not any(name == other or name.startswith(f"{other}/") for other in held)
    }
