"""What must be true of a payment after a crowd, however large it was and whoever came first."""

from __future__ import annotations

from dataclasses import asdict

from tests.crash.refund_books import differences_in_refunds
from tests.shop.models import Order
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.simulator import control

ENDS = {"canceled", "expired", "failed"}


def moves(payment: KhaltiPayment) -> list[str]:
    """The statuses that it was moved to, in order."""
    return [event.data["to"] for event in payment.events.filter(kind="status_changed").order_by("pk")]


def times_paid(payment: KhaltiPayment) -> int:
    """How often the site's code did what it does for a payment."""
    return Order.objects.get(pk=payment.payable_id).times_paid


def deliveries_of(payment: KhaltiPayment) -> list[tuple[str, int, str]]:
    """What the site heard: the event, in how many tries, and with which error."""
    return list(payment.deliveries.order_by("pk").values_list("event_type", "attempts", "last_error"))


def require_one_sale(payment: KhaltiPayment) -> None:
    """One settlement, one delivery, one effect; nothing for a person to do."""
    payment.refresh_from_db()
    assert (payment.status, payment.is_primary, payment.is_late) == ("completed", True, False)
    assert moves(payment) == ["completed"]
    assert deliveries_of(payment) == [("completed", 1, "")]
    assert not payment.deliveries.undelivered().exists()
    assert times_paid(payment) == 1
    assert not payment.issues.exists()


def require_one_late_sale(payment: KhaltiPayment, end: str) -> None:
    """The end was told once, the sale once, and one issue tells a person of it."""
    payment.refresh_from_db()
    assert (payment.status, payment.is_primary, payment.is_late) == ("completed", True, True)
    assert moves(payment) == [end, "completed"]
    assert deliveries_of(payment) == [("ended", 1, ""), ("completed", 1, ""), ("needs_attention", 1, "")]
    assert not payment.deliveries.undelivered().exists()
    assert times_paid(payment) == 1
    assert [issue.kind for issue in payment.issues.all()] == ["late_payment"]


def require_one_end(payment: KhaltiPayment, end: str) -> None:
    """Told once, and nothing was sold."""
    payment.refresh_from_db()
    assert payment.status == end
    assert moves(payment) == [end]
    assert deliveries_of(payment) == [("ended", 1, "")]
    assert not payment.deliveries.undelivered().exists()
    assert times_paid(payment) == 0
    assert not payment.issues.exists()


def returned(payment: KhaltiPayment) -> int:
    """Paisa that went back, as Khalti has it."""
    return next(entry.returned for entry in control.payments() if entry.pidx == payment.pidx)


def require_equal_refunds(payment: KhaltiPayment, *, unseen: int = 0) -> None:
    """Khalti was asked once for each, all are decided, and the sums are equal; the site heard of each once."""
    payment = KhaltiPayment.objects.get(pk=payment.pk)
    entry = next(asdict(entry) for entry in control.payments() if entry.pidx == payment.pidx)
    calls = control.calls("refund", pidx=entry["pidx"])
    assert not list(differences_in_refunds({**entry, "refund_calls": calls, "unseen": unseen}, payment))
    assert not payment.refunds.in_progress().exists()
    told = [
        refund for event_type, refund, attempts in _refunds_told(payment) if (event_type, attempts) == ("refunded", 1)
    ]
    known = payment.refunds.done().exclude(amount=None)
    assert sorted(told) == sorted(known.values_list("pk", flat=True))


def _refunds_told(payment: KhaltiPayment) -> list[tuple[str, int, int]]:
    return list(payment.deliveries.exclude(refund=None).values_list("event_type", "refund", "attempts"))
