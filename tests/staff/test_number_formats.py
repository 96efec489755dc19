"""What a machine reads on our pages in the admin is never written as for people, however large the number."""

# ruff: noqa: F811 - fixtures are imported, and named as arguments

import re

import pytest
from django.urls import reverse
from wagtail.models import Site

from tests.staff.conftest import Seen
from tests.staff.made import in_doubt, nameless  # noqa: F401
from tests.staff.matters import Kind
from wagtail_khalti.models import KhaltiPayment, KhaltiReview
from wagtail_khalti.models.review import RISKS
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
def matter(db):
    review = KhaltiReview(
        pk=1_234_567, payment=PaymentFactory(), kind=Kind.SECOND_PAYMENT, risk=RISKS[Kind.SECOND_PAYMENT]
    )
    return KhaltiReview.objects.bulk_create([review])[0]


def grouped(page):
    """Every attribute for browsers and scripts that holds a grouped number."""
    attributes = [item for element in page.main.find_all(True) for item in element.attrs.items()]
    return [(name, value) for name, value in attributes if name not in FOR_PEOPLE and GROUPED.search(str(value))]


@pytest.mark.parametrize("name", ["inspect", "refund", "record", "note"])
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
        "khalti_matters:index",
        "khalti_reports:insights",
    ],
)
def test_overviews(person, make_paid, matter, name):
    make_paid(amount=123_456_00)

    page = Seen(person.client.get(reverse(name), {"mode": "simulator"}, follow=True))

    assert page.status == 200
    assert not grouped(page)


def test_matters_are_named_by_their_headings(person, matter):
    page = Seen(person.client.get(reverse("khalti_matters:index"), {"mode": "simulator"}, follow=True))

    names = [case["aria-labelledby"] for case in page.main.select(".khalti-case")]
    assert names == [f"matter-{matter.pk}"]
    assert page.main.select_one(f"#{names[0]}")


def test_a_matter_is_closed(person, matter):
    page = Seen(person.client.get(reverse("khalti_matters:close", args=[matter.pk])))

    assert not grouped(page)
    person.send(page.form, outcome="handled", note="Called")
    matter.refresh_from_db()
    assert matter.outcome == "handled"


def test_a_refund_is_made(person, khalti, make_paid):
    paid = make_paid(amount=150_000_00)

    confirming = person.send(person.get("refund", paid).form, amount="50000", reason="Moved")

    assert not grouped(confirming)
    person.send(confirming.form, button=confirming.form.element.select_one("button[name]"))
    assert KhaltiPayment.objects.get(pk=paid.pk).refund_total == 50_000_00


def test_a_refund_is_recorded(person, make_paid):
    paid = make_paid(amount=150_000_00)

    person.send(person.get("record", paid).form, amount="50000", way="cash", reason="Moved")

    assert KhaltiPayment.objects.get(pk=paid.pk).refund_total == 50_000_00


@pytest.mark.parametrize("name", ["decide", "amount"])
def test_pages_of_refunds(person, in_doubt, nameless, name):
    page = person.get(name, {"decide": in_doubt, "amount": nameless}[name].reference)

    assert page.status == 200
    assert not grouped(page)


def test_the_connection_of_a_site(person, home):
    page = Seen(person.client.get(reverse("khalti_settings:connection", args=[Site.objects.get().pk])))

    assert page.status == 200
    assert not grouped(page)
