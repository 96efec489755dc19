"""The menu of each row: what this person may do with this payment."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.widgets.button import BaseButton, Button, ButtonWithDropdown

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.staff.permissions import CHECK, REFUND, policy

REFRESH_STATUS = "refresh_status"
"""As Wagtail knows the bulk action; of one payment, too, it asks before Khalti is asked."""

Sites = Collection[int] | None
"""Keys; None for all sites, and for payments of none."""


class RowMenus:
    """For one person and one list. The rights are read once, and not for each row."""

    def __init__(self, user: Any, *, next_url: str) -> None:
        self.user = user
        self.next_url = next_url

    @cached_property
    def refundable_on(self) -> Sites:
        return policy.permitted_sites(self.user, [REFUND])

    @cached_property
    def checkable_on(self) -> Sites:
        return policy.permitted_sites(self.user, [CHECK])

    def of(self, payment: KhaltiPayment) -> list[BaseButton]:
        label = _("More options for “%(payment)s”") % {"payment": payment.purpose}
        return [
            ButtonWithDropdown(
                buttons=list(self._buttons(payment)), icon_name="dots-horizontal", attrs={"aria-label": label}
            )
        ]

    def _buttons(self, payment: KhaltiPayment) -> Iterator[Button]:
        yield _button(_("View"), "inspect", payment, icon="view", priority=10)
        if _may_have_balance(payment) and _is_on(payment, self.refundable_on):
            yield _button(_("Refund"), "refund", payment, icon="redirect", priority=20)
            yield _button(_("Record manual refund"), "record_refund", payment, icon="edit", priority=30)
        if payment.pidx and _is_on(payment, self.checkable_on):
            yield Button(
                _("Refresh status from Khalti"), url=self._refresh_url(payment), icon_name="rotate", priority=40
            )

    def _refresh_url(self, payment: KhaltiPayment) -> str:
        url = reverse("wagtail_bulk_action", args=["wagtail_khalti", "khaltipayment", REFRESH_STATUS])
        return f"{url}?{urlencode({'id': payment.pk, 'next': self.next_url})}"


def _may_have_balance(payment: KhaltiPayment) -> bool:
    """As far as its own row tells; the page of the refund looks at the earlier ones, too."""
    is_open = payment.is_paid and payment.status != Status.REFUNDED
    return is_open and payment.refundable > 0 and payment.refunding_since is None


def _is_on(payment: KhaltiPayment, sites: Sites) -> bool:
    return sites is None or payment.site_id in sites


def _button(label: str, name: str, payment: KhaltiPayment, *, icon: str, priority: int) -> Button:
    url = reverse(f"khalti_payments:{name}", args=[payment.pk])
    return Button(label, url=url, icon_name=icon, priority=priority)
