"""Payments of days gone by, as the database has them: for what only looks back."""

from datetime import datetime, time, timedelta

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from wagtail.models import Page

from wagtail_khalti.models import KhaltiOpening, KhaltiPayment, KhaltiRefund, Status
from wagtail_khalti.models.payment import PAID, new_reference
from wagtail_khalti.models.refund import State, Way

FOUR_MINUTES = timedelta(minutes=4)


def at(day, hour=12):
    return timezone.make_aware(datetime.combine(day, time(hour)), timezone.get_default_timezone())


def page_type():
    return ContentType.objects.get_for_model(Page)


def past_payment(day, amount=150_000, *, status=Status.COMPLETED, title="Shop", source="7", took=FOUR_MINUTES, **more):
    """Unsaved. Begun at noon; paid four minutes later, if it was."""
    begun = at(day)
    is_paid = status in PAID
    place = {"source_type": page_type(), "source_id": source, "source_title": title} if source else {}
    reference = new_reference()
    payment = KhaltiPayment(
        **{
            "reference": reference,
            "purchase_order_id": reference,
            "pidx": None if status == Status.CREATED else f"pidx-{reference}",
            "status": status,
            "amount": amount,
            "fee": amount // 50 if is_paid else None,
            "purpose": "Membership",
            "merchant": "default",
            "mode": "simulator",
            "initiated_at": None if status == Status.CREATED else begun,
            "completed_at": begun + took if is_paid else None,
            **place,
            **more,
        }
    )
    payment.created_at = begun  # the database would take the moment of saving
    return payment


def save(payments):
    """As they are, with the moments they have."""
    moments = [payment.created_at for payment in payments]
    saved = KhaltiPayment.objects.bulk_create(payments)
    for payment, moment in zip(saved, moments, strict=True):
        payment.created_at = moment
    KhaltiPayment.objects.bulk_update(saved, ["created_at"], batch_size=500)
    return saved


def past_refund(payment, day, amount):
    """All or some of a payment, on another day."""
    refund = KhaltiRefund.objects.create(
        payment=payment,
        reference=new_reference(),
        amount=amount,
        state=State.EXTERNAL,
        way=Way.CASH,
        decided_at=at(day),
    )
    payment.refund_total += amount
    payment.status = Status.REFUNDED if payment.refund_total == payment.amount else Status.PARTIALLY_REFUNDED
    payment.save(update_fields=["refund_total", "status"])
    return refund


def past_opening(day, count, *, title="Shop", source="7", **more):
    """So many looks at the checkout page of one block."""
    return KhaltiOpening.objects.create(
        day=day,
        count=count,
        place=new_reference(),
        source_type=page_type(),
        source_id=source,
        source_title=title,
        **{"mode": "simulator", "merchant": "default", **more},
    )
