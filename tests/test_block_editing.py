"""The block in Wagtail's editor: what an editor is told, and when."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page, ReferenceIndex, Site
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield
from wagtail.users.models import UserProfile

from tests.shop.models import ShopPage, Teaser
from wagtail_khalti.blocks import KhaltiCheckoutBlock
from wagtail_khalti.models import KhaltiSettings

GOOD = {
    "heading": "",
    "text": "",
    "item_name": "Membership",
    "amount": "1500",
    "max_quantity": "",
    "fields": ["name", "phone"],
    "questions": streamfield([]),
    "thank_you_page": "",
    "button_text": "",
}
BELOW = "Khalti's minimum is Rs 10."
UNPUBLISHED = "This page is not published, so visitors could not see it."


@pytest.fixture
def editor(admin_client):
    return Editor(admin_client)


class Editor:
    """Fills in Wagtail's own edit forms."""

    def __init__(self, client):
        self.client = client

    def save_page(self, page, publish=False, **changes):
        form = {
            "title": page.title,
            "slug": page.slug,
            "intro": "",
            "teaser": "",
            "body": stream(changes),
            "sidebar": streamfield([]),
            "comments": inline_formset([]),
        } | ({"action-publish": "action-publish"} if publish else {})
        return self.client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), as_posted(form))

    def save_teaser(self, teaser, publish=False, **changes):
        form = {"name": teaser.name, "body": stream(changes)} | ({"action-publish": "yes"} if publish else {})
        return self.client.post(reverse(Teaser.snippet_viewset.get_url_name("edit"), args=[teaser.pk]), as_posted(form))


def stream(changes):
    return streamfield([("checkout", {**GOOD, **changes, "fields": None})])


def as_posted(form):
    data = nested_form_data(form)
    return {name: GOOD["fields"] if name.endswith("-fields") else value for name, value in data.items()}


def errors_in(response):
    """Where the editor shows which words, from the data it gives its own script."""
    page = BeautifulSoup(response.content, "lxml")
    blocks = [element["data-w-block-arguments-value"] for element in page.select("[data-w-block-arguments-value]")]
    return " ".join(json.dumps(json.loads(block)[1:], ensure_ascii=False) for block in blocks)


@pytest.fixture
def shop(shop_page):
    return shop_page()


@pytest.fixture
def teaser(db):
    return Teaser.objects.create(name="Teaser", body=[])


def live(shop):
    return ShopPage.objects.get(pk=shop.pk).body[0].value


def test_a_good_block_is_published(editor, shop):
    response = editor.save_page(shop, publish=True, item_name="Membership 2026", amount="1750.50", max_quantity="5")

    assert response.status_code == 302
    value = live(shop)
    assert (value["item_name"], str(value["amount"]), value["max_quantity"]) == ("Membership 2026", "1750.50", 5)
    assert list(value["fields"]) == ["name", "phone"]


@pytest.mark.parametrize(("amount", "publish"), [("9.99", True), ("0", False)])
def test_a_price_below_khaltis_minimum_is_told_at_once(editor, shop, amount, publish):
    response = editor.save_page(shop, publish=publish, amount=amount)

    assert response.status_code == 200
    assert BELOW in errors_in(response)


def test_exactly_khaltis_minimum_is_fine(editor, shop):
    assert editor.save_page(shop, publish=True, amount="10").status_code == 302


def test_a_fraction_of_a_paisa_is_refused(editor, shop):
    response = editor.save_page(shop, publish=True, amount="10.555")

    assert response.status_code == 200
    assert "decimal place" in errors_in(response)


def test_more_than_the_site_allows_is_told_with_the_limit(editor, shop, settings):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MAX_AMOUNT": 5000}

    response = editor.save_page(shop, publish=True, amount="1500", max_quantity="4")

    assert response.status_code == 200
    assert "This site takes at most Rs\xa05,000 in one payment" in errors_in(response)


def test_as_much_as_the_site_allows_is_fine(editor, shop, settings):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MAX_AMOUNT": 6000}

    assert editor.save_page(shop, publish=True, amount="1500", max_quantity="4").status_code == 302


