"""Every sequence of answers, and what must hold after each of them.

All sequences of four run over the machine alone; all of two, and a sample of four, run over real rows, and both must
agree.
"""

import random
from dataclasses import dataclass, replace
from itertools import product

import pytest
from django.utils import timezone

from tests.in_full import IS_FULL
from tests.payments import answer, event_types
from wagtail_khalti.actions import check_payment
from wagtail_khalti.exceptions import GatewayError
from wagtail_khalti.ledger.apply_lookup import apply_lookup
from wagtail_khalti.ledger.payment_states import event_types_of, transition_for
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.references import new_reference
from wagtail_khalti.models.status import PAID, SOFT_ENDS, Status

pytestmark = pytest.mark.heavy

PIDX = "HT6o6PEZRWFJ5ygavzHWd5"
AMOUNT = 150_000
NO_EVIDENCE = "no evidence"
MONEY_WORDS = {"completed", "refunded", "partially refunded"}
END_WORDS = {"user canceled": "canceled", "canceled": "canceled", "expired": "expired", "failed": "failed"}


@dataclass(frozen=True, kw_only=True)
class Said:
    """What Khalti says at one check; ``None`` as status is no evidence at all."""

    status: str | None
    amount: object = AMOUNT
    pidx: str = PIDX
    refunded: bool = False

    @property
    def word(self):
        return " ".join((self.status or "").lower().split())

    @property
    def is_exact(self):
        return self.pidx == PIDX and self.amount == AMOUNT and not (self.refunded and self.word == "completed")


ANSWERS = (
    *(Said(status=status) for status in ("Initiated", "Pending", " pending ", "Completed", "COMPLETED")),
    *(Said(status=status) for status in ("User canceled", "user  Canceled", "Canceled", "Expired", "Failed")),
    *(Said(status=status, refunded=True) for status in ("Refunded", "Partially Refunded")),
    Said(status="Partially refunded"),
    *(Said(status=status) for status in ("Ambiguous", "Success", "Not Completed")),
    Said(status="Completed", amount=AMOUNT - 1),
    Said(status="Completed", amount=None),
    Said(status="Completed", pidx="another"),
    Said(status="Completed", refunded=True),
    Said(status="Expired", amount=0),
    Said(status=None),
)


@dataclass(frozen=True, kw_only=True)
class State:
    """All that the answers can have made of a payment."""

    status: Status = Status.INITIATED
    is_late: bool = False
    issues: frozenset = frozenset()
    told: tuple = ()


class OnPaper:
    """A payment as the machine sees it: without a database."""

    def __init__(self, state):
        self.pidx, self.amount, self.status = PIDX, AMOUNT, state.status


def after(state, said):
    """The machine alone."""
    if said.status is None:
        return state
    transition = transition_for(OnPaper(state), _lookup(said))
    if isinstance(transition, KhaltiIssue.Kind):
        opened = transition not in state.issues
        told = (*state.told, "needs_attention") if opened else state.told
        return replace(state, issues=state.issues | {transition}, told=told)
    if transition is None:
        return state
    told, issues = (*state.told, *map(str, event_types_of(state.status, transition))), state.issues
    is_late = transition in PAID and state.status in SOFT_ENDS
    if is_late:
        issues, told = issues | {KhaltiIssue.Kind.LATE_PAYMENT}, (*told, "needs_attention")
    if transition is Status.PARTIALLY_REFUNDED:
        issues, told = issues | {KhaltiIssue.Kind.REFUND_AMOUNT_MISSING}, (*told, "needs_attention")
    elif transition is Status.REFUNDED:
        told = (*told, "refunded")
    return replace(state, status=transition, is_late=state.is_late or is_late, issues=issues, told=told)


def _lookup(said, cache={}):  # noqa: B006 - there are only so many answers
    if said not in cache:
        on_paper = OnPaper(State())
        cache[said] = answer(on_paper, said.status, pidx=said.pidx, total_amount=said.amount, refunded=said.refunded)
    return cache[said]


def must_hold(before, said, now):
    """The rules, told without the machine's table."""
    if said.status is None:
        assert now == before
        return
    if before.status in PAID:
        assert now.status in PAID, "what is paid stays paid"
        order = [Status.COMPLETED, Status.PARTIALLY_REFUNDED, Status.REFUNDED]
        assert order.index(now.status) >= order.index(before.status), "completed is left only through refunds"
    if now.status != before.status:
        assert said.is_exact, "only exact evidence moves"
        late = {KhaltiIssue.Kind.LATE_PAYMENT} if now.status in PAID and before.status in SOFT_ENDS else set()
        part = {KhaltiIssue.Kind.REFUND_AMOUNT_MISSING} if now.status == Status.PARTIALLY_REFUNDED else set()
        opened = now.issues - before.issues
        assert opened == late | part, "what moves is no contradiction, but late money and a nameless sum need a person"
        if now.status in PAID:
            assert said.word in MONEY_WORDS
        elif now.status in SOFT_ENDS:
            assert END_WORDS.get(said.word) == now.status, "an end is only what Khalti said"
        else:
            assert (before.status, now.status, said.word) == (Status.INITIATED, Status.PENDING, "pending")
    if said.word == "pending" and before.status in SOFT_ENDS:
        assert now.issues, "a visitor who pays again now might pay twice"
    if not said.is_exact or said.word not in MONEY_WORDS | set(END_WORDS) | {"initiated", "pending"}:
        assert now.status == before.status
        assert now.issues, "a contradiction is never lost"
    if said.is_exact and said.word in MONEY_WORDS:
        assert now.status in PAID, "money that is there is never missed"
    assert now.told.count("completed") <= 1, "a purchase is told at most once"
    assert now.told.count("refunded") == (now.status == Status.REFUNDED), "what went back is told once it is known"
    assert now.told.count("needs_attention") == len(now.issues)
    assert now.told[: len(before.told)] == before.told


