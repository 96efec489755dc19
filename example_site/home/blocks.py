"""What an editor of the library can put on a page."""

from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from wagtail_khalti.blocks import KhaltiCheckoutBlock, KhaltiReceiptBlock


class WayBlock(blocks.StructBlock):
    """A few words and the page they lead to."""

    page = blocks.PageChooserBlock()
    text = blocks.CharBlock(max_length=200)

    class Meta:
        icon = "link"
        label = "Way to a page"
        template = "home/blocks/way.html"


class CardBlock(blocks.StructBlock):
    """A gift of a certain size, and what it does."""

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
    cards = blocks.ListBlock(CardBlock(), icon="list-ul", template="home/blocks/tiles.html")
    ways = blocks.ListBlock(WayBlock(), icon="list-ul", template="home/blocks/tiles.html")
    receipt = KhaltiReceiptBlock()
    appeal = SnippetChooserBlock("home.Appeal", template="home/blocks/appeal.html")
