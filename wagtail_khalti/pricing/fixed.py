"""A fixed unit price, times the quantity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.utils.translation import get_language

from wagtail_khalti.gateway import BreakdownLine, Product
from wagtail_khalti.money import Paisa, format_rupees
from wagtail_khalti.pricing.lines import line_label
from wagtail_khalti.pricing.selection import Selection
from wagtail_khalti.pricing.vat import NO_VAT, Vat


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPrice:
    """The price of an item, and of a quantity of it."""

    kind: ClassVar[str] = "fixed"

    name: str
    """The name of the item, for the payer."""

    unit_price: Paisa

    max_quantity: int = 1
    """The maximum per payment; 1 means that there is no quantity field."""

    vat: Vat = NO_VAT

    @property
    def label(self) -> str:
        return self.vat.with_note(format_rupees(self.unit_price, get_language()))

    def allows(self, selection: Selection) -> bool:
        return 1 <= selection.quantity <= self.max_quantity

    @property
    def max_total(self) -> Paisa:
        most = Paisa(self.unit_price * self.max_quantity)
        return most if self.vat.needs_rate else self.vat.total(most)

    def units(self, selection: Selection) -> int:
        return selection.quantity

    def total(self, selection: Selection) -> Paisa:
        """The script of the checkout page must calculate the same."""
        return self.vat.total(self._price(selection))

    def line_items(self, selection: Selection) -> list[Product]:
        item = Product(
            identity="1",
            name=self.name,
            quantity=selection.quantity,
            unit_price=self.unit_price,
            total_price=self._price(selection),
        )
        return self.vat.line_items([item])

    def breakdown(self, selection: Selection) -> list[BreakdownLine]:
        label = line_label(self.name, selection.quantity)
        return self.vat.breakdown([BreakdownLine(label=label, amount=self._price(selection))])

    def with_vat_rate(self, rate: Decimal) -> Self:
        return replace(self, vat=self.vat.at(rate))

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "vat": self.vat.as_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "vat": Vat.from_json(data["vat"])})

    def _price(self, selection: Selection) -> Paisa:
        return Paisa(self.unit_price * selection.quantity)
