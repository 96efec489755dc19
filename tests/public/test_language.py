"""A Nepali page leads to a Nepali checkout and a Nepali receipt, whatever the browser prefers."""

import pytest
from wagtail.models import Locale

from tests.public.conftest import Visitor
from wagtail_khalti.models import KhaltiPayment

pytestmark = pytest.mark.urls("tests.public.i18n_urls")

WORDS = {
    "pay": "धन्यवाद। तपाईंको भुक्तानी पूरा भयो।",
    "begin": "हामी खल्तीसँग तपाईंको भुक्तानी पुष्टि गर्दैछौं।",
    "cancel": "तपाईंले भुक्तानी रद्द गर्नुभयो। पैसा काटिएको छैन।",
    "expire": "भुक्तानी लिङ्कको समय सकियो। पैसा काटिएको छैन।",
    "fail": "भुक्तानी हुन सकेन।",
}


@pytest.fixture
def visitor(khalti):
    """With a browser that prefers English."""
    return Visitor(headers={"accept-language": "en"})


@pytest.fixture
def nepali_shop(shop_page, home):
    nepali = Locale.objects.create(language_code="ne")
    home.copy_for_translation(nepali).save_revision().publish()
    shop = shop_page(item_name="Membership", amount="123456.50", max_quantity=5, fields=["name", "phone"])
    translated = shop.copy_for_translation(nepali)
    translated.body[0].value["item_name"] = "सदस्यता"
    translated.save_revision().publish()
    translated.refresh_from_db()
    return translated


@pytest.fixture
def payment(visitor, nepali_shop):
    visitor.choose(nepali_shop).press_pay(name="सीता राई", phone="९८०००००००१")
    return KhaltiPayment.objects.get()


def test_the_checkout_is_nepali_with_nepali_digits(visitor, nepali_shop):
    visitor.choose(nepali_shop)

    assert visitor.page.html["lang"] == "ne"
    text = visitor.page.get_text(" ", strip=True)
    assert "खल्तीबाट रु\xa0१,२३,४५६.५० भुक्तानी गर्नुहोस्" in text
    assert "रु\xa0१,२३,४५६.५० × १" in text
    labels = [label.get_text(strip=True) for label in visitor.page.select("label")]
    assert labels == ["सङ्ख्या", "नाम", "मोबाइल नम्बर"]


def test_errors_are_nepali_with_nepali_digits(visitor, nepali_shop):
    visitor.choose(nepali_shop).press_pay(name="", phone="12", quantity="9")

    assert visitor.errors == [
        "१ देखि ५ सम्मको सङ्ख्या लेख्नुहोस्।",
        "आफ्नो नाम लेख्नुहोस्।",
        "१० अङ्कको मोबाइल नम्बर लेख्नुहोस्, जस्तै 98XXXXXXXX।",
    ]


@pytest.mark.parametrize(("happens", "words"), WORDS.items(), ids=WORDS)
def test_each_state_is_told_in_nepali(visitor, khalti, payment, happens, words):
    getattr(khalti, happens)(payment)

    visitor.come_back(khalti, payment)

    assert visitor.page.html["lang"] == "ne"
    assert visitor.headline == words
    assert "रु\xa0१,२३,४५६.५०" in visitor.page.get_text()


def test_the_receipts_date_is_nepali(visitor, khalti, payment):
    khalti.pay(payment)

    visitor.come_back(khalti, payment)

    date = visitor.page.find("dt", string="भुक्तानी मिति").find_next("dd").get_text(strip=True)
    assert not any(digit in date for digit in "0123456789")
    assert any(digit in date for digit in "०१२३४५६७८९")


def test_what_is_in_doubt_is_told_in_nepali(visitor, khalti, payment):
    khalti.answer_lookup(payment, total_amount=1)

    visitor.come_back(khalti, payment)

    assert visitor.headline == "हामी तपाईंको भुक्तानी जाँच्दैछौं। कृपया फेरि नतिर्नुहोस्।"


def test_a_refund_is_told_in_nepali(visitor, khalti, payment):
    khalti.pay(payment)
    khalti.refund_in_dashboard(payment)

    visitor.come_back(khalti, payment)

    assert visitor.headline == "यो भुक्तानी फिर्ता गरियो।"


def test_khalti_down_is_told_in_nepali(visitor, khalti, nepali_shop):
    khalti.answer("initiate", "Down", status=503)

    visitor.choose(nepali_shop).press_pay(name="सीता राई", phone="9800000001")

    [said] = visitor.errors
    assert said.startswith("खल्ती अहिले उपलब्ध छैन। पैसा काटिएको छैन।")


def test_what_can_not_be_bought_any_more_is_told_in_nepali(visitor, nepali_shop):
    visitor.choose(nepali_shop)
    nepali_shop.unpublish()

    visitor.visit(visitor.address)

    assert visitor.page.html["lang"] == "ne"
    assert "पैसा काटिएको छैन।" in visitor.page.get_text()


def test_the_english_page_of_the_same_site_stays_english(khalti, shop_page):
    visitor = Visitor(headers={"accept-language": "ne"})

    visitor.choose(shop_page(fields=["name"]))

    assert visitor.page.html["lang"] == "en"
    assert visitor.page.select_one("label").get_text() == "Name"


def test_the_payment_remembers_the_language(payment):
    assert payment.language == "ne"
