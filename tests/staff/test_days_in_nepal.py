"""A site whose settings keep another time zone: Bikram Sambat and its fiscal years stay those of Nepal."""

import csv
import io
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.test import RequestFactory

from tests.staff.conftest import Seen, make_person, url_of
from wagtail_khalti.dates.nepali import fiscal_year_of
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.reporting.totals import totals
from wagtail_khalti.staff.dashboard import PaymentsPanel
from wagtail_khalti.staff.listing.page import filtered_payments
from wagtail_khalti.testing.factories import PaymentFactory, RefundFactory

HALF_PAST_MIDNIGHT = datetime(2026, 7, 16, 18, 45, tzinfo=UTC)  # on 1 Shrawan 2083, which begins a fiscal year
FIRST_OF_SHRAWAN = date(2026, 7, 17)


@pytest.fixture(autouse=True)
def utc(settings, time_machine):
    """As ``wagtail start`` leaves it."""
    settings.TIME_ZONE = "UTC"
    time_machine.move_to(HALF_PAST_MIDNIGHT, tick=False)


@pytest.fixture
def paid(db):
    payment = PaymentFactory(completed=True)
    KhaltiPayment.objects.update(created_at=HALF_PAST_MIDNIGHT, completed_at=HALF_PAST_MIDNIGHT)
    return payment


@pytest.fixture
def count(paid, superuser):
    """How many the list shows for this query."""

    def count(**query):
        request = RequestFactory().get("/", query)
        request.user = superuser
        try:
            return filtered_payments(request).count()
        except ValidationError as error:
            return error.messages

    return count


@pytest.fixture
def superuser(db):
    return make_person("superuser")


@pytest.mark.parametrize("column", ["created", "paid"])
@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("2083-04-01", "2083-04-01", 1),
        ("1 Shrawan 2083", "१ साउन २०८३", 1),
        ("2082-04-01", "2083-03-32", 0),
        ("2026-07-16", "2026-07-16", 1),
        ("2026-07-17", "2026-07-17", 0),
    ],
)
def test_the_list_takes_bs_for_nepal_and_ad_for_the_site(count, column, first, last, found):
    assert count(**{f"{column}_from": first, f"{column}_to": last}) == found


def test_the_figures_are_in_the_new_fiscal_year(paid):
    year = fiscal_year_of(FIRST_OF_SHRAWAN)

    assert totals(year.first, year.last, mode="simulator").by_day[FIRST_OF_SHRAWAN].payments == 1


def test_the_files_name_its_day_in_nepal(paid, sign_in):
    RefundFactory(payment=paid, amount=20_000)
    KhaltiPayment.objects.update(created_at=HALF_PAST_MIDNIGHT, completed_at=HALF_PAST_MIDNIGHT)
    client = sign_in("accountant").client

    def read(name, **query):
        content = b"".join(client.get(url_of(name), {"type": "csv", **query}).streaming_content).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(content)))

    [payment] = read("export_payments")
    [day, _total] = read("export_days", first="2083-04-01", last="2083-04-01")

    assert (payment["Paid on (AD)"], payment["Paid on (BS)"]) == ("2026-07-16 18:45:00", "2083-04-01 BS")
    assert (day["Day (AD)"], day["Day (BS)"], day["Payments"]) == ("2026-07-17", "2083-04-01 BS", "1")


def test_the_links_of_figures_lead_to_the_same_payments(paid, count, superuser):
    request = RequestFactory().get("/")
    request.user = superuser

    today, week = PaymentsPanel(request).get_context_data()["rows"]

    for row in (today, week):
        query = {name: values[0] for name, values in parse_qs(urlsplit(row.paid_url).query).items()}
        assert (row.payments, count(**query)) == ("1", 1)
    assert "paid_from=2083-04-01" in today.paid_url


@pytest.mark.parametrize(("zone", "is_said"), [("UTC", True), ("Asia/Katmandu", False)])
def test_pages_with_figures_say_whose_days_they_are(sign_in, settings, zone, is_said):
    settings.TIME_ZONE = zone
    client = sign_in("accountant").client

    for address in (url_of("export"), "/admin/reports/khalti/"):
        text = Seen(client.get(address)).text
        assert ("Days begin and end at midnight in Nepal" in text) == is_said


def test_links_are_in_ad_where_the_site_is_in_nepal(paid, superuser, settings):
    settings.TIME_ZONE = "Asia/Kathmandu"
    request = RequestFactory().get("/")
    request.user = superuser

    assert "paid_from=2026-07-17" in PaymentsPanel(request).get_context_data()["rows"][0].paid_url
