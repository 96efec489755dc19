"""Something at a fixed price."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from wagtail_khalti.blocks.offer import OfferBlock
from wagtail_khalti.blocks.rupees import below_minimum, paisa
from wagtail_khalti.blocks.vat import VatBlock, vat_of
from wagtail_khalti.pricing import FixedPrice

MAX_QUANTITY = 1000  # more is a typing error


class KhaltiCheckoutBlock(OfferBlock):
    """Sells something at a fixed price with Khalti."""

    amount = blocks.DecimalBlock(
        label=_("Price in rupees"), max_digits=12, decimal_places=2, validators=[below_minimum]
    )
    max_quantity = blocks.IntegerBlock(
        label=_("Maximum quantity per order"),
        required=False,
        min_value=1,
        max_value=MAX_QUANTITY,
        help_text=_("Leave empty to sell one per order, without a quantity field."),
    )
    vat = VatBlock()

    class Meta:
        label = _("Khalti checkout")
        label_format = "{item_name} · Rs {amount}"
        description = _("A button to pay a fixed price with Khalti.")
        template = "wagtail_khalti/blocks/checkout.html"

    def get_preview_value(self) -> Any:
        return self.normalize(
            {
                "heading": gettext("Become a member"),
                "text": gettext("Your yearly membership keeps the library open."),
                "item_name": gettext("Membership"),
                "amount": Decimal(1500),
            }
        )

    def price(self, value: Any) -> FixedPrice | None:
        if value.get("amount") is None:  # a draft, or a subclass has removed the field
            return None
        return FixedPrice(
            name=value.get("item_name") or "",
            unit_price=paisa(value["amount"]),
            max_quantity=value.get("max_quantity") or 1,
            vat=vat_of(value),
        )
