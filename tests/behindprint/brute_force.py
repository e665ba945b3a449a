"""Every frequency table of a few respondents, and whether it prints a row: straight from the definitions."""

import itertools
from fractions import Fraction

import pandas as pd

from behindprint import Reported

LIKERT = {"options": range(1, 6), "ddof": 1, "rounding": "either"}


def all_tables(n, options):
    """Every frequency table of n respondents, by stars and bars."""
    k = len(options)
    for bars in itertools.combinations(range(n + k - 1), k - 1):
        edges = (-1, *bars, n + k - 1)
        yield tuple(b - a - 1 for a, b in itertools.pairwise(edges))


def prints(table, options, mean, sd, ddof, rounding):
    """Whether a table prints a mean and SD, straight from the definitions, in fractions."""
    n = sum(table)
    average = Fraction(sum(f * v for f, v in zip(table, options, strict=True)), n)
    variance = sum(f * (v - average) ** 2 for f, v in zip(table, options, strict=True)) / Fraction(n - ddof)
    interval = Reported(sd).interval(rounding)
    above = variance > max(interval.low, 0) ** 2 or (
        variance == max(interval.low, 0) ** 2 and (interval.low_included or interval.low < 0)
    )
    below = variance < interval.high**2 or (variance == interval.high**2 and interval.high_included)
    return average in Reported(mean).interval(rounding) and above and below


def printed(value, decimals):
    return f"{value:.{decimals}f}".replace(".", ",")


def table_of(*rows):
    """Printed rows as a frame: (table, mean, sd), five options each."""
    frame = pd.DataFrame(rows, columns=["table", "mean", "sd"], index=[f"r{i}" for i in range(len(rows))])
    return frame.assign(options=[(1, 2, 3, 4, 5)] * len(rows))
