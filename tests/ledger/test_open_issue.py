"""An issue is opened once, and people hear of it; the site, too, where it can."""

import logging
import socket
import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from tests.mail_settings import SMTP, mail_through
from tests.payments import event_types, issues
from wagtail_khalti import mailing
from wagtail_khalti.actions import check_payment, resolve_issue
from wagtail_khalti.exceptions import KeyRejected, PidxNotFound
from wagtail_khalti.ledger.issues import open_issue
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]
Kind, Resolution = KhaltiIssue.Kind, KhaltiIssue.Resolution
NOT_FOUND = {"body": {"detail": "Not found.", "error_key": "validation_error"}, "status": 404}
ONE_HOUR, ONE_MINUTE = 3600, 60


@pytest.fixture
def managers(settings):
    settings.MANAGERS = [("Asha", "asha@example.com")]


def test_one_of_a_kind_is_open_at_a_time(payment):
    for number in range(3):
        open_issue(payment, Kind.PIDX_MISMATCH, {"pidx": str(number)})

    issue = payment.issues.get()
    assert issue.details == {"pidx": "0"}
    assert event_types(payment) == ["needs_attention"]


class TestAfterAPersonHasDecided:
    @pytest.fixture
    def decided(self, payment):
        open_issue(payment, Kind.PIDX_MISMATCH, {"pidx": "A"})
        resolve_issue(payment.issues.get(), resolution=Resolution.NO_ACTION_NEEDED)
        return payment

    def test_the_same_evidence_is_no_new_matter(self, decided):
        """Khalti says it again at each check."""
        open_issue(decided, Kind.PIDX_MISMATCH, {"pidx": "A"})

        assert issues(decided) == []
        assert event_types(decided) == ["needs_attention"]

    def test_other_evidence_is_one(self, decided):
        open_issue(decided, Kind.PIDX_MISMATCH, {"pidx": "B"})

        assert issues(decided) == ["pidx_mismatch"]

    def test_so_is_another_kind_and_another_payment(self, decided, make_payment):
        other = make_payment()

        open_issue(decided, Kind.UNKNOWN_STATUS, {"pidx": "A"})
        open_issue(other, Kind.PIDX_MISMATCH, {"pidx": "A"})

        assert (issues(decided), issues(other)) == (["unknown_status"], ["pidx_mismatch"])

    def test_what_came_right_by_itself_was_decided_by_nobody(self, payment):
        for _time in range(2):
            open_issue(payment, Kind.DELIVERY_FAILING, {"event_type": "completed"}, notifies_site=False)
            resolve_issue(payment.issues.open().get(), resolution=Resolution.RESOLVED_AUTOMATICALLY)

        assert payment.issues.count() == 2


