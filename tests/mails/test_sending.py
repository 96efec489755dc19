"""A mail is sent once and never lost, whatever the mail server does, and one that fails delays no other."""

import smtplib

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend
from django.template import TemplateDoesNotExist

from tests.mail_settings import LOCMEM, mail_through
from tests.mails.conftest import later
from wagtail_khalti import mailing
from wagtail_khalti.gateway import Customer
from wagtail_khalti.mails import letters, queueing, send_mails, sending
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiMail

pytestmark = pytest.mark.django_db


class PickyBackend(EmailBackend):
    """Takes all but those to Hari."""

    def send_messages(self, messages):
        if messages[0].to == ["hari@example.com"]:
            raise smtplib.SMTPRecipientsRefused({"hari@example.com": (550, b"no such user")})
        return super().send_messages(messages)


class DeadBackend(BaseEmailBackend):
    """Its process is killed in the middle."""

    def send_messages(self, messages):
        raise SystemExit


@pytest.fixture
def receipt(make_paid, choose):
    """Of a payment that was just completed; nothing has been sent yet."""
    choose(sends_receipts=True)
    return make_paid()


def errors(payment):
    return [event.data.get("error") for event in payment.events.filter(kind="receipt_sent").order_by("pk")]


class TestAMailServerThatIsDown:
    def test_is_tried_again(self, receipt, mailoutbox, down, time_machine, caplog):
        send_mails()
        down()
        send_mails()
        assert mailoutbox == [], "not before a minute is over"

        later(time_machine, seconds=61)
        send_mails()
        send_mails()

        assert len(mailoutbox) == 1
        assert errors(receipt) == ["ConnectionRefusedError", None]
        assert "sita" not in caplog.text

    def test_is_tried_less_and_less_often(self, receipt, down, time_machine):
        pauses = []
        for _try in range(12):
            send_mails()
            mail = KhaltiMail.objects.get()
            pauses.append((mail.due_at - mail.attempted_at).total_seconds() / 60)
            time_machine.move_to(mail.due_at)

        assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]

    def test_fills_no_history(self, receipt, down, time_machine):
        for _try in range(3):
            send_mails()
            later(time_machine, hours=7)

        assert errors(receipt) == ["ConnectionRefusedError"]

    def test_is_given_up_after_three_days_and_that_is_said(self, receipt, mailoutbox, down, time_machine):
        send_mails()
        later(time_machine, days=3, seconds=1)
        send_mails()
        down()

        later(time_machine, days=1)
        send_mails()

        assert mailoutbox == []
        assert errors(receipt) == ["ConnectionRefusedError"] * 2
        assert KhaltiMail.objects.get().is_given_up

    def test_is_not_asked_for_each_of_many(self, receipt, make_paid, monkeypatch):
        make_paid()
        make_paid()
        tries = []
        monkeypatch.setattr(mailing, "send", lambda mail: tries.append(mail) or 1 / 0)

        send_mails()

        assert len(tries) == 1
        assert KhaltiMail.objects.filter(attempts=0).count() == 2


