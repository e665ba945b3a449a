"""Run one notebook as a plain script, its inputs as they are or moved in the last bit: no kernel, no pages.

    python tests/study/rerun.py NOTEBOOK FOLDER '{"parameter": value}' [moved]

FOLDER gets what the notebook writes, and shown.html: every table and sentence it shows, without drawings.
`moved` puts the rows of what is read or drawn in another order and adds up to two units in the last place to
every number that is not whole; it reaches the notebook through the functions it reads with.
"""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd

from loopbaanchecks import answers, study
from loopbaanchecks.paths import NOTEBOOKS
from loopbaanchecks.report import report as display
from loopbaanchecks.twins import cohort as cohorttwin
from loopbaanchecks.twins import interviews, survey

MOVES = np.random.default_rng(8)
SMALL = {  # notebook -> parameters that make a run short
    "01_quant": {"twins": 10},
    "02_qual": {"resamples": 300, "orders": 50},
    "03_tno_pilots": {"simulations": 200, "samples": 64, "studies": 4},
}


def shift(frame: pd.DataFrame) -> pd.DataFrame:
    """Move what is not whole by -2 to 2 units in the last place, the numbers of a row alike: order stays."""
    steps = MOVES.integers(-2, 3, len(frame))
    moved = {}
    for name in frame.columns[[pd.api.types.is_float_dtype(kind) for kind in frame.dtypes]]:
        values = frame[name].to_numpy(dtype=float, na_value=np.nan)
        values = np.where(values % 1 == 0, values, values + steps * np.spacing(values))
        moved[name] = pd.Series(values, index=frame.index).astype(frame[name].dtype)
    return frame.assign(**moved)


def shuffle(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.iloc[MOVES.permutation(len(frame))]


def move_inputs() -> None:
    """Patch the functions through which the notebooks get their data."""
    draw_interviews = interviews.simulated_interviews
    draw_candidates, read = cohorttwin.simulated_candidates, study.read_resource

    def shuffled(read_answers):
        def shuffled_survey(*args, **more):
            found = read_answers(*args, **more)
            return replace(found, responses=shuffle(found.responses))

        return shuffled_survey

    def coded(*args, **more):
        segments, *rest = draw_interviews(*args, **more)
        return shuffle(segments), *rest

    def candidates(*args, **more):
        found = draw_candidates(*args, **more)
        return replace(found, measurements=shuffle(shift(found.measurements)))

    def resource(name, *args, **more):
        frame = read(name, *args, **more)
        return shift(frame) if name == "tno_2007-parameters" else frame

    answers.open_survey, survey.read_twin = shuffled(answers.open_survey), shuffled(survey.read_twin)
    interviews.simulated_interviews = coded
    cohorttwin.simulated_candidates, study.read_resource = candidates, resource


def code_cells(notebook: Path) -> list[dict]:
    cells = json.loads(notebook.read_text(encoding="utf8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def run_cell(cell: dict, space: dict, given: dict) -> list[str]:
    """Run one cell among the names of `space` and return what it shows, without drawings."""
    shown = []
    display.display = lambda thing: shown.append(re.sub(r"<figure>.*?</figure>", "", thing.data, flags=re.S))
    exec(compile("".join(cell["source"]), cell["id"], "exec"), space)
    if "parameters" in cell["metadata"].get("tags", []):
        space |= given
    return shown


def run(name: str, folder: Path, given: dict) -> None:
    space, given = {}, given | {"output_dir": str(folder)}
    shown = [
        text for cell in code_cells(NOTEBOOKS / f"{name}.ipynb") for text in run_cell(cell, space, given)
    ]
    (folder / "shown.html").write_text("\n".join(shown), encoding="utf8")


if __name__ == "__main__":
    matplotlib.use("Agg")
    notebook, folder, given, *moved = sys.argv[1:]
    if moved:
        move_inputs()
    run(notebook, Path(folder), json.loads(given))
