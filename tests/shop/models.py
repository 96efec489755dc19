"""Pages, a snippet and an order, as a site that uses the package has them."""

import uuid

from django.conf import settings
from django.db import models
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import DraftStateMixin, Page, PreviewableMixin, RevisionMixin
from wagtail.snippets.blocks import SnippetChooserBlock
from wagtail.snippets.models import register_snippet

from wagtail_khalti.blocks import KhaltiCheckoutBlock, KhaltiDonationBlock, KhaltiPriceListBlock
from wagtail_khalti.payables import KhaltiPayments, PayableModel, PaymentDetails, register_payable


class CardBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False)
    picture = ImageChooserBlock(required=False)
    checkout = KhaltiCheckoutBlock()

    class Meta:
        template = "shop/card.html"


class ColumnBlock(blocks.StreamBlock):
    card = CardBlock()
    checkout = KhaltiCheckoutBlock()


@register_snippet
class Teaser(PreviewableMixin, DraftStateMixin, RevisionMixin, models.Model):
    name = models.CharField(max_length=100)
    body = StreamField([("checkout", KhaltiCheckoutBlock())], blank=True)

    panels = [FieldPanel("name"), FieldPanel("body")]

    def __str__(self) -> str:
        return self.name

    def get_preview_template(self, request, mode_name):
        return "shop/teaser.html"


class BodyBlock(blocks.StreamBlock):
    paragraph = blocks.TextBlock()
    picture = ImageChooserBlock()
    checkout = KhaltiCheckoutBlock()
    donation = KhaltiDonationBlock()
    price_list = KhaltiPriceListBlock()
    card = CardBlock()
    cards = blocks.ListBlock(CardBlock())
    columns = blocks.ListBlock(ColumnBlock())
    teaser = SnippetChooserBlock(Teaser)


class ShopPage(Page):
    intro = models.CharField(max_length=200, blank=True)
    body = StreamField(BodyBlock(), blank=True)
    sidebar = StreamField(BodyBlock(), blank=True)
    teaser = models.ForeignKey(Teaser, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    content_panels = [*Page.content_panels, "intro", "body", "sidebar", "teaser"]
    api_fields = [APIField("body"), APIField("sidebar")]
    template = "shop/shop_page.html"


class Order(models.Model):
    """What a payment can be for."""

    note = models.CharField(max_length=100, blank=True)
    times_paid = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.note


class Ticket(models.Model):
    """What a payment can be for, with a key that is known before it is saved."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    payments = KhaltiPayments()

    def __str__(self) -> str:
        return str(self.pk)


@register_payable
class Invoice(PayableModel):
    """What programs can pay: its owner, or anybody if it has none."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    amount = models.BigIntegerField(default=150_000)

    def __str__(self) -> str:
        return f"Invoice {self.pk}"

    def get_payment_details(self):
        return PaymentDetails(amount=self.amount, purpose=str(self), user=self.owner)

    def can_be_paid_by(self, user) -> bool:
        return self.owner_id is None or user.pk == self.owner_id
