"""Who is who: workers in four segments by a decision table."""

import itertools

import numpy as np
import pandas as pd

from expect import check_columns

CONDITIONS = ("satisfied", "considering", "acting", "must_leave", "self_steering")
SEGMENTS = ("willer", "moeter", "self_steering", "other")


def check_decision_table(table: pd.DataFrame) -> None:
    """Raise unless every combination of the conditions matches exactly one rule.

    Parameters
    ----------
    table : DataFrame
        One rule per row: a column per name in `CONDITIONS` (yes, no, or - for either) and `segment`.

    Raises
    ------
    ValueError
        If a column is absent, a cell or segment is unknown, or a combination matches no rule or several.
    """
    check_columns("decision table", table, [*CONDITIONS, "segment"])
    for column, known in [*((name, ("yes", "no", "-")) for name in CONDITIONS), ("segment", SEGMENTS)]:
        odd = ~table[column].isin(known)
        if odd.any():
            value, row = table.loc[odd, column].iloc[0], table.index[odd][0]
            raise ValueError(
                f"decision table, {column}, row {row}: expected one of {', '.join(known)}; found {value!r}"
            )
    hits = _matches(table).sum(axis=0)
    if (hits != 1).any():
        code = int(np.argmax(hits != 1))
        case = ", ".join(
            f"{name}={word}" for name, word in zip(CONDITIONS, _combinations()[code], strict=True)
        )
        raise ValueError(f"decision table, {case}: expected exactly one rule; found {hits[code]}")


def _combinations() -> list[tuple[str, ...]]:
    """Return every combination of the conditions, numbered as its yeses spell in binary."""
    return list(itertools.product(("no", "yes"), repeat=len(CONDITIONS)))


def _matches(table: pd.DataFrame) -> np.ndarray:
    """Return which rule (row) matches which combination (column); bool."""
    rules = table[list(CONDITIONS)].to_numpy(dtype=object)[:, None, :]
    return ((rules == np.array(_combinations(), dtype=object)) | (rules == "-")).all(axis=2)


def classify(workers: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    """Sort workers into segments by the decision table.

    Parameters
    ----------
    workers : DataFrame
        One worker per row; a boolean column without gaps per name in `CONDITIONS`.
    table : DataFrame
        As for `check_decision_table`.

    Returns
    -------
    Series
        `segment`, one of `SEGMENTS`, with the index of `workers`.

    Raises
    ------
    ValueError
        If the table does not pass, or a column of `workers` is absent, not boolean or has a gap.

    Examples
    --------
    >>> rules = [("-", "-", "-", "yes", "no", "moeter"), ("-", "-", "-", "yes", "yes", "self_steering"),
    ...          ("no", "yes", "no", "no", "-", "willer"), ("yes", "-", "-", "no", "-", "other"),
    ...          ("no", "no", "-", "no", "-", "other"), ("no", "yes", "yes", "no", "-", "self_steering")]
    >>> table = pd.DataFrame(rules, columns=[*CONDITIONS, "segment"])
    >>> classify(pd.DataFrame([[False, True, False, False, False]], columns=list(CONDITIONS)), table).tolist()
    ['willer']
    """
    check_decision_table(table)
    check_columns("workers", workers, CONDITIONS)
    code = np.zeros(len(workers), dtype=int)
    for name in CONDITIONS:
        gaps = workers[name].isna()
        if gaps.any():
            raise ValueError(
                f"workers, column {name}, row {workers.index[gaps][0]}: expected true or false; found a gap"
            )
        if not pd.api.types.is_bool_dtype(workers[name]):
            raise ValueError(f"workers, column {name}: expected true or false; found {workers[name].dtype}")
        code = 2 * code + workers[name].to_numpy(dtype=int)
    segment = table["segment"].to_numpy(dtype=object)[_matches(table).argmax(axis=0)]
    return pd.Series(segment[code], index=workers.index, name="segment", dtype="str")
