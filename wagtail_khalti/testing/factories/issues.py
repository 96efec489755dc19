"""Matters for a person, and news for the site's code."""

# factory_boy's declarations have no types.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from factory.declarations import LazyAttribute, SubFactory, Trait
from factory.django import DjangoModelFactory

from wagtail_khalti.exceptions import KeyRejected, PidxNotFound
from wagtail_khalti.ledger.refund_states import RefundTrigger
from wagtail_khalti.ledger.schedule import AFTER_EXPIRY
from wagtail_khalti.models import KhaltiDelivery, KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.refund import Method
from wagtail_khalti.testing.factories import refunding
from wagtail_khalti.testing.factories.history import LINK_TTL, History
from wagtail_khalti.testing.factories.payments import PaidFactory, PaymentFactory, of_what_is_gone
from wagtail_khalti.testing.factories.scenarios import fail_to_deliver, leave_untold

Kind = KhaltiIssue.Kind
Resolution = KhaltiIssue.Resolution


class IssueFactory(DjangoModelFactory[KhaltiIssue]):
    """An open matter of this ``kind``, with what leads to it: ``IssueFactory(kind=KhaltiIssue.Kind.NOT_FOUND)``.

    ``payment`` is made as the kind needs it, or is one that can come to it. ``at`` is when it was opened, now by
    default. With ``closed`` somebody, ``by``, has closed it with ``resolution`` and ``note``.
    """

    class Meta:
        model = KhaltiIssue

    class Params:
        closed = Trait(resolution=Resolution.RESOLVED)

    kind = Kind.AMOUNT_MISMATCH
    payment = None
    at = None
    resolution = ""
    by = None
    note = ""

    @classmethod
    def _build(cls, model_class: type[KhaltiIssue], *args: Any, **given: Any) -> KhaltiIssue:
        raise TypeError("A matter belongs to a history, which has to be stored: use IssueFactory() or create()")

    @classmethod
    def _create(cls, model_class: type[KhaltiIssue], *args: Any, **given: Any) -> KhaltiIssue:
        return _tell(**given)


class DeliveryFactory(DjangoModelFactory[KhaltiDelivery]):
    """News of a payment: delivered, or with ``pending`` not tried yet, or with ``failing`` tried in vain.

    ``payment`` is the factory's: ``DeliveryFactory(failing=True, payment__canceled=True)``; completed by default.
    """

    class Meta:
        model = KhaltiDelivery

    class Params:
        pending = Trait(fate="pending")
        failing = Trait(fate="failing")

    payment = SubFactory(PaidFactory)
    fate = "delivered"
    last_error = LazyAttribute(lambda made: "LookupError" if made.fate == "failing" else "")

    @classmethod
    def _build(cls, model_class: type[KhaltiDelivery], *args: Any, **given: Any) -> KhaltiDelivery:
        raise TypeError("News belongs to a history, which has to be stored: use DeliveryFactory() or create()")

    @classmethod
    def _create(
        cls,
        model_class: type[KhaltiDelivery],
        *args: Any,
        payment: KhaltiPayment,
        fate: str,
        last_error: str,
        **given: Any,
    ) -> KhaltiDelivery:
        event_type = payment.deliveries.filter(issue=None).order_by("pk").last()
        if event_type is None:
            raise ValueError(f"The site has nothing to hear of a payment that is {payment.status}")
        history = History.of(payment, at=event_type.created_at)
        history.deliveries = [event_type]
        if fate == "failing":
            fail_to_deliver(history, last_error)
        elif fate == "pending":
            leave_untold(history)
        for name, value in given.items():
            setattr(event_type, name, value)
        history.save()
        return event_type


def _tell(
    *,
    kind: Kind,
    payment: KhaltiPayment | None,
    at: datetime | None,
    resolution: str,
    by: Any,
    note: str,
    **columns: Any,
) -> KhaltiIssue:
    kind = Kind(kind)
    if payment is None:
        payment = _payment_for(kind, at)
    history = History.of(payment, at=at or timezone.now())
    if not any(issue.kind == kind and issue.is_open for issue in history.issues):
        DOUBTS[kind](history)
    issue = next(issue for issue in history.issues if issue.kind == kind and issue.is_open)
    if resolution:
        history.close(issue, Resolution(resolution), by=by, note=note)
    for name, value in columns.items():
        setattr(issue, name, value)
    history.save()
    return issue


def _payment_for(kind: Kind, at: datetime | None) -> KhaltiPayment:
    if kind is Kind.NOT_FOUND:  # only once the time of its link is over
        at = (at or timezone.now()) - LINK_TTL - AFTER_EXPIRY - timedelta(seconds=1)
    return PaymentFactory.create(timeline=BEGINNINGS.get(kind, "initiated"), at=at)


