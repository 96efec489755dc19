"""Forms of staff. Amounts are entered in rupees, never in paisa."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.database.characters import validate_characters
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.event import MAX_NOTE_LENGTH
from wagtail_khalti.models.refund import MAX_REASON_LENGTH, Method
from wagtail_khalti.money import Paisa, to_paisa, to_rupees
from wagtail_khalti.staff.figures import rupees
from wagtail_khalti.text.phone import PhoneField

MAX_KEY_LENGTH = 64
MAX_RUPEES = Decimal(10) ** 13  # more than any payment
GROUPED = re.compile(r"-?\d{1,3}(,\d{2,3})*,\d{3}(\.\d+)?")  # 1,50,000 as well as 150,000; "12,50" is no amount
CURRENCY_SIGNS = re.compile(r"^(?:N?Rs|NPR|रु|रू)[.\s]*|(?<!\s)\s*/?-$", re.IGNORECASE)  # as in "Rs. 1,500/-"


class RupeesField(forms.CharField):
    """An amount, converted to paisa. Accepts ``1,500`` and Nepali digits."""

    default_error_messages: ClassVar = {
        "invalid": _("Enter an amount in rupees, such as 1500 or 1500.50."),
        "not_positive": _("Enter an amount above zero."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = CURRENCY_SIGNS.sub("", _without_marks(str(super().clean(value))))
        if not text and not self.required:
            return None
        text = text.replace(",", "") if GROUPED.fullmatch(text) else text
        if not text.replace(".", "", 1).removeprefix("-").isdecimal():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return self._as_paisa(Decimal(text))

    def _as_paisa(self, rupees: Decimal) -> Paisa:
        if rupees <= 0:
            raise ValidationError(self.error_messages["not_positive"], code="not_positive")
        try:
            return to_paisa(min(rupees, MAX_RUPEES))
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


def _without_marks(text: str) -> str:
    """Without the invisible characters around a copied number, and with plain spaces."""
    return (
        "".join(character for character in text if unicodedata.category(character) != "Cf").replace("\xa0", " ").strip()
    )


class PaymentForm(forms.Form):
    """An amount to refund of a payment."""

    amount = RupeesField(label=_("Amount in rupees"))

    def __init__(self, *args: Any, payment: KhaltiPayment, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self.payment = payment

    def clean_amount(self) -> Paisa:
        amount: Paisa = self.cleaned_data["amount"]
        if amount > self.payment.refundable:
            raise ValidationError(_("The refundable balance is %(left)s.") % {"left": rupees(self.payment.refundable)})
        return amount


class RefundForm(PaymentForm):
    """Amount and reason, and the account to refund to if Khalti requires it."""

    mobile = PhoneField(
        label=_("Mobile number of the Khalti account that receives the refund"),
        help_text=_("Khalti requires it: a payment through a bank is refunded to a Khalti account."),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Internal note (not shown to the customer)."),
        max_length=MAX_REASON_LENGTH,
        required=False,
        validators=[validate_characters],
    )

    field_order = ("amount", "reason", "mobile")

    def __init__(self, *args: Any, requires_mobile: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].initial = to_rupees(self.payment.refundable)
        if not requires_mobile and not self.data.get("mobile"):
            del self.fields["mobile"]  # it is refunded to the account that paid; another number could only be wrong


class ConfirmForm(RefundForm):
    """Confirms a refund, which is sent once however often the button is pressed."""

    refundable = forms.IntegerField(widget=forms.HiddenInput)
    """The refundable balance when the button was shown."""
    key = forms.CharField(widget=forms.HiddenInput, max_length=MAX_KEY_LENGTH)
    typed = RupeesField(
        label=_("Type the amount to confirm"),
        help_text=_("This is real money."),
        error_messages={"required": _("Type the amount to refund.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, requires_mobile=True, **kwargs)
        for name in ("amount", "mobile", "reason"):
            self.fields[name].widget = forms.HiddenInput()
        if self.payment.is_test:
            del self.fields["typed"]

    def clean_amount(self) -> Paisa:
        """Not compared with the balance here but when it is refunded: a form sent twice must find its own refund."""
        amount: Paisa = self.cleaned_data["amount"]
        return amount

    def clean_typed(self) -> Paisa:
        typed: Paisa = self.cleaned_data["typed"]
        if typed != self.cleaned_data.get("amount"):
            raise ValidationError(_("This is not the amount above."))
        return typed


class RecordForm(PaymentForm):
    """A manual refund."""

    METHODS: ClassVar = [(method.value, method.label) for method in Method if method is not Method.KHALTI]

    method = forms.ChoiceField(label=_("Refund method"), choices=METHODS, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Internal note (not shown to the customer)."),
        max_length=MAX_REASON_LENGTH,
        required=False,
        validators=[validate_characters],
    )
    refundable = forms.IntegerField(widget=forms.HiddenInput)
    """The refundable balance when the form was shown, so that a second click records nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["refundable"].initial = self.payment.refundable

    def clean_refundable(self) -> int:
        """Checked before the amount, so that staff see the current amounts first."""
        shown: int = self.cleaned_data["refundable"]
        if shown != self.payment.refundable:
            raise ValidationError("", code="changed")  # the field is hidden; the view shows a message
        return shown


class NoteForm(forms.Form):
    """A note on the outcome of a refund."""

    note = forms.CharField(
        label=_("Internal note"),
        help_text=_("What you found in Khalti's dashboard. Not shown to the customer."),
        max_length=MAX_REASON_LENGTH,
        required=False,
        validators=[validate_characters],
    )


class PaymentNoteForm(forms.Form):
    """A note on a payment."""

    text = forms.CharField(
        label=_("Internal note"),
        help_text=_("Not shown to the customer. It can't be changed later."),
        max_length=MAX_NOTE_LENGTH,
        error_messages={"required": _("Enter a note.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)


class AmountForm(NoteForm):
    """The amount of a refund in Khalti's dashboard."""

    amount = RupeesField(label=_("Amount in rupees"), help_text=_("As Khalti's dashboard shows it."))

    field_order = ("amount", "note")
