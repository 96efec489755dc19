"""The columns of the sheet of payments, in order."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from wagtail_khalti.staff.exports.spreadsheets.shared_columns import reference_column, summed_columns
from wagtail_khalti.xlsx import Column, Kind

CUSTOMER_COLUMNS = ("customer_name", "customer_email", "customer_phone", "answers")
"""Left out for users who may not see customer data."""


def payment_columns(*, with_customer: bool, technical: bool) -> Mapping[str, Column]:
    """By name, with headings in the user's language: first those for accountants, then those for developers."""
    columns = {**_what(), **_who(), **_money(), **_where(), **(_technical() if technical else {})}
    left_out = () if with_customer else CUSTOMER_COLUMNS
    return {name: column for name, column in columns.items() if name not in left_out}


def _what() -> dict[str, Column]:
    return {
        "reference": reference_column(),
        "status": Column(heading=_("Status"), width=20),
        "started": Column(heading=_("Started (AD)"), kind=Kind.TIME, width=17),
        "paid": Column(heading=_("Paid on (AD)"), kind=Kind.TIME, width=17),
        "paid_bs": Column(heading=_("Paid on (BS)"), kind=Kind.BS_DAY, width=12),
        "receipt_number": Column(heading=_("Receipt number"), width=20),
        "purpose": Column(heading=_("Description"), width=32),
    }


def _who() -> dict[str, Column]:
    return {
        "customer_name": Column(heading=_("Name"), width=24),
        "customer_email": Column(heading=_("E-mail"), width=28),
        "customer_phone": Column(heading=_("Mobile number"), width=15),
        "answers": Column(heading=_("Answers"), width=40),
    }


def _money() -> dict[str, Column]:
    """``gross`` only for paid payments, so that its sum is the gross; ``amount`` also for the others."""
    return {
        "amount": Column(heading=_("Amount"), kind=Kind.MONEY),
        **summed_columns("gross", "fee", "refunded", "net"),
        "unconfirmed": Column(heading=_("Unconfirmed refunds"), kind=Kind.MONEY, width=20, is_summed=True),
        **summed_columns("refunds"),
        "refund_list": Column(heading=_("Refunds"), width=32),
    }


def _where() -> dict[str, Column]:
    return {
        "transaction_id": Column(heading=_("Khalti transaction ID"), width=26),
        "merchant": Column(heading=_("Khalti account"), width=14),
        "site": Column(heading=_("Site"), width=24),
    }


def _technical() -> dict[str, Column]:
    return {
        "mode": Column(heading=_("Mode"), width=11),
        "started_bs": Column(heading=_("Started (BS)"), kind=Kind.BS_DAY, width=12),
        "refundable": Column(heading=_("Refundable balance"), kind=Kind.MONEY, width=18),
        "khalti_status": Column(heading=_("Khalti status"), width=16),
        "pidx": Column(heading="pidx", width=26),
        "purchase_order_id": Column(heading=_("Khalti order ID"), width=22),
        "source_title": Column(heading=_("Page"), width=24),
        "block_path": Column(heading=_("Block"), width=24),
        "language": Column(heading=_("Language"), width=10),
    }
