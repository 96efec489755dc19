"""What the examples of a page take for granted: the shop around them.

A stage is a function that returns names for the page's namespace. A name in ``fresh`` is made anew for each test that
a page shows.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import F
from django.test import RequestFactory
from django.urls import include, path
from wagtail.models import Page, Site

from tests.payables.models import Invoice
from tests.shop.models import Order, ShopPage
from wagtail_khalti.actions import start_payment
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.signals import payment_completed
from wagtail_khalti.simulator import control
from wagtail_khalti.testing.factories import DeliveryFactory, PaymentFactory, RefundFactory

Namespace = dict[str, Any]
ENVIRONMENT = {
    "KHALTI_SECRET_KEY": "a-key",
    "KHALTI_MUSEUM_SECRET_KEY": "another-key",
    "CRM_WEBHOOK_SECRET": f"whsec_{'QUJD' * 8}",
}
SHOP = {
    "is_sent": property(lambda order: order.times_paid > 0),
    "is_restocked": property(lambda order: order.note == "restocked"),
    "mark_paid": lambda order: Order.objects.filter(pk=order.pk).update(times_paid=F("times_paid") + 1),
    "note_discount": lambda order, amount: None,
    "cancel_and_restock": lambda order: Order.objects.filter(pk=order.pk).update(note="restocked"),
    "release": lambda order: None,
}
"""What the orders of the examples can do besides those of the tests."""

LINES = 60  # more than the simulator's page shows
numbers = itertools.count(1)


def usual() -> Namespace:
    """Every page."""
    return {
        "__name__": "tests.shop.example",
        "include": include,
        "path": path,
        "apps": apps,
        "models": models,
        "forms": forms,
        "Order": Order,
        "request": request_of_staff(),
        "INSTALLED_APPS": [],
        "urlpatterns": [],
        "DATABASES": {"default": {"OPTIONS": {}}},
        "fresh": {"order": order, "payment": lambda: waiting_payment(order()), "db": lambda: None},
    }


def order() -> Order:
    return Order.objects.create(note=f"Order {next(numbers)}")


def waiting_payment(payable: models.Model | None = None) -> Any:
    return start_payment(150_000, purpose="Membership", base_url="http://testserver", payable=payable)


def request_of_staff() -> Any:
    request = RequestFactory().post("/orders/1/pay/", headers={"host": "testserver"})
    manager = get_user_model().objects.create_superuser(f"manager-{next(numbers)}", "", "password")
    request.user, request.site = manager, Site.objects.get(is_default_site=True)
    return request


def signals() -> Namespace:
    """A shop with a warehouse; one integration event has failed."""
    DeliveryFactory.create(failing=True)
    warehouse = SimpleNamespace(objects=SimpleNamespace(create=lambda **given: None))
    return {
        "settings": SimpleNamespace(IS_PRODUCTION=False),
        "send_thanks_mail": SimpleNamespace(enqueue=lambda pk: None),
        "WarehouseMessage": warehouse,
    }


def your_own_code() -> Namespace:
    """Orders, a course, and a payment that waits at Khalti."""
    course = SimpleNamespace(pk=1, title="Pottery", price=Decimal(5000), places=12)
    return {
        "Order": Invoice,
        "order": Invoice.objects.create(),
        "Course": "shop.Course",
        "course": course,
        "payment": waiting_payment(),
        "Decimal": Decimal,
        "models": models,
    }


def refunds_in_code() -> Namespace:
    """Completed payments, and refunds in each state that the page speaks of."""
    payment = PaymentFactory.create(completed=True)
    refund = RefundFactory.create(unconfirmed=True)
    RefundFactory.create(nameless=True, payment=payment)
    return {"payment": PaymentFactory.create(completed=True), "refund": refund, "seen": 150_000}


def place_a_block() -> Namespace:
    page = ShopPage(title="Shop", body=[])
    Page.objects.get(depth=2).add_child(instance=page)
    course = SimpleNamespace(title="Pottery", price=Decimal(5000))
    courses = SimpleNamespace(objects=SimpleNamespace(get=lambda **_by: course))
    return {"page": page, "Decimal": Decimal, "Course": courses}


def json_api() -> Namespace:
    return {"get_user_model": get_user_model}


def questions() -> Namespace:
    return place_a_block() | {"payment": PaymentFactory.create()}


def databases() -> Namespace:
    return {"KhaltiPayment": KhaltiPayment}


def testing() -> Namespace:
    """A shop that sends an order once it is paid."""

    def send(payment: KhaltiPayment, **_more: Any) -> None:
        payment.payable.mark_paid()

    payment_completed.connect(send, weak=False)
    return {}


def simulator() -> Namespace:
    """Each line is about a payment of its own, which is paid where it is to be refunded."""

    begun_before_any_fault = [waiting_payment().pidx for _ in range(LINES)]

    def before_each(statement: str) -> Namespace:
        pidx = begun_before_any_fault.pop()
        if "control.refund(" in statement:
            control.pay(pidx)
        return {"pidx": pidx}

    return {"before_each": before_each}


def webhooks() -> Namespace:
    """A receiver that remembers what it got."""
    got: dict[str, Any] = {}
    return {"enqueue_once": got.setdefault}


STAGES: dict[str, Callable[[], Namespace]] = {
    "docs/howto/databases.md": databases,
    "docs/howto/donations.md": place_a_block,
    "docs/howto/json-api.md": json_api,
    "docs/howto/place-a-block.md": place_a_block,
    "docs/howto/price-lists.md": place_a_block,
    "docs/howto/questions.md": questions,
    "docs/howto/refunds-in-code.md": refunds_in_code,
    "docs/howto/sell-a-limited-number.md": place_a_block,
    "docs/howto/signals.md": signals,
    "docs/howto/testing.md": testing,
    "docs/howto/your-own-code.md": your_own_code,
    "docs/howto/webhooks.md": webhooks,
    "docs/simulator.md": simulator,
}
