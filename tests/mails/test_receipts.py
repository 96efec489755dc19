"""The receipt that goes out by itself, once the site's code has heard that it was paid, where the site wants it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.mail_site import SITA
from tests.mails.conftest import later
from tests.payments import end_the_pause, kinds
from tests.shop.models import Order
from wagtail_khalti import mailing
from wagtail_khalti.actions import check_payment, reconcile, redeliver, send_receipt
from wagtail_khalti.exceptions import MailFailed
from wagtail_khalti.gateway import Customer
from wagtail_khalti.mails import send_mails
from wagtail_khalti.models import KhaltiMail
from wagtail_khalti.outbox.deliver import deliver

pytestmark = pytest.mark.django_db


@pytest.fixture
def wanted(choose):
    choose(sends_receipts=True)


@pytest.mark.usefixtures("wanted")
def test_it_goes_out_once(make_paid, mailoutbox):
    payment = make_paid()

    for _run in range(2):
        send_mails()
        check_payment(payment)
        deliver(payment)

    assert [sent.to for sent in mailoutbox] == [["sita@example.com"]]
    assert payment.events.get(kind="receipt_sent").actor == "system"
    assert KhaltiMail.objects.get().sent_at is not None


@pytest.mark.usefixtures("wanted")
def test_a_run_of_reconcile_sends_it_and_counts_it(make_paid, mailoutbox):
    make_paid()

    assert reconcile().mailed == len(mailoutbox) == 1


def test_it_does_not_where_nobody_wants_it(make_paid, mailoutbox):
    make_paid()
    send_mails()

    assert mailoutbox == []
    assert not KhaltiMail.objects.exists()


@pytest.mark.usefixtures("wanted")
def test_it_does_not_without_an_address(make_paid, mailoutbox):
    payment = make_paid(customer=Customer(name="Sita Rai"))
    send_mails()

    assert mailoutbox == []
    assert "receipt_sent" not in kinds(payment)


@pytest.mark.usefixtures("wanted")
def test_an_address_that_mail_can_not_be_sent_to_is_none(make_paid, mailoutbox):
    make_paid(customer=Customer(email="सीता@example.com"))
    send_mails()

    assert (mailoutbox, KhaltiMail.objects.count()) == ([], 0)


@pytest.mark.usefixtures("wanted")
def test_nothing_is_queued_or_sent_while_the_payment_is_applied(khalti, make_payment, site):
    """The visitor's return costs the same with and without mails: the mark of the delivery carries them."""
    payments = [make_payment(customer=customer, site=site) for customer in (SITA, SITA, Customer(name="Hari"))]
    counts = []
    for payment in payments:  # the first begins the receipt numbers of its year
        khalti.pay(payment)
        with CaptureQueriesContext(connection) as asked:
            check_payment(payment)
        counts.append(len(asked))

    assert counts[1] == counts[2]
    assert not KhaltiMail.objects.exists()


@pytest.mark.usefixtures("wanted")
def test_it_waits_for_the_sites_code(make_paid, receiver, mailoutbox):
    payment = make_paid()
    send_mails()
    assert mailoutbox == []
    receiver.is_broken = False

    redeliver(payment.deliveries.get())
    send_mails()

    assert len(mailoutbox) == 1


@pytest.mark.usefixtures("wanted")
def test_it_follows_one_that_a_person_sent_in_vain(make_paid, mailoutbox, monkeypatch, time_machine):
    """The mail server lets a person wait, while a run finds that they have sent one, and then it is none."""
    payment, answers = make_paid(), mailing.send

    def let_wait(mail):
        monkeypatch.setattr(mailing, "send", answers)
        send_mails()
        raise TimeoutError

    monkeypatch.setattr(mailing, "send", let_wait)
    with pytest.raises(MailFailed):
        send_receipt(payment)
    assert mailoutbox == []

    later(time_machine, minutes=2)
    send_mails()

    assert [sent.to for sent in mailoutbox] == [["sita@example.com"]]


@pytest.mark.usefixtures("wanted")
def test_it_does_not_follow_one_that_a_person_sent(make_paid, receiver, mailoutbox, time_machine):
    payment = make_paid()
    send_receipt(payment)
    time_machine.move_to(timezone.now() + timedelta(minutes=5))
    receiver.is_broken = False
    end_the_pause(payment=payment)

    deliver(payment)
    send_mails()

    assert len(mailoutbox) == 1
    assert not KhaltiMail.objects.queued().exists()


@pytest.mark.usefixtures("wanted", "all_begun_before")
def test_the_second_payment_for_one_thing_has_none(make_paid, mailoutbox):
    order = Order.objects.create()

    make_paid(payable=order)
    make_paid(payable=order)
    send_mails()

    assert len(mailoutbox) == 1


@pytest.mark.usefixtures("wanted")
def test_money_that_came_after_an_end_waits_for_a_person(khalti, make_payment, site, mailoutbox):
    payment = make_payment(customer=SITA, site=site)
    khalti.cancel(payment)
    check_payment(payment)
    khalti.pay(payment)

    check_payment(payment)
    send_mails()

    assert payment.is_late
    assert mailoutbox == []


@pytest.mark.usefixtures("wanted", "down")
def test_a_mail_server_that_fails_changes_nothing(make_paid, heard, caplog):
    payment = make_paid()
    send_mails()

    assert (payment.status, heard[-1]) == ("completed", ("completed", payment.reference))
    assert payment.deliveries.get().delivered_at is not None
    assert payment.events.get(kind="receipt_sent").data["error"] == "ConnectionRefusedError"
    assert "could not be sent: ConnectionRefusedError" in caplog.text
    assert "sita" not in caplog.text


@pytest.mark.usefixtures("wanted")
def test_it_says_what_is_true_when_it_goes_out(make_paid, mailoutbox, down, time_machine, site):
    make_paid()
    send_mails()
    site.site_name = "Town library"
    site.save()
    down()

    later(time_machine, seconds=61)
    send_mails()

    assert "Town library" in mailoutbox[0].subject
