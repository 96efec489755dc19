"""A payment's row that the site's own code saves as it had read it, before money went back."""

import pytest

from wagtail_khalti.actions import check_payment, refund_payment
from wagtail_khalti.exceptions import RefundInProgress, RefundsChanged
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.simulator.disturbance.faults import Fault

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


def stored(payment):
    return KhaltiPayment.objects.get(pk=payment.pk)


def test_while_a_refund_is_in_doubt_it_lets_no_other_out(khalti, completed):
    stale = stored(completed)
    khalti.trouble("refund", Fault.RESET_AFTER)
    khalti.answer_lookup(completed, times=9)
    refund_payment(completed, 50_000)
    stale.save()

    with pytest.raises(RefundInProgress):
        refund_payment(stored(completed), 50_000)

    assert khalti.calls("refund") == 1


def test_it_does_not_make_more_left_than_there_is(khalti, completed):
    stale = stored(completed)
    refund_payment(completed, 100_000)
    stale.save()
    check_payment(stored(completed))

    with pytest.raises(RefundsChanged, match="khalti_doctor"):
        refund_payment(stored(completed), 50_000)

    assert khalti.calls("refund") == 1
