"""How often the database is asked. The commits in between are not counted: they are what makes it safe.

Two of the questions of the checkout are whether the page or one above it is private.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from wagtail_khalti.ledger.receipt_numbers import prepare_counter
from wagtail_khalti.models import KhaltiPayment

pytestmark = pytest.mark.every_database

TRANSACTION_WORDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ")


class Questions(CaptureQueriesContext):
    """The statements of the site, without those of the simulator that answers in the same process."""

    @property
    def asked(self):
        return [
            query["sql"]
            for query in self.captured_queries
            if not query["sql"].upper().startswith(TRANSACTION_WORDS) and "khalti_simulator" not in query["sql"]
        ]


@pytest.fixture
def shop(shop_page, client):
    """Visited before, so that what is asked once per process has been asked."""
    shop = shop_page(fields=["name", "email", "phone"], max_quantity=5)
    client.get(shop.url)
    return shop


def test_sending_the_checkout_asks_at_most_nine_times(visitor, stranger, shop):
    stranger.choose(shop).press_pay(name="Hari", email="hari@example.com", phone="9800000002")
    visitor.choose(shop)

    with Questions(connection) as questions:
        visitor.press_pay(name="Sita", email="sita@example.com", phone="9800000001")

    assert visitor.response.status_code == 302
    assert len(questions.asked) <= 9, "\n".join(questions.asked)


def test_coming_back_asks_at_most_ten_times(visitor, khalti, shop):
    visitor.choose(shop).press_pay(name="Sita", email="sita@example.com", phone="9800000001")
    payment = KhaltiPayment.objects.get()
    prepare_counter(payment, paid_at=timezone.now())  # only the first payment of a fiscal year finds none
    khalti.pay(payment)
    address = khalti.return_path(payment)

    with Questions(connection) as questions:
        response = visitor.client.get(address)

    assert response.status_code == 302
    assert len(questions.asked) <= 10, "\n".join(questions.asked)
    payment.refresh_from_db()
    assert payment.status == "completed"


def test_the_checkout_page_asks_four_times_and_is_counted(visitor, shop):
    visitor.choose(shop)

    with Questions(connection) as questions:
        visitor.visit(visitor.address)

    assert len(questions.asked) <= 5, "\n".join(questions.asked)
