"""For tests and demos: move a payment, or put words in an endpoint's mouth."""

import json
from collections.abc import Collection, Mapping
from typing import Any, get_args

from django.utils import timezone

from . import callback
from .conf import simulator_settings
from .identifiers import new_id
from .models import OPEN, PAID, ScriptedAnswer, SimulatedPayment, Status
from .scripts import Endpoint

__all__ = [
    "answer_with",
    "begin",
    "callback_url",
    "cancel",
    "expire",
    "fail",
    "forget_scripts",
    "pay",
    "refund",
]

UNPAID = frozenset(Status) - PAID


def begin(pidx: str) -> SimulatedPayment:
    """The payer has signed in and not finished: Pending."""
    return _move(pidx, Status.PENDING, only_from=OPEN)


def pay(pidx: str, *, mobile: str = "9800000001") -> SimulatedPayment:
    """The payer pays; twice is once. Simulator's own: also after it expired, failed or was canceled."""
    paid = {"transaction_id": new_id(), "mobile": mobile, "fee": simulator_settings().fee}
    return _move(pidx, Status.COMPLETED, only_from=UNPAID, **paid)


def cancel(pidx: str) -> SimulatedPayment:
    """The payer presses Cancel."""
    return _move(pidx, Status.CANCELED, only_from=OPEN)


def expire(pidx: str) -> SimulatedPayment:
    """The time is up, now."""
    payment = _payment(pidx)
    if payment.status in PAID | {Status.CANCELED, Status.FAILED}:
        raise _no_road(payment, Status.EXPIRED)
    payment.expire_at(timezone.now())
    return payment


def fail(pidx: str) -> SimulatedPayment:
    """Khalti could not take the money. Simulator's own: when Khalti does that is not known."""
    return _move(pidx, Status.FAILED, only_from=OPEN)


def refund(pidx: str, *, partial: bool = False) -> SimulatedPayment:
    """The merchant gives back all or some, as from Khalti's dashboard."""
    status = Status.PARTIALLY_REFUNDED if partial else Status.REFUNDED
    return _move(pidx, status, only_from={Status.COMPLETED, Status.PARTIALLY_REFUNDED})


def callback_url(pidx: str) -> str:
    """Where the hosted page would send the browser, as the payment stands now."""
    return callback.callback_url(_payment(pidx))


def answer_with(
    endpoint: Endpoint,
    *,
    status: int = 200,
    body: str | Mapping[str, Any],
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
    delay: float = 0.0,
    times: int = 1,
    pidx: str = "",
) -> ScriptedAnswer:
    """The next ``times`` calls (of that ``pidx``) get this, verbatim, after ``delay`` seconds."""
    if endpoint not in get_args(Endpoint):
        raise ValueError(f"Unknown endpoint {endpoint!r}, must be one of: {', '.join(get_args(Endpoint))}")
    if endpoint == "initiate" and pidx:
        raise ValueError("A call of initiate has no pidx yet: leave pidx out")

    return ScriptedAnswer.objects.create(
        endpoint=endpoint,
        pidx=pidx,
        status=status,
        body=body if isinstance(body, str) else json.dumps(body),
        content_type=content_type,
        headers=dict(headers or {}),
        delay=delay,
        times_left=times,
    )


def forget_scripts() -> None:
    ScriptedAnswer.objects.all().delete()


def _payment(pidx: str) -> SimulatedPayment:
    return SimulatedPayment.objects.get(pidx=pidx)


def _move(pidx: str, status: Status, *, only_from: Collection[Status], **changes: Any) -> SimulatedPayment:
    payment = _payment(pidx)
    if payment.status is status:
        return payment
    if payment.status not in only_from:
        raise _no_road(payment, status)
    payment.move_to(status, only_from=only_from, **changes)
    if payment.status is not status:  # somebody else was quicker, and went elsewhere
        raise _no_road(payment, status)
    return payment


def _no_road(payment: SimulatedPayment, status: Status) -> ValueError:
    return ValueError(f"The payment {payment.pidx} is {payment.status.value}: it can't become {status.value}")
