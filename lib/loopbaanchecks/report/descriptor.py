"""What the written tables hold, for other programs: a Frictionless data package of a results folder."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from pandas.api import types

LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
FIELD_TYPES = {
    "boolean": types.is_bool_dtype,
    "integer": types.is_integer_dtype,
    "number": types.is_float_dtype,
}
BOOLEANS = {"trueValues": ["True"], "falseValues": ["False"]}  # as pandas writes them


def describe_tables(
    name: str,
    tables: Mapping[str, pd.DataFrame],
    *,
    evidence: tuple[str, ...],
    heading: Callable[[str, str], tuple[str, str]],
) -> dict[str, Any]:
    """Describe tables as they are written to tables/<name>.csv.

    Parameters
    ----------
    name : str
        Name of the notebook.
    tables : mapping of str to pandas.DataFrame
        As they are written: the type of a column is that of the frame.
    evidence : tuple of str
        What a column `evidence` may hold.
    heading : callable
        Takes the names of a table and a column, returns the column's Dutch and English heading.

    Returns
    -------
    dict
        A descriptor (profile tabular-data-package, version 1); the same whatever the language.

    Examples
    --------
    >>> frame = pd.DataFrame({"n": [3], "evidence": ["implied"]})
    >>> heading = lambda table, column: (column, column)
    >>> package = describe_tables("01_one", {"a": frame}, evidence=("implied",), heading=heading)
    >>> [field["type"] for field in package["resources"][0]["schema"]["fields"]]
    ['integer', 'string']
    """

    def field(table: str, column: str) -> dict[str, Any]:
        kind = next((kind for kind, fits in FIELD_TYPES.items() if fits(tables[table][column])), "string")
        dutch, english = heading(table, column)
        says = {"name": column, "type": kind, "title": english, "title_nl": dutch}
        says |= BOOLEANS if kind == "boolean" else {}
        return says | ({"constraints": {"enum": list(evidence)}} if column == "evidence" else {})

    return {
        "profile": "tabular-data-package",
        "name": name,
        "licenses": [LICENCE],
        "resources": [
            {
                "name": table,
                "path": f"tables/{table}.csv",
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {"fields": [field(table, column) for column in frame], "missingValues": [""]},
            }
            for table, frame in tables.items()
        ],
    }
