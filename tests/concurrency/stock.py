"""Many payments at once, as they stand in the database after a busy day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from tests.shop.models import Order
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import Status

LONG_AGO = timedelta(hours=3)


def unfinished(pidxes: list[str], *, merchant: str = "default", since: datetime | None = None) -> None:
    """A payment of Rs 1,500 for an order of its own for each, due in this order, long ago."""
    began_at = since or timezone.now() - LONG_AGO
    order_type = ContentType.objects.get_for_model(Order)
    orders = Order.objects.bulk_create([Order(note=pidx) for pidx in pidxes], batch_size=1000)
    KhaltiPayment.objects.bulk_create(
        [
            KhaltiPayment(
                amount=150_000,
                purpose="Order",
                merchant=merchant,
                mode="simulator",
                status=Status.INITIATED,
                pidx=pidx,
                purchase_order_id=pidx,
                return_url="http://testserver/",
                website_url="http://testserver/",
                payable_type=order_type,
                payable_class=order_type,
                payable_id=str(order.pk),
                initiated_at=began_at,
                expires_at=began_at + timedelta(minutes=30),
                next_check_at=began_at + timedelta(microseconds=place),
            )
            for place, (pidx, order) in enumerate(zip(pidxes, orders, strict=True))
        ],
        batch_size=1000,
    )