@pytest.mark.parametrize("quantity", ["0", "-1", "1001"])
def test_a_senseless_quantity_is_told(editor, shop, quantity):
    response = editor.save_page(shop, publish=True, max_quantity=quantity)

    assert response.status_code == 200
    assert "Ensure this value is" in errors_in(response)


NO_LIMIT = {"units": "", "sale_from": "", "sale_until": "", "sold_out_text": ""}


def test_limits_are_published(editor, shop):
    limit = {**NO_LIMIT, "units": "60", "sale_from": "2026-11-01 10:00", "sale_until": "2026-11-30 17:00"}

    response = editor.save_page(shop, publish=True, limit={**limit, "sold_out_text": "See you next year"})

    assert response.status_code == 302
    stored = live(shop)["limit"]
    assert (stored["units"], stored["sold_out_text"]) == (60, "See you next year")
    assert stored["sale_until"] - stored["sale_from"] == timedelta(days=29, hours=7)


def test_limits_may_be_left_empty(editor, shop):
    assert editor.save_page(shop, publish=True, limit=NO_LIMIT).status_code == 302
    assert not live(shop)["limit"]["units"]


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ({"units": "0"}, "Enter a number of at least 1, or leave this empty."),
        ({"units": "-5"}, "Enter a number of at least 1, or leave this empty."),
        ({"units": "many"}, "Enter a whole number."),
        ({"units": "99999999999999999999"}, "Ensure this value is"),
        ({"sale_from": "2026-11-30 17:00", "sale_until": "2026-11-30 17:00"}, "The sale must end after it begins."),
        ({"sale_from": "2026-11-30 17:00", "sale_until": "2026-11-01 10:00"}, "The sale must end after it begins."),
        ({"sale_from": "tomorrow"}, "Enter a valid date/time."),
    ],
)
def test_limits_that_make_no_sense_are_told(editor, shop, limit, words):
    response = editor.save_page(shop, publish=True, limit={**NO_LIMIT, **limit})

    assert response.status_code == 200
    assert words in errors_in(response)


def test_an_unpublished_thank_you_page_is_told_at_the_field(editor, shop, home):
    hidden = home.add_child(instance=Page(title="Hidden", live=False))

    response = editor.save_page(shop, publish=True, thank_you_page=str(hidden.pk))

    assert response.status_code == 200
    assert UNPUBLISHED in errors_in(response)


def test_a_published_thank_you_page_is_kept_by_its_key(editor, shop, home):
    thanks = home.add_child(instance=Page(title="Thanks"))

    response = editor.save_page(shop, publish=True, thank_you_page=str(thanks.pk))

    assert response.status_code == 302
    assert live(shop)["thank_you_page"].pk == thanks.pk


def test_a_thank_you_page_knows_where_it_is_used(editor, shop, home):
    thanks = home.add_child(instance=Page(title="Thanks"))

    editor.save_page(shop, publish=True, thank_you_page=str(thanks.pk))

    ReferenceIndex.create_or_update_for_object(ShopPage.objects.get(pk=shop.pk))
    [reference] = ReferenceIndex.get_references_to(thanks)
    assert reference.object_id == str(shop.pk)


@pytest.mark.parametrize("missing", ["item_name", "amount"])
def test_a_draft_may_be_incomplete_and_publishing_may_not(editor, shop, missing):
    draft = editor.save_page(shop, **{missing: ""})
    publication = editor.save_page(shop, publish=True, **{missing: ""})

    assert draft.status_code == 302
    assert publication.status_code == 200
    assert "This field is required." in errors_in(publication)
    assert live(shop)["item_name"] == "Membership"


def test_an_incomplete_draft_can_be_previewed(editor, shop):
    editor.save_page(shop, item_name="", amount="")

    response = editor.client.get(reverse("wagtailadmin_pages:view_draft", args=[shop.pk]))

    assert response.status_code == 200
    assert b"The button does nothing in previews." in response.content


def test_a_snippet_is_published_too(editor, teaser):
    response = editor.save_teaser(teaser, publish=True, item_name="Donation")

    assert response.status_code == 302
    teaser.refresh_from_db()
    assert teaser.body[0].value["item_name"] == "Donation"


