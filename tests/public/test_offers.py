"""The signed links behind the buttons: what is true when the visitor comes counts, and nothing else."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from tests.conftest import CHECKOUT
from tests.shop.models import ShopPage, Teaser
from wagtail_khalti.blocks import KhaltiCheckoutBlock
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.money import Paisa
from wagtail_khalti.pricing import FixedPrice
from wagtail_khalti.public.terms import Terms


def checkout_address(token):
    return reverse("wagtail_khalti:checkout", args=[token])


def rendered_offer(value):
    """The link of a block that is rendered with only the request around it, so that its owner can't be known."""
    context = Context({"value": value, "request": RequestFactory().get("/")})
    html = Template("{% load wagtailcore_tags %}{% include_block value %}").render(context)
    return html.split('class="khalti-button" href="')[1].split('"')[0]


@pytest.fixture
def teaser(db):
    body = Teaser._meta.get_field("body").to_python([{"type": "checkout", "id": "1f", "value": CHECKOUT}])
    return Teaser.objects.create(name="Teaser", body=body)


def assert_cannot_be_bought(visitor, *, status):
    assert visitor.response.status_code == status
    assert visitor.headline == "No longer available"
    assert "You have not been charged." in visitor.page.get_text()
    visitor.response = visitor.client.post(visitor.address, {"key": "k", "total_seen": "150000"})
    assert visitor.response.status_code == status
    assert not KhaltiPayment.objects.exists()


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        "p.",
        "t.",
        ".",
        "p.eyJh:forged",
        "t.eyJh:1abcde:forged",
        "p..eJy:x",
        "x.eyJh:forged",
        "p." + "A" * 2000,
        "नेपाली",
        "%00",
        "p.%F0%28%8C%28",
    ],
)
def test_what_this_site_did_not_sign_is_no_offer(visitor, token):
    visitor.visit(f"/khalti/checkout/{token}/")

    assert_cannot_be_bought(visitor, status=404)


def test_one_changed_letter_breaks_an_offer(visitor, shop_page):
    token = visitor.choose(shop_page()).address.split("/")[-2]

    for position in range(2, len(token), 7):
        letter = "A" if token[position] != "A" else "B"
        visitor.visit(checkout_address(token[:position] + letter + token[position + 1 :]))
        assert visitor.response.status_code == 404


def test_a_signature_of_one_kind_of_offer_fails_for_another(visitor, shop_page):
    token = visitor.choose(shop_page()).address.split("/")[-2]

    visitor.visit(checkout_address(f"t.{token.removeprefix('p.')}"))

    assert visitor.response.status_code == 404


def test_something_else_that_the_site_signed_is_no_offer(visitor):
    visitor.visit(checkout_address(f"p.{signing.dumps(['shop.shoppage', '1', 'body.x', 'en'])}"))

    assert visitor.response.status_code == 404


def test_an_unpublished_page_sells_nothing(visitor, shop_page):
    shop = shop_page()
    visitor.choose(shop)
    shop.unpublish()

    visitor.visit(visitor.address)

    assert_cannot_be_bought(visitor, status=410)
    assert visitor.page.find("a", string="Go to the home page")


def test_a_deleted_page_sells_nothing(visitor, shop_page):
    shop = shop_page()
    visitor.choose(shop)
    shop.delete()

    visitor.visit(visitor.address)

    assert_cannot_be_bought(visitor, status=410)


def test_a_deleted_block_sells_nothing_and_links_back(visitor, shop_page):
    shop = shop_page()
    visitor.choose(shop)
    shop.body = []
    shop.save()

    visitor.visit(visitor.address)

    assert visitor.page.find("a", string="Back to Shop")["href"] == shop.url
    assert_cannot_be_bought(visitor, status=410)


def test_unpublishing_while_the_form_is_open_starts_no_payment(visitor, shop_page):
    shop = shop_page()
    visitor.choose(shop)
    shop.unpublish()

    visitor.press_pay()

    assert visitor.response.status_code == 410
    assert not KhaltiPayment.objects.exists()


