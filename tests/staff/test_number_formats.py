"""What a machine reads on our pages in the admin is never written as for people, however large the number."""

# ruff: noqa: F811 - fixtures are imported, and named as arguments

import re

import pytest
from django.urls import reverse
from wagtail.models import Site

from tests.staff.conftest import Seen
from tests.staff.issues_made import Kind
from tests.staff.made import nameless, unconfirmed  # noqa: F401
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.issue import RISKS
from wagtail_khalti.testing.factories import PaymentFactory

FOR_PEOPLE = {"title", "aria-label", "data-w-tooltip-content-value"}
GROUPED = re.compile(r"\d[.,'\s]\d{3}(?!\d)")


@pytest.fixture(autouse=True)
def french(settings):
    """Which parts the thousands by a space: an id with one is two."""
    settings.LANGUAGES = settings.WAGTAIL_CONTENT_LANGUAGES = [("en", "English"), ("fr", "Français")]
    settings.USE_THOUSAND_SEPARATOR = True


@pytest.fixture(autouse=True)
def many_payments_before(db):
    PaymentFactory(pk=1_234_567)


@pytest.fixture
def person(sign_in):
    return sign_in("superuser", headers={"accept-language": "fr"})


@pytest.fixture
def issue(db):
    issue = KhaltiIssue(
        pk=1_234_567, payment=PaymentFactory(), kind=Kind.DUPLICATE_PAYMENT, risk=RISKS[Kind.DUPLICATE_PAYMENT]
    )
    return KhaltiIssue.objects.bulk_create([issue])[0]


def grouped(page):
    """Every attribute for browsers and scripts that holds a grouped number."""
    attributes = [item for element in page.main.find_all(True) for item in element.attrs.items()]
    return [(name, value) for name, value in attributes if name not in FOR_PEOPLE and GROUPED.search(str(value))]


@pytest.mark.parametrize("name", ["inspect", "refund", "record_refund", "note"])
def test_pages_of_a_payment(person, make_paid, name):
    page = person.get(name, make_paid())

    assert page.status == 200
    assert "1234" in page.path
    assert not grouped(page)


@pytest.mark.parametrize(
    "name",
    [
        "wagtailadmin_home",
        "khalti_payments:index",
        "khalti_payments:export",
        "khalti_issues:index",
        "khalti_reports:insights",
    ],
)
def test_overviews(person, make_paid, issue, name):
    make_paid(amount=123_456_00)

    page = Seen(person.client.get(reverse(name), {"mode": "simulator"}, follow=True))

    assert page.status == 200
    assert not grouped(page)


def test_matters_are_named_by_their_headings(person, issue):
    page = Seen(person.client.get(reverse("khalti_issues:index"), {"mode": "simulator"}, follow=True))

    names = [case["aria-labelledby"] for case in page.main.select(".khalti-issue-row")]
    assert names == [f"issue-{issue.pk}"]
    assert page.main.select_one(f"#{names[0]}")


def test_an_issue_is_resolved(person, issue):
    page = Seen(person.client.get(reverse("khalti_issues:resolve", args=[issue.pk])))

    assert not grouped(page)
    person.send(page.form, resolution="resolved", note="Called")
    issue.refresh_from_db()
    assert issue.resolution == "resolved"


def test_a_refund_is_made(person, khalti, make_paid):
    paid = make_paid(amount=150_000_00)

    confirming = person.send(person.get("refund", paid).form, amount="50000", reason="Moved")

    assert not grouped(confirming)
    person.send(confirming.form, button=confirming.form.element.select_one("button[name]"))
    assert KhaltiPayment.objects.get(pk=paid.pk).refund_total == 50_000_00


def test_a_refund_is_recorded(person, make_paid):
    paid = make_paid(amount=150_000_00)

    person.send(person.get("record_refund", paid).form, amount="50000", method="cash", reason="Moved")

    assert KhaltiPayment.objects.get(pk=paid.pk).refund_total == 50_000_00


@pytest.mark.parametrize("name", ["resolve_refund", "enter_amount"])
def test_pages_of_refunds(person, unconfirmed, nameless, name):
    page = person.get(name, {"resolve_refund": unconfirmed, "enter_amount": nameless}[name].reference)

    assert page.status == 200
    assert not grouped(page)


def test_the_connection_of_a_site(person, home):
    page = Seen(person.client.get(reverse("khalti_settings:connection", args=[Site.objects.get().pk])))

    assert page.status == 200
    assert not grouped(page)
