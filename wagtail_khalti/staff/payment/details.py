"""Form answers, extra values for Khalti, items and units, as rows to read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from wagtail_khalti.formatting import format_number
from wagtail_khalti.ledger import availability
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.receipts import line_items_of
from wagtail_khalti.staff.figures import rupees


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of what makes up the amount."""

    label: str
    amount: str
    quantity: str = ""
    price: str = ""


def detail_rows_of(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and value, whatever the site's code put there."""
    return [(str(label), _written(value)) for label, value in said.items()]


def products_of(payment: KhaltiPayment) -> list[Item]:
    return [
        Item(
            label=product["name"],
            quantity=format_number(product["quantity"]),
            price=rupees(product["unit_price"]),
            amount=rupees(product["total_price"]),
        )
        for product in payment.products
    ]


def breakdown_of(payment: KhaltiPayment) -> list[Item]:
    return [Item(label=item.label, amount=rupees(item.amount)) for item in line_items_of(payment)]


def units_of(payment: KhaltiPayment) -> str:
    """``2 · 42 of 60 sold, 3 being paid``; empty if nothing is limited, which costs no query."""
    if payment.inventory is None:
        return ""
    found = availability(payment.inventory, payment.mode)
    return _("%(units)s · %(sold)s of %(limit)s sold, %(being_paid)s being paid") % {
        "units": format_number(payment.units),
        "sold": format_number(found.sold),
        "limit": format_number(found.limit),
        "being_paid": format_number(found.being_paid),
    }


def pretty(data: Any) -> str:
    """JSON as developers read it."""
    return json.dumps(data, indent=2, ensure_ascii=False, default=str)


def _written(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list) and not any(isinstance(one, dict | list) for one in value):
        return ", ".join(_written(one) for one in value) or "–"
    return pretty(value) if isinstance(value, dict | list) else str(value)
