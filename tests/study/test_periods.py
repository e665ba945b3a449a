"""periods: Dutch date words stand for the right days, and nothing is guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopbaanchecks.claims.dates import MONTHS, Period, read_ends, read_period

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("30 mei 2006", "30-5-2006"),
        ("medio mei 2006", "11-5-2006 – 20-5-2006"),
        ("Begin februari 2007", "1-2-2007 – 10-2-2007"),
        ("eind februari 2008", "21-2-2008 – 29-2-2008"),
        ("aug. 2006", "1-8-2006 – 31-8-2006"),
        ("juni-juli-aug 2006", "1-6-2006 – 31-8-2006"),
        ("voorjaar 2006", "1-3-2006 – 20-6-2006"),
        ("zomer; najaar 2006", "1-6-2006 – 21-12-2006"),
        ("2de helft van 2006", "1-7-2006 – 31-12-2006"),
        ("eerste helft van 2006", "1-1-2006 – 30-6-2006"),
        ("30 mei – medio november 2006", "30-5-2006 – 20-11-2006"),
        ("30 november 2006 - 2 januari 2007", "30-11-2006 – 2-1-2007"),
    ],
)
def test_words_stand_for_these_days(text, told):
    assert read_period(text).text == told


def test_a_year_is_taken_from_the_text_before_it_is_taken_from_outside():
    assert read_period("30 mei", year=2006) == read_period("30 mei 2006", year=1999)


def test_a_dash_parts_when_it_begins_from_when_it_ends():
    begin, end = read_ends("30 mei – medio november 2006")
    assert (begin.text, end.text) == ("30-5-2006", "11-11-2006 – 20-11-2006")
    assert begin.days == 1 and end.days == 10


@given(DAYS, st.sampled_from([name[:3] for name in MONTHS] + list(MONTHS)))
def test_every_month_is_known_whole_and_cut_off(day, name):
    month = [whole[:3] for whole in MONTHS].index(name[:3]) + 1
    period = read_period(f"{name} {day.year}")
    assert {(one.month, one.year) for one in (period.first, period.last)} == {(month, day.year)}
    assert period.days >= 28


@given(DAYS)
def test_a_day_is_read_as_itself(day):
    period = read_period(f"{day.day} {MONTHS[day.month - 1]} {day.year}")
    assert period == Period(day, day) and period.days == 1


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_later_is_so_many_calendar_months_and_keeps_the_order(day, some, more):
    moved = Period(day, day).later(some, some + more)
    months = [one.year * 12 + one.month for one in (moved.first, moved.last)]
    assert months == [day.year * 12 + day.month + n for n in (some, some + more)]
    assert moved.first.day == day.day or (moved.first.day < day.day and moved.first.day >= 28)


def test_a_short_month_gives_its_last_day():
    assert read_period("31 januari 2007").later(1, 1).text == "28-2-2007"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("30 mei", "expected a year"),
        ("mei 2006 - juni - juli", "expected one date, or two"),
        ("vorig meisje 2006", "expected a day, month, season"),
        ("31 juni 2006", "day is out of range|day must be in|month"),
        ("juli 2006 - mei 2006", "expected an end after the start"),
    ],
)
def test_what_cannot_be_read_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        read_period(text)
