"""What the checkout form asks for each kind of price, and what the visitor's selection is then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from django import forms
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.pricing import ChosenAmount, FixedPrice, Price, PriceList, Selection
from wagtail_khalti.public.checkout.amount_fields import AmountFields
from wagtail_khalti.public.checkout.option_fields import OptionFields


class PriceFields(Protocol):
    """The form fields of one kind of price. A subclass has defaults for all but ``fields`` and ``selection``."""

    @property
    def legend(self) -> str:
        """Of the fieldset around the fields; empty if they don't belong to one."""
        return ""

    @property
    def shows_total(self) -> bool:
        """Whether the visitor has to see the total before paying; not if they entered it themselves."""
        return True

    @property
    def total_field(self) -> str | None:
        """The field that shows errors about the total; None for the top of the form."""
        return None

    def fields(self) -> dict[str, forms.Field]:
        """In the order of the form."""

    def selection(self, values: Mapping[str, Any]) -> Selection:
        """``values``: cleaned ones, or initial ones; those that are invalid are missing."""

    def problems(self, values: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[tuple[str | None, str]]:
        """Field (None for the top of the form) and message, if valid fields don't fit together.

        ``values`` are the cleaned ones, ``data`` is everything that was sent.
        """
        yield from ()

    def initial(self, payment: KhaltiPayment) -> dict[str, Any]:
        """What was selected for this payment, as far as it is offered still."""
        return {}

    def preselected(self, query: Mapping[str, str]) -> dict[str, Any]:
        """What a link to the checkout page preselects. Anybody can write such a link."""
        return {}


class QuantityFields:
    """A quantity, if more than one can be bought."""

    legend = ""
    shows_total = True

    def __init__(self, price: FixedPrice) -> None:
        self.price = price

    @property
    def total_field(self) -> str | None:
        return "quantity" if self.price.max_quantity > 1 else None

    def fields(self) -> dict[str, forms.Field]:
        if self.price.max_quantity == 1:
            return {}
        maximum = format_number(self.price.max_quantity)
        message = _("Enter a quantity from 1 to %(maximum)s.") % {"maximum": maximum}
        # The script of the page multiplies; what a price of the site's own comes to is only known here.
        priced = {"data-unit-price": self.price.unit_price} if type(self.price) is FixedPrice else {}
        field = forms.IntegerField(
            label=_("Quantity"),
            initial=1,
            min_value=1,
            max_value=self.price.max_quantity,
            widget=forms.NumberInput(attrs={"inputmode": "numeric", **priced}),
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), message),
        )
        return {"quantity": field}

    def selection(self, values: Mapping[str, Any]) -> Selection:
        return Selection(quantity=int(values.get("quantity") or 1))

    def problems(self, values: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[tuple[str | None, str]]:
        yield from ()

    def initial(self, payment: KhaltiPayment) -> dict[str, Any]:
        quantity = next((product["quantity"] for product in payment.products), 1)
        return {"quantity": min(quantity, self.price.max_quantity)}  # it may have been reduced since

    def preselected(self, query: Mapping[str, str]) -> dict[str, Any]:
        return {}


KINDS: Mapping[type[Any], type[Any]] = {FixedPrice: QuantityFields, ChosenAmount: AmountFields, PriceList: OptionFields}


def price_fields(price: Price) -> PriceFields:
    """Those of this kind of price; of one of the site's own, what its method ``form_fields`` returns, if it has one."""
    own: Callable[[], PriceFields] | None = getattr(price, "form_fields", None)
    if own:
        return own()
    kind = next(KINDS[kind] for kind in type(price).__mro__ if kind in KINDS)
    fields: PriceFields = kind(price)
    return fields
