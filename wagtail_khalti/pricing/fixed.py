"""A fixed unit price, times the quantity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self

from django.utils.translation import get_language

from wagtail_khalti.formatting import format_number
from wagtail_khalti.gateway import BreakdownLine, Product
from wagtail_khalti.money import Paisa, format_rupees
from wagtail_khalti.pricing.selection import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPrice:
    """The price of an item, and of a quantity of it."""

    kind: ClassVar[str] = "fixed"

    name: str
    """The name of the item, for the payer."""

    unit_price: Paisa

    max_quantity: int = 1
    """The maximum per payment; 1 means that there is no quantity field."""

    @property
    def label(self) -> str:
        return format_rupees(self.unit_price, get_language())

    def allows(self, selection: Selection) -> bool:
        return 1 <= selection.quantity <= self.max_quantity

    @property
    def max_total(self) -> Paisa:
        return Paisa(self.unit_price * self.max_quantity)

    def units(self, selection: Selection) -> int:
        return selection.quantity

    def total(self, selection: Selection) -> Paisa:
        """The script of the checkout page must calculate the same."""
        return Paisa(self.unit_price * selection.quantity)

    def line_items(self, selection: Selection) -> list[Product]:
        return [
            Product(
                identity="1",
                name=self.name,
                quantity=selection.quantity,
                unit_price=self.unit_price,
                total_price=self.total(selection),
            )
        ]

    def breakdown(self, selection: Selection) -> list[BreakdownLine]:
        quantity = selection.quantity
        label = f"{self.name} × {format_number(quantity)}" if quantity > 1 else self.name
        return [BreakdownLine(label=label, amount=self.total(selection))]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**data)
