"""Published beside recalculated, cell by cell: whether respondent-level answers print each number.

Numbers are compared as fractions.  A score is recovered exactly from a float if its denominator is at most
`DENOMINATOR`: answers are whole numbers, and a scale score is the mean of a few.
"""

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd

from behindprint import Reported, Rounding

DENOMINATOR = 1000
REPRODUCED = {True: "reproduced", False: "contradicted"}


def base(responses: pd.DataFrame, items: Sequence[str]) -> pd.DataFrame:
    """Return the respondents who answered at least one of the items.

    Parameters
    ----------
    responses : pandas.DataFrame
        One respondent per row.
    items : sequence of str
        Variables; those that are not columns are ignored.

    Returns
    -------
    pandas.DataFrame
        The same columns, fewer rows; all rows when none of the items is a column.
    """
    asked = [item for item in items if item in responses]
    return responses[responses[asked].notna().any(axis=1)] if asked else responses


def compare_rows(
    rows: pd.DataFrame, responses: pd.DataFrame, *, ddof: int, rounding: Rounding
) -> pd.DataFrame:
    """Compare printed means and SDs with those of respondent-level answers.

    Parameters
    ----------
    rows : pandas.DataFrame
        `item`, `mean`, `sd` (text as printed).
    responses : pandas.DataFrame
        One respondent per row, one column per item or scale score, missing as NA.
    ddof : int
        Of the recalculated SD.
    rounding : str
        How the printed numbers were rounded: one of `behindprint.ROUNDING_RULES`.

    Returns
    -------
    pandas.DataFrame
        Index of `rows`; `n`, `n_missing`, `mean_again`, `sd_again` (float), `verdict` (reproduced if both
        print as published, else contradicted; not_checkable without a column or with too few answers).
    """
    compared = []
    for row in rows.itertuples():
        answers = responses[row.item].dropna() if row.item in responses else pd.Series(dtype=float)
        n, missing = len(answers), len(responses) - len(answers)
        if n <= ddof:
            compared.append((n, missing, float("nan"), float("nan"), "not_checkable"))
            continue
        mean, variance = exact_moments(answers, ddof=ddof)
        same = mean in Reported(row.mean).interval(rounding)
        same &= variance in Reported(row.sd).interval(rounding).squared()
        compared.append((n, missing, float(mean), float(variance) ** 0.5, REPRODUCED[same]))
    columns = ["n", "n_missing", "mean_again", "sd_again", "verdict"]
    return pd.DataFrame(compared, columns=columns, index=rows.index)


def exact_moments(answers: pd.Series, *, ddof: int) -> tuple[Fraction, Fraction]:
    """Return the mean and variance of answers as fractions.

    Parameters
    ----------
    answers : Series of numbers without missing values
        Whole answers, or scores with a denominator of at most `DENOMINATOR`.
    ddof : int
        The variance divides by n - ddof.

    Returns
    -------
    (Fraction, Fraction)

    Examples
    --------
    >>> exact_moments(pd.Series([1, 2, 4]), ddof=1)
    (Fraction(7, 3), Fraction(7, 3))
    """
    counts = answers.astype(float).value_counts()
    values = [Fraction(value).limit_denominator(DENOMINATOR) for value in counts.index]
    total = sum(v * int(c) for v, c in zip(values, counts, strict=True))
    squares = sum(v * v * int(c) for v, c in zip(values, counts, strict=True))
    n = int(counts.sum())
    return Fraction(total) / n, Fraction(squares - Fraction(total) ** 2 / n) / (n - ddof)


def compare_shares(figures: pd.DataFrame, responses: pd.DataFrame, *, rounding: Rounding) -> pd.DataFrame:
    """Compare printed percentages with the shares of respondent-level answers.

    Parameters
    ----------
    figures : pandas.DataFrame
        `printed` (percentage as text), `variable`, `code`: the answer that the percentage counts.
    responses : pandas.DataFrame
        One respondent per row.
    rounding : str
        How the printed numbers were rounded.

    Returns
    -------
    pandas.DataFrame
        Index of `figures`; `n` (who answered the variable), `n_missing`, `count`, `recalculated` (a
        percentage), `verdict` as in `compare_rows`.
    """
    compared = []
    for row in figures.itertuples():
        answers = responses[row.variable].dropna() if row.variable in responses else []
        n, missing = len(answers), len(responses) - len(answers)
        count = int((answers == row.code).sum()) if n else 0
        share = Fraction(100 * count, n) if n else None
        same = REPRODUCED[share in Reported(row.printed).interval(rounding)] if n else "not_checkable"
        compared.append((n, missing, count, float(share) if n else float("nan"), same))
    columns = ["n", "n_missing", "count", "recalculated", "verdict"]
    return pd.DataFrame(compared, columns=columns, index=figures.index)


def compare_group_means(
    means: pd.DataFrame, responses: pd.DataFrame, *, group: str, rounding: Rounding
) -> pd.DataFrame:
    """Compare printed means of groups with those of respondent-level scores.

    Parameters
    ----------
    means : pandas.DataFrame
        `item`, `code` (of the group), `printed`.
    responses : pandas.DataFrame
        One respondent per row; the items and the grouping variable as columns.
    group : str
        The grouping variable.
    rounding : str
        How the printed numbers were rounded.

    Returns
    -------
    pandas.DataFrame
        Index of `means`; `n`, `n_missing` (of the group), `recalculated`, `verdict` as in `compare_rows`.
    """
    compared = []
    for row in means.itertuples():
        known = group in responses and row.item in responses
        inside = responses.loc[responses[group] == row.code, row.item] if known else pd.Series(dtype=float)
        answers = inside.dropna()
        n, missing = len(answers), len(inside) - len(answers)
        if n == 0:
            compared.append((n, missing, float("nan"), "not_checkable"))
            continue
        mean, _ = exact_moments(answers, ddof=0)
        same = REPRODUCED[mean in Reported(row.printed).interval(rounding)]
        compared.append((n, missing, float(mean), same))
    return pd.DataFrame(compared, columns=["n", "n_missing", "recalculated", "verdict"], index=means.index)
