"""Value-added tax: none, included in a price, or added to it.

It is calculated once, on the whole and not line by line, and rounded half up to the paisa.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Self

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wagtail_khalti.gateway import BreakdownLine, Product
from wagtail_khalti.money import Paisa
from wagtail_khalti.numerals import with_numerals_of

IDENTITY = "vat"  # of its line item


class VatMode(StrEnum):
    """Whether there is VAT, and where."""

    NONE = ""
    """No VAT is shown."""
    INCLUDED = "included"
    """The price includes it."""
    ADDED = "added"
    """It is added to the price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vat:
    """The VAT of a price. All amounts are in paisa."""

    mode: VatMode = VatMode.NONE

    rate: Decimal | None = None
    """In percent, such as ``Decimal("13.00")``. None for the rate of the site, which is filled in when an offer is
    opened."""

    @property
    def needs_rate(self) -> bool:
        return self.mode != VatMode.NONE and self.rate is None

    def at(self, rate: Decimal) -> Self:
        """With this rate, unless it has one."""
        return replace(self, rate=rate) if self.needs_rate else self

    @property
    def label(self) -> str:
        """``VAT 13%``, in the active language."""
        rate = f"{self._known_rate:f}"
        short = rate.rstrip("0").rstrip(".") if "." in rate else rate
        return _("VAT %(rate)s%%") % {"rate": with_numerals_of(get_language(), short)}

    def with_note(self, price: str) -> str:
        """A price as the page of the block shows it: ``Rs 1,500 plus VAT``. The rate need not be known."""
        return _("%(price)s plus VAT") % {"price": price} if self.mode == VatMode.ADDED else price

    def tax(self, price: Paisa) -> Paisa:
        """The VAT on, or in, a price. Raises ``ValueError`` if the rate is not known yet."""
        if self.mode == VatMode.NONE:
            return Paisa(0)
        rate = Fraction(self._known_rate)
        exact = price * rate / (100 if self.mode == VatMode.ADDED else 100 + rate)
        return Paisa(math.floor(exact + Fraction(1, 2)))

    def total(self, price: Paisa) -> Paisa:
        """What is paid for this price. Raises ``ValueError`` if VAT is added and the rate is not known yet."""
        return Paisa(price + self.tax(price)) if self.mode == VatMode.ADDED else price

    def line_items(self, items: Sequence[Product]) -> list[Product]:
        """With one for added VAT. They add up to the total; those of prices with VAT are left as they are."""
        tax = self.tax(Paisa(sum(item.total_price for item in items))) if self.mode == VatMode.ADDED else Paisa(0)
        if not tax:
            return list(items)
        return [*items, Product(identity=IDENTITY, name=self.label, quantity=1, unit_price=tax, total_price=tax)]

    def breakdown(self, lines: Sequence[BreakdownLine]) -> list[BreakdownLine]:
        """With a line for the VAT. If the prices include it, the others are reduced to what they are without it."""
        tax = self.tax(Paisa(sum(line.amount for line in lines)))
        if not tax:
            return list(lines)
        others = list(lines) if self.mode == VatMode.ADDED else self._without_tax(lines)
        return [*others, BreakdownLine(label=self.label, amount=tax)]

    def as_json(self) -> dict[str, Any]:
        return {"mode": self.mode.value, "rate": None if self.rate is None else str(self.rate)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(mode=VatMode(data["mode"]), rate=None if data["rate"] is None else Decimal(data["rate"]))

    @property
    def _known_rate(self) -> Decimal:
        if self.rate is None:
            raise ValueError("The rate of VAT is not known: it is filled in when the offer is opened")
        return self.rate

    def _without_tax(self, lines: Sequence[BreakdownLine]) -> list[BreakdownLine]:
        """The tax of each line is that of the running total less that of the lines before: the parts sum exactly."""
        net, running = [], 0
        for line in lines:
            tax = self.tax(Paisa(running + line.amount)) - self.tax(Paisa(running))
            running += line.amount
            label = _("%(item)s, without VAT") % {"item": line.label}
            net.append(BreakdownLine(label=label, amount=Paisa(line.amount - tax)))
        return net


NO_VAT = Vat()
