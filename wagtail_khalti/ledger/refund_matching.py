"""Match Khalti's status of a payment with our refunds of it.

Runs after each lookup, whether or not Khalti responded, after each step of a refund, before the next refund begins, and
when staff open a page about a refund.
"""

from __future__ import annotations

from collections.abc import Sequence

from wagtail_khalti.database.transactions import short_transaction
from wagtail_khalti.ledger.issues import open_issue
from wagtail_khalti.ledger.locks import lock_payment
from wagtail_khalti.ledger.refund_states import RefundTrigger
from wagtail_khalti.ledger.refunds import about, move_refund, record_external_refund, report_over_refund
from wagtail_khalti.ledger.unconfirmed_refunds import is_at_work, outcome_of, was_not_seen
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import Method, State
from wagtail_khalti.models.status import WITH_REFUNDS, Status
from wagtail_khalti.money import Paisa


def match_refunds_now(payment: KhaltiPayment) -> None:
    """As ``match_refunds``, in its own transaction, so that the result stays even if the caller raises."""
    with short_transaction():
        lock_payment(payment)
        match_refunds(payment)


def match_refunds(payment: KhaltiPayment) -> None:
    """Resolve unconfirmed refunds if possible, and record manual ones. Needs a transaction that locks the payment."""
    if not payment.refunding_since and payment.status not in WITH_REFUNDS:
        return
    refunds = list(payment.refunds.order_by("pk"))
    for refund in refunds:
        refund.payment = payment  # share one object, so that all see its changes
    for refund in refunds:
        if refund.is_in_progress and not _is_decided(refund, refunds):
            return  # another refund could not be distinguished from it
    _record_external(payment, [refund for refund in refunds if refund.is_done and refund.is_at_khalti])


def _is_decided(refund: KhaltiRefund, refunds: Sequence[KhaltiRefund]) -> bool:
    if not refund.is_unconfirmed:
        if is_at_work(refund):
            return False  # that process will report the outcome
        move_refund(refund, RefundTrigger.ABANDONED)
    if refund.is_unconfirmed:
        _decide(refund, [other for other in refunds if other is not refund and other.is_done and other.is_at_khalti])
    return not refund.is_in_progress


def _decide(refund: KhaltiRefund, others: Sequence[KhaltiRefund]) -> None:
    outcome = outcome_of(refund, others)
    if isinstance(outcome, RefundTrigger):
        move_refund(refund, outcome)
    elif outcome:
        open_issue(refund.payment, outcome, about(refund))
    elif refund.not_seen_at is None and was_not_seen(refund):
        refund.not_seen_at = refund.payment.confirmed_at
        refund.save(update_fields=["not_seen_at"])


def _record_external(payment: KhaltiPayment, known: Sequence[KhaltiRefund]) -> None:
    """``known``: those made at Khalti."""
    if payment.status == Status.PARTIALLY_REFUNDED and not known:
        refund = KhaltiRefund(payment=payment, state=State.EXTERNAL, method=Method.DASHBOARD)
        record_external_refund(refund, None)
        open_issue(payment, KhaltiIssue.Kind.REFUND_AMOUNT_MISSING, about(refund))
    elif payment.status == Status.REFUNDED:
        _record_the_rest(payment, known)


def _record_the_rest(payment: KhaltiPayment, known: Sequence[KhaltiRefund]) -> None:
    """The payment is fully refunded, so the amounts that we didn't know are known now."""
    missing = Paisa(payment.amount - sum(refund.amount or 0 for refund in known))
    without_amount = next((refund for refund in known if refund.lacks_amount), None)
    if without_amount or (missing and payment.refundable):
        refund = without_amount or KhaltiRefund(payment=payment, state=State.EXTERNAL, method=Method.DASHBOARD)
        record_external_refund(refund, missing)
    elif missing:
        report_over_refund(payment, missing)