def test_where_it_is_not_for_the_site_only_people_hear_of_it(
    payment, managers, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        open_issue(payment, Kind.DELIVERY_FAILING, notifies_site=False)

    assert event_types(payment) == []
    assert len(mailoutbox) == 1


class TestAPaymentThatKhaltiDoesNotKnow:
    def expires(self, payment, seconds):
        moment = None if seconds is None else timezone.now() + timedelta(seconds=seconds)
        KhaltiPayment.objects.filter(pk=payment.pk).update(expires_at=moment)
        payment.refresh_from_db()

    def check(self, khalti, payment):
        khalti.answer("lookup", **NOT_FOUND)
        with pytest.raises(PidxNotFound):
            check_payment(payment)

    @pytest.mark.parametrize("seconds", [None, ONE_HOUR, 1, -1])
    def test_may_not_be_visible_yet(self, khalti, payment, seconds):
        """A visitor can come back before Khalti's own books have it."""
        self.expires(payment, seconds)

        self.check(khalti, payment)

        assert issues(payment) == []
        khalti.pay(payment)
        assert check_payment(payment).status == "completed"

    def test_is_for_a_person_when_its_time_is_over(self, khalti, payment):
        self.expires(payment, -ONE_MINUTE)

        self.check(khalti, payment)
        self.check(khalti, payment)

        assert issues(payment) == ["not_found"]
        assert payment.status == "initiated", "not even then has it ended"

    @pytest.mark.parametrize("happens", ["pay", "expire"])
    def test_is_no_issue_any_more_once_it_was_decided(self, khalti, payment, happens):
        getattr(khalti, happens)(payment)
        check_payment(payment)
        self.expires(payment, -ONE_MINUTE)

        self.check(khalti, payment)

        assert issues(payment) == []

    def test_opens_an_issue_an_hour_later_without_an_expiry(self, khalti, payment, time_machine):
        self.expires(payment, None)
        time_machine.move_to(timezone.now() + timedelta(seconds=ONE_HOUR + ONE_MINUTE))

        self.check(khalti, payment)

        assert issues(payment) == ["not_found"]


def test_a_rejected_key_is_delivered_with_the_next_event(khalti, payment, heard):
    khalti.answer("lookup", {"detail": "Invalid token."}, status=401)
    with pytest.raises(KeyRejected):
        check_payment(payment)

    check_payment(payment)

    assert heard == [("needs_attention", payment.reference)]


class TestTheMail:
    def test_is_in_the_language_of_the_site_and_not_in_the_visitors(
        self, payment, managers, mailoutbox, django_capture_on_commit_callbacks
    ):
        with translation.override("ne"), django_capture_on_commit_callbacks(execute=True):
            open_issue(payment, Kind.AMOUNT_MISMATCH, {"total_amount": 1})

        [mail] = mailoutbox
        assert mail.body.startswith("Amount mismatch: Khalti reports Rs\xa00.01, expected Rs\xa01,500.")

    def test_is_in_nepali_where_the_site_is(
        self, payment, managers, mailoutbox, settings, django_capture_on_commit_callbacks
    ):
        settings.LANGUAGE_CODE = "ne"
        with translation.override("en"), django_capture_on_commit_callbacks(execute=True):
            open_issue(payment, Kind.AMOUNT_MISMATCH, {"total_amount": 1})

        [mail] = mailoutbox
        assert "रु\xa0०.०१" in mail.body

    def test_keeps_no_visitor_waiting_for_a_silent_mail_server(
        self, payment, managers, settings, monkeypatch, caplog, silent_server, django_capture_on_commit_callbacks
    ):
        monkeypatch.setattr(mailing, "TIMEOUT", 0.3)
        host, port = silent_server
        mail_through(settings, SMTP, host=host, port=port)
        began = time.monotonic()

        with django_capture_on_commit_callbacks(execute=True):
            open_issue(payment, Kind.AMOUNT_MISMATCH, {"total_amount": 1})

        assert 0.3 <= time.monotonic() - began < 5
        assert issues(payment) == ["amount_mismatch"]
        assert "TimeoutError" in caplog.text

    def test_waits_five_seconds_at_most(self):
        assert mailing.TIMEOUT == 5

    def test_is_sent_ten_times_an_hour_for_a_thousand_payments(
        self, managers, mailoutbox, make_payment, caplog, time_machine, django_capture_on_commit_callbacks
    ):
        payments = [make_payment() for _number in range(13)]
        with django_capture_on_commit_callbacks(execute=True):
            for payment in payments[:12]:
                open_issue(payment, Kind.PIDX_MISMATCH)
        assert len(mailoutbox) == 10
        assert caplog.text.count("needs attention: pidx_mismatch") == 12, "the log has them all"

        with django_capture_on_commit_callbacks(execute=True):
            open_issue(payments[0], Kind.UNKNOWN_STATUS)
        assert len(mailoutbox) == 11, "another kind is another trouble"

        time_machine.move_to(timezone.now() + timedelta(hours=1, minutes=1))
        with django_capture_on_commit_callbacks(execute=True):
            open_issue(payments[12], Kind.PIDX_MISMATCH)
        assert len(mailoutbox) == 12

    def test_names_no_person(self, payment, managers, mailoutbox, caplog, django_capture_on_commit_callbacks):
        payment.customer_name, payment.customer_email, payment.customer_phone = "Sita", "s@example.com", "9800000001"
        payment.save()
        caplog.set_level(logging.DEBUG)

        with django_capture_on_commit_callbacks(execute=True):
            open_issue(payment, Kind.DUPLICATE_PAYMENT, {"earlier": "ABCD"})

        [mail] = mailoutbox
        for private in ("Sita", "s@example.com", "9800000001"):
            assert private not in mail.subject + mail.body + caplog.text


@pytest.fixture
def silent_server():
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = []
        is_over = threading.Event()

        def take():
            while not is_over.is_set():
                connection, _address = listener.accept()
                taken.append(connection)

        taker = threading.Thread(target=take)
        taker.start()
        yield listener.getsockname()
        is_over.set()
        with socket.create_connection(listener.getsockname()):
            taker.join()
        for connection in taken:
            connection.close()
