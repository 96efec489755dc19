"""A fixed price for one, times the quantity."""

from __future__ import annotations

from dataclasses import dataclass

from wagtail_khalti.formatting import format_number
from wagtail_khalti.gateway import BreakdownLine, Product
from wagtail_khalti.money import Paisa


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPrice:
    """What an item costs, and what a quantity of it comes to."""

    name: str
    """Of the item, as the payer reads it."""

    unit_price: Paisa

    max_quantity: int = 1
    """The maximum in one payment; 1 means that no quantity is asked."""

    def allows(self, quantity: int) -> bool:
        return 1 <= quantity <= self.max_quantity

    @property
    def max_total(self) -> Paisa:
        return self.total(self.max_quantity)

    def total(self, quantity: int) -> Paisa:
        """The script on the checkout page calculates the same while a visitor types a quantity."""
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
