"""The simulator's Python API for tests and demos: move payments, cause faults, list payments. See ``remote``."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.utils import timezone

from wagtail_khalti.simulator import ledger
from wagtail_khalti.simulator.conf import simulator_settings
from wagtail_khalti.simulator.disturbance.faults import (
    Endpoint,
    Fault,
    checked_seconds,
    checked_times,
    endpoint_named,
    fault_named,
    seconds_of,
)
from wagtail_khalti.simulator.endpoints.reading import SUBJECT, as_subject
from wagtail_khalti.simulator.hosted import callback
from wagtail_khalti.simulator.hosted.callback import Return
from wagtail_khalti.simulator.identifiers import new_id
from wagtail_khalti.simulator.models import (
    MAX_MOBILE_LENGTH,
    MAX_SUBJECT_LENGTH,
    OPEN,
    PAID,
    REFUNDABLE,
    Call,
    SimulatedPayment,
    Status,
    Trouble,
)

__all__ = [
    "Endpoint",
    "Fault",
    "Return",
    "answer_with",
    "begin",
    "callback_url",
    "calls",
    "cancel",
    "expire",
    "fail",
    "forget_troubles",
    "pay",
    "payments",
    "refund",
    "returns",
    "trouble",
    "troubles",
]

UNPAID = frozenset(Status) - PAID


def begin(pidx: str) -> SimulatedPayment:
    """The payer has signed in and not finished: the status is Pending."""
    return _move(pidx, Status.PENDING, only_from=OPEN)


def pay(pidx: str, *, mobile: str = "9800000001", bank: bool = False) -> SimulatedPayment:
    """The payer pays from the wallet or a bank. Repeating it has no effect.

    Unlike Khalti, also after it expired, failed or was canceled.
    """
    paid = {"mobile": _mobile(mobile), "is_by_bank": bank, "fee": simulator_settings().fee}
    return _move(pidx, Status.COMPLETED, only_from=UNPAID, transaction_id=new_id(), **paid)


def cancel(pidx: str) -> SimulatedPayment:
    """The payer presses Cancel."""
    return _move(pidx, Status.CANCELED, only_from=OPEN)


def expire(pidx: str) -> SimulatedPayment:
    """The payment expires now."""
    payment = _payment(pidx)
    if payment.status in PAID | {Status.CANCELED, Status.FAILED}:
        raise _invalid_transition(payment, Status.EXPIRED)
    payment.expire_at(timezone.now())
    return payment


def fail(pidx: str) -> SimulatedPayment:
    """The payment fails. It is not known when Khalti does this."""
    return _move(pidx, Status.FAILED, only_from=OPEN)


def refund(pidx: str, *, amount: int | None = None, partial: bool = False) -> SimulatedPayment:
    """A refund in Khalti's dashboard: of ``amount`` paisa, of half of the balance, or of all of it.

    Repeating a full refund has no effect.
    """
    payment = _payment(pidx)
    is_whole = amount is None and not partial
    if is_whole and payment.status is Status.REFUNDED:
        return payment
    if payment.status not in REFUNDABLE:
        raise _invalid_transition(payment, Status.REFUNDED if is_whole else Status.PARTIALLY_REFUNDED)

    given = None if is_whole else _partial_amount(payment, amount)
    if not payment.refund(given) and not (is_whole and payment.status is Status.REFUNDED):
        raise ValueError(f"The payment {pidx} has a refundable balance of only {payment.refundable} paisa")
    return payment


def callback_url(pidx: str) -> str:
    """Where the hosted page would send the browser, in the payment's current status."""
    return callback.callback_url(_payment(pidx))


def returns(pidx: str, how: Return | str = Return.ONCE) -> list[str]:
    """The URLs that the payer's browser opens on the merchant's site, in order."""
    return callback.visits(_payment(pidx), how)


