"""The shop of the manual, word for word, and 50 visitors who want its last item."""

from __future__ import annotations

import pytest

from tests.docs.blocks import ROOT, blocks_of
from tests.integrators.site import run_tests, write_site

pytestmark = [pytest.mark.heavy, pytest.mark.every_database]

SIMULATOR = 'urlpatterns += [path("khalti-simulator/", include("wagtail_khalti.simulator.urls"))]\n'
APPS = """
from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from shop import receivers
"""
CROWD = """
from collections import Counter

import pytest
from django.test import Client

from shop.models import Order, Product
from tests.concurrency.crowd import all_at_once
from wagtail_khalti.models import KhaltiPayment

VISITORS = 50


def buy(khalti, product):
    visitor = Client()
    page = visitor.post(f"/products/{product.pk}/", {"name": "Sita Rai", "email": "sita@example.com"})
    if page.status_code != 302:
        assert "Somebody else has just bought the last one" in page.content.decode()
        return "told before paying"
    payment = KhaltiPayment.objects.get(payment_url=page.url)
    khalti.pay(payment)
    visitor.get(khalti.return_path(payment))
    return "paid"


def outcomes(khalti):
    product = Product.objects.create(name="Map of Langtang", price=450, stock=1)
    found = Counter(all_at_once(VISITORS, lambda: buy(khalti, product)))
    assert found["paid"] == Order.objects.filter(is_sent=True).count() == KhaltiPayment.objects.paid().count()
    return found


@pytest.mark.django_db(transaction=True)
def test_the_last_item_is_sold_once(khalti):
    assert outcomes(khalti) == {"paid": 1, "told before paying": VISITORS - 1}


@pytest.mark.django_db(transaction=True)
def test_without_the_reservation_everybody_buys_it(khalti, monkeypatch):
    '''The control.'''
    from dataclasses import replace

    details = Order.get_payment_details
    monkeypatch.setattr(Order, "get_payment_details", lambda order: replace(details(order), reservation=None))

    assert outcomes(khalti) == {"paid": VISITORS}
"""


def test_the_last_item_of_the_shop_is_sold_once(tmp_path):
    blocks = blocks_of(ROOT / "docs/howto/a-shop.md")
    models, views, urls, buy, order, receivers, test = [block.code for block in blocks]
    write_site(
        tmp_path,
        {
            "shop/__init__.py": "",
            "shop/apps.py": APPS,
            "shop/urls.py": f"{urls}{SIMULATOR}",
            "shop/models.py": models,
            "shop/views.py": f"from shop.models import Order, Product\n{views}",
            "shop/receivers.py": f"from shop.models import Order\n{receivers}",
            "shop/templates/shop/buy.html": buy,
            "shop/templates/shop/order.html": order,
            "test_manual.py": f"from shop.models import Order, Product\n\n\n{test}",
            "test_crowd.py": CROWD,
        },
    )

    run_tests(tmp_path, app="shop")
