"""What must be true of a payment after a crowd, however large it was and whoever came first."""

from __future__ import annotations

from tests.shop.models import Order
from wagtail_khalti.models import KhaltiPayment

ENDS = {"canceled", "expired", "failed"}


def moves(payment: KhaltiPayment) -> list[str]:
    """The statuses that it was moved to, in order."""
    return [event.data["to"] for event in payment.events.filter(kind="moved").order_by("pk")]


def times_paid(payment: KhaltiPayment) -> int:
    """How often the site's code did what it does for a payment."""
    return Order.objects.get(pk=payment.payable_id).times_paid


def news(payment: KhaltiPayment) -> list[tuple[str, int, str]]:
    """What the site heard: the news, in how many tries, and with which error."""
    return list(payment.deliveries.order_by("pk").values_list("news", "attempts", "last_error"))


def require_one_sale(payment: KhaltiPayment) -> None:
    """One settlement, one delivery, one effect; nothing for a person to do."""
    payment.refresh_from_db()
    assert (payment.status, payment.is_sale, payment.is_late) == ("completed", True, False)
    assert moves(payment) == ["completed"]
    assert news(payment) == [("completed", 1, "")]
    assert not payment.deliveries.undelivered().exists()
    assert times_paid(payment) == 1
    assert not payment.reviews.exists()


def require_one_late_sale(payment: KhaltiPayment, end: str) -> None:
    """The end was told once, the sale once, and one matter tells a person of it."""
    payment.refresh_from_db()
    assert (payment.status, payment.is_sale, payment.is_late) == ("completed", True, True)
    assert moves(payment) == [end, "completed"]
    assert news(payment) == [("ended", 1, ""), ("completed", 1, ""), ("needs_attention", 1, "")]
    assert not payment.deliveries.undelivered().exists()
    assert times_paid(payment) == 1
    assert [review.kind for review in payment.reviews.all()] == ["late_payment"]


def require_one_end(payment: KhaltiPayment, end: str) -> None:
    """Told once, and nothing was sold."""
    payment.refresh_from_db()
    assert payment.status == end
    assert moves(payment) == [end]
    assert news(payment) == [("ended", 1, "")]
    assert not payment.deliveries.undelivered().exists()
    assert times_paid(payment) == 0
    assert not payment.reviews.exists()
