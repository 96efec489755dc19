"""Notify staff of issues."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from wagtail_khalti import mailing
from wagtail_khalti.models import KhaltiIssue, KhaltiSettings
from wagtail_khalti.money import format_rupees

logger = logging.getLogger(__name__)

MAX_PER_HOUR = 10  # mails of one kind: if a thousand payments have the same problem, ten mails are enough


def alert_managers(issue: KhaltiIssue) -> None:
    """Log it, and e-mail the site's notification recipients, or else ``MANAGERS``. Without personal data."""
    payment = issue.payment
    logger.error("Payment %s needs attention: %s", payment.reference, issue.kind)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    before = KhaltiIssue.objects.filter(kind=issue.kind, opened_at__gt=an_hour_ago, pk__lt=issue.pk)
    addresses = KhaltiSettings.of(payment.site).recipients
    if addresses:  # issues of another site went to other recipients
        before = before.filter(payment__site=payment.site_id)
    else:
        before = before.exclude(
            payment__site__in=KhaltiSettings.objects.exclude(notification_recipients="").values("site")
        )
    if before.count() >= MAX_PER_HOUR:
        return
    with translation.override(settings.LANGUAGE_CODE):  # the staff's, not the visitor's
        _mail(issue, addresses)


def _mail(issue: KhaltiIssue, addresses: list[str]) -> None:
    reference = issue.payment.readable_reference
    subject = _("Payment %(reference)s needs attention") % {"reference": reference}
    message = EmailMessage(
        subject=f"{settings.EMAIL_SUBJECT_PREFIX}{subject}",
        body=_message(issue),
        from_email=settings.SERVER_EMAIL,
        to=[] if addresses else _managers(),
        bcc=addresses,  # so that they don't see each other's addresses
    )
    mailing.send(message)


def _managers() -> list[str]:
    """Addresses, or pairs of a name and an address, as Django before 6.0 wants them."""
    return [str(manager) if isinstance(manager, str | Promise) else manager[1] for manager in settings.MANAGERS]


def _message(issue: KhaltiIssue) -> str:
    payment = issue.payment
    return _("%(sentence)s\n\nPayment: %(purpose)s, %(amount)s\nReference: %(reference)s\npidx: %(pidx)s") % {
        "sentence": issue.sentence,
        "purpose": payment.purpose,
        "amount": format_rupees(payment.amount),
        "reference": payment.readable_reference,
        "pidx": payment.pidx,
    }
