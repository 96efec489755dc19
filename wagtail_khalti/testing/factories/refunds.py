"""Refunds."""

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
    """A third of a paid payment, given back through Khalti; a trait says how far it came instead.

    ``payment`` is one that is paid, or is made: ``RefundFactory(payment__amount=90_000)``. ``amount`` is in paisa.
    ``at`` is when it began, now by default, and ``by`` the person. ``requested`` and ``processing`` are under way:
    minutes later they would be something else. Of ``lost`` Khalti's answer did not arrive; ``unconfirmed`` is one that
    comes after another refund, so that no lookup can tell. ``external`` is in cash, unless ``method`` says otherwise;
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
        unconfirmed = Trait(state=State.UNCONFIRMED, is_doubted=True)
        nameless = Trait(state=State.EXTERNAL, method=Method.DASHBOARD, amount=None)

    payment = SubFactory(PaidFactory)
    state = State.SUCCEEDED
    method = LazyAttribute(lambda made: Method.CASH if made.state == State.EXTERNAL else Method.KHALTI)
    amount = LazyAttribute(lambda made: made.payment.amount // 3)
    is_doubted = False
    answer = "Wallet balance is not sufficient."
    """Khalti's words where it refuses."""
    at = None
    by = None

    @classmethod
    def _build(cls, model_class: type[KhaltiRefund], *args: Any, **given: Any) -> KhaltiRefund:
        raise TypeError("A refund belongs to a history, which has to be stored: use RefundFactory() or create()")

    @classmethod
    def _create(cls, model_class: type[KhaltiRefund], *args: Any, **given: Any) -> KhaltiRefund:
        return _tell(**given)


def _tell(
    *,
    payment: KhaltiPayment,
    state: State,
    method: Method,
    amount: int | None,
    is_doubted: bool,
    answer: str,
    at: datetime | None,
    by: Any,
    reason: str = "",
    mobile: str = "",
    **columns: Any,
) -> KhaltiRefund:
    history = History.of(payment, at=at or timezone.now())
    if is_doubted and not payment.refund_total:
        refunding.succeed(history, refunding.request(history, payment.amount // 5))
    if state == State.EXTERNAL:
        refund = _find(history, method, amount, by=by)
        refund.reason = reason
    else:
        refund = refunding.request(history, amount or 0, by=by, reason=reason, mobile=mobile)
        _go_on(history, refund, state, answer, is_doubted=is_doubted)
    if not refund.is_in_progress:
        history.keep_asking()
    for name, value in columns.items():
        setattr(refund, name, value)
    history.save()
    return refund


def _find(history: History, method: Method, amount: int | None, *, by: Any) -> KhaltiRefund:
    """What went back in the dashboard Khalti tells of; the rest only the person who did it."""
    if method == Method.DASHBOARD:
        is_all = amount is not None and amount >= history.payment.refundable
        history.look_up("Refunded" if is_all else "Partially Refunded")
    return refunding.find(history, method, amount, by=by)


def _go_on(history: History, refund: KhaltiRefund, state: State, answer: str, *, is_doubted: bool) -> None:
    if state == State.PROCESSING:
        refunding.send(history, refund)
    elif state == State.SUCCEEDED:
        refunding.succeed(history, refund)
    elif state == State.FAILED:
        refunding.be_refused(history, refund, answer)
    elif is_doubted:
        refunding.be_unconfirmed(history, refund)
    elif state == State.UNCONFIRMED:
        refunding.lose_the_answer(history, refund)
