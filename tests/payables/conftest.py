import pytest

from tests.payables.models import Invoice
from tests.payments import no_pauses  # noqa: F401 - a fixture
from wagtail_khalti.actions import check_payment


@pytest.fixture
def invoice(home):
    return Invoice.objects.create()


@pytest.fixture
def request_(rf, home):
    """Of a visitor of the site."""
    return rf.get("/", HTTP_HOST="testserver")


@pytest.fixture
def pay(khalti, request_):
    """Makes the visitor pay for something, as far as Khalti and the site know."""

    def pay(payable, **options):
        payment = payable.pay(request_, **options)
        khalti.pay(payment)
        return check_payment(payment)

    return pay
