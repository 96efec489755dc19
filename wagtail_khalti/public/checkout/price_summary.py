"""What the checkout page shows of a price and its total, and what its script needs to update them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wagtail_khalti.formatting import format_number, numerals
from wagtail_khalti.money import Paisa, format_rupees
from wagtail_khalti.pricing import ChosenAmount, FixedPrice, Price, PriceList, Selection, Vat, VatMode
from wagtail_khalti.pricing.vat import IDENTITY as VAT_IDENTITY

KNOWN = (FixedPrice, ChosenAmount, PriceList)
"""What the script of the page can calculate. Of a price of the site's own it shows what the server said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """One line of what is bought."""

    label: str
    price: str
    quantity: str
    """Empty if it can't be changed."""
    field: str = ""
    """Name of the form field with the quantity."""
    is_hidden: bool = False
    """Not bought: only the script of the page shows it."""


def price_summary(price: Price, selection: Selection) -> dict[str, Any]:
    """The context of the template."""
    total = price.total(selection)
    return {
        "price_rows": _rows(price, selection),
        "total": format_rupees(total, get_language()),
        "has_total": total > 0,
        "vat": _vat_row(price.vat, price, selection),
        "symbol": format_rupees(0, get_language()).split()[0],
        "digits": numerals(),
    }


def option_field(id_: str) -> str:
    """Name of the form field with the quantity of an option."""
    return f"quantity-{id_}"


def _rows(price: Price, selection: Selection) -> list[PriceRow]:
    if type(price) not in KNOWN:
        lines = price.breakdown(selection) if price.allows(selection) else []
        return [PriceRow(label=line.label, price=_rupees(line.amount), quantity="") for line in lines]
    if isinstance(price, FixedPrice) and (price.max_quantity > 1 or price.vat.mode == VatMode.ADDED):
        quantity = format_number(selection.quantity) if price.max_quantity > 1 else ""
        return [PriceRow(label=_("Price"), price=_rupees(price.unit_price), quantity=quantity, field="quantity")]
    if isinstance(price, PriceList) and price.takes_quantities:
        quantities = dict(selection.quantities)
        return [
            PriceRow(
                label=option.name,
                price=_rupees(option.unit_price),
                quantity=format_number(quantities.get(option.id, 0)),
                field=option_field(option.id),
                is_hidden=option.id not in quantities,
            )
            for option in price.options
        ]
    return []


def _vat_row(vat: Vat, price: Price, selection: Selection) -> Mapping[str, Any] | None:
    """None if there is no VAT, or if it is one of the rows."""
    if vat.mode == VatMode.NONE or not vat.rate or type(price) not in KNOWN:
        return None
    net = sum(item.total_price for item in price.line_items(selection) if item.identity != VAT_IDENTITY)
    return {
        "label": vat.label,
        "amount": _rupees(vat.tax(Paisa(net))),
        "is_added": vat.mode == VatMode.ADDED,
        "rate": f"{vat.rate * 100:.0f}",  # hundredths of a percent, so that the script calculates with whole numbers
    }


def _rupees(paisa: int) -> str:
    return format_rupees(paisa, get_language())
