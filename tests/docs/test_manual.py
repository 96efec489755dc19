"""The manual names what the code has: no more, no less."""

import re
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.dispatch import Signal
from django.urls import URLPattern

from tests.docs import state_table
from wagtail_khalti import checks, conf, exceptions, signals, urls
from wagtail_khalti.actions import claim, outage, schedule
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiPayment, KhaltiReview, KhaltiRun
from wagtail_khalti.testing.fake import FakeKhalti

DOCS = Path(__file__).parents[2] / "docs"


def read(page):
    return (DOCS / page).read_text()


def first_column(page):
    """The names in code type at the beginning of the rows of its tables."""
    cells = re.findall(r"^\| (`[^|]*) \|", read(page), re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_the_state_machine_is_shown_as_it_is():
    assert state_table.shown() == state_table.table()


def test_every_setting_is_there():
    names = {name for name in first_column("reference/settings.md") if name in conf.OPTIONS}

    assert names == set(conf.OPTIONS)


def test_every_check_is_there_and_no_other():
    in_code = set(re.findall(r"wagtail_khalti\.[EW]\d{3}", Path(checks.__file__).read_text()))

    assert first_column("reference/checks.md") == in_code


def test_every_signal_is_there_and_no_other():
    in_code = {name for name, value in vars(signals).items() if isinstance(value, Signal)}

    assert first_column("reference/signals.md") == in_code


def test_every_address_is_there_by_its_name():
    in_code = {pattern.name for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)}
    named = set(re.findall(r"^\| `[^`]+` \| `([^`]+)` \|", read("reference/urls.md"), re.MULTILINE))

    assert named == in_code


@pytest.mark.parametrize("model", [KhaltiPayment, KhaltiEvent, KhaltiReview, KhaltiDelivery, KhaltiRun])
def test_every_field_is_there(model):
    named = set(re.findall(r"`(\w+)`", read("reference/models.md")))
    ours = {field.name for field in model._meta.concrete_fields} - {"id", "payment"}

    assert ours <= named


def test_every_kind_of_matter_is_there_and_no_other():
    [table] = re.findall(r"^\| kind \|.*?\n\n", read("reference/models.md"), re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| (`[^|]*) \|", table, re.MULTILINE)

    assert {kind for row in rows for kind in re.findall(r"`(\w+)`", row)} == set(KhaltiReview.Kind.values)


def test_every_way_to_close_a_matter_is_there():
    assert {f"`{outcome}`" for outcome in KhaltiReview.Outcome.values} <= set(
        re.findall(r"`\w+`", read("reference/models.md"))
    )


def test_the_numbers_of_the_schedule_are_those_of_the_code():
    page = read("architecture.md")

    assert [pause.days for pause in schedule.REVISITS] == [1, 7, 30, 90]
    assert "1, 7, 30 and 90 days after the payment" in page
    assert timedelta(seconds=15) == schedule.AFTER_EXPIRY
    assert "once 15 seconds after the link has run out" in page
    assert timedelta(hours=6) == schedule.LONGEST_AFTER_SILENCE
    assert timedelta(days=1) == schedule.LONGEST_ASKED_FOR
    assert (outage.MANY, outage.FEW, outage.LONG) == (20, 8, 30.0)
    assert "After 20 failures in a row" in page
    assert "8 are enough where" in page
    assert "nothing came for 30 seconds" in page
    assert timedelta(minutes=5) == claim.LEASE
    assert "moves `next_check_at` five minutes ahead" in page


def test_every_exception_is_in_the_drawn_tree_that_the_manual_shows():
    in_code = {
        name for name, value in vars(exceptions).items() if getattr(value, "__module__", "") == exceptions.__name__
    }
    drawn = set(re.findall(r"^[│├└─ ]*(\w+)", exceptions.__doc__, re.MULTILINE))

    assert "KhaltiError" in in_code
    assert in_code <= drawn


def test_every_verb_of_the_fake_is_there():
    in_code = {name for name in vars(FakeKhalti) if not name.startswith("_")}
    named = set(re.findall(r"^\| `khalti\.(\w+)\(", read("howto/testing.md"), re.MULTILINE))

    assert named == in_code


@pytest.mark.parametrize("template", ["base", "checkout", "status_base"])
def test_every_block_that_a_site_may_replace_is_one(template):
    import wagtail_khalti

    path = Path(wagtail_khalti.__file__).parent / "templates/wagtail_khalti/public" / f"{template}.html"
    in_code = set(re.findall(r"{% block (\w+) %}", path.read_text()))
    [row] = re.findall(rf"^\| `public/{template}\.html`[^|]*\| ([^|]+) \|", read("howto/look.md"), re.MULTILINE)

    assert set(re.findall(r"`(\w+)`", row)) <= in_code


def test_what_the_manual_imports_is_there():
    pages = [DOCS.parent / "README.md", *DOCS.rglob("*.md")]
    imports = {
        found
        for page in pages
        for found in re.findall(r"^from (wagtail_khalti\S*) import (.+)$", page.read_text(), re.M)
    }

    assert len(imports) > 10
    for module, names in imports:
        for name in names.split(", "):
            assert hasattr(import_module(module), name), f"{module} has no {name}"


def test_links_to_files_of_the_project_lead_somewhere():
    root = DOCS.parent
    for page in [root / "README.md", root / "CONTRIBUTING.md", root / "SECURITY.md", *DOCS.rglob("*.md")]:
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name} links to {link}"
