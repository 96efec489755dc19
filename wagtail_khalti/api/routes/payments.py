"""Start a payment, look at it, verify it, cancel it, and try again."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body, Router
from ninja.params import functions as params
from ninja.responses import Status

from wagtail_khalti.actions import check_payment
from wagtail_khalti.api.body import pointer
from wagtail_khalti.api.callers import caller_of, payable_payment, visible_payment
from wagtail_khalti.api.failures import not_checked
from wagtail_khalti.api.idempotency import IDEMPOTENT, idempotency_of
from wagtail_khalti.api.presenting import payment_out, started_out
from wagtail_khalti.api.problems import invalid, problems
from wagtail_khalti.api.routes.listing import add_listing
from wagtail_khalti.api.schemas.payments import PaymentOut, RetryIn, Start, StartedOut, StartOffer, VerifyIn
from wagtail_khalti.api.starting import start_again, start_offer, start_payable
from wagtail_khalti.embedded import reconcile_after_response
from wagtail_khalti.exceptions import KhaltiError
from wagtail_khalti.gateway import Callback
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.outbox import deliver
from wagtail_khalti.public.payment.callback import record_return
from wagtail_khalti.public.payment.refresh import lease_lookup

READ = problems(401, 404, 422, 429)
CHANGED = problems(400, 401, 403, 404, 413, 415, 422, 429, 503)
STARTED = problems(409, 410)
STARTED_BY: Any = params.Body(...)  # annotated, it would be hidden by what else annotates it
NO_PIDX, NO_CHANGES = VerifyIn(), RetryIn()


def start_payment(request: HttpRequest, response: HttpResponse, data: Start = STARTED_BY) -> Status[dict[str, Any]]:
    """Start a payment for an offer or a registered payable. Send the payer to its `next_url`."""
    reconcile_after_response(request)
    caller = caller_of(request)
    idempotency = idempotency_of(request, caller, "start", data)
    if isinstance(data, StartOffer):
        payment = start_offer(request, caller, data, idempotency)
    else:
        payment = start_payable(request, caller, data, idempotency)
    response["Location"] = f"{request.path}{payment.reference}/"
    return Status(201, started_out(payment, caller))


def get_payment(request: HttpRequest, reference: str) -> dict[str, Any]:
    """What is known about a payment. Khalti is not asked: see `verify`."""
    return payment_out(visible_payment(caller_of(request), reference))


def verify_payment(request: HttpRequest, reference: str, data: Annotated[VerifyIn, Body()] = NO_PIDX) -> dict[str, Any]:
    """Ask Khalti what became of the payment: for the page that the payer returns to."""
    reconcile_after_response(request)
    payment = visible_payment(caller_of(request), reference)
    callback = Callback.from_query(urlencode({"pidx": data.pidx} if data.pidx else {}))
    has_lease = record_return(payment, callback)
    if callback.names_another(payment.pidx):
        raise invalid([(pointer("pidx"), _("This is the pidx of another payment."))])
    _look_up(payment, has_lease=has_lease)
    return payment_out(payment)


def cancel_payment(request: HttpRequest, reference: str) -> dict[str, Any]:
    """Note that the payer doesn't want to pay. It is cancelled only if `is_ended`: Khalti can't be told to."""
    payment = payable_payment(caller_of(request), reference)
    _look_up(payment, has_lease=not payment.is_paid and lease_lookup(payment))
    if payment.is_waiting:
        kind, actor = KhaltiEvent.Kind.CANCEL_REQUESTED, KhaltiEvent.Actor.VISITOR
        KhaltiEvent.objects.add(KhaltiEvent.about(payment, kind, actor=actor))
    return payment_out(payment)


def retry_payment(
    request: HttpRequest, response: HttpResponse, reference: str, data: Annotated[RetryIn, Body()] = NO_CHANGES
) -> Status[dict[str, Any]]:
    """Start a new payment for the same, once this one has ended."""
    reconcile_after_response(request)
    caller = caller_of(request)
    earlier = payable_payment(caller, reference)
    idempotency = idempotency_of(request, caller, f"retry:{reference}", data)
    payment = start_again(request, caller, earlier, data, idempotency)
    response["Location"] = request.path.removesuffix(f"{reference}/retry/") + f"{payment.reference}/"
    return Status(201, started_out(payment, caller))


def _look_up(payment: KhaltiPayment, *, has_lease: bool) -> None:
    """At most one lookup at a time: whoever comes meanwhile is told what is known."""
    if not has_lease:
        deliver(payment)
        return
    try:
        check_payment(payment)
    except KhaltiError as error:
        raise not_checked(error, payment.reference) from error


def payments_router() -> Router:
    router = Router(tags=["payments"])
    one, begun = {200: PaymentOut}, {201: StartedOut}
    router.post(
        "/", response={**begun, **CHANGED, **STARTED}, operation_id="startPayment", url_name="payments",
        openapi_extra=IDEMPOTENT,
    )(start_payment)  # fmt: skip
    add_listing(router)
    router.get("/{reference}/", response={**one, **READ}, operation_id="getPayment", url_name="payment")(get_payment)
    router.post(
        "/{reference}/verify/", response={**one, **CHANGED}, operation_id="verifyPayment", url_name="verify"
    )(verify_payment)  # fmt: skip
    router.post(
        "/{reference}/cancel/", response={**one, **CHANGED}, operation_id="cancelPayment", url_name="cancel"
    )(cancel_payment)  # fmt: skip
    router.post(
        "/{reference}/retry/", response={**begun, **CHANGED, **STARTED}, operation_id="retryPayment", url_name="retry",
        openapi_extra=IDEMPOTENT,
    )(retry_payment)  # fmt: skip
    return router
