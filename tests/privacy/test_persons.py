"""A person's payments, by exactly what they gave."""

import pytest

from wagtail_khalti.privacy import payments_of
from wagtail_khalti.testing.factories import PaymentFactory

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


@pytest.fixture
def hers(khalti):
    return PaymentFactory(completed=True, customer_email="sita.rai@example.com", customer_phone="9801234567")


@pytest.mark.parametrize("typed", ["sita.rai@example.com", " Sita.Rai@EXAMPLE.com "])
def test_by_address_in_any_case(hers, typed):
    assert payments_of(emails=[typed]) == [hers.pk]


@pytest.mark.parametrize(
    "typed",
    ["sita@example.com", "rai@example.com", "sita_rai@example.com", "%@example.com", "síta.rai@example.com", ""],
)
def test_never_by_an_address_that_resembles_it(hers, typed):
    PaymentFactory(customer_email="")

    assert payments_of(emails=[typed]) == []


@pytest.mark.parametrize("typed", ["9801234567", "980-123 4567", "+977 9801234567", "०९८०१२३४५६७"])
def test_by_number_in_any_notation(hers, typed):
    assert payments_of(phones=[typed]) == [hers.pk]


@pytest.mark.parametrize("typed", ["980123456", "98012345678", "", " "])
def test_never_by_a_part_of_a_number(hers, typed):
    PaymentFactory(customer_phone="")

    assert payments_of(phones=[typed]) == []


def test_a_number_that_code_stored_as_it_was_typed(hers):
    other = PaymentFactory(customer_phone="+9779801234567")

    assert payments_of(phones=["9801234567"]) == [hers.pk, other.pk]


def test_several_are_added_up(hers):
    other = PaymentFactory(customer_email="sita@work.example", customer_phone="9801234567")

    assert payments_of(emails=["sita@work.example", "sita.rai@example.com"], phones=["9801234567"]) == [
        hers.pk,
        other.pk,
    ]
