"""What must hold when all is quiet: Khalti's books and ours are equal, and each thing was sold and told once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from tests.crash.refund_books import differences_in_refunds, went_back_here
from tests.crash.shop import parcels, sales
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment, KhaltiReceiptCounter
from wagtail_khalti.models.status import PAID, SOFT_ENDS, Status

Entries = Iterable[Mapping[str, Any]]

OURS = {
    "initiated": Status.INITIATED,
    "pending": Status.PENDING,
    "completed": Status.COMPLETED,
    "partially refunded": Status.PARTIALLY_REFUNDED,
    "refunded": Status.REFUNDED,
    "user canceled": Status.CANCELED,
    "expired": Status.EXPIRED,
    "failed": Status.FAILED,
}
"""Khalti's words, and what we call it; told once more, so that the package's own table is checked, too."""


def differences(khalti: Entries) -> list[str]:
    """One line for each thing that is not as it must be."""
    entries = list(khalti)
    ours = list(KhaltiPayment.objects.order_by("pk").prefetch_related("events", "deliveries", "issues", "refunds"))
    return [
        *_between_the_books(entries, ours),
        *(f"{payment.purpose}: {fault}" for payment in ours for fault in _in_one(payment)),
        *_receipt_numbers(ours),
        *_in_the_shop(ours),
        *_left_behind(),
    ]


def _receipt_numbers(ours: list[KhaltiPayment]) -> Iterator[str]:
    """From 1 on, each once, for all that is paid; no number was taken for nothing."""
    numbers: dict[tuple[str, str, int | None], list[int | None]] = {}
    for payment in filter(lambda payment: payment.is_paid, ours):
        numbers.setdefault((payment.merchant, payment.mode, payment.receipt_year), []).append(payment.receipt_number)
    taken = {
        (counter.merchant, counter.mode, counter.year): counter.last_number
        for counter in KhaltiReceiptCounter.objects.all()
    }
    for account in numbers.keys() | taken.keys():
        found, last = sorted(number or 0 for number in numbers.get(account, ())), taken.get(account, 0)
        if found != list(range(1, last + 1)):
            yield f"receipts {found}, and {last} numbers were taken"


def _between_the_books(entries: list[Any], ours: list[KhaltiPayment]) -> Iterator[str]:
    theirs = {entry["pidx"]: entry for entry in entries}
    for payment in ours:
        entry = theirs.pop(payment.pidx, None) if payment.pidx else None
        if payment.pidx and entry is None:
            yield f"{payment.purpose}: Khalti does not know it"
        elif entry:
            yield from _between_two(entry, payment)
            yield from (f"{payment.purpose}: {fault}" for fault in differences_in_refunds(entry, payment))
        elif payment.status in PAID:
            yield f"{payment.purpose}: paid here, and Khalti never heard of it"
    order_ids = {payment.purchase_order_id for payment in ours}
    for entry in theirs.values():  # such as where the answer to initiate was lost, and nobody saw the link
        if entry["paid"]:
            yield f"{entry['pidx']}: paid at Khalti, and we don't know it"
        if entry["purchase_order_id"] not in order_ids:
            yield f"{entry['pidx']}: Khalti has an order that we have not"
    received = sum(payment.amount for payment in ours if payment.is_paid)
    if received != (paid := sum(entry["paid"] for entry in entries)):
        yield f"{received} paisa received, {paid} paid"


def _between_two(entry: Mapping[str, Any], payment: KhaltiPayment) -> Iterator[str]:
    status = OURS[entry["status"].casefold()]
    if payment.status != status:
        yield f"{payment.purpose}: {payment.status} here, {entry['status']} at Khalti"
    if payment.is_paid and entry["paid"] != payment.amount:
        yield f"{payment.purpose}: {payment.amount} paisa here, {entry['paid']} at Khalti"
    if payment.is_paid and (payment.fee, payment.transaction_id) != (entry["fee"], entry["transaction_id"]):
        yield f"{payment.purpose}: another fee or transaction than at Khalti"


def _in_one(payment: KhaltiPayment) -> Iterator[str]:
    yield from _history(payment)
    yield from _told(payment)
    yield from _issues(payment)
    if payment.leased_until is not None:
        yield "still claimed"


def _told(payment: KhaltiPayment) -> Iterator[str]:
    """The site hears of each sale, of each end, and of each refund; of a second payment only that it ended."""
    moves = _moves(payment)
    is_first = payment.duplicate_of_id is None
    should = {
        "completed": is_first * len(_sales(moves)),
        "refunded": is_first * len(went_back_here(payment)),
        "ended": sum(to in SOFT_ENDS for _was, to in moves) + _count(payment, "initiate_rejected"),
    }
    told = Counter(delivery.event_type for delivery in payment.deliveries.all())
    if len(_sales(moves)) > 1 or told["completed"] > 1:
        yield f"sold {len(_sales(moves))} times, told {told['completed']} times, after {moves}"
    for event_type, times in should.items():
        if told[event_type] != times:
            yield f"{event_type} told {told[event_type]} times, not {times} times, after {moves}"


def _issues(payment: KhaltiPayment) -> Iterator[str]:
    """One for a second payment, one for a late payment; where it is both, the first one says what is to be done."""
    is_second = payment.duplicate_of_id is not None
    should = {
        "duplicate_payment": is_second and bool(_sales(_moves(payment))),
        "late_payment": payment.is_late and not is_second,
    }
    opened = Counter(issue.kind for issue in payment.issues.all())
    for kind, is_due in should.items():
        if opened[kind] != is_due:
            yield f"{opened[kind]} reviews: {kind}"
    closed = sum(issue.is_open is None for issue in payment.issues.all())
    if closed != _count(payment, "issue_resolved"):
        yield f"{closed} issues resolved, {_count(payment, 'issue_resolved')} resolutions on record"


def _sales(moves: list[tuple[str, str]]) -> list[str]:
    return [to for was, to in moves if was not in PAID and to in PAID - {Status.REFUNDED}]


def _count(payment: KhaltiPayment, kind: str) -> int:
    return sum(event.kind == kind for event in payment.events.all())


def _moves(payment: KhaltiPayment) -> list[tuple[str, str]]:
    events = sorted(payment.events.all(), key=lambda event: event.pk)
    return [(event.data["from"], event.data["to"]) for event in events if event.kind == "status_changed"]


def _history(payment: KhaltiPayment) -> Iterator[str]:
    """Each status follows from an event."""
    moves = [("created", "initiated")] * _count(payment, "initiated") + _moves(payment)
    moves += [("created", "failed")] * _count(payment, "initiate_rejected")
    if any(was[1] != now[0] for was, now in pairwise([("", "created"), *moves])):
        yield f"a history with a gap, {moves}"
    if payment.status != (moves[-1][1] if moves else "created"):
        yield f"{payment.status}, and the history says {moves}"
    if _count(payment, "created") != 1:
        yield f"created {_count(payment, 'created')} times"
    if any(was in PAID and now not in PAID for was, now in moves):
        yield f"paid, and then not paid any more: {moves}"


def _in_the_shop(ours: list[KhaltiPayment]) -> Iterator[str]:
    should = Counter(
        (delivery.event_type, payment.reference) for payment in ours for delivery in payment.deliveries.all()
    )
    done = parcels()
    for event_type, reference in should | done:
        if should[event_type, reference] != done[event_type, reference]:
            times = f"told {should[event_type, reference]} times, done {done[event_type, reference]} times"
            yield f"{reference}: {event_type} {times}"
    sold = Counter(
        payment.payable_id
        for payment in ours
        for delivery in payment.deliveries.all()
        if payment.payable_id and delivery.event_type == "completed"
    )
    for thing, times in sales().items():
        if times != sold[thing]:
            yield f"thing {thing}: sold {sold[thing]} times, given away {times} times"
    yield from _sold_twice(ours)


def _sold_twice(ours: list[KhaltiPayment]) -> Iterator[str]:
    """What was given back in full can be sold again; the rest only once."""
    held = Counter(
        payment.payable_id
        for payment in ours
        if payment.payable_id and payment.is_paid and _is_kept(payment) and payment.duplicate_of_id is None
    )
    yield from (f"thing {thing}: sold to {times}" for thing, times in held.items() if times > 1)


def _is_kept(payment: KhaltiPayment) -> bool:
    """Whether some of the money is still ours; what is on its way counts as kept until it is known."""
    went_back = sum(refund.amount for refund in went_back_here(payment))
    return payment.status != Status.REFUNDED and went_back < payment.amount


def _left_behind() -> Iterator[str]:
    for delivery in KhaltiDelivery.objects.undelivered():
        yield f"{delivery.event_type} of {delivery.payment.reference} was never told"
