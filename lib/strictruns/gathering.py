"""The numbers of many runs in one table: a row per run and number, with its mark."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from strictruns.sweep_files import Sweep

if TYPE_CHECKING:
    import pandas as pd

TABLE, COLUMNAR = "numbers.csv", "numbers.parquet"
TIDY = {  # those that are no parameters
    "run": "name of the run",
    "number": "name of the number, as in numbers.json; parts of a list are counted from 1",
    "value": "the number; 1 or 0 for yes or no",
    "text": "the text, where it is not a number",
    "evidence": "mark of the number",
}
NUMBER_KEYS = {"value", "evidence"}  # what numbers.json has per number
AT_ONCE = 100  # runs whose numbers are in memory


def write_numbers(sweep: Sweep, places: Mapping[str, Path], folder: Path) -> None:
    """Write numbers.csv and numbers.parquet, in the order of the sweep, and datapackage.json about the first.

    Parameters
    ----------
    sweep : Sweep
        The sweep.
    places : mapping of str to Path
        Per run that went well the folder of its results, with numbers.json.
    folder : Path
        Where the files are put, in place of older ones when they are complete.

    Raises
    ------
    ValueError
        If a varying parameter has the name of another column, or a numbers.json is not one of ours (see
        schemas/numbers.schema.json).

    Notes
    -----
    Columns: `run`, the varying parameters, `number`, `value` (a float, 1 or 0 for yes or no; missing for a
    text), `text` (empty for a number) and `evidence`. A list is a row per part: `name[1]`, `name[2]`. Only
    a fixed number of runs is read at once.
    """
    import fastparquet

    if clash := [name for name in sweep.varying if name in TIDY]:
        raise ValueError(f"sweep: expected other parameters than {', '.join(TIDY)}; found {', '.join(clash)}")
    made = {name: folder / f".{name}" for name in (TABLE, COLUMNAR)}
    runs = list(places)
    try:
        for start in range(0, max(len(runs), 1), AT_ONCE):  # a table without runs has its columns
            part = runs[start : start + AT_ONCE]
            frame = _frame(sweep, [row for run in part for row in _rows(sweep, run, places[run])])
            mode = "a" if start else "w"
            frame.to_csv(made[TABLE], mode=mode, header=not start, index=False, lineterminator="\n")
            options = {"append": bool(start), "object_encoding": "utf8", "stats": False}
            fastparquet.write(str(made[COLUMNAR]), frame, **options)
        for name, path in made.items():
            path.replace(folder / name)
    finally:  # a full disk leaves nothing either
        for path in made.values():
            path.unlink(missing_ok=True)
    text = json.dumps(_described(sweep), indent=2, ensure_ascii=False) + "\n"
    (folder / "datapackage.json").write_text(text, encoding="utf8", newline="\n")


def _rows(sweep: Sweep, run: str, place: Path) -> Iterator[dict[str, Any]]:
    """Yield the numbers of one run, a row per value."""
    path = place / "numbers.json"
    numbers = json.loads(path.read_text(encoding="utf8")) if path.is_file() else {}
    if odd := [
        name for name, said in numbers.items() if not isinstance(said, dict) or not said.keys() >= NUMBER_KEYS
    ]:
        raise ValueError(f"run {run}, numbers.json: expected {{value, evidence}} per number; found {odd[0]}")
    same = {"run": run, **sweep.values(run)}
    for name, said in numbers.items():
        value = said["value"]
        parts = {f"{name}[{i}]": v for i, v in enumerate(value, start=1)} if isinstance(value, list) else {}
        for number, part in (parts or {name: value}).items():
            text = part if isinstance(part, str) else ""
            measured = math.nan if isinstance(part, str | list) or part is None else float(part)
            yield same | {"number": number, "value": measured, "text": text, "evidence": said["evidence"]}


def _frame(sweep: Sweep, rows: list[dict[str, Any]]) -> "pd.DataFrame":
    """Make a table whose columns have the same types, whatever the rows."""
    import pandas as pd

    types = _types(sweep)
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def _types(sweep: Sweep) -> dict[str, type]:
    varying = {name: sweep.declared[name].type for name in sweep.varying}
    return {"run": str, **varying, "number": str, "value": float, "text": str, "evidence": str}


def _described(sweep: Sweep) -> dict[str, Any]:
    """Describe numbers.csv as a Frictionless data package."""
    kinds = {str: "string", int: "integer", float: "number", bool: "boolean"}
    said = {name: sweep.declared[name].help for name in sweep.varying} | TIDY
    fields = [
        {"name": name, "type": kinds[kind], "description": said[name]}
        | ({"trueValues": ["True"], "falseValues": ["False"]} if kind is bool else {})
        for name, kind in _types(sweep).items()
    ]
    file = {"path": TABLE, "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
    schema = {"fields": fields, "missingValues": [""]}
    name = re.sub(r"[^a-z0-9._-]", "-", sweep.name.lower())
    resource = {"name": "numbers", **file, "profile": "tabular-data-resource", "schema": schema}
    return {"profile": "tabular-data-package", "name": name, "resources": [resource]}


def read_numbers(folder: Path, sweep: Sweep) -> "pd.DataFrame":
    """Read numbers.csv as `write_numbers` wrote it; texts that come often are kept once."""
    import pandas as pd

    texts = {name: "category" for name in TIDY if name != "value"}
    texts |= {name: "category" for name in sweep.varying if sweep.declared[name].type is str}
    return pd.read_csv(folder / TABLE, dtype=texts, keep_default_na=False, na_values={"value": [""]})