def test_every_sequence_of_four_answers_on_paper():
    walked = 0
    states = {State(): 1}  # how many sequences lead to each state
    for _step in range(4):
        following = {}
        for state, ways in states.items():
            for said in ANSWERS:
                now = after(state, said)
                must_hold(state, said, now)
                following[now] = following.get(now, 0) + ways
                walked += ways
        states = following

    assert sum(states.values()) == len(ANSWERS) ** 4
    assert walked == sum(len(ANSWERS) ** length for length in range(1, 5))
    assert {state.status for state in states} == set(Status) - {Status.CREATED}


SAMPLE = random.Random(2).choices(list(product(ANSWERS, repeat=4)), k=150 if IS_FULL else 50)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sequences", [[*product(ANSWERS, repeat=1)], [*product(ANSWERS, repeat=2)][:: 1 if IS_FULL else 5], SAMPLE]
)
def test_sequences_of_answers_on_real_rows_are_as_on_paper(sequences):
    for sequence in sequences:
        payment = KhaltiPayment.objects.create(
            amount=AMOUNT, pidx=PIDX, status="initiated", purchase_order_id=new_reference()
        )
        expected = State()
        for said in sequence:
            expected = after(expected, said)
            if said.status is not None:
                apply_lookup(payment, _lookup(said), requested_at=timezone.now())

        assert _stored(payment) == expected, sequence
        KhaltiPayment.objects.filter(pk=payment.pk).update(pidx=None)


@pytest.mark.django_db
@pytest.mark.parametrize("sequence", SAMPLE[:25], ids=lambda sequence: "-".join(str(said.status) for said in sequence))
@pytest.mark.every_database
def test_a_sample_through_khalti_itself(khalti, payment, sequence, heard):
    expected = State()
    for said in sequence:
        expected = after(expected, said)
        _say(khalti, payment, said)
        try:
            check_payment(payment)
        except GatewayError:
            assert said.status is None

    assert _stored(payment) == expected
    assert [event_type for event_type, _reference in heard] == list(expected.told)


def _say(khalti, payment, said):
    if said.status is None:
        khalti.answer("lookup", "<html>502</html>", content_type="text/html")
        return
    code = 400 if said.word in END_WORDS else 200
    pidx = payment.pidx if said.pidx == PIDX else said.pidx
    khalti.answer_lookup(
        payment, http_status=code, status=said.status, total_amount=said.amount, pidx=pidx, refunded=said.refunded
    )


def _stored(payment):
    row = KhaltiPayment.objects.get(pk=payment.pk)
    assert row.amount == AMOUNT, "an amount never changes"
    issues = list(row.issues.values_list("kind", flat=True))
    assert len(issues) == len(set(issues)), "one open review of a kind"
    return State(status=row.status, is_late=row.is_late, issues=frozenset(issues), told=tuple(event_types(row)))


PARTLY = {"status": Status.PARTIALLY_REFUNDED, "issues": frozenset({KhaltiIssue.Kind.REFUND_AMOUNT_MISSING})}


def test_a_machine_that_breaks_a_rule_is_caught():
    """The control: the rules can fail."""
    paid = State(status=Status.COMPLETED, told=("completed",))

    with pytest.raises(AssertionError, match="what is paid stays paid"):
        must_hold(paid, Said(status="Expired"), replace(paid, status=Status.EXPIRED))
    with pytest.raises(AssertionError, match="only exact evidence moves"):
        must_hold(State(), Said(status="Completed", amount=1), paid)
    with pytest.raises(AssertionError, match="an end is only what Khalti said"):
        must_hold(State(), Said(status="Initiated"), State(status=Status.FAILED))
    with pytest.raises(AssertionError, match="never lost"):
        must_hold(State(), Said(status="Ambiguous"), State())
    with pytest.raises(AssertionError, match="never missed"):
        must_hold(State(), Said(status="Completed"), State())
    with pytest.raises(AssertionError, match="once it is known"):
        must_hold(paid, Said(status="Partially Refunded"), replace(paid, **PARTLY, told=("completed", "refunded")))
    with pytest.raises(AssertionError, match="at most once"):
        must_hold(paid, Said(status="Completed"), replace(paid, told=("completed", "completed")))
