"""Blocks for the pages of the library."""

from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from wagtail_khalti.blocks import KhaltiCheckoutBlock, KhaltiDonationBlock, KhaltiPriceListBlock, KhaltiReceiptBlock


class PageLinkBlock(blocks.StructBlock):
    """A link to a page, with a short text."""

    page = blocks.PageChooserBlock()
    text = blocks.CharBlock(max_length=200)

    class Meta:
        icon = "link"
        label = "Link to a page"
        template = "home/blocks/link.html"


class CardBlock(blocks.StructBlock):
    """A gift of a fixed amount, and what it pays for."""

    title = blocks.CharBlock(max_length=100)
    text = blocks.TextBlock(required=False)
    checkout = KhaltiCheckoutBlock()

    class Meta:
        icon = "form"
        template = "home/blocks/card.html"


class BodyBlock(blocks.StreamBlock):
    heading = blocks.CharBlock(icon="title", template="home/blocks/heading.html")
    paragraph = blocks.RichTextBlock(features=["bold", "italic", "link", "ol", "ul"])
    checkout = KhaltiCheckoutBlock()
    donation = KhaltiDonationBlock()
    price_list = KhaltiPriceListBlock()
    cards = blocks.ListBlock(CardBlock(), icon="list-ul", template="home/blocks/tiles.html")
    links = blocks.ListBlock(PageLinkBlock(), icon="list-ul", template="home/blocks/tiles.html")
    receipt = KhaltiReceiptBlock()
    appeal = SnippetChooserBlock("home.Appeal", template="home/blocks/appeal.html")
