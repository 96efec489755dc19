"""Pages that are gone or can hold no payment, and queries that nobody would type."""

import pytest
from wagtail.models import Page

from tests.staff.conftest import Seen
from tests.staff.page_payments.conftest import VIEW_PAGE, url_of

NAMES = ("payments", "payments_results", "payments_file")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_that_was_deleted_is_not_found(organiser, shop, pay, name):
    pay(shop)
    address = url_of(shop, name)
    shop.delete()

    assert organiser.client.get(address).status_code == 404


def test_an_unpublished_page_shows_its_payments(look, shop, pay):
    pay(shop)
    shop.unpublish()

    assert look(shop).rows[0][1] == "Sita Rai"


def test_a_page_without_any_field_for_blocks_shows_an_empty_list(person, look, home):
    page = home.add_child(instance=Page(title="Fair", slug="fair"))

    assert look(page, person(VIEW_PAGE, pages=[page])).rows == []


def test_the_root_of_all_pages_can_be_looked_at(sign_in, look, shop):
    root = Page.get_first_root_node()

    assert look(root, sign_in("superuser")).status == 200


@pytest.mark.parametrize(
    "query",
    [
        {"p": "abc"},
        {"p": "-1"},
        {"p": "9" * 30},
        {"mode": "gold"},
        {"mode": "\x00"},
        {"ordering": "-customer_email"},
        {"ordering": "answers__0__value"},
        {"ordering": ["amount", "created_at"]},
        {"format": "xlsx"},
        {"source": "1-1"},
        {"_w_filter_fragment": "x"},
    ],
)
@pytest.mark.parametrize("name", NAMES[:2])
def test_an_odd_query_shows_the_payments(organiser, shop, pay, name, query):
    pay(shop)

    response = organiser.client.get(url_of(shop, name), query)

    assert response.status_code == 200
    assert Seen(response).rows[0][1] == "Sita Rai"


@pytest.mark.parametrize("status", ["rich", "\x00", "completed'--", "x" * 3000])
def test_a_status_that_is_none_is_said_in_words(look, shop, pay, status):
    pay(shop)

    page = look(shop, status=status)

    assert page.status == 200
    assert "Status: This is not one of the choices." in page.text
    assert page.rows == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_can_be_sent_there(organiser, shop, name):
    assert organiser.client.post(url_of(shop, name), {"amount": "1"}).status_code == 405
