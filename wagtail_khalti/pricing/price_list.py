"""Several options, of which the payer chooses one, or a quantity of each."""

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
class Option:
    """One line of a price list."""

    id: str
    """The same as long as the editor keeps the line, whatever is changed in it."""

    name: str

    unit_price: Paisa

    max_quantity: int = 1
    """The maximum per payment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """Options with a price for each."""

    kind: ClassVar[str] = "list"

    name: str
    """What is paid for, for the payer."""

    options: tuple[Option, ...]

    takes_quantities: bool = False
    """Whether a quantity of each option is chosen, and not one option."""

    max_quantity: int | None = None
    """The maximum of all options together, with quantities; None for no limit."""

    vat: Vat = NO_VAT

    @property
    def label(self) -> str:
        """From the lowest price to the highest."""
        prices = sorted({option.unit_price for option in self.options})
        ends = prices if len(prices) < 2 else [prices[0], prices[-1]]
        return self.vat.with_note(" – ".join(format_rupees(price, get_language()) for price in ends))

    def option(self, id_: str) -> Option | None:
        return next((option for option in self.options if option.id == id_), None)

    def allows(self, selection: Selection) -> bool:
        chosen = selection.quantities
        are_offered = all((option := self.option(id_)) and 1 <= number <= option.max_quantity for id_, number in chosen)
        if not chosen or not are_offered or len(dict(chosen)) != len(chosen):
            return False
        if not self.takes_quantities:
            return len(chosen) == 1 and chosen[0][1] == 1
        return self.max_quantity is None or self.units(selection) <= self.max_quantity

    @property
    def max_total(self) -> Paisa | None:
        """With quantities the account limits it: the sum of all would be more than anybody buys."""
        if self.takes_quantities:
            return None
        most = max((option.unit_price for option in self.options), default=Paisa(0))
        return most if self.vat.needs_rate else self.vat.total(most)

    def units(self, selection: Selection) -> int:
        return sum(number for _id, number in selection.quantities)

    def total(self, selection: Selection) -> Paisa:
        """0 before the payer has chosen. The script of the checkout page must calculate the same."""
        return self.vat.total(Paisa(sum(item.total_price for item in self._items(selection))))

    def line_items(self, selection: Selection) -> list[Product]:
        return self.vat.line_items(self._items(selection))

    def breakdown(self, selection: Selection) -> list[BreakdownLine]:
        items = self._items(selection)
        lines = [BreakdownLine(label=line_label(item.name, item.quantity), amount=item.total_price) for item in items]
        return self.vat.breakdown(lines)

    def with_vat_rate(self, rate: Decimal) -> Self:
        return replace(self, vat=self.vat.at(rate))

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "vat": self.vat.as_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        options = tuple(Option(**option) for option in data["options"])
        return cls(**{**data, "options": options, "vat": Vat.from_json(data["vat"])})

    def _items(self, selection: Selection) -> list[Product]:
        quantities = dict(selection.quantities)
        return [
            Product(
                identity=option.id,
                name=option.name,
                quantity=quantities[option.id],
                unit_price=option.unit_price,
                total_price=Paisa(option.unit_price * quantities[option.id]),
            )
            for option in self.options
            if option.id in quantities
        ]
