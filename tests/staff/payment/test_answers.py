"""The answers on a payment's own page, for who may see personal data."""

import pytest

from tests.staff.conftest import words_of
from wagtail_khalti.models import KhaltiPayment

ANSWERS = [
    {"name": "class", "label": "Class", "kind": "choice", "value": "7", "on_receipt": True},
    {"name": "note", "label": "Note", "kind": "text", "value": "<b>Hello</b>\nthere", "on_receipt": False},
    {"name": "terms", "label": "Terms", "kind": "checkbox", "value": True, "on_receipt": False},
    {"name": "house", "label": "House", "kind": "text", "value": None, "on_receipt": False},
]


@pytest.fixture
def answered(paid):
    KhaltiPayment.objects.update(answers=ANSWERS)
    return paid


def panel(page):
    return page.main.select_one("#answers-section")


@pytest.mark.every_database
def test_are_in_a_panel_of_their_own(sign_in, answered):
    found = panel(sign_in("cashier").get("inspect", answered))

    facts = {words_of(fact.dt): words_of(fact.dd) for fact in found.select("dl > div")}
    assert facts == {"Class": "7", "Note": "<b>Hello</b> there", "Terms": "Yes", "House": "–"}


def test_are_hidden_from_who_may_not_see_personal_data(sign_in, answered):
    page = sign_in("viewer").get("inspect", answered)

    assert "Hidden" in words_of(panel(page))
    assert "Hello" not in page.html


def test_have_no_panel_where_nothing_was_asked(sign_in, paid):
    assert panel(sign_in("cashier").get("inspect", paid)) is None
