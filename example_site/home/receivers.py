"""What the library does when money has come, and when it went back."""

from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.utils import timezone

from example_site.home.models import Membership, MembershipPage
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.signals import payment_completed, payment_refunded


@receiver(payment_completed)
def welcome_member(payment: KhaltiPayment, is_test: bool, **kwargs: Any) -> None:
    """Runs in one transaction with the mark "delivered", so the member is written exactly once.

    Test money makes members only while the site is being tried.
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
    """Once all of the money went back. A part of it may be a discount, and whoever got one stays a member."""
    if not refundable:
        Membership.objects.filter(payment=payment).delete()
