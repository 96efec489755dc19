"""The page before Khalti: what is bought, for how much, and by whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.public.conftest import GOOD_ANSWERS, offer_on
from tests.shop.models import ShopPage
from wagtail_khalti.models import KhaltiPayment

EVERYTHING = ["name", "email", "phone"]


def change_block(shop, **changes):
    """As an editor does: the change is published."""
    shop = ShopPage.objects.get(pk=shop.pk)
    for name, value in changes.items():
        shop.body[0].value[name] = value
    shop.save_revision().publish()


def test_says_what_is_paid_for_to_whom_and_how_much(visitor, shop_page):
    visitor.choose(shop_page(item_name="Membership", amount="123456.50"))

    text = visitor.page.get_text(" ", strip=True).replace("\xa0", " ")
    assert visitor.headline == "Membership"
    assert "Merchant localhost" in text
    assert "Total Rs 1,23,456.50" in text
    assert "Pay Rs 1,23,456.50 with Khalti" in text
    assert "You will be taken to Khalti to pay, and come back here." in text


def test_sends_the_visitor_to_khaltis_page(visitor, shop_page, the_payment):
    visitor.choose(shop_page()).press_pay()

    assert visitor.response.status_code == 302
    assert visitor.response.url == the_payment().payment_url


def test_remembers_the_payments_source_and_what_was_typed(visitor, shop_page, the_payment):
    shop = shop_page(fields=EVERYTHING)

    visitor.choose(shop).press_pay(**GOOD_ANSWERS)

    payment = the_payment()
    assert payment.source == shop
    assert payment.block_path == f"body.{shop.body[0].id}"
    assert (payment.customer_name, payment.customer_email, payment.customer_phone) == (
        "Sita Rai",
        "sita@example.com",
        "9800000001",
    )


@pytest.mark.parametrize("asked", [[], ["name"], ["email"], ["phone"], EVERYTHING])
def test_asks_only_what_the_editor_wants_to_know(visitor, shop_page, asked):
    visitor.choose(shop_page(fields=asked))

    shown = {name for name in visitor.typed if name in EVERYTHING}
    assert shown == set(asked)


def test_lets_browsers_fill_in_what_they_know(visitor, shop_page):
    visitor.choose(shop_page(fields=EVERYTHING, max_quantity=5))

    fields = {field["name"]: field for field in visitor.page.select("form input")}
    assert fields["name"]["autocomplete"] == "name"
    assert (fields["email"]["autocomplete"], fields["email"]["type"]) == ("email", "email")
    assert (fields["phone"]["autocomplete"], fields["phone"]["type"]) == ("tel-national", "tel")
    assert (fields["quantity"]["type"], fields["quantity"]["inputmode"]) == ("number", "numeric")


def test_every_label_belongs_to_its_field(visitor, shop_page):
    visitor.choose(shop_page(fields=EVERYTHING, max_quantity=5))

    labels = [label["for"] for label in visitor.page.select("label")]
    assert labels == [field["id"] for field in visitor.page.select("form input[id]")]


def test_shows_errors_on_top_and_at_fields_and_keeps_the_input(visitor, shop_page):
    visitor.choose(shop_page(fields=EVERYTHING)).press_pay(name="Sita Rai", email="sita@", phone="")

    assert visitor.response.status_code == 200
    words = {
        "email": "Enter an e-mail address such as name@example.com.",
        "phone": "Enter a mobile number of 10 digits, such as 98XXXXXXXX.",
    }
    summary = visitor.page.select_one("#errors")
    assert summary.has_attr("autofocus")
    assert summary["role"] == "alert"
    assert {link["href"]: link.get_text() for link in summary.select("a")} == {
        f"#id_{name}": text for name, text in words.items()
    }
    for name, text in words.items():
        field = visitor.page.select_one(f"#id_{name}")
        assert field["aria-invalid"] == "true"
        described_by = visitor.page.find(id=field["aria-describedby"])
        assert described_by.get_text(strip=True) == text
    assert not visitor.page.select_one("#id_name").has_attr("aria-invalid")
    assert visitor.typed["name"] == "Sita Rai"
    assert visitor.typed["email"] == "sita@"
    assert visitor.page.title.get_text().startswith("There is a problem")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("सीता@example.com", "Enter the part before @ in English letters and digits."),
        ("\u017fita@example.com", "Enter the part before @ in English letters and digits."),
        ("=?us-ascii?q?=0Aa?=@example.com", "Enter the part before @ in English letters and digits."),
        (f"sita@{'म' * 60}.com", "Enter an e-mail address such as name@example.com."),
        ("sita@example.com\r\nBcc: thief@example.com", "Enter an e-mail address such as name@example.com."),
        ("sita@example.com, thief@example.com", "Enter an e-mail address such as name@example.com."),
    ],
)
def test_an_address_that_mail_can_not_be_sent_to_is_refused(visitor, shop_page, typed, words):
    visitor.choose(shop_page(fields=["email"])).press_pay(email=typed)

    assert len(visitor.errors) == 1
    assert visitor.errors[0].startswith(words)
    assert not KhaltiPayment.objects.exists()


def test_an_address_at_a_nepali_domain_is_accepted(visitor, shop_page, the_payment):
    visitor.choose(shop_page(fields=["email"])).press_pay(email="sita@उदाहरण.नेपाल")

    assert the_payment().customer_email == "sita@उदाहरण.नेपाल"


def test_a_changed_quantity_shows_its_total_before_paying(visitor, shop_page):
    visitor.choose(shop_page(max_quantity=5)).press_pay(quantity="3")

    assert not KhaltiPayment.objects.exists()
    assert visitor.page.select_one("#new-total").get_text(strip=True).replace("\xa0", " ") == (
        "The total is now Rs 4,500. Please check it and press the button again."
    )

    visitor.press_pay()
    payment = KhaltiPayment.objects.get()
    assert payment.amount == 450_000
    assert [(product["quantity"], product["unit_price"]) for product in payment.products] == [(3, 150_000)]
    assert payment.breakdown == [{"label": "Membership × 3", "amount": 450_000}]


def test_a_new_price_is_seen_before_it_is_paid(visitor, shop_page, the_payment):
    shop = shop_page(amount="1500.00")
    visitor.choose(shop)
    change_block(shop, amount="1750.00")

    visitor.press_pay()

    assert not KhaltiPayment.objects.exists()
    assert "Rs\xa01,750" in visitor.page.select_one("#new-total").get_text()
    visitor.press_pay()
    assert the_payment().amount == 175_000


def test_a_lower_price_is_seen_before_it_is_paid_too(visitor, shop_page):
    shop = shop_page(amount="1500.00")
    visitor.choose(shop)
    change_block(shop, amount="1000.00")

    visitor.press_pay()

    assert "Rs\xa01,000" in visitor.page.select_one("#new-total").get_text()


def test_a_page_from_an_old_cache_leads_to_the_new_price(visitor, shop_page):
    shop = shop_page(amount="1500.00", item_name="Membership 2025")
    visitor.visit(shop.url)
    old_link = visitor.page.select_one("a.khalti-button")["href"]
    change_block(shop, amount="1750.00", item_name="Membership 2026")

    visitor.visit(old_link)

    assert visitor.headline == "Membership 2026"
    assert visitor.typed["total_seen"] == "175000"


@pytest.mark.parametrize("total_seen", ["1000", "", "150001", "1e5", "0", "-150000", "१५००००"])
def test_the_browser_never_names_the_price(visitor, shop_page, total_seen):
    visitor.choose(shop_page(amount="1500.00")).press_pay(total_seen=total_seen, amount="1000", unit_price="1000")

    assert not KhaltiPayment.objects.exists()
    assert visitor.typed["total_seen"] == "150000"


def test_offers_the_way_back_to_the_page(visitor, shop_page):
    shop = shop_page()

    visitor.choose(shop)

    assert visitor.page.find("a", string="Back to Shop")["href"] == shop.url


def test_test_mode_can_not_be_overlooked(visitor, shop_page):
    visitor.choose(shop_page())

    assert visitor.page.select_one(".khalti-ribbon").get_text(strip=True) == "Test mode: no money moves."


def test_real_money_has_no_ribbon(visitor, shop_page, settings):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MODE": "live"}

    visitor.choose(shop_page())

    assert visitor.page.select_one(".khalti-ribbon") is None


def test_a_site_can_replace_one_part_of_a_page_and_keep_the_rest(visitor, shop_page, settings, tmp_path):
    template = tmp_path / "wagtail_khalti" / "public" / "checkout.html"
    template.parent.mkdir(parents=True)
    template.write_text(
        '{% extends "wagtail_khalti/public/checkout.html" %}'
        "{% block hint %}<p>Ask for Mina at the desk.</p>{% endblock %}"
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]

    visitor.choose(shop_page())

    text = visitor.page.get_text()
    assert "Ask for Mina at the desk." in text
    assert "You will be taken to Khalti" not in text
    assert visitor.headline == "Membership"


def test_a_form_without_a_csrf_token_starts_nothing(khalti, shop_page):
    client = Client(enforce_csrf_checks=True)
    address = offer_on(client, shop_page())

    response = client.post(address, {"key": "k", "total_seen": "150000"})

    assert response.status_code == 403
    assert not KhaltiPayment.objects.exists()


def test_looking_starts_no_payment(visitor, shop_page):
    visitor.choose(shop_page())

    head = visitor.client.head(visitor.address)
    assert head.status_code == 200
    assert not KhaltiPayment.objects.exists()


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_allowed(visitor, shop_page, method):
    visitor.choose(shop_page())

    assert getattr(visitor.client, method)(visitor.address).status_code == 405


def test_works_where_every_request_is_a_transaction(visitor, shop_page, the_payment, khalti, settings, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)

    visitor.choose(shop_page()).press_pay()
    khalti.pay(the_payment())
    visitor.come_back(khalti, the_payment())

    assert visitor.headline == "Thank you. Your payment is complete."


class TestPayingAgain:
    """After an end: nothing is typed twice, and nobody else sees it."""

    @pytest.fixture
    def canceled(self, visitor, shop_page, the_payment, khalti):
        visitor.choose(shop_page(fields=EVERYTHING, max_quantity=5)).press_pay(**GOOD_ANSWERS | {"quantity": "2"})
        visitor.press_pay()
        khalti.cancel(the_payment())
        visitor.come_back(khalti, the_payment())
        return the_payment()

    def pay_again_link(self, visitor):
        return visitor.page.find("a", string="Pay again")["href"]

    def test_keeps_what_was_typed(self, visitor, canceled):
        visitor.visit(self.pay_again_link(visitor))

        kept = {name: visitor.typed[name] for name in GOOD_ANSWERS}
        assert kept == {**GOOD_ANSWERS, "quantity": "2"}
        assert visitor.typed["total_seen"] == "300000"

    def test_is_another_payment(self, visitor, canceled):
        visitor.visit(self.pay_again_link(visitor)).press_pay()

        again = KhaltiPayment.objects.exclude(pk=canceled.pk).get()
        assert visitor.response.url == again.payment_url
        assert again.amount == canceled.amount

    def test_shows_a_stranger_with_the_link_an_empty_form(self, visitor, stranger, canceled):
        stranger.visit(self.pay_again_link(visitor))

        assert stranger.response.status_code == 200
        assert {name: stranger.typed[name] for name in EVERYTHING} == dict.fromkeys(EVERYTHING, "")

    def test_does_not_believe_a_forged_cookie(self, visitor, stranger, canceled):
        stranger.client.cookies["khalti_started"] = canceled.reference

        stranger.visit(self.pay_again_link(visitor))

        assert stranger.typed["name"] == ""

    def test_keeps_only_references_in_the_cookie_and_no_input(self, visitor, canceled):
        cookie = visitor.client.cookies["khalti_started"]

        assert canceled.reference in cookie.value
        assert "Sita" not in cookie.value
        assert "98000" not in cookie.value
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == reverse("wagtail_khalti:checkout", args=["-"]).removesuffix("checkout/-/")

    def test_forgets_after_a_day(self, visitor, canceled, time_machine):
        address = self.pay_again_link(visitor)
        time_machine.move_to(timezone.now() + timedelta(hours=25))

        visitor.visit(address)

        assert visitor.typed["name"] == ""

    @pytest.mark.parametrize("again", ["", "NOSUCHREFERENCE", "x" * 5000, "\x00", "../../etc"])
    def test_ignores_references_that_mean_nothing(self, visitor, shop_page, again):
        visitor.choose(shop_page(fields=["name"]))

        visitor.response = visitor.client.get(visitor.address, {"again": again})

        assert visitor.response.status_code == 200
        assert visitor.typed["name"] == ""
