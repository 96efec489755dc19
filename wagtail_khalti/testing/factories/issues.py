"""Factories of issues and deliveries."""

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
from wagtail_khalti.models import KhaltiDelivery, KhaltiInventory, KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.refund import Method
from wagtail_khalti.testing.factories import refunding
from wagtail_khalti.testing.factories.history import LINK_TTL, History
from wagtail_khalti.testing.factories.payments import PaidFactory, PaymentFactory, missing_payable
from wagtail_khalti.testing.factories.scenarios import fail_delivery, leave_undelivered, mark_oversold

Kind = KhaltiIssue.Kind
Resolution = KhaltiIssue.Resolution


class IssueFactory(DjangoModelFactory[KhaltiIssue]):
    """An open issue of this ``kind``, with its cause: ``IssueFactory(kind=KhaltiIssue.Kind.NOT_FOUND)``.

    ``payment`` is created as the kind needs it, or must be suitable. ``at`` is when it was opened, now by
    default. With ``resolved`` it was resolved, ``by`` somebody, with ``resolution`` and ``note``.
    """

    class Meta:
        model = KhaltiIssue

    class Params:
        resolved = Trait(resolution=Resolution.RESOLVED)

    kind = Kind.AMOUNT_MISMATCH
    payment = None
    at = None
    resolution = ""
    by = None
    note = ""

    @classmethod
    def _build(cls, model_class: type[KhaltiIssue], *args: Any, **given: Any) -> KhaltiIssue:
        raise TypeError("An issue needs a stored payment: use IssueFactory() or create()")

    @classmethod
    def _create(cls, model_class: type[KhaltiIssue], *args: Any, **given: Any) -> KhaltiIssue:
        return _issue_of(**given)


class DeliveryFactory(DjangoModelFactory[KhaltiDelivery]):
    """An event of a payment: delivered, or ``pending``, or ``failing``.

    ``payment`` is the factory's: ``DeliveryFactory(failing=True, payment__canceled=True)``; completed by default.
    """

    class Meta:
        model = KhaltiDelivery

    class Params:
        pending = Trait(outcome="pending")
        failing = Trait(outcome="failing")

    payment = SubFactory(PaidFactory)
    outcome = "delivered"
    last_error = LazyAttribute(lambda made: "LookupError" if made.outcome == "failing" else "")

    @classmethod
    def _build(cls, model_class: type[KhaltiDelivery], *args: Any, **given: Any) -> KhaltiDelivery:
        raise TypeError("A delivery needs a stored payment: use DeliveryFactory() or create()")

    @classmethod
    def _create(
        cls,
        model_class: type[KhaltiDelivery],
        *args: Any,
        payment: KhaltiPayment,
        outcome: str,
        last_error: str,
        **given: Any,
    ) -> KhaltiDelivery:
        delivery = payment.deliveries.filter(issue=None).order_by("pk").last()
        if delivery is None:
            raise ValueError(f"A payment with the status {payment.status} has no event")
        history = History.of(payment, at=delivery.created_at)
        history.deliveries = [delivery]
        if outcome == "failing":
            fail_delivery(history, last_error)
        elif outcome == "pending":
            leave_undelivered(history)
        for name, value in given.items():
            setattr(delivery, name, value)
        history.save()
        return delivery


