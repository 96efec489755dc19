"""The factory of refunds."""

# factory_boy's declarations have no types.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from factory.declarations import LazyAttribute, SubFactory, Trait
from factory.django import DjangoModelFactory

from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import Method, State
from wagtail_khalti.testing.factories import refunding
from wagtail_khalti.testing.factories.history import History
from wagtail_khalti.testing.factories.payments import PaidFactory


class RefundFactory(DjangoModelFactory[KhaltiRefund]):
    """A refund of a third of a payment through Khalti, succeeded or in the state of a trait.

    ``payment`` must be paid, or is created: ``RefundFactory(payment__amount=90_000)``. ``amount`` is in paisa.
    ``at`` is when it began, now by default, and ``by`` the person. ``requested`` and ``processing`` are under way:
    minutes later they would be something else. The response to ``lost`` did not arrive; ``unconfirmed``
    follows another refund, so that no lookup can decide. ``external`` is in cash, unless ``method`` says otherwise;
    ``nameless`` was made in Khalti's dashboard, and nobody knows how much it was.
    """

    class Meta:
        model = KhaltiRefund

    class Params:
        requested = Trait(state=State.REQUESTED)
        processing = Trait(state=State.PROCESSING)
        lost = Trait(state=State.UNCONFIRMED)
        succeeded = Trait(state=State.SUCCEEDED)
        failed = Trait(state=State.FAILED)
        external = Trait(state=State.EXTERNAL)
        unconfirmed = Trait(state=State.UNCONFIRMED, follows_another=True)
        nameless = Trait(state=State.EXTERNAL, method=Method.DASHBOARD, amount=None)

    payment = SubFactory(PaidFactory)
    state = State.SUCCEEDED
    method = LazyAttribute(lambda made: Method.CASH if made.state == State.EXTERNAL else Method.KHALTI)
    amount = LazyAttribute(lambda made: made.payment.amount // 3)
    follows_another = False
    answer = "Wallet balance is not sufficient."
    """Khalti's message if it rejects the refund."""
    at = None
    by = None

    @classmethod
    def _build(cls, model_class: type[KhaltiRefund], *args: Any, **given: Any) -> KhaltiRefund:
        raise TypeError("A refund needs a stored payment: use RefundFactory() or create()")

    @classmethod
    def _create(cls, model_class: type[KhaltiRefund], *args: Any, **given: Any) -> KhaltiRefund:
        return _refund_of(**given)


def _refund_of(
    *,
    payment: KhaltiPayment,
    state: State,
    method: Method,
    amount: int | None,
    follows_another: bool,
    answer: str,
    at: datetime | None,
    by: Any,
    reason: str = "",
    mobile: str = "",
    **columns: Any,
) -> KhaltiRefund:
    history = History.of(payment, at=at or timezone.now())
    if follows_another and not payment.refund_total:
        refunding.succeed(history, refunding.request(history, payment.amount // 5))
    if state == State.EXTERNAL:
        refund = _record_external(history, method, amount, by=by)
        refund.reason = reason
    else:
        refund = refunding.request(history, amount or 0, by=by, reason=reason, mobile=mobile)
        _process(history, refund, state, answer, follows_another=follows_another)
    if not refund.is_in_progress:
        history.run_schedule()
    for name, value in columns.items():
        setattr(refund, name, value)
    history.save()
    return refund


def _record_external(history: History, method: Method, amount: int | None, *, by: Any) -> KhaltiRefund:
    """A refund in the dashboard shows in a lookup; another one is only recorded."""
    if method == Method.DASHBOARD:
        is_all = amount is not None and amount >= history.payment.refundable
        history.look_up("Refunded" if is_all else "Partially Refunded")
    return refunding.record_external(history, method, amount, by=by)


def _process(history: History, refund: KhaltiRefund, state: State, answer: str, *, follows_another: bool) -> None:
    if state == State.PROCESSING:
        refunding.send(history, refund)
    elif state == State.SUCCEEDED:
        refunding.succeed(history, refund)
    elif state == State.FAILED:
        refunding.reject(history, refund, answer)
    elif follows_another:
        refunding.leave_unconfirmed(history, refund)
    elif state == State.UNCONFIRMED:
        refunding.lose_response(history, refund)
