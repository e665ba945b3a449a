"""Numbers, lists, dates and sentences in Dutch and English, as a reader of the language expects them."""

import datetime
import math
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from string import Formatter

import numpy as np
import pandas as pd
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from expect import check_one_of, exact
from loopbaanchecks import numerals

LANGUAGES = ("nl", "en")
FORMS = {"count": "#,##0", "signed": "+#,##0;-#,##0"}
SMALLEST_P = 0.0005  # a p value below it would be printed as zero
BELOW = {"nl": "kleiner dan ", "en": "below "}
PERCENT = {"nl": (" %", " procent"), "en": ("%", "%")}  # in a table or figure, and in a sentence


def check_language(language: str) -> None:
    """Raise unless the language is one of `LANGUAGES`."""
    check_one_of("language", language, LANGUAGES)


def format_number(value, spec: str, language: str) -> str:
    """Return a number as a reader of the language expects it.

    Parameters
    ----------
    value : float, int, Fraction, str or missing
        A number as printed (text) gets the decimal sign of the language; missing gives an empty string.
    spec : str
        `text` (left as it is), `printed` (as printed, a text), `count` (thousands grouped), `signed` (a count
        with its sign), `percent0` ... `percent2` (of a proportion), `decimal1` ... `decimal4` (a whole
        number type keeps no decimals), `number` (as many decimals as it needs, three at most) or `p` (three
        decimals, and never zero: "< 0,001").
    language : {"nl", "en"}
        nl has a decimal comma and groups by a point, en the other way round.

    Returns
    -------
    str
        The formatted number: a computed one to ten digits first, then halves away from zero.

    Examples
    --------
    >>> format_number(0.0847, "percent1", "nl"), format_number(23721, "count", "en")
    ('8,5 %', '23,721')
    >>> format_number(4.35, "number", "nl"), format_number(1000.0, "number", "nl")
    ('4,35', '1.000')
    >>> format_number(0.0312, "p", "nl"), format_number(0.00002, "p", "nl")
    ('0,031', '< 0,001')
    """
    if isinstance(value, str) or spec == "text":
        return str(value) if spec in ("text", "word") else printed_number(str(value), language)
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if spec == "p":
        small = 0 < value < SMALLEST_P
        return "< " * small + format_number(
            max(value, 0.001) if small else float(value), "decimal3", language
        )
    share = spec.startswith("percent")
    whole = spec in FORMS or (isinstance(value, int | np.integer) and spec != "number")
    places = 3 if spec == "number" else 0 if whole else int(spec[-1])
    pattern = FORMS.get(spec) or "#,##0" + ("." + ("#" if spec == "number" else "0") * places) * (places > 0)
    rounded = _rounded(exact(value) * (100 if share else 1), places)
    return format_decimal(rounded, pattern, locale=language) + (PERCENT[language][0] if share else "")


def _rounded(number: Fraction, places: int) -> Decimal:
    """Round halves away from zero; a negative number that rounds to zero loses its sign."""
    with localcontext(prec=60, rounding=ROUND_HALF_UP):
        steps = math.floor(abs(number) * 10**places + Fraction(1, 2)) * (-1 if number < 0 else 1)
        return Decimal(steps).scaleb(-places)


def printed_number(text: str, language: str) -> str:
    """Return printed text with its decimal commas in the notation of a language.

    Parameters
    ----------
    text : str
        As printed in a Dutch document, such as "4,10".
    language : {"nl", "en"}
        nl leaves the text as it is; en has a decimal point.

    Returns
    -------
    str
        The text; thousands are not grouped in print, so a comma between digits is a decimal comma.

    Examples
    --------
    >>> printed_number("mean 4,10; 26, 46", "en"), printed_number("4,10", "nl")
    ('mean 4.10; 26, 46', '4,10')
    """
    return re.sub(r"(?<=\d),(?=\d)", ".", text) if language == "en" else text


class _Sentence(Formatter):
    """Fills in values by the conventions of one language; a float must say how it is rounded."""

    def __init__(self, language: str, words: Mapping[str, str]) -> None:
        self.language, self.words = language, words

    def format_field(self, value, spec: str) -> str:
        if spec.startswith("^"):
            return numerals.capital(self.format_field(value, spec[1:]))
        if "|" in spec:
            return numerals.agreeing(value, spec, self.language)
        if spec.startswith("of "):
            return numerals.out_of(value, spec.removeprefix("of "), self.language)
        if isinstance(value, datetime.date):
            return format_date(value, spec or "long", locale=self.language)
        if isinstance(value, list | tuple):
            return format_list([self.format_field(one, spec) for one in value], locale=self.language)
        if isinstance(value, str):
            return self.words[value] if spec == "word" else printed_number(value, self.language)
        if spec == "p":
            return format_number(value, spec, self.language).replace("< ", BELOW[self.language])
        if match := re.fullmatch(r"%(\d?)|\.(\d)|", spec):
            percent, places = match[1], match[2]
            if spec:
                kind = f"decimal{places}" if places else f"percent{percent or 0}"
                number = format_number(value, kind, self.language)
                return number.replace(*PERCENT[self.language]) if percent is not None else number
            if isinstance(value, int | np.integer):
                return format_number(value, "count", self.language)
        raise ValueError(
            f"sentence: expected {{name:%}}, {{name:%1}} or {{name:.2}} for {value!r}; found {spec!r}"
        )


def sentence(text: str, language: str, words: Mapping[str, str] | None = None, /, **values) -> str:
    """Fill in the values of a sentence as a reader of the language expects them.

    Parameters
    ----------
    text : str
        With `{n}` for a whole number, a printed text, a list (joined by commas and "and") or a date,
        `{share:%}` or `{share:%1}` for a proportion as a percentage, `{mean:.2}` for two decimals, `{p:p}`
        for a p value, `{group:word}` for a key of the words; `{n:#|#}` for a whole number as a word up to
        twelve, `{n:# gesprek|# gesprekken}` with what agrees with it, `{n:of {total}}` for "geen van beide"
        or "alle negen de" before a noun. `^` before a form makes it begin with a capital.
    language : {"nl", "en"}
        Of the text.
    words : mapping of str to str, optional
        Key -> word in the language.
    **values
        What is filled in.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If a number with decimals has no form, or a form is unknown.
    KeyError
        If a value or word misses.

    Examples
    --------
    >>> sentence("{n} van {of}: {share:%1}, {mean} en {names}", "nl", n=1200, of=3000, share=0.4,
    ...          mean="4,10", names=["a", "b", "c"])
    '1.200 van 3.000: 40,0 procent, 4,10 en a, b en c'
    >>> sentence("mean {mean}, {when}", "en", mean="4,10", when=datetime.date(2021, 12, 1))
    'mean 4.10, December 1, 2021'
    >>> sentence("most often: {groups:word}", "en", {"a": "employee", "b": "employer"}, groups=["a", "b"])
    'most often: employee and employer'
    >>> sentence("{n:^of {of}} passen; er {k:is # gesprek|zijn # gesprekken} gelezen", "nl", n=2, of=2, k=1)
    'Beide passen; er is één gesprek gelezen'
    """
    check_language(language)
    return _Sentence(language, {} if words is None else words).format(text, **values)
