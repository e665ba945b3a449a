"""Which column of a survey file holds which variable of the codebook: matched, stated or guessed."""

import re
from difflib import SequenceMatcher
from pathlib import Path

import pandas as pd

from expect import plain, read_table, without_apostrophe
from surveyfiles.kinds import SurveyError, SurveyFile, as_survey_error

LIKENESS = 0.6  # below this share of characters in common two questions are not worth a guess
MAPPING_COLUMNS = ["file_variable", "variable", "basis", "missing"]


def no_mapping() -> pd.DataFrame:
    """Return a mapping without rows."""
    return pd.DataFrame(columns=MAPPING_COLUMNS, dtype="str")


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
    if not path.exists():
        raise SurveyError(f"{path.name}: expected a mapping file; found none in {path.parent}")
    with as_survey_error():
        frame = read_table(path, "a mapping file")
    if lacking := {"file_variable", "variable"} - set(frame):
        raise SurveyError(
            f"{path.name}: expected columns file_variable and variable; found no {min(lacking)}"
        )
    frame = frame.reindex(columns=MAPPING_COLUMNS, fill_value="").map(str.strip).map(without_apostrophe)
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
    """Match the file's variables with the codebook: as stated, else by equal name, else by equal label.

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
    filled = stated[stated["variable"] != ""].iloc[::-1]  # of two rows about a column the first counts
    ties = dict(
        zip(
            filled["file_variable"].map(plain),
            zip(filled["variable"], filled["basis"], strict=True),
            strict=True,
        )
    )
    known = _known(codebook)
    claims = [_claim(name, file.labels.get(name, ""), known, ties) for name in columns]
    frame = pd.DataFrame(claims, columns=["variable", "basis"], dtype="str")
    frame.insert(0, "file_variable", columns)
    frame.insert(1, "question", [" ".join(str(file.labels.get(name, "")).split()) for name in columns])
    rank = frame["basis"].map({"mapping": 0, "guess": 0, "name": 1, "label": 2, "": 3})
    best = rank.groupby(frame["variable"]).transform("min")
    frame.loc[rank > best, ["variable", "basis"]] = ""
    twice = frame[(frame["variable"] != "") & (frame["variable"] != "-")].groupby("variable")["file_variable"]
    claimed = {name: list(group) for name, group in twice if len(group) > 1}
    for name, group in file.duplicates.items():
        variables = known["variable"].get(plain(name), [])
        if variables and not frame["file_variable"][frame["variable"] != ""].isin(group).any():
            claimed[variables[-1]] = group
    rule = "duplicate variable: expected one column; found {}; name the right one in a mapping file"
    problems = [f"variable {name}: {rule.format(', '.join(group))}" for name, group in claimed.items()]
    return frame, problems


def _known(codebook: pd.DataFrame) -> dict[str, dict[str, list[str]]]:
    """Return, for names and labels, which variables each stands for."""
    known = {}
    for column in ("variable", "label_nl", "label_en"):
        known[column] = {}
        for words, name in zip(codebook[column].map(plain), codebook["variable"], strict=True):
            if words:
                known[column].setdefault(words, []).append(name)
    return known


def _claim(name: str, question: str, known: dict, ties: dict) -> tuple[str, str]:
    """Return the codebook variable of a file variable and on what basis, or two empty texts."""
    if plain(name) in ties:
        variable, basis = ties[plain(name)]
        return variable, "guess" if basis.startswith("guess") else "mapping"
    forms = _forms(name, question)
    for column, variables in known.items():
        usable = dict.fromkeys(forms[:2] if column == "variable" else forms)
        found = [variable for form in usable for variable in variables.get(form, ())]
        if len(found) == 1:
            return found[0], "name" if column == "variable" else "label"
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
    unmatched = [
        (row.Index, {plain(row.file_variable), plain(row.question)})
        for row in frame[frame["variable"] == ""].itertuples()
    ]
    pairs, match = [], SequenceMatcher(autojunk=False)
    for place, other in enumerate(free.itertuples()):
        for words in {plain(other.variable), plain(other.label_nl), plain(other.label_en)}:
            match.set_seq2(words)
            for i, forms in unmatched:
                share = max(_alike(match, form) for form in forms)
                if share >= LIKENESS:
                    pairs.append((-share, i, place, other.variable))
    chosen, rows, names = [], set(), set()
    for share, i, _, name in sorted(pairs):
        if i not in rows and name not in names:
            chosen.append((i, name, -share))
            rows.add(i)
            names.add(name)
    return chosen


def _alike(match: SequenceMatcher, first: str) -> float:
    """Return the share of characters a text has in common with the other, 0 when it is surely too low."""
    match.set_seq1(first)
    possible = match.real_quick_ratio() >= LIKENESS and match.quick_ratio() >= LIKENESS
    return match.ratio() if possible else 0.0
