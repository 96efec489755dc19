"""What Khalti says went back is compared with the refunds that we know of."""

from datetime import timedelta

import pytest

from tests.payments import answer, end_the_pause, event_types, issues, make_due
from wagtail_khalti.actions import (
    check_payment,
    enter_refund_amount,
    reconcile,
    record_refund,
    refund_payment,
    resolve_issue,
    resolve_refund,
)
from wagtail_khalti.exceptions import FullyRefunded, RequestRejected
from wagtail_khalti.ledger.apply_lookup import apply_lookup
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import Method
from wagtail_khalti.models.status import Status
from wagtail_khalti.simulator import control
from wagtail_khalti.simulator.disturbance.faults import Fault

pytestmark = [pytest.mark.every_database, pytest.mark.django_db, pytest.mark.usefixtures("books")]


@pytest.fixture
def told(on):
    """What the site hears of money that goes back: amount and remaining."""
    told = []

    def receive(*, payment, refund, amount, refundable, **kwargs):
        assert (refund.payment_id, refund.is_done) == (payment.pk, True)
        told.append((amount, refundable))

    on("refunded", receive)
    return told


def stored(payment):
    return KhaltiPayment.objects.get(pk=payment.pk)


def rows():
    """State, way and amount of each, the oldest first."""
    return list(KhaltiRefund.objects.order_by("pk").values_list("state", "method", "amount"))


def test_all_of_it_goes_back_in_the_dashboard(khalti, completed, told):
    khalti.refund_in_dashboard(completed)

    check_payment(completed)

    refund = KhaltiRefund.objects.get()
    assert rows() == [("external", "dashboard", 150_000)]
    assert (refund.refundable, refund.requested_by, refund.sent_at) == (0, None, None)
    payment = stored(completed)
    assert (payment.status, payment.refund_total, payment.next_check_at) == (Status.REFUNDED, 150_000, None)
    assert (told, issues(completed)) == ([(150_000, 0)], [])
    found = completed.events.get(kind="refund_recorded")
    assert (found.actor, found.user) == ("system", None)
    assert found.data == {"refund": refund.reference, "amount": 150_000, "method": "dashboard", "note": ""}


def test_looking_again_finds_nothing_new(khalti, completed, told):
    khalti.refund_in_dashboard(completed)

    for _time in range(3):
        check_payment(completed)

    assert (rows(), told) == ([("external", "dashboard", 150_000)], [(150_000, 0)])


def test_a_dashboard_partial_refund_needs_its_amount_entered(khalti, completed, told):
    khalti.refund_in_dashboard(completed, amount=60_000)

    for _time in range(2):
        check_payment(completed)

    assert rows() == [("external", "dashboard", None)]
    assert (stored(completed).refund_total, told) == (0, [])
    assert issues(completed) == ["refund_amount_missing"]
    assert event_types(completed) == ["completed", "needs_attention"]

    enter_refund_amount(KhaltiRefund.objects.get(), 60_000)

    assert rows() == [("external", "dashboard", 60_000)]
    assert (told, issues(completed)) == ([(60_000, 90_000)], [])


def test_a_part_and_then_the_rest_in_the_dashboard(khalti, completed, told):
    """By then it is known what both were together."""
    khalti.refund_in_dashboard(completed, amount=60_000)
    check_payment(completed)
    khalti.refund_in_dashboard(completed)

    check_payment(completed)

    assert rows() == [("external", "dashboard", 150_000)]
    assert told == [(150_000, 0)]
    issue = completed.issues.get()
    assert (issue.is_open, issue.resolution, issue.resolved_by) == (None, "resolved_automatically", None)


def test_an_entered_part_and_then_the_rest_in_the_dashboard(khalti, completed, told):
    khalti.refund_in_dashboard(completed, amount=60_000)
    check_payment(completed)
    enter_refund_amount(KhaltiRefund.objects.get(), 60_000)
    khalti.refund_in_dashboard(completed)

    check_payment(completed)

    assert rows() == [("external", "dashboard", 60_000), ("external", "dashboard", 90_000)]
    assert told == [(60_000, 90_000), (90_000, 0)]


