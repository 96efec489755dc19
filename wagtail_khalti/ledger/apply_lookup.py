"""Apply a lookup's response. Nothing else changes the status of an initiated payment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from wagtail_khalti.database.plain_sql import Sql, insert_rows, update_rows
from wagtail_khalti.database.transactions import short_transaction
from wagtail_khalti.exceptions import PaymentBusy
from wagtail_khalti.gateway import Lookup
from wagtail_khalti.ledger.inventory import oversale
from wagtail_khalti.ledger.issues import open_issue
from wagtail_khalti.ledger.payment_states import becomes_paid, confirms_payment, event_types_of, transition_for
from wagtail_khalti.ledger.receipt_numbers import CounterMissing, prepare_counter, take_number
from wagtail_khalti.ledger.refund_matching import match_refunds
from wagtail_khalti.ledger.schedule import CLOCK_SKEW, next_check
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.reporting import invalidate_days_of
from wagtail_khalti.models.status import PAID, SOFT_ENDS, WITH_REFUNDS, Status

TRIES = 10  # against concurrent changes; each time another process has changed the payment


def apply_lookup(
    payment: KhaltiPayment, answer: Lookup, *, requested_at: datetime, by: AbstractBaseUser | None = None
) -> KhaltiPayment:
    """Change the payment's status, leave it, or open an issue.

    ``requested_at`` is when the lookup began; an older one never overrides a newer one. Raises ``PaymentBusy`` if
    other processes change the payment each time. Commits on its own, so it can't run inside a transaction.
    """
    looked_up = KhaltiEvent.about(payment, KhaltiEvent.Kind.LOOKED_UP, by=by, data=answer.raw)
    for attempt in range(1, TRIES + 1):
        if payment.looked_up_at and requested_at < payment.looked_up_at <= timezone.now() + CLOCK_SKEW:
            return _record_outdated(payment, looked_up)
        transition = transition_for(payment, answer)
        if transition is KhaltiIssue.Kind.UNEXPECTED_STATUS and _may_be_older(payment, requested_at):
            payment.refresh_from_db()
            return _record_outdated(payment, looked_up)

        try:
            with short_transaction():
                if isinstance(transition, KhaltiIssue.Kind):
                    done = _report(payment, transition, answer, requested_at=requested_at, looked_up=looked_up)
                else:
                    done = _change_status(payment, transition, answer, requested_at=requested_at, looked_up=looked_up)
        except (CounterMissing, IntegrityError):  # no receipt number, or one that is taken
            if attempt == TRIES:
                raise
            prepare_counter(payment, paid_at=timezone.now())
            continue
        if done:
            return payment

        # Another process was faster. Read again outside the transaction: a repeatable read would show the old row.
        payment.refresh_from_db()

    raise PaymentBusy(f"Other processes changed payment {payment.reference} {TRIES} times while a response was applied")


def _record_outdated(payment: KhaltiPayment, looked_up: KhaltiEvent) -> KhaltiPayment:
    looked_up.kind = KhaltiEvent.Kind.OUTDATED
    KhaltiEvent.objects.add(looked_up)
    return payment


def _may_be_older(payment: KhaltiPayment, requested_at: datetime) -> bool:
    """Of two concurrent lookups, the later one may have the older response, which must not reverse anything."""
    changed = [payment.completed_at, payment.ended_at]
    if payment.status in WITH_REFUNDS:
        changed += [refund.resolved_at or refund.created_at for refund in payment.refunds.done()]
    return any(changed_at and requested_at <= changed_at for changed_at in changed)


def _change_status(
    payment: KhaltiPayment, transition: Status | None, answer: Lookup, *, requested_at: datetime, looked_up: KhaltiEvent
) -> bool:
    before, after = Status(payment.status), transition or Status(payment.status)
    changes = _changes(payment, before, after, answer) | {"khalti_status": answer.status, "looked_up_at": requested_at}
    if confirms_payment(answer):
        changes["confirmed_at"] = requested_at
    if "completed_at" in changes and payment.receipt_number is None:
        changes |= take_number(payment, paid_at=changes["completed_at"])
    is_primary = bool(payment.payable_type_id) and not payment.is_repeat and becomes_paid(before, after)
    oversold = oversale(payment, before, after)
    update = _update_as_primary if is_primary else _update_if_unchanged
    if not update(payment, changes, requested_at=requested_at):
        transaction.set_rollback(True)  # also the number that was taken
        return False
    if after == Status.REFUNDED and before not in PAID:
        _link_to_primary(payment)

    if after != before:
        invalidate_days_of(payment.created_at, payment.completed_at)
        data = {"from": before, "to": after, "late": before in SOFT_ENDS}
        changed = KhaltiEvent.about(payment, KhaltiEvent.Kind.STATUS_CHANGED, data=data)
        _notify(payment, before, after, oversold)
        insert_rows([looked_up, changed])
    else:
        KhaltiEvent.objects.add(looked_up)
    if payment.refunding_since or after in WITH_REFUNDS:
        payment.refresh_from_db()
        match_refunds(payment)
    return True


def _changes(payment: KhaltiPayment, before: Status, after: Status, answer: Lookup) -> dict[str, Any]:
    """The columns that this change of status sets, besides those that every response sets."""
    if after == before:
        is_new = after in PAID and answer.transaction_id and not payment.transaction_id
        return {"transaction_id": answer.transaction_id} if is_new else {}
    if after in SOFT_ENDS:
        return {"status": after, "ended_at": timezone.now()}
    changes: dict[str, Any] = {"status": after}
    if after in PAID:
        changes["transaction_id"] = payment.transaction_id or answer.transaction_id
        changes["fee"] = payment.fee if answer.fee is None else answer.fee
    if after in PAID and before not in PAID:
        changes["completed_at"] = timezone.now()
        changes["is_late"] = before in SOFT_ENDS
    if after == Status.REFUNDED:
        changes["is_primary"] = None  # it can be bought again
    return changes


def _notify(payment: KhaltiPayment, before: Status, after: Status, oversold: Mapping[str, int]) -> None:
    """Queue the site's events, and open issues for staff."""
    if payment.duplicate_of is not None:  # the site gets no event that looks like a purchase, or its end
        if becomes_paid(before, after):
            earlier = payment.duplicate_of.readable_reference
            open_issue(payment, KhaltiIssue.Kind.DUPLICATE_PAYMENT, {"earlier": earlier})
        return
    for event_type in event_types_of(before, after):
        # The same process delivers it next. Its attempt is counted here to save a transaction.
        payment.begun_delivery = KhaltiDelivery.objects.create(payment=payment, event_type=event_type, attempts=1)
    if oversold:
        open_issue(payment, KhaltiIssue.Kind.OVERSOLD, {"was": before, **oversold})
    elif after in PAID and before in SOFT_ENDS:
        open_issue(payment, KhaltiIssue.Kind.LATE_PAYMENT, {"was": before})


