"""The history of one payment, told step by step in memory, and saved as the rows that it leads to.

Each step writes what the actions write, and asks the same tables what follows: ``ledger.payment_states`` for the road,
``ledger.refund_states`` for refunds, ``ledger.schedule`` for the next check. Tests compare it with the actions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from wagtail_khalti.exceptions import KhaltiError
from wagtail_khalti.gateway import Initiated, Lookup
from wagtail_khalti.ledger.invalidation import invalidate_days_of
from wagtail_khalti.ledger.payment_states import becomes_paid, confirms_payment, event_types_of, transition_for
from wagtail_khalti.ledger.schedule import MIN_PAUSE, next_check, next_check_after_silence
from wagtail_khalti.models import (
    KhaltiDelivery,
    KhaltiEvent,
    KhaltiIssue,
    KhaltiPayment,
    KhaltiRefund,
    KhaltiSearchEntry,
)
from wagtail_khalti.models.issue import RISKS
from wagtail_khalti.models.queries import RECENT
from wagtail_khalti.models.status import PAID, SOFT_ENDS, Status

LINK_TTL = timedelta(minutes=60)
PAID_WORDS = ("Completed", "Partially Refunded", "Refunded")
ENDED_WITHOUT_MONEY = ("User canceled", "Expired", "Failed")  # Khalti says these with a 400


class History:
    """A payment and all that belongs to it, unsaved. ``now`` is the moment that has been reached."""

    def __init__(self, payment: KhaltiPayment, *, at: datetime) -> None:
        self.payment = payment
        self.now = at
        self.latest = max(at, timezone.now())
        """Nothing happens later than now."""
        self.events: list[KhaltiEvent] = []
        self.refunds: list[KhaltiRefund] = []
        self.issues: list[KhaltiIssue] = []
        self.deliveries: list[KhaltiDelivery] = []
        self.ask_again: Callable[[], None] | None = None
        """What comes of asking Khalti another time."""

    @classmethod
    def of(cls, payment: KhaltiPayment, *, at: datetime) -> Self:
        """Of a payment that is stored: it goes on from here."""
        history = cls(payment, at=at)
        history.issues = list(payment.issues.all())
        if payment.pidx:
            history.ask_again = partial(history.look_up, payment.khalti_status or "Initiated")
        return history

    def wait(self, pause: timedelta) -> None:
        """Time passes, but not into the future."""
        self.now = min(self.now + pause, self.latest)

    def note(
        self, kind: KhaltiEvent.Kind, data: Mapping[str, Any] | None = None, *, by: AbstractBaseUser | None = None
    ) -> None:
        """An event of this moment."""
        event = KhaltiEvent.about(self.payment, kind, by=by, data=data)
        event.at = self.now
        self.events.append(event)

    def note_again(self, kind: KhaltiEvent.Kind, data: Mapping[str, Any]) -> None:
        """Likewise; what says the same as one of the last few is counted there."""
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
        """Khalti takes the payment."""
        payment, answer = (
            self.payment,
            Initiated(pidx=pidx, payment_url=payment_url, expires_at=self.now + LINK_TTL),
        )
        payment.status, payment.pidx, payment.payment_url = Status.INITIATED, pidx, payment_url
        payment.expires_at, payment.initiated_at, payment.initiating_at = answer.expires_at, self.now, None
        payment.next_check_at = self.now + MIN_PAUSE
        self.note(KhaltiEvent.Kind.INITIATED, answer.as_data())
        self.ask_again = partial(self.look_up, "Initiated")

    def be_refused(self, **fields: str) -> None:
        """Khalti doesn't take it, and says why."""
        payment = self.payment
        payment.status, payment.ended_at, payment.initiating_at = Status.FAILED, self.now, None
        self.note(KhaltiEvent.Kind.INITIATE_REJECTED, {"fields": fields})
        self.deliver(KhaltiDelivery.EventType.ENDED)

    def look_up(self, status: str, **said: Any) -> None:
        """Khalti is asked, and says this; without more, what belongs to such a payment."""
        payment, answer = self.payment, Lookup.from_json(self._truth(status) | said)
        transition = transition_for(payment, answer)
        is_move = isinstance(transition, Status) and transition != payment.status
        (self.note if is_move else self.note_again)(KhaltiEvent.Kind.LOOKED_UP, answer.raw)
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
        self.ask_again = partial(self.look_up, status, **said)

    def record_no_answer(self, error: KhaltiError) -> None:
        """Khalti is asked, and nothing is learned."""
        self.payment.checked_at = self.now
        self.payment.next_check_at = next_check_after_silence(self.payment, now=self.now)
        self.note_again(KhaltiEvent.Kind.NO_ANSWER, {"request": "lookup", **error.as_data()})
        self.ask_again = partial(self.record_no_answer, error)

    def keep_asking(self, until: datetime | None = None) -> None:
        """As reconcile does, whenever Khalti is to be asked: it says the same each time."""
        payment, until = self.payment, min(until or self.latest, self.latest)
        while self.ask_again and payment.next_check_at and payment.next_check_at <= until:
            self.now = max(self.now, payment.next_check_at)
            self.ask_again()

    def open(
        self, kind: KhaltiIssue.Kind, details: dict[str, Any], *, merchant: str | None = None, tell: bool = True
    ) -> None:
        """A matter for a person, unless one of this kind is open."""
        if any(issue.kind == kind and issue.is_open for issue in self.issues):
            return
        risk = RISKS.get(kind, KhaltiIssue.Risk.UNCLEAR)
        issue = KhaltiIssue(payment=self.payment, kind=kind, details=details, merchant=merchant, risk=risk)
        issue.opened_at = self.now
        self.issues.append(issue)
        if tell:
            self.deliver(KhaltiDelivery.EventType.NEEDS_ATTENTION, issue=issue)

    def close(
        self, issue: KhaltiIssue, resolution: KhaltiIssue.Resolution, *, by: AbstractBaseUser | None, note: str = ""
    ) -> None:
        """By a person, or by what came later."""
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
        """The site's code hears it at once."""
        delivery = KhaltiDelivery(payment=self.payment, event_type=event_type, issue=issue, refund=refund, attempts=1)
        delivery.created_at = delivery.delivered_at = self.now
        delivery.next_try_at = None
        self.deliveries.append(delivery)

    def save(self) -> KhaltiPayment:
        """Everything, with the moments it has, as ``loaddata`` saves: else created_at would be that of saving."""
        payment = self.payment
        with transaction.atomic():
            payment.save_base(raw=True)
            rows: list[KhaltiRefund | KhaltiIssue | KhaltiDelivery]
            rows = [*self.refunds, *self.issues, *self.deliveries]
            for row in rows:
                row.payment = payment
                if isinstance(row, KhaltiDelivery):
                    row.refund, row.issue = row.refund, row.issue  # they have their keys by now
                row.save_base(raw=True)
            KhaltiEvent.objects.bulk_create(self.events)
            KhaltiSearchEntry.objects.bulk_create(KhaltiSearchEntry.about(payment))
            invalidate_days_of(
                payment.created_at, payment.completed_at, *(refund.resolved_at for refund in self.refunds)
            )
        return payment

    def _truth(self, status: str) -> dict[str, Any]:
        payment, is_paid = self.payment, status in PAID_WORDS
        truth = {
            "pidx": payment.pidx,
            "total_amount": payment.amount,
            "status": status,
            "transaction_id": (payment.transaction_id or f"T{payment.reference}") if is_paid else None,
            "fee": (payment.fee or 0) if is_paid else 0,
            "refunded": status == "Refunded",
        }
        return truth | ({"error_key": "khalti_error"} if status in ENDED_WITHOUT_MONEY else {})

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
        self._tell_of(before, after)

    def _tell_of(self, before: Status, after: Status) -> None:
        if earlier := self.payment.duplicate_of:
            if becomes_paid(before, after):
                self.open(KhaltiIssue.Kind.DUPLICATE_PAYMENT, {"earlier": earlier.readable_reference})
            return
        for event_type in event_types_of(before, after):
            self.deliver(event_type)
        if after in PAID and before in SOFT_ENDS:
            self.open(KhaltiIssue.Kind.LATE_PAYMENT, {"was": before})
