"""How an offer looks: what a page without our form has to show and ask."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from wagtail_khalti.questions import QuestionKind


class OptionOut(Schema):
    id: str
    name: str
    unit_price: int
    max_quantity: int


class PriceOut(Schema):
    """In paisa. Which members are set depends on the kind."""

    kind: str = Field(description="`fixed`, `list`, `amount`, or one of the site's own.")
    unit_price: int | None = Field(description="Of the kind `fixed`.")
    max_quantity: int | None = Field(description="Of the kind `fixed`, or of all options together.")
    options: list[OptionOut] = Field(description="Of the kind `list`.")
    takes_quantities: bool = Field(description="Whether `quantities` are chosen, and not one `option`.")
    presets: list[int] = Field(description="Suggested amounts of the kind `amount`.")
    minimum: int | None
    maximum: int | None
    accepts_other: bool = Field(description="Whether the payer may choose an amount that isn't suggested.")


class VatOut(Schema):
    mode: Literal["", "included", "added"]
    rate: str | None = Field(description="In percent, such as `13.00`.")


class FieldOut(Schema):
    name: Literal["name", "email", "phone"]
    required: bool


class QuestionOut(Schema):
    name: str
    label: str
    kind: Literal[tuple(kind.value for kind in QuestionKind)]  # type: ignore[valid-type]
    required: bool
    help_text: str
    choices: list[str]
    link: str = Field(description="What to read before ticking a checkbox.")


class AvailabilityOut(Schema):
    is_on_sale: bool = Field(description="Whether it can be bought now.")
    closed_text: str = Field(description="Why not, in the language of the request.")
    sale_from: datetime | None
    sale_until: datetime | None
    available: int | None = Field(description="How many units are left; null if nothing is counted, or not shown.")


class OfferOut(Schema):
    name: str
    language: str = Field(description="Of the page with the block.")
    currency: Literal["NPR"]
    is_test: bool
    merchant: str = Field(description="Who is paid.")
    price: PriceOut
    vat: VatOut
    largest_payment: int = Field(description="The most that one payment may come to.")
    fields: list[FieldOut]
    questions: list[QuestionOut]
    availability: AvailabilityOut