def _issue_of(
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
        CAUSES[kind](history)
    issue = next(issue for issue in history.issues if issue.kind == kind and issue.is_open)
    if resolution:
        history.resolve(issue, Resolution(resolution), by=by, note=note)
    for name, value in columns.items():
        setattr(issue, name, value)
    history.save()
    return issue


def _payment_for(kind: Kind, at: datetime | None) -> KhaltiPayment:
    if kind is Kind.NOT_FOUND:  # only after its link has expired
        at = (at or timezone.now()) - LINK_TTL - AFTER_EXPIRY - timedelta(seconds=1)
    return PaymentFactory.create(scenario=FIRST_SCENARIOS.get(kind, "initiated"), at=at)


def _look_up(status: str, **fields: Any) -> Callable[[History], None]:
    return lambda history: history.look_up(status, **fields)


def _report_less(history: History) -> None:
    history.look_up("Completed", total_amount=history.payment.amount - 1)


def _report_not_found(history: History) -> None:
    history.fail_lookup(PidxNotFound("Khalti has no such pidx"))
    history.open(Kind.NOT_FOUND, {"pidx": history.payment.pidx})


def _reject_key(history: History) -> None:
    history.fail_lookup(KeyRejected("Khalti rejects the key"))
    history.open(Kind.KEY_REJECTED, {}, merchant=history.payment.merchant)


def _leave_refund_unconfirmed(history: History) -> None:
    payment = history.payment
    if not payment.refund_total:
        refunding.succeed(history, refunding.request(history, payment.amount // 5))
    refunding.leave_unconfirmed(history, refunding.request(history, payment.amount // 3))


def _find_partial_refund(history: History) -> None:
    history.look_up("Partially Refunded")
    refunding.record_external(history, Method.DASHBOARD, None)


def _contradict_refund(history: History) -> None:
    """Its process was stopped, a person found no refund, and then Khalti's acceptance arrived."""
    refund = refunding.request(history, history.payment.amount // 3)
    refunding.send(history, refund)
    refunding.apply_trigger(history, refund, RefundTrigger.ABANDONED)
    refunding.apply_trigger(history, refund, RefundTrigger.NOT_FOUND_BY_PERSON)
    refunding.apply_trigger(history, refund, RefundTrigger.ACCEPTED, answer=refunding.ACCEPTED)


def _refund_too_much(history: History) -> None:
    """A third in cash, and then all of it in Khalti's dashboard."""
    payment = history.payment
    refunding.record_external(history, Method.CASH, payment.amount // 3)
    history.look_up("Refunded")
    refunding.record_external(history, Method.DASHBOARD, payment.amount)


def _pay_late(history: History) -> None:
    history.open(Kind.LATE_PAYMENT, {"was": "canceled"})


def _raise_for_duplicate(history: History) -> None:
    raise ValueError("Leave out the payment, or use PaymentFactory(duplicate=True, payable=…)")


def _pay_again(history: History) -> None:
    earlier = PaymentFactory.create(completed=True, offer="signed", customer_email=history.payment.customer_email)
    history.payment.offer, history.payment.may_be_duplicate = "signed", True
    history.open(Kind.POSSIBLE_DUPLICATE, {"earlier": earlier.readable_reference})


def _oversell(history: History) -> None:
    history.payment.inventory = last = KhaltiInventory.objects.create(key=f"sold-out-{history.payment.pk}", limit=1)
    PaymentFactory.create(completed=True, inventory=last)
    mark_oversold(history, taken=2, limit=1)


def _delete_payable(history: History) -> None:
    for name, value in missing_payable().items():
        setattr(history.payment, name, value)
    history.payment.is_primary = True
    history.open(Kind.PAYABLE_DELETED, {})


def _fail_delivery(history: History) -> None:
    history.deliveries = list(history.payment.deliveries.order_by("pk"))
    fail_delivery(history)


FIRST_SCENARIOS: Mapping[Kind, str] = {
    Kind.NOT_FOUND: "never_checked",
    Kind.UNEXPECTED_STATUS: "completed",
    Kind.LATE_PAYMENT: "late",
    Kind.DUPLICATE_PAYMENT: "duplicate",
    Kind.POSSIBLE_DUPLICATE: "completed",
    Kind.OVERSOLD: "late",
    Kind.PAYABLE_DELETED: "completed",
    Kind.REFUND_UNCONFIRMED: "completed",
    Kind.REFUND_AMOUNT_MISSING: "completed",
    Kind.REFUND_CONTRADICTED: "completed",
    Kind.OVER_REFUNDED: "completed",
    Kind.DELIVERY_FAILING: "completed",
}
"""The scenario of its payment; ``initiated`` for all other kinds."""

CAUSES: Mapping[Kind, Callable[[History], None]] = {
    Kind.AMOUNT_MISMATCH: _report_less,
    Kind.PIDX_MISMATCH: _look_up("Completed", pidx="pidx-of-another"),
    Kind.UNKNOWN_STATUS: _look_up("Ambiguous"),
    Kind.UNEXPECTED_STATUS: _look_up("Expired"),
    Kind.CONFLICTING_STATUS: _look_up("Completed", refunded=True),
    Kind.NOT_FOUND: _report_not_found,
    Kind.KEY_REJECTED: _reject_key,
    Kind.LATE_PAYMENT: _pay_late,
    Kind.DUPLICATE_PAYMENT: _raise_for_duplicate,
    Kind.POSSIBLE_DUPLICATE: _pay_again,
    Kind.OVERSOLD: _oversell,
    Kind.PAYABLE_DELETED: _delete_payable,
    Kind.REFUND_UNCONFIRMED: _leave_refund_unconfirmed,
    Kind.REFUND_AMOUNT_MISSING: _find_partial_refund,
    Kind.REFUND_CONTRADICTED: _contradict_refund,
    Kind.OVER_REFUNDED: _refund_too_much,
    Kind.DELIVERY_FAILING: _fail_delivery,
}
"""What causes each kind."""