def test_a_snippet_is_told_the_same(editor, teaser):
    response = editor.save_teaser(teaser, publish=True, amount="9")

    assert response.status_code == 200
    assert BELOW in errors_in(response)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Khalti checkout", "Description", "Price in rupees", "Required fields", "Thank-you page"]),
        ("ne", ["खल्ती भुक्तानी", "विवरण", "मूल्य (रुपैयाँमा)", "अनिवार्य फिल्डहरू", "धन्यवाद पृष्ठ"]),
    ],
)
def test_the_editor_speaks_the_editors_language(admin_client, admin_user, shop, language, words):
    UserProfile.objects.update_or_create(user=admin_user, defaults={"preferred_language": language})

    response = admin_client.get(reverse("wagtailadmin_pages:edit", args=[shop.pk]))

    assert response.status_code == 200
    definitions = json.dumps(
        [
            json.loads(element["data-w-block-data-value"])
            for element in BeautifulSoup(response.content, "lxml").select("[data-w-block-data-value]")
        ],
        ensure_ascii=False,
    )
    for word in words:
        assert word in definitions


class TestNoticesForEditors:
    def notice(self, admin_client, shop):
        html = admin_client.get(reverse("wagtailadmin_pages:edit", args=[shop.pk])).content
        page = BeautifulSoup(html, "lxml")
        return " ".join(element["data-w-block-data-value"] for element in page.select("[data-w-block-data-value]"))

    def test_test_mode_is_told(self, admin_client, shop):
        assert "Test mode: visitors can try to pay, but no money moves." in self.notice(admin_client, shop)

    def test_a_missing_key_is_told(self, admin_client, shop, settings):
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "SECRET_KEY": ""}

        assert "No Khalti key is set up on this site yet: visitors can't pay." in self.notice(
            admin_client, shop
        ).replace("\\u0027", "'")

    def test_with_a_live_key_there_is_nothing_to_tell(self, admin_client, shop, settings):
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MODE": "live"}

        notice = self.notice(admin_client, shop)
        assert "Test mode" not in notice
        assert "can't pay" not in notice

    def test_the_key_itself_is_never_told(self, admin_client, shop, settings):
        html = admin_client.get(reverse("wagtailadmin_pages:edit", args=[shop.pk])).content.decode()

        assert settings.WAGTAIL_KHALTI["SECRET_KEY"] not in html


def test_in_nepali_the_notice_is_nepali():
    with translation.override("ne"):
        assert str(KhaltiCheckoutBlock().meta.help_text).startswith("परीक्षण मोड")


@pytest.mark.parametrize("field", ["heading", "text", "item_name", "button_text"])
def test_text_that_code_leaves_out_is_empty(field):
    """And not None, which translation tools refuse."""
    assert KhaltiCheckoutBlock().to_python({"amount": "1500.00"})[field] == ""


class TestVatAboveTheMaximum:
    """Of Rs 200,000 in one payment."""

    def errors(self, **value):
        block = KhaltiCheckoutBlock()
        try:
            block.clean(block.normalize({"item_name": "Fees", "vat": "added", **value}))
        except ValidationError as error:
            return [str(message) for message in error.block_errors["amount"].messages]
        return []

    @pytest.mark.parametrize(
        ("amount", "is_too_much"), [("176991.15", False), ("176991.20", True), ("200000", True), ("1000", False)]
    )
    def test_is_told_while_editing(self, home, amount, is_too_much):
        assert bool(self.errors(amount=Decimal(amount))) == is_too_much

    def test_is_told_as_what_it_is(self, home):
        [message] = self.errors(amount=Decimal(190_000))

        assert message.startswith("With VAT, this comes to more than Rs\xa02,00,000")

    def test_counts_for_all_in_an_order(self, home):
        assert self.errors(amount=Decimal(19_000), max_quantity=10)
        assert not self.errors(amount=Decimal(17_000), max_quantity=10)

    def test_is_no_error_where_a_site_has_a_lower_rate(self, home):
        KhaltiSettings.objects.create(site=Site.objects.get(), vat_rate=Decimal(0))

        assert not self.errors(amount=Decimal(190_000))
