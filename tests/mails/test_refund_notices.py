"""A customer who was sent a receipt is told of each refund by mail, once."""

import pytest

from tests.mails.conftest import later, subjects
from wagtail_khalti.actions import check_payment, enter_refund_amount, record_refund, refund_payment, send_receipt
from wagtail_khalti.gateway import Customer
from wagtail_khalti.mails import send_mails
from wagtail_khalti.models import KhaltiMail
from wagtail_khalti.models.refund import Method
from wagtail_khalti.outbox.deliver import deliver

pytestmark = pytest.mark.django_db


@pytest.fixture
def with_receipt(make_paid, mailoutbox):
    """Rs 1,500 by Sita, to whom a receipt was sent."""
    payment = make_paid()
    send_receipt(payment)
    mailoutbox.clear()
    return payment


def notices(payment):
    return [event.data for event in payment.events.filter(kind="refund_notice_sent").order_by("pk")]


class TestTheMail:
    def test_says_how_much_and_where_it_goes(self, with_receipt, mailoutbox):
        refund_payment(with_receipt, 20_000)
        send_mails()

        [sent] = mailoutbox
        body = sent.body.replace("\xa0", " ")
        assert (sent.to, subjects(mailoutbox)) == (["sita@example.com"], ["Refund from Village library: Rs 200"])
        assert (
            "Village library has refunded Rs 200 of your payment.\nThe money is returned to the original payment method"
            in body
        )
        assert "Refunded: Rs 200\n" in body
        assert "Amount paid after refunds: Rs 1,300\n" in body
        assert sent.extra_headers["Message-ID"].endswith(".refund_notice@testserver>")

    def test_is_noted_in_the_history(self, with_receipt):
        refund = refund_payment(with_receipt, 20_000)
        send_mails()

        assert notices(with_receipt) == [{"to": "s…@example.com", "refund": refund.reference}]

    def test_comes_once_for_each_refund(self, with_receipt, mailoutbox, time_machine):
        refund_payment(with_receipt, 20_000)
        send_mails()
        record_refund(with_receipt, 30_000, method=Method.CASH)
        send_mails()
        later(time_machine, hours=7)
        deliver(with_receipt)
        send_mails()

        assert subjects(mailoutbox) == ["Refund from Village library: Rs 200", "Refund from Village library: Rs 300"]

    def test_waits_for_the_amount_where_nobody_knows_it(self, khalti, with_receipt, mailoutbox):
        khalti.refund_in_dashboard(with_receipt, amount=40_000)
        check_payment(with_receipt)
        send_mails()
        assert mailoutbox == []

        enter_refund_amount(with_receipt.refunds.get(), 40_000)
        send_mails()

        assert subjects(mailoutbox) == ["Refund from Village library: Rs 400"]

    def test_does_not_come_before_the_refund_is_certain(self, khalti, with_receipt, mailoutbox):
        khalti.trouble("refund", "reset_before")

        refund_payment(with_receipt, 20_000)
        send_mails()

        assert mailoutbox == []


class TestNobodyIsTold:
    def test_who_was_sent_no_receipt(self, make_paid, mailoutbox):
        refund_payment(make_paid())
        send_mails()

        assert mailoutbox == []

    def test_who_gave_no_address(self, make_paid, mailoutbox):
        refund_payment(make_paid(customer=Customer(name="Sita Rai")))
        send_mails()

        assert mailoutbox == []

    def test_whose_receipt_could_not_be_sent(self, make_paid, mailoutbox, down):
        payment = make_paid()
        with pytest.raises(Exception, match="did not accept the receipt"):
            send_receipt(payment)
        down()

        refund_payment(payment)
        send_mails()

        assert mailoutbox == []

    def test_where_the_site_does_not_want_it(self, with_receipt, mailoutbox, choose):
        choose(sends_refund_notices=False)

        refund_payment(with_receipt, 20_000)
        send_mails()

        assert mailoutbox == []
        assert not KhaltiMail.objects.queued().exists()


def test_a_receipt_that_still_waits_counts(make_paid, mailoutbox, choose):
    """Both are sent, in order: the notice is about a payment whose receipt the customer has."""
    choose(sends_receipts=True)
    payment = make_paid()
    KhaltiMail.objects.queue([KhaltiMail.about(payment, KhaltiMail.Kind.RECEIPT)])

    refund_payment(payment, 20_000)
    send_mails()

    assert subjects(mailoutbox) == [
        "Receipt from Village library: Rs 1,500",
        "Refund from Village library: Rs 200",
    ]
