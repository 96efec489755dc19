"""What the site's code gives is checked, and turned into plain values, before anything is written."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse_lazy
from django.utils import translation
from django.utils.translation import gettext_lazy

from wagtail_khalti.actions import BreakdownLine, Customer, Product, start_payment
from wagtail_khalti.models import KhaltiPayment

pytestmark = pytest.mark.django_db
LAZY = gettext_lazy("Name")
SITE = "https://shop.example"


def start(**terms):
    return start_payment(150_000, **{"purpose": "Order", "base_url": SITE, **terms})


def test_lazy_words_are_written_in_the_visitors_language(khalti):
    with translation.override("ne"):
        payment = start(
            purpose=LAZY,
            customer=Customer(name=LAZY),
            breakdown=[BreakdownLine(label=LAZY, amount=150_000)],
            products=[Product(identity="1", name=LAZY, quantity=1, unit_price=150_000, total_price=150_000)],
            metadata={"label": LAZY},
            merchant_extra={"label": LAZY},
            success_url=reverse_lazy("wagtail_khalti:payment", args=["X"]),
        )

    stored = KhaltiPayment.objects.get(pk=payment.pk)
    lines = [stored.breakdown[0]["label"], stored.products[0]["name"]]
    assert {stored.purpose, stored.customer_name, *lines, *stored.metadata.values()} == {"नाम"}
    assert stored.merchant_extra == {"label": "नाम"}
    assert stored.success_url == "/khalti/payments/X/"


def test_metadata_takes_what_json_has_a_form_for(khalti):
    key = uuid.uuid4()

    start(metadata={"key": key, "on": date(2026, 11, 29), "weight": Decimal("1.50"), "seats": [1, None]})

    stored = KhaltiPayment.objects.get().metadata
    assert stored == {"key": str(key), "on": "2026-11-29", "weight": "1.50", "seats": [1, None]}


@pytest.mark.parametrize(
    ("terms", "error"),
    [
        ({"purpose": None}, TypeError),
        ({"purpose": " "}, ValueError),
        ({"purpose": "a\x00"}, ValueError),
        ({"purpose": "\ud83d"}, ValueError),
        ({"customer": Customer(name="a\x00")}, ValueError),
        ({"metadata": {"a": object()}}, TypeError),
        ({"metadata": {"a": float("nan")}}, ValueError),
        ({"metadata": {"a": "\x00"}}, ValueError),
        ({"metadata": {"a": "\ud83d"}}, ValueError),
        ({"merchant_extra": {"a": {1, 2}}}, TypeError),
        ({"idempotency_key": 7}, TypeError),
        ({"breakdown": [BreakdownLine(label="a", amount=150_000.0)]}, TypeError),
        ({"products": [Product(identity="1", name="a", quantity=1.0, unit_price=1, total_price=1)]}, TypeError),
    ],
    ids=lambda given: next(iter(given)) if isinstance(given, dict) else given.__name__,
)
def test_unstorable_text_is_refused_before_anything_happens(khalti, terms, error):
    with pytest.raises(error):
        start(**terms)

    assert not KhaltiPayment.objects.exists()
    assert khalti.calls("initiate") == 0


def test_a_call_that_was_mended_gets_its_payment_at_once(khalti):
    with pytest.raises(TypeError):
        start(idempotency_key="one", metadata={"a": object()})

    assert start(idempotency_key="one", metadata={"a": 1}).payment_url


FOREIGN = [
    *("javascript:alert(1)", "//evil.example/", "https://evil.example/", "/\\evil.example", "thanks/", "\x01//e/"),
    *("http://[", "https://testserver:443@evil.example/"),
]


@pytest.mark.parametrize("address", FOREIGN)
@pytest.mark.parametrize("name", ["success_url", "cancel_url", "back_url", "return_url"])
def test_nobody_is_sent_to_a_foreign_address(khalti, name, address):
    with pytest.raises(ValueError, match=f"{name} is"):
        start(**{name: address})

    assert not KhaltiPayment.objects.exists()


@pytest.mark.parametrize("address", ["/thanks/", f"{SITE}/thanks/", "https://app.shop.example/thanks/"])
def test_who_has_paid_may_go_on_within_the_site(khalti, settings, address):
    settings.ALLOWED_HOSTS = ["testserver", ".shop.example"]

    assert start(success_url=address).success_url == address


def test_who_has_paid_may_go_on_to_a_front_end(khalti, settings):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "REDIRECT_HOSTS": ["front.example:3000"]}
    address = "https://front.example:3000/khalti/"

    payment = start(return_url=address, cancel_url=address)

    assert (payment.return_url, payment.cancel_url) == (address, address)


def test_a_path_to_return_to_gets_the_host_of_the_site(khalti):
    assert start(return_url="/my/callback/").return_url == f"{SITE}/my/callback/"


def test_an_address_that_is_too_long_is_an_error(khalti):
    with pytest.raises(ValueError, match="return_url is too long"):
        start(return_url="/" + "a" * 500)
