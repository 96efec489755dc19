"""Donations, price lists and VAT in a browser: what the script shows is what the server charges."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import complaints_of_axe
from tests.browser.looks import LOOKS, show
from tests.browser.test_accessibility import assert_nothing_is_wider_than_the_screen, assert_what_is_read_is_not_small
from tests.public.test_price_lists import FEES, TICKETS
from wagtail_khalti.models import KhaltiPayment

GIFT = {"item_name": "Donation", "presets": ["500.00", "1000.00", "25000.50"], "maximum": "50000.00"}
LONG = {"item_name": "Donationdonationdonation" * 8, "presets": ["199999.99"] * 2, "text": "x" * 300}


def pay_button(page):
    return page.locator("form button[type=submit]")


class TestDonation:
    def test_one_tap_and_one_press(self, visitor, page_selling, only_payment):
        visitor.page.goto(page_selling("donation", **GIFT).url)
        visitor.page.get_by_role("link", name="Rs 1,000").click()
        expect(pay_button(visitor.page)).to_have_text("Pay Rs\xa01,000 with Khalti")

        visitor.go_to_khalti().pay_at_khalti()

        assert only_payment().amount == 100_000
        assert visitor.page.complaints == []

    def test_the_button_follows_what_is_chosen_or_typed(self, visitor, page_selling, only_payment):
        page = visitor.page
        page.goto(page_selling("donation", **GIFT).url)
        page.get_by_role("link", name="Rs 1,000").click()

        for text, label in [
            ("700", "Pay Rs\xa0700 with Khalti"),
            ("१,२३४.५०", "Pay Rs\xa01,234.50 with Khalti"),
            ("Rs 1,00,000", "Pay Rs\xa01,00,000 with Khalti"),
            ("1e3", "Pay with Khalti"),
            ("", "Pay with Khalti"),
            ("750.50", "Pay Rs\xa0750.50 with Khalti"),
        ]:
            page.locator("[name=own_amount]").fill(text)
            expect(pay_button(page)).to_have_text(label)
        assert page.locator("[name=amount][value=other]").is_checked()

        page.get_by_label("Rs 500").check()
        expect(pay_button(page)).to_have_text("Pay Rs\xa0500 with Khalti")
        expect(page.locator("[name=own_amount]")).to_have_value("")
        visitor.go_to_khalti()
        assert only_payment().amount == 50_000

    def test_without_javascript_an_own_amount_is_paid(self, open_browser, visit_with, page_selling, only_payment):
        visitor = visit_with(open_browser(java_script_enabled=False))
        page = visitor.page
        page.goto(page_selling("donation", **GIFT).url)
        page.get_by_role("link", name="Other amount").click()
        page.locator("[name=amount][value=other]").check()

        visitor.fill(own_amount="१,०००").go_to_khalti().pay_at_khalti()

        assert only_payment().amount == 100_000

    def test_back_and_another_amount_is_another_payment(self, visitor, page_selling):
        page = visitor.page
        page.goto(page_selling("donation", **GIFT).url)
        page.get_by_role("link", name="Rs 500").click()
        visitor.go_to_khalti()

        page.go_back()
        page.wait_for_url("**/khalti/checkout/**")
        page.get_by_label("Rs 1,000").check()
        visitor.go_to_khalti().pay_at_khalti()

        assert sorted(KhaltiPayment.objects.values_list("amount", "status")) == [
            (50_000, "initiated"),
            (100_000, "completed"),
        ]


class TestPriceList:
    @pytest.mark.parametrize("vat", ["", "included", "added"])
    def test_the_total_follows_as_the_server_would_charge(self, visitor, page_selling, only_payment, vat):
        page = visitor.page
        visitor.go_to_checkout(page_selling("price_list", **{**TICKETS, "vat": vat}))
        expect(pay_button(page)).to_have_text("Pay with Khalti")

        visitor.fill(**{"quantity-adult": "2", "quantity-child": "1"})

        total = {"": "Rs\xa01,200", "included": "Rs\xa01,200", "added": "Rs\xa01,356"}[vat]
        expect(page.locator(".khalti-summary__total dd")).to_have_text(total)
        expect(page.locator("[data-row='quantity-adult'] dd")).to_have_text("Rs\xa0500 × 2")
        if vat:
            expect(page.locator("[data-vat]")).to_have_text({"included": "Rs\xa0138.05", "added": "Rs\xa0156"}[vat])
        visitor.fill(**{"quantity-child": "0"})
        expect(page.locator("[data-row='quantity-child']")).to_be_hidden()
        visitor.fill(**{"quantity-child": "1"}).go_to_khalti()
        assert only_payment().amount == {"added": 135_600}.get(vat, 120_000)
        assert page.complaints == []

    def test_one_option_is_paid_without_a_second_look(self, visitor, page_selling, only_payment):
        visitor.go_to_checkout(page_selling("price_list", **FEES))

        visitor.page.get_by_label("Class 2").check()

        expect(pay_button(visitor.page)).to_have_text("Pay Rs\xa06,000 with Khalti")
        visitor.go_to_khalti()
        assert only_payment().amount == 600_000

    def test_without_javascript_the_total_is_seen_first(self, open_browser, visit_with, page_selling, only_payment):
        visitor = visit_with(open_browser(java_script_enabled=False))
        visitor.go_to_checkout(page_selling("price_list", **TICKETS)).fill(**{"quantity-adult": "2"})

        visitor.press_pay()
        visitor.page.get_by_text("The total is now Rs 1,000.").wait_for()
        visitor.go_to_khalti()

        assert only_payment().amount == 100_000


@pytest.mark.parametrize("language", ["en", "ne"])
@pytest.mark.parametrize(
    ("kind", "value"),
    [("donation", GIFT), ("donation", LONG), ("price_list", TICKETS), ("price_list", FEES)],
    ids=["donation", "long words", "quantities", "one option"],
)
def test_every_page_is_for_everyone(open_browser, page_selling, language, kind, value):
    page = open_browser(locale={"en": "en", "ne": "ne-NP"}[language])
    page.goto(page_selling(kind, **{**value, "vat": "added"}).url)
    assert_is_for_everyone(page, language)

    page.locator("a.khalti-button").last.click()
    pay_button(page).wait_for()
    assert_is_for_everyone(page, language)

    pay_button(page).click()  # nothing was chosen
    page.locator("#errors").wait_for()
    assert_is_for_everyone(page, language)


def assert_is_for_everyone(page, language):
    for look in LOOKS[language]:
        show(page, *look)
        assert complaints_of_axe(page) == "", look
    assert_nothing_is_wider_than_the_screen(page)
    assert_what_is_read_is_not_small(page)
    targets = ".khalti-button, .khalti label:has(input), .khalti input:not([type=radio]):visible"
    assert all(element.bounding_box()["height"] >= 44 for element in page.locator(targets).all())
