"""A page type of that site."""

from wagtail.fields import StreamField
from wagtail.test.basepage.models import BasePage

from wagtail_khalti.blocks import KhaltiCheckoutBlock


class SalePage(BasePage):
    body = StreamField([("checkout", KhaltiCheckoutBlock())], blank=True)
    template = "custom_page/sale_page.html"
