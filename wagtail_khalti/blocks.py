"""Blocks that editors place on a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import MinValueValidator
from django.forms import CheckboxSelectMultiple
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup, StructBlockValidationError
from wagtail.models import Site

from wagtail_khalti.conf import configuration, is_test_everywhere, max_payment
from wagtail_khalti.database.characters import unsupported_characters_message
from wagtail_khalti.exceptions import OfferUnavailable
from wagtail_khalti.money import MINIMUM, format_rupees, to_paisa, to_rupees
from wagtail_khalti.pricing import FixedPrice
from wagtail_khalti.public.offers import Terms, sign_offer
from wagtail_khalti.public.sites import is_test_site

FIELD_CHOICES = [("name", _("Name")), ("email", _("E-mail address")), ("phone", _("Mobile number"))]
SETTINGS_FIELDS = ("button_text",)  # behind the block's settings cog
MAX_QUANTITY = 1000  # more is a typing error

below_minimum = MinValueValidator(to_rupees(MINIMUM), message=_("Khalti's minimum is Rs 10."))


class ThankYouPageBlock(blocks.PageChooserBlock):
    """A page chooser that loads the page on first use, so that rendering the block makes no query."""

    def to_python(self, value: Any) -> Any:
        return value and self._deferred_page(value)

    def bulk_to_python(self, values: Iterable[Any]) -> list[Any]:
        return [self.to_python(value) for value in values]

    def clean(self, value: Any) -> Any:
        page = super().clean(value)
        if page and not self.is_deferred_validation and not page.live:
            raise ValidationError(_("This page is not published, so visitors could not see it."))
        return page

    def _deferred_page(self, pk: Any) -> Any:
        return self.model_class.from_db(None, [self.model_class._meta.pk.attname], [pk])


class KhaltiCheckoutBlock(blocks.StructBlock):
    """Sells something at a fixed price with Khalti.

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
    fields = blocks.MultipleChoiceBlock(
        label=_("Fields"),
        choices=FIELD_CHOICES,
        required=False,
        widget=CheckboxSelectMultiple,
        help_text=_("What the visitor has to enter before paying."),
    )
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
        label = _("Khalti checkout")
        label_format = "{item_name} · Rs {amount}"
        description = _("A button to pay a fixed price with Khalti.")
        help_text = lazy(lambda: _notice_for_editors(), str)()
        template = "wagtail_khalti/blocks/checkout.html"
        preview_template = "wagtail_khalti/blocks/checkout_preview.html"

    def get_form_layout(self) -> BlockGroup:
        """Keeps the order of the fields, whatever a subclass adds or removes."""
        return BlockGroup(
            children=[name for name in self.child_blocks if name not in SETTINGS_FIELDS],
            settings=[name for name in self.child_blocks if name in SETTINGS_FIELDS],
        )

    def get_preview_value(self) -> Any:
        return self.normalize(
            {
                "heading": gettext("Become a member"),
                "text": gettext("Your yearly membership keeps the library open."),
                "item_name": gettext("Membership"),
                "amount": Decimal(1500),
            }
        )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if message := unsupported_characters_message(cleaned.get("item_name") or ""):
            raise StructBlockValidationError({"item_name": ValidationError(message)})
        if cleaned.get("amount") is not None:
            self._check_maximum(_price(cleaned))
        return cleaned

    def get_context(self, value: Any, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        is_preview = _is_preview(context)
        context |= {"checkout_url": "", "is_preview": is_preview, "is_test": _is_test(context), "price": ""}
        with suppress(OfferUnavailable):
            terms = self.terms(value)
            context["price"] = format_rupees(terms.price.unit_price, get_language())
            if not is_preview:
                context["checkout_url"] = _checkout_url(sign_offer(self, terms, value, context=context))
        return context

    def terms(self, value: Any) -> Terms:
        """What is sold, and for how much. A site can subclass the block and override this.

        Raises ``OfferUnavailable`` if nothing can be bought.
        """
        if not value.get("item_name") or value.get("amount") is None:  # a subclass may have removed the field
            raise OfferUnavailable("The block has no price or no description")
        try:
            price = _price(value)
        except (ValueError, InvalidOperation) as error:
            raise OfferUnavailable("The price is not a whole number of paisa") from error
        return Terms(
            name=price.name,
            unit_price=price.unit_price,
            max_quantity=price.max_quantity,
            fields=tuple(value.get("fields") or ()),
            thank_you_page=str(getattr(value.get("thank_you_page"), "pk", "")),
        )

    def _check_maximum(self, price: FixedPrice) -> None:
        largest = max_payment()
        if price.max_total > largest:
            raise StructBlockValidationError(
                {
                    "amount": ValidationError(
                        _(
                            "This site takes at most %(largest)s in one payment, and the price times the maximum "
                            "quantity is more."
                        ),
                        params={"largest": format_rupees(largest, get_language())},
                    )
                }
            )


class KhaltiReceiptBlock(blocks.StaticBlock):
    """A button that leads to the visitor's receipt, for example on a thank-you page."""

    class Meta:
        icon = "doc-full-inverse"
        label = _("Khalti receipt")
        description = _("A button that leads visitors to the receipt of their last payment.")
        admin_text = _("A button that leads visitors to the receipt of their last payment.")
        template = "wagtail_khalti/blocks/receipt.html"
        preview_template = "wagtail_khalti/blocks/checkout_preview.html"


def _price(value: Any) -> FixedPrice:
    """The price in the block's fields. Raises ``ValueError`` or ``InvalidOperation`` for an invalid amount."""
    return FixedPrice(
        name=value.get("item_name") or "",
        unit_price=to_paisa(Decimal(str(value["amount"]))),  # code may set a number or a string
        max_quantity=value.get("max_quantity") or 1,
    )


def _checkout_url(token: str) -> str:
    return reverse("wagtail_khalti:checkout", args=[token])


def _is_preview(context: Mapping[str, Any]) -> bool:
    """Whether it is rendered in a page preview or in the block picker, where nothing can be bought."""
    return bool(getattr(context.get("request"), "is_preview", False)) or "block_def" in context


def _is_test(context: Mapping[str, Any]) -> bool:
    """Whether payments move no money. Makes a query only if that depends on the site."""
    everywhere = is_test_everywhere()
    return is_test_site(Site.find_for_request(context.get("request"))) if everywhere is None else everywhere


def _notice_for_editors() -> str:
    """What an editor should know before publishing, if it is the same for all Khalti accounts."""
    try:
        merchants = configuration().merchants.values()
    except ImproperlyConfigured:
        return gettext("Payments are not set up on this site yet: visitors can't pay.")
    if not any(merchant.secret_key for merchant in merchants):
        return gettext("No Khalti key is set up on this site yet: visitors can't pay.")
    if is_test_everywhere():
        return gettext("Test mode: visitors can try to pay, but no money moves.")
    return ""
