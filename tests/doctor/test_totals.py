"""The kept totals have to be what the payments say."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db.models import F
from wagtail.models import Site

from tests.actions.by_hand import TODAY, at, began, day
from tests.doctor.conftest import only
from wagtail_khalti.doctor import Level
from wagtail_khalti.doctor.totals import totals
from wagtail_khalti.models import KhaltiDailyTotal, KhaltiPayment, KhaltiSnapshot
from wagtail_khalti.reporting.totals import totals as totals_of

MINUTE = timedelta(minutes=1)

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def kept(db):
    """Three days of payments, kept."""
    with time_machine.travel(TODAY, tick=True):
        began(at(3), took=MINUTE, mode="live", refunds=[(at(2), 500)])
        began(at(2), took=MINUTE)
        look()
        yield


def look(mode="live"):
    return totals_of(day(5), day(0), mode=mode).all


def test_totals_that_agree():
    finding = only(totals())

    assert (finding.name, finding.level, finding.numbers) == ("totals_agree", Level.OK, {"days": 3})


def test_of_a_site_that_was_deleted_they_agree():
    site = Site.objects.create(hostname="shop.example", root_page=Site.objects.get(is_default_site=True).root_page)
    began(at(2), took=MINUTE, site=site)
    began(at(2), took=MINUTE)
    call_command("khalti_reconcile", rebuild=True, verbosity=0)

    site.delete()

    assert only(totals()).level == Level.OK


@pytest.mark.parametrize("changes", [{"gross": F("gross") + 1}, {"times_to_pay": {"60": 2}}, {"source_id": "9"}])
def test_a_total_that_was_changed_by_hand(changes):
    KhaltiDailyTotal.objects.filter(day=day(3)).update(**changes)

    finding = only(totals())

    assert (finding.name, finding.level) == ("totals_differ", Level.ERROR)
    assert finding.numbers == {"live": 1, "test": 0}
    assert str(day(3)) in finding.sentence
    assert "khalti_reconcile --rebuild" in finding.remedy


def test_a_total_of_test_payments_only_is_no_more_than_a_warning():
    KhaltiDailyTotal.objects.filter(mode="simulator").delete()

    assert only(totals()).level == Level.WARNING


def test_a_payment_that_was_changed_by_hand_is_found_and_mended(capsys):
    KhaltiPayment.objects.filter(mode="live").update(amount=F("amount") + 100)
    assert only(totals()).name == "totals_differ"
    assert look().gross == 150_000

    call_command("khalti_reconcile", rebuild=True)

    assert only(totals()).name == "totals_agree"
    assert look().gross == 150_100
    assert "3 days were rebuilt" in capsys.readouterr().out


def test_a_day_that_waits_to_be_counted_is_nobodys_fault():
    KhaltiDailyTotal.objects.all().delete()
    KhaltiSnapshot.objects.update(is_current=False)

    assert only(totals()).level == Level.OK
