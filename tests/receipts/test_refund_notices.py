"""A customer who was sent a receipt is told of each refund by mail: once, and whatever the mail server does."""

import importlib
from datetime import timedelta

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from wagtail.models import Site

from tests.mail_settings import LOCMEM, mail_through
from wagtail_khalti.actions import (
    check_payment,
    enter_refund_amount,
    reconcile,
    record_refund,
    refund_payment,
    send_receipt,
)
from wagtail_khalti.gateway import Customer
from wagtail_khalti.ledger.refund_states import RefundTrigger
from wagtail_khalti.ledger.refunds import move_refund
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import Method
from wagtail_khalti.outbox.deliver import deliver
from wagtail_khalti.receipts import refund_notices

pytestmark = pytest.mark.django_db

deliver_module = importlib.import_module("wagtail_khalti.outbox.deliver")
SITA = Customer(name="Sita Rai", email="sita@example.com")


class DownBackend(BaseEmailBackend):
    """A mail server that can't be reached."""

    def send_messages(self, messages):
        raise ConnectionRefusedError("sita@example.com")


@pytest.fixture
def make_paid(khalti, make_payment):
    def make(**options):
        site = Site.objects.get(is_default_site=True)
        payment = make_payment(**{"customer": SITA, "site": site, **options})
        khalti.pay(payment)
        return check_payment(payment)

    return make


@pytest.fixture
def with_receipt(make_paid, mailoutbox):
    """Rs 1,500 by Sita, to whom a receipt was sent."""
    payment = make_paid()
    send_receipt(payment)
    mailoutbox.clear()
    return payment


@pytest.fixture
def down(settings):
    mail_through(settings, f"{__name__}.DownBackend")
    return lambda: mail_through(settings, LOCMEM)


def subjects(mailoutbox):
    return [sent.subject.replace("\xa0", " ").removeprefix("TEST (no money moved): ") for sent in mailoutbox]


def notices(payment):
    return [event.data for event in payment.events.filter(kind="refund_notice_sent").order_by("pk")]


def later(time_machine, **ago):
    time_machine.move_to(timezone.now() + timedelta(**ago))


class TestTheMail:
    def test_says_how_much_and_where_it_goes(self, with_receipt, mailoutbox):
        refund = refund_payment(with_receipt, 20_000)

        [sent] = mailoutbox
        body = sent.body.replace("\xa0", " ")
        assert (sent.to, subjects(mailoutbox)) == (["sita@example.com"], ["Refund from localhost: Rs 200"])
        assert (
            "localhost has refunded Rs 200 of your payment.\nThe money is returned to the original payment method"
            in body
        )
        assert "Refunded: Rs 200\n" in body
        assert "Amount paid after refunds: Rs 1,300\n" in body
        assert refund.reference in sent.extra_headers["Message-ID"]

    def test_is_noted_in_the_history(self, with_receipt):
        refund = refund_payment(with_receipt, 20_000)

        assert notices(with_receipt) == [{"to": "s…@example.com", "refund": refund.reference}]

    def test_comes_once_for_each_refund(self, with_receipt, mailoutbox, time_machine):
        refund_payment(with_receipt, 20_000)
        record_refund(with_receipt, 30_000, method=Method.CASH)
        later(time_machine, hours=7)
        deliver(with_receipt)
        reconcile()

        assert subjects(mailoutbox) == ["Refund from localhost: Rs 200", "Refund from localhost: Rs 300"]

    def test_waits_for_the_amount_where_nobody_knows_it(self, khalti, with_receipt, mailoutbox):
        khalti.refund(with_receipt, amount=40_000)
        check_payment(with_receipt)
        assert mailoutbox == []

        enter_refund_amount(with_receipt.refunds.get(), 40_000)

        assert subjects(mailoutbox) == ["Refund from localhost: Rs 400"]

    def test_does_not_come_before_the_refund_is_certain(self, khalti, with_receipt, mailoutbox):
        khalti.trouble("refund", "reset_before")

        refund_payment(with_receipt, 20_000)

        assert mailoutbox == []


