"""A printed test statistic against its printed p value: every reading of both, and whether any is true.

A reading is a rule of rounding for each, and one or two sides.  Numbers are true of each other under it if
some statistic that prints as the one has a p value that prints as the other.  "True under no reading" is
the only thing this says against a pair.  P values are computed: an interval of them is taken a billionth
wider, so that no last bit decides.

Source of the idea: Nuijten et al. (2016), The prevalence of statistical reporting errors in psychology,
doi 10.3758/s13428-015-0664-2 (statcheck).
"""

from dataclasses import dataclass

import pandas as pd
from scipy import stats

from behindprint.reported import Interval, Reported, Rounding
from expect import check_one_of

TEST_KINDS = ("t", "F", "chi2", "r", "z")
READINGS: tuple[Rounding, ...] = ("either", "truncated")  # `either` holds all that round halves some way
TOLERANCE = 1e-9


@dataclass(frozen=True)
class PrintedTest:
    """A test statistic and its p value as printed.

    Parameters
    ----------
    kind : str
        t, F, chi2, r (a correlation) or z.
    value, p : str
        As printed; p may begin with < or >, and both may leave out the zero before the decimal sign.
    df : tuple of int or float
        Degrees of freedom: one for t, chi2 and r, two for F, none for z.
    decimal : {",", "."}
        The decimal sign of the document.

    Raises
    ------
    ValueError
        For an unknown kind, another number of degrees of freedom or one that is not above zero, a
        correlation beyond 1, or a text that is not a number in that notation.
    """

    kind: str
    value: str
    p: str
    df: tuple[float, ...] = ()
    decimal: str = ","

    def __post_init__(self) -> None:
        check_one_of("kind", self.kind, TEST_KINDS)
        wanted = {"F": 2, "z": 0}.get(self.kind, 1)
        if len(self.df) != wanted or not all(df > 0 for df in self.df):
            raise ValueError(
                f"df: expected {wanted} degrees of freedom above 0 for {self.kind}; found {self.df}"
            )
        value = self.number.value
        if self.kind in ("F", "chi2") and value < 0:
            raise ValueError(f"{self.kind}: expected a number of zero or more; found {self.value!r}")
        if self.kind == "r" and abs(value) > 1:
            raise ValueError(f"r: expected a number from -1 to 1; found {self.value!r}")
        if not 0 <= self.p_number.value <= 1:
            raise ValueError(f"p: expected a number from 0 to 1; found {self.p!r}")

    @property
    def number(self) -> Reported:
        """The statistic."""
        return Reported(_with_zero(self.value, self.decimal), self.decimal)

    @property
    def p_number(self) -> Reported:
        """The p value, without < or >."""
        return Reported(_with_zero(self.p.lstrip("<>= "), self.decimal), self.decimal)

    def p_of(self, value: float) -> float:
        """Return the p value of a statistic of zero or more, two-sided where that is a choice."""
        if self.kind == "F":
            return float(stats.f.sf(value, *self.df))
        if self.kind == "chi2":
            return float(stats.chi2.sf(value, *self.df))
        if self.kind == "z":
            return 2 * float(stats.norm.sf(value))
        if self.kind == "r":
            value = value * (self.df[0] / (1 - value**2)) ** 0.5 if value < 1 else float("inf")
        return 2 * float(stats.t.sf(value, *self.df))


def _with_zero(text: str, decimal: str) -> str:
    """Return a number with the zero that print leaves out before the decimal sign."""
    text = text.strip().replace("−", "-")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    return sign + ("0" + digits if digits.startswith(decimal) else digits)


def readings_of_test(printed: PrintedTest) -> pd.DataFrame:
    """List every reading of a printed test, and whether its numbers are true of each other.

    Parameters
    ----------
    printed : PrintedTest
        The numbers.

    Returns
    -------
    pandas.DataFrame
        One row per reading: `statistic`, `p` (how each was rounded), `sides` (two, one, or one in the other
        direction; F and chi2 have an upper tail, with one degree of freedom half of it is one-sided),
        `p_low`, `p_high` (of all statistics that print so), `fits`.

    Examples
    --------
    >>> readings = readings_of_test(PrintedTest("t", "2.20", ".06", (28,), decimal="."))
    >>> bool(readings["fits"].any())  # two-sided .036, one-sided .018
    False
    """
    rows = []
    for rounding in READINGS:
        low, high = _p_values(printed, rounding)
        for sides, (least, most) in _sides(printed, low, high).items():
            for p_rounding in READINGS:
                fits = _meets(printed, p_rounding, least, most)
                rows.append((rounding, p_rounding, sides, least, most, fits))
    return pd.DataFrame(rows, columns=["statistic", "p", "sides", "p_low", "p_high", "fits"])


def is_true_under_a_reading(printed: PrintedTest) -> bool:
    """Say whether any reading makes the printed numbers true of each other.

    Examples
    --------
    >>> is_true_under_a_reading(PrintedTest("F", "2,20", "0,15", (2, 28)))  # .1296
    False
    """
    return bool(readings_of_test(printed)["fits"].any())


def _p_values(printed: PrintedTest, rounding: Rounding) -> tuple[float, float]:
    """Return the lowest and highest p of the statistics that print as this one."""
    interval = printed.number.interval(rounding)
    low, high = sorted((abs(float(interval.low)), abs(float(interval.high))))
    low = 0.0 if interval.low <= 0 <= interval.high else low
    most = min(high, 1.0) if printed.kind == "r" else high
    return printed.p_of(most) * (1 - TOLERANCE), min(printed.p_of(low) * (1 + TOLERANCE), 1.0)


def _sides(printed: PrintedTest, low: float, high: float) -> dict[str, tuple[float, float]]:
    half = {"one": (low / 2, high / 2)}
    if printed.kind in ("F", "chi2"):
        return {"upper": (low, high)} | (half if printed.df[0] == 1 else {})
    return {"two": (low, high)} | half | {"one, other direction": (1 - high / 2, 1 - low / 2)}


def _meets(printed: PrintedTest, rounding: Rounding, low: float, high: float) -> bool:
    """Say whether a p between `low` and `high` prints as the p, or is what < or > says."""
    interval: Interval = printed.p_number.interval(rounding)
    least, most = float(interval.low), float(interval.high)
    limit = float(printed.p_number.value)
    sign = printed.p.strip()[:1]
    if sign == "<":
        return low < limit + TOLERANCE
    if sign == ">":
        return high > limit - TOLERANCE
    return low <= most + TOLERANCE and high >= least - TOLERANCE
