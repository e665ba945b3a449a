"""A number as printed: its value, its decimals and the interval it was rounded from.

Everything is exact: values are `fractions.Fraction`, never floats, so that no verdict depends on a
floating-point comparison.
"""

import math
import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal, get_args

from expect import check_one_of

Rounding = Literal["half_up", "half_down", "half_even", "either", "truncated"]
ROUNDING_RULES: tuple[str, ...] = get_args(Rounding)
DECIMAL_SIGNS = {",": "comma", ".": "point"}


def check_rounding(rounding: str) -> None:
    """Raise unless the rounding rule is a known one.

    Parameters
    ----------
    rounding : str
        `half_up` (halves away from zero, as SPSS and Excel print), `half_down` (halves towards
        zero), `half_even` (IEEE), `either` (a half may have gone both ways) or `truncated`.

    Raises
    ------
    ValueError
        If the rule is not one of `ROUNDING_RULES`.
    """
    check_one_of("rounding", rounding, ROUNDING_RULES)


def check_ddof(ddof: int) -> None:
    """Raise unless the divisor of a variance is n - 1 (`ddof` 1, as in SPSS) or n (`ddof` 0)."""
    if ddof not in (0, 1):
        raise ValueError(f"ddof: expected 1 (sample SD) or 0 (population SD); found {ddof!r}")


@dataclass(frozen=True)
class Interval:
    """The values that print as one number: `low` to `high`, each end included or not."""

    low: Fraction
    high: Fraction
    low_included: bool = True
    high_included: bool = True

    def __contains__(self, value: Fraction) -> bool:
        above = value > self.low or (self.low_included and value == self.low)
        below = value < self.high or (self.high_included and value == self.high)
        return above and below

    def whole_numbers(self, scale: Fraction | int = 1) -> tuple[int, int]:
        """Return the lowest and highest whole number in `scale` times the interval; low > high if none.

        Examples
        --------
        >>> Interval(Fraction(1, 2), Fraction(2), high_included=False).whole_numbers(10)
        (5, 19)
        """
        low, high = self.low * scale, self.high * scale
        lowest = math.ceil(low) if self.low_included else math.floor(low) + 1
        highest = math.floor(high) if self.high_included else math.ceil(high) - 1
        return lowest, highest

    def moved(self, by: Fraction | int) -> "Interval":
        """Return the interval with a number added to both ends."""
        return replace(self, low=self.low + by, high=self.high + by)

    def times(self, factor: Fraction | int) -> "Interval":
        """Return the interval multiplied by a number above zero."""
        return replace(self, low=self.low * factor, high=self.high * factor)

    def squared(self) -> "Interval":
        """Return the squares of its values of zero or more: of an SD, the variances.

        Examples
        --------
        >>> Interval(Fraction(-1, 2), Fraction(3), low_included=False).squared()
        Interval(low=Fraction(0, 1), high=Fraction(9, 1), low_included=True, high_included=True)
        """
        low_included = self.low_included or self.low < 0
        return Interval(max(self.low, Fraction(0)) ** 2, self.high**2, low_included, self.high_included)


@dataclass(frozen=True)
class Reported:
    """One number as it stands in print.

    Parameters
    ----------
    printed : str
        The characters as printed, such as `"4,10"`.  A number is refused: 4.1 no longer says whether
        4,1 or 4,10 was printed.  ASCII digits, a hyphen as minus, no thousands separator.
    decimal : {",", "."}
        The decimal sign of the document.

    Raises
    ------
    ValueError
        If the text is not a number in that notation.
    TypeError
        If `printed` is not a string.

    Examples
    --------
    >>> number = Reported("4,10")
    >>> number.value, number.decimals
    (Fraction(41, 10), 2)
    >>> float(number.interval("half_up").low), float(number.interval("half_up").high)
    (4.095, 4.105)
    """

    printed: str
    decimal: str = ","
    value: Fraction = field(init=False)
    decimals: int = field(init=False)

    def __post_init__(self) -> None:
        if not isinstance(self.printed, str):
            raise TypeError(
                f"a reported number is the text as printed, such as '4,10'; found {self.printed!r}"
            )
        if self.decimal not in DECIMAL_SIGNS:
            raise ValueError(f"decimal: expected ',' or '.'; found {self.decimal!r}")
        match = re.fullmatch(rf"-?[0-9]+(?:{re.escape(self.decimal)}([0-9]+))?", self.printed)
        if match is None:
            raise ValueError(
                f"expected one number with a decimal {DECIMAL_SIGNS[self.decimal]} and no sign for "
                f"thousands, such as '4{self.decimal}10'; found {self.printed!r}{self._other_sign()}"
            )
        object.__setattr__(self, "value", Fraction(self.printed.replace(self.decimal, ".")))
        object.__setattr__(self, "decimals", len(match[1] or ""))

    def _other_sign(self) -> str:
        """Say how to state the decimal sign, where the text has the other one."""
        other = "." if self.decimal == "," else ","
        if not re.fullmatch(rf"-?[0-9]+{re.escape(other)}[0-9]+", self.printed):
            return ""
        return (
            f" (with a decimal {DECIMAL_SIGNS[other]}, say decimal={other!r}; --decimal {other} in a command)"
        )

    @classmethod
    def of_units(cls, units: int, decimals: int, decimal: str = ",") -> "Reported":
        """Return the number that is so many units of its last digit.

        Examples
        --------
        >>> Reported.of_units(415, 2).printed, Reported.of_units(-5, 2, ".").printed
        ('4,15', '-0.05')
        """
        sign, digits = "-" if units < 0 else "", f"{abs(units):0{decimals + 1}d}"
        return cls(
            sign + (f"{digits[:-decimals]}{decimal}{digits[-decimals:]}" if decimals else digits), decimal
        )

    def moved(self, steps: int) -> "Reported":
        """Return the number with its last digit moved by some steps, with as many decimals.

        Examples
        --------
        >>> Reported("3,99").moved(1).printed
        '4,00'
        """
        return self.of_units(int(self.value / self.unit) + steps, self.decimals, self.decimal)

    @property
    def unit(self) -> Fraction:
        """The size of one step in the last printed digit."""
        return Fraction(1, 10**self.decimals)

    def interval(self, rounding: Rounding) -> Interval:
        """Return every value that prints as this number under a rounding rule.

        Parameters
        ----------
        rounding : str
            One of `ROUNDING_RULES`; it decides how wide the interval is and which ends belong to it.

        Returns
        -------
        Interval
            `low` and `high` as fractions, with `low_included` and `high_included`.
        """
        check_rounding(rounding)
        half = self.unit / 2
        if rounding == "truncated":
            return self._truncated()
        even = (self.value / self.unit) % 2 == 0
        near, far = {  # whether the end nearest to zero belongs to it, and the end farthest from zero
            "half_up": (True, False),
            "half_down": (False, True),
            "half_even": (even, even),
            "either": (True, True),
        }[rounding]
        low, high = self.value - half, self.value + half
        if self.value == 0:
            return Interval(low, high, far, far)
        ends = (near, far) if self.value > 0 else (far, near)
        return Interval(low, high, *ends)

    def _truncated(self) -> Interval:
        if self.value == 0:
            return Interval(-self.unit, self.unit, False, False)
        if self.value > 0:
            return Interval(self.value, self.value + self.unit, True, False)
        return Interval(self.value - self.unit, self.value, False, True)

    @property
    def low(self) -> Fraction:
        """The lower end of the interval when a half may have gone either way."""
        return self.interval("either").low

    @property
    def high(self) -> Fraction:
        """The upper end of the interval when a half may have gone either way."""
        return self.interval("either").high
