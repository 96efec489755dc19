"""Staff who work in Nepali, for which Wagtail has no words of its own."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from example_site import settings as example
from tests.staff.conftest import Seen
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.listing.columns import TimeColumn


@pytest.fixture
def permitted(settings):
    """What the example site lets staff choose, as the manual says."""
    settings.WAGTAILADMIN_PERMITTED_LANGUAGES = example.WAGTAILADMIN_PERMITTED_LANGUAGES


@pytest.fixture
def account(desk):
    """The select of languages on the account page, and the form around it."""

    def account():
        page = Seen(desk.client.get(reverse("wagtailadmin_account")))
        return page.soup.select_one("select[name$=preferred_language]")

    return account


def options(select):
    return {option["value"]: option.text.strip() for option in select.select("option")}


def test_wagtail_by_itself_offers_no_nepali(account):
    offered = options(account())

    assert "en" in offered
    assert "ne" not in offered


def test_nepali_is_chosen_in_the_account_and_is_there_at_once(desk, account, permitted):
    select = account()
    assert options(select)["ne"] == "नेपाली"
    form = select.find_parent("form")
    typed = form.select("input[type=text], input[type=email]")
    data = {field["name"]: field.get("value", "manager@example.com") for field in typed}
    data |= {option.find_parent("select")["name"]: option["value"] for option in form.select("option[selected]")}

    saved = desk.client.post(reverse("wagtailadmin_account"), data | {select["name"]: "ne"})

    assert saved.status_code == 302
    assert desk.get("index").soup.html["lang"] == "ne"
    assert "भुक्तानी" in desk.get("index").text


def test_how_long_ago_it_was_is_in_nepali_digits(payment):
    KhaltiPayment.objects.update(created_at=timezone.now() - timedelta(minutes=3))
    payment.refresh_from_db()

    with translation.override("ne"):
        cell = TimeColumn("created_at").get_cell_context_data(payment, {"row": None, "table": None})

    assert "३" in cell["ago"]
