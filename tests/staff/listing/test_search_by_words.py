"""A payment, found by the name of its customer, and by what is paid for."""

import re

import pytest
from django.db import connection
from django.test import RequestFactory
from wagtail.models import Page, Site

from tests.staff.conftest import make_person
from tests.staff.listing.test_search import found_by
from tests.staff.many import make_many, purposes
from wagtail_khalti.actions import start_payment
from wagtail_khalti.gateway import Customer
from wagtail_khalti.models import KhaltiPayment, KhaltiSearchEntry
from wagtail_khalti.staff.listing import search
from wagtail_khalti.staff.listing.page import filtered_payments
from wagtail_khalti.staff.listing.search import find
from wagtail_khalti.testing.factories import PaymentFactory

pytestmark = pytest.mark.every_database

NAMES = {
    "Sita Kumari Sharma": [
        "sita", "SITA", "Sit", "s", "kumari", "Sharma", "sita kumari sharma", "Sita Kumari Sh",
        "Sita Sharma", "sharma sita", "Sharma, Sita Kumari",
    ],
    "सीता शर्मा": ["सीता", "सी", "शर्मा", "सीता शर्मा", "शर्मा सीता", "\u200eसीता"],
    "Bishnu K.C.": ["bishnu kc", "K.C.", "KC Bishnu"],
    "Émile ÅNGSTRÖM": ["émile", "E\u0301MILE", "ångström"],
}  # fmt: skip
DESCRIPTION = "Annual membership 2083 (वार्षिक सदस्यता)"
DESCRIBED = ["annual", "Membership", "member", "membership 2083", "MEMBERSHIP २०८३", "२०८३", "वार्षिक", "सदस्यता"]
NOWHERE = ["ita", "harma", "itā", "Sita Rai", "sita x", "%", "x%", "____", "सित", "ship", "'", "2084", "-- -"]


@pytest.fixture
def branch(home):
    page = home.add_sibling(instance=Page(title="Branch", slug="branch"))
    return Site.objects.create(hostname="branch.example", root_page=page, site_name="Branch")


@pytest.mark.parametrize("name", NAMES)
def test_by_the_words_of_a_name_however_they_are_typed(db, name):
    PaymentFactory(purpose="Wanted", customer_name=name, customer_email="")
    PaymentFactory(purpose="Other", customer_name="Hari Thapa", customer_email="")

    for typed in NAMES[name]:
        assert found_by(typed) == ["Wanted"], typed


def test_by_the_words_of_the_description(db):
    PaymentFactory(purpose=DESCRIPTION)
    PaymentFactory(purpose="Donation")

    for typed in DESCRIBED:
        assert found_by(typed, personal=()) == [DESCRIPTION], typed


def test_by_nothing_else(db):
    PaymentFactory(purpose=DESCRIPTION, customer_name="Sita Kumari Sharma")

    for typed in NOWHERE:
        assert found_by(typed) == [], typed


def test_a_payment_can_be_found_from_its_start(khalti, db):
    start_payment(150_000, purpose="Yearly card", base_url="http://testserver", customer=Customer(name="सीता शर्मा"))

    assert found_by("शर्मा") == found_by("card") == ["Yearly card"]


def test_a_name_is_for_those_who_may_see_it(sign_in, home):
    PaymentFactory(purpose="Wanted", customer_name="Sita Sharma", customer_email="")

    assert purposes(sign_in("cashier").get("index", q="sharma")) == ["Wanted"]
    assert sign_in("viewer").get("index", q="sharma").rows == []
    assert purposes(sign_in("viewer").get("index", q="wanted")) == ["Wanted"]


