"""A donation: the payer chooses the amount."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError

from wagtail_khalti.blocks.donor_questions import donor_questions
from wagtail_khalti.blocks.offer import OfferBlock
from wagtail_khalti.blocks.rupees import above_maximum, below_minimum, paisa
from wagtail_khalti.conf import max_payment
from wagtail_khalti.money import MINIMUM, Paisa, format_rupees, to_rupees
from wagtail_khalti.pricing import ChosenAmount, Price
from wagtail_khalti.questions import Question

MAX_PRESETS = 8  # more don't fit on a phone


def _rupees(**kwargs: Any) -> blocks.DecimalBlock:
    return blocks.DecimalBlock(max_digits=12, decimal_places=2, validators=[below_minimum], **kwargs)


class KhaltiDonationBlock(OfferBlock):
    """Takes donations with Khalti: suggested amounts as buttons, and an amount of the payer's own."""

    presets = blocks.ListBlock(
        _rupees(label=_("Amount in rupees")),
        label=_("Suggested amounts"),
        max_num=MAX_PRESETS,
        default=[],
        help_text=_("Each is a button on the page."),
    )
    accepts_other = blocks.BooleanBlock(
        label=_("Accept other amounts"),
        required=False,
        default=True,
        help_text=_("The visitor can enter an amount of their own."),
    )
    minimum = _rupees(
        label=_("Minimum in rupees"), required=False, help_text=_("Of other amounts. Khalti's minimum is Rs 10.")
    )
    maximum = _rupees(label=_("Maximum in rupees"), required=False, help_text=_("Of other amounts."))
    asks_message = blocks.BooleanBlock(
        label=_("Ask for a message"), required=False, help_text=_("The donor may leave a message for you.")
    )
    offers_anonymity = blocks.BooleanBlock(
        label=_("Offer anonymity"),
        required=False,
        help_text=_("The donor may ask not to be named in public. You see the name all the same."),
    )

    class Meta:
        icon = "pick"
        label = _("Khalti donation")
        label_format = "{item_name}"
        description = _("Donations with Khalti: suggested amounts, or any amount.")
        template = "wagtail_khalti/blocks/donation.html"

    def get_preview_value(self) -> Any:
        return self.normalize(
            {
                "heading": gettext("Help us build the school"),
                "text": gettext("Every rupee pays for bricks and books."),
                "item_name": gettext("Donation"),
                "presets": [Decimal(500), Decimal(1000), Decimal(5000)],
                "accepts_other": True,
            }
        )

    def price(self, value: Any) -> ChosenAmount | None:
        presets = tuple(paisa(amount) for amount in value.get("presets") or () if amount is not None)
        accepts_other = bool(value.get("accepts_other", True))
        if not presets and not accepts_other:
            return None
        return ChosenAmount(
            name=value.get("item_name") or "",
            presets=tuple(dict.fromkeys(presets)),
            minimum=_limit(value, "minimum") or MINIMUM,
            maximum=_limit(value, "maximum"),
            accepts_other=accepts_other,
        )

    def price_errors(self, value: Any, price: Price | None) -> dict[str, ValidationError]:
        if price is None:
            error = ValidationError(_("Enter an amount, or accept other amounts."))
            return (
                {} if self.is_deferred_validation else {"presets": ListBlockValidationError(non_block_errors=[error])}
            )
        minimum, maximum = _limit(value, "minimum"), _limit(value, "maximum")
        limits = {name: limit for name, limit in (("minimum", minimum), ("maximum", maximum)) if limit}
        errors = {name: above_maximum(max_payment()) for name, limit in limits.items() if limit > max_payment()}
        if minimum and maximum and minimum > maximum and "maximum" not in errors:
            errors["maximum"] = ValidationError(_("The maximum is below the minimum."))
        if not errors and (wrong := dict(self._preset_errors(value, price))):
            errors["presets"] = ListBlockValidationError(block_errors=wrong)
        return errors

    def get_context(self, value: Any, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        price = context["offer_price"]
        presets = price.presets if isinstance(price, ChosenAmount) else ()
        url = context["checkout_url"]
        context["presets"] = [(format_rupees(amount, get_language()), _preset_url(url, amount)) for amount in presets]
        context["has_button"] = not presets or price.accepts_other
        if presets:
            context["button_label"] = gettext("Other amount")
        return context

    def own_questions(self, value: Any) -> tuple[Question, ...]:
        return donor_questions(value)

    def _preset_errors(self, value: Any, price: Price) -> Iterator[tuple[int, ValidationError]]:
        seen: set[Paisa] = set()
        for index, rupees in enumerate(value.get("presets") or ()):
            if rupees is None:  # a draft
                continue
            amount = paisa(rupees)
            if amount in seen:
                yield index, ValidationError(_("This amount is listed twice."))
            elif amount > max_payment():
                yield index, above_maximum(max_payment())
            elif isinstance(price, ChosenAmount) and price.accepts_other and not price.is_within_limits(amount):
                yield index, ValidationError(_("This amount is not between the minimum and the maximum below."))
            seen.add(amount)


def _limit(value: Any, name: str) -> Paisa | None:
    rupees = value.get(name)
    return None if rupees is None else paisa(rupees)


def _preset_url(checkout_url: str, amount: Paisa) -> str:
    """Preselects the amount. The checkout page checks it again."""
    rupees = f"{to_rupees(amount)}".removesuffix(".00")
    return f"{checkout_url}?amount={rupees}" if checkout_url else ""
