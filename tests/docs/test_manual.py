"""The manual names what the code has: no more, no less."""

import inspect
import re
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.dispatch import Signal
from django.urls import URLPattern

import wagtail_khalti
from tests.docs import state_table
from wagtail_khalti import actions, conf, exceptions, signals, urls
from wagtail_khalti.blocks import FIELD_CHOICES, KhaltiCheckoutBlock
from wagtail_khalti.checks import settings, site, visitors, work
from wagtail_khalti.ledger import payment_states, refund_states, schedule
from wagtail_khalti.lookups import leases, run_breaker
from wagtail_khalti.models import (
    KhaltiDelivery,
    KhaltiEvent,
    KhaltiIssue,
    KhaltiPayment,
    KhaltiRefund,
    KhaltiRun,
    KhaltiSearchEntry,
)
from wagtail_khalti.models.refund import Method, State
from wagtail_khalti.testing.fake import FakeKhalti

DOCS = Path(__file__).parents[2] / "docs"
NO_BUTTONS = {"How much", "When"}  # bold for another reason


def read(page):
    return (DOCS / page).read_text()


def first_column(page):
    """The names in code type at the beginning of the rows of its tables."""
    cells = re.findall(r"^\| (`[^|]*) \|", read(page), re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize("name", state_table.TABLES)
def test_what_decides_about_money_is_shown_as_it_is(name):
    assert state_table.shown(name) == state_table.TABLES[name]()


@pytest.mark.parametrize(
    ("name", "machine"),
    [("states", payment_states.MACHINE), ("refunds", refund_states.MACHINE), ("verdicts", refund_states.VERDICTS)],
)
def test_no_cell_of_it_is_left_out(name, machine):
    lines = state_table.shown(name).splitlines()

    assert [line.split("**")[1] for line in lines[2:]] == [row.value for row in machine]
    assert {line.count("|") for line in lines} == {len(next(iter(machine.values()))) + 2}


def test_every_setting_is_there():
    names = {name for name in first_column("reference/settings.md") if name in conf.OPTIONS}

    assert names == set(conf.OPTIONS)


def test_every_check_is_there_and_no_other():
    sources = [Path(module.__file__).read_text() for module in (settings, site, visitors, work)]
    in_code = set(re.findall(r"wagtail_khalti\.[EW]\d{3}", " ".join(sources)))

    assert first_column("reference/checks.md") == in_code


def test_every_signal_is_there_and_no_other():
    in_code = {name for name, value in vars(signals).items() if isinstance(value, Signal)}

    assert first_column("reference/signals.md") == in_code


def test_every_address_is_there_by_its_name():
    in_code = {pattern.name for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)}
    named = set(re.findall(r"^\| `[^`]+` \| `([^`]+)` \|", read("reference/urls.md"), re.MULTILINE))

    assert named == in_code


@pytest.mark.parametrize(
    "model", [KhaltiPayment, KhaltiRefund, KhaltiEvent, KhaltiIssue, KhaltiDelivery, KhaltiRun, KhaltiSearchEntry]
)
def test_every_field_is_there(model):
    named = set(re.findall(r"`(\w+)`", read("reference/models.md")))
    ours = {field.name for field in model._meta.concrete_fields} - {"id", "payment"}

    assert ours <= named


def test_every_permission_is_there_and_no_other():
    [table] = re.findall(r"^\| permission \|.*?\n\n", read("reference/models.md"), re.MULTILINE | re.DOTALL)
    in_code = {codename for codename, _name in KhaltiPayment._meta.permissions}
    in_code |= {f"{action}_khaltipayment" for action in KhaltiPayment._meta.default_permissions}

    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == in_code


def test_every_field_of_the_block_is_there_by_both_its_names():
    rows = re.findall(r"^\| ([^|`]+) \| `(\w+)` \|", read("howto/place-a-block.md"), re.MULTILINE)
    in_code = [(str(block.label), name) for name, block in KhaltiCheckoutBlock.base_blocks.items()]

    assert rows == in_code


def test_every_thing_that_a_visitor_can_be_asked_is_there():
    [row] = re.findall(r"^\| [^|]+ \| `fields` \|.*$", read("howto/place-a-block.md"), re.MULTILINE)

    assert re.findall(r'`"(\w+)"`', row) == [name for name, _label in FIELD_CHOICES]


def test_every_kind_of_matter_is_there_and_no_other():
    [table] = re.findall(r"^\| kind \|.*?\n\n", read("reference/models.md"), re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| (`[^|]*) \|", table, re.MULTILINE)

    assert {kind for row in rows for kind in re.findall(r"`(\w+)`", row)} == set(KhaltiIssue.Kind.values)


def test_every_way_to_close_a_matter_is_there():
    assert {f"`{outcome}`" for outcome in KhaltiIssue.Resolution.values} <= set(
        re.findall(r"`\w+`", read("reference/models.md"))
    )


@pytest.mark.parametrize("page", ["reference/models.md", "howto/refunds-in-code.md"])
def test_every_state_of_a_refund_is_there(page):
    named = set(re.findall(r"`(\w+)`", read(page)))

    assert set(State.values) <= named


def test_every_way_to_give_money_back_is_there():
    assert set(Method.values) <= set(re.findall(r"`(\w+)`", read("reference/models.md")))


def test_the_refunding_of_money_is_shown_with_all_that_it_takes():
    taken = set(inspect.signature(actions.refund_payment).parameters) - {"payment"}
    named = first_column("howto/refunds-in-code.md")

    assert taken <= named


def test_the_states_of_a_refund_are_named_as_staff_read_them():
    page = read("howto/refund.md")

    assert [state.label for state in State if f"*{state.label}*" not in page] == []


def test_what_staff_are_told_to_press_is_there():
    package = Path(wagtail_khalti.__file__).parent
    sources = [*(package / "templates/wagtail_khalti/staff").glob("*.html"), *(package / "staff").rglob("*.py")]
    words = re.sub(r"{{ amount }}|%\(amount\)s", "AMOUNT", " ".join(path.read_text() for path in sources))
    named = set(re.findall(r"\*\*([^*]+)\*\*", read("howto/refund.md")))
    pressed = {re.sub(r"Rs [\d,]+( to [\w ]+)?", "AMOUNT", name) for name in named if not name.endswith(".")}

    assert len(pressed - NO_BUTTONS) > 5
    assert sorted(name for name in pressed - NO_BUTTONS if name not in words) == []


def test_the_numbers_of_the_schedule_are_those_of_the_code():
    page = read("architecture.md")

    assert [pause.days for pause in schedule.REVISITS] == [1, 7, 30, 90]
    assert "1, 7, 30 and 90 days after the payment" in page
    assert timedelta(seconds=15) == schedule.AFTER_EXPIRY
    assert "once 15 seconds after the link has run out" in page
    assert timedelta(hours=6) == schedule.MAX_AFTER_SILENCE
    assert timedelta(days=1) == schedule.MAX_ASKED_FOR
    assert (run_breaker.MANY, run_breaker.SAMPLE_SIZE, run_breaker.LONG) == (20, 8, 30.0)
    assert "After 20 failures in a row" in page
    assert "8 are enough where" in page
    assert "nothing came for 30 seconds" in page
    assert timedelta(minutes=5) == leases.LEASE
    assert "moves `next_check_at` five minutes ahead" in page
    assert "taken for gone five minutes after it began" in page
    assert timedelta(hours=1) == refund_states.CERTAIN_AFTER
    assert "still says so an hour after it was sent" in page
    assert timedelta(minutes=1) == schedule.MIN_PAUSE
    assert "since the refund began, from 1 minute up to 6 hours" in page


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
