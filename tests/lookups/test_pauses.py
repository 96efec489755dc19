"""News that the site's code fails on is tried again, ever rarer, and a person is told."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.payments import end_the_pause, event_types, issues, kinds
from wagtail_khalti.actions import check_payment, reconcile, resolve_issue
from wagtail_khalti.models import KhaltiIssue
from wagtail_khalti.outbox.deliver import deliver

MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(khalti, payment, receiver):
    """Khalti confirmed it; the site's code failed on the event once."""
    khalti.pay(payment)
    return check_payment(payment)


def fail_again(payment):
    end_the_pause()
    deliver(payment)


def pause(payment):
    """From the last try to the next one, in minutes."""
    failed_at = payment.events.filter(kind="delivery_failed").latest("pk").at
    return round((payment.deliveries.first().next_try_at - failed_at) / MINUTE, 2)


def test_the_pauses_double_up_to_six_hours(paid, receiver):
    pauses = [pause(paid)]
    for _time in range(11):
        fail_again(paid)
        pauses.append(pause(paid))

    assert pauses == pytest.approx([1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360], abs=0.05)
    assert receiver.calls == 12


def test_within_the_pause_nobody_who_looks_calls_it_again(paid, receiver, client, time_machine):
    for _time in range(3):
        client.get(paid.get_absolute_url())
        deliver(paid)
        reconcile()
    assert receiver.calls == 1

    time_machine.move_to(timezone.now() + 1.1 * MINUTE)
    client.get(paid.get_absolute_url())
    assert receiver.calls == 2


def test_after_the_pause_a_run_delivers_by_itself(paid, receiver, time_machine):
    receiver.is_broken = False
    time_machine.move_to(timezone.now() + 1.1 * MINUTE)

    done = reconcile()

    assert (done.delivered, done.undelivered) == (1, 0)
    assert paid.deliveries.get().delivered_at is not None
    assert reconcile().delivered == 0


def test_a_run_says_what_failed_again(paid):
    end_the_pause()

    done = reconcile()

    assert (done.delivered, done.undelivered) == (0, 1)


def test_what_comes_after_it_waits_with_it_and_follows_at_once(khalti, paid, receiver, heard):
    khalti.refund_in_dashboard(paid)
    check_payment(paid)
    fail_again(paid)
    assert heard == []
    moments = set(paid.deliveries.values_list("next_try_at", flat=True))
    assert len(moments) == 1, "nothing that waits for it is due before it"
    receiver.is_broken = False
    heard.clear()
    end_the_pause()

    reconcile()

    assert [event_type for event_type, _reference in heard] == ["completed", "refunded"]


def test_payments_do_not_wait_for_each_other(khalti, paid, receiver, heard, make_payment):
    receiver.is_broken = False
    other = make_payment()
    khalti.pay(other)
    heard.clear()

    check_payment(other)

    assert heard == [("completed", other.reference)]


class TestThatItLasts:
    def test_is_a_matter_for_a_person_at_the_third_failure(
        self, paid, settings, mailoutbox, heard, django_capture_on_commit_callbacks
    ):
        settings.MANAGERS = [("Asha", "asha@example.com")]
        fail_again(paid)
        assert issues(paid) == []
        heard.clear()

        with django_capture_on_commit_callbacks(execute=True):
            fail_again(paid)

        issue = paid.issues.get()
        assert issue.kind == KhaltiIssue.Kind.DELIVERY_FAILING
        assert issue.sentence == "The site's code fails to process the event “completed”: LookupError."
        assert "no stock" not in str(issue.details)
        [mail] = mailoutbox
        assert issue.sentence in mail.body
        assert event_types(paid) == ["completed"], "the site can't hear that it does not hear"
        assert "needs_attention" not in dict(heard)

    def test_opens_one_matter_however_often_it_fails(self, paid):
        for _time in range(5):
            fail_again(paid)

        assert issues(paid) == ["delivery_failing"]

    def test_is_over_when_it_is_delivered(self, paid, receiver):
        for _time in range(2):
            fail_again(paid)
        receiver.is_broken = False

        fail_again(paid)

        issue = paid.issues.get()
        assert (issue.is_open, issue.resolution, issue.resolved_by) == (None, "resolved_automatically", None)
        assert kinds(paid)[-1] == "issue_resolved"

    def test_does_not_keep_the_visitor_from_the_receipt(self, paid, client):
        for _time in range(2):
            fail_again(paid)

        page = client.get(paid.get_absolute_url()).content.decode()

        assert "Thank you. Your payment is complete." in page

    def test_raises_no_new_alarm_if_it_recovers_after_being_resolved(
        self, paid, receiver, settings, mailoutbox, django_capture_on_commit_callbacks
    ):
        for _time in range(2):
            fail_again(paid)
        resolve_issue(paid.issues.get(), resolution=KhaltiIssue.Resolution.RESOLVED, note="Mended")
        settings.MANAGERS = [("Asha", "asha@example.com")]
        receiver.is_broken = False

        with django_capture_on_commit_callbacks(execute=True):
            fail_again(paid)

        assert paid.deliveries.get().delivered_at is not None
        assert (paid.issues.count(), mailoutbox) == (1, [])

    def test_opens_an_issue_again_if_it_fails_after_being_resolved(self, paid):
        for _time in range(2):
            fail_again(paid)
        resolve_issue(paid.issues.get(), resolution=KhaltiIssue.Resolution.RESOLVED, note="Mended")

        fail_again(paid)

        assert issues(paid) == ["delivery_failing"]

    def test_may_be_resolved_by_a_person_at_the_moment_it_recovers(self, paid, receiver):
        """Their word stands, and the site's work with it."""
        for _time in range(2):
            fail_again(paid)
        receiver.is_broken = False
        closing = [f"UPDATE {KhaltiIssue._meta.db_table} SET is_open = NULL, resolution = 'resolved'"]

        def a_person_is_faster(execute, sql, params, many, context):
            found = execute(sql, params, many, context)
            if closing and receiver.calls == 4 and sql.startswith("SELECT") and KhaltiIssue._meta.db_table in sql:
                with connection.cursor() as cursor:
                    cursor.execute(closing.pop())
            return found

        with connection.execute_wrapper(a_person_is_faster):
            fail_again(paid)

        assert closing == []
        assert paid.issues.get().resolution == "resolved"
        delivery = paid.deliveries.get()
        assert (delivery.delivered_at is not None, delivery.attempts) == (True, 4)
