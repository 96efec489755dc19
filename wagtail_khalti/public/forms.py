"""What a visitor fills in before paying."""

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
from wagtail_khalti.database.characters import is_whole, why_not_kept
from wagtail_khalti.formatting import digits, format_number
from wagtail_khalti.gateway import Customer
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.money import MINIMUM, Paisa, format_rupees
from wagtail_khalti.public.checkout.request import CheckoutRequest
from wagtail_khalti.public.offers import Terms
from wagtail_khalti.text.lines import one_line
from wagtail_khalti.text.phone import PhoneField

MAX_KEY_LENGTH = 64


class LineField(forms.CharField):
    """A text without what nobody sees; one of nothing else is none."""

    def to_python(self, value: Any) -> Any:
        return one_line(super().to_python(value) or "")


class AddressField(LineField, forms.EmailField):
    """An e-mail address, also where it was copied together with invisible marks."""


class CheckoutForm(forms.Form):
    """Asks for what the offer asks. The total is reckoned here; the browser only says which one the visitor saw."""

    quantity = forms.IntegerField(
        label=_("Quantity"), initial=1, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    name = LineField(
        label=_("Name"),
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name.")},
    )
    email = AddressField(
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
        most = terms.price.max_quantity
        self.initial["quantity"] = min(self.initial.get("quantity", 1), most)  # it may be less by now
        for name in {"name", "email", "phone"}.difference(terms.asks):
            del self.fields[name]
        if most > 1:
            self._limit_quantity(most)
        else:
            del self.fields["quantity"]

    def _limit_quantity(self, most: int) -> None:
        words = _("Enter a quantity from 1 to %(most)s.") % {"most": format_number(most)}
        self.fields["quantity"] = forms.IntegerField(
            label=_("Quantity"),
            initial=1,
            min_value=1,
            max_value=most,
            widget=forms.NumberInput(attrs=self._reckoning()),
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), words),
        )

    def _reckoning(self) -> dict[str, Any]:
        """What a script needs to show the new total at once."""
        return {
            "inputmode": "numeric",
            "data-unit-price": self.terms.price.unit_price,
            "data-symbol": format_rupees(0, get_language()).split()[0],
            "data-digits": digits(),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if not is_whole(str(value)):
                self.add_error(name, _("Please type this again: it has signs that can't be read."))
            elif error := why_not_kept(str(value)):
                self.add_error(name, error)
        largest = max_payment()
        if self.total > largest:
            self.refuse_total(largest)
        elif self.total < MINIMUM:
            raise ValidationError(_("Khalti's minimum is Rs 10."))
        return cleaned

    def refuse_total(self, largest: Paisa) -> None:
        words = _("This site takes at most %(limit)s in one payment.") % {
            "limit": format_rupees(largest, get_language())
        }
        self.add_error("quantity" if "quantity" in self.fields else None, words)

    @property
    def quantity_wanted(self) -> int:
        """1 where none is asked, or none that makes sense was given."""
        wanted = getattr(self, "cleaned_data", {}).get("quantity") or self.initial["quantity"]
        return int(wanted)

    @property
    def total(self) -> Paisa:
        return self.terms.price.total(self.quantity_wanted)

    def price_summary(self) -> dict[str, str]:
        """What it costs, as the page shows it."""
        language = get_language()
        return {
            "unit_price": format_rupees(self.terms.price.unit_price, language),
            "quantity": format_number(self.quantity_wanted),
            "total": format_rupees(self.total, language),
        }

    @property
    def saw_total(self) -> bool:
        """Whether the visitor saw the very total that would be charged now."""
        return self.data.get("total_seen") == str(self.total)

    @cached_property
    def key(self) -> str:
        """Names this visit's wish to pay; the same in a form that is sent twice."""
        return self.data.get("key", "")[:MAX_KEY_LENGTH] or uuid.uuid4().hex

    @property
    def is_repeat(self) -> bool:
        """Whether the visitor was told that they have paid for this already, and wants to pay again."""
        return self.data.get("repeat") == "yes"

    def as_request(self, *, begun_here: Sequence[str]) -> CheckoutRequest:
        return CheckoutRequest(
            key=self.key,
            quantity=self.quantity_wanted,
            customer=self.customer,
            is_repeat=self.is_repeat,
            begun_here=begun_here,
        )

    @property
    def customer(self) -> Customer:
        return Customer(**{name: self.cleaned_data.get(name, "") for name in ("name", "email", "phone")})


def answers_of(payment: KhaltiPayment) -> dict[str, object]:
    """What was entered for this payment, to fill in the form again."""
    return {
        "name": payment.customer_name,
        "email": payment.customer_email,
        "phone": payment.customer_phone,
        "quantity": sum(product["quantity"] for product in payment.products) or 1,
    }


def checkout_form() -> type[CheckoutForm]:
    """The site's own, or this one. Raises ``ImproperlyConfigured``."""
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
