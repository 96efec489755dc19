"""The receipt by e-mail: what it says, to whom, and how often."""

import importlib
import smtplib
import socket
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.utils import timezone, translation
from wagtail.models import ModelLogEntry, Site

from tests.mail_settings import LOCMEM, SMTP, mail_through
from tests.mail_site import SITA
from tests.payments import kinds
from wagtail_khalti import mailing
from wagtail_khalti.actions import check_payment, record_refund, refund_payment, send_receipt
from wagtail_khalti.exceptions import MailFailed, NoEmailAddress, NothingPaid, SentRecently
from wagtail_khalti.gateway import BreakdownLine
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.refund import Method
from wagtail_khalti.text.email_addresses import masked_address

pytestmark = pytest.mark.django_db

verb = importlib.import_module("wagtail_khalti.receipts.sending")


class BrokenBackend(BaseEmailBackend):
    """A mail server that takes nothing, and names the address in what it says."""

    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({"sita@example.com": (550, b"no such user sita@example.com")})


@pytest.fixture
def paid(make_paid):
    return make_paid()


@pytest.fixture
def broken(settings):
    mail_through(settings, f"{__name__}.BrokenBackend")


def plain(words):
    return words.replace("\xa0", " ")


class TestWhatItSays:
    def test_all_that_a_person_needs_to_prove_it(self, paid, mailoutbox, choose, settings):
        choose(receipt_text="PAN 301234567\nNew Road, Kathmandu", contact="accounts@library.example")
        settings.DEFAULT_FROM_EMAIL = "library@library.example"
        KhaltiPayment.objects.update(mode="live", completed_at="2026-11-21T06:30:00Z")
        paid.refresh_from_db()

        send_receipt(paid)

        [sent] = mailoutbox
        assert (sent.to, sent.cc, sent.bcc) == (["sita@example.com"], [], [])
        assert (sent.from_email, sent.reply_to) == ("library@library.example", ["accounts@library.example"])
        assert plain(sent.subject) == "Receipt from Village library: Rs 1,500"
        assert plain(sent.body).splitlines() == [
            "Thank you. Village library has received your payment.",
            "",
            "Payment receipt",
            "",
            "Merchant: Village library",
            "  PAN 301234567",
            "  New Road, Kathmandu",
            "Paid by: Sita Rai",
            "Mobile number: 98XXXXX001",
            "Description: Membership",
            "Amount: Rs 1,500",
            f"Receipt number: {paid.readable_receipt_number}",
            "Paid on: 21 Nov 2026, 12:15, Nepal Time (2083-08-05 BS)",
            f"Reference: {paid.readable_reference}",
            f"Khalti transaction ID: {paid.transaction_id}",
            "",
            "This is a receipt for a payment, not a tax invoice.",
            "",
            "View your receipt and the current status of the payment:",
            f"http://testserver{paid.get_receipt_url()}",
            "",
            f"Questions? Contact accounts@library.example and quote reference {paid.readable_reference}.",
        ]

    def test_the_same_as_a_small_page(self, paid, mailoutbox):
        send_receipt(paid)

        [(page, kind)] = mailoutbox[0].alternatives
        assert kind == "text/html"
        for words in ("Village library", "Membership", "1,500", paid.readable_reference, paid.get_receipt_url()):
            assert words in page

    def test_what_it_is_made_of(self, make_paid, mailoutbox):
        lines = [BreakdownLine(label="2 × chairs", amount=130_000), BreakdownLine(label="VAT", amount=20_000)]

        send_receipt(make_paid(breakdown=lines))

        assert "2 × chairs: Rs 1,300\nVAT: Rs 200\nAmount: Rs 1,500\n" in plain(mailoutbox[0].body)

    def test_what_went_back_and_not_what_is_in_doubt(self, khalti, paid, mailoutbox):
        record_refund(paid, 20_000, method=Method.CASH)
        khalti.trouble("refund", "reset_before")
        refund_payment(paid, 30_000)

        send_receipt(paid)

        body = plain(mailoutbox[0].body)
        assert body.count("Refunded:") == 1
        assert "Refunded: Rs 200\n  " in plain(body)

    def test_that_a_part_of_unknown_amount_went_back(self, khalti, paid, mailoutbox):
        khalti.refund_in_dashboard(paid, amount=40_000)
        check_payment(paid)

        send_receipt(paid)

        assert "Refunded: Part of the payment\n  before " in mailoutbox[0].body

    def test_in_the_language_of_who_paid(self, make_paid, mailoutbox):
        with translation.override("ne"):
            paid = make_paid()

        with translation.override("en"):
            send_receipt(paid)

        assert "रु\xa0१,५००" in mailoutbox[0].subject
        assert "२०८" in mailoutbox[0].body

    @pytest.mark.parametrize(("mode", "is_test"), [("simulator", True), ("sandbox", True), ("live", False)])
    def test_that_a_test_moved_no_money(self, paid, mailoutbox, mode, is_test):
        KhaltiPayment.objects.update(mode=mode)
        paid.refresh_from_db()

        send_receipt(paid)

        [sent] = mailoutbox
        for words in (sent.subject, sent.body, sent.alternatives[0][0]):
            assert ("test" in words.casefold() and "no money" in words) == is_test

    def test_whom_to_ask_where_the_site_names_nobody(self, paid, mailoutbox):
        send_receipt(paid)

        assert "Questions? Contact accounts@example.com and quote reference " in mailoutbox[0].body
        assert mailoutbox[0].reply_to == ["accounts@example.com"]

    def test_a_phone_number_is_nothing_to_reply_to(self, paid, mailoutbox, choose):
        choose(contact="01-4123456")

        send_receipt(paid)

        assert mailoutbox[0].reply_to == []
        assert "Questions? Contact 01-4123456 and quote reference " in mailoutbox[0].body

    def test_also_where_no_site_is_known(self, make_paid, mailoutbox):
        paid = make_paid()
        Site.objects.all().delete()
        paid.refresh_from_db()

        send_receipt(paid)

        assert plain(mailoutbox[0].subject).endswith("Receipt from testserver: Rs 1,500")


