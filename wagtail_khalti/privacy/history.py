"""What remains of the history of an anonymised payment: by kind of event, the keys of ``data`` that name nobody."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from wagtail_khalti.models import KhaltiEvent, KhaltiIssue

Kind = KhaltiEvent.Kind

MARK = "anonymized"
"""Added, as True, to data that something was removed from."""

_OF_LOOKUP = frozenset({"pidx", "total_amount", "status", "transaction_id", "fee", "refunded", "error_key"})
_OF_REFUND = frozenset({"refund", "amount", "request", "trigger", "method", "error"})
_OF_MAIL = frozenset({"refund", "error", "instead_of"})
_OF_WEBHOOK = frozenset({"endpoint", "event_type", "message_id", "status", "attempts", "error"})

KEPT_OF_EVENTS: Mapping[str, Collection[str]] = {
    Kind.CREATED: (),
    Kind.INITIATE_SENT: (),
    Kind.INITIATED: ("pidx", "payment_url", "expires_at"),
    Kind.INITIATE_REJECTED: (),
    Kind.NO_ANSWER: _OF_REFUND,
    Kind.RETURNED: ("names_another_payment",),
    Kind.LOOKED_UP: _OF_LOOKUP,
    Kind.STATUS_CHANGED: ("from", "to", "late"),
    Kind.OUTDATED: _OF_LOOKUP,
    Kind.CONTRADICTION: ("issue",),
    Kind.REFUND_REQUESTED: _OF_REFUND,
    Kind.REFUND_SENT: _OF_REFUND,
    Kind.REFUND_ACCEPTED: _OF_REFUND,
    Kind.REFUND_SUCCEEDED: _OF_REFUND,
    Kind.REFUND_FAILED: _OF_REFUND,
    Kind.REFUND_RECORDED: _OF_REFUND,
    Kind.DELIVERY_FAILED: ("event_type", "error"),
    Kind.DELIVERY_RETRIED: ("event_type",),
    Kind.ISSUE_RESOLVED: ("issue", "resolution"),
    Kind.RECEIPT_SENT: _OF_MAIL,
    Kind.REFUND_NOTICE_SENT: _OF_MAIL,
    Kind.REMINDER_SENT: _OF_MAIL,
    Kind.LINK_SENT: _OF_MAIL,
    Kind.SALE_MAIL_SENT: _OF_MAIL,
    Kind.WEBHOOK_FAILED: _OF_WEBHOOK,
    Kind.WEBHOOK_RESENT: _OF_WEBHOOK,
    Kind.CANCEL_REQUESTED: (),
    Kind.NOTE_ADDED: (),
}
"""``error`` is the class of an exception. Of a kind that is missing here nothing remains."""

KEPT_OF_ISSUES = _OF_LOOKUP | {"was", "earlier", "event_type", "error", "attempts", "refund", "amount"}
KEPT_OF_ISSUES |= {"excess", "taken", "limit"}


def reduce_history(payments: Sequence[int]) -> None:
    """Of the payments with these keys. Call it in the transaction that erases their columns."""
    KhaltiEvent.objects.erase(list(_events(payments)))
    KhaltiIssue.objects.bulk_update(list(_issues(payments)), ["details"])


def _events(payments: Sequence[int]) -> Iterator[KhaltiEvent]:
    events = KhaltiEvent.objects.filter(payment__in=payments).order_by("pk").values_list("pk", "kind", "data")
    for pk, kind, data in events:
        reduced = _reduced(data, KEPT_OF_EVENTS.get(kind, ()))
        if reduced != data:
            yield KhaltiEvent(pk=pk, data=reduced)


def _issues(payments: Sequence[int]) -> Iterator[KhaltiIssue]:
    for pk, details in KhaltiIssue.objects.filter(payment__in=payments).order_by("pk").values_list("pk", "details"):
        reduced = _reduced(details, KEPT_OF_ISSUES)
        if reduced != details:
            yield KhaltiIssue(pk=pk, details=reduced)


def _reduced(data: Mapping[str, Any], kept: Collection[str]) -> dict[str, Any]:
    reduced = {name: value for name, value in data.items() if name in (*kept, MARK) and not _is_nested(value)}
    return reduced if len(reduced) == len(data) else {**reduced, MARK: True}


def _is_nested(value: object) -> bool:
    return isinstance(value, dict | list)
