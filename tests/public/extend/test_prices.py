"""Prices of the site's own."""

import logging
from dataclasses import replace

import pytest
from django.core import signing

from tests.public.conftest import page_of
from tests.shop.models import ShopPage
from wagtail_khalti import pricing
from wagtail_khalti.exceptions import OfferUnavailable
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.pricing import FixedPrice, Selection, price_from_json, price_to_json, register_price
from wagtail_khalti.public.offers import TERMS_SALT, checkout_path, open_offer, sign_offer

RIDE = {"item_name": "Ride", "per_kilometre": 40}
GROUP = {"item_name": "Tickets", "amount": "100.00", "max_quantity": 10}


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    monkeypatch.setattr(pricing, "KINDS", dict(pricing.KINDS))


@pytest.fixture
def selling(page_selling, example, monkeypatch):
    """A page with a block of the site's own."""

    def make(name, value):
        block = getattr(example, name)()
        block.set_name("own")
        monkeypatch.setitem(ShopPage._meta.get_field("body").stream_block.child_blocks, "own", block)
        monkeypatch.setattr(ShopPage._meta.get_field("body").stream_block, "_khalti_holding", {}, raising=False)
        return page_selling("own", **value)

    return make


@pytest.fixture
def ride(selling):
    return selling("RideBlock", RIDE)


def signed_terms(page, rf):
    """An offer of a block whose page isn't known."""
    block = page.body[0].block
    return sign_offer(block, block.terms(page.body[0].value), page.body[0].value, context={"request": rf.get("/")})


def test_the_page_shows_it(client, ride):
    assert "Rs 40 a kilometre" in page_of(client.get(ride.url)).get_text()


def test_the_total_is_shown_before_it_is_paid(visitor, ride):
    visitor.choose(ride).press_pay(kilometres="10")

    assert "The total is now Rs\xa0450." in visitor.page.get_text()
    assert "10 km" in visitor.page.get_text()
    assert not KhaltiPayment.objects.exists()


def test_it_is_paid(visitor, ride):
    visitor.choose(ride).press_pay(kilometres="10")
    visitor.press_pay()

    payment = KhaltiPayment.objects.get()
    assert payment.amount == 45_000
    assert [(line["label"], line["amount"]) for line in payment.breakdown] == [("Basic fare", 5_000), ("10 km", 40_000)]


@pytest.mark.parametrize("kilometres", ["0", "51", "-1", "x", ""])
def test_what_is_not_offered_is_not_sold(visitor, ride, kilometres):
    visitor.choose(ride).press_pay(kilometres=kilometres, total_seen="0")

    assert visitor.errors
    assert not KhaltiPayment.objects.exists()


def test_an_offer_can_contain_it(visitor, ride, rf):
    token = signed_terms(ride, rf)
    ride.delete()

    visitor.visit(checkout_path(token)).press_pay(kilometres="10")
    visitor.press_pay()

    assert KhaltiPayment.objects.get().amount == 45_000


def test_a_price_that_is_not_registered_is_refused(ride, rf, example, caplog):
    del pricing.KINDS[example.RidePrice.kind]

    with caplog.at_level(logging.WARNING), pytest.raises(OfferUnavailable):
        signed_terms(ride, rf)

    assert "@register_price" in caplog.text


def test_on_its_page_it_is_sold_all_the_same(visitor, ride, example):
    del pricing.KINDS[example.RidePrice.kind]

    visitor.choose(ride).press_pay(kilometres="10")

    assert "The total is now Rs\xa0450." in visitor.page.get_text()


def test_a_subclass_is_never_opened_as_its_parent(ride, rf, page_selling, monkeypatch):
    class Cheaper(FixedPrice):
        pass

    page = page_selling("checkout", **GROUP)
    block, value = page.body[0].block, page.body[0].value
    terms = replace(block.terms(value), price=Cheaper(name="Tickets", unit_price=10_000))

    with pytest.raises(OfferUnavailable):
        sign_offer(block, terms, value, context={"request": rf.get("/")})


@pytest.mark.parametrize("change", [{"kind": "gone"}, {"another": 1}])
def test_terms_that_the_code_can_not_read_are_refused(client, ride, rf, change):
    token = signed_terms(ride, rf)
    signer = signing.TimestampSigner(salt=TERMS_SALT)
    terms, language, site = signer.unsign_object(token.removeprefix("t."))
    terms["price"] |= change
    changed = "t." + signer.sign_object([terms, language, site], compress=True)

    with pytest.raises(OfferUnavailable):
        open_offer(changed)
    assert client.get(checkout_path(changed)).status_code == 410


def test_a_changed_amount_has_no_signature(client, ride, rf):
    token = signed_terms(ride, rf)

    assert client.get(checkout_path(token.replace(token[5:9], "AAAA", 1))).status_code == 404


def test_two_prices_can_not_have_one_kind(example):
    class Other(FixedPrice):
        kind = example.RidePrice.kind

    with pytest.raises(ValueError, match="RidePrice"):
        register_price(Other)


def test_a_discount_is_shown_before_it_is_paid(visitor, selling):
    visitor.choose(selling("GroupBlock", GROUP))
    assert not visitor.page.select("[data-unit-price]")  # the script would not know of it

    visitor.press_pay(quantity="5")
    assert "The total is now Rs\xa0450." in visitor.page.get_text()
    visitor.press_pay()

    payment = KhaltiPayment.objects.get()
    assert (payment.amount, payment.products[0]["quantity"]) == (45_000, 5)


def test_it_comes_back_from_json_as_it_was(example):
    for price in (
        example.RidePrice(name="Ride", basic_fare=5_000, per_kilometre=4_000),
        example.GroupPrice(name="Tickets", unit_price=10_000, max_quantity=9),
    ):
        assert price_from_json(price_to_json(price)) == price
        assert price.total(Selection(quantity=2)) > 0