def test_a_part_by_us_and_the_rest_in_the_dashboard(khalti, completed, told):
    refund_payment(completed, 50_000)
    khalti.refund_in_dashboard(completed)

    check_payment(completed)

    assert rows() == [("succeeded", "khalti", 50_000), ("external", "dashboard", 100_000)]
    assert told == [(50_000, 100_000), (100_000, 0)]


def test_a_dashboard_part_after_ours_is_for_a_person_to_record(khalti, completed, told):
    """Khalti says the same as before, so nobody can see it."""
    refund_payment(completed, 50_000)
    khalti.refund_in_dashboard(completed, amount=30_000)
    check_payment(completed)
    assert (rows(), issues(completed)) == ([("succeeded", "khalti", 50_000)], [])

    record_refund(completed, 30_000, method=Method.DASHBOARD)
    check_payment(completed)

    assert rows() == [("succeeded", "khalti", 50_000), ("external", "dashboard", 30_000)]
    assert told == [(50_000, 100_000), (30_000, 70_000)]


def test_what_was_wholly_given_back_before_it_was_seen_at_all(khalti, payment, told):
    khalti.pay(payment)
    khalti.refund_in_dashboard(payment)

    check_payment(payment)

    assert (rows(), told) == ([("external", "dashboard", 150_000)], [(150_000, 0)])
    assert event_types(payment) == ["refunded"], "nothing was sold"


# Somebody is at work in the dashboard while we refund.


def test_all_of_it_just_before_our_request(khalti, completed, line, told):
    line.before = {"refund": lambda: khalti.refund_in_dashboard(completed)}

    with pytest.raises(RequestRejected, match="already refunded"):
        refund_payment(completed)
    make_due()
    reconcile()

    assert rows() == [("failed", "khalti", 150_000), ("external", "dashboard", 150_000)]
    assert told == [(150_000, 0)]
    assert sum(entry.returned for entry in control.payments()) == 150_000


def test_a_part_just_before_our_part(khalti, completed, line, told):
    line.before = {"refund": lambda: khalti.refund_in_dashboard(completed, amount=30_000)}

    refund_payment(completed, 50_000)

    assert rows() == [("succeeded", "khalti", 50_000)]
    assert told == [(50_000, 100_000)]


def test_the_rest_just_after_our_part(khalti, completed, line, told):
    line.after = {"refund": lambda: khalti.refund_in_dashboard(completed)}

    refund_payment(completed, 50_000)

    assert rows() == [("succeeded", "khalti", 50_000), ("external", "dashboard", 100_000)]
    assert told == [(50_000, 100_000), (100_000, 0)]


@pytest.fixture
def lost(khalti, completed):
    """A refund whose request never reached Khalti, which we don't know."""

    def lose(amount):
        khalti.trouble("refund", Fault.RESET_BEFORE)
        return refund_payment(completed, amount)

    return lose


@pytest.mark.parametrize(
    ("amount", "found"),
    [(None, []), (50_000, [("external", "dashboard", 100_000)])],
)
def test_all_of_it_while_ours_is_in_doubt(khalti, completed, lost, told, amount, found):
    """Whichever it was: all is back, and no paisa twice."""
    refund = lost(amount)
    khalti.refund_in_dashboard(completed)

    check_payment(completed)

    assert rows() == [("succeeded", "khalti", refund.amount), *found]
    assert sum(amount for amount, _remaining in told) == 150_000
    assert stored(completed).status == Status.REFUNDED


@pytest.mark.parametrize("amount", [None, 50_000])
def test_a_part_while_ours_is_in_doubt_is_for_a_person(khalti, completed, lost, told, amount):
    refund = lost(amount)
    khalti.refund_in_dashboard(completed, amount=30_000)

    check_payment(completed)

    assert rows() == [("unconfirmed", "khalti", refund.amount)]
    assert (issues(completed), told) == (["refund_unconfirmed"], [])

    resolve_refund(refund, was_found=False)

    assert rows() == [("failed", "khalti", refund.amount), ("external", "dashboard", None)]
    assert issues(completed) == ["refund_amount_missing"]


# Past Khalti, and at Khalti too.