def _say(status: str, **said: Any) -> Callable[[History], None]:
    return lambda history: history.look_up(status, **said)


def _say_less(history: History) -> None:
    history.look_up("Completed", total_amount=history.payment.amount - 1)


def _know_no_pidx(history: History) -> None:
    history.record_no_answer(PidxNotFound("Khalti does not know this pidx"))
    history.open(Kind.NOT_FOUND, {"pidx": history.payment.pidx})


def _refuse_the_key(history: History) -> None:
    history.record_no_answer(KeyRejected("Khalti refuses the key"))
    history.open(Kind.KEY_REJECTED, {}, merchant=history.payment.merchant)


def _doubt_a_refund(history: History) -> None:
    payment = history.payment
    if not payment.refund_total:
        refunding.succeed(history, refunding.request(history, payment.amount // 5))
    refunding.be_unconfirmed(history, refunding.request(history, payment.amount // 3))


def _find_a_part(history: History) -> None:
    history.look_up("Partially Refunded")
    refunding.find(history, Method.DASHBOARD, None)


def _contradict(history: History) -> None:
    """Whoever sent it was stopped; a person looked and said that it was not made; then Khalti's yes came."""
    refund = refunding.request(history, history.payment.amount // 3)
    refunding.send(history, refund)
    refunding.apply_trigger(history, refund, RefundTrigger.ABANDONED)
    refunding.apply_trigger(history, refund, RefundTrigger.NOT_FOUND_BY_PERSON)
    refunding.apply_trigger(history, refund, RefundTrigger.ACCEPTED, answer=refunding.YES)


def _give_back_too_much(history: History) -> None:
    """A third in cash, and then all of it in Khalti's dashboard."""
    payment = history.payment
    refunding.find(history, Method.CASH, payment.amount // 3)
    history.look_up("Refunded")
    refunding.find(history, Method.DASHBOARD, payment.amount)


def _come_late(history: History) -> None:
    history.open(Kind.LATE_PAYMENT, {"was": "canceled"})


def _pay_twice(history: History) -> None:
    raise ValueError("That is for IssueFactory to make, or PaymentFactory(duplicate=True, payable=…)")


def _pay_again(history: History) -> None:
    earlier = PaymentFactory.create(completed=True, offer="signed", customer_email=history.payment.customer_email)
    history.payment.offer, history.payment.may_be_duplicate = "signed", True
    history.open(Kind.POSSIBLE_DUPLICATE, {"earlier": earlier.readable_reference})


def _lose_payable(history: History) -> None:
    for name, value in of_what_is_gone().items():
        setattr(history.payment, name, value)
    history.payment.is_primary = True
    history.open(Kind.PAYABLE_DELETED, {})


def _fail(history: History) -> None:
    history.deliveries = list(history.payment.deliveries.order_by("pk"))
    fail_to_deliver(history)


BEGINNINGS: Mapping[Kind, str] = {
    Kind.NOT_FOUND: "unasked",
    Kind.UNEXPECTED_STATUS: "completed",
    Kind.LATE_PAYMENT: "late",
    Kind.DUPLICATE_PAYMENT: "duplicate",
    Kind.POSSIBLE_DUPLICATE: "completed",
    Kind.PAYABLE_DELETED: "completed",
    Kind.REFUND_UNCONFIRMED: "completed",
    Kind.REFUND_AMOUNT_MISSING: "completed",
    Kind.REFUND_CONTRADICTED: "completed",
    Kind.OVER_REFUNDED: "completed",
    Kind.DELIVERY_FAILING: "completed",
}
"""The payment that it is about; of the kinds that are not here one that waits at Khalti."""

DOUBTS: Mapping[Kind, Callable[[History], None]] = {
    Kind.AMOUNT_MISMATCH: _say_less,
    Kind.PIDX_MISMATCH: _say("Completed", pidx="pidx-of-another"),
    Kind.UNKNOWN_STATUS: _say("Ambiguous"),
    Kind.UNEXPECTED_STATUS: _say("Expired"),
    Kind.CONFLICTING_STATUS: _say("Completed", refunded=True),
    Kind.NOT_FOUND: _know_no_pidx,
    Kind.KEY_REJECTED: _refuse_the_key,
    Kind.LATE_PAYMENT: _come_late,
    Kind.DUPLICATE_PAYMENT: _pay_twice,
    Kind.POSSIBLE_DUPLICATE: _pay_again,
    Kind.PAYABLE_DELETED: _lose_payable,
    Kind.REFUND_UNCONFIRMED: _doubt_a_refund,
    Kind.REFUND_AMOUNT_MISSING: _find_a_part,
    Kind.REFUND_CONTRADICTED: _contradict,
    Kind.OVER_REFUNDED: _give_back_too_much,
    Kind.DELIVERY_FAILING: _fail,
}
"""What leads to each kind."""
