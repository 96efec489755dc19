"""Tell people that a payment needs one of them."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import get_connection, mail_managers
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from wagtail_khalti.models import KhaltiReview
from wagtail_khalti.money import format_rupees

logger = logging.getLogger(__name__)

PATIENCE = 5  # seconds for the mail server: a visitor is waiting
MOST_IN_AN_HOUR = 10  # mails of one kind: when a thousand payments have the same trouble, ten mails say so


def alert_managers(review: KhaltiReview) -> None:
    """By the log, and by e-mail to the site's ``MANAGERS``, with nothing in it that is private."""
    payment = review.payment
    logger.error("Payment %s needs a person: %s", payment.reference, review.kind)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    before = KhaltiReview.objects.filter(kind=review.kind, opened_at__gt=an_hour_ago, pk__lt=review.pk)
    if before.count() >= MOST_IN_AN_HOUR:
        return
    with translation.override(settings.LANGUAGE_CODE):  # theirs, not the visitor's
        _mail(review)


def _mail(review: KhaltiReview) -> None:
    payment = review.payment
    mail_managers(
        subject=_("Payment %(reference)s needs a person") % {"reference": payment.readable_reference},
        message=_("%(what)s\n\nPayment: %(purpose)s, %(amount)s\nReference: %(reference)s\npidx: %(pidx)s")
        % {
            "what": review.sentence,
            "purpose": payment.purpose,
            "amount": format_rupees(payment.amount),
            "reference": payment.readable_reference,
            "pidx": payment.pidx,
        },
        connection=get_connection(timeout=PATIENCE),
    )
