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
from tests.docs import privacy_table, state_table
from wagtail_khalti import actions, blocks, exceptions, models, options, signals, urls
from wagtail_khalti.blocks import KhaltiCheckoutBlock
from wagtail_khalti.blocks.offer import FIELD_CHOICES
from wagtail_khalti.checks import payables, settings, site, visitors, webhooks, work
from wagtail_khalti.ledger import payment_states, refund_states, schedule, unconfirmed_refunds
from wagtail_khalti.lookups import leases, run_breaker
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.refund import State
from wagtail_khalti.testing import factories
from wagtail_khalti.testing.conformance import RULES
from wagtail_khalti.testing.fake import FakeKhalti

DOCS = Path(__file__).parents[2] / "docs"


def read(page):
    return (DOCS / page).read_text()


def first_column(page):
    """The names in code type at the beginning of the rows of its tables."""
    cells = re.findall(r"^\| (`[^|]*) \|", read(page), re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize("name", state_table.TABLES)
def test_state_tables_are_those_of_the_code(name):
    assert state_table.shown(name) == state_table.TABLES[name]()


@pytest.mark.parametrize(
    ("name", "machine"),
    [("states", payment_states.MACHINE), ("refunds", refund_states.MACHINE), ("verdicts", refund_states.VERDICTS)],
)
def test_no_cell_of_a_state_table_is_left_out(name, machine):
    lines = state_table.shown(name).splitlines()

    assert [line.split("**")[1] for line in lines[2:]] == [row.value for row in machine]
    assert {line.count("|") for line in lines} == {len(next(iter(machine.values()))) + 2}


def test_what_is_stored_is_what_the_code_says():
    assert privacy_table.shown() == privacy_table.table()


def test_every_setting_is_there():
    names = {name for name in first_column("reference/settings.md") if name in options.OPTIONS}

    assert names == set(options.OPTIONS)


def test_every_check_is_there_and_no_other():
    sources = [Path(module.__file__).read_text() for module in (payables, settings, site, visitors, webhooks, work)]
    in_code = set(re.findall(r"wagtail_khalti\.[EW]\d{3}", " ".join(sources)))

    assert first_column("reference/checks.md") == in_code


def test_every_signal_is_there_and_no_other():
    in_code = {name for name, value in vars(signals).items() if isinstance(value, Signal)}

    assert first_column("reference/signals.md") == in_code


def test_every_address_is_there_by_its_name():
    in_code = {pattern.name for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)}
    named = set(re.findall(r"^\| `[^`]+` \| `([^`]+)` \|", read("reference/urls.md"), re.MULTILINE))

    assert named == in_code


def made_from_docstrings(page):
    """The names that autodoc describes on a page."""
    return {name.rpartition(".")[2] for name in re.findall(r"^\.\. auto\w+:: (\S+)$", read(page), re.MULTILINE)}


@pytest.mark.parametrize(
    ("page", "module"),
    [
        ("reference/actions.md", actions),
        ("reference/models.md", models),
        ("reference/testing.md", factories),
    ],
)
def test_every_public_name_is_described(page, module):
    assert set(module.__all__) <= made_from_docstrings(page)


def test_every_public_block_is_described():
    in_code = {name for name, value in vars(blocks).items() if name.startswith("Khalti") and isinstance(value, type)}

    assert in_code <= made_from_docstrings("reference/blocks.md")


def test_every_permission_is_there_and_no_other():
    [table] = re.findall(r"^\| permission \|.*?\n\n", read("reference/models.md"), re.MULTILINE | re.DOTALL)
    in_code = {codename for codename, _name in KhaltiPayment._meta.permissions}
    in_code |= {f"{action}_khaltipayment" for action in KhaltiPayment._meta.default_permissions}

    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == in_code


def test_every_field_of_the_block_is_there():
    rows = re.findall(r"^\| ([^|`]+) \| `(\w+)` \|", read("howto/place-a-block.md"), re.MULTILINE)
    block = KhaltiCheckoutBlock()
    layout = block.get_form_layout()
    in_code = [(str(block.child_blocks[name].label), name) for name in (*layout.children, *layout.settings)]

    assert rows == in_code


def test_every_visitor_field_is_there():
    [row] = re.findall(r"^\| [^|]+ \| `fields` \|.*$", read("howto/place-a-block.md"), re.MULTILINE)

    assert re.findall(r'`"(\w+)"`', row) == [name for name, _label in FIELD_CHOICES]


