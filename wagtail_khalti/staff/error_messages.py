"""What went wrong, in the words of the person who pressed the button."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from wagtail_khalti import exceptions
from wagtail_khalti.exceptions import GatewayError, KhaltiError, NotRefundable, RequestRejected
from wagtail_khalti.ledger import require_refundable
from wagtail_khalti.models import KhaltiPayment

MAX_SAID_LENGTH = 300  # characters of Khalti's words; a message has no room for a page

WORDS: Mapping[type[KhaltiError], Promise] = {
    exceptions.NotPaid: _("Khalti has not confirmed this payment, so there is nothing to give back."),
    exceptions.FullyRefunded: _("All of this payment was given back already."),
    exceptions.AmountExceedsRefundable: _("That is more than is left of this payment."),
    exceptions.AmountTooSmall: _("Enter an amount above zero."),
    exceptions.RefundInProgress: _("First it has to be known what became of an earlier refund of this payment."),
    exceptions.RefundAmountMissing: _("First enter how much went back in Khalti's dashboard."),
    exceptions.RefundsChanged: _("Money was given back in the meantime. Look at the figures again."),
    exceptions.NotRefundable: _("What Khalti says does not fit this payment."),
    exceptions.IdempotencyConflict: _("This form was used before. Look at the figures again."),
    exceptions.RefundAlreadyResolved: _("It is known by now what became of this refund."),
    exceptions.AlreadyDelivered: _("The site's code has heard of it by now."),
    exceptions.NothingPaid: _("Khalti has not confirmed this payment, so there is nothing to send a receipt for."),
    exceptions.NoEmailAddress: _("The visitor gave no e-mail address, so no receipt can be sent."),
    exceptions.SentRecently: _("A receipt was sent a moment ago. Wait a minute before you send another one."),
    exceptions.MailFailed: _("The mail server did not take the receipt. Try again later."),
    exceptions.MerchantChanged: _("The Khalti account that took this payment is not set up any more."),
    exceptions.PaymentBusy: _("Others are working on this payment right now. Try again in a minute."),
    exceptions.KeyRejected: _("Khalti refuses the key of this site."),
    exceptions.PidxNotFound: _("Khalti does not know this payment under the key of this site."),
    exceptions.GatewayError: _("Khalti is not answering right now. Try again later."),
}
"""By kind of error; of a kind that isn't here, the nearest above it."""


def words_for(error: KhaltiError) -> str:
    """Why it was not done."""
    if isinstance(error, RequestRejected):
        said = error.fields.get("detail") or str(error)
        return gettext("Khalti refused: “%(said)s”") % {"said": said[:MAX_SAID_LENGTH]}
    return next(str(WORDS[kind]) for kind in type(error).__mro__ if kind in WORDS)


def words_after(error: KhaltiError) -> str:
    """Likewise after a refund was tried: where Khalti was asked, that it gave nothing back."""
    nothing = gettext("Nothing was given back.") if isinstance(error, GatewayError) else gettext("Nothing was sent.")
    return f"{words_for(error)} {nothing}"


def why_not_refundable(payment: KhaltiPayment) -> str:
    """Why nothing of it can be given back now; empty where something can."""
    try:
        require_refundable(payment)
    except NotRefundable as error:
        return words_for(error)
    return ""


def name_of_language(code: str) -> str:
    """In its own words; as it was kept where Django does not know it."""
    try:
        return str(get_language_info(code)["name_local"]) if code else ""
    except KeyError:
        return code
