"""What is exported of a payment, and in which order."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from wagtail_khalti.staff.exports.spreadsheets.sheet import Column, Kind

PERSONAL = ("customer_name", "customer_email", "customer_phone")
"""Columns that are not there for who may not see them."""


def payment_columns(*, personal: bool) -> Mapping[str, Column]:
    """By name, with headings in the language of who asks."""
    columns = {**_what(), **_who(), **_money(), **_ids(), **_where()}
    return columns if personal else {name: column for name, column in columns.items() if name not in PERSONAL}


def _what() -> dict[str, Column]:
    return {
        "reference": Column(heading=_("Reference"), width=21),
        "status": Column(heading=_("Status"), width=20),
        "mode": Column(heading=_("Mode"), width=11),
        "started": Column(heading=_("Started (AD)"), width=20),
        "started_bs": Column(heading=_("Started (BS)"), width=12),
        "paid": Column(heading=_("Paid on (AD)"), width=20),
        "paid_bs": Column(heading=_("Paid on (BS)"), width=12),
        "purpose": Column(heading=_("For"), width=32),
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
        "gross": Column(heading=_("Gross"), kind=Kind.MONEY),
        "fee": Column(heading=_("Fee"), kind=Kind.MONEY),
        "refunded": Column(heading=_("Refunded"), kind=Kind.MONEY),
        "net": Column(heading=_("Net"), kind=Kind.MONEY),
        "in_doubt": Column(heading=_("In doubt"), kind=Kind.MONEY),
        "left": Column(heading=_("Left"), kind=Kind.MONEY),
        "refunds": Column(heading=_("Number of refunds"), kind=Kind.NUMBER, width=18),
        "refunds_told": Column(heading=_("Refunds"), width=32),
    }


def _ids() -> dict[str, Column]:
    return {
        "khalti_status": Column(heading=_("Khalti says"), width=16),
        "pidx": Column(heading="pidx", width=26),
        "transaction_id": Column(heading=_("Transaction id at Khalti"), width=26),
        "purchase_order_id": Column(heading=_("Order id at Khalti"), width=22),
    }


def _where() -> dict[str, Column]:
    return {
        "merchant": Column(heading=_("Merchant"), width=14),
        "site": Column(heading=_("Site"), width=24),
        "source_title": Column(heading=_("Page"), width=24),
        "block_path": Column(heading=_("Block"), width=24),
        "language": Column(heading=_("Language"), width=10),
    }
