"""Which column of a survey file holds which variable of the codebook: matched, stated or guessed."""

import re
from difflib import SequenceMatcher
from pathlib import Path

import pandas as pd

from expect import plain, read_table
from surveyfiles.kinds import SurveyError, SurveyFile, as_survey_error

LIKENESS = 0.6  # below this share of characters in common two questions are not worth a guess
MAPPING = ["file_variable", "variable", "basis", "missing"]


def no_mapping() -> pd.DataFrame:
    """Return a mapping without rows."""
    return pd.DataFrame(columns=MAPPING, dtype="str")


def read_mapping(path: Path, file: SurveyFile, codebook: pd.DataFrame, *, shared: bool) -> pd.DataFrame:
    """Read which file variable holds which codebook variable.

    Parameters
    ----------
    path : Path
        CSV or .xlsx as `write_mapping` writes it.
    file : SurveyFile
        The file it is about.
    codebook : pandas.DataFrame
        Column `variable`.
    shared : bool
        Whether rows may be about other files; they are passed over.

    Returns
    -------
    pandas.DataFrame
        Filled rows: `file_variable`, `variable`, `basis`, `missing`, as text.

    Raises
    ------
    SurveyError
        If a column is missing, or a row names a variable that the codebook or the file does not have.
    """
    if not path.is_file():
        raise SurveyError(f"{path.name}: expected a mapping file; found none in {path.parent}")
    with as_survey_error():
        frame = read_table(path, "a mapping file")
    if lacking := {"file_variable", "variable"} - set(frame):
        raise SurveyError(
            f"{path.name}: expected columns file_variable and variable; found no {min(lacking)}"
        )
    frame = frame.reindex(columns=MAPPING, fill_value="").map(str.strip)
    frame = frame[(frame["variable"] != "") | (frame["missing"] != "")]
    if unknown := set(frame["variable"]) - {"", "-", *codebook["variable"]}:
        raise SurveyError(
            f"{path.name}: expected variables of the codebook; found {', '.join(sorted(unknown))}"
        )
    elsewhere = ~frame["file_variable"].map(plain).isin([plain(name) for name in file.cells])
    if elsewhere.any() and not shared:
        names = ", ".join(frame.loc[elsewhere, "file_variable"])
        raise SurveyError(f"{path.name}: expected variables of {file.path.name}; found {names}")
    return frame[~elsewhere]


def match_variables(
    file: SurveyFile, codebook: pd.DataFrame, stated: pd.DataFrame
) -> tuple[pd.DataFrame, list[str]]:
    """Tie the file's variables to those of the codebook: as stated, else by equal name, else by equal label.

    Parameters
    ----------
    file : SurveyFile
        Names and question texts.
    codebook : pandas.DataFrame
        Columns `variable`, `label_nl`, `label_en`.
    stated : pandas.DataFrame
        A mapping, as `read_mapping` returns it.

    Returns
    -------
    pandas.DataFrame
        One row per file variable: `file_variable`, `question`, `variable`, `basis` ("" where unmatched).
    list of str
        One sentence per variable that more than one column could hold.
    """
    columns = list(file.cells)
    claims = [_claim(name, file.labels.get(name, ""), codebook, stated) for name in columns]
    frame = pd.DataFrame(claims, columns=["variable", "basis"], dtype="str")
    frame.insert(0, "file_variable", columns)
    frame.insert(1, "question", [" ".join(str(file.labels.get(name, "")).split()) for name in columns])
    rank = frame["basis"].map({"mapping": 0, "guess": 0, "name": 1, "label": 2, "": 3})
    best = rank.groupby(frame["variable"]).transform("min")
    frame.loc[rank > best, ["variable", "basis"]] = ""
    twice = frame[(frame["variable"] != "") & (frame["variable"] != "-")].groupby("variable")["file_variable"]
    claimed = {name: list(group) for name, group in twice if len(group) > 1}
    known = {plain(name): name for name in codebook["variable"]}
    for name, group in file.duplicates.items():
        if plain(name) in known and not frame["file_variable"][frame["variable"] != ""].isin(group).any():
            claimed[known[plain(name)]] = group
    rule = "duplicate variable: expected one column; found {}; name the right one in a mapping file"
    problems = [f"variable {name}: {rule.format(', '.join(group))}" for name, group in claimed.items()]
    return frame, problems


def _claim(name: str, question: str, codebook: pd.DataFrame, stated: pd.DataFrame) -> tuple[str, str]:
    """Return the codebook variable of a file variable and on what basis, or two empty texts."""
    row = stated[(stated["file_variable"].map(plain) == plain(name)) & (stated["variable"] != "")]
    if len(row):
        guess = row["basis"].iloc[0].startswith("guess")
        return row["variable"].iloc[0], "guess" if guess else "mapping"
    forms = _forms(name, question)
    for column, basis in (("variable", "name"), ("label_nl", "label"), ("label_en", "label")):
        known = codebook[column].map(plain)
        found = codebook["variable"][known.isin(forms if basis == "label" else forms[:2]) & (known != "")]
        if len(found) == 1:
            return found.iloc[0], basis
    return "", ""


def _forms(name: str, question: str) -> list[str]:
    """Return what a header may mean: name, code before a full stop, question, its part in brackets."""
    code = re.match(r"(\w+)\. ", name)
    inner = re.search(r"\[([^\[\]]+)\]\s*$", question)
    forms = [name, code[1] if code else name, question, re.sub(r"^\w+\. ", "", question)]
    return [plain(form) for form in [*forms, *([inner[1]] if inner else [])]]


def find_guesses(frame: pd.DataFrame, codebook: pd.DataFrame) -> list[tuple[int, str, float]]:
    """Find the likeliest pairs of unmatched variables by the likeness of their names and questions.

    Parameters
    ----------
    frame : pandas.DataFrame
        File variables as `match_variables` returns them.
    codebook : pandas.DataFrame
        Columns `variable`, `label_nl`, `label_en`.

    Returns
    -------
    list of (int, str, float)
        Row of the frame, codebook variable, share of characters in common (at least 0.6), best first.
    """
    free = codebook[~codebook["variable"].isin(frame["variable"])]
    pairs = []
    for row in frame[frame["variable"] == ""].itertuples():
        for other in free.itertuples():
            words = (other.variable, other.label_nl, other.label_en)
            share = max(_alike(plain(a), plain(b)) for a in (row.file_variable, row.question) for b in words)
            pairs.append((share, row.Index, other.variable))
    chosen, rows, names = [], set(), set()
    for share, i, name in sorted(pairs, key=lambda pair: -pair[0]):
        if share >= LIKENESS and i not in rows and name not in names:
            chosen.append((i, name, share))
            rows.add(i)
            names.add(name)
    return chosen


def _alike(first: str, second: str) -> float:
    """Return the share of characters two texts have in common, 0 when it is surely too low."""
    match = SequenceMatcher(None, first, second, autojunk=False)
    possible = min(match.real_quick_ratio(), match.quick_ratio())
    return match.ratio() if possible >= LIKENESS else 0.0
