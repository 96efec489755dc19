"""Blocks that editors place on a page."""

from wagtail_khalti.blocks.checkout import KhaltiCheckoutBlock
from wagtail_khalti.blocks.donation import KhaltiDonationBlock
from wagtail_khalti.blocks.limits import LimitBlock
from wagtail_khalti.blocks.offer import OfferBlock
from wagtail_khalti.blocks.price_list import KhaltiPriceListBlock
from wagtail_khalti.blocks.receipt import KhaltiReceiptBlock
from wagtail_khalti.blocks.thank_you_page import ThankYouPageBlock

__all__ = [
    "KhaltiCheckoutBlock",
    "KhaltiDonationBlock",
    "KhaltiPriceListBlock",
    "KhaltiReceiptBlock",
    "LimitBlock",
    "OfferBlock",
    "ThankYouPageBlock",
]
