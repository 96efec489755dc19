"""Template tags for a site: ``{% load khalti %}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from wagtail_khalti.payables import payments_admin_url
from wagtail_khalti.public.payable.button import pay_button
from wagtail_khalti.staff.permissions import VIEW, policy

register = template.Library()


@register.inclusion_tag("wagtail_khalti/blocks/receipt.html")
def khalti_receipt() -> dict[str, object]:
    """A button that leads to the visitor's receipt. It is the same for every visitor, so the page can be cached."""
    return {}


@register.inclusion_tag("wagtail_khalti/payables/pay_button.html", takes_context=True)
def khalti_pay_button(context: Mapping[str, Any], payable: Any, *, next: str = "") -> dict[str, Any]:  # noqa: A002 - as in the address
    """A button that pays for ``payable``, or says that it is paid. For the page of one visitor, which isn't cached."""
    request = context.get("request")
    return {**pay_button(payable, request, next_url=next, is_form="csrf_token" in context), "request": request}


@register.simple_tag(takes_context=True)
def khalti_payments_url(context: Mapping[str, Any], payable: Any) -> str:
    """The payments of ``payable`` in Wagtail's admin; empty for those who may not see payments."""
    user = getattr(context.get("request"), "user", None)
    is_permitted = user is not None and policy.user_has_any_permission(user, [VIEW])
    return payments_admin_url(payable) if is_permitted else ""
