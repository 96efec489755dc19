"""What the checkout form asks for each kind of price, and what the visitor's selection is then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.formatting import format_number, numerals
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.money import format_rupees
from wagtail_khalti.pricing import FixedPrice, Price, Selection


class PriceFields(Protocol):
    """The form fields of one kind of price."""

    def fields(self) -> dict[str, forms.Field]:
        """In the order of the form."""

    def selection(self, values: Mapping[str, Any]) -> Selection:
        """``values``: cleaned ones, or initial ones; those that are invalid are missing."""

    def initial(self, payment: KhaltiPayment) -> dict[str, Any]:
        """What was selected for this payment, as far as it is offered still."""


class QuantityFields:
    """A quantity, if more than one can be bought."""

    def __init__(self, price: FixedPrice) -> None:
        self.price = price

    def fields(self) -> dict[str, forms.Field]:
        if self.price.max_quantity == 1:
            return {}
        maximum = format_number(self.price.max_quantity)
        message = _("Enter a quantity from 1 to %(maximum)s.") % {"maximum": maximum}
        field = forms.IntegerField(
            label=_("Quantity"),
            initial=1,
            min_value=1,
            max_value=self.price.max_quantity,
            widget=forms.NumberInput(attrs={"inputmode": "numeric", **live_total_attrs(self.price.unit_price)}),
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), message),
        )
        return {"quantity": field}

    def selection(self, values: Mapping[str, Any]) -> Selection:
        return Selection(quantity=int(values.get("quantity") or 1))

    def initial(self, payment: KhaltiPayment) -> dict[str, Any]:
        quantity = sum(product["quantity"] for product in payment.products) or 1
        return {"quantity": min(quantity, self.price.max_quantity)}  # it may have been reduced since


def live_total_attrs(unit_price: int) -> dict[str, Any]:
    """Data for the script that updates the total when the quantity changes."""
    return {
        "data-unit-price": unit_price,
        "data-symbol": format_rupees(0, get_language()).split()[0],
        "data-digits": numerals(),
    }


KINDS: Mapping[type[Any], type[Any]] = {FixedPrice: QuantityFields}


def price_fields(price: Price) -> PriceFields:
    """Those of this kind of price."""
    fields: PriceFields = KINDS[type(price)](price)
    return fields
