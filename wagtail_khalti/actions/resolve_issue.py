"""Resolve an issue."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.database.transactions import short_transaction
from wagtail_khalti.ledger import log_action, mark_resolved
from wagtail_khalti.models import KhaltiIssue


def resolve_issue(
    issue: KhaltiIssue, *, resolution: KhaltiIssue.Resolution, by: AbstractBaseUser | None = None, note: str = ""
) -> KhaltiIssue:
    """Record who resolved it, how, and in ``note`` what was done. Doesn't change the payment.

    Raises ``IssueAlreadyResolved`` if it is resolved; that resolution stays. Raises ``RefundInProgress`` for an issue
    that ends only with ``resolve_refund`` or ``enter_refund_amount``.
    """
    with short_transaction(durable=False):
        if note:
            issue.payment.has_personal_data_again()
        mark_resolved(issue, resolution=resolution, by=by, note=note)
        log_action(issue.payment, "resolve_issue", by=by, issue=issue.kind, resolution=resolution)
    return issue
