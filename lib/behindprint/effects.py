"""The smallest effect that a test finds with a given power: what a study could have shown."""

from collections.abc import Callable

from scipy.optimize import brentq

from expect import check_between, check_sizes


def effect_with_power(power: Callable[[float], float], wanted: float) -> float:
    """Return the effect at which a test has the wanted power.

    Parameters
    ----------
    power : callable
        The power of the test at an effect; rises with the effect, from below `wanted` at zero.
    wanted : float
        Between 0 and 1.

    Returns
    -------
    float
        In the unit of the effect.

    Notes
    -----
    Not through statsmodels' `solve_power`, whose result moved by 2e-6 when an input moved by 1e-16.

    Examples
    --------
    >>> round(effect_with_power(lambda effect: effect / (1 + effect), 0.8), 12)
    4.0
    """
    high = 1e-3
    while power(high) < wanted:
        high *= 2
    return float(
        brentq(lambda effect: power(effect) - wanted, high / 2 if high > 1e-3 else 0, high, xtol=1e-15)
    )


def detectable_difference(n1: int, n2: int, sd: float = 1.0, *, alpha: float, power: float) -> float:
    """Return the smallest difference between two groups that a two-sided t test finds with a given power.

    Parameters
    ----------
    n1, n2 : int
        Group sizes; at least two.
    sd : float
        SD within groups; with 1 the result is Cohen's d.
    alpha, power : float
        Level and wanted power of the test, between 0 and 1; the power is above the level.

    Returns
    -------
    float
        In the unit of `sd`, through statsmodels' TTestIndPower.

    Raises
    ------
    ValueError
        If a group has fewer than two members, the SD is not above 0, or alpha and power are not between
        0 and 1 or not in that order.

    Notes
    -----
    Checked against R 4.2.2 (power.t.test with strict = TRUE, and pt with noncentrality for unequal
    groups): tests/reference/sampling.csv.

    Examples
    --------
    >>> round(detectable_difference(20, 40, alpha=0.05, power=0.8), 2)
    0.78
    """
    check_sizes([n1, n2], name="n1, n2", least=2)
    check_between(alpha=alpha, power=power)
    if not (sd > 0 and alpha < power):
        raise ValueError(f"expected sd above 0 and power above alpha; found {sd!r}, {power!r} and {alpha!r}")

    from statsmodels.stats.power import TTestIndPower  # slow to import, and nothing else here needs it

    def reached(effect: float) -> float:
        return float(TTestIndPower().power(effect, n1, alpha, ratio=n2 / n1))

    return sd * effect_with_power(reached, power)
