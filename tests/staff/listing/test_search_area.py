"""The way from Wagtail's other searches to the payments, and back."""

import pytest
from django.contrib.auth import get_user
from django.urls import reverse
from wagtail.admin.search import admin_search_areas

from tests.staff.conftest import Seen, url_of, words_of

OTHERS = ".listing-filter a"


def test_leads_from_another_search_to_the_payments(sign_in, db):
    page = Seen(sign_in("superuser").client.get(reverse("wagtailadmin_pages:search"), {"q": "Sita Rai"}))

    links = {words_of(link): link["href"] for link in page.soup.select(OTHERS)}
    assert links["Payments"] == f"{url_of('index')}?q=Sita%20Rai"


@pytest.mark.parametrize(("role", "is_there"), [("editor", False), ("viewer", True), ("manager", True)])
def test_is_there_for_those_who_may_see_payments(sign_in, rf, role, is_there):
    request = rf.get("/")
    request.user = get_user(sign_in(role).client)

    names = [area.name for area in admin_search_areas.search_items_for_request(request)]

    assert ("khalti-payments" in names) == is_there


def test_leads_from_a_search_of_payments_to_the_others(sign_in, db):
    page = sign_in("superuser").get("index", q="Sita Rai")

    links = {words_of(link): link["href"] for link in page.soup.select(OTHERS)}
    assert links["Pages"] == f"{reverse('wagtailadmin_pages:search')}?q=Sita%20Rai"


def test_is_not_offered_where_nobody_searches(desk, db):
    assert desk.get("index").soup.select(OTHERS) == []
