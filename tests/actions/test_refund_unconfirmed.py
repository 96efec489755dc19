"""A refund whose answer was lost is decided by what Khalti says later, or by a person; never by sending it again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.payments import event_types, issues, kinds
from wagtail_khalti.actions import check_payment, reconcile, record_refund, refund_payment, resolve_refund
from wagtail_khalti.exceptions import RefundInProgress, RefundsChanged, RequestRejected
from wagtail_khalti.ledger.schedule import next_check, next_check_after_silence
from wagtail_khalti.lookups.leases import LEASE
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import Method
from wagtail_khalti.models.status import Status
from wagtail_khalti.simulator import control
from wagtail_khalti.simulator.disturbance.faults import Fault

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
FOREVER = 10_000
YES = {"detail": "Transaction refund successful."}


def stored(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def later(time_machine):
    """Reconcile runs whenever something is due, and nobody does anything else, for so long."""

    def run(**time):
        until = timezone.now() + timedelta(**time)
        while (due := KhaltiPayment.objects.get().next_check_at) and due < until:
            time_machine.move_to(max(due, timezone.now()) + SECOND)
            reconcile()
        time_machine.move_to(until)

    return run


@pytest.fixture
def lose(khalti, completed, line):
    """Khalti makes the refund, or does not, and falls silent."""

    def lose(amount=None, *, made=False, payment=completed):
        khalti.trouble("refund", Fault.RESET_AFTER if made else Fault.RESET_BEFORE)
        line.before = {"refund": lambda: khalti.trouble("lookup", Fault.BAD_GATEWAY, times=FOREVER)}
        refund = refund_payment(payment, amount)
        khalti.no_more_trouble()
        assert refund.state == "unconfirmed"
        return refund

    return lose


def given_back_at_khalti():
    return sum(entry.returned for entry in control.payments())


# By evidence.


@pytest.mark.parametrize("amount", [None, 50_000])
def test_a_first_refund_that_was_made_is_found_out(khalti, completed, lose, later, heard, amount):
    refund = lose(amount, made=True)

    later(minutes=2)

    row = stored(refund)
    assert (row.state, row.refundable) == ("succeeded", 150_000 - refund.amount)
    assert row.resolved_at is not None
    assert (khalti.calls("refund"), given_back_at_khalti()) == (1, refund.amount)
    assert heard == [("refunded", completed.reference)]
    assert issues(completed) == []


@pytest.mark.parametrize("amount", [None, 50_000])
@pytest.mark.every_database
def test_a_first_refund_that_never_happened_fails_after_an_hour(khalti, completed, lose, later, heard, amount):
    refund = lose(amount)

    later(minutes=59)
    assert stored(refund).state == "unconfirmed", "Khalti may still be at work on it"
    assert issues(completed) == []
    later(minutes=10)

    payment = stored(completed)
    assert stored(refund).state == "failed"
    assert (payment.status, payment.refund_total, payment.refunding_since) == (Status.COMPLETED, 0, None)
    assert (heard, issues(completed), khalti.calls("refund")) == ([], [], 1)
    assert refund_payment(payment, amount).state == "succeeded", "and now it can be made"
    assert given_back_at_khalti() == refund.amount


def test_a_check_by_hand_finds_it_out_as_well(khalti, completed, lose, manager):
    refund = lose(made=True)

    check_payment(completed, by=manager)

    assert stored(refund).state == "succeeded"


@pytest.mark.every_database
def test_while_it_is_in_doubt_nothing_else_goes_back(khalti, completed, lose):
    lose(50_000)

    with pytest.raises(RefundInProgress):
        refund_payment(completed, 1)
    with pytest.raises(RefundInProgress):
        record_refund(completed, 1, method=Method.CASH)

    assert KhaltiRefund.objects.count() == khalti.calls("refund") == 1


@pytest.mark.every_database
def test_the_money_is_set_aside_while_it_is_in_doubt(completed, lose):
    lose(50_000)

    payment = stored(completed)
    assert (payment.status, payment.refund_total, payment.refundable) == (Status.COMPLETED, 50_000, 100_000)
    assert payment.refunding_since is not None


# By a person.


@pytest.mark.parametrize("made", [True, False])
def test_a_later_part_is_for_a_person_at_once(khalti, completed, line, lose, later, made):
    """Khalti says Partially Refunded, as it did before."""
    refund_payment(completed, 30_000)
    refund = lose(50_000, made=made)

    later(minutes=2)
    assert (stored(refund).state, issues(completed)) == ("unconfirmed", ["refund_unconfirmed"])
    later(days=10)

    assert (stored(refund).state, issues(completed)) == ("unconfirmed", ["refund_unconfirmed"])
    assert completed.issues.count() == event_types(completed).count("needs_attention") == 1
    assert khalti.calls("refund") == 2


@pytest.mark.parametrize("amount", [None, 50_000])
def test_what_khalti_accepted_and_never_made_is_for_a_person(khalti, completed, later, amount):
    khalti.answer("refund", YES)
    refund = refund_payment(completed, amount)

    later(minutes=59)
    assert issues(completed) == []
    later(minutes=10)

    assert (stored(refund).state, issues(completed)) == ("unconfirmed", ["refund_unconfirmed"])


def test_an_accepted_refund_made_much_later_resolves_the_issue(khalti, completed, later, heard):
    khalti.answer("refund", YES)
    refund = refund_payment(completed)
    later(days=1)
    khalti.refund_in_dashboard(completed)
    heard.clear()

    later(hours=7)

    assert stored(refund).state == "succeeded"
    issue = completed.issues.get()
    assert (issue.is_open, issue.resolution, issue.resolved_by) == (None, "resolved_automatically", None)
    assert heard == [("refunded", completed.reference)]


def test_a_lost_refund_to_a_bank_is_for_a_person_after_an_hour(khalti, completed, later):
    """It may take Khalti longer, so that it has not happened proves nothing."""
    khalti.trouble("refund", Fault.RESET_BEFORE)
    refund = refund_payment(completed, mobile="9800000001")

    later(hours=2)

    assert (stored(refund).state, issues(completed)) == ("unconfirmed", ["refund_unconfirmed"])


def test_a_khalti_silent_for_an_hour_opens_an_issue(khalti, completed, lose, later):
    refund = lose(made=True)
    khalti.trouble("lookup", Fault.BAD_GATEWAY, times=FOREVER)

    later(minutes=59)
    assert issues(completed) == []
    later(days=3)
    assert (stored(refund).state, issues(completed)) == ("unconfirmed", ["refund_unconfirmed"])

    khalti.no_more_trouble()
    later(hours=7)
    assert (stored(refund).state, issues(completed)) == ("succeeded", [])


@pytest.mark.parametrize("says", [{"status": "Pending"}, {"total_amount": 1}, {"status": "Ambiguous"}])
def test_a_khalti_that_talks_nonsense_is_one_too(khalti, completed, lose, later, says):
    refund = lose()
    khalti.answer_lookup(completed, times=FOREVER, **says)

    later(hours=3)

    assert stored(refund).state == "unconfirmed"
    assert "refund_unconfirmed" in issues(completed)


# When Khalti is asked.


def test_khalti_is_asked_soon_and_then_ever_more_rarely(completed, lose):
    lose()
    payment = stored(completed)
    for ask_next in (
        lambda now: next_check(payment, {}, now=now),
        lambda now: next_check_after_silence(payment, now=now),
    ):
        now, pauses = payment.refunding_since + MINUTE, []
        for _time in range(20):
            pauses.append(ask_next(now) - now)
            now += pauses[-1]
        assert [pause / MINUTE for pause in pauses[:9]] == [1, 2, 4, 8, 16, 32, 64, 128, 256]
        assert pauses[9:] == [6 * HOUR] * 11, "and never not at all"


def test_in_the_hour_khalti_is_asked_seven_times(khalti, completed, lose, later):
    lose()
    before = khalti.calls("lookup")

    later(hours=1)

    assert 5 <= khalti.calls("lookup") - before <= 8


def test_khalti_may_ask_for_a_longer_pause(khalti, completed, lose):
    lose()
    payment, now = stored(completed), timezone.now()

    assert next_check_after_silence(payment, now=now, at_least=7200) == now + 2 * HOUR


@pytest.mark.parametrize("amount", [None, 50_000])
def test_once_it_is_decided_khalti_is_asked_as_before(completed, lose, later, amount):
    lose(amount, made=True)
    later(minutes=2)

    payment = stored(completed)
    first_revisit = payment.completed_at + DAY
    assert payment.next_check_at == (None if amount is None else first_revisit)


# A process that is killed.


class Killed(BaseException):
    """What a process that is killed doesn't live to see."""


