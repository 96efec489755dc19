"""When something is on sale, and how its limits are signed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from wagtail_khalti.pricing import Limit

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_nothing_is_limited_by_default():
    limit = Limit()

    assert limit.units is None
    assert not limit.has_not_begun(NOON)
    assert not limit.has_ended(NOON)


def test_a_sale_begins_and_ends_at_the_very_moment():
    limit = Limit(sale_from=NOON, sale_until=NOON + 2 * SECOND)

    assert [limit.has_not_begun(NOON + SECOND * n) for n in (-1, 0, 1)] == [True, False, False]
    assert [limit.has_ended(NOON + SECOND * n) for n in (1, 2, 3)] == [False, True, True]


def test_a_time_without_a_zone_is_in_the_sites_zone(settings):
    settings.TIME_ZONE = "Asia/Kathmandu"
    limit = Limit(sale_from=datetime(2026, 11, 29, 17, 45))  # noqa: DTZ001 - as code may store it

    assert limit.has_not_begun(NOON - SECOND)
    assert not limit.has_not_begun(NOON)


def test_a_site_without_time_zones_compares_them(settings):
    settings.USE_TZ = False
    limit = Limit(sale_from=NOON, sale_until=datetime(2100, 1, 1))  # noqa: DTZ001

    assert not limit.has_not_begun(timezone.now())
    assert not limit.has_ended(timezone.now())


@pytest.mark.parametrize(
    "limit", [Limit(), Limit(units=60, sale_from=NOON, sale_until=NOON, sold_out_text="पुग्यो", shows_available=True)]
)
def test_it_survives_being_signed(limit):
    assert Limit.from_json(limit.as_json()) == limit
