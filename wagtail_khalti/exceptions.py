"""Everything that can go wrong.

KhaltiError
├── GatewayError                 Khalti could not be asked, or said no
│   ├── GatewayUnreachable       no answer: the outcome is unknown, ask again
│   │   ├── ConnectionNeverMade  nothing was sent, so nothing can have happened
│   │   └── AnswerDelayed        the answer takes long, and is used when it comes
│   ├── AnswerNotUnderstood      an answer that makes no sense: as good as none
│   └── GatewayRejected          a clear refusal: asking again will not help
│       ├── KeyRejected          Khalti does not know the secret key
│       ├── RequestRejected      Khalti does not accept what was asked, field by field
│       │   └── MobileNeeded     a refund of this payment needs the number of a Khalti account
│       └── PidxNotFound         Khalti does not know this pidx (under this key)
└── PaymentError                 our own rules
    ├── AmountTooSmall           below Khalti's minimum, or a refund of nothing
    ├── AmountTooLarge           more than this merchant takes in one payment
    ├── BreakdownMismatch        the lines do not add up to the amount
    ├── AlreadyPaid              what is to be paid for has been paid for
    ├── IdempotencyConflict      the same key, but another payment
    ├── MerchantChanged          the account that took the payment is not configured any more
    ├── PaymentBusy              others changed the payment each time that an answer was to be written down
    ├── NotRefundable            money can't be given back, now or at all
    │   ├── NotPaid              Khalti has not confirmed that the money came
    │   ├── FullyRefunded          all of it went back
    │   ├── AmountExceedsRefundable        more than is left of it
    │   ├── RefundInProgress      what became of an earlier refund has to be known first
    │   │   └── RefundAmountMissing  how much went back in the dashboard has to be entered first
    │   └── RefundsChanged       money went back since somebody looked
    ├── RefundAlreadyResolved          it is known by now what became of the refund
    ├── AlreadyDelivered         the site's code has heard this news, and hears it once
    ├── ReceiptNotSent           no receipt went out
    │   ├── NothingPaid          Khalti has not confirmed the money that it would confirm
    │   ├── NoEmailAddress            the visitor gave no e-mail address
    │   ├── SentRecently          one went out in the last minute
    │   └── MailFailed           the mail server did not take it
    ├── IssueAlreadyResolved           somebody else closed the matter before
    └── OfferUnavailable         what was offered can't be bought (any more)
        └── OfferTampered        the link isn't one of ours
"""

from collections.abc import Mapping
from typing import Any

from wagtail_khalti.money import Paisa

MAX_REASON_LENGTH = 300  # characters


class KhaltiError(Exception):
    """Base class. Never raised itself."""

    def as_data(self) -> dict[str, str]:
        """For the history of a payment, which developers read."""
        return {"error": type(self).__name__, "reason": str(self)[:MAX_REASON_LENGTH]}


class GatewayError(KhaltiError):
    """Khalti could not be asked, or said no."""


class GatewayUnreachable(GatewayError):
    """No answer: a timeout, a reset, a 5xx, a 429. Whatever was asked may or may not have happened."""

    def __init__(self, reason: str, *, retry_after: int | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        """Seconds that Khalti asks us to wait, where it said so."""


class ConnectionNeverMade(GatewayUnreachable):
    """Nothing was sent, so asking again can't happen twice."""


class AnswerDelayed(GatewayUnreachable):
    """Khalti takes longer than a visitor waits. Its answer is used when it comes; until then all stands as before."""


class AnswerNotUnderstood(GatewayError):
    """An answer that isn't JSON, or lacks what such an answer must have. It proves nothing."""


class GatewayRejected(GatewayError):
    """A clear refusal: asking the same again will not help."""


class KeyRejected(GatewayRejected):
    """HTTP 401 or 403: Khalti does not know the secret key; or there is none to send."""


class RequestRejected(GatewayRejected):
    """HTTP 400 with reasons."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(fields)
        self.fields = dict(fields)
        """Khalti's words by field, flattened: ``{"customer_info.name": "This field is required."}``."""

    def __str__(self) -> str:
        return "; ".join(f"{name}: {text}" for name, text in self.fields.items())


class MobileNeeded(RequestRejected):
    """Khalti gives the money of a bank payment back to a Khalti account only, and has to be told which."""


class PidxNotFound(GatewayRejected):
    """Khalti does not know this pidx, or another key's owner has it."""


class PaymentError(KhaltiError):
    """Our own rules."""


class AmountTooSmall(PaymentError):
    """Below what Khalti takes; of a refund, less than one paisa."""


class AmountTooLarge(PaymentError):
    """More than this merchant takes in one payment."""

    def __init__(self, reason: str, *, largest: int = 0) -> None:
        super().__init__(reason)
        self.largest = Paisa(largest)
        """What it takes at most."""


class BreakdownMismatch(PaymentError):
    """The lines of a breakdown do not add up to the amount."""


class AlreadyPaid(PaymentError):
    """What is to be paid for has been paid for, and nobody said that another payment is meant."""

    def __init__(self, reason: str, *, payment: Any = None) -> None:
        super().__init__(reason)
        self.payment = payment
        """The ``KhaltiPayment`` that paid for it: its page is the receipt."""


class IdempotencyConflict(PaymentError):
    """The idempotency key was used before, for something else."""


class MerchantChanged(PaymentError):
    """The merchant that took the payment is gone from the settings, or has changed its mode."""


class PaymentBusy(PaymentError):
    """Others changed the payment again and again. What Khalti said is not written down; it is asked again."""


class NotRefundable(PaymentError):
    """Money can't be given back, now or at all. Nothing was sent to Khalti."""


class NotPaid(NotRefundable):
    """Khalti has not confirmed that the money came, or has given no transaction id by which to ask for it."""


class FullyRefunded(NotRefundable):
    """All of the money went back."""


class AmountExceedsRefundable(NotRefundable):
    """More than is left of the payment."""


class RefundInProgress(NotRefundable):
    """An earlier refund of the payment is on its way, or in doubt, or its amount is not known."""


class RefundAmountMissing(RefundInProgress):
    """A part went back in Khalti's dashboard, and nobody has entered how much."""


class RefundsChanged(NotRefundable):
    """Money went back since somebody looked; they have to look again."""


class RefundAlreadyResolved(PaymentError):
    """What became of the refund is known by now; a person's word is not needed any more."""


class AlreadyDelivered(PaymentError):
    """The site's code has heard this news; it is never told twice."""


class ReceiptNotSent(PaymentError):
    """No receipt went out by e-mail."""


class NothingPaid(ReceiptNotSent):
    """Khalti has not confirmed any money that a receipt could confirm."""


class NoEmailAddress(ReceiptNotSent):
    """The visitor gave no e-mail address, or what they gave is none."""


class SentRecently(ReceiptNotSent):
    """One went out in the last minute: a second press is no second wish."""


class MailFailed(ReceiptNotSent):
    """The mail server did not take it, or did not answer in time."""


class IssueAlreadyResolved(PaymentError):
    """The matter was closed before, by somebody else or by what came later."""


class OfferUnavailable(PaymentError):
    """What was offered can't be bought: unpublished, changed beyond recognition, or its time is over."""

    owner: Any = None
    """The published page or snippet that no longer holds it, where there is one."""

    language: str = ""
    """That of the page it stood on, where it is known."""

    site: int | None = None
    """Primary key of the site that it stood on, likewise."""


class OfferTampered(OfferUnavailable):
    """The signature is wrong: not a link that this site made."""