class TestWhatAVisitorTyped:
    def test_makes_no_header_and_no_line_of_its_own(self, make_paid, mailoutbox, choose):
        choose(contact="a@example.com\nBcc: thief@example.com")
        purpose = "Gift\r\nBcc: thief@example.com\n\nAmount: Rs 1\u2028Amount: Rs 2"

        send_receipt(make_paid(purpose=purpose))

        [sent] = mailoutbox
        message = sent.message()
        assert message["Bcc"] is None
        assert "\n" not in message["Subject"].replace("\n ", "")
        assert sent.recipients() == ["sita@example.com"]
        assert [line for line in plain(sent.body).splitlines() if line.startswith("Amount")] == ["Amount: Rs 1,500"]
        assert not [line for line in sent.body.splitlines() if line.startswith("Bcc")]

    def test_is_words_and_no_markup(self, make_paid, mailoutbox):
        send_receipt(make_paid(purpose="<script>alert(1)</script>"))

        [sent] = mailoutbox
        assert "Description: <script>alert(1)</script>" in sent.body
        assert "<script>" not in sent.alternatives[0][0]

    def test_can_be_as_long_as_it_likes(self, make_paid, mailoutbox):
        send_receipt(make_paid(purpose="म" * 200))

        assert "म" * 200 in mailoutbox[0].body
        assert mailoutbox[0].message().as_bytes()


class TestTheHistory:
    def test_has_who_sent_it_and_a_masked_address(self, paid, cashier):
        event = send_receipt(paid, by=cashier)

        assert paid.events.get(kind="receipt_sent") == event
        assert (event.actor, event.user, event.data) == ("staff", cashier, {"to": "s…@example.com"})
        entry = ModelLogEntry.objects.get()
        assert (entry.action, entry.user, entry.data) == ("wagtail_khalti.send_receipt", cashier, {})

    def test_says_that_code_did_it_where_nobody_pressed_a_button(self, paid):
        assert send_receipt(paid).actor == "system"
        assert not ModelLogEntry.objects.exists()

    @pytest.mark.parametrize(
        ("address", "masked"),
        [("s@example.com", "s…@example.com"), ("सीता@example.com", "स…@example.com"), ("", ""), ("nobody", "")],
    )
    def test_masks_any_address(self, address, masked):
        assert masked_address(address) == masked


