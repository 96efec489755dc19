"""Receipt numbers have to run from 1 without gaps; each time one thing is broken in what a factory made right."""

import pytest

from tests.doctor.conftest import only
from wagtail_khalti.doctor import Level
from wagtail_khalti.doctor.receipt_numbers import receipt_numbers
from wagtail_khalti.models import KhaltiPayment, KhaltiReceiptCounter
from wagtail_khalti.testing.factories import PaymentFactory

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


@pytest.fixture
def make_paid():
    """With real money, unless told otherwise."""
    return lambda count, **columns: PaymentFactory.create_batch(count, **{"completed": True, "mode": "live", **columns})


def test_numbers_of_several_accounts_and_years_agree(make_paid):
    make_paid(2)
    make_paid(3, mode="sandbox")
    make_paid(2, merchant="museum")
    PaymentFactory(late=True, mode="live")
    PaymentFactory(refunded=True, mode="live")
    PaymentFactory(mode="live")

    assert list(receipt_numbers()) == []
    assert KhaltiPayment.objects.filter(merchant="default", mode="live", receipt_number=4).exists()


@pytest.mark.parametrize("place", [0, 1, 2], ids=["first", "middle", "last"])
def test_a_payment_that_lost_its_number_leaves_a_gap(make_paid, place):
    payments = make_paid(3)
    KhaltiPayment.objects.filter(pk=payments[place].pk).update(receipt_number=None)

    finding = only(receipt_numbers())

    assert (finding.level, finding.numbers) == (Level.ERROR, {"missing": 1, "doubles": 0})
    assert finding.remedy


def test_in_test_mode_it_is_only_a_warning(make_paid):
    KhaltiPayment.objects.filter(pk=make_paid(2, mode="sandbox")[0].pk).update(receipt_number=7)

    assert only(receipt_numbers()).level == Level.WARNING


def test_a_counter_that_is_behind_is_no_gap(make_paid):
    """The next payment corrects it."""
    make_paid(3)
    KhaltiReceiptCounter.objects.update(last_number=1)

    assert list(receipt_numbers()) == []
