"""Refresh the status of a payment for its visitor: look it up at Khalti, but not too often."""

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

MIN_INTERVAL = timedelta(seconds=2)  # after the last one: reloading a page must not hammer Khalti
MIN_INTERVAL_AFTER_END = timedelta(minutes=1)  # a late payment is rare, and a page of an end may be looked at for years


def lease_lookup(payment: KhaltiPayment, *, at_once: bool = False, **marks: datetime | bool) -> bool:
    """Whether this request is the one that looks the payment up now; then ``marks`` are written to its columns.

    ``at_once``: however short a time ago the last lookup was.
    """
    pause = MIN_INTERVAL_AFTER_END if payment.status in SOFT_ENDS else MIN_INTERVAL
    return lease_for_lookup(payment, pause=timedelta() if at_once else pause, **marks)


def refresh_status(payment: KhaltiPayment, *, is_ours: bool) -> None:
    """Look it up, where that is ours to do; in any case deliver what the site was not told yet."""
    try:
        if is_ours:
            check_payment(payment)
    except KhaltiError as error:
        # No answer is no news: the visitor sees how the payment stands, and it is asked again.
        logger.warning("Payment %s could not be checked: %s", payment.reference, error)
        is_ours = False
    if not is_ours:
        deliver(payment)


def look_up_alone(payment: KhaltiPayment) -> None:
    """Unless somebody else is asking Khalti about it just now. No answer is no news."""
    if lease_lookup(payment, at_once=True):
        with suppress(KhaltiError):
            check_payment(payment)
