"""A price list: the payer chooses one option, or a quantity of each."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from wagtail_khalti.blocks.checkout import MAX_QUANTITY
from wagtail_khalti.blocks.offer import OfferBlock
from wagtail_khalti.blocks.rupees import above_maximum, below_minimum, paisa
from wagtail_khalti.blocks.vat import VatBlock, above_maximum_with_vat, at_lowest_rate, vat_of
from wagtail_khalti.conf import max_payment
from wagtail_khalti.database.characters import unsupported_characters_message
from wagtail_khalti.money import MINIMUM, format_rupees
from wagtail_khalti.pricing import Option, Price, PriceList, Vat
from wagtail_khalti.public.block_paths import stable_ids

MAX_OPTIONS = 50
MAX_OF_LIMITED = 10  # units in one order of a limited number, if the editor sets no maximum
ONE, QUANTITIES = "one", "quantities"
MODES = [(ONE, _("One option")), (QUANTITIES, _("A quantity of each option"))]

above_zero = MinValueValidator(Decimal("0.01"), message=_("Enter a price above zero."))


class OptionBlock(blocks.StructBlock):
    """One line of a price list."""

    name = blocks.CharBlock(label=_("Option"), max_length=100, help_text=_("For example “Class 5” or “Adult”."))
    amount = blocks.DecimalBlock(label=_("Price in rupees"), max_digits=12, decimal_places=2, validators=[above_zero])
    max_quantity = blocks.IntegerBlock(
        label=_("Maximum quantity"),
        required=False,
        min_value=1,
        max_value=MAX_QUANTITY,
        help_text=_("Of this option in one order, if visitors enter quantities."),
    )

    class Meta:
        label = _("Option")
        label_format = "{name} · Rs {amount}"


class KhaltiPriceListBlock(OfferBlock):
    """Sells several options with Khalti: one of them, or a quantity of each."""

    options = blocks.ListBlock(OptionBlock(), label=_("Options"), min_num=1, max_num=MAX_OPTIONS)
    mode = blocks.ChoiceBlock(label=_("Visitors choose"), choices=MODES, default=ONE)
    max_quantity = blocks.IntegerBlock(
        label=_("Maximum quantity per order"),
        required=False,
        min_value=1,
        max_value=MAX_QUANTITY,
        help_text=_("Of all options together, if visitors enter quantities."),
    )
    vat = VatBlock()

    class Meta:
        icon = "list-ul"
        label = _("Khalti price list")
        label_format = "{item_name}"
        description = _("Several options with prices, such as classes or tickets, to pay with Khalti.")
        template = "wagtail_khalti/blocks/price_list.html"

    def get_preview_value(self) -> Any:
        options = [(gettext("Adult"), 500), (gettext("Child"), 200)]
        return self.normalize(
            {
                "heading": gettext("Spring concert"),
                "text": gettext("It begins at 5 pm."),
                "item_name": gettext("Concert tickets"),
                "options": [{"name": name, "amount": Decimal(rupees)} for name, rupees in options],
                "mode": QUANTITIES,
            }
        )

    def price(self, value: Any) -> PriceList | None:
        takes_quantities = value.get("mode") == QUANTITIES
        maximum = _maximum(value) if takes_quantities else None
        options = tuple(_options(value.get("options"), maximum or MAX_QUANTITY if takes_quantities else 1))
        if not options:  # a draft, or imported options that can't be told apart
            return None
        return PriceList(
            name=value.get("item_name") or "",
            options=options,
            takes_quantities=takes_quantities,
            max_quantity=maximum,
            vat=vat_of(value),
        )

    def price_errors(self, value: Any, price: Price | None) -> dict[str, ValidationError]:
        wrong = dict(_option_errors(value))
        return {"options": ListBlockValidationError(block_errors=wrong)} if wrong else {}

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        price = context["offer_price"]
        options = price.options if isinstance(price, PriceList) else ()
        context["options"] = [(option.name, format_rupees(option.unit_price, get_language())) for option in options]
        return context


def _maximum(value: Any) -> int | None:
    """Of one order. Where units are few nobody may take all of them at once, by mistake or on purpose."""
    is_limited = (value.get("limit") or {}).get("units") is not None
    maximum: int | None = value.get("max_quantity") or (MAX_OF_LIMITED if is_limited else None)
    return maximum


def _options(items: Any, maximum: int) -> Iterator[Option]:
    """Those that are complete, each with an ID of its own."""
    lines = getattr(items, "bound_blocks", ())
    ids = stable_ids(line.original_id for line in lines)
    named = [(id_ or _id_of(line.value), line.value) for id_, line in zip(ids, lines, strict=True)]
    counts = Counter(id_ for id_, _value in named)
    for id_, value in named:
        if counts[id_] == 1 and value.get("name") and value.get("amount") is not None:
            yield Option(
                id=id_,
                name=value["name"],
                unit_price=paisa(value["amount"]),
                max_quantity=min(value.get("max_quantity") or maximum, maximum),
            )


def _id_of(value: Any) -> str:
    """For lines that scripts or imports have left without an ID of their own: its name, which the payer reads."""
    return hashlib.sha256(str(value.get("name")).encode(errors="replace")).hexdigest()[:16]


def _option_errors(value: Any) -> Iterator[tuple[int, ValidationError]]:
    names: set[str] = set()
    added = at_lowest_rate(vat_of(value))
    for index, option in enumerate(value.get("options") or ()):
        name = (option.get("name") or "").strip().casefold()
        if name and name in names:
            yield index, StructBlockValidationError({"name": ValidationError(_("This option is listed twice."))})
        elif message := unsupported_characters_message(name):
            yield index, StructBlockValidationError({"name": ValidationError(message)})
        elif option.get("amount") is not None and (error := _amount_error(value, option, added)):
            yield index, StructBlockValidationError({"amount": error})
        names.add(name)


def _amount_error(value: Any, option: Any, added: Vat) -> ValidationError | None:
    amount = paisa(option["amount"])
    if amount > max_payment():
        return above_maximum(max_payment())
    if added.total(amount) > max_payment():
        return above_maximum_with_vat(max_payment())
    is_alone = value.get("mode") != QUANTITIES
    return ValidationError(below_minimum.message) if is_alone and amount < MINIMUM else None
