"""Whole numbers as a sentence writes them: as words up to twelve, with a noun that agrees, of a whole."""

import re

from babel.core import Locale
from babel.numbers import format_decimal

NUMERALS = {  # from one to twelve; above that a sentence has digits
    "nl": ["één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"],
    "en": ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
}
NO_ONE = {"nl": "geen", "en": "no"}
OF_FEW = {
    "nl": {1: ("geen enkele", "de enige"), 2: ("geen van beide", "een van beide", "beide")},
    "en": {1: ("none", "the only one"), 2: ("neither", "one of the two", "both")},
}
EVERY_IN_WORDS = {"nl": "alle {} de", "en": "all {}"}  # alle tien de schalen, alle 14 beweringen
OF_MORE = {
    "nl": ("geen van de {}", "{} van de {}", "alle {}"),
    "en": ("none of the {}", "{} of the {}", "all {}"),
}


def in_words(number: int, language: str) -> str:
    """Return a whole number as a sentence has it.

    Examples
    --------
    >>> in_words(3, "nl"), in_words(0, "en"), in_words(97, "nl"), in_words(1200, "en")
    ('drie', 'no', '97', '1,200')
    """
    if number == 0:
        return NO_ONE[language]
    if 0 < number <= len(NUMERALS[language]):
        return NUMERALS[language][number - 1]
    return format_decimal(number, locale=language)


def agreeing(number: int | str, forms: str, language: str) -> str:
    """Return the form of a phrase that agrees with a number.

    Parameters
    ----------
    number : int or str
        A text stands for a number that is hidden; it takes the plural.
    forms : str
        Singular and plural with a line between; `#` is where the number stands, if it does.
    language : {"nl", "en"}

    Examples
    --------
    >>> agreeing(1, "# gesprek|# gesprekken", "nl"), agreeing(9, "# interview|# interviews", "en")
    ('één gesprek', 'nine interviews')
    >>> agreeing(0, "is|are", "en")
    'are'
    """
    one, more = forms.split("|")
    known = not isinstance(number, str)
    form = one if known and Locale(language).plural_form(int(number)) == "one" else more
    return form.replace("#", in_words(int(number), language) if known else str(number))


def out_of(number: int | str, total: str, language: str) -> str:
    """Return how many of a whole, as one says it before a noun.

    Parameters
    ----------
    number : int or str
        A text stands for a number that is hidden.
    total : str
        The whole, as `sentence` writes it.
    language : {"nl", "en"}

    Examples
    --------
    >>> out_of(0, "2", "nl"), out_of(9, "9", "nl"), out_of(58, "60", "en"), out_of(2, "9", "en")
    ('geen van beide', 'alle negen de', '58 of the 60', 'two of the nine')
    """
    none, some, every = OF_MORE[language]
    if not (digits := re.sub(r"\D", "", total)) or isinstance(number, str):
        return some.format(number, total)
    whole, number = int(digits), int(number)
    if whole in OF_FEW[language] and 0 <= number <= whole:
        return OF_FEW[language][whole][number]
    written = [format_decimal(n, locale=language) for n in (number, whole)]
    if whole <= len(NUMERALS[language]):
        written, every = [in_words(n, language) for n in (number, whole)], EVERY_IN_WORDS[language]
    if number in (0, whole):
        return (every if number else none).format(written[1])
    return some.format(*written)


def capital(text: str) -> str:
    """Return a text with the first letter as a sentence begins: é keeps its accent.

    Examples
    --------
    >>> capital("één gesprek"), capital("58 van de 60")
    ('Eén gesprek', '58 van de 60')
    """
    return "Eé" + text[2:] if text.startswith("éé") else text[:1].upper() + text[1:]
