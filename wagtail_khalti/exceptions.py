"""All exceptions of this package.

KhaltiError
├── GatewayError                     the request to Khalti failed, or was rejected
│   ├── GatewayUnreachable           no response: the outcome is unknown, try again
│   │   ├── ConnectionNeverMade      nothing was sent, so nothing can have happened
│   │   └── AnswerDelayed            the response is slow, and is applied when it arrives
│   ├── AnswerNotUnderstood          a response that can't be read: the outcome is unknown
│   └── GatewayRejected              a clear rejection: trying again will not help
│       ├── KeyRejected              Khalti rejects the secret key
│       ├── RequestRejected          Khalti rejects the request, field by field
│       │   └── MobileNeeded         a refund of this payment needs the number of a Khalti account
│       └── PidxNotFound             Khalti has no such pidx (for this key)
└── PaymentError                     our own rules
    ├── AmountTooSmall               below Khalti's minimum, or a refund of nothing
    ├── AmountTooLarge               above the maximum of one payment to this merchant
    ├── BreakdownMismatch            the lines do not add up to the amount
    ├── AlreadyPaid                  the payable has been paid for
    ├── SoldOut                      fewer units are available than were ordered
    ├── IdempotencyConflict          the same idempotency key, but another payment
    ├── MerchantChanged              the payment's merchant is not configured any more
    ├── PaymentBusy                  other processes kept changing the payment while a response was applied
    ├── NotRefundable                the payment can't be refunded, now or at all
    │   ├── NotPaid                  Khalti has not confirmed the payment
    │   ├── FullyRefunded            it is fully refunded
    │   ├── AmountExceedsRefundable  more than its refundable balance
    │   ├── RefundInProgress         the outcome of an earlier refund must be known first
    │   │   └── RefundAmountMissing  the amount of a refund in the dashboard must be entered first
    │   └── RefundsChanged           its refundable balance has changed since it was displayed
    ├── RefundAlreadyResolved        the outcome of the refund is known already
    ├── AlreadyDelivered             the event was delivered; it is delivered only once
    ├── WebhookNotSent               a webhook message was not sent again
    │   ├── WebhookBeingSent         it is being sent at this moment
    │   └── WebhookEndpointMissing   the settings have no endpoint of this name any more
    ├── ReceiptNotSent               no receipt was sent
    │   ├── NothingPaid              Khalti has not confirmed the payment
    │   ├── NoEmailAddress           the visitor gave no e-mail address
    │   ├── SentRecently             one was sent in the last minute
    │   └── MailFailed               the mail server did not accept it
    ├── IssueAlreadyResolved         the issue was resolved before
    └── OfferUnavailable             the offer is not available, or not any more
        ├── NotOnSale                the sale has not begun, or has ended
        └── OfferTampered            the link isn't one of ours
"""

from collections.abc import Mapping
from typing import Any

from wagtail_khalti.money import Paisa

MAX_REASON_LENGTH = 300  # characters


class KhaltiError(Exception):
    """Base class. Never raised itself."""

    def as_data(self) -> dict[str, str]:
        """For the payment's timeline, where developers read it."""
        return {"error": type(self).__name__, "reason": str(self)[:MAX_REASON_LENGTH]}


class GatewayError(KhaltiError):
    """The request to Khalti failed, or was rejected."""

    reference: str = ""
    """Of the payment that could not be sent to Khalti and can be sent later; empty if there is none."""