class TestNothingIsSent:
    @pytest.mark.parametrize("end", [None, "cancel", "expire"])
    def test_for_what_is_not_paid(self, khalti, make_payment, mailoutbox, end):
        payment = make_payment(customer=SITA)
        if end:
            getattr(khalti, end)(payment)
        check_payment(payment)

        with pytest.raises(NothingPaid):
            send_receipt(payment)

        assert (mailoutbox, kinds(payment).count("receipt_sent")) == ([], 0)

    @pytest.mark.parametrize(
        "address", ["", "sita", "a@example.com, b@example.com", "a@example.com\nBcc: b@example.com"]
    )
    def test_without_one_address(self, paid, mailoutbox, address):
        KhaltiPayment.objects.update(customer_email=address)
        paid.refresh_from_db()

        with pytest.raises(NoEmailAddress):
            send_receipt(paid)

        assert (mailoutbox, kinds(paid).count("receipt_sent")) == ([], 0)

    def test_twice_in_a_minute(self, paid, mailoutbox, time_machine):
        send_receipt(paid)

        with pytest.raises(SentRecently):
            send_receipt(paid)
        assert len(mailoutbox) == 1

        time_machine.move_to(timezone.now() + timedelta(seconds=61))
        send_receipt(paid)
        assert len(mailoutbox) == 2

    @pytest.mark.django_db(transaction=True)
    def test_inside_a_transaction(self, khalti, make_payment, mailoutbox):
        payment = make_payment(customer=SITA)
        khalti.pay(payment)
        paid = check_payment(payment)

        with pytest.raises(RuntimeError, match=r"send_receipt\(\) .* inside a transaction"), transaction.atomic():
            send_receipt(paid)

        assert mailoutbox == []

    @pytest.mark.usefixtures("broken")
    def test_where_the_mail_server_refuses(self, paid, mailoutbox, caplog, settings):
        with pytest.raises(MailFailed, match="SMTPRecipientsRefused") as raised:
            send_receipt(paid)

        sent, failed = paid.events.filter(kind="receipt_sent").order_by("pk")
        assert failed.data == {"to": "s…@example.com", "error": "SMTPRecipientsRefused", "instead_of": sent.pk}
        assert "sita" not in f"{raised.value} {raised.value.__context__} {raised.value.__cause__} {caplog.text}"
        paid.refresh_from_db()
        assert paid.status == "completed"

        mail_through(settings, LOCMEM)
        send_receipt(paid)
        assert len(mail.outbox) == 1, "what failed may be tried again at once"

    def test_where_the_mail_server_says_nothing(self, paid, settings, silent_server):
        host, port = silent_server
        mail_through(settings, SMTP, host=host, port=port)

        with pytest.raises(MailFailed, match=r"SMTPServerDisconnected|TimeoutError"):
            send_receipt(paid)


@pytest.fixture
def silent_server(monkeypatch):
    """It takes the call, and never speaks."""
    monkeypatch.setattr(mailing, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()


def press_six_times_at_once(payment):
    """What came of each."""
    barrier, outcomes = threading.Barrier(6), []

    def press():
        try:
            mine = KhaltiPayment.objects.get(pk=payment.pk)
            barrier.wait(10)
            outcomes.append(type(send_receipt(mine)).__name__)
        except SentRecently:
            outcomes.append("SentRecently")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
class TestManyAtOnce:
    @pytest.fixture
    def paid(self, khalti, make_payment):
        """Of no site: between these tests the database is emptied."""
        payment = make_payment(customer=SITA)
        khalti.pay(payment)
        return check_payment(payment)

    def test_one_receipt_goes_out(self, paid, mailoutbox):
        assert press_six_times_at_once(paid) == ["KhaltiEvent"] + ["SentRecently"] * 5
        assert len(mailoutbox) == 1

    def test_were_it_not_for_the_look_at_the_last_minute_six_would(self, paid, mailoutbox, monkeypatch):
        """The control: the test above can fail."""
        monkeypatch.setattr(verb, "_was_sent_recently", lambda payment: False)

        assert press_six_times_at_once(paid) == ["KhaltiEvent"] * 6
        assert len(mailoutbox) == 6
