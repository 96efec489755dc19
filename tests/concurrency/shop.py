"""The site's code, which marks an order as paid; and the same code on a site without the gate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.db.models import F

from tests.shop.models import Order
from wagtail_khalti import signals
from wagtail_khalti.ledger.apply_lookup import Lookup
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
        patch("wagtail_khalti.ledger.apply_lookup._change_status", _move_carelessly),
        patch("wagtail_khalti.public.payment.refresh.lease_for_lookup", lambda payment, **options: True),
    ):
        yield


def _move_carelessly(payment: KhaltiPayment, transition: str | None, answer: Lookup, **kwargs: object) -> bool:
    """As it would be written at first: read the status, then write the new one."""
    if transition is not None:
        KhaltiPayment.objects.filter(pk=payment.pk).update(status=transition)
        KhaltiEvent.about(
            payment, KhaltiEvent.Kind.STATUS_CHANGED, data={"from": payment.status, "to": transition}
        ).save()
        payment.deliveries.create(event_type="completed")
        payment.status = transition
    return True
