"""A fixed unit price, times the quantity."""

from __future__ import annotations

from dataclasses import dataclass

from wagtail_khalti.formatting import format_number
from wagtail_khalti.gateway import BreakdownLine, Product
from wagtail_khalti.money import Paisa


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPrice:
    """The price of an item, and of a quantity of it."""

    name: str
    """The name of the item, for the payer."""

    unit_price: Paisa

    max_quantity: int = 1
    """The maximum per payment; 1 means that there is no quantity field."""

    def allows(self, quantity: int) -> bool:
        return 1 <= quantity <= self.max_quantity

    @property
    def max_total(self) -> Paisa:
        return self.total(self.max_quantity)

    def total(self, quantity: int) -> Paisa:
        """The script of the checkout page must calculate the same."""
        return Paisa(self.unit_price * quantity)

    def line_items(self, quantity: int) -> list[Product]:
        return [
            Product(
                identity="1",
                name=self.name,
                quantity=quantity,
                unit_price=self.unit_price,
                total_price=self.total(quantity),
            )
        ]

    def breakdown(self, quantity: int) -> list[BreakdownLine]:
        """The lines that add up to the total, in the active language."""
        label = f"{self.name} × {format_number(quantity)}" if quantity > 1 else self.name
        return [BreakdownLine(label=label, amount=self.total(quantity))]
