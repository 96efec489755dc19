"""A rate limiter of the site's own."""

import logging

import pytest
from django.core.cache import cache

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.public.limits import seconds_to_wait


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


def test_it_decides(example, option, visitor, shop_page):
    option(RATE_LIMITER="library.seconds_to_wait", RATE_LIMITS=None)
    example.LIMITS["checkout"] = 0

    visitor.choose(shop_page()).press_pay()

    assert visitor.response.status_code == 429
    assert visitor.response["Retry-After"] == "60"
    assert not KhaltiPayment.objects.exists()


def test_what_it_lets_pass_is_not_counted(example, option, rf):
    option(RATE_LIMITER="library.seconds_to_wait", RATE_LIMITS={"return": 1})

    waits = [seconds_to_wait(rf.get("/", REMOTE_ADDR="8.8.8.8"), "return") for _time in range(3)]

    assert waits == [0, 0, 0]


@pytest.mark.parametrize(("result", "wait"), [(None, 0), (False, 0), (True, 1), (0.2, 1), (30, 30), (-1, 0)])
def test_seconds_are_whole(option, rf, monkeypatch, result, wait):
    monkeypatch.setattr("tests.shop.models.limit", lambda request, kind: result, raising=False)
    option(RATE_LIMITER="tests.shop.models.limit")

    assert seconds_to_wait(rf.get("/"), "page") == wait


def test_no_limit_is_worth_losing_a_payment(option, rf, monkeypatch, caplog):
    def limit(request, kind):
        raise ConnectionError("Redis is away")

    monkeypatch.setattr("tests.shop.models.limit", limit, raising=False)
    option(RATE_LIMITER="tests.shop.models.limit")

    with caplog.at_level(logging.ERROR):
        assert seconds_to_wait(rf.get("/"), "checkout") == 0

    assert "RATE_LIMITER failed" in caplog.text
