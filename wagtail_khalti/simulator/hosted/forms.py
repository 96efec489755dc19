"""What is typed on the hosted page and in the dashboard, and kind words when it is wrong."""

import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from wagtail_khalti.simulator.models import SimulatedPayment
from wagtail_khalti.simulator.templatetags.khalti_simulator import rupees

MOBILES = [str(number) for number in range(9800000000, 9800000006)]
MPIN = "1111"
ONE_TIME_PASSWORD = "987654"  # noqa: S105 - Khalti publishes it for its test environment


class DigitsField(forms.CharField):
    """Digits of any script, typed with or without spaces and dashes."""

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        return "".join(_ascii_digit(letter) for letter in typed if letter not in " -\u00a0")


def _ascii_digit(letter: str) -> str:
    return str(unicodedata.digit(letter, letter))


class SignInForm(forms.Form):
    mobile = DigitsField(
        label=_("Khalti ID (mobile number)"),
        help_text=_("Test IDs: 9800000000 to 9800000005"),
        error_messages={"required": _("Enter a mobile number of 10 digits, such as 9800000001")},
        max_length=100,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel-national"}),
    )
    mpin = DigitsField(
        label=_("MPIN"),
        help_text=_("Test MPIN: 1111"),
        error_messages={"required": _("Enter your MPIN of 4 digits")},
        max_length=100,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, payment: SimulatedPayment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payment = payment

    def clean_mobile(self) -> str:
        mobile: str = self.cleaned_data["mobile"].removeprefix("+977")
        if len(mobile) != 10 or not mobile.isdecimal():
            raise forms.ValidationError(_("Enter a mobile number of 10 digits, such as 9800000001"))
        if mobile not in MOBILES:
            raise forms.ValidationError(_("This Khalti ID is not known here. Use one from 9800000000 to 9800000005"))
        return mobile

    def clean_mpin(self) -> str:
        mpin: str = self.cleaned_data["mpin"]
        if mpin != MPIN and "mobile" in self.cleaned_data:  # a wrong ID is said first
            self.payment.count_wrong_pin()
            left = self.payment.pins_left
            raise forms.ValidationError(
                ngettext(
                    "This MPIN is not right. You can try %(left)d more time",
                    "This MPIN is not right. You can try %(left)d more times",
                    left,
                ),
                params={"left": left},
            )
        return mpin


class OneTimePasswordForm(forms.Form):
    otp = DigitsField(
        label=_("One-time password (OTP)"),
        help_text=_("No SMS is sent. Test OTP: 987654"),
        error_messages={"required": _("Enter the OTP of 6 digits")},
        max_length=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_otp(self) -> str:
        otp: str = self.cleaned_data["otp"]
        if otp != ONE_TIME_PASSWORD:
            raise forms.ValidationError(_("This OTP is not right. Check the 6 digits and enter them again"))
        return otp


class RefundForm(forms.Form):
    """A part of what is left, in rupees."""

    amount = forms.DecimalField(
        label=_("Amount in rupees"),
        max_digits=19,
        decimal_places=2,
        error_messages={
            "required": _("Enter an amount in rupees, such as 12.50"),
            "invalid": _("Enter an amount in rupees, such as 12.50"),
            "max_decimal_places": _("A paisa can't be divided: enter two decimal places at most, such as 12.50"),
        },
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, left: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = left
        self.fields["amount"].help_text = _("At most %(left)s") % {"left": rupees(left)}

    def clean_amount(self) -> int:
        """In paisa."""
        typed: Decimal = self.cleaned_data["amount"]
        paisa = int(typed.scaleb(2))  # exact: the field lets no more than two decimal places through
        if paisa < 1:
            raise forms.ValidationError(_("Enter an amount above 0, such as 12.50"))
        if paisa > self.left:
            raise forms.ValidationError(_("The refundable balance is %(left)s"), params={"left": rupees(self.left)})
        return paisa
