"""An amount that the payer chooses, such as a donation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from wagtail_khalti.gateway import BreakdownLine, Product
from wagtail_khalti.money import MINIMUM, Paisa
from wagtail_khalti.pricing.selection import Selection
from wagtail_khalti.pricing.vat import NO_VAT, Vat

IDENTITY = "chosen-amount"  # of its line item: tells payments for which another amount is another purchase


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenAmount:
    """One of the suggested amounts, or an amount within limits."""

    kind: ClassVar[str] = "amount"

    name: str
    """What the money is for, for the payer."""

    presets: tuple[Paisa, ...] = ()
    """Suggested amounts."""

    minimum: Paisa = MINIMUM
    """The least that can be entered."""

    maximum: Paisa | None = None
    """The most that can be entered; None if only Khalti and the account limit it."""

    accepts_other: bool = True
    """Whether the payer can enter an amount that isn't suggested."""

    @property
    def label(self) -> str:
        return ""

    @property
    def vat(self) -> Vat:
        return NO_VAT

    def allows(self, selection: Selection) -> bool:
        amount = selection.amount
        return amount is not None and (amount in self.presets or (self.accepts_other and self.is_within_limits(amount)))

    def is_within_limits(self, amount: Paisa) -> bool:
        return self.minimum <= amount and (self.maximum is None or amount <= self.maximum)

    @property
    def max_total(self) -> Paisa | None:
        if not self.accepts_other:
            return max(self.presets, default=None)
        return None if self.maximum is None else max((self.maximum, *self.presets))

    def units(self, selection: Selection) -> int:
        return 1

    def total(self, selection: Selection) -> Paisa:
        """0 before the payer has chosen."""
        return selection.amount or Paisa(0)

    def line_items(self, selection: Selection) -> list[Product]:
        amount = self.total(selection)
        return [Product(identity=IDENTITY, name=self.name, quantity=1, unit_price=amount, total_price=amount)]

    def breakdown(self, selection: Selection) -> list[BreakdownLine]:
        return [BreakdownLine(label=self.name, amount=self.total(selection))]

    def with_vat_rate(self, rate: Decimal) -> Self:
        return self

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "presets": tuple(data["presets"])})
