"""What Khalti says, word for word, as bodies and HTTP codes."""

from collections.abc import Mapping
from datetime import timedelta, timezone
from typing import Any

from django.http import JsonResponse
from django.utils import timezone as clock

from wagtail_khalti.simulator.conf import simulator_settings
from wagtail_khalti.simulator.models import SimulatedPayment, Status

NEPAL = timezone(timedelta(hours=5, minutes=45))

# Simulator's own: the code of Failed was never recorded; here it goes with the other ends without money.
ENDED_WITHOUT_MONEY = {Status.EXPIRED, Status.CANCELED, Status.FAILED}


class Refusal(Exception):
    """The request ends here, with this code and this body."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, body)
        self.status, self.body, self.headers = status, dict(body), dict(headers or {})

    def response(self) -> JsonResponse:
        return JsonResponse(self.body, status=self.status, headers=self.headers)


def not_authenticated(detail: str) -> Refusal:
    # Simulator's own: the WWW-Authenticate header, as a Django REST framework API would send it.
    return Refusal(401, {"detail": detail, "status_code": 401}, {"WWW-Authenticate": "Key"})


def not_allowed(method: str) -> Refusal:
    return Refusal(405, {"detail": f'Method "{method}" not allowed.'})


def not_valid(errors: Mapping[str, Any]) -> Refusal:
    return Refusal(400, {**errors, "error_key": "validation_error"})


def not_found() -> Refusal:
    body = {"detail": "Not found.", "error_key": "validation_error"}
    return Refusal(simulator_settings().unknown_pidx_status, body)


# Simulator's own: every refusal of a refund. What Khalti says, and with which code, was never recorded.


def refunds_are_off() -> Refusal:
    return Refusal(400, {"detail": "Refund works only in Live mode.", "error_key": "khalti_error"})


def not_refundable(payment: SimulatedPayment) -> Refusal:
    if payment.refundable:
        return not_valid({"amount": ["Amount is greater than the amount left to refund."]})
    return not_valid({"detail": "Transaction is already refunded."})


def initiated(payment: SimulatedPayment, payment_url: str) -> dict[str, Any]:
    expires_at = payment.expires_at
    if clock.is_naive(expires_at):  # a site with USE_TZ = False
        expires_at = clock.make_aware(expires_at)
    return {
        "pidx": payment.pidx,
        "payment_url": payment_url,
        "expires_at": expires_at.astimezone(NEPAL).isoformat(timespec="microseconds"),
        "expires_in": round((payment.expires_at - payment.created_at).total_seconds()),
    }


def refunded() -> dict[str, Any]:
    return {"detail": "Transaction refund successful."}


def looked_up(payment: SimulatedPayment) -> tuple[int, dict[str, Any]]:
    status = payment.status
    body = {
        "pidx": payment.pidx,
        "total_amount": payment.amount,
        "status": status.value,
        "transaction_id": payment.transaction_id or None,
        "fee": payment.fee,
        # Simulator's own: what Khalti says here after a partial refund was never recorded.
        "refunded": status is Status.REFUNDED,
    }
    if status in ENDED_WITHOUT_MONEY:
        return 400, {**body, "error_key": "khalti_error"}
    return 200, body
