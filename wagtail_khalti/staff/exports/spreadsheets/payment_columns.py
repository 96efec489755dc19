"""What is exported of a payment, and in which order."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from wagtail_khalti.staff.exports.spreadsheets.shared_columns import reference_column, summed_columns
from wagtail_khalti.xlsx import Column, Kind

PERSONAL = ("customer_name", "customer_email", "customer_phone")
"""Columns that are not there for who may not see them."""


def payment_columns(*, personal: bool, technical: bool) -> Mapping[str, Column]:
    """By name, with headings in the language of who asks: what accountants need, and behind it what developers do."""
    columns = {**_what(), **_who(), **_money(), **_where(), **(_technical() if technical else {})}
    return columns if personal else {name: column for name, column in columns.items() if name not in PERSONAL}


def _what() -> dict[str, Column]:
    return {
        "reference": reference_column(),
        "status": Column(heading=_("Status"), width=20),
        "started": Column(heading=_("Started (AD)"), kind=Kind.TIME, width=17),
        "paid": Column(heading=_("Paid on (AD)"), kind=Kind.TIME, width=17),
        "paid_bs": Column(heading=_("Paid on (BS)"), kind=Kind.BS_DAY, width=12),
        "purpose": Column(heading=_("Description"), width=32),
    }


def _who() -> dict[str, Column]:
    return {
        "customer_name": Column(heading=_("Name"), width=24),
        "customer_email": Column(heading=_("E-mail"), width=28),
        "customer_phone": Column(heading=_("Mobile number"), width=15),
    }


def _money() -> dict[str, Column]:
    """``gross`` only where the money came: its sum is what was taken, and ``amount`` what was asked for."""
    return {
        "amount": Column(heading=_("Amount"), kind=Kind.MONEY),
        **summed_columns("gross", "fee", "refunded", "net"),
        "unconfirmed": Column(heading=_("Unconfirmed refunds"), kind=Kind.MONEY, width=20, is_summed=True),
        **summed_columns("refunds"),
        "refunds_told": Column(heading=_("Refunds"), width=32),
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
        "left": Column(heading=_("Refundable balance"), kind=Kind.MONEY, width=18),
        "khalti_status": Column(heading=_("Khalti status"), width=16),
        "pidx": Column(heading="pidx", width=26),
        "purchase_order_id": Column(heading=_("Khalti order ID"), width=22),
        "source_title": Column(heading=_("Page"), width=24),
        "block_path": Column(heading=_("Block"), width=24),
        "language": Column(heading=_("Language"), width=10),
    }
