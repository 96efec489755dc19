"""What is written about a payment after it was anonymised is erased, too."""

import pytest

from tests.privacy.conftest import MARK, about_her
from wagtail_khalti.actions import add_note, check_payment, record_refund, refund_payment, resolve_issue
from wagtail_khalti.models import KhaltiDelivery, KhaltiIssue, KhaltiMail
from wagtail_khalti.privacy import anonymize
from wagtail_khalti.testing.factories import IssueFactory

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


@pytest.fixture
def anonymous(hers):
    anonymize([hers.pk])
    hers.refresh_from_db()
    assert hers.anonymized_at
    return hers


def note(payment, by):
    add_note(payment, f"{MARK} called again", by=by)


def refund(payment, by):
    refund_payment(payment, 10_000, mobile="9801234567", reason=f"Asked by {MARK}", by=by)


def manual_refund(payment, by):
    record_refund(payment, 10_000, method="cash", reason=f"Handed to {MARK}", by=by)


def resolution(payment, by):
    issue = IssueFactory(payment=payment, kind=KhaltiIssue.Kind.LATE_PAYMENT)
    resolve_issue(issue, resolution=KhaltiIssue.Resolution.RESOLVED, by=by, note=f"Told {MARK}")


@pytest.mark.parametrize("write", [note, refund, manual_refund, resolution])
def test_what_staff_write_later_is_erased_with_the_next_run(anonymous, manager, write):
    write(anonymous, manager)
    anonymous.refresh_from_db()
    assert about_her(), "the test has to plant what it looks for"
    assert anonymous.anonymized_at is None, "the page must not say that nothing is there"

    KhaltiDelivery.objects.update(mails_due_at=None)
    KhaltiMail.objects.update(due_at=None)
    result = anonymize([anonymous.pk])

    assert (result.count, result.waiting) == (1, {})
    assert about_her() == []


def test_a_check_with_khalti_writes_nothing_personal(anonymous):
    check_payment(anonymous)

    anonymous.refresh_from_db()
    assert anonymous.anonymized_at
