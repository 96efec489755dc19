"""The form of the checkout page."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.conf import configuration, max_payment
from wagtail_khalti.database.characters import is_whole, unsupported_characters_message
from wagtail_khalti.formatting import format_number, numerals
from wagtail_khalti.gateway import Customer
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.money import MINIMUM, Paisa, format_rupees
from wagtail_khalti.public.checkout.request import CheckoutRequest
from wagtail_khalti.public.offers import Terms
from wagtail_khalti.text.email_addresses import has_plain_name, is_address
from wagtail_khalti.text.lines import one_line
from wagtail_khalti.text.phone import PhoneField

MAX_KEY_LENGTH = 64


class SingleLineField(forms.CharField):
    """A text without line breaks and invisible characters. A value of nothing else counts as empty."""

    def to_python(self, value: Any) -> Any:
        return one_line(super().to_python(value) or "")


class EmailAddressField(SingleLineField, forms.EmailField):
    """An e-mail address, accepted even if it was copied with invisible characters."""

    def run_validators(self, value: Any) -> None:
        """No receipt could be sent to an address like ``सीता@example.com``, so the error says what to enter instead."""
        if not has_plain_name(str(value)):
            raise ValidationError(
                _("Enter the part before @ in English letters and digits. Mail can't be sent to other addresses.")
            )
        super().run_validators(value)
        if value and not is_address(str(value)):
            raise ValidationError(self.error_messages["invalid"], code="invalid")


class CheckoutForm(forms.Form):
    """Has the fields of the offer. The total is calculated here; the browser only sends which total the visitor saw."""

    quantity = forms.IntegerField(
        label=_("Quantity"), initial=1, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    name = SingleLineField(
        label=_("Name"),
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name.")},
    )
    email = EmailAddressField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={
            "required": _("Enter your e-mail address."),
            "invalid": _("Enter an e-mail address such as name@example.com."),
        },
    )
    phone = PhoneField(
        label=_("Mobile number"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel-national", "inputmode": "tel"}),
        error_messages={"required": _("Enter a mobile number of 10 digits, such as 98XXXXXXXX.")},
    )

    def __init__(self, *args: Any, terms: Terms, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self.terms = terms
        maximum = terms.price.max_quantity
        self.initial["quantity"] = min(self.initial.get("quantity", 1), maximum)  # it may have been reduced since
        for name in {"name", "email", "phone"}.difference(terms.fields):
            del self.fields[name]
        if maximum > 1:
            self._limit_quantity(maximum)
        else:
            del self.fields["quantity"]

    def _limit_quantity(self, maximum: int) -> None:
        message = _("Enter a quantity from 1 to %(maximum)s.") % {"maximum": format_number(maximum)}
        self.fields["quantity"] = forms.IntegerField(
            label=_("Quantity"),
            initial=1,
            min_value=1,
            max_value=maximum,
            widget=forms.NumberInput(attrs=self._live_total_attrs()),
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), message),
        )

    def _live_total_attrs(self) -> dict[str, Any]:
        """Data for the script that updates the total when the quantity changes."""
        return {
            "inputmode": "numeric",
            "data-unit-price": self.terms.price.unit_price,
            "data-symbol": format_rupees(0, get_language()).split()[0],
            "data-digits": numerals(),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if not is_whole(str(value)):
                self.add_error(name, _("This contains characters that can't be read. Please enter it again."))
            elif error := unsupported_characters_message(str(value)):
                self.add_error(name, error)
        largest = max_payment()
        if self.total > largest:
            self.add_limit_error(largest)
        elif self.total < MINIMUM:
            raise ValidationError(_("Khalti's minimum is Rs 10."))
        return cleaned

    def add_limit_error(self, largest: Paisa) -> None:
        message = _("This site takes at most %(limit)s in one payment.") % {
            "limit": format_rupees(largest, get_language())
        }
        self.add_error("quantity" if "quantity" in self.fields else None, message)

    @property
    def selected_quantity(self) -> int:
        """1 if the form has no quantity, or an invalid one was entered."""
        quantity = getattr(self, "cleaned_data", {}).get("quantity") or self.initial["quantity"]
        return int(quantity)

    @property
    def total(self) -> Paisa:
        return self.terms.price.total(self.selected_quantity)

    def price_summary(self) -> dict[str, str]:
        """What it costs, as the page shows it."""
        language = get_language()
        return {
            "unit_price": format_rupees(self.terms.price.unit_price, language),
            "quantity": format_number(self.selected_quantity),
            "total": format_rupees(self.total, language),
        }

    @property
    def has_seen_total(self) -> bool:
        """Whether the visitor has seen the total that would be charged now."""
        return self.data.get("total_seen") == str(self.total)

    @cached_property
    def key(self) -> str:
        """Identifies this form: the same if it is submitted twice."""
        return self.data.get("key", "")[:MAX_KEY_LENGTH] or uuid.uuid4().hex

    @property
    def is_repeat(self) -> bool:
        """Whether the visitor knows that they have paid for this already, and wants to pay again."""
        return self.data.get("repeat") == "yes"

    def to_checkout_request(self, *, started_here: Sequence[str]) -> CheckoutRequest:
        return CheckoutRequest(
            key=self.key,
            quantity=self.selected_quantity,
            customer=self.customer,
            is_repeat=self.is_repeat,
            started_here=started_here,
        )

    @property
    def customer(self) -> Customer:
        return Customer(**{name: self.cleaned_data.get(name, "") for name in ("name", "email", "phone")})


def initial_from(payment: KhaltiPayment) -> dict[str, object]:
    """What was entered for this payment, to fill in the form again."""
    return {
        "name": payment.customer_name,
        "email": payment.customer_email,
        "phone": payment.customer_phone,
        "quantity": sum(product["quantity"] for product in payment.products) or 1,
    }


def checkout_form() -> type[CheckoutForm]:
    """The form of the setting ``CHECKOUT_FORM``, or this one. Raises ``ImproperlyConfigured``."""
    path = configuration().checkout_form
    if not path:
        return CheckoutForm
    try:
        form = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(f'WAGTAIL_KHALTI["CHECKOUT_FORM"] is {path!r}: {error}.') from error
    if not (isinstance(form, type) and issubclass(form, CheckoutForm)):
        raise ImproperlyConfigured(f'WAGTAIL_KHALTI["CHECKOUT_FORM"] is {path!r}, must be a subclass of CheckoutForm.')
    return form
