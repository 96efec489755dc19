"""The donation block: in the editor, on a page, and in the API."""

from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from tests.shop.models import ShopPage
from tests.test_block_editing import errors_in
from wagtail_khalti.blocks import KhaltiDonationBlock
from wagtail_khalti.public.offers import open_offer

GIFT = {"item_name": "Donation", "presets": [Decimal(500), Decimal(1000)]}


def errors_of(**changes):
    """The messages of each field."""
    block = KhaltiDonationBlock()
    try:
        block.clean(block.normalize({**GIFT, **changes}))
    except ValidationError as error:
        return {name: " ".join(messages_in(each)) for name, each in error.block_errors.items()}
    return {}


def messages_in(error):
    if hasattr(error, "block_errors"):
        inner = [f"{key}: {message}" for key, each in error.block_errors.items() for message in messages_in(each)]
        return [*inner, *(message for each in error.non_block_errors.as_data() for message in each.messages)]
    return error.messages


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({}, {}),
        ({"minimum": Decimal(100), "maximum": Decimal(1000)}, {}),
        ({"minimum": Decimal(100), "maximum": Decimal(100), "presets": []}, {}),
        ({"presets": []}, {}),
        ({"accepts_other": False}, {}),
        ({"accepts_other": False, "minimum": Decimal(700)}, {}),  # there is no field to which it applies
        ({"presets": [], "accepts_other": False}, {"presets": "Enter an amount, or accept other amounts."}),
        ({"minimum": Decimal("9.99")}, {"minimum": "Khalti's minimum is Rs 10."}),
        ({"maximum": Decimal(5)}, {"maximum": "Khalti's minimum is Rs 10."}),
        ({"presets": [Decimal(5)]}, {"presets": "0: Khalti's minimum is Rs 10."}),
        ({"minimum": Decimal(900), "maximum": Decimal(100)}, {"maximum": "The maximum is below the minimum."}),
        (
            {"minimum": Decimal(600)},
            {"presets": "0: This amount is not between the minimum and the maximum below."},
        ),
        (
            {"maximum": Decimal(600)},
            {"presets": "1: This amount is not between the minimum and the maximum below."},
        ),
        ({"presets": [Decimal(500), Decimal("500.00")]}, {"presets": "1: This amount is listed twice."}),
        (
            {"maximum": Decimal(300_000)},
            {"maximum": "This site takes at most Rs\xa02,00,000 in one payment."},
        ),
        (
            {"presets": [Decimal(300_000)]},
            {"presets": "0: This site takes at most Rs\xa02,00,000 in one payment."},
        ),
        ({"presets": [Decimal(10 * n) for n in range(1, 10)]}, {"presets": "The maximum number of items is 8"}),
        ({"item_name": ""}, {"item_name": "This field is required."}),
    ],
)
def test_what_can_not_work_is_told_while_editing(db, changes, errors):
    assert errors_of(**changes) == errors


def save(client, page, *, publish=True, **changes):
    value = {
        **dict.fromkeys(("heading", "text", "thank_you_page", "button_text", "minimum", "maximum"), ""),
        "item_name": "Donation",
        "accepts_other": "on",
        **changes,
    }
    value = {name: text for name, text in value.items() if text is not None}
    value["questions"] = streamfield([])
    presets = value.pop("presets", ["500", "1000"])
    value["presets"] = {"count": str(len(presets))} | {
        number: {"deleted": "", "order": str(number), "type": "item", "value": amount, "id": ""}
        for number, amount in enumerate(presets)
    }
    form = {
        "title": page.title,
        "slug": page.slug,
        "intro": "",
        "teaser": "",
        "body": streamfield([("donation", value)]),
        "sidebar": streamfield([]),
        "comments": inline_formset([]),
    }
    if publish:
        form["action-publish"] = "action-publish"
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), nested_form_data(form))


def test_an_editor_publishes_a_donation(admin_client, page_selling):
    page = page_selling("donation", item_name="Old")

    response = save(admin_client, page, minimum="100", maximum="5000")

    assert response.status_code == 302
    value = ShopPage.objects.get(pk=page.pk).body[0].value
    assert (list(value["presets"]), value["minimum"], value["accepts_other"]) == ([500, 1000], 100, True)


