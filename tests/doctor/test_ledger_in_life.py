"""What the actions store agrees with itself, whatever Khalti says."""

import pytest
from django.contrib.auth import get_user_model

from tests.doctor.conftest import only
from wagtail_khalti.actions import check_payment, enter_refund_amount, record_refund, refund_payment, resolve_refund
from wagtail_khalti.doctor.ledger import ledger
from wagtail_khalti.exceptions import RequestRejected
from wagtail_khalti.gateway import BreakdownLine
from wagtail_khalti.models import KhaltiIssue
from wagtail_khalti.models.refund import Method

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer():
    """Something that can be sold, of any model."""
    return get_user_model().objects.create(username="membership-1")


@pytest.mark.parametrize("verb", ["begin", "pay", "cancel", "expire", "fail", "refund_in_dashboard"])
def test_whatever_khalti_says_leaves_a_ledger_that_agrees(khalti, start, verb):
    payment = start()
    if verb == "refund_in_dashboard":
        khalti.pay(payment)
    getattr(khalti, verb)(payment)
    check_payment(payment)

    finding = only(ledger())

    assert (finding.name, finding.numbers) == ("consistent", {"live": 0, "test": 1})


@pytest.mark.usefixtures("all_begun_before")
def test_refunds_late_payments_and_second_payments_agree(khalti, start, paid, buyer):
    late = start()
    khalti.cancel(late)
    check_payment(late)
    khalti.pay(late)
    check_payment(late)
    for partial in (True, False):
        refunded = paid()
        khalti.refund_in_dashboard(refunded, partial=partial)
        check_payment(refunded)
    paid(payable=buyer), paid(payable=buyer)

    assert only(ledger()).numbers == {"live": 0, "test": 5}


def test_a_breakdown_that_adds_up_is_sound(paid):
    lines = [BreakdownLine(label="Book", amount=160_000), BreakdownLine(label="Discount", amount=-10_000)]
    paid(breakdown=lines)

    assert only(ledger()).name == "consistent"


@pytest.mark.usefixtures("all_begun_before")
def test_refunds_of_every_kind_agree(khalti, paid, buyer):
    whole, part, cash, found, doubtful, decided = (paid() for _ in range(6))
    refund_payment(whole)
    refund_payment(part, 50_000)
    refund_payment(part, 100_000)
    record_refund(cash, 150_000, method=Method.CASH)
    khalti.refund_in_dashboard(found, amount=50_000)
    enter_refund_amount(check_payment(found).refunds.get(), 50_000)
    khalti.answer("refund", {"detail": "No."}, status=400)
    with pytest.raises(RequestRejected):
        refund_payment(doubtful)
    for payment in (doubtful, decided):
        khalti.trouble("refund", "reset_before", payment=payment)
        assert refund_payment(payment, 50_000).state == "unconfirmed"
    resolve_refund(decided.refunds.get(), was_found=False)
    paid(payable=buyer), refund_payment(paid(payable=buyer))

    assert only(ledger()).name == "consistent"


def test_an_over_refund_is_an_issue_and_no_disagreement(khalti, paid):
    payment = paid()
    record_refund(payment, 50_000, method=Method.CASH)
    khalti.refund_in_dashboard(payment)
    check_payment(payment)

    assert payment.issues.get().kind == KhaltiIssue.Kind.OVER_REFUNDED
    assert only(ledger()).name == "consistent"


def test_a_thing_that_was_given_back_and_sold_again_is_sold_once(khalti, paid, buyer):
    first = paid(payable=buyer)
    khalti.refund_in_dashboard(first)
    check_payment(first)
    paid(payable=buyer)

    assert only(ledger()).name == "consistent"


def test_a_payable_refunded_in_cash_and_sold_again_is_sold_once(paid, buyer):
    first = paid(payable=buyer)
    record_refund(first, first.amount, method=Method.CASH)
    paid(payable=buyer)

    assert only(ledger()).name == "consistent"
