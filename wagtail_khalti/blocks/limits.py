"""How many units of an offer there are, and when they are on sale, as an editor enters it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from wagtail_khalti.pricing import Limit

MAX_UNITS = 1_000_000  # more is a typing error


class LimitBlock(blocks.StructBlock):
    """The limits of an offer. Everything is optional."""

    units = blocks.IntegerBlock(
        label=_("Number of units"),
        required=False,
        validators=[
            MinValueValidator(1, message=_("Enter a number of at least 1, or leave this empty.")),
            MaxValueValidator(MAX_UNITS),
        ],
        help_text=_("How many can be sold in total. Leave empty if there is no limit."),
    )
    shows_available = blocks.BooleanBlock(
        label=_("Show how many are left"),
        required=False,
        help_text=_("Otherwise visitors see it at checkout only, when few are left."),
    )
    sale_from = blocks.DateTimeBlock(label=_("On sale from"), required=False)
    sale_until = blocks.DateTimeBlock(label=_("On sale until"), required=False)
    sold_out_text = blocks.CharBlock(
        label=_("Sold-out text"),
        required=False,
        default="",
        max_length=255,
        help_text=_("Shown in place of the button. If empty: “Sold out”."),
    )

    class Meta:
        icon = "lock"
        collapsed = True

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        begins, ends = cleaned.get("sale_from"), cleaned.get("sale_until")
        if begins and ends and ends <= begins:
            error = ValidationError(_("The sale must end after it begins."))
            raise StructBlockValidationError({"sale_until": error})
        return cleaned


def limit_of(value: Mapping[str, Any] | None) -> Limit:
    """The limit in the block's fields. No limit if a subclass has removed them.

    Raises ``ValueError`` for a number of units that code has stored and that is none.
    """
    given = value or {}
    units = given.get("units")
    return Limit(
        units=None if units in (None, "") else int(units),
        sale_from=given.get("sale_from"),
        sale_until=given.get("sale_until"),
        sold_out_text=given.get("sold_out_text") or "",
        shows_available=bool(given.get("shows_available")),
    )