def test_an_editor_reads_what_is_wrong(admin_client, page_selling):
    page = page_selling("donation", item_name="Old")

    response = save(admin_client, page, minimum="100", maximum="50")

    assert response.status_code == 200
    assert "The maximum is below the minimum." in errors_in(response)


def test_a_draft_may_be_incomplete(admin_client, page_selling):
    page = page_selling("donation", item_name="Old")

    response = save(admin_client, page, item_name="", presets=[""], accepts_other=None, publish=False)

    assert response.status_code == 302
    preview = admin_client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
    assert b"The button does nothing in previews." in preview.content


def soup(html):
    return BeautifulSoup(html, "lxml")


def test_the_page_makes_no_query_and_is_the_same_for_everyone(client, page_selling, admin_client):
    page = page_selling("donation", item_name="Gift", presets=["500.00", "1000.00"])
    plain = page_selling("paragraph", title="Plain")
    client.get(page.url)
    with CaptureQueriesContext(connection) as without:
        client.get(plain.url)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(page.url)

    assert len(queries) == len(without)
    assert response.content == admin_client.get(page.url).content
    assert not response.cookies
    block = soup(response.content).select_one("main")
    assert not block.select("script, style, [style], form")


def test_each_button_leads_to_the_same_offer(client, page_selling):
    page = page_selling("donation", item_name="Gift", presets=["500.00", "1000.50"])

    links = [link["href"] for link in soup(client.get(page.url).content).select("a.khalti-button")]

    assert [link.partition("?")[2] for link in links] == ["amount=500", "amount=1000.50", ""]
    offers = [open_offer(link.split("/")[-2]) for link in links]
    assert {offer.owner for offer in offers} == {page}


@pytest.mark.parametrize(
    ("changes", "labels"),
    [
        ({"presets": []}, ["Pay with Khalti"]),
        ({"button_text": "Give"}, ["Rs\xa0500", "Give"]),
        ({"accepts_other": False}, ["Rs\xa0500"]),
    ],
)
def test_the_buttons_say_what_they_do(client, page_selling, changes, labels):
    page = page_selling("donation", **{"item_name": "Gift", "presets": ["500.00"], "accepts_other": True, **changes})

    buttons = soup(client.get(page.url).content).select("a.khalti-button")

    assert [button.get_text().split(":")[0] for button in buttons] == labels


def test_the_block_picker_shows_a_donation(admin_client):
    block = ShopPage._meta.get_field("body").stream_block.child_blocks["donation"]

    html = admin_client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix}).content

    assert "Rs\xa0500" in soup(html).get_text()
    assert not soup(html).select("a.khalti-button")


def test_the_api_gives_amounts_in_paisa_and_the_checkout(page_selling, rf):
    page = page_selling("donation", item_name="Gift", presets=["500.00"], maximum="5000.00")
    value = page.body[0].value

    offer = page.body[0].block.get_api_representation(value, {"request": rf.get("/"), "page": page})["offer"]

    assert {
        "kind": "amount",
        "name": "Gift",
        "presets": (50_000,),
        "minimum": 1_000,
        "maximum": 500_000,
        "accepts_other": True,
    }.items() <= offer.items()
    assert open_offer(offer["token"]).owner == page


def test_the_api_says_that_nothing_can_be_bought(page_selling):
    page = page_selling("donation", item_name="")

    assert page.body[0].block.get_api_representation(page.body[0].value)["offer"] is None


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, []),
        ({"asks_message": True}, ["message"]),
        ({"asks_message": True, "offers_anonymity": True}, ["message", "anonymous"]),
    ],
)
def test_a_donor_is_asked_what_the_editor_wants(changes, names):
    block = KhaltiDonationBlock()

    questions = block.own_questions(block.normalize({**GIFT, **changes}))

    assert [question.name for question in questions] == names
    assert not any(question.required or question.on_receipt for question in questions)


def test_a_site_replaces_one_part_of_all_blocks(client, page_selling, settings, tmp_path):
    template = tmp_path / "wagtail_khalti" / "blocks" / "offer.html"
    template.parent.mkdir(parents=True)
    template.write_text('{% extends "wagtail_khalti/blocks/offer.html" %}{% block hint %}<p>Tax-free</p>{% endblock %}')
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    page = page_selling("donation", item_name="Gift", presets=["500.00"])

    block = soup(client.get(page.url).content).select_one(".khalti-block")

    assert "Tax-free" in block.get_text()
    assert len(block.select("a.khalti-button")) == 2
