"""Issues: what a person must look at, opened and resolved."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from wagtail_khalti.database.transactions import short_transaction
from wagtail_khalti.exceptions import IssueAlreadyResolved, RefundInProgress
from wagtail_khalti.ledger.alerts import alert_managers
from wagtail_khalti.ledger.locks import lock_row
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.issue import RISKS
from wagtail_khalti.models.queries import KhaltiIssueQuerySet

ABOUT_A_REFUND = frozenset({KhaltiIssue.Kind.REFUND_UNCONFIRMED, KhaltiIssue.Kind.REFUND_AMOUNT_MISSING})


def open_issue(
    payment: KhaltiPayment,
    kind: KhaltiIssue.Kind,
    details: Mapping[str, Any] | None = None,
    *,
    merchant: str | None = None,
    notifies_site: bool = True,
) -> None:
    """Unless one of this kind is open, or a person has resolved one with the same details. Staff get a mail.

    ``merchant``: it is one issue for all payments of this merchant. ``notifies_site``: whether the site's receivers get
    the event, too. Call it in the transaction of the change that it is about.
    """
    found = dict(details or {})
    if _is_decided(payment, kind, found):
        return
    about = {"payment": payment} if merchant is None else {"merchant": merchant}
    issue, opened = KhaltiIssue.objects.get_or_create(
        **about,
        kind=kind,
        is_open=True,
        defaults={"payment": payment, "details": found, "risk": RISKS.get(kind, KhaltiIssue.Risk.UNCLEAR)},
    )
    if not opened:
        return
    if notifies_site:
        KhaltiDelivery.objects.create(payment=payment, issue=issue, event_type=KhaltiDelivery.EventType.NEEDS_ATTENTION)
    transaction.on_commit(lambda: alert_managers(issue), robust=True)  # a mail that fails changes nothing


def mark_resolved(
    issue: KhaltiIssue,
    *,
    resolution: KhaltiIssue.Resolution,
    by: AbstractBaseUser | None = None,
    note: str = "",
) -> KhaltiIssue:
    """Record who resolved it, how, and in ``note`` what was done. Doesn't change the payment.

    Raises ``IssueAlreadyResolved`` if it is resolved; that resolution stays. Raises ``RefundInProgress`` for an issue
    that ends only when its refund is resolved, or its amount entered.
    """
    columns = {
        "is_open": None,
        "resolved_at": timezone.now(),
        "resolved_by": by,
        "resolution": resolution,
        "note": note,
    }
    with short_transaction(durable=False):
        if issue.kind in ABOUT_A_REFUND:
            _require_refund_resolved(issue)
        if not KhaltiIssue.objects.open().filter(pk=issue.pk).update(**columns):
            raise IssueAlreadyResolved(f"Issue {issue.pk} of payment {issue.payment.reference} is resolved")
        data = {"issue": issue.kind, "resolution": resolution, "note": note}
        KhaltiEvent.about(issue.payment, KhaltiEvent.Kind.ISSUE_RESOLVED, by=by, data=data).save()
    for name, value in columns.items():
        setattr(issue, name, value)
    return issue


def resolve_open(issues: KhaltiIssueQuerySet, *, by: AbstractBaseUser | None = None, note: str = "") -> None:
    """The open ones of ``issues``, because their cause is gone: through an action of ``by``, or by itself."""
    kinds = KhaltiIssue.Resolution
    for issue in issues.open():
        with suppress(IssueAlreadyResolved):
            mark_resolved(issue, resolution=kinds.RESOLVED if by else kinds.RESOLVED_AUTOMATICALLY, by=by, note=note)


def _is_decided(payment: KhaltiPayment, kind: KhaltiIssue.Kind, details: Mapping[str, Any]) -> bool:
    """Khalti reports the same at each lookup, and a person has decided on it already."""
    resolved = payment.issues.filter(kind=kind, is_open=None).exclude(
        resolution=KhaltiIssue.Resolution.RESOLVED_AUTOMATICALLY
    )
    return bool(details) and any(issue.details == details for issue in resolved)


def _require_refund_resolved(issue: KhaltiIssue) -> None:
    """Resolved earlier, it would never be opened again, and would block all later refunds. Locks out new refunds."""
    lock_row(issue.payment_id)
    refunds = KhaltiRefund.objects.filter(payment=issue.payment_id)
    is_unconfirmed = issue.kind == KhaltiIssue.Kind.REFUND_UNCONFIRMED
    if (refunds.in_progress() if is_unconfirmed else refunds.without_amount()).exists():
        raise RefundInProgress(f"Issue {issue.pk} ends when the outcome of its refund is known")
