"""Send a payment to Khalti, at most one request at a time."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone

from wagtail_khalti.database.transactions import require_no_transaction, short_transaction
from wagtail_khalti.exceptions import AnswerDelayed, AnswerNotUnderstood, KhaltiError, RequestRejected
from wagtail_khalti.gateway import (
    BreakdownLine,
    Customer,
    Initiated,
    InitiateRequest,
    Product,
    connect,
)
from wagtail_khalti.ledger import MIN_PAUSE, invalidate_days_of
from wagtail_khalti.lookups import call_briefly, merchant_of
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.money import Paisa
from wagtail_khalti.outbox import deliver

INITIATE_LEASE = timedelta(seconds=90)  # longer than a request lasts, or else two may ask and the first answer counts
MAX_WORDS_LENGTH = 300


def initiate_payment(payment: KhaltiPayment) -> KhaltiPayment:
    """Get a pidx and a payment link from Khalti, where the payment has none yet.

    While another request is doing so, the payment comes back unchanged, without ``payment_url``. Raises
    ``RequestRejected`` (the payment has failed), any other ``GatewayError`` (it can be tried again: the visitor never
    got a link, so nothing can have been paid), or ``MerchantChanged``. Commits on its own, so it can't run inside a
    transaction.
    """
    require_no_transaction("initiate_payment")
    if payment.status != Status.CREATED:
        return payment
    merchant_of(payment)
    return send_leased(payment) if _lease(payment) else payment


def send_leased(payment: KhaltiPayment) -> KhaltiPayment:
    """The same for who holds the claim: whoever wrote ``initiating_at`` and the event that goes with it.

    Khalti may take longer than a visitor waits. Then it is as while another request is sending it.
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
    """The payment is read anew: whoever asked goes on with the other object."""
    with suppress(KhaltiError):  # it is on the record by then
        _use(KhaltiPayment.objects.get(pk=payment.pk), outcome)


def _use(payment: KhaltiPayment, outcome: Initiated | KhaltiError) -> KhaltiPayment:
    if isinstance(outcome, RequestRejected):
        _close(payment, KhaltiEvent.Kind.INITIATE_REJECTED, _words(outcome), status=Status.FAILED)
        deliver(payment)
        raise outcome
    if isinstance(outcome, KhaltiError):
        _close(payment, KhaltiEvent.Kind.NO_ANSWER, _silence(outcome))
        raise outcome
    return _accept(payment, outcome)


def _lease(payment: KhaltiPayment) -> bool:
    now = timezone.now()
    free = Q(initiating_at=None) | Q(initiating_at__lt=now - INITIATE_LEASE)
    with short_transaction():
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
    changes = {
        "status": Status.INITIATED,
        "pidx": answer.pidx,
        "payment_url": answer.payment_url,
        "expires_at": answer.expires_at and _as_stored(answer.expires_at),
        "initiated_at": now,
        "next_check_at": now + MIN_PAUSE,
    }
    try:
        _close(payment, KhaltiEvent.Kind.INITIATED, answer.facts(), **changes)
    except IntegrityError:
        error = AnswerNotUnderstood("initiate answered with the pidx of another payment")
        _close(payment, KhaltiEvent.Kind.NO_ANSWER, _silence(error))
        raise error from None
    return payment


def _as_stored(moment: datetime) -> datetime:
    """Without its zone on a site with ``USE_TZ = False``."""
    return timezone.make_naive(moment) if timezone.is_naive(timezone.now()) else moment


def _close(payment: KhaltiPayment, kind: KhaltiEvent.Kind, data: dict[str, Any], **changes: Any) -> None:
    """Give the claim back with what came of it, unless somebody else got a pidx meanwhile."""
    has_failed = changes.get("status") == Status.FAILED
    if has_failed:
        changes["ended_at"] = timezone.now()
    with short_transaction():
        waiting = KhaltiPayment.objects.filter(pk=payment.pk, status=Status.CREATED)
        mine = waiting.update(initiating_at=None, **changes)
        event = KhaltiEvent.about(payment, kind, data=data)
        if kind == KhaltiEvent.Kind.NO_ANSWER:  # as often as somebody opens the page while Khalti is down
            KhaltiEvent.objects.add(event)
        else:
            event.save()
        if mine and "status" in changes:
            invalidate_days_of(payment.created_at)
        if mine and has_failed:
            KhaltiDelivery.objects.create(payment=payment, event_type=KhaltiDelivery.EventType.ENDED)
    if not mine:
        payment.refresh_from_db()
        return
    for name, value in changes.items():
        setattr(payment, name, value)
    payment.initiating_at = None


def _words(error: RequestRejected) -> dict[str, Any]:
    return {"fields": {name[:100]: text[:MAX_WORDS_LENGTH] for name, text in list(error.fields.items())[:20]}}


def _silence(error: KhaltiError) -> dict[str, Any]:
    return {"request": "initiate", **error.as_data()}
