"""The form fields of a price list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.money import format_rupees
from wagtail_khalti.pricing import Option, PriceList, Selection
from wagtail_khalti.public.checkout.price_summary import option_field
from wagtail_khalti.public.checkout.priced_radios import PricedRadioSelect

PREFIX = option_field("")
NOTHING = ("", "0")  # typed for an option that isn't wanted


class OptionFields:
    """Radio buttons, or a quantity of each option. The name of a field has the option's ID."""

    shows_total = True

    def __init__(self, price: PriceList) -> None:
        self.price = price

    @property
    def legend(self) -> str:
        return _("Quantities") if self.price.takes_quantities else ""

    def fields(self) -> dict[str, forms.Field]:
        if not self.price.takes_quantities:
            return {"option": self._radios()}
        return {option_field(option.id): _quantity_field(option) for option in self.price.options}

    @property
    def total_field(self) -> str | None:
        return None if self.price.takes_quantities else "option"

    def selection(self, values: Mapping[str, Any]) -> Selection:
        if not self.price.takes_quantities:
            chosen = values.get("option")
            return Selection(quantities=((chosen, 1),) if chosen and self.price.option(chosen) else ())
        quantities = ((option.id, int(values.get(option_field(option.id)) or 0)) for option in self.price.options)
        return Selection(quantities=tuple((id_, quantity) for id_, quantity in quantities if quantity > 0))

    def problems(self, values: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[tuple[str | None, str]]:
        if not self.price.takes_quantities:
            return
        known, maximum = self.fields(), self.price.max_quantity
        if any(name.startswith(PREFIX) and name not in known and data[name] not in NOTHING for name in data):
            yield None, _("An option that you chose is no longer available. Please check your order.")
        units = self.price.units(self.selection(values))
        if not units and known.keys() <= values.keys():
            yield None, _("Enter a quantity for at least one option.")
        elif maximum is not None and units > maximum:
            yield None, _("Choose at most %(maximum)s in one order.") % {"maximum": format_number(maximum)}

    def initial(self, payment: KhaltiPayment) -> dict[str, Any]:
        bought = {str(product["identity"]): product["quantity"] for product in payment.products}
        offered = [option for option in self.price.options if option.id in bought]
        if not self.price.takes_quantities:
            return {"option": offered[0].id} if offered else {}
        return {option_field(option.id): min(bought[option.id], option.max_quantity) for option in offered}

    def preselected(self, query: Mapping[str, str]) -> dict[str, Any]:
        return {}

    def _radios(self) -> forms.ChoiceField:
        message = _("This option is no longer available. Please choose another one.")
        return forms.ChoiceField(
            label=_("Options"),
            choices=[(option.id, _labelled(option)) for option in self.price.options],
            widget=PricedRadioSelect(prices={option.id: option.unit_price for option in self.price.options}),
            error_messages={"required": _("Choose an option."), "invalid_choice": message},
        )


def _quantity_field(option: Option) -> forms.IntegerField:
    maximum = format_number(option.max_quantity)
    message = _("%(name)s: enter a quantity from 0 to %(maximum)s.") % {"name": option.name, "maximum": maximum}
    attrs = {"inputmode": "numeric", "placeholder": "0", "data-unit-price": option.unit_price}
    return forms.IntegerField(
        label=_labelled(option),
        required=False,
        min_value=0,
        max_value=option.max_quantity,
        widget=forms.NumberInput(attrs=attrs),
        error_messages={
            "invalid": message,
            **dict.fromkeys(("min_value", "max_value"), message.replace("%", "%%")),  # Django inserts values of its own
        },
    )


def _labelled(option: Option) -> str:
    return f"{option.name} · {format_rupees(option.unit_price, get_language())}"
