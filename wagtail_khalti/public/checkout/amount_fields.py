"""The form fields for an amount that the payer chooses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from wagtail_khalti.conf import max_payment
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.money import Paisa, format_rupees, to_paisa, to_rupees
from wagtail_khalti.pricing import ChosenAmount, Selection
from wagtail_khalti.public.checkout.priced_radios import PricedRadioSelect
from wagtail_khalti.text.amounts import TooManyDecimals, parse_rupees

OTHER = "other"
"""Of the radio buttons: the amount that was entered."""


class RupeesField(forms.CharField):
    """An amount in rupees, as people type it; its value is in paisa."""

    default_error_messages: ClassVar = {
        "required": gettext_lazy("Enter an amount."),
        "invalid": gettext_lazy("Enter an amount in rupees, such as 1,000."),
        "decimals": gettext_lazy("Enter an amount with at most two decimals."),
        "minimum": gettext_lazy("Enter at least %(limit)s."),
        "maximum": gettext_lazy("Enter at most %(limit)s."),
    }

    def __init__(self, *, minimum: Paisa, maximum: Paisa, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.minimum, self.maximum = minimum, maximum

    def clean(self, value: Any) -> Paisa | None:
        text = super().clean(value)
        if not text:
            return None
        amount = self._paisa(text)
        if amount < self.minimum:
            raise self._error("minimum", self.minimum)
        if amount > self.maximum:
            raise self._error("maximum", self.maximum)
        return amount

    def prepare_value(self, value: Any) -> Any:
        """An amount of an earlier payment as it can be typed."""
        if not isinstance(value, int):
            return value
        rupees = f"{to_rupees(value)}"
        return rupees.removesuffix(".00")

    def _paisa(self, text: str) -> Paisa:
        try:
            return to_paisa(parse_rupees(text))
        except TooManyDecimals:
            raise ValidationError(self.error_messages["decimals"], code="decimals") from None
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def _error(self, code: str, limit: Paisa) -> ValidationError:
        params = {"limit": format_rupees(limit, get_language())}
        return ValidationError(self.error_messages[code], code=code, params=params)


class AmountFields:
    """Radio buttons with the suggested amounts, and a field for another one."""

    legend = ""
    shows_total = False

    def __init__(self, price: ChosenAmount) -> None:
        self.price = price

    def fields(self) -> dict[str, forms.Field]:
        fields: dict[str, forms.Field] = {}
        if self.price.presets:
            fields["amount"] = self._radios()
        if self.price.accepts_other:
            fields["own_amount"] = self._own_amount()
        return fields

    @property
    def total_field(self) -> str | None:
        return "amount" if self.price.presets else "own_amount"

    def selection(self, values: Mapping[str, Any]) -> Selection:
        chosen = values.get("amount")
        if chosen and chosen != OTHER:
            return Selection(amount=Paisa(int(chosen)))
        return Selection(amount=values.get("own_amount"))

    def problems(self, values: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[tuple[str | None, str]]:
        chosen, own = values.get("amount"), values.get("own_amount")
        if not self.price.presets or "amount" not in values:
            return  # the field has said what is wrong
        is_own_empty = own is None and ("own_amount" in values or not self.price.accepts_other)
        if own is not None and chosen and chosen not in (OTHER, str(own)):
            yield (
                "amount",
                _("You chose one amount and entered another. Choose “Other amount”, or clear the other field."),
            )
        elif chosen == OTHER and is_own_empty:
            yield "own_amount", _("Enter an amount.")
        elif not chosen and is_own_empty:
            yield "amount", _("Choose an amount.")

    def initial(self, payment: KhaltiPayment) -> dict[str, Any]:
        return self._initial(Paisa(payment.amount))

    def preselected(self, query: Mapping[str, str]) -> dict[str, Any]:
        """From a link with an amount of rupees, such as ``?amount=500``."""
        with suppress(ValueError):
            return self._initial(to_paisa(parse_rupees(query.get("amount", ""))))
        return {}

    def _initial(self, amount: Paisa) -> dict[str, Any]:
        if amount in self.price.presets:
            return {"amount": str(amount)}
        if not self.price.allows(Selection(amount=amount)) or amount > self._maximum:
            return {}
        return {"amount": OTHER, "own_amount": amount}

    @property
    def _maximum(self) -> Paisa:
        """The most that can be entered."""
        largest = max_payment()
        return largest if self.price.maximum is None else min(self.price.maximum, largest)

    def _radios(self) -> forms.ChoiceField:
        presets = {str(amount): format_rupees(amount, get_language()) for amount in self.price.presets}
        choices = [*presets.items(), *([(OTHER, _("Other amount"))] if self.price.accepts_other else [])]
        message = _("This amount is no longer offered. Please choose another one.")
        return forms.ChoiceField(
            label=_("Amount"),
            choices=choices,
            required=False,
            widget=PricedRadioSelect(prices={value: int(value) for value in presets}),
            error_messages={"invalid_choice": message},
        )

    def _own_amount(self) -> RupeesField:
        limits = [format_rupees(limit, get_language()) for limit in (self.price.minimum, self._maximum)]
        return RupeesField(
            label=_("Other amount in rupees") if self.price.presets else _("Amount in rupees"),
            help_text=_("From %(minimum)s to %(maximum)s.") % dict(zip(("minimum", "maximum"), limits, strict=True)),
            minimum=self.price.minimum,
            maximum=self._maximum,
            max_length=30,
            required=not self.price.presets,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "data-own-amount": ""}),
        )
