"""The choice of VAT in a block with prices."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from wagtail_khalti.pricing import Vat, VatMode

CHOICES = [
    (VatMode.NONE.value, _("No VAT")),
    (VatMode.INCLUDED.value, _("Included in the price")),
    (VatMode.ADDED.value, _("Added to the price")),
]


class VatBlock(blocks.ChoiceBlock):
    """The rate is in the settings of the site."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("choices", CHOICES)
        kwargs.setdefault("required", False)
        kwargs.setdefault("default", VatMode.NONE.value)
        kwargs.setdefault("label", _("VAT"))
        kwargs.setdefault("help_text", _("The rate is in the Khalti settings of the site."))
        super().__init__(**kwargs)


def vat_of(value: Any) -> Vat:
    """Of a block's value. The rate is filled in when the offer is opened, so that rendering makes no query."""
    return Vat(mode=VatMode(value.get("vat") or VatMode.NONE))
