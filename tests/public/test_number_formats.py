"""Numbers that a machine reads are the same in every language and with every setting for numbers."""

import pytest
from django.utils import translation
from wagtail.models import Locale

from tests.public.conftest import Visitor
from wagtail_khalti.models import KhaltiPayment

LANGUAGES = [(code, code) for code in ("en", "de", "fr", "hi", "ne")]


@pytest.fixture(autouse=True)
def five_languages(settings):
    settings.LANGUAGES = settings.WAGTAIL_CONTENT_LANGUAGES = LANGUAGES


@pytest.fixture
def buy(khalti, shop_page):
    """Three of something dear, on a page without scripts, to the receipt."""

    def walk(visitor):
        visitor.choose(shop_page(amount="1500.50", max_quantity=2000, fields=["name"]))
        visitor.press_pay(name="Sita Rai", quantity="1200")
        assert visitor.typed["total_seen"] == "180060000"
        visitor.press_pay()
        payment = KhaltiPayment.objects.get()
        assert visitor.response.url == payment.payment_url
        khalti.pay(payment)
        visitor.come_back(khalti, payment)
        return KhaltiPayment.objects.get()

    return walk


@pytest.fixture(autouse=True)
def high_limit(settings):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MAX_AMOUNT": 10_000_000}


@pytest.mark.parametrize("groups", [True, False], ids=["grouped", "plain"])
@pytest.mark.parametrize(("language", "_name"), LANGUAGES)
def test_a_visitor_pays_in_every_language(settings, buy, language, _name, groups):
    settings.USE_THOUSAND_SEPARATOR = groups

    payment = buy(visitor := Visitor(headers={"accept-language": language}))

    assert (payment.status, payment.amount, payment.language) == ("completed", 180_060_000, language)
    assert visitor.page.html["lang"] == language


@pytest.mark.parametrize("groups", [True, False], ids=["grouped", "plain"])
@pytest.mark.parametrize("language", ["en", "de", "ne"])
def test_a_visitor_pays_without_translations(settings, monkeypatch, home, buy, language, groups):
    settings.USE_THOUSAND_SEPARATOR = groups
    settings.USE_I18N, settings.LANGUAGE_CODE = False, language
    monkeypatch.setattr(translation, "_trans", type(translation._trans)())  # which remembers what was chosen before
    Locale.objects.update(language_code=language)

    payment = buy(visitor := Visitor())

    assert (payment.status, payment.amount) == ("completed", 180_060_000)
    assert payment.customer_name == "Sita Rai"
    assert visitor.page.html["lang"] == language