def test_a_block_without_a_price_sells_nothing(visitor, shop_page):
    shop = shop_page()
    visitor.choose(shop)
    shop.body[0].value["amount"] = None
    shop.save()

    visitor.visit(visitor.address)

    assert visitor.response.status_code == 410


def test_a_block_that_is_only_in_a_draft_sells_nothing_yet(visitor, shop_page, rf):
    shop = shop_page()
    shop.body.append(("checkout", {**CHECKOUT, "item_name": "Draft"}))
    shop.save_revision()
    draft = ShopPage.objects.get(pk=shop.pk).get_latest_revision_as_object()
    html = Template("{% load wagtailcore_tags %}{% include_block block %}").render(
        Context({"page": draft, "block": draft.body[1]})
    )
    visitor.visit(html.split('href="')[2].split('"')[0])

    assert visitor.response.status_code == 410


def test_a_draft_changes_no_price_until_it_is_published(visitor, shop_page):
    shop = shop_page(amount="1500.00")
    shop.body[0].value["amount"] = "1.00"
    shop.save_revision()

    visitor.choose(ShopPage.objects.get(pk=shop.pk))

    assert visitor.typed["total_seen"] == "150000"


class TestAnOfferThatCarriesItsTerms:
    """Where the owner of a block can't be known."""

    @pytest.fixture
    def address(self, teaser):
        return rendered_offer(teaser.body[0])

    def test_can_be_paid(self, visitor, address, the_payment):
        visitor.visit(address).press_pay()

        assert the_payment().amount == 150_000
        assert the_payment().source is None
        assert visitor.response.url == the_payment().payment_url

    def test_can_be_paid_for_a_day(self, visitor, address, time_machine, the_payment):
        time_machine.move_to(timezone.now() + timedelta(hours=23))

        visitor.visit(address).press_pay()

        assert the_payment().status == "initiated"

    def test_can_not_be_paid_after_that(self, visitor, address, time_machine):
        time_machine.move_to(timezone.now() + timedelta(hours=25))

        visitor.visit(address)

        assert_cannot_be_bought(visitor, status=410)

    def test_offers_no_way_back_that_it_does_not_know(self, visitor, address):
        visitor.visit(address)

        assert visitor.page.find("a", string=re.compile("^Back")) is None


def test_a_snippet_that_was_deleted_sells_nothing(visitor, teaser, shop_page):
    shop = shop_page()
    shop.teaser = teaser
    shop.body = []
    shop.save()
    visitor.choose(shop)
    teaser.delete()

    visitor.visit(visitor.address)

    assert_cannot_be_bought(visitor, status=410)


def test_an_unpublished_snippet_sells_nothing(visitor, teaser, shop_page):
    shop = shop_page()
    shop.teaser = teaser
    shop.body = []
    shop.save()
    visitor.choose(shop)
    teaser.unpublish()

    visitor.visit(visitor.address)

    assert_cannot_be_bought(visitor, status=410)


class MembershipBlock(KhaltiCheckoutBlock):
    """The site's code knows the price: there is no field for it."""

    amount = None

    def terms(self, value):
        return Terms(price=FixedPrice(name=value["item_name"], unit_price=Paisa(99_900)))


class PricelessBlock(KhaltiCheckoutBlock):
    """The same, by a site that forgot to say the price elsewhere."""

    amount = None


def test_a_block_without_a_price_field_sells_at_the_sites_price(visitor):
    block = MembershipBlock()
    value = block.clean(block.to_python({"item_name": "Membership"}))

    visitor.visit(rendered_offer(value))

    assert "amount" not in block.get_form_layout().children
    assert "Rs\xa0999" in visitor.page.get_text()


def test_a_block_that_lost_its_price_sells_and_breaks_nothing():
    block = PricelessBlock()
    value = block.clean(block.to_python({"item_name": "Membership"}))

    html = Template("{% load wagtailcore_tags %}{% include_block value %}").render(Context({"value": value}))

    assert "Currently unavailable" in html.replace("&#x27;", "'")
    assert "<a " not in html