class TestOfSites:
    @pytest.fixture
    def here(self, home):
        return Site.objects.get(is_default_site=True)

    @pytest.fixture(autouse=True)
    def payments(self, here, branch):
        for site, place in ((here, "here"), (branch, "there"), (None, "nowhere")):
            PaymentFactory(purpose=f"Course {place}", customer_name="Sita Sharma", site=site)

    def test_what_one_may_see_of_each_is_found(self, here, branch):
        def found(typed, **permitted_sites):
            keys = find(typed, "simulator", **permitted_sites).keys
            return {payment.purpose.split()[1] for payment in KhaltiPayment.objects.filter(pk__in=keys)}

        both = [here.pk, branch.pk]
        assert found("sita", personal=None) == {"here", "there", "nowhere"}
        assert found("sita", sites=both, personal=[branch.pk]) == {"there"}
        assert found("sita", sites=both, personal=[]) == set()
        assert found("course", sites=both, personal=[branch.pk]) == {"here", "there"}
        assert found("course", sites=[here.pk], personal=[]) == {"here"}
        assert found("course", sites=[], personal=[]) == set()

    def test_many_elsewhere_hide_nobody_here(self, here, branch, monkeypatch):
        monkeypatch.setattr(search, "LIMIT", 5)
        for _number in range(6):
            PaymentFactory(purpose="Course", customer_name="Sita Sharma", site=branch)

        found = find("sharma", "simulator", sites=[here.pk], personal=[here.pk])

        assert (len(found.keys), found.is_cut) == (1, False)
        assert find("sharma", "simulator", personal=None).is_cut


def test_deleting_a_payment_deletes_its_entries(db):
    payment = PaymentFactory(customer_name="Sita Sharma", customer_email="")
    assert payment.search_entries.filter(is_personal=True).count() == 2

    payment.search_entries.filter(is_personal=True).delete()

    assert found_by("sita") == []


def is_range_of_index(plan):
    told = {
        "mysql": r" range \S+ khalti_search_entry_text ",
        "sqlite": r"SEARCH \S+ USING COVERING INDEX khalti_search_entry_text \(is_personal=\? AND text>",
        "postgresql": r"(?s)using khalti_search_entry_text .*Index Cond: .*text",
    }
    return re.search(told[connection.vendor], plan)


class TestTheIndex:
    """As in ``test_search``: in the plan of the database. SQLite knows nothing of how many there are."""

    @pytest.fixture
    def _many(self, db):
        payments = make_many(100)
        KhaltiSearchEntry.objects.bulk_create(
            KhaltiSearchEntry(payment=payments[number % 100], is_personal=number % 2, text=f"{number:05} word")
            for number in range(2_000)
        )
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")

    @pytest.mark.usefixtures("_many")
    @pytest.mark.parametrize("permitted_sites", [None, [1, 2]], ids=["all sites", "some sites"])
    @pytest.mark.parametrize("is_personal", [True, False])
    def test_serves_how_it_begins(self, is_personal, permitted_sites):
        assert is_range_of_index(search.entries("01001 wo", is_personal, permitted_sites)[:1001].explain())

    @pytest.mark.usefixtures("_many")
    def test_would_not_serve_what_is_in_the_middle(self):
        """So that the one above can fail."""
        rows = KhaltiSearchEntry.objects.order_by().filter(is_personal=True, text__contains="1001 wo")

        assert not is_range_of_index(
            rows.values_list("payment_id", "payment__mode", "payment__site_id")[:1001].explain()
        )


@pytest.mark.skipif(connection.vendor == "mysql", reason="it takes the keys by itself")
def test_a_page_of_what_was_found_is_not_sought_among_all(db):
    """With a million payments, all of them newer, PostgreSQL went through them for the first page."""
    for number in range(30):
        PaymentFactory(customer_name="Sita Sharma", purpose=f"Course {number}")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    request = RequestFactory().get("/", {"q": "sharma"})
    request.user = make_person("superuser")

    plan = filtered_payments(request).order_by("-created_at", "-pk")[:20].explain()

    assert "khalti_payment_started" not in plan
    assert (
        "khalti_payment_started"
        in KhaltiPayment.objects.filter(mode="simulator").order_by("-created_at", "-pk")[:20].explain()
    ), "the control"
