"""The terms of an offer: what is sold, for how much, and what the visitor is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self, runtime_checkable

from wagtail_khalti.pricing import Limit, Price, price_from_json, price_to_json
from wagtail_khalti.questions import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a block sells. Read from the published content each time an offer is opened."""

    price: Price

    fields: tuple[str, ...] = ()
    """Required contact fields of the checkout form: ``name``, ``email``, ``phone``."""

    optional_fields: tuple[str, ...] = ()
    """Contact fields that may be left empty."""

    thank_you_page: str = ""
    """Primary key of the page that the receipt links to."""

    questions: tuple[Question, ...] = ()
    """What else the visitor is asked, after the contact fields and in this order."""
    limit: Limit = Limit()  # noqa: RUF009 - frozen
    """How many units there are, and when they are on sale."""

    @property
    def name(self) -> str:
        """What is paid for."""
        return self.price.name

    def as_json(self) -> dict[str, Any]:
        """For an offer that contains its terms."""
        return {
            "price": price_to_json(self.price),
            "fields": self.fields,
            "optional_fields": self.optional_fields,
            "thank_you_page": self.thank_you_page,
            "questions": [question.as_json() for question in self.questions],
            "limit": self.limit.as_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            price=price_from_json(data["price"]),
            fields=tuple(data["fields"]),
            optional_fields=tuple(data["optional_fields"]),
            thank_you_page=data["thank_you_page"],
            questions=tuple(map(Question.from_json, data["questions"])),
            limit=Limit.from_json(data["limit"]),
        )


@runtime_checkable
class Offering(Protocol):
    """A block that sells something, such as ``KhaltiCheckoutBlock``."""

    def terms(self, value: Any) -> Terms: ...
