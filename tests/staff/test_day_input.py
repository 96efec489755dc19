"""A day to be picked or typed: what Wagtail's picker is told, and where it is."""

import json

import pytest
from django.utils import translation

from wagtail_khalti.staff.day_input import DayInput
from wagtail_khalti.staff.insights.form import InsightsForm


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("index", ["created_from", "created_to", "paid_from", "paid_to", "refunded_from", "refunded_to"]),
        ("export", ["first", "last"]),
    ],
)
def test_is_where_days_are_asked_for(desk, db, name, fields):
    page = desk.get(name)

    for field in page.soup.select("[data-controller=khalti-day]"):
        assert field["type"] == "text"
        assert field["placeholder"] == "2026-11-21"
        assert json.loads(field["data-khalti-day-config-value"])["validateOnBlur"] is False
    assert {field["name"] for field in page.soup.select("[data-controller=khalti-day]")} == set(fields)
    for script in ("wagtailadmin/js/date-time-chooser.js", "wagtail_khalti/day_input.js"):
        assert page.html.count(script) == 1


def test_is_in_the_insights():
    form = InsightsForm({}, sites={})

    assert isinstance(form.fields["first"].widget, DayInput)
    assert "wagtail_khalti/day_input.js" in str(form.media)


def test_leaves_alone_what_was_typed(settings):
    settings.WAGTAIL_DATE_FORMAT = "%d.%m.%Y"

    config = DayInput().get_config()

    assert config["validateOnBlur"] is False
    assert config["format"] == "Y-m-d", "a picked day is written as one that is understood"


@pytest.mark.parametrize("language", ["en", "ne"])
def test_has_no_script_in_the_page(language):
    with translation.override(language):
        html = DayInput().render("first", "२०८३-०८-०५", {"id": "first"})

    assert "<script" not in html
    assert 'value="२०८३-०८-०५"' in html
