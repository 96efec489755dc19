"""Radio buttons that tell the script of the checkout page what each of them costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms


class PricedRadioSelect(forms.RadioSelect):
    """``prices``: paisa by the value of the button; a button without a price has none."""

    def __init__(self, *, prices: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.prices = prices

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if value in self.prices:
            option["attrs"]["data-unit-price"] = self.prices[value]
        return option
