"""Text of strangers where it is shown: in a terminal, a table, a spreadsheet."""

import re
import unicodedata

SIGNS = "=+\\-@＝＋－＠"  # what a spreadsheet takes for the beginning of a formula
NUMBER = r"[-+]?\d[\d.,]*(?:[eE][-+]?\d+)? ?%?"
FORMULA = re.compile(rf"(^\s*|[;\t\n]\s*)(?!{NUMBER}\s*(?:$|[;\t\n]))(?=[\"']?[{SIGNS}].)")
DISARMED = re.compile(rf"(^\s*|[;\t\n]\s*)'(?=[\"']?[{SIGNS}])")


def visible(text: object, keep: str = "") -> str:
    r"""Return a text in which characters that steer a terminal or the reading direction are spelled out.

    Parameters
    ----------
    text : object
        Anything; as `str` gives it.
    keep : str
        Control characters that may stay, such as a line break.

    Examples
    --------
    >>> print(visible("code \x1b[2J \u202e steun\n"))
    code \x1b[2J \u202e steun\n
    """
    text = str(text)
    if text.isprintable():
        return text
    steering = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return "".join(
        char.encode("unicode_escape").decode()
        if char not in keep and unicodedata.category(char) in steering
        else char
        for char in text
    )


def inert(text: str) -> str:
    r"""Return a text that a spreadsheet shows and never calculates, also from a CSV file.

    An apostrophe comes before what would begin a formula, also behind a semicolon, a tab or a line break,
    where another program may begin a new cell; a number stays as it is, control characters are spelled out.

    Examples
    --------
    >>> inert("=1+1"), inert("-2,5"), inert("tijd"), inert("tijd;@SUM(A1)")
    ("'=1+1", '-2,5', 'tijd', "tijd;'@SUM(A1)")
    """
    return FORMULA.sub(r"\1'", visible(text, keep="\n"))


def without_apostrophe(text: str) -> str:
    """Return a text as it was before `inert` put apostrophes in it.

    Examples
    --------
    >>> without_apostrophe(inert("=1+1")), without_apostrophe("'s avonds")
    ('=1+1', "'s avonds")
    """
    return DISARMED.sub(r"\1", text)
