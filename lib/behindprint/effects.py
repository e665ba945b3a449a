"""The smallest effect that a test of a given power finds."""

from collections.abc import Callable

from scipy.optimize import brentq


def effect_with_power(power: Callable[[float], float], wanted: float) -> float:
    """Return the effect at which a power that rises with it is as wanted.

    statsmodels' `solve_power` is not used: its result moved by 2e-6 when an input moved by 1e-16.

    Examples
    --------
    >>> round(effect_with_power(lambda effect: 1 - math.exp(-effect), 0.5), 12) == round(math.log(2), 12)
    True
    """
    high = 1e-3
    while power(high) < wanted:
        high *= 2
    return float(
        brentq(lambda effect: power(effect) - wanted, high / 2 if high > 1e-3 else 0, high, xtol=1e-15)
    )
