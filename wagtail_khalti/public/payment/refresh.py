"""Refresh the status of a payment for its visitor with a lookup, but not too often."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from wagtail_khalti.actions import check_payment
from wagtail_khalti.exceptions import KhaltiError
from wagtail_khalti.lookups import lease_for_lookup
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import SOFT_ENDS
from wagtail_khalti.outbox import deliver

logger = logging.getLogger(__name__)

MIN_INTERVAL = timedelta(seconds=2)  # between lookups, even if a visitor keeps reloading
MIN_INTERVAL_AFTER_END = timedelta(minutes=1)  # late payments are rare


def lease_lookup(payment: KhaltiPayment, *, ignore_interval: bool = False, **columns: datetime | bool) -> bool:
    """Whether this request gets to look up the payment; if so, also set these ``columns``.

    ``ignore_interval``: even if the last lookup was a moment ago.
    """
    if not payment.pidx:
        return False  # Khalti doesn't know it, and no response would end the lease
    pause = MIN_INTERVAL_AFTER_END if payment.status in SOFT_ENDS else MIN_INTERVAL
    return lease_for_lookup(payment, pause=timedelta() if ignore_interval else pause, **columns)


def refresh_status(payment: KhaltiPayment, *, has_lease: bool) -> None:
    """Look up the payment if this request has the lease, and deliver pending integration events in any case."""
    try:
        if has_lease:
            check_payment(payment)
    except KhaltiError as error:
        # Without a response nothing changes: the visitor sees the current status, and a later lookup decides.
        logger.warning("Payment %s could not be checked: %s", payment.reference, error)
        has_lease = False
    if not has_lease:
        deliver(payment)


def lookup_if_free(payment: KhaltiPayment) -> None:
    """Look up the payment unless another request is doing so. Without a response nothing changes."""
    if lease_lookup(payment, ignore_interval=True):
        with suppress(KhaltiError):
            check_payment(payment)