def _report(
    payment: KhaltiPayment, kind: KhaltiIssue.Kind, answer: Lookup, *, requested_at: datetime, looked_up: KhaltiEvent
) -> bool:
    """Change nothing; open an issue, unless one of this kind is open."""
    if not _update_if_unchanged(payment, {"khalti_status": answer.status}, requested_at=requested_at):
        return False

    contradiction = KhaltiEvent.about(payment, KhaltiEvent.Kind.CONTRADICTION, data={"issue": kind})
    if looked_up.user:  # a person sees the result
        KhaltiEvent.objects.bulk_create([looked_up, contradiction])
    else:
        KhaltiEvent.objects.add(looked_up)
        KhaltiEvent.objects.add(contradiction)
    open_issue(payment, kind, {**looked_up.data, "was": payment.status})
    if payment.refunding_since:
        payment.refresh_from_db()
        match_refunds(payment)
    return True


def _update_as_primary(payment: KhaltiPayment, changes: dict[str, Any], *, requested_at: datetime) -> bool:
    """Likewise, as the primary payment, or as a duplicate of the one that is primary."""
    try:
        with transaction.atomic():
            return _update_if_unchanged(payment, {**changes, "is_primary": True}, requested_at=requested_at)
    except IntegrityError:
        return _update_if_unchanged(
            payment, {**changes, "duplicate_of": payment.primary_for_same_payable()}, requested_at=requested_at
        )


def _link_to_primary(payment: KhaltiPayment) -> None:
    """If another payment is the primary one, the site must get no event that its purchase was refunded."""
    payment.duplicate_of = None if payment.is_repeat else payment.primary_for_same_payable()
    if payment.duplicate_of:
        payment.save(update_fields=["duplicate_of"])


def _update_if_unchanged(payment: KhaltiPayment, changes: dict[str, Any], *, requested_at: datetime) -> bool:
    """One conditional UPDATE, which succeeds only if the row is as it was read."""
    now = timezone.now()
    changes = {
        **changes,
        "checked_at": now,
        "leased_until": None,
        "is_urgent": changes.get("status", payment.status) == Status.PENDING,
        "next_check_at": next_check(payment, changes, now=now),
    }
    # A lookup in the future was recorded by a wrong clock, and must not block this one.
    not_newer = Q(looked_up_at=None) | Q(looked_up_at__lte=requested_at) | Q(looked_up_at__gt=now + CLOCK_SKEW)
    as_read = {"status": payment.status, "refunding_since": payment.refunding_since}
    if not update_rows(KhaltiPayment, changes, where=Q(not_newer, id=payment.pk, **as_read)):
        return False
    for name, value in changes.items():
        if isinstance(value, Sql):
            payment.__dict__.pop(name, None)  # only the database knows it: read when it is needed
        else:
            setattr(payment, name, value)
    return True
