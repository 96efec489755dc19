"""The way to the payments of a page, in the menus of Wagtail's pages."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import GroupSitePermission, Page

from tests.shop.models import ShopPage
from tests.staff.page_payments.conftest import VIEW_PAGE, url_of
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.page_payments import buttons


def links_on(desk, name, page):
    html = desk.client.get(reverse(name, args=[page.pk])).content.decode()
    return [link["href"] for link in BeautifulSoup(html, "lxml").select("a[href*='/admin/khalti/pages/']")]


@pytest.fixture
def edit(organiser):
    return lambda page, desk=organiser: links_on(desk, "wagtailadmin_pages:edit", page)


@pytest.fixture
def explore(organiser):
    return lambda page, desk=organiser: links_on(desk, "wagtailadmin_explore", page)


class TestTheHeader:
    def test_has_it_where_the_page_has_a_khalti_block(self, edit, shop):
        assert edit(shop) == [url_of(shop)]

    def test_has_it_where_the_page_has_payments(self, person, edit, home, pay):
        page = home.add_child(instance=Page(title="Fair", slug="fair"))
        pay(page)

        assert edit(page, person(VIEW_PAGE, pages=[page])) == [url_of(page)]

    def test_has_it_where_the_block_is_inside_other_blocks(self, person, edit, home):
        card = {"title": "", "picture": None, "checkout": {"item_name": "Ticket", "amount": "100"}}
        page = home.add_child(instance=ShopPage(title="Fair", body=[("cards", [card])]))

        assert edit(page, person(VIEW_PAGE, pages=[page])) == [url_of(page)]

    def test_has_none_where_there_is_neither(self, person, edit, home):
        page = home.add_child(instance=ShopPage(title="Fair", body=[("paragraph", "Hello")]))

        assert edit(page, person(VIEW_PAGE, pages=[page])) == []

    def test_has_none_for_who_may_not_see_them(self, person, edit, shop):
        assert edit(shop, person(pages=[shop])) == []

    def test_is_whole_also_after_an_error_of_ours(self, edit, shop, monkeypatch, caplog):
        monkeypatch.setattr(buttons, "access_to", lambda page, user: 1 / 0)

        assert edit(shop) == []
        assert "Payments are missing from the menu of a page" in caplog.text


class TestARowOfTheExplorer:
    def test_has_it_where_the_page_has_payments(self, person, explore, shop, home, pay):
        pay(shop)

        assert explore(home, person(VIEW_PAGE, pages=[home])) == [url_of(shop)]

    def test_has_none_without_payments(self, person, explore, shop, home):
        assert explore(home, person(VIEW_PAGE, pages=[home])) == []

    def test_costs_nothing_for_who_may_not_see_payments(self, person, shop_page, home):
        desk = person(pages=[home])
        for number in range(3):
            shop_page(title=f"Shop {number}")

        with CaptureQueriesContext(connection) as queries:
            links_on(desk, "wagtailadmin_explore", home)

        assert not [query["sql"] for query in queries if KhaltiPayment._meta.db_table in query["sql"]]

    def test_asks_for_the_rights_on_sites_once_and_not_for_each_row(self, person, shop_page, home):
        desk = person(pages=[home])

        def count():
            with CaptureQueriesContext(connection) as queries:
                links_on(desk, "wagtailadmin_explore", home)
            return len([query for query in queries if GroupSitePermission._meta.db_table in query["sql"]])

        shop_page(title="Shop")
        with_one = count()
        for number in range(3):
            shop_page(title=f"Shop {number}")

        assert count() == with_one
