"""Days in rows, and how days, numbers, shares and times are written."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from wagtail_khalti.formatting import format_number
from wagtail_khalti.reporting.totals import Sums
from wagtail_khalti.staff.insights.counts import format_duration, format_share
from wagtail_khalti.staff.insights.days import format_bs_span, format_day, format_span
from wagtail_khalti.staff.insights.series import MAX_ROWS, Interval, default_interval, is_too_fine, rows_of

FIRST, LAST = date(2026, 7, 17), date(2027, 7, 16)  # the fiscal year 2083/84


@pytest.fixture
def by_day():
    """One payment of one rupee on each day of the fiscal year."""
    return {FIRST + timedelta(days=number): Sums(payments=1, gross=100) for number in range((LAST - FIRST).days + 1)}


class TestRows:
    @pytest.mark.parametrize("step", Interval)
    def test_hold_every_day_once_and_lose_no_paisa(self, by_day, step):
        rows = rows_of(by_day, step)

        assert sum(row.sums.gross for row in rows) == 100 * len(by_day)
        assert sum((row.last - row.first).days + 1 for row in rows) == len(by_day)
        assert [row.first for row in rows[1:]] == [row.last + timedelta(days=1) for row in rows[:-1]]

    def test_by_the_day_are_the_days(self, by_day):
        assert [row.first for row in rows_of(by_day, Interval.DAY)] == sorted(by_day)

    def test_by_the_week_begin_on_sundays_except_for_the_first(self, by_day):
        first, *others = rows_of(by_day, Interval.WEEK)

        assert (first.first, first.last) == (date(2026, 7, 17), date(2026, 7, 18))
        assert {row.first.strftime("%A") for row in others} == {"Sunday"}

    def test_by_the_month_are_months_of_ad(self, by_day):
        rows = rows_of(by_day, Interval.MONTH)

        assert len(rows) == 13
        assert rows[1].label == "August 2026"
        assert rows[1].other_label == "16 Shrawan 2083 – 15 Bhadra 2083 BS"
        assert rows[0].label == "17 July 2026 – 31 July 2026"
        assert rows[0].short_label == "Jul 2026"

    def test_by_the_month_of_bs_are_twelve_in_a_fiscal_year(self, by_day):
        rows = rows_of(by_day, Interval.BS_MONTH)

        assert len(rows) == 12
        assert [rows[0].label, rows[-1].label] == ["Shrawan 2083 BS", "Ashadh 2084 BS"]
        assert rows[0].other_label == "17 July 2026 – 16 August 2026"
        assert rows[0].short_label == "Shrawan 2083"

    def test_that_are_less_than_a_month_say_which_days(self, by_day):
        del by_day[FIRST]

        row = rows_of(by_day, Interval.BS_MONTH)[0]

        assert row.label == "18 July 2026 – 16 August 2026"
        assert row.other_label == "2 Shrawan 2083 – 31 Shrawan 2083 BS"

    def test_need_no_bikram_sambat_where_it_is_not_known(self):
        days = [date(2042, 12, 1) + timedelta(days=number) for number in range(90)]

        rows = rows_of({day: Sums() for day in days}, Interval.BS_MONTH)

        assert sum((row.last - row.first).days + 1 for row in rows) == 90
        assert rows[-1].label == "February 2043"
        assert rows[-1].short_label == "Feb 2043"
        assert rows[-1].other_label == ""

    def test_are_none_of_no_days(self):
        assert rows_of({}, Interval.DAY) == []


class TestTheUsualStep:
    @pytest.mark.parametrize(
        ("days", "step"),
        [
            (1, "day"),
            (7, "day"),
            (32, "day"),
            (45, "day"),
            (46, "week"),
            (200, "week"),
            (201, "month"),
            (3660, "month"),
        ],
    )
    def test_grows_with_the_period(self, days, step):
        first = date(2026, 1, 1)

        assert default_interval(first, first + timedelta(days=days - 1)) == step

    def test_is_a_month_of_the_calendar_that_the_period_is_of(self):
        assert default_interval(FIRST, LAST) == Interval.BS_MONTH
        assert default_interval(date(2026, 1, 1), date(2026, 12, 31)) == Interval.MONTH

    def test_is_never_too_fine(self):
        for days in (1, 30, 45, 46, 200, 201, 366, 3660):
            last = FIRST + timedelta(days=days - 1)

            assert not is_too_fine(default_interval(FIRST, last), FIRST, last)

    def test_a_year_can_be_looked_at_day_by_day_and_no_more(self):
        assert not is_too_fine("day", FIRST, FIRST + timedelta(days=MAX_ROWS - 1))
        assert is_too_fine("day", FIRST, FIRST + timedelta(days=MAX_ROWS))
        assert is_too_fine("week", FIRST, FIRST + timedelta(days=3659))
        assert not is_too_fine("month", FIRST, FIRST + timedelta(days=3659))


class TestWords:
    @pytest.mark.parametrize(
        ("part", "whole", "words"),
        [
            (0, 3, "0 %"),
            (1, 3, "33 %"),
            (2, 3, "67 %"),
            (3, 3, "100 %"),
            (1, 10_000, "1 %"),
            (9_999, 10_000, "99 %"),
            (1, 200, "1 %"),
            (0, 0, ""),
            (3, 2, ""),
        ],
    )
    def test_only_all_of_it_is_a_hundred_and_only_nothing_is_zero(self, part, whole, words):
        assert format_share(part, whole) == words

    @pytest.mark.parametrize(
        ("seconds", "words"),
        [
            (0, "0 seconds"),
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "1 minute"),
            (245, "4 minutes"),
            (3_600, "1 hour"),
            (86_399, "23 hours"),
            (86_400, "1 day"),
            (900_000, "10 days"),
        ],
    )
    def test_a_time_is_told_in_its_largest_unit(self, seconds, words):
        assert format_duration(timedelta(seconds=seconds)) == words

    def test_large_numbers_have_lakhs(self):
        assert format_number(12_345_678) == "1,23,45,678"
        with translation.override("ne"):
            assert format_number(12_345_678) == "१,२३,४५,६७८"

    def test_days_are_written_as_the_language_does(self):
        assert format_day(date(2026, 11, 5)) == "5 November 2026"
        with translation.override("ne"):
            assert format_day(date(2026, 11, 5)) == "५ नोभेम्बर २०२६"
        with translation.override("de"):
            assert format_day(date(2026, 11, 5)) == "5 November 2026"

    def test_a_span_is_a_month_only_if_it_is_all_of_it(self):
        assert format_span(date(2026, 2, 1), date(2026, 2, 28)) == "February 2026"
        assert format_span(date(2024, 2, 1), date(2024, 2, 28)) == "1 February 2024 – 28 February 2024"
        assert format_span(date(2025, 2, 1), date(2026, 2, 28)) == "1 February 2025 – 28 February 2026"
        assert format_bs_span(date(2026, 6, 15), date(2026, 7, 16)) == "Ashadh 2083"
        assert format_bs_span(date(2026, 6, 15), date(2026, 7, 15)) == "1 Ashadh 2083 – 31 Ashadh 2083"
        assert format_bs_span(date(1943, 1, 1), date(2026, 7, 15)) == ""
