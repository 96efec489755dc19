"""Arrangements that many tests share."""

import gc

import pytest
from django.template import Template
from wagtail.models import Site

from tests.begun_before import as_if_begun_before
from tests.databases import copied_database
from tests.in_full import leave_out_what_is_in_full
from tests.shop.models import ShopPage
from tests.versions import mark_without_wagtail
from wagtail_khalti.actions import start_payment

CHECKOUT = {
    "heading": "",
    "text": "",
    "item_name": "Membership",
    "amount": "1500.00",
    "max_quantity": None,
    "fields": [],
    "thank_you_page": None,
    "button_text": "",
}


RENDER = Template._render


@pytest.fixture(scope="session", autouse=True)
def no_copies_of_contexts(django_test_environment):
    """Django's test client copies the context of each template, some 300 for a page of the admin. Nobody asks for them
    here: tests read what a person sees.
    """
    Template._render = RENDER


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker):
    """In place of pytest-django's, which runs all migrations in each process."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    with django_db_blocker.unblock(), copied_database(worker):
        yield


@pytest.fixture
def home(db):
    """The page that every Wagtail site begins with."""
    return Site.objects.get(is_default_site=True).root_page


@pytest.fixture
def shop_page(home):
    """Makes a published page with a checkout block; keywords change the block."""

    def make(title="Shop", **changes):
        block = {"type": "checkout", "id": "6b1dd3f4-0000-4000-8000-000000000001", "value": {**CHECKOUT, **changes}}
        page = ShopPage(title=title, body=[])
        page.body = ShopPage._meta.get_field("body").to_python([block])
        home.add_child(instance=page)
        return ShopPage.objects.get(pk=page.pk)

    return make


@pytest.fixture
def page_selling(home):
    """Makes a published page with one block of this kind."""

    def make(kind, title="Page", **value):
        page = ShopPage(title=title, body=[])
        block = {"type": kind, "id": "6b1dd3f4-0000-4000-8000-000000000002", "value": value}
        page.body = ShopPage._meta.get_field("body").to_python([block])
        home.add_child(instance=page)
        return ShopPage.objects.get(pk=page.pk)

    return make


@pytest.fixture
def all_begun_before():
    """As if all payments for a thing had begun before the first of them was paid, in the order of the test."""
    with as_if_begun_before():
        yield


@pytest.fixture
def payment(khalti, home):
    """A payment of Rs 1,500 that waits for its visitor at Khalti."""
    return start_payment(150_000, purpose="Membership", base_url="http://testserver")


def pytest_collection_modifyitems(config, items):
    leave_out_what_is_in_full(config, items)
    mark_without_wagtail(items)
    items.sort(key=lambda item: not is_slow_alone(item))


def is_slow_alone(item):
    """Has processes of its own, and needs no database of ours. Comes first, so that no core waits for it in the end,
    and all of them to one worker, so that they share what they start.
    """
    needs_database = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(item.fixturenames)
    return item.get_closest_marker("heavy") and not needs_database


def pytest_collection_finish():
    """What was imported stays; looking through all of it again takes a quarter of the time of a page's test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
