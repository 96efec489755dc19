"""What can become of a payment, one function for each trait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.ledger.schedule import AFTER_EXPIRY
from wagtail_khalti.models import KhaltiEvent, KhaltiIssue
from wagtail_khalti.models.delivery import HEAD_START
from wagtail_khalti.outbox.attempts import FAILURES_TO_OPEN_ISSUE, MAX_PAUSE, MIN_PAUSE
from wagtail_khalti.testing.factories import refunding
from wagtail_khalti.testing.factories.history import LINK_TTL, History


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What a story needs to know besides the payment."""

    took: timedelta
    """From the start to the money, or to the end."""

    refund_amount: int
    """Paisa that go back where not all of it does."""

    by: AbstractBaseUser | None
    """Who gave money back."""


def created(history: History, options: Telling) -> None:
    """Committed; Khalti has not answered."""
    history.begin()


def initiated(history: History, options: Telling) -> None:
    """It waits for its visitor at Khalti."""
    payment = history.payment
    history.begin()
    pidx = payment.pidx or f"pidx-{payment.reference}"
    history.get_link(pidx=pidx, payment_url=payment.payment_url or f"https://test-pay.khalti.com/?pidx={pidx}")


def unasked(history: History, options: Telling) -> None:
    """It waits at Khalti, and nobody has asked since."""
    initiated(history, options)
    history.ask_again = None


def refused(history: History, options: Telling) -> None:
    """Khalti did not take it at all."""
    history.begin()
    history.be_refused(amount="Amount should be greater than Rs. 10, that is 1000 paisa.")


def pending(history: History, options: Telling) -> None:
    """The visitor has begun to pay."""
    _hear(history, options, "Pending")


def completed(history: History, options: Telling) -> None:
    """The money is there, and the site was told."""
    _hear(history, options, "Completed")


def canceled(history: History, options: Telling) -> None:
    """The visitor said no."""
    _hear(history, options, "User canceled")


def failed(history: History, options: Telling) -> None:
    """Khalti could not take the money."""
    _hear(history, options, "Failed")


def expired(history: History, options: Telling) -> None:
    """The link ran out, and nobody had paid."""
    initiated(history, options)
    history.wait(LINK_TTL + AFTER_EXPIRY)
    history.look_up("Expired")


def late(history: History, options: Telling) -> None:
    """The visitor canceled, and paid all the same."""
    canceled(history, options)
    history.wait(options.took)
    history.look_up("Completed")


def partially_refunded(history: History, options: Telling) -> None:
    """A part went back through Khalti."""
    completed(history, options)
    history.wait(options.took)
    refunding.succeed(history, refunding.request(history, options.refund_amount, by=options.by))


def refunded(history: History, options: Telling) -> None:
    """All of it went back through Khalti."""
    completed(history, options)
    history.wait(options.took)
    refunding.succeed(history, refunding.request(history, history.payment.refundable, by=options.by))


def untold(history: History, options: Telling) -> None:
    """It is paid, and whoever should have told the site was killed."""
    completed(history, options)
    leave_untold(history)


def failing(history: History, options: Telling) -> None:
    """It is paid, and the site's code fails on that news."""
    completed(history, options)
    fail_to_deliver(history)


def leave_untold(history: History) -> None:
    """The first try to tell the last news was begun, and not finished."""
    event_type = history.deliveries[-1]
    event_type.attempts, event_type.delivered_at, event_type.next_try_at = 1, None, history.now + HEAD_START


def fail_to_deliver(history: History, error: str = "LookupError") -> None:
    """The last news was tried as often as it was due, three times at least, and a person was told."""
    event_type = history.deliveries[-1]
    event_type.attempts, event_type.delivered_at, event_type.next_try_at = 0, None, history.now
    event_type.last_error = error
    while event_type.attempts < FAILURES_TO_OPEN_ISSUE or event_type.next_try_at <= history.latest:
        history.now = max(history.now, min(event_type.next_try_at, history.latest))
        event_type.next_try_at = history.now + min(MIN_PAUSE * 2 ** min(event_type.attempts, 20), MAX_PAUSE)
        event_type.attempts += 1
        history.note(KhaltiEvent.Kind.DELIVERY_FAILED, {"event_type": event_type.event_type, "error": error})
        if event_type.attempts == FAILURES_TO_OPEN_ISSUE:
            details = {"event_type": event_type.event_type, "error": error, "attempts": event_type.attempts}
            history.open(KhaltiIssue.Kind.DELIVERY_FAILING, details, tell=False)


def _hear(history: History, options: Telling, status: str) -> None:
    initiated(history, options)
    history.wait(options.took)
    history.look_up(status)


Timeline = Callable[[History, Telling], None]

SCENARIOS: Mapping[str, Timeline] = {
    timeline.__name__: timeline
    for timeline in (
        created, initiated, unasked, refused, pending, completed, canceled, failed, expired, late,
        partially_refunded, refunded, untold, failing,
    )
}  # fmt: skip
"""By the name of their trait; ``duplicate`` is ``completed`` for what was sold before."""

LASTS = {"expired": LINK_TTL + AFTER_EXPIRY}
"""So long before now a payment began of which no test says when: for what has to be over."""
