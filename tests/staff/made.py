"""The payments of ``conftest``, made without Khalti: for folders that only look at them."""

import pytest

from wagtail_khalti.testing.factories import PaymentFactory, RefundFactory


@pytest.fixture
def make_paid(db):
    """A payment of Rs 1,500 by Sita Rai that Khalti confirmed."""

    def make(amount=150_000, *, name="Sita Rai", **columns):
        return PaymentFactory(completed=True, amount=amount, customer_name=name, customer_email="", **columns)

    return make


@pytest.fixture
def payment(db):
    """One that waits for its visitor at Khalti."""
    return PaymentFactory()


@pytest.fixture
def paid_twice(db):
    return PaymentFactory(duplicate=True, customer_email="")


@pytest.fixture
def unconfirmed(make_paid):
    """A refund of Rs 500, the second of its payment, of which no lookup can tell."""
    payment = make_paid()
    RefundFactory(payment=payment, amount=20_000)
    return RefundFactory(unconfirmed=True, payment=payment, amount=50_000)


@pytest.fixture
def nameless(make_paid):
    """A refund in Khalti's dashboard, of nobody knows how much."""
    return RefundFactory(nameless=True, payment=make_paid())
