"""Weights that make frequency tables of a given n, sum and sum of squares the likely ones.

Give each score e the weight x_e = exp(a + b e + c e^2) below 1, and a table the product of x_e^f_e.  All
tables with the same n, S and Q then weigh exp(a n + b S + c Q): the same.  So tables drawn with
independent geometric counts are uniform once n, S and Q are kept, and the sum of all weights, prod 1 / (1
- x_e), bounds their number.
"""

import numpy as np

NEWTON_STEPS = 200
DECIMALS = 9  # kept of a, b and c, so that the last bits of a processor do not matter


def weight_exponents(e: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Find a, b and c under which counts add up to n, S and Q on average.

    Parameters
    ----------
    e : numpy.ndarray of int, shape (k,) or (groups, k)
        Scores, measured from a value near the mean; one row per group.
    targets : numpy.ndarray of float, shape (2 * groups + 1,)
        n of each group, S of each group, and Q of all together.

    Returns
    -------
    numpy.ndarray of float, shape (groups, 3)
        a, b, c of each group; c is the same in all.  Every a + b e + c e^2 is below zero.

    Notes
    -----
    Newton's method on a convex function, -sum log(1 - x_e) - a n - b S - c Q.

    Examples
    --------
    >>> e = np.arange(-3, 4)
    >>> a, b, c = weight_exponents(e, np.array([100.0, 10.0, 150.0]))[0]
    >>> x = np.exp(a + b * e + c * e**2)
    >>> counts = x / (1 - x)
    >>> [round(float((counts * e**power).sum()), 3) for power in (0, 1, 2)]
    [100.0, 10.0, 150.0]
    """
    rows = np.atleast_2d(e).astype(float)
    groups, k = rows.shape
    scale = max(float(np.abs(rows).max()), 1.0)
    design = np.zeros((2 * groups + 1, groups, k))
    for group in range(groups):
        design[group, group], design[groups + group, group] = 1, rows[group] / scale
    design[-1] = (rows / scale) ** 2
    units = np.array([1.0] * groups + [scale] * groups + [scale**2])
    start = np.array([-np.log1p(k / max(n, 1.0)) for n in targets[:groups]] + [0.0] * (groups + 1))
    theta = _minimum(design.reshape(2 * groups + 1, -1), targets / units, start) / units
    exponents = [theta[:groups], theta[groups : 2 * groups], np.full(groups, theta[-1])]
    exponents = np.round(np.column_stack(exponents), DECIMALS)
    powers = np.stack([np.ones_like(rows), rows, rows**2], axis=1)
    over = np.einsum("gp,gpk->gk", exponents, powers).max(axis=1)
    exponents[:, 0] -= np.maximum(over + 10.0**-DECIMALS, 0)  # rounding may have lifted one to zero
    return exponents


def _minimum(design: np.ndarray, wanted: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Return where -sum log(1 - x) - theta . wanted is least, for log x = theta . design below zero."""

    def value(theta: np.ndarray) -> float:
        x = theta @ design
        return float(-np.log(-np.expm1(x)).sum() - theta @ wanted) if (x < 0).all() else np.inf

    for _ in range(NEWTON_STEPS):
        means = 1 / np.expm1(-(theta @ design))
        gradient = design @ means - wanted
        step = np.linalg.lstsq((design * (means + means**2)) @ design.T, gradient, rcond=None)[0]
        size, now = 1.0, value(theta)
        while size > 1e-9 and not value(theta - size * step) < now:
            size /= 2
        if size <= 1e-9:
            break
        theta = theta - size * step
    return theta
