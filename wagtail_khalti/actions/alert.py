"""Tell people that a payment needs one of them."""

from __future__ import annotations

import logging

from django.core.mail import mail_managers
from django.utils.translation import gettext as _

from wagtail_khalti.models import KhaltiReview
from wagtail_khalti.money import format_rupees

logger = logging.getLogger(__name__)


def alert_managers(review: KhaltiReview) -> None:
    """By the log, and by e-mail to the site's ``MANAGERS``, with nothing in it that is private."""
    payment = review.payment
    logger.error("Payment %s needs a person: %s", payment.reference, review.kind)
    mail_managers(
        subject=_("Payment %(reference)s needs a person") % {"reference": payment.readable_reference},
        message=_("%(what)s.\n\nPayment: %(purpose)s, %(amount)s\nReference: %(reference)s\npidx: %(pidx)s")
        % {
            "what": review.get_kind_display(),
            "purpose": payment.purpose,
            "amount": format_rupees(payment.amount),
            "reference": payment.readable_reference,
            "pidx": payment.pidx,
        },
    )
