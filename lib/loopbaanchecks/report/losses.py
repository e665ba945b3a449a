"""What is lost when coded interviews are read, in the words of a page."""

import re

import pandas as pd

from loopbaanchecks.study import read_vocabulary

FILLED_IN = re.compile(r"\{(\w+)\}")  # in a row of the vocabulary: what differs, such as a name


def loss_words(losses: pd.DataFrame) -> pd.DataFrame:
    """Give what is lost a label in both languages.

    Parameters
    ----------
    losses : pandas.DataFrame
        `kind`, `n` and `where`, as `codedtexts` counts them.

    Returns
    -------
    pandas.DataFrame
        With `label_nl` and `label_en`; a kind that the vocabulary lacks stays as it is.

    Examples
    --------
    >>> lost = pd.DataFrame([("column age", 2, "rows 3, 4")], columns=["kind", "n", "where"])
    >>> loss_words(lost)[["label_nl", "label_en"]].to_numpy().tolist()
    [['kolom age', 'column age']]
    """
    rows = read_vocabulary().filter(regex=r"^loss\.", axis=0)
    known = [(_pattern(row.en), row.nl) for row in rows.itertuples()]
    labels = [_in_dutch(kind, known) for kind in losses["kind"]]
    return losses.assign(label_nl=labels, label_en=losses["kind"])


def _pattern(text: str) -> re.Pattern:
    parts = FILLED_IN.split(text)  # fixed and filled in by turns
    return re.compile(
        "".join(f"(?P<{part}>.+)" if n % 2 else re.escape(part) for n, part in enumerate(parts))
    )


def _in_dutch(kind: str, known: list[tuple[re.Pattern, str]]) -> str:
    return next((nl.format(**said.groupdict()) for en, nl in known if (said := en.fullmatch(kind))), kind)
