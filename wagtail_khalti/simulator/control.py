"""For tests and demos: move a payment, make trouble, read the books. ``remote`` is the same through HTTP."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.utils import timezone

from . import callback, ledger
from .callback import Return
from .conf import simulator_settings
from .distortion import SECONDS
from .faults import Endpoint, Fault, endpoint_named, fault_named
from .identifiers import new_id
from .models import LONGEST_SUBJECT, OPEN, PAID, Call, SimulatedPayment, Status, Trouble
from .reading import SUBJECT, as_subject

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
MOST_TIMES = 2**31 - 1
MOST_SECONDS = 3600  # nobody waits longer, and a thread of the server does


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


def returns(pidx: str, how: Return | str = Return.ONCE) -> list[str]:
    """The addresses that the payer's browser visits on the merchant's site, in turn."""
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
    """The next ``times`` calls meet this fault; at lookup those of one ``pidx``, at initiate of one ``order_id``.

    ``seconds``: how late after a timeout, how long until ``Retry-After``, how long between two bytes of a drip.
    """
    endpoint = endpoint_named(endpoint)
    fault = fault_named(fault, endpoint)
    return Trouble.objects.create(
        endpoint=endpoint,
        fault=fault,
        subject=_subject(endpoint, pidx=pidx, order_id=order_id),
        times_left=_times(times),
        seconds=SECONDS.get(fault, 0.0) if seconds is None else _seconds(seconds, fault),
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
    """The next ``times`` calls (of that ``pidx`` or ``order_id``) get this, verbatim, after ``delay`` seconds."""
    return Trouble.objects.create(
        endpoint=endpoint_named(endpoint),
        subject=_subject(endpoint, pidx=pidx, order_id=order_id),
        status=status,
        body=body if isinstance(body, str) else json.dumps(body),
        content_type=content_type,
        headers=dict(headers or {}),
        seconds=delay,
        times_left=_times(times),
    )


def troubles() -> list[Trouble]:
    """What still waits for a call, in the order in which it will happen."""
    return list(Trouble.objects.filter(times_left__gt=0).order_by("pk"))


def forget_troubles() -> None:
    """From now on the truth."""
    Trouble.objects.all().delete()


def payments() -> Iterator[ledger.Entry]:
    """Khalti's books: every payment as it stands now."""
    return ledger.entries()


def calls(endpoint: Endpoint, *, pidx: str = "", order_id: str = "") -> int:
    """How many calls arrived, of one ``pidx`` or ``order_id`` if given, whatever became of them."""
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
        raise _no_road(payment, status)
    payment.move_to(status, only_from=only_from, **changes)
    if payment.status is not status:  # somebody else was quicker, and went elsewhere
        raise _no_road(payment, status)
    return payment


def _no_road(payment: SimulatedPayment, status: Status) -> ValueError:
    return ValueError(f"The payment {payment.pidx} is {payment.status.value}: it can't become {status.value}")


def _subject(endpoint: Endpoint, *, pidx: object, order_id: object) -> str:
    given = {"pidx": pidx, "purchase_order_id": order_id}
    subject = given.pop(SUBJECT[endpoint])
    if any(given.values()):
        known_by = "pidx" if endpoint == "lookup" else "order_id"
        raise ValueError(f"A call of {endpoint} is known by its {known_by}, and by nothing else")
    if not isinstance(subject, str) or as_subject(subject) != subject:
        raise ValueError(f"{subject!r} is no name of a payment: a text of at most {LONGEST_SUBJECT} characters is")
    return subject


def _times(times: object) -> int:
    if type(times) is not int or not 1 <= times <= MOST_TIMES:
        raise ValueError(f"times is {times!r}; it must be a whole number from 1 to {MOST_TIMES}")
    return times


def _seconds(seconds: object, fault: Fault) -> float:
    if fault not in SECONDS:
        raise ValueError(f"{fault} takes no seconds, only these do: {', '.join(SECONDS)}")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= MOST_SECONDS:
        raise ValueError(f"seconds is {seconds!r}; it must be a number from 0 to {MOST_SECONDS}")
    return float(seconds)
