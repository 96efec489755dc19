"""The history of one payment, built step by step in memory.

Each step writes what the actions write, and uses the same tables: ``ledger.payment_states`` for transitions,
``ledger.refund_states`` for refunds, ``ledger.schedule`` for the next check. Tests compare it with the actions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from wagtail_khalti.exceptions import KhaltiError
from wagtail_khalti.gateway import Initiated, Lookup
from wagtail_khalti.ledger.payment_states import becomes_paid, confirms_payment, event_types_of, transition_for
from wagtail_khalti.ledger.schedule import MIN_PAUSE, next_check, next_check_after_silence
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.issue import RISKS
from wagtail_khalti.models.queries import RECENT
from wagtail_khalti.models.status import PAID, SOFT_ENDS, Status
from wagtail_khalti.testing.factories.records import Records

LINK_TTL = timedelta(minutes=60)
PAID_STATUSES = ("Completed", "Partially Refunded", "Refunded")
UNPAID_END_STATUSES = ("User canceled", "Expired", "Failed")  # Khalti reports these with a 400


class History(Records):
    """What happened to a payment. ``now`` is the time that has been reached."""

    def __init__(self, payment: KhaltiPayment, *, at: datetime) -> None:
        super().__init__(payment)
        self.now = at
        self.latest = max(at, timezone.now())
        """Nothing happens later than this."""
        self.repeat_lookup: Callable[[], None] | None = None
        """Makes the next lookup, with the same response."""

    @classmethod
    def of(cls, payment: KhaltiPayment, *, at: datetime) -> Self:
        """Of a stored payment, to be continued."""
        history = cls(payment, at=at)
        history.issues = list(payment.issues.all())
        if payment.pidx:
            history.repeat_lookup = partial(history.look_up, payment.khalti_status or "Initiated")
        return history

    def wait(self, pause: timedelta) -> None:
        """Time passes, but not beyond the present."""
        self.now = min(self.now + pause, self.latest)

    def note(
        self, kind: KhaltiEvent.Kind, data: Mapping[str, Any] | None = None, *, by: AbstractBaseUser | None = None
    ) -> None:
        """Add an event, at the current time."""
        event = KhaltiEvent.about(self.payment, kind, by=by, data=data)
        event.at = self.now
        self.events.append(event)

    def note_again(self, kind: KhaltiEvent.Kind, data: Mapping[str, Any]) -> None:
        """Likewise; if it repeats one of the last few, that one is counted."""
        event = KhaltiEvent.about(self.payment, kind, data=data)
        since = takewhile(lambda other: other.kind != kind.STATUS_CHANGED, self.events[: -RECENT - 1 : -1])
        same = next((other for other in since if other.repeats(event)), None)
        if same is None:
            self.note(kind, data)
        else:
            same.count, same.last_at = same.count + 1, self.now

    def begin(self) -> None:
        """The row is committed, and about to be sent."""
        self.payment.created_at = self.payment.initiating_at = self.now
        self.note(KhaltiEvent.Kind.CREATED)
        self.note(KhaltiEvent.Kind.INITIATE_SENT)
        if self.payment.offer:
            for event in self.events:
                event.actor = KhaltiEvent.Actor.VISITOR

    def get_link(self, *, pidx: str, payment_url: str) -> None:
        """Khalti accepts the payment."""
        payment, answer = (
            self.payment,
            Initiated(pidx=pidx, payment_url=payment_url, expires_at=self.now + LINK_TTL),
        )
        payment.status, payment.pidx, payment.payment_url = Status.INITIATED, pidx, payment_url
        payment.expires_at, payment.initiated_at, payment.initiating_at = answer.expires_at, self.now, None
        payment.next_check_at = self.now + MIN_PAUSE
        self.note(KhaltiEvent.Kind.INITIATED, answer.as_data())
        self.repeat_lookup = partial(self.look_up, "Initiated")

    def reject(self, **fields: str) -> None:
        """Khalti rejects the payment, with messages by field."""
        payment = self.payment
        payment.status, payment.ended_at, payment.initiating_at = Status.FAILED, self.now, None
        self.note(KhaltiEvent.Kind.INITIATE_REJECTED, {"fields": fields})
        self.deliver(KhaltiDelivery.EventType.ENDED)

    def look_up(self, status: str, **fields: Any) -> None:
        """A lookup returns this status; other ``fields`` have realistic defaults."""
        payment, answer = self.payment, Lookup.from_json(self._response(status) | fields)
        transition = transition_for(payment, answer)
        is_change = isinstance(transition, Status) and transition != payment.status
        (self.note if is_change else self.note_again)(KhaltiEvent.Kind.LOOKED_UP, answer.raw)
        payment.khalti_status, payment.checked_at = answer.status, self.now
        if isinstance(transition, KhaltiIssue.Kind):
            self.note_again(KhaltiEvent.Kind.CONTRADICTION, {"issue": transition})
            self.open(transition, {**answer.raw, "was": payment.status})
        else:
            payment.looked_up_at = self.now
            if confirms_payment(answer):
                payment.confirmed_at = self.now
            self._move(Status(payment.status), transition or Status(payment.status), answer)
        payment.is_urgent = payment.status == Status.PENDING
        payment.next_check_at = next_check(payment, {}, now=self.now)
        self.repeat_lookup = partial(self.look_up, status, **fields)

    def fail_lookup(self, error: KhaltiError) -> None:
        """A lookup fails."""
        self.payment.checked_at = self.now
        self.payment.next_check_at = next_check_after_silence(self.payment, now=self.now)
        self.note_again(KhaltiEvent.Kind.NO_ANSWER, {"request": "lookup", **error.as_data()})
        self.repeat_lookup = partial(self.fail_lookup, error)

    def run_schedule(self, until: datetime | None = None) -> None:
        """Make all due lookups, as reconcile does; Khalti's response stays the same."""
        payment, until = self.payment, min(until or self.latest, self.latest)
        while self.repeat_lookup and payment.next_check_at and payment.next_check_at <= until:
            self.now = max(self.now, payment.next_check_at)
            self.repeat_lookup()

    def open(
        self,
        kind: KhaltiIssue.Kind,
        details: dict[str, Any],
        *,
        merchant: str | None = None,
        notifies_site: bool = True,
    ) -> None:
        """Open an issue, unless one of this kind is open."""
        if any(issue.kind == kind and issue.is_open for issue in self.issues):
            return
        risk = RISKS.get(kind, KhaltiIssue.Risk.UNCLEAR)
        issue = KhaltiIssue(payment=self.payment, kind=kind, details=details, merchant=merchant, risk=risk)
        issue.opened_at = self.now
        self.issues.append(issue)
        if notifies_site:
            self.deliver(KhaltiDelivery.EventType.NEEDS_ATTENTION, issue=issue)

    def resolve(
        self, issue: KhaltiIssue, resolution: KhaltiIssue.Resolution, *, by: AbstractBaseUser | None, note: str = ""
    ) -> None:
        """By a person, or automatically."""
        issue.is_open, issue.resolved_at, issue.resolved_by_id = None, self.now, by.pk if by else None
        issue.resolution, issue.note = resolution, note
        self.note(KhaltiEvent.Kind.ISSUE_RESOLVED, {"issue": issue.kind, "resolution": resolution, "note": note}, by=by)

    def deliver(
        self,
        event_type: KhaltiDelivery.EventType,
        *,
        issue: KhaltiIssue | None = None,
        refund: KhaltiRefund | None = None,
    ) -> None:
        """Delivered at once."""
        delivery = KhaltiDelivery(payment=self.payment, event_type=event_type, issue=issue, refund=refund, attempts=1)
        delivery.created_at = delivery.delivered_at = self.now
        delivery.next_try_at = None
        self.deliveries.append(delivery)

    def _response(self, status: str) -> dict[str, Any]:
        payment, is_paid = self.payment, status in PAID_STATUSES
        response = {
            "pidx": payment.pidx,
            "total_amount": payment.amount,
            "status": status,
            "transaction_id": (payment.transaction_id or f"T{payment.reference}") if is_paid else None,
            "fee": (payment.fee or 0) if is_paid else 0,
            "refunded": status == "Refunded",
        }
        return response | ({"error_key": "khalti_error"} if status in UNPAID_END_STATUSES else {})

    def _move(self, before: Status, after: Status, answer: Lookup) -> None:
        if after == before:
            return
        payment = self.payment
        payment.status = after
        if after in SOFT_ENDS:
            payment.ended_at = self.now
        if after in PAID:
            payment.transaction_id = payment.transaction_id or answer.transaction_id
            payment.fee = payment.fee if answer.fee is None else answer.fee
        if after in PAID and before not in PAID:
            payment.completed_at, payment.is_late = self.now, before in SOFT_ENDS
        if payment.payable_type_id and not payment.is_repeat and becomes_paid(before, after):
            payment.duplicate_of = payment.primary_for_same_payable()
            payment.is_primary = None if payment.duplicate_of else True
        if after == Status.REFUNDED:
            payment.is_primary = None
        self.note(KhaltiEvent.Kind.STATUS_CHANGED, {"from": before, "to": after, "late": before in SOFT_ENDS})
        self._deliver_events(before, after)

    def _deliver_events(self, before: Status, after: Status) -> None:
        if earlier := self.payment.duplicate_of:
            if becomes_paid(before, after):
                self.open(KhaltiIssue.Kind.DUPLICATE_PAYMENT, {"earlier": earlier.readable_reference})
            return
        for event_type in event_types_of(before, after):
            self.deliver(event_type)
        if after in PAID and before in SOFT_ENDS:
            self.open(KhaltiIssue.Kind.LATE_PAYMENT, {"was": before})
