"""What staff see of a payment whose payer is not known any more."""

import pytest

from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment
from wagtail_khalti.privacy import anonymize
from wagtail_khalti.testing.factories import PaymentFactory


@pytest.fixture
def anonymous(desk):
    payment = PaymentFactory(completed=True)
    KhaltiDelivery.objects.update(mails_due_at=None)
    assert anonymize([payment.pk]).count == 1
    return KhaltiPayment.objects.get(pk=payment.pk)


def test_its_page_says_when_and_names_nobody(desk, anonymous):
    page = desk.get("inspect", anonymous)

    assert "Anonymised on" in page.text
    assert "The personal data was erased." in page.text
    assert "Sita" not in page.text
    assert "Send receipt" not in page.text


def test_a_page_of_another_says_nothing_of_it(desk, payment):
    assert "Anonymised on" not in desk.get("inspect", payment).text


@pytest.mark.parametrize("words", ["Sita", "sita.rai@example.com", "9800000001"])
def test_the_list_finds_nothing_by_what_is_erased(desk, anonymous, words):
    assert desk.get("index", q=words).rows == []
    assert len(desk.get("index", q=anonymous.reference).rows) == 1
