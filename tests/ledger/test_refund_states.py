"""Every cell of what can become of a refund, written down a second time in plain words."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests.payments import answer, event_types, issues, kinds
from wagtail_khalti.ledger.apply_lookup import apply_lookup
from wagtail_khalti.ledger.refund_states import MACHINE, VERDICTS, RefundExtent, RefundTrigger, Verdict
from wagtail_khalti.ledger.refunds import move_refund
from wagtail_khalti.ledger.unconfirmed_refunds import CERTAIN_AFTER, extent_of, outcome_by_lookup
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.references import new_reference
from wagtail_khalti.models.refund import State
from wagtail_khalti.models.status import PAID, Status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]

TRIGGERS = "SENT ACCEPTED REJECTED LOST ABANDONED CONFIRMED DISPROVED FOUND_BY_PERSON NOT_FOUND_BY_PERSON"
BECOMES = """
    requested    processing  -            failed  -            failed       -          -       -          -
    processing   -           unconfirmed  failed  unconfirmed  unconfirmed  -          -       -          -
    unconfirmed  -           -            failed  -            -            succeeded  failed  succeeded  failed
    succeeded    -           -            issue   -            -            -          -       -          -
    failed       -           issue        -       -            -            -          -       -          -
    external     -           -            -       -            -            -          -       -          -
