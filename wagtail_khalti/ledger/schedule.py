"""When Khalti is asked again without anybody's doing, as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import PAID, SOFT_ENDS, Status

MIN_PAUSE = timedelta(minutes=1)
CLOCK_SKEW = timedelta(minutes=5)  # by so much the clocks of several servers may differ

MAX_BEFORE_EXPIRY = timedelta(minutes=10)
AFTER_EXPIRY = timedelta(seconds=15)  # Khalti's clock and ours differ
USUAL_LIFE = timedelta(minutes=60)  # of a link that came without its end: the longest that Khalti ever documented
MAX_AFTER_EXPIRY = timedelta(days=1)

AFTER_END = timedelta(days=1)  # a late payment is rare, and there is one door for it
MAX_AFTER_END = timedelta(days=7)

REVISITS = tuple(timedelta(days=days) for days in (1, 7, 30, 90))
"""After the payment: somebody may have given money back in Khalti's dashboard."""

MAX_AFTER_SILENCE = timedelta(hours=6)
MAX_ASKED_FOR = timedelta(days=1)  # a Retry-After of years must not bury a payment
MAX_AGE_AFTER_SILENCE = timedelta(days=90)  # after an end, or the money: what then was never answered will not be


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
    """As long again as nothing was heard already; ``at_least`` so many seconds, where Khalti asks for it."""
    asked_for = min(timedelta(seconds=at_least or 0), MAX_ASKED_FOR)
    if payment.refunding_since:
        return now + max(_between(MIN_PAUSE, now - payment.refunding_since, MAX_AFTER_SILENCE), asked_for)
    if payment.is_waiting and payment.pidx:
        heard_at = payment.looked_up_at or payment.initiated_at or payment.created_at
        return now + max(_between(MIN_PAUSE, now - heard_at, MAX_AFTER_SILENCE), asked_for)
    settled_at = payment.completed_at or payment.ended_at
    is_worth_it = settled_at is not None and now - settled_at < MAX_AGE_AFTER_SILENCE
    return now + AFTER_END if is_worth_it and payment.pidx and payment.status != Status.REFUNDED else None


def is_over(payment: KhaltiPayment, now: datetime) -> bool:
    """Whether the time of its link has passed, also where Khalti did not say how long that is."""
    return now >= _over_at(payment)


def _while_waiting(payment: KhaltiPayment, now: datetime) -> datetime:
    """As long again as it has waited: soon after the start, ever rarer, and once just after the link has run out."""
    began_at, over_at = payment.initiated_at or payment.created_at, _over_at(payment)
    if now >= over_at:
        return now + _between(MIN_PAUSE, now - over_at, MAX_AFTER_EXPIRY)
    return min(now + _between(MIN_PAUSE, now - began_at, MAX_BEFORE_EXPIRY), over_at)


def _over_at(payment: KhaltiPayment) -> datetime:
    began_at = payment.initiated_at or payment.created_at
    return (payment.expires_at or began_at + USUAL_LIFE) + AFTER_EXPIRY


def _first_after(now: datetime, completed_at: datetime) -> datetime | None:
    return next((completed_at + after for after in REVISITS if completed_at + after > now), None)


def _between(least: timedelta, wanted: timedelta, most: timedelta) -> timedelta:
    return max(least, min(wanted, most))
