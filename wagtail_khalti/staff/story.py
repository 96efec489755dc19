"""What happened to a payment, line by line, as a person would tell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wagtail.admin.utils import get_user_display_name

from wagtail_khalti.models import KhaltiEvent, KhaltiPayment, KhaltiReview
from wagtail_khalti.models.payment import Status
from wagtail_khalti.models.refund import Way
from wagtail_khalti.staff.figures import rupees
from wagtail_khalti.writing import write_time

LONGEST = 200  # events, the newest; a payment has some twenty
Kind = KhaltiEvent.Kind

WORTH_TELLING: Mapping[str, tuple[str, ...]] = {
    Kind.NO_ANSWER: ("amount",),
    Kind.LOOKED_UP: ("status",),
    Kind.MOVED: ("from", "to"),
    Kind.CONTRADICTION: ("review",),
    Kind.REFUND_REQUESTED: ("amount", "reason"),
    Kind.REFUND_SENT: ("amount",),
    Kind.REFUND_ACCEPTED: ("amount", "answer"),
    Kind.REFUND_MADE: ("amount", "note"),
    Kind.REFUND_NOT_MADE: ("amount", "answer", "note"),
    Kind.REFUND_FOUND: ("amount", "way", "note"),
    Kind.DELIVERY_FAILED: ("error",),
    Kind.REVIEW_CLOSED: ("review", "note"),
}
"""By kind of event: what of its data a person wants to read."""

LABELS: Mapping[str, Mapping[str, Any]] = {
    "from": dict(Status.choices),
    "to": dict(Status.choices),
    "way": dict(Way.choices),
    "review": dict(KhaltiReview.Kind.choices),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """When, what, and by whom."""

    moment: datetime
    at: str
    what: str
    details: str
    who: str


def story_of(payment: KhaltiPayment) -> list[Line]:
    """From the beginning on; of very many events only the last ones."""
    newest_first = payment.events.select_related("user").order_by("-at", "-pk")[:LONGEST]
    return [_line(event) for event in reversed(newest_first)]


def _line(event: KhaltiEvent) -> Line:
    return Line(
        moment=event.at,
        at=write_time(event.at),
        what=str(event.get_kind_display()),
        details=(" → " if event.kind == Kind.MOVED else " · ").join(_details(event)),
        who=get_user_display_name(event.user) if event.user else str(event.get_actor_display()),
    )


def _details(event: KhaltiEvent) -> Iterator[str]:
    for name in WORTH_TELLING.get(event.kind, ()):
        said = event.data.get(name)
        if name in LABELS:
            yield str(LABELS[name].get(said, said))
        elif name == "amount" and isinstance(said, int):
            yield rupees(said)
        elif said:
            yield f"“{said}”"
