"""A day to be picked or typed."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from wagtail.admin.widgets import AdminDateInput

FORMAT = "%Y-%m-%d"
"""What a pick writes, whatever ``WAGTAIL_DATE_FORMAT`` is: ``parse_day`` has to understand it."""


TOMORROW = "+1970/01/02"
"""As the picker counts, by the clock of the browser: it is a day behind Nepal's at times."""


class DayInput(AdminDateInput):
    """Wagtail's date picker, which leaves alone what somebody typed. A typed day may be one of Bikram Sambat.

    Started by a Stimulus controller instead of Wagtail's inline script, so that it is there after the filters were
    replaced, and under a strict Content-Security-Policy. Without scripts it is a plain text field.
    """

    template_name = "django/forms/widgets/text.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"placeholder": "2026-11-21"} | (attrs or {}), format=FORMAT)

    def get_config(self) -> dict[str, Any]:
        # Wagtail's would replace a typed 2083-03-32, which exists, and offer 2083 AD to who typed a year of BS.
        config: dict[str, Any] = super().get_config()
        return config | {"validateOnBlur": False, "maxDate": TOMORROW}

    def build_attrs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        attrs: dict[str, Any] = super().build_attrs(*args, **kwargs)
        return attrs | {
            "data-controller": "khalti-day",
            "data-khalti-day-config-value": json.dumps(self.get_config()),
        }

    @property
    def media(self) -> forms.Media:
        media: forms.Media = super().media
        return media + forms.Media(js=["wagtail_khalti/day_input.js"])
