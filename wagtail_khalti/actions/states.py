"""The state machine, as data: what each kind of evidence does to each status.

A payment only goes forward. Canceled, expired and failed are soft ends: money that comes later is accepted, and
Pending after an end is a matter for a person, because a visitor who paid again then might pay twice.
Completed is left only through refunds.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from wagtail_khalti.gateway import Lookup
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment, KhaltiReview
from wagtail_khalti.models.status import PAID, SOFT_ENDS, Status

News = KhaltiDelivery.News
Doubt = KhaltiReview.Kind


class Evidence(Enum):
    """What a lookup can prove."""

    INITIATED = "initiated"
    """Khalti knows the payment; nothing happened yet."""
    PENDING = "pending"
    """Begun, not decided."""
    COMPLETED = "completed"
    """The money is there."""
    PARTLY_BACK = "partially refunded"
    """The money was there, and some of it went back."""
    ALL_BACK = "refunded"
    """The money was there, and went back."""
    CANCELED = "user canceled"
    """The visitor said no."""
    EXPIRED = "expired"
    """The link ran out."""
    FAILED = "failed"
    """Khalti said no. Gone from the documentation since 2024, still in Khalti's own SDK."""


# Khalti's words, compared without regard to case. "Canceled" was in the documentation for a while.
# What isn't here means neither paid nor failed: it is held for a person.
MEANING: Mapping[str, Evidence] = {
    **{evidence.value: evidence for evidence in Evidence},
    "canceled": Evidence.CANCELED,
}

Road = Status | Doubt | None
"""Where evidence leads: to a status, to a person, or nowhere."""

STAY = None
ODD = Doubt.UNEXPECTED_STATUS
PENDING, COMPLETED, REFUNDED = Status.PENDING, Status.COMPLETED, Status.REFUNDED
PARTLY = Status.PARTIALLY_REFUNDED
CANCELED, EXPIRED, FAILED = Status.CANCELED, Status.EXPIRED, Status.FAILED

_COLUMNS = tuple(Evidence)

# fmt: off
_ROWS: Mapping[Status, tuple[Road, ...]] = {
    #                   INITIATED  PENDING  COMPLETED  PARTLY_BACK  ALL_BACK  CANCELED  EXPIRED  FAILED
    Status.CREATED:    (ODD,       ODD,     ODD,       ODD,         ODD,      ODD,      ODD,     ODD),
    Status.INITIATED:  (STAY,      PENDING, COMPLETED, PARTLY,      REFUNDED, CANCELED, EXPIRED, FAILED),
    Status.PENDING:    (STAY,      STAY,    COMPLETED, PARTLY,      REFUNDED, CANCELED, EXPIRED, FAILED),
    Status.COMPLETED:  (STAY,      STAY,    STAY,      PARTLY,      REFUNDED, ODD,      ODD,     ODD),
    Status.PARTIALLY_REFUNDED:
                       (STAY,      STAY,    ODD,       STAY,        REFUNDED, ODD,      ODD,     ODD),
    Status.REFUNDED:   (STAY,      STAY,    ODD,       ODD,         STAY,     ODD,      ODD,     ODD),
    Status.CANCELED:   (STAY,      ODD,     COMPLETED, PARTLY,      REFUNDED, STAY,     STAY,    STAY),
    Status.EXPIRED:    (STAY,      ODD,     COMPLETED, PARTLY,      REFUNDED, STAY,     STAY,    STAY),
    Status.FAILED:     (STAY,      ODD,     COMPLETED, PARTLY,      REFUNDED, STAY,     STAY,    STAY),
}
# fmt: on

MACHINE: Mapping[Status, Mapping[Evidence, Road]] = {
    status: dict(zip(_COLUMNS, roads, strict=True)) for status, roads in _ROWS.items()
}


def judge(payment: KhaltiPayment, answer: Lookup) -> Road:
    """Where this answer leads this payment, as it stands now."""
    if answer.pidx != payment.pidx:
        return Doubt.OTHER_PIDX
    meaning = _meaning(answer.status)
    if meaning is None:
        return Doubt.UNKNOWN_STATUS
    if answer.amount != payment.amount:
        return Doubt.AMOUNT_MISMATCH
    if meaning is Evidence.COMPLETED and answer.refunded:
        return Doubt.REFUND_UNCLEAR
    return MACHINE[Status(payment.status)][meaning]


def speaks_of_money(answer: Lookup) -> bool:
    """Whether it says that the money came, whatever went back later."""
    return _meaning(answer.status) in (Evidence.COMPLETED, Evidence.PARTLY_BACK, Evidence.ALL_BACK)


def is_bought(before: Status, after: Status) -> bool:
    """Whether this move is a sale. Money that is all back by the time we hear of it is none."""
    return before not in PAID and after in (Status.COMPLETED, Status.PARTIALLY_REFUNDED)


def news_of(before: Status, after: Status) -> list[News]:
    """What the site has to hear of this move. What went back it hears refund by refund, from ``book``."""
    if after in SOFT_ENDS:
        return [News.ENDED]
    return [News.COMPLETED] * is_bought(before, after)


def _meaning(word: str) -> Evidence | None:
    return MEANING.get(" ".join(word.casefold().split()))
