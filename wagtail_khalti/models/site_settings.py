"""Settings that the editors of a site can change; API keys stay in the environment."""

from __future__ import annotations

from decimal import Decimal

import swapper
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseSiteSetting
from wagtail.models import Site

from wagtail_khalti.database.primary import OnPrimary

swapper.set_app_prefix("wagtailcore", "wagtail")

DEFAULT_VAT_RATE = Decimal("13.00")  # percent; that of Nepal
MAX_VAT_RATE = Decimal("99.99")
DEFAULT_HOSTNAME = "localhost"  # of the site that Wagtail makes by itself


class SaleMailFrequency(models.TextChoices):
    """How often an organiser gets mails about sales."""

    NEVER = "never", _("Never")
    """No mails."""
    EACH = "each", _("For each sale")
    """At once, then at most every ten minutes, with all sales since."""
    DAILY = "daily", _("Daily summary")
    """In the evening in Nepal, if anything was sold."""


class KhaltiSettings(OnPrimary, BaseSiteSetting):
    """Of one Wagtail site. A payment keeps its merchant, whatever is chosen later."""

    merchant = models.CharField(
        _("Khalti account"),
        max_length=64,
        blank=True,
        help_text=_("The account that receives the payments of this site. Developers set up the accounts."),
    )
    """A name of ``WAGTAIL_KHALTI["MERCHANTS"]``; empty for the default one."""

    thank_you_page = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"),
        verbose_name=_("thank-you page"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("After payment, the receipt has a button to this page. A block can choose another page."),
    )
    return_page = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"),
        verbose_name=_("return page"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Where “Back” leads if the payment did not start on a page, or that page was deleted."),
    )
    vat_rate = models.DecimalField(
        _("VAT rate in percent"),
        max_digits=4,
        decimal_places=2,
        default=DEFAULT_VAT_RATE,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(MAX_VAT_RATE)],
        help_text=_("For blocks whose price includes VAT, or to which VAT is added."),
    )
    checkout_message = models.TextField(
        _("checkout message"),
        blank=True,
        max_length=1000,
        help_text=_("Shown above the payment button, for example your terms. Plain text."),
    )
    unavailable_message = models.TextField(
        _("message while Khalti is unavailable"),
        blank=True,
        max_length=1000,
        help_text=_("Shown if Khalti does not respond, for example other ways to pay. Plain text."),
    )
    contact = models.CharField(
        _("contact"),
        max_length=200,
        blank=True,
        help_text=_("Shown to visitors with questions: an e-mail address, a phone number or a web address."),
    )
    sends_receipts = models.BooleanField(
        _("send receipts"),
        default=False,
        help_text=_("Send a receipt when a payment completes, if the visitor gave an e-mail address."),
    )
    sends_refund_notices = models.BooleanField(
        _("send refund notices"),
        default=True,
        help_text=_("Tell payers of each refund, if they were sent a receipt."),
    )
    sends_reminders = models.BooleanField(
        _("send reminders"),
        default=False,
        help_text=_("Send one reminder, with a link to pay, when a payment link has expired without a payment."),
    )
    sends_links = models.BooleanField(
        _("send links to finish later"),
        default=False,
        help_text=_("If Khalti is unavailable, send visitors a link to finish their payment later."),
    )
    receipt_text = models.TextField(
        _("receipt text"),
        blank=True,
        max_length=1000,
        help_text=_("Shown on the receipt below your name, for example your address and PAN. Plain text."),
    )
    notification_recipients = models.TextField(
        _("notification recipients"),
        blank=True,
        max_length=1000,
        help_text=_("E-mail addresses to notify when a payment needs attention. One address per line."),
    )
    sale_recipients = models.TextField(
        _("recipients of sales"),
        blank=True,
        max_length=1000,
        help_text=_("E-mail addresses to inform of sales. One address per line. They see the names of the payers."),
    )
    sale_mail_frequency = models.CharField(
        _("e-mails about sales"),
        max_length=8,
        choices=SaleMailFrequency.choices,
        default=SaleMailFrequency.NEVER,
        help_text=_("Sales that follow each other quickly are sent together. The daily summary is sent at 18:00."),
    )

    class Meta:
        verbose_name = _("Khalti settings")
        verbose_name_plural = _("Khalti settings")
        default_permissions = ("change",)

    def __str__(self) -> str:
        return f"{self._meta.verbose_name}: {self.site}"

    @classmethod
    def of(cls, site: Site | None) -> KhaltiSettings:
        """Those of ``site``, or unsaved defaults: reading them writes nothing."""
        chosen = None if site is None else cls.objects.filter(site=site).first()
        return chosen or cls(site=site)

    @property
    def recipients(self) -> list[str]:
        """Their addresses."""
        return self.notification_recipients.split()

    @property
    def sale_addresses(self) -> list[str]:
        """Whom to inform of sales."""
        return self.sale_recipients.split()


def site_display_name(site: Site) -> str:
    """Its name, or else its hostname; Wagtail's own ``str()`` adds the port and "[default]"."""
    return str(site.site_name or site.hostname)
