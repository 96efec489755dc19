"""The site's code, which marks an order as paid; and the same code on a site without the gate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.db.models import F

from tests.shop.models import Order
from wagtail_khalti import signals
from wagtail_khalti.actions.settle import Lookup
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment


def mark_as_paid(*, payment: KhaltiPayment, **kwargs: object) -> None:
    Order.objects.filter(pk=payment.payable_id).update(times_paid=F("times_paid") + 1)


def open_shop() -> None:
    """For the life of this process."""
    signals.payment_completed.connect(mark_as_paid)


@contextmanager
def without_the_gate() -> Iterator[None]:
    """The UPDATE that settles a payment is not conditional any more, and Khalti is asked by all: for the controls."""
    with (
        patch("wagtail_khalti.actions.settle._move", _move_carelessly),
        patch("wagtail_khalti.public.payment.take_turn", lambda payment, **options: True),
    ):
        yield


def _move_carelessly(payment: KhaltiPayment, road: str | None, answer: Lookup, **kwargs: object) -> bool:
    """As it would be written at first: read the status, then write the new one."""
    if road is not None:
        KhaltiPayment.objects.filter(pk=payment.pk).update(status=road)
        KhaltiEvent.about(payment, KhaltiEvent.Kind.MOVED, data={"from": payment.status, "to": road}).save()
        payment.deliveries.create(news="completed")
        payment.status = road
    return True
