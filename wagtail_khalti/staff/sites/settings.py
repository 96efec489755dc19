"""The Khalti settings of a site, as a page among Wagtail's settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, Panel
from wagtail.models import AbstractPage

from wagtail_khalti.database.characters import validate_characters
from wagtail_khalti.models import KhaltiSettings
from wagtail_khalti.models.site_settings import SaleMailFrequency
from wagtail_khalti.staff.sites.accounts import accounts, choices, is_gone, mode_bar_of
from wagtail_khalti.text.email_addresses import is_address

MAX_ADDRESSES = 20
MAX_SHOWN_LENGTH = 60  # characters of what isn't an address


class SettingsForm(WagtailAdminModelForm):
    """With a validation message at the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["merchant"]
        self.fields["merchant"] = forms.ChoiceField(
            label=field.label,
            help_text=field.help_text,
            choices=choices(self.instance.merchant),
            required=False,
        )
        for name in ("checkout_message", "unavailable_message", "contact", "receipt_text"):
            self.fields[name].validators.append(validate_characters)

    def clean_thank_you_page(self) -> AbstractPage | None:
        return _published(self.cleaned_data["thank_you_page"])

    def clean_return_page(self) -> AbstractPage | None:
        return _published(self.cleaned_data["return_page"])

    def clean_notification_recipients(self) -> str:
        return self._addresses("notification_recipients")

    def clean_sale_recipients(self) -> str:
        return self._addresses("sale_recipients")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        is_wanted = cleaned.get("sale_mail_frequency") not in (None, SaleMailFrequency.NEVER)
        if is_wanted and cleaned.get("sale_recipients") == "":
            self.add_error("sale_recipients", _("Enter at least one e-mail address, or choose “Never”."))
        return cleaned

    def _addresses(self, name: str) -> str:
        lines = [line.strip() for line in self.cleaned_data[name].splitlines()]
        addresses = list(dict.fromkeys(line for line in lines if line))
        invalid = [address for address in addresses if not is_address(address)]
        if invalid:
            raise ValidationError([_invalid_address(line) for line in invalid])
        if len(addresses) > MAX_ADDRESSES:
            raise ValidationError(_("Enter at most %d addresses.") % MAX_ADDRESSES)
        return "\n".join(addresses)


class AccountPanel(Panel):
    """Which Khalti account the site uses, shown first."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "wagtail_khalti/staff/account_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return context | account_context(self.instance)


def account_context(settings: KhaltiSettings) -> dict[str, Any]:
    """Mode and accounts of a site."""
    return {
        "mode_bar": mode_bar_of(settings.merchant),
        "accounts": accounts(settings.merchant),
        "gone": settings.merchant if is_gone(settings.merchant) else "",
        "connection_url": reverse("khalti_settings:connection", args=[settings.site_id]),
    }


def has_settings_app() -> bool:
    """Without it Wagtail has no page for the settings of a site."""
    return apps.is_installed("wagtail.contrib.settings")


def register_site_settings() -> None:
    """Among Wagtail's settings, with its permission for each site."""
    from wagtail.contrib.settings.models import register_setting

    KhaltiSettings.edit_handler = ObjectList(
        [
            AccountPanel(),
            FieldPanel("merchant"),
            MultiFieldPanel(["thank_you_page", "return_page"], heading=gettext_lazy("Pages for visitors")),
            FieldPanel("vat_rate"),
            MultiFieldPanel(
                ["checkout_message", "unavailable_message", "contact"], heading=gettext_lazy("Texts for visitors")
            ),
            MultiFieldPanel(["sends_receipts", "receipt_text"], heading=gettext_lazy("Receipts")),
            MultiFieldPanel(
                ["sends_refund_notices", "sends_reminders", "sends_links"],
                heading=gettext_lazy("Other e-mails to payers"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("sale_recipients", widget=forms.Textarea(attrs={"rows": 3})),
                    "sale_mail_frequency",
                ],
                heading=gettext_lazy("E-mails about sales"),
            ),
            FieldPanel("notification_recipients", icon="mail", widget=forms.Textarea(attrs={"rows": 3})),
        ],
        base_form_class=SettingsForm,
    )
    register_setting(KhaltiSettings, icon="wagtail-khalti")


def _published(page: AbstractPage | None) -> AbstractPage | None:
    if page and not page.live:
        raise ValidationError(_("This page is not published, so visitors can't open it."))
    return page


def _invalid_address(line: str) -> str:
    shown = line if len(line) <= MAX_SHOWN_LENGTH else f"{line[:MAX_SHOWN_LENGTH]}…"
    return _("“%s” is not a valid e-mail address. Enter one address per line.") % shown
