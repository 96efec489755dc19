"""The checkout funnel: how many payments reached each stage, and the outcome of the others."""

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
    """A stage of the funnel, or an outcome of payments that were not paid."""

    label: str
    explanation: str
    number: int
    share: str
    """Of the previous stage; for an outcome, of the started payments. Empty if it makes no sense."""
    drop_off: int | None = None
    """How many of the previous stage didn't reach this one."""
    url: str = ""

    @property
    def count(self) -> str:
        return format_number(self.number)

    @property
    def drop_off_count(self) -> str:
        return format_number(self.drop_off) if self.drop_off is not None else ""


def stages(sums: Sums, links: Links) -> list[Stage]:
    """Each is a part of the previous one, except that payments started by the site's own code open no checkout page."""
    steps = [
        (_("Checkout opened"), _("A visitor opened the checkout page."), sums.checkout_views, ""),
        (_("Started"), _("A visitor pressed the payment button."), sums.started, links.started()),
        (_("Sent to Khalti"), _("Khalti created the payment link."), sums.sent, ""),
        (_("Paid"), _("Khalti confirmed the payment."), sums.paid, links.started(ANY_PAID)),
    ]
    first, *_others = steps
    found = [Stage(label=first[0], explanation=first[1], number=first[2], share="")]
    for (_label, _text, before, _url), (label, text, number, url) in pairwise(steps):
        drop_off = before - number if 0 < before >= number else None
        share = format_share(number, before)
        found.append(Stage(label=label, explanation=text, number=number, share=share, drop_off=drop_off, url=url))
    return found


def outcomes(sums: Sums, links: Links) -> Iterator[Stage]:
    """Of payments that were started and not paid."""
    rows = [
        (_("Cancelled"), _("The visitor cancelled on Khalti's page."), sums.canceled, Status.CANCELED),
        (_("Expired"), _("The payment link expired before it was paid."), sums.expired, Status.EXPIRED),
        (_("Failed"), _("Khalti reported that the payment failed."), sums.failed, Status.FAILED),
        (_("In progress"), _("The payment has not reached a final status."), sums.waiting, ANY_WAITING),
    ]
    for label, text, number, status in rows:
        share = format_share(number, sums.started)
        yield Stage(label=label, explanation=text, number=number, share=share, url=links.started(status))


def largest_drop_off(found: Sequence[Stage]) -> str:
    """As a sentence; empty if there is no drop-off."""
    before, worst = max(pairwise(found), key=lambda pair: pair[1].drop_off or 0)
    if not worst.drop_off:
        return ""
    sentence = _("The largest drop-off is between “%(before)s” and “%(after)s”: %(number)s.")
    return sentence % {"before": before.label, "after": worst.label, "number": worst.drop_off_count}
