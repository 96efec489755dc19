"""Open issues, made without Khalti: what is shown of them is in question, not how they came about."""

from wagtail_khalti.models import KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.issue import RISKS
from wagtail_khalti.testing.factories import IssueFactory, PaymentFactory
from wagtail_khalti.testing.factories.issues import FIRST_SCENARIOS

Kind = KhaltiIssue.Kind


def new_issue(kind=Kind.DUPLICATE_PAYMENT, details=None, *, payment=None, **columns):
    """Open, with all that belongs to it; ``columns`` are those of its payment. Only ``details`` may be made up."""
    given = {} if details is None else {"details": details}
    if columns:
        payment = PaymentFactory(scenario=FIRST_SCENARIOS.get(kind, "initiated"), **columns)
    return IssueFactory(kind=kind, payment=payment, **given)


def many_issues(count, **columns):
    """In few queries, and so without their histories."""
    payments = KhaltiPayment.objects.bulk_create(PaymentFactory.build_batch(count, purpose="Course", **columns))
    KhaltiIssue.objects.bulk_create(
        KhaltiIssue(
            payment=payment,
            kind=Kind.DUPLICATE_PAYMENT,
            details={"earlier": "ABCD"},
            risk=RISKS[Kind.DUPLICATE_PAYMENT],
        )
        for payment in payments
    )
