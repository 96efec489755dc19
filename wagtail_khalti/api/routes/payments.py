"""Look at a payment, verify it, cancel it."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Body, Router

from wagtail_khalti.actions import check_payment
from wagtail_khalti.api.body import pointer
from wagtail_khalti.api.caller import caller_of
from wagtail_khalti.api.failures import not_checked
from wagtail_khalti.api.presenting import payment_out
from wagtail_khalti.api.problems import invalid, problems
from wagtail_khalti.api.schemas.payments import PaymentOut, VerifyIn
from wagtail_khalti.api.visibility import payable_payment, visible_payment
from wagtail_khalti.embedded import reconcile_after_response
from wagtail_khalti.exceptions import KhaltiError
from wagtail_khalti.gateway import Callback
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.outbox import deliver
from wagtail_khalti.public.payment.callback import record_return
from wagtail_khalti.public.payment.refresh import lease_lookup

READ = problems(401, 404, 422, 429)
CHANGED = problems(400, 401, 403, 404, 413, 415, 422, 429, 503)
NO_PIDX = VerifyIn()


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


def _look_up(payment: KhaltiPayment, *, has_lease: bool) -> None:
    """At most one lookup at a time: whoever comes meanwhile is told what is known."""
    if not has_lease:
        deliver(payment)
        return
    try:
        check_payment(payment)
    except KhaltiError as error:
        raise not_checked(error, payment.reference) from error


def add_payment(router: Router) -> None:
    one = {200: PaymentOut}
    router.get("/{reference}/", response={**one, **READ}, operation_id="getPayment", url_name="payment")(get_payment)
    router.post(
        "/{reference}/verify/", response={**one, **CHANGED}, operation_id="verifyPayment", url_name="verify"
    )(verify_payment)  # fmt: skip
    router.post(
        "/{reference}/cancel/", response={**one, **CHANGED}, operation_id="cancelPayment", url_name="cancel"
    )(cancel_payment)  # fmt: skip
