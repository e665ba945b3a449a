"""What changed since results were made: nothing is run again without a cause."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from strictruns.results import file_hash

NEW_LINE = "\n"


def causes(record: Mapping[str, Any]) -> dict[str, str]:
    """Return all that a record says results depend on, in words: what, and its hash or value."""
    notebook = f"{record['notebook']}.ipynb"
    return {
        notebook: record["source_sha256"],
        **record["inputs"],
        **record["library"],
        **{f"file of {parameter}": file["sha256"] for parameter, file in record["files"].items()},
        **{f"parameter {name}": repr(value) for name, value in record["given"].items()},
        **{f"version of {name}": version for name, version in record["versions"].items()},
        "languages": ", ".join(record["asked"]),
        "code in the pages": str(record["with_code"]),
        "files that are not named": record["private"],
    }


def changes(place: Path, record: Mapping[str, Any], notebook: Path) -> list[str]:
    """Say why results have to be made again.

    Parameters
    ----------
    place : Path
        Folder of the results, with the run.json of the run that made them.
    record : mapping
        What a run would start from now: `provenance` and what is `wanted`.
    notebook : Path
        The notebook as it is now.

    Returns
    -------
    list of str
        One line per cause, such as `data/a.csv changed`; empty when the results are what a run would give.
    """
    try:
        older = json.loads((place / "run.json").read_text(encoding="utf8"))
        was, now = causes(older), causes(record)
        outputs = dict(older["outputs"])
    except FileNotFoundError:
        return ["no results yet"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return ["run.json of another version of this program"]
    differing = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    said = [f"{name} {_difference(was.get(name), now.get(name))}" for name in differing]
    if notebook.name in differing:
        said[differing.index(notebook.name)] += _cells_changed(place / "notebook.ipynb", notebook)
    return said + damage(place, outputs)


def _cells_changed(older: Path, notebook: Path) -> str:
    """Name the cells that differ from those of an executed notebook by their number and first line."""
    try:
        known = {cell["id"]: "".join(cell["source"]) for cell in _cells(older)}
        changed = [
            f"cell {number} `{source.strip().partition(NEW_LINE)[0]}`"
            for number, cell in enumerate(_cells(notebook), start=1)
            if (source := "".join(cell["source"])) != known.get(cell["id"])
        ]
    except (OSError, ValueError, KeyError):
        return ""
    return f": {', '.join(changed)}" if changed else ""


def _cells(notebook: Path) -> list[dict[str, Any]]:
    return json.loads(notebook.read_text(encoding="utf8"))["cells"]


def _difference(was: str | None, now: str | None) -> str:
    return "is new" if was is None else "is gone" if now is None else "changed"


def damage(place: Path, outputs: Mapping[str, str]) -> list[str]:
    """Say which results were edited or deleted since they were written."""
    said = []
    for name, digest in outputs.items():
        try:
            if file_hash(place / name) != digest:
                said.append(f"result {name} was edited")
        except OSError:
            said.append(f"result {name} is gone")
    return said
