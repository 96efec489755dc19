"""What an editor places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
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

from wagtail_khalti.conf import Mode, configuration, is_test_mode
from wagtail_khalti.exceptions import OfferUnavailable
from wagtail_khalti.money import MINIMUM, format_rupees, to_paisa, to_rupees
from wagtail_khalti.public.offers import Terms, sign_offer

ASKS = [("name", _("Name")), ("email", _("E-mail address")), ("phone", _("Mobile number"))]
MOST_AT_ONCE = 1000  # of one thing; more is a slip of the keyboard

below_minimum = MinValueValidator(to_rupees(MINIMUM), message=_("Khalti's minimum is Rs 10."))


class ThankYouPageBlock(blocks.PageChooserBlock):
    """A page chooser whose value is the primary key, so that rendering the page around it makes no query for it."""

    def to_python(self, value: Any) -> Any:
        return value

    def bulk_to_python(self, values: Iterable[Any]) -> list[Any]:
        return list(values)

    def normalize(self, value: Any) -> Any:
        return getattr(value, "pk", value)

    def get_prep_value(self, value: Any) -> Any:
        return getattr(value, "pk", value)

    def value_from_form(self, value: Any) -> Any:
        return getattr(value, "pk", value) or None

    def clean(self, value: Any) -> Any:
        page_id = super().clean(value)
        if page_id and not self.model_class.objects.filter(pk=page_id, live=True).exists():
            raise ValidationError(_("This page is not published, so visitors could not see it."))
        return page_id

    def extract_references(self, value: Any) -> Iterable[tuple[Any, str, str, str]]:
        if value:
            yield self.model_class, str(value), "", ""


class KhaltiCheckoutBlock(blocks.StructBlock):
    """Something that can be bought with Khalti, at a fixed price."""

    heading = blocks.CharBlock(label=_("Heading"), required=False, max_length=255)
    text = blocks.TextBlock(label=_("Text"), required=False)
    item_name = blocks.CharBlock(
        label=_("What is paid for"),
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
        max_value=MOST_AT_ONCE,
        help_text=_("Leave empty where there is only one to buy; then no quantity is asked."),
    )
    ask_for = blocks.MultipleChoiceBlock(
        label=_("Ask the visitor for"), choices=ASKS, required=False, widget=CheckboxSelectMultiple
    )
    thank_you_page = ThankYouPageBlock(
        label=_("Thank-you page"),
        required=False,
        help_text=_("Where visitors go after paying. Leave empty to show them the receipt."),
    )
    button_text = blocks.CharBlock(
        label=_("Text on the button"), required=False, max_length=60, help_text=_("Pay with Khalti")
    )

    class Meta:
        icon = "tag"
        label = _("Khalti checkout")
        label_format = "{item_name} · Rs {amount}"
        description = _("A button with which visitors pay a fixed price with Khalti.")
        help_text = lazy(lambda: _notice_for_editors(), str)()
        template = "wagtail_khalti/blocks/checkout.html"
        preview_template = "wagtail_khalti/blocks/checkout_preview.html"
        form_layout = BlockGroup(
            children=["heading", "text", "item_name", "amount", "max_quantity", "ask_for", "thank_you_page"],
            settings=["button_text"],
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
        if cleaned["amount"] is not None:
            self._refuse_too_much(cleaned["amount"], cleaned["max_quantity"] or 1)
        return cleaned

    def get_context(self, value: Any, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        is_preview = _is_preview(context)
        return context | {
            "checkout_url": "" if is_preview else self._checkout_url(value, context),
            "is_preview": is_preview,
            "is_test": is_test_mode(),
            "price": format_rupees(to_paisa(value["amount"]), get_language()) if value["amount"] else "",
        }

    def terms(self, value: Any) -> Terms:
        """What is sold, and for how much. A site may subclass the block and decide otherwise here.

        Raises ``OfferUnavailable`` where nothing can be bought.
        """
        if not value["amount"] or not value["item_name"]:
            raise OfferUnavailable("The block has no price or no name")
        return Terms(
            name=value["item_name"],
            unit_price=to_paisa(value["amount"]),
            max_quantity=value["max_quantity"] or 1,
            asks=tuple(value["ask_for"] or ()),
            thank_you_page=str(value["thank_you_page"] or ""),
        )

    def _checkout_url(self, value: Any, context: Mapping[str, Any]) -> str:
        try:
            token = sign_offer(self, self.terms(value), value, context=context)
        except OfferUnavailable:
            return ""
        return reverse("wagtail_khalti:checkout", args=[token])

    def _refuse_too_much(self, rupees: Decimal, quantity: int) -> None:
        largest = configuration().max_amount
        if to_paisa(rupees) * quantity > largest:
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


def _is_preview(context: Mapping[str, Any]) -> bool:
    """In a page preview, or in the block picker (whose context holds the definition): nothing can be bought there."""
    return bool(getattr(context.get("request"), "is_preview", False)) or "block_def" in context


def _notice_for_editors() -> str:
    """What an editor has to know before publishing."""
    try:
        merchant = configuration().merchant()
    except ImproperlyConfigured:
        return gettext("Payments are not set up on this site yet: visitors can't pay.")
    if not merchant.secret_key:
        return gettext("No Khalti key is set up on this site yet: visitors can't pay.")
    if merchant.mode != Mode.LIVE:
        return gettext("Test mode: visitors can try to pay, but no money moves.")
    return ""
