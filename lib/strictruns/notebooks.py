"""A notebook of anybody, read whole: damaged or never run, it is refused in one sentence."""

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from expect import read_file

if TYPE_CHECKING:
    from nbformat import NotebookNode

FORMAT = 4  # of notebooks since 2015


def open_notebook(path: Path) -> "NotebookNode":
    """Read a notebook file.

    Parameters
    ----------
    path : pathlib.Path
        An .ipynb file.

    Returns
    -------
    NotebookNode
        In format 4, as the file has it.

    Raises
    ------
    ValueError
        If it is no JSON, is beyond the limits of a file, or is not what the notebook format says.
    FileNotFoundError
        If there is none.
    """
    import nbformat
    from nbformat.v4.rwbase import rejoin_lines

    data = read_file(path)
    try:
        contents = json.loads(data)
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, numbers or nesting beyond measure
        raise ValueError(
            f"{path}: expected a whole notebook; found one that is cut off or damaged ({error})"
        ) from None
    if not isinstance(contents, dict) or contents.get("nbformat") != FORMAT:
        raise ValueError(f"{path}: expected a notebook in format {FORMAT}; found another format or none")
    try:
        with warnings.catch_warnings(action="ignore"):  # of cells without an id, as older notebooks have them
            nbformat.validate(contents)
    except nbformat.ValidationError as error:
        where = "/".join(map(str, error.absolute_path)) or "its top"
        short = len(error.message) < 120 and error.message.isprintable()
        reason = error.message if short else f"something that breaks the rule {error.validator!r}"
        raise ValueError(f"{path}: expected a whole notebook; found at {where}: {reason}") from None
    return rejoin_lines(nbformat.from_dict(contents))


def check_executed(node: "NotebookNode", where: str) -> None:
    """Raise when the code cells of a notebook were never run."""
    code = [cell for cell in node.cells if cell.cell_type == "code" and cell.source.strip()]
    if code and not any(cell.outputs or cell.execution_count for cell in code):
        raise ValueError(f"{where}: expected an executed notebook; found {len(code)} code cells, none run")
