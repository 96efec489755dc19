"""What must hold of refunds when all is quiet: what went back at Khalti is what we think, and Khalti was asked once."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import AT_KHALTI, DONE, IN_PROGRESS, Method, State
from wagtail_khalti.models.status import Status


def went_back_here(payment: KhaltiPayment) -> list[KhaltiRefund]:
    """The refunds that are done, of which it is known how much it was, in the order in which that was known."""
    known = [refund for refund in payment.refunds.all() if refund.state in DONE and refund.amount is not None]
    return sorted(known, key=lambda refund: (refund.resolved_at, refund.pk))


def differences_in_refunds(entry: Mapping[str, Any], payment: KhaltiPayment) -> Iterator[str]:
    """``entry`` is Khalti's, with the calls of its refund endpoint, and what went back ``unseen``.

    That is what somebody gave back in the dashboard after other refunds, which no answer of Khalti's tells; None where
    it was given back while it was not known what became of a refund of ours.
    """
    refunds = list(payment.refunds.all())
    yield from _in_the_sum(payment, refunds)
    yield from _at_khalti(entry, payment, refunds)
    yield from _undecided(payment, [refund for refund in refunds if refund.state in IN_PROGRESS])
    yield from _without_amount(payment, refunds)
    yield from _on_record(payment, refunds)


def _in_the_sum(payment: KhaltiPayment, refunds: list[KhaltiRefund]) -> Iterator[str]:
    total = sum(refund.amount or 0 for refund in refunds if refund.state != State.FAILED)
    if payment.refund_total != total:
        yield f"{payment.refund_total} paisa set aside or given back, and the refunds say {total}"
    if total > payment.amount:
        yield f"{total} of {payment.amount} paisa given back"
    left = payment.amount
    for refund in went_back_here(payment):
        left -= refund.amount
        if refund.refundable != left:
            yield f"{refund.refundable} paisa remained after a refund, not {left}"


def _at_khalti(entry: Mapping[str, Any], payment: KhaltiPayment, refunds: list[KhaltiRefund]) -> Iterator[str]:
    sent = sum(refund.sent_at is not None for refund in refunds)
    if entry["refund_calls"] > sent:
        yield f"Khalti was asked {entry['refund_calls']} times for {sent} refunds"
    if entry["returned"] > entry["paid"]:
        yield f"{entry['returned']} of {entry['paid']} paisa went back at Khalti"

    noted = sum(refund.amount for refund in went_back_here(payment) if refund.method in AT_KHALTI)
    doubtful = {noted + (refund.amount or 0) for refund in refunds if refund.state in IN_PROGRESS}
    unseen = entry.get("unseen", 0)
    too_much = _too_much(payment)
    if any(map(_is_nameless, refunds)):
        if noted or not entry["returned"]:
            yield f"a refund without amount, {noted} paisa noted, {entry['returned']} back at Khalti"
    elif payment.status == Status.REFUNDED:
        yield from _all_is_back(payment, payment.amount - noted)
    elif unseen is not None and entry["returned"] - unseen - too_much not in {noted, *doubtful}:
        yield f"{noted} paisa noted as given back by Khalti, {entry['returned']} back at Khalti, {unseen} of it unseen"


def _is_nameless(refund: KhaltiRefund) -> bool:
    """Nobody has entered how much it was. Where it was beyond what was left, nothing of it counts."""
    return refund.amount is None and refund.resolved_at is None


def _all_is_back(payment: KhaltiPayment, missing: int) -> Iterator[str]:
    """What is missing among the refunds at Khalti went back past it before."""
    if payment.refund_total != payment.amount:
        yield f"all is back at Khalti, and {payment.refund_total} of {payment.amount} here"
    if missing and not _too_much(payment):
        yield f"{missing} paisa too much went back, and nobody is told"


def _too_much(payment: KhaltiPayment) -> int:
    """What people were told went back beyond what was paid."""
    told = [issue.details for issue in payment.issues.all() if issue.kind == "over_refunded"]
    return max((details["excess"] for details in told), default=0)


def _undecided(payment: KhaltiPayment, in_progress: list[KhaltiRefund]) -> Iterator[str]:
    open_issues = _open(payment)
    for refund in in_progress:
        if refund.state != State.UNCONFIRMED:
            yield f"a refund left {refund.state}"
        elif "refund_unconfirmed" not in open_issues:
            yield "a refund in doubt, and nobody is told"
    if len(in_progress) > 1:
        yield f"{len(in_progress)} refunds undecided at once"
    if bool(payment.refunding_since) != bool(in_progress):
        yield f"being refunded since {payment.refunding_since}, {len(in_progress)} undecided"
    if "refund_unconfirmed" in open_issues and not in_progress:
        yield "an issue about an unconfirmed refund, and there is none"


def _without_amount(payment: KhaltiPayment, refunds: list[KhaltiRefund]) -> Iterator[str]:
    nameless = sum(map(_is_nameless, refunds))
    if nameless > 1 or nameless != ("refund_amount_missing" in _open(payment)):
        yield f"{nameless} refunds without amount, open are {_open(payment)}"


def _open(payment: KhaltiPayment) -> list[str]:
    return [issue.kind for issue in payment.issues.all() if issue.is_open]


def _on_record(payment: KhaltiPayment, refunds: list[KhaltiRefund]) -> Iterator[str]:
    """Each refund of ours is asked for, sent and made at most once, and all of it is in the history."""
    told = Counter((event.kind, event.data.get("refund")) for event in payment.events.all())
    for refund in refunds:
        is_ours = refund.method == Method.KHALTI
        should = {
            "refund_requested": is_ours,
            "refund_sent": refund.sent_at is not None,
            "refund_succeeded": refund.state == State.SUCCEEDED,
        }
        for kind, is_due in should.items():
            if told[kind, refund.reference] != is_due:
                yield f"a refund is {refund.state}, and {kind} is told {told[kind, refund.reference]} times"
        if refund.state == State.FAILED and not told["refund_failed", refund.reference]:
            yield "a refund is refused, and no event tells it"
        if not is_ours and not told["refund_recorded", refund.reference]:
            yield f"a refund by {refund.method}, and no event tells it"
