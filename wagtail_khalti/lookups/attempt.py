"""Look a payment up once, without the database, so that many threads can wait at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from wagtail_khalti.exceptions import KhaltiError
from wagtail_khalti.gateway import Lookup, connect
from wagtail_khalti.lookups.merchants import merchant_of
from wagtail_khalti.models import KhaltiPayment


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupAttempt:
    """A finished lookup: the response, or the error."""

    requested_at: datetime
    outcome: Lookup | KhaltiError


def attempt_lookup(payment: KhaltiPayment) -> LookupAttempt:
    """One request, without retries. Never raises a ``KhaltiError``."""
    requested_at = timezone.now()
    outcome: Lookup | KhaltiError
    try:
        outcome = connect(merchant_of(payment)).lookup(payment.pidx or "", is_patient=False)
    except KhaltiError as error:
        outcome = error
    return LookupAttempt(requested_at=requested_at, outcome=outcome)
