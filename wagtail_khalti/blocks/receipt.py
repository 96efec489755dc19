"""A button that leads to the visitor's receipt."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class KhaltiReceiptBlock(blocks.StaticBlock):
    """A button that leads to the visitor's receipt, for example on a thank-you page."""

    class Meta:
        icon = "doc-full-inverse"
        label = _("Khalti receipt")
        description = _("A button that leads visitors to the receipt of their last payment.")
        admin_text = _("A button that leads visitors to the receipt of their last payment.")
        template = "wagtail_khalti/blocks/receipt.html"
        preview_template = "wagtail_khalti/blocks/preview.html"
