"""Receivers for completed payments and refunds."""

from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.utils import timezone

from example_site.home.models import Membership, MembershipPage
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.signals import payment_completed, payment_refunded


@receiver(payment_completed)
def welcome_member(payment: KhaltiPayment, is_test: bool, **kwargs: Any) -> None:
    """Runs in the transaction that marks the event as delivered, so a membership is created exactly once.

    Test payments create memberships only with ``DEBUG``.
    """
    if not isinstance(payment.source, MembershipPage) or (is_test and not settings.DEBUG):
        return
    Membership.objects.create(
        payment=payment,
        name=payment.customer_name,
        email=payment.customer_email,
        phone=payment.customer_phone,
        begins_on=timezone.localdate(payment.completed_at),
    )


@receiver(payment_refunded)
def end_membership(payment: KhaltiPayment, refundable: int, **kwargs: Any) -> None:
    """End the membership after a full refund. After a partial refund, such as a discount, it continues."""
    if not refundable:
        Membership.objects.filter(payment=payment).delete()
