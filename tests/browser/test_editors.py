"""An editor builds a page from nothing in Wagtail's editor, and a visitor pays on it: in Nepali, on a phone."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from wagtail.models import GroupPagePermission

from tests.browser.desk import Desk
from tests.shop.models import ShopPage
from wagtail_khalti.models import KhaltiPayment

DESK = {"width": 1200, "height": 900}
BLOCK = "body-0-value"


class PageEditor:
    """An editor who adds one page with one block. Has the rights of Wagtail's group of editors, and may publish."""

    def __init__(self, desk, home):
        group = Group.objects.create(name="Editors of this page")
        for right in ("add_page", "change_page", "publish_page"):
            permission = Permission.objects.get(codename=right, content_type__app_label="wagtailcore")
            GroupPagePermission.objects.create(group=group, page=home, permission=permission)
        desk.person.groups.add(group)
        self.page = desk.page
        self.page.set_viewport_size(DESK)
        self.page.goto(f"/admin/pages/add/shop/shoppage/{home.pk}/")

    def choose_block(self, title, name):
        self.page.locator("[name=title]").fill(title)
        self._insert("body", name)
        return self

    def fill(self, **values):
        for name, value in values.items():
            self.page.locator(f"[name={BLOCK}-{name.replace('__', '-')}]").fill(value)
        return self

    def tick(self, *names):
        for name in names:
            field, _, value = name.partition("=")
            one = f"[value={value}]" if value else ""
            self.page.locator(f"[name={BLOCK}-{field}]{one}").check()
        return self

    def add(self, path, count):
        """Lines of a list; each may have been added before."""
        for _line in range(count):
            self.page.locator(f"[data-contentpath={path}] [data-streamfield-list-add]").last.click()
        return self

    def unfold(self, path):
        self.page.locator(f"[data-contentpath={path}] [aria-expanded=false]").first.click()
        return self

    def ask(self, kind, **values):
        """A field of the editor's own."""
        number = self.page.locator(f"[name={BLOCK}-questions-count]").input_value()
        self._insert("questions", kind)
        for name, value in values.items():
            self.page.locator(f"[name={BLOCK}-questions-{number}-value-{name}]").fill(value)
        return self

    def publish(self):
        footer = self.page.locator("footer")
        footer.locator("[data-w-dropdown-target=toggle]").click()
        with self.page.expect_navigation():
            self.page.locator("[name=action-publish]").click(no_wait_after=True)
        return ShopPage.objects.get()

    def _insert(self, path, name):
        self.page.locator(f"[data-contentpath={path}] .c-sf-add-button[title='Insert a block']").last.click()
        self.page.get_by_role("option", name=name).click()


@pytest.fixture
def editor(open_browser, server, home, no_pauses):
    return PageEditor(Desk(open_browser(locale="en"), server, role="editor"), home)


@pytest.fixture
def payer(open_browser, visit_with):
    """On a phone, in Nepali, without JavaScript."""
    return visit_with(open_browser(locale="ne-NP", java_script_enabled=False))


def press(payer):
    """The last button of the form: the one that pays."""
    payer.page.locator(".khalti-form button[type=submit]").click()


def only_payment():
    return KhaltiPayment.objects.get()


def test_a_donation_page(editor, payer):
    editor.choose_block("Temple", "Khalti donation").fill(heading="Roof", item_name="मन्दिरको छानो", minimum="100")
    editor.add("presets", 2).fill(presets__0__value="500", presets__1__value="1000").tick("asks_message")
    page = editor.publish()

    payer.page.goto(page.url)
    payer.page.get_by_role("link", name=re.compile("१,०००")).click()
    payer.page.locator(".khalti-form textarea").fill("शुभकामना")
    press(payer)
    payer.page.wait_for_url("**/khalti-simulator/**")
    payer.pay_at_khalti()

    payment = only_payment()
    assert (payment.status, payment.amount, payment.purpose) == ("completed", 100_000, "मन्दिरको छानो")
    assert [answer["value"] for answer in payment.answers] == ["शुभकामना"]
    assert payer.headline == "धन्यवाद। तपाईंको भुक्तानी पूरा भयो।"
    assert payer.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_school_fee_page_with_classes_and_roll_number(editor, payer):
    editor.choose_block("Fees", "Khalti price list").fill(item_name="विद्यालय शुल्क").add("options", 1)
    for number, (name, amount) in enumerate([("कक्षा १", "1500"), ("कक्षा २", "1800")]):
        editor.fill(**{f"options__{number}__value__name": name, f"options__{number}__value__amount": amount})
    editor.tick("fields=name").ask("Number", label="रोल नम्बर")
    page = editor.publish()

    payer.page.goto(page.url)
    payer.page.locator(".khalti-block .khalti-button").click()
    payer.page.get_by_role("radio", name=re.compile("कक्षा २")).check()
    payer.page.locator("[name=name]").fill("सीता राई")
    payer.page.get_by_label(re.compile("रोल नम्बर")).fill("१२")
    press(payer)
    if "khalti-simulator" not in payer.page.url:  # the total is shown before it is charged
        press(payer)
    payer.page.wait_for_url("**/khalti-simulator/**")
    payer.pay_at_khalti()

    payment = only_payment()
    assert (payment.status, payment.amount, payment.customer_name) == ("completed", 180_000, "सीता राई")
    assert [(answer["label"], answer["value"]) for answer in payment.answers] == [("रोल नम्बर", "12")]
    assert payer.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_an_event_with_sixty_seats(editor, payer):
    editor.choose_block("Concert", "Khalti checkout").fill(item_name="साँस्कृतिक साँझ", amount="500", max_quantity="4")
    editor.unfold("limit").fill(limit__units="60", limit__sold_out_text="सबै सिट बिके").tick("limit-shows_available")
    page = editor.publish()

    payer.page.goto(page.url)
    payer.page.locator(".khalti-block .khalti-button").click()
    payer.page.locator("[name=quantity]").fill("3")
    press(payer)
    press(payer)  # the total is shown before it is charged
    payer.page.wait_for_url("**/khalti-simulator/**")
    payer.pay_at_khalti()

    payment = only_payment()
    assert (payment.status, payment.amount, payment.units) == ("completed", 150_000, 3)
    assert payer.page.evaluate("document.documentElement.scrollWidth") <= 360
    cache.clear()  # a page may be some seconds late
    assert "५७ बाँकी" in payer.page.goto(page.url).text()
