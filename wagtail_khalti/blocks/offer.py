"""What all blocks that sell something have in common."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from decimal import InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import CheckboxSelectMultiple
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup, StructBlockValidationError

from wagtail_khalti.blocks.limits import LimitBlock, limit_of
from wagtail_khalti.blocks.notices import notice_for_editors
from wagtail_khalti.blocks.questions import QuestionsBlock, questions_in
from wagtail_khalti.blocks.thank_you_page import ThankYouPageBlock
from wagtail_khalti.blocks.vat import above_maximum_with_vat, at_lowest_rate
from wagtail_khalti.conf import max_payment
from wagtail_khalti.database.characters import unsupported_characters_message
from wagtail_khalti.exceptions import OfferUnavailable
from wagtail_khalti.money import format_rupees
from wagtail_khalti.pricing import Price
from wagtail_khalti.public.availability import ShownAvailability, shown_on_page
from wagtail_khalti.public.headless.representation import offer_for_api
from wagtail_khalti.public.offers import checkout_path, is_in_preview, owner_of, sign_offer
from wagtail_khalti.public.sites import is_test_block
from wagtail_khalti.public.terms import Terms
from wagtail_khalti.questions import Question

FIELD_CHOICES = [("name", _("Name")), ("email", _("E-mail address")), ("phone", _("Mobile number"))]
FIRST_FIELDS = ("heading", "text", "item_name")
SETTINGS_FIELDS = ("button_text",)  # behind the block's settings cog


class OfferBlock(blocks.StructBlock):
    """Sells something with Khalti. A subclass adds the fields of its kind of price, and implements ``price()``.

    Texts that code leaves out are empty strings, since translation tools don't accept ``None``.
    """

    heading = blocks.CharBlock(label=_("Heading"), required=False, default="", max_length=255)
    text = blocks.TextBlock(label=_("Text"), required=False, default="")
    item_name = blocks.CharBlock(
        label=_("Description"),
        default="",
        max_length=255,
        help_text=_("Shown at Khalti and on the receipt, for example “Membership 2026”."),
    )
    fields = blocks.MultipleChoiceBlock(
        label=_("Required fields"),
        choices=FIELD_CHOICES,
        required=False,
        widget=CheckboxSelectMultiple,
        help_text=_("What the visitor has to enter before paying."),
    )
    optional_fields = blocks.MultipleChoiceBlock(
        label=_("Optional fields"),
        choices=FIELD_CHOICES,
        required=False,
        widget=CheckboxSelectMultiple,
        help_text=_("What the visitor may enter, or leave empty."),
    )
    questions = QuestionsBlock(
        label=_("Your own fields"),
        required=False,
        help_text=_("What else the visitor is asked, in this order. The answers are stored with the payment."),
    )
    limit = LimitBlock(label=_("Limits"))
    thank_you_page = ThankYouPageBlock(
        label=_("Thank-you page"),
        required=False,
        help_text=_("After paying, visitors see their receipt, with a button to this page."),
    )
    button_text = blocks.CharBlock(
        label=_("Button text"), required=False, default="", max_length=60, help_text=_("Pay with Khalti")
    )

    class Meta:
        icon = "tag"
        help_text = notice_for_editors()
        preview_template = "wagtail_khalti/blocks/preview.html"

    def price(self, value: Any) -> Price | None:
        """The price in the block's fields; None if they are incomplete.

        Raises ``ValueError`` or ``InvalidOperation`` for an invalid amount, which code may have stored.
        """
        raise NotImplementedError

    def get_form_layout(self) -> BlockGroup:
        """The fields of the price follow the description, whatever a subclass adds or removes."""
        common = OfferBlock.base_blocks
        own = [name for name in self.child_blocks if name not in common]
        first = [name for name in FIRST_FIELDS if name in self.child_blocks]
        rest = [name for name in common if name in self.child_blocks and name not in FIRST_FIELDS]
        return BlockGroup(
            children=[name for name in (*first, *own, *rest) if name not in SETTINGS_FIELDS],
            settings=[name for name in rest if name in SETTINGS_FIELDS],
        )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if message := unsupported_characters_message(cleaned.get("item_name") or ""):
            raise StructBlockValidationError({"item_name": ValidationError(message)})
        if set(cleaned.get("fields") or ()) & set(cleaned.get("optional_fields") or ()):
            error = ValidationError(_("A field is either required or optional."))
            raise StructBlockValidationError({"optional_fields": error})
        if errors := self.price_errors(cleaned, self.price(cleaned)):
            raise StructBlockValidationError(errors)
        return cleaned

    def price_errors(self, value: Any, price: Price | None) -> dict[str, ValidationError]:
        """What is wrong with the price, in words for the editor, by field. A draft may be incomplete."""
        largest = max_payment()
        if price is None or price.max_total is None:
            return {}
        if price.max_total > largest:
            message = _(
                "This site takes at most %(largest)s in one payment, and the price times the maximum quantity is more."
            )
            return {"amount": ValidationError(message, params={"largest": format_rupees(largest, get_language())})}
        is_more = price.vat.needs_rate and at_lowest_rate(price.vat).total(price.max_total) > largest
        return {"amount": above_maximum_with_vat(largest)} if is_more else {}

    def get_context(self, value: Any, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        is_preview = is_in_preview(context)
        is_test = is_test_block(context.get("request"), lambda: owner_of(value, block=self, context=context))
        context |= {"checkout_url": "", "is_preview": is_preview, "is_test": is_test, "price": ""}
        context |= {"offer_price": None, "button_label": gettext("Pay with Khalti")}
        context["availability"] = ShownAvailability()
        with suppress(OfferUnavailable):
            terms = self.terms(value)
            context |= {"offer_price": terms.price, "price": terms.price.label}
            if not is_preview:
                token = sign_offer(self, terms, value, context=context)
                context["availability"] = shown_on_page(self, terms.limit, value, context=context)
                context["checkout_url"] = "" if context["availability"].closed else checkout_path(token)
        return context

    def terms(self, value: Any) -> Terms:
        """What is sold, and for how much. A site can subclass the block and override this.

        Raises ``OfferUnavailable`` if nothing can be bought.
        """
        try:
            price, limit = self.price(value), limit_of(value.get("limit"))
        except (ValueError, InvalidOperation) as error:
            raise OfferUnavailable("The price is not a whole number of paisa, or the units are no number") from error
        if price is None or not price.name:
            raise OfferUnavailable("The block has no price or no description")
        return Terms(
            price=price,
            fields=tuple(value.get("fields") or ()),
            optional_fields=tuple(value.get("optional_fields") or ()),
            thank_you_page=str(getattr(value.get("thank_you_page"), "pk", "")),
            questions=(*self.own_questions(value), *questions_in(value.get("questions"))),
            limit=limit,
        )

    def own_questions(self, value: Any) -> tuple[Question, ...]:
        """What this kind of block asks, before the editor's own fields."""
        return ()

    def get_api_representation(self, value: Any, context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The fields, and as ``offer`` what is sold, for a front end: amounts in paisa, and where it is paid."""
        fields: dict[str, Any] = super().get_api_representation(value, context=context)
        return {**fields, "offer": offer_for_api(self, value, context=context or {})}
