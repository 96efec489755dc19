"""The columns of what belongs to a payment: refunds, events, issues, deliveries, mails and search entries."""

from __future__ import annotations

from functools import partial

from wagtail_khalti.models import (
    KhaltiDelivery,
    KhaltiEvent,
    KhaltiIssue,
    KhaltiMail,
    KhaltiRefund,
    KhaltiSearchEntry,
    KhaltiWebhookMessage,
)
from wagtail_khalti.privacy.registry.columns import Columns, Treatment

of_refund = partial(Columns, model=KhaltiRefund)
of_event = partial(Columns, model=KhaltiEvent)
of_issue = partial(Columns, model=KhaltiIssue)
of_delivery = partial(Columns, model=KhaltiDelivery)
of_mail = partial(Columns, model=KhaltiMail)
of_search_entry = partial(Columns, model=KhaltiSearchEntry)

HISTORY = (
    of_refund(
        names=("mobile",),
        purpose="The Khalti account that a bank payment is refunded to",
        treatment=Treatment.CLEARED,
    ),
    of_refund(
        names=("request_digest",),
        purpose="A hash of what a program requested, as with a payment",
        treatment=Treatment.CLEARED,
    ),
    of_refund(
        names=("reason", "answer"),
        purpose="Why it was refunded, in the words of staff, and what Khalti answered",
        treatment=Treatment.CLEARED,
    ),
    of_refund(
        names=(
            *("id", "reference", "idempotency_key", "payment", "state", "method", "amount", "refundable"),
            *("is_accepted", "created_at", "sent_at", "not_seen_at", "resolved_at"),
        ),
        purpose="Money that was returned: for the books",
    ),
    of_refund(names=("requested_by",), purpose="Who of the staff refunded it"),
    of_event(
        names=("data",),
        purpose="What happened, in detail: notes and reasons of staff, masked addresses and numbers, answers of Khalti",
        treatment=Treatment.REDUCED,
    ),
    of_event(
        names=("id", "payment", "kind", "at", "actor", "count", "last_at"),
        purpose="What happened to the payment, and when: to answer the customer and the auditor",
    ),
    of_event(names=("user",), purpose="Who of the staff did it"),
    of_issue(
        names=("details",),
        purpose="What Khalti answered, or how the site's code failed",
        treatment=Treatment.REDUCED,
    ),
    of_issue(names=("note",), purpose="What staff wrote when they resolved it", treatment=Treatment.CLEARED),
    of_issue(
        names=("id", "payment", "kind", "risk", "merchant", "opened_at", "resolved_at", "resolution", "is_open"),
        purpose="What a person had to look at",
    ),
    of_issue(names=("resolved_by",), purpose="Who of the staff resolved it"),
    of_delivery(names=("last_error",), purpose="How the site's code failed", treatment=Treatment.CLEARED),
    of_delivery(
        names=(
            *("id", "payment", "event_type", "issue", "refund", "created_at", "delivered_at"),
            *("next_try_at", "attempts", "mails_due_at", "webhooks_due_at"),
        ),
        purpose="That the site's code was told, exactly once",
    ),
    of_mail(
        names=("recipient",),
        purpose="Who of the organisers was told of the sale. Mails to payers go to the address of the payment; no text "
        "of a mail is stored",
        treatment=Treatment.CLEARED,
    ),
    of_mail(
        names=(
            *("id", "kind", "key", "payment", "refund", "bundle", "created_at", "due_at"),
            *("attempts", "attempted_at", "sent_at", "last_error"),
        ),
        purpose="That a mail was sent, once",
    ),
    Columns(
        model=KhaltiWebhookMessage,
        names=(
            *("id", "message_id", "endpoint", "delivery", "body", "state", "created_at", "due_at", "attempts"),
            *("attempted_at", "delivered_at", "last_status", "last_error", "gone_url"),
        ),
        purpose="What another system was told of the payment: identifiers, amounts and states",
    ),
    of_search_entry(
        names=("text",),
        purpose="The words of name and description, by which staff search",
        treatment=Treatment.DELETED,
    ),
    of_search_entry(names=("id", "payment", "is_personal", "site_key"), purpose="Where that word comes from"),
)
