"""How much credit near agreement gets: weights for pairs of categories."""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np

from expect import check_one_of

Closeness = Literal["identity", "linear", "quadratic", "ordinal", "ratio"]


def closeness_weights(categories: Sequence, closeness: Closeness) -> np.ndarray:
    """Return a weight from 0 to 1 for every two categories: 1 for the same.

    Parameters
    ----------
    categories : sequence
        At identity and ordinal in their order; otherwise numbers (ratio: of 0 or more).
    closeness : {"identity", "linear", "quadratic", "ordinal", "ratio"}
        Whether only the same category counts, or how credit falls with the distance between two: as it, as
        its square, with the number of pairs of categories from one to the other, or as the square of it
        relative to their sum.

    Returns
    -------
    numpy.ndarray, shape (categories, categories)

    Raises
    ------
    ValueError
        If the name is unknown or the categories are not such numbers.

    Notes
    -----
    Source: Gwet (2014), Handbook of inter-rater reliability, 4th edition, chapter 3; Cohen (1968), doi
    10.1037/h0026256, for quadratic weights.  Checked against irrCAC 0.4.4 (tests/reference).

    Examples
    --------
    >>> closeness_weights([1, 2, 3], "linear").tolist()
    [[1.0, 0.5, 0.0], [0.5, 1.0, 0.5], [0.0, 0.5, 1.0]]
    """
    check_one_of("closeness", closeness, get_args(Closeness))
    k = len(categories)
    if closeness == "identity":
        return np.eye(k)
    if closeness == "ordinal":
        steps = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
        return 1 - steps * (steps + 1) / (k * (k - 1))
    numeric = all(isinstance(value, int | float | np.number) for value in categories)
    if not numeric or (closeness == "ratio" and min(categories) < 0):
        kind = "numbers of 0 or more" if closeness == "ratio" else "numbers"
        raise ValueError(f"categories: expected {kind} for weights {closeness}; found {list(categories)!r}")
    values = np.asarray(categories, dtype=float)
    distance = np.abs(np.subtract.outer(values, values))
    if closeness == "ratio":
        sums = np.add.outer(values, values)
        distance = distance / np.where(sums == 0, 1, sums)
        return 1 - (distance / (np.ptp(values) / (values.max() + values.min()))) ** 2
    return 1 - (distance / np.ptp(values)) ** (1 if closeness == "linear" else 2)