def test_some_in_cash_then_all_in_the_dashboard_is_too_much(khalti, completed, told):
    record_refund(completed, 50_000, method=Method.CASH)
    khalti.refund_in_dashboard(completed)

    check_payment(completed)

    assert rows() == [("external", "cash", 50_000), ("external", "dashboard", 100_000)]
    assert (stored(completed).refund_total, told) == (150_000, [(50_000, 100_000), (100_000, 0)])
    issue = completed.issues.get()
    assert (issue.kind, issue.details) == ("over_refunded", {"excess": 50_000})
    assert completed.events.filter(kind="refund_recorded").last().data["amount"] == 150_000, "what Khalti gave back"


def test_all_in_cash_and_then_all_of_it_in_the_dashboard(khalti, completed, told):
    record_refund(completed, 150_000, method=Method.CASH)
    khalti.refund_in_dashboard(completed)

    check_payment(completed)

    assert (rows(), told) == ([("external", "cash", 150_000)], [(150_000, 0)])
    assert completed.issues.get().details == {"excess": 150_000}


def test_that_it_was_too_much_is_one_matter(khalti, completed):
    record_refund(completed, 50_000, method=Method.CASH)
    khalti.refund_in_dashboard(completed)
    for _time in range(3):
        check_payment(completed)
    assert issues(completed) == ["over_refunded"]

    resolve_issue(completed.issues.get(), resolution=KhaltiIssue.Resolution.RESOLVED, note="Got it back")
    check_payment(completed)

    assert issues(completed) == []


def test_cash_after_a_full_dashboard_refund_is_refused(khalti, completed):
    khalti.refund_in_dashboard(completed)
    check_payment(completed)

    with pytest.raises(FullyRefunded):
        record_refund(completed, 1, method=Method.CASH)


# What the site is told.


def test_each_refund_is_told_once_and_in_order(khalti, completed, told, heard):
    refund_payment(completed, 50_000)
    record_refund(completed, 20_000, method=Method.BANK_TRANSFER)
    refund_payment(completed, 30_000)
    khalti.refund_in_dashboard(completed)
    for _time in range(2):
        check_payment(completed)

    assert told == [(50_000, 100_000), (20_000, 80_000), (30_000, 50_000), (50_000, 0)]
    assert [event_type for event_type, _reference in heard] == ["refunded"] * 4 + ["needs_attention"]
    assert completed.issues.get().details == {"excess": 20_000}


def test_a_receiver_that_raises_is_called_again_and_works_once(khalti, completed, on, told):
    broken, work = [True], []

    def restock(*, payment, refund, amount, refundable, **kwargs):
        payment.events.model.about(payment, "returned", data={"amount": amount}).save()
        work.append(amount)
        if broken:
            raise LookupError("no such shelf")

    on("refunded", restock)

    refund = refund_payment(completed, 50_000)
    refund_payment(completed, 30_000)

    assert refund.state == "succeeded", "the money is back, whatever the site makes of it"
    assert work == [50_000], "the second waits for the first"
    assert not completed.events.filter(kind="returned").exists(), "its work is undone"
    broken.clear()
    end_the_pause()
    told.clear()

    reconcile()

    assert told == [(50_000, 100_000), (30_000, 70_000)], "as it was then, not as it is now"
    assert work == [50_000, 50_000, 30_000]
    assert completed.events.filter(kind="returned").count() == 2
    assert not completed.deliveries.undelivered().exists()


def test_a_refund_is_not_told_before_the_sale(khalti, payment, receiver, heard):
    khalti.pay(payment)
    check_payment(payment)
    heard.clear()

    refund_payment(payment)
    assert heard == [], "the site has not heard of the sale"
    receiver.is_broken = False
    end_the_pause()
    reconcile()

    assert [event_type for event_type, _reference in heard] == ["completed", "refunded"]


# Of two questions on their way at once, the later one may have the older answer.


@pytest.mark.parametrize(("later", "is_a_matter"), [(0, False), (1, True)])
def test_an_older_parallel_answer_is_no_contradiction(khalti, completed, later, is_a_matter):
    refund = refund_payment(completed)
    requested_at = refund.resolved_at + timedelta(seconds=later)

    apply_lookup(completed, answer(completed, "Completed"), requested_at=requested_at)

    assert issues(completed) == ["unexpected_status"] * is_a_matter
    assert stored(completed).status == Status.REFUNDED
