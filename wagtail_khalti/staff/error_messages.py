"""Why an action of staff failed, in a sentence for the person who pressed the button."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from wagtail_khalti import exceptions
from wagtail_khalti.exceptions import GatewayError, KhaltiError, NotRefundable, RequestRejected
from wagtail_khalti.ledger import require_refundable
from wagtail_khalti.models import KhaltiPayment

MAX_REASON_LENGTH = 300  # characters of Khalti's reason

MESSAGES: Mapping[type[KhaltiError], Promise] = {
    exceptions.NotPaid: _("Khalti has not confirmed this payment, so there is nothing to refund."),
    exceptions.FullyRefunded: _("Fully refunded."),
    exceptions.AmountExceedsRefundable: _("This is more than the refundable balance."),
    exceptions.AmountTooSmall: _("Enter an amount above zero."),
    exceptions.RefundInProgress: _("An earlier refund is unconfirmed. Its outcome has to be confirmed first."),
    exceptions.RefundAmountMissing: _("Enter the amount that was refunded in Khalti's dashboard first."),
    exceptions.RefundsChanged: _("There was another refund in the meantime. Check the amounts again."),
    exceptions.NotRefundable: _("Khalti's response doesn't match this payment."),
    exceptions.IdempotencyConflict: _("This form has already been submitted. Check the amounts again."),
    exceptions.RefundAlreadyResolved: _("The outcome of this refund is already known."),
    exceptions.AlreadyDelivered: _("All integration events are delivered already."),
    exceptions.WebhookBeingSent: _("This webhook is being sent at the moment. Reload this page in a minute."),
    exceptions.WebhookEndpointMissing: _("The settings of the site no longer have this endpoint."),
    exceptions.NothingPaid: _("Khalti has not confirmed this payment, so there is no receipt to send."),
    exceptions.NoEmailAddress: _("The customer gave no e-mail address, so no receipt can be sent."),
    exceptions.SentRecently: _("A receipt was sent a moment ago. Wait a minute before sending another one."),
    exceptions.MailFailed: _("The mail server rejected the receipt. Try again later."),
    exceptions.MerchantChanged: _("The Khalti account that took this payment is no longer set up."),
    exceptions.PaymentBusy: _("This payment is being updated by someone else. Try again in a minute."),
    exceptions.KeyRejected: _("Khalti rejected this site's API key."),
    exceptions.PidxNotFound: _("Khalti doesn't know this payment under this site's API key."),
    exceptions.GatewayError: _("Khalti is temporarily unavailable. Try again later."),
}
"""By class of error. A class without a message uses that of its nearest base class."""


def error_message(error: KhaltiError) -> str:
    """Why it failed."""
    if isinstance(error, RequestRejected):
        reason = error.fields.get("detail") or str(error)
        return gettext("Khalti rejected the request: “%(reason)s”") % {"reason": reason[:MAX_REASON_LENGTH]}
    return next(str(MESSAGES[kind]) for kind in type(error).__mro__ if kind in MESSAGES)


def refund_error_message(error: KhaltiError) -> str:
    """Likewise after an attempt to refund: adds that no money moved."""
    nothing = gettext("Nothing was refunded.") if isinstance(error, GatewayError) else gettext("No refund was sent.")
    return f"{error_message(error)} {nothing}"


def why_not_refundable(payment: KhaltiPayment) -> str:
    """Why it can't be refunded now; empty where it can."""
    try:
        require_refundable(payment)
    except NotRefundable as error:
        return error_message(error)
    return ""


def language_name(code: str) -> str:
    """In the language itself; the code if Django doesn't know it."""
    try:
        return str(get_language_info(code)["name_local"]) if code else ""
    except KeyError:
        return code
