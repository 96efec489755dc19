"""Wagtail's APIs carry offers, so that a front end of its own can sell what an editor placed."""

import pytest
import wagtail
from django.contrib.auth import get_user_model
from django.core.cache import cache
from wagtail.models import Locale, Page, Site

from tests.conftest import CHECKOUT
from tests.public.test_price_lists import TICKETS
from tests.shop.models import ShopPage
from wagtail_khalti.actions import check_payment
from wagtail_khalti.gateway import Customer
from wagtail_khalti.models import KhaltiPayment, KhaltiSettings
from wagtail_khalti.pricing import Selection
from wagtail_khalti.public.checkout.pay_offer import pay_offer
from wagtail_khalti.public.checkout.request import CheckoutRequest
from wagtail_khalti.public.headless.v2 import OwnedStreamField
from wagtail_khalti.public.offers import open_offer

pytestmark = pytest.mark.urls("tests.public.headless.urls")

VERSIONS = ["v2", "v3"] if wagtail.VERSION >= (8,) else ["v2"]
QUESTION = {"type": "checkbox", "id": "terms", "value": {"label": "I accept the terms", "link_url": "/terms/"}}


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture(params=VERSIONS)
def read(client, request):
    """Reads the blocks of a page, as a front end does."""

    def get(page, query=""):
        response = client.get(f"/api/{request.param}/pages/{page.pk}/{query}", headers={"accept": "application/json"})
        assert response.status_code == 200
        return response.json()["body"]

    return get


@pytest.fixture
def shop(shop_page):
    return shop_page(limit={"units": 2, "shows_available": True}, max_quantity=2, fields=["name"], vat="added")


def offer_on(read, page, query=""):
    return read(page, query)[0]["value"]["offer"]


def test_a_front_end_sells_what_an_editor_placed(khalti, read, shop):
    token = offer_on(read, shop)["token"]
    checkout = CheckoutRequest(key="1", selection=Selection(quantity=2), customer=Customer(name="Sita"))

    payment = pay_offer(open_offer(token), checkout, base_url="http://testserver")
    khalti.pay(payment)
    check_payment(payment)

    payment.refresh_from_db()
    assert (payment.status, payment.amount) == ("completed", 339_000)
    assert payment.source_id == str(shop.pk)
    cache.clear()
    assert offer_on(read, shop)["availability"]["is_on_sale"] is False


def test_a_visitor_can_be_sent_to_the_checkout_page(khalti, read, visitor, shop):
    visitor.visit(offer_on(read, shop)["checkout_path"]).press_pay(name="Sita")

    assert KhaltiPayment.objects.get().source_id == str(shop.pk)


def test_it_says_all_that_a_front_end_needs(read, shop):
    KhaltiSettings.objects.create(site=Site.objects.get(), vat_rate="13.00")

    offer = offer_on(read, shop)

    token = offer.pop("token")
    assert offer == {
        "kind": "fixed",
        "name": "Membership",
        "label": "Rs\xa01,500 plus VAT",
        "unit_price": 150_000,
        "max_quantity": 2,
        "vat": {"mode": "added", "rate": "13.00"},
        "fields": ["name"],
        "optional_fields": [],
        "questions": [],
        "availability": {
            "is_on_sale": True,
            "message": "Only 2 left",
            "available": 2,
            "sale_from": None,
            "sale_until": None,
        },
        "is_test": True,
        "checkout_path": f"/khalti/checkout/{token}/",
        "checkout_url": f"http://testserver/khalti/checkout/{token}/",
    }


def test_options_have_ids_and_questions_what_to_read(read, page_selling):
    page = page_selling("price_list", **{**TICKETS, "questions": [QUESTION]})

    offer = offer_on(read, page)

    assert [(option["id"], option["unit_price"]) for option in offer["options"]] == [
        ("adult", 50_000),
        ("child", 20_000),
    ]
    [question] = offer["questions"]
    assert (question["name"], question["kind"], question["link"]) == ("terms", "checkbox", "/terms/")


def test_a_number_that_is_not_shown_on_pages_is_not_told(read, shop_page):
    assert offer_on(read, shop_page(limit={"units": 2}))["availability"]["available"] is None


def test_the_address_is_that_of_the_settings(read, settings, shop):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "BASE_URL": "https://pay.example"}

    assert offer_on(read, shop)["checkout_url"].startswith("https://pay.example/khalti/checkout/")


def test_a_block_deep_in_a_page_is_bound_to_it(read, page_selling):
    page = page_selling("cards")
    card = {"title": "Card", "picture": None, "checkout": CHECKOUT}
    page.body = ShopPage._meta.get_field("body").to_python(
        [{"type": "cards", "id": "cards", "value": [{"type": "item", "id": "one", "value": card}]}]
    )
    page.save()

    offer = read(page)[0]["value"][0]["checkout"]["offer"]

    assert open_offer(offer["token"]).block_path == "body.cards.one.checkout"


def test_it_is_in_the_language_of_the_page(read, shop):
    nepali = Locale.objects.get_or_create(language_code="ne")[0]
    Page.objects.filter(pk=shop.pk).update(locale=nepali)

    offer = offer_on(read, shop)

    assert open_offer(offer["token"]).language == "ne"
    assert offer["label"] == "रु\xa0१,५०० र भ्याट"


def test_a_list_of_pages_binds_each_offer_to_its_page(client, shop_page):
    pages = [shop_page(title="One"), shop_page(title="Two")]

    items = client.get("/api/v2/pages/?type=shop.ShopPage&fields=body&order=id").json()["items"]

    owners = [open_offer(item["body"][0]["value"]["offer"]["token"]).owner for item in items]
    assert [owner.pk for owner in owners] == [page.pk for page in pages]


class TestNothingIsSold:
    def test_without_knowing_the_page(self, shop, rf):
        """A price in the link could be that of a draft."""
        block = shop.body[0]

        offer = block.block.get_api_representation(block.value, {"request": rf.get("/")})["offer"]

        assert (offer["token"], offer["checkout_path"], offer["checkout_url"]) == ("", "", "")

    def test_from_a_preview(self, shop, rf):
        request = rf.get("/")
        request.is_preview = True

        assert represented(shop, request)["token"] == ""

    def test_from_a_page_that_is_not_published(self, shop, rf):
        shop.unpublish()

        assert represented(shop, rf.get("/"))["token"] == ""

    def test_from_a_page_that_is_not_saved_yet(self, rf):
        page = ShopPage(title="New", body=[("checkout", {**CHECKOUT, "amount": 10})])

        assert represented(page, rf.get("/"))["token"] == ""

    @pytest.mark.skipif("v3" not in VERSIONS, reason="Wagtail 8 has it")
    def test_from_a_draft(self, client, shop):
        from wagtail.models import APIToken

        _token, key = APIToken.create_token(user=get_user_model().objects.create_superuser("admin"), name="editor")
        shop.body[0].value["amount"] = 10
        shop.save_revision()

        address, headers = f"/api/v3/pages/{shop.pk}/?version=draft", {"authorization": f"Bearer {key}"}
        [block] = client.get(address, headers=headers).json()["body"]

        assert block["value"]["offer"]["unit_price"] == 1_000
        assert block["value"]["offer"]["token"] == ""


def represented(page, request):
    field = OwnedStreamField()
    field.field_name, field.source_attrs = "body", ["body"]
    field._context = {"request": request}
    return field.to_representation(field.get_attribute(page))[0]["value"]["offer"]


def test_an_incomplete_block_says_so(read, shop_page):
    page = shop_page()
    page.body[0].value["item_name"] = ""
    page.save()

    assert offer_on(read, page) is None
