"""When a payment is next looked up automatically."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import PAID, SOFT_ENDS, Status

MIN_PAUSE = timedelta(minutes=1)
CLOCK_SKEW = timedelta(minutes=5)  # the clocks of several servers may differ this much

MAX_BEFORE_EXPIRY = timedelta(minutes=10)
AFTER_EXPIRY = timedelta(seconds=15)  # Khalti's clock and ours differ
DEFAULT_LINK_TTL = timedelta(minutes=60)  # of a link without expiry: the longest that Khalti ever documented
MAX_AFTER_EXPIRY = timedelta(days=1)

AFTER_END = timedelta(days=1)  # a late payment is rare
MAX_AFTER_END = timedelta(days=7)

CHECKS_AFTER_PAYMENT = tuple(timedelta(days=days) for days in (1, 7, 30, 90))
"""After the payment, because somebody may have refunded it in Khalti's dashboard."""

MAX_AFTER_SILENCE = timedelta(hours=6)
MAX_RETRY_AFTER = timedelta(days=1)  # a Retry-After of years must not block a payment
MAX_AGE_AFTER_SILENCE = timedelta(days=90)  # after its final status: what has failed for so long will not succeed


def next_check(payment: KhaltiPayment, changes: Mapping[str, Any], *, now: datetime) -> datetime | None:
    """After an answer of Khalti's, with these ``changes`` about to be made; None: never again."""
    if payment.refunding_since:
        return now + _between(MIN_PAUSE, now - payment.refunding_since, MAX_AFTER_SILENCE)
    facts = {name: changes.get(name, getattr(payment, name)) for name in ("status", "ended_at", "completed_at")}
    if facts["status"] == Status.REFUNDED:
        return None
    if facts["status"] in PAID:
        return _first_after(now, facts["completed_at"])
    if facts["status"] in SOFT_ENDS:
        return now + AFTER_END if now - facts["ended_at"] < MAX_AFTER_END else None
    return _while_waiting(payment, now)


def next_check_after_silence(payment: KhaltiPayment, *, now: datetime, at_least: int | None = None) -> datetime | None:
    """Doubles the time since the last response. ``at_least``: the seconds of Khalti's Retry-After."""
    retry_after = min(timedelta(seconds=at_least or 0), MAX_RETRY_AFTER)
    if payment.refunding_since:
        return now + max(_between(MIN_PAUSE, now - payment.refunding_since, MAX_AFTER_SILENCE), retry_after)
    if payment.is_waiting and payment.pidx:
        answered_at = payment.looked_up_at or payment.initiated_at or payment.created_at
        return now + max(_between(MIN_PAUSE, now - answered_at, MAX_AFTER_SILENCE), retry_after)
    final_at = payment.completed_at or payment.ended_at
    is_worth_it = final_at is not None and now - final_at < MAX_AGE_AFTER_SILENCE
    return now + AFTER_END if is_worth_it and payment.pidx and payment.status != Status.REFUNDED else None


def is_over(payment: KhaltiPayment, now: datetime) -> bool:
    """Whether its link has expired, also if Khalti did not say when it does."""
    return now >= _over_at(payment)


def _while_waiting(payment: KhaltiPayment, now: datetime) -> datetime:
    """Doubles the time since the start, with one check just after the link expires."""
    began_at, over_at = payment.initiated_at or payment.created_at, _over_at(payment)
    if now >= over_at:
        return now + _between(MIN_PAUSE, now - over_at, MAX_AFTER_EXPIRY)
    return min(now + _between(MIN_PAUSE, now - began_at, MAX_BEFORE_EXPIRY), over_at)


def _over_at(payment: KhaltiPayment) -> datetime:
    began_at = payment.initiated_at or payment.created_at
    return (payment.expires_at or began_at + DEFAULT_LINK_TTL) + AFTER_EXPIRY


def _first_after(now: datetime, completed_at: datetime) -> datetime | None:
    return next((completed_at + after for after in CHECKS_AFTER_PAYMENT if completed_at + after > now), None)


def _between(shortest: timedelta, wanted: timedelta, longest: timedelta) -> timedelta:
    return max(shortest, min(wanted, longest))
