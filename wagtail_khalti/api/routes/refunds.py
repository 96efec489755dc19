"""Refunds, for users with the permission."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Body, Router
from ninja.responses import Status

from wagtail_khalti.actions import refund_payment
from wagtail_khalti.api.caller import Caller, caller_of
from wagtail_khalti.api.failures import not_refunded
from wagtail_khalti.api.idempotency import IDEMPOTENT, idempotency_of
from wagtail_khalti.api.presenting import refund_out
from wagtail_khalti.api.problems import not_permitted, problems
from wagtail_khalti.api.schemas.refunds import RefundIn, RefundList, RefundOut
from wagtail_khalti.api.visibility import is_staff, visible_payment
from wagtail_khalti.exceptions import KhaltiError
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.permissions import REFUND

MAX_REFUNDS = 100


def create_refund(request: HttpRequest, reference: str, data: Annotated[RefundIn, Body()]) -> Status[dict[str, Any]]:
    """Refund a payment through Khalti, at most once. Look at the `state`."""
    caller = caller_of(request)
    payment = _refundable_payment(caller, reference)
    idempotency = idempotency_of(request, caller, f"refund:{reference}", data)
    try:
        refund = refund_payment(
            payment,
            data.amount,  # type: ignore[arg-type]  # paisa
            mobile=data.mobile or None,
            reason=data.reason,
            by=caller.user,
            refundable=data.refundable,  # type: ignore[arg-type]
            idempotency_key=idempotency.key,
            request_digest=idempotency.digest,
        )
    except KhaltiError as error:
        raise not_refunded(error, payment.refundable) from error
    return Status(201, refund_out(refund))


def list_refunds(request: HttpRequest, reference: str) -> dict[str, Any]:
    """The refunds of a payment."""
    payment = _refundable_payment(caller_of(request), reference)
    return {"items": [refund_out(refund) for refund in payment.refunds.order_by("-pk")[:MAX_REFUNDS]]}


def _refundable_payment(caller: Caller, reference: str) -> KhaltiPayment:
    payment = visible_payment(caller, reference)
    if not is_staff(caller, payment, REFUND):
        raise not_permitted()
    return payment


def refunds_router() -> Router:
    router = Router(tags=["refunds"])
    path = "/{reference}/refunds/"
    router.post(
        path, response={201: RefundOut, **problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)},
        operation_id="refundPayment", url_name="refunds", openapi_extra=IDEMPOTENT,
    )(create_refund)  # fmt: skip
    router.get(
        path, response={200: RefundList, **problems(401, 403, 404, 422, 429)}, operation_id="listRefunds",
        url_name="refunds",
    )(list_refunds)  # fmt: skip
    return router