"""
CELLS = [
    (state, trigger, becomes)
    for state, *row in map(str.split, BECOMES.strip().splitlines())
    for trigger, becomes in zip(TRIGGERS.split(), row, strict=True)
]
DECIDED = {"succeeded", "failed", "external"}
GIVES_BACK = {"succeeded", "external"}


def stored(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def stand():
    """A refund of Rs 500 that stands in this state, with the marks of such a one."""

    def make(state, amount=50_000, **changes):
        in_progress = state not in DECIDED
        payment = KhaltiPayment.objects.create(
            amount=150_000,
            status=changes.pop("status", "completed"),
            refund_total=changes.pop("refunded_before", 0) + (0 if state == "failed" else amount),
            refunding_since=timezone.now() if in_progress else None,
            completed_at=timezone.now(),
            pidx="HT6o6PEZRWFJ5ygavzHWd5",
            purchase_order_id=new_reference(),
        )
        if refunded_before := payment.refund_total - (0 if state == "failed" else amount):
            earlier = {"state": "succeeded", "amount": refunded_before, "resolved_at": timezone.now()}
            told = KhaltiRefund.objects.create(payment=payment, **earlier)
            payment.deliveries.create(event_type="refunded", refund=told)
        marks = {} if state == "requested" else {"sent_at": timezone.now()}
        refund = KhaltiRefund.objects.create(payment=payment, state=state, amount=amount, **{**marks, **changes})
        if state in GIVES_BACK:
            payment.deliveries.create(event_type="refunded", refund=refund)
        return refund

    return make


def test_every_state_has_a_road_for_every_word():
    assert set(MACHINE) == set(State)
    assert all(set(transitions) == set(RefundTrigger) for transitions in MACHINE.values())
    assert {(state, trigger) for state, trigger, _becomes in CELLS} == {
        (s, w.name) for s in State.values for w in RefundTrigger
    }
    assert len(CELLS) == len(State) * len(RefundTrigger) == 54


@pytest.mark.parametrize(("state", "trigger", "becomes"), CELLS, ids=lambda value: value)
def test_every_cell_of_the_machine(stand, state, trigger, becomes):
    refund = stand(state)
    payment = refund.payment

    with transaction.atomic():
        has_moved = move_refund(refund, RefundTrigger[trigger], answer="Khalti's words")

    row = stored(refund)
    after = state if becomes in ("-", "issue") else becomes
    assert (row.state, refund.state) == (after, after)
    assert has_moved == (after != state)
    assert (issues(payment) == ["refund_contradicted"]) == (becomes == "issue")
    assert row.is_accepted == (trigger == "ACCEPTED")
    assert row.answer == "Khalti's words"
    _books_are_right(stored(payment), row, before=state)
    _history_is_right(payment, trigger, before=state, after=after)


def _books_are_right(payment, refund, *, before):
    is_decided_now = before not in DECIDED and refund.state in DECIDED
    assert payment.refund_total == (0 if refund.state == "failed" else 50_000)
    assert (payment.refunding_since is None) == (refund.state in DECIDED)
    assert (refund.resolved_at is not None) == is_decided_now
    assert refund.refundable == (100_000 if is_decided_now and refund.state == "succeeded" else None)
    is_told = refund.state in GIVES_BACK
    assert [one for one in event_types(payment) if one == "refunded"] == ["refunded"] * is_told


def _history_is_right(payment, trigger, *, before, after):
    if after != before and after in DECIDED:
        event = "refund_succeeded" if after == "succeeded" else "refund_failed"
    else:
        event = {
            "SENT": "refund_sent" if after != before else None,
            "ACCEPTED": "refund_accepted",
            "REJECTED": "refund_failed",
            "LOST": "no_answer",
            "ABANDONED": "no_answer",
        }.get(trigger)
    assert kinds(payment) == [event] * bool(event)


def test_what_is_decided_stays_decided():
    """By what must hold rather than by the table."""
    for state in DECIDED:
        assert not any(isinstance(transition, State) for transition in MACHINE[State(state)].values())


def test_only_a_request_that_was_not_begun_can_be_sent():
    """Nothing leads back to it, so nothing is ever sent again."""
    sent = [
        (state, trigger) for state in State for trigger in RefundTrigger if MACHINE[state][trigger] is State.PROCESSING
    ]

    assert sent == [(State.REQUESTED, RefundTrigger.SENT)]
    assert not any(
        transition is State.REQUESTED for transitions in MACHINE.values() for transition in transitions.values()
    )


def test_money_is_given_back_by_evidence_or_a_person_only():
    made = {
        (state, trigger) for state in State for trigger in RefundTrigger if MACHINE[state][trigger] is State.SUCCEEDED
    }

    assert made == {(State.UNCONFIRMED, RefundTrigger.CONFIRMED), (State.UNCONFIRMED, RefundTrigger.FOUND_BY_PERSON)}


# What a lookup proves. Two words for each: what is known at once, and once Khalti must be done with it.

EXPECTED = {
    # no answer came         COMPLETED                 PARTIALLY_REFUNDED      REFUNDED
    ("ONLY", "lost"):      ("waits", "not made",     "person", "person",     "made", "made"),
    ("FIRST", "lost"):     ("waits", "not made",     "made", "person",       "made", "made"),
    ("LATER", "lost"):     ("waits", "not made",     "person", "person",     "made", "made"),
    ("LAST", "lost"):      ("waits", "not made",     "person", "person",     "made", "made"),
    # likewise, and it was to go to the customer of a bank
    ("ONLY", "to a bank"):  ("waits", "person",       "person", "person",     "made", "made"),
    ("FIRST", "to a bank"): ("waits", "person",       "made", "person",       "made", "made"),
    ("LATER", "to a bank"): ("waits", "person",       "person", "person",     "made", "made"),
    ("LAST", "to a bank"):  ("waits", "person",       "person", "person",     "made", "made"),
    # likewise, and a lookup afterwards had not seen it
    ("ONLY", "not seen"):  ("waits", "not made",     "person", "person",     "made", "made"),
    ("FIRST", "not seen"): ("waits", "not made",     "person", "person",     "made", "made"),
    ("LATER", "not seen"): ("waits", "not made",     "person", "person",     "made", "made"),
    ("LAST", "not seen"):  ("waits", "not made",     "person", "person",     "made", "made"),
    # Khalti had said yes
    ("ONLY", "accepted"):  ("waits", "person",       "waits", "person",      "made", "made"),
    ("FIRST", "accepted"): ("waits", "person",       "made", "made",         "made", "made"),
    ("LATER", "accepted"): ("waits", "person",       "made", "made",         "made", "made"),
    ("LAST", "accepted"):  ("waits", "person",       "waits", "person",      "made", "made"),
}  # fmt: skip
STATUSES = ["completed", "partially_refunded", "refunded"]
MOMENTS = ["at once", "in the end"]
LOOKUPS = [
    (part, heard, status, moment, outcome)
    for (part, heard), outcomes in EXPECTED.items()
    for (status, moment), outcome in zip(
        [(status, moment) for status in STATUSES for moment in MOMENTS], outcomes, strict=True
    )
]
AMOUNTS = {"ONLY": (0, 150_000), "FIRST": (0, 50_000), "LATER": (40_000, 50_000), "LAST": (40_000, 110_000)}
HEARD = {
    "lost": lambda sent_at: {},
    "to a bank": lambda sent_at: {"mobile": "9800000001"},
    "not seen": lambda sent_at: {"not_seen_at": sent_at},
    "accepted": lambda sent_at: {"is_accepted": True},
}
TELLING, CERTAIN = timedelta(minutes=30), timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def unconfirmed(stand):
    """A refund of which no more is known than what was heard, sent so long ago."""

    def make(part, heard="lost", *, ago, status="completed"):
        before, amount = AMOUNTS[part]
        sent_at = timezone.now() - ago
        is_later = before and status != "completed"
        marks = {"status": "partially_refunded" if is_later else "completed", "sent_at": sent_at}
        return stand("unconfirmed", amount, refunded_before=before, **marks, **HEARD[heard](sent_at))

    return make


def look(refund, trigger, *, requested_at):
    payment = stored(refund.payment)
    apply_lookup(payment, answer(payment, trigger), requested_at=requested_at)


def test_every_part_has_a_verdict_for_every_paid_status():
    assert set(VERDICTS) == set(RefundExtent)
    assert all(set(verdicts) == PAID for verdicts in VERDICTS.values())
    assert {verdict for verdicts in VERDICTS.values() for verdict in verdicts.values()} == set(Verdict)
    assert {part for part, _heard in EXPECTED} == {part.name for part in RefundExtent}
    assert len(LOOKUPS) == len(RefundExtent) * len(PAID) * len(MOMENTS) * len(HEARD)


@pytest.mark.parametrize("part", AMOUNTS)
def test_the_places_are_what_they_are_called(unconfirmed, part):
    refund = unconfirmed(part, ago=SECOND)

    assert extent_of(refund, refunded_before=AMOUNTS[part][0]).name == part


@pytest.mark.parametrize(("part", "heard", "status", "moment", "outcome"), LOOKUPS, ids=lambda value: value)
def test_every_cell_of_what_a_lookup_proves(unconfirmed, part, heard, status, moment, outcome):
    ago = CERTAIN + SECOND if moment == "in the end" else TELLING - 5 * SECOND
    refund = unconfirmed(part, heard, ago=ago, status=status)

    look(refund, status.replace("_", " "), requested_at=timezone.now())

    becomes = {"made": "succeeded", "not made": "failed"}.get(outcome, "unconfirmed")
    assert (stored(refund).state, stored(refund.payment).status) == (becomes, status)
    assert ("refund_unconfirmed" in issues(refund.payment)) == (outcome == "person")


@pytest.mark.parametrize("part", AMOUNTS)
@pytest.mark.parametrize("heard", HEARD)
@pytest.mark.parametrize("status", STATUSES)
def test_a_lookup_from_before_it_was_sent_proves_nothing(unconfirmed, part, heard, status):
    refund = unconfirmed(part, heard, ago=CERTAIN - 5 * SECOND, status=status)

    look(refund, status.replace("_", " "), requested_at=refund.sent_at - SECOND)

    assert (stored(refund).state, issues(refund.payment)) == ("unconfirmed", [])


@pytest.mark.parametrize("part", AMOUNTS)
@pytest.mark.parametrize("trigger", ["Pending", "Initiated"])
def test_a_khalti_that_forgets_proves_nothing(unconfirmed, part, trigger):
    """It had confirmed the money, and says for a moment that it waits for it."""
    refund = unconfirmed(part, ago=CERTAIN + SECOND)

    look(refund, trigger, requested_at=timezone.now())

    assert stored(refund).state == "unconfirmed"
    assert issues(refund.payment) == ["refund_unconfirmed"], "and time has passed"


def test_the_end_of_the_time_is_exact(unconfirmed):
    refund = unconfirmed("ONLY", ago=2 * CERTAIN)
    payment = refund.payment
    assert CERTAIN_AFTER == CERTAIN

    payment.confirmed_at = refund.sent_at + CERTAIN - timedelta(microseconds=1)
    assert outcome_by_lookup(refund, refunded_before=0) is None

    payment.confirmed_at = refund.sent_at + CERTAIN
    assert outcome_by_lookup(refund, refunded_before=0) is RefundTrigger.DISPROVED


def test_a_first_part_that_is_seen_only_later_may_be_another(unconfirmed):
    """Somebody who missed it in the dashboard had the time to give back a part there."""
    refund = unconfirmed("FIRST", ago=CERTAIN)
    payment = refund.payment
    payment.status = "partially_refunded"

    payment.confirmed_at = refund.sent_at + TELLING - timedelta(microseconds=1)
    assert outcome_by_lookup(refund, refunded_before=0) is RefundTrigger.CONFIRMED

    payment.confirmed_at = refund.sent_at + TELLING
    assert outcome_by_lookup(refund, refunded_before=0) is KhaltiIssue.Kind.REFUND_UNCONFIRMED


def test_the_status_of_a_payment_is_never_moved_by_a_refund(stand):
    """Only by a lookup."""
    for trigger in RefundTrigger:
        for state in State.values:
            refund = stand(state)
            with transaction.atomic():
                move_refund(refund, trigger)
            assert stored(refund.payment).status == Status.COMPLETED
            KhaltiPayment.objects.filter(pk=refund.payment.pk).update(pidx=None)
