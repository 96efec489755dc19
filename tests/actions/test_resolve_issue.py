"""An issue is resolved on the record: who, how, and what was done."""

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from tests.payments import kinds
from wagtail_khalti.actions import resolve_issue
from wagtail_khalti.exceptions import IssueAlreadyResolved
from wagtail_khalti.ledger.issues import open_issue
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]
Resolution = KhaltiIssue.Resolution


@pytest.fixture
def issue(payment):
    open_issue(payment, KhaltiIssue.Kind.DUPLICATE_PAYMENT, {"earlier": "ABCD-EFGH"})
    return payment.issues.get()


@pytest.fixture
def cashier(db):
    return get_user_model().objects.create_user("cashier")


def test_who_how_and_what_was_done_are_kept(issue, cashier):
    before = timezone.now()

    returned = resolve_issue(issue, resolution=Resolution.RESOLVED, by=cashier, note="Given back in Khalti's dashboard")

    assert returned is issue
    stored = KhaltiIssue.objects.get()
    for row in (issue, stored):
        assert (row.is_open, row.resolution, row.resolved_by) == (None, "resolved", cashier)
        assert row.note == "Given back in Khalti's dashboard"
        assert before <= row.resolved_at <= timezone.now()
    event = issue.payment.events.get(kind="issue_resolved")
    assert (event.actor, event.user) == ("staff", cashier)
    assert event.data == {
        "issue": "duplicate_payment",
        "resolution": "resolved",
        "note": "Given back in Khalti's dashboard",
    }


@pytest.mark.parametrize("resolution", Resolution)
def test_every_outcome_can_be_stored(issue, resolution):
    resolve_issue(issue, resolution=resolution)

    assert KhaltiIssue.objects.get().resolution == resolution


def test_what_closes_without_a_person_is_of_the_system(issue):
    resolve_issue(issue, resolution=Resolution.RESOLVED_AUTOMATICALLY)

    event = issue.payment.events.get(kind="issue_resolved")
    assert (event.actor, event.user) == ("system", None)


def test_the_first_word_stands(issue, cashier):
    same = KhaltiIssue.objects.get()
    resolve_issue(issue, resolution=Resolution.RESOLVED, by=cashier, note="first")

    for late in (issue, same):
        with pytest.raises(IssueAlreadyResolved, match=f"Issue {issue.pk} of payment {issue.payment.reference}"):
            resolve_issue(late, resolution=Resolution.NO_ACTION_NEEDED, note="second")

    stored = KhaltiIssue.objects.get()
    assert (stored.resolution, stored.note, stored.resolved_by) == ("resolved", "first", cashier)
    assert kinds(issue.payment).count("issue_resolved") == 1


def test_it_moves_no_money(issue):
    before = KhaltiPayment.objects.values().get()

    resolve_issue(issue, resolution=Resolution.RESOLVED)

    assert KhaltiPayment.objects.values().get() == before


def test_the_record_outlives_the_person(issue, cashier):
    resolve_issue(issue, resolution=Resolution.RESOLVED, by=cashier)

    cashier.delete()

    assert KhaltiIssue.objects.get().resolved_by is None
