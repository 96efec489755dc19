"""The timeline of a payment, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.utils import get_user_display_name

from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.issue import MAX_AMOUNT
from wagtail_khalti.models.refund import Method
from wagtail_khalti.models.status import Status
from wagtail_khalti.staff.figures import rupees
from wagtail_khalti.staff.payment.details import pretty
from wagtail_khalti.staff.payment.entries import TimelineEntry, entry_of_system
from wagtail_khalti.staff.payment.queued_mails import queued_mails_of
from wagtail_khalti.staff.redaction import Redaction
from wagtail_khalti.staff.timestamps import timestamp_of, timestamp_text

MAX_LENGTH = 200  # events, the newest; a payment has some twenty
MAX_ISSUES = 50
Kind = KhaltiEvent.Kind

WORTH_TELLING: Mapping[str, tuple[str, ...]] = {
    Kind.INITIATE_REJECTED: ("fields",),
    Kind.NO_ANSWER: ("amount",),
    Kind.LOOKED_UP: ("status", "total_amount"),
    Kind.OUTDATED: ("status",),
    Kind.STATUS_CHANGED: ("from", "to"),
    Kind.CONTRADICTION: ("issue",),
    Kind.REFUND_REQUESTED: ("amount", "reason"),
    Kind.REFUND_SENT: ("amount",),
    Kind.REFUND_ACCEPTED: ("amount", "answer"),
    Kind.REFUND_SUCCEEDED: ("amount", "note"),
    Kind.REFUND_FAILED: ("amount", "answer", "note"),
    Kind.REFUND_RECORDED: ("amount", "method", "note"),
    Kind.DELIVERY_FAILED: ("event_type", "error"),
    Kind.DELIVERY_RETRIED: ("event_type",),
    Kind.ISSUE_RESOLVED: ("issue", "resolution", "note"),
    Kind.RECEIPT_SENT: ("to", "error"),
    Kind.REFUND_NOTICE_SENT: ("to", "error"),
    Kind.REMINDER_SENT: ("to", "error"),
    Kind.LINK_SENT: ("to", "error"),
    Kind.SALE_MAIL_SENT: ("to", "error"),
    Kind.WEBHOOK_FAILED: ("endpoint", "event_type", "error"),
    Kind.WEBHOOK_RESENT: ("endpoint", "event_type"),
    Kind.NOTE_ADDED: ("note",),
}
"""By kind of event: what of its data a person wants to read."""

LABELS: Mapping[str, Mapping[str, Any]] = {
    "from": dict(Status.choices),
    "to": dict(Status.choices),
    "method": dict(Method.choices),
    "issue": dict(KhaltiIssue.Kind.choices),
    "event_type": dict(KhaltiDelivery.EventType.choices),
    "resolution": dict(KhaltiIssue.Resolution.choices),
}
NOT_SENT: Mapping[str, Promise] = {
    Kind.RECEIPT_SENT: gettext_lazy("Receipt could not be sent"),
    Kind.REFUND_NOTICE_SENT: gettext_lazy("Refund notice could not be sent"),
    Kind.REMINDER_SENT: gettext_lazy("Reminder could not be sent"),
    Kind.LINK_SENT: gettext_lazy("Link to finish the payment could not be sent"),
    Kind.SALE_MAIL_SENT: gettext_lazy("Organiser could not be informed"),
}
"""What is said of a mail that the mail server did not take."""
AMOUNTS = frozenset({"amount", "total_amount"})


def timeline_of(
    payment: KhaltiPayment, redaction: Redaction, deliveries: Iterable[KhaltiDelivery] = ()
) -> list[TimelineEntry]:
    """From the beginning on; of very many events only the last ones."""
    newest_first = list(payment.events.select_related("user").order_by("-at", "-pk")[:MAX_LENGTH])
    events = newest_first[::-1]
    lines = [*_of_events(events, redaction), *_of_matters(payment, events), *_of_deliveries(deliveries)]
    lines += queued_mails_of(payment)
    if len(events) == MAX_LENGTH:  # what was before them isn't there
        lines = [line for line in lines if line.moment.at >= events[0].at]
    return sorted(lines, key=lambda line: line.moment.at)


def _of_events(events: Sequence[KhaltiEvent], redaction: Redaction) -> Iterator[TimelineEntry]:
    replaced = {event.data.get("instead_of") for event in events}
    for event in events:
        if event.pk not in replaced:
            yield _line(event, redaction)


def _of_matters(payment: KhaltiPayment, events: Iterable[KhaltiEvent]) -> Iterator[TimelineEntry]:
    """Those that no event tells."""
    told = {event.data.get("issue") for event in events if event.kind == Kind.CONTRADICTION}
    for issue in payment.issues.order_by("-pk")[:MAX_ISSUES]:
        if issue.kind not in told:
            details = str(issue.get_kind_display())
            yield entry_of_system(issue.opened_at, _("Issue opened"), details)


def _of_deliveries(deliveries: Iterable[KhaltiDelivery]) -> Iterator[TimelineEntry]:
    for delivery in deliveries:
        if delivery.delivered_at:
            yield entry_of_system(
                delivery.delivered_at, _("Integration event delivered"), str(delivery.get_event_type_display())
            )


def _line(event: KhaltiEvent, redaction: Redaction) -> TimelineEntry:
    return TimelineEntry(
        moment=timestamp_of(event.at),
        what=_what(event) + _how_often(event),
        details=(" → " if event.kind == Kind.STATUS_CHANGED else " · ").join(_details(event, redaction)),
        who=_who(event, redaction),
        raw=pretty(redaction.of(event.data)) if event.data else "",
    )


def _how_often(event: KhaltiEvent) -> str:
    """Of what was repeated."""
    if event.count == 1 or event.last_at is None:
        return ""
    times = {"count": format_number(event.count), "last": timestamp_text(event.last_at)}
    return " " + _("(%(count)s times, last on %(last)s)") % times


def _what(event: KhaltiEvent) -> str:
    if event.kind in NOT_SENT and "error" in event.data:
        return str(NOT_SENT[event.kind])
    return str(event.get_kind_display())


def _who(event: KhaltiEvent, redaction: Redaction) -> str:
    if event.user:
        return str(get_user_display_name(event.user))
    is_visitor = event.actor == KhaltiEvent.Actor.VISITOR
    return (is_visitor and redaction.name) or str(event.get_actor_display())


def _details(event: KhaltiEvent, redaction: Redaction) -> Iterator[str]:
    for name in WORTH_TELLING.get(event.kind, ()):
        said = event.data.get(name)
        if event.kind in NOT_SENT:
            yield from [str(said)] if said else []
        elif name in LABELS:
            yield str(LABELS[name].get(said, said))
        elif name in AMOUNTS and _is_sum(said):
            yield rupees(said)
        elif isinstance(said, dict):
            yield from (f"“{redaction.of(words)}”" for words in said.values())
        elif said:
            yield f"“{redaction.of({name: said})[name]}”"


def _is_sum(said: object) -> bool:
    """What Khalti said of an amount may be anything."""
    return isinstance(said, int) and not isinstance(said, bool) and abs(said) < MAX_AMOUNT
