"""Dates told in Dutch words: a day, the middle of a month, a season, half a year, from one to another."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date

MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
TENTHS = {"begin": (1, 10), "medio": (11, 20), "eind": (21, 31)}  # first, middle and last ten days of a month
SEASONS = {"voorjaar": ((3, 1), (6, 20)), "zomer": ((6, 1), (9, 22)), "najaar": ((9, 1), (12, 21))}
HALVES = {"1ste": (1, 6), "eerste": (1, 6), "2de": (7, 12), "tweede": (7, 12)}
NAMES = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in MONTHS)
MONTH = re.compile(rf"(?:\b(\d{{1,2}}|{'|'.join(TENTHS)}) )?\b({NAMES})\b")
HALF = re.compile(rf"\b({'|'.join(HALVES)}) helft\b")
SEASON = re.compile(rf"\b({'|'.join(SEASONS)})\b")


@dataclass(frozen=True)
class Period:
    """All days from `first` to `last`, both included: when something was, or may have been."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"period: expected an end after the start; found {self.text}")

    @property
    def days(self) -> int:
        """The number of days, both ends included."""
        return (self.last - self.first).days + 1

    @property
    def text(self) -> str:
        """The period as day-month-year, a single date when it is one day."""
        told = [f"{day.day}-{day.month}-{day.year}" for day in (self.first, self.last)]
        return " – ".join(dict.fromkeys(told))

    def in_full(self, language: str) -> str:
        """Return the period as a sentence has it, with the name of the month.

        Examples
        --------
        >>> read_period("medio november 2006").in_full("nl"), read_period("30 mei 2006").in_full("en")
        ('11–20 november 2006', '30 May 2006')
        """
        locale = {"nl": "nl", "en": "en_GB"}[language]
        last = format_date(self.last, "d MMMM y", locale=locale)
        if self.first == self.last:
            return last
        if (self.first.year, self.first.month) == (self.last.year, self.last.month):
            return f"{self.first.day}–{last}"
        pattern = "d MMMM" if self.first.year == self.last.year else "d MMMM y"
        return f"{format_date(self.first, pattern, locale=locale)} – {last}"

    def later(self, least: int, most: int) -> "Period":
        """Return the period moved by at least and at most so many calendar months.

        Examples
        --------
        >>> read_period("medio mei 2006").later(2, 3).text
        '11-7-2006 – 20-8-2006'
        """
        return Period(_moved(self.first, least), _moved(self.last, most))


def _moved(day: date, months: int) -> date:
    """Return a day so many calendar months later, the last day of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def read_ends(text: str, *, year: int | None = None) -> tuple[Period, Period]:
    """Return when a period told as "from - to" begins and when it ends; without a dash both are the same.

    Parameters
    ----------
    text : str
        Dutch: days (30 mei), thirds of a month (medio november), months, seasons, halves of a year
        (2de helft van 2006).  Seasons are wide: from the first day of a month to the astronomical end.
        Several months or seasons in one part are taken from the first through the last.
    year : int, optional
        For a part without a year; a year told in the last part holds for the first as well.

    Returns
    -------
    tuple of Period
        When it may begin, when it may end.

    Raises
    ------
    ValueError
        If a part has no date that can be read, or no year.

    Examples
    --------
    >>> [end.text for end in read_ends("30 mei – medio november 2006")]
    ['30-5-2006', '11-11-2006 – 20-11-2006']
    """
    parts = re.split(r"\s+[-–]\s+", text.lower())
    if len(parts) > 2:
        raise ValueError(f"date: expected one date, or two with a dash between; found {text!r}")
    shared = _year(parts[-1]) or year
    years = [_year(part) or shared for part in parts]
    if None in years:
        raise ValueError(f"date: expected a year in {text!r}; found none")
    read = [_read(part, year) for part, year in zip(parts, years, strict=True)]
    return read[0], read[-1]


def _year(part: str) -> int | None:
    """Return the year in a part, the last one if there are more."""
    years = re.findall(r"\b(\d{4})\b", part)
    return int(years[-1]) if years else None


def read_period(text: str, *, year: int | None = None) -> Period:
    """Return all the days that a text may stand for; see `read_ends`.

    Examples
    --------
    >>> read_period("2de helft van 2006").text, read_period("juni-juli-aug", year=2006).text
    ('1-7-2006 – 31-12-2006', '1-6-2006 – 31-8-2006')
    """
    begin, end = read_ends(text, year=year)
    return Period(begin.first, end.last)


def _read(part: str, year: int) -> Period:
    """Return the days of one part, without a dash between spaces."""
    found = [_in_month(match, year) for match in MONTH.finditer(part)]
    for match in HALF.finditer(part):
        first, last = HALVES[match[1]]
        found.append(Period(date(year, first, 1), _moved(date(year, last, 1), 1) - timedelta(1)))
    found += [Period(*(date(year, *day) for day in SEASONS[match[1]])) for match in SEASON.finditer(part)]
    if not found:
        raise ValueError(f"date: expected a day, month, season or half a year in Dutch; found {part!r}")
    return Period(min(one.first for one in found), max(one.last for one in found))


def _in_month(match: re.Match, year: int) -> Period:
    """Return the day, third or whole of a month."""
    month = [name[:3] for name in MONTHS].index(match[2][:3]) + 1
    length = calendar.monthrange(year, month)[1]
    if match[1] and match[1].isdigit():
        return Period(*(date(year, month, int(match[1])),) * 2)
    first, last = TENTHS.get(match[1], (1, length))
    return Period(date(year, month, first), date(year, month, min(last, length)))
