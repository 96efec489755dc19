"""The form of the checkout page."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.conf import configuration, max_payment
from wagtail_khalti.database.characters import is_whole, unsupported_characters_message
from wagtail_khalti.gateway import Customer
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.money import MINIMUM, Paisa, format_rupees
from wagtail_khalti.pricing import PriceList, Selection
from wagtail_khalti.public.checkout.answer_fields import answer_of_field, stored_values
from wagtail_khalti.public.checkout.price_fields import price_fields
from wagtail_khalti.public.checkout.price_summary import price_summary
from wagtail_khalti.public.checkout.question_fields import (
    answers_to,
    initial_answers,
    question_fields,
    version_of,
)
from wagtail_khalti.public.checkout.request import CheckoutRequest
from wagtail_khalti.public.checkout.text_fields import EmailAddressField, SingleLineField
from wagtail_khalti.public.terms import Terms
from wagtail_khalti.questions import Answer
from wagtail_khalti.text.phone import PhoneField

MAX_KEY_LENGTH = 64
CONTACT = ("name", "email", "phone")


class CheckoutForm(forms.Form):
    """Has the fields of the offer. The total is calculated here; the browser only sends which total the visitor saw."""

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

    stored_fields: Sequence[str] = ()
    """Names of fields that a subclass has added, whose answers are stored with the payment as those of an editor's."""

    def __init__(
        self,
        *args: Any,
        terms: Terms,
        again: KhaltiPayment | None = None,
        query: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        """``again``: what was entered for this payment is filled in; otherwise what the ``query`` of a link selects."""
        kwargs.setdefault("use_required_attribute", False)
        self.terms, self.price_fields = terms, price_fields(terms.price)
        if query:
            kwargs["initial"] = self.price_fields.preselected(query)
        if again:
            answered = initial_answers(terms.questions, again.answers) | stored_values(
                self._own_fields(self.base_fields), again.answers
            )
            kwargs["initial"] = {**_contact_of(again), **self.price_fields.initial(again), **answered}
        super().__init__(*args, **kwargs)
        contact = {name: self.fields.pop(name) for name in CONTACT}
        asked = {name: field for name, field in contact.items() if name in (*terms.fields, *terms.optional_fields)}
        for name, field in asked.items():
            field.required = name in terms.fields
        self.fields = {**self.price_fields.fields(), **asked, **question_fields(terms.questions), **self.fields}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if not is_whole(str(value)):
                self.add_error(name, _("This contains characters that can't be read. Please enter it again."))
            elif error := unsupported_characters_message(str(value)):
                self.add_error(name, error)
        if self.data.get("questions_seen", "") != self.questions_version:
            self.add_error(None, _("The questions have changed. Please check your answers and press the button again."))
        for field, message in self.price_fields.problems(cleaned, self.data):
            self.add_error(field, message)
        if self.terms.price.allows(self.selection):  # otherwise there are errors
            self._check_limits()
        return cleaned

    def _check_limits(self) -> None:
        largest = max_payment()
        if self.total > largest:
            self.add_limit_error(largest)
        elif self.total < MINIMUM:
            raise ValidationError(_("Khalti's minimum is Rs 10."))

    def add_limit_error(self, largest: Paisa) -> None:
        message = _("This site takes at most %(limit)s in one payment.") % {
            "limit": format_rupees(largest, get_language())
        }
        self.add_error(self.price_fields.total_field, message)

    @property
    def selection(self) -> Selection:
        """What the visitor chose; what the form began with as long as nothing valid was entered."""
        entered = {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value is not None}
        return self.price_fields.selection({**self.initial, **entered})

    @property
    def total(self) -> Paisa:
        return self.terms.price.total(self.selection)

    def price_summary(self) -> dict[str, Any]:
        """What it costs, as the page shows it."""
        return {**price_summary(self.terms.price, self.selection), "shows_total": self.price_fields.shows_total}

    @property
    def price_bound_fields(self) -> list[forms.BoundField]:
        """The fields of the price, which come first."""
        return [self[name] for name in self.price_fields.fields() if name in self.fields]

    @property
    def other_bound_fields(self) -> list[forms.BoundField]:
        names = self.price_fields.fields()
        return [field for field in self.visible_fields() if field.name not in names]

    @property
    def has_seen_names(self) -> bool:
        """Whether what is sold has the names that the visitor has seen: the same money is no sign of the same thing."""
        return bool(self.data.get("names_seen", self.names_version) == self.names_version)

    @property
    def names_version(self) -> str:
        """Sent with the form. Another one if what is sold, or one of several options, was renamed."""
        price = self.terms.price
        options = price.options if isinstance(price, PriceList) else ()
        names = [price.name, *sorted((option.id, option.name) for option in options)]
        return hashlib.sha256(json.dumps(names).encode()).hexdigest()[:16]

    @property
    def has_seen_total(self) -> bool:
        """Whether the visitor has seen the total that would be charged now, or entered it."""
        return not self.price_fields.shows_total or self.data.get("total_seen") == str(self.total)

    @property
    def questions_version(self) -> str:
        """Sent with the form: an answer counts only for the questions that the visitor has seen."""
        return version_of(self.terms.questions)

    @cached_property
    def key(self) -> str:
        """Identifies this form: the same if it is submitted twice."""
        return self.data.get("key", "")[:MAX_KEY_LENGTH] or uuid.uuid4().hex

    @property
    def is_repeat(self) -> bool:
        """Whether the visitor knows that they have paid for this already, and wants to pay again."""
        return self.data.get("repeat") == "yes"

    def to_checkout_request(self, *, started_here: Sequence[str], **changes: Any) -> CheckoutRequest:
        request = CheckoutRequest(
            key=self.key,
            selection=self.selection,
            customer=self.customer,
            answers=(*answers_to(self.terms.questions, self.cleaned_data), *self.own_answers()),
            is_repeat=self.is_repeat,
            started_here=started_here,
        )
        return replace(request, **changes)

    def own_answers(self) -> Sequence[Answer]:
        """To ``stored_fields``. A subclass can override this, for example to show some of them on the receipt."""
        own = self._own_fields(self.fields)
        return tuple(answer_of_field(name, field, self.cleaned_data.get(name)) for name, field in own.items())

    def _own_fields(self, fields: Mapping[str, forms.Field]) -> dict[str, forms.Field]:
        return {name: fields[name] for name in self.stored_fields if name in fields}

    @property
    def customer(self) -> Customer:
        return Customer(**{name: self.cleaned_data.get(name, "") for name in CONTACT})


def _contact_of(payment: KhaltiPayment) -> dict[str, str]:
    return {"name": payment.customer_name, "email": payment.customer_email, "phone": payment.customer_phone}


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
