"""The columns of a payment."""

from __future__ import annotations

from functools import partial

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.privacy.registry.columns import Columns, Treatment

of_payment = partial(Columns, model=KhaltiPayment)

PAYMENT = (
    of_payment(
        names=("customer_name", "customer_email", "customer_phone"),
        purpose="Who pays, as they typed it: for the receipt, for Khalti, and to find the payment",
        treatment=Treatment.CLEARED,
    ),
    of_payment(
        names=("user",),
        purpose="Whose payment it is, if the site's code said so: for a list of their own payments",
        treatment=Treatment.CLEARED,
    ),
    of_payment(
        names=("request_digest",),
        purpose="A hash of what a program requested, so that it can't request something else as the same payment",
        treatment=Treatment.CLEARED,
    ),
    of_payment(
        names=("answers",),
        purpose="What they answered to the editors' questions: to fulfil the order",
        treatment=Treatment.CLEARED,
    ),
    of_payment(
        names=("metadata",),
        purpose="Whatever the site's code stores with the payment",
        treatment=Treatment.CLEARED,
    ),
    of_payment(
        names=("merchant_extra",),
        purpose="Values of the site's code that are sent to Khalti and come back with the visitor",
        treatment=Treatment.CLEARED,
    ),
    of_payment(
        names=("success_url", "cancel_url", "back_url"),
        purpose="Where the visitor goes on to: such addresses may hold anything",
        treatment=Treatment.CLEARED,
    ),
    of_payment(
        names=("purpose", "breakdown", "products"),
        purpose="What was bought: for the books and the receipt. Written by editors or by the site's code, which must "
        "put no names into it",
    ),
    of_payment(
        names=("amount", "fee", "refund_total", "units", "inventory"),
        purpose="How much was paid, and for how many units",
    ),
    of_payment(
        names=("id", "reference", "purchase_order_id", "pidx", "transaction_id", "payment_url", "return_url"),
        purpose="Identifiers and addresses of the payment, here and at Khalti. If the site's code chooses an order ID "
        "or a return URL, it must put no personal data into it",
    ),
    of_payment(
        names=("idempotency_key",),
        purpose="So that a repeated request makes no second payment. The site's code must put no personal data into it",
    ),
    of_payment(
        names=("receipt_year", "receipt_number", "receipt_issued_at"),
        purpose="The receipt's number, and when the original was issued: numbers must have no gaps",
    ),
    of_payment(
        names=("merchant", "mode", "key_fingerprint", "website_url", "site", "language"),
        purpose="Which Khalti account was paid, through which site and in which language",
    ),
    of_payment(
        names=("source_type", "source_id", "source_title", "block_path", "offer", "thank_you_page"),
        purpose="The page and the block where the payment started: for the reports",
    ),
    of_payment(
        names=("payable_type", "payable_id", "payable_class", "is_primary", "duplicate_of"),
        purpose="What was paid for, such as an order. The order itself is the site's, and so is what it holds",
    ),
    of_payment(
        names=("status", "khalti_status", "is_late", "is_repeat", "may_be_duplicate"),
        purpose="The state of the payment",
    ),
    of_payment(
        names=(
            *("created_at", "initiating_at", "initiated_at", "expires_at", "completed_at", "ended_at"),
            *("looked_up_at", "confirmed_at", "returned_at", "checked_at", "anonymized_at"),
        ),
        purpose="When it happened",
    ),
    of_payment(
        names=("next_check_at", "is_urgent", "leased_until", "refunding_since"),
        purpose="When, and by whom, it is checked with Khalti next",
    ),
)
