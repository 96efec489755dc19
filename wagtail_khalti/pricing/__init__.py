"""Kinds of prices, one file for each."""

from collections.abc import Mapping
from typing import Any, TypeVar

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
    "is_registered",
    "price_from_json",
    "price_to_json",
    "register_price",
]

KINDS: dict[str, type[Price]] = {kind.kind: kind for kind in (FixedPrice, ChosenAmount, PriceList)}


PriceClass = TypeVar("PriceClass", bound=type[Any])


def register_price(kind: PriceClass) -> PriceClass:
    """Class decorator for a price of the site's own, so that an offer can contain it. Raises ``ValueError``."""
    known = KINDS.setdefault(kind.kind, kind)
    if (known.__module__, known.__qualname__) != (kind.__module__, kind.__qualname__):
        raise ValueError(f"The kind {kind.kind!r} of {kind.__qualname__} is that of {known.__qualname__} already")
    KINDS[kind.kind] = kind
    return kind


def is_registered(price: Price) -> bool:
    """Whether an offer that contains it can be opened again, as the same kind of price."""
    return KINDS.get(price.kind) is type(price)


def price_to_json(price: Price) -> dict[str, Any]:
    """For a signed offer."""
    return {"kind": price.kind, **price.as_json()}


def price_from_json(data: Mapping[str, Any]) -> Price:
    """The price of a signed offer. Raises ``ValueError`` if its kind is unknown."""
    kind = KINDS.get(data["kind"])
    if kind is None:
        raise ValueError(f"No price of the kind {data['kind']!r} is registered")
    return kind.from_json({name: value for name, value in data.items() if name != "kind"})
