"""How often the checkout page is opened: a number, and nothing of who it was."""

import pytest
from django.db import OperationalError, connection

from wagtail_khalti.dates.days import today
from wagtail_khalti.models import KhaltiCheckoutView
from wagtail_khalti.reporting.totals import totals


@pytest.fixture
def shop(shop_page):
    return shop_page(title="Shop")


def opened():
    return totals(today(), today(), mode="simulator").all.checkout_views


def test_each_view_counts_in_the_place_of_its_payments(visitor, shop):
    visitor.choose(shop)
    visitor.visit(visitor.address).press_pay()

    found = totals(today(), today(), mode="simulator")
    (place,) = found.by_dimension
    assert (place.sums.checkout_views, place.sums.started) == (2, 1)
    assert (place.source_id, place.source_title) == (str(shop.pk), "Shop")
    assert found.all.checkout_views == 2


def test_a_form_that_comes_back_with_errors_was_opened_once(visitor, shop_page):
    visitor.choose(shop_page(fields=["name"])).press_pay(name="")

    assert visitor.errors
    assert opened() == 1


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Purpose": "preview"}, {"X-Moz": "prefetch"}],
)
def test_a_browser_that_looks_ahead_opens_nothing(visitor, shop, headers):
    visitor.choose(shop)

    response = visitor.client.get(visitor.address, headers=headers)

    assert response.status_code == 200
    assert opened() == 1


def test_a_question_for_the_headers_opens_nothing(visitor, shop):
    visitor.choose(shop)

    assert visitor.client.head(visitor.address).status_code == 200
    assert opened() == 1


def test_what_this_site_never_offered_is_not_counted(visitor, shop):
    visitor.choose(shop)

    assert visitor.client.get(visitor.address.replace("/p.", "/p.x")).status_code == 404
    assert KhaltiCheckoutView.objects.get().count == 1


def test_a_database_that_can_not_be_written_to_shows_the_page(visitor, shop):
    visitor.choose(shop)

    def refuse(execute, sql, params, many, context):
        if "khalticheckoutview" in sql and sql.startswith(("UPDATE", "INSERT")):
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        visitor.visit(visitor.address)

    assert visitor.response.status_code == 200
    assert opened() == 1
