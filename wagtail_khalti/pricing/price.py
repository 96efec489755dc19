"""What every kind of price can do."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Protocol, Self

from wagtail_khalti.gateway import BreakdownLine, Product
from wagtail_khalti.money import Paisa
from wagtail_khalti.pricing.selection import Selection
from wagtail_khalti.pricing.vat import Vat


class Price(Protocol):
    """A frozen dataclass in a file of its own. All amounts are in paisa."""

    kind: ClassVar[str]
    """Names it in a signed offer."""

    @property
    def name(self) -> str:
        """What is paid for: the description of the payment."""

    @property
    def vat(self) -> Vat:
        """``NO_VAT`` if it has none."""

    @property
    def max_total(self) -> Paisa | None:
        """The most that one payment can come to; None if only Khalti and the account limit it."""

    @property
    def label(self) -> str:
        """What the page of the block shows, in the active language: ``Rs 1,500``. Empty if the payer decides."""

    def allows(self, selection: Selection) -> bool:
        """Whether it can be bought like this. Only then the others may be called."""

    def units(self, selection: Selection) -> int:
        """How many units it takes of a limited number."""

    def total(self, selection: Selection) -> Paisa: ...

    def line_items(self, selection: Selection) -> list[Product]:
        """They add up to the total."""

    def breakdown(self, selection: Selection) -> list[BreakdownLine]:
        """The lines that add up to the total, in the active language."""

    def with_vat_rate(self, rate: Decimal) -> Self:
        """With the rate of the site, in percent, if ``vat.needs_rate``."""

    def as_json(self) -> dict[str, Any]:
        """For a signed offer."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self: ...
