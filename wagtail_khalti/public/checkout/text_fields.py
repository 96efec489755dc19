"""Form fields for texts that people type."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.text.email_addresses import has_plain_name, is_address
from wagtail_khalti.text.lines import one_line


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