def test_every_kind_of_issue_is_there_and_no_other():
    [table] = re.findall(r"^\| kind \|.*?\n\n", read("reference/models.md"), re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| (`[^|]*) \|", table, re.MULTILINE)

    assert {kind for row in rows for kind in re.findall(r"`(\w+)`", row)} == set(KhaltiIssue.Kind.values)


def test_every_state_of_a_refund_is_there():
    named = set(re.findall(r"`(\w+)`", read("howto/refunds-in-code.md")))

    assert set(State.values) <= named


def test_every_argument_of_refund_payment_is_there():
    taken = set(inspect.signature(actions.refund_payment).parameters) - {"payment"}
    named = first_column("howto/refunds-in-code.md")

    assert taken <= named


def test_refund_states_are_named_as_in_the_admin():
    page = read("howto/refund.md")

    assert [state.label for state in State if f"*{state.label}*" not in page] == []


@pytest.mark.parametrize("page", ["howto/refund.md", "howto/needs-attention.md", "howto/find-a-payment.md"])
def test_buttons_are_named_as_in_the_admin(page):
    package = Path(wagtail_khalti.__file__).parent
    sources = [*(package / "templates/wagtail_khalti/staff").rglob("*.html"), *(package / "staff").rglob("*.py")]
    words = re.sub(r"{{ amount }}|%\(amount\)s", "AMOUNT", " ".join(path.read_text() for path in sources))
    named = set(re.findall(r"\*\*([^*]+)\*\*", read(page)))
    pressed = {re.sub(r"Rs [\d,]+( to [\w ]+)?", "AMOUNT", name) for name in named if not name.endswith(".")}

    assert len(pressed) > 2
    assert sorted(name for name in pressed if name not in words) == []


def test_the_numbers_of_the_schedule_are_those_of_the_code():
    page = read("architecture.md")

    assert [pause.days for pause in schedule.CHECKS_AFTER_PAYMENT] == [1, 7, 30, 90]
    assert "1, 7, 30 and 90 days after the payment" in page
    assert timedelta(seconds=15) == schedule.AFTER_EXPIRY
    assert "once 15 seconds after the payment link has expired" in page
    assert timedelta(hours=6) == schedule.MAX_AFTER_SILENCE
    assert timedelta(days=1) == schedule.MAX_RETRY_AFTER
    assert (run_breaker.MAX_FAILURES, run_breaker.MIN_FAILURES, run_breaker.MAX_SILENCE) == (20, 8, 30.0)
    assert "After 20 failures in a row" in page
    assert "After 8, if Khalti rejects the API key" in page
    assert "no response for 30 seconds" in page
    assert timedelta(minutes=5) == leases.LEASE
    assert "moves `next_check_at` five minutes ahead" in page
    assert "given up five minutes after it began" in page
    assert timedelta(hours=1) == unconfirmed_refunds.CERTAIN_AFTER
    assert "still reports it an hour after the refund was sent" in page
    assert timedelta(minutes=1) == schedule.MIN_PAUSE
    assert "since the refund began, from 1 minute up to 6 hours" in page


def templates_in(page):
    """Each template in the tables of a page, with the blocks that it is said to have."""
    for names, blocks_of_it in re.findall(r"^\| (`[^|]*`[^|]*) \| ([^|]*) \|$", read(page), re.MULTILINE):
        folder = ""
        for name in re.findall(r"`([\w/]+\.html)`", names):
            folder = f"{name.rpartition('/')[0]}/" if "/" in name else folder
            yield folder + name.rpartition("/")[2], re.findall(r"`(\w+)`", blocks_of_it)


def test_every_template_that_may_be_replaced_exists():
    folder = Path(wagtail_khalti.__file__).parent / "templates/wagtail_khalti"
    named = dict(templates_in("howto/look.md"))

    assert len(named) > 20
    for name, blocks_of_it in named.items():
        source = (folder / name).read_text()
        assert [block for block in blocks_of_it if not re.search(rf"{{% block {block} %}}", source)] == [], name
    for name in re.findall(r"^\| `((?:receipt|mail)/\w+)` \|", read("howto/extend.md"), re.MULTILINE):
        assert all((folder / f"{name}.{kind}").exists() for kind in ("txt", "html"))


def test_every_page_for_visitors_may_be_replaced():
    """Those without parts of their own are included by others."""
    folder = Path(wagtail_khalti.__file__).parent / "templates/wagtail_khalti/public"
    pages = {path.name for path in folder.glob("*.html") if "{% extends" in path.read_text()}
    named = {name.removeprefix("public/") for name, _blocks in templates_in("howto/look.md")}

    assert pages - named - {"ended_base.html", "waiting_base.html"} == set()


def test_every_exception_is_in_the_drawn_tree():
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


def test_every_check_of_receivers_is_there():
    section = read("howto/testing.md").partition("## Check your receivers")[2].partition("\n## ")[0]

    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(RULES)


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
