"""The shop that crowds come to, and the two ways in which they come."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.begun_before import as_if_begun_before
from tests.concurrency.beside import servers
from tests.concurrency.crowd import each_at_once
from tests.concurrency.shop import mark_as_paid
from tests.home_made_anew import home  # noqa: F401 - a fixture
from tests.in_full import IS_FULL
from tests.payments import listening
from tests.shop.models import Order
from wagtail_khalti.actions import start_payment

SITES, THREADS = 3 if IS_FULL else 2, 5
URLS = "tests.concurrency.beside_urls"


@pytest.fixture
def cashier(db):
    return User.objects.create(username="cashier")


@pytest.fixture
def manager(db):
    return User.objects.create(username="manager", is_superuser=True)


@pytest.fixture
def shop(db):
    """The site marks orders that are paid."""
    with listening("completed", mark_as_paid):
        yield


@pytest.fixture
def begin(khalti):
    """Makes a payment of Rs 1,500 for an order, a new one if none is given."""

    def begin(order=None):
        order = order or Order.objects.create()
        with as_if_begun_before():
            return start_payment(150_000, purpose="Order", payable=order, base_url="http://testserver")

    return begin


@pytest.fixture(scope="session")
def sites(django_db_setup):
    """Server processes on one database, and a simulator of Khalti for all of them."""
    with servers(SITES, THREADS) as running:
        yield running


@pytest.fixture
def sites_without_the_gate(db):
    """For the control."""
    with servers(2, THREADS, BESIDE_WITHOUT_GATE="1") as running:
        yield running


@pytest.fixture(params=["from threads", pytest.param("to server processes", marks=pytest.mark.in_full)])
def method(request):
    """How a crowd comes, in words."""
    return request.param


@pytest.fixture
def visit(request, method, settings, caplog):
    """The HTTP status of each visit, all at once; at the end, that nothing went wrong behind the visitors' backs."""
    if method == "from threads":
        settings.ROOT_URLCONF = URLS
        request.getfixturevalue("shop")
        yield lambda paths: each_at_once([lambda path=path: Client().get(path).status_code for path in paths])
        assert not [record for record in caplog.records if record.exc_info]
    else:
        sites = request.getfixturevalue("sites")
        yield sites.visit
        assert not sites.tracebacks()
