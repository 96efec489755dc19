"""The scenarios of a payment, one function for each trait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.ledger.schedule import AFTER_EXPIRY
from wagtail_khalti.models import KhaltiEvent, KhaltiIssue
from wagtail_khalti.models.delivery import HEAD_START
from wagtail_khalti.models.issue import RISKS
from wagtail_khalti.outbox.attempts import FAILURES_TO_OPEN_ISSUE, MAX_PAUSE, MIN_PAUSE
from wagtail_khalti.testing.factories import refunding
from wagtail_khalti.testing.factories.history import LINK_TTL, History


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of a scenario."""

    took: timedelta
    """The time from the start to the payment, or to its end."""

    refund_amount: int
    """Paisa, of a partial refund."""

    by: AbstractBaseUser | None
    """Who refunds."""


def created(history: History, options: Options) -> None:
    """Committed; Khalti has not responded."""
    history.begin()


def initiated(history: History, options: Options) -> None:
    """Waiting for its visitor at Khalti."""
    payment = history.payment
    history.begin()
    pidx = payment.pidx or f"pidx-{payment.reference}"
    history.get_link(pidx=pidx, payment_url=payment.payment_url or f"https://test-pay.khalti.com/?pidx={pidx}")


def never_checked(history: History, options: Options) -> None:
    """Waiting at Khalti, and not checked since."""
    initiated(history, options)
    history.repeat_lookup = None


def rejected(history: History, options: Options) -> None:
    """Khalti rejected it at initiate."""
    history.begin()
    history.reject(amount="Amount should be greater than Rs. 10, that is 1000 paisa.")


def pending(history: History, options: Options) -> None:
    """The visitor has started to pay."""
    _initiate_and_look_up(history, options, "Pending")


def completed(history: History, options: Options) -> None:
    """Paid, and the event was delivered."""
    _initiate_and_look_up(history, options, "Completed")


def canceled(history: History, options: Options) -> None:
    """The visitor cancelled."""
    _initiate_and_look_up(history, options, "User canceled")


def failed(history: History, options: Options) -> None:
    """The payment failed at Khalti."""
    _initiate_and_look_up(history, options, "Failed")


def expired(history: History, options: Options) -> None:
    """The link expired without a payment."""
    initiated(history, options)
    history.wait(LINK_TTL + AFTER_EXPIRY)
    history.look_up("Expired")


def late(history: History, options: Options) -> None:
    """The visitor cancelled, and then paid."""
    canceled(history, options)
    history.wait(options.took)
    history.look_up("Completed")


def partially_refunded(history: History, options: Options) -> None:
    """Partly refunded through Khalti."""
    completed(history, options)
    history.wait(options.took)
    refunding.succeed(history, refunding.request(history, options.refund_amount, by=options.by))


def refunded(history: History, options: Options) -> None:
    """Fully refunded through Khalti."""
    completed(history, options)
    history.wait(options.took)
    refunding.succeed(history, refunding.request(history, history.payment.refundable, by=options.by))


def undelivered(history: History, options: Options) -> None:
    """Paid, and the process that should have delivered the event was killed."""
    completed(history, options)
    leave_undelivered(history)


def failing(history: History, options: Options) -> None:
    """Paid, and the site's receivers fail on the event."""
    completed(history, options)
    fail_delivery(history)


def leave_undelivered(history: History) -> None:
    """The first attempt of the last delivery was started, and not finished."""
    delivery = history.deliveries[-1]
    delivery.attempts, delivery.delivered_at, delivery.next_try_at = 1, None, history.now + HEAD_START


def mark_oversold(history: History, *, taken: int, limit: int) -> None:
    """Of a late payment: its units were given to others before it was completed."""
    kinds = KhaltiIssue.Kind
    issue = next(issue for issue in history.issues if issue.kind == kinds.LATE_PAYMENT)
    issue.kind, issue.risk = kinds.OVERSOLD, RISKS[kinds.OVERSOLD]
    issue.details = {**issue.details, "taken": taken, "limit": limit}


def fail_delivery(history: History, error: str = "LookupError") -> None:
    """The last delivery failed as often as it was due, at least three times, and an issue is open."""
    delivery = history.deliveries[-1]
    delivery.attempts, delivery.delivered_at, delivery.next_try_at = 0, None, history.now
    delivery.last_error = error
    while delivery.attempts < FAILURES_TO_OPEN_ISSUE or delivery.next_try_at <= history.latest:
        history.now = max(history.now, min(delivery.next_try_at, history.latest))
        delivery.next_try_at = history.now + min(MIN_PAUSE * 2 ** min(delivery.attempts, 20), MAX_PAUSE)
        delivery.attempts += 1
        history.note(KhaltiEvent.Kind.DELIVERY_FAILED, {"event_type": delivery.event_type, "error": error})
        if delivery.attempts == FAILURES_TO_OPEN_ISSUE:
            details = {"event_type": delivery.event_type, "error": error, "attempts": delivery.attempts}
            history.open(KhaltiIssue.Kind.DELIVERY_FAILING, details, notifies_site=False)


def _initiate_and_look_up(history: History, options: Options, status: str) -> None:
    initiated(history, options)
    history.wait(options.took)
    history.look_up(status)


Scenario = Callable[[History, Options], None]

SCENARIOS: Mapping[str, Scenario] = {
    scenario.__name__: scenario
    for scenario in (
        created, initiated, never_checked, rejected, pending, completed, canceled, failed, expired, late,
        partially_refunded, refunded, undelivered, failing,
    )
}  # fmt: skip
"""By the name of their trait; ``duplicate`` is ``completed`` for a payable that was paid for before."""

DURATIONS = {"expired": LINK_TTL + AFTER_EXPIRY}
"""How long ago a payment without ``at`` started, for scenarios that need the time to have passed."""
