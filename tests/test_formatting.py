"""Times as people read them: in the site's time zone, whoever looks, and days of BS as days in Nepal."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from wagtail_khalti.formatting import format_in_both_calendars, format_time, format_zone

MIDNIGHT = datetime(2026, 7, 16, 18, 15, tzinfo=UTC)  # 17 July 00:00 in Nepal, the first of a fiscal year


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Asia/Kathmandu"])
def test_the_reader_s_time_zone_changes_nothing(zone):
    with timezone.override(zone):
        assert format_time(MIDNIGHT) == "17 Jul 2026, 00:00"
        assert format_in_both_calendars(MIDNIGHT) == "17 Jul 2026, 00:00 (2083-04-01 BS)"


def test_the_zone_is_said_on_request():
    assert format_time(MIDNIGHT, with_zone=True) == "17 Jul 2026, 00:00, Nepal Time"
    expected = "17 Jul 2026, 00:00, Nepal Time (2083-04-01 BS)"
    assert format_in_both_calendars(MIDNIGHT, with_zone=True) == expected


def test_a_day_of_bs_is_a_day_in_nepal(settings):
    settings.TIME_ZONE = "UTC"

    assert format_in_both_calendars(MIDNIGHT) == "16 Jul 2026, 18:15 (2083-04-01 BS)"


def test_also_without_time_zones(settings):
    settings.USE_TZ, settings.TIME_ZONE = False, "UTC"

    written = format_in_both_calendars(MIDNIGHT.replace(tzinfo=None), with_zone=True)

    assert written == "16 Jul 2026, 18:15, Coordinated Universal Time (2083-04-01 BS)"


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en", "Nepal Time"),
        ("ne", "नेपाली समय"),
        ("ne-np", "नेपाली समय"),
        ("zh-hans", "尼泊尔时间"),
        ("xx", "Nepal Time"),
    ],
)
def test_the_zone_has_a_name_in_each_language(language, name):
    with translation.override(language):
        assert format_zone(MIDNIGHT) == name
