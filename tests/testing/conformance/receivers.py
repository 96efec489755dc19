"""Receivers as a site writes them: one that is right, and those that are wrong in one way each."""

import random
import secrets
import time
from contextlib import suppress

import requests
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import F

from tests.shop.models import Order
from wagtail_khalti.actions import check_payment
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment


def order_of(payment):
    return Order.objects.filter(pk=payment.payable_id or None)


def mark_paid(*, payment, is_test, **kwargs):
    if not is_test:
        order_of(payment).update(times_paid=F("times_paid") + 1)


def thank(payment):
    send_mail("Thank you", f"Order {payment.payable_id}", None, [payment.customer_email])


# Right


def sell(*, payment, is_test, **kwargs):
    mark_paid(payment=payment, is_test=is_test)
    if not is_test:
        transaction.on_commit(lambda: thank(payment), robust=True)


def restock(*, payment, amount, refundable, **kwargs):
    if refundable:
        Order.objects.create(note=f"{amount} paisa refunded for {payment.payable_id}")
    else:
        order_of(payment).update(times_paid=0, note="restocked")


def release(*, payment, **kwargs):
    if not KhaltiPayment.objects.for_payable(payment.payable).paid().exists():
        order_of(payment).update(note="released")


def put_on_the_list(*, issue, **kwargs):
    Order.objects.create(note=f"look at {issue.kind}")


def give_a_voucher(*, payment, is_test, **kwargs):
    """What differs each time is no fault."""
    if not is_test:
        gift = random.choice(["a pen", "a cup", "a bag"])
        Order.objects.create(note=f"{gift} with code {secrets.token_hex(4)} for {payment.reference}")


def draw_a_gift(*, payment, is_test, **kwargs):
    """Nor is what is often the same by chance."""
    if not is_test:
        Order.objects.create(note=random.choice(["a pen", "a cup"]))


# Wrong


def mails_at_once(*, payment, is_test, **kwargs):
    mark_paid(payment=payment, is_test=is_test)
    thank(payment)


class Remembers:
    """Which payments it has seen, where no rollback reaches."""

    def __init__(self):
        self.seen = set()

    def __call__(self, *, payment, is_test, **kwargs):
        if payment.pk not in self.seen:
            self.seen.add(payment.pk)
            mark_paid(payment=payment, is_test=is_test)


def refuses_late_money(*, payment, is_test, **kwargs):
    if payment.payable.note == "released":
        raise ValueError("This order was released")
    mark_paid(payment=payment, is_test=is_test)


def overlooks_late_money(*, payment, is_test, **kwargs):
    if payment.payable.note != "released":
        mark_paid(payment=payment, is_test=is_test)


def sees_every_refund_as_full(*, payment, **kwargs):
    order_of(payment).update(times_paid=0, note="restocked")


def sees_only_a_single_full_refund(*, payment, amount, **kwargs):
    if amount == payment.amount:
        order_of(payment).update(times_paid=0, note="restocked")


def needs_its_payable(*, payment, is_test, **kwargs):
    if not is_test:
        payment.payable.times_paid += 1
        payment.payable.save()


def takes_test_money(*, payment, **kwargs):
    mark_paid(payment=payment, is_test=False)


def texts_the_customer(*, payment, is_test, **kwargs):
    mark_paid(payment=payment, is_test=is_test)
    with suppress(requests.RequestException):
        requests.post("https://sms.example/send", json={"to": payment.customer_phone}, timeout=5)


def asks_khalti_again(*, payment, is_test, **kwargs):
    mark_paid(payment=payment, is_test=is_test)
    with suppress(RuntimeError):
        check_payment(payment)


def swallows_a_database_error(*, payment, is_test, **kwargs):
    mark_paid(payment=payment, is_test=is_test)
    try:
        KhaltiPayment.objects.create(amount=-1)
    except IntegrityError:
        return


def knows_no_other_arguments(signal, sender, payment, is_test):
    mark_paid(payment=payment, is_test=is_test)


def hangs(*, payment, is_test, **kwargs):
    mark_paid(payment=payment, is_test=is_test)
    time.sleep(60)


def recurses(*, payment, **kwargs):
    recurses(payment=payment)


def leaves_a_key_of_nothing(*, payment, is_test, **kwargs):
    """Databases find that at the commit."""
    mark_paid(payment=payment, is_test=is_test)
    KhaltiEvent.objects.create(payment_id=10**9, kind="created", at=payment.created_at, actor="system")


def fails_after_the_commit(*, payment, is_test, **kwargs):
    mark_paid(payment=payment, is_test=is_test)
    transaction.on_commit(lambda: 1 / 0)
