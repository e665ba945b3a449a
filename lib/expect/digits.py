"""The one rule for the last bits of computed numbers: compared, shown and written by their first ten digits.

Processors, thread counts and orders of summation differ by 1e-16 to 1e-13 of a number.  Two numbers that
should be equal, or a number that should be on a threshold or a half, are then equal again, as such numbers
have few digits.  Any other number can still end up on either side
of a rounding at the tenth digit: 1 in 10,000 at most.
"""

from fractions import Fraction

import numpy as np
import pandas as pd

DIGITS = 10


def _settle(value: float) -> float:
    return value if value.is_integer() else float(f"{value:.{DIGITS - 1}e}")


_settle_each = np.frompyfunc(lambda value: _settle(float(value)), 1, 1)


def settled(values):
    """Return computed numbers as they are to ten digits; whole numbers as they are.

    Parameters
    ----------
    values : float, array or Series of floats
        NaN and infinity stay; NA becomes NaN.

    Returns
    -------
    float, ndarray or Series
        Of the type that came in; a Series keeps its index.

    Examples
    --------
    >>> settled(0.1 + 0.2), settled(np.array([1 / 3, 1e-20 / 3, 2.0**60])).tolist()
    (0.3, [0.3333333333, 3.333333333e-21, 1.152921504606847e+18])
    """
    if isinstance(values, pd.Series):
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        return pd.Series(settled(numbers), index=values.index, name=values.name)
    if np.ndim(values):
        return _settle_each(np.asarray(values, dtype=float)).astype(float)
    return _settle(float(values))


def exact(value: float | Fraction) -> Fraction:
    """Return a computed number to ten digits as the decimal fraction it reads as; a Fraction as it is.

    Examples
    --------
    >>> exact(0.145), exact(0.1 + 0.2), exact(Fraction(1, 3))
    (Fraction(29, 200), Fraction(3, 10), Fraction(1, 3))
    """
    if isinstance(value, Fraction | int | np.integer):
        return Fraction(int(value)) if isinstance(value, np.integer) else Fraction(value)
    return Fraction(repr(settled(value)))


def settled_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with its columns of floats settled.

    Examples
    --------
    >>> settled_frame(pd.DataFrame({"share": [0.1 + 0.2], "n": [3], "label": ["a"]})).to_dict("records")
    [{'share': 0.3, 'n': 3, 'label': 'a'}]
    """
    floats = frame.columns[[pd.api.types.is_float_dtype(kind) for kind in frame.dtypes]]
    return frame.assign(**{name: settled(frame[name]).astype(frame[name].dtype) for name in floats})