def trouble(
    endpoint: Endpoint,
    fault: Fault | str,
    *,
    times: int = 1,
    pidx: str = "",
    order_id: str = "",
    seconds: float | None = None,
) -> Trouble:
    """The next ``times`` calls have this fault: of one ``order_id`` at initiate, of one ``pidx`` elsewhere.

    ``seconds``: the delay of a timeout, the value of ``Retry-After``, or the pause between two bytes of a slow drip.
    """
    endpoint = endpoint_named(endpoint)
    fault = fault_named(fault, endpoint)
    return Trouble.objects.create(
        endpoint=endpoint,
        fault=fault,
        subject=_subject(endpoint, pidx=pidx, order_id=order_id),
        times_left=checked_times(times),
        seconds=seconds_of(fault, seconds),
    )


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
    order_id: str = "",
) -> Trouble:
    """The next ``times`` calls (for this ``pidx`` or ``order_id``) get this response after ``delay`` seconds."""
    return Trouble.objects.create(
        endpoint=endpoint_named(endpoint),
        subject=_subject(endpoint, pidx=pidx, order_id=order_id),
        status=status,
        body=body if isinstance(body, str) else json.dumps(body),
        content_type=content_type,
        headers=dict(headers or {}),
        seconds=checked_seconds(delay, "delay"),
        times_left=checked_times(times),
    )


def troubles() -> list[Trouble]:
    """The pending faults and responses, in order."""
    return list(Trouble.objects.filter(times_left__gt=0).order_by("pk"))


def forget_troubles() -> None:
    """Remove all pending faults and responses."""
    Trouble.objects.all().delete()


def payments() -> Iterator[ledger.Entry]:
    """All payments in their current status."""
    return ledger.entries()


def calls(endpoint: Endpoint, *, pidx: str = "", order_id: str = "") -> int:
    """The number of calls (for this ``pidx`` or ``order_id``) that were received, including those with faults."""
    received = Call.objects.filter(endpoint=endpoint_named(endpoint))
    subject = _subject(endpoint, pidx=pidx, order_id=order_id)
    if not subject:
        return received.count()
    # Compared once more: MariaDB compares without regard to case.
    return list(received.filter(subject=subject).values_list("subject", flat=True)).count(subject)


def _payment(pidx: str) -> SimulatedPayment:
    return SimulatedPayment.objects.get(pidx=pidx)


def _move(pidx: str, status: Status, *, only_from: Collection[Status], **changes: Any) -> SimulatedPayment:
    payment = _payment(pidx)
    if payment.status is status:
        return payment
    if payment.status not in only_from:
        raise _invalid_transition(payment, status)
    payment.move_to(status, only_from=only_from, **changes)
    if payment.status is not status:  # a concurrent change came first
        raise _invalid_transition(payment, status)
    return payment


def _invalid_transition(payment: SimulatedPayment, status: Status) -> ValueError:
    return ValueError(f"The payment {payment.pidx} is {payment.status.value}: it can't become {status.value}")


def _subject(endpoint: Endpoint, *, pidx: object, order_id: object) -> str:
    given = {"pidx": pidx, "purchase_order_id": order_id}
    subject = given.pop(SUBJECT[endpoint])
    if any(given.values()):
        known_by = "pidx" if SUBJECT[endpoint] == "pidx" else "order_id"
        raise ValueError(f"A call of {endpoint} is identified by its {known_by} only")
    if not isinstance(subject, str) or as_subject(subject) != subject:
        raise ValueError(
            f"{subject!r} does not identify a payment: it must be a text of at most {MAX_SUBJECT_LENGTH} characters"
        )
    return subject


def _mobile(mobile: object) -> str:
    if not isinstance(mobile, str) or len(mobile) > MAX_MOBILE_LENGTH or not mobile.isprintable():
        raise ValueError(f"mobile is {mobile!r}; it must be a text of at most {MAX_MOBILE_LENGTH} characters")
    return mobile


def _partial_amount(payment: SimulatedPayment, amount: object) -> int:
    """The amount, or half of the balance."""
    if amount is None:
        amount = payment.refundable // 2
        if not amount:
            raise ValueError(
                f"The payment {payment.pidx} has a refundable balance of 1 paisa, which can't be refunded in part"
            )
    if type(amount) is not int or not 1 <= amount <= payment.refundable:
        raise ValueError(
            f"amount is {amount!r}; it must be a whole number from 1 to {payment.refundable}, the balance in paisa"
        )
    return amount
