"""Pages that are paid to another Khalti account than the rest of their site."""

import pytest

from tests.public.conftest import offer_on
from tests.shop.models import ShopPage
from wagtail_khalti.exceptions import OfferUnavailable
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.public.offers import sign_offer


@pytest.fixture
def museum(option, settings):
    own = {"SECRET_KEY": "the-museums-key-for-tests", "API_URL": settings.WAGTAIL_KHALTI["API_URL"]}
    option(MERCHANTS={"museum": own})


@pytest.fixture
def paid_to(monkeypatch):
    def set_merchant(merchant):
        monkeypatch.setattr(ShopPage, "khalti_merchant", merchant, raising=False)

    return set_merchant


@pytest.mark.parametrize(("own", "merchant"), [("museum", "museum"), ("", "default"), (None, "default")])
def test_the_page_says_whom(museum, paid_to, visitor, shop_page, own, merchant):
    paid_to(own)

    visitor.choose(shop_page()).press_pay()

    assert KhaltiPayment.objects.get().merchant == merchant


def test_a_field_of_the_manual_says_it(example):
    field = example.ChapterPage._meta.get_field("khalti_merchant")

    assert hasattr(example.ChapterPage, field.name)


def test_a_name_that_is_not_in_the_settings_sells_nothing(museum, paid_to, visitor, shop_page):
    paid_to("muesum")

    visitor.choose(shop_page()).press_pay()

    assert visitor.errors == ["We can't take payments right now. You have not been charged."]
    assert not KhaltiPayment.objects.exists()


def test_nobody_else_is_paid_when_its_code_is_broken(museum, paid_to, visitor, shop_page):
    """An AttributeError in a property is not the same as having none."""
    paid_to(property(lambda page: page.chapter.merchant))
    address = offer_on(visitor.client, shop_page())

    with pytest.raises(AttributeError):
        visitor.visit(address)

    assert not KhaltiPayment.objects.exists()


def sign_elsewhere(shop, **context):
    """As where the block's place in the page can't be found: a list without IDs, or a template without its page."""
    bound = shop.body[0]
    copy = bound.block.to_python(bound.block.get_prep_value(bound.value))
    return sign_offer(bound.block, bound.block.terms(copy), copy, context=context)


def test_nobody_is_paid_if_the_place_in_the_page_is_unknown(museum, paid_to, shop_page, rf):
    page = shop_page()
    paid_to("museum")

    with pytest.raises(OfferUnavailable):
        sign_elsewhere(page, request=rf.get("/"), page=page)

    paid_to("")
    assert sign_elsewhere(page, request=rf.get("/"), page=page)


def test_nobody_is_paid_if_the_page_is_unknown(museum, paid_to, shop_page, rf):
    page = shop_page()
    assert sign_elsewhere(page, request=rf.get("/"))

    paid_to("museum")
    with pytest.raises(OfferUnavailable):
        sign_elsewhere(page, request=rf.get("/"))


def test_test_money_is_said_by_the_account_of_the_page(option, paid_to, visitor, shop_page):
    option(MERCHANTS={"museum": {"MODE": "live", "SECRET_KEY": "the-museums-key-for-tests"}})
    shop = shop_page()

    paid_to("museum")
    assert "Test mode" not in visitor.choose(shop).page.get_text()
    paid_to("")
    assert "Test mode" in visitor.choose(shop).page.get_text()