class GatewayUnreachable(GatewayError):
    """No response: a timeout, a reset, a 5xx, a 429. The request may or may not have been processed."""

    def __init__(self, reason: str, *, retry_after: int | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        """Seconds to wait, if Khalti sent a Retry-After."""


class ConnectionNeverMade(GatewayUnreachable):
    """Nothing was sent, so it is safe to try again."""


class AnswerDelayed(GatewayUnreachable):
    """Khalti takes longer than a visitor waits. Its response is applied when it arrives; until then nothing changes."""


class AnswerNotUnderstood(GatewayError):
    """A response that isn't JSON, or lacks required fields. It proves nothing."""


class GatewayRejected(GatewayError):
    """A clear rejection: trying again will not help."""


class KeyRejected(GatewayRejected):
    """HTTP 401 or 403, or there is no key to send."""


class RequestRejected(GatewayRejected):
    """HTTP 400 with reasons."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(fields)
        self.fields = dict(fields)
        """Khalti's messages by field, flattened: ``{"customer_info.name": "This field is required."}``."""

    def __str__(self) -> str:
        return "; ".join(f"{name}: {text}" for name, text in self.fields.items())


class MobileNeeded(RequestRejected):
    """Khalti refunds a bank payment only to a Khalti account, whose number the request must contain."""


class PidxNotFound(GatewayRejected):
    """Khalti has no such pidx, or it belongs to another account."""


class PaymentError(KhaltiError):
    """Our own rules."""


class AmountTooSmall(PaymentError):
    """Below Khalti's minimum; of a refund, less than one paisa."""


class AmountTooLarge(PaymentError):
    """Above the maximum of one payment to this merchant."""

    def __init__(self, reason: str, *, largest: int = 0) -> None:
        super().__init__(reason)
        self.largest = Paisa(largest)
        """The maximum."""


class BreakdownMismatch(PaymentError):
    """The lines of a breakdown do not add up to the amount."""


class AlreadyPaid(PaymentError):
    """The payable has been paid for, and nobody confirmed that another payment is intended."""

    def __init__(self, reason: str, *, payment: Any = None) -> None:
        super().__init__(reason)
        self.payment = payment
        """The ``KhaltiPayment`` that paid for it: its page has the receipt."""


class SoldOut(PaymentError):
    """Fewer units are available than were ordered. Nothing was written, and nothing was sent to Khalti."""

    def __init__(self, reason: str, *, available: int = 0, being_paid: int = 0) -> None:
        super().__init__(reason)
        self.available = available
        """How many units can still be ordered; may be 0."""
        self.being_paid = being_paid
        """How many are reserved for visitors who are paying. Those become available again if they don't finish."""


class IdempotencyConflict(PaymentError):
    """The idempotency key was used before, for something else."""


class MerchantChanged(PaymentError):
    """The payment's merchant is missing from the settings, or has another mode there."""


class PaymentBusy(PaymentError):
    """Other processes kept changing the payment. Khalti's response was not applied; the payment is looked up again."""


class NotRefundable(PaymentError):
    """The payment can't be refunded, now or at all. Nothing was sent to Khalti."""


class NotPaid(NotRefundable):
    """Khalti has not confirmed the payment, or has given it no transaction ID, which a refund needs."""


class FullyRefunded(NotRefundable):
    """The payment is fully refunded."""


class AmountExceedsRefundable(NotRefundable):
    """More than the refundable balance."""


class RefundInProgress(NotRefundable):
    """An earlier refund of the payment is processing or unconfirmed, or its amount is not known."""


class RefundAmountMissing(RefundInProgress):
    """A part was refunded in Khalti's dashboard, and nobody has entered the amount."""


class RefundsChanged(NotRefundable):
    """The refundable balance has changed since it was displayed; check it again."""


class RefundAlreadyResolved(PaymentError):
    """The outcome of the refund is known already; it can't be decided again."""


class AlreadyDelivered(PaymentError):
    """The event was delivered; it is delivered only once."""


class WebhookNotSent(PaymentError):
    """A webhook message was not sent again."""


class WebhookBeingSent(WebhookNotSent):
    """It is being sent at this moment, by this process or another."""


class WebhookEndpointMissing(WebhookNotSent):
    """The settings have no endpoint of this name any more."""


class ReceiptNotSent(PaymentError):
    """No receipt was sent."""


class NothingPaid(ReceiptNotSent):
    """Khalti has not confirmed the payment."""


class NoEmailAddress(ReceiptNotSent):
    """The visitor gave no valid e-mail address."""


class SentRecently(ReceiptNotSent):
    """One was sent in the last minute, so this looks like an accidental second click."""


class MailFailed(ReceiptNotSent):
    """The mail server did not accept it, or did not respond in time."""


class IssueAlreadyResolved(PaymentError):
    """The issue was resolved before, by somebody else or automatically."""


class OfferUnavailable(PaymentError):
    """The offer is not available: unpublished, replaced, or expired."""

    owner: Any = None
    """The published page or snippet that no longer contains it, if there is one."""

    language: str = ""
    """That of the page it was on, if known."""

    site: int | None = None
    """Primary key of the site it was on, likewise."""


class NotOnSale(OfferUnavailable):
    """The sale has not begun, or has ended. The page still contains the offer."""


class OfferTampered(OfferUnavailable):
    """The signature is invalid: this site did not make the link."""
