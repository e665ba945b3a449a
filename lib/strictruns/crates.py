"""A results folder as an RO-Crate: what went in, what ran, what came out, whose it is, under which licence.

It follows Process Run Crate 0.5, and is the same at every run: times are in run.json alone.
"""

import hashlib
import json
import mimetypes
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from strictruns.project import Project

if TYPE_CHECKING:
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

METADATA = "ro-crate-metadata.json"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
TERMS = "https://w3id.org/ro/terms/workflow-run/context"  # has sha256
LICENCES = "https://spdx.org/licenses/"
TIMED = "run.json"  # differs at every run, so its hash and size are not part of the crate
MEDIA_TYPES = {".ipynb": "application/x-ipynb+json", ".svg": "image/svg+xml"}  # that some systems do not know


def write_crate(folder: str | Path, record: Mapping[str, Any], *, project: Project) -> Path | None:
    """Describe a finished results folder in ro-crate-metadata.json.

    Parameters
    ----------
    folder : str or Path
        The folder, with all its files; run.json may come later.
    record : mapping
        What its run.json says.
    project : Project
        CITATION.cff in its root says title, authors, licences and date.

    Returns
    -------
    Path or None
        The file; None for a project without CITATION.cff: a crate must say who published it, and when.

    Raises
    ------
    ValueError
        If CITATION.cff lacks one of `title`, `authors`, `license` and `date-released`.

    Notes
    -----
    Hashes are SHA-256: of a file in the crate as it is, of inputs as run.json has them.
    """
    citation = read_citation(project.root)
    if citation is None:
        return None
    from rocrate.rocrate import ROCrate

    folder, crate = Path(folder), ROCrate(version="1.1")
    crate.metadata.extra_contexts.append(TERMS)
    _say_whose(crate, citation, record)
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    results = [_add_result(crate, name, folder) for name in sorted(files - {METADATA} | {TIMED})]
    crate.root_dataset["mentions"] = _add(
        crate,
        "#run",
        "CreateAction",
        name=f"Run of {record['notebook']}",
        description=record["rerun"],
        instrument=_add_notebook(crate, record, project),
        object=[*_inputs(crate, record), *_values(crate, record)],
        result=results,
        actionStatus="http://schema.org/CompletedActionStatus",
    )
    text = json.dumps(crate.metadata.generate(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    (folder / METADATA).write_text(text, encoding="utf8", newline="\n")
    return folder / METADATA


def read_citation(root: Path) -> dict[str, Any] | None:
    """Read CITATION.cff in a folder; None if there is none.

    Raises
    ------
    ValueError
        If it lacks what a crate needs.
    """
    path = root / "CITATION.cff"
    return _citation(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=4)
def _citation(path: Path, _: int) -> dict[str, Any]:
    """Read a file that has not changed since it was read before only once."""
    import yaml

    citation = yaml.safe_load(path.read_text(encoding="utf8"))
    needed = ("title", "authors", "license", "date-released")
    if missing := [name for name in needed if not citation.get(name)]:
        raise ValueError(f"CITATION.cff: expected {', '.join(needed)}; not found: {', '.join(missing)}")
    return citation


def _add(crate: "ROCrate", identifier: str, kind: str, /, **properties: Any) -> "ContextEntity":
    from rocrate.model.contextentity import ContextEntity

    identifier = quote(identifier, safe="#/:@")
    return crate.add(ContextEntity(crate, identifier, {"@type": kind, **properties}))


def _one_or_all(entities: list[Any]) -> Any:
    """Return one entity as itself: RO-Crate has no lists of one."""
    return entities[0] if len(entities) == 1 else entities


def _say_whose(crate: "ROCrate", citation: Mapping[str, Any], record: Mapping[str, Any]) -> None:
    """Fill in the folder as a whole: title, authors, licences, date."""
    kept = citation["license"]
    licences = [kept] if isinstance(kept, str) else kept
    authors = [_add_author(crate, author) for author in citation["authors"]]
    crate.root_dataset["author"] = crate.root_dataset["publisher"] = _one_or_all(authors)
    crate.root_dataset["license"] = _one_or_all(
        [_add(crate, LICENCES + name, "CreativeWork", name=name) for name in licences]
    )
    crate.root_dataset["name"] = f"{record['notebook']}: results of {citation['title']}"
    crate.root_dataset["description"] = citation.get("abstract") or citation["title"]
    crate.root_dataset["datePublished"] = str(citation["date-released"])
    crate.root_dataset["conformsTo"] = _add(
        crate, PROFILE, "CreativeWork", name="Process Run Crate", version="0.5"
    )


def _add_author(crate: "ROCrate", author: Mapping[str, Any]) -> "ContextEntity":
    if "name" in author:
        return _add(crate, f"#{author['name']}", "Organization", name=author["name"])
    parts = ("given-names", "name-particle", "family-names", "name-suffix")
    name = " ".join(author[part] for part in parts if part in author)
    return _add(crate, author.get("orcid", f"#{name}"), "Person", name=name)


def _add_result(crate: "ROCrate", name: str, folder: Path) -> Any:
    """Describe one file of the folder."""
    kind = MEDIA_TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    says = {"name": name, "encodingFormat": kind}
    if name != TIMED:
        content = (folder / name).read_bytes()
        says |= {"contentSize": str(len(content)), "sha256": hashlib.sha256(content).hexdigest()}
    return crate.add_file(dest_path=name, properties=says)


def _add_notebook(crate: "ROCrate", record: Mapping[str, Any], project: Project) -> Any:
    """Describe the notebook as written and the software that it needs, by package URL."""
    kinds = {"python": "generic", project.name: "generic"}
    software = [
        _add(
            crate,
            f"pkg:{kinds.get(name, 'pypi')}/{name}@{version}",
            "SoftwareApplication",
            name=name,
            softwareVersion=version,
        )
        for name, version in record["versions"].items()
        if name != "system"
    ]
    return _add(
        crate,
        f"#{record['notebook']}.ipynb",
        "SoftwareSourceCode",
        name=f"{record['notebook']}.ipynb",
        description="The notebook as written",
        programmingLanguage="Python",
        version=project.version,
        sha256=record["source_sha256"],
        softwareRequirements=software,
    )


def _inputs(crate: "ROCrate", record: Mapping[str, Any]) -> list[Any]:
    """Describe the files that were read, which are not in the folder: name and hash."""
    own = [(n, n, digest) for n, digest in {**record["inputs"], **record["library"]}.items()]
    given = [(f"{k}/{file['name']}", file["name"], file["sha256"]) for k, file in record["files"].items()]
    return [
        _add(crate, f"#{place}", "CreativeWork", name=name, sha256=digest)
        for place, name, digest in own + given
    ]


def _values(crate: "ROCrate", record: Mapping[str, Any]) -> list[Any]:
    return [
        _add(crate, f"#parameter/{name}", "PropertyValue", name=name, value=value)
        for name, value in record["parameters"].items()
        if name != "output_dir"
    ]