def kill():
    raise Killed


@pytest.mark.every_database
def test_one_killed_before_it_asked_khalti_has_sent_nothing(khalti, completed, line, later):
    line.before = {"lookup": kill}
    with pytest.raises(Killed):
        refund_payment(completed)
    refund = KhaltiRefund.objects.get()
    assert (refund.state, stored(completed).refund_total) == ("requested", 150_000)

    later(minutes=4)
    assert stored(refund).state == "requested", "as far as anybody knows it is at work"
    later(minutes=3)

    assert stored(refund).state == "failed"
    assert (stored(completed).refund_total, khalti.calls("refund")) == (0, 0)
    assert completed.events.get(kind="refund_failed").data["trigger"] == "abandoned"


@pytest.mark.parametrize("made", [True, False])
@pytest.mark.every_database
def test_a_kill_during_the_request_leaves_it_unconfirmed_for_now(khalti, completed, line, later, made):
    setattr(line, "after" if made else "before", {"refund": kill})
    with pytest.raises(Killed):
        refund_payment(completed)
    refund = KhaltiRefund.objects.get()
    assert refund.state == "processing"

    later(minutes=4)
    assert stored(refund).state == "processing"
    later(minutes=6)
    assert stored(refund).state == ("succeeded" if made else "unconfirmed")
    later(hours=2)

    assert stored(refund).state == ("succeeded" if made else "failed")
    assert stored(completed).refund_total == given_back_at_khalti() == (150_000 if made else 0)
    assert khalti.calls("refund") == made
    assert "no_answer" in kinds(completed)


