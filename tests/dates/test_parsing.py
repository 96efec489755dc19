"""A day as people type it, in either calendar."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from wagtail_khalti.dates.nepali import NepaliDay, format_bs
from wagtail_khalti.dates.parsing import parse_day
from wagtail_khalti.staff.insights.days import format_bs_day, format_day, format_short_day, in_bs

NO_DAYS = [
    "",
    " ",
    "-",
    "today",
    "2026",
    "2026-11",
    "2026-11-21-1",
    "21-11-2026",
    "11/21/2026",
    "2026-00-10",
    "2026-13-01",
    "2026-02-29",
    "2026-04-31",
    "2026-1-0",
    "2083-00-10",
    "2083-13-01",
    "2083-01-00",
    "2083-01-33",
    "2083-02-32",  # Jestha of that year has 31
    "2083-04-32",  # and Shrawan has 31
    "2083-09-31",  # and Poush has 30
    "2099-12-30",
    "2100-01-01",
    "2200-01-01",
    "9999-12-31",
    "0000-01-01",
    "0001-01-01",
    "0206-11-21",
    "1943-12-31",
    "²०८३-०१-०१",
    "2083-½-01",
    "-2026-11-21",
    "2026--11-21",
    "2026-11-21T00:00",
    "2026-11-21; DROP TABLE",
    "2026-11-21" * 1_000,
]
IN_NUMBERS = {
    "2026-11-21": date(2026, 11, 21),
    "2026-1-5": date(2026, 1, 5),
    "2024-02-29": date(2024, 2, 29),
    "2083-08-05": date(2026, 11, 21),
    "2083-8-5": date(2026, 11, 21),
    "2083/08/05": date(2026, 11, 21),
    "2083.08.05": date(2026, 11, 21),
    "२०८३-०८-०५": date(2026, 11, 21),
    "२०२६-११-२१": date(2026, 11, 21),
    "२०८३/8/०५": date(2026, 11, 21),
    " 2083-08-05 ": date(2026, 11, 21),
    "2083 - 08 - 05": date(2026, 11, 21),
    "2083–08–05": date(2026, 11, 21),
    "2083‑08‑05": date(2026, 11, 21),
    "\u200e2083-08-05\u202c": date(2026, 11, 21),
    "\ufeff2083-08-05": date(2026, 11, 21),
    "2083\xa0-08-05\u200b": date(2026, 11, 21),
    "\t2083-08-05\n": date(2026, 11, 21),
    "2049-12-30": date(2049, 12, 30),
    "2069-04-01": date(2012, 7, 16),
    "2070-03-31": date(2013, 7, 15),
    "2070-01-01": date(2013, 4, 14),
    "2083-03-32": date(2026, 7, 16),
}

IN_WORDS = {
    "5 Mangsir 2083": date(2026, 11, 21),
    "5 mangsir, 2083": date(2026, 11, 21),
    "Mangsir 5, 2083": date(2026, 11, 21),
    "05 MANSIR 2083": date(2026, 11, 21),
    "५ मंसिर २०८३": date(2026, 11, 21),
    "५ मंसिर २०८३ (वि.सं.)": date(2026, 11, 21),
    "१ श्रावण २०८३": date(2026, 7, 17),
    "32 Asar 2083": date(2026, 7, 16),
    "2083-08-05 BS": date(2026, 11, 21),
    "(2083-08-05 BS)": date(2026, 11, 21),
    "5 Mangsir 2083 B.S.": date(2026, 11, 21),
    "21 November 2026": date(2026, 11, 21),
    "21 Nov 2026": date(2026, 11, 21),
    "Nov. 21, 2026": date(2026, 11, 21),
    "२१ नोभेम्बर २०२६": date(2026, 11, 21),
}
NO_DAYS_IN_WORDS = [
    "5 Mangsir",
    "Mangsir 2083",
    "5 Mangsir 2026",
    "5 November 2083",
    "32 Shrawan 2083",
    "0 Mangsir 2083",
    "31 April 2026",
    "5 Monday 2083",
    "5 Mang 2083",
    "2026-11-21 BS",
    "BS",
    "5 () 2083",
]


@pytest.mark.parametrize("text", IN_NUMBERS)
def test_in_numbers_in_both_calendars(text):
    assert parse_day(text) == IN_NUMBERS[text]


@pytest.mark.parametrize("text", IN_WORDS)
def test_with_the_name_of_the_month_in_both_calendars(text):
    assert parse_day(text) == IN_WORDS[text]


@pytest.mark.parametrize("text", NO_DAYS + NO_DAYS_IN_WORDS)
def test_no_such_day(text):
    with pytest.raises(ValueError, match=r".+"):
        parse_day(text)


def test_the_month_in_the_language_of_who_types():
    with translation.override("de"):
        assert parse_day("21. Dezember 2026") == parse_day("21 Dez. 2026") == date(2026, 12, 21)
    with pytest.raises(ValueError, match="month"):
        parse_day("21 Dezember 2026")


def test_what_was_bs_is_a_day_in_nepal():
    assert type(parse_day("2083-08-05")) is type(parse_day("5 Mangsir 2083")) is NepaliDay
    assert type(parse_day("2026-11-21")) is date


@pytest.mark.parametrize("language", ["en", "ne", "de", "hi"])
def test_what_our_own_pages_write_is_read_again(language):
    days = [date(2013, 4, 14) + timedelta(days=17 * number) for number in range(600)]
    with translation.override(language):
        for day in days:
            written = [format_bs(day), day.isoformat(), format_day(day), format_bs_day(day), in_bs(format_bs_day(day))]
            assert [parse_day(text) for text in written] == [day] * len(written), written
        with pytest.raises(ValueError, match="is no day"):
            parse_day(format_short_day(days[0]))  # without its year
