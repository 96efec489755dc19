"""A person says what became of a refund that is in doubt. Nothing is sent, either way."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from tests.payments import issues, kinds
from tests.shop.models import Order
from wagtail_khalti.actions import check_payment, refund_payment, resolve_issue, resolve_refund
from wagtail_khalti.exceptions import RefundAlreadyResolved, RefundInProgress, RequestRejected
from wagtail_khalti.lookups.leases import LEASE
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.status import Status
from wagtail_khalti.simulator.disturbance.faults import Fault

pytestmark = [pytest.mark.every_database, pytest.mark.django_db, pytest.mark.usefixtures("books")]


def stored(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def doubtful(khalti, completed):
    """The second part of a payment, of which no lookup can tell whether it was given back."""
    refund_payment(completed, 30_000)
    khalti.trouble("refund", Fault.RESET_BEFORE)
    refund = refund_payment(completed, 50_000)
    assert issues(completed) == ["refund_unconfirmed"]
    return refund


@pytest.mark.parametrize(
    ("was_found", "state", "total", "refundable"),
    [(True, "succeeded", 80_000, 70_000), (False, "failed", 30_000, None)],
)
def test_their_word_decides_it(khalti, doubtful, manager, was_found, state, total, refundable):
    calls = khalti.calls("refund"), khalti.calls("lookup")

    returned = resolve_refund(doubtful, was_found=was_found, by=manager, note="Seen in the dashboard")

    assert returned is doubtful
    payment = stored(doubtful.payment)
    for refund in (doubtful, stored(doubtful)):
        assert (refund.state, refund.refundable) == (state, refundable)
        assert refund.resolved_at is not None
    assert (payment.refund_total, payment.refunding_since) == (total, None)
    assert payment.status == Status.PARTIALLY_REFUNDED, "which only Khalti changes"
    assert payment.next_check_at is not None
    assert (khalti.calls("refund"), khalti.calls("lookup")) == calls, "nothing is sent, either way"


@pytest.mark.parametrize(("was_found", "kind"), [(True, "refund_succeeded"), (False, "refund_failed")])
def test_who_said_so_is_on_the_record(doubtful, manager, was_found, kind):
    resolve_refund(doubtful, was_found=was_found, by=manager, note="Seen in the dashboard")

    event = doubtful.payment.events.filter(kind=kind).latest("pk")
    assert (event.actor, event.user, event.data["note"]) == ("staff", manager, "Seen in the dashboard")
    assert event.data["trigger"] == ("found_by_person" if was_found else "not_found_by_person")
    issue = doubtful.payment.issues.get()
    assert (issue.is_open, issue.resolution, issue.resolved_by) == (None, "resolved", manager)


@pytest.mark.parametrize("was_found", [True, False])
def test_the_site_hears_of_it_where_money_went_back(doubtful, heard, was_found):
    resolve_refund(doubtful, was_found=was_found)

    assert heard == [("refunded", doubtful.payment.reference)] * was_found


def test_after_it_was_not_sent_it_can_be_given_back_anew(khalti, doubtful):
    resolve_refund(doubtful, was_found=False)

    refund = refund_payment(doubtful.payment, 50_000)

    assert (refund.state, refund.refundable) == ("succeeded", 70_000)


def test_after_it_was_found_the_rest_can_be_given_back(khalti, doubtful, line):
    khalti.refund_in_dashboard(doubtful.payment, amount=50_000)  # as if it had been
    resolve_refund(doubtful, was_found=True)

    refund = refund_payment(doubtful.payment)

    assert line.refunds == [{"amount": 70_000}]
    assert (refund.state, stored(doubtful.payment).status) == ("succeeded", Status.REFUNDED)


def test_it_is_decided_once(doubtful, manager, heard):
    """Two people press at once: the second one sees that it is done."""
    other = stored(doubtful)
    resolve_refund(doubtful, was_found=True, by=manager)
    history = kinds(doubtful.payment)

    with pytest.raises(RefundAlreadyResolved, match="is succeeded"):
        resolve_refund(other, was_found=False, by=manager)

    assert (stored(doubtful).state, kinds(doubtful.payment)) == ("succeeded", history)
    assert len(heard) == 1


def test_what_is_decided_needs_no_word(khalti, completed):
    khalti.answer("refund", {"detail": "Insufficient balance."}, status=400)
    with pytest.raises(RequestRejected):
        refund_payment(completed)
    refund_payment(completed, 50_000)
    khalti.refund_in_dashboard(completed)
    check_payment(completed)

    states = []
    for refund in KhaltiRefund.objects.order_by("pk"):
        for was_found in (True, False):
            with pytest.raises(RefundAlreadyResolved):
                resolve_refund(refund, was_found=was_found)
        states.append(stored(refund).state)
    assert states == ["failed", "succeeded", "external"]


@pytest.mark.parametrize(("moment", "state"), [("lookup", "requested"), ("refund", "processing")])
def test_what_is_still_on_its_way_needs_no_word_yet(khalti, completed, line, moment, state):
    def decide():
        with pytest.raises(RefundInProgress, match=f"is {state}"):
            resolve_refund(KhaltiRefund.objects.get(), was_found=False)

    line.before = {moment: decide}

    assert refund_payment(completed).state == "succeeded"


def test_a_killed_process_refund_can_be_resolved_before_a_lookup(completed, line, time_machine):
    def kill():
        raise SystemExit

    line.before = {"refund": kill}
    with pytest.raises(SystemExit):
        refund_payment(completed)
    time_machine.move_to(timezone.now() + 1.1 * LEASE)

    refund = resolve_refund(KhaltiRefund.objects.get(), was_found=False)

    assert (refund.state, stored(completed).refund_total) == ("failed", 0)


def test_it_needs_the_permission(doubtful, cashier):
    with pytest.raises(PermissionDenied):
        resolve_refund(doubtful, was_found=True, by=cashier)

    assert stored(doubtful).state == "unconfirmed"
    assert issues(doubtful.payment) == ["refund_unconfirmed"]


@pytest.mark.django_db(transaction=True)
def test_it_is_refused_inside_a_transaction(doubtful):
    with pytest.raises(RuntimeError, match=r"resolve_refund\(\) .* inside a transaction"), transaction.atomic():
        resolve_refund(doubtful, was_found=True)

    assert stored(doubtful).state == "unconfirmed"


@pytest.mark.parametrize("resolution", [KhaltiIssue.Resolution.RESOLVED, KhaltiIssue.Resolution.NO_ACTION_NEEDED])
def test_the_issue_stays_open_until_the_refund_is_resolved(doubtful, manager, resolution):
    """It would never be opened again, and nothing more could be given back."""
    with pytest.raises(RefundInProgress):
        resolve_issue(doubtful.payment.issues.get(), resolution=resolution, by=manager)

    assert issues(doubtful.payment) == ["refund_unconfirmed"]


# What Khalti says afterwards.


@pytest.fixture
def whole(khalti, completed):
    """A refund of the whole payment that Khalti accepted, and has not made yet."""
    khalti.answer("refund", {"detail": "Transaction refund successful."})
    return refund_payment(completed)


def test_khalti_may_say_later_what_the_person_said(khalti, whole, heard):
    resolve_refund(whole, was_found=True)
    assert stored(whole.payment).status == Status.COMPLETED
    khalti.refund_in_dashboard(whole.payment)

    check_payment(whole.payment)

    assert stored(whole.payment).status == Status.REFUNDED
    assert KhaltiRefund.objects.get().state == "succeeded"
    assert heard == [("refunded", whole.payment.reference)]
    assert issues(whole.payment) == []


def test_khalti_may_say_later_that_the_money_went_back_after_all(khalti, whole, heard):
    resolve_refund(whole, was_found=False)
    khalti.refund_in_dashboard(whole.payment)

    check_payment(whole.payment)

    found = KhaltiRefund.objects.exclude(pk=whole.pk).get()
    assert (stored(whole).state, found.state, found.amount) == ("failed", "external", 150_000)
    assert stored(whole.payment).refund_total == 150_000
    assert heard == [("refunded", whole.payment.reference)]


def test_a_person_settles_a_second_payment_with_their_word(khalti, make_payment, manager):
    order = Order.objects.create()
    first, second = make_payment(payable=order), make_payment(payable=order)
    for payment in (first, second):
        khalti.pay(payment)
        check_payment(payment)
    khalti.answer("refund", {"detail": "Transaction refund successful."})
    refund = refund_payment(second)

    resolve_refund(refund, was_found=True, by=manager)

    assert (issues(second), KhaltiPayment.objects.get(pk=first.pk).is_primary) == ([], True)
    assert second.issues.get(kind="duplicate_payment").resolved_by == manager


def test_what_a_lookup_proved_is_kept_without_another_lookup(khalti, completed, line, time_machine):
    """The process was killed, and a lookup has seen the money go back."""

    def kill():
        raise SystemExit

    line.after = {"refund": kill}
    with pytest.raises(SystemExit):
        refund_payment(completed)
    check_payment(stored(completed))
    time_machine.move_to(timezone.now() + 1.1 * LEASE)

    with pytest.raises(RefundAlreadyResolved, match="is succeeded"):
        resolve_refund(KhaltiRefund.objects.get(), was_found=True)

    assert KhaltiRefund.objects.get().state == "succeeded"
    assert stored(completed).refunding_since is None
