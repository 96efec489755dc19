"""What people do with a browser, and what must come of it."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.browser.states import change_price
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.money import format_rupees, to_paisa
from wagtail_khalti.simulator import control
from wagtail_khalti.simulator.models import SimulatedPayment

EVERYTHING = ["name", "email", "phone"]
ANSWERS = {"name": "Sita Rai", "email": "sita@example.com", "phone": "980-000 0001"}


def test_a_visitor_pays(visitor, shop_page, only_payment):
    shop = shop_page(fields=EVERYTHING)

    visitor.go_to_checkout(shop).fill(**ANSWERS).go_to_khalti().pay_at_khalti()

    assert visitor.headline == "Thank you. Your payment is complete."
    payment = only_payment()
    assert payment.status == "completed"
    assert payment.readable_reference in visitor.page.locator("main").inner_text()
    assert visitor.page.complaints == []


def test_a_visitor_pays_without_javascript(open_browser, visit_with, shop_page, only_payment):
    visitor = visit_with(open_browser(java_script_enabled=False))
    shop = shop_page(fields=EVERYTHING, max_quantity=5)
    visitor.go_to_checkout(shop).fill(**ANSWERS, quantity="3")

    visitor.press_pay()
    visitor.page.get_by_text("The total is now Rs 4,500.").wait_for()
    visitor.go_to_khalti().pay_at_khalti()

    assert visitor.headline == "Thank you. Your payment is complete."
    assert only_payment().amount == 450_000


def test_a_visitor_pays_with_the_keyboard_alone(visitor, shop_page, only_payment):
    shop = shop_page(fields=["name", "phone"])
    page = visitor.page
    page.goto(shop.url)
    keys = page.keyboard

    keys.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Pay with Khalti")
    keys.press("Enter")
    page.wait_for_url("**/khalti/checkout/**")
    for text in ("Sita Rai", "9800000001"):
        keys.press("Tab")
        keys.type(text)
    keys.press("Enter")
    page.wait_for_url("**/khalti-simulator/**")
    focus_on(page, "mobile", keys)
    keys.type("9800000001")
    keys.press("Tab")
    keys.type("1111")
    keys.press("Enter")
    page.locator("[name=otp]").wait_for()
    focus_on(page, "otp", keys)
    keys.type("987654")
    keys.press("Enter")
    page.wait_for_url("**/khalti/payments/**")

    assert visitor.headline == "Thank you. Your payment is complete."
    assert only_payment().customer_name == "Sita Rai"


def focus_on(page, name, keys):
    for _step in range(20):
        if page.evaluate("document.activeElement.name") == name:
            return
        keys.press("Tab")
    raise AssertionError(f"{name} can't be reached with the Tab key")


def test_after_a_cancel_all_is_kept_for_paying_again(visitor, shop_page):
    shop = shop_page(fields=EVERYTHING, max_quantity=5)
    visitor.go_to_checkout(shop).fill(**ANSWERS, quantity="2").go_to_khalti().cancel_at_khalti()
    assert visitor.headline == "You cancelled the payment. You have not been charged."

    visitor.page.get_by_role("link", name="Pay again").click()

    shown = {name: visitor.page.locator(f"[name={name}]").input_value() for name in [*EVERYTHING, "quantity"]}
    assert shown == {"name": "Sita Rai", "email": "sita@example.com", "phone": "9800000001", "quantity": "2"}
    visitor.go_to_khalti().pay_at_khalti()
    assert visitor.headline == "Thank you. Your payment is complete."
    assert sorted(KhaltiPayment.objects.values_list("status", "amount")) == [
        ("canceled", 300_000),
        ("completed", 300_000),
    ]


@pytest.mark.parametrize("javascript", [True, False], ids=["with a script", "without a script"])
def test_a_double_click_is_one_payment(open_browser, visit_with, shop_page, javascript):
    visitor = visit_with(open_browser(java_script_enabled=javascript))
    visitor.go_to_checkout(shop_page())

    visitor.page.get_by_role("button", name=re.compile("with Khalti$")).dblclick(no_wait_after=True)
    visitor.page.wait_for_url("**/khalti-simulator/**")

    assert KhaltiPayment.objects.count() == 1
    assert SimulatedPayment.objects.count() == 1


def test_a_second_press_sends_nothing(visitor, shop_page, server):
    """With a script even the request is spared."""
    visitor.go_to_checkout(shop_page())
    control.answer_with("initiate", body="{}", delay=0.5)
    sent = []
    visitor.page.on("request", lambda request: request.method == "POST" and sent.append(request.url))

    pay = visitor.page.get_by_role("button", name=re.compile("with Khalti$"))  # waits for the checkout page
    pay.evaluate("button => { button.click(); button.click(); button.click() }")
    visitor.page.locator("#errors").wait_for()

    assert len(sent) == 1


def test_back_from_khalti_the_button_works_again(visitor, shop_page, only_payment):
    shop = shop_page(fields=["name"])
    visitor.go_to_checkout(shop).fill(name="Sita Rai").go_to_khalti()

    visitor.page.go_back()
    visitor.page.wait_for_url("**/khalti/checkout/**")
    visitor.fill(name="Sita Rai").go_to_khalti().pay_at_khalti()

    assert visitor.headline == "Thank you. Your payment is complete."
    assert KhaltiPayment.objects.filter(status="completed").count() == 1


def test_back_and_forward_after_paying_take_nothing_twice(visitor, shop_page, only_payment):
    visitor.go_to_checkout(shop_page()).go_to_khalti().pay_at_khalti()
    page = visitor.page
    receipt = page.url

    for _step in range(3):
        page.go_back()
    page.goto(receipt)
    for _step in range(2):
        page.go_back()
    for _step in range(2):
        page.go_forward()

    assert only_payment().status == "completed"
    assert SimulatedPayment.objects.count() == 1
    page.goto(receipt)
    assert visitor.headline == "Thank you. Your payment is complete."


def test_the_receipt_and_the_way_back_can_be_reloaded(visitor, shop_page, only_payment, server):
    visitor.go_to_checkout(shop_page()).go_to_khalti().pay_at_khalti()
    payment = only_payment()

    visitor.page.reload()
    assert visitor.headline == "Thank you. Your payment is complete."
    visitor.page.goto(control.callback_url(payment.pidx))
    visitor.page.goto(control.callback_url(payment.pidx))
    assert visitor.headline == "Thank you. Your payment is complete."
    assert payment.deliveries.filter(event_type="completed").count() == 1


def test_khalti_is_down_and_comes_back(visitor, shop_page, only_payment):
    control.answer_with("initiate", status=503, body="<html>Down</html>", content_type="text/html")
    shop = shop_page(fields=["name"])
    visitor.go_to_checkout(shop).fill(name="Sita Rai").press_pay()
    errors = visitor.page.locator("#errors")
    errors.wait_for()
    assert "Khalti is temporarily unavailable. You have not been charged." in errors.inner_text()

    visitor.go_to_khalti().pay_at_khalti()

    assert visitor.headline == "Thank you. Your payment is complete."
    assert only_payment().customer_name == "Sita Rai"


class TestTheTotal:
    def total(self, visitor):
        return visitor.page.locator(".khalti-summary__total dd")

    @pytest.mark.parametrize(
        ("language", "price", "quantity"),
        [
            ("en", "1500.00", 3),
            ("en", "1234.50", 1000),
            ("en", "10.05", 7),
            ("en", "123456.78", 8),
            ("ne-NP", "123456.78", 8),
            ("ne-NP", "999.99", 100),
        ],
    )
    def test_follows_the_quantity_as_the_server_would_write_it(
        self, open_browser, visit_with, shop_page, language, price, quantity
    ):
        visitor = visit_with(open_browser(locale=language))
        shop = shop_page(amount=price, max_quantity=1000)
        visitor.page.goto(shop.url)
        visitor.page.locator("a.khalti-button").click()

        visitor.fill(quantity=str(quantity))

        total = to_paisa(Decimal(price)) * quantity
        expected = format_rupees(total, language)
        expect(self.total(visitor)).to_have_text(expected)
        assert expected in visitor.page.locator("form button[type=submit]").inner_text()
        assert visitor.page.locator("[name=total_seen]").input_value() == str(total)

    def test_is_read_out_when_it_changes(self, visitor, shop_page):
        """A screen reader reads what changes in a live region that was there, and shown, before."""
        visitor.go_to_checkout(shop_page(max_quantity=5))
        total = self.total(visitor)
        assert total.evaluate("element => element.checkVisibility() && element.ariaLive") == "polite"

        visitor.fill(quantity="2")

        expect(total).to_have_text("Rs\xa03,000")
        assert total.evaluate("element => element.isConnected && element.ariaLive") == "polite"
        assert visitor.page.locator("[aria-live]").count() == 1

    @pytest.mark.parametrize("quantity", ["", "0", "6", "-1", "1.5"])
    def test_stays_where_the_quantity_makes_no_sense(self, visitor, shop_page, quantity):
        visitor.go_to_checkout(shop_page(max_quantity=5))

        visitor.fill(quantity=quantity)

        expect(self.total(visitor)).to_have_text("Rs 1,500")

    @pytest.mark.parametrize("groups", [False, True], ids=["plain", "grouped"])
    def test_that_was_seen_is_paid_without_a_second_look(self, visitor, shop_page, only_payment, settings, groups):
        settings.USE_THOUSAND_SEPARATOR = groups
        visitor.go_to_checkout(shop_page(amount="10.50", max_quantity=2000)).fill(quantity="1200")

        visitor.go_to_khalti().pay_at_khalti()

        assert only_payment().amount == 1_260_000

    def test_is_never_older_than_the_price(self, visitor, shop_page):
        shop = shop_page(max_quantity=5)
        visitor.go_to_checkout(shop).fill(quantity="3")
        change_price(shop, "2000.00")

        visitor.press_pay()

        visitor.page.get_by_text("The total is now Rs 6,000.").wait_for()
        assert not KhaltiPayment.objects.exists()


class TestErrors:
    def test_the_summary_has_the_focus_and_leads_to_the_fields(self, visitor, shop_page):
        visitor.go_to_checkout(shop_page(fields=EVERYTHING)).fill(name="Sita Rai", email="sita@").press_pay()

        visitor.page.locator("#errors:focus").wait_for()
        visitor.page.get_by_role("link", name=re.compile("^Enter an e-mail")).click()
        visitor.page.locator("#id_email:focus").wait_for()
        assert visitor.page.locator("#id_name").input_value() == "Sita Rai"

    def test_the_summary_has_the_focus_without_a_script_too(self, open_browser, visit_with, shop_page):
        visitor = visit_with(open_browser(java_script_enabled=False))

        visitor.go_to_checkout(shop_page(fields=["name"])).press_pay()

        visitor.page.locator("#errors:focus").wait_for()


class TestTheReceipt:
    def test_its_reference_can_be_copied(self, open_browser, visit_with, shop_page, only_payment, server):
        page = open_browser()
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server)
        visitor = visit_with(page)
        visitor.go_to_checkout(shop_page()).go_to_khalti().pay_at_khalti()

        page.get_by_role("button", name="Copy").click()

        page.get_by_role("button", name="Copied").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == only_payment().readable_reference

    def test_on_paper_there_are_no_buttons(self, visitor, shop_page):
        visitor.go_to_checkout(shop_page()).go_to_khalti().pay_at_khalti()

        visitor.page.emulate_media(media="print")

        assert visitor.page.get_by_role("heading").all_inner_texts() == ["Payment receipt"]
        assert visitor.page.locator(".khalti-summary").is_visible()
        for what in (".khalti-actions", ".khalti-script-button", ".khalti-button"):
            assert not any(element.is_visible() for element in visitor.page.locator(what).all())

    def test_without_a_script_no_dead_button_is_shown(self, open_browser, visit_with, shop_page):
        visitor = visit_with(open_browser(java_script_enabled=False))

        visitor.go_to_checkout(shop_page()).go_to_khalti().pay_at_khalti()

        assert visitor.page.get_by_role("button").count() == 0
