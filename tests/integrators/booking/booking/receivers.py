from django.dispatch import receiver

from booking.models import Booking
from wagtail_khalti.signals import payment_completed, payment_refunded


@receiver([payment_completed, payment_refunded])
def confirm(payment, refundable=True, **kwargs):  # only refunds say how much is left
    if isinstance(payment.payable, Booking):
        Booking.objects.filter(pk=payment.payable.pk).update(is_confirmed=bool(refundable))
