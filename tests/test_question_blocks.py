"""An editor's own questions in Wagtail's editor."""

import json

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import streamfield

from tests.conftest import CHECKOUT
from tests.shop.models import ShopPage
from tests.test_block_editing import Editor, errors_in, live
from wagtail_khalti.blocks import KhaltiCheckoutBlock
from wagtail_khalti.blocks.questions import QuestionsBlock
from wagtail_khalti.public.terms import Terms
from wagtail_khalti.questions import MAX_QUESTIONS

EMPTY = {"label": "", "help_text": "", "required": "", "on_receipt": ""}
OWN = {"choice": {"choices": ""}, "checkbox": {"link_page": "", "link_url": ""}}


@pytest.fixture
def editor(admin_client):
    return Editor(admin_client)


@pytest.fixture
def shop(shop_page):
    return shop_page()


def typed(*questions):
    return streamfield([(kind, {**EMPTY, **OWN.get(kind, {}), **value}) for kind, value in questions])


def save(editor, shop, *questions, publish=True):
    return editor.save_page(shop, publish=publish, questions=typed(*questions))


def terms_of(value):
    return KhaltiCheckoutBlock().terms(KhaltiCheckoutBlock().to_python({**CHECKOUT, **value}))


def test_questions_are_published_in_their_order(editor, shop):
    response = save(
        editor,
        shop,
        ("number", {"label": "Roll number", "required": "on", "help_text": "On the card", "on_receipt": "on"}),
        ("choice", {"label": "Class", "choices": " Class 1 \r\n\r\nClass 2\r\n"}),
        ("checkbox", {"label": "I accept", "required": "on", "link_url": "https://example.com/terms"}),
    )

    assert response.status_code == 302, errors_in(response)
    page = ShopPage.objects.get(pk=shop.pk)
    roll, choice, terms = page.body[0].block.terms(page.body[0].value).questions
    assert (roll.kind, roll.label, roll.required, roll.help_text, roll.on_receipt) == (
        "number",
        "Roll number",
        True,
        "On the card",
        True,
    )
    assert (choice.choices, choice.required) == (("Class 1", "Class 2"), False)
    assert terms.link == "https://example.com/terms"
    assert [one.name for one in (roll, choice, terms)] == [child.id for child in page.body[0].value["questions"]]


def test_a_renamed_question_is_the_same(editor, shop):
    save(editor, shop, ("text", {"label": "Roll"}))
    before = terms_of({"questions": live(shop)["questions"].get_prep_value()}).questions

    page = ShopPage.objects.get(pk=shop.pk)
    page.body[0].value["questions"][0].value["label"] = "Roll number"
    page.save_revision().publish()

    after = terms_of({"questions": live(shop)["questions"].get_prep_value()}).questions
    assert before[0].name == after[0].name
    assert before[0].label != after[0].label


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (
            ("choice", {"label": "Class", "choices": "Class 1"}),
            "Enter at least two choices, each on a line of its own.",
        ),
        (("choice", {"label": "Class", "choices": "A\nB\n A"}), "This choice is there twice: A"),
        (("choice", {"label": "Class", "choices": "A\n" + "B" * 151}), "This choice is longer than 150 characters"),
        (("choice", {"label": "Class", "choices": "\n".join(map(str, range(101)))}), "Enter at most 100 choices."),
        (("choice", {"label": "Class", "choices": ""}), "This field is required."),
        (("text", {"label": ""}), "This field is required."),
        (("text", {"label": "x" * 151}), "at most 150 characters"),
        (("checkbox", {"label": "Terms", "link_url": "javascript:alert(1)"}), "Enter a valid URL."),
    ],
)
def test_a_mistake_is_told_at_the_field(editor, shop, question, words):
    response = save(editor, shop, question)

    assert response.status_code == 200
    assert words in errors_in(response)


def test_two_fields_of_one_label_are_told(editor, shop):
    response = save(editor, shop, ("text", {"label": "Roll number"}), ("number", {"label": " roll  NUMBER"}))

    assert response.status_code == 200
    assert "Another field has the same label." in errors_in(response)


def test_more_than_twenty_are_told(editor, shop):
    response = save(editor, shop, *(("text", {"label": f"Field {n}"}) for n in range(MAX_QUESTIONS + 1)))

    assert response.status_code == 200
    assert "The maximum number of items is 20" in errors_in(response)


def test_a_page_and_an_address_at_once_are_told(editor, shop, home):
    terms = home.add_child(instance=Page(title="Terms"))
    both = {"label": "I accept", "link_page": str(terms.pk), "link_url": "https://example.com"}

    assert "Choose a page or enter an address, not both." in errors_in(save(editor, shop, ("checkbox", both)))


def test_unpublished_terms_are_told(editor, shop, home):
    terms = home.add_child(instance=Page(title="Terms", live=False))

    response = save(editor, shop, ("checkbox", {"label": "I accept", "link_page": str(terms.pk)}))

    assert "This page is not published" in errors_in(response)


def test_a_draft_may_be_incomplete_and_asks_what_is_complete(editor, shop):
    drafted = save(editor, shop, ("text", {"label": ""}), ("choice", {"label": "Class", "choices": ""}), publish=False)

    assert drafted.status_code == 302
    incomplete = [{"type": "text", "value": {"label": None}}, {"type": "choice", "value": {"label": "Class"}}]
    assert terms_of({"questions": incomplete}).questions == ()


@pytest.mark.parametrize("stored", [{}, {"questions": []}, {"questions": None}])
def test_blocks_without_questions_ask_nothing(stored):
    assert terms_of(stored).questions == ()


def test_the_api_shows_the_questions(shop_page):
    asked = {"type": "choice", "id": "q1", "value": {"label": "Class", "choices": "A\nB", "required": True}}
    shop = shop_page(questions=[asked])

    block = shop.body[0]
    [shown] = block.block.get_api_representation(block.value)["questions"]
    assert (shown["type"], shown["id"], shown["value"]["label"], shown["value"]["choices"]) == (
        "choice",
        "q1",
        "Class",
        "A\nB",
    )


def test_rendering_makes_no_query_for_the_page_to_read(shop_page, home, django_assert_num_queries):
    terms = home.add_child(instance=Page(title="Terms"))
    asked = {"type": "checkbox", "id": "q1", "value": {"label": "I accept", "link_page": terms.pk}}
    shop = shop_page(questions=[asked])

    with django_assert_num_queries(0):
        [question] = shop.body[0].block.terms(shop.body[0].value).questions

    assert question.link == f"page:{terms.pk}"


def test_an_offer_that_holds_its_terms_holds_the_questions():
    asked = {"type": "choice", "id": "q1", "value": {"label": "Class", "choices": "A\nB", "help_text": "Which?"}}
    terms = terms_of({"questions": [asked]})

    assert Terms.from_json(json.loads(json.dumps(terms.as_json()))) == terms


@pytest.mark.parametrize("kind", QuestionsBlock().child_blocks)
def test_the_picker_previews_the_field_of_each_kind(admin_client, kind):
    block = QuestionsBlock().child_blocks[kind]

    response = admin_client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})

    page = BeautifulSoup(response.content, "lxml")
    assert page.select("input, textarea, select")
    assert str(block.example) in page.get_text()
