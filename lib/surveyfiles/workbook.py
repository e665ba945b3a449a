"""Survey files of Excel: the first sheet that holds something; its first filled row is the header."""

from pathlib import Path

import numpy as np
import pandas as pd

from expect import read_sheets, rows_named
from surveyfiles.kinds import SurveyError, SurveyFile, unique_names


def read_workbook(path: Path) -> SurveyFile:
    """Read a workbook."""
    sheets = read_sheets(path, path.name)
    title, rows = next(((title, rows) for title, rows in sheets if rows), ("", {}))
    if not rows:
        raise SurveyError(f"{path.name}: expected a survey; found only empty sheets")
    top = min(rows)
    width = max(i + 1 for i, cell in enumerate(rows[top]) if cell is not None)
    names, repeated = unique_names(
        [" ".join(str(cell if cell is not None else "").split()) for cell in rows[top][:width]]
    )
    records = {number: rows.get(number, ()) for number in range(top + 1, max(rows) + 1)}
    wide = [n for n, record in records.items() if any(cell is not None for cell in record[width:])]
    if wide:
        raise SurveyError(
            f"{path.name}: expected {width} columns, as in the header; "
            f"found a value right of it in {rows_named(wide)}"
        )
    filled = [[*record[:width], *[None] * (width - len(record))] for record in records.values()]
    cells = pd.DataFrame(filled, columns=names, dtype=object)
    return SurveyFile(
        path,
        "xlsx",
        cells,
        np.array(list(records), dtype=int),
        labels={name: name for name in names},
        details={"sheet": f"{title} (of {len(sheets)})", "header rows": "1"},
        duplicates=repeated,
    )
