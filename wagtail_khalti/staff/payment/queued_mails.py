"""The mails of a payment that are not sent yet, and those that were given up. Sent ones are events."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from wagtail_khalti.models import KhaltiMail, KhaltiPayment
from wagtail_khalti.staff.payment.entries import TimelineEntry, entry_of_system
from wagtail_khalti.staff.timestamps import timestamp_text

MAX_SHOWN = 20  # the newest; a payment has two or three


def queued_mails_of(payment: KhaltiPayment) -> Iterator[TimelineEntry]:
    """In the timeline by the time at which they were queued."""
    mails = payment.mails.filter(Q(sent_at=None), Q(bundle=None) | Q(bundle__sent_at=None)).select_related("bundle")
    for mail in mails.order_by("-pk")[:MAX_SHOWN]:
        sent_as = mail.bundle or mail
        if sent_as.due_at is None and not sent_as.is_given_up:
            continue  # it was not needed any more
        what = _("E-mail given up") if sent_as.is_given_up else _("E-mail queued")
        yield entry_of_system(mail.created_at, what, " · ".join(_details(mail, sent_as)))


def _details(mail: KhaltiMail, sent_as: KhaltiMail) -> Iterator[str]:
    yield str(mail.get_kind_display())
    if sent_as.due_at:
        yield _("Next attempt: %(time)s") % {"time": timestamp_text(sent_as.due_at)}
    if sent_as.last_error:
        yield sent_as.last_error
