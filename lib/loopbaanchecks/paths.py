"""Where the compendium keeps things, found from this package and never from the working folder."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
MAPPING = DATA / "raw" / "mapping.csv"  # which column of a survey file is which variable; private
SALT = DATA / "raw" / "salt"  # of pseudonyms; private, made when it is first needed
NOTEBOOKS = ROOT / "notebooks"
RESULTS = ROOT / "results"
