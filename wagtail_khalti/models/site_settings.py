"""What the people of one site choose for themselves; keys stay in the environment."""

from __future__ import annotations

import swapper
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseSiteSetting
from wagtail.models import Site

from wagtail_khalti.database.primary import OnPrimary

swapper.set_app_prefix("wagtailcore", "wagtail")

DEFAULT_HOSTNAME = "localhost"  # of the site that Wagtail makes by itself


class KhaltiSettings(OnPrimary, BaseSiteSetting):
    """Of one Wagtail site. A payment keeps the merchant that took it, whatever is chosen later."""

    merchant = models.CharField(
        _("Khalti account"),
        max_length=64,
        blank=True,
        help_text=_("Which of the accounts that the site's developers set up takes the payments of this site."),
    )
    """A name of ``WAGTAIL_KHALTI["MERCHANTS"]``; empty for the default one."""

    thank_you_page = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"),
        verbose_name=_("page after a payment"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("After paying, visitors see their receipt, with a button to this page. A block may name another."),
    )
    return_page = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"),
        verbose_name=_("page to go back to"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Where “Back” leads for a payment that began on no page, or on one that is gone."),
    )
    checkout_message = models.TextField(
        _("text on the checkout page"),
        blank=True,
        max_length=1000,
        help_text=_("Shown above the button, such as your terms. Plain text."),
    )
    contact = models.CharField(
        _("contact"),
        max_length=200,
        blank=True,
        help_text=_("Whom visitors can ask about a payment: an e-mail address, a phone number or a web address."),
    )
    sends_receipts = models.BooleanField(
        _("send receipts"),
        default=False,
        help_text=_("E-mail a receipt as soon as a payment is complete, where the visitor gave an e-mail address."),
    )
    receipt_text = models.TextField(
        _("text on the receipt"),
        blank=True,
        max_length=1000,
        help_text=_("Stands on the receipt below your name, such as your address and PAN. Plain text."),
    )
    notification_recipients = models.TextField(
        _("alert addresses"),
        blank=True,
        max_length=1000,
        help_text=_("Who is told by e-mail that a payment needs a person. One address in each line."),
    )

    class Meta:
        verbose_name = _("Khalti settings")
        verbose_name_plural = _("Khalti settings")
        default_permissions = ("change",)

    def __str__(self) -> str:
        return f"{self._meta.verbose_name}: {self.site}"

    @classmethod
    def of(cls, site: Site | None) -> KhaltiSettings:
        """Those of ``site``, or the usual ones, which are not saved: to read them writes nothing."""
        chosen = None if site is None else cls.objects.filter(site=site).first()
        return chosen or cls(site=site)

    @property
    def recipients(self) -> list[str]:
        """Who is told, address by address."""
        return self.notification_recipients.split()


def site_display_name(site: Site) -> str:
    """Its name, or its hostname where it has none; Wagtail's own ``str()`` adds the port and "[default]"."""
    return str(site.site_name or site.hostname)
