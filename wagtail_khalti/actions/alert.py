"""Tell people that a payment needs one of them."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from wagtail_khalti.actions import mailing
from wagtail_khalti.models import KhaltiReview, KhaltiSettings
from wagtail_khalti.money import format_rupees

logger = logging.getLogger(__name__)

MOST_IN_AN_HOUR = 10  # mails of one kind: when a thousand payments have the same trouble, ten mails say so


def alert_managers(review: KhaltiReview) -> None:
    """By the log, and by e-mail to whom the site names, or else to ``MANAGERS``, with nothing in it that is private."""
    payment = review.payment
    logger.error("Payment %s needs a person: %s", payment.reference, review.kind)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    before = KhaltiReview.objects.filter(kind=review.kind, opened_at__gt=an_hour_ago, pk__lt=review.pk)
    addresses = KhaltiSettings.of(payment.site).alerted
    if addresses:  # trouble on another site was told to others
        before = before.filter(payment__site=payment.site_id)
    else:
        before = before.exclude(payment__site__in=KhaltiSettings.objects.exclude(alert_addresses="").values("site"))
    if before.count() >= MOST_IN_AN_HOUR:
        return
    with translation.override(settings.LANGUAGE_CODE):  # theirs, not the visitor's
        _mail(review, addresses)


def _mail(review: KhaltiReview, addresses: list[str]) -> None:
    reference = review.payment.readable_reference
    subject = _("Payment %(reference)s needs a person") % {"reference": reference}
    message = EmailMessage(
        subject=f"{settings.EMAIL_SUBJECT_PREFIX}{subject}",
        body=_message(review),
        from_email=settings.SERVER_EMAIL,
        to=[] if addresses else _managers(),
        bcc=addresses,  # none of them reads the addresses of the others
    )
    mailing.send(message)


def _managers() -> list[str]:
    """Addresses, or pairs of a name and an address, as Django before 6.0 wants them."""
    return [str(manager) if isinstance(manager, str | Promise) else manager[1] for manager in settings.MANAGERS]


def _message(review: KhaltiReview) -> str:
    payment = review.payment
    return _("%(what)s\n\nPayment: %(purpose)s, %(amount)s\nReference: %(reference)s\npidx: %(pidx)s") % {
        "what": review.sentence,
        "purpose": payment.purpose,
        "amount": format_rupees(payment.amount),
        "reference": payment.readable_reference,
        "pidx": payment.pidx,
    }
