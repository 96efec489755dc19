"""Close a matter, and say how."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import F
from django.utils import timezone

from wagtail_khalti.exceptions import IssueAlreadyResolved, RefundInProgress
from wagtail_khalti.ledger.audit import log_action
from wagtail_khalti.models import KhaltiEvent, KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.transactions import short_transaction

ABOUT_A_REFUND = frozenset({KhaltiIssue.Kind.REFUND_UNCONFIRMED, KhaltiIssue.Kind.REFUND_AMOUNT_MISSING})


def resolve_issue(
    issue: KhaltiIssue,
    *,
    resolution: KhaltiIssue.Resolution,
    by: AbstractBaseUser | None = None,
    note: str = "",
    is_logged: bool = True,
) -> KhaltiIssue:
    """On the record: who, how, and in ``note`` what was done. It moves no money and changes no payment.

    ``is_logged``: whether it was closed for its own sake. What only follows from another deed of theirs is told with it.
    Raises ``IssueAlreadyResolved`` where somebody was faster; their word stands. Raises ``RefundInProgress`` for what only
    ``resolve_refund`` or ``enter_refund_amount`` can settle.
    """
    resolved_at = timezone.now()
    how = {"is_open": None, "resolved_at": resolved_at, "resolved_by": by, "resolution": resolution, "note": note}
    with short_transaction(durable=False):
        if issue.kind in ABOUT_A_REFUND:
            _require_word_on_refund(issue)
        if not KhaltiIssue.objects.open().filter(pk=issue.pk).update(**how):
            raise IssueAlreadyResolved(f"The review {issue.pk} of payment {issue.payment.reference} is closed")
        data = {"issue": issue.kind, "resolution": resolution, "note": note}
        KhaltiEvent.about(issue.payment, KhaltiEvent.Kind.ISSUE_RESOLVED, by=by, data=data).save()
        if is_logged:
            log_action(issue.payment, "resolve_issue", by=by, issue=issue.kind, resolution=resolution)
    for name, value in how.items():
        setattr(issue, name, value)
    return issue


def _require_word_on_refund(issue: KhaltiIssue) -> None:
    """Closed without one, it would never be opened again, and no other refund could be made. Nobody begins one now."""
    KhaltiPayment.objects.filter(pk=issue.payment_id).update(refund_total=F("refund_total"))  # as ``book.hold`` does
    refunds = KhaltiRefund.objects.filter(payment=issue.payment_id)
    unconfirmed = issue.kind == KhaltiIssue.Kind.REFUND_UNCONFIRMED
    if (refunds.in_progress() if unconfirmed else refunds.without_amount()).exists():
        raise RefundInProgress(f"The review {issue.pk} ends when it is said what became of the refund")
