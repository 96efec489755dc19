"""Kinds of prices, one file for each."""

from collections.abc import Mapping
from typing import Any

from wagtail_khalti.pricing.chosen_amount import ChosenAmount
from wagtail_khalti.pricing.fixed import FixedPrice
from wagtail_khalti.pricing.limit import Limit
from wagtail_khalti.pricing.price import Price
from wagtail_khalti.pricing.price_list import Option, PriceList
from wagtail_khalti.pricing.selection import Selection
from wagtail_khalti.pricing.vat import NO_VAT, Vat, VatMode

__all__ = [
    "NO_VAT",
    "ChosenAmount",
    "FixedPrice",
    "Limit",
    "Option",
    "Price",
    "PriceList",
    "Selection",
    "Vat",
    "VatMode",
    "price_from_json",
    "price_to_json",
]

KINDS: Mapping[str, type[Price]] = {kind.kind: kind for kind in (FixedPrice, ChosenAmount, PriceList)}


def price_to_json(price: Price) -> dict[str, Any]:
    """For a signed offer."""
    return {"kind": price.kind, **price.as_json()}


def price_from_json(data: Mapping[str, Any]) -> Price:
    """The price of a signed offer."""
    return KINDS[data["kind"]].from_json({name: value for name, value in data.items() if name != "kind"})
