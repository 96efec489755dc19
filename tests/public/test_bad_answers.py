"""What a visitor, or a program that plays one, can type. Never an error page, never a senseless payment."""

import pytest
from django.core.exceptions import ValidationError

from tests.public.conftest import GOOD_ANSWERS
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.text.phone import PhoneField

PHONE_WORDS = "Enter a mobile number of 10 digits, such as 98XXXXXXXX."
QUANTITY_WORDS = "Enter a quantity from 1 to 5."


@pytest.mark.parametrize(
    "written",
    [
        "9800000001",
        " 980 000 0001 ",
        "980-000-0001",
        "980–000–0001",
        "(980) 000.0001",
        "+9779800000001",
        "+977 980-0000001",
        "+977-9800000001",
        "(+977) 9800000001",
        "009779800000001",
        "9779800000001",
        "09800000001",
        "+977 09800000001",
        "०९८०-०००-०००१",
        "९८०००००००१",
        "+९७७ ९८० ००० ०००१",
        "\u202a+977 980\u00a0000\u20090001\u202c",
        "\t9800000001\n",
    ],
)
def test_a_mobile_number_may_be_written_in_any_usual_way(written):
    assert PhoneField().clean(written) == "9800000001"


def test_a_mobile_number_is_kept_as_khalti_wants_it(visitor, shop_page, the_payment):
    visitor.choose(shop_page(fields=["phone"])).press_pay(phone="+९७७ ९८०-००० ०००१")

    assert the_payment().customer_phone == "9800000001"


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "980000000",
        "98000000011",
        "+97798000000",
        "0141234567",
        "009800000001",
        "09141234567890",
        "0980000000",
        "01-4412345",
        "8800000001",
        "hello",
        "98000x0001",
        "９８",
        "+1 202 555 0100",
        "9800000001; DROP TABLE",
        "²³⁴⁵⁶⁷⁸⁹⁰¹",
        "9" * 5000,
        "\x00" * 10,
        "98000\x0000001",
        "🙂" * 10,
    ],
)
def test_what_is_no_mobile_number_is_none(written):
    with pytest.raises(ValidationError):
        PhoneField().clean(written)


@pytest.mark.parametrize("written", ["", "hello", "98000\x0000001", "9" * 5000], ids=repr)
def test_without_a_mobile_number_it_is_asked_again(visitor, shop_page, written):
    visitor.choose(shop_page(fields=["phone"])).press_pay(phone=written)

    assert visitor.response.status_code == 200
    assert len(visitor.errors) >= 1
    assert not KhaltiPayment.objects.exists()


def test_the_words_about_a_mobile_number_say_how_it_looks(visitor, shop_page):
    visitor.choose(shop_page(fields=["phone"])).press_pay(phone="12")

    assert visitor.errors == [PHONE_WORDS]


@pytest.mark.parametrize("written", ["sita@example.com", "  sita@example.com ", "\u200bSITA+pay@example.com.np"])
def test_a_good_e_mail_address_is_taken(visitor, shop_page, the_payment, written):
    visitor.choose(shop_page(fields=["email"])).press_pay(email=written)

    assert the_payment().customer_email == written.strip(" \u200b").lower()  # as it is searched for


@pytest.mark.parametrize(
    "written",
    ["", "sita", "sita@", "@example.com", "a b@example.com", "sita@example..com", "x" * 300 + "@a.com", "\x00"],
)
def test_what_is_no_e_mail_address_is_asked_again(visitor, shop_page, written):
    visitor.choose(shop_page(fields=["email"])).press_pay(email=written)

    assert visitor.response.status_code == 200
    assert visitor.errors
    assert not KhaltiPayment.objects.exists()


@pytest.mark.parametrize("written", ["सीता राई", "O'Brien", "<script>alert(1)</script>", "名字", "x" * 255, "Ana 🙂"])
def test_any_name_is_a_name(visitor, shop_page, the_payment, written):
    visitor.choose(shop_page(fields=["name"])).press_pay(name=written)

    assert the_payment().customer_name == written


@pytest.mark.parametrize(
    ("written", "kept"),
    [("Sita\tRai\r\n", "Sita Rai"), ("\u202eSita", "Sita"), ("a\x00b", "a b"), ("श्री\u200dमान्", "श्री\u200dमान्")],
)
def test_a_name_is_kept_without_what_nobody_sees(visitor, shop_page, the_payment, written, kept):
    visitor.choose(shop_page(fields=["name"])).press_pay(name=written)

    assert the_payment().customer_name == kept


