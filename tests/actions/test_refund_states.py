"""Every cell of what can become of a refund, written down a second time in plain words."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests.actions.conftest import answer, kinds, matters, news
from wagtail_khalti.actions.book import move_refund
from wagtail_khalti.actions.refund_states import (
    CERTAIN_AFTER,
    MACHINE,
    VERDICTS,
    Place,
    Verdict,
    Word,
    judge_refund,
    place_of,
)
from wagtail_khalti.actions.settle import settle
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund, KhaltiReview
from wagtail_khalti.models.references import new_reference
from wagtail_khalti.models.refund import State
from wagtail_khalti.models.status import PAID, Status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]

WORDS = "SENT ACCEPTED REFUSED LOST GONE BACK NOT_BACK SAID_SENT SAID_NOT_SENT"
BECOMES = """
    requested  sending  -        refused  -        refused  -          -        -          -
    sending    -        unknown  refused  unknown  unknown  -          -        -          -
    unknown    -        -        refused  -        -        succeeded  refused  succeeded  refused
    succeeded  -        -        review   -        -        -          -        -          -
    refused    -        review   -        -        -        -          -        -          -
    external   -        -        -        -        -        -          -        -          -
"""
CELLS = [
    (state, word, becomes)
    for state, *row in map(str.split, BECOMES.strip().splitlines())
    for word, becomes in zip(WORDS.split(), row, strict=True)
]
DECIDED = {"succeeded", "refused", "external"}
GIVES_BACK = {"succeeded", "external"}


def stored(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def stand():
    """A refund of Rs 500 that stands in this state, with the marks of such a one."""

    def make(state, amount=50_000, **changes):
        undecided = state not in DECIDED
        payment = KhaltiPayment.objects.create(
            amount=150_000,
            status=changes.pop("status", "completed"),
            refund_total=changes.pop("back_before", 0) + (0 if state == "refused" else amount),
            refunding_since=timezone.now() if undecided else None,
            completed_at=timezone.now(),
            pidx="HT6o6PEZRWFJ5ygavzHWd5",
            purchase_order_id=new_reference(),
        )
        if back_before := payment.refund_total - (0 if state == "refused" else amount):
            earlier = {"state": "succeeded", "amount": back_before, "decided_at": timezone.now()}
            told = KhaltiRefund.objects.create(payment=payment, **earlier)
            payment.deliveries.create(news="refunded", refund=told)
        marks = {} if state == "requested" else {"sent_at": timezone.now()}
        refund = KhaltiRefund.objects.create(payment=payment, state=state, amount=amount, **{**marks, **changes})
        if state in GIVES_BACK:
            payment.deliveries.create(news="refunded", refund=refund)
        return refund

    return make


def test_every_state_has_a_road_for_every_word():
    assert set(MACHINE) == set(State)
    assert all(set(roads) == set(Word) for roads in MACHINE.values())
    assert {(state, word) for state, word, _becomes in CELLS} == {(s, w.name) for s in State.values for w in Word}
    assert len(CELLS) == len(State) * len(Word) == 54


@pytest.mark.parametrize(("state", "word", "becomes"), CELLS, ids=lambda value: value)
def test_every_cell_of_the_machine(stand, state, word, becomes):
    refund = stand(state)
    payment = refund.payment

    with transaction.atomic():
        has_moved = move_refund(refund, Word[word], answer="Khalti's words")

    row = stored(refund)
    after = state if becomes in ("-", "review") else becomes
    assert (row.state, refund.state) == (after, after)
    assert has_moved == (after != state)
    assert (matters(payment) == ["refund_contradicted"]) == (becomes == "review")
    assert row.is_accepted == (word == "ACCEPTED")
    assert row.answer == "Khalti's words"
    _books_are_right(stored(payment), row, before=state)
    _history_is_right(payment, word, before=state, after=after)


def _books_are_right(payment, refund, *, before):
    is_decided_now = before not in DECIDED and refund.state in DECIDED
    assert payment.refund_total == (0 if refund.state == "refused" else 50_000)
    assert (payment.refunding_since is None) == (refund.state in DECIDED)
    assert (refund.decided_at is not None) == is_decided_now
    assert refund.remaining == (100_000 if is_decided_now and refund.state == "succeeded" else None)
    is_told = refund.state in GIVES_BACK
    assert [one for one in news(payment) if one == "refunded"] == ["refunded"] * is_told


def _history_is_right(payment, word, *, before, after):
    if after != before and after in DECIDED:
        event = "refund_made" if after == "succeeded" else "refund_not_made"
    else:
        event = {
            "SENT": "refund_sent" if after != before else None,
            "ACCEPTED": "refund_accepted",
            "REFUSED": "refund_not_made",
            "LOST": "no_answer",
            "GONE": "no_answer",
        }.get(word)
    assert kinds(payment) == [event] * bool(event)


def test_what_is_decided_stays_decided():
    """By what must hold rather than by the table."""
    for state in DECIDED:
        assert not any(isinstance(road, State) for road in MACHINE[State(state)].values())


def test_only_a_request_that_was_not_begun_can_be_sent():
    """Nothing leads back to it, so nothing is ever sent again."""
    sent = [(state, word) for state in State for word in Word if MACHINE[state][word] is State.SENDING]

    assert sent == [(State.REQUESTED, Word.SENT)]
    assert not any(road is State.REQUESTED for roads in MACHINE.values() for road in roads.values())


def test_money_is_given_back_by_evidence_or_a_person_only():
    made = {(state, word) for state in State for word in Word if MACHINE[state][word] is State.SUCCEEDED}

    assert made == {(State.UNKNOWN, Word.BACK), (State.UNKNOWN, Word.SAID_SENT)}


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
    (place, heard, status, moment, outcome)
    for (place, heard), outcomes in EXPECTED.items()
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
def in_doubt(stand):
    """A refund of which no more is known than what was heard, sent so long ago."""

    def make(place, heard="lost", *, ago, status="completed"):
        before, amount = AMOUNTS[place]
        sent_at = timezone.now() - ago
        is_later = before and status != "completed"
        marks = {"status": "partially_refunded" if is_later else "completed", "sent_at": sent_at}
        return stand("unknown", amount, back_before=before, **marks, **HEARD[heard](sent_at))

    return make


def look(refund, word, *, asked_at):
    payment = stored(refund.payment)
    settle(payment, answer(payment, word), asked_at=asked_at)


def test_every_place_has_a_verdict_for_every_status_of_paid_money():
    assert set(VERDICTS) == set(Place)
    assert all(set(verdicts) == PAID for verdicts in VERDICTS.values())
    assert {verdict for verdicts in VERDICTS.values() for verdict in verdicts.values()} == set(Verdict)
    assert {place for place, _heard in EXPECTED} == {place.name for place in Place}
    assert len(LOOKUPS) == len(Place) * len(PAID) * len(MOMENTS) * len(HEARD)


@pytest.mark.parametrize("place", AMOUNTS)
def test_the_places_are_what_they_are_called(in_doubt, place):
    refund = in_doubt(place, ago=SECOND)

    assert place_of(refund, back_before=AMOUNTS[place][0]).name == place


@pytest.mark.parametrize(("place", "heard", "status", "moment", "outcome"), LOOKUPS, ids=lambda value: value)
def test_every_cell_of_what_a_lookup_proves(in_doubt, place, heard, status, moment, outcome):
    ago = CERTAIN + SECOND if moment == "in the end" else TELLING - 5 * SECOND
    refund = in_doubt(place, heard, ago=ago, status=status)

    look(refund, status.replace("_", " "), asked_at=timezone.now())

    becomes = {"made": "succeeded", "not made": "refused"}.get(outcome, "unknown")
    assert (stored(refund).state, stored(refund.payment).status) == (becomes, status)
    assert ("refund_in_doubt" in matters(refund.payment)) == (outcome == "person")


@pytest.mark.parametrize("place", AMOUNTS)
@pytest.mark.parametrize("heard", HEARD)
@pytest.mark.parametrize("status", STATUSES)
def test_a_lookup_from_before_it_was_sent_proves_nothing(in_doubt, place, heard, status):
    refund = in_doubt(place, heard, ago=CERTAIN - 5 * SECOND, status=status)

    look(refund, status.replace("_", " "), asked_at=refund.sent_at - SECOND)

    assert (stored(refund).state, matters(refund.payment)) == ("unknown", [])


@pytest.mark.parametrize("place", AMOUNTS)
@pytest.mark.parametrize("word", ["Pending", "Initiated"])
def test_a_khalti_that_forgets_proves_nothing(in_doubt, place, word):
    """It had confirmed the money, and says for a moment that it waits for it."""
    refund = in_doubt(place, ago=CERTAIN + SECOND)

    look(refund, word, asked_at=timezone.now())

    assert stored(refund).state == "unknown"
    assert matters(refund.payment) == ["refund_in_doubt"], "and time has passed"


def test_the_end_of_the_time_is_exact(in_doubt):
    refund = in_doubt("ONLY", ago=2 * CERTAIN)
    payment = refund.payment
    assert CERTAIN_AFTER == CERTAIN

    payment.confirmed_at = refund.sent_at + CERTAIN - timedelta(microseconds=1)
    assert judge_refund(refund, back_before=0) is None

    payment.confirmed_at = refund.sent_at + CERTAIN
    assert judge_refund(refund, back_before=0) is Word.NOT_BACK


def test_a_first_part_that_is_seen_only_later_may_be_another(in_doubt):
    """Somebody who missed it in the dashboard had the time to give back a part there."""
    refund = in_doubt("FIRST", ago=CERTAIN)
    payment = refund.payment
    payment.status = "partially_refunded"

    payment.confirmed_at = refund.sent_at + TELLING - timedelta(microseconds=1)
    assert judge_refund(refund, back_before=0) is Word.BACK

    payment.confirmed_at = refund.sent_at + TELLING
    assert judge_refund(refund, back_before=0) is KhaltiReview.Kind.REFUND_IN_DOUBT


def test_the_status_of_a_payment_is_never_moved_by_a_refund(stand):
    """Only by a lookup."""
    for word in Word:
        for state in State.values:
            refund = stand(state)
            with transaction.atomic():
                move_refund(refund, word)
            assert stored(refund.payment).status == Status.COMPLETED
            KhaltiPayment.objects.filter(pk=refund.payment.pk).update(pidx=None)
