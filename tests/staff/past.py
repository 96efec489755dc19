"""Payments of days gone by, as the database has them: for what only looks back."""

from datetime import datetime, time, timedelta

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from wagtail.models import Page

from wagtail_khalti.models import KhaltiCheckoutView, KhaltiPayment, Status
from wagtail_khalti.models.references import new_reference
from wagtail_khalti.models.status import PAID
from wagtail_khalti.testing.factories import PaymentFactory, RefundFactory

FOUR_MINUTES = timedelta(minutes=4)


def at(day, hour=12):
    return timezone.make_aware(datetime.combine(day, time(hour)), timezone.get_default_timezone())


def page_type():
    return ContentType.objects.get_for_model(Page)


def past_payment(day, amount=150_000, *, status=Status.COMPLETED, title="Shop", source="7", took=FOUR_MINUTES, **more):
    """Unsaved, and without its history: figures are made of rows, and some tests need a thousand of them.

    Begun at noon; paid four minutes later, if it was.
    """
    place = {"source_type": page_type(), "source_id": source, "source_title": title} if source else {}
    fee = {"fee": amount // 50} if status in PAID else {}
    return PaymentFactory.build(scenario=str(status), at=at(day), amount=amount, took=took, **place, **fee, **more)


def save(payments):
    """As they are, with the moments they have."""
    moments = [payment.created_at for payment in payments]
    saved = KhaltiPayment.objects.bulk_create(payments)
    for payment, moment in zip(saved, moments, strict=True):
        payment.created_at = moment  # the database took the moment of saving
    KhaltiPayment.objects.bulk_update(saved, ["created_at"], batch_size=500)
    return saved


def past_refund(payment, day, amount):
    """All or some of a payment, on another day."""
    return RefundFactory(payment=payment, amount=amount, at=at(day, 13))


def past_opening(day, count, *, title="Shop", source="7", **more):
    """So many looks at the checkout page of one block."""
    return KhaltiCheckoutView.objects.create(
        day=day,
        count=count,
        dimensions=new_reference(),
        source_type=page_type(),
        source_id=source,
        source_title=title,
        **{"mode": "simulator", "merchant": "default", **more},
    )