@pytest.mark.parametrize("written", ["", "   ", "x" * 256, "\x00", "\u200b" + "\t" * 253 + "\u200b"])
def test_what_is_no_name_is_asked_again(visitor, shop_page, written):
    visitor.choose(shop_page(fields=["name"])).press_pay(name=written)

    assert visitor.response.status_code == 200
    assert visitor.errors
    assert not KhaltiPayment.objects.exists()


def test_typed_input_is_shown_again_as_text_and_never_as_markup(visitor, shop_page):
    visitor.choose(shop_page(fields=["name", "email"])).press_pay(name='"><script>alert(1)</script>', email="")

    assert visitor.typed["name"] == '"><script>alert(1)</script>'
    assert b"<script>alert" not in visitor.response.content


@pytest.mark.parametrize(
    "quantity", ["0", "-1", "6", "99999999999999999999", "9" * 5000, "1.5", "two", "", "1e3", "NaN", "\x00", "１２"]
)
def test_a_quantity_out_of_bounds_is_asked_again_in_words(visitor, shop_page, quantity):
    visitor.choose(shop_page(max_quantity=5)).press_pay(quantity=quantity)

    assert visitor.response.status_code == 200
    assert visitor.errors == [QUANTITY_WORDS]
    assert not KhaltiPayment.objects.exists()
    assert visitor.typed["total_seen"] == "150000"


def test_a_quantity_in_devanagari_digits_is_understood(visitor, shop_page):
    visitor.choose(shop_page(max_quantity=5)).press_pay(quantity="२")

    assert visitor.typed["total_seen"] == "300000"


def test_a_quantity_is_not_looked_at_where_none_is_asked(visitor, shop_page, the_payment):
    visitor.choose(shop_page()).press_pay(quantity="100")

    assert the_payment().amount == 150_000


def test_a_total_above_the_sites_limit_is_an_error_of_quantity(visitor, shop_page, settings):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MAX_AMOUNT": 4000}

    visitor.choose(shop_page(max_quantity=5)).press_pay(quantity="3")

    assert [error.replace("\xa0", " ") for error in visitor.errors] == [
        "This site takes at most Rs 4,000 in one payment."
    ]
    assert visitor.page.select_one("#id_quantity")["aria-invalid"] == "true"
    assert not KhaltiPayment.objects.exists()


def test_a_price_above_what_the_site_allows_is_refused(visitor, shop_page, settings):
    shop = shop_page(amount="1500.00")
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MAX_AMOUNT": 1000}

    visitor.choose(shop).press_pay()

    assert [error.replace("\xa0", " ") for error in visitor.errors] == [
        "This site takes at most Rs 1,000 in one payment."
    ]
    assert not KhaltiPayment.objects.exists()


@pytest.mark.parametrize("amount", ["9.99", "0.01", "-5.00"])
def test_a_price_below_khaltis_minimum_is_refused(visitor, shop_page, amount):
    visitor.choose(shop_page(amount=amount)).press_pay()

    assert visitor.errors == ["Khalti's minimum is Rs 10."]
    assert not KhaltiPayment.objects.exists()


def test_exactly_khaltis_minimum_is_accepted(visitor, shop_page, the_payment):
    visitor.choose(shop_page(amount="10.00")).press_pay()

    assert the_payment().amount == 1000


@pytest.mark.parametrize("key", ["", "x" * 10_000, "\x00", "🙂", "' OR 1=1 --"])
def test_any_form_key_is_as_good_as_another(visitor, shop_page, the_payment, key):
    visitor.choose(shop_page()).press_pay(key=key)

    assert visitor.response.status_code == 302
    assert the_payment().status == "initiated"


def test_a_form_of_nothing_is_asked_again(visitor, shop_page):
    visitor.choose(shop_page(fields=["name"])).send({})

    assert visitor.response.status_code == 200
    assert not KhaltiPayment.objects.exists()


def test_an_upload_instead_of_a_form_starts_nothing(visitor, shop_page):
    visitor.choose(shop_page())

    response = visitor.client.post(visitor.address, b"\xff\xfe{not json", content_type="application/json")

    assert response.status_code == 200
    assert not KhaltiPayment.objects.exists()


def test_an_answer_given_twice_counts_once(visitor, shop_page, the_payment):
    visitor.choose(shop_page(fields=["name"])).press_pay(name=["Hari", "Sita"])

    assert the_payment().customer_name == "Sita"


def test_all_good_answers_go_through(visitor, shop_page, the_payment):
    visitor.choose(shop_page(fields=["name", "email", "phone"], max_quantity=5)).press_pay(**GOOD_ANSWERS)

    assert visitor.response.url == the_payment().payment_url
