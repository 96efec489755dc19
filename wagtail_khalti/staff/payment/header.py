"""What can be done from the header of a payment's page: the main action as a button, rare ones in its menu."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.widgets.button import BaseButton, Button, HeaderButton

from wagtail_khalti.models import KhaltiPayment


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderAction:
    """A page to go to, or a form of this page to send."""

    label: str
    icon: str
    url: str
    form: str = ""
    """The id of the form, where the action is a POST. Wagtail's own header buttons are links."""

    def as_button(self) -> BaseButton:
        if self.form:
            return SubmitButton(self, classname="w-header-button button")
        return HeaderButton(label=self.label, url=self.url, icon_name=self.icon)

    def as_menu_item(self, priority: int) -> BaseButton:
        if self.form:
            return SubmitButton(self, priority=priority)
        return Button(label=self.label, url=self.url, icon_name=self.icon, priority=priority)


class SubmitButton(BaseButton):
    """Sends a form that stands elsewhere on the page, also where there is no script."""

    template_name = "wagtail_khalti/staff/submit_button.html"

    def __init__(self, action: HeaderAction, **kwargs: Any) -> None:
        super().__init__(label=action.label, icon_name=action.icon, url=action.url, **kwargs)
        self.form = action.form


def header_actions(
    payment: KhaltiPayment, *, may_refund: bool, may_check: bool, receipt_address: str
) -> list[HeaderAction]:
    """The main one first. ``may_refund``: this person, and this payment as it stands."""
    return list(_header_actions(payment, may_refund, may_check, receipt_address))


def _header_actions(
    payment: KhaltiPayment, may_refund: bool, may_check: bool, receipt_address: str
) -> Iterator[HeaderAction]:
    if may_refund:
        yield HeaderAction(label=_("Refund"), icon="rotate", url=_url("refund", payment))
    if may_check:
        label = _("Refresh status from Khalti")
        yield HeaderAction(label=label, icon="resubmit", url=_url("check", payment), form="khalti-check")
    if receipt_address:
        label = _("Send receipt to %(address)s") % {"address": receipt_address}
        yield HeaderAction(label=label, icon="mail", url=_url("receipt", payment), form="khalti-receipt")
    if may_refund:
        yield HeaderAction(label=_("Record manual refund"), icon="edit", url=_url("record_refund", payment))


def _url(name: str, payment: KhaltiPayment) -> str:
    return reverse(f"khalti_payments:{name}", args=[payment.pk])
