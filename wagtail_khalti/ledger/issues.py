"""Open a matter for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from wagtail_khalti.ledger.alerts import alert_managers
from wagtail_khalti.models import KhaltiDelivery, KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.issue import RISKS


def open_issue(
    payment: KhaltiPayment,
    kind: KhaltiIssue.Kind,
    details: Mapping[str, Any] | None = None,
    *,
    merchant: str | None = None,
    tell: bool = True,
) -> None:
    """Unless one of this kind is open, or a person has closed one on this very evidence. People and the site are told.

    ``merchant``: it is one matter for all payments of this merchant. ``tell``: whether the site's code hears of it,
    too. Runs in the transaction of the fact that it is about.
    """
    found = dict(details or {})
    if _is_decided(payment, kind, found):
        return
    about = {"payment": payment} if merchant is None else {"merchant": merchant}
    issue, opened = KhaltiIssue.objects.get_or_create(
        **about,
        kind=kind,
        is_open=True,
        defaults={"payment": payment, "details": found, "risk": RISKS.get(kind, KhaltiIssue.Risk.DOUBT)},
    )
    if not opened:
        return
    if tell:
        KhaltiDelivery.objects.create(payment=payment, issue=issue, event_type=KhaltiDelivery.EventType.NEEDS_ATTENTION)
    transaction.on_commit(lambda: alert_managers(issue), robust=True)  # a mail that fails changes nothing


def _is_decided(payment: KhaltiPayment, kind: KhaltiIssue.Kind, details: Mapping[str, Any]) -> bool:
    """Khalti says the same at each check; a person has decided on it once."""
    closed = payment.issues.filter(kind=kind, is_open=None).exclude(
        resolution=KhaltiIssue.Resolution.RESOLVED_AUTOMATICALLY
    )
    return bool(details) and any(issue.details == details for issue in closed)
