"""What the tests of this package share: the fixtures, their codebook, and the two steps of most tests."""

from pathlib import Path

import pandas as pd

from surveyfiles import read_survey

FILES = Path(__file__).parents[1] / "fixtures" / "survey"
NA = pd.NA


def read_codebook(path):
    return pd.read_csv(path, dtype="str", keep_default_na=False)


CODEBOOK = read_codebook(FILES / "codebook.csv")


def read(name, **options):
    return read_survey(FILES / name, codebook=CODEBOOK, **options)


def expected(values):
    kinds = CODEBOOK.set_index("variable")["type"]
    columns = {
        name: pd.array(column, dtype="Float64" if kinds[name] == "number" else "Int64")
        for name, column in values.items()
    }
    return pd.DataFrame(columns)
