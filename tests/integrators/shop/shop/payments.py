from django.conf import settings
from django.dispatch import receiver

from shop.models import Order, State
from wagtail_khalti.actions import refund_payment
from wagtail_khalti.signals import payment_completed, payment_refunded


@receiver(payment_completed)
def sell(payment, is_test, **kwargs):
    if isinstance(payment.payable, Order) and not (is_test and settings.IS_PRODUCTION):
        payment.payable.take_stock(State.SOLD)


@receiver(payment_refunded)
def cancel(payment, refundable, **kwargs):
    if isinstance(payment.payable, Order) and not refundable:
        payment.payable.cancel()


def refund_missing():
    # For cron: receivers must not call Khalti.
    for order in Order.objects.with_payment_state().filter(is_paid=True, state=State.MISSING):
        refund_payment(order.get_payment_that_paid(), reason="Sold out", idempotency_key=f"missing-{order.pk}")