class TestNobodyIsTold:
    def test_who_was_sent_no_receipt(self, make_paid, mailoutbox):
        refund_payment(make_paid())

        assert mailoutbox == []

    def test_who_gave_no_address(self, make_paid, mailoutbox):
        refund_payment(make_paid(customer=Customer(name="Sita Rai")))

        assert mailoutbox == []

    def test_whose_receipt_could_not_be_sent(self, make_paid, mailoutbox, down):
        payment = make_paid()
        with pytest.raises(Exception, match="did not accept the receipt"):
            send_receipt(payment)
        down()

        refund_payment(payment)

        assert mailoutbox == []


class TestAMailServerThatIsDown:
    def test_undoes_nothing_and_is_tried_again(self, with_receipt, mailoutbox, down, time_machine, caplog):
        refund = refund_payment(with_receipt, 20_000)
        assert refund.state == "succeeded"
        down()
        reconcile()
        assert mailoutbox == [], "not before a minute is over"

        later(time_machine, seconds=61)
        reconcile()
        reconcile()

        assert subjects(mailoutbox) == ["Refund from localhost: Rs 200"]
        assert [data.get("error") for data in notices(with_receipt)] == ["ConnectionRefusedError", None]
        assert "sita" not in caplog.text

    def test_fills_no_history(self, with_receipt, down, time_machine):
        refund_payment(with_receipt, 20_000)

        for _try in range(3):
            later(time_machine, hours=7)
            reconcile()

        assert len(notices(with_receipt)) == 1

    def test_is_given_up_after_three_days_and_that_is_said(self, with_receipt, mailoutbox, down, time_machine):
        refund = refund_payment(with_receipt, 20_000)
        later(time_machine, days=3, seconds=1)
        reconcile()
        down()

        later(time_machine, days=1)
        reconcile()

        assert mailoutbox == []
        assert [data["error"] for data in notices(with_receipt)] == ["ConnectionRefusedError"] * 2
        assert KhaltiRefund.objects.get(pk=refund.pk).notice_due_at is None

    def test_is_not_asked_for_each_of_many(self, make_paid, time_machine, monkeypatch):
        payments = [make_paid() for _payment in range(3)]
        for payment in payments:
            send_receipt(payment)
        tries = []
        monkeypatch.setattr(refund_notices.mailing, "send", lambda mail: tries.append(mail) or 1 / 0)
        for payment in payments:
            refund_payment(payment, 20_000)
        tries.clear()

        later(time_machine, hours=7)
        reconcile()

        assert len(tries) == 1


class TestTwoAtOnce:
    def test_one_sends(self, with_receipt, mailoutbox, down, time_machine):
        """The second has read that it is due, and comes a moment later."""
        refund = refund_payment(with_receipt, 20_000)
        down()
        later(time_machine, seconds=61)
        mine, theirs = (KhaltiRefund.objects.get(pk=refund.pk) for _worker in range(2))

        assert [refund_notices._lease_attempt(mine), refund_notices._lease_attempt(theirs)] == [True, False]

    def test_who_is_killed_in_between_loses_nothing(self, with_receipt, mailoutbox, monkeypatch, time_machine):
        def die(mail):
            raise SystemExit

        monkeypatch.setattr(refund_notices.mailing, "send", die)
        with pytest.raises(SystemExit):
            refund_payment(with_receipt, 20_000)
        monkeypatch.undo()

        later(time_machine, seconds=61)
        reconcile()

        assert subjects(mailoutbox) == ["Refund from localhost: Rs 200"]

    def test_a_late_word_on_the_refund_leaves_the_mail_alone(self, with_receipt, down):
        """It saves what it changes and nothing that it read before."""
        refund = refund_payment(with_receipt, 20_000)
        due_at = KhaltiRefund.objects.get(pk=refund.pk).notice_due_at

        refund.notice_due_at = None
        move_refund(refund, RefundTrigger.ACCEPTED)

        assert due_at is not None
        assert KhaltiRefund.objects.get(pk=refund.pk).notice_due_at == due_at


def test_who_only_looks_at_a_payment_asks_nothing(with_receipt, monkeypatch):
    refund_payment(with_receipt, 20_000)
    monkeypatch.setattr(deliver_module, "send_refund_notices", lambda payment: 1 / 0)

    deliver(KhaltiPayment.objects.get(pk=with_receipt.pk))
