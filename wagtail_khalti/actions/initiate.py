"""Send a payment to Khalti, at most one request at a time."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone

from wagtail_khalti.database.plain_sql import insert_rows, update_rows
from wagtail_khalti.database.transactions import require_no_transaction, short_transaction
from wagtail_khalti.exceptions import (
    AnswerDelayed,
    AnswerNotUnderstood,
    GatewayError,
    GatewayUnreachable,
    KhaltiError,
    RequestRejected,
)
from wagtail_khalti.gateway import (
    BreakdownLine,
    Customer,
    Initiated,
    InitiateRequest,
    Product,
    connect,
)
from wagtail_khalti.ledger import (
    INITIATE_LEASE,
    MIN_PAUSE,
    must_reserve_again,
    reserve_units,
)
from wagtail_khalti.lookups import call_briefly, merchant_of
from wagtail_khalti.mails import queue_link
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiPayment
from wagtail_khalti.models.reporting import invalidate_days_of
from wagtail_khalti.models.status import Status
from wagtail_khalti.money import Paisa
from wagtail_khalti.outbox import deliver

MAX_MESSAGE_LENGTH = 300
UNAVAILABLE = (GatewayUnreachable, AnswerNotUnderstood)
"""Khalti may respond again later; a rejected key is another matter."""


def initiate_payment(payment: KhaltiPayment) -> KhaltiPayment:
    """Get a pidx and a payment link from Khalti, if the payment has none yet.

    While another request is doing so, the payment is returned unchanged, without ``payment_url``. Raises
    ``RequestRejected`` (the payment has failed), any other ``GatewayError`` (it can be tried again: the visitor never
    got a link, so nothing can have been paid), or ``MerchantChanged``. A payment with a reservation that is not sent
    within ten minutes reserves its units again, and raises ``SoldOut`` if they are gone. Commits on its own, so it
    can't run inside a transaction.
    """
    require_no_transaction("initiate_payment")
    if payment.status != Status.CREATED:
        return payment
    merchant_of(payment)
    return send_leased(payment) if _lease(payment) else payment


def send_leased(payment: KhaltiPayment) -> KhaltiPayment:
    """Likewise, for the process that has the lease, by ``initiating_at``.

    If Khalti takes longer than a visitor waits, the payment is returned unchanged, too.
    """
    client, request = connect(merchant_of(payment)), _request(payment)
    try:
        outcome: Initiated | KhaltiError = call_briefly(
            payment.merchant,
            lambda: client.initiate(request),
            use_late_answer=lambda outcome: _use_late_answer(payment, outcome),
        )
    except AnswerDelayed:
        return payment
    except KhaltiError as error:
        outcome = error
    return _use(payment, outcome)


def _use_late_answer(payment: KhaltiPayment, outcome: Initiated | KhaltiError) -> None:
    """The payment is read again, because the caller keeps using the other object."""
    with suppress(KhaltiError):  # it has been recorded
        _use(KhaltiPayment.objects.get(pk=payment.pk), outcome)


def _use(payment: KhaltiPayment, outcome: Initiated | KhaltiError) -> KhaltiPayment:
    if isinstance(outcome, RequestRejected):
        _release(payment, KhaltiEvent.Kind.INITIATE_REJECTED, _fields(outcome), status=Status.FAILED)
        deliver(payment)
        raise outcome
    if isinstance(outcome, KhaltiError):
        _release(payment, KhaltiEvent.Kind.NO_ANSWER, _error(outcome), is_unavailable=isinstance(outcome, UNAVAILABLE))
        if isinstance(outcome, GatewayError):
            outcome.reference = payment.reference
        raise outcome
    return _accept(payment, outcome)


def _lease(payment: KhaltiPayment) -> bool:
    now = timezone.now()
    free = Q(initiating_at=None) | Q(initiating_at__lt=now - INITIATE_LEASE)
    with short_transaction():
        if must_reserve_again(payment):
            reserve_units(payment)
        mine = KhaltiPayment.objects.filter(free, pk=payment.pk, status=Status.CREATED).update(initiating_at=now)
        if mine:
            KhaltiEvent.objects.add(KhaltiEvent.about(payment, KhaltiEvent.Kind.INITIATE_SENT))
    payment.refresh_from_db()
    return bool(mine)


def _request(payment: KhaltiPayment) -> InitiateRequest:
    return InitiateRequest(
        return_url=payment.return_url,
        website_url=payment.website_url,
        amount=Paisa(payment.amount),
        purchase_order_id=payment.purchase_order_id,
        purchase_order_name=payment.purpose,
        customer=Customer(name=payment.customer_name, email=payment.customer_email, phone=payment.customer_phone),
        breakdown=[BreakdownLine(**line) for line in payment.breakdown],
        products=[Product(**product) for product in payment.products],
        merchant_extra=payment.merchant_extra,
    )


def _accept(payment: KhaltiPayment, answer: Initiated) -> KhaltiPayment:
    now = timezone.now()
    changes: dict[str, Any] = {
        "status": Status.INITIATED,
        "pidx": answer.pidx,
        "payment_url": answer.payment_url,
        "expires_at": answer.expires_at and _as_stored(answer.expires_at),
        "initiated_at": now,
        "next_check_at": now + MIN_PAUSE,
    }
    try:
        _release(payment, KhaltiEvent.Kind.INITIATED, answer.as_data(), **changes)
    except IntegrityError:
        error = AnswerNotUnderstood("initiate answered with the pidx of another payment")
        _release(payment, KhaltiEvent.Kind.NO_ANSWER, _error(error))
        raise error from None
    return payment


def _as_stored(moment: datetime) -> datetime:
    """Naive on a site with ``USE_TZ = False``."""
    return timezone.make_naive(moment) if timezone.is_naive(timezone.now()) else moment


def _release(
    payment: KhaltiPayment,
    kind: KhaltiEvent.Kind,
    data: dict[str, Any],
    *,
    is_unavailable: bool = False,
    **changes: Any,
) -> None:
    """Release the lease and record the outcome, unless another process got a pidx meanwhile."""
    has_failed = changes.get("status") == Status.FAILED
    if has_failed:
        changes["ended_at"] = timezone.now()
    with short_transaction():
        is_waiting = Q(id=payment.pk, status=Status.CREATED)
        mine = update_rows(KhaltiPayment, {"initiating_at": None, **changes}, where=is_waiting)
        event = KhaltiEvent.about(payment, kind, data=data)
        if kind == KhaltiEvent.Kind.NO_ANSWER:  # may repeat with each page view while Khalti is down
            KhaltiEvent.objects.add(event)
        else:
            insert_rows([event])
        if mine and "status" in changes:
            invalidate_days_of(payment.created_at)
        if mine and is_unavailable:
            queue_link(payment)
        if mine and has_failed:
            KhaltiDelivery.objects.create(payment=payment, event_type=KhaltiDelivery.EventType.ENDED)
    if not mine:
        payment.refresh_from_db()
        return
    for name, value in changes.items():
        setattr(payment, name, value)
    payment.initiating_at = None


def _fields(error: RequestRejected) -> dict[str, Any]:
    return {"fields": {name[:100]: text[:MAX_MESSAGE_LENGTH] for name, text in list(error.fields.items())[:20]}}


def _error(error: KhaltiError) -> dict[str, Any]:
    return {"request": "initiate", **error.as_data()}
