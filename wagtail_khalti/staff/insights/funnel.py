"""From the checkout to the payment: how many came how far, and what became of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import Status
from wagtail_khalti.reporting import Sums
from wagtail_khalti.staff.insights.counts import format_share
from wagtail_khalti.staff.insights.links import Links
from wagtail_khalti.staff.listing.filters import ANY_PAID, ANY_WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One of the stages, or one of the ends."""

    label: str
    explanation: str
    number: int
    share: str
    """Of the stage before; of an end, of what was started. Empty where that tells nothing."""
    lost: int | None = None
    """How many didn't come on from the stage before."""
    url: str = ""

    @property
    def count(self) -> str:
        return format_number(self.number)

    @property
    def lost_count(self) -> str:
        return format_number(self.lost) if self.lost is not None else ""


def stages(sums: Sums, links: Links) -> list[Stage]:
    """Each is a part of the one before; only payments that the site's own code begins never open a checkout page."""
    steps = [
        (_("Checkout opened"), _("A visitor opened the checkout page."), sums.checkout_views, ""),
        (_("Started"), _("A visitor pressed the payment button."), sums.started, links.started()),
        (_("Sent to Khalti"), _("Khalti created the payment link."), sums.sent, ""),
        (_("Paid"), _("Khalti confirmed the payment."), sums.paid, links.started(ANY_PAID)),
    ]
    first, *_others = steps
    found = [Stage(label=first[0], explanation=first[1], number=first[2], share="")]
    for (_label, _text, before, _url), (label, text, number, url) in pairwise(steps):
        lost = before - number if 0 < before >= number else None
        share = format_share(number, before)
        found.append(Stage(label=label, explanation=text, number=number, share=share, lost=lost, url=url))
    return found


def ends(sums: Sums, links: Links) -> Iterator[Stage]:
    """Of what was started and is not paid."""
    rows = [
        (_("Cancelled"), _("The visitor cancelled on Khalti's page."), sums.canceled, Status.CANCELED),
        (_("Expired"), _("The payment link expired before it was paid."), sums.expired, Status.EXPIRED),
        (_("Failed"), _("Khalti reported that the payment failed."), sums.failed, Status.FAILED),
        (_("In progress"), _("The payment has not reached a final status."), sums.waiting, ANY_WAITING),
    ]
    for label, text, number, status in rows:
        share = format_share(number, sums.started)
        yield Stage(label=label, explanation=text, number=number, share=share, url=links.started(status))


def where_most_are_lost(found: Sequence[Stage]) -> str:
    """One sentence; empty where nobody is lost."""
    before, worst = max(pairwise(found), key=lambda pair: pair[1].lost or 0)
    if not worst.lost:
        return ""
    words = _("The largest drop-off is between “%(before)s” and “%(after)s”: %(number)s.")
    return words % {"before": before.label, "after": worst.label, "number": worst.lost_count}
