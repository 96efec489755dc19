"""The content of a receipt: a list of rows, the same for the page, for print and for the mail."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wagtail_khalti.conf import own_function
from wagtail_khalti.formatting import format_in_both_calendars, format_time
from wagtail_khalti.models import KhaltiPayment, KhaltiSettings
from wagtail_khalti.models.site_settings import site_display_name
from wagtail_khalti.money import format_rupees
from wagtail_khalti.receipts.answers import answers_on_receipt
from wagtail_khalti.receipts.line_items import line_items_of
from wagtail_khalti.receipts.refunds import RefundSummary
from wagtail_khalti.text.lines import one_line

logger = logging.getLogger(__name__)


class Kind(StrEnum):
    """How a row is displayed."""

    TEXT = "text"
    """As text."""
    TOTAL = "total"
    """As the total of the rows above."""
    REFERENCE = "reference"
    """As the reference that customers quote."""
    CODE = "code"
    """As an external ID."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A label and its value, one line each; ``notes`` are below the value."""

    label: str
    value: str
    kind: Kind = Kind.TEXT
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """In the active language. Before the payment is complete it is a summary, not a receipt."""

    is_paid: bool
    test_note: str
    """Empty where money moves."""
    title: str
    """Never "invoice" or "bill": in Nepal tax law says what these are."""
    copy_note: str
    """On what is printed: that it is a copy. Empty on the original."""
    merchant: str
    amount: str
    rows: Sequence[Row]
    footnote: str


def receipt_of(
    payment: KhaltiPayment,
    chosen: KhaltiSettings,
    refund_summary: RefundSummary | None,
    *,
    shows_payer: bool,
    is_original: bool = False,
) -> Receipt:
    """``chosen``: the settings of its site. ``shows_payer``: whether to include the payer's name and answers.

    ``is_original``: whether this is the one receipt that doesn't say that it is a copy, see ``receipts.originals``.
    """
    merchant = merchant_of(payment)
    rows = [
        Row(label=_("Merchant"), value=merchant, notes=_details(chosen) if payment.is_paid else ()),
        *_payer(payment, shows_payer=shows_payer and payment.is_paid),
        Row(label=_("Description"), value=one_line(payment.purpose)),
        *(Row(label=item.label, value=_rupees(item.amount)) for item in line_items_of(payment)),
        Row(label=_("Amount"), value=_rupees(payment.amount), kind=Kind.TOTAL),
        *_answers(payment, shows_payer=shows_payer and payment.is_paid),
        *_identification(payment),
        *_refunds(refund_summary),
    ]
    receipt = Receipt(
        is_paid=payment.is_paid,
        test_note=_("TEST: no money moved.") if payment.is_test else "",
        title=_("Payment receipt"),
        copy_note="" if is_original else _copy_note(payment, shows_payer=shows_payer),
        merchant=merchant,
        amount=_rupees(payment.amount),
        rows=rows,
        footnote=_("This is a receipt for a payment, not a tax invoice.") if payment.is_paid else "",
    )
    return _as_site_wants(receipt, payment, shows_payer=shows_payer)


def _as_site_wants(receipt: Receipt, payment: KhaltiPayment, *, shows_payer: bool) -> Receipt:
    """With what the function of the setting ``RECEIPT`` changes. If it fails, the payer gets the receipt without."""
    try:
        change = own_function("RECEIPT")
        changed = change(receipt, payment, shows_payer=shows_payer) if change else receipt
    except Exception:  # it is anybody's, and whoever paid leaves with a receipt
        logger.exception("RECEIPT failed, so the receipt of payment %s is as it would be without", payment.reference)
        return receipt
    if isinstance(changed, Receipt):
        return changed
    logger.error(
        "RECEIPT returned no Receipt, so the receipt of payment %s is as it would be without", payment.reference
    )
    return receipt


def _copy_note(payment: KhaltiPayment, *, shows_payer: bool) -> str:
    """Empty where no original was issued yet, as when the page is printed."""
    if not payment.is_paid:
        return ""
    if payment.receipt_issued_at:
        moment = format_time(payment.receipt_issued_at, with_zone=True)
        return _("Copy. The original was issued on %(moment)s.") % {"moment": moment}
    return "" if shows_payer else _("Copy without the payer's name.")


def merchant_of(payment: KhaltiPayment) -> str:
    """The name of its site, or else the host that was sent to Khalti; never that of another site."""
    site = payment.site
    return one_line((site and site_display_name(site)) or urlsplit(payment.website_url).netloc)


def _details(chosen: KhaltiSettings) -> list[str]:
    """Address, PAN and the like, line by line."""
    return [line for line in map(one_line, chosen.receipt_text.splitlines()) if line]


def _payer(payment: KhaltiPayment, *, shows_payer: bool) -> Iterator[Row]:
    if shows_payer and (name := one_line(payment.customer_name)):
        yield Row(label=_("Paid by"), value=name)
    if payment.masked_phone:
        yield Row(label=_("Mobile number"), value=payment.masked_phone)


def _answers(payment: KhaltiPayment, *, shows_payer: bool) -> Iterator[Row]:
    if shows_payer:
        yield from (Row(label=label, value=text) for label, text in answers_on_receipt(payment))


def _identification(payment: KhaltiPayment) -> Iterator[Row]:
    if payment.is_paid and (number := payment.readable_receipt_number):
        yield Row(label=_("Receipt number"), value=number, kind=Kind.CODE)
    if payment.is_paid and payment.completed_at:
        yield Row(label=_("Paid on"), value=format_in_both_calendars(payment.completed_at, with_zone=True))
    yield Row(label=_("Reference"), value=payment.readable_reference, kind=Kind.REFERENCE)
    if payment.is_paid and payment.transaction_id:
        yield Row(label=_("Khalti transaction ID"), value=payment.transaction_id, kind=Kind.CODE)


def _refunds(refund_summary: RefundSummary | None) -> Iterator[Row]:
    """The destination is noted with each refund only if they differ."""
    if refund_summary is None:
        return
    for refund in refund_summary.refunds:
        notes = [refund.moment] if refund_summary.where else [refund.moment, refund.where]
        yield Row(label=_("Refunded"), value=refund.amount or _("Part of the payment"), notes=notes)
    if refund_summary.refundable:
        yield Row(label=_("Amount paid after refunds"), value=refund_summary.refundable)


def _rupees(paisa: int) -> str:
    return format_rupees(paisa, get_language())
