"""Form fields for texts that people type."""

from __future__ import annotations

from typing import Any

from django import forms

from wagtail_khalti.text.lines import one_line


class SingleLineField(forms.CharField):
    """A text without line breaks and invisible characters. A value of nothing else counts as empty."""

    def to_python(self, value: Any) -> Any:
        return one_line(super().to_python(value) or "")


class EmailAddressField(SingleLineField, forms.EmailField):
    """An e-mail address, accepted even if it was copied with invisible characters."""
