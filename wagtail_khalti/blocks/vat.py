"""The choice of VAT in a block with prices."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from wagtail_khalti.money import Paisa, format_rupees
from wagtail_khalti.pricing import NO_VAT, Vat, VatMode
from wagtail_khalti.public.sites import lowest_vat_rate

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


def at_lowest_rate(vat: Vat) -> Vat:
    """What is added at least: an editor's page may be on any site. Makes a query only if VAT is added."""
    if vat.mode != VatMode.ADDED:
        return NO_VAT
    return vat.at(lowest_vat_rate())


def above_maximum_with_vat(largest: Paisa) -> ValidationError:
    return ValidationError(
        _("With VAT, this comes to more than %(largest)s, the most that this site takes in one payment."),
        params={"largest": format_rupees(largest, get_language())},
    )


def vat_of(value: Any) -> Vat:
    """Of a block's value. The rate is filled in when the offer is opened, so that rendering makes no query."""
    return Vat(mode=VatMode(value.get("vat") or VatMode.NONE))
