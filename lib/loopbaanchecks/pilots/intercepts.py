"""Random intercepts by REML, in which a variance of zero is a value like any other.

statsmodels (MixedLM) and lme4 search over the square root of a variance: zero then is a stationary point of
every likelihood, with log(0) and 1/0 at it, and where a search stops near it depends on the last bit
of the data.  Here the nested sums of squares are exact at zero, and the optimum is refined to the last
digits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize, root

MOST = 1 - 1e-6  # of the variance within and between two groups; more between means that the rest is zero
LARGEST = 20.0  # logarithm of a ratio on the way to the optimum
EXACT = 1e-24  # of the sum of squares of the scores: a rest no larger is rounding
TINY = (
    1e-12  # of the sum of squares about the effects: the rest is never taken as less, which would be rounding
)


@dataclass(frozen=True)
class Fit:
    """Fixed effects and what they rest on.

    Parameters
    ----------
    estimate, standard_error : ndarray of shape (effects,)
        By generalised least squares.
    ratios : ndarray of shape (levels,)
        Variance of each random intercept, in that of the rest.
    log_likelihood : float
        Restricted, at its maximum, but for a constant that scores and design share; infinite if nothing is
        left to explain.
    """

    estimate: np.ndarray
    standard_error: np.ndarray
    ratios: np.ndarray
    log_likelihood: float


def fit_intercepts(score: np.ndarray, design: np.ndarray, groups: Sequence[np.ndarray] = ()) -> Fit:
    """Fit score = design + nested random intercepts + rest by REML.

    Parameters
    ----------
    score : ndarray of shape (n,)
        The measured scores.
    design : ndarray of shape (n, effects)
        Of full rank, with fewer columns than rows.
    groups : sequence of ndarray of int
        Per level the number of the group (0, 1, ...), from small to large: of each row, then of each group
        of the level before.  Without groups: ordinary least squares.

    Returns
    -------
    Fit
        The same to ten digits whatever the order of summation.

    Raises
    ------
    ValueError
        If columns of the design depend on each other.

    Notes
    -----
    Source: Pinheiro and Bates (2000), Mixed-Effects Models in S and S-PLUS, section 2.2; the gradient is
    that of Searle, Casella and McCulloch (1992), Variance Components, section 6.6.
    Checked against R 4.2.2 (nlme and lme4): tests/reference/change.csv, and against statsmodels.

    Examples
    --------
    >>> score, person = np.array([1.0, 2.0, 4.0, 5.5]), np.array([0, 0, 1, 1])
    >>> fit = fit_intercepts(score, np.array([[1, 0], [1, 1]] * 2), [person])
    >>> fit.estimate.round(3), fit.standard_error.round(3), fit.ratios.round(1)
    (array([2.5 , 1.25]), array([1.63, 0.25]), array([84.]))
    """
    plain, _, rank, _ = np.linalg.lstsq(design, score)
    if rank < design.shape[1]:
        raise ValueError(f"design: expected {design.shape[1]} effects that can be told apart; found {rank}")
    left = score - design @ plain
    if left @ left <= EXACT * (score @ score):
        return Fit(plain, np.zeros(rank), np.zeros(len(groups)), np.inf)
    rows = np.column_stack([design, left])
    ratios = _best_ratios(rows, groups) if groups else np.zeros(0)
    best = _profile(ratios, rows, groups)
    errors = np.sqrt(best.rest / (len(rows) - rank) * np.diag(best.inverse))
    return Fit(plain + best.estimate, errors, ratios, best.log_likelihood)


def _best_ratios(rows: np.ndarray, groups: Sequence[np.ndarray]) -> np.ndarray:
    """Return the ratios of the greatest likelihood: a bounded search, then the root of its gradient."""

    def downhill(share: np.ndarray) -> tuple[float, np.ndarray]:
        ratios = share / (1 - share)
        profile = _profile(ratios, rows, groups)
        return -profile.log_likelihood, -profile.gradient * np.square(1 + ratios)

    start, bounds = np.full(len(groups), 0.5), [(0, MOST)] * len(groups)
    share = minimize(downhill, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    ratios = share / (1 - share)
    inside = (share > 0) & (share < MOST)

    def slope(logs: np.ndarray) -> np.ndarray:
        ratios[inside] = np.exp(np.clip(logs, -LARGEST, LARGEST))
        return _profile(ratios, rows, groups).gradient[inside] * ratios[inside]

    if inside.any():
        slope(root(slope, np.log(ratios[inside]), tol=1e-14).x)
    return ratios


@dataclass(frozen=True)
class _Profile:
    """The restricted likelihood where fixed effects and the variance of the rest are at their best."""

    log_likelihood: float
    gradient: np.ndarray
    estimate: np.ndarray
    inverse: np.ndarray
    rest: float


def _profile(ratios: np.ndarray, rows: np.ndarray, groups: Sequence[np.ndarray]) -> _Profile:
    """Return the profile at given ratios; rows are design and score, side by side."""
    n, effects = len(rows), rows.shape[1] - 1
    weight, products, spread, levels = np.ones(n), 0.0, 0.0, []
    for ratio, group in zip(ratios, groups, strict=True):
        total = np.bincount(group, weight)
        means = np.column_stack([np.bincount(group, weight * column) for column in rows.T]) / total[:, None]
        apart, part = weight[:, None] * (rows - means[group]), weight / total[group]
        products = products + np.einsum("ni,nj->ij", apart, rows - means[group])
        spread += np.log1p(ratio * total).sum()
        levels.append((group, apart, part, weight))
        rows, weight = means, total / (1 + ratio * total)
    products = products + np.einsum("n,ni,nj->ij", weight, rows, rows)
    inverse = np.linalg.inv(products[:-1, :-1])
    estimate = inverse @ products[:-1, -1]
    contrast = np.append(-estimate, 1)
    rest = max(float(contrast @ products @ contrast), TINY * products[-1, -1])
    log_likelihood = -(spread - np.linalg.slogdet(inverse)[1] + (n - effects) * np.log(rest)) / 2
    gradient, sums, own = [], weight[:, None] * rows, weight  # 1'V⁻¹[X y] and 1'V⁻¹1 of each group
    for group, apart, part, below in reversed(levels):
        known = np.einsum("ij,jk,ik->", sums[:, :-1], inverse, sums[:, :-1])
        left = np.square(sums @ contrast).sum() * (n - effects) / rest
        gradient.append((known + left - own.sum()) / 2)
        sums, own = apart + part[:, None] * sums[group], below * (1 - part) + part**2 * own[group]
    return _Profile(log_likelihood, np.array(gradient[::-1]), estimate, inverse, rest)
