"""What an editor places."""

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
from wagtail_khalti.database.characters import why_not_kept
from wagtail_khalti.exceptions import OfferUnavailable
from wagtail_khalti.money import MINIMUM, format_rupees, to_paisa, to_rupees
from wagtail_khalti.pricing import FixedPrice
from wagtail_khalti.public.offers import Terms, sign_offer
from wagtail_khalti.public.sites import is_test_site

ASKS = [("name", _("Name")), ("email", _("E-mail address")), ("phone", _("Mobile number"))]
RARE = ("button_text",)
MAX_QUANTITY = 1000  # of one thing; more is a slip of the keyboard

below_minimum = MinValueValidator(to_rupees(MINIMUM), message=_("Khalti's minimum is Rs 10."))


class ThankYouPageBlock(blocks.PageChooserBlock):
    """A page chooser that reads the page when it is needed: rendering the page around it makes no query for it."""

    def to_python(self, value: Any) -> Any:
        return value and self._unread(value)

    def bulk_to_python(self, values: Iterable[Any]) -> list[Any]:
        return [self.to_python(value) for value in values]

    def clean(self, value: Any) -> Any:
        page = super().clean(value)
        if page and not self.is_deferred_validation and not page.live:
            raise ValidationError(_("This page is not published, so visitors could not see it."))
        return page

    def _unread(self, pk: Any) -> Any:
        return self.model_class.from_db(None, [self.model_class._meta.pk.attname], [pk])


class KhaltiCheckoutBlock(blocks.StructBlock):
    """Something that can be bought with Khalti, at a fixed price.

    Text that code leaves out is empty, as it is where an editor does: translation tools take no ``None``.
    """

    heading = blocks.CharBlock(label=_("Heading"), required=False, default="", max_length=255)
    text = blocks.TextBlock(label=_("Text"), required=False, default="")
    item_name = blocks.CharBlock(
        label=_("What is paid for"),
        default="",
        max_length=255,
        help_text=_("The payer reads this at Khalti and on the receipt, such as “Membership 2026”."),
    )
    amount = blocks.DecimalBlock(
        label=_("Price in rupees"), max_digits=12, decimal_places=2, validators=[below_minimum]
    )
    max_quantity = blocks.IntegerBlock(
        label=_("Most that can be bought at once"),
        required=False,
        min_value=1,
        max_value=MAX_QUANTITY,
        help_text=_("Leave empty where there is only one to buy; then no quantity is asked."),
    )
    ask_for = blocks.MultipleChoiceBlock(
        label=_("Ask the visitor for"), choices=ASKS, required=False, widget=CheckboxSelectMultiple
    )
    thank_you_page = ThankYouPageBlock(
        label=_("Thank-you page"),
        required=False,
        help_text=_("After paying, visitors see their receipt, with a button to this page."),
    )
    button_text = blocks.CharBlock(
        label=_("Text on the button"), required=False, default="", max_length=60, help_text=_("Pay with Khalti")
    )

    class Meta:
        icon = "tag"
        label = _("Khalti checkout")
        label_format = "{item_name} · Rs {amount}"
        description = _("A button with which visitors pay a fixed price with Khalti.")
        help_text = lazy(lambda: _notice_for_editors(), str)()
        template = "wagtail_khalti/blocks/checkout.html"
        preview_template = "wagtail_khalti/blocks/checkout_preview.html"

    def get_form_layout(self) -> BlockGroup:
        """What is rarely set is behind the cog; whatever a subclass adds or drops, the rest stays in its order."""
        return BlockGroup(
            children=[name for name in self.child_blocks if name not in RARE],
            settings=[name for name in self.child_blocks if name in RARE],
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
        if words := why_not_kept(cleaned.get("item_name") or ""):
            raise StructBlockValidationError({"item_name": ValidationError(words)})
        if cleaned.get("amount") is not None:
            self._refuse_too_much(_price(cleaned))
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
        """What is sold, and for how much. A site may subclass the block and decide otherwise here.

        Raises ``OfferUnavailable`` where nothing can be bought.
        """
        if not value.get("item_name") or value.get("amount") is None:  # a subclass may have dropped the field
            raise OfferUnavailable("The block has no price, or does not say what is paid for")
        try:
            price = _price(value)
        except (ValueError, InvalidOperation) as error:
            raise OfferUnavailable("The price is not a whole number of paisa") from error
        return Terms(
            name=price.name,
            unit_price=price.unit_price,
            max_quantity=price.max_quantity,
            asks=tuple(value.get("ask_for") or ()),
            thank_you_page=str(getattr(value.get("thank_you_page"), "pk", "")),
        )

    def _refuse_too_much(self, price: FixedPrice) -> None:
        largest = max_payment()
        if price.max_total > largest:
            raise StructBlockValidationError(
                {
                    "amount": ValidationError(
                        _(
                            "This site takes at most %(largest)s in one payment, and the price times the most that can "
                            "be bought at once is more."
                        ),
                        params={"largest": format_rupees(largest, get_language())},
                    )
                }
            )


class KhaltiReceiptBlock(blocks.StaticBlock):
    """A link to the receipt of whoever looks at the page, such as for a thank-you page."""

    class Meta:
        icon = "doc-full-inverse"
        label = _("Khalti receipt")
        description = _("A button that leads visitors back to the receipt of their last payment.")
        admin_text = _("A button that leads visitors back to the receipt of their last payment.")
        template = "wagtail_khalti/blocks/receipt.html"
        preview_template = "wagtail_khalti/blocks/checkout_preview.html"


def _price(value: Any) -> FixedPrice:
    """As the block's fields say it. Raises ``ValueError`` or ``InvalidOperation`` for an amount that can't be paid."""
    return FixedPrice(
        name=value.get("item_name") or "",
        unit_price=to_paisa(Decimal(str(value["amount"]))),  # code may give a number or a text
        max_quantity=value.get("max_quantity") or 1,
    )


def _checkout_url(token: str) -> str:
    return reverse("wagtail_khalti:checkout", args=[token])


def _is_preview(context: Mapping[str, Any]) -> bool:
    """In a page preview, or in the block picker (whose context holds the definition): nothing can be bought there."""
    return bool(getattr(context.get("request"), "is_preview", False)) or "block_def" in context


def _is_test(context: Mapping[str, Any]) -> bool:
    """Whether no money moves. Only where that depends on the site, the database is asked."""
    everywhere = is_test_everywhere()
    return is_test_site(Site.find_for_request(context.get("request"))) if everywhere is None else everywhere


def _notice_for_editors() -> str:
    """What an editor has to know before publishing, as far as it is the same for all accounts."""
    try:
        merchants = configuration().merchants.values()
    except ImproperlyConfigured:
        return gettext("Payments are not set up on this site yet: visitors can't pay.")
    if not any(merchant.secret_key for merchant in merchants):
        return gettext("No Khalti key is set up on this site yet: visitors can't pay.")
    if is_test_everywhere():
        return gettext("Test mode: visitors can try to pay, but no money moves.")
    return ""
