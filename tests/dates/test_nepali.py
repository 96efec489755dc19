"""Days in AD and in Bikram Sambat."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import translation

from wagtail_khalti.dates.nepali import (
    MONTHS,
    NepaliDay,
    Span,
    bs_month_of,
    bs_of,
    day_in_nepal,
    day_of_bs,
    fiscal_year_of,
    format_bs,
)

FIRST_KNOWN, LAST_KNOWN = date(1944, 1, 1), date(2042, 12, 31)
# From printed calendars: the first day of the year, of Shrawan (which begins the fiscal year), and others.
PRINTED = {
    "2070-01-01": date(2013, 4, 14),
    "2072-01-12": date(2015, 4, 25),  # the earthquake
    "2072-06-03": date(2015, 9, 20),  # the constitution
    "2077-01-01": date(2020, 4, 13),
    "2079-04-01": date(2022, 7, 17),
    "2080-01-01": date(2023, 4, 14),
    "2080-04-01": date(2023, 7, 17),
    "2081-01-01": date(2024, 4, 13),
    "2081-04-01": date(2024, 7, 16),
    "2082-01-01": date(2025, 4, 14),
    "2082-04-01": date(2025, 7, 17),
}


@pytest.fixture(scope="module")
def calendar():
    """Each day that is known: in AD, in BS, and back again."""
    days = (FIRST_KNOWN + timedelta(days=number) for number in range((LAST_KNOWN - FIRST_KNOWN).days + 1))
    return [(day, bs_of(day), day_of_bs(*bs_of(day))) for day in days]


class TestBikramSambat:
    def test_is_there_and_back_the_same_on_every_day_that_is_known(self, calendar):
        assert len(calendar) == 36_160
        assert [day for day, _bs, again in calendar if day != again] == []

    def test_goes_on_by_a_day_and_by_a_month_after_the_last_day(self, calendar):
        for (_day, before, _same), (_next_day, now, _again) in pairwise(calendar):
            if now[:2] == before[:2]:
                assert now[2] == before[2] + 1
            else:
                assert 29 <= before[2] <= 32
                assert now == (before[0] + before[1] // 12, before[1] % 12 + 1, 1)

    @pytest.mark.parametrize("text", PRINTED)
    def test_is_as_printed_calendars_have_it(self, text):
        day = PRINTED[text]

        assert format_bs(day) == text
        assert day_of_bs(*map(int, text.split("-"))) == day

    @pytest.mark.parametrize(
        "day", [FIRST_KNOWN - timedelta(days=1), LAST_KNOWN + timedelta(days=1), date.min, date.max]
    )
    def test_is_empty_where_it_is_not_known(self, day):
        assert bs_of(day) is None
        assert format_bs(day) == ""
        assert bs_month_of(day) is None
        assert fiscal_year_of(day) is None

    def test_has_a_32nd_of_ashadh_in_some_years_only(self):
        assert day_of_bs(2083, 3, 32) == date(2026, 7, 16)
        with pytest.raises(ValueError, match=r".+"):
            day_of_bs(2081, 3, 32)

    def test_never_takes_a_missing_day_for_one_of_the_next_month(self):
        for year in range(2070, 2099):
            for month in range(1, 13):
                length = max(number for number in range(28, 33) if is_day(year, month, number))
                assert not any(is_day(year, month, number) for number in (0, length + 1, 33, 60))

    def test_names_its_months_in_the_language_of_who_reads(self):
        with translation.override("en"):
            assert [str(name) for name in MONTHS[:4]] == ["Baisakh", "Jestha", "Ashadh", "Shrawan"]
        assert len(set(MONTHS)) == 12


def is_day(year, month, number):
    try:
        day_of_bs(year, month, number)
    except ValueError:
        return False
    return True


class TestADayInNepal:
    @pytest.mark.parametrize(
        ("moment", "day"),
        [
            (datetime(2026, 7, 16, 18, 14, 59, tzinfo=UTC), "2083-03-32"),
            (datetime(2026, 7, 16, 18, 15, tzinfo=UTC), "2083-04-01"),
        ],
    )
    def test_begins_at_midnight_in_nepal_in_every_zone(self, moment, day):
        assert format_bs(day_in_nepal(moment)) == day

    def test_is_that_of_a_moment_without_a_zone_by_the_settings(self, settings):
        settings.TIME_ZONE = "UTC"

        assert format_bs(day_in_nepal(datetime(2026, 7, 16, 18, 45))) == "2083-04-01"  # noqa: DTZ001

    def test_stays_one_whatever_is_added(self):
        year = fiscal_year_of(date(2026, 11, 21))

        assert {type(day) for day in (year.first, year.last, year.last + timedelta(days=1))} == {NepaliDay}


class TestMonths:
    def test_are_from_the_first_to_the_last_of_it(self):
        assert bs_month_of(date(2026, 11, 21)) == Span(first=date(2026, 11, 17), last=date(2026, 12, 15))

    def test_follow_without_a_gap_and_hold_the_requested_day(self):
        month = bs_month_of(date(2013, 4, 14))
        while (after := bs_month_of(month.last + timedelta(days=1))) is not None:
            assert after.first == month.last + timedelta(days=1)
            assert bs_month_of(after.last) == after
            assert 29 <= (after.last - after.first).days + 1 <= 32
            month = after
        assert month.last >= date(2042, 12, 1)

    def test_with_32_days_are_whole(self):
        assert bs_month_of(date(2026, 7, 16)) == Span(first=date(2026, 6, 15), last=date(2026, 7, 16))


class TestFiscalYears:
    @pytest.mark.parametrize(
        ("day", "label", "first", "last"),
        [
            (date(2026, 7, 16), "2082/83", date(2025, 7, 17), date(2026, 7, 16)),  # the 32nd of Ashadh
            (date(2026, 7, 17), "2083/84", date(2026, 7, 17), date(2027, 7, 16)),  # the 1st of Shrawan
            (date(2026, 11, 21), "2083/84", date(2026, 7, 17), date(2027, 7, 16)),
            (date(2026, 4, 13), "2082/83", date(2025, 7, 17), date(2026, 7, 16)),  # the last of Chaitra
            (date(2026, 4, 14), "2082/83", date(2025, 7, 17), date(2026, 7, 16)),  # the 1st of Baisakh
        ],
    )
    def test_are_from_shrawan_to_ashadh(self, day, label, first, last):
        assert fiscal_year_of(day) == Span(first=first, last=last, label=label)

    def test_follow_each_other_without_a_gap(self):
        year = fiscal_year_of(date(2013, 8, 1))
        while (after := fiscal_year_of(year.last + timedelta(days=1))) is not None:
            assert after.first == year.last + timedelta(days=1)
            assert bs_of(after.first)[1:] == (4, 1)
            assert 364 <= (after.last - after.first).days + 1 <= 367
            year = after
        assert year.label == "2098/99"

    def test_have_two_digits_at_the_turn_of_a_century_too(self):
        assert fiscal_year_of(date(1944, 8, 1)).label == "2001/02"
