"""Why the payment of a payable was not started, in plain words."""

from __future__ import annotations

import logging

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wagtail_khalti.exceptions import (
    AmountTooLarge,
    AnswerNotUnderstood,
    GatewayError,
    GatewayUnreachable,
    PaymentError,
    RequestRejected,
    SoldOut,
)
from wagtail_khalti.money import format_rupees

logger = logging.getLogger(__name__)


def messages_for(error: Exception) -> list[str]:
    """For the visitor. What only the site's people can put right is logged."""
    if isinstance(error, GatewayUnreachable | AnswerNotUnderstood):
        return [_("Khalti is temporarily unavailable. You have not been charged. Please try again.")]
    if isinstance(error, RequestRejected) and error.fields:
        return [_("Khalti did not accept this: %(reason)s") % {"reason": text} for text in error.fields.values()]
    if isinstance(error, RequestRejected):
        return [_("Khalti did not accept this payment. You have not been charged.")]
    if isinstance(error, AmountTooLarge) and error.largest:
        largest = format_rupees(error.largest, get_language())
        return [_("This is more than can be paid at once: at most %(amount)s.") % {"amount": largest}]
    if isinstance(error, SoldOut):
        return [_("Fewer are left than you want to pay for. You have not been charged.")]
    logger.error("A payment could not be started: %s", error, exc_info=not isinstance(error, GatewayError))
    if isinstance(error, PaymentError):
        return [_("This can't be paid at the moment. You have not been charged.")]
    return [_("We can't take payments right now. You have not been charged.")]