class TestOneThatFails:
    def test_for_its_recipient_delays_no_other(self, choose, make_paid, mailoutbox, settings):
        choose(sends_receipts=True)
        make_paid(customer=Customer(email="hari@example.com"))
        make_paid()
        mail_through(settings, f"{__name__}.PickyBackend")

        assert send_mails() == 1

        assert [sent.to for sent in mailoutbox] == [["sita@example.com"]]

    @pytest.mark.parametrize(("code", "sent"), [(554, 1), (452, 1), (421, 0)])
    def test_for_its_content_delays_no_other(self, choose, make_paid, mailoutbox, monkeypatch, code, sent):
        """421 is no word about the mail: the server closes the connection."""
        choose(sends_receipts=True)
        make_paid()
        make_paid()
        tries = []

        def send(mail):
            tries.append(mail)
            if len(tries) == 1:
                raise smtplib.SMTPDataError(code, b"refused")
            mailoutbox.append(mail)

        monkeypatch.setattr(mailing, "send", send)

        assert send_mails() == sent

    def test_for_its_address_delays_no_other(self, choose, make_paid, mailoutbox, monkeypatch):
        """As Django's own backend does for some that its validator accepts."""
        deliver = mailing.send

        def fails_for_hari(mail):
            if mail.to == ["hari@example.com"]:
                raise ValueError("Invalid address")
            deliver(mail)

        monkeypatch.setattr(mailing, "send", fails_for_hari)
        choose(sends_receipts=True)
        make_paid(customer=Customer(email="hari@example.com"))
        make_paid()

        assert send_mails() == 1

        assert [sent.to for sent in mailoutbox] == [["sita@example.com"]]

    def test_to_be_written_delays_no_other(self, receipt, make_paid, mailoutbox, monkeypatch, caplog):
        """As by a template of the site's own that has an error."""
        write = letters.write_receipt

        def fails_for_the_first(payment):
            if payment == receipt:
                raise TemplateDoesNotExist("receipt.txt")
            return write(payment)

        monkeypatch.setattr(letters, "write_receipt", fails_for_the_first)
        make_paid()

        assert send_mails() == len(mailoutbox) == 1
        assert errors(receipt) == ["TemplateDoesNotExist"]

    def test_to_be_queued_delays_no_other(self, receipt, make_paid, mailoutbox, monkeypatch, time_machine):
        queue = queueing._to_payer

        def fails_for_the_first(delivery, chosen):
            if delivery.payment == receipt:
                raise ZeroDivisionError
            return queue(delivery, chosen)

        make_paid()
        with monkeypatch.context() as broken:
            broken.setattr(queueing, "_to_payer", fails_for_the_first)
            assert send_mails() == len(mailoutbox) == 1

        later(time_machine, hours=1, seconds=1)
        assert send_mails() == 1


class TestTwoAtOnce:
    def test_one_sends(self, receipt, mailoutbox, down, time_machine):
        """The second has read that it is due, and comes a moment later."""
        send_mails()
        later(time_machine, seconds=61)
        mine, theirs = KhaltiMail.objects.get(), KhaltiMail.objects.get()

        assert [sending._lease(mine), sending._lease(theirs)] == [True, False]

    def test_one_queues(self, receipt):
        mine, theirs = KhaltiDelivery.objects.get(), KhaltiDelivery.objects.get()

        queueing._queue_after(mine)
        KhaltiMail.objects.update(sent_at="2026-11-29T00:00:00Z", due_at=None)
        queueing._queue_after(theirs)

        assert not KhaltiMail.objects.queued().exists()

    def test_who_is_killed_in_between_loses_nothing(self, receipt, mailoutbox, settings, time_machine):
        mail_through(settings, f"{__name__}.DeadBackend")
        with pytest.raises(SystemExit):
            send_mails()
        mail_through(settings, LOCMEM)

        send_mails()
        assert mailoutbox == [], "its lease has not ended"
        later(time_machine, seconds=61)
        send_mails()

        assert len(mailoutbox) == 1

    def test_who_took_too_long_leaves_the_result_to_the_other(self, receipt, mailoutbox, monkeypatch, time_machine):
        """Its lease has ended, and another process sends the mail; the timeline has it once."""
        send = mailing.send

        def is_overtaken(mail):
            monkeypatch.setattr(mailing, "send", send)
            later(time_machine, seconds=61)
            send_mails()
            send(mail)

        monkeypatch.setattr(mailing, "send", is_overtaken)
        send_mails()

        assert len({sent.extra_headers["Message-ID"] for sent in mailoutbox}) == 1, "mail clients show it once"
        assert KhaltiEvent.objects.filter(kind="receipt_sent").count() == 1


def test_a_run_that_is_over_sends_a_few_all_the_same(receipt, make_paid, mailoutbox):
    """Looking up payments must not use up all of the time, run after run."""
    queueing.queue_after_deliveries(lambda: False)
    for number in range(sending.MIN_IN_A_RUN + 2):
        KhaltiMail.objects.create(
            kind="receipt", key=f"receipt:more:{number}", payment=receipt, due_at=receipt.completed_at
        )
    KhaltiMail.objects.update(due_at=receipt.completed_at)

    send_mails(is_over=lambda: True)

    assert KhaltiMail.objects.filter(attempts=1).count() == sending.MIN_IN_A_RUN


def test_a_run_that_is_over_queues_a_few_mails_all_the_same(receipt, mailoutbox):
    assert not KhaltiMail.objects.exists()

    send_mails(is_over=lambda: True)

    assert len(mailoutbox) == 1


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_nothing_is_sent(django_db_blocker):
    from django.db import transaction

    with pytest.raises(RuntimeError, match=r"send_mails\(\) .* inside a transaction"), transaction.atomic():
        send_mails()