@pytest.mark.every_database
def test_one_killed_after_khaltis_answer_has_kept_it(khalti, completed, line, later):
    line.after = {"refund": lambda: setattr(line, "before", {"lookup": kill})}

    with pytest.raises(Killed):
        refund_payment(completed)

    refund = KhaltiRefund.objects.get()
    assert (refund.state, refund.is_accepted) == ("unconfirmed", True)
    later(minutes=7)
    assert stored(refund).state == "succeeded"


@pytest.mark.every_database
def test_a_killed_process_does_not_block_refunds_for_long(khalti, completed, line, time_machine):
    line.before = {"lookup": kill}
    with pytest.raises(Killed):
        refund_payment(completed)
    with pytest.raises(RefundInProgress):
        refund_payment(completed)

    time_machine.move_to(timezone.now() + LEASE + SECOND)

    assert refund_payment(completed).state == "succeeded"
    assert list(KhaltiRefund.objects.values_list("state", flat=True)) == ["failed", "succeeded"]


# A process that sleeps, and wakes when all is decided without it.


@pytest.fixture
def asleep(time_machine):
    """So long, while others work."""

    def sleep(then=reconcile, **time):
        def act():
            time_machine.move_to(timezone.now() + timedelta(**time))
            then()

        return act

    return sleep


@pytest.mark.every_database
def test_one_that_wakes_after_it_was_given_up_sends_nothing(khalti, completed, line, asleep):
    line.before = {"lookup": asleep(minutes=6, then=lambda: check_payment(stored(completed)))}

    with pytest.raises(RefundsChanged, match="too long to start"):
        refund_payment(completed)

    assert (KhaltiRefund.objects.get().state, khalti.calls("refund")) == ("failed", 0)
    assert stored(completed).refund_total == 0
    assert "refund_sent" not in kinds(completed)


@pytest.mark.every_database
def test_a_process_awake_after_its_refund_was_found_adds_nothing(khalti, completed, line, asleep, heard):
    line.after = {"refund": asleep(minutes=7)}

    refund = refund_payment(completed)

    assert (refund.state, refund.is_accepted, KhaltiRefund.objects.count()) == ("succeeded", True, 1)
    assert heard == [("refunded", completed.reference)]
    assert issues(completed) == []


def say(was_found):
    return lambda: resolve_refund(KhaltiRefund.objects.get(), was_found=was_found)


@pytest.mark.every_database
def test_a_yes_after_a_person_had_said_no_is_for_a_person(khalti, completed, line, asleep, heard):
    line.before = {"refund": asleep(minutes=6, then=say(False))}

    refund = refund_payment(completed)

    found = KhaltiRefund.objects.exclude(pk=refund.pk).get()
    assert (refund.state, refund.is_accepted) == ("failed", True), "what was decided stays decided"
    assert (found.state, found.method, found.amount) == ("external", "dashboard", 150_000), (
        "and the money is accounted for"
    )
    issue = completed.issues.get(kind="refund_contradicted")
    assert issue.is_open
    assert issue.details["refund"] == refund.reference
    assert issue.details["was"] == "failed"
    assert [event_type for event_type, _reference in heard] == ["needs_attention", "refunded"]
    assert khalti.calls("refund") == 1


@pytest.mark.every_database
def test_a_no_after_a_person_had_said_yes_is_for_a_person(khalti, completed, line, asleep):
    line.before = {"refund": asleep(minutes=6, then=say(True))}
    khalti.answer("refund", {"detail": "Insufficient balance."}, status=400)

    with pytest.raises(RequestRejected):
        refund_payment(completed)

    refund = KhaltiRefund.objects.get()
    assert (refund.state, refund.answer) == ("succeeded", "Insufficient balance.")
    assert issues(completed) == ["refund_contradicted"]
    assert completed.issues.get().details["was"] == "succeeded"


def test_a_process_asleep_an_hour_before_sending_opens_an_issue(khalti, completed, line, time_machine):
    """It counts as not made by then. Khalti knows no deadline, so the sleeper can't be kept from it."""

    def sleep():
        time_machine.move_to(timezone.now() + 90 * MINUTE)
        reconcile()
        assert KhaltiRefund.objects.get().state == "failed"

    line.before = {"refund": sleep}

    refund_payment(completed)

    assert "refund_contradicted" in issues(completed)
    assert khalti.calls("refund") == 1
    assert stored(completed).refund_total == given_back_at_khalti() == completed.amount
