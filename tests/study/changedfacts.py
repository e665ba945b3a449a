"""Facts in which what is printed says something else: to see whether a check can give another verdict."""

import re

import numpy as np
import pandas as pd

from loopbaanchecks.claims.dates import MONTHS
from loopbaanchecks.claims.references import Facts
from loopbaanchecks.study import Study

MONTH = re.compile(r"\b(?:jan|feb|maart|apr|mei|juni|juli|aug|sep|okt|nov|dec)[a-z]*\b")
SEASON = re.compile(r"\b(?:voorjaar|zomer|najaar)\b")
WAYS = ("scale", "shuffle", "drop", "ask")


class Changed(Facts):
    """The facts of a study with every frame changed in one way, drawn by the seed.

    `scale`: other numbers and months; `shuffle`: the same cells in other rows; `drop`: few rows are left;
    `ask`: cells hold the very words that the claim asks for.
    """

    def __init__(self, study: Study, ledger: pd.DataFrame, claim: pd.Series, seed: int) -> None:
        super().__init__(Study(study.data), ledger, rounding="either")
        self.rng, self.way = np.random.default_rng(seed), WAYS[seed % len(WAYS)]
        self.words = [*re.findall(r'"[~!]?([^"]+)"', claim["inputs"]), claim["printed"]]
        self.made: dict[str, pd.DataFrame] = {}
        made = self.study.__dict__  # where a study keeps what it has read
        if claim["check"] == "options":
            made["codebook"] = self.change(study.codebook)
        if claim["check"] in ("rank", "mean_and_sd", "most_above") or "table." in claim["inputs"]:
            order = self.rng.permutation(len(study.items))
            values = study.items[["mean", "sd", "mean_printed"]].to_numpy()[order]
            made["items"] = study.items.assign(
                **dict(zip(["mean", "sd", "mean_printed"], values.T, strict=True))
            )
        if "claim." in claim["inputs"] or '"claims"' in claim["inputs"]:
            self.claims = self.change(ledger).set_index("id")

    def frame(self, resource: str, document: str) -> pd.DataFrame:
        """Return a resource of data/, changed."""
        name = resource if "-" in resource else f"{document}-{resource}"
        if name not in self.made:
            self.made[name] = self.change(super().frame(resource, document))
        return self.made[name]

    def change(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a frame changed in the way of these facts; the first column is kept."""
        frame = frame.copy()
        if self.way == "drop":
            return frame[self.rng.random(len(frame)) < self.rng.choice([0, 0.1, 0.5, 0.9])]
        for name in frame.columns[1:]:
            if self.way == "scale":
                frame[name] = [self.other(cell) for cell in frame[name]]
            elif self.way == "shuffle":
                frame[name] = frame[name].to_numpy()[self.rng.permutation(len(frame))]
            elif frame[name].dtype == "str" and self.rng.random() < 0.5:
                words = self.rng.choice(self.words, size=len(frame))
                frame[name] = words[0] if self.rng.random() < 0.5 else words
        return frame

    def other(self, cell: object) -> object:
        """Return another number, month or year in the place of a cell, or the same."""
        if self.rng.random() < 0.5:
            return cell
        factor = float(self.rng.choice([0.1, 0.8, 1.2, 20]))
        if isinstance(cell, str) and re.fullmatch(r"\d+(,\d+)?", cell):
            value = f"{float(cell.replace(',', '.')) * factor:.{len(cell.partition(',')[2])}f}"
            return value.replace(".", ",")
        if isinstance(cell, str):
            text = MONTH.sub(lambda _: self.rng.choice(MONTHS), cell)
            text = re.sub(r"\b20\d\d\b", lambda year: str(int(year[0]) + self.rng.integers(-1, 2)), text)
            return SEASON.sub(lambda _: self.rng.choice(["voorjaar", "zomer", "najaar"]), text)
        if pd.isna(cell) or isinstance(cell, bool):
            return cell
        return cell * factor if cell % 1 else max(round(cell * factor), 1)
