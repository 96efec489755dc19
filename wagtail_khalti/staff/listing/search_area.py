"""Payments among what Wagtail's own search leads to."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.search import SearchArea

from wagtail_khalti.staff.permissions import VIEW, policy


class PaymentSearchArea(SearchArea):
    """For those who may see payments. What was typed comes along."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(policy.user_has_permission(request.user, VIEW))


def payment_search_area() -> PaymentSearchArea:
    url = reverse("khalti_payments:index")
    return PaymentSearchArea(_("Payments"), url, name="khalti-payments", icon_name="wagtail-khalti", order=450)
